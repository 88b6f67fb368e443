/**
 * How long a person keeps what they tell: events of topic `days` (record keys `retention/<user>`, `announced/<user>`,
 * `kept/<user>/<memory>`). Ages count from when a memory was told to Kaelix, never from when it happened.
 */
import type { EventBase } from "./events.ts";
import type { MemoryId } from "./ids.ts";
import type { SourceKind } from "./memory.ts";

/** The longest that a rule may say without saying for ever: a hundred years. */
export const KEPT_MONTHS_MAX = 1_200;

/** Whole months a memory is kept, 1 to `KEPT_MONTHS_MAX`; null: for ever. */
export type KeptMonths = number | null;

/** How long memories are kept: those of a source named here as it says, all others `months`. A source is named once. */
export interface RetentionRules {
  readonly months: KeptMonths;
  readonly sources: readonly { readonly source: SourceKind; readonly months: KeptMonths }[];
}

/** Told before this time, epoch ms; null: nothing of it. A source that is named here goes by its own time. */
export interface ToldBefore {
  readonly before: number | null;
  readonly sources: readonly { readonly source: SourceKind; readonly before: number | null }[];
}

interface RetentionBase extends EventBase {
  /** Grows by one with every state of the same thing, from 1. */
  readonly revision: number;
}

/** A person said how long theirs is kept. `rules` null: as the house says again. */
export interface RetentionChosen extends RetentionBase {
  readonly type: "retention.chosen";
  readonly rules: RetentionRules | null;
}

/** What will go and not before when: nothing goes by its age that was not announced so. */
export interface RetentionAnnounced extends RetentionBase, ToldBefore {
  readonly type: "retention.announced";
  readonly due_at: number;
}

/** One memory is kept whatever its age. */
export interface RetentionKept extends RetentionBase {
  readonly type: "retention.kept";
  readonly kept: MemoryId;
}

/** Events of topic `days` about how long things are kept. */
export type RetentionEvent = RetentionChosen | RetentionAnnounced | RetentionKept;
