/**
 * What stands in the book of days, opened: settings and ways, what was called not useful.
 *
 * Guarantees: two changes of one person's settings are made one after the other, also when another node makes one in between; who has
 * never chosen gets the house's default.
 */
import { type Clock, decodeBase64Url, encodeBase64Url, KeyedLock, systemZone } from "@kaelix/base";
import { type DaySettings, EVENT_VERSION, type Level, type TenantId, type UserId } from "@kaelix/model";
import type { NotUseful } from "@kaelix/recall";
import type { Keystore } from "@kaelix/security";

import { serverErrors } from "../errors.ts";
import type { DayBook } from "./day-book.ts";
import { openWays, sealWays, type Ways } from "./ways.ts";

/** The hour at which a day is told to who has not said another. */
const DEFAULT_HOUR = 7;

/** A person's settings in clear. */
export interface DayWishes {
  readonly hour: number | null;
  readonly zone: string;
  readonly ways: Ways;
}

/** A judgement as it was sealed. `level`: the highest of the memories that its line stood on. */
interface SealedJudgement {
  readonly key: string;
  readonly topic: string | null;
  readonly level: Level;
}

/** A judgement in clear. */
export interface Judgement extends NotUseful {
  readonly mark: string;
  readonly atMs: number;
  readonly level: Level;
}

/** What the desk works with. */
export interface DeskParts {
  readonly book: DayBook;
  readonly keystore: Pick<Keystore, "sealForUser" | "openForUser">;
  readonly clock: Clock;
}

const TRIES = 5;

/** Reads and writes settings and judgements. */
export class DayDesk {
  readonly #parts: DeskParts;
  readonly #locks = new KeyedLock();

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** When, without opening anything. */
  when(user: UserId): Pick<DaySettings, "hour" | "zone"> {
    return this.#parts.book.settings(user) ?? { hour: DEFAULT_HOUR, zone: systemZone() };
  }

  /** True for who has never chosen. */
  isDefault(user: UserId): boolean {
    return this.#parts.book.settings(user) === undefined;
  }

  async wishes(user: UserId): Promise<DayWishes> {
    const { book, keystore } = this.#parts;
    const { hour, zone } = this.when(user);
    return { hour, zone, ways: await openWays(keystore, book.settings(user)) };
  }

  /** Changes settings; `to` is given what stands, again when another came between. Durable when it resolves. */
  change(tenant: TenantId, user: UserId, to: (before: DayWishes) => DayWishes): Promise<DayWishes> {
    const { book, clock, keystore } = this.#parts;
    return this.#locks.run(user, async () => {
      for (let count = 0; count < TRIES; count++) {
        const revision = (book.settings(user)?.revision ?? 0) + 1;
        const next = to(await this.wishes(user));
        const sealed = await sealWays(keystore, { user, revision }, next.ways);
        const base = { v: EVENT_VERSION, at: clock.nowMs(), tenant, user, revision } as const;
        const outcome = await book.put({ type: "day.settings", ...base, hour: next.hour, zone: next.zone, sealed });
        if (outcome === "done") return next;
      }
      throw serverErrors("day-book-closed");
    });
  }

  /** Keeps a judgement, durably; the same line twice is one. */
  async judge(tenant: TenantId, user: UserId, judgement: Omit<Judgement, "atMs">): Promise<void> {
    const { book, clock, keystore } = this.#parts;
    const { key, kind, level, mark, topic } = judgement;
    if (book.judged(user).some((one) => one.mark === mark)) return;
    const bytes = new TextEncoder().encode(JSON.stringify({ key, topic, level } satisfies SealedJudgement));
    const sealed = encodeBase64Url(await keystore.sealForUser(placeOf(user, mark), bytes));
    const base = { v: EVENT_VERSION, at: clock.nowMs(), tenant, user, revision: 1 } as const;
    await book.put({ type: "day.judged", ...base, mark, kind, sealed });
  }

  /** What somebody called not useful, oldest first; what cannot be opened is left out. */
  async judgements(user: UserId): Promise<readonly Judgement[]> {
    const { book, keystore } = this.#parts;
    const opened: Judgement[] = [];
    for (const { at, kind, mark, sealed } of book.judged(user)) {
      const bytes = decodeBase64Url(sealed);
      const read = bytes === undefined ? undefined : await keystore.openForUser(placeOf(user, mark), bytes);
      if (read?.type !== "opened") continue;
      // Only `judge` can have sealed it for this place, with a kind of a digest.
      const inner = JSON.parse(new TextDecoder().decode(read.bytes)) as SealedJudgement;
      opened.push({ ...inner, mark, kind: kind as NotUseful["kind"], atMs: at });
    }
    return opened;
  }
}

function placeOf(user: UserId, mark: string): { user: UserId; purpose: "profile"; subject: string } {
  return { user, purpose: "profile", subject: `day-judged/${mark}` };
}
