/**
 * Texts → vectors, through a provider that may be slow, wrong, dear or gone.
 *
 *   texts ─► cache ─► batches ─► circuit ─► budget ─► pace, concurrency ─► provider, again after a while ─► vectors
 *
 * Guarantees: at most `concurrency` requests at once and `requestsPerMinute` of them; no token beyond the day's budget; a provider that
 * keeps failing is left alone for a while; an answer that is no vectors throws and is kept nowhere.
 * It does not: decide which texts may be sent, or log any.
 */
import { setTimeout as sleepFor } from "node:timers/promises";

import { type Clock, isKaelixError, type RandomSource } from "@kaelix/base";

import { Circuit } from "./circuit.ts";
import { DailyBudget, type Spent } from "./daily-budget.ts";
import { embedErrors, waitMsOf } from "./errors.ts";
import type { EmbedProvider } from "./providers/provider.ts";
import { VectorCache } from "./vector-cache.ts";

/** Texts of one request. */
export const BATCH_TEXTS_MAX = 64;
const BATCH_LENGTH_MAX = 200_000;
/** Of a longer text the beginning is embedded: models read no more, and some refuse it. */
const TEXT_LENGTH_MAX = 8_000;
const ATTEMPTS_MAX = 4;
const RETRY_MS_FIRST = 500;
const RETRY_MS_MAX = 20_000;
const CACHE_BYTES_MAX = 8 * 1024 * 1024;
/** Letters of a token, on the low side, so that an estimate is rather too high. */
const TOKEN_LETTERS = 3;
const MINUTE_MS = 60_000;

/** What an embedder is made of. */
export interface EmbedderOptions {
  readonly provider: EmbedProvider;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly concurrency: number;
  readonly requestsPerMinute: number;
  /** Of one request. */
  readonly timeoutMs: number;
  readonly tokensPerDay: number;
  readonly spent?: Spent | undefined;
  readonly onSpent?: ((spent: Spent) => void) | undefined;
  /** Waits; rejects when the signal is aborted. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** How texts are embedded. */
export interface EmbedOptions {
  readonly signal?: AbortSignal;
  /** True: asked once, and kept for who asks the same again. For queries; what memories mean is kept where they are and nowhere else. */
  readonly isQuery?: boolean;
}

interface Turn {
  readonly signal: AbortSignal | undefined;
  readonly isQuery: boolean | undefined;
}

/** How an embedder stands. Counts are since the start. */
export interface EmbedderState {
  readonly model: string;
  readonly host: string;
  readonly isPaused: boolean;
  /** The code of the last failure; null after a success. */
  readonly problem: string | null;
  readonly requests: number;
  readonly texts: number;
  readonly tokensToday: number;
  readonly tokensPerDay: number;
}

/** An embedder. One per process: limits and budget are its own. */
export class Embedder {
  readonly #options: EmbedderOptions;
  readonly #circuit: Circuit;
  readonly #budget: DailyBudget;
  readonly #cache = new VectorCache(CACHE_BYTES_MAX);
  readonly #sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly #waiters: (() => void)[] = [];
  #running = 0;
  #nextRequestMs = 0;
  #dimension: number | undefined;
  #requests = 0;
  #texts = 0;
  #problem: string | null = null;

  constructor(options: EmbedderOptions) {
    this.#options = options;
    this.#circuit = new Circuit(options.clock);
    const { clock, tokensPerDay, spent, onSpent } = options;
    this.#budget = new DailyBudget({ clock, tokensMax: tokensPerDay, spent, onSpent });
    this.#sleep = options.sleep ?? ((ms, signal) => sleepFor(ms, undefined, { signal, ref: false }));
  }

  /** Vectors can be compared with those of the same model alone. */
  get model(): string {
    return this.#options.provider.model;
  }

  /** How it stands now. */
  state(): EmbedderState {
    const { provider, tokensPerDay } = this.#options;
    return {
      model: provider.model,
      host: provider.host,
      isPaused: this.#circuit.isOpen,
      problem: this.#problem,
      requests: this.#requests,
      texts: this.#texts,
      tokensToday: this.#budget.tokensToday,
      tokensPerDay,
    };
  }

  /**
   * Vectors of texts, in order, of length one and of one dimension.
   * @throws an error of `embedErrors`, with `waitMs` in its details where it is known when to ask again; the signal's reason
   */
  async embed(texts: readonly string[], options: EmbedOptions = {}): Promise<readonly Float32Array[]> {
    const cut = texts.map((text) => text.slice(0, TEXT_LENGTH_MAX));
    const known = new Map<string, Float32Array>();
    const wanted: string[] = [];
    for (const text of new Set(cut)) {
      const vector = this.#cache.get(text);
      if (vector === undefined) wanted.push(text);
      else known.set(text, vector);
    }
    await Promise.all(
      batchesOf(wanted).map(async (batch) => {
        const vectors = await this.#embedBatch(batch, options);
        for (const [at, text] of batch.entries()) {
          const vector = vectors[at];
          if (vector === undefined) continue;
          known.set(text, vector);
          if (options.isQuery === true) this.#cache.put(text, vector);
        }
      }),
    );
    return cut.map((text) => known.get(text)).filter((vector) => vector !== undefined);
  }

  async #embedBatch(batch: readonly string[], { signal, isQuery }: EmbedOptions): Promise<readonly Float32Array[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(batch, { signal, isQuery });
      } catch (error) {
        signal?.throwIfAborted();
        const isWorthIt =
          isKaelixError(error) && error.kind === "upstream" ? error.retry : isKaelixError(error, "embed-busy");
        const waitMs = Math.max(waitMsOf(error), this.#jitteredMs(attempt));
        if (isQuery === true || !isWorthIt || attempt >= ATTEMPTS_MAX || waitMs > RETRY_MS_MAX) throw error;
        await this.#sleep(waitMs, signal);
      }
    }
  }

  async #attempt(batch: readonly string[], turn: Turn): Promise<readonly Float32Array[]> {
    await this.#takeTurn(turn);
    try {
      return await this.#request(batch, turn.signal);
    } finally {
      this.#leave();
    }
  }

  async #request(batch: readonly string[], signal: AbortSignal | undefined): Promise<readonly Float32Array[]> {
    const { waitMs } = this.#circuit;
    if (waitMs > 0) throw embedErrors("embed-paused", { details: { waitMs } });
    const estimate = Math.ceil(batch.reduce((sum, text) => sum + text.length + TOKEN_LETTERS, 0) / TOKEN_LETTERS);
    if (!this.#budget.reserve(estimate)) {
      this.#problem = "embed-budget-spent";
      throw embedErrors("embed-budget-spent", { details: { waitMs: this.#budget.waitMs } });
    }
    this.#circuit.begin();
    const late = AbortSignal.timeout(this.#options.timeoutMs);
    this.#requests += 1;
    try {
      const answer = await this.#options.provider.request(
        batch,
        signal === undefined ? late : AbortSignal.any([signal, late]),
      );
      // Texts were read, whatever was made of them.
      this.#budget.settle(estimate, answer.tokens ?? estimate);
      this.#mustFit(answer.vectors);
      this.#circuit.succeeded();
      this.#problem = null;
      this.#texts += batch.length;
      return answer.vectors;
    } catch (error) {
      this.#noteFailure(error, signal?.aborted === true);
      throw error;
    }
  }

  #noteFailure(error: unknown, wasLeft: boolean): void {
    if (wasLeft) {
      this.#circuit.left();
      return;
    }
    this.#problem = isKaelixError(error) ? error.code : "embed-failed";
    this.#circuit.failed(isKaelixError(error, "embed-refused") && isAboutUs(error.details["status"]));
  }

  /** Vectors of one model have one dimension. @throws `embed-answer-invalid` */
  #mustFit(vectors: readonly Float32Array[]): void {
    this.#dimension ??= vectors[0]?.length;
    if (vectors.some((vector) => vector.length !== this.#dimension))
      throw embedErrors("embed-answer-invalid", { details: { wrong: "dimension" } });
  }

  /** Waits for a place among the running and for the pace. Somebody waits for a query: it goes first, has a place more and keeps no pace. */
  async #takeTurn({ signal, isQuery }: Turn): Promise<void> {
    const { clock, concurrency, requestsPerMinute } = this.#options;
    const placesMax = isQuery === true ? concurrency + 1 : concurrency;
    while (this.#running >= placesMax) {
      await new Promise<void>((resolve) => {
        if (isQuery === true) this.#waiters.unshift(resolve);
        else this.#waiters.push(resolve);
      });
    }
    this.#running += 1;
    const nowMs = clock.monotonicMs();
    const atMs = Math.max(nowMs, this.#nextRequestMs);
    this.#nextRequestMs = atMs + MINUTE_MS / requestsPerMinute;
    if (atMs <= nowMs || isQuery === true) return;
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

function batchesOf(texts: readonly string[]): string[][] {
  const batches: string[][] = [];
  let length = 0;
  for (const text of texts) {
    const last = batches.at(-1);
    if (last === undefined || last.length >= BATCH_TEXTS_MAX || length + text.length > BATCH_LENGTH_MAX) {
      batches.push([text]);
      length = text.length;
    } else {
      last.push(text);
      length += text.length;
    }
  }
  return batches;
}
