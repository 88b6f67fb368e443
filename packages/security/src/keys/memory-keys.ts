/**
 * Wrapped keys of memories as the log has them, plus those on their way to it.
 *
 * A key is visible from `prepare` on. Until its record comes back from the log it is *pending*: older records and tombstones of the
 * same memory that are still on their way here do not touch it, so what this process decided last is what it sees.
 *
 *     prepare ──► pending ──(record folded)──► settled in the table ──(tombstone folded)──► gone
 *                    └────(discard: append failed)──► what was there before
 */
import type { Level, MemoryId, MemoryKeyWrapped } from "@kaelix/model";

import { KeyTable, type TableEntry } from "./key-table.ts";
import { decodeWrapped, type FormerKey, WRAPPED_BYTES } from "./wrapping.ts";

/** A memory's keys: the current one and those of levels it is moving away from. */
export interface MemoryKeyState extends TableEntry {
  readonly formers: readonly FormerKey[];
}

/** A key between `prepare` and its record's return from the log. */
export interface PendingKey {
  readonly wrapped: Buffer;
  /** What the log says, and a discard brings back; once a record of it has come back, that is the key itself. */
  before: MemoryKeyState | undefined;
  /** How many prepared batches carry it whose records have neither come back nor been discarded. */
  holders: number;
}

/** Lock of whatever writes a memory's keys as they are known here: two at once, and the older would come last. */
export const MOVES = "moves";

/** The wrapped keys of all memories. */
export class MemoryKeys {
  readonly #table = new KeyTable();
  readonly #formers = new Map<MemoryId, readonly FormerKey[]>();
  readonly #shredding = new Set<MemoryId>();
  readonly #pending = new Map<MemoryId, PendingKey>();

  /** Memories that have a key. */
  get size(): number {
    return this.#table.size;
  }

  /** Bytes of the table. */
  get bytes(): number {
    return this.#table.bytes;
  }

  /** Memories whose move is not finished. */
  get moving(): ReadonlySet<MemoryId> {
    return new Set(this.#formers.keys());
  }

  /** Keys whose record has not come back from the log. */
  get pending(): number {
    return this.#pending.size;
  }

  /** From now on the memories have no key, although their tombstones are still on their way: a new telling gets a new key. */
  beginShred(memories: readonly MemoryId[]): void {
    for (const memory of memories) this.#shredding.add(memory);
  }

  /** The tombstones are folded, or were refused. */
  endShred(memories: readonly MemoryId[]): void {
    for (const memory of memories) this.#shredding.delete(memory);
  }

  /** What is known of a memory. `wrapped` is a view: copy it to keep it. */
  get(memory: MemoryId): MemoryKeyState | undefined {
    const entry = this.#shredding.has(memory) ? undefined : this.#table.get(memory);
    return entry === undefined ? undefined : { ...entry, formers: this.#formers.get(memory) ?? [] };
  }

  /** The number of a memory's owner. */
  ownerOf(memory: MemoryId): number | undefined {
    return this.#table.get(memory)?.owner;
  }

  /**
   * Memories that have a key, of whatever level, under a version below that of their owner in `versions`.
   * @returns some at a time, so that others can work in between
   */
  *behind(versions: ReadonlyMap<number, number>): Generator<readonly MemoryId[]> {
    yield* this.#table.below(versions);
    yield this.#movingBehind(versions);
  }

  /** How many those are. */
  countBehind(versions: ReadonlyMap<number, number>): number {
    return this.#table.countBelow(versions) + this.#movingBehind(versions).length;
  }

  /** Those whose newest key is not behind, but one of a level that they are moving away from. */
  #movingBehind(versions: ReadonlyMap<number, number>): readonly MemoryId[] {
    const isBelow = (owner: number, keyVersion: number): boolean => keyVersion < (versions.get(owner) ?? 0);
    return [...this.#formers].flatMap(([memory, formers]) => {
      const entry = this.#table.get(memory);
      if (entry === undefined || isBelow(entry.owner, entry.keyVersion)) return [];
      return formers.some((former) => isBelow(entry.owner, former.keyVersion)) ? [memory] : [];
    });
  }

  /** The key of a memory on its way to the log. */
  pendingOf(memory: MemoryId): PendingKey | undefined {
    return this.#pending.get(memory);
  }

  /** Makes a key visible before its record is on the log. */
  prepare(memory: MemoryId, state: MemoryKeyState): PendingKey {
    const known = this.get(memory);
    const before = known === undefined ? undefined : { ...known, wrapped: Buffer.from(known.wrapped) };
    this.#shredding.delete(memory);
    this.#put(memory, state);
    const pending = { wrapped: state.wrapped, before, holders: 1 };
    this.#pending.set(memory, pending);
    return pending;
  }

  /** Takes a prepared key back because its record was not appended; does nothing when somebody else still needs it. */
  discard(memory: MemoryId, pending: PendingKey): void {
    pending.holders--;
    if (pending.holders > 0 || this.#pending.get(memory) !== pending) return;
    this.#pending.delete(memory);
    if (pending.before === undefined) this.#delete(memory);
    else this.#put(memory, pending.before);
  }

  /** Folds a record of the log; false when its wrapped key is none. `owner` is the number of the event's user. */
  fold(event: MemoryKeyWrapped, owner: number): boolean {
    const keys = decodeWrapped(event.wrapped);
    if (keys === undefined) return false;
    const { current: wrapped, formers } = keys;
    const state = { owner, level: event.level, keyVersion: event.key_version, wrapped, formers };
    const pending = this.#pending.get(event.memory);
    if (pending !== undefined) {
      pending.before = state;
      if (!pending.wrapped.equals(wrapped)) return true;
      // While another batch still carries it, that record is on its way, too.
      if (--pending.holders === 0) this.#pending.delete(event.memory);
    }
    this.#put(event.memory, state);
    return true;
  }

  /** Folds a tombstone. */
  foldTombstone(memory: MemoryId): void {
    const pending = this.#pending.get(memory);
    if (pending === undefined) this.#delete(memory);
    else pending.before = undefined;
  }

  #put(memory: MemoryId, state: MemoryKeyState): void {
    this.#table.set(memory, state);
    if (state.formers.length > 0) this.#formers.set(memory, state.formers);
    else this.#formers.delete(memory);
  }

  #delete(memory: MemoryId): void {
    this.#table.delete(memory);
    this.#formers.delete(memory);
  }
}

/** The wrapped key a memory has at a level: its current one, or one of a level it is moving away from. */
export function wrappedAt(
  state: MemoryKeyState,
  level: Level,
): { readonly wrapped: Buffer; readonly keyVersion: number } | undefined {
  if (state.level === level) return state;
  return state.formers.find((former) => former.level === level);
}

/** The keys to keep beside a new one when a memory moves to `level`: every other level's, copied. */
export function formersAfterMove(state: MemoryKeyState, level: Level): readonly FormerKey[] {
  const all = [{ level: state.level, keyVersion: state.keyVersion, wrapped: state.wrapped }, ...state.formers];
  return all
    .filter((former) => former.level !== level && former.wrapped.length === WRAPPED_BYTES)
    .map((former) => ({ ...former, wrapped: Buffer.from(former.wrapped) }));
}
