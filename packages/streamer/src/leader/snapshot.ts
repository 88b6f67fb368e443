/**
 * A snapshot of the producers of one partition, as bytes. Pure.
 *
 *     magic u32 "KXPS" | version u16 = 1 | CRC-32C u32 of everything behind it
 *     last batch: present u8, base offset f64, CRC u32
 *     producers u32, each: id f64, epoch i16, coordinator epoch i32, open offset f64, age ms f64,
 *                          batches u8, each: first sequence i32, last sequence i32, base offset f64
 *     aborted transactions u32, each: producer id f64, first, last and last stable offset f64
 *
 * Derived from the log and never trusted over it: bytes that are not exactly this are no snapshot.
 */
import { checksum } from "@kaelix/protocol";

import type { AbortedRow } from "./aborted-index.ts";
import type { ProducerRow, RememberedBatch } from "./producer-state.ts";

const MAGIC = 0x4b_58_50_53;
const VERSION = 1;
const CRC_AT = 6;
const BODY_AT = 10;
const PRODUCER_BYTES = 31;
const BATCH_BYTES = 16;
const ABORTED_BYTES = 32;
const LAST_BYTES = 13;

/** A producer in a snapshot. Its age is kept, not a time: clocks jump, and nobody ages while the process is down. */
export interface SnapshotProducer extends Omit<ProducerRow, "lastSeenMs"> {
  readonly ageMs: number;
}

/** What a snapshot holds. */
export interface Snapshot {
  /** The last batch before the snapshot's offset; undefined when there was none. */
  readonly last: { readonly baseOffset: number; readonly crc: number } | undefined;
  readonly producers: readonly SnapshotProducer[];
  /** In the order of their markers. */
  readonly aborted: readonly AbortedRow[];
}

/** The bytes of a snapshot. */
export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const { aborted, last, producers } = snapshot;
  let size = BODY_AT + LAST_BYTES + 8 + producers.length * PRODUCER_BYTES + aborted.length * ABORTED_BYTES;
  for (const { batches } of producers) size += batches.length * BATCH_BYTES;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint16(4, VERSION);
  view.setUint8(BODY_AT, last === undefined ? 0 : 1);
  view.setFloat64(BODY_AT + 1, last?.baseOffset ?? 0);
  view.setUint32(BODY_AT + 9, last?.crc ?? 0);
  let at = BODY_AT + LAST_BYTES;
  view.setUint32(at, producers.length);
  at += 4;
  for (const producer of producers) at = writeProducer(view, at, producer);
  view.setUint32(at, aborted.length);
  at += 4;
  for (const { firstOffset, lastOffset, lastStableOffset, producerId } of aborted) {
    for (const value of [producerId, firstOffset, lastOffset, lastStableOffset]) {
      view.setFloat64(at, value);
      at += 8;
    }
  }
  view.setUint32(CRC_AT, checksum(bytes.subarray(BODY_AT)));
  return bytes;
}

function writeProducer(view: DataView, start: number, producer: SnapshotProducer): number {
  view.setFloat64(start, producer.producerId);
  view.setInt16(start + 8, producer.producerEpoch);
  view.setInt32(start + 10, producer.coordinatorEpoch);
  view.setFloat64(start + 14, producer.openOffset);
  view.setFloat64(start + 22, producer.ageMs);
  view.setUint8(start + 30, producer.batches.length);
  let at = start + PRODUCER_BYTES;
  for (const { baseOffset, firstSequence, lastSequence } of producer.batches) {
    view.setInt32(at, firstSequence);
    view.setInt32(at + 4, lastSequence);
    view.setFloat64(at + 8, baseOffset);
    at += BATCH_BYTES;
  }
  return at;
}

/** The snapshot in bytes; undefined when they are not one. */
export function decodeSnapshot(bytes: Uint8Array): Snapshot | undefined {
  if (bytes.length < BODY_AT + LAST_BYTES + 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0) !== MAGIC || view.getUint16(4) !== VERSION) return undefined;
  // Whatever passes is what was written: the counts below need no bounds of their own.
  if (view.getUint32(CRC_AT) !== checksum(bytes.subarray(BODY_AT))) return undefined;
  const last =
    view.getUint8(BODY_AT) === 0
      ? undefined
      : { baseOffset: view.getFloat64(BODY_AT + 1), crc: view.getUint32(BODY_AT + 9) };
  let at = BODY_AT + LAST_BYTES;
  const producers: SnapshotProducer[] = [];
  const producerCount = view.getUint32(at);
  at += 4;
  while (producers.length < producerCount) {
    const producer = readProducer(view, at);
    producers.push(producer);
    at += PRODUCER_BYTES + producer.batches.length * BATCH_BYTES;
  }
  const aborted: AbortedRow[] = [];
  const abortedCount = view.getUint32(at);
  for (at += 4; aborted.length < abortedCount; at += ABORTED_BYTES) {
    aborted.push({
      producerId: view.getFloat64(at),
      firstOffset: view.getFloat64(at + 8),
      lastOffset: view.getFloat64(at + 16),
      lastStableOffset: view.getFloat64(at + 24),
    });
  }
  return { last, producers, aborted };
}

function readProducer(view: DataView, at: number): SnapshotProducer {
  const batches: RememberedBatch[] = [];
  const count = view.getUint8(at + 30);
  for (let batchAt = at + PRODUCER_BYTES; batches.length < count; batchAt += BATCH_BYTES) {
    batches.push({
      firstSequence: view.getInt32(batchAt),
      lastSequence: view.getInt32(batchAt + 4),
      baseOffset: view.getFloat64(batchAt + 8),
    });
  }
  return {
    producerId: view.getFloat64(at),
    producerEpoch: view.getInt16(at + 8),
    coordinatorEpoch: view.getInt32(at + 10),
    openOffset: view.getFloat64(at + 14),
    ageMs: view.getFloat64(at + 22),
    batches,
  };
}
