/** The words the storage speaks with its callers. */
import type { FoundBatch } from "./scan.ts";

/** A range of offsets that cannot be read any more, `[firstOffset, nextOffset)`. */
export interface DamagedRange {
  readonly firstOffset: number;
  readonly nextOffset: number;
  readonly reason: string;
}

/** What a read of a partition gives: whole batches, also those that begin before the offset asked for. */
export interface PartitionRead {
  readonly batches: readonly FoundBatch[];
  readonly nextOffset: number;
  /** End of what is visible. */
  readonly endOffset: number;
  readonly damaged: readonly DamagedRange[];
}

/** Which records a reader sees: those on the disk, or also those in the page cache. */
export type Visibility = "durable" | "accepted";

/** Offsets of a partition; each is the next offset after what it counts. */
export interface PartitionBounds {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly durableOffset: number;
}

/** How the disk under the storage is. */
export type DiskHealth = "ok" | "suspect" | "failed";

/** Limits and intervals of a partition. */
export interface PartitionSettings {
  /** Bytes above which a new segment is begun. */
  readonly segmentBytesMax: number;
  /** Age of a segment's first append by this process above which a new one is begun, ms. */
  readonly segmentAgeMsMax: number;
  readonly batchBytesMax: number;
  /** How long accepted records may wait for the disk when nobody waits for them, ms. */
  readonly idleFlushMs: number;
  /** Durable bytes between checkpoints. */
  readonly checkpointBytes: number;
  readonly cleanup: "delete" | "compact" | "compact,delete";
  readonly retentionMs?: number | undefined;
  readonly retentionBytes?: number | undefined;
  /** Records younger than this are not compacted, ms. */
  readonly compactionLagMsMin: number;
  /** A record that is not compacted for longer than this makes compaction run, ms. */
  readonly compactionLagMsMax: number;
  /** How long a deletion is kept after it was first compacted, ms. */
  readonly deletionsKeptMs: number;
  /** Share of bytes not yet compacted from which on compaction runs by itself. */
  readonly dirtyRatioMin: number;
}

/** A batch that was just appended, for synchronous subscribers. The bytes may be changed by their owner after the call. */
export interface AppendedBatch {
  readonly baseOffset: number;
  readonly nextOffset: number;
  readonly bytes: Uint8Array;
}

/** What opening a partition found. */
export interface RecoveryReport {
  readonly scannedBytes: number;
  /** Bytes cut from the end because no valid batch follows them; kept aside in a `.torn` file. */
  readonly tornBytes: number;
  readonly damaged: readonly DamagedRange[];
}
