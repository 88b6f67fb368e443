/** What a bucket says: taken, or how long until there is one more. */
type TakeOutcome = { readonly type: "taken" } | { readonly type: "spent"; readonly retryAfterMs: number };

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

const TAKEN: TakeOutcome = { type: "taken" };

/**
 * Token buckets by key: `perSecond` flow in, up to twice as many may be taken in one burst after a rest of two seconds.
 *
 * Guarantees: at most `keysMax` buckets are held; the one not used for longest goes first (it is full again by then, or the server
 * is under attack from more keys than it can tell apart). In memory: every process counts for itself.
 */
export class TokenBuckets {
  readonly #perSecond: number;
  readonly #keysMax: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: { readonly perSecond: number; readonly keysMax: number }) {
    this.#perSecond = options.perSecond;
    this.#keysMax = options.keysMax;
  }

  /** Takes one token of a key at a monotonic time. */
  take(key: string, nowMs: number): TakeOutcome {
    const bucket = this.#bucketOf(key, nowMs);
    const flowed = ((nowMs - bucket.filledAtMs) * this.#perSecond) / 1_000;
    bucket.tokens = Math.min(this.#perSecond * 2, bucket.tokens + Math.max(0, flowed));
    bucket.filledAtMs = nowMs;
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return TAKEN;
    }
    return { type: "spent", retryAfterMs: Math.ceil(((1 - bucket.tokens) * 1_000) / this.#perSecond) };
  }

  /** Keys held now. */
  get size(): number {
    return this.#buckets.size;
  }

  #bucketOf(key: string, nowMs: number): Bucket {
    const known = this.#buckets.get(key);
    if (known !== undefined) {
      // Moving a key to the end on each use costs two hash operations; only full maps need the order.
      if (this.#buckets.size * 2 >= this.#keysMax) {
        this.#buckets.delete(key);
        this.#buckets.set(key, known);
      }
      return known;
    }
    if (this.#buckets.size >= this.#keysMax) {
      const oldest = this.#buckets.keys().next();
      if (oldest.done !== true) this.#buckets.delete(oldest.value);
    }
    const made: Bucket = { tokens: this.#perSecond * 2, filledAtMs: nowMs };
    this.#buckets.set(key, made);
    return made;
  }
}
