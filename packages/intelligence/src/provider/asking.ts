/**
 * Asking a provider that may be slow, wrong, dear or gone: what every client of one goes through.
 *
 *   request ─► places, pace ─► circuit ─► budget ─► provider, again after a while ─► result
 *
 * Guarantees: at most `concurrency` requests at once (one more where somebody waits) and `requestsPerMinute` of them; nothing is spent
 * beyond the day's budget; a provider that keeps failing is left alone for a while; every request ends within `timeoutMs`.
 * It does not: decide which texts may be sent, or log any.
 */
import { setTimeout as sleepFor } from "node:timers/promises";

import { type Clock, isKaelixError, type KaelixError, type RandomSource } from "@kaelix/base";

import { Circuit } from "./circuit.ts";
import { DailyBudget, type Spending, type Spent } from "./daily-budget.ts";
import { type ProviderFailures, waitMsOf } from "./failures.ts";

const ATTEMPTS_MAX = 4;
const RETRY_MS_FIRST = 500;
const RETRY_MS_MAX = 20_000;
const MINUTE_MS = 60_000;

/** Limits, budget and clocks of one provider. */
export interface AskingOptions {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly concurrency: number;
  readonly requestsPerMinute: number;
  /** Of one request. */
  readonly timeoutMs: number;
  readonly tokensPerDay: number;
  /** In millionths of the currency; absent: tokens alone count. */
  readonly costPerDay?: number | undefined;
  readonly spent?: Spent | undefined;
  readonly onSpent?: ((spent: Spent) => void) | undefined;
  /** Waits; rejects when the signal is aborted. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** How one thing is asked for. */
export interface Turn {
  readonly signal?: AbortSignal | undefined;
  /** Somebody waits for it: it goes first, has a place more, keeps no pace, and is asked once. */
  readonly isUrgent?: boolean | undefined;
}

/** One request. */
export interface Request<Result> {
  /** Rather too high: it is taken out of the budget before. */
  readonly estimate: Spending;
  /** Sends it, once; the result and what was spent, as far as the provider says. */
  readonly send: (signal: AbortSignal) => Promise<{ readonly result: Result; readonly spent: Spending | undefined }>;
  /** Throws when the result is none: read it was all the same, and paid for. */
  readonly check?: (result: Result) => void;
}

/** How asking stands. Counts are since the start. */
export interface AskingState {
  readonly isPaused: boolean;
  /** The code of the last failure; null after a success. */
  readonly problem: string | null;
  readonly requests: number;
  readonly today: Spending;
}

/** One provider's limits and budget. One per process and provider. */
export class Asking {
  readonly #options: AskingOptions;
  readonly #failures: ProviderFailures;
  readonly #circuit: Circuit;
  readonly #budget: DailyBudget;
  readonly #sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly #waiters: (() => void)[] = [];
  #running = 0;
  #nextRequestMs = 0;
  #requests = 0;
  #problem: string | null = null;

  constructor(options: AskingOptions, failures: ProviderFailures) {
    this.#options = options;
    this.#failures = failures;
    this.#circuit = new Circuit(options.clock);
    const { clock, tokensPerDay, costPerDay, spent, onSpent } = options;
    this.#budget = new DailyBudget({ clock, tokensMax: tokensPerDay, costMax: costPerDay, spent, onSpent });
    this.#sleep = options.sleep ?? ((ms, signal) => sleepFor(ms, undefined, { signal, ref: false }));
  }

  /** How it stands now. */
  state(): AskingState {
    return {
      isPaused: this.#circuit.isOpen,
      problem: this.#problem,
      requests: this.#requests,
      today: this.#budget.today,
    };
  }

  /**
   * Sends a request, again where that may help.
   * @throws an error of the client's table, with `waitMs` in its details where it is known when to ask again; the signal's reason
   */
  async run<Result>(request: Request<Result>, turn: Turn = {}): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(request, turn);
      } catch (error) {
        turn.signal?.throwIfAborted();
        const isWorthIt = isKaelixError(error) && error.retry && error.kind !== "spent" && !this.#isPause(error);
        const waitMs = Math.max(waitMsOf(error), this.#jitteredMs(attempt));
        if (turn.isUrgent === true || !isWorthIt || attempt >= ATTEMPTS_MAX || waitMs > RETRY_MS_MAX) throw error;
        await this.#sleep(waitMs, turn.signal);
      }
    }
  }

  #isPause(error: KaelixError): boolean {
    return error.code === this.#failures("paused").code;
  }

  async #attempt<Result>(request: Request<Result>, turn: Turn): Promise<Result> {
    await this.#takeTurn(turn);
    try {
      return await this.#send(request, turn.signal);
    } finally {
      this.#leave();
    }
  }

  async #send<Result>({ check, estimate, send }: Request<Result>, signal: AbortSignal | undefined): Promise<Result> {
    const { waitMs } = this.#circuit;
    if (waitMs > 0) throw this.#failures("paused", { details: { waitMs } });
    if (!this.#budget.reserve(estimate)) {
      const spent = this.#failures("budget-spent", { details: { waitMs: this.#budget.waitMs } });
      this.#problem = spent.code;
      throw spent;
    }
    this.#circuit.begin();
    const late = AbortSignal.timeout(this.#options.timeoutMs);
    this.#requests += 1;
    try {
      const { result, spent } = await send(signal === undefined ? late : AbortSignal.any([signal, late]));
      this.#budget.settle(estimate, spent ?? estimate);
      check?.(result);
      this.#circuit.succeeded();
      this.#problem = null;
      return result;
    } catch (error) {
      // Who turns us away has read nothing.
      if (isKaelixError(error) && [400, 401, 403, 404, 405, 429].includes(Number(error.details["status"])))
        this.#budget.settle(estimate, { tokens: 0, cost: 0 });
      this.#noteFailure(error, signal?.aborted === true);
      throw error;
    }
  }

  #noteFailure(error: unknown, wasLeft: boolean): void {
    if (wasLeft) {
      this.#circuit.left();
      return;
    }
    if (isKaelixError(error) && error.details["isOfText"] === true) {
      // It answered, and what it said is about this text alone.
      this.#circuit.succeeded();
      return;
    }
    this.#problem = isKaelixError(error) ? error.code : this.#failures("failed").code;
    this.#circuit.failed(isKaelixError(error) && isAboutUs(error.details["status"]));
  }

  /** Waits for a place among the running and for the pace. */
  async #takeTurn({ signal, isUrgent }: Turn): Promise<void> {
    const { clock, concurrency, requestsPerMinute } = this.#options;
    const placesMax = isUrgent === true ? concurrency + 1 : concurrency;
    while (this.#running >= placesMax) {
      await new Promise<void>((resolve) => {
        if (isUrgent === true) this.#waiters.unshift(resolve);
        else this.#waiters.push(resolve);
      });
      if (signal?.aborted === true) {
        this.#waiters.shift()?.();
        signal.throwIfAborted();
      }
    }
    this.#running += 1;
    const nowMs = clock.monotonicMs();
    const atMs = Math.max(nowMs, this.#nextRequestMs);
    this.#nextRequestMs = atMs + MINUTE_MS / requestsPerMinute;
    if (atMs <= nowMs || isUrgent === true) return;
    try {
      await this.#sleep(atMs - nowMs, signal);
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  #leave(): void {
    this.#running -= 1;
    this.#waiters.shift()?.();
  }

  /** Twice as long each time, and somewhere in the upper half of it. */
  #jitteredMs(attempt: number): number {
    const [byte = 0] = this.#options.random.bytes(1);
    return Math.min(RETRY_MS_MAX, RETRY_MS_FIRST * 2 ** (attempt - 1)) * (0.5 + byte / 512);
  }
}

/** True for a refusal that every text would meet: key, address or model are wrong, not the text. */
function isAboutUs(status: unknown): boolean {
  return status === 401 || status === 403 || status === 404 || status === 405;
}
