/**
 * Wrapped keys of memories in memory: a dense store of 88-byte records beside an open-addressing index, no object per memory.
 *
 *     record: | memory (16) | owner (u32) | level (u8) | 3 unused | key version (u32) | wrapped (60) |  = 88 bytes
 *     index:  slot → record number + 1, linear probing, at most three quarters full (5.3 to 10.7 bytes per memory)
 *
 * Guarantees: at most about 100 bytes per memory once a few thousand are held; a deleted record is overwritten with zeros and its
 * place used again. It does not: shrink, or hold more than 2^26 memories (67 million, 6.5 GB); `set` then throws.
 */
import { assert } from "@kaelix/base";
import { idFromBytes, type Level, type MemoryId } from "@kaelix/model";

import { WRAPPED_BYTES } from "./wrapping.ts";

const ID_BYTES = 16;
const OWNER_AT = 16;
const LEVEL_AT = 20;
const VERSION_AT = 24;
const WRAPPED_AT = 28;
const RECORD_BYTES = WRAPPED_AT + WRAPPED_BYTES;
const CHUNK_RECORDS = 4_096;
const RECORDS_MAX = 2 ** 26;
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CROCKFORD_VALUES = new Uint8Array(128);
for (let value = 0; value < CROCKFORD.length; value++) CROCKFORD_VALUES[CROCKFORD.charCodeAt(value)] = value;

/** A wrapped key as the table holds it. `wrapped` is a view into the table: copy it to keep it. */
export interface TableEntry {
  /** Number of the owner in the caller's own list. */
  readonly owner: number;
  readonly level: Level;
  readonly keyVersion: number;
  readonly wrapped: Buffer;
}

/** Memory id → wrapped key. */
export class KeyTable {
  #index = new Uint32Array(1_024);
  readonly #chunks: Buffer[] = [];
  readonly #free: number[] = [];
  readonly #id = Buffer.alloc(ID_BYTES);
  #used = 0;
  #size = 0;

  /** Memories held. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of the store and its index. */
  get bytes(): number {
    return this.#chunks.length * CHUNK_RECORDS * RECORD_BYTES + this.#index.byteLength;
  }

  /** The entry of a memory, or undefined. */
  get(memory: MemoryId): TableEntry | undefined {
    const record = this.#index[this.#slotOf(memory)] ?? 0;
    return record === 0 ? undefined : this.#read(record - 1);
  }

  /**
   * Memories whose key version is below that of their owner in `versions`; of owners that are not there, none.
   * @returns some at a time (at most 4,096, maybe none); between them entries may be put and removed
   */
  *below(versions: ReadonlyMap<number, number>): Generator<readonly MemoryId[]> {
    for (const { chunk, places } of this.#below(versions))
      yield places.map((place) => idFromBytes("mem", chunk.subarray(place, place + ID_BYTES)));
  }

  /** How many those are, without making their ids. */
  countBelow(versions: ReadonlyMap<number, number>): number {
    let count = 0;
    for (const { places } of this.#below(versions)) count += places.length;
    return count;
  }

  /** Puts or replaces an entry; copies `wrapped`. */
  set(memory: MemoryId, entry: TableEntry): void {
    assert(entry.wrapped.length === WRAPPED_BYTES, "A wrapped key is 60 bytes");
    let slot = this.#slotOf(memory);
    let record = this.#index[slot] ?? 0;
    if (record === 0) {
      if ((this.#size + 1) * 4 > this.#index.length * 3) {
        this.#grow();
        slot = this.#slotOf(memory);
      }
      record = this.#take() + 1;
      this.#index[slot] = record;
      this.#size++;
    }
    const [chunk, at] = this.#locate(record - 1);
    chunk.set(this.#id, at);
    chunk.writeUInt32LE(entry.owner, at + OWNER_AT);
    chunk[at + LEVEL_AT] = entry.level;
    chunk.writeUInt32LE(entry.keyVersion, at + VERSION_AT);
    chunk.set(entry.wrapped, at + WRAPPED_AT);
  }

  /** Removes an entry and overwrites its bytes; false when there was none. */
  delete(memory: MemoryId): boolean {
    const slot = this.#slotOf(memory);
    const record = this.#index[slot] ?? 0;
    if (record === 0) return false;
    const [chunk, at] = this.#locate(record - 1);
    chunk.fill(0, at, at + RECORD_BYTES);
    this.#free.push(record - 1);
    this.#size--;
    this.#closeGap(slot);
    return true;
  }

  *#below(
    versions: ReadonlyMap<number, number>,
  ): Generator<{ readonly chunk: Buffer; readonly places: readonly number[] }> {
    for (const [at, chunk] of this.#chunks.entries()) {
      const places: number[] = [];
      const end = Math.min(CHUNK_RECORDS, this.#used - at * CHUNK_RECORDS) * RECORD_BYTES;
      for (let place = 0; place < end; place += RECORD_BYTES) {
        // A place that was freed is zeros: no level.
        if (chunk[place + LEVEL_AT] === 0) continue;
        const version = versions.get(chunk.readUInt32LE(place + OWNER_AT)) ?? 0;
        if (chunk.readUInt32LE(place + VERSION_AT) < version) places.push(place);
      }
      yield { chunk, places };
    }
  }

  /** Linear probing without tombstones: what follows the gap and could stand in it moves into it. */
  #closeGap(slot: number): void {
    const mask = this.#index.length - 1;
    let gap = slot;
    for (let next = (gap + 1) & mask; this.#index[next] !== 0; next = (next + 1) & mask) {
      const [chunk, at] = this.#locate((this.#index[next] ?? 0) - 1);
      const home = hashOf(chunk, at) & mask;
      if (((next - home) & mask) >= ((next - gap) & mask)) {
        this.#index[gap] = this.#index[next] ?? 0;
        gap = next;
      }
    }
    this.#index[gap] = 0;
  }

  /** The slot that holds the memory, or the empty one where it belongs. Leaves its bytes in `#id`. */
  #slotOf(memory: MemoryId): number {
    decodeMemoryId(memory, this.#id);
    const mask = this.#index.length - 1;
    for (let slot = hashOf(this.#id, 0) & mask; ; slot = (slot + 1) & mask) {
      const record = this.#index[slot] ?? 0;
      if (record === 0) return slot;
      const [chunk, at] = this.#locate(record - 1);
      if (chunk.compare(this.#id, 0, ID_BYTES, at, at + ID_BYTES) === 0) return slot;
    }
  }

  #read(record: number): TableEntry {
    const [chunk, at] = this.#locate(record);
    return {
      owner: chunk.readUInt32LE(at + OWNER_AT),
      // Only levels are ever written there.
      level: chunk[at + LEVEL_AT] as Level,
      keyVersion: chunk.readUInt32LE(at + VERSION_AT),
      wrapped: chunk.subarray(at + WRAPPED_AT, at + RECORD_BYTES),
    };
  }

  #locate(record: number): readonly [Buffer, number] {
    const chunk = this.#chunks[Math.floor(record / CHUNK_RECORDS)];
    assert(chunk !== undefined, "A record number points into a chunk");
    return [chunk, (record % CHUNK_RECORDS) * RECORD_BYTES];
  }

  #take(): number {
    const freed = this.#free.pop();
    if (freed !== undefined) return freed;
    assert(this.#used < RECORDS_MAX, "The key table holds at most 67 million memories");
    if (this.#used % CHUNK_RECORDS === 0) this.#chunks.push(Buffer.alloc(CHUNK_RECORDS * RECORD_BYTES));
    return this.#used++;
  }

  #grow(): void {
    const old = this.#index;
    this.#index = new Uint32Array(old.length * 2);
    const mask = this.#index.length - 1;
    for (const record of old) {
      if (record === 0) continue;
      const [chunk, at] = this.#locate(record - 1);
      let slot = hashOf(chunk, at) & mask;
      while (this.#index[slot] !== 0) slot = (slot + 1) & mask;
      this.#index[slot] = record;
    }
  }
}

/** Ids made from time share their first bytes, so all four words are mixed (murmur3's finaliser). */
function hashOf(bytes: Buffer, at: number): number {
  let hash = 0;
  for (let word = 0; word < ID_BYTES; word += 4) {
    hash = Math.imul(hash ^ bytes.readUInt32LE(at + word), 0x85ebca6b);
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/** The 16 bytes of `mem_` and 26 letters of Crockford's base32; the reverse of `idFromBytes`. */
function decodeMemoryId(memory: MemoryId, into: Buffer): void {
  let buffered = 0;
  let bits = -2;
  let at = 0;
  for (let index = memory.length - 26; index < memory.length; index++) {
    buffered = ((buffered << 5) | (CROCKFORD_VALUES[memory.charCodeAt(index) & 127] ?? 0)) & 0x1fff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      into[at++] = (buffered >> bits) & 255;
    }
  }
}
