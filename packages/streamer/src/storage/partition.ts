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
import { type BatchHeader, patchBaseOffset, patchLeaderEpoch } from "@kaelix/protocol";

import { AppendEnd } from "./append-end.ts";
import { AppendListeners } from "./append-listeners.ts";
import { AppendQueue } from "./append-queue.ts";
import { checkBatch } from "./batch-check.ts";
import type { DurableEnd } from "./checkpointing.ts";
import type {
  AppendedBatch,
  DiskHealth,
  PartitionBounds,
  PartitionRead,
  PartitionSettings,
  RecoveryReport,
  Visibility,
} from "./contract.ts";
import { isDiskFull } from "./disk.ts";
import { batchTooLarge, outOfRange, refusal, storageErrors } from "./errors.ts";
import { GroupCommit } from "./group-commit.ts";
import { OffsetWaiters } from "./offset-waiters.ts";
import { type FilesPlace, PartitionFiles } from "./partition-files.ts";
import { PartitionUpkeep } from "./partition-upkeep.ts";
import { probeDisk } from "./probe.ts";
import { readBatches } from "./reading.ts";
import type { Recovered } from "./recovery.ts";
import { segmentsToDrop } from "./retention.ts";
import { type Allocate, STORED_LEADER_EPOCH } from "./scan.ts";
import { ensureIndex } from "./segment-loading.ts";
import type { Segment } from "./segment.ts";
import { TailCache } from "./tail-cache.ts";

const PROBE_AGAIN_MS = 1000;
const TOGETHER_BYTES_MAX = 1 << 18;

/** Where a partition lives and what it works with. */
interface PartitionContext extends FilesPlace {
  readonly clock: Clock;
  readonly settings: PartitionSettings;
}

/** How a batch is handed to `append`. */
export interface AppendOptions {
  /** True when the caller has checked or just encoded the batch: the checksum is not computed again. */
  readonly trusted?: boolean;
}

/** An open partition; see the top of the file. */
export class Partition {
  readonly report: RecoveryReport;
  /** Compaction, hashes, search for rot. */
  readonly upkeep: PartitionUpkeep;
  /** For many who append a little each and wait anyway. */
  readonly queue = new AppendQueue(this);
  readonly #context: PartitionContext;
  #settings: PartitionSettings;
  readonly #files: PartitionFiles;
  readonly #segments: Segment[];
  readonly #end: AppendEnd;
  readonly #commit: GroupCommit;
  readonly #durableWaiters = new OffsetWaiters();
  readonly #acceptedWaiters = new OffsetWaiters();
  readonly #listeners = new AppendListeners();
  readonly #tail = new TailCache();
  #unsynced = new Set<Segment>();
  /** Ranges whose sync failed: never acknowledged, also not to who asks late. */
  readonly #refused: { readonly firstOffset: number; readonly nextOffset: number }[] = [];
  #endOffset: number;
  #durable: DurableEnd;
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
    this.#files = new PartitionFiles(context, recovered);
    this.#segments = recovered.segments;
    this.#endOffset = recovered.endOffset;
    this.#end = new AppendEnd(this.#files, context.clock, recovered.mustRoll);
    this.report = recovered.report;
    this.upkeep = new PartitionUpkeep({
      files: this.#files,
      clock: context.clock,
      settings: () => this.#settings,
      durableEnd: () => this.#durable,
      ended: () => this.#ended !== undefined,
      beginAnew: () => this.#beginAnew(),
      checkpoint: () => this.#startCheckpoint(),
      compacted: () => this.#tail.clear(),
    });
    const last = recovered.segments.at(-1);
    this.#durable = { offset: recovered.endOffset, segment: last, position: last?.size ?? 0 };
    const target = {
      sync: async (awaited: boolean) => (this.#failedAtMs === undefined ? this.#sync(awaited) : this.#durable.offset),
      onDurable: (offset: number) => this.#durableWaiters.wake(offset),
      onFailure: (error: unknown) => this.#onFailure(error),
    };
    this.#commit = new GroupCommit(target, context.settings.idleFlushMs);
  }

  get health(): DiskHealth {
    return this.#health === "ok" && this.upkeep.problems.length > 0 ? "suspect" : this.#health;
  }

  /** How often a sync failed and records that were accepted went away: who derives something from them begins again. */
  get failedSyncCount(): number {
    return this.#refused.length;
  }

  bounds(): PartitionBounds {
    return {
      startOffset: this.#files.startOffset(this.#endOffset),
      endOffset: this.#endOffset,
      durableOffset: this.#durable.offset,
    };
  }

  get closed(): boolean {
    return this.#ended !== undefined;
  }

  /** As much as `appendAll` is worth, and no more than a segment. */
  get togetherBytesMax(): number {
    return Math.min(TOGETHER_BYTES_MAX, this.#settings.segmentBytesMax);
  }

  /** Bytes of log kept. */
  sizeBytes(): number {
    return this.#files.sizeBytes();
  }

  /**
   * Appends one batch; its base offset and leader epoch are written into the given bytes, which are not kept. Synchronous: it is in the
   * page cache after.
   * @returns its base offset
   * @throws `log-batch-invalid`, `log-record-too-large`, `log-disk-full`, `log-disk-failed`, `log-closed`
   */
  append(bytes: Uint8Array, options: AppendOptions = {}): number {
    this.#checkAppend(bytes);
    const trusted = options.trusted === true;
    const header = checkBatch(bytes, trusted);
    const baseOffset = this.#endOffset;
    const place = { baseOffset, lastOffsetDelta: header.lastOffsetDelta, bytes: bytes.length };
    const segment = this.#end.segmentFor(place, this.#settings);
    patchBaseOffset(bytes, 0, baseOffset);
    patchLeaderEpoch(bytes, 0, STORED_LEADER_EPOCH);
    this.#write(segment, bytes);
    this.#took(segment, bytes, header, trusted);
    this.#acceptedWaiters.wake(this.#endOffset);
    if (!this.#listeners.isEmpty) this.#listeners.tell({ baseOffset, nextOffset: this.#endOffset, bytes });
    this.#commit.touch();
    return baseOffset;
  }

  /**
   * Appends batches that were just encoded, one behind the other, with one write to the file: all of them or none.
   * @returns their base offsets
   * @throws as `append`
   */
  appendAll(batches: readonly Uint8Array[]): readonly number[] {
    let nextOffset = this.#endOffset;
    const headers = batches.map((bytes) => {
      this.#checkAppend(bytes);
      const header = checkBatch(bytes, true);
      patchBaseOffset(bytes, 0, nextOffset);
      patchLeaderEpoch(bytes, 0, STORED_LEADER_EPOCH);
      nextOffset += header.lastOffsetDelta + 1;
      return header;
    });
    const joined = Buffer.concat(batches);
    const baseOffset = this.#endOffset;
    const place = { baseOffset, lastOffsetDelta: nextOffset - 1 - baseOffset, bytes: joined.length };
    const segment = this.#end.segmentFor(place, this.#settings);
    this.#write(segment, joined);
    const appended = headers.map((header, at): AppendedBatch => {
      const bytes = batches[at] ?? joined;
      const begin = this.#endOffset;
      this.#took(segment, bytes, header, true);
      return { baseOffset: begin, nextOffset: this.#endOffset, bytes };
    });
    this.#acceptedWaiters.wake(this.#endOffset);
    // Whoever listens may append more: by now there is a place for it.
    for (const batch of appended) this.#listeners.tell(batch);
    this.#commit.touch();
    return appended.map((batch) => batch.baseOffset);
  }

  #checkAppend(bytes: Uint8Array): void {
    if (this.#ended !== undefined) throw this.#ended();
    if (this.#failedAtMs !== undefined) this.#refuseWhileFailed();
    if (bytes.length > this.#settings.batchBytesMax) throw batchTooLarge(bytes.length, this.#settings.batchBytesMax);
  }

  /** Takes note of a batch that was written behind the segment's last one. */
  #took(segment: Segment, bytes: Uint8Array, header: BatchHeader, trusted: boolean): void {
    const baseOffset = this.#endOffset;
    segment.index?.add(baseOffset, header, segment.size);
    segment.size += bytes.length;
    const nextOffset = baseOffset + header.lastOffsetDelta + 1;
    segment.nextOffset = nextOffset;
    if (header.maxTimestampMs > segment.maxTimestampMs) segment.maxTimestampMs = header.maxTimestampMs;
    this.#endOffset = nextOffset;
    if (!segment.dirty) {
      segment.dirty = true;
      this.#unsynced.add(segment);
    }
    if (trusted) this.#tail.add(bytes, baseOffset, nextOffset);
    else this.#tail.clear();
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
    return this.#listeners.add(listener);
  }

  /** End of what a reader sees. */
  visibleEnd(visibility: Visibility): number {
    return visibility === "durable" ? this.#durable.offset : this.#endOffset;
  }

  /**
   * Reads whole batches from an offset on; at least one when there is one.
   * @param allocate where they are read into; the batches are views of it
   * @throws `log-offset-out-of-range`, `log-closed`
   */
  async read(offset: number, bytesMax: number, visibility: Visibility, allocate?: Allocate): Promise<PartitionRead> {
    if (this.#ended !== undefined) throw this.#ended();
    const visibleEnd = this.visibleEnd(visibility);
    this.checkRange(offset);
    if (offset >= visibleEnd) return { batches: [], nextOffset: offset, endOffset: visibleEnd, damaged: [] };
    const cached = this.#tail.read(offset, bytesMax, visibleEnd, allocate);
    if (cached !== undefined) return { ...cached, endOffset: visibleEnd, damaged: [] };
    const { disk, keeper } = this.#context;
    for (const segment of this.#segments)
      if (segment.nextOffset > offset) {
        keeper.touch(segment);
        break;
      }
    const visibleAt = visibility === "durable" ? this.#durable : undefined;
    const source = { disk, segments: this.#segments, visibleEnd, visibleAt, allocate };
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
    this.#end.roll();
  }

  /** Drops whole segments that end at or before an offset; never the active one. */
  async dropBefore(offset: number): Promise<void> {
    if (this.#ended !== undefined) throw this.#ended();
    const asked = (segments: readonly Segment[]): readonly Segment[] =>
      segments.filter((segment) => segment.nextOffset <= offset);
    await this.#files.drop(asked, this.#durable);
  }

  /** Drops what retention by time and bytes no longer asks to keep, and what deleteRecords left. */
  async applyRetention(): Promise<void> {
    if (this.#ended !== undefined) return;
    const { clock } = this.#context;
    const { startOffset } = this.#files.state;
    if ((this.#segments[0]?.nextOffset ?? 0) < startOffset) await this.dropBefore(startOffset);
    if (this.#settings.cleanup === "compact") return;
    const asked = (segments: readonly Segment[]): readonly Segment[] =>
      segmentsToDrop(segments, this.#settings, clock.nowMs());
    await this.#files.drop(asked, this.#durable);
  }

  /**
   * Deletes records before an offset: readers are out of range there from now on, also after a crash, and whole segments before it
   * are removed. What has not reached the disk yet is made durable first.
   * @returns where the partition begins now; an offset before its start changes nothing
   * @throws `log-offset-out-of-range` beyond the end, `log-disk-full`, `log-disk-failed`, `log-topic-missing`, `log-closed`
   */
  async deleteRecords(beforeOffset: number): Promise<number> {
    if (this.#ended !== undefined) throw this.#ended();
    const { endOffset, startOffset } = this.bounds();
    if (!Number.isSafeInteger(beforeOffset) || beforeOffset < 0 || beforeOffset > endOffset) {
      throw outOfRange("delete records", beforeOffset, this.bounds());
    }
    if (beforeOffset <= startOffset) return startOffset;
    await this.durable(beforeOffset);
    try {
      await this.#files.saveState((state) => ({ startOffset: Math.max(beforeOffset, state.startOffset) }));
      if (beforeOffset === this.#endOffset) await this.#beginAnew();
      await this.dropBefore(beforeOffset);
    } catch (error) {
      throw refusal(error);
    }
    return this.bounds().startOffset;
  }

  /** Begins a segment so that all before it may go; durable before anything goes. */
  async #beginAnew(): Promise<void> {
    if (this.#failedAtMs !== undefined) throw storageErrors("log-disk-failed");
    if ((this.#segments.at(-1)?.size ?? 0) === 0) return;
    this.#end.begin(this.#endOffset);
    await this.#commit.drain();
    if (this.#failedAtMs !== undefined) throw storageErrors("log-disk-failed");
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
    await this.#finish(() => storageErrors("log-closed"));
    if (this.#failedAtMs === undefined) {
      this.#end.dropRoom();
      await this.#writeCheckpoint(true);
    }
    this.#files.closeAll();
  }

  /** Ends without making anything durable: the topic was deleted. Readers that wait end, callers are refused. */
  async discard(): Promise<void> {
    if (this.#ended !== undefined) return;
    await this.#finish(() => storageErrors("log-topic-missing"));
    this.#files.closeAll();
  }

  async #finish(refuse: () => Error): Promise<void> {
    this.#ended = refuse;
    this.#commit.stop(refuse());
    this.#durableWaiters.end();
    this.#acceptedWaiters.end();
    await this.#commit.idle();
    await this.#probing;
    await this.upkeep.cancel();
    await this.#checkpointing;
    await this.#files.settled();
  }

  /** Throws `log-offset-out-of-range` when a reader cannot begin at an offset. */
  checkRange(offset: number): void {
    const bounds = this.bounds();
    if (Number.isSafeInteger(offset) && offset >= bounds.startOffset && offset <= bounds.endOffset) return;
    throw outOfRange("read", offset, bounds);
  }

  #write(segment: Segment, bytes: Uint8Array): void {
    try {
      this.#end.write(segment, bytes);
    } catch (error) {
      if (!isDiskFull(error)) this.#health = "suspect";
      throw refusal(error);
    }
  }

  async #sync(awaited: boolean): Promise<number> {
    const target = this.#endOffset;
    const active = this.#segments.at(-1);
    const position = active?.size ?? 0;
    const bytes = position - (this.#durable.segment === active ? this.#durable.position : 0);
    if (awaited && active?.dirty === true) this.#end.makeRoom(active, bytes, this.#settings);
    const segments = [...this.#unsynced];
    this.#unsynced = new Set();
    const directoryChanged = this.#end.directoryChanged;
    this.#end.directoryChanged = false;
    // What is appended while the sync runs belongs to the next one. Pinned, because bytes are synced through the file they were written to.
    for (const segment of segments) {
      segment.pin();
      segment.dirty = false;
    }
    try {
      for (const segment of segments) {
        await segment.open(this.#context.disk, "write").sync();
        this.#context.keeper.touch(segment);
      }
    } finally {
      for (const segment of segments) segment.unpin();
    }
    if (directoryChanged) await this.#context.disk.syncDirectory(this.#context.directory);
    this.#bytesSinceCheckpoint += bytes;
    const rolled = this.#durable.segment !== active && this.#segments.length > 1;
    this.#durable = { offset: target, segment: active, position };
    if (rolled || this.#bytesSinceCheckpoint > this.#settings.checkpointBytes) this.#startCheckpoint();
    return target;
  }

  /** A failed sync is final: hides what is not durable and looks for a way to go on in a new segment. */
  #onFailure(error: unknown): unknown {
    this.#health = "failed";
    this.#failedAtMs = this.#context.clock.monotonicMs();
    for (const segment of this.#unsynced) segment.dirty = false;
    this.#unsynced = new Set();
    this.#tail.clear();
    this.#refused.push({ firstOffset: this.#durable.offset, nextOffset: this.#endOffset });
    this.#end.hideBehind(this.#durable);
    this.#startProbe();
    return refusal(error);
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
      const segment = this.#end.begin(this.#endOffset);
      this.#end.directoryChanged = false;
      await segment.open(disk, "write").sync();
      await disk.syncDirectory(directory);
      const durable = { offset: this.#endOffset, segment, position: 0 };
      const take = (): void => void (this.#durable = durable);
      // An empty segment that no checkpoint knows is dropped by the next opening, which would give the refused offsets again.
      await this.#files.checkpoint(() => durable, false, take);
      this.#health = "suspect";
      this.#failedAtMs = undefined;
      this.#durableWaiters.wake(this.#endOffset);
    } catch {
      this.#failedAtMs = clock.monotonicMs();
      this.#end.forgetEmpty();
    }
  }

  #startCheckpoint(): void {
    this.#bytesSinceCheckpoint = 0;
    this.#checkpointing ??= this.#writeCheckpoint(false).finally(() => (this.#checkpointing = undefined));
  }

  /** Checkpoints are derived: one that cannot be written costs time at the next start, nothing else. */
  async #writeCheckpoint(clean: boolean): Promise<void> {
    try {
      await this.#files.checkpoint(() => this.#durable, clean);
    } catch {
      this.#bytesSinceCheckpoint = 0;
    }
  }
}
