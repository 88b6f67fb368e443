/**
 * Words of a query that the index does not hold → words it holds that are nearly the same: a slip of the finger ("walnt"), or a form
 * that the stemmer did not bring together ("allergies" and "allergic").
 *
 * Guarantees: only words of visible documents are looked at, so that a hidden memory cannot be guessed at by near misses.
 */
import type { Level } from "@kaelix/model";

import { termIdsOf } from "./cues.ts";
import type { ParsedQuery, QueryWord } from "./query.ts";
import type { IndexParts } from "./user-index.ts";

const LENGTH_MIN = 5;
const NEAR_TERMS_MAX = 6;
/** Unknown words of one query that are looked for; each costs a walk through the vocabulary. */
const WORDS_MAX = 6;

/** The query with near terms in the place of unknown ones. Phrases, exclusions and unfinished words stay as they are. */
export function withNearTerms(parts: IndexParts, query: ParsedQuery, ceiling: Level): ParsedQuery {
  let looked = 0;
  const words = query.words.map((word): QueryWord => {
    if (word.isStop || word.isPrefix || word.text.length < LENGTH_MIN || looked >= WORDS_MAX) return word;
    if (termIdsOf(parts, word).some((id) => isVisible(parts, id, ceiling))) return word;
    looked += 1;
    const near = nearTerms(parts, word.terms[0] ?? word.text, ceiling);
    return near.length === 0 ? word : { ...word, terms: near, isNear: true };
  });
  return looked === 0 ? query : { ...query, words };
}

function isVisible(parts: IndexParts, term: number, ceiling: Level): boolean {
  let isFound = false;
  parts.postings.visit(term, (doc) => {
    isFound ||= (parts.table.levels[doc] ?? 255) <= ceiling;
  });
  return isFound;
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

/** True for words with the same beginning but for the last letters, or one slip apart. */
export function isNear(left: string, right: string): boolean {
  if (left.length < 4 || right.length < 4 || /\d/.test(left)) return false;
  const shorter = Math.min(left.length, right.length);
  let same = 0;
  while (same < shorter && left[same] === right[same]) same += 1;
  // "allergi" and "allerg": at most the last letter of the shorter differs.
  if (same >= Math.max(5, shorter - 1) && Math.abs(left.length - right.length) <= 2) return true;
  return isOneSlip(left, right, same);
}

/** One letter too many, too few, wrong, or two exchanged, at the first place where the words differ. */
function isOneSlip(left: string, right: string, at: number): boolean {
  return (
    left.slice(at + 1) === right.slice(at + 1) ||
    left.slice(at + 1) === right.slice(at) ||
    left.slice(at) === right.slice(at + 1) ||
    (left[at] === right[at + 1] && left[at + 1] === right[at] && left.slice(at + 2) === right.slice(at + 2))
  );
}
