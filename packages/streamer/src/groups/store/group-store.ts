/**
 * The topic `__consumer_offsets`: committed offsets and groups, in Kafka's own record formats, with all of it in memory.
 *
 * Every group lives in the one partition of this topic, so that all commits share a sync. What is written becomes visible when it is on
 * the disk, in log order: nobody is ever told an offset that a power cut could take back. When enough has been written, everything that
 * counts is written once more into a new segment and the older ones are dropped; opening reads little more than what is alive.
 *
 * Guarantees: a commit that was answered survives kill -9 and power cuts; for readers the committed offset of a partition never goes back
 * unless somebody committed a lower one; commits of a transaction count when its marker is on the disk. A damaged record costs what it
 * held, never something else.
 * Does not: decide who may commit; that is the coordinator's.
 */
import { type Clock, isKaelixError } from "@kaelix/base";
import { decodeRecords, encodeRecordBatch, KAFKA_ERRORS, type KafkaErrorCode, readBatchHeader } from "@kaelix/protocol";

import type { PartitionLeader } from "../../leader/contract.ts";
import { storageErrors } from "../../storage/errors.ts";
import type { Partition } from "../../storage/partition.ts";
import type { Storage } from "../../storage/storage.ts";
import { groupErrors } from "../errors.ts";
import type { GroupRecord } from "./consumer-values.ts";
import { type CommittedOffset, type OffsetPlace, OffsetTable } from "./offset-table.ts";
import { decodeOffsetValue, encodeOffsetValue, NEVER_EXPIRES, type OffsetValue } from "./offset-value.ts";
import {
  decodeKey,
  encodeOffsetKey,
  type KeptRecord,
  NAME_BYTES_MAX,
  type RecordKey,
  textOfKey,
} from "./record-keys.ts";
import { SnapshotWriter } from "./snapshot.ts";
import { openStateTopic, Rewriter, type StateTopicGround } from "./state-topic.ts";
import { encodeTransactionalBatch, endsTransaction, isControlBatch, isTransactional } from "./transactional-batch.ts";
import { WriteQueue } from "./write-queue.ts";

/** Kafka's name for the topic of groups and offsets. */
export const CONSUMER_OFFSETS_TOPIC = "__consumer_offsets";
const READ_BYTES = 1 << 20;
const FORGET_BATCH = 10_000;

/** A commit. */
export interface OffsetCommit extends OffsetPlace {
  readonly value: OffsetValue;
}

/** Who commits inside a transaction. */
export interface TransactionProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** What a store is opened over. */
export interface GroupStoreOptions extends StateTopicGround {
  readonly clock: Clock;
  /** Bytes after which everything that counts is written anew. Default 4 MiB. */
  readonly snapshotBytes?: number | undefined;
}

/** A store that is open, and how many have opened it. */
interface SharedStore {
  readonly opening: Promise<GroupStore>;
  users: number;
}

const OPEN_STORES = new WeakMap<Storage, SharedStore>();

/**
 * Opens the store, making its topic when needed, and reads it. Who opens it again over the same storage gets the same one: two pictures of
 * one topic would drift apart. It ends when everybody has closed it. The leaders are those of who came first, and must live as long.
 */
export async function openGroupStore(options: GroupStoreOptions): Promise<GroupStore> {
  const { storage } = options;
  let shared = OPEN_STORES.get(storage);
  if (shared === undefined) {
    shared = { opening: openOwn(options), users: 0 };
    OPEN_STORES.set(storage, shared);
  }
  shared.users += 1;
  try {
    return await shared.opening;
  } catch (error) {
    if (OPEN_STORES.get(storage) === shared) OPEN_STORES.delete(storage);
    throw error;
  }
}

async function openOwn(options: GroupStoreOptions): Promise<GroupStore> {
  const { leader, partition } = await openStateTopic(options, CONSUMER_OFFSETS_TOPIC);
  const store = new GroupStore(leader, partition, options);
  await store.load();
  return store;
}

/** An open store; made by `openGroupStore`. */
export class GroupStore {
  readonly offsets = new OffsetTable();
  /** Records by group and key. */
  readonly #groups = new Map<string, Map<string, KeptRecord>>();
  readonly #leader: PartitionLeader;
  readonly #partition: Partition;
  readonly #clock: Clock;
  readonly #writes: WriteQueue;
  readonly #rewriter: Rewriter;
  readonly #storage: Storage;
  readonly #stopListening: (() => void)[];
  /** Batches whose records could not be understood when loading. */
  unreadableBatches = 0;

  constructor(leader: PartitionLeader, partition: Partition, { clock, snapshotBytes, storage }: GroupStoreOptions) {
    this.#storage = storage;
    this.#leader = leader;
    this.#partition = partition;
    this.#clock = clock;
    this.#writes = new WriteQueue((nextOffset) => leader.durable(nextOffset));
    const snapshot = new SnapshotWriter({
      partition,
      writes: this.#writes,
      offsets: this.offsets,
      groups: this.#groups,
      append: (records) => this.#appendRecords(records),
    });
    this.#rewriter = new Rewriter({ partition, write: (begin) => snapshot.write(begin), bytesMin: snapshotBytes });
    const stopTopics = storage.onTopics(({ topic, type }) => {
      if (type !== "deleted") return;
      void this.#forgetWhere((place) => place.topic === topic.spec.name).catch(() => undefined);
    });
    this.#stopListening = [stopTopics];
  }

  /** Reads everything. Called once, by `openGroupStore`. */
  async load(): Promise<void> {
    let next = this.#partition.bounds().startOffset;
    // The end moves: transactions that nobody is going to end are aborted while this reads.
    while (next < this.#partition.bounds().endOffset) {
      const read = await this.#partition.read(next, READ_BYTES, "accepted");
      for (const { at, bytes, header } of read.batches) {
        const records = decodeRecords(bytes, at, header);
        if (typeof records === "string") this.unreadableBatches += 1;
        else if (isControlBatch(header)) {
          const committed = endsTransaction(records[0]?.key);
          if (committed !== undefined) this.offsets.complete(header.producerId, committed, header.baseOffset);
        } else {
          const producerId = isTransactional(header) ? header.producerId : undefined;
          for (const { key, offset, value } of records) this.#foldRead({ key, value }, offset, producerId);
        }
      }
      next = read.nextOffset;
    }
    // In the turn that read the last batch: every marker is either read or heard.
    this.#stopListening.push(this.#listenToMarkers());
    this.#rewriter.written(this.#partition.sizeBytes());
    // A crash may have come between the deletion of a topic and that of its offsets. Those of the `Log` port need no topic.
    const topics = this.#storage.topics();
    await this.#forgetWhere((place, value) => value.expireTimestampMs !== NEVER_EXPIRES && !topics.has(place.topic));
  }

  /** Below the leader, so that it does not matter whose leader appends a marker. */
  #listenToMarkers(): () => void {
    return this.#partition.onAppend(({ baseOffset, bytes, nextOffset }) => {
      const header = readBatchHeader(bytes);
      if (header === undefined || !isControlBatch(header)) return;
      const records = decodeRecords(bytes, 0, header);
      const committed = typeof records === "string" ? undefined : endsTransaction(records[0]?.key);
      if (committed === undefined) return;
      const fold = (): void => this.offsets.complete(header.producerId, committed, baseOffset);
      // Refused by the disk, it is written again by whoever ends the transaction.
      void this.#writes.add({ nextOffset, keys: [], fold }).catch(() => undefined);
    });
  }

  /** Deletes the offsets that a test names, durably. */
  async #forgetWhere(isOver: (place: OffsetPlace, value: CommittedOffset) => boolean): Promise<void> {
    const over: OffsetPlace[] = [];
    for (const group of this.offsets.groups()) {
      for (const [place, value] of this.offsets.of(group)) if (isOver(place, value)) over.push(place);
    }
    for (let at = 0; at < over.length; at += FORGET_BATCH) await this.forget(over.slice(at, at + FORGET_BATCH));
  }

  #foldRead(record: { key: Uint8Array | null; value: Uint8Array | null }, offset: number, producerId?: number): void {
    const { key, value } = record;
    if (key === null) return;
    try {
      const name = decodeKey(key);
      if (name.type === "group") this.#putGroupRecord(name, key.slice(), value?.slice() ?? null);
      else if (value === null) this.offsets.remove(name, offset);
      else {
        const committed = { ...decodeOffsetValue(value), recordOffset: offset };
        if (producerId === undefined) this.offsets.put(name, committed);
        else this.offsets.putPending(producerId, name, committed);
      }
    } catch (error) {
      if (!isKaelixError(error, "protocol-frame-invalid")) throw error;
      this.unreadableBatches += 1;
    }
  }

  /** Keeps offsets, durably; they are visible when this resolves. Throws storage's errors, `group-name-invalid`. */
  async commit(commits: readonly OffsetCommit[]): Promise<void> {
    const records = commits.map((commit) => ({ key: offsetKey(commit), value: encodeOffsetValue(commit.value) }));
    await this.#write(records, (baseOffset) => {
      for (const [index, commit] of commits.entries()) {
        this.offsets.put(commit, { ...commit.value, recordOffset: baseOffset + index });
      }
    });
  }

  /**
   * Keeps offsets that count when the producer's transaction is committed. Resolves once durable, with the error of a producer that may
   * not write here any more.
   */
  async commitTransactional(producer: TransactionProducer, commits: readonly OffsetCommit[]): Promise<KafkaErrorCode> {
    const timestampMs = this.#clock.nowMs();
    const records = commits.map((commit) => ({
      key: offsetKey(commit),
      value: encodeOffsetValue(commit.value),
      timestampMs,
    }));
    const outcome = this.#append(encodeTransactionalBatch(records, producer));
    if (typeof outcome !== "object") return outcome;
    const { baseOffset } = outcome;
    // In the way at once, not when durable: a snapshot must not write behind it what it would replace.
    for (const [index, commit] of commits.entries()) {
      this.offsets.putPending(producer.producerId, commit, { ...commit.value, recordOffset: baseOffset + index });
    }
    try {
      await this.#settle({ nextOffset: baseOffset + commits.length, keys: [], fold: () => undefined });
    } catch (error) {
      for (const [index, commit] of commits.entries()) {
        this.offsets.dropPending(producer.producerId, commit, baseOffset + index);
      }
      throw error;
    }
    return KAFKA_ERRORS.NONE;
  }

  /** Deletes offsets, durably. */
  forget(places: readonly OffsetPlace[]): Promise<void> {
    const records = places.map((place) => ({ key: offsetKey(place), value: null }));
    return this.#write(records, (baseOffset) => {
      for (const [index, place] of places.entries()) this.offsets.remove(place, baseOffset + index);
    });
  }

  /** Writes records of groups, durably. */
  writeGroup(records: readonly GroupRecord[]): Promise<void> {
    return this.#write(records, () => {
      for (const { key, value } of records) {
        const name = decodeKey(key);
        if (name.type === "group") this.#putGroupRecord(name, key, value);
      }
    });
  }

  /** Ids of all groups that have records. */
  groupIds(): IterableIterator<string> {
    return this.#groups.keys();
  }

  /** What is kept of a group. */
  recordsOf(group: string): readonly KeptRecord[] {
    return [...(this.#groups.get(group)?.values() ?? [])];
  }

  #putGroupRecord(name: RecordKey & { readonly type: "group" }, key: Uint8Array, value: Uint8Array | null): void {
    const text = textOfKey(key);
    const records = this.#groups.get(name.group);
    if (value === null) {
      records?.delete(text);
      if (records?.size === 0) this.#groups.delete(name.group);
      return;
    }
    const kept = { key, recordType: name.recordType, name: name.name, value };
    if (records === undefined) this.#groups.set(name.group, new Map([[text, kept]]));
    else records.set(text, kept);
  }

  async #write(records: readonly GroupRecord[], fold: (baseOffset: number) => void): Promise<void> {
    if (records.length === 0) return;
    const baseOffset = this.#appendRecords(records);
    const keys = records.map(({ key }) => textOfKey(key));
    await this.#settle({ nextOffset: baseOffset + records.length, keys, fold: () => fold(baseOffset) });
  }

  async #settle(write: { nextOffset: number; keys: readonly string[]; fold: () => void }): Promise<void> {
    await this.#writes.add(write);
    this.#rewriter.startWhenDue();
  }

  #appendRecords(records: readonly GroupRecord[]): number {
    const timestampMs = this.#clock.nowMs();
    const outcome = this.#append(encodeRecordBatch(records.map(({ key, value }) => ({ key, value, timestampMs }))));
    // Without a producer only a disk that is being looked at is a reason.
    if (typeof outcome !== "object") throw storageErrors("log-disk-failed");
    return outcome.baseOffset;
  }

  #append(bytes: Uint8Array): { readonly baseOffset: number } | KafkaErrorCode {
    const outcome = this.#leader.append(bytes, { trusted: true });
    if (outcome.type === "refused") return outcome.error;
    this.#rewriter.written(bytes.length);
    return outcome;
  }

  /** Waits for a snapshot that is under way; nothing is written afterwards. Does nothing while others have the store open. */
  async close(): Promise<void> {
    const shared = OPEN_STORES.get(this.#storage);
    if (shared !== undefined) {
      shared.users -= 1;
      if (shared.users > 0) return;
      OPEN_STORES.delete(this.#storage);
    }
    for (const stop of this.#stopListening) stop();
    await this.#rewriter.close();
  }
}

function offsetKey({ group, partition, topic }: OffsetPlace): Uint8Array {
  for (const name of [group, topic]) {
    if (name.length * 3 <= NAME_BYTES_MAX) continue;
    const bytes = Buffer.byteLength(name);
    if (bytes > NAME_BYTES_MAX) throw groupErrors("group-name-invalid", { details: { bytes } });
  }
  return encodeOffsetKey(group, topic, partition);
}
