/** How secret a memory is: what happens if it is read by someone it was not meant for. */
export type Level = 1 | 2 | 3 | 4;

/** The word for a level in interfaces and JSON. */
export type LevelName = "general" | "confidential" | "secret" | "ultra-secret";

const LEVEL_NAMES = ["general", "confidential", "secret", "ultra-secret"] as const;

/** All levels, least secret first. */
export const LEVELS: readonly Level[] = [1, 2, 3, 4];

/** The highest level whose text may stand in an index in memory while the session is locked. */
export const LEVEL_INDEXED_MAX: Level = 2;

/** The word for a level. */
export function levelName(level: Level): LevelName {
  return LEVEL_NAMES[level - 1] ?? "ultra-secret";
}

/** Reads a level from its number or its word; undefined when it is neither. */
export function parseLevel(value: unknown): Level | undefined {
  if (value === 1 || value === 2 || value === 3 || value === 4) return value;
  const index = LEVEL_NAMES.findIndex((name, at) => name === value || String(at + 1) === value);
  return index < 0 ? undefined : LEVELS[index];
}

/** Who decided a level. A person's choice is never lowered by a rule or a model. */
export type LevelDecider = "rule" | "model" | "person";

/** Why a classifier chose a level, in words a person can read; `rule` is a stable id such as `contact-phone`. */
export interface ClassificationReason {
  readonly rule: string;
  readonly level: Level;
  readonly text: string;
}

/** What a classifier says of a text. `confidence` is calibrated: of texts at 0.9, nine in ten are right. */
export interface Classification {
  readonly level: Level;
  readonly confidence: number;
  readonly decidedBy: LevelDecider;
  readonly reasons: readonly ClassificationReason[];
}
