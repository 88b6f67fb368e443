/**
 * How long memories are kept, and letting go what has reached its age.
 *
 *     rules (a person's, else the house's) ──► announced, with a day ──(a week later, if the rules still say so)──► erased
 *                 └── changed: announced anew, a week from then
 *
 * Guarantees: nothing goes by its age that was not announced a week before and that both what was announced and the rules of now let go;
 * so neither a rule, nor another default, nor a clock that jumps takes anything at once. An announcement that could not be kept in time
 * (the server was off, its person suspended) is made anew. What is kept by name stays. Each goes through the erasure that is asked for,
 * once, whatever stops in between; one person's trouble holds nobody else's up.
 * It does not: count from when a thing happened, or let go of what waits under Review.
 */
import { type Clock, isKaelixError, KeyedLock, systemZone } from "@kaelix/base";
import type { Erasures, Owner } from "@kaelix/capture";
import type { Logger } from "@kaelix/coordinator";
import type { Going } from "@kaelix/gateway";
import {
  EVENT_VERSION,
  type Level,
  LEVELS,
  type MemoryId,
  type RetentionAnnounced,
  type RetentionRules,
  type UserId,
} from "@kaelix/model";
import { Calendar, calendarOf, DAY_MS } from "@kaelix/recall";
import type { AgedMemory, MemoryStore } from "@kaelix/views";

import type { DayBook } from "../days/day-book.ts";
import { serverErrors } from "../errors.ts";
import { agedAt, both } from "./age.ts";

/** How long before it goes it is announced, and how late it may still go by that. */
const NOTICE_MS = 7 * DAY_MS;
/** After the start: a house that has just opened has other things to do. */
const FIRST_LOOK_MS = 60_000;
const LEVEL_MAX: Level = 4;
/** Memories that one erasure names at most. */
const BATCH = 10_000;
const KEPT_MAX = 10_000;
const TRIES = 5;

/** What was announced to go. `atMs`: when, epoch ms. */
export interface Announced extends Going {
  readonly atMs: number;
}

/** What it works with. */
export interface RetentionParts {
  readonly book: DayBook;
  readonly store: Pick<MemoryStore, "agedCountsOf" | "agedOf" | "known">;
  readonly erasures: Pick<Erasures, "request">;
  /** Everybody with an account. */
  readonly users: () => AsyncIterable<UserId>;
  /** Whose things are looked after now; undefined: nobody's, for they are suspended or gone. */
  readonly ownerOf: (user: UserId) => Promise<Owner | undefined>;
  /** How long those keep theirs who never chose; null: for ever. */
  readonly houseMonths: number | null;
  /** Told when somebody keeps something longer than before: a restore must not undo it. */
  readonly onKept: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Keeps and lets go. One per process. */
export class Retention {
  readonly #parts: RetentionParts;
  readonly #locks = new KeyedLock();
  readonly #startedMs: number;
  #lookedMs: number | undefined;
  #isStopped = false;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
    this.#startedMs = parts.clock.nowMs();
  }

  /** How long somebody's memories are kept, and since when they say so themself, epoch ms; null: as the house says. */
  of(user: UserId): { readonly rules: RetentionRules; readonly chosenAtMs: number | null } {
    const chosen = this.#parts.book.retention(user);
    if (chosen === undefined || chosen.rules === null) return { rules: this.houseRules, chosenAtMs: null };
    return { rules: chosen.rules, chosenAtMs: chosen.at };
  }

  /** What holds for who never chose. */
  get houseRules(): RetentionRules {
    return { months: this.#parts.houseMonths, sources: [] };
  }

  /** Days as somebody counts them: their zone, or UTC when the platform knows it no more. */
  calendarOf(user: UserId): Calendar {
    return calendarOf(this.#parts.book.settings(user)?.zone ?? systemZone()) ?? new Calendar("UTC");
  }

  /** When what is announced now would go, epoch ms. */
  dueAtMs(): number {
    return this.#parts.clock.nowMs() + NOTICE_MS;
  }

  /** What will go of what was announced to somebody, by the rules of now, up to a level; undefined: nothing. */
  async announced(user: UserId, ceiling: Level): Promise<Announced | undefined> {
    const { book, store } = this.#parts;
    const announced = book.announced(user);
    if (announced === undefined) return undefined;
    const { at: atMs, due_at: onMs } = announced;
    const told = both(announced, agedAt(this.of(user).rules, this.calendarOf(user), onMs));
    const sources = await store.agedCountsOf(user, { ...told, levels: [1, ceiling], except: book.kept(user) });
    const total = sources.reduce((sum, { count }) => sum + count, 0);
    return total === 0 ? undefined : { atMs, onMs, sources, total };
  }

  /** Keeps what somebody chose, and announces what that lets go; null: as the house says. Durable when it resolves. */
  choose(owner: Owner, rules: RetentionRules | null): Promise<void> {
    return this.#locks.run(owner.user, async () => {
      const { book, onKept } = this.#parts;
      const before = book.retention(owner.user)?.rules ?? null;
      if (JSON.stringify(before) === JSON.stringify(rules)) return;
      await this.#put(() => ({
        type: "retention.chosen",
        ...this.#base(owner, book.retention(owner.user)),
        rules,
      }));
      onKept();
      await this.#announce(owner);
    });
  }

  /** Keeps a memory whatever its age, or no more. Durable when it resolves. @throws `retention-kept-full` */
  keep(owner: Owner, memory: MemoryId, isKept: boolean): Promise<void> {
    return this.#locks.run(owner.user, async () => {
      const { book, onKept } = this.#parts;
      const kept = book.kept(owner.user);
      if (kept.includes(memory) === isKept) return;
      if (!isKept) {
        await book.take([keptKey(owner.user, memory)]);
        return;
      }
      if (kept.length >= KEPT_MAX) throw serverErrors("retention-kept-full");
      await this.#put(() => ({ type: "retention.kept", ...this.#base(owner, undefined), kept: memory }));
      onKept();
    });
  }

  /** Lets go what is due and, once a day, announces what comes next. Never throws for one person's trouble. */
  async round(): Promise<void> {
    const { book, clock, users } = this.#parts;
    for (const user of book.users()) if (this.#isDue(user)) await this.#try(user);
    const lookMs = this.#lookedMs === undefined ? this.#startedMs + FIRST_LOOK_MS : this.#lookedMs + DAY_MS;
    const nowMs = clock.nowMs();
    // Also when the clock went back.
    if (nowMs < lookMs && (this.#lookedMs === undefined || nowMs >= this.#lookedMs)) return;
    this.#lookedMs = nowMs;
    for await (const user of users()) {
      if (this.#isStopped) return;
      if (book.announced(user) === undefined) await this.#try(user);
    }
  }

  /** Ends after the erasure in flight. */
  stop(): void {
    this.#isStopped = true;
  }

  #isDue(user: UserId): boolean {
    const announced = this.#parts.book.announced(user);
    if (announced === undefined || this.#isStopped) return false;
    const nowMs = this.#parts.clock.nowMs();
    return announced.due_at <= nowMs || announced.at > nowMs;
  }

  async #try(user: UserId): Promise<void> {
    try {
      const owner = await this.#parts.ownerOf(user);
      if (owner !== undefined) await this.#locks.run(user, () => this.#settle(owner));
    } catch (failure) {
      const words = { failure: failure instanceof Error ? failure.message : "unknown" };
      this.#parts.logger.warn(words, "What reached its age will be let go later");
    }
  }

  async #settle(owner: Owner): Promise<void> {
    const { book, clock } = this.#parts;
    const announced = book.announced(owner.user);
    const lateMs = announced === undefined ? 0 : clock.nowMs() - announced.due_at;
    // One that is too late, or of a clock that was ahead, was no fair warning.
    if (announced !== undefined && lateMs >= 0 && lateMs < NOTICE_MS) await this.#letGo(owner, announced);
    if (!this.#isStopped) await this.#announce(owner);
  }

  /** Level by level, so that what is written down of one tells nothing of another. */
  async #letGo(owner: Owner, announced: RetentionAnnounced): Promise<void> {
    const { book, clock, erasures, store } = this.#parts;
    const now = agedAt(this.of(owner.user).rules, this.calendarOf(owner.user), clock.nowMs());
    const what = { ...both(announced, now), except: book.kept(owner.user) };
    for (const level of LEVELS) {
      let after: AgedMemory | undefined;
      do {
        const page = { limit: BATCH, ...(after === undefined ? {} : { after }) };
        const found = await store.agedOf(owner.user, { ...what, levels: [level, level] }, page);
        after = found.at(-1);
        if (after === undefined || this.#isStopped) break;
        const memories = found.map(({ memoryId }) => memoryId);
        const wish = { what: { type: "age", level }, memories, now: false, ceiling: LEVEL_MAX } as const;
        await erasures.request(owner, wish).catch((error: unknown) => {
          // Its person erased all of it a moment before.
          if (!isKaelixError(error, "erasure-nothing")) throw error;
        });
      } while (after !== undefined);
    }
  }

  /** Says what will go a week from now, or that nothing will. */
  async #announce(owner: Owner): Promise<void> {
    const { book, store } = this.#parts;
    const { user } = owner;
    await this.#forgetGone(user);
    const dueAt = this.dueAtMs();
    const told = agedAt(this.of(user).rules, this.calendarOf(user), dueAt);
    const what = { ...told, levels: [1, LEVEL_MAX], except: book.kept(user) } as const;
    const some = await store.agedOf(user, what, { limit: 1 });
    if (some.length > 0) {
      await this.#put(() => ({
        type: "retention.announced",
        ...this.#base(owner, book.announced(user)),
        due_at: dueAt,
        ...told,
      }));
    } else if (book.announced(user) !== undefined) await book.take([`announced/${user}`]);
  }

  /** What was kept by name and has been erased since needs no keeping. */
  async #forgetGone(user: UserId): Promise<void> {
    const { book, store } = this.#parts;
    const kept = book.kept(user);
    if (kept.length === 0) return;
    const known = await store.known(user, kept);
    const gone = kept.filter((memory) => (known.get(memory)?.state ?? "erased") === "erased");
    await book.take(gone.map((memory) => keptKey(user, memory)));
  }

  /** Writes a state, again over what another node wrote in between. */
  async #put(made: () => Parameters<DayBook["put"]>[0]): Promise<void> {
    for (let count = 0; count < TRIES; count++) if ((await this.#parts.book.put(made())) === "done") return;
    throw serverErrors("day-book-closed");
  }

  #base({ tenant, user }: Owner, before: { readonly revision: number } | undefined) {
    const revision = (before?.revision ?? 0) + 1;
    return { v: EVENT_VERSION, at: this.#parts.clock.nowMs(), tenant, user, revision } as const;
  }
}

function keptKey(user: UserId, memory: MemoryId): string {
  return `kept/${user}/${memory}`;
}
