/**
 * Do quotations tell different things on the same question? Pure; a guess that only ever shows more, and never hides either.
 *
 * Looked at are questions for one place, number, person or day. Two quotations conflict when their best sentences hold most of the question,
 * were told on different days, each names something of the kind asked for, and nothing of it is shared. Of what a sentence says of its own
 * speaker only the same speaker can tell otherwise; of others anybody can. Of a question
 * about oneself ("Where do I live?") only sentences count that speak of oneself: where Ines lives contradicts nothing.
 */
import { findTimes, type ParsedQuery } from "@kaelix/views";

import { DAY_MS } from "./digest/calendar.ts";
import { namedValues } from "./question-kind.ts";
import type { Quote } from "./phrase.ts";

/** Share of the question that a sentence must hold. */
const SHARE_MIN = 0.75;
/** "I" and "my" are not the same: "my sister lives in Lisbon" does not tell where I do. */
const ONESELF = [/\b(i|we)\b/iu, /\b(my|our)\b/iu];

/** True when the two best quotations that qualify name different things. */
export function findConflict(quotes: readonly Quote[], { kind, words }: ParsedQuery): boolean {
  const oneself = ONESELF.filter((pattern) => words.some(({ text }) => pattern.test(text)));
  const told = quotes
    .filter(({ hit }) => hit.why.coverage >= SHARE_MIN && !hit.document.text.trimEnd().endsWith("?"))
    .filter(({ passage }) => oneself.every((pattern) => pattern.test(passage.best.text)))
    .map((quote) => ({
      quote,
      values: kind === "when" ? daysNamed(quote) : namedValues(kind, quote.passage.best.text),
    }))
    .filter(({ values }) => values.length > 0);
  const [first, ...others] = told;
  if (first === undefined) return false;
  return others.some(
    ({ quote, values }) =>
      isOfTheSame(quote, first.quote) &&
      Math.abs(quote.hit.document.occurredAtMs - first.quote.hit.document.occurredAtMs) >= DAY_MS &&
      !values.some((value) => first.values.includes(value)),
  );
}

/** The days that a sentence names by their dates; "tomorrow" is no other day than the one it was moved to. */
export function daysNamed({ hit, language, passage }: Quote): string[] {
  return findTimes(passage.best.text, { atMs: hit.document.occurredAtMs, language }).flatMap(
    ({ fromMs, isRelative, precision }) => (precision === "day" && !isRelative ? [String(fromMs)] : []),
  );
}

/** Two people who each speak of themselves do not contradict each other. */
function isOfTheSame(one: Quote, other: Quote): boolean {
  if (one.hit.document.speaker === other.hit.document.speaker) return true;
  return [one, other].every(({ passage }) => !ONESELF.some((pattern) => pattern.test(passage.best.text)));
}
