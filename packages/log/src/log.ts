/**
 * The `Log` port: the only store of record.
 *
 * Every adapter guarantees:
 * - offsets of a partition grow by one per record and are never reused;
 * - `durable` is answered only after the records survive a power cut, `accepted` after they survive a killed process;
 * - records become visible to `read` and `subscribe` in offset order, and by default only once durable, so that a view is never
 *   ahead of what the log would hold after a power cut;
 * - a subscriber that does not take the next batch is not sent one (nothing is buffered beyond one batch);
 * - damage is reported and stepped over, never silently repaired: `damaged` ranges are named in the batch that skips them.
 *
 * It does not: deduplicate, interpret values, order across partitions, or serve several processes on one data directory.
 */

/** What a topic is created with. */
export interface TopicSpec {
  /** 1 to 249 of a-z A-Z 0-9 . _ - */
  readonly name: string;
  /** ≥ 1. Fixed once created. */
  readonly partitions: number;
  /** Only the newest record per key must be kept; a null value deletes the key. */
  readonly compacted?: boolean;
  /** Records older than this may be dropped, oldest segments first. Absent: kept for ever. */
  readonly retentionMs?: number;
  /** Bytes per partition above which the oldest segments may be dropped. Absent: kept for ever. */
  readonly retentionBytes?: number;
}

/** A record as it is given to `append`. */
export interface LogRecord {
  readonly key: Uint8Array | null;
  /** Null is a deletion on a compacted topic. */
  readonly value: Uint8Array | null;
  /** Epoch ms; absent: the adapter's clock. */
  readonly timestampMs?: number;
}

/** A record as it is read back. Key and value may be views into the batch they were read with: copy what is kept for long. */
export interface StoredRecord {
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** What a Kafka client wrote beside it; absent or empty when there are none. Records of our own have none. */
  readonly headers?: readonly { readonly key: string; readonly value: Uint8Array | null }[];
}

/** A range of offsets that cannot be read any more, `[firstOffset, nextOffset)`. */
export interface DamagedRange {
  readonly firstOffset: number;
  readonly nextOffset: number;
  readonly reason: string;
}

/** What `read` and `subscribe` deliver: records in offset order and where to go on. */
export interface LogBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly StoredRecord[];
  /** Ask for this offset next. Greater than the last record's offset; also past damage and compacted gaps. */
  readonly nextOffset: number;
  /** End of what is visible now. Equal to `nextOffset` when the reader has caught up. */
  readonly endOffset: number;
  readonly damaged: readonly DamagedRange[];
}

/** Offsets of a partition. `startOffset` ≤ `durableOffset` ≤ `endOffset`; each is the next offset after what it counts. */
export interface PartitionBounds {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly durableOffset: number;
}

/** When `append` answers: in the page cache, or on the disk. */
export type Acknowledgement = "accepted" | "durable";

/** Which records a reader sees: those on the disk (default), or also those in the page cache. */
export type Visibility = "durable" | "accepted";

/** How much one read returns. At least one record comes back when there is one, whatever its size. */
export interface ReadOptions {
  /** Bytes of record batches; default 1 MiB. */
  readonly bytesMax?: number;
  readonly visibility?: Visibility;
}

/** A topic as it stands. */
export interface TopicDescription extends TopicSpec {
  readonly bounds: readonly PartitionBounds[];
}

/** How the store under the log is. `suspect`: a disk error was seen, appends go on in a new segment after a check. */
export type LogHealth = "ok" | "suspect" | "failed";

/** The port. Offsets are safe integers. All errors are KaelixErrors of `logErrors`. */
export interface Log {
  /**
   * Creates a topic, durably; does nothing when it exists with as many partitions. Throws `log-topic-mismatch` otherwise,
   * `log-topic-invalid` for a name or number of partitions that cannot be.
   */
  createTopic(spec: TopicSpec): Promise<void>;
  topics(): Promise<readonly TopicDescription[]>;
  bounds(topic: string, partition: number): Promise<PartitionBounds>;
  /**
   * Appends records as one batch: all or none become visible. No records: nothing happens.
   * A refused durable append may, after a crash, still be found in the log: it is not acknowledged, not undone.
   * @returns the offset of the first record; the others follow densely.
   * @throws `log-topic-missing`, `log-record-too-large`, `log-disk-full`, `log-disk-failed`, `log-closed`
   */
  append(
    topic: string,
    partition: number,
    records: readonly LogRecord[],
    options: { readonly acknowledge: Acknowledgement },
  ): Promise<{ readonly baseOffset: number }>;
  /** Reads once, without waiting. Throws `log-offset-out-of-range` below the start or above the end. */
  read(topic: string, partition: number, offset: number, options?: ReadOptions): Promise<LogBatch>;
  /** Reads on for ever, waiting at the end. Ends when `signal` aborts or the log closes. */
  subscribe(
    topic: string,
    partition: number,
    offset: number,
    options?: ReadOptions & { readonly signal?: AbortSignal },
  ): AsyncIterable<LogBatch>;
  /** The first offset whose record is at or after a time; the end offset when there is none. */
  seekToTime(topic: string, partition: number, timestampMs: number): Promise<number>;
  /** Keeps where a named reader goes on, durably. */
  commit(group: string, topic: string, partition: number, nextOffset: number): Promise<void>;
  /** Where a named reader goes on; undefined when it never committed. */
  committed(group: string, topic: string, partition: number): Promise<number | undefined>;
  health(): LogHealth;
  /** Flushes, releases the directory and ends subscriptions. Appends in flight are answered first. */
  close(): Promise<void>;
}
