/** Batches of a transaction in `__consumer_offsets`: a producer's mark on records the coordinator writes (KIP-98, KIP-447). */
import { type BatchHeader, type BatchRecord, checksum, encodeRecordBatch } from "@kaelix/protocol";

const TRANSACTIONAL = 0b1_0000;
const CONTROL = 0b10_0000;
const ATTRIBUTES_AT = 21;
const CRC_AT = 17;

export function isTransactional({ attributes }: BatchHeader): boolean {
  return (attributes & TRANSACTIONAL) !== 0;
}

export function isControlBatch({ attributes }: BatchHeader): boolean {
  return (attributes & CONTROL) !== 0;
}

/** What a control record's key says: true for a commit, false for an abort, undefined for anything else. */
export function endsTransaction(key: Uint8Array | null | undefined): boolean | undefined {
  if (key === null || key === undefined || key.length < 4) return undefined;
  const type = new DataView(key.buffer, key.byteOffset, key.length).getInt16(2);
  return type === 1 ? true : type === 0 ? false : undefined;
}

/** A batch as the producer's own would look, without a sequence: the coordinator writes it, once. */
export function encodeTransactionalBatch(
  records: readonly BatchRecord[],
  producer: { readonly producerId: number; readonly producerEpoch: number },
): Uint8Array {
  const bytes = encodeRecordBatch(records, producer);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setInt16(ATTRIBUTES_AT, view.getInt16(ATTRIBUTES_AT) | TRANSACTIONAL);
  view.setUint32(CRC_AT, checksum(bytes.subarray(ATTRIBUTES_AT)));
  return bytes;
}
