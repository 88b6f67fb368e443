/**
 * Which quotations tell of what is asked, where all times of something count: no questions, no phrases of courtesy, nothing of another
 * time than the one that is asked for. Pure; English phrases.
 */
import type { ParsedQuery } from "@kaelix/views";

import { type Quote, timeOf } from "./phrase.ts";

const QUESTION_PATTERN = /[?？؟]\s*$/u;
/** "See you later", "let's see", "I'll see": words of parting and of doubt that meet nobody. */
const COURTESY_PATTERN =
  /\bsee (?:you|ya|u) (?:later|soon|then|there|tomorrow|tonight|around|again|at|on|in|next)\b|(?:^|[.!?,;\n]\s?)(?:(?:ok(?:ay)?|yes|great|good|bye|cool|sure),? )?(?:(?:i|we)['’]ll )?see (?:you|ya|u)\b|\blet['’]?s see\b|\blet me see\b|\bwe['’]ll see\b|\bi see\b|\bdid you see\b|\bwait and see\b/giu;
const SEEING_PATTERN = /\b(?:see|sees|saw|seen|seeing)\b/iu;

/** The quotations of those given, best first, that tell of what `query` asks for. */
export function tellings(quotes: readonly Quote[], query: ParsedQuery): Quote[] {
  const asksForSeeing = query.words.some(({ text }) => SEEING_PATTERN.test(text));
  return quotes.filter(
    (quote) =>
      !QUESTION_PATTERN.test(quote.hit.document.text) &&
      !(asksForSeeing && isCourtesy(quote.hit.document.text)) &&
      isWithin(timeOf(quote), query),
  );
}

/** True of a text that speaks of seeing in such phrases alone. */
function isCourtesy(text: string): boolean {
  return SEEING_PATTERN.test(text) && !SEEING_PATTERN.test(text.replace(COURTESY_PATTERN, ""));
}

/** True when a moment lies in one of the times that a question names, or it names none. */
function isWithin(atMs: number, { dates, times }: ParsedQuery): boolean {
  if (dates.length === 0 && times.length === 0) return true;
  const at = new Date(atMs);
  return (
    times.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs) ||
    dates.some(
      ({ year, month, day }) =>
        (year ?? at.getUTCFullYear()) === at.getUTCFullYear() &&
        (month ?? at.getUTCMonth()) === at.getUTCMonth() &&
        (day ?? at.getUTCDate()) === at.getUTCDate(),
    )
  );
}
