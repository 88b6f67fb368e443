/**
 * What leads a partition for Kafka clients: storage with producers and transactions on top.
 *
 * The storage below knows batches and offsets. A leader knows who wrote them: it refuses a zombie or a gap, answers a repeated batch with
 * its first offset, and says what a `read_committed` consumer may see. All of its state is derived from batch headers in the log.
 */
import type { KafkaErrorCode } from "@kaelix/protocol";

import type { DamagedRange, PartitionBounds } from "../storage/contract.ts";
import type { FoundBatch } from "../storage/scan.ts";

/** What happened to a batch that a client produced. */
export type AppendOutcome =
  | {
      readonly type: "appended";
      readonly baseOffset: number;
      /** Wait for `durable(nextOffset)` before an answer that promises the disk. */
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
  /** Null when reading uncommitted. */
  readonly abortedTransactions: readonly AbortedTransaction[] | null;
}

/** The end of a producer's transaction in one partition. */
export interface TransactionMarker {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly committed: boolean;
  readonly coordinatorEpoch: number;
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
   * batches are refused). Patches base offset and leader epoch into the bytes, which become the leader's.
   * Throws only storage's errors (`log-disk-full`, `log-disk-failed`, `log-closed`).
   */
  append(bytes: Uint8Array, options?: LeaderAppendOptions): AppendOutcome;
  /** Appends a control batch that ends a producer's transaction here; tells marker listeners. */
  appendMarker(marker: TransactionMarker): { readonly nextOffset: number };
  /** Resolves when everything before an offset is on the disk. */
  durable(nextOffset: number): Promise<void>;
  /** Reads whole batches from an offset on, at least one when one is visible. Throws `log-offset-out-of-range`. */
  read(offset: number, bytesMax: number, isolation: Isolation): Promise<LeaderRead>;
  /** Calls a function once when something at or after an offset becomes visible; returns what cancels it. */
  onVisible(offset: number, isolation: Isolation, listener: () => void): () => void;
  /** Tells of every marker appended here, in log order. */
  onMarker(listener: (marker: TransactionMarker & { readonly offset: number }) => void): () => void;
  /** Raises the log start offset; records before it are gone for readers at once. Returns the new start. */
  deleteRecords(beforeOffset: number): Promise<number>;
}

/** How a batch is handed to `append`. */
export interface LeaderAppendOptions {
  /** The transactional id's batches must belong to a transaction that the coordinator has begun here (KIP-890). Default: not checked. */
  readonly verifiedTransaction?: boolean;
  /** True for the broker's own internal topics: the caller has just encoded the batch. */
  readonly trusted?: boolean;
}

/** All leaders of a storage, made on first use, forgotten when their topic is deleted. */
export interface Leaders {
  /** Undefined when there is no such topic or partition. May load producer state on the first call. */
  get(topic: string, partition: number): Promise<PartitionLeader | undefined>;
  /** The same without waiting, for the hot path: undefined when not loaded yet. */
  loaded(topic: string, partition: number): PartitionLeader | undefined;
  close(): Promise<void>;
}
