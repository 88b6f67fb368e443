/**
 * Erasing on request: from what is asked for to what shows that it is done.
 *
 *     request ──► hidden everywhere at once ──(undoing is over)──► keys shredded ──► every view has folded it ──► done
 *                                                                                 the log's files rewritten ──► purged
 *
 * Guarantees: what a request names is durable before anything is hidden; a stop at any moment is gone on from after the next start;
 * `done` is said only when the shredding is durable and every view has folded it; nothing above the ceiling of who asks is touched,
 * but for a whole account or organisation.
 * It does not: wait for the files (`purged` comes later), or reach what was copied elsewhere before.
 */
import { assert, type Clock, KeyedLock, type LogPosition, type RandomSource } from "@kaelix/base";
import {
  type ApiKeyId,
  type ErasureId,
  type ErasureRange,
  type ErasureScope,
  type ErasureState,
  EVENT_VERSION,
  type Level,
  makeId,
  type MemoryId,
  type TenantId,
  TOPICS,
  type UserId,
} from "@kaelix/model";
import type { Accounts, ErasureLedger, Keystore } from "@kaelix/security";

import type { Changes } from "./changes.ts";
import { captureErrors } from "./errors.ts";
import type { HeldScope, HeldWrites } from "./held-writes.ts";
import type { MemoryRegister, RegisteredMemory } from "./register.ts";
import { type Owner, partitionOfUser, type Remember } from "./remember.ts";

/** What erasing asks the relational view beside what changing asks. */
export interface ErasureRegister extends MemoryRegister {
  /** Every row of a user, in any state, in pages. */
  rowsOf(user: UserId, afterOffset: number): AsyncIterable<readonly RegisteredMemory[]>;
}

/** The views, as erasing sees them. */
export interface ErasureViews {
  /** Waits until every view has folded a position; which have, and up to where. */
  folded(position: LogPosition): Promise<readonly { readonly name: string; readonly offset: number }[]>;
}

/** What erasing works with. */
export interface ErasureParts {
  readonly ledger: ErasureLedger;
  readonly changes: Changes;
  readonly remember: Remember;
  readonly keystore: Keystore;
  readonly register: ErasureRegister;
  readonly accounts: Accounts;
  readonly views: ErasureViews;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** How long an erasure can be undone. */
  readonly undoMs: number;
  /** Within which time after the shredding the keys and what they sealed are gone from the log's files; undefined: the house does not see to it. */
  readonly purgeMs: number | undefined;
  /** What waits for the person's word: it goes with the import, the source or the program that it is of. */
  readonly held: Pick<HeldWrites, "drop">;
  /** Ends what runs for a person and what waits for them elsewhere: before their account goes, and again when it is gone. */
  readonly onLeaving: (owner: Owner) => Promise<void>;
  /** Told of every erasure that is done. */
  readonly onDone: (state: ErasureState) => void;
}

/** What is asked for. `memories`: which, when the scope names no others. */
export interface ErasureWish {
  readonly what: ErasureScope;
  readonly memories?: readonly MemoryId[];
  /** The program that told them, since a time, epoch ms: what waits of it goes as well. */
  readonly toldBy?: { readonly key: ApiKeyId; readonly sinceMs: number };
  /** Leaves no time for undoing. */
  readonly now: boolean;
  /** Nothing above it is touched. */
  readonly ceiling: Level;
}

/** Memories whose keys were shredded, and where the records of it stand. */
type Tally = Pick<ErasureState, "erased" | "ranges">;

const BATCH = 500;

/** Erases. One instance per process. */
export class Erasures {
  readonly #parts: ErasureParts;
  /** One step of one erasure at a time: whoever asks and the timer may both want to go on with it. */
  readonly #steps = new KeyedLock();

  constructor(parts: ErasureParts) {
    this.#parts = parts;
  }

  /**
   * Erases what is asked for: hidden when this resolves, and, when it is to be at once or is an account, done.
   * @throws `erasure-nothing`, `account-last-owner`, `tenant-missing`, `tenant-protected`, `tenant-ended`
   */
  async request(owner: Owner, wish: ErasureWish): Promise<ErasureState> {
    const { clock, ledger, random, undoMs } = this.#parts;
    const isWhole = wish.what.type === "account" || wish.what.type === "tenant";
    if (wish.what.type === "account") await this.#parts.accounts.checkMayEnd(owner.user);
    if (wish.what.type === "tenant") await this.#parts.accounts.tenants.endable(wish.what.of);
    const memories = isWhole ? [] : await this.#named(owner, wish);
    // First, so that a stop leaves nothing behind that looks erased; it cannot be undone.
    const waiting = heldOf(wish);
    const dropped = waiting === undefined ? 0 : await this.#parts.held.drop(owner, waiting, wish.ceiling);
    if (!isWhole && memories.length + dropped === 0) throw captureErrors("erasure-nothing");
    const nowMs = clock.nowMs();
    const erasure = makeId("era", nowMs, random);
    await ledger.name({ ...owner, erasure, nowMs }, memories);
    const asked: ErasureState = {
      type: "erasure.state",
      v: EVENT_VERSION,
      at: nowMs,
      ...owner,
      erasure,
      state: "requested",
      what: wish.what,
      requested_at: nowMs,
      due_at: wish.now || isWhole ? nowMs : nowMs + undoMs,
      named: memories.length,
      erased: 0,
      unreadable_at: null,
      ranges: [],
      views: [],
      purge_by: null,
      purged_at: null,
    };
    await ledger.put(asked);
    return this.#step(erasure);
  }

  /** Undoes an erasure in time. @throws `erasure-over` */
  async undo(owner: Owner, erasure: ErasureId): Promise<ErasureState | undefined> {
    const { changes, ledger } = this.#parts;
    const state = ledger.get(erasure);
    if (state === undefined || state.user !== owner.user) return undefined;
    return this.#steps.run(erasure, async () => {
      const current = ledger.get(erasure) ?? state;
      if (current.state !== "waiting" || current.due_at <= this.#parts.clock.nowMs())
        throw captureErrors("erasure-over");
      for (const some of batches(ledger.named(erasure))) await changes.show(owner, some);
      const undone = await this.#put({ ...current, state: "cancelled" });
      await ledger.unname(erasure);
      return undone;
    });
  }

  /** Goes on with what a stop has cut off, and finishes what is due. Returns how many memories were erased. */
  async round(): Promise<number> {
    const { clock, ledger } = this.#parts;
    let erased = 0;
    const due = ledger.in("waiting").filter((state) => state.due_at <= clock.nowMs());
    for (const { erasure } of [...ledger.in("requested"), ...due]) erased += (await this.#step(erasure)).erased;
    return erased;
  }

  /** Erasures of which all must be gone from the log's files by now, or that may as well go with those. */
  unpurged(): { readonly isDue: boolean; readonly states: readonly ErasureState[] } {
    const states = this.#parts.ledger.in("done").filter((state) => state.purge_by !== null);
    const nowMs = this.#parts.clock.nowMs();
    // Halfway, so that a machine that is off for a night still keeps its word.
    const half = (this.#parts.purgeMs ?? 0) / 2;
    return { isDue: states.some(({ purge_by: by }) => by !== null && by - half <= nowMs), states };
  }

  /** Writes down that erasures are gone from the log's files. */
  async purged(states: readonly ErasureState[]): Promise<void> {
    const purgedAt = this.#parts.clock.nowMs();
    for (const state of states) await this.#put({ ...state, state: "purged", purged_at: purgedAt });
  }

  /** Brings an erasure as far as it may come now. */
  #step(erasure: ErasureId): Promise<ErasureState> {
    return this.#steps.run(erasure, async () => {
      const state = this.#parts.ledger.get(erasure);
      assert(state !== undefined, "An erasure that is asked for stands in the ledger");
      if (state.state === "requested") return this.#begin(state);
      return state.state === "waiting" && state.due_at <= this.#parts.clock.nowMs() ? this.#finish(state) : state;
    });
  }

  async #begin(asked: ErasureState): Promise<ErasureState> {
    if (asked.what.type === "account") return this.#eraseAccount(asked);
    if (asked.what.type === "tenant") return this.#eraseTenant(asked, asked.what.of);
    const owner = { tenant: asked.tenant, user: asked.user };
    for (const some of batches(this.#parts.ledger.named(asked.erasure))) await this.#parts.changes.hide(owner, some);
    const waiting = await this.#put({ ...asked, state: "waiting" });
    return waiting.due_at <= this.#parts.clock.nowMs() ? this.#finish(waiting) : waiting;
  }

  /** Shreds what is still hidden. What a stop cut off is counted with it: those that are erased already. */
  async #finish(waiting: ErasureState): Promise<ErasureState> {
    const { changes, ledger, register } = this.#parts;
    const owner = { tenant: waiting.tenant, user: waiting.user };
    let ranges: readonly ErasureRange[] = waiting.ranges;
    let erased = 0;
    for (const some of batches(ledger.named(waiting.erasure))) {
      const batch = await changes.eraseNamed(owner, some);
      const rows = await register.memories(owner.user, some);
      const gone = rows.filter((row) => row.state === "erased");
      // Also of those that were erased before a stop: views are waited for by it.
      ranges = joined(ranges, [...batch.ranges, ...gone.map(placeOf)]);
      erased += gone.length;
    }
    const done = await this.#done({ ...waiting, erased, ranges });
    await ledger.unname(waiting.erasure);
    return done;
  }

  async #eraseAccount(asked: ErasureState): Promise<ErasureState> {
    const { tenant, user } = asked;
    // Should a stop come then, the rows that were counted may be gone when it is gone on with.
    const counted = async (tally: Tally): Promise<Tally> => {
      const state = await this.#put({ ...asked, ...tally, erased: Math.max(tally.erased, asked.erased) });
      return { erased: state.erased, ranges: state.ranges };
    };
    const { erased, ranges } = await this.#eraseEverything({ tenant, user }, asked.ranges, counted);
    return this.#done({ ...asked, erased, named: erased, ranges });
  }

  /**
   * An organisation goes as a whole: nobody comes in any more, then one account after the other. Of whom a stop cut off the memories may go
   * uncounted.
   */
  async #eraseTenant(asked: ErasureState, tenant: TenantId): Promise<ErasureState> {
    const { accounts } = this.#parts;
    await accounts.tenants.end(tenant);
    let state = asked;
    for await (const { user } of accounts.tenants.people(tenant)) {
      const { erased, ranges } = await this.#eraseEverything({ tenant, user }, state.ranges);
      state = await this.#put({ ...state, erased: state.erased + erased, ranges });
    }
    return this.#done({ ...state, named: state.erased });
  }

  /** An account goes as a whole: sessions first, so that nothing more comes in, then the keys, then every row. */
  async #eraseEverything(
    owner: Owner,
    before: readonly ErasureRange[],
    counted: (tally: Tally) => Promise<Tally> = async (tally) => tally,
  ): Promise<Tally> {
    const { accounts, clock, keystore, onLeaving, register, remember } = this.#parts;
    const { tenant, user } = owner;
    await accounts.endSessions(user);
    await onLeaving(owner);
    await remember.written(user);
    let erased = 0;
    let ranges = before;
    for await (const rows of register.rowsOf(user, -1)) {
      const memories = rows.filter((row) => row.state !== "erased").map((row) => row.memoryId);
      if (memories.length === 0) continue;
      const keys = await keystore.shredMemories(memories);
      ranges = joined(ranges, [{ topic: TOPICS.keys.name, partition: 0, ...keys }]);
      erased += memories.length;
    }
    ({ erased, ranges } = await counted({ erased, ranges }));
    const userKey = await keystore.shredUser(user);
    ranges = joined(ranges, [{ topic: TOPICS.keys.name, partition: 0, ...userKey }]);
    const base = { v: EVENT_VERSION, at: clock.nowMs(), tenant, user } as const;
    const { topic, partition, offset } = await remember.append(owner, [{ ...base, type: "memory.all-erased" }]);
    const ended = await accounts.end(tenant, user);
    await onLeaving(owner);
    const places = [
      { topic, partition, from: offset, to: offset + 1 },
      { topic: TOPICS.identity.name, partition: 0, from: ended, to: ended + 1 },
    ];
    return { erased, ranges: joined(ranges, places) };
  }

  /** Says that it is done, once every view has folded it. */
  async #done(state: ErasureState): Promise<ErasureState> {
    const { clock, onDone, purgeMs, views } = this.#parts;
    const unreadableAt = clock.nowMs();
    const folded: { readonly name: string; readonly offset: number }[] = [];
    // People of an organisation are of several partitions: every view says of each how far it is.
    for (const { partition, to, topic } of state.ranges) {
      if (topic === TOPICS.memories.name) folded.push(...(await views.folded({ topic, partition, offset: to - 1 })));
    }
    const done = await this.#put({
      ...state,
      state: "done",
      unreadable_at: unreadableAt,
      views: folded.map((view) => ({ ...view, at: clock.nowMs() })),
      purge_by: purgeMs === undefined ? null : unreadableAt + purgeMs,
    });
    onDone(done);
    return done;
  }

  async #put(state: ErasureState): Promise<ErasureState> {
    const written = { ...state, v: EVENT_VERSION, at: this.#parts.clock.nowMs() };
    await this.#parts.ledger.put(written);
    return written;
  }

  /** The memories that a wish means and that who asks may see, live or hidden, but for those erased already. */
  async #named(owner: Owner, { ceiling, memories, what }: ErasureWish): Promise<readonly MemoryId[]> {
    const { register, remember } = this.#parts;
    await remember.written(owner.user);
    const isMeant = (row: RegisteredMemory): boolean => row.level <= ceiling && row.state !== "erased";
    if (what.type === "memories" || what.type === "age") {
      const isOf = (row: RegisteredMemory): boolean => what.type === "memories" || row.level === what.level;
      const found: MemoryId[] = [];
      for (const some of batches([...new Set(memories ?? [])])) {
        const rows = await register.memories(owner.user, some);
        const named = rows.filter((row) => isMeant(row) && isOf(row) && row.state === "live");
        found.push(...named.map((row) => row.memoryId));
      }
      return found;
    }
    const found: MemoryId[] = [];
    for await (const rows of register.rowsOf(owner.user, -1)) {
      found.push(...rows.filter((row) => isMeant(row) && isFrom(row, what)).map((row) => row.memoryId));
    }
    return [...new Set(found)];
  }
}

/** What waits for the person's word and goes with what is erased. */
function heldOf({ toldBy, what }: ErasureWish): HeldScope | undefined {
  if (toldBy !== undefined) return { type: "client", key: toldBy.key, since: toldBy.sinceMs };
  return what.type === "import" || what.type === "source" ? what : undefined;
}

function isFrom(row: RegisteredMemory, what: ErasureScope): boolean {
  if (what.type === "import") return row.importId === what.import;
  return what.type === "source" && row.source === what.source && row.recordedAtMs >= (what.since ?? 0);
}

/** Where the event stands that erased a memory. */
function placeOf({ offset, userId }: RegisteredMemory): ErasureRange {
  return { topic: TOPICS.memories.name, partition: partitionOfUser(userId), from: offset, to: offset + 1 };
}

/** One range per partition: from the first record of the erasure to its last. */
function joined(known: readonly ErasureRange[], more: readonly ErasureRange[]): readonly ErasureRange[] {
  const ranges = new Map(known.map((range) => [`${range.topic}/${range.partition}`, range]));
  for (const range of more) {
    const name = `${range.topic}/${range.partition}`;
    const before = ranges.get(name);
    const from = Math.min(before?.from ?? range.from, range.from);
    ranges.set(name, { ...range, from, to: Math.max(before?.to ?? range.to, range.to) });
  }
  return [...ranges.values()];
}

function* batches<Item>(items: readonly Item[]): Generator<readonly Item[], void, undefined> {
  for (let at = 0; at < items.length; at += BATCH) yield items.slice(at, at + BATCH);
}
