/**
 * The figures of a ranked list, as the LoCoMo paper and the retrieval literature define them.
 */

/** One figure. */
export interface MeasuredRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target?: number;
  readonly reached?: boolean;
}

/** Depths that recall is printed at. */
export const DEPTHS = [5, 10, 25, 50] as const;

/** Share of the evidence in the first `depth`; a question without evidence counts 1 (the paper's metric). */
export function recallAt(ranked: readonly string[], evidence: readonly string[], depth: number): number {
  if (evidence.length === 0) return 1;
  const top = new Set(ranked.slice(0, depth));
  return evidence.filter((id) => top.has(id)).length / evidence.length;
}

/** One over the place of the first piece of evidence; 0 when none is found; 1 without evidence. */
export function reciprocalRank(ranked: readonly string[], evidence: readonly string[]): number {
  if (evidence.length === 0) return 1;
  const place = ranked.findIndex((id) => evidence.includes(id));
  return place < 0 ? 0 : 1 / (place + 1);
}

/** Discounted gain of the evidence in the first `depth`, over the best there could be. */
export function gainAt(ranked: readonly string[], evidence: readonly string[], depth: number): number {
  if (evidence.length === 0) return 1;
  const wanted = new Set(evidence);
  let gain = 0;
  let best = 0;
  for (let place = 0; place < depth; place++) {
    const discount = 1 / Math.log2(place + 2);
    const id = ranked[place];
    if (id !== undefined && wanted.has(id)) gain += discount;
    if (place < wanted.size) best += discount;
  }
  return gain / best;
}

/** The value that a share of the values does not exceed; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The mean; 0 of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
