/**
 * The newest offset of each key, in a fixed amount of memory.
 *
 *     slot: 16 bytes of SHA-256 of the key | offset f64          open addressing, at most three quarters full
 *
 * Keys are compared by hash alone: two keys of one hash would cost the older one its record. At 128 bits of SHA-256 nobody can make
 * such keys, and chance needs 10^15 of them for one in a hundred million.
 */
import { hash } from "node:crypto";

const SLOT_BYTES = 24;
const WORDS = 4;
const LOAD_MAX = 0.75;
const EMPTY = -1;

/** See the top of the file. */
export class OffsetMap {
  readonly #slots: number;
  readonly #keysMax: number;
  readonly #hashes: Uint32Array;
  readonly #offsets: Float64Array;
  #size = 0;

  /**
   * @param bytesMax memory the map may take
   * @param keysExpected more than this many keys will not come: what they do not need is not allocated
   */
  constructor(bytesMax: number, keysExpected = Number.MAX_SAFE_INTEGER) {
    const slotsNeeded = Math.ceil((keysExpected + 1) / LOAD_MAX);
    this.#slots = Math.max(4, Math.min(slotsNeeded, Math.floor(bytesMax / SLOT_BYTES)));
    this.#keysMax = Math.floor(this.#slots * LOAD_MAX);
    this.#hashes = new Uint32Array(this.#slots * WORDS);
    this.#offsets = new Float64Array(this.#slots).fill(EMPTY);
  }

  get size(): number {
    return this.#size;
  }

  /** Keeps the offset of a key when it is its newest; false when the key is new and there is no room for it. */
  put(key: Uint8Array, offset: number): boolean {
    const words = hashOf(key);
    const slot = this.#find(words);
    const known = this.#offsets[slot] ?? EMPTY;
    if (known === EMPTY) {
      if (this.#size >= this.#keysMax) return false;
      this.#hashes.set(words, slot * WORDS);
      this.#size += 1;
    }
    if (offset > known) this.#offsets[slot] = offset;
    return true;
  }

  /** The newest offset of a key; -1 when it is not known. */
  newest(key: Uint8Array): number {
    return this.#offsets[this.#find(hashOf(key))] ?? EMPTY;
  }

  /** The slot of a key, or the empty one where it would go. */
  #find(words: Uint32Array): number {
    let slot = (words[0] ?? 0) % this.#slots;
    while (this.#offsets[slot] !== EMPTY && !this.#holds(slot, words)) slot = slot + 1 === this.#slots ? 0 : slot + 1;
    return slot;
  }

  #holds(slot: number, words: Uint32Array): boolean {
    const at = slot * WORDS;
    for (let word = 0; word < WORDS; word += 1) if (this.#hashes[at + word] !== words[word]) return false;
    return true;
  }
}

function hashOf(key: Uint8Array): Uint32Array {
  const digest = hash("sha256", key, "buffer");
  return Uint32Array.from({ length: WORDS }, (_, word) => digest.readUInt32LE(word * 4));
}
