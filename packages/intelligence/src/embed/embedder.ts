/**
 * Texts → vectors, through a provider that may be slow, wrong, dear or gone.
 *
 *   texts ─► cache ─► batches ─► circuit ─► budget ─► pace, concurrency ─► provider, again after a while ─► vectors
 *
 * Guarantees those of `Asking`, and: an answer that is no vectors throws and is kept nowhere.
 * It does not: decide which texts may be sent, or log any.
 */
import { Asking, type AskingOptions } from "../provider/asking.ts";
import { TextCache } from "../provider/text-cache.ts";
import { embedErrors } from "./errors.ts";
import type { EmbedProvider } from "./providers/provider.ts";

/** Texts of one request. */
export const BATCH_TEXTS_MAX = 64;
const BATCH_LENGTH_MAX = 200_000;
/** Of a longer text the beginning is embedded: models read no more, and some refuse it. */
const TEXT_LENGTH_MAX = 8_000;
const CACHE_BYTES_MAX = 8 * 1024 * 1024;
/** Letters of a token, on the low side, so that an estimate is rather too high. */
const TOKEN_LETTERS = 3;

/** What an embedder is made of. */
export interface EmbedderOptions extends AskingOptions {
  readonly provider: EmbedProvider;
}

/** How texts are embedded. */
export interface EmbedOptions {
  readonly signal?: AbortSignal;
  /** True: asked once, and kept for who asks the same again. For queries; what memories mean is kept where they are and nowhere else. */
  readonly isQuery?: boolean;
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
  readonly #asking: Asking;
  readonly #cache = new TextCache<Float32Array>(CACHE_BYTES_MAX, (vector) => vector.byteLength);
  #dimension: number | undefined;
  #texts = 0;

  constructor(options: EmbedderOptions) {
    this.#options = options;
    this.#asking = new Asking(options, (kind, more) => embedErrors(`embed-${kind}`, more));
  }

  /** Vectors can be compared with those of the same model alone. */
  get model(): string {
    return this.#options.provider.model;
  }

  /** How it stands now. */
  state(): EmbedderState {
    const { provider, tokensPerDay } = this.#options;
    const { isPaused, problem, requests, today } = this.#asking.state();
    return {
      model: provider.model,
      host: provider.host,
      isPaused,
      problem,
      requests,
      texts: this.#texts,
      tokensToday: today.tokens,
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
    const tokens = Math.ceil(batch.reduce((sum, text) => sum + text.length + TOKEN_LETTERS, 0) / TOKEN_LETTERS);
    const vectors = await this.#asking.run(
      {
        estimate: { tokens, cost: 0 },
        send: async (within) => {
          const answer = await this.#options.provider.request(batch, within);
          const spent = answer.tokens === undefined ? undefined : { tokens: answer.tokens, cost: 0 };
          return { result: answer.vectors, spent };
        },
        check: (found) => this.#mustFit(found),
      },
      { signal, isUrgent: isQuery },
    );
    this.#texts += batch.length;
    return vectors;
  }

  /** Vectors of one model have one dimension. @throws `embed-answer-invalid` */
  #mustFit(vectors: readonly Float32Array[]): void {
    this.#dimension ??= vectors[0]?.length;
    if (vectors.some((vector) => vector.length !== this.#dimension))
      throw embedErrors("embed-answer-invalid", { details: { wrong: "dimension" } });
  }
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
