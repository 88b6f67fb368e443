/**
 * Tokens that may be spent in a day (UTC): a hard stop. What is in flight counts as it was estimated until it is known.
 */
import type { Clock } from "@kaelix/base";

const DAY_MS = 86_400_000;

/** What was spent on which day since 1970. */
export interface Spent {
  readonly day: number;
  readonly tokens: number;
}

/** How a budget is made. */
export interface DailyBudgetOptions {
  readonly clock: Pick<Clock, "nowMs">;
  /** 0: nothing may be spent. */
  readonly tokensMax: number;
  /** What was spent before this process; of another day it is forgotten. */
  readonly spent?: Spent | undefined;
  /** Told after every change, so that a restart does not begin anew. */
  readonly onSpent?: ((spent: Spent) => void) | undefined;
}

/** A budget by day. */
export class DailyBudget {
  readonly #options: DailyBudgetOptions;
  #day: number;
  #tokens: number;

  constructor(options: DailyBudgetOptions) {
    this.#options = options;
    this.#day = this.#today();
    this.#tokens = options.spent?.day === this.#day ? options.spent.tokens : 0;
  }

  /** Tokens spent today. */
  get tokensToday(): number {
    this.#turn();
    return this.#tokens;
  }

  /** Milliseconds until the next day begins. */
  get waitMs(): number {
    return DAY_MS - (this.#options.clock.nowMs() % DAY_MS);
  }

  /** Takes tokens out before they are spent; false when there are not so many. */
  reserve(tokens: number): boolean {
    this.#turn();
    if (this.#tokens + tokens > this.#options.tokensMax) return false;
    this.#add(tokens);
    return true;
  }

  /** What a reservation came to in the end. */
  settle(reserved: number, spent: number): void {
    this.#turn();
    if (spent !== reserved) this.#add(spent - reserved);
  }

  #add(tokens: number): void {
    this.#tokens = Math.max(0, this.#tokens + tokens);
    this.#options.onSpent?.({ day: this.#day, tokens: this.#tokens });
  }

  #turn(): void {
    const today = this.#today();
    if (today === this.#day) return;
    this.#day = today;
    this.#tokens = 0;
  }

  #today(): number {
    return Math.floor(this.#options.clock.nowMs() / DAY_MS);
  }
}
