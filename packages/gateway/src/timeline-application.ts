/** What the gateway needs of the timeline. */
import type { SourceKind, UserPrincipal } from "@kaelix/model";

import type { LessonApplication } from "./lesson-application.ts";
import type { RetentionApplication } from "./retention-application.ts";
import type { ReviewApplication } from "./review-application.ts";

/** What is asked for. */
export interface TimelineRequest {
  /** IANA name; undefined: UTC. */
  readonly zone?: string;
  /** `2026-03`: its days; undefined: all months. */
  readonly month?: string;
  readonly source?: SourceKind;
  /** Said by this person. */
  readonly person?: string;
}

/** Months or days that hold something, newest first. `fromMs` is in it, `toMs` is not. */
export interface TimelineOutcome {
  readonly type: "timeline";
  readonly zone: string;
  readonly total: number;
  readonly parts: readonly {
    readonly key: string;
    readonly count: number;
    readonly fromMs: number;
    readonly toMs: number;
  }[];
  /** Sources that hold something, whichever was asked for; not narrowed to the month. */
  readonly sources: readonly SourceKind[];
  readonly tookMs: number;
}

/** When the principal's memories happened. Nothing above the open level is counted. */
export interface TimelineApplication {
  read(
    principal: UserPrincipal,
    request: TimelineRequest,
  ): Promise<TimelineOutcome | { readonly type: "unknown-zone" }>;
}

/** Going through what there is: what waits for a word, what happened when, what one's words taught, and how long it is kept. */
export interface GoingThrough {
  readonly review: ReviewApplication;
  readonly timeline: TimelineApplication;
  readonly lessons: LessonApplication;
  readonly retention: RetentionApplication;
}
