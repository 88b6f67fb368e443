/**
 * Names of streams → slots, for millions of them.
 *
 *     table   | slot + 1 (0 empty, -1 removed) | name, 7 words             |   a place of 32 bytes, at most three quarters taken
 *             | slot + 1                       | first word | hash | where |   … of a name that has more than 27 bytes
 *     arena   | name, as many words as it has | …                              long names alone
 *
 * Names and slots stand in one place: with a million of them a look-up costs what its one read of memory costs, which no cache holds, and
 * a second one elsewhere would cost as much again. There is no object per stream for the garbage collector to walk.
 * Guarantees: a name is compared byte by byte before it is believed; slots of removed streams are given again.
 * Does not: keep anything about a stream but its name, or survive the process (the log has the names).
 */
import { assert } from "@kaelix/base";

import { hashOfWords, StreamName, wordsOfName } from "./stream-name.ts";

const EMPTY = 0;
const REMOVED = -1;
/** Words of a place in the table; a shift, because it is multiplied with at every step. */
const PLACE_SHIFT = 3;
const PLACE_WORDS = 1 << PLACE_SHIFT;
/** Words of a name that stands in its place. */
const SHORT_WORDS_MAX = PLACE_WORDS - 1;
/** Where a long name's place says its hash and where it is. */
const HASH_AT = 2;
const POSITION_AT = 3;
const FREE = -1;
const TABLE_PLACES_MIN = 1 << 10;
const ARENA_WORDS_MIN = 1 << 10;
const textDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Every stream's name and slot. */
export class StreamDirectory {
  #table = new Int32Array(TABLE_PLACES_MIN * PLACE_WORDS);
  #mask = TABLE_PLACES_MIN - 1;
  /** Long names. */
  #arena = new Int32Array(0);
  #arenaUsed = 0;
  #arenaWasted = 0;
  /** First word in the table by slot; `FREE` for a slot without a stream. */
  #places = new Int32Array(TABLE_PLACES_MIN).fill(FREE);
  #freeSlots: number[] = [];
  #slots = 0;
  #placesUsed = 0;
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
    return this.#table.byteLength + this.#arena.byteLength + this.#places.byteLength;
  }

  /** The slot of a name; -1 when there is no such stream. */
  find(name: string): number {
    return this.#name.load(name) ? this.findName(this.#name) : -1;
  }

  /** The same for a name that is taken apart already. */
  findName(name: StreamName): number {
    const table = this.#table;
    const hash = name.hash(this.#seed);
    const isShort = name.wordCount <= SHORT_WORDS_MAX;
    for (let at = hash & this.#mask; ; at = (at + 1) & this.#mask) {
      const place = at << PLACE_SHIFT;
      const taken = table[place] ?? EMPTY;
      if (taken === EMPTY) return -1;
      // The first word has the length: a short name is never taken for what stands in a long one's place.
      if (taken === REMOVED || table[place + 1] !== name.words[0]) continue;
      if (isShort ? name.equals(table, place + 1) : this.#isLongAt(name, place, hash)) return taken - 1;
    }
  }

  #isLongAt(name: StreamName, place: number, hash: number): boolean {
    return this.#table[place + HASH_AT] === hash && name.equals(this.#arena, this.#table[place + POSITION_AT] ?? 0);
  }

  /** The slot of a name, given to it when it has none. The name must have 1 to 255 bytes. */
  add(name: string): number {
    assert(this.#name.load(name), "A stream's name has 1 to 255 bytes");
    const found = this.findName(this.#name);
    if (found >= 0) return found;
    if ((this.#placesUsed + 1) * 4 > (this.#mask + 1) * 3) this.#rebuild();
    const slot = this.#freeSlots.pop() ?? this.#slots++;
    if (slot >= this.#places.length) this.#places = grown(this.#places, slot + 1);
    const { wordCount, words } = this.#name;
    this.#insert(slot, words, { start: 0, wordCount });
    return slot;
  }

  /** The name of a slot; undefined for a free one. */
  nameOf(slot: number): string | undefined {
    const place = this.#places[slot] ?? FREE;
    if (place === FREE) return undefined;
    const { start, words } = this.#wordsAt(this.#table, this.#arena, place);
    const bytes = new Uint8Array(words.buffer, start * 4);
    return textDecoder.decode(bytes.subarray(1, 1 + (bytes[0] ?? 0)));
  }

  /** Forgets a stream; its slot may be given to another. */
  remove(slot: number): void {
    const place = this.#places[slot] ?? FREE;
    if (place === FREE) return;
    const { wordCount } = this.#wordsAt(this.#table, this.#arena, place);
    if (wordCount > SHORT_WORDS_MAX) this.#arenaWasted += wordCount;
    this.#table[place] = REMOVED;
    this.#places[slot] = FREE;
    this.#freeSlots.push(slot);
    if (this.#arenaWasted > ARENA_WORDS_MIN && this.#arenaWasted * 2 > this.#arenaUsed) this.#rebuild();
  }

  /** Where the words of the name in a place stand. */
  #wordsAt(
    table: Int32Array<ArrayBuffer>,
    arena: Int32Array<ArrayBuffer>,
    place: number,
  ): { readonly words: Int32Array<ArrayBuffer>; readonly start: number; readonly wordCount: number } {
    const wordCount = wordsOfName(new Uint8Array(table.buffer, (place + 1) * 4, 1)[0] ?? 0);
    return wordCount <= SHORT_WORDS_MAX
      ? { words: table, start: place + 1, wordCount }
      : { words: arena, start: table[place + POSITION_AT] ?? 0, wordCount };
  }

  /** Puts a name that is not there into the first empty place of its row. */
  #insert(
    slot: number,
    words: Int32Array,
    { start, wordCount }: { readonly start: number; readonly wordCount: number },
  ): void {
    const table = this.#table;
    const hash = hashOfWords(words, start, wordCount, this.#seed);
    let at = hash & this.#mask;
    // A removed place is not taken again: it counts as used until the table is rebuilt, which keeps this loop and `findName` alike.
    while (table[at << PLACE_SHIFT] !== EMPTY) at = (at + 1) & this.#mask;
    const place = at << PLACE_SHIFT;
    table[place] = slot + 1;
    this.#places[slot] = place;
    this.#placesUsed += 1;
    if (wordCount <= SHORT_WORDS_MAX) {
      for (let word = 0; word < wordCount; word += 1) table[place + 1 + word] = words[start + word] ?? 0;
      return;
    }
    table[place + 1] = words[start] ?? 0;
    table[place + HASH_AT] = hash;
    table[place + POSITION_AT] = this.#storeLong(words, start, wordCount);
  }

  #storeLong(words: Int32Array, start: number, wordCount: number): number {
    const position = this.#arenaUsed;
    const end = position + wordCount;
    if (end > this.#arena.length) this.#arena = grown(this.#arena, Math.max(end, ARENA_WORDS_MIN));
    for (let word = 0; word < wordCount; word += 1) this.#arena[position + word] = words[start + word] ?? 0;
    this.#arenaUsed = end;
    return position;
  }

  /** Table and arena anew, as large as what is there needs, without what was removed. */
  #rebuild(): void {
    let places = TABLE_PLACES_MIN;
    while (places < (this.size + 1) * 2) places *= 2;
    const table = this.#table;
    const arena = this.#arena;
    this.#table = new Int32Array(places * PLACE_WORDS);
    this.#mask = places - 1;
    this.#placesUsed = 0;
    this.#arena = new Int32Array(0);
    this.#arenaUsed = 0;
    this.#arenaWasted = 0;
    for (let place = 0; place < table.length; place += PLACE_WORDS) {
      const taken = table[place] ?? EMPTY;
      if (taken === EMPTY || taken === REMOVED) continue;
      const name = this.#wordsAt(table, arena, place);
      this.#insert(taken - 1, name.words, name);
    }
  }
}

function grown(words: Int32Array<ArrayBuffer>, lengthMin: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(words.length * 2, lengthMin)).fill(FREE);
  larger.set(words);
  return larger;
}
