/**
 * One transactional id and what may happen to it: the pure core of the coordinator. A decision looks at what is known and gives either
 * the next state, to be written before it counts, or the error for who asked.
 *
 *              add                    end                    markers are on the disk
 *     Empty ─────────► Ongoing ──────────────► PrepareCommit ─────────────────────────► CompleteCommit ──┐
 *       ▲                 │  ▲                                                                           │ add
 *       │ init            │  └──────────────────────────────────────────────────────────────────────────┤
 *       │                 └─ end, init, timeout ► PrepareAbort ──────────────────────► CompleteAbort ────┘
 *       └────────────────────────────────────────────────────────────────── init ────────┘
 *
 * Version 2 (KIP-890, EndTxn 5): every end raises the producer's epoch, so that nothing of an ended transaction that arrives late can touch
 * the next one. A fence (init by another, timeout) raises it in both versions. An epoch that has no next one for clients (32,766) brings
 * a new producer id; 32,767 serves fences alone.
 *
 * Sources: KIP-98, KIP-360, KIP-588, KIP-890; TransactionCoordinator and TransactionMetadata of Apache Kafka 4.
 */
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

const NONE = -1;
const EPOCH_MAX = 32_767;

/** Kafka's names; a dead one is no longer known. */
export type TransactionState =
  | "Empty"
  | "Ongoing"
  | "PrepareCommit"
  | "PrepareAbort"
  | "CompleteCommit"
  | "CompleteAbort";

/** Partitions by topic. */
export type TransactionPartitions = ReadonlyMap<string, ReadonlySet<number>>;

/** What is known of a transactional id. Never changed, only replaced. */
export interface Transaction {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  /** The producer id before the current one; -1 when there was none. */
  readonly lastProducerId: number;
  /** The epoch the client had before the current one; -1 when nobody may come back with it. */
  readonly lastProducerEpoch: number;
  /** The producer id it goes on with once it has ended; -1 for the same. */
  readonly nextProducerId: number;
  readonly timeoutMs: number;
  readonly state: TransactionState;
  readonly partitions: TransactionPartitions;
  /** Epoch ms; -1 when none is under way. */
  readonly startMs: number;
  /** Epoch ms. */
  readonly updatedMs: number;
  /** 2 when the client's transactions end with a higher epoch, else 1. */
  readonly transactionVersion: number;
}

/** A producer as it names itself. */
export interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** What the decision needs from outside. */
export interface DecisionContext {
  /** Epoch ms. */
  readonly nowMs: number;
  /** Gives a producer id that nobody had before. Called only when one is needed. */
  readonly takeProducerId: () => number;
}

/** What is to be done. */
export type Decision =
  | { readonly type: "refused"; readonly error: KafkaErrorCode }
  /** Success, and nothing to write: a repeated request, or nothing new in it. */
  | { readonly type: "unchanged"; readonly producer: ProducerIdentity }
  /** `next` must be on the disk before `producer` is told. */
  | { readonly type: "changed"; readonly next: Transaction; readonly producer: ProducerIdentity }
  /** `next` ends the transaction; ask again when that is done. */
  | { readonly type: "ends-first"; readonly next: Transaction };

const NO_PARTITIONS: TransactionPartitions = new Map();

/** True for an epoch after which a client gets a new producer id. */
function isEpochExhausted(epoch: number): boolean {
  return epoch >= EPOCH_MAX - 1;
}

/** True while the outcome is decided and the markers are being written. */
export function isEnding({ state }: Transaction): boolean {
  return state === "PrepareCommit" || state === "PrepareAbort";
}

/** True when a partition is part of the transaction. */
export function includes({ partitions }: Transaction, topic: string, partition: number): boolean {
  return partitions.get(topic)?.has(partition) === true;
}

function refuse(name: keyof typeof KAFKA_ERRORS): Decision {
  return { type: "refused", error: KAFKA_ERRORS[name] };
}

function changed(next: Transaction): Decision {
  return { type: "changed", next, producer: next };
}

/** InitProducerId of a transactional id. `expected` is what the producer has (KIP-360), undefined for a new one. */
export interface InitRequest {
  readonly transactionalId: string;
  readonly timeoutMs: number;
  readonly expected: ProducerIdentity | undefined;
}

/** Gives a producer its id and epoch, fencing whoever had them. */
export function decideInit(current: Transaction | undefined, request: InitRequest, context: DecisionContext): Decision {
  const { expected, timeoutMs, transactionalId } = request;
  const { nowMs, takeProducerId } = context;
  if (current === undefined) return changed(newTransaction(transactionalId, timeoutMs, context));
  if (expected !== undefined && !mayComeBack(current, expected)) return refuse("PRODUCER_FENCED");
  if (isEnding(current)) return refuse("CONCURRENT_TRANSACTIONS");
  const isCurrent = expected !== undefined && isSame(current, expected);
  if (current.state === "Ongoing") {
    if (expected !== undefined && !isCurrent) return refuse("PRODUCER_FENCED");
    return { type: "ends-first", next: fenced(current, isCurrent, nowMs) };
  }
  const emptied = { state: "Empty", partitions: NO_PARTITIONS, startMs: NONE, updatedMs: nowMs, timeoutMs } as const;
  // Whoever asks with what it had before asks again for what it was given already.
  if (expected !== undefined && !isCurrent) return changed({ ...current, ...emptied });
  const lastProducerEpoch = isCurrent ? current.producerEpoch : NONE;
  if (!isEpochExhausted(current.producerEpoch)) {
    return changed({ ...current, ...emptied, lastProducerEpoch, producerEpoch: current.producerEpoch + 1 });
  }
  const producerId = takeProducerId();
  const lastProducerId = current.producerId;
  return changed({ ...current, ...emptied, producerId, producerEpoch: 0, lastProducerId, lastProducerEpoch });
}

function newTransaction(transactionalId: string, timeoutMs: number, context: DecisionContext): Transaction {
  return {
    transactionalId,
    producerId: context.takeProducerId(),
    producerEpoch: 0,
    lastProducerId: NONE,
    lastProducerEpoch: NONE,
    nextProducerId: NONE,
    timeoutMs,
    state: "Empty",
    partitions: NO_PARTITIONS,
    startMs: NONE,
    updatedMs: context.nowMs,
    transactionVersion: 1,
  };
}

function isSame(current: Transaction, { producerEpoch, producerId }: ProducerIdentity): boolean {
  return producerId === current.producerId && producerEpoch === current.producerEpoch;
}

/** True for the producer that has the id now, or had it until just now and may not have heard the answer. */
function mayComeBack(current: Transaction, expected: ProducerIdentity): boolean {
  if (isSame(current, expected)) return true;
  if (expected.producerEpoch < 0 || expected.producerEpoch !== current.lastProducerEpoch) return false;
  const { producerId } = expected;
  return producerId === current.producerId || (producerId === current.lastProducerId && current.producerEpoch === 0);
}

/** A producer and the partitions it wants to write to. */
export interface AddRequest extends ProducerIdentity {
  readonly partitions: TransactionPartitions;
  /** 2 when the client ends transactions with EndTxn 5. */
  readonly transactionVersion: number;
}

/** Adds partitions to the producer's transaction, beginning it when none is open. */
export function decideAdd(current: Transaction | undefined, request: AddRequest, nowMs: number): Decision {
  if (current === undefined || current.producerId !== request.producerId) return refuse("INVALID_PRODUCER_ID_MAPPING");
  if (current.producerEpoch !== request.producerEpoch) return refuse("PRODUCER_FENCED");
  if (isEnding(current)) return refuse("CONCURRENT_TRANSACTIONS");
  const isOngoing = current.state === "Ongoing";
  if (isOngoing && includesAll(current, request.partitions)) return { type: "unchanged", producer: current };
  return changed({
    ...current,
    state: "Ongoing",
    partitions: union(isOngoing ? current.partitions : NO_PARTITIONS, request.partitions),
    startMs: isOngoing ? current.startMs : nowMs,
    updatedMs: nowMs,
    transactionVersion: isOngoing
      ? Math.max(current.transactionVersion, request.transactionVersion)
      : request.transactionVersion,
  });
}

function includesAll(transaction: Transaction, partitions: TransactionPartitions): boolean {
  for (const [topic, numbers] of partitions) {
    for (const partition of numbers) if (!includes(transaction, topic, partition)) return false;
  }
  return true;
}

function union(left: TransactionPartitions, right: TransactionPartitions): TransactionPartitions {
  const all = new Map(left);
  for (const [topic, numbers] of right) all.set(topic, new Set([...(all.get(topic) ?? []), ...numbers]));
  return all;
}

/** The producer's word on how its transaction ends. */
export interface EndRequest extends ProducerIdentity {
  readonly committed: boolean;
  /** 2 for EndTxn 5 and later. */
  readonly transactionVersion: number;
}

/** Ends the producer's transaction: the outcome is decided once this is on the disk. */
export function decideEnd(current: Transaction | undefined, request: EndRequest, context: DecisionContext): Decision {
  if (current === undefined) return refuse("INVALID_PRODUCER_ID_MAPPING");
  const repeated = isRepeatedEnd(current, request);
  if (current.producerId !== request.producerId && !repeated) return refuse("INVALID_PRODUCER_ID_MAPPING");
  if (!repeated && current.producerEpoch !== request.producerEpoch) return refuse("PRODUCER_FENCED");
  const { committed } = request;
  switch (current.state) {
    case "Ongoing":
      // The end of the transaction before this one, late: it must not end this one (KIP-890).
      return repeated ? refuse("PRODUCER_FENCED") : ending(current, request, context);
    case "PrepareCommit":
      return refuse(committed ? "CONCURRENT_TRANSACTIONS" : "INVALID_TXN_STATE");
    case "PrepareAbort":
      return refuse(committed ? "INVALID_TXN_STATE" : "CONCURRENT_TRANSACTIONS");
    case "CompleteCommit":
    case "CompleteAbort":
      return decideEndAgain(current, request, repeated, context);
    case "Empty":
      // A client of version 2 may abort what never reached us, to be sure of a new epoch.
      if (committed || repeated || request.transactionVersion < 2) return refuse("INVALID_TXN_STATE");
      return ending(current, request, context);
  }
}

/** True when the epoch is the one this transaction had before its end raised it. */
function isRepeatedEnd(current: Transaction, { producerEpoch, producerId, transactionVersion }: EndRequest): boolean {
  if (transactionVersion < 2 || current.transactionVersion < 2 || current.lastProducerEpoch !== producerEpoch)
    return false;
  if (current.producerId === producerId) return current.producerEpoch === producerEpoch + 1;
  return current.lastProducerId === producerId && current.producerEpoch === 0 && isEpochExhausted(producerEpoch);
}

function decideEndAgain(
  current: Transaction,
  request: EndRequest,
  repeated: boolean,
  context: DecisionContext,
): Decision {
  const agrees = request.committed === (current.state === "CompleteCommit");
  const isVersion2 = request.transactionVersion >= 2 && current.transactionVersion >= 2;
  if (repeated || !isVersion2) return agrees ? { type: "unchanged", producer: current } : refuse("INVALID_TXN_STATE");
  return request.committed ? refuse("INVALID_TXN_STATE") : ending(current, request, context);
}

function ending(current: Transaction, request: EndRequest, { nowMs, takeProducerId }: DecisionContext): Decision {
  const { committed, transactionVersion } = request;
  const isVersion2 = transactionVersion >= 2;
  const isOngoing = current.state === "Ongoing";
  const next: Transaction = {
    ...current,
    state: committed ? "PrepareCommit" : "PrepareAbort",
    partitions: isOngoing ? current.partitions : NO_PARTITIONS,
    startMs: isOngoing ? current.startMs : nowMs,
    updatedMs: nowMs,
    transactionVersion,
    ...(isVersion2
      ? {
          producerEpoch: Math.min(current.producerEpoch + 1, EPOCH_MAX),
          lastProducerEpoch: current.producerEpoch,
          nextProducerId: isEpochExhausted(current.producerEpoch) ? takeProducerId() : NONE,
        }
      : {}),
  };
  // The client goes on with what it will have when the markers are written.
  const producer = next.nextProducerId < 0 ? next : { producerId: next.nextProducerId, producerEpoch: 0 };
  return { type: "changed", next, producer };
}

/** Aborts a transaction that took too long. Its producer may come back with the epoch it has (KIP-588). */
export function decideTimeout(current: Transaction, nowMs: number): Transaction {
  return fenced(current, true, nowMs);
}

function fenced(current: Transaction, mayReturn: boolean, nowMs: number): Transaction {
  return {
    ...current,
    state: "PrepareAbort",
    producerEpoch: Math.min(current.producerEpoch + 1, EPOCH_MAX),
    lastProducerEpoch: mayReturn ? current.producerEpoch : NONE,
    updatedMs: nowMs,
  };
}

/** The state once every partition has its marker on the disk. */
export function completed(current: Transaction, nowMs: number): Transaction {
  const { nextProducerId, producerId } = current;
  const rotated = { producerId: nextProducerId, producerEpoch: 0, lastProducerId: producerId, nextProducerId: NONE };
  return {
    ...current,
    ...(nextProducerId < 0 ? {} : rotated),
    state: current.state === "PrepareCommit" ? "CompleteCommit" : "CompleteAbort",
    partitions: NO_PARTITIONS,
    updatedMs: nowMs,
  };
}

/** The epoch of the batches of a transaction that is open or ending. */
export function isEpochOfBatches(current: Transaction, epoch: number): boolean {
  if (current.state === "Ongoing") return epoch === current.producerEpoch;
  return isEnding(current) && (epoch === current.producerEpoch || epoch === current.producerEpoch - 1);
}
