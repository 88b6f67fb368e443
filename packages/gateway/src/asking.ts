/** What is asked, after what, and how it was understood. */
import type { Level, UserId } from "@kaelix/model";

import type { RecallFilter } from "./application.ts";
import type { Authorship } from "./provider-application.ts";

/** A question. Times are epoch ms. */
export interface AskRequest {
  readonly question: string;
  readonly filter: RecallFilter;
  readonly asOfMs?: number;
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
