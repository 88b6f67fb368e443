/**
 * How often a decision of a level with a given margin was right, fitted on the development half of the fixture
 * (fixtures/levels.jsonl) with two pseudo-cases at the mean per cell. Refit when rules change: `bench/classify/main.ts --fit`.
 */
import type { Level } from "@kaelix/model";

/** Lower bounds of the margin's cells. */
export const MARGIN_BOUNDS: readonly number[] = [0, 0.12, 0.25, 0.38];

const RIGHT_SHARE: Readonly<Record<Level, readonly number[]>> = {
  1: [0.6, 0.7, 0.8, 0.9],
  2: [0.6, 0.7, 0.8, 0.9],
  3: [0.6, 0.7, 0.85, 0.93],
  4: [0.6, 0.75, 0.88, 0.95],
};

/** The cell a margin falls into. */
export function marginCell(margin: number): number {
  return MARGIN_BOUNDS.findLastIndex((bound) => margin >= bound);
}

/** The calibrated confidence of a level decided with a margin from 0 to 0.5 on its nearest boundary. */
export function calibratedConfidence(level: Level, margin: number): number {
  return RIGHT_SHARE[level][Math.max(0, marginCell(margin))] ?? 0.6;
}
