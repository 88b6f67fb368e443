/**
 * A stream's name as words of 32 bits, made once for everything a look-up asks of it: its partition, its hash, whether it is the one found.
 *
 *     word 0: length u8, three bytes of the name | four bytes of the name | … | the last ones, filled up with zeros
 *
 * A string's characters are slow to take one by one (most of a look-up), words of a typed array are not.
 */
import { partitionForKey } from "@kaelix/protocol";

/** Bytes of a name at most: its length stands in one byte. */
export const STREAM_NAME_BYTES_MAX = 255;
const WORDS_MAX = (1 + STREAM_NAME_BYTES_MAX) >> 2;

const textEncoder = new TextEncoder();
// A mark of byte order is a part of the name: without it two names would be one.
const textDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The name in a record's key; undefined when it is none: not 1 to 255 bytes, or no text. */
export function nameOfKey(key: Uint8Array | null): string | undefined {
  if (key === null || key.length === 0 || key.length > STREAM_NAME_BYTES_MAX) return undefined;
  try {
    return textDecoder.decode(key);
  } catch {
    return undefined;
  }
}

/** How many words a name of so many bytes has. */
export function wordsOfName(bytes: number): number {
  return (bytes >> 2) + 1;
}

/** The hash of a name's words, wherever they stand. */
export function hashOfWords(words: Int32Array, start: number, wordCount: number, seed: number): number {
  let hash = seed;
  for (let at = start; at < start + wordCount; at += 1) {
    hash = Math.imul(hash ^ (words[at] ?? 0), 0x85ebca6b);
    hash ^= hash >>> 13;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
  return hash ^ (hash >>> 15);
}

/** Holds one name at a time; made for being used again and again. */
export class StreamName {
  /** The name's words; what follows `wordCount` of them is left from others. */
  readonly words = new Int32Array(WORDS_MAX);
  wordCount = 0;
  readonly #bytes = new Uint8Array(this.words.buffer);
  readonly #views: Uint8Array[] = [];

  /** Takes a name; false when it has no or more than 255 bytes. */
  load(name: string): boolean {
    const bytes = this.#bytes;
    const { length } = name;
    if (length === 0 || length > STREAM_NAME_BYTES_MAX) return false;
    this.words[length >> 2] = 0;
    for (let at = 0; at < length; at += 1) {
      const code = name.charCodeAt(at);
      if (code > 127) return this.#loadEncoded(name);
      bytes[at + 1] = code;
    }
    bytes[0] = length;
    this.wordCount = wordsOfName(length);
    return true;
  }

  #loadEncoded(name: string): boolean {
    this.words.fill(0);
    const { read, written } = textEncoder.encodeInto(name, this.#bytes.subarray(1));
    if (read < name.length) return false;
    this.#bytes[0] = written;
    this.wordCount = wordsOfName(written);
    return true;
  }

  /** A hash that nobody can predict who does not know the seed. */
  hash(seed: number): number {
    return hashOfWords(this.words, 0, this.wordCount, seed);
  }

  /** True when these words begin with the name's. */
  equals(words: Int32Array, start: number): boolean {
    for (let at = 0; at < this.wordCount; at += 1) if (words[start + at] !== this.words[at]) return false;
    return true;
  }

  /** Which of so many partitions it belongs to, as a record's key. */
  partition(partitions: number): number {
    if (partitions === 1) return 0;
    const length = this.#bytes[0] ?? 0;
    return partitionForKey((this.#views[length] ??= this.#bytes.subarray(1, 1 + length)), partitions);
  }
}
