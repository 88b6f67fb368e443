/**
 * One view kept up to date: a loop per topic and partition that reads, decodes and folds.
 *
 * Guarantees: a batch is asked from the log only after the one before is folded; a fold that throws is tried again with growing
 * pauses, then the view is marked failed with the reason and all its loops end; unreadable records are passed and noted.
 */
import { type Clock, isKaelixError } from "@kaelix/base";
import type { Log } from "@kaelix/log";

import type { DeadLetters } from "./dead-letters.ts";
import { decodeBatches, type DecodedBatch } from "./decode-batch.ts";
import type { DecodedOnce } from "./decoded-once.ts";
import type { View } from "./view.ts";
import type { Watermarks } from "./watermarks.ts";

/** Where a view stands. `catching-up` ends when it has folded what was on the log when it began. */
export type ViewState = "stopped" | "catching-up" | "following" | "rebuilding" | "failed";

/** What a follower works with. */
interface FollowerParts {
  readonly log: Log;
  readonly view: View;
  readonly watermarks: Watermarks;
  readonly deadLetters: DeadLetters | undefined;
  readonly clock: Clock;
  /** Records per fold. */
  readonly batchEventsMax: number;
  readonly events: DecodedOnce;
  /** Pauses before each new try of a fold that threw, ms. */
  readonly retryPausesMs: readonly number[];
  /** Told in a sentence what went wrong; never content. */
  readonly onProblem: (problem: string) => void;
}

/** A partition that is followed. */
export interface FollowedPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Kept by the runner, one per view. */
export class ViewFollower {
  readonly view: View;
  readonly #parts: FollowerParts;
  #stop = new AbortController();
  #loops: Promise<void>[] = [];
  #state: ViewState = "stopped";
  #failure: string | undefined;
  #unreadableCount = 0;
  #lastFoldedAtMs = new Map<string, number>();

  constructor(parts: FollowerParts) {
    this.view = parts.view;
    this.#parts = parts;
  }

  get state(): ViewState {
    return this.#state;
  }

  /** Why it failed; undefined while it has not. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Unreadable records passed since the start. */
  get unreadableCount(): number {
    return this.#unreadableCount;
  }

  /** Time of the last folded record of a partition, epoch ms; undefined when none was folded since the start. */
  lastFoldedAtMs({ topic, partition }: FollowedPartition): number | undefined {
    return this.#lastFoldedAtMs.get(`${topic}/${partition}`);
  }

  /** Begins to follow; a view that cannot even say where it stands is failed. `state` says what for; `settled` turns it into `following`. */
  async start(partitions: readonly FollowedPartition[], state: "catching-up" | "rebuilding"): Promise<void> {
    this.#failure = undefined;
    this.#state = state;
    await this.#endLoops();
    this.#stop = new AbortController();
    try {
      for (const at of partitions) {
        const nextOffset = await this.view.nextOffset(at.topic, at.partition);
        this.#parts.watermarks.set({ view: this.view.name, ...at, nextOffset });
      }
    } catch (error) {
      this.#fail(`offsets: ${describe(error)}`);
      return;
    }
    const { signal } = this.#stop;
    this.#loops = partitions.map((at) => this.#follow(at, signal));
  }

  /** What was on the log at the start is folded. */
  settled(): void {
    if (this.#state === "catching-up" || this.#state === "rebuilding") this.#state = "following";
  }

  /** Ends the loops after the folds in flight. A failed view stays failed. */
  async stop(): Promise<void> {
    await this.#endLoops();
    if (this.#state !== "failed") this.#state = "stopped";
  }

  /** Ends the loops and empties the view; `start` follows. */
  async reset(): Promise<void> {
    this.#state = "rebuilding";
    await this.#endLoops();
    try {
      await this.view.reset();
    } catch (error) {
      this.#fail(`reset: ${describe(error)}`);
      throw error;
    }
  }

  async #endLoops(): Promise<void> {
    this.#stop.abort();
    const loops = this.#loops;
    this.#loops = [];
    await Promise.all(loops);
  }

  async #follow(at: FollowedPartition, signal: AbortSignal): Promise<void> {
    let triesLeft = this.#parts.retryPausesMs.length;
    while (!signal.aborted) {
      const before = this.#parts.watermarks.get(this.view.name, at.topic, at.partition);
      try {
        await this.#followOnce(at, signal);
        // The log ended the subscription: it is closing.
        return;
      } catch (error) {
        if (signal.aborted) return;
        // A pause is for a fault that stays; one that let the view get on starts anew.
        const hasMoved = this.#parts.watermarks.get(this.view.name, at.topic, at.partition) > before;
        if (hasMoved) triesLeft = this.#parts.retryPausesMs.length;
        const pauseMs = this.#parts.retryPausesMs[this.#parts.retryPausesMs.length - triesLeft];
        if (pauseMs === undefined) {
          this.#fail(`${at.topic}/${at.partition}: ${describe(error)}`);
          return;
        }
        triesLeft--;
        this.#parts.onProblem(`View ${this.view.name} could not fold ${at.topic}/${at.partition}: ${describe(error)}`);
        await pause(pauseMs, signal);
      }
    }
  }

  /** Follows from the view's own offset until the subscription ends or something throws. */
  async #followOnce(at: FollowedPartition, signal: AbortSignal): Promise<void> {
    const { log, batchEventsMax: eventsMax, events } = this.#parts;
    const kept = await this.view.nextOffset(at.topic, at.partition);
    const { startOffset } = await log.bounds(at.topic, at.partition);
    let from = kept;
    // What retention has dropped is passed; a view that keeps it keeps it.
    const first = Math.max(kept, startOffset);
    for await (const logBatch of log.subscribe(at.topic, at.partition, first, { signal })) {
      for (const decoded of decodeBatches(logBatch, from, { eventsMax, events })) {
        if (signal.aborted) return;
        await this.#fold(decoded);
      }
      from = logBatch.nextOffset;
      const { lingerMs } = this.view;
      const isCaughtUp = logBatch.nextOffset >= logBatch.endOffset;
      if (lingerMs !== undefined && isCaughtUp) await this.#parts.watermarks.linger(at, lingerMs, signal);
    }
  }

  async #fold({ batch, unreadable, lastTimestampMs }: DecodedBatch): Promise<void> {
    const { topic, partition } = batch;
    for (const { offset, problem } of unreadable) {
      await this.#parts.deadLetters?.note({ topic, partition, offset }, problem);
    }
    await this.view.fold(batch);
    this.#unreadableCount += unreadable.length;
    if (lastTimestampMs !== undefined) this.#lastFoldedAtMs.set(`${topic}/${partition}`, lastTimestampMs);
    this.#parts.watermarks.set({ view: this.view.name, topic, partition, nextOffset: batch.nextOffset });
  }

  #fail(reason: string): void {
    this.#state = "failed";
    this.#failure = reason;
    this.#stop.abort();
    this.#parts.onProblem(`View ${this.view.name} has failed: ${reason}`);
    this.#parts.watermarks.wakeAll();
  }
}

/** An error in words without content: a database's message may quote what it was given. */
function describe(error: unknown): string {
  if (isKaelixError(error)) {
    const state = error.details["sqlState"];
    return typeof state === "string" ? `${error.code} (${state})` : error.code;
  }
  if (!(error instanceof Error)) return "unknown error";
  return "code" in error ? `${error.name} ${String(error.code)}` : error.name;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}
