/**
 * What may be spent in a day (UTC), in tokens and, where prices are known, in money: a hard stop. What is in flight counts as it was
 * estimated until it is known.
 */
import type { Clock } from "@kaelix/base";

const DAY_MS = 86_400_000;

/** What something takes. `cost` is in millionths of the currency that prices are given in. */
export interface Spending {
  readonly tokens: number;
  readonly cost: number;
}

/** What was spent on which day since 1970. */
export interface Spent extends Spending {
  readonly day: number;
}

/** How a budget is made. */
export interface DailyBudgetOptions {
  readonly clock: Pick<Clock, "nowMs">;
  /** 0: nothing may be spent. */
  readonly tokensMax: number;
  /** In millionths; absent: tokens alone count. */
  readonly costMax?: number | undefined;
  /** What was spent before this process; of another day it is forgotten. */
  readonly spent?: Spent | undefined;
  /** Told after every change, so that a restart does not begin anew. */
  readonly onSpent?: ((spent: Spent) => void) | undefined;
}

/** A budget by day. */
export class DailyBudget {
  readonly #options: DailyBudgetOptions;
  #day: number;
  #tokens = 0;
  #cost = 0;

  constructor(options: DailyBudgetOptions) {
    this.#options = options;
    this.#day = this.#today();
    if (options.spent?.day !== this.#day) return;
    this.#tokens = options.spent.tokens;
    this.#cost = options.spent.cost;
  }

  /** Spent today. */
  get today(): Spending {
    this.#turn();
    return { tokens: this.#tokens, cost: this.#cost };
  }

  /** Milliseconds until the next day begins. */
  get waitMs(): number {
    return DAY_MS - (this.#options.clock.nowMs() % DAY_MS);
  }

  /** Takes something out before it is spent; false when there is not so much. */
  reserve({ tokens, cost }: Spending): boolean {
    this.#turn();
    const { tokensMax, costMax = Infinity } = this.#options;
    if (this.#tokens + tokens > tokensMax || this.#cost + cost > costMax) return false;
    this.#add(tokens, cost);
    return true;
  }

  /** What a reservation came to in the end. */
  settle(reserved: Spending, spent: Spending): void {
    this.#turn();
    if (spent.tokens === reserved.tokens && spent.cost === reserved.cost) return;
    this.#add(spent.tokens - reserved.tokens, spent.cost - reserved.cost);
  }

  #add(tokens: number, cost: number): void {
    this.#tokens = Math.max(0, this.#tokens + tokens);
    this.#cost = Math.max(0, this.#cost + cost);
    this.#options.onSpent?.({ day: this.#day, tokens: this.#tokens, cost: this.#cost });
  }

  #turn(): void {
    const today = this.#today();
    if (today === this.#day) return;
    this.#day = today;
    this.#tokens = 0;
    this.#cost = 0;
  }

  #today(): number {
    return Math.floor(this.#options.clock.nowMs() / DAY_MS);
  }
}
