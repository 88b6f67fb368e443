/**
 * What leads a partition for Kafka clients: storage with producers and transactions on top.
 *
 * The storage below knows batches and offsets. A leader knows who wrote them: it refuses a zombie or a gap, answers a repeated batch with
 * its first offset, and says what a `read_committed` consumer may see. All of its state is derived from batch headers in the log.
 */
import type { KafkaErrorCode } from "@kaelix/protocol";

import type { DamagedRange, PartitionBounds } from "../storage/contract.ts";
import type { Allocate, FoundBatch } from "../storage/scan.ts";
import type { OpenTransaction, ProducerMarker, ProducerRow } from "./producer-state.ts";

/** What happened to a batch that a client produced. */
export type AppendOutcome =
  | {
      readonly type: "appended";
      readonly baseOffset: number;
      /** Wait for `durable(nextOffset)` before an answer that promises the disk; also when it is a duplicate. */
      readonly nextOffset: number;
      /** True when this very batch had been appended before: `baseOffset` is the first one's. */
      readonly duplicate: boolean;
      /** Epoch ms when the topic stamps batches itself (message.timestamp.type=LogAppendTime), else -1. */
      readonly logAppendTimeMs: number;
    }
  | { readonly type: "refused"; readonly error: KafkaErrorCode; readonly message: string };

/** How far a consumer sees: everything accepted, or only what is not part of an open or aborted transaction. */
export type Isolation = "read_uncommitted" | "read_committed";

/** An aborted transaction a `read_committed` consumer must filter, as Fetch carries it. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

/** Whole batches from an offset on. */
export interface LeaderRead {
  readonly batches: readonly FoundBatch[];
  readonly nextOffset: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  readonly damaged: readonly DamagedRange[];
  /** By first offset. Null when reading uncommitted. */
  readonly abortedTransactions: readonly AbortedTransaction[] | null;
}

/** The end of a producer's transaction in one partition. */
export type TransactionMarker = ProducerMarker;

/** What happened to a marker. */
export type MarkerOutcome =
  /** Also when the very marker was here already: then wait for `nextOffset` all the same. */
  | { readonly type: "appended"; readonly nextOffset: number }
  | { readonly type: "refused"; readonly error: KafkaErrorCode; readonly message: string };

/** How a batch is handed to `append`. */
export interface LeaderAppendOptions {
  /** 2 for Produce 12 and later: its producer gets a new epoch with every transaction (KIP-890). Default 1. */
  readonly transactionVersion?: number;
  /** True for the broker's own batches: the caller has just encoded it. Neither the topic's rules nor the guard are asked. */
  readonly trusted?: boolean;
}

/** Leads one partition. One owner; no call blocks. */
export interface PartitionLeader {
  readonly topic: string;
  readonly partition: number;
  bounds(): PartitionBounds;
  /** End of what `read_committed` sees: the first offset of the oldest open transaction, else the high watermark. */
  lastStableOffset(): number;
  /**
   * Appends exactly one batch as a client sent it (idempotent and transactional batches are checked against the producer's state; control
   * batches are refused). The bytes become the leader's: base offset, leader epoch and, where the topic stamps batches itself, the time
   * are written into them. Records are looked at only where a compacted topic asks for keys or a topic for its own codec. A small part of a large buffer is copied first, so that the newest batches do not keep whole requests alive.
   * Throws only storage's errors (`log-disk-full`, `log-disk-failed`, `log-closed`, `log-topic-missing`).
   */
  append(bytes: Uint8Array, options?: LeaderAppendOptions): AppendOutcome;
  /** Appends a control batch that ends a producer's transaction here; tells marker listeners. Throws as `append`. */
  appendMarker(marker: TransactionMarker): MarkerOutcome;
  /** Resolves when everything before an offset is on the disk. */
  durable(nextOffset: number): Promise<void>;
  /**
   * Reads whole batches from an offset on, at least one when one is visible. Throws `log-offset-out-of-range`.
   * @param allocate where what is not in memory is read into; the batches are views of it
   */
  read(offset: number, bytesMax: number, isolation: Isolation, allocate?: Allocate): Promise<LeaderRead>;
  /**
   * Calls a function once, never within this call, when something at or after an offset is visible or the partition ends; returns what
   * cancels it.
   */
  onVisible(offset: number, isolation: Isolation, listener: () => void): () => void;
  /** Tells of every marker appended here, in log order. */
  onMarker(listener: (marker: TransactionMarker & { readonly offset: number }) => void): () => void;
  /** Raises the log start offset; records before it are gone for readers at once. Returns the new start. */
  deleteRecords(beforeOffset: number): Promise<number>;
  /** Producers that are remembered here, for DescribeProducers. Times are monotonic ms. */
  producers(): readonly ProducerRow[];
  /** True while a producer's transaction is open here: its further batches need no word of the coordinator. */
  hasOpenTransaction(producerId: number, producerEpoch: number): boolean;
  /** Transactions that are open here, oldest first. */
  openTransactions(): readonly OpenTransaction[];
}

/** Says whether a producer may begin its transaction's part in a partition now. Asked for the first batch alone; must not wait. */
export type TransactionGuard = (producerId: number, producerEpoch: number, leader: PartitionLeader) => boolean;

/** All leaders of a storage, made on first use, forgotten when their topic is deleted. */
export interface Leaders {
  /** Undefined when there is no such topic or partition. May load producer state on the first call. */
  get(topic: string, partition: number): Promise<PartitionLeader | undefined>;
  /** The same without waiting, for the hot path: undefined when not loaded yet. */
  loaded(topic: string, partition: number): PartitionLeader | undefined;
  /** Sets who is asked before a transaction is begun in a partition. Without one nobody is asked. */
  guardTransactions(guard: TransactionGuard): void;
  /** Tells of every leader, of those loaded already at once. */
  onLoaded(listener: (leader: PartitionLeader) => void): () => void;
  close(): Promise<void>;
}
