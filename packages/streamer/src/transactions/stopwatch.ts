import type { Clock } from "@kaelix/base";

import type { Transaction } from "./transaction.ts";

/**
 * How long transactions have been in the state that counts for them: open since their first partition, idle since their last change.
 * By the monotonic clock, so that a jump of the wall clock ends nothing; what was read from the disk begins with its age by the wall clock.
 */
export class Stopwatch {
  readonly #clock: Clock;
  readonly #starts = new Map<string, { readonly isOpen: boolean; readonly sinceMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes note of a change that was just made. */
  changed({ state, transactionalId }: Transaction): void {
    const isOpen = state === "Ongoing";
    if (isOpen && this.#starts.get(transactionalId)?.isOpen === true) return;
    this.#starts.set(transactionalId, { isOpen, sinceMs: this.#clock.monotonicMs() });
  }

  /** Ms since the transaction began, or since the transactional id was last used. */
  elapsedMs({ state, transactionalId, updatedMs }: Transaction): number {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#starts.get(transactionalId);
    if (known !== undefined) return nowMs - known.sinceMs;
    // A transaction that was open when the process ended gets its time again: its producer may have been waiting for us.
    const isOpen = state === "Ongoing";
    const ageMs = isOpen ? 0 : Math.max(0, this.#clock.nowMs() - updatedMs);
    this.#starts.set(transactionalId, { isOpen, sinceMs: nowMs - ageMs });
    return ageMs;
  }

  forget(transactionalId: string): void {
    this.#starts.delete(transactionalId);
  }
}
