/**
 * How often a decision of a level with a given margin is right. The development half of the fixture gives the order of the
 * cells; its shares alone promise too much, since fixture and lexicons have one author (0.99 there, 0.5 on 48 fresh, hard
 * texts before any rule had seen them). So every cell stands between the two, and confidence stays modest.
 */
import type { Level } from "@kaelix/model";

/** Lower bounds of the margin's cells. */
export const MARGIN_BOUNDS: readonly number[] = [0, 0.12, 0.25, 0.38];

const RIGHT_SHARE: Readonly<Record<Level, readonly number[]>> = {
  1: [0.6, 0.68, 0.74, 0.82],
  2: [0.65, 0.7, 0.76, 0.82],
  3: [0.65, 0.76, 0.84, 0.91],
  4: [0.7, 0.78, 0.85, 0.93],
};

/** The cell a margin falls into. */
export function marginCell(margin: number): number {
  return MARGIN_BOUNDS.findLastIndex((bound) => margin >= bound);
}

/** The calibrated confidence of a level decided with a margin from 0 to 0.5 on its nearest boundary. */
export function calibratedConfidence(level: Level, margin: number): number {
  return RIGHT_SHARE[level][Math.max(0, marginCell(margin))] ?? 0.6;
}
