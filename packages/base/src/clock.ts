/** Time as an argument: nothing below the apps reads the machine's clock by itself. */
export interface Clock {
  /** Wall clock, epoch milliseconds (UTC). May jump. For stamps on events, never for durations. */
  nowMs(): number;
  /** Monotonic milliseconds with fractions. Never jumps back. For durations and deadlines. */
  monotonicMs(): number;
}

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** A clock for tests that moves only when told. */
export class ManualClock implements Clock {
  #nowMs: number;
  #monotonicMs = 0;

  constructor(startMs = 1_750_000_000_000) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  /** Moves both clocks forward. */
  advance(ms: number): void {
    this.#nowMs += ms;
    this.#monotonicMs += ms;
  }

  /** Sets the wall clock alone, as an operator or NTP would. */
  jumpTo(nowMs: number): void {
    this.#nowMs = nowMs;
  }
}
