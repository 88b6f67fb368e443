/**
 * Cuts a text into hashed grams for the small model: words, pairs of words and letter sequences inside words, folded as the
 * lexicons are. One pass, no string made. A gram is only a place (see gram-table.ts): no word can be read back from it.
 *
 * Numbers are known by their shape alone (every digit is a nought), so that no code or amount is ever learnt.
 */
import { PLACE_BITS } from "./gram-table.ts";
import { CONCEPT_COUNT } from "./rules/concepts.ts";
import { FOLD_TABLE, SKIP } from "./rules/fold-table.ts";
import type { ConceptMap } from "./rules/match.ts";

/** Texts beyond this many grams are known by those that stand first. */
export const GRAMS_MAX = 8192;

const SEED = 0x811c9dc5 | 0;
const PRIME = 0x01000193;
const SHIFT = 32 - PLACE_BITS;
const ZERO = 0x30;
const NINE = 0x39;
/** Units that open or end a word for letter sequences. */
const EDGE = 0x5f;
/** Signs that stand for themselves between words: what is near them is often a value. */
const SIGNS = new Uint8Array(128);
for (const sign of '=:@#/*$%?!"&+') SIGNS[sign.charCodeAt(0)] = 1;

/** Mixes a hash until its upper bits are worth reading. */
function placeOf(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return mixed >>> SHIFT;
}

/** Two nouns of the rules count as a pair when their first words stand at most this many words apart. */
const PAIR_DISTANCE = 20;
/** Texts that hold more nouns than this are long enough to be told by their words. */
const PAIR_NOUNS_MAX = 40;
/** Nouns follow each other when the second begins at most this many words behind the first. */
const ORDER_DISTANCE = 12;
/** Up to this many words apart they are near. */
const ORDER_NEAR = 3;
/** Order is read among this many nouns at the beginning of a text. */
const ORDER_NOUNS_MAX = 60;
/** A noun in order of place: the place of its first word, then this many bits for which noun it is. */
const NOUN_BITS = 8;
const NOUN_MASK = (1 << NOUN_BITS) - 1;

/** Grams of one text; one instance is used again and again. */
export class Grams {
  readonly places = new Int32Array(GRAMS_MAX + 64);
  count = 0;
  #first = 0;
  #second = 0;
  readonly #nouns = new Int32Array(PAIR_NOUNS_MAX);
  readonly #nounAt = new Int32Array(PAIR_NOUNS_MAX);
  readonly #inOrder = new Int32Array(CONCEPT_COUNT * ORDER_NOUNS_MAX);

  /** Reads a text; afterwards `places` holds `count` places. */
  read(text: string): void {
    this.count = 0;
    this.#first = 0;
    this.#second = 0;
    let at = 0;
    while (at < text.length && this.count < GRAMS_MAX) {
      const unit = text.charCodeAt(at);
      if (unit >= 0xd800 && unit <= 0xdbff) {
        this.#closeWord(Math.imul(Math.imul(SEED ^ unit, PRIME) ^ text.charCodeAt(at + 1), PRIME));
        at += 2;
      } else if ((FOLD_TABLE[unit] ?? 0) > SKIP) at = this.#readWord(text, at);
      else {
        if (unit < 128 && SIGNS[unit] === 1) this.#closeWord(Math.imul(SEED ^ unit, PRIME));
        at += 1;
      }
    }
  }

  /** Reads which nouns of the rules stand near each other; afterwards `places` holds `count` places. */
  readPairs(concepts: ConceptMap): void {
    this.count = 0;
    let nouns = 0;
    for (let concept = 0; concept < CONCEPT_COUNT && nouns < PAIR_NOUNS_MAX; concept += 1) {
      const first = concepts.getAt(concept)?.first[0];
      if (first === undefined) continue;
      for (let other = 0; other < nouns; other += 1) {
        if (Math.abs((this.#nounAt[other] ?? 0) - first) > PAIR_DISTANCE) continue;
        this.#push(Math.imul((this.#nouns[other] ?? 0) * 211 + concept + 1, 0x9e3779b1) ^ 0x2545f491);
      }
      this.#nouns[nouns] = concept;
      this.#nounAt[nouns] = first;
      nouns += 1;
    }
  }

  /** Reads which nouns of the rules follow each other and how closely; afterwards `places` holds `count` places. */
  readOrder(concepts: ConceptMap): void {
    this.count = 0;
    const inOrder = this.#sortNouns(concepts);
    for (let at = 0; at < inOrder.length; at += 1) {
      const one = inOrder[at] ?? 0;
      for (let next = at + 1; next < inOrder.length; next += 1) {
        const other = inOrder[next] ?? 0;
        const distance = (other >> NOUN_BITS) - (one >> NOUN_BITS);
        if (distance > ORDER_DISTANCE) break;
        const [first, second] = [one & NOUN_MASK, other & NOUN_MASK];
        if (first === second) continue;
        const nearness = distance === 0 ? 1 : distance <= ORDER_NEAR ? 2 : 3;
        this.#push(Math.imul((first * 211 + second) * 4 + nearness, 0x9e3779b1) ^ 0x12345);
      }
    }
  }

  /** The nouns that stand first in a text, in order of their first words; they hold until the next call. */
  #sortNouns(concepts: ConceptMap): Int32Array {
    let nouns = 0;
    for (let concept = 0; concept < CONCEPT_COUNT; concept += 1) {
      const places = concepts.getAt(concept)?.first ?? [];
      for (let at = 0; at < places.length && at < ORDER_NOUNS_MAX; at += 1) {
        this.#inOrder[nouns] = ((places[at] ?? 0) << NOUN_BITS) | concept;
        nouns += 1;
      }
    }
    return this.#inOrder.subarray(0, nouns).sort().subarray(0, ORDER_NOUNS_MAX);
  }

  #push(hash: number): void {
    this.places[this.count] = placeOf(hash);
    this.count += 1;
  }

  #readWord(text: string, start: number): number {
    let word = SEED;
    let [back3, back2, back1] = [0, 0, EDGE];
    let at = start;
    for (; at < text.length && this.count < GRAMS_MAX; at += 1) {
      const unit = text.charCodeAt(at);
      let folded = FOLD_TABLE[unit] ?? 0;
      if (folded === SKIP) continue;
      if (folded === 0) {
        // An apostrophe is passed over: don't and dont are one word.
        if ((unit === 0x27 || unit === 0x2019) && (FOLD_TABLE[text.charCodeAt(at + 1)] ?? 0) > SKIP) continue;
        break;
      }
      if (folded >= ZERO && folded <= NINE) folded = ZERO;
      word = Math.imul(word ^ folded, PRIME);
      this.#pushLetters(back3, back2, back1, folded);
      [back3, back2, back1] = [back2, back1, folded];
    }
    this.#pushLetters(back3, back2, back1, EDGE);
    this.#closeWord(word);
    return at;
  }

  /** The sequence of four that ends in `unit`; a word too short for one is known as a whole. */
  #pushLetters(back3: number, back2: number, back1: number, unit: number): void {
    if (back3 === 0) return;
    const four = (back3 << 24) ^ (back2 << 16) ^ (back1 << 8) ^ unit;
    this.#push(Math.imul(four ^ 0x1b873593, 0x85ebca6b));
  }

  #closeWord(word: number): void {
    this.#push(word ^ 0x5bd1e995);
    if (this.#first !== 0) {
      this.#push(Math.imul(this.#first, 31) ^ word);
      if (this.#second !== 0) this.#push(Math.imul(Math.imul(this.#second, 31) ^ word, 0x27d4eb2f));
    }
    this.#second = this.#first;
    this.#first = word;
  }
}
