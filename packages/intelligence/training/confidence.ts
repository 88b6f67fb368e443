/** From judged texts to a table of confidences: how often a level was right, by the share of the odds it stood on. */

import type { LevelOdds } from "../src/classify/scorer.ts";

/** A text judged by weights that had not seen it. */
export interface JudgedText {
  readonly id: string;
  readonly text: string;
  readonly level: number;
  readonly isAsMet: boolean;
  readonly family: string;
  readonly odds: LevelOdds;
  readonly found: number;
  /** The share of the odds that `found` stands on. */
  readonly share: number;
}

/** The table that scorer-weights.ts holds. */
export interface ConfidenceTable {
  readonly bounds: readonly number[];
  readonly shares: readonly (readonly number[])[];
}

const BOUNDS: readonly number[] = [0, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.92, 0.97];
/** Cells lean on what all levels together say, as if that many texts had said it. */
const LEAN = 12;
/** A text as people write them counts as many times: on texts that were written to be hard alone, everything else would look doubtful. */
const AS_MET_COUNT = 5;

/** Nothing is certain that was learnt from some thousand texts. */
const SURE_MAX = 0.995;

function cellOf(share: number): number {
  return Math.max(
    0,
    BOUNDS.findLastIndex((bound) => share >= bound),
  );
}

function rightShare(judged: readonly JudgedText[], lean: number, leanCount: number): number {
  const right = countOf(judged.filter((one) => one.found === one.level));
  return (right + lean * leanCount) / (countOf(judged) + leanCount);
}

function countOf(judged: readonly JudgedText[]): number {
  return judged.reduce((sum, one) => sum + (one.isAsMet ? AS_MET_COUNT : 1), 0);
}

/** Pools neighbours until the row never falls. */
function rising(values: readonly number[]): number[] {
  const pools: { sum: number; count: number }[] = [];
  for (const value of values) {
    pools.push({ sum: value, count: 1 });
    for (let last = pools.length - 1; last > 0; last -= 1) {
      const [left, right] = [pools[last - 1], pools[last]];
      if (left === undefined || right === undefined || left.sum / left.count <= right.sum / right.count) break;
      pools.splice(last - 1, 2, { sum: left.sum + right.sum, count: left.count + right.count });
    }
  }
  return pools.flatMap((pool) => Array.from({ length: pool.count }, () => pool.sum / pool.count));
}

/** Learns the table from texts the weights had not seen. */
export function learnConfidence(judged: readonly JudgedText[]): ConfidenceTable {
  const shares = [1, 2, 3, 4].map((level) =>
    rising(
      BOUNDS.map((_bound, cell) => {
        const inCell = judged.filter((one) => cellOf(one.share) === cell);
        const pooled = rightShare(inCell, 0.6, 4);
        return rightShare(
          inCell.filter((one) => one.found === level),
          pooled,
          LEAN,
        );
      }),
    ).map((value) => Math.min(SURE_MAX, Math.round(value * 200) / 200)),
  );
  return { bounds: BOUNDS, shares };
}
