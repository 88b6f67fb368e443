/**
 * Events of topic `days`: what a person wants of their day, what was told of it, and what they keep to come back to.
 *
 * The topic is compacted: every record is the whole state of one thing (record keys `settings/<user>`, `made/<user>`,
 * `judged/<user>/<mark>`, `search/<user>/<id>`, `proposed/<user>/<mark>`, `lessons/<user>`,
 * `provider/<user>`, and those of `retention-events.ts`), a null value takes it away. What was typed is sealed; hours, days and counts are clear.
 */
import type { EventBase } from "./events.ts";
import type { SavedSearchId } from "./ids.ts";
import type { Level } from "./level.ts";
import type { RetentionEvent } from "./retention-events.ts";

interface DayBase extends EventBase {
  /** Grows by one with every state of the same thing, from 1. */
  readonly revision: number;
}

/** When somebody's day is told, and by which ways. */
export interface DaySettings extends DayBase {
  readonly type: "day.settings";
  /** Full hour of the day, 0 to 23; null: it is not told by itself. */
  readonly hour: number | null;
  /** IANA name of the zone that their days are in. */
  readonly zone: string;
  /** Sealed ways, purpose `profile` (base64url). */
  readonly sealed: string;
}

/** How a day's news goes out of the house. */
export type DayWay = "mail" | "webhook" | "push";

/** How far one way has come with a day. `tried_at` of the newest try; 0 before the first. */
export interface DayDelivery {
  readonly way: DayWay;
  readonly state: "waiting" | "sent" | "failed";
  readonly tries: number;
  readonly tried_at: number;
}

/** Somebody's day was made: the newest day alone, so that no day is made twice and none that was missed is caught up on. */
export interface DayMade extends DayBase {
  readonly type: "day.made";
  /** `YYYY-MM-DD` in the person's zone. */
  readonly day: string;
  /** False when there was nothing to tell: then nothing goes out. */
  readonly told: boolean;
  readonly seen_at: number | null;
  readonly ways: readonly DayDelivery[];
}

/** A line of a digest was called not useful. */
export interface DayJudged extends DayBase {
  readonly type: "day.judged";
  /** Keyed hash of the line (base64url of 16 bytes). */
  readonly mark: string;
  /** What the line is about: a kind of section. */
  readonly kind: string;
  /** Sealed key and topic of the line, purpose `profile` (base64url). */
  readonly sealed: string;
}

/** A search was named to be run again. */
export interface SearchSaved extends DayBase {
  readonly type: "search.saved";
  readonly search: SavedSearchId;
  /** Sealed name and question, purpose `profile` (base64url). */
  readonly sealed: string;
}

/** A program wants something remembered that only the person may let in. */
export interface WriteProposed extends DayBase {
  readonly type: "write.proposed";
  /** Keyed hash of what is told and by which program (base64url of 16 bytes): told twice it is one. */
  readonly mark: string;
  /** The level it would stand at: above what is open it is neither shown nor counted. */
  readonly level: Level;
  /** Sealed draft, purpose `profile` (base64url). */
  readonly sealed: string;
}

/** What a person taught by moving memories between levels counts no more, up to `at`; the memories stay where they are. */
export interface LessonsForgotten extends DayBase {
  readonly type: "lessons.forgotten";
}

/** Whether anything of a person may go to an AI provider; never more than the house lets go. */
export interface ProviderChosen extends DayBase {
  readonly type: "provider.chosen";
  readonly allowed: boolean;
}

/** Events of topic `days`. */
export type DayEvent =
  | DaySettings
  | DayMade
  | DayJudged
  | SearchSaved
  | WriteProposed
  | LessonsForgotten
  | ProviderChosen
  | RetentionEvent;
