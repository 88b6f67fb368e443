/** Randomness as an argument, so that a test can repeat a run by its seed. */
export interface RandomSource {
  /** Fills a new array of `length` bytes (0 to 65,536). */
  bytes(length: number): Uint8Array;
}

/** The platform's cryptographic generator. */
export const systemRandom: RandomSource = {
  bytes: (length) => globalThis.crypto.getRandomValues(new Uint8Array(length)),
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
