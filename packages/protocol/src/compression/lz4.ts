/**
 * LZ4 frames, the form Kafka uses since message format 1.
 *
 *     magic 04 22 4d 18 | FLG | BD | content size? u64 | dictionary id? u32 | HC | blocks … | end mark 0 | content checksum? u32
 *     block: u32 size (top bit: stored as it is) | data | block checksum? u32
 *     block data: (token | literal length … | literals | offset u16 | match length …) …
 *
 * The native decoder has no bound on its output. So the sequences are walked first, which tells the exact size of the output without
 * making any of it, and the decoder is only given one frame that was found to be whole and small enough.
 * Source: lz4/doc/lz4_Frame_format.md 1.6.4, lz4_Block_format.md.
 */
import { compressFrameSync, decompressFrameSync } from "lz4-napi";

import type { Decompressed } from "./compression.ts";

const MAGIC = 0x184d_2204;
const VERSION_BITS = 0b0100_0000;
const VERSION_MASK = 0b1100_0000;
const BLOCK_CHECKSUM = 0b0001_0000;
const CONTENT_SIZE = 0b0000_1000;
const CONTENT_CHECKSUM = 0b0000_0100;
const DICTIONARY_ID = 0b0000_0001;
const STORED = 0x8000_0000;
const MATCH_BYTES_MIN = 4;
const HEADER_BYTES_MIN = 7;

/** Compresses to a frame of independent blocks: Apache Kafka's own reader takes no others. */
export function compressLz4(bytes: Uint8Array): Uint8Array {
  return compressFrameSync(asBuffer(bytes));
}

/** Decompresses a frame, with dependent blocks and checksums too. */
export function decompressLz4(bytes: Uint8Array, bytesMax: number): Decompressed {
  const size = measureFrame(bytes, bytesMax);
  if (size === undefined) return { type: "bad" };
  if (size > bytesMax) return { type: "too-large" };
  try {
    const decompressed = decompressFrameSync(asBuffer(bytes));
    return decompressed.length === size ? { type: "bytes", bytes: decompressed } : { type: "bad" };
  } catch {
    return { type: "bad" };
  }
}

/** Bytes that a whole frame decompresses to, or any number above `bytesMax`; undefined when it is not one whole frame. */
function measureFrame(bytes: Uint8Array, bytesMax: number): number | undefined {
  if (bytes.length < HEADER_BYTES_MIN) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const flags = view.getUint8(4);
  if (view.getUint32(0, true) !== MAGIC || (flags & VERSION_MASK) !== VERSION_BITS) return undefined;
  // A dictionary is agreed on out of band, which Kafka has no place for.
  if ((flags & DICTIONARY_ID) !== 0) return undefined;
  const blockTail = (flags & BLOCK_CHECKSUM) === 0 ? 0 : 4;
  const frameTail = (flags & CONTENT_CHECKSUM) === 0 ? 0 : 4;
  let at = HEADER_BYTES_MIN + ((flags & CONTENT_SIZE) === 0 ? 0 : 8);
  let size = 0;
  while (at + 4 <= bytes.length) {
    const head = view.getUint32(at, true);
    at += 4;
    if (head === 0) return at + frameTail === bytes.length ? size : undefined;
    const length = head & ~STORED;
    if (length + blockTail > bytes.length - at) return undefined;
    const measured = head >= STORED ? length : measureBlock(bytes, at, at + length);
    if (measured === undefined) return undefined;
    size += measured;
    if (size > bytesMax) return size;
    at += length + blockTail;
  }
  return undefined;
}

/** Walks a block's sequences without following them. */
function measureBlock(bytes: Uint8Array, start: number, end: number): number | undefined {
  let at = start;
  let size = 0;
  while (at < end) {
    const token = bytes[at++] ?? 0;
    let literals = token >>> 4;
    if (literals === 15) {
      for (let byte = 255; byte === 255; literals += byte) {
        if (at >= end) return undefined;
        byte = bytes[at++] ?? 0;
      }
    }
    at += literals;
    size += literals;
    if (at === end) return size;
    at += 2;
    let match = token & 15;
    if (match === 15) {
      for (let byte = 255; byte === 255; match += byte) {
        if (at >= end) return undefined;
        byte = bytes[at++] ?? 0;
      }
    }
    if (at > end) return undefined;
    size += match + MATCH_BYTES_MIN;
  }
  return undefined;
}

/** The native module wants a Buffer; this is one over the same bytes. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
