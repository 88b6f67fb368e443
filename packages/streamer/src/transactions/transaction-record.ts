/**
 * Records of the topic `__transaction_state`, in Kafka's own formats.
 *
 *     key    version i16 = 0 | transactional id
 *     value  version i16 = 1 | producer id i64 | epoch i16 | timeout ms i32 | state i8 | partitions by topic
 *            | updated ms i64 | started ms i64
 *            | tags 0: producer id before, 1: producer id after, 2: transaction version, 1000: epoch before (ours)
 *     key    version i16 = 1000 (ours; Kafka passes over versions it does not know), value i64: producer ids before this may be given out
 *
 * Sources: TransactionLogKey.json and TransactionLogValue.json of Apache Kafka 4. Version 0 of the value is read too.
 */
import { isKaelixError } from "@kaelix/base";
import { type UnknownTag, WireReader, WireWriter } from "@kaelix/protocol";

import type { Transaction, TransactionPartitions, TransactionState } from "./transaction.ts";

const KEY_VERSION = 0;
const PRODUCER_IDS_KEY_VERSION = 1000;
const VALUE_VERSION = 1;
const LAST_PRODUCER_ID_TAG = 0;
const NEXT_PRODUCER_ID_TAG = 1;
const TRANSACTION_VERSION_TAG = 2;
const LAST_EPOCH_TAG = 1000;
const NONE = -1;
const RECORD_BYTES = 128;
const DEAD = 6;

const STATES: readonly TransactionState[] = [
  "Empty",
  "Ongoing",
  "PrepareCommit",
  "PrepareAbort",
  "CompleteCommit",
  "CompleteAbort",
];

/** A record of the topic as it was understood. */
export type TransactionRecord =
  | { readonly type: "transaction"; readonly transaction: Transaction }
  | { readonly type: "forgotten"; readonly transactionalId: string }
  | { readonly type: "producer-ids"; readonly nextProducerId: number }
  /** Of a kind this build does not know, or damaged. */
  | { readonly type: "unknown" };

/** The key of a transactional id's records. */
export function encodeTransactionKey(transactionalId: string): Uint8Array {
  const writer = new WireWriter(RECORD_BYTES);
  writer.int16(KEY_VERSION);
  writer.string(transactionalId, false);
  return writer.toBytes();
}

/** The value of a transactional id's record. */
export function encodeTransactionValue(transaction: Transaction): Uint8Array {
  const writer = new WireWriter(RECORD_BYTES);
  writer.int16(VALUE_VERSION);
  writer.int64(transaction.producerId);
  writer.int16(transaction.producerEpoch);
  writer.int32(transaction.timeoutMs);
  writer.int8(STATES.indexOf(transaction.state));
  writer.arrayLength(transaction.partitions.size === 0 ? NONE : transaction.partitions.size, true);
  for (const [topic, partitions] of transaction.partitions) {
    writer.string(topic, true);
    writer.int32s([...partitions], true);
    writer.unknownTags(undefined);
  }
  writer.int64(transaction.updatedMs);
  writer.int64(transaction.startMs);
  writer.unknownTags(tagsOf(transaction));
  return writer.toBytes();
}

function tagsOf(transaction: Transaction): readonly UnknownTag[] {
  const { lastProducerEpoch, lastProducerId, nextProducerId, transactionVersion } = transaction;
  const tags: UnknownTag[] = [];
  const tag = (number: number, write: (writer: WireWriter) => void): void => {
    const writer = new WireWriter(8);
    write(writer);
    tags.push({ tag: number, bytes: writer.toBytes() });
  };
  if (lastProducerId >= 0) tag(LAST_PRODUCER_ID_TAG, (writer) => writer.int64(lastProducerId));
  if (nextProducerId >= 0) tag(NEXT_PRODUCER_ID_TAG, (writer) => writer.int64(nextProducerId));
  tag(TRANSACTION_VERSION_TAG, (writer) => writer.int16(transactionVersion));
  if (lastProducerEpoch >= 0) tag(LAST_EPOCH_TAG, (writer) => writer.int16(lastProducerEpoch));
  return tags;
}

/** Key and value of the record that says which producer ids may have been given out. */
export function encodeProducerIds(nextProducerId: number): { readonly key: Uint8Array; readonly value: Uint8Array } {
  const key = new WireWriter(2);
  key.int16(PRODUCER_IDS_KEY_VERSION);
  const value = new WireWriter(8);
  value.int64(nextProducerId);
  return { key: key.toBytes(), value: value.toBytes() };
}

/** What a record says. */
export function decodeTransactionRecord(key: Uint8Array | null, value: Uint8Array | null): TransactionRecord {
  if (key === null) return { type: "unknown" };
  try {
    const reader = new WireReader(key);
    const version = reader.int16();
    if (version === PRODUCER_IDS_KEY_VERSION && value !== null) {
      return { type: "producer-ids", nextProducerId: new WireReader(value).int64() };
    }
    if (version !== KEY_VERSION) return { type: "unknown" };
    const transactionalId = reader.string(false);
    return value === null ? { type: "forgotten", transactionalId } : decodeValue(transactionalId, value);
  } catch (error) {
    if (isKaelixError(error, "protocol-frame-invalid")) return { type: "unknown" };
    throw error;
  }
}

function decodeValue(transactionalId: string, value: Uint8Array): TransactionRecord {
  const reader = new WireReader(value);
  const version = reader.int16();
  if (version !== 0 && version !== VALUE_VERSION) return { type: "unknown" };
  const flexible = version === VALUE_VERSION;
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const timeoutMs = reader.int32();
  const status = reader.int8();
  const partitions = readPartitions(reader, flexible);
  const updatedMs = reader.int64();
  const startMs = reader.int64();
  const tags = flexible ? reader.unknownTags() : undefined;
  if (status === DEAD) return { type: "forgotten", transactionalId };
  const state = STATES[status];
  if (state === undefined) return { type: "unknown" };
  const int64 = (tag: number): number => readTag(tags, tag)?.int64() ?? NONE;
  const transaction: Transaction = {
    transactionalId,
    producerId,
    producerEpoch,
    lastProducerId: int64(LAST_PRODUCER_ID_TAG),
    lastProducerEpoch: readTag(tags, LAST_EPOCH_TAG)?.int16() ?? NONE,
    nextProducerId: int64(NEXT_PRODUCER_ID_TAG),
    timeoutMs,
    state,
    partitions,
    startMs,
    updatedMs,
    transactionVersion: readTag(tags, TRANSACTION_VERSION_TAG)?.int16() ?? 1,
  };
  return { type: "transaction", transaction };
}

function readPartitions(reader: WireReader, flexible: boolean): TransactionPartitions {
  const partitions = new Map<string, ReadonlySet<number>>();
  for (let left = reader.nullableArrayLength(flexible, 3); left > 0; left -= 1) {
    const topic = reader.string(flexible);
    partitions.set(topic, new Set(reader.int32s(flexible)));
    if (flexible) reader.unknownTags();
  }
  return partitions;
}

function readTag(tags: readonly UnknownTag[] | undefined, wanted: number): WireReader | undefined {
  const found = tags?.find(({ tag }) => tag === wanted);
  return found === undefined ? undefined : new WireReader(found.bytes);
}
