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
import { refusal } from "./errors.ts";
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

/** A compacted segment that has its swap file's name. */
interface Swap {
  readonly cleaned: CleanedSegment;
  readonly path: string;
  readonly durableEnd: () => DurableEnd;
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
  /** The chain's value in its file: what a checkpoint may promise. */
  #savedHead: string;
  readonly #lock = new KeyedLock();
  /** A compacted segment on its way to its place. */
  #swap: Swap | undefined;

  constructor({ directory, disk, keeper }: FilesPlace, found: FoundFiles) {
    this.directory = directory;
    this.disk = disk;
    this.keeper = keeper;
    this.segments = found.segments;
    this.#state = found.state;
    this.chain = found.chain;
    this.#savedHead = found.chain.head;
  }

  get state(): PartitionState {
    return this.#state;
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

  /**
   * Writes the checkpoint atomically. It says nothing of what is not durable.
   * @param written called as soon as it is on the disk, before anybody writes the next one
   */
  checkpoint(durableEnd: () => DurableEnd, clean: boolean, written?: () => void): Promise<void> {
    return this.#lock.run("files", async () => {
      await this.#writeCheckpoint(durableEnd(), clean, []);
      written?.();
    });
  }

  #writeCheckpoint(durable: DurableEnd, clean: boolean, except: readonly Segment[]): Promise<void> {
    const { directory, disk } = this;
    const segments = this.segments.filter((segment) => !except.includes(segment));
    const facts = { startOffset: this.#state.startOffset, chainHead: this.#savedHead };
    return writeCheckpoint({ disk, directory, segments, durable, clean, ...facts });
  }

  /** Changes the state, durably. @param change gives what is new, from the state as it is when its turn has come */
  saveState(change: (state: PartitionState) => Partial<PartitionState>): Promise<void> {
    return this.#lock.run("files", async () => {
      const state = { ...this.#state, ...change(this.#state) };
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
    const { head } = this.chain;
    await writeFileAtomically(this.disk, `${this.directory}/${CHAIN_NAME}`, this.chain.encode());
    this.#savedHead = head;
  }

  /**
   * Drops the oldest segments as long as they are asked for and stand before the one that was active when all before `durable` became
   * so: the file of the active one, once its name is durable, is what says where the log ends. Throws `log-disk-full`, `log-disk-failed`.
   */
  drop(asked: (segments: readonly Segment[]) => readonly Segment[], durable: DurableEnd): Promise<void> {
    return this.#lock.run("files", async () => {
      try {
        // A swap that was left half way would bring back what is dropped now.
        await this.#finishSwap();
        await this.#drop(asked(this.segments), durable.segment?.baseOffset ?? 0);
      } catch (error) {
        throw refusal(error);
      }
    });
  }

  async #drop(asked: readonly Segment[], before: number): Promise<void> {
    let dropped = 0;
    for (const segment of asked) {
      // Oldest first, so that a crash in between leaves no gap in front of something.
      if (segment !== this.segments[0] || segment.baseOffset >= before) break;
      segment.close();
      this.disk.remove(segment.path("log"));
      // What cannot be removed stays first: dropping those behind it would leave a hole that the next opening finds.
      this.segments.shift();
      dropped += 1;
      for (const file of ["index", "timeindex"] as const) this.disk.remove(segment.path(file));
    }
    if (dropped > 0) await this.disk.syncDirectory(this.directory);
  }

  /**
   * Puts a compacted segment in the place of those it was made from.
   *
   *     .cleaned → .swap, directory synced       from here on an opening finishes the swap
   *     readers go to the new one
   *     checkpoint and chain no longer speak of the old segments
   *     old files removed, directory synced; .swap → .log, directory synced
   *
   * What fails in between is tried again before anything else is compacted or dropped, and by the next opening.
   *
   * @returns false when the segments it was made from are not there any more
   */
  install(cleaned: CleanedSegment, durableEnd: () => DurableEnd): Promise<boolean> {
    return this.#lock.run("files", async () => {
      await this.#finishSwap();
      const at = this.segments.findIndex((segment) => segment === cleaned.replaces[0]);
      const isCurrent = cleaned.replaces.every((segment, index) => this.segments[at + index] === segment);
      if (at < 0 || !isCurrent) {
        this.disk.remove(cleaned.path);
        return false;
      }
      const { segment } = cleaned;
      const pad = (offset: number): string => String(offset).padStart(20, "0");
      const path = `${this.directory}/${pad(segment.baseOffset)}-${pad(segment.nextOffset)}.swap`;
      this.disk.rename(cleaned.path, path);
      this.#swap = { cleaned, path, durableEnd };
      await this.#finishSwap();
      return true;
    });
  }

  /** Goes on with a swap, however far it came when it failed; does nothing when there is none. Throws what the disk throws. */
  async #finishSwap(): Promise<void> {
    const swap = this.#swap;
    if (swap === undefined) return;
    const { segment } = swap.cleaned;
    await this.disk.syncDirectory(this.directory);
    if (!this.segments.includes(segment)) this.#putInPlace(swap);
    await this.#writeChain();
    await this.#writeCheckpoint(swap.durableEnd(), false, [segment]);
    for (const old of swap.cleaned.replaces) {
      old.close();
      for (const file of ["index", "timeindex"] as const) this.disk.remove(old.path(file));
      if (old.baseOffset !== segment.baseOffset) this.disk.remove(old.path("log"));
    }
    await this.disk.syncDirectory(this.directory);
    if (this.disk.size(swap.path) !== undefined) this.disk.rename(swap.path, segment.path("log"));
    await this.disk.syncDirectory(this.directory);
    this.#swap = undefined;
    segment.unpin();
    this.keeper.touch(segment);
  }

  #putInPlace({ cleaned, path }: Swap): void {
    const { replaces, segment, sha256 } = cleaned;
    segment.adopt(this.disk.open(path, "read"));
    // Until it has its own name it cannot be opened again.
    segment.pin();
    const { baseOffset, nextOffset, size } = segment;
    const at = this.segments.findIndex((known) => known === replaces[0]);
    // In one turn: whoever is hashing an old segment must find either it and its row or neither.
    this.chain.put({ baseOffset, nextOffset, size, sha256 });
    this.segments.splice(at, replaces.length, segment);
  }
}
