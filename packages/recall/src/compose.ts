/**
 * Quotations → the sentences of an answer: counts with all they count, and what was told
 * differently at different times. Pure.
 *
 * Guarantees: every sentence carries at least one citation, and every citation is used by a sentence.
 */
import type { ParsedQuery } from "@kaelix/views";

import type { AnswerSentence } from "./answer.ts";
import { daysNamed, findConflict } from "./conflict.ts";
import { formatDay, phrase, type Quote, timeOf } from "./phrase.ts";
import type { Choosing, Chosen } from "./quotes.ts";

/** An answer but for its citations, which stand in the order of `quotes`. */
export interface Composed {
  readonly quotes: readonly Quote[];
  readonly sentences: readonly AnswerSentence[];
  readonly hasConflict: boolean;
}

/** Puts quotations into the words of an answer. */
export function compose(chosen: Chosen, { query, wanted, who }: Choosing): Composed {
  const hasConflict = wanted === "one" && who === undefined && findConflict(chosen.quotes, query);
  const told = hasConflict ? newestFirst(chosen.quotes, query.kind) : chosen.quotes;
  const quotes = [...chosen.stating, ...told];
  const showsDay = query.kind === "when" || query.dates.length > 0 || hasConflict || wanted !== "one";
  const said = quotes.map((quote, at) => ({ text: phrase(quote, showsDay), citations: [at + 1] }));
  const [first, rest] = [said.slice(0, chosen.stating.length), said.slice(chosen.stating.length)];
  const leads = (hasConflict || wanted === "count") && rest.length > 0;
  const lead = (): string =>
    hasConflict ? "Told differently at different times, the newest first:" : countSentence(chosen);
  const between = leads ? [{ text: lead(), citations: rest.flatMap(({ citations }) => citations) }] : [];
  return { quotes, sentences: [...first, ...between, ...rest], hasConflict };
}

/** Where a day is asked for, what names none is left out: "here are the pictures" is newer than any of them, and says nothing of it. */
function newestFirst(quotes: readonly Quote[], kind: ParsedQuery["kind"]): readonly Quote[] {
  if (kind !== "when") return quotes.toSorted((left, right) => timeOf(right) - timeOf(left));
  const toldMs = ({ hit }: Quote): number => hit.document.occurredAtMs;
  return quotes
    .filter((quote) => quote.times.length > 0 || daysNamed(quote).length > 0)
    .toSorted((left, right) => toldMs(right) - toldMs(left));
}

/** How many memories speak of it, and on how many days; what they say of it stands below. */
function countSentence({ quotes, stating, counted, days, firstMs, lastMs }: Chosen): string {
  const memories = counted === 1 ? "1 memory speaks" : `${counted} memories speak`;
  const newest = counted > quotes.length + stating.length ? `; the newest ${quotes.length}:` : ".";
  if (days < 2) return `${memories} of this, on ${formatDay(lastMs)}${newest}`;
  return `${memories} of this, on ${days} days between ${formatDay(firstMs)} and ${formatDay(lastMs)}${newest}`;
}
