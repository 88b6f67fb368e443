/**
 * Stops asking who keeps failing.
 *
 *   closed ──failures in a row──► open ──time passed──► half open (one trial) ──success──► closed
 *                                  ▲                          └──failure: twice as long──┘
 */
import type { Clock } from "@kaelix/base";

const FAILURES_MAX = 4;
const OPEN_MS_FIRST = 5_000;
const OPEN_MS_MAX = 300_000;

/** A circuit. Pure but for the clock. */
export class Circuit {
  readonly #clock: Pick<Clock, "monotonicMs">;
  #failures = 0;
  #openMs = 0;
  #openUntilMs = 0;
  #isTrying = false;

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  /** Milliseconds until somebody may ask again; 0: now. */
  get waitMs(): number {
    const leftMs = Math.max(0, this.#openUntilMs - this.#clock.monotonicMs());
    // While one tries, the others wait for what becomes of it.
    return leftMs === 0 && this.#isTrying ? OPEN_MS_FIRST : leftMs;
  }

  /** True from the first pause until a success. */
  get isOpen(): boolean {
    return this.#openMs > 0;
  }

  /** Must be called before asking, when `waitMs` is 0. */
  begin(): void {
    this.#isTrying = this.#openMs > 0;
  }

  /** An answer came. */
  succeeded(): void {
    this.#failures = 0;
    this.#openMs = 0;
    this.#isTrying = false;
  }

  /** None came; `isFinal`: asking the same again is of no use. */
  failed(isFinal: boolean): void {
    this.#isTrying = false;
    this.#failures += 1;
    if (!isFinal && this.#openMs === 0 && this.#failures < FAILURES_MAX) return;
    this.#openMs = Math.min(OPEN_MS_MAX, this.#openMs === 0 ? OPEN_MS_FIRST : this.#openMs * 2);
    this.#openUntilMs = this.#clock.monotonicMs() + this.#openMs;
  }

  /** It ended without telling anything of who was asked. */
  left(): void {
    this.#isTrying = false;
  }
}
