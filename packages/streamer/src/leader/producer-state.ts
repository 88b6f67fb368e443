/**
 * What one partition knows of its producers: a pure state machine over batch headers and markers.
 *
 *     batch ──check──► fresh      ──appended at an offset──► apply
 *                  ├─► duplicate  (one of the producer's last five: answered with its first offset, not appended)
 *                  └─► refused    (old epoch, gap in the sequence, plain batch inside a transaction)
 *
 *     producer:  no transaction ──transactional batch──► open since an offset ──marker──► no transaction
 *                                                                               └─ abort: remembered in the aborted index
 *
 * Guarantees: `apply` and `applyMarker` never refuse, so that the state made from the headers of a log is the state that appending them
 * made; a transaction is forgotten only by its marker. The rules are those of Apache Kafka 4 (ProducerAppendInfo; KIP-98, KIP-360,
 * KIP-890): a producer nobody remembers may begin with any sequence, unless it speaks transactions of version 2, which begin at 0.
 * Does not: read a clock, know the partition's end or look at records.
 */
import { type BatchHeader, isTransactionalBatch, KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

import { AbortedIndex } from "./aborted-index.ts";

/** Batches of a producer that are recognised when they come again. Java's client has at most five in flight. */
export const BATCHES_REMEMBERED = 5;
const FIELDS_PER_BATCH = 3;
const SEQUENCES = 2 ** 31;
const NONE = -1;

/** What is to be done with a batch. */
export type ProducerVerdict =
  | { readonly type: "fresh" }
  | { readonly type: "duplicate"; readonly baseOffset: number }
  | { readonly type: "refused"; readonly error: KafkaErrorCode; readonly message: string };

/** How a batch is checked. */
export interface ProducerCheck {
  /** Monotonic ms. */
  readonly nowMs: number;
  /** 2 when the producer gets a new epoch with every transaction (Produce 12 and later). */
  readonly transactionVersion: number;
}

/** The end of a producer's transaction. */
export interface ProducerMarker {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly committed: boolean;
  readonly coordinatorEpoch: number;
  /** 2: the epoch must be higher than that of the transaction's batches. Default 1. */
  readonly transactionVersion?: number;
}

/** A batch that would be recognised. Sequences wrap from 2^31 - 1 to 0. */
export interface RememberedBatch {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: number;
}

/** What is known of one producer, as it is kept and shown. */
export interface ProducerRow {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** -1 before its first marker. */
  readonly coordinatorEpoch: number;
  /** First offset of its open transaction; -1 when there is none. */
  readonly openOffset: number;
  /** Monotonic ms of the last batch or marker. */
  readonly lastSeenMs: number;
  /** Oldest first. */
  readonly batches: readonly RememberedBatch[];
}

/** A transaction that has not ended in the partition. */
export interface OpenTransaction {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly firstOffset: number;
}

/** Bounds of what is remembered. */
export interface ProducerLimits {
  /** How long a producer without an open transaction is remembered, ms (Kafka's producer.id.expiration.ms). */
  readonly expirationMs: number;
  /** Producers above which the oldest without an open transaction are forgotten. */
  readonly producersMax: number;
}

const FRESH: ProducerVerdict = { type: "fresh" };

class Producer {
  epoch: number;
  coordinatorEpoch = NONE;
  openOffset = NONE;
  lastSeenMs: number;
  /** First sequence, last sequence, base offset; oldest batch first. */
  readonly batches: number[] = [];

  constructor(epoch: number, lastSeenMs: number) {
    this.epoch = epoch;
    this.lastSeenMs = lastSeenMs;
  }

  get lastSequence(): number {
    return this.batches.at(-2) ?? NONE;
  }

  /** Base offset of a batch that was appended before; -1 when it is not known. */
  find(firstSequence: number, lastSequence: number): number {
    const { batches } = this;
    for (let at = batches.length - FIELDS_PER_BATCH; at >= 0; at -= FIELDS_PER_BATCH) {
      if (batches[at] === firstSequence && batches[at + 1] === lastSequence) return batches[at + 2] ?? NONE;
    }
    return NONE;
  }

  add(firstSequence: number, lastSequence: number, baseOffset: number): void {
    const { batches } = this;
    if (batches.length < BATCHES_REMEMBERED * FIELDS_PER_BATCH) {
      batches.push(firstSequence, lastSequence, baseOffset);
      return;
    }
    batches.copyWithin(0, FIELDS_PER_BATCH);
    const at = batches.length - FIELDS_PER_BATCH;
    batches[at] = firstSequence;
    batches[at + 1] = lastSequence;
    batches[at + 2] = baseOffset;
  }

  enter(epoch: number): void {
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    this.batches.length = 0;
  }
}

/** The last sequence of a batch; by offsets, because compaction takes records away and leaves those. */
function lastSequenceOf(header: BatchHeader): number {
  return (header.baseSequence + header.lastOffsetDelta) % SEQUENCES;
}

/** The producers of one partition; see the top of the file. */
export class ProducerStates {
  readonly aborted = new AbortedIndex();
  readonly #limits: ProducerLimits;
  readonly #producers = new Map<number, Producer>();
  /** First offset by producer. Transactions open in the order of the log, so the first one is the oldest. */
  readonly #open = new Map<number, number>();
  #firstOpenOffset = Number.POSITIVE_INFINITY;

  constructor(limits: ProducerLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#producers.size;
  }

  /** First offset of the oldest open transaction; Infinity when none is open. */
  get firstOpenOffset(): number {
    return this.#firstOpenOffset;
  }

  /** What to do with a batch that has a producer id. Changes nothing but forgetting who is expired. */
  check(header: BatchHeader, { nowMs, transactionVersion }: ProducerCheck): ProducerVerdict {
    const { baseSequence, producerEpoch, producerId } = header;
    const known = this.#remembered(producerId, nowMs);
    if (known === undefined) {
      if (transactionVersion < 2 || !isTransactionalBatch(header) || baseSequence <= 0) return FRESH;
      return outOfOrder(`sequence is ${baseSequence}, must be 0 for a producer that is not known here`);
    }
    if (producerEpoch < known.epoch) return oldEpoch(producerEpoch, known.epoch);
    if (producerEpoch === known.epoch && baseSequence >= 0) {
      const baseOffset = known.find(baseSequence, lastSequenceOf(header));
      if (baseOffset >= 0) return { type: "duplicate", baseOffset };
    }
    if (known.openOffset >= 0 && !isTransactionalBatch(header)) {
      const message = "Cannot append: producer has an open transaction here, the batch must belong to it";
      return { type: "refused", error: KAFKA_ERRORS.INVALID_TXN_STATE, message };
    }
    // A coordinator's own batches carry no sequence.
    if (baseSequence < 0) return FRESH;
    const last = producerEpoch === known.epoch ? known.lastSequence : NONE;
    const expected = (last + 1) % SEQUENCES;
    return baseSequence === expected ? FRESH : outOfOrder(`sequence is ${baseSequence}, must be ${expected}`);
  }

  /** True while a producer's transaction is open here. */
  isOpen(producerId: number, producerEpoch: number): boolean {
    return this.#open.has(producerId) && this.#producers.get(producerId)?.epoch === producerEpoch;
  }

  /** Transactions that are open, oldest first. */
  openTransactions(): OpenTransaction[] {
    const open: OpenTransaction[] = [];
    for (const [producerId, firstOffset] of this.#open) {
      open.push({ producerId, producerEpoch: this.#producers.get(producerId)?.epoch ?? NONE, firstOffset });
    }
    return open;
  }

  /** Takes note of a batch with a producer id that stands in the log at an offset. */
  apply(header: BatchHeader, baseOffset: number, nowMs: number): void {
    const { baseSequence, producerEpoch, producerId } = header;
    const producer = this.#at(producerId, producerEpoch, nowMs);
    producer.enter(producerEpoch);
    producer.lastSeenMs = nowMs;
    if (baseSequence >= 0) producer.add(baseSequence, lastSequenceOf(header), baseOffset);
    if (!isTransactionalBatch(header) || producer.openOffset >= 0) return;
    producer.openOffset = baseOffset;
    this.#open.set(producerId, baseOffset);
    if (baseOffset < this.#firstOpenOffset) this.#firstOpenOffset = baseOffset;
  }

  /** Why a marker may not be written; undefined when it may. */
  checkMarker(marker: ProducerMarker): { readonly error: KafkaErrorCode; readonly message: string } | undefined {
    const known = this.#producers.get(marker.producerId);
    if (known === undefined) return undefined;
    const { coordinatorEpoch, producerEpoch } = marker;
    // The same epoch without an open transaction is a repeated marker: a coordinator that was stopped begins again.
    const mustBeHigher = (marker.transactionVersion ?? 1) >= 2 && known.openOffset >= 0;
    if (mustBeHigher ? producerEpoch <= known.epoch : producerEpoch < known.epoch) {
      return oldEpoch(producerEpoch, known.epoch);
    }
    if (coordinatorEpoch >= known.coordinatorEpoch) return undefined;
    const message = `Cannot end transaction: coordinator epoch is ${coordinatorEpoch}, must be at least ${known.coordinatorEpoch}`;
    return { error: KAFKA_ERRORS.TRANSACTION_COORDINATOR_FENCED, message };
  }

  /** Takes note of a marker that stands in the log at an offset. */
  applyMarker(marker: ProducerMarker, offset: number, nowMs: number): void {
    const { producerEpoch, producerId } = marker;
    const producer = this.#at(producerId, producerEpoch, nowMs);
    producer.enter(producerEpoch);
    producer.lastSeenMs = nowMs;
    producer.coordinatorEpoch = marker.coordinatorEpoch;
    const firstOffset = producer.openOffset;
    if (firstOffset < 0) return;
    producer.openOffset = NONE;
    this.#open.delete(producerId);
    if (firstOffset === this.#firstOpenOffset) this.#firstOpenOffset = this.#oldestOpen();
    if (marker.committed) return;
    const lastStableOffset = Math.min(this.#firstOpenOffset, offset + 1);
    this.aborted.add({ producerId, firstOffset, lastOffset: offset, lastStableOffset });
  }

  /** Forgets producers without an open transaction that were not heard of for long enough. */
  expire(nowMs: number): void {
    for (const [producerId, producer] of this.#producers) {
      if (this.#isExpired(producer, nowMs)) this.#producers.delete(producerId);
    }
  }

  /** What is known of every producer, in no order. */
  *rows(): Iterable<ProducerRow> {
    for (const [producerId, producer] of this.#producers) {
      const batches: RememberedBatch[] = [];
      for (let at = 0; at < producer.batches.length; at += FIELDS_PER_BATCH) {
        const [firstSequence = 0, lastSequence = 0, baseOffset = 0] = producer.batches.slice(at, at + FIELDS_PER_BATCH);
        batches.push({ firstSequence, lastSequence, baseOffset });
      }
      const { coordinatorEpoch, epoch, lastSeenMs, openOffset } = producer;
      yield { producerId, producerEpoch: epoch, coordinatorEpoch, openOffset, lastSeenMs, batches };
    }
  }

  /** Takes over what was kept; the state must be empty. */
  restore(rows: Iterable<ProducerRow>): void {
    const open: { readonly producerId: number; readonly offset: number }[] = [];
    for (const row of rows) {
      const producer = new Producer(row.producerEpoch, row.lastSeenMs);
      producer.coordinatorEpoch = row.coordinatorEpoch;
      producer.openOffset = row.openOffset;
      for (const batch of row.batches) producer.add(batch.firstSequence, batch.lastSequence, batch.baseOffset);
      this.#producers.set(row.producerId, producer);
      if (row.openOffset >= 0) open.push({ producerId: row.producerId, offset: row.openOffset });
    }
    open.sort((left, right) => left.offset - right.offset);
    for (const { offset, producerId } of open) this.#open.set(producerId, offset);
    this.#firstOpenOffset = this.#oldestOpen();
  }

  #oldestOpen(): number {
    for (const offset of this.#open.values()) return offset;
    return Number.POSITIVE_INFINITY;
  }

  #isExpired(producer: Producer, nowMs: number): boolean {
    return producer.openOffset < 0 && nowMs - producer.lastSeenMs >= this.#limits.expirationMs;
  }

  #remembered(producerId: number, nowMs: number): Producer | undefined {
    const producer = this.#producers.get(producerId);
    if (producer === undefined || !this.#isExpired(producer, nowMs)) return producer;
    this.#producers.delete(producerId);
    return undefined;
  }

  #at(producerId: number, epoch: number, nowMs: number): Producer {
    const known = this.#producers.get(producerId);
    if (known !== undefined) return known;
    if (this.#producers.size >= this.#limits.producersMax) this.#makeRoom(nowMs);
    const producer = new Producer(epoch, nowMs);
    this.#producers.set(producerId, producer);
    return producer;
  }

  /** Forgets a share at once, so that a flood of producers does not sort them for each of its batches. */
  #makeRoom(nowMs: number): void {
    this.expire(nowMs);
    const { producersMax } = this.#limits;
    if (this.#producers.size < producersMax) return;
    const idle = [...this.#producers].filter(([, producer]) => producer.openOffset < 0);
    idle.sort(([, left], [, right]) => left.lastSeenMs - right.lastSeenMs);
    for (const [producerId] of idle.slice(0, Math.max(1, producersMax >> 4))) this.#producers.delete(producerId);
  }
}

function outOfOrder(why: string): ProducerVerdict {
  return { type: "refused", error: KAFKA_ERRORS.OUT_OF_ORDER_SEQUENCE_NUMBER, message: `Cannot append: ${why}` };
}

function oldEpoch(epoch: number, current: number): Extract<ProducerVerdict, { type: "refused" }> {
  const message = `Cannot append: producer epoch is ${epoch}, must be at least ${current}`;
  return { type: "refused", error: KAFKA_ERRORS.INVALID_PRODUCER_EPOCH, message };
}
