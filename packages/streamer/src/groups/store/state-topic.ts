/** The coordinator's own topics: logs of changes that are read whole when it starts, and written anew when they have grown. */
import { isKaelixError } from "@kaelix/base";

import type { PartitionLeader } from "../../leader/contract.ts";
import type { Partition } from "../../storage/partition.ts";
import type { Storage } from "../../storage/storage.ts";
import { groupErrors } from "../errors.ts";

/**
 * Such a topic is never compacted by key: the newest record does not say all that the ones before it said (updates of a state), or must not
 * replace it yet (commits of an open transaction).
 */
const NEVER_COMPACTED_MS = Number.MAX_SAFE_INTEGER;
const REWRITE_BYTES_MIN = 4 * 2 ** 20;

/** What a topic is opened in. */
export interface StateTopicGround {
  readonly storage: Storage;
  /** Gives the leader of a partition; see `Leaders.get`. */
  readonly leaders: { get(topic: string, partition: number): Promise<PartitionLeader | undefined> };
}

/** The one partition of a topic, made when it is the first time. Throws storage's errors. */
export async function openStateTopic(
  { leaders, storage }: StateTopicGround,
  name: string,
): Promise<{ readonly leader: PartitionLeader; readonly partition: Partition }> {
  if (!storage.topics().has(name)) {
    await storage.createTopic({ name, partitions: 1, compacted: true, compactionLagMsMin: NEVER_COMPACTED_MS });
  }
  const leader = await leaders.get(name, 0);
  if (leader === undefined) throw groupErrors("group-store-missing");
  return { leader, partition: storage.partition(name, 0) };
}

interface RewriteOptions {
  readonly partition: Pick<Partition, "roll" | "bounds" | "dropBefore">;
  /**
   * Writes everything that counts behind an offset. Resolves, once that is on the disk, with the offset before which nothing is needed any
   * more.
   */
  readonly write: (begin: number) => Promise<number>;
  /** Bytes after which everything is written anew. Default 4 MiB. */
  readonly bytesMin: number | undefined;
}

/** Writes everything once more into a new segment and drops the older ones, when more was written than that is likely to take. */
export class Rewriter {
  readonly #options: RewriteOptions;
  #bytesSince = 0;
  #bytesAlive = 0;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: RewriteOptions) {
    this.#options = options;
  }

  /** So many bytes were written, or stood in the log when it was opened. */
  written(bytes: number): void {
    this.#bytesSince += bytes;
  }

  /** Begins when it is due and not under way. */
  startWhenDue(): void {
    const due = Math.max(this.#options.bytesMin ?? REWRITE_BYTES_MIN, this.#bytesAlive);
    if (this.#closed || this.#running !== undefined || this.#bytesSince <= due) return;
    this.#running = this.#rewrite().finally(() => (this.#running = undefined));
  }

  async #rewrite(): Promise<void> {
    const { partition, write } = this.#options;
    try {
      partition.roll();
      this.#bytesSince = 0;
      const needed = await write(partition.bounds().endOffset);
      this.#bytesAlive = this.#bytesSince;
      await partition.dropBefore(needed);
    } catch (error) {
      // What it would have replaced is all still there; the next write tries again.
      if (!isKaelixError(error)) throw error;
    }
  }

  /** Waits for what is under way; nothing is written afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }
}
