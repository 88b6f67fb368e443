import type { Clock } from "@kaelix/base";
import type { Changes, Erasures, Imports } from "@kaelix/capture";
import type { Logger } from "@kaelix/coordinator";

import type { HousePurge } from "./erasures/house-purge.ts";
import type { Retention } from "./retention/retention.ts";

/** What the eraser works with. */
export interface EraserParts {
  readonly changes: Pick<Changes, "eraseForgotten" | "settleMoves">;
  readonly erasures: Pick<Erasures, "round" | "unpurged" | "purged">;
  /** Discards uploads that nobody began. */
  readonly imports: Pick<Imports, "discardOld">;
  /** Lets go what has reached its age. */
  readonly retention: Pick<Retention, "round" | "stop">;
  /** Writes the log's files anew without what was erased; undefined where the house does not hold the files. */
  readonly purge: Pick<HousePurge, "isDue" | "run" | "status" | "stop"> | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told how many were shredded, once they are. */
  readonly onErased: (count: number) => void;
  /** How long forgetting can be undone. */
  readonly undoMs: number;
}

const INTERVAL_MS_MAX = 30_000;
const BATCH = 500;

/**
 * Shreds the keys of forgotten memories once undoing is over, drops those that moves have left behind, finishes erasures, discards uploads that
 * nobody began, and has the files of the log written anew without what was erased. What a stop interrupts goes on after the next start.
 */
export class Eraser {
  readonly #parts: EraserParts;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #purging: Promise<void> | undefined;
  #isStopped = false;

  constructor(parts: EraserParts) {
    this.#parts = parts;
  }

  /** Begins to look, at once and then again and again. */
  start(): void {
    this.#running = this.round();
    const everyMs = Math.min(INTERVAL_MS_MAX, Math.max(1_000, this.#parts.undoMs / 2));
    this.#timer = setInterval(() => {
      this.#running = this.#running.then(() => this.round());
    }, everyMs);
    this.#timer.unref();
  }

  /** Ends after the batch in flight. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#parts.retention.stop();
    this.#parts.purge?.stop();
    clearInterval(this.#timer);
    await this.#running;
    await this.#purging;
  }

  /** Looks once. Each by itself: an erasure that cannot be finished now must not keep what others have forgotten. */
  async round(): Promise<void> {
    // Before the rest: what an erasure names is counted by it.
    await this.#try(async () => {
      const asked = await this.#parts.erasures.round();
      if (asked > 0) this.#parts.logger.info({ erased: asked }, "Keys of erasures that were asked for were shredded");
      // Behind it, and not without it: what an erasure that was cut off has named must be hidden before anybody looks for what is there.
      await this.#parts.retention.round();
    });
    await this.#try(() => this.#eraseForgotten());
    await this.#try(() => this.#parts.imports.discardOld());
    // Before the purge: it leaves alone what a key opens.
    await this.#try(() => this.#parts.changes.settleMoves());
    // By itself: it may take minutes, and what is to be shredded meanwhile does not wait for it.
    this.#purging ??= this.#try(() => this.#purge()).finally(() => (this.#purging = undefined));
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (failure) {
      const words = { failure: failure instanceof Error ? failure.message : "unknown" };
      this.#parts.logger.warn(words, "Erasing will be tried again");
    }
  }

  async #eraseForgotten(): Promise<void> {
    const { changes, clock, logger, onErased, undoMs } = this.#parts;
    while (!this.#isStopped) {
      const erased = await changes.eraseForgotten(clock.nowMs() - undoMs, BATCH);
      if (erased > 0) onErased(erased);
      if (erased > 0) logger.info({ erased }, "Keys of forgotten memories were shredded");
      if (erased < BATCH) return;
    }
  }

  async #purge(): Promise<void> {
    const { erasures, logger, purge } = this.#parts;
    const { isDue, states } = erasures.unpurged();
    if (purge === undefined || this.#isStopped) return;
    if (!isDue && !(await purge.isDue())) return;
    if (!(await purge.run())) return;
    await erasures.purged(states);
    const { bytesFreed } = purge.status;
    logger.info({ erasures: states.length, bytesFreed }, "What was erased is gone from the files of the log");
  }
}
