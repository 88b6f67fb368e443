/**
 * Is a gold answer contained in what is shown? The rule stands in answers.ts.
 */
import { termsOf } from "@kaelix/views";

import { isDateHeld, readGoldDate } from "./gold-date.ts";

/** What an answer shows: its words, and the days beside them. */
export interface Shown {
  readonly text: string;
  readonly spans: readonly { readonly fromMs: number; readonly toMs: number }[];
}

const NUMBERS = new Map(
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
    .split(" ")
    .map((word, value) => [word, String(value)]),
);
NUMBERS.set("once", "1").set("twice", "2");

/** The words of a text as they are compared: numbers as digits, no grammar unless there is nothing else, stemmed. */
export function comparedWords(text: string): string[] {
  const plain = text
    .toLowerCase()
    .replace(/(\d),(\d{3})/g, "$1$2")
    .replace(/(\d)(st|nd|rd|th)\b/g, "$1")
    .replace(/(\d)(?=\p{L})/gu, "$1 ")
    .replace(/\p{L}+/gu, (word) => NUMBERS.get(word) ?? word);
  const terms = termsOf(plain, "en");
  const matter = terms.filter((term) => !term.isStop);
  return [...new Set((matter.length > 0 ? matter : terms).map(({ term }) => term))];
}

/** Share of the gold answer's words that are shown; 1 as well when the gold answer is a date that is shown. */
export function shareHeld(gold: string, shown: Shown): number {
  const date = readGoldDate(gold);
  if (date !== undefined && shown.spans.some((span) => isDateHeld(date, span))) return 1;
  const words = comparedWords(gold);
  if (words.length === 0) return 0;
  const there = new Set(comparedWords(shown.text));
  // Grammar counts where the gold answer is made of it.
  for (const { term } of termsOf(shown.text.toLowerCase(), "en")) there.add(term);
  return words.filter((word) => there.has(word)).length / words.length;
}
