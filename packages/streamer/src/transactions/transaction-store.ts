/**
 * The topic `__transaction_state` with all of it in memory.
 *
 * One partition: whatever is written shares a sync. A change counts in memory as soon as it is in the log, and for others once it is on the
 * disk: who tells somebody of it waits for `durable` first. As the log is in order, waiting for a later change waits for the earlier.
 *
 * Guarantees: what was told survives kill -9 and power cuts; producer ids are never given out twice, because a block of them is on the
 * disk before the first is used. When the disk refuses, nothing written since its last sync counts, and everything is read again.
 */
import type { Clock } from "@kaelix/base";
import { decodeRecords, encodeRecordBatch } from "@kaelix/protocol";

import type { Leaders, PartitionLeader } from "../leader/contract.ts";
import type { Storage } from "../storage/storage.ts";
import { transactionErrors } from "./errors.ts";
import type { Transaction } from "./transaction.ts";
import {
  decodeTransactionRecord,
  encodeProducerIds,
  encodeTransactionKey,
  encodeTransactionValue,
} from "./transaction-record.ts";

/** Kafka's name for the topic of transactions. */
export const TRANSACTION_STATE_TOPIC = "__transaction_state";
const READ_BYTES = 1 << 20;
/** Ids that are lost at most when the process ends. Kafka's block has as many. */
const PRODUCER_IDS_PER_BLOCK = 1000;
const PRODUCER_IDS_KEPT_MIN = 100;

/** What a store works with. */
export interface TransactionStoreContext {
  readonly storage: Storage;
  readonly leaders: Leaders;
  readonly clock: Clock;
}

/** Opens the store, making its topic when needed, and reads it. Throws storage's errors. */
export async function openTransactionStore(context: TransactionStoreContext): Promise<TransactionStore> {
  const { leaders, storage } = context;
  if (!storage.topics().has(TRANSACTION_STATE_TOPIC)) {
    await storage.createTopic({ name: TRANSACTION_STATE_TOPIC, partitions: 1, compacted: true });
  }
  const leader = await leaders.get(TRANSACTION_STATE_TOPIC, 0);
  if (leader === undefined) throw transactionErrors("transactions-topic-missing");
  const store = new TransactionStore(leader, context.clock);
  await store.load();
  return store;
}

/** An open store; made by `openTransactionStore`. */
export class TransactionStore {
  readonly #leader: PartitionLeader;
  readonly #clock: Clock;
  readonly #transactions = new Map<string, Transaction>();
  readonly #idsByProducer = new Map<number, string>();
  /** Where the newest record of a transactional id ends. */
  readonly #ends = new Map<string, number>();
  #nextProducerId = 0;
  /** Ids before this were taken out of the log's. */
  #blockEnd = 0;
  #reserving: Promise<void> | undefined;
  #isStale = false;
  #loading: Promise<void> | undefined;

  constructor(leader: PartitionLeader, clock: Clock) {
    this.#leader = leader;
    this.#clock = clock;
  }

  /** True when everything may be asked at once; else wait for `ready`. */
  get isReady(): boolean {
    return !this.#isStale && this.#loading === undefined && this.#blockEnd - this.#nextProducerId > 0;
  }

  /** Resolves when the state can be trusted and there is a producer id to take. Throws storage's errors. */
  async ready(): Promise<void> {
    if (this.#isStale || this.#loading !== undefined) await this.load();
    if (this.#blockEnd - this.#nextProducerId < PRODUCER_IDS_KEPT_MIN) {
      const reserving = this.#reserve();
      if (this.#blockEnd === this.#nextProducerId) await reserving;
      else reserving.catch(() => undefined);
    }
  }

  get(transactionalId: string): Transaction | undefined {
    return this.#transactions.get(transactionalId);
  }

  /** The transaction whose producer has an id now, or had it before the current one. */
  ofProducer(producerId: number): Transaction | undefined {
    const transactionalId = this.#idsByProducer.get(producerId);
    return transactionalId === undefined ? undefined : this.#transactions.get(transactionalId);
  }

  all(): IterableIterator<Transaction> {
    return this.#transactions.values();
  }

  /** A producer id nobody had before. Only after `ready`, and once for each. */
  takeProducerId(): number {
    if (this.#nextProducerId >= this.#blockEnd) throw transactionErrors("transactions-unavailable");
    this.#nextProducerId += 1;
    return this.#nextProducerId - 1;
  }

  /** Writes the next state of a transactional id; it counts from now on. Throws storage's errors, `transactions-unavailable`. */
  put(next: Transaction): void {
    const key = encodeTransactionKey(next.transactionalId);
    this.#append({ key, value: encodeTransactionValue(next) }, next.transactionalId);
    this.#set(next);
  }

  /** Forgets a transactional id. Throws as `put`. */
  forget(transactionalId: string): void {
    this.#append({ key: encodeTransactionKey(transactionalId), value: null }, transactionalId);
    this.#remove(transactionalId);
  }

  /** Resolves when what is known of a transactional id now is on the disk. Throws storage's errors, `transactions-unavailable`. */
  durable(transactionalId: string): Promise<void> {
    return this.#settle(this.#ends.get(transactionalId) ?? 0);
  }

  /** True when `durable` would resolve at once. */
  isDurable(transactionalId: string): boolean {
    return (this.#ends.get(transactionalId) ?? 0) <= this.#leader.bounds().durableOffset && !this.#isStale;
  }

  /** Reads everything. Throws storage's errors. */
  load(): Promise<void> {
    this.#loading ??= this.#read().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #read(): Promise<void> {
    this.#isStale = false;
    this.#transactions.clear();
    this.#idsByProducer.clear();
    this.#ends.clear();
    this.#nextProducerId = 0;
    let lostCount = 0;
    let next = this.#leader.bounds().startOffset;
    while (next < this.#leader.bounds().endOffset) {
      const read = await this.#leader.read(next, READ_BYTES, "read_uncommitted");
      for (const { at, bytes, header } of read.batches) {
        const records = decodeRecords(bytes, at, header);
        // A damaged record costs what it held.
        if (typeof records === "string") lostCount += header.lastOffsetDelta + 1;
        else for (const { key, value } of records) this.#fold(key, value);
      }
      for (const { firstOffset, nextOffset } of read.damaged) lostCount += nextOffset - firstOffset;
      next = Math.max(read.nextOffset, next + 1);
    }
    for (const { nextProducerId, producerId } of this.#transactions.values()) {
      this.#nextProducerId = Math.max(this.#nextProducerId, producerId + 1, nextProducerId + 1);
    }
    // Each of them may have taken a block. An id that is given twice loses records: the second's are held for repetitions of the first's.
    this.#nextProducerId += lostCount * PRODUCER_IDS_PER_BLOCK;
    this.#blockEnd = this.#nextProducerId;
  }

  #fold(key: Uint8Array | null, value: Uint8Array | null): void {
    const record = decodeTransactionRecord(key, value);
    if (record.type === "transaction") this.#set(record.transaction);
    else if (record.type === "forgotten") this.#remove(record.transactionalId);
    else if (record.type === "producer-ids") {
      this.#nextProducerId = Math.max(this.#nextProducerId, record.nextProducerId);
    }
  }

  #set(next: Transaction): void {
    const { transactionalId } = next;
    const before = this.#transactions.get(transactionalId);
    if (before !== undefined && before.producerId !== next.producerId)
      this.#idsByProducer.delete(before.lastProducerId);
    this.#transactions.set(transactionalId, next);
    this.#idsByProducer.set(next.producerId, transactionalId);
    if (next.lastProducerId >= 0) this.#idsByProducer.set(next.lastProducerId, transactionalId);
  }

  #remove(transactionalId: string): void {
    const before = this.#transactions.get(transactionalId);
    if (before === undefined) return;
    this.#transactions.delete(transactionalId);
    this.#idsByProducer.delete(before.producerId);
    this.#idsByProducer.delete(before.lastProducerId);
  }

  #append(record: { readonly key: Uint8Array; readonly value: Uint8Array | null }, transactionalId?: string): number {
    if (this.#isStale || this.#loading !== undefined) throw transactionErrors("transactions-unavailable");
    const bytes = encodeRecordBatch([{ ...record, timestampMs: this.#clock.nowMs() }]);
    const outcome = this.#leader.append(bytes, { trusted: true });
    if (outcome.type === "refused") {
      this.#isStale = true;
      throw transactionErrors("transactions-unavailable", { message: outcome.message });
    }
    if (transactionalId !== undefined) this.#ends.set(transactionalId, outcome.nextOffset);
    return outcome.nextOffset;
  }

  async #settle(nextOffset: number): Promise<void> {
    if (this.#isStale) throw transactionErrors("transactions-unavailable");
    try {
      await this.#leader.durable(nextOffset);
    } catch (error) {
      this.#isStale = true;
      throw error;
    }
    if (this.#isStale) throw transactionErrors("transactions-unavailable");
  }

  /** Takes a block of producer ids, durably. */
  #reserve(): Promise<void> {
    this.#reserving ??= this.#reserveBlock().finally(() => {
      this.#reserving = undefined;
    });
    return this.#reserving;
  }

  async #reserveBlock(): Promise<void> {
    const end = Math.max(this.#blockEnd, this.#nextProducerId) + PRODUCER_IDS_PER_BLOCK;
    const nextOffset = this.#append(encodeProducerIds(end));
    await this.#settle(nextOffset);
    this.#blockEnd = end;
  }
}
