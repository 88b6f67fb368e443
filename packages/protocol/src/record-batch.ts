/**
 * Record batch v2 ↔ records (KIP-98, KIP-82).
 *
 *     record: length varint | attributes i8 | timestamp delta varlong | offset delta varint
 *             | key length varint, key | value length varint, value | header count varint, headers
 *
 * Guarantees: decoding never reads past the batch, never throws for bad bytes and never allocates by a length it has not checked;
 * keys and values are views into the given or the decompressed bytes (copy them to keep them longer than the bytes). What a
 * compressed batch may become is bounded in bytes and in records: a few kilobytes can say to be gigabytes.
 */
import {
  BATCH_HEADER_BYTES,
  BATCH_OVERHEAD_BYTES,
  type BadBatchReason,
  type BatchHeader,
  computeCrc,
  inspectBatch,
  patchBaseOffset,
} from "./batch-header.ts";
import {
  attributesOfCodec,
  codecOfAttributes,
  compress,
  type CompressionCodec,
  decompress,
} from "./compression/compression.ts";
import { protocolErrors } from "./errors.ts";
import { encodedVarintSize, readVarint, type VarintCursor, writeVarint } from "./varint.ts";

const LOG_APPEND_TIME = 0b1000;
const TRANSACTIONAL = 0b1_0000;
const CONTROL = 0b10_0000;
const RECORD_BYTES_MIN = 7;
const TWO_TO_32 = 2 ** 32;
const BATCH_BYTES_MAX = 2 ** 31 - 1;
const DECOMPRESSED_BYTES_MAX = 2 ** 27;
const COMPRESSED_RECORDS_MAX = 2 ** 20;

/** A named value beside a record. */
export interface RecordHeader {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** A record to encode. */
export interface BatchRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** Epoch ms, an integer. */
  readonly timestampMs: number;
  readonly headers?: readonly RecordHeader[];
}

/** A record as it stood in a batch. */
export interface DecodedRecord {
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
}

/** Header fields a producer may set; the defaults are those of a producer without idempotence. */
export interface EncodeOptions {
  readonly baseOffset?: number;
  readonly leaderEpoch?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  /** Default: none. */
  readonly compression?: CompressionCodec;
  /** Level of gzip or zstd; default: the codec's own. */
  readonly compressionLevel?: number;
  /** Sets the attribute of records that belong to a transaction. */
  readonly isTransactional?: boolean;
  /** Sets the attribute of control records, which clients do not show (see control-record.ts). */
  readonly isControl?: boolean;
}

/** Bounds of decoding. */
export interface DecodeOptions {
  /** The most bytes that compressed records may become; default 128 MiB. */
  readonly decompressedBytesMax?: number;
  /** The most records of a compressed batch; default 1,048,576. */
  readonly recordsMax?: number;
}

/** What decoding a batch gives. */
export type DecodedBatch =
  | { readonly type: "batch"; readonly header: BatchHeader; readonly records: DecodedRecord[] }
  | { readonly type: "incomplete"; readonly bytesNeeded: number }
  | { readonly type: "bad"; readonly reason: BadBatchReason };

const SLAB_BYTES = 1 << 16;
const SLAB_SHARE_BYTES = 1 << 12;

const NO_HEADERS: readonly RecordHeader[] = [];
const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder();

/**
 * Encodes records as one batch, not compressed unless the options say how.
 * @throws `protocol-batch-empty`, `protocol-batch-too-large`
 */
export function encodeRecordBatch(records: readonly BatchRecord[], options: EncodeOptions = {}): Uint8Array {
  const first = records[0];
  if (first === undefined) throw protocolErrors("protocol-batch-empty");
  const baseTimestampMs = first.timestampMs;
  let maxTimestampMs = baseTimestampMs;
  let size = BATCH_HEADER_BYTES;
  if (bodySizes.length < records.length) bodySizes = new Uint32Array(records.length * 2);
  for (let index = 0; index < records.length; index += 1) {
    const record = records[index] ?? first;
    if (record.timestampMs > maxTimestampMs) maxTimestampMs = record.timestampMs;
    const body = recordBodySize(record, record.timestampMs - baseTimestampMs, index);
    bodySizes[index] = body;
    size += encodedVarintSize(body) + body;
  }
  if (size > BATCH_BYTES_MAX) throw protocolErrors("protocol-batch-too-large", { details: { bytes: size } });
  const bytes = allocate(size);
  let at = BATCH_HEADER_BYTES;
  for (let index = 0; index < records.length; index += 1) {
    const record = records[index] ?? first;
    at = writeVarint(bytes, at, bodySizes[index] ?? 0);
    at = writeRecordBody(bytes, at, record, {
      timestampDelta: record.timestampMs - baseTimestampMs,
      offsetDelta: index,
    });
  }
  const batch = compressBody(bytes, options);
  writeHeader(batch, options, { count: records.length, baseTimestampMs, maxTimestampMs });
  return batch;
}

/** The batch with its records compressed; its header is still to be written. */
function compressBody(bytes: Uint8Array, options: EncodeOptions): Uint8Array {
  const codec = options.compression ?? "none";
  if (codec === "none") return bytes;
  const body = compress(codec, bytes.subarray(BATCH_HEADER_BYTES), options.compressionLevel);
  const batch = new Uint8Array(BATCH_HEADER_BYTES + body.length);
  batch.set(body, BATCH_HEADER_BYTES);
  return batch;
}

/** Sizes of the batch being encoded, so that each record is measured once. */
let bodySizes = new Uint32Array(64);
let slab = new Uint8Array(SLAB_BYTES);
let slabUsed = 0;

/** Room for a batch. Small ones share a slab: an own buffer for each costs more than everything else about it. */
function allocate(size: number): Uint8Array {
  if (size > SLAB_SHARE_BYTES) return new Uint8Array(size);
  if (slabUsed + size > SLAB_BYTES) {
    slab = new Uint8Array(SLAB_BYTES);
    slabUsed = 0;
  }
  slabUsed += size;
  return slab.subarray(slabUsed - size, slabUsed);
}

interface RecordDeltas {
  readonly timestampDelta: number;
  readonly offsetDelta: number;
}

function recordBodySize(record: BatchRecord, timestampDelta: number, offsetDelta: number): number {
  let size = 1 + encodedVarintSize(timestampDelta) + encodedVarintSize(offsetDelta);
  size += bytesFieldSize(record.key) + bytesFieldSize(record.value);
  const headers = record.headers ?? NO_HEADERS;
  size += encodedVarintSize(headers.length);
  for (const header of headers) size += bytesFieldSize(textEncoder.encode(header.key)) + bytesFieldSize(header.value);
  return size;
}

function bytesFieldSize(field: Uint8Array | null): number {
  return field === null ? 1 : encodedVarintSize(field.length) + field.length;
}

function writeRecordBody(bytes: Uint8Array, start: number, record: BatchRecord, deltas: RecordDeltas): number {
  let at = start;
  bytes[at++] = 0;
  at = writeVarint(bytes, at, deltas.timestampDelta);
  at = writeVarint(bytes, at, deltas.offsetDelta);
  at = writeBytesField(bytes, at, record.key);
  at = writeBytesField(bytes, at, record.value);
  const headers = record.headers ?? NO_HEADERS;
  at = writeVarint(bytes, at, headers.length);
  for (const header of headers) {
    at = writeBytesField(bytes, at, textEncoder.encode(header.key));
    at = writeBytesField(bytes, at, header.value);
  }
  return at;
}

function writeBytesField(bytes: Uint8Array, start: number, field: Uint8Array | null): number {
  if (field === null) return writeVarint(bytes, start, -1);
  const at = writeVarint(bytes, start, field.length);
  bytes.set(field, at);
  return at + field.length;
}

interface HeaderFacts {
  readonly count: number;
  readonly baseTimestampMs: number;
  readonly maxTimestampMs: number;
}

function writeHeader(bytes: Uint8Array, options: EncodeOptions, facts: HeaderFacts): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, BATCH_HEADER_BYTES);
  patchBaseOffset(bytes, 0, options.baseOffset ?? 0);
  view.setInt32(8, bytes.length - BATCH_OVERHEAD_BYTES);
  view.setInt32(12, options.leaderEpoch ?? 0);
  view.setInt8(16, 2);
  view.setInt16(21, attributesOf(options));
  view.setInt32(23, facts.count - 1);
  writeInt64(view, 27, facts.baseTimestampMs);
  writeInt64(view, 35, facts.maxTimestampMs);
  writeInt64(view, 43, options.producerId ?? -1);
  view.setInt16(51, options.producerEpoch ?? -1);
  view.setInt32(53, options.baseSequence ?? -1);
  view.setInt32(57, facts.count);
  view.setUint32(17, computeCrc(bytes, 0, bytes.length));
}

function attributesOf(options: EncodeOptions): number {
  const codec = attributesOfCodec(options.compression ?? "none");
  return codec | (options.isTransactional === true ? TRANSACTIONAL : 0) | (options.isControl === true ? CONTROL : 0);
}

function writeInt64(view: DataView, at: number, value: number): void {
  view.setInt32(at, Math.floor(value / TWO_TO_32));
  // Modulo of a negative number is negative; `>>> 0` gives the low word of its two's complement.
  view.setUint32(at + 4, (value % TWO_TO_32) >>> 0);
}

/**
 * Checks and decodes the batch at a position.
 * @param end first byte that does not belong to the data; default: all of it
 */
export function decodeRecordBatch(bytes: Uint8Array, at = 0, end = bytes.length): DecodedBatch {
  const inspection = inspectBatch(bytes, at, end);
  if (inspection.type !== "batch") return inspection;
  const records = decodeRecords(bytes, at, inspection.header);
  return typeof records === "string"
    ? { type: "bad", reason: records }
    : { type: "batch", header: inspection.header, records };
}

/**
 * Decodes the records of a batch whose header was checked by `inspectBatch`, decompressing them when they are compressed.
 * @returns the records, or why they cannot be read: `codec` when the compression is not known, broken or makes too much
 */
export function decodeRecords(
  bytes: Uint8Array,
  at: number,
  header: BatchHeader,
  options: DecodeOptions = {},
): DecodedRecord[] | BadBatchReason {
  const codec = codecOfAttributes(header.attributes);
  if (codec === undefined) return "codec";
  const start = at + BATCH_HEADER_BYTES;
  const end = at + header.sizeBytes;
  if (codec === "none") return readRecords(bytes, start, end, header);
  if (header.recordCount > (options.recordsMax ?? COMPRESSED_RECORDS_MAX)) return "records";
  const bytesMax = options.decompressedBytesMax ?? DECOMPRESSED_BYTES_MAX;
  const body = decompress(codec, bytes.subarray(start, end), bytesMax);
  return body.type === "bytes" ? readRecords(body.bytes, 0, body.bytes.length, header) : "codec";
}

function readRecords(
  bytes: Uint8Array,
  start: number,
  end: number,
  header: BatchHeader,
): DecodedRecord[] | BadBatchReason {
  const { recordCount } = header;
  if (recordCount < 0 || recordCount * RECORD_BYTES_MIN > end - start) return "records";
  const cursor: VarintCursor = { at: start, valid: true };
  const records: DecodedRecord[] = [];
  for (let index = 0; index < recordCount; index += 1) {
    const record = readRecord(bytes, cursor, header, end);
    if (record === undefined) return "records";
    records.push(record);
  }
  return cursor.at === end ? records : "records";
}

function readRecord(
  bytes: Uint8Array,
  cursor: VarintCursor,
  header: BatchHeader,
  batchEnd: number,
): DecodedRecord | undefined {
  const length = readVarint(bytes, cursor, batchEnd);
  const end = cursor.at + length;
  if (!cursor.valid || length < RECORD_BYTES_MIN - 1 || end > batchEnd) return undefined;
  cursor.at += 1;
  const timestampDelta = readVarint(bytes, cursor, end);
  const offsetDelta = readVarint(bytes, cursor, end);
  const key = readBytesField(bytes, cursor, end);
  const value = readBytesField(bytes, cursor, end);
  const headers = readHeaders(bytes, cursor, end);
  if (!cursor.valid || cursor.at !== end || offsetDelta < 0 || offsetDelta > header.lastOffsetDelta) return undefined;
  const appendTime = (header.attributes & LOG_APPEND_TIME) !== 0;
  return {
    offset: header.baseOffset + offsetDelta,
    timestampMs: appendTime ? header.maxTimestampMs : header.baseTimestampMs + timestampDelta,
    key,
    value,
    headers,
  };
}

function readBytesField(bytes: Uint8Array, cursor: VarintCursor, end: number): Uint8Array | null {
  const length = readVarint(bytes, cursor, end);
  if (length === -1) return null;
  if (length < -1 || cursor.at + length > end) {
    cursor.valid = false;
    return null;
  }
  const start = cursor.at;
  cursor.at += length;
  return bytes.subarray(start, cursor.at);
}

function readHeaders(bytes: Uint8Array, cursor: VarintCursor, end: number): readonly RecordHeader[] {
  const count = readVarint(bytes, cursor, end);
  if (count === 0 || !cursor.valid) return NO_HEADERS;
  // A header takes at least two bytes: a larger count is a lie that must not size a loop.
  if (count < 0 || count * 2 > end - cursor.at) {
    cursor.valid = false;
    return NO_HEADERS;
  }
  const headers: RecordHeader[] = [];
  for (let index = 0; index < count && cursor.valid; index += 1) {
    const key = readBytesField(bytes, cursor, end);
    if (key === null) cursor.valid = false;
    else headers.push({ key: textDecoder.decode(key), value: readBytesField(bytes, cursor, end) });
  }
  return headers;
}
