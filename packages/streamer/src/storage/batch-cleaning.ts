/**
 * What compaction makes of one batch. The rewritten batch keeps base offset, last offset, producer and sequences; records that stay are
 * copied byte for byte.
 *
 * A deletion that stays gets the batch a delete horizon (KIP-534): bit 6 of the attributes is set, and the base timestamp says when it
 * may go; timestamp deltas are counted from there, so that every record keeps its timestamp.
 *
 * An empty batch (no records, no producer) fills the offsets of batches that are gone, so that a compacted segment is as dense as any
 * other: a flipped bit, a lost batch or a cut file is noticed by the same rule. Readers never see one.
 */
import {
  BATCH_HEADER_BYTES,
  BATCH_OVERHEAD_BYTES,
  type BatchHeader,
  checksum,
  compress,
  type CompressionCodec,
  decompress,
  encodedVarintSize,
  writeVarint,
} from "@kaelix/protocol";

import { type RecordView, viewRecords } from "./record-view.ts";
import { type FoundBatch, STORED_BATCH_BYTES_MAX, STORED_LEADER_EPOCH } from "./scan.ts";

/** Names of the codecs at the index that bits 0 to 2 of the attributes hold. */
const CODECS: readonly CompressionCodec[] = ["none", "gzip", "snappy", "lz4", "zstd"];
const CODEC_MASK = 0b111;
const LOG_APPEND_TIME = 0b1000;
const DELETE_HORIZON = 0b100_0000;
const CRC_START = 21;

/** True for an empty batch that fills a gap; see the top of the file. */
export function isFiller({ producerId, recordCount }: BatchHeader): boolean {
  return recordCount === 0 && producerId === -1;
}

/** Epoch ms when the deletions of a batch may go; undefined when compaction has not met them yet. */
export function deleteHorizonOf({ attributes, baseTimestampMs }: BatchHeader): number | undefined {
  return (attributes & DELETE_HORIZON) === 0 ? undefined : baseTimestampMs;
}

/** The records of a batch and the bytes they stand in. */
export interface OpenedBatch {
  readonly body: Uint8Array;
  readonly records: readonly RecordView[];
}

/** Looks into a batch; undefined when it cannot be decompressed or its records cannot be read: then it is left as it is. */
export function openBatch({ at, bytes, header }: FoundBatch): OpenedBatch | undefined {
  const stored = bytes.subarray(at + BATCH_HEADER_BYTES, at + header.sizeBytes);
  if (header.recordCount === 0) return withRecords(stored, header);
  const codec = CODECS[header.attributes & CODEC_MASK];
  if (codec === undefined) return undefined;
  const body = decompress(codec, stored, STORED_BATCH_BYTES_MAX);
  return body.type === "bytes" ? withRecords(body.bytes, header) : undefined;
}

function withRecords(body: Uint8Array, header: BatchHeader): OpenedBatch | undefined {
  const records = viewRecords(body, header);
  return records === undefined ? undefined : { body, records };
}

/** What a batch is rewritten with. */
interface Rewriting {
  readonly kept: readonly RecordView[];
  /** Sets the delete horizon; undefined leaves the batch's own. */
  readonly horizonMs: number | undefined;
  /** Other values for some of the records that stay. */
  readonly values?: ReadonlyMap<RecordView, Uint8Array>;
}

/** The batch with the records that stay. */
export function rewriteBatch(batch: FoundBatch, opened: OpenedBatch, rewriting: Rewriting): Uint8Array {
  const { at, bytes, header } = batch;
  const { horizonMs, kept, values } = rewriting;
  const shift = horizonMs === undefined ? 0 : header.baseTimestampMs - horizonMs;
  const body = copyRecords(kept, (record) => copyRecord(opened.body, record, shift, values?.get(record)));
  // An empty batch has nothing to compress.
  const codec = kept.length === 0 ? 0 : header.attributes & CODEC_MASK;
  const stored = compress(CODECS[codec] ?? "none", body);
  const result = new Uint8Array(BATCH_HEADER_BYTES + stored.length);
  result.set(bytes.subarray(at, at + BATCH_HEADER_BYTES));
  result.set(stored, BATCH_HEADER_BYTES);
  const view = new DataView(result.buffer);
  const attributes = (header.attributes & ~CODEC_MASK) | codec | (horizonMs === undefined ? 0 : DELETE_HORIZON);
  view.setInt16(21, attributes);
  if (horizonMs !== undefined) view.setBigInt64(27, BigInt(horizonMs));
  view.setBigInt64(35, BigInt(maxTimestamp(header, kept)));
  return finished(result, kept.length);
}

function maxTimestamp(header: BatchHeader, kept: readonly RecordView[]): number {
  // Of an emptied batch it says how old its producer is.
  if ((header.attributes & LOG_APPEND_TIME) !== 0 || kept.length === 0) return header.maxTimestampMs;
  let delta = Number.NEGATIVE_INFINITY;
  for (const record of kept) delta = Math.max(delta, record.timestampDelta);
  return header.baseTimestampMs + delta;
}

function copyRecords(kept: readonly RecordView[], copyOf: (record: RecordView) => Uint8Array): Uint8Array {
  const parts = kept.map(copyOf);
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** A record's bytes; with a shift its timestamp delta is written anew, with a value that stands in the place of its own. */
function copyRecord(body: Uint8Array, record: RecordView, shift: number, value: Uint8Array | undefined): Uint8Array {
  if (shift === 0 && value === undefined) return body.subarray(record.start, record.end);
  const delta = record.timestampDelta + shift;
  const before = body.subarray(record.deltaEnd, record.valueStart);
  const own = body.subarray(record.valueStart, record.valueEnd);
  const valueBytes = value === undefined ? own.length : encodedVarintSize(value.length) + value.length;
  const after = body.subarray(record.valueEnd, record.end);
  const length = 1 + encodedVarintSize(delta) + before.length + valueBytes + after.length;
  const bytes = new Uint8Array(encodedVarintSize(length) + length);
  let at = writeVarint(bytes, 0, length);
  // The record's attributes stand right before the delta.
  bytes[at] = body[record.deltaStart - 1] ?? 0;
  at = writeVarint(bytes, at + 1, delta);
  bytes.set(before, at);
  at += before.length;
  if (value !== undefined) at = writeVarint(bytes, at, value.length);
  bytes.set(value ?? own, at);
  bytes.set(after, at + (value ?? own).length);
  return bytes;
}

function finished(bytes: Uint8Array, recordCount: number): Uint8Array {
  const view = new DataView(bytes.buffer);
  view.setInt32(8, bytes.length - BATCH_OVERHEAD_BYTES);
  view.setInt32(57, recordCount);
  view.setUint32(17, checksum(bytes.subarray(CRC_START)));
  return bytes;
}

/**
 * Most offsets of one filler: as many as its bytes explain to who looks for the next batch behind a damaged one (scan.ts).
 */
export const FILLER_OFFSETS_MAX = 60_000;

/** An empty batch over the offsets `[firstOffset, nextOffset)`, at most `FILLER_OFFSETS_MAX` of them. */
export function fillerBatch(firstOffset: number, nextOffset: number): Uint8Array {
  const bytes = new Uint8Array(BATCH_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(0, BigInt(firstOffset));
  view.setInt32(12, STORED_LEADER_EPOCH);
  view.setInt8(16, 2);
  view.setInt32(23, nextOffset - firstOffset - 1);
  view.setBigInt64(27, -1n);
  view.setBigInt64(35, -1n);
  view.setBigInt64(43, -1n);
  view.setInt16(51, -1);
  view.setInt32(53, -1);
  return finished(bytes, 0);
}
