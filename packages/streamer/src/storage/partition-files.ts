/**
 * The files of one partition: its segments, and the small files beside them. Whoever appends owns the last segment; everything that
 * happens to the others (checkpoints, retention, compaction, hashes) happens here, one thing after the other.
 *
 *     <base offset>.log | .index | .timeindex     a segment
 *     checkpoint                                  what need not be read again
 *     state                                       where it begins, how far it was compacted
 *     chain                                       hashes of sealed segments
 *     <base offset>.cleaned                       compaction is writing
 *     <base offset>-<next offset>.swap            compaction has written: takes the place of all segments in that range
 *     <base offset>-<position>.torn               what was cut from an end
 */
import { KeyedLock } from "@kaelix/base";

import { CHAIN_NAME, type SegmentChain } from "./chain.ts";
import { type DurableEnd, writeCheckpoint } from "./checkpointing.ts";
import { type Disk, writeFileAtomically } from "./disk.ts";
import { encodeState, type PartitionState, STATE_NAME } from "./partition-state.ts";
import type { SegmentKeeper } from "./segment-keeper.ts";
import type { Segment } from "./segment.ts";

const SWAP_NAME = /^(\d{20})-(\d{20})\.swap$/;

/** Where a partition's files are. */
export interface FilesPlace {
  readonly directory: string;
  readonly disk: Disk;
  readonly keeper: SegmentKeeper;
}

/** What opening found. */
interface FoundFiles {
  readonly segments: Segment[];
  readonly state: PartitionState;
  readonly chain: SegmentChain;
}

/** A segment that compaction has written and made durable as `path`. */
export interface CleanedSegment {
  readonly segment: Segment;
  readonly path: string;
  readonly sha256: string;
  readonly replaces: readonly Segment[];
}

/** The range of offsets in a swap file's name; undefined for other files. */
export function parseSwapName(name: string): { readonly baseOffset: number; readonly nextOffset: number } | undefined {
  const match = SWAP_NAME.exec(name);
  return match === null ? undefined : { baseOffset: Number(match[1]), nextOffset: Number(match[2]) };
}

/** See the top of the file. */
export class PartitionFiles {
  readonly directory: string;
  readonly disk: Disk;
  readonly keeper: SegmentKeeper;
  /** In order of offsets; the last one may be appended to. */
  readonly segments: Segment[];
  readonly chain: SegmentChain;
  #state: PartitionState;
  readonly #lock = new KeyedLock();
  /** True once a swap could not be finished: the next opening finishes it. */
  #swapStuck = false;

  constructor({ directory, disk, keeper }: FilesPlace, found: FoundFiles) {
    this.directory = directory;
    this.disk = disk;
    this.keeper = keeper;
    this.segments = found.segments;
    this.#state = found.state;
    this.chain = found.chain;
  }

  get state(): PartitionState {
    return this.#state;
  }

  get compactable(): boolean {
    return !this.#swapStuck;
  }

  /** First offset that readers may ask for. */
  startOffset(endOffset: number): number {
    return Math.max(this.#state.startOffset, this.segments[0]?.baseOffset ?? endOffset);
  }

  /** Bytes of log kept. */
  sizeBytes(): number {
    let bytes = 0;
    for (const segment of this.segments) bytes += segment.size;
    return bytes;
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#lock.run("files", async () => undefined);
  }

  /** Closes every file. */
  closeAll(): void {
    for (const segment of this.segments) segment.close();
  }

  /** Writes the checkpoint atomically. It says nothing of what is not durable. */
  checkpoint(durableEnd: () => DurableEnd, clean: boolean): Promise<void> {
    return this.#lock.run("files", () => this.#writeCheckpoint(durableEnd(), clean, []));
  }

  #writeCheckpoint(durable: DurableEnd, clean: boolean, except: readonly Segment[]): Promise<void> {
    const { chain, directory, disk } = this;
    const segments = this.segments.filter((segment) => !except.includes(segment));
    const facts = { startOffset: this.#state.startOffset, chainHead: chain.head };
    return writeCheckpoint({ disk, directory, segments, durable, clean, ...facts });
  }

  /** Changes the state, durably. */
  saveState(change: Partial<PartitionState>): Promise<void> {
    return this.#lock.run("files", async () => {
      const state = { ...this.#state, ...change };
      await writeFileAtomically(this.disk, `${this.directory}/${STATE_NAME}`, encodeState(state));
      this.#state = state;
    });
  }

  /** Writes the hash chain, durably. */
  saveChain(): Promise<void> {
    return this.#lock.run("files", () => this.#writeChain());
  }

  async #writeChain(): Promise<void> {
    this.chain.cutBefore(this.segments[0]?.baseOffset ?? 0);
    await writeFileAtomically(this.disk, `${this.directory}/${CHAIN_NAME}`, this.chain.encode());
  }

  /** Drops the oldest segments as long as they are asked for, durable and not the last. */
  drop(asked: (segments: readonly Segment[]) => readonly Segment[], durableOffset: number): Promise<void> {
    return this.#lock.run("files", async () => {
      let dropped = 0;
      for (const segment of asked(this.segments)) {
        // Oldest first, so that a crash in between leaves no gap in front of something.
        const first = segment === this.segments[0] && segment !== this.segments.at(-1);
        if (!first || segment.nextOffset > durableOffset) break;
        this.segments.shift();
        this.#discard(segment);
        dropped += 1;
      }
      if (dropped > 0) await this.disk.syncDirectory(this.directory);
    });
  }

  #discard(segment: Segment): void {
    segment.close();
    for (const file of ["log", "index", "timeindex"] as const) this.disk.remove(segment.path(file));
  }

  /**
   * Puts a compacted segment in the place of those it was made from.
   *
   *     .cleaned → .swap, directory synced       from here on an opening finishes the swap
   *     checkpoint and chain no longer speak of the old segments
   *     readers go to the new one
   *     old files removed, directory synced; .swap → .log, directory synced
   *
   * @returns false when the segments it was made from are not there any more
   */
  install(cleaned: CleanedSegment, durableEnd: () => DurableEnd): Promise<boolean> {
    return this.#lock.run("files", async () => {
      const at = this.segments.findIndex((segment) => segment === cleaned.replaces[0]);
      const isCurrent = cleaned.replaces.every((segment, index) => this.segments[at + index] === segment);
      if (at < 0 || !isCurrent) {
        this.disk.remove(cleaned.path);
        return false;
      }
      const { segment } = cleaned;
      const pad = (offset: number): string => String(offset).padStart(20, "0");
      const swap = `${this.directory}/${pad(segment.baseOffset)}-${pad(segment.nextOffset)}.swap`;
      this.disk.rename(cleaned.path, swap);
      // What fails from here on is finished by the next opening; until then nothing else is compacted.
      this.#swapStuck = true;
      await this.disk.syncDirectory(this.directory);
      const { baseOffset, nextOffset, size } = segment;
      this.chain.put({ baseOffset, nextOffset, size, sha256: cleaned.sha256 });
      await this.#writeChain();
      await this.#writeCheckpoint(durableEnd(), false, cleaned.replaces);
      segment.adopt(this.disk.open(swap, "read"));
      // Until it has its own name it cannot be opened again.
      segment.pin();
      this.segments.splice(at, cleaned.replaces.length, segment);
      await this.#finishSwap(cleaned, swap);
      segment.unpin();
      this.keeper.touch(segment);
      this.#swapStuck = false;
      return true;
    });
  }

  async #finishSwap({ replaces, segment }: CleanedSegment, swap: string): Promise<void> {
    for (const old of replaces) {
      old.close();
      for (const file of ["index", "timeindex"] as const) this.disk.remove(old.path(file));
      if (old.baseOffset !== segment.baseOffset) this.disk.remove(old.path("log"));
    }
    await this.disk.syncDirectory(this.directory);
    this.disk.rename(swap, segment.path("log"));
    await this.disk.syncDirectory(this.directory);
  }
}
