/**
 * Background work of a whole storage, in turns: retention, hashes of sealed segments, compaction, and, while nobody appends, slow
 * reading of everything in search of rot.
 */
import type { Clock } from "@kaelix/base";

import type { Partition } from "./partition.ts";

const TURN_MS = 1000;
const RETENTION_EVERY_MS = 30_000;
const COMPACTION_EVERY_MS = 15_000;

/** Limits of the background work. */
export interface UpkeepSettings {
  /** False leaves all of it to explicit calls. Default true. */
  readonly background: boolean;
  /** How fast sealed segments are read in search of rot while nobody appends, bytes per second. Default 8 MiB; 0 is never. */
  readonly scrubBytesPerSecond: number;
  /** Least time between two beginnings of reading everything, ms. Default 7 days. */
  readonly scrubEveryMs: number;
}

interface NamedPartition {
  readonly topic: string;
  readonly number: number;
  readonly partition: Partition;
}

/** What the background work has done since the storage was opened. */
export interface UpkeepCounts {
  readonly compactions: number;
  readonly compactionBytesSaved: number;
  readonly compactionFailures: number;
  readonly scrubbedBytes: number;
  readonly scrubbedSegments: number;
  /** Epoch ms when everything had been read last; undefined when it was not yet. */
  readonly scrubbedAllAtMs: number | undefined;
}

/** See the top of the file. */
export class StorageUpkeep {
  readonly #partitions: () => Iterable<NamedPartition>;
  readonly #clock: Clock;
  readonly #settings: UpkeepSettings;
  readonly #counts = {
    compactions: 0,
    compactionBytesSaved: 0,
    compactionFailures: 0,
    scrubbedBytes: 0,
    scrubbedSegments: 0,
  };
  #scrubbedAllAtMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> | undefined;
  #wake: () => void = () => undefined;
  #stopped = false;
  #retentionAtMs = 0;
  #compactionAtMs = 0;
  #appendedBefore = -1;
  /** What is left to scrub of this round; undefined between rounds. */
  #scrubbing: { readonly left: NamedPartition[]; offset: number; readonly beganMs: number } | undefined;
  #scrubBeganMs = Number.NEGATIVE_INFINITY;

  constructor(partitions: () => Iterable<NamedPartition>, clock: Clock, settings: UpkeepSettings) {
    this.#partitions = partitions;
    this.#clock = clock;
    this.#settings = settings;
  }

  get counts(): UpkeepCounts {
    return { ...this.#counts, scrubbedAllAtMs: this.#scrubbedAllAtMs };
  }

  /** Begins to work by itself. */
  start(): void {
    if (!this.#settings.background || this.#stopped) return;
    this.#timer = setInterval(() => void this.turn(), TURN_MS);
    this.#timer.unref();
  }

  /** Ends after the slice of work that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#wake();
    await this.#turn;
  }

  /** One turn of the background work; the next one waits for it. */
  turn(): Promise<void> {
    this.#turn ??= this.#work().finally(() => (this.#turn = undefined));
    return this.#turn;
  }

  async #work(): Promise<void> {
    const now = this.#clock.monotonicMs();
    if (now - this.#retentionAtMs >= RETENTION_EVERY_MS) {
      this.#retentionAtMs = now;
      for (const { partition } of this.#partitions()) await partition.applyRetention().catch(ignore);
    }
    await this.hashSealed();
    if (now - this.#compactionAtMs >= COMPACTION_EVERY_MS) {
      this.#compactionAtMs = now;
      await this.#compactDue();
    }
    if (this.#settings.scrubBytesPerSecond > 0 && this.#isIdle()) await this.#scrubSlice();
  }

  /** True when nothing was appended since the last turn. */
  #isIdle(): boolean {
    let appended = 0;
    for (const { partition } of this.#partitions()) appended += partition.bounds().endOffset;
    const isIdle = appended === this.#appendedBefore;
    this.#appendedBefore = appended;
    return isIdle;
  }

  /** Hashes all sealed segments that have no hash yet. */
  async hashSealed(): Promise<void> {
    for (const { partition } of this.#partitions()) {
      if (this.#stopped) return;
      if (partition.upkeep.hashesPending) await partition.upkeep.hashSealed(nextTurn).catch(ignore);
    }
  }

  async #compactDue(): Promise<void> {
    for (const { partition } of this.#partitions()) {
      if (this.#stopped) return;
      try {
        if (!(await partition.upkeep.compactionDue())) continue;
        const { bytesAfter, bytesBefore, passes } = await partition.upkeep.compact();
        if (passes > 0) this.#counts.compactions += 1;
        this.#counts.compactionBytesSaved += bytesBefore - bytesAfter;
      } catch {
        // Nothing is lost; it is tried again.
        this.#counts.compactionFailures += 1;
      }
    }
  }

  /** About a second's share of reading everything. */
  async #scrubSlice(): Promise<void> {
    if (this.#scrubbing === undefined) {
      if (this.#clock.monotonicMs() - this.#scrubBeganMs < this.#settings.scrubEveryMs) return;
      this.#scrubBeganMs = this.#clock.monotonicMs();
      this.#scrubbing = { left: [...this.#partitions()], offset: 0, beganMs: this.#scrubBeganMs };
    }
    // A segment is read to its end: its hash cannot be left half done. The turns after it pay for that.
    let bytes = 0;
    const round = this.#scrubbing;
    const beganMs = this.#clock.monotonicMs();
    const pause = async (read: number): Promise<void> => {
      bytes += read;
      this.#counts.scrubbedBytes += read;
      const earliest = beganMs + (bytes / this.#settings.scrubBytesPerSecond) * 1000;
      await this.#rest(earliest - this.#clock.monotonicMs());
    };
    while (bytes < this.#settings.scrubBytesPerSecond && !this.#stopped) {
      if (!(await this.#scrubNext(round, pause))) {
        this.#scrubbing = undefined;
        this.#scrubbedAllAtMs = this.#clock.nowMs();
        return;
      }
    }
  }

  /** Waits without keeping the process alive, and no longer than until it is stopped. */
  #rest(ms: number): Promise<void> {
    if (ms < 1 || this.#stopped) return nextTurn();
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, ms).unref();
    });
  }

  async #scrubNext(
    round: { readonly left: NamedPartition[]; offset: number },
    pause: (bytes: number) => Promise<void>,
  ): Promise<boolean> {
    const [current] = round.left;
    if (current === undefined) return false;
    const next = await current.partition.upkeep.scrub(round.offset, pause).catch(ignore);
    if (next === undefined) {
      round.left.shift();
      round.offset = 0;
    } else {
      this.#counts.scrubbedSegments += 1;
      round.offset = next;
    }
    return true;
  }

  /** Reads everything that is sealed at full speed, in slices. */
  async scrubAll(): Promise<void> {
    const round = { left: [...this.#partitions()], offset: 0 };
    const pause = async (read: number): Promise<void> => {
      this.#counts.scrubbedBytes += read;
      await nextTurn();
    };
    while (await this.#scrubNext(round, pause));
    this.#scrubbedAllAtMs = this.#clock.nowMs();
  }
}

function ignore(): undefined {
  // What the disk answered shows in the partition's health; the work is tried again at the next turn.
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
