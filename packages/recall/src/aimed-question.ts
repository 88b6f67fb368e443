/** Questions of which can be told whether a memory answers them: a question aims at something, and what merely holds its words is none of it. */
import type { SearchDocument } from "@kaelix/views";

import { readMatterQuestion } from "./matter-question.ts";
import { readOwnQuestion } from "./own-question.ts";
import type { Wanted } from "./question.ts";
import { readTheirQuestion } from "./their-question.ts";
import { readWhoseQuestion } from "./whose-question.ts";

/** What such a question asks memories for. */
export interface AimedQuestion {
  /** What is looked for; of one thing, when the question's own words find no answer. */
  readonly text: string;
  /** Plans are told in the order of their days, promises and what may have changed the newest first. */
  readonly wanted: Extract<Wanted, "one" | "ahead" | "time" | "newest">;
  /** True: it asks for the asker's own life, of which nobody else's memories tell. */
  readonly isOfAsker: boolean;
  /** What becomes of it when no memory answers it: `nothing`, or what holds its words is looked at (`words`). */
  readonly otherwise: "nothing" | "words";
  readonly isAnsweredBy: (document: SearchDocument, language: string, held: Held) => boolean;
}

/** What a memory holds of what was looked for. */
export interface Held {
  /** How much of it, 0 to 1. */
  readonly coverage: number;
  /** The words that it holds, folded. */
  readonly words: readonly string[];
  /** Where they stand: `[start, end)` in its text, UTF-16 units. */
  readonly ranges: readonly (readonly [start: number, end: number])[];
}

/** Reads such a question; undefined for any other. `nowMs`: when it is asked. */
export function readAimedQuestion(text: string, nowMs: number): AimedQuestion | undefined {
  return (
    readOwnQuestion(text, nowMs) ??
    readTheirQuestion(text) ??
    readMatterQuestion(text, nowMs) ??
    readWhoseQuestion(text)
  );
}
