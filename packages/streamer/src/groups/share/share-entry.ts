/** A share group's work on one partition, with what surrounds it in this process. */
import type { PartitionLeader } from "../../leader/contract.ts";
import type { Partition } from "../../storage/partition.ts";
import type { PlacedState } from "./share-state-store.ts";
import { SharePartition } from "./share-partition.ts";
import type { SharePlace, ShareState } from "./share-state.ts";

/** The partition that is worked on. */
export interface ShareSource {
  readonly leader: PartitionLeader;
  readonly log: Partition;
}

/** See the top of the file. */
export class ShareEntry {
  readonly place: SharePlace;
  readonly partition: SharePartition;
  /** The newest write; answers wait for it. */
  written: Promise<void> = Promise.resolve();
  /** True when the next write writes everything: one was refused, or there was none yet. */
  isUnwritten = false;
  /** Updates since everything was written. */
  updates = 0;
  readonly #waiters = new Set<() => void>();
  #reading: Promise<void> = Promise.resolve();
  #failedSyncs: number | undefined;
  /** Before it the log is on the disk, as far as was looked. */
  #durableOffset: number;

  constructor(place: SharePlace, state: ShareState) {
    this.place = place;
    this.partition = new SharePartition(state);
    // Nothing is ever kept of what is not on the disk.
    this.#durableOffset = this.partition.nextOffset;
  }

  /** The state with its place, as far as the log under it is sure. */
  placed(): PlacedState {
    return { place: this.place, state: this.partition.state(this.#durableOffset) };
  }

  /** Before which offset the log is on the disk. */
  durableOffset({ leader }: Pick<ShareSource, "leader">): number {
    this.#durableOffset = Math.max(this.#durableOffset, leader.bounds().durableOffset);
    return this.#durableOffset;
  }

  /** Looks whether the log has lost its beginning, or its end with a disk that failed. True when that changed something. */
  follow({ leader, log }: ShareSource): boolean {
    const { endOffset, startOffset } = leader.bounds();
    const failedSyncs = log.failedSyncCount;
    const hasFailed = this.#failedSyncs !== undefined && this.#failedSyncs !== failedSyncs;
    this.#failedSyncs = failedSyncs;
    const durableOffset = this.durableOffset({ leader });
    // What was accepted and not on the disk is gone.
    const cut = this.partition.logEndsAt(hasFailed ? Math.min(endOffset, durableOffset) : endOffset);
    if (cut) this.isUnwritten = true;
    return this.partition.logStartsAt(startOffset) || cut;
  }

  /** Runs one reader after the other: two at once would read the same records for one of them to get. */
  async alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const before = this.#reading;
    let done: () => void = () => undefined;
    this.#reading = new Promise((resolve) => (done = resolve));
    await before;
    try {
      return await work();
    } finally {
      done();
    }
  }

  /** Calls a function once when records may be to be had again; returns what cancels it. */
  onAvailable(listener: () => void): () => void {
    this.#waiters.add(listener);
    return () => this.#waiters.delete(listener);
  }

  /** Tells who waits that records may be to be had. */
  wake(): void {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of waiters) waiter();
  }
}
