/**
 * Who does it: English tells of the roof and of the roofer in two words that the stemmer keeps apart, so that a question about the roof, or
 * the plumbing, never met the roofer or the plumber.
 *
 *   roof → roofer   bake → baker   plumbing → plumber   swim → swimmer   visit → visitor
 *
 * Guarantees: such a word is looked for only where it stands in a visible document; it counts less than the word itself. A few look-ups for
 * each word of a query, and no walk through the vocabulary.
 * It does not: go the other way, or know who does a thing by another word ("pianist").
 */
import type { Level } from "@kaelix/model";

import { isVisible } from "./cues.ts";
import { type Language, stemOf } from "./languages.ts";
import type { ParsedQuery, QueryWord } from "./query.ts";
import type { IndexParts } from "./user-index.ts";

const LANGUAGE = "en";
/** Of shorter ones most such words are others: "din" and "dinner". */
const STEM_LENGTH_MIN = 4;
const PLAIN_STEM = /^[a-z]+$/;
/** What stands to a verb or a thing as its doer would, and is none. */
const NO_DOERS = new Set(
  (
    "brother butter chapter corner counter cover drawer flower hanger hunger letter liver master mother number offer poster proper river " +
    "rubber shower slipper sweater temper tender trailer"
  ).split(" "),
);

/** The query with those who do what its words tell of beside them. Phrases, exclusions and unfinished words stay as they are. */
export function withAgentNouns(
  parts: IndexParts,
  query: ParsedQuery,
  { ceiling, languages }: { readonly ceiling: Level; readonly languages: readonly Language[] },
): ParsedQuery {
  if (!languages.includes(LANGUAGE)) return query;
  const isKnown = (term: string): boolean => {
    const id = parts.postings.termId(term);
    return id !== undefined && isVisible(parts, id, ceiling);
  };
  const words = query.words.map((word): QueryWord => {
    if (word.isStop || word.isPrefix) return word;
    const doers = doersOf(word.text).filter((term) => !word.terms.includes(term) && isKnown(term));
    return doers.length === 0
      ? word
      : { ...word, terms: [...word.terms, ...doers], lesser: [...(word.lesser ?? []), ...doers] };
  });
  return { ...query, words };
}

/** The terms of words that may tell who does it. */
function doersOf(word: string): readonly string[] {
  const stem = stemOf(word, LANGUAGE);
  if (stem.length < STEM_LENGTH_MIN || stem.endsWith("er") || !PLAIN_STEM.test(stem)) return [];
  const doers = stem.endsWith("e") ? [`${stem}r`] : [`${stem}er`];
  if (/[aeiou][bdgklmnprt]$/.test(stem)) doers.push(`${stem}${stem.at(-1) ?? ""}er`);
  if (stem.endsWith("t")) doers.push(`${stem}or`);
  return [...new Set(doers.filter((doer) => !NO_DOERS.has(doer)).map((doer) => stemOf(doer, LANGUAGE)))];
}
