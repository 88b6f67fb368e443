/**
 * Control batches that end a transaction, and the bits of a batch that only the one who wrote it may change.
 *
 *     key    version i16 = 0 | type i16: 0 abort, 1 commit
 *     value  version i16 = 0 | coordinator epoch i32
 *
 * Source: KIP-98, "Control Messages".
 */
import { BATCH_HEADER_BYTES, type BatchHeader, checksum, decodeRecords, encodeRecordBatch } from "@kaelix/protocol";

import type { ProducerMarker } from "./producer-state.ts";

const LOG_APPEND_TIME = 0b1000;
const TRANSACTIONAL = 0b1_0000;
const CONTROL = 0b10_0000;
const CRC_START = 21;
const TWO_TO_32 = 2 ** 32;
const COMMIT = 1;

/** True for a batch that carries no data but the end of a transaction. */
export function isControl(header: BatchHeader): boolean {
  return (header.attributes & CONTROL) !== 0;
}

/** The control batch of a marker. */
export function encodeMarkerBatch(marker: ProducerMarker, timestampMs: number): Uint8Array {
  const key = new Uint8Array(4);
  new DataView(key.buffer).setInt16(2, marker.committed ? COMMIT : 0);
  const value = new Uint8Array(6);
  new DataView(value.buffer).setInt32(2, marker.coordinatorEpoch);
  const { producerEpoch, producerId } = marker;
  const bytes = encodeRecordBatch([{ key, value, timestampMs }], { producerId, producerEpoch });
  return withAttributes(bytes, TRANSACTIONAL | CONTROL);
}

/** The marker in a control batch; undefined when it has none (compaction leaves empty ones) or one of another kind. */
export function decodeMarkerBatch(bytes: Uint8Array, at: number, header: BatchHeader): ProducerMarker | undefined {
  const records = decodeRecords(bytes, at, header);
  const record = typeof records === "string" ? undefined : records[0];
  if (record?.key === null || record?.key === undefined || record.key.length < 4) return undefined;
  const type = viewOf(record.key).getInt16(2);
  if (type !== 0 && type !== COMMIT) return undefined;
  const coordinatorEpoch = record.value !== null && record.value.length >= 6 ? viewOf(record.value).getInt32(2) : 0;
  const { producerEpoch, producerId } = header;
  return { producerId, producerEpoch, committed: type === COMMIT, coordinatorEpoch };
}

/**
 * Makes a batch that was just encoded part of its producer's transaction, in place.
 * @returns the same bytes
 */
export function markTransactional(bytes: Uint8Array): Uint8Array {
  return withAttributes(bytes, TRANSACTIONAL);
}

/** Stamps a batch with the time it is appended at (message.timestamp.type=LogAppendTime), in place. */
export function stampAppendTime(bytes: Uint8Array, timestampMs: number): void {
  const view = viewOf(bytes);
  view.setInt32(35, Math.floor(timestampMs / TWO_TO_32));
  view.setUint32(39, timestampMs % TWO_TO_32);
  withAttributes(bytes, LOG_APPEND_TIME);
}

function withAttributes(bytes: Uint8Array, bits: number): Uint8Array {
  const view = viewOf(bytes);
  view.setInt16(21, view.getInt16(21) | bits);
  view.setUint32(17, checksum(bytes.subarray(CRC_START)));
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, BATCH_HEADER_BYTES));
}
