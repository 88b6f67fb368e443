/**
 * Names of streams → slots, for millions of them.
 *
 *     table   | hash i32 | entry position i32 (-1 empty, -2 removed) | …      open addressing, at most three quarters full
 *     arena   | slot u32 | name length u8 | name, UTF-8 | padding to 4 |      one entry per stream, found by one jump
 *
 * One look-up touches the table once and the arena once; there is no object per stream for the garbage collector to walk.
 * Guarantees: a name is compared byte by byte before it is believed; slots of removed streams are given again.
 * Does not: keep anything about a stream but its name, or survive the process (the log has the names).
 */
import { assert } from "@kaelix/base";

import { StreamName } from "./stream-name.ts";

const EMPTY = -1;
const REMOVED = -2;
const TABLE_ENTRIES_MIN = 1 << 10;
const ARENA_WORDS_MIN = 1 << 12;
const textDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Every stream's name and slot. */
export class StreamDirectory {
  /** Pairs of hash and arena position. */
  #table = new Int32Array(TABLE_ENTRIES_MIN * 2).fill(EMPTY);
  #mask = TABLE_ENTRIES_MIN - 1;
  #words = new Int32Array(ARENA_WORDS_MIN);
  #bytes = new Uint8Array(this.#words.buffer);
  #wordsUsed = 0;
  #wordsWasted = 0;
  /** Arena position by slot; `EMPTY` for a free one. */
  #positions = new Int32Array(TABLE_ENTRIES_MIN).fill(EMPTY);
  #freeSlots: number[] = [];
  #slots = 0;
  #entriesUsed = 0;
  readonly #seed: number;
  readonly #name = new StreamName();

  /** @param seed a random 32-bit number, so that nobody can choose names that collide */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  /** Streams that have a slot. */
  get size(): number {
    return this.#slots - this.#freeSlots.length;
  }

  /** Slots ever in use at once: all slots are below. */
  get slots(): number {
    return this.#slots;
  }

  /** Bytes held. */
  get bytesHeld(): number {
    return this.#table.byteLength + this.#words.byteLength + this.#positions.byteLength;
  }

  /** The slot of a name; -1 when there is no such stream. */
  find(name: string): number {
    return this.#name.load(name) ? this.findName(this.#name) : -1;
  }

  /** The same for a name that is taken apart already. */
  findName(name: StreamName): number {
    const table = this.#table;
    const words = this.#words;
    const hash = name.hash(this.#seed);
    for (let at = hash & this.#mask; ; at = (at + 1) & this.#mask) {
      const position = table[at * 2 + 1] ?? EMPTY;
      if (position === EMPTY) return -1;
      if (position !== REMOVED && table[at * 2] === hash && name.equals(words, position + 1))
        return words[position] ?? -1;
    }
  }

  /** The slot of a name, given to it when it has none. The name must have 1 to 255 bytes. */
  add(name: string): number {
    assert(this.#name.load(name), "A stream's name has 1 to 255 bytes");
    const found = this.findName(this.#name);
    if (found >= 0) return found;
    if ((this.#entriesUsed + 1) * 4 > (this.#mask + 1) * 3) this.#rebuildTable();
    const slot = this.#freeSlots.pop() ?? this.#slots++;
    const position = this.#store(slot);
    if (slot >= this.#positions.length) this.#positions = grown(this.#positions, slot + 1);
    this.#positions[slot] = position;
    this.#insert(this.#name.hash(this.#seed), position);
    return slot;
  }

  /** The name of a slot; undefined for a free one. */
  nameOf(slot: number): string | undefined {
    const position = this.#positions[slot] ?? EMPTY;
    return position < 0 ? undefined : this.#nameAt(position);
  }

  /** Forgets a stream; its slot may be given to another. */
  remove(slot: number): void {
    const position = this.#positions[slot] ?? EMPTY;
    if (position < 0) return;
    this.#name.load(this.#nameAt(position));
    const hash = this.#name.hash(this.#seed);
    for (let at = hash & this.#mask; ; at = (at + 1) & this.#mask) {
      if (this.#table[at * 2 + 1] === position) {
        this.#table[at * 2 + 1] = REMOVED;
        break;
      }
      assert(this.#table[at * 2 + 1] !== EMPTY, "Every stream stands in the table");
    }
    this.#wordsWasted += entryWords(this.#bytes[position * 4 + 4] ?? 0);
    this.#positions[slot] = EMPTY;
    this.#freeSlots.push(slot);
    if (this.#wordsWasted > ARENA_WORDS_MIN && this.#wordsWasted * 2 > this.#wordsUsed) this.#rebuildArena();
  }

  #nameAt(position: number): string {
    const start = position * 4 + 5;
    return textDecoder.decode(this.#bytes.subarray(start, start + (this.#bytes[start - 1] ?? 0)));
  }

  /** Keeps the name that is loaded. */
  #store(slot: number): number {
    const { wordCount, words } = this.#name;
    const position = this.#wordsUsed;
    const end = position + 1 + wordCount;
    if (end > this.#words.length) {
      this.#words = grown(this.#words, end);
      this.#bytes = new Uint8Array(this.#words.buffer);
    }
    this.#words[position] = slot;
    for (let at = 0; at < wordCount; at += 1) this.#words[position + 1 + at] = words[at] ?? 0;
    this.#wordsUsed = end;
    return position;
  }

  #insert(hash: number, position: number): void {
    let at = hash & this.#mask;
    // A removed place is not taken again: it counts as used until the table is rebuilt, which keeps this loop and `find` alike.
    while (this.#table[at * 2 + 1] !== EMPTY) at = (at + 1) & this.#mask;
    this.#table[at * 2] = hash;
    this.#table[at * 2 + 1] = position;
    this.#entriesUsed += 1;
  }

  #rebuildTable(): void {
    let entries = TABLE_ENTRIES_MIN;
    while (entries < (this.size + 1) * 2) entries *= 2;
    const before = this.#table;
    this.#table = new Int32Array(entries * 2).fill(EMPTY);
    this.#mask = entries - 1;
    this.#entriesUsed = 0;
    for (let at = 0; at < before.length; at += 2) {
      const position = before[at + 1] ?? EMPTY;
      if (position >= 0) this.#insert(before[at] ?? 0, position);
    }
  }

  #rebuildArena(): void {
    const names: (string | undefined)[] = [];
    for (let slot = 0; slot < this.#slots; slot += 1) names.push(this.nameOf(slot));
    this.#words = new Int32Array(ARENA_WORDS_MIN);
    this.#bytes = new Uint8Array(this.#words.buffer);
    this.#wordsUsed = 0;
    this.#wordsWasted = 0;
    this.#table.fill(EMPTY);
    this.#entriesUsed = 0;
    names.forEach((name, slot) => {
      if (name === undefined) return;
      this.#name.load(name);
      const position = this.#store(slot);
      this.#positions[slot] = position;
      this.#insert(this.#name.hash(this.#seed), position);
    });
  }
}

function entryWords(nameBytes: number): number {
  return 2 + (nameBytes >> 2);
}

function grown(words: Int32Array<ArrayBuffer>, lengthMin: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(words.length * 2, lengthMin)).fill(EMPTY);
  larger.set(words);
  return larger;
}
