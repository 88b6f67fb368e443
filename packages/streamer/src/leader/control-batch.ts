/** Markers as batches of the log, and the one change of a produced batch that costs it a new checksum. */
import { type BatchHeader, checksum, decodeRecords, encodeTransactionMarker, readControlKey } from "@kaelix/protocol";

import type { ProducerMarker } from "./producer-state.ts";

const LOG_APPEND_TIME = 0b1000;
const CRC_START = 21;
const COORDINATOR_EPOCH_AT = 2;
const MARKER_VALUE_BYTES = 6;
const TWO_TO_32 = 2 ** 32;

/** The control batch of a marker. */
export function encodeMarkerBatch(marker: ProducerMarker, timestampMs: number): Uint8Array {
  const { committed, coordinatorEpoch, producerEpoch, producerId } = marker;
  const outcome = committed ? "commit" : "abort";
  return encodeTransactionMarker({ outcome, producerId, producerEpoch, coordinatorEpoch, timestampMs });
}

/** The marker in a control batch; undefined when it has none (compaction leaves empty ones) or one of another kind. */
export function decodeMarkerBatch(bytes: Uint8Array, at: number, header: BatchHeader): ProducerMarker | undefined {
  const records = decodeRecords(bytes, at, header);
  const record = typeof records === "string" ? undefined : records[0];
  const outcome = readControlKey(record?.key ?? null);
  if (record === undefined || outcome === undefined) return undefined;
  const { producerEpoch, producerId } = header;
  const coordinatorEpoch = coordinatorEpochOf(record.value);
  return { producerId, producerEpoch, committed: outcome === "commit", coordinatorEpoch };
}

function coordinatorEpochOf(value: Uint8Array | null): number {
  if (value === null || value.length < MARKER_VALUE_BYTES) return 0;
  return new DataView(value.buffer, value.byteOffset, value.length).getInt32(COORDINATOR_EPOCH_AT);
}

/** Stamps a batch with the time it is appended at (message.timestamp.type=LogAppendTime), in place. */
export function stampAppendTime(bytes: Uint8Array, timestampMs: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setInt32(35, Math.floor(timestampMs / TWO_TO_32));
  view.setUint32(39, timestampMs % TWO_TO_32);
  view.setInt16(21, view.getInt16(21) | LOG_APPEND_TIME);
  view.setUint32(17, checksum(bytes.subarray(CRC_START)));
}
