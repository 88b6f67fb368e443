/** Randomness as an argument, so that a test can repeat a run by its seed. */
export interface RandomSource {
  /** Fills a new array of `length` bytes (0 to 65,536). */
  bytes(length: number): Uint8Array;
}

/** A call of the generator costs far more than the bytes it brings: small wishes are met from a pool. */
const POOL_BYTES = 4_096;
const POOLED_BYTES_MAX = 256;
const pool = new Uint8Array(POOL_BYTES);
let poolAt = POOL_BYTES;

/** The platform's cryptographic generator. No byte is given twice, nor kept once it was given. */
export const systemRandom: RandomSource = {
  bytes(length) {
    if (length > POOLED_BYTES_MAX) return globalThis.crypto.getRandomValues(new Uint8Array(length));
    if (poolAt + length > POOL_BYTES) {
      globalThis.crypto.getRandomValues(pool);
      poolAt = 0;
    }
    const from = poolAt;
    poolAt += length;
    const bytes = pool.slice(from, poolAt);
    pool.fill(0, from, poolAt);
    return bytes;
  },
};

/**
 * A repeatable generator for tests and simulations (mulberry32). Never for secrets.
 *
 * @example
 * const random = seededRandom(42);
 * random.integer(10); // the same on every machine
 */
export function seededRandom(seed: number): RandomSource & { integer(below: number): number; fraction(): number } {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    fraction,
    integer: (below) => Math.floor(fraction() * below),
    bytes: (length) => Uint8Array.from({ length }, () => Math.floor(fraction() * 256)),
  };
}
