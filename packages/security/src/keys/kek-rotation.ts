/**
 * The KEK's epochs: a new version every seven days, every user's key brought under it, old versions destroyed.
 *
 *     current version older than an epoch ──► rotate ──► rewrap every user's key ──► destroy all but the current and `kept` before it
 *                       still under an older one (interrupted) ──► rewrap ─┘
 *
 * Guarantees: rewrapping goes on where it was interrupted, for what is left is read from the keys themselves; no version is destroyed
 * while any key, also one that cannot be read at this moment, may still be under it. Data is never touched.
 * What it gives: a copy of the wrapped keys that is older than `kept` + 1 epochs opens nothing, even with the KEK of today, so a person's key
 * that was shredded cannot come back from an old backup. The key of one memory can, by whoever holds the wrapped keys of today as well,
 * until its owner's key was renewed.
 */
import { type Clock, systemClock } from "@kaelix/base";

import { securityErrors } from "../errors.ts";
import type { RotatingKek } from "./kek.ts";
import type { Keystore } from "./keystore.ts";

/** What rotation works with. */
export interface KekRotationOptions {
  readonly kek: RotatingKek;
  readonly keystore: Keystore;
  readonly clock?: Clock;
  /** Days of an epoch; default 7. */
  readonly epochDays?: number;
  /** Versions before the current one that stay, so that a backup of the epoch before can be restored; default 1. */
  readonly kept?: number;
  /** Told why an epoch could not be finished; it is tried again. */
  readonly onProblem?: (problem: string) => void;
}

/** How far it is. */
export interface KekRotationStatus {
  readonly provider: string;
  readonly version: number;
  /** Users' keys that are still under an older version. */
  readonly behind: number;
  /** Keys of the run that is at work or was the last: done and in all. */
  readonly done: number;
  readonly total: number;
  readonly isAtWork: boolean;
  /** Why the last run did not finish; undefined when it did. */
  readonly problem: string | undefined;
}

const DAY_MS = 86_400_000;
const EPOCH_DAYS = 7;
const KEPT = 1;
const LOOK_MS = 3_600_000;

/** Rotates a KEK. Nothing happens before `start`, `tick` or `rotate`. */
export class KekRotation {
  readonly #options: KekRotationOptions;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  #atWork: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #done = 0;
  #total = 0;
  #problem: string | undefined;

  constructor(options: KekRotationOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Looks now and every hour whether there is something to do. */
  start(): void {
    const look = (): void => void this.tick().catch(() => undefined);
    this.#timer = setInterval(look, LOOK_MS);
    this.#timer.unref();
    look();
  }

  /** Finishes an interrupted epoch, or begins one that is due. Throws what stopped it; the next tick goes on. */
  async tick(): Promise<void> {
    await this.#run(async () => {
      const { kek, epochDays = EPOCH_DAYS } = this.#options;
      const sinceMs = await kek.currentSinceMs();
      if (this.#clock.nowMs() - sinceMs >= epochDays * DAY_MS) await kek.rotate();
    });
  }

  /** Begins an epoch now, whatever the calendar says; resolves when it is finished. Throws what stopped it. */
  async rotate(): Promise<void> {
    await this.#run(async () => void (await this.#options.kek.rotate()));
  }

  /** Finishes an epoch that was cut off; begins none. Throws what stopped it. */
  async finish(): Promise<void> {
    await this.#run(async () => undefined);
  }

  status(): KekRotationStatus {
    const { kek, keystore } = this.#options;
    return {
      provider: kek.name,
      version: kek.currentVersion(),
      behind: keystore.usersBehind(kek.currentVersion()),
      done: this.#done,
      total: this.#total,
      isAtWork: this.#atWork !== undefined,
      problem: this.#problem,
    };
  }

  /** Stops after the key at hand. What is left is done after the next start. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#atWork?.catch(() => undefined);
  }

  /** One run at a time; whoever comes meanwhile waits for it and then has their own. */
  async #run(begin: () => Promise<void>): Promise<void> {
    while (this.#atWork !== undefined) await this.#atWork.catch(() => undefined);
    const work = this.#finish(begin);
    this.#atWork = work;
    try {
      await work;
      this.#problem = undefined;
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : "unknown reason";
      this.#options.onProblem?.(`The key-encryption key was not rotated to the end: ${this.#problem}`);
      throw error;
    } finally {
      this.#atWork = undefined;
    }
  }

  async #finish(begin: () => Promise<void>): Promise<void> {
    const { kek, keystore, kept = KEPT } = this.#options;
    await begin();
    [this.#done, this.#total] = [0, keystore.usersBehind(kek.currentVersion())];
    await keystore.rewrapUserKeys({
      signal: this.#stop.signal,
      onProgress: (done) => (this.#done = done),
    });
    const oldest = kek.currentVersion() - kept;
    if (this.#stop.signal.aborted || oldest <= 1) return;
    const { quarantined, damagedRanges, following } = keystore.status();
    if (quarantined > 0 || damagedRanges > 0 || !following) {
      throw securityErrors("key-damaged", {
        message:
          "Cannot destroy old versions of the key-encryption key: some records of keys cannot be read, and may be under one of them. Nothing was destroyed",
      });
    }
    if (keystore.usersBehind(oldest) > 0) return;
    await kek.destroyBefore(oldest);
  }
}
