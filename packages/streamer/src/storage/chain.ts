/**
 * SHA-256 over each sealed segment, each chained with the one before, so that an edit shows even when its checksum was made to fit.
 *
 *     chain of a segment = SHA-256(chain of the segment before, base offset, next offset, bytes, SHA-256 of the bytes)
 *
 * Kept in the file `chain` of a partition. Segments that retention drops leave the chain's value behind as its anchor, so that the
 * rest stays verifiable. Compaction replaces segments and links what follows anew.
 *
 * Guarantees: a changed, shortened or missing segment does not fit its row; a changed row does not fit the chain.
 * Does not: stop somebody who may write the directory from making a whole new chain. Keep `head` elsewhere to notice that.
 */
import { createHash } from "node:crypto";

import { decodeChecked, encodeChecked, isCount, isObject } from "./checked-file.ts";
import type { Disk } from "./disk.ts";
import type { Segment } from "./segment.ts";

/** The file's name in a partition's directory. */
export const CHAIN_NAME = "chain";
const VERSION = 1;
const NO_ANCHOR = "0".repeat(64);
const HASH = /^[0-9a-f]{64}$/;
const READ_BYTES = 1 << 18;
/** Takes 20 µs: who appends meanwhile is late by no more. */
const SLICE_BYTES = 1 << 15;

/** What is known of one sealed segment. */
export interface ChainFacts {
  readonly baseOffset: number;
  readonly nextOffset: number;
  readonly size: number;
  /** Of the first `size` bytes, in hexadecimal. */
  readonly sha256: string;
}

interface ChainRow extends ChainFacts {
  readonly link: string;
}

/** The chain of one partition. */
export class SegmentChain {
  #anchor = NO_ANCHOR;
  #rows: ChainRow[] = [];
  /** True when rows were read that do not follow from each other. */
  broken = false;

  /** The chain's value after the last segment; keep it elsewhere to notice that the whole chain was made anew. */
  get head(): string {
    return this.#rows.at(-1)?.link ?? this.#anchor;
  }

  get rows(): readonly ChainFacts[] {
    return this.#rows;
  }

  /** What is known of the segment at a base offset. */
  of(baseOffset: number): ChainFacts | undefined {
    return this.#rows.find((row) => row.baseOffset === baseOffset);
  }

  /** Puts a segment in place of all that it covers, and links what follows anew. */
  put(facts: ChainFacts): void {
    this.remove(facts.baseOffset, facts.nextOffset);
    const at = this.#rows.findIndex((row) => row.baseOffset > facts.baseOffset);
    this.#rows.splice(at < 0 ? this.#rows.length : at, 0, { ...facts, link: "" });
    this.#linkFrom(at < 0 ? this.#rows.length - 1 : at);
  }

  /** Forgets the segments that begin in a range of offsets. */
  remove(firstOffset: number, nextOffset: number): void {
    const at = this.#rows.findIndex(({ baseOffset }) => baseOffset >= firstOffset && baseOffset < nextOffset);
    if (at < 0) return;
    this.#rows = this.#rows.filter(({ baseOffset }) => baseOffset < firstOffset || baseOffset >= nextOffset);
    this.#linkFrom(at);
  }

  /** Forgets segments before an offset but keeps the chain's value after them. */
  cutBefore(offset: number): void {
    for (let first = this.#rows[0]; first !== undefined && first.baseOffset < offset; first = this.#rows[0]) {
      this.#anchor = first.link;
      this.#rows.shift();
    }
  }

  #linkFrom(at: number): void {
    let before = this.#rows[at - 1]?.link ?? this.#anchor;
    for (let index = at; index < this.#rows.length; index += 1) {
      const row = this.#rows[index];
      if (row === undefined) break;
      before = linkOf(before, row);
      this.#rows[index] = { ...row, link: before };
    }
  }

  /** The file's bytes. */
  encode(): Uint8Array {
    return encodeChecked({ version: VERSION, anchor: this.#anchor, rows: this.#rows });
  }

  /** The chain in the file's bytes; undefined when they cannot be believed. */
  static decode(bytes: Uint8Array): SegmentChain | undefined {
    const value = decodeChecked(bytes);
    if (value === undefined || value["version"] !== VERSION) return undefined;
    const { anchor, rows } = value;
    if (!isHash(anchor) || !Array.isArray(rows)) return undefined;
    const chain = new SegmentChain();
    chain.#anchor = anchor;
    let before = anchor;
    for (const row of rows) {
      const parsed = parseRow(row);
      if (parsed === undefined) return undefined;
      if (parsed.link !== linkOf(before, parsed)) chain.broken = true;
      before = parsed.link;
      chain.#rows.push(parsed);
    }
    return chain;
  }
}

function linkOf(before: string, { baseOffset, nextOffset, sha256, size }: ChainFacts): string {
  return createHash("sha256").update(`${before}\n${baseOffset} ${nextOffset} ${size} ${sha256}`).digest("hex");
}

function isHash(value: unknown): value is string {
  return typeof value === "string" && HASH.test(value);
}

function parseRow(value: unknown): ChainRow | undefined {
  if (!isObject(value)) return undefined;
  const { baseOffset, link, nextOffset, sha256, size } = value;
  if (!isCount(baseOffset) || !isCount(nextOffset) || !isCount(size) || !isHash(sha256) || !isHash(link))
    return undefined;
  return { baseOffset, nextOffset, size, sha256, link };
}

/** SHA-256 of a segment's bytes. */
export interface SegmentHash {
  readonly sha256: string;
  /** Of the first `prefixBytes` that were asked for; equal to `sha256` when that is all of it. */
  readonly prefixSha256: string;
}

/** Reads a segment's bytes slice by slice, calling `pause` after each, and hashes them. */
export async function hashSegment(
  disk: Disk,
  segment: Segment,
  prefixBytes: number,
  pause: (bytes: number) => Promise<void>,
): Promise<SegmentHash> {
  const hash = createHash("sha256");
  let prefixSha256: string | undefined;
  segment.pin();
  try {
    const file = segment.open(disk);
    const buffer = new Uint8Array(READ_BYTES);
    for (let position = 0; position < segment.size;) {
      const end = position < prefixBytes ? Math.min(segment.size, prefixBytes) : segment.size;
      const read = await file.read(buffer.subarray(0, Math.min(READ_BYTES, end - position)), position);
      if (read === 0) break;
      for (let at = 0; at < read; at += SLICE_BYTES) {
        const slice = buffer.subarray(at, Math.min(at + SLICE_BYTES, read));
        hash.update(slice);
        await pause(slice.length);
      }
      position += read;
      if (position === prefixBytes) prefixSha256 = hash.copy().digest("hex");
    }
  } finally {
    segment.unpin();
  }
  const sha256 = hash.digest("hex");
  return { sha256, prefixSha256: prefixSha256 ?? sha256 };
}
