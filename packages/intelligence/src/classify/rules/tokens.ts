/**
 * Cuts a text into words in one pass and looks each up while reading it. Linear; no regular expression, no string made.
 * Words are known by a 32-bit hash (FNV-1a); a stranger meets a known word's hash once in about half a million words.
 */
import { FOLD_TABLE, SKIP } from "./fold-table.ts";
import type { IntTable } from "./int-table.ts";

/** Bits of `Tokens.flags`. */
export const FLAG_CAPITAL = 1;
/** The word holds a digit. */
export const FLAG_DIGIT = 2;
/** The word holds a letter. */
export const FLAG_LETTER = 4;
/** The word opens a sentence or a line. */
export const FLAG_OPENS = 8;
/** The word has a capital after its first letter. */
export const FLAG_INNER_CAPITAL = 16;

/** Words of a text as parallel arrays of `count` entries. */
export interface Tokens {
  count: number;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** The id of the whole word, 0 when unknown. */
  readonly word: Int32Array;
  /** Ids of the shortest and the longest known stem the word begins with, 0 when none. */
  readonly stemShort: Int32Array;
  readonly stemLong: Int32Array;
  readonly flags: Uint8Array;
}

/** Where words and stems are looked up. */
export interface WordTables {
  readonly words: IntTable;
  readonly stems: IntTable;
}

const HASH_SEED = 0x811c9dc5 | 0;
const STEM_LENGTH_MIN = 3;
const STEM_LENGTH_MAX = 16;

function mixHash(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

/** The hash of a folded word, as the tokeniser computes it. */
export function hashWord(folded: string): number {
  let hash = HASH_SEED;
  for (let at = 0; at < folded.length; at += 1) hash = mixHash(hash, folded.charCodeAt(at));
  return hash;
}

function isApostrophe(unit: number): boolean {
  return unit === 0x27 || unit === 0x2019 || unit === 0x60 || unit === 0xb4 || unit === 0x2bc;
}

/** An apostrophe joins (don't, mum's, they're) unless what stands before is an article or what follows is a word (l'avocat). */
function joinsWord(text: string, at: number, wordStart: number): boolean {
  const before = at - wordStart;
  let after = 0;
  while (after < 4 && (FOLD_TABLE[text.charCodeAt(at + 1 + after)] ?? 0) > SKIP) after += 1;
  if (after === 0 || after > 2) return false;
  if (before === 2 && (text.charCodeAt(wordStart) | 32) === 0x71) return false;
  if (before === 1) return (text.charCodeAt(wordStart) | 32) === 0x69;
  return true;
}

/** Digits that stand for letters, by the digit's unit. */
const LEET = new Map(
  Object.entries({ "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g" }).map(
    ([digit, letter]) => [digit.charCodeAt(0), letter.charCodeAt(0)] as const,
  ),
);

function unleetedHash(text: string, start: number, end: number): number {
  let hash = HASH_SEED;
  for (let at = start; at < end; at += 1) {
    const folded = FOLD_TABLE[text.charCodeAt(at)] ?? 0;
    if (folded <= SKIP) continue;
    hash = mixHash(hash, LEET.get(folded) ?? folded);
  }
  return hash;
}

/** All arrays stand in one piece of memory: to ask for it costs more than to fill it. */
function makeTokens(capacity: number): Tokens {
  const size = capacity * Int32Array.BYTES_PER_ELEMENT;
  const memory = new ArrayBuffer(5 * size + capacity);
  return {
    count: 0,
    start: new Int32Array(memory, 0, capacity),
    end: new Int32Array(memory, size, capacity),
    word: new Int32Array(memory, 2 * size, capacity),
    stemShort: new Int32Array(memory, 3 * size, capacity),
    stemLong: new Int32Array(memory, 4 * size, capacity),
    flags: new Uint8Array(memory, 5 * size, capacity),
  };
}

/** Room for a piece of text as long as they come (see decide.ts). */
const KEPT_CAPACITY = 512;
const kept = makeTokens(KEPT_CAPACITY);

/** The same memory for every text that fits: asking for it was as much work as reading a short text, and so was giving it back. */
function emptyTokens(capacity: number): Tokens {
  if (capacity > KEPT_CAPACITY) return makeTokens(capacity);
  for (const array of [kept.start, kept.end, kept.word, kept.stemShort, kept.stemLong, kept.flags])
    array.fill(0, 0, capacity);
  kept.count = 0;
  return kept;
}

function isSentenceEnd(unit: number): boolean {
  return unit === 0x2e || unit === 0x21 || unit === 0x3f || unit === 0x0a || unit === 0x3a || unit === 0x2026;
}

/** Reads one word that starts at `start` into slot `tokens.count`; returns the offset behind it. */
function readWord(text: string, start: number, tokens: Tokens, tables: WordTables): number {
  let hash = HASH_SEED;
  let length = 0;
  let flags = 0;
  let stemShort = 0;
  let stemLong = 0;
  let at = start;
  for (; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const folded = FOLD_TABLE[unit] ?? 0;
    if (folded === SKIP) continue;
    if (folded === 0) {
      if (isApostrophe(unit) && joinsWord(text, at, start)) continue;
      break;
    }
    hash = mixHash(hash, folded);
    length += 1;
    const isDigit = folded <= 0x39;
    flags |= isDigit ? FLAG_DIGIT : FLAG_LETTER;
    if (!isDigit && unit !== folded && unit < 0x250 && isUpper(unit))
      flags |= length === 1 ? FLAG_CAPITAL : FLAG_INNER_CAPITAL;
    if (length >= STEM_LENGTH_MIN && length <= STEM_LENGTH_MAX) {
      const stem = tables.stems.get(hash);
      if (stem !== 0 && stemShort === 0) stemShort = stem;
      if (stem !== 0) stemLong = stem;
    }
  }
  const slot = tokens.count;
  tokens.start[slot] = start;
  tokens.end[slot] = at;
  const isMixed = (flags & FLAG_DIGIT) !== 0 && (flags & FLAG_LETTER) !== 0;
  const exact = tables.words.get(hash);
  tokens.word[slot] = exact === 0 && isMixed && length <= 24 ? tables.words.get(unleetedHash(text, start, at)) : exact;
  tokens.stemShort[slot] = stemShort;
  tokens.stemLong[slot] = stemLong === stemShort ? 0 : stemLong;
  tokens.flags[slot] = flags;
  tokens.count += 1;
  return at;
}

function isUpper(unit: number): boolean {
  if (unit < 0x80) return unit >= 0x41 && unit <= 0x5a;
  const text = String.fromCharCode(unit);
  return text !== text.toLowerCase();
}

/** Reads one sign of two units (an emoji) as a word of its own. */
function readPair(text: string, start: number, tokens: Tokens, tables: WordTables): number {
  const hash = mixHash(mixHash(HASH_SEED, text.charCodeAt(start)), text.charCodeAt(start + 1));
  const word = tables.words.get(hash);
  if (word !== 0) {
    tokens.start[tokens.count] = start;
    tokens.end[tokens.count] = start + 2;
    tokens.word[tokens.count] = word;
    tokens.count += 1;
  }
  return start + 2;
}

/** Cuts a text into words. They hold until the next call. */
export function readTokens(text: string, tables: WordTables): Tokens {
  const tokens = emptyTokens((text.length >> 1) + 2);
  let opens = true;
  let at = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit <= 0xdbff) {
      at = readPair(text, at, tokens, tables);
      continue;
    }
    if ((FOLD_TABLE[unit] ?? 0) <= SKIP) {
      if (isSentenceEnd(unit)) opens = true;
      at += 1;
      continue;
    }
    const slot = tokens.count;
    at = readWord(text, at, tokens, tables);
    if (opens) tokens.flags[slot] = (tokens.flags[slot] ?? 0) | FLAG_OPENS;
    opens = false;
  }
  return tokens;
}
