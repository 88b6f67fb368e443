/** Percentiles of measured times. */

/** The value below which a share (0 to 1) of the samples lies; the samples are sorted in place. */
export function percentile(samples: Float64Array, share: number): number {
  samples.sort();
  return samples[Math.min(samples.length - 1, Math.floor(samples.length * share))] ?? Number.NaN;
}

/** Lets timers, syncs and readers have a turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
