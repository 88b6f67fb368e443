/**
 * The transaction coordinator: carries out what transaction.ts decides.
 *
 *     request ─► decide ─► append the next state ─► on the disk ─► answer
 *                                                       └─ an end: markers everywhere ─► on the disk ─► append "complete"
 *
 * Deciding and appending happen in one turn, so requests for one transactional id come one after the other without a lock. Whoever finds a
 * transaction ending waits a moment for it instead of being sent away with CONCURRENT_TRANSACTIONS.
 *
 * Guarantees: an outcome that was told, or of which one marker is visible, is the outcome in every partition, whatever crashes; a partition
 * is part of a transaction durably before the first batch of it is appended; a transaction open in a partition that nobody is going
 * to end (the disk lost its beginning here, or it came with the files) is aborted when the partition is loaded.
 * Does not: replicate, or take part in two-phase commits of others (KIP-939).
 */
import { type Clock, isKaelixError, systemClock } from "@kaelix/base";
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

import type { Leaders, PartitionLeader } from "../leader/contract.ts";
import type { Storage } from "../storage/storage.ts";
import { COORDINATOR_EPOCH, MarkerWriter, writeMarker } from "./marker-writer.ts";
import { Stopwatch } from "./stopwatch.ts";
import {
  type AddRequest,
  completed,
  decideAdd,
  decideEnd,
  decideInit,
  decideTimeout,
  type Decision,
  type DecisionContext,
  type EndRequest,
  includes,
  isEnding,
  isEpochOfBatches,
  type ProducerIdentity,
  type Transaction,
} from "./transaction.ts";
import { openTransactionStore, type TransactionStore } from "./transaction-store.ts";

const PARTITION_TRIES_MS = 50;

/** Limits of a coordinator, with Kafka's names. */
export interface TransactionSettings {
  /** transaction.max.timeout.ms. Default 15 minutes. */
  readonly timeoutMsMax: number;
  /** transactional.id.expiration.ms. Default 7 days. */
  readonly expirationMs: number;
  /** How long a request waits for a transaction that is ending before it is told CONCURRENT_TRANSACTIONS, ms. Default 1 s. */
  readonly waitMs: number;
  /** Between looks at what has timed out, ms; 0 leaves it to calls of `tick`. Default 1 s. */
  readonly tickMs: number;
}

const DEFAULTS: TransactionSettings = {
  timeoutMsMax: 15 * 60 * 1000,
  expirationMs: 7 * 24 * 3600 * 1000,
  waitMs: 1000,
  tickMs: 1000,
};

/** What a coordinator works with. */
export interface TransactionsOptions {
  readonly storage: Storage;
  readonly leaders: Leaders;
  /** Default: the machine's. */
  readonly clock?: Clock;
  readonly settings?: Partial<TransactionSettings>;
}

/** The answer to who asked for a producer id or ended a transaction. */
export type ProducerAnswer = KafkaErrorCode | ProducerIdentity;

/** InitProducerId. */
export interface InitProducer {
  /** Null for a producer that is idempotent only. */
  readonly transactionalId: string | null;
  readonly timeoutMs: number;
  /** Undefined for a new producer. */
  readonly expected: ProducerIdentity | undefined;
}

/** A transactional batch about to be appended. */
export interface TransactionalBatch extends ProducerIdentity {
  readonly transactionalId: string;
  readonly topic: string;
  readonly partition: number;
  /** True when writing itself adds the partition to the transaction (KIP-890: Produce 12, TxnOffsetCommit 5). */
  readonly addsImplicitly: boolean;
}

/** Opens the coordinator of a storage: reads its state and goes on with what was ending. Throws storage's errors. */
export async function openTransactions(options: TransactionsOptions): Promise<Transactions> {
  const { clock = systemClock, leaders, settings, storage } = options;
  const store = await openTransactionStore({ storage, leaders, clock });
  const transactions = new Transactions(store, { leaders, clock, settings: { ...DEFAULTS, ...settings } });
  transactions.start();
  return transactions;
}

interface CoordinatorContext {
  readonly leaders: Leaders;
  readonly clock: Clock;
  readonly settings: TransactionSettings;
}

/** An open coordinator; made by `openTransactions`. Close it before the leaders. */
export class Transactions {
  readonly #store: TransactionStore;
  readonly #context: CoordinatorContext;
  /** Transactions whose markers are being written, by transactional id. */
  readonly #completing = new Map<string, Promise<void>>();
  readonly #stopwatch: Stopwatch;
  readonly #aborting = new Set<Promise<unknown>>();
  #stopListening: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(store: TransactionStore, context: CoordinatorContext) {
    this.#store = store;
    this.#context = context;
    this.#stopwatch = new Stopwatch(context.clock);
  }

  /** Goes on with what was ending, and guards the leaders. Called once, by `openTransactions`. */
  start(): void {
    const { leaders, settings } = this.#context;
    for (const transaction of this.#store.all())
      if (isEnding(transaction)) void this.#complete(transaction.transactionalId);
    leaders.guardTransactions((producerId, producerEpoch, leader) =>
      this.#mayBegin({ producerId, producerEpoch }, leader),
    );
    this.#stopListening = leaders.onLoaded((leader) => this.#abortForgotten(leader));
    if (settings.tickMs > 0) {
      this.#timer = setInterval(() => this.tick(), settings.tickMs);
      this.#timer.unref();
    }
  }

  /** Gives a producer its id and epoch. */
  async initProducer({ expected, timeoutMs, transactionalId }: InitProducer): Promise<ProducerAnswer> {
    if (transactionalId === "") return KAFKA_ERRORS.INVALID_REQUEST;
    if (transactionalId === null) return this.#guarded(async () => this.#plainProducer());
    const { timeoutMsMax } = this.#context.settings;
    if (timeoutMs <= 0 || timeoutMs > timeoutMsMax) return KAFKA_ERRORS.INVALID_TRANSACTION_TIMEOUT;
    const request = { transactionalId, timeoutMs, expected };
    return this.#run(transactionalId, (current, context) => decideInit(current, request, context));
  }

  /** Adds partitions to a producer's transaction; they are part of it when this resolves with NONE. */
  async addPartitions(transactionalId: string, request: AddRequest): Promise<KafkaErrorCode> {
    if (transactionalId === "") return KAFKA_ERRORS.INVALID_REQUEST;
    const answer = await this.#run(transactionalId, (current, { nowMs }) => decideAdd(current, request, nowMs));
    return typeof answer === "number" ? answer : KAFKA_ERRORS.NONE;
  }

  /** Commits or aborts a producer's transaction; the outcome is certain when this resolves without an error. */
  async end(transactionalId: string, request: EndRequest): Promise<ProducerAnswer> {
    if (transactionalId === "") return KAFKA_ERRORS.INVALID_REQUEST;
    return this.#run(transactionalId, (current, context) => decideEnd(current, request, context));
  }

  /**
   * Whether a batch belongs to a transaction that is open in its partition; adds the partition when the producer's version says so.
   * NONE at once where nothing is to be written. A fenced producer is told INVALID_PRODUCER_EPOCH, as Produce does.
   */
  verifyOrAdd(batch: TransactionalBatch): KafkaErrorCode | Promise<KafkaErrorCode> {
    const { addsImplicitly, partition, topic, transactionalId } = batch;
    const current = this.#store.isReady ? this.#store.get(transactionalId) : undefined;
    if (current !== undefined && isOpenFor(current, batch, topic, partition)) {
      if (this.#store.isDurable(transactionalId)) return KAFKA_ERRORS.NONE;
      return this.#store.durable(transactionalId).then(() => KAFKA_ERRORS.NONE, unavailable);
    }
    const { producerEpoch, producerId } = batch;
    const partitions = new Map([[topic, new Set([partition])]]);
    const request = { producerId, producerEpoch, partitions, transactionVersion: 2 };
    const decided = addsImplicitly
      ? this.addPartitions(transactionalId, request)
      : this.verify(transactionalId, request).then((error) =>
          error === KAFKA_ERRORS.TRANSACTION_ABORTABLE ? KAFKA_ERRORS.INVALID_TXN_STATE : error,
        );
    return decided.then((error) =>
      error === KAFKA_ERRORS.PRODUCER_FENCED ? KAFKA_ERRORS.INVALID_PRODUCER_EPOCH : error,
    );
  }

  /** Whether partitions are part of a producer's transaction: NONE, or TRANSACTION_ABORTABLE when they are not. */
  async verify(transactionalId: string, request: AddRequest): Promise<KafkaErrorCode> {
    const answer = await this.#run(transactionalId, (current, { nowMs }) => {
      const decision = decideAdd(current, request, nowMs);
      if (decision.type !== "changed") return decision;
      return { type: "refused", error: KAFKA_ERRORS.TRANSACTION_ABORTABLE };
    });
    return typeof answer === "number" ? answer : KAFKA_ERRORS.NONE;
  }

  /** What is known of a transactional id. */
  get(transactionalId: string): Transaction | undefined {
    return this.#store.get(transactionalId);
  }

  /** Everything that is known. */
  all(): IterableIterator<Transaction> {
    return this.#store.all();
  }

  /** Aborts what took too long, goes on with what could not be ended, forgets what was not used. Runs by itself. */
  tick(): void {
    const { clock, settings } = this.#context;
    const nowMs = clock.nowMs();
    for (const transaction of this.#store.all()) {
      const { state, timeoutMs, transactionalId } = transaction;
      const elapsedMs = this.#stopwatch.elapsedMs(transaction);
      try {
        if (isEnding(transaction)) void this.#complete(transactionalId);
        else if (state === "Ongoing") {
          if (elapsedMs >= timeoutMs) this.#put(decideTimeout(transaction, nowMs));
        } else if (elapsedMs >= settings.expirationMs) {
          this.#store.forget(transactionalId);
          this.#stopwatch.forget(transactionalId);
        }
      } catch (error) {
        if (!isKaelixError(error)) throw error;
        break;
      }
    }
    void this.#store.ready().catch(() => undefined);
  }

  /** Resolves when nothing is ending any more, as far as the disk lets it. */
  async settled(): Promise<void> {
    while (this.#completing.size > 0 || this.#aborting.size > 0) {
      await Promise.all([...this.#completing.values(), ...this.#aborting]);
    }
  }

  /** Ends; what is ending goes on at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#stopListening();
    await this.settled();
  }

  #plainProducer(): ProducerIdentity {
    return { producerId: this.#store.takeProducerId(), producerEpoch: 0 };
  }

  /** Decides until there is an answer, waiting in between for what is ending. */
  #run(
    transactionalId: string,
    decide: (current: Transaction | undefined, context: DecisionContext) => Decision,
  ): Promise<ProducerAnswer> {
    return this.#guarded(async () => {
      const { clock, settings } = this.#context;
      const untilMs = clock.monotonicMs() + settings.waitMs;
      for (;;) {
        const decision = decide(this.#store.get(transactionalId), {
          nowMs: clock.nowMs(),
          takeProducerId: () => this.#store.takeProducerId(),
        });
        if (decision.type === "changed" || decision.type === "ends-first") this.#put(decision.next);
        if (decision.type === "changed" || decision.type === "unchanged") {
          const { producerEpoch, producerId } = decision.producer;
          await this.#store.durable(transactionalId);
          return { producerId, producerEpoch };
        }
        const waits = decision.type === "ends-first" || decision.error === KAFKA_ERRORS.CONCURRENT_TRANSACTIONS;
        if (decision.type === "refused" && !waits) return decision.error;
        const leftMs = untilMs - clock.monotonicMs();
        const ended = leftMs > 0 && (await within(leftMs, this.#complete(transactionalId)));
        if (!ended) return KAFKA_ERRORS.CONCURRENT_TRANSACTIONS;
        await this.#store.ready();
      }
    });
  }

  async #guarded(work: () => Promise<ProducerAnswer>): Promise<ProducerAnswer> {
    if (this.#closed) return KAFKA_ERRORS.COORDINATOR_NOT_AVAILABLE;
    try {
      await this.#store.ready();
      return await work();
    } catch (error) {
      return unavailable(error);
    }
  }

  #put(next: Transaction): void {
    this.#store.put(next);
    this.#stopwatch.changed(next);
    if (isEnding(next)) void this.#complete(next.transactionalId);
  }

  /** Writes the markers of a transaction that is ending, unless that is under way. Resolves when it is over or cannot be done now. */
  #complete(transactionalId: string): Promise<void> {
    let completing = this.#completing.get(transactionalId);
    if (completing === undefined) {
      completing = this.#writeMarkers(transactionalId).finally(() => this.#completing.delete(transactionalId));
      this.#completing.set(transactionalId, completing);
    }
    return completing;
  }

  async #writeMarkers(transactionalId: string): Promise<void> {
    const transaction = this.#store.get(transactionalId);
    if (transaction === undefined || !isEnding(transaction) || this.#closed) return;
    try {
      // No marker before the outcome is certain: a marker is seen at once, a lost outcome would be another one after a crash.
      await this.#store.durable(transactionalId);
      const writer = new MarkerWriter(this.#context.leaders, transaction);
      while (!(await writer.write())) {
        if (this.#closed) return;
        await pause(PARTITION_TRIES_MS);
      }
      // Only who is still ending this very transaction may say that it has ended: the state may have been read anew meanwhile.
      if (this.#store.get(transactionalId) !== transaction) return;
      this.#put(completed(transaction, this.#context.clock.nowMs()));
    } catch (error) {
      // Tried again by the next tick, from what is then on the disk.
      if (!isKaelixError(error)) throw error;
    }
  }

  #mayBegin(producer: ProducerIdentity, { partition, topic }: PartitionLeader): boolean {
    const transaction = this.#store.ofProducer(producer.producerId);
    return transaction !== undefined && isOpenFor(transaction, producer, topic, partition);
  }

  /** Ends transactions in a partition that are not part of any that is known. */
  #abortForgotten(leader: PartitionLeader): void {
    for (const { producerEpoch, producerId } of leader.openTransactions()) {
      const known = this.#store.ofProducer(producerId);
      const ours =
        known?.producerId === producerId &&
        isEpochOfBatches(known, producerEpoch) &&
        includes(known, leader.topic, leader.partition);
      if (ours) continue;
      const marker = { producerId, producerEpoch, committed: false, coordinatorEpoch: COORDINATOR_EPOCH };
      const aborting = writeMarker(this.#context.leaders, leader.topic, leader.partition, marker);
      const done: Promise<unknown> = aborting.finally(() => this.#aborting.delete(done));
      this.#aborting.add(done);
    }
  }
}

function isOpenFor(
  transaction: Transaction,
  { producerEpoch, producerId }: ProducerIdentity,
  topic: string,
  partition: number,
): boolean {
  if (transaction.state !== "Ongoing" || transaction.producerId !== producerId) return false;
  return transaction.producerEpoch === producerEpoch && includes(transaction, topic, partition);
}

function unavailable(error: unknown): KafkaErrorCode {
  if (isKaelixError(error)) return KAFKA_ERRORS.COORDINATOR_NOT_AVAILABLE;
  throw error;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

/** Whether a promise resolves within a time. */
async function within(ms: number, promise: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
