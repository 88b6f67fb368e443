/**
 * Quotations → the sentences of an answer: in the order that the question asks for, counts with all they count, and what was told
 * differently at different times. Pure.
 *
 * Guarantees: every sentence carries at least one citation, and every citation is used by a sentence.
 */
import type { ParsedQuery } from "@kaelix/views";

import type { AnswerSentence } from "./answer.ts";
import { findConflict } from "./conflict.ts";
import { phrase, type Quote } from "./phrase.ts";
import type { Wanted } from "./question.ts";

/** An answer but for its citations, which stand in the order of `quotes`. */
export interface Composed {
  readonly quotes: readonly Quote[];
  readonly sentences: readonly AnswerSentence[];
  readonly hasConflict: boolean;
}

const DAY_FORMAT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});

/** Puts quotations, best first, into the order and words of an answer. */
export function compose(quotes: readonly Quote[], query: ParsedQuery, wanted: Wanted): Composed {
  const hasConflict = wanted === "one" && findConflict(quotes, query.kind);
  const ordered = order(quotes, hasConflict ? "last" : wanted);
  const showsDay = query.kind === "when" || query.dates.length > 0 || hasConflict || wanted !== "one";
  const said = ordered.map((quote, at) => ({ text: phrase(quote, showsDay), citations: [at + 1] }));
  const all = ordered.map((_quote, at) => at + 1);
  const lead: AnswerSentence[] = [];
  if (hasConflict) lead.push({ text: "Told differently at different times, the newest first:", citations: all });
  else if (wanted === "count") lead.push({ text: countSentence(ordered), citations: all });
  return { quotes: ordered, sentences: [...lead, ...said], hasConflict };
}

/** When a quotation speaks of: the first day it names, else the day it was told. */
function timeOf({ hit, times }: Quote): number {
  return times[0]?.fromMs ?? hit.document.occurredAtMs;
}

function order(quotes: readonly Quote[], wanted: Wanted): readonly Quote[] {
  if (wanted === "last" || wanted === "count") return quotes.toSorted((left, right) => timeOf(right) - timeOf(left));
  return wanted === "first" ? quotes.toSorted((left, right) => timeOf(left) - timeOf(right)) : quotes;
}

/** How many memories speak of it, and on how many days; what they say of it stands below. */
function countSentence(quotes: readonly Quote[]): string {
  const days = [...new Set(quotes.map((quote) => DAY_FORMAT.format(timeOf(quote))))];
  const memories = quotes.length === 1 ? "1 memory speaks" : `${quotes.length} memories speak`;
  const first = days.at(-1) ?? "";
  if (days.length < 2) return `${memories} of this, on ${first}.`;
  return `${memories} of this, on ${days.length} days between ${first} and ${days[0] ?? ""}.`;
}
