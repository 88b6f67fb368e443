/**
 * The shapes of a question and its answer.
 */
import type { LogPosition } from "@kaelix/base";
import type { Level, MemoryId, SourceKind, UserId } from "@kaelix/model";
import type { ScoreRecipe, SearchFilters, SignalShare, TimeSpan, WordWeight } from "@kaelix/views";

import type { EvidenceWeights } from "./evidence.ts";
import type { RecallScope } from "./source.ts";
import type { Reason } from "./why.ts";

/** What is asked. */
export interface AskRequest extends RecallScope {
  /** At most `QUESTION_LENGTH_MAX` UTF-16 units are read; a longer one is answered with `nothing` and says so. */
  readonly question: string;
  /** A question may narrow them: "as of March 2022". */
  readonly filters?: SearchFilters;
  /** True: what the question means is not asked for. */
  readonly byWords?: boolean;
  /** Other weights than those shipped; for measuring. */
  readonly weights?: {
    readonly evidence: EvidenceWeights;
    readonly recipe: ScoreRecipe;
    /** Where meaning counts too: of whether there is an answer, and of what is quoted. */
    readonly meaningEvidence?: EvidenceWeights;
    readonly meaningRecipe?: ScoreRecipe;
  };
}

/** A time that quoted words name, resolved against the memory's own time; shown beside the quotation, never inside it. */
export interface QuotedTime extends TimeSpan {
  /** The words, as quoted. */
  readonly text: string;
  /** `[start, end)` in the memory's text, UTF-16 units. */
  readonly range: readonly [start: number, end: number];
  /** In English: "7 May 2023". */
  readonly label: string;
}

/** The memory that a sentence comes from. */
export interface Citation {
  /** 1 for the first. */
  readonly n: number;
  readonly memoryId: MemoryId;
  /** Whose it is. */
  readonly owner: UserId;
  readonly version: number;
  /** `[start, end)` of the quoted words in the memory's text, UTF-16 units. */
  readonly quote: readonly [start: number, end: number];
  /** The quoted words. */
  readonly text: string;
  /** `[start, end)` in the memory's text of the sentence in them that answers best. */
  readonly best: readonly [start: number, end: number];
  /** Absent: the owner. */
  readonly speaker?: string;
  readonly occurredAtMs: number;
  readonly level: Level;
  readonly source: SourceKind;
  readonly position: LogPosition;
  /** Days that the quoted words name relative to when they were said. */
  readonly times: readonly QuotedTime[];
  /** Why this memory, as data and in words. */
  readonly signals: readonly SignalShare[];
  readonly reasons: readonly Reason[];
}

/** One sentence of an answer and the numbers of its citations. */
export interface AnswerSentence {
  readonly text: string;
  readonly citations: readonly number[];
}

/** Why an answer is what it is. */
export interface AnswerReason {
  /** Words of the question with their weights, found or not. */
  readonly words: readonly WordWeight[];
  /** Important words that no memory holds. */
  readonly missing: readonly string[];
  /** Memories that were considered, under the ceiling. */
  readonly considered: number;
  /** How much of the question the best evidence covers, 0 to 1. */
  readonly coverage: number;
  /** How likely it is that the memories hold an answer at all, 0 to 1, and what it must reach; below that the answer is `nothing`. */
  readonly chance: number;
  readonly chanceMin: number;
  readonly tookMs: number;
  /** Everything below this position was asked. */
  readonly asOf: LogPosition;
}

/** An answer. */
export interface Answer {
  /** `quoted` from memories, or `nothing` on the question. */
  readonly kind: "quoted" | "nothing";
  readonly sentences: readonly AnswerSentence[];
  readonly citations: readonly Citation[];
  /** True when cited memories tell different things on the same question; each then stands with its day, the newest first. */
  readonly hasConflict: boolean;
  /** 0 to 1. Of `quoted`: how often such an answer cited a right memory on public questions; of `nothing`: that there is none. */
  readonly confidence: number;
  readonly why: AnswerReason;
}
