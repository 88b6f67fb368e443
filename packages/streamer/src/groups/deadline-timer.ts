/** One timer on the nearest of many deadlines. */
import type { Clock } from "@kaelix/base";

import { Deadlines } from "./deadlines.ts";

const DELAY_MS_MAX = 2 ** 31 - 1;

/** Deadlines with a timer of their own. Keeps no process alive. */
export class DeadlineTimer {
  readonly #deadlines = new Deadlines();
  readonly #clock: Clock;
  readonly #due: () => void;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #timerAtMs = Infinity;
  #stopped = false;

  /** @param due called when a deadline has come; it asks `takeDue` which */
  constructor(clock: Clock, due: () => void) {
    this.#clock = clock;
    this.#due = due;
  }

  /** Sets or moves the deadline of a key, monotonic ms; undefined takes it away. */
  set(key: string, atMs: number | undefined): void {
    if (atMs === undefined) this.#deadlines.clear(key);
    else this.#deadlines.set(key, atMs);
    this.#start();
  }

  /** Takes out every key whose deadline has come, in order of time. */
  *takeDue(): Generator<string> {
    yield* this.#deadlines.takeDue(this.#clock.monotonicMs());
    this.#start();
  }

  #start(): void {
    const nextMs = this.#deadlines.nextMs();
    if (this.#stopped || nextMs === undefined || nextMs === this.#timerAtMs) return;
    clearTimeout(this.#timer);
    this.#timerAtMs = nextMs;
    const delayMs = Math.min(Math.max(nextMs - this.#clock.monotonicMs(), 0), DELAY_MS_MAX);
    this.#timer = setTimeout(() => {
      this.#timerAtMs = Infinity;
      // Not before what has arrived is read: after this process stood still, heartbeats wait in the sockets, and timers come first.
      this.#turn = setImmediate(this.#due);
    }, Math.ceil(delayMs));
    this.#timer.unref();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
  }
}
