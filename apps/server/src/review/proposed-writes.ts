/**
 * What programs want to have remembered and may not write alone: kept sealed on topic `days` until the person says yes or no.
 *
 * Guarantees: of a program's key nothing is stored that the rules, or the program itself, hold for Secret or above, or their person taught
 * to be, whatever level it asks for; the same thing told twice by one program waits once; nothing above what is open is listed or counted.
 * It does not: hold up what is told below that, or what a person tells.
 */
import { type Clock, decodeBase64Url, encodeBase64Url, KeyedLock } from "@kaelix/base";
import { captureErrors, type HeldScope, judge, type LessonsOf } from "@kaelix/capture";
import type { ProposedWrite } from "@kaelix/gateway";
import {
  EVENT_VERSION,
  type Level,
  LEVEL_INDEXED_MAX,
  type MemoryDraft,
  type UserId,
  type UserPrincipal,
} from "@kaelix/model";
import type { Keystore } from "@kaelix/security";

import type { DayBook } from "../days/day-book.ts";
import { serverErrors } from "../errors.ts";

/** Most things that wait of one person: a program that floods is told so. */
const PROPOSED_MAX = 100;

/** What it works with. */
export interface ProposedWriteParts {
  readonly book: DayBook;
  readonly keystore: Pick<Keystore, "sealForUser" | "openForUser" | "lookupHash">;
  readonly clock: Clock;
  readonly lessonsOf: LessonsOf;
}

/** Something that waits, with what would be remembered. */
export interface WaitingWrite extends ProposedWrite {
  readonly draft: MemoryDraft;
}

/** Keeps, lists and drops what programs propose. */
export class ProposedWrites {
  readonly #parts: ProposedWriteParts;
  readonly #locks = new KeyedLock();

  constructor(parts: ProposedWriteParts) {
    this.#parts = parts;
  }

  /**
   * True when the draft is one that waits for the person's word: then it is kept as that, durably, and must not be stored.
   * @throws `proposals-full`, `memory-files-held`
   */
  async take(
    { tenantId: tenant, userId: user }: Pick<UserPrincipal, "tenantId" | "userId">,
    draft: MemoryDraft,
  ): Promise<boolean> {
    if (draft.client === undefined || draft.clientSealed !== undefined) return false;
    // What a file says was judged of it before can raise it as the program's own word can, never lower it.
    const { level: chosen = 1, judged: claimed, ...said } = draft;
    const judged = judge(said, await this.#parts.lessonsOf({ tenant, user }));
    const level = [chosen, claimed?.level ?? 1].reduce((most, one) => (one > most ? one : most), judged.level);
    if (level <= LEVEL_INDEXED_MAX) return false;
    if (draft.files !== undefined) throw captureErrors("memory-files-held");
    const { book, clock, keystore } = this.#parts;
    await this.#locks.run(user, async () => {
      const same = JSON.stringify([draft.client?.key, draft.externalId ?? null, draft.text, draft.speaker ?? null]);
      const mark = encodeBase64Url(await keystore.lookupHash(user, "proposed", same));
      const waiting = book.proposed(user);
      if (waiting.some((one) => one.mark === mark)) return;
      if (waiting.length >= PROPOSED_MAX) throw serverErrors("proposals-full");
      const at = clock.nowMs();
      // What is let in later happened when it was told.
      const kept = { ...said, occurredAtMs: draft.occurredAtMs ?? at, judged: { ...judged, level } };
      const bytes = new TextEncoder().encode(JSON.stringify(kept));
      const sealed = encodeBase64Url(await keystore.sealForUser(placeOf(user, mark), bytes));
      await book.put({ type: "write.proposed", v: EVENT_VERSION, at, tenant, user, revision: 1, mark, level, sealed });
    });
    return true;
  }

  /** How many wait that the session may see; nothing is opened for it. */
  count({ ceiling, userId }: UserPrincipal): number {
    return this.#parts.book.proposed(userId).filter(({ level }) => level <= ceiling).length;
  }

  /** What waits that the session may see, the newest first; what cannot be opened is left out. */
  async list({ ceiling, userId }: Pick<UserPrincipal, "ceiling" | "userId">): Promise<readonly WaitingWrite[]> {
    const opened: WaitingWrite[] = [];
    for (const { at, level, mark, sealed } of this.#parts.book.proposed(userId)) {
      if (level > ceiling) continue;
      const bytes = decodeBase64Url(sealed);
      const read =
        bytes === undefined ? undefined : await this.#parts.keystore.openForUser(placeOf(userId, mark), bytes);
      if (read?.type !== "opened") continue;
      // Only `take` can have sealed it for this place.
      const draft = JSON.parse(new TextDecoder().decode(read.bytes)) as MemoryDraft;
      const { client, judged, occurredAtMs = null, text } = draft;
      const about = { text, level, reasons: judged?.reasons ?? [], client: client?.name ?? "?", occurredAtMs };
      opened.push({ id: `${PREFIX}${mark}`, ...about, proposedAtMs: at, draft });
    }
    return opened.toReversed();
  }

  /** What is of an import, a source or a program waits no longer, up to a level; answers how many did. */
  async dropOf(user: UserId, what: HeldScope, ceiling: Level): Promise<number> {
    const its = (await this.list({ userId: user, ceiling })).filter((write) => isOf(write, what));
    for (const { id } of its) await this.drop(user, id);
    return its.length;
  }

  /** Waits no longer, durably. */
  async drop(user: UserId, id: string): Promise<void> {
    await this.#parts.book.take([`proposed/${user}/${id.slice(PREFIX.length)}`]);
  }
}

function isOf({ draft, proposedAtMs }: WaitingWrite, what: HeldScope): boolean {
  if (what.type === "import") return draft.importId === what.import;
  const isIts = what.type === "source" ? draft.source === what.source : draft.client?.key === what.key;
  return isIts && proposedAtMs >= (what.since ?? 0);
}

const PREFIX = "wri_";

function placeOf(user: UserId, mark: string): { user: UserId; purpose: "profile"; subject: string } {
  return { user, purpose: "profile", subject: `proposed/${mark}` };
}
