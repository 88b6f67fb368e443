/**
 * Snappy in the two forms that Kafka's clients send:
 *
 *     raw       varint size, then one block (librdkafka, platformatic)
 *     xerial    82 "SNAPPY" 00, int32 version, int32 compatible version, then (int32 size, raw block) … (Java, kafkajs)
 *
 * Source: google/snappy format_description.txt; xerial/snappy-java SnappyOutputStream.
 */
import { compressSync, uncompressSync } from "snappy";

import { readUnsignedVarint, type VarintCursor } from "../varint.ts";
import type { Decompressed } from "./compression.ts";

const XERIAL_MAGIC = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00] as const;
const XERIAL_HEADER_BYTES = 16;
/** A copy of three bytes makes 64 at most: input cannot grow more than this, whatever its size field says. */
const GROWTH_MAX = 32;

/** Compresses to one raw block, which every reader of the framed form takes as well. */
export function compressSnappy(bytes: Uint8Array): Uint8Array {
  return compressSync(bytes);
}

/** Decompresses either form. */
export function decompressSnappy(bytes: Uint8Array, bytesMax: number): Decompressed {
  const isXerial = XERIAL_MAGIC.every((byte, index) => bytes[index] === byte);
  return isXerial ? decompressXerial(bytes, bytesMax) : decompressBlock(bytes, bytesMax);
}

function decompressXerial(bytes: Uint8Array, bytesMax: number): Decompressed {
  if (bytes.length < XERIAL_HEADER_BYTES) return { type: "bad" };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const blocks: Uint8Array[] = [];
  let size = 0;
  let at = XERIAL_HEADER_BYTES;
  while (at < bytes.length) {
    const length = at + 4 <= bytes.length ? view.getInt32(at) : 0;
    at += 4;
    if (length <= 0 || length > bytes.length - at) return { type: "bad" };
    const block = decompressBlock(bytes.subarray(at, at + length), bytesMax - size);
    if (block.type !== "bytes") return block;
    blocks.push(block.bytes);
    size += block.bytes.length;
    at += length;
  }
  return { type: "bytes", bytes: blocks.length === 1 ? (blocks[0] ?? bytes) : Buffer.concat(blocks, size) };
}

function decompressBlock(bytes: Uint8Array, bytesMax: number): Decompressed {
  const cursor: VarintCursor = { at: 0, valid: true };
  const size = readUnsignedVarint(bytes, cursor, bytes.length);
  if (!cursor.valid || size > bytes.length * GROWTH_MAX) return { type: "bad" };
  if (size > bytesMax) return { type: "too-large" };
  try {
    const decompressed = uncompressSync(bytes, { asBuffer: true });
    return typeof decompressed === "string" ? { type: "bad" } : { type: "bytes", bytes: decompressed };
  } catch {
    return { type: "bad" };
  }
}
