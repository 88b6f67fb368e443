/**
 * Small signals beside the words: names, dates, and words that answers to a kind of question tend to hold.
 */
import type { Level } from "@kaelix/model";

import { termOf } from "./languages.ts";
import type { NamedDate, ParsedQuery, QueryWord } from "./query.ts";
import { foldDiacritics, splitWords } from "./tokens.ts";
import type { IndexParts } from "./user-index.ts";

/** Terms that a prefix may stand for; more would make every document a match. */
const PREFIX_TERMS_MAX = 64;
const DAY_MS = 86_400_000;
/** People speak of a day for about so long after it. */
const AFTER_DAYS = 10;

/** The words of a name, folded, for comparison with words of a query. */
export function nameWords(name: string): string[] {
  return splitWords(name).map((word) => foldDiacritics(word.text));
}

/** The numbers of the terms that a word of the query stands for in an index. */
export function termIdsOf(parts: IndexParts, word: QueryWord): number[] {
  const ids = new Set<number>();
  for (const term of word.terms) {
    const id = parts.postings.termId(term);
    if (id !== undefined) ids.add(id);
  }
  if (word.isPrefix) for (const id of parts.postings.termsWithPrefix(word.text, PREFIX_TERMS_MAX)) ids.add(id);
  return [...ids];
}

/** The numbers of the two terms that together stand for a word of the query, in each way of taking it apart. */
export function halfIdsOf(parts: IndexParts, word: QueryWord): readonly (readonly [number, number])[] {
  return (word.halves ?? []).flatMap(([head, tail]) => {
    const [one, other] = [parts.postings.termId(head), parts.postings.termId(tail)];
    return one === undefined || other === undefined ? [] : [[one, other] as const];
  });
}

/** True when a text of these terms holds a word of the query, or both halves of it. */
export function holdsWord(terms: ReadonlySet<string>, { halves, terms: own }: QueryWord): boolean {
  return own.some((term) => terms.has(term)) || halves?.some((two) => two.every((term) => terms.has(term))) === true;
}

/** True when a document that may be seen holds a term. */
export function isVisible(parts: IndexParts, term: number, ceiling: Level): boolean {
  let isFound = false;
  parts.postings.visit(term, (doc) => {
    isFound ||= (parts.table.levels[doc] ?? 255) <= ceiling;
  });
  return isFound;
}

/** The numbers of the terms that tell of nearly the same as a word of the query. */
export function relatedIdsOf(parts: IndexParts, word: QueryWord): number[] {
  return (word.related ?? []).flatMap((term) => parts.postings.termId(term) ?? []);
}

/** 1 inside a date that the query names, falling off in the days after it, 0 elsewhere. */
export function dateShare(occurredAtMs: number, query: Pick<ParsedQuery, "dates" | "times">): number {
  let best = 0;
  for (const date of query.dates) best = Math.max(best, shareOf(occurredAtMs, date));
  for (const { fromMs, toMs } of query.times) best = Math.max(best, shareWithin(occurredAtMs, fromMs, toMs));
  return best;
}

function shareOf(occurredAtMs: number, date: NamedDate): number {
  const at = new Date(occurredAtMs);
  const year = date.year ?? at.getUTCFullYear();
  if (date.month === undefined) return at.getUTCFullYear() === year ? 0.5 : 0;
  const fromMs = Date.UTC(year, date.month, date.day ?? 1);
  const toMs = date.day === undefined ? Date.UTC(year, date.month + 1, 1) : fromMs + DAY_MS;
  return shareWithin(occurredAtMs, fromMs, toMs);
}

function shareWithin(occurredAtMs: number, fromMs: number, toMs: number): number {
  if (occurredAtMs < fromMs) return 0;
  if (occurredAtMs < toMs) return 1;
  const daysAfter = (occurredAtMs - toMs) / DAY_MS;
  return daysAfter < AFTER_DAYS ? 0.8 * (1 - daysAfter / AFTER_DAYS) : 0;
}

const TIME_WORDS = `yesterday today tomorrow tonight ago last next week weekend month year day morning evening night monday tuesday wednesday
thursday friday saturday sunday since recently
summer winter spring autumn fall birthday anniversary just`;
const NUMBER_WORDS = `one two three four five six seven eight nine ten eleven twelve dozen hundred thousand once twice couple few several
year month week day hour minute first second third`;

const cueTerms = new Map<string, readonly string[]>();

function termsOfCue(words: string): readonly string[] {
  let terms = cueTerms.get(words);
  if (terms === undefined) {
    terms = words.split(/\s+/).map((word) => termOf(word, "en"));
    cueTerms.set(words, terms);
  }
  return terms;
}

/** Documents that hold a word of the kind that the question asks for; undefined when it asks for none. */
export function cueDocuments(parts: IndexParts, query: ParsedQuery): ReadonlySet<number> | undefined {
  const words = query.kind === "when" ? TIME_WORDS : query.kind.startsWith("how-") ? NUMBER_WORDS : undefined;
  if (words === undefined) return undefined;
  const docs = new Set<number>();
  for (const term of termsOfCue(words)) {
    const id = parts.postings.termId(term);
    if (id !== undefined) parts.postings.visit(id, (doc) => docs.add(doc));
  }
  return docs;
}
