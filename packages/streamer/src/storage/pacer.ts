import type { Clock } from "@kaelix/base";

const TURN_MS_MAX = 2;

/** Gives the event loop a turn whenever background work has kept it for 2 ms, and lets the work be called off. */
export class Pacer {
  readonly #clock: Clock;
  readonly #cancelled: () => boolean;
  #turnBegan: number;

  constructor(clock: Clock, cancelled: () => boolean) {
    this.#clock = clock;
    this.#cancelled = cancelled;
    this.#turnBegan = clock.monotonicMs();
  }

  /** True once the work should end. */
  get cancelled(): boolean {
    return this.#cancelled();
  }

  /** Resolves at once, or after the others had their turn. */
  async breathe(): Promise<void> {
    if (this.#clock.monotonicMs() - this.#turnBegan < TURN_MS_MAX) return;
    await new Promise<void>((resolve) => void setImmediate(resolve));
    this.#turnBegan = this.#clock.monotonicMs();
  }
}
