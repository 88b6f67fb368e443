/** How often a decision is right, by level and by the share of the odds it stood on. Written from training/fit.ts's table. */
import type { Level } from "@kaelix/model";
import { CONFIDENCE_BOUNDS, CONFIDENCES } from "./scorer-weights.ts";

/** The calibrated confidence of a level that holds `share` (0 to 1) of the odds. */
export function calibratedConfidence(level: Level, share: number): number {
  const cell = Math.max(
    0,
    CONFIDENCE_BOUNDS.findLastIndex((bound) => share >= bound),
  );
  return CONFIDENCES[level - 1]?.[cell] ?? 0.5;
}
