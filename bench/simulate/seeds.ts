/** What the threads of the simulation tell each other. */

/** Every tenth seed also runs transactions, share groups and consumer groups: they take ten times as long. */
export const CLIENTS_EVERY = 10;

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

/** What was done and looked at. */
export interface SeedCounts {
  readonly crashes: number;
  readonly acknowledged: number;
  readonly transactions: number;
  /** Records share groups were done with. */
  readonly shared: number;
  /** Heartbeats of members of groups that were answered. */
  readonly heartbeats: number;
}

/** What came of a range. */
export interface RangeOutcome {
  readonly seeds: number;
  readonly counts: SeedCounts;
  readonly faults: readonly SeedFault[];
}
