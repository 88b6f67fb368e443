/**
 * The 61 bytes before the records of a batch (message format v2, KIP-98), and what can be checked without touching a record.
 *
 *     byte 0        8         12           16    17   21      23         27         35        43        51       53        57       61
 *     | base offset | batch   | partition  |magic| CRC | attri-| last     | base     | max      | producer|producer| base    | record |
 *     | i64         | length  | leader     | i8  | u32 | butes | offset   | timestamp| timestamp| id      | epoch  | sequence| count  |
 *     |             | i32     | epoch i32  | = 2 |     | i16   | delta i32| i64      | i64      | i64     | i16    | i32     | i32    |
 *
 * The length counts the bytes after its own field. CRC-32C covers byte 21 to the end, so that a broker may write the base offset
 * and the leader epoch into the very bytes it received and keep the checksum of the producer.
 *
 * Does not: notice a change in bytes 0–7 and 12–15; who keeps batches must compare those with what it expects.
 */
import crc32 from "@node-rs/crc32";

/** Bytes before the first record. */
export const BATCH_HEADER_BYTES = 61;
/** Bytes before and with the length field: what the length does not count. */
export const BATCH_OVERHEAD_BYTES = 12;
const CRC_START = 21;
const MAGIC = 2;
const TWO_TO_32 = 2 ** 32;

/** The fields of a header. 64-bit fields beyond ±2^53 lose exactness; `inspectBatch` refuses such a base offset. */
export interface BatchHeader {
  readonly baseOffset: number;
  /** Bytes of the whole batch, header included. */
  readonly sizeBytes: number;
  readonly leaderEpoch: number;
  readonly magic: number;
  readonly crc: number;
  /** Bits 0–2 codec, 3 timestamp type, 4 transactional, 5 control, 6 delete horizon. */
  readonly attributes: number;
  readonly lastOffsetDelta: number;
  readonly baseTimestampMs: number;
  readonly maxTimestampMs: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordCount: number;
}

/** Why bytes are not a batch. */
export type BadBatchReason = "magic" | "length" | "crc" | "offset" | "codec" | "records";

/** What stands at a position: a whole batch with a right checksum, the beginning of one, or something else. */
export type BatchInspection =
  | { readonly type: "batch"; readonly header: BatchHeader }
  | { readonly type: "incomplete"; readonly bytesNeeded: number }
  | { readonly type: "bad"; readonly reason: BadBatchReason };

function readInt64(view: DataView, at: number): number {
  return view.getInt32(at) * TWO_TO_32 + view.getUint32(at + 4);
}

/**
 * Reads the header at a position without checking anything.
 * @returns undefined when fewer than 61 bytes follow
 */
export function readBatchHeader(bytes: Uint8Array, at = 0): BatchHeader | undefined {
  if (at < 0 || bytes.length - at < BATCH_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, BATCH_HEADER_BYTES);
  return {
    baseOffset: readInt64(view, 0),
    sizeBytes: view.getInt32(8) + BATCH_OVERHEAD_BYTES,
    leaderEpoch: view.getInt32(12),
    magic: view.getInt8(16),
    crc: view.getUint32(17),
    attributes: view.getInt16(21),
    lastOffsetDelta: view.getInt32(23),
    baseTimestampMs: readInt64(view, 27),
    maxTimestampMs: readInt64(view, 35),
    producerId: readInt64(view, 43),
    producerEpoch: view.getInt16(51),
    baseSequence: view.getInt32(53),
    recordCount: view.getInt32(57),
  };
}

/**
 * Checks magic, length, checksum, base offset and last offset delta of what stands at a position. Never reads past `end`.
 * @param end first byte that does not belong to the data; default: all of it
 * @param sizeBytesMax a batch that says it is larger is bad, not incomplete; default 1 GiB
 */
export function inspectBatch(
  bytes: Uint8Array,
  at: number,
  end = bytes.length,
  sizeBytesMax = 2 ** 30,
): BatchInspection {
  if (end - at < BATCH_HEADER_BYTES) return { type: "incomplete", bytesNeeded: BATCH_HEADER_BYTES };
  const header = readBatchHeader(bytes, at);
  if (header === undefined) return { type: "incomplete", bytesNeeded: BATCH_HEADER_BYTES };
  if (header.magic !== MAGIC) return { type: "bad", reason: "magic" };
  const { sizeBytes } = header;
  if (sizeBytes < BATCH_HEADER_BYTES || sizeBytes > sizeBytesMax) return { type: "bad", reason: "length" };
  if (header.baseOffset < 0 || !Number.isSafeInteger(header.baseOffset)) return { type: "bad", reason: "offset" };
  if (at + sizeBytes > end) return { type: "incomplete", bytesNeeded: sizeBytes };
  if (computeCrc(bytes, at, sizeBytes) !== header.crc) return { type: "bad", reason: "crc" };
  if (header.lastOffsetDelta < 0) return { type: "bad", reason: "offset" };
  return { type: "batch", header };
}

/** CRC-32C (Castagnoli) of bytes. */
export function checksum(bytes: Uint8Array): number {
  return crc32.crc32c(bytes);
}

/** CRC-32C over what a batch's checksum covers. */
export function computeCrc(bytes: Uint8Array, at: number, sizeBytes: number): number {
  return checksum(bytes.subarray(at + CRC_START, at + sizeBytes));
}

/** Writes another base offset (0 to 2^53 - 1) into a batch in place. The checksum does not cover it and stays right. */
export function patchBaseOffset(bytes: Uint8Array, at: number, baseOffset: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8);
  view.setInt32(0, Math.floor(baseOffset / TWO_TO_32));
  view.setUint32(4, baseOffset % TWO_TO_32);
}

/** Writes another partition leader epoch into a batch in place. The checksum does not cover it and stays right. */
export function patchLeaderEpoch(bytes: Uint8Array, at: number, epoch: number): void {
  new DataView(bytes.buffer, bytes.byteOffset + at, 16).setInt32(12, epoch);
}
