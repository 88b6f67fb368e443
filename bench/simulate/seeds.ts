/** What the threads of the simulation tell each other. */

/** Every tenth seed also runs transactions and groups: they take ten times as long. */
export const TRANSACTIONS_EVERY = 10;

/** Seeds to be run, from one on. */
export interface SeedRange {
  readonly from: number;
  readonly seeds: number;
}

/** A seed whose oracle found something wrong. */
export interface SeedFault {
  readonly seed: number;
  readonly faults: readonly string[];
  /** What was done, line by line. */
  readonly story: readonly string[];
}

/** What came of a range. */
export interface RangeOutcome {
  readonly seeds: number;
  readonly counts: { readonly crashes: number; readonly acknowledged: number; readonly transactions: number };
  readonly faults: readonly SeedFault[];
}
