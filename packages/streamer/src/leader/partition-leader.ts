/**
 * The leader of one partition: storage's partition with the state of its producers.
 *
 * Guarantees: a batch is checked, appended and taken note of in one turn, so no other can come between; the state always equals what
 * loading it from the log would give. Batches that others append to the partition itself are taken note of as well.
 * When a sync of the partition fails, accepted batches go away: the state is then loaded again, and batches are refused until it is.
 */
import { assert, type Clock, isKaelixError } from "@kaelix/base";
import { type BatchHeader, isTransactionalBatch, readBatchHeader } from "@kaelix/protocol";

import type { AppendedBatch, PartitionBounds } from "../storage/contract.ts";
import type { Partition } from "../storage/partition.ts";
import type { Allocate } from "../storage/scan.ts";
import { headerProblem, inspectProduced, type LeaderRules, type Refusal, refusal } from "./batch-rules.ts";
import type {
  AppendOutcome,
  Isolation,
  LeaderAppendOptions,
  LeaderRead,
  MarkerOutcome,
  PartitionLeader,
  TransactionGuard,
  TransactionMarker,
} from "./contract.ts";
import { encodeMarkerBatch, stampAppendTime } from "./control-batch.ts";
import type { OpenTransaction, ProducerLimits, ProducerRow, ProducerStates } from "./producer-state.ts";
import { applyBatch, type LoadedProducers, loadProducers } from "./producers-loading.ts";
import { applyRecordRules, type CheckedBatch } from "./record-rules.ts";
import type { SnapshotFiles } from "./snapshot-files.ts";
import { VisibleWaiters } from "./visible-waiters.ts";

const NOT_STAMPED = -1;
const NO_OFFSET = -1;
const CRC_AT = 17;

/** What a leader works with. */
export interface LeaderContext {
  readonly topic: string;
  readonly partition: number;
  readonly log: Partition;
  readonly clock: Clock;
  readonly limits: ProducerLimits;
  readonly snapshots: SnapshotFiles;
  /** Bytes of log behind the newest snapshot after which another is made. */
  readonly snapshotBytes: number;
  readonly rules: () => LeaderRules;
  readonly guard: () => TransactionGuard | undefined;
}

/** See the top of the file. Made by `openLeader`. */
export class LogLeader implements PartitionLeader {
  readonly #context: LeaderContext;
  readonly #uncommitted = new VisibleWaiters();
  readonly #committed = new VisibleWaiters();
  readonly #markerListeners = new Set<(marker: TransactionMarker & { readonly offset: number }) => void>();
  readonly #stopListening: () => void;
  #states: ProducerStates;
  /** The last batch that went into the state; -1 when there is none. */
  #lastBaseOffset: number;
  #lastCrc: number;
  #snapshotOffset: number;
  #bytesSinceSnapshot: number;
  #snapshotting: Promise<void> | undefined;
  #failedSyncs: number;
  #reloading: Promise<void> | undefined;
  #appending = false;
  #closed = false;

  constructor(context: LeaderContext, loaded: LoadedProducers) {
    this.#context = context;
    this.#states = loaded.states;
    this.#lastBaseOffset = loaded.last?.baseOffset ?? NO_OFFSET;
    this.#lastCrc = loaded.last?.crc ?? 0;
    this.#snapshotOffset = loaded.nextOffset;
    this.#bytesSinceSnapshot = loaded.readBytes;
    this.#failedSyncs = context.log.failedSyncCount;
    this.#stopListening = context.log.onAppend((batch) => {
      if (!this.#appending) this.#onForeign(batch);
    });
    this.#snapshotWhenDue();
  }

  get topic(): string {
    return this.#context.topic;
  }

  get partition(): number {
    return this.#context.partition;
  }

  /** True while it leads this very partition of the storage. */
  leads(log: Partition | undefined): boolean {
    return this.#context.log === log && !this.#closed;
  }

  bounds(): PartitionBounds {
    return this.#context.log.bounds();
  }

  lastStableOffset(): number {
    const { endOffset, startOffset } = this.#context.log.bounds();
    return Math.max(Math.min(this.#states.firstOpenOffset, endOffset), startOffset);
  }

  append(produced: Uint8Array, options: LeaderAppendOptions = {}): AppendOutcome {
    if (this.#isStale()) return refusal("KAFKA_STORAGE_ERROR", "the disk failed, what was kept is being looked at");
    const nowMs = this.#context.clock.nowMs();
    const trusted = options.trusted === true;
    const checked = trusted ? trustedBatch(produced) : this.#checked(produced, nowMs);
    if (checked.type === "refused") return checked;
    const { bytes, header } = checked;
    if (header.producerId >= 0) {
      const answer = this.#judge(header, options);
      if (answer !== undefined) return answer;
    }
    const stamps = !trusted && this.#context.rules().logAppendTime;
    if (stamps) stampAppendTime(bytes, nowMs);
    const baseOffset = this.#write(bytes);
    if (typeof baseOffset !== "number") return baseOffset;
    if (header.producerId >= 0) this.#states.apply(header, baseOffset, this.#context.clock.monotonicMs());
    this.#wake();
    const nextOffset = baseOffset + header.lastOffsetDelta + 1;
    const logAppendTimeMs = stamps ? nowMs : NOT_STAMPED;
    return { type: "appended", baseOffset, nextOffset, duplicate: false, logAppendTimeMs };
  }

  appendMarker(marker: TransactionMarker): MarkerOutcome {
    if (this.#isStale()) return refusal("KAFKA_STORAGE_ERROR", "the disk failed, what was kept is being looked at");
    const problem = this.#states.checkMarker(marker);
    if (problem !== undefined) return { type: "refused", ...problem };
    const { clock } = this.#context;
    const bytes = encodeMarkerBatch(marker, clock.nowMs());
    const offset = this.#write(bytes);
    if (typeof offset !== "number") return offset;
    this.#states.applyMarker(marker, offset, clock.monotonicMs());
    for (const listener of this.#markerListeners) listener({ ...marker, offset });
    this.#wake();
    return { type: "appended", nextOffset: offset + 1 };
  }

  durable(nextOffset: number): Promise<void> {
    return this.#context.log.durable(nextOffset);
  }

  async read(offset: number, bytesMax: number, isolation: Isolation, allocate?: Allocate): Promise<LeaderRead> {
    const { log } = this.#context;
    const lastStableOffset = this.lastStableOffset();
    const committed = isolation === "read_committed";
    const bound = committed ? lastStableOffset : log.bounds().endOffset;
    log.checkRange(offset);
    if (offset >= bound) return { ...this.#empty(offset), abortedTransactions: committed ? [] : null };
    const read = await log.read(offset, bytesMax, "accepted", allocate);
    // A transaction begins with a batch, so a batch is before the bound as a whole or not at all.
    const visible = read.batches.filter(({ header }) => header.baseOffset < bound);
    const nextOffset = Math.min(read.nextOffset, bound);
    return {
      ...this.#empty(nextOffset),
      batches: visible,
      damaged: read.damaged,
      lastStableOffset,
      abortedTransactions: committed ? this.#states.aborted.between(offset, nextOffset) : null,
    };
  }

  onVisible(offset: number, isolation: Isolation, listener: () => void): () => void {
    const bound = isolation === "read_committed" ? this.lastStableOffset() : this.bounds().endOffset;
    if (offset >= bound && !this.#closed && !this.#context.log.closed) {
      return (isolation === "read_committed" ? this.#committed : this.#uncommitted).add(offset, listener);
    }
    let cancelled = false;
    queueMicrotask(() => {
      if (!cancelled) listener();
    });
    return () => {
      cancelled = true;
    };
  }

  onMarker(listener: (marker: TransactionMarker & { readonly offset: number }) => void): () => void {
    this.#markerListeners.add(listener);
    return () => this.#markerListeners.delete(listener);
  }

  async deleteRecords(beforeOffset: number): Promise<number> {
    const startOffset = await this.#context.log.deleteRecords(beforeOffset);
    this.#states.aborted.dropBefore(startOffset);
    this.#wake();
    return startOffset;
  }

  producers(): readonly ProducerRow[] {
    return [...this.#states.rows()];
  }

  hasOpenTransaction(producerId: number, producerEpoch: number): boolean {
    return this.#states.isOpen(producerId, producerEpoch);
  }

  openTransactions(): readonly OpenTransaction[] {
    return this.#states.openTransactions();
  }

  /** Forgets what is no longer needed. Called now and then. */
  tidy(): void {
    this.#states.expire(this.#context.clock.monotonicMs());
    this.#states.aborted.dropBefore(this.bounds().startOffset);
  }

  /**
   * Ends: who waits is called.
   * @param keep whether a snapshot is left for the next start
   */
  async close(keep: boolean): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopListening();
    this.#uncommitted.wake(Number.POSITIVE_INFINITY);
    this.#committed.wake(Number.POSITIVE_INFINITY);
    await this.#reloading;
    await this.#snapshotting;
    const { endOffset } = this.bounds();
    if (keep && !this.#isStale() && endOffset > this.#snapshotOffset) await this.#snapshot().catch(() => undefined);
  }

  /** Resolves when no snapshot is being written and nothing is being loaded. */
  async settled(): Promise<void> {
    await this.#reloading;
    await this.#snapshotting;
  }

  #checked(bytes: Uint8Array, nowMs: number): CheckedBatch | Refusal {
    const rules = this.#context.rules();
    const inspected = inspectProduced(bytes, rules);
    if ("type" in inspected) return inspected;
    return headerProblem(inspected, rules, nowMs) ?? applyRecordRules(bytes, inspected, rules);
  }

  /** The answer to a batch that is not to be appended; undefined for one that is. */
  #judge(header: BatchHeader, options: LeaderAppendOptions): AppendOutcome | undefined {
    const nowMs = this.#context.clock.monotonicMs();
    const transactionVersion = options.transactionVersion ?? 1;
    const verdict = this.#states.check(header, { nowMs, transactionVersion });
    if (verdict.type === "refused") return verdict;
    if (verdict.type === "duplicate") {
      const { baseOffset } = verdict;
      const nextOffset = baseOffset + header.lastOffsetDelta + 1;
      return { type: "appended", baseOffset, nextOffset, duplicate: true, logAppendTimeMs: NOT_STAMPED };
    }
    if (options.trusted === true || !isTransactionalBatch(header)) return undefined;
    if (this.#states.isOpen(header.producerId, header.producerEpoch)) return undefined;
    // Without this a late batch of a transaction that has ended begins one that nobody will end (KIP-890).
    if (this.#context.guard()?.(header.producerId, header.producerEpoch, this) !== false) return undefined;
    return refusal("INVALID_TXN_STATE", "the transaction has not begun in this partition, or has ended");
  }

  #write(bytes: Uint8Array): number | Refusal {
    this.#appending = true;
    try {
      const baseOffset = this.#context.log.append(bytes, { trusted: true });
      this.#noteLast(bytes, baseOffset);
      return baseOffset;
    } catch (error) {
      if (isKaelixError(error, "log-record-too-large")) return refusal("MESSAGE_TOO_LARGE", error.message);
      throw error;
    } finally {
      this.#appending = false;
    }
  }

  #onForeign({ baseOffset, bytes }: AppendedBatch): void {
    if (this.#isStale()) return;
    const header = readBatchHeader(bytes);
    if (header === undefined) return;
    applyBatch(this.#states, { bytes, at: 0, header }, this.#context.clock.monotonicMs());
    this.#noteLast(bytes, baseOffset);
    this.#wake();
  }

  #noteLast(bytes: Uint8Array, baseOffset: number): void {
    this.#lastBaseOffset = baseOffset;
    this.#lastCrc = readUint32(bytes, CRC_AT);
    this.#bytesSinceSnapshot += bytes.length;
  }

  #wake(): void {
    if (!this.#uncommitted.isEmpty) this.#uncommitted.wake(this.#context.log.visibleEnd("accepted"));
    if (!this.#committed.isEmpty) this.#committed.wake(this.lastStableOffset());
    if (this.#bytesSinceSnapshot >= this.#context.snapshotBytes) this.#snapshotWhenDue();
  }

  #empty(nextOffset: number): Omit<LeaderRead, "abortedTransactions"> {
    const { endOffset, startOffset } = this.bounds();
    return {
      batches: [],
      nextOffset,
      highWatermark: endOffset,
      lastStableOffset: this.lastStableOffset(),
      logStartOffset: startOffset,
      damaged: [],
    };
  }

  #snapshotWhenDue(): void {
    if (this.#bytesSinceSnapshot < this.#context.snapshotBytes || this.#snapshotting !== undefined) return;
    if (this.#closed) return;
    this.#snapshotting = this.#snapshot()
      .catch(() => undefined)
      .finally(() => {
        this.#snapshotting = undefined;
        this.#snapshotWhenDue();
      });
  }

  /** Keeps what is known now, once the log up to here is on the disk. */
  async #snapshot(): Promise<void> {
    const { clock, log, snapshots } = this.#context;
    const { endOffset, startOffset } = log.bounds();
    const nowMs = clock.monotonicMs();
    this.#states.aborted.dropBefore(startOffset);
    const producers = this.producers().map(({ lastSeenMs, ...row }) => ({ ...row, ageMs: nowMs - lastSeenMs }));
    const last = this.#lastBaseOffset < 0 ? undefined : { baseOffset: this.#lastBaseOffset, crc: this.#lastCrc };
    const snapshot = { last, producers, aborted: [...this.#states.aborted.rows()] };
    this.#bytesSinceSnapshot = 0;
    this.#snapshotOffset = endOffset;
    await log.durable(endOffset);
    if (!log.closed) await snapshots.write(endOffset, snapshot);
  }

  #isStale(): boolean {
    const { log } = this.#context;
    if (this.#reloading !== undefined) return true;
    if (log.failedSyncCount === this.#failedSyncs) return false;
    this.#reloading = this.#reload().finally(() => {
      this.#reloading = undefined;
    });
    return true;
  }

  async #reload(): Promise<void> {
    const { log } = this.#context;
    const failedSyncs = log.failedSyncCount;
    // A snapshot in the making was of what went away; it fails with the sync it waits for.
    await this.#snapshotting;
    try {
      await loadProducers(this.#context, (loaded) => {
        this.#states = loaded.states;
        this.#lastBaseOffset = loaded.last?.baseOffset ?? NO_OFFSET;
        this.#lastCrc = loaded.last?.crc ?? 0;
        this.#bytesSinceSnapshot = loaded.readBytes;
        this.#failedSyncs = failedSyncs;
      });
      this.#wake();
    } catch {
      // Tried again with the next batch.
    }
  }
}

function trustedBatch(bytes: Uint8Array): CheckedBatch {
  const header = readBatchHeader(bytes);
  assert(header !== undefined, "A trusted batch has a header");
  return { type: "batch", bytes, header };
}

function readUint32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
  );
}

/** Loads the producers of a partition and leads it. Throws `log-disk-failed`, `log-closed`, `log-topic-missing`. */
export async function openLeader(context: LeaderContext): Promise<LogLeader> {
  const leaders: LogLeader[] = [];
  await loadProducers(context, (loaded) => leaders.push(new LogLeader(context, loaded)));
  const [leader] = leaders;
  assert(leader !== undefined, "Loading finishes once");
  return leader;
}
