/**
 * Words of a query that the index does not hold → words it holds that are nearly the same: a slip of the finger ("walnt"), or a form
 * that the stemmer did not bring together ("allergies" and "allergic").
 *
 * Terms are compared first. A slip often leaves the stemmer nothing to know an ending by ("drivng" and "drive"): where no term is near, each
 * word that is one slip away from what was typed is stemmed and looked up (Norvig, How to Write a Spelling Corrector, 2007).
 *
 * Guarantees: only words of visible documents are looked at, so that a hidden memory cannot be guessed at by near misses; the cost of one
 * query is bounded.
 */
import type { Level } from "@kaelix/model";

import { isVisible, termIdsOf } from "./cues.ts";
import { type Language, stemOf } from "./languages.ts";
import type { ParsedQuery, QueryWord } from "./query.ts";
import { slipOf } from "./slip.ts";
import type { IndexParts } from "./user-index.ts";

const LENGTH_MIN = 5;
/** A shorter term is what many words come to. */
const TERM_LENGTH_MIN = 3;
const PLAIN_WORD = /^[a-z]+$/;
const NEAR_TERMS_MAX = 6;
/** Unknown words of one query that are looked for; each costs a walk through the vocabulary. */
const WORDS_MAX = 6;
/** Those of them whose slips are undone letter by letter: some 60 stems for each letter. */
const UNDONE_MAX = 3;
/** Longer ones are compared by their terms alone. */
const UNDONE_LENGTH_MAX = 16;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** The query with near terms in the place of unknown ones. Phrases, exclusions and unfinished words stay as they are. */
export function withNearTerms(
  parts: IndexParts,
  query: ParsedQuery,
  { ceiling, languages }: { readonly ceiling: Level; readonly languages: readonly Language[] },
): ParsedQuery {
  let looked = 0;
  let undone = 0;
  const undo = ({ text }: QueryWord): readonly string[] => {
    if (undone >= UNDONE_MAX || text.length > UNDONE_LENGTH_MAX || !PLAIN_WORD.test(text)) return [];
    undone += 1;
    return termsOneSlipAway(parts, text, { ceiling, languages });
  };
  const words = query.words.map((word): QueryWord => {
    if (word.isStop || word.isPrefix || word.halves !== undefined) return word;
    if (word.text.length < LENGTH_MIN || looked >= WORDS_MAX) return word;
    if (termIdsOf(parts, word).some((id) => isVisible(parts, id, ceiling))) return word;
    looked += 1;
    const alike = nearTerms(parts, word.terms[0] ?? word.text, ceiling);
    const near = alike.length > 0 ? alike : undo(word);
    return near.length === 0 ? word : { ...word, terms: near, isNear: true };
  });
  return looked === 0 ? query : { ...query, words };
}

function nearTerms(parts: IndexParts, term: string, ceiling: Level): string[] {
  const near: string[] = [];
  const [first, last] = [term.charCodeAt(0), term.charCodeAt(term.length - 1)];
  for (let id = 0; id < parts.postings.termCount && near.length < NEAR_TERMS_MAX; id++) {
    const other = parts.postings.word(id);
    if (Math.abs(other.length - term.length) > 2) continue;
    // A slip in the first letter leaves the last one as it is: most of the vocabulary is passed over by one look.
    if (other.charCodeAt(0) !== first && other.charCodeAt(other.length - 1) !== last) continue;
    if (isNear(term, other) && isVisible(parts, id, ceiling)) near.push(other);
  }
  return near;
}

/** Terms of words that are one slip away from a word as it was typed, by the likeliest kind of slip that leads to any. */
function termsOneSlipAway(
  parts: IndexParts,
  typed: string,
  { ceiling, languages }: { readonly ceiling: Level; readonly languages: readonly Language[] },
): string[] {
  for (const slips of SLIPS) {
    const near = new Set<string>();
    for (const word of slips(typed)) {
      if (near.size >= NEAR_TERMS_MAX) break;
      for (const language of languages) {
        const term = stemOf(word, language);
        const id = term.length < TERM_LENGTH_MIN || near.has(term) ? undefined : parts.postings.termId(term);
        if (id !== undefined && isVisible(parts, id, ceiling)) near.add(term);
      }
    }
    if (near.size > 0) return [...near];
  }
  return [];
}

type Slips = (typed: string) => Generator<string>;

/** Two letters exchanged; one left out or too many; one wrong. A first letter is rarely any of the last. */
const SLIPS: readonly Slips[] = [
  function* (typed) {
    for (let at = 0; at + 1 < typed.length; at++)
      yield `${typed.slice(0, at)}${typed[at + 1] ?? ""}${typed[at] ?? ""}${typed.slice(at + 2)}`;
  },
  function* (typed) {
    for (let at = 1; at <= typed.length; at++)
      for (const letter of LETTERS) yield typed.slice(0, at) + letter + typed.slice(at);
    for (let at = 1; at < typed.length; at++) yield typed.slice(0, at) + typed.slice(at + 1);
  },
  function* (typed) {
    for (let at = 1; at < typed.length; at++)
      for (const letter of LETTERS) yield typed.slice(0, at) + letter + typed.slice(at + 1);
  },
];

/** True for words with the same beginning but for the last letters, or one slip apart. */
export function isNear(left: string, right: string): boolean {
  if (left.length < 4 || right.length < 4 || /\d/.test(left)) return false;
  const shorter = Math.min(left.length, right.length);
  let same = 0;
  while (same < shorter && left[same] === right[same]) same += 1;
  // "allergi" and "allerg": at most the last letter of the shorter differs.
  if (same >= Math.max(5, shorter - 1) && Math.abs(left.length - right.length) <= 2) return true;
  return slipOf(left, right) !== undefined;
}
