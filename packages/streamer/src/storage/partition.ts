/**
 * One partition: an ordered, dense, durable sequence of record batches with one owner.
 *
 * Guarantees: `append` has written the batch to the page cache when it returns; `durable` resolves only after a sync that began later;
 * readers see batches in order and, unless they ask for more, only durable ones; a batch whose sync failed is never acknowledged, never
 * shown and its offsets are never given again. The hot path looks at batch headers, never at records.
 * Does not: take calls from several threads or processes.
 *
 *     open ──sync failed──► failed ──probe passed──► open (new segment, health "suspect")
 *       └── write failed, disk full: the batch is rolled back and refused, the state stays open
 */
import type { Clock } from "@kaelix/base";
import { patchBaseOffset, patchLeaderEpoch } from "@kaelix/protocol";

import { checkBatch } from "./batch-check.ts";
import { type DurableEnd, writeCheckpoint } from "./checkpointing.ts";
import type {
  AppendedBatch,
  DiskHealth,
  PartitionBounds,
  PartitionRead,
  PartitionSettings,
  RecoveryReport,
  Visibility,
} from "./contract.ts";
import { type Disk, isDiskFull } from "./disk.ts";
import { storageErrors } from "./errors.ts";
import { GroupCommit } from "./group-commit.ts";
import { OffsetWaiters } from "./offset-waiters.ts";
import { probeDisk } from "./probe.ts";
import { readBatches } from "./reading.ts";
import type { Recovered } from "./recovery.ts";
import { segmentsToDrop } from "./retention.ts";
import { STORED_LEADER_EPOCH } from "./scan.ts";
import { ensureIndex } from "./segment-loading.ts";
import { SegmentIndex } from "./segment-index.ts";
import { Segment } from "./segment.ts";
import type { SegmentKeeper } from "./segment-keeper.ts";
import { TailCache } from "./tail-cache.ts";

const RELATIVE_OFFSET_MAX = 2 ** 31 - 1;
const PROBE_AGAIN_MS = 1000;

/** Where a partition lives and what it works with. */
interface PartitionContext {
  readonly directory: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly settings: PartitionSettings;
  readonly keeper: SegmentKeeper;
}

/** How a batch is handed to `append`. */
export interface AppendOptions {
  /** True when the caller has just encoded the batch: the checksum is not computed again and the bytes become the partition's. */
  readonly trusted?: boolean;
}

/** An open partition; see the top of the file. */
export class Partition {
  readonly report: RecoveryReport;
  readonly #context: PartitionContext;
  #settings: PartitionSettings;
  readonly #segments: Segment[];
  readonly #commit: GroupCommit;
  readonly #durableWaiters = new OffsetWaiters();
  readonly #acceptedWaiters = new OffsetWaiters();
  readonly #listeners = new Set<(batch: AppendedBatch) => void>();
  readonly #tail = new TailCache();
  #unsynced = new Set<Segment>();
  /** Ranges whose sync failed: never acknowledged, also not to who asks late. */
  readonly #refused: { readonly firstOffset: number; readonly nextOffset: number }[] = [];
  #directoryChanged = false;
  #endOffset: number;
  #durable: DurableEnd;
  #mustRoll: boolean;
  #health: DiskHealth = "ok";
  /** Makes the error that calls are refused with once this is closed or deleted. */
  #ended: (() => Error) | undefined;
  #failedAtMs: number | undefined;
  #probing: Promise<void> | undefined;
  #bytesSinceCheckpoint = 0;
  #checkpointing: Promise<void> | undefined;

  constructor(context: PartitionContext, recovered: Recovered) {
    this.#context = context;
    this.#settings = context.settings;
    this.#segments = recovered.segments;
    this.#endOffset = recovered.endOffset;
    this.#mustRoll = recovered.mustRoll;
    this.report = recovered.report;
    const last = recovered.segments.at(-1);
    this.#durable = { offset: recovered.endOffset, segment: last, position: last?.size ?? 0 };
    this.#commit = new GroupCommit(
      {
        sync: () => this.#sync(),
        onDurable: (offset) => this.#onDurable(offset),
        onFailure: (error) => this.#onFailure(error),
      },
      context.settings.idleFlushMs,
    );
  }

  get health(): DiskHealth {
    return this.#health;
  }

  bounds(): PartitionBounds {
    return {
      startOffset: this.#segments[0]?.baseOffset ?? this.#endOffset,
      endOffset: this.#endOffset,
      durableOffset: this.#durable.offset,
    };
  }

  get closed(): boolean {
    return this.#ended !== undefined;
  }

  /** Bytes of log kept. */
  sizeBytes(): number {
    let bytes = 0;
    for (const segment of this.#segments) bytes += segment.size;
    return bytes;
  }

  /**
   * Appends one batch; its base offset and leader epoch are written into the given bytes. Synchronous: it is in the page cache after.
   * @returns its base offset
   * @throws `log-batch-invalid`, `log-record-too-large`, `log-disk-full`, `log-disk-failed`, `log-closed`
   */
  append(bytes: Uint8Array, options: AppendOptions = {}): number {
    if (this.#ended !== undefined) throw this.#ended();
    if (this.#failedAtMs !== undefined) this.#refuseWhileFailed();
    if (bytes.length > this.#settings.batchBytesMax) throw this.#tooLarge(bytes.length);
    const trusted = options.trusted === true;
    const header = checkBatch(bytes, trusted);
    const segment = this.#segmentFor(bytes.length, header.lastOffsetDelta);
    const baseOffset = this.#endOffset;
    patchBaseOffset(bytes, 0, baseOffset);
    patchLeaderEpoch(bytes, 0, STORED_LEADER_EPOCH);
    this.#write(segment, bytes);
    segment.index?.add(baseOffset, header, segment.size);
    segment.size += bytes.length;
    const nextOffset = baseOffset + header.lastOffsetDelta + 1;
    segment.nextOffset = nextOffset;
    if (header.maxTimestampMs > segment.maxTimestampMs) segment.maxTimestampMs = header.maxTimestampMs;
    this.#endOffset = nextOffset;
    this.#unsynced.add(segment);
    if (trusted) this.#tail.add(bytes, header, baseOffset);
    else this.#tail.clear();
    this.#acceptedWaiters.wake(nextOffset);
    if (this.#listeners.size > 0) this.#tellListeners({ baseOffset, nextOffset, bytes });
    this.#commit.touch();
    return baseOffset;
  }

  /** Resolves when everything before an offset is on the disk. Throws `log-disk-failed` or `log-disk-full` when it never will be. */
  durable(nextOffset: number): Promise<void> {
    const refused = this.#refused.some((range) => nextOffset > range.firstOffset && nextOffset <= range.nextOffset);
    if (refused) return Promise.reject(storageErrors("log-disk-failed"));
    if (nextOffset <= this.#durable.offset) return Promise.resolve();
    if (this.#ended !== undefined) return Promise.reject(this.#ended());
    return this.#commit.wait(nextOffset);
  }

  /** Calls a function on the appending thread at once after every append. It must not throw and must not keep the bytes. */
  onAppend(listener: (batch: AppendedBatch) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** End of what a reader sees. */
  visibleEnd(visibility: Visibility): number {
    return visibility === "durable" ? this.#durable.offset : this.#endOffset;
  }

  /**
   * Reads whole batches from an offset on; at least one when there is one.
   * @throws `log-offset-out-of-range`, `log-closed`
   */
  async read(offset: number, bytesMax: number, visibility: Visibility): Promise<PartitionRead> {
    if (this.#ended !== undefined) throw this.#ended();
    const visibleEnd = this.visibleEnd(visibility);
    this.checkRange(offset);
    if (offset >= visibleEnd) return { batches: [], nextOffset: offset, endOffset: visibleEnd, damaged: [] };
    const cached = this.#tail.read(offset, bytesMax, visibleEnd);
    if (cached !== undefined) return { ...cached, endOffset: visibleEnd, damaged: [] };
    const { disk, keeper } = this.#context;
    for (const segment of this.#segments)
      if (segment.nextOffset > offset) {
        keeper.touch(segment);
        break;
      }
    const source = { disk, segments: this.#segments, visibleEnd };
    try {
      return await readBatches(source, offset, bytesMax);
    } catch (error) {
      throw storageErrors("log-disk-failed", { message: "Cannot read: the disk answered with an error", cause: error });
    }
  }

  /** Resolves true when something at or after an offset is visible, false when the signal aborts or the partition closes. */
  waitFor(offset: number, visibility: Visibility, signal?: AbortSignal): Promise<boolean> {
    if (this.#ended !== undefined || signal?.aborted === true) return Promise.resolve(false);
    if (this.visibleEnd(visibility) > offset) return Promise.resolve(true);
    return (visibility === "durable" ? this.#durableWaiters : this.#acceptedWaiters).wait(offset, signal);
  }

  /** An offset before which no durable record is at or after a time; the visible end when there is none at all. */
  async offsetBeforeTime(timestampMs: number): Promise<number> {
    for (const segment of this.#segments.slice()) {
      if (!segment.sealed || segment.maxTimestampMs >= timestampMs) {
        const index = await ensureIndex(this.#context.disk, segment);
        if (index.maxTimestampMs >= timestampMs) return index.offsetBeforeTime(timestampMs);
      }
    }
    return this.#durable.offset;
  }

  /** Begins a new segment with the next append. */
  roll(): void {
    if ((this.#segments.at(-1)?.size ?? 0) > 0) this.#mustRoll = true;
  }

  /** Drops whole segments that end at or before an offset; never the active one. */
  async dropBefore(offset: number): Promise<void> {
    if (this.#ended !== undefined) throw this.#ended();
    await this.#drop(this.#segments.filter((segment) => segment.nextOffset <= offset));
  }

  /** Drops what retention by time and bytes no longer asks to keep. */
  async applyRetention(): Promise<void> {
    if (this.#settings.cleanup === "compact" || this.#ended !== undefined) return;
    await this.#drop(segmentsToDrop(this.#segments, this.#settings, this.#context.clock.nowMs()));
  }

  /** Syncs everything appended so far, or is refused. */
  async flush(): Promise<void> {
    if (this.#endOffset > this.#durable.offset) await this.durable(this.#endOffset);
  }

  /** Puts other limits into effect at once. */
  configure(settings: PartitionSettings): void {
    this.#settings = settings;
  }

  /** Answers what is in flight, writes indexes and checkpoint, closes files. */
  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    if (this.#failedAtMs === undefined) await this.#commit.drain();
    await this.#end(() => storageErrors("log-closed"));
    if (this.#failedAtMs === undefined) await this.#writeCheckpoint(true);
    for (const segment of this.#segments) segment.close();
  }

  /** Ends without making anything durable: the topic was deleted. Readers that wait end, callers are refused. */
  async discard(): Promise<void> {
    if (this.#ended !== undefined) return;
    await this.#end(() => storageErrors("log-topic-missing"));
    for (const segment of this.#segments) segment.close();
  }

  async #end(refuse: () => Error): Promise<void> {
    this.#ended = refuse;
    this.#commit.stop(refuse());
    this.#durableWaiters.end();
    this.#acceptedWaiters.end();
    await this.#commit.idle();
    await this.#probing;
    await this.#checkpointing;
  }

  /** Throws `log-offset-out-of-range` when a reader cannot begin at an offset. */
  checkRange(offset: number): void {
    const { startOffset, endOffset } = this.bounds();
    if (Number.isSafeInteger(offset) && offset >= startOffset && offset <= endOffset) return;
    throw storageErrors("log-offset-out-of-range", {
      message: `Cannot read: offset is ${offset}, must be ${startOffset} to ${endOffset}`,
      details: { offset, startOffset, endOffset },
    });
  }

  #tooLarge(bytes: number): Error {
    const { batchBytesMax } = this.#settings;
    return storageErrors("log-record-too-large", {
      message: `Cannot append: batch has ${bytes} bytes, must be at most ${batchBytesMax}`,
      details: { bytes, batchBytesMax },
    });
  }

  #segmentFor(bytes: number, lastOffsetDelta: number): Segment {
    const active = this.#segments.at(-1);
    const { clock } = this.#context;
    const settings = this.#settings;
    if (active === undefined || this.#mustRoll || active.sealed) return this.#beginSegment();
    if (active.size === 0) {
      active.firstAppendMs ??= clock.monotonicMs();
      return active;
    }
    const age = active.firstAppendMs === undefined ? 0 : clock.monotonicMs() - active.firstAppendMs;
    active.firstAppendMs ??= clock.monotonicMs();
    const full = active.size + bytes > settings.segmentBytesMax || age > settings.segmentAgeMsMax;
    const far = this.#endOffset + lastOffsetDelta - active.baseOffset > RELATIVE_OFFSET_MAX;
    return full || far ? this.#beginSegment() : active;
  }

  #beginSegment(): Segment {
    const segment = new Segment(this.#context.directory, this.#endOffset);
    try {
      segment.open(this.#context.disk, "create");
    } catch (error) {
      throw refusal(error);
    }
    const before = this.#segments.at(-1);
    if (before !== undefined) before.sealed = true;
    segment.index = new SegmentIndex(this.#endOffset);
    segment.firstAppendMs = this.#context.clock.monotonicMs();
    this.#segments.push(segment);
    this.#directoryChanged = true;
    this.#mustRoll = false;
    return segment;
  }

  #write(segment: Segment, bytes: Uint8Array): void {
    const file = segment.open(this.#context.disk, "write");
    try {
      file.write(bytes, segment.size);
    } catch (error) {
      try {
        file.truncate(segment.size);
      } catch {
        // The next write begins at the same position; what is left behind it has no valid batch and is cut on opening.
      }
      if (!isDiskFull(error)) {
        this.#health = "suspect";
        this.roll();
      }
      throw refusal(error);
    }
  }

  #tellListeners(batch: AppendedBatch): void {
    for (const listener of this.#listeners) {
      try {
        listener(batch);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  async #sync(): Promise<number> {
    const target = this.#endOffset;
    const active = this.#segments.at(-1);
    const position = active?.size ?? 0;
    const segments = [...this.#unsynced];
    this.#unsynced = new Set();
    const directoryChanged = this.#directoryChanged;
    this.#directoryChanged = false;
    for (const segment of segments) {
      await segment.open(this.#context.disk, "write").sync();
      this.#context.keeper.touch(segment);
    }
    if (directoryChanged) await this.#context.disk.syncDirectory(this.#context.directory);
    const bytes = position - (this.#durable.segment === active ? this.#durable.position : 0);
    this.#bytesSinceCheckpoint += bytes;
    const rolled = this.#durable.segment !== active && this.#segments.length > 1;
    this.#durable = { offset: target, segment: active, position };
    if (rolled || this.#bytesSinceCheckpoint > this.#settings.checkpointBytes) this.#startCheckpoint();
    return target;
  }

  #onDurable(durableOffset: number): void {
    this.#durableWaiters.wake(durableOffset);
  }

  /** A failed sync is final: hides what is not durable and looks for a way to go on in a new segment. */
  #onFailure(error: unknown): unknown {
    this.#health = "failed";
    this.#failedAtMs = this.#context.clock.monotonicMs();
    this.#unsynced = new Set();
    this.#tail.clear();
    const { segment: durableSegment, position, offset } = this.#durable;
    this.#refused.push({ firstOffset: offset, nextOffset: this.#endOffset });
    for (const segment of [...this.#segments].reverse()) {
      if (segment === durableSegment || segment.nextOffset <= offset) break;
      // The first one stays, empty, so that the partition still begins where its readers do.
      if (this.#segments.length === 1) this.#sealAt(segment, 0, segment.baseOffset);
      else this.#forget(segment);
    }
    if (durableSegment !== undefined && this.#segments.at(-1) === durableSegment) {
      this.#sealAt(durableSegment, position, offset);
    }
    this.#startProbe();
    return refusal(error);
  }

  /** Hides what stands behind a position of a segment, and cuts it off where the disk still allows it. */
  #sealAt(segment: Segment, position: number, nextOffset: number): void {
    segment.sealed = true;
    segment.size = position;
    segment.nextOffset = nextOffset;
    segment.index = undefined;
    segment.indexFacts = undefined;
    tryOn(() => segment.open(this.#context.disk, "write").truncate(position));
  }

  /** Removes the newest segment, of which nothing is durable. */
  #forget(segment: Segment): void {
    this.#segments.pop();
    segment.close();
    tryOn(() => this.#context.disk.remove(segment.path("log")));
  }

  #refuseWhileFailed(): void {
    const waitedMs = this.#context.clock.monotonicMs() - (this.#failedAtMs ?? 0);
    if (this.#probing === undefined && waitedMs >= PROBE_AGAIN_MS) this.#startProbe();
    throw storageErrors("log-disk-failed");
  }

  #startProbe(): void {
    this.#probing ??= this.#probe().finally(() => (this.#probing = undefined));
  }

  /** Resolves when no check of a failed disk is under way. */
  async settled(): Promise<void> {
    await this.#probing;
  }

  async #probe(): Promise<void> {
    const { clock, directory, disk } = this.#context;
    try {
      await probeDisk(disk, directory);
      if (this.#ended !== undefined) return;
      const segment = this.#beginSegment();
      this.#directoryChanged = false;
      await segment.open(disk, "write").sync();
      await disk.syncDirectory(directory);
      this.#durable = { offset: this.#endOffset, segment, position: 0 };
      this.#health = "suspect";
      this.#failedAtMs = undefined;
      this.#durableWaiters.wake(this.#endOffset);
      this.#startCheckpoint();
    } catch {
      this.#failedAtMs = clock.monotonicMs();
      const unborn = this.#segments.at(-1);
      if (unborn === undefined || unborn.sealed || unborn.size > 0) return;
      this.#forget(unborn);
    }
  }

  #startCheckpoint(): void {
    this.#bytesSinceCheckpoint = 0;
    this.#checkpointing ??= this.#writeCheckpoint(false).finally(() => (this.#checkpointing = undefined));
  }

  /** Checkpoints are derived: one that cannot be written costs time at the next start, nothing else. */
  async #writeCheckpoint(clean: boolean): Promise<void> {
    const { directory, disk } = this.#context;
    try {
      await writeCheckpoint({ disk, directory, segments: this.#segments, durable: this.#durable, clean });
    } catch {
      this.#bytesSinceCheckpoint = 0;
    }
  }

  async #drop(segments: readonly Segment[]): Promise<void> {
    const active = this.#segments.at(-1);
    let dropped = 0;
    for (const segment of segments) {
      // Oldest first, so that a crash in between leaves no gap in front of something.
      if (segment !== this.#segments[0] || segment === active || segment.nextOffset > this.#durable.offset) break;
      this.#segments.shift();
      segment.close();
      for (const file of ["log", "index", "timeindex"] as const) this.#context.disk.remove(segment.path(file));
      dropped += 1;
    }
    if (dropped > 0) await this.#context.disk.syncDirectory(this.#context.directory);
  }
}

function refusal(error: unknown): Error {
  return storageErrors(isDiskFull(error) ? "log-disk-full" : "log-disk-failed", { cause: error });
}

function tryOn(work: () => void): void {
  try {
    work();
  } catch {
    // The disk has failed already; what cannot be removed is hidden by the checkpoint.
  }
}
