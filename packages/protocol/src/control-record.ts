/**
 * Control records: markers in the log that are not data. Each stands alone in a batch with the control attribute.
 *
 *     key    int16 version 0 | int16 type: 0 abort, 1 commit
 *     value  int16 version 0 | int32 coordinator epoch
 *
 * Source: EndTxnMarker.json of Apache Kafka, KIP-98.
 */
import type { BatchHeader } from "./batch-header.ts";
import { type BatchRecord, encodeRecordBatch } from "./record-batch.ts";

const KEY_BYTES = 4;
const VALUE_BYTES = 6;
const ABORT = 0;
const COMMIT = 1;
const TRANSACTIONAL = 0b1_0000;
const CONTROL = 0b10_0000;

/** How a transaction ended. */
export type TransactionOutcome = "commit" | "abort";

/** The end of a producer's transaction, to be written to each of its partitions. */
export interface TransactionMarker {
  readonly outcome: TransactionOutcome;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  /** Epoch ms. */
  readonly timestampMs: number;
}

/** Encodes the batch of one marker. */
export function encodeTransactionMarker(marker: TransactionMarker): Uint8Array {
  const key = new DataView(new ArrayBuffer(KEY_BYTES));
  key.setInt16(2, marker.outcome === "commit" ? COMMIT : ABORT);
  const value = new DataView(new ArrayBuffer(VALUE_BYTES));
  value.setInt32(2, marker.coordinatorEpoch);
  const record: BatchRecord = {
    key: new Uint8Array(key.buffer),
    value: new Uint8Array(value.buffer),
    timestampMs: marker.timestampMs,
  };
  return encodeRecordBatch([record], {
    producerId: marker.producerId,
    producerEpoch: marker.producerEpoch,
    isTransactional: true,
    isControl: true,
  });
}

/** Which marker a control record's key names; undefined for other control records. */
export function readControlKey(key: Uint8Array | null): TransactionOutcome | undefined {
  if (key === null || key.length < KEY_BYTES) return undefined;
  const type = new DataView(key.buffer, key.byteOffset, key.length).getInt16(2);
  if (type === COMMIT) return "commit";
  return type === ABORT ? "abort" : undefined;
}

/** Whether a batch holds control records. */
export function isControlBatch(header: BatchHeader): boolean {
  return (header.attributes & CONTROL) !== 0;
}

/** Whether the records of a batch belong to a transaction. */
export function isTransactionalBatch(header: BatchHeader): boolean {
  return (header.attributes & TRANSACTIONAL) !== 0;
}
