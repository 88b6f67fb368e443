/** What is asked, after what, and how it was understood. */
import type { LogPosition } from "@kaelix/base";
import type { Level, UserId } from "@kaelix/model";

import type { RecallFilter } from "./application.ts";
import type { Authorship } from "./provider-application.ts";

/** How far back is looked: what occurred before a time (epoch ms), or what was first told up to a position of the log. */
export type AsOf =
  | { readonly type: "time"; readonly ms: number }
  | { readonly type: "position"; readonly position: LogPosition };

/** A question. */
export interface AskRequest {
  readonly question: string;
  readonly filter: RecallFilter;
  readonly asOf?: AsOf;
  /** What was asked before in the same conversation, as it was understood, the last one last. */
  readonly after?: readonly string[];
  /** Whether to say what may be asked next. */
  readonly proposes?: boolean;
}

/** What is said of an answer besides its words. */
export interface AnswerRemarks extends Authorship {
  /** The question in words of its own, where it leaned on what was asked before. */
  readonly understoodAs?: string;
  /** Of a memory that lent it a name. */
  readonly understoodFrom?: { readonly level: Level; readonly owner: UserId };
  /** Questions that may be asked next and have an answer. */
  readonly proposed?: readonly string[];
}
