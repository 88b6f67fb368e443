/**
 * A request → the documents that answer it, best first, with why.
 *
 * Guarantees: nothing above the ceiling is a hit, counted, in a facet or weighed in a score; the same request over the same documents
 * gives the same answer. A query without words lists by time, newest first.
 */
import type { Level } from "@kaelix/model";

import type { SearchDocument } from "./document.ts";
import { countFacets, type Facets, NO_FACETS } from "./facets.ts";
import { type DocumentTest, makeTest, type SearchFilters, type WhoIs } from "./filter.ts";
import { highlighter, type TextRange } from "./highlight.ts";
import { withAgentNouns } from "./agent-nouns.ts";
import { withCompounds } from "./compounds.ts";
import { withNearTerms } from "./near-terms.ts";
import { type Meaning, meaningOf } from "./meaning.ts";
import { type ParsedQuery, parseQuery, type QueryWord } from "./query.ts";
import { type Qualifiers, readQualifiers } from "./qualifiers.ts";
import {
  type Candidates,
  type ScoreRecipe,
  scoreCandidates,
  type Signal,
  SIGNAL_COUNT,
  SIGNALS,
  type WordWeight,
} from "./score.ts";
import { corpusOf } from "./corpus.ts";
import { halfIdsOf, relatedIdsOf, termIdsOf } from "./cues.ts";
import { withRelatedTerms } from "./related-words.ts";
import { asksForSeveral, sameSessionShares } from "./several.ts";
import { selectTop } from "./top.ts";
import type { IndexParts, UserIndex } from "./user-index.ts";
import type { QueryVector } from "./vectors.ts";
import { KEYWORD_COVERAGE, MEANING_RECIPE, SHIPPED_RECIPE } from "./weights.ts";

/** What is looked for, by whom and how much of it. */
export interface SearchRequest {
  /** Words, "phrases", -exclusions, begin*, person:, source:, level:, has:, before:, after:, on:. Empty: everything by time. */
  readonly text: string;
  /** The highest level that may be seen. */
  readonly ceiling: Level;
  readonly filters?: SearchFilters;
  /** Whom the names of filters and qualifiers mean; absent: speakers called so. */
  readonly whoIs?: WhoIs;
  /** Hits to return, 1 or more. */
  readonly limit: number;
  /** Hits to leave out before them; default 0. */
  readonly skip?: number;
  /** True while the last word is being typed: what begins with it counts. */
  readonly prefixLast?: boolean;
  /** True to count facets over all matches. */
  readonly facets?: boolean;
  /** When it is asked, for "yesterday"; without it such words are words. */
  readonly nowMs?: number;
  /** What the text means; absent: words alone. What was typed is looked for all the same. */
  readonly meaning?: QueryVector;
  /** True: words alone; what tells of nearly the same counts only beside a word of the question that no memory holds. */
  readonly byWords?: boolean;
  /** Other weights than those shipped; for measuring. */
  readonly recipe?: ScoreRecipe;
}

/** What one signal brought to a hit's score. */
export interface SignalShare {
  /** `sameSession`: several things are asked for, and better hits are from the same session. */
  readonly signal: Signal | "sameSession";
  /** Its part of the score; may be below 0. */
  readonly share: number;
}

/** Why a document is a hit. */
export interface HitReason {
  /** Words of the query that stand in the document itself, or nearly (`isNear`), with their weights. */
  readonly words: readonly WordWeight[];
  /** What each signal brought, greatest first; signals that brought nothing are left out. */
  readonly signals: readonly SignalShare[];
  /** True when none of the words stands in the document, only around it. */
  readonly isContext: boolean;
  /** Share of the query's weight whose words stand in the document, 0 to 1. */
  readonly coverage: number;
  /** Share of the query's weight whose words stand in the document or its neighbours, 0 to 1. */
  readonly coverageAround: number;
  /** How near it is to the query in meaning: the cosine, -1 to 1. Absent where that is not known. */
  readonly meaning?: number;
  /** The same in standard deviations from the mean of all memories asked. Absent where it is not known, or of too few. */
  readonly standing?: number;
}

/** A document that answers. */
export interface SearchHit {
  readonly document: SearchDocument;
  /** Comparable between hits and, roughly, between queries. Above 0; 0 in a list by time. */
  readonly score: number;
  /** Ranges of the text that the query's words cover. */
  readonly highlights: readonly TextRange[];
  readonly why: HitReason;
}

/** The answer to a request. */
export interface SearchResult {
  readonly hits: readonly SearchHit[];
  /** All matches under the ceiling that pass the filters. */
  readonly total: number;
  readonly facets: Facets;
  /** The words that were looked for and what each was worth here. */
  readonly words: readonly WordWeight[];
  /** How the text was understood. */
  readonly query: ParsedQuery;
  /** What of the text narrowed the search, and what should have and could not. */
  readonly qualifiers: Qualifiers;
}

const COVERAGE_AT = SIGNALS.indexOf("coverage");
const WINDOW_COVERAGE_AT = SIGNALS.indexOf("windowCoverage");

/** A document that holds no word of a question must reach this share of the best score to count as a match. */
const CONTEXT_SHARE_MIN = 0.25;

/** Where several things are asked for, so many of the best matches change places at most. */
const SPREAD_MAX = 200;

/** Searches one user's index. */
export function searchIndex(index: UserIndex, request: SearchRequest): SearchResult {
  const parts = index.parts(request.ceiling);
  const { qualifiers, rest } = readQualifiers(request.text, request.nowMs);
  const languages = languagesOf(parts, request.ceiling);
  const typed = parseQuery(rest, {
    languages,
    ...(request.prefixLast === undefined ? {} : { prefixLast: request.prefixLast }),
    ...(request.nowMs === undefined ? {} : { nowMs: request.nowMs }),
  });
  const compounded = withCompounds(parts, typed, { ceiling: request.ceiling, languages });
  const known = withAgentNouns(parts, compounded, { ceiling: request.ceiling, languages });
  const near = withNearTerms(parts, known, { ceiling: request.ceiling, languages });
  // Who types keywords wants what holds them; where the meaning is known, it says what tells of nearly the same.
  const isLoose = near.isQuestion && request.meaning === undefined;
  const query = isLoose
    ? withRelatedTerms(parts, near, { ceiling: request.ceiling, languages, onlyUntold: request.byWords === true })
    : near;
  const narrowed = [request.filters ?? {}, ...qualifiers.filters].map((filters) =>
    makeTest(parts.table, request.ceiling, filters, request.whoIs),
  );
  const [only] = narrowed;
  const withQualifiers: DocumentTest =
    narrowed.length === 1 && only !== undefined ? only : (doc) => narrowed.every((test) => test(doc));
  const passes = withPhrases(parts, query, withTimes(parts, query, withQualifiers));
  const asked = { request, query, qualifiers };
  if (!isWorded(query)) return listAll(index, asked, passes);
  const isKeywords = !query.isQuestion && !query.words.some((word) => word.isStop);
  const base = request.recipe ?? (request.meaning === undefined ? SHIPPED_RECIPE : MEANING_RECIPE);
  const recipe = isKeywords ? recipeOfKeywords(base) : base;
  const { ceiling } = request;
  const meaning = request.meaning && meaningOf(parts, request.meaning, { ceiling, passes });
  const candidates = scoreCandidates(parts, query, { ceiling, shape: recipe.shape, meaning });
  const scores = weigh(candidates, recipe);
  const matches = matchesOf({ candidates, scores, meaning, needsWord: isKeywords }, passes);
  const skip = request.skip ?? 0;
  const end = skip + request.limit;
  const isSpread = asksForSeveral(rest);
  const best = bestOf(parts, { docs: candidates.docs, scores, matches }, isSpread ? Math.max(end, SPREAD_MAX) : end);
  const ranked = isSpread ? spread(best, (doc) => parts.threads.sessions[doc] ?? 0) : best;
  const makeHit = hitMaker(parts, query, { candidates, recipe });
  const hits = ranked.slice(skip, end).flatMap((place) => {
    const hit = makeHit(place);
    if (hit === undefined || meaning?.isKnown(place.doc) !== true) return hit ?? [];
    const standing = meaning.standing(place.doc);
    const meant = { meaning: meaning.cosines[place.doc] ?? 0, ...(standing === undefined ? {} : { standing }) };
    return { ...hit, why: { ...hit.why, ...meant } };
  });
  const facets = request.facets === true ? countFacets(parts.table, docsOf(candidates, matches)) : NO_FACETS;
  return { hits, total: matches.length, facets, words: candidates.words, query, qualifiers };
}

/** True when there are words to look for: a time with nothing but grammar around it ("what did I do yesterday?") has none. */
function isWorded({ words, times }: ParsedQuery): boolean {
  return words.length > 0 && (times.length === 0 || words.some((word) => !word.isStop));
}

/** Where a time is all that a query names, it narrows; beside words it only weighs. */
function withTimes({ table }: IndexParts, query: ParsedQuery, passes: DocumentTest): DocumentTest {
  if (isWorded(query) || query.times.length === 0) return passes;
  return (doc) => {
    const atMs = table.occurredAts[doc] ?? 0;
    return passes(doc) && query.times.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
  };
}

/** Keywords weigh what a document holds itself; questions weigh as shipped. */
function recipeOfKeywords({ shape, weights }: ScoreRecipe): ScoreRecipe {
  return { shape, weights: { ...weights, coverage: weights.coverage + KEYWORD_COVERAGE } };
}

/** The languages of what is visible, English when there is nothing. */
function languagesOf(parts: IndexParts, ceiling: Level): string[] {
  const languages = [...corpusOf(parts, ceiling).languages.keys()].map(
    (id) => parts.table.languageNames.name(id) ?? "en",
  );
  return languages.length === 0 ? ["en"] : languages.sort();
}

function docsOf(candidates: Candidates, matches: readonly number[]): Int32Array {
  const docs = new Int32Array(matches.length);
  for (let at = 0; at < docs.length; at++) docs[at] = candidates.docs[matches[at] ?? 0] ?? 0;
  return docs;
}

function weigh(candidates: Candidates, recipe: ScoreRecipe): Float64Array {
  const weights = Float64Array.from(SIGNALS, (signal) => recipe.weights[signal]);
  // Where a query has no meaning, the last signals weigh nothing.
  const used = weights.findLastIndex((weight) => weight !== 0) + 1;
  const { signals } = candidates;
  const scores = new Float64Array(candidates.docs.length);
  for (let candidate = 0, row = 0; candidate < scores.length; candidate++, row += SIGNAL_COUNT) {
    let score = 0;
    for (let signal = 0; signal < used; signal++) score += (weights[signal] ?? 0) * (signals[row + signal] ?? 0);
    scores[candidate] = score;
  }
  return scores;
}

interface Weighed {
  readonly candidates: Candidates;
  readonly scores: Float64Array;
  readonly meaning: Meaning | undefined;
  readonly needsWord: boolean;
}

/**
 * Candidates that hold a word themselves, or are near in meaning, and pass; for a question also those that stand right beside a very
 * good one: the answer often holds none of its words. Who types keywords wants what holds them, or what means the same.
 */
function matchesOf({ candidates, scores, meaning, needsWord }: Weighed, passes: DocumentTest): number[] {
  const near = new Set(meaning?.nearest);
  const least = scores.reduce((best, score) => Math.max(best, score), 0) * CONTEXT_SHARE_MIN;
  const matches: number[] = [];
  for (let candidate = 0; candidate < scores.length; candidate++) {
    const doc = candidates.docs[candidate] ?? 0;
    const isMeant = (candidates.signals[candidate * SIGNAL_COUNT + COVERAGE_AT] ?? 0) > 0 || near.has(doc);
    if (!isMeant && (needsWord || (scores[candidate] ?? 0) < least)) continue;
    if (passes(doc)) matches.push(candidate);
  }
  return matches;
}

/** A match in its place among others. */
interface Place {
  readonly candidate: number;
  readonly doc: number;
  readonly score: number;
  /** What it lost to better matches of its session: 0 or below. */
  readonly sameSession: number;
}

interface Matched {
  readonly docs: Int32Array;
  readonly scores: Float64Array;
  readonly matches: readonly number[];
}

/** The first `count` matches, the best first; of equal ones the newest. */
function bestOf({ table }: IndexParts, { docs, scores, matches }: Matched, count: number): Place[] {
  const docAt = (match: number): number => docs[matches[match] ?? 0] ?? 0;
  const scoreAt = (match: number): number => scores[matches[match] ?? 0] ?? 0;
  const top = selectTop(matches.length, count, (left, right) => {
    const ahead = scoreAt(left) - scoreAt(right);
    return ahead === 0 ? isNewer(table, docAt(left), docAt(right)) : ahead > 0;
  });
  return top.map((match) => ({
    candidate: matches[match] ?? 0,
    doc: docAt(match),
    score: scoreAt(match),
    sameSession: 0,
  }));
}

/** Whether one document comes before another where the newest stand first. */
function isNewer({ occurredAts, firstOffsets }: IndexParts["table"], one: number, other: number): boolean {
  const later = (occurredAts[one] ?? 0) - (occurredAts[other] ?? 0);
  return later === 0 ? (firstOffsets[one] ?? 0) > (firstOffsets[other] ?? 0) : later > 0;
}

/** Matches, best first, with those of one session apart. What stands behind the first `SPREAD_MAX` stays there. */
function spread(best: readonly Place[], sessionOf: (doc: number) => number): Place[] {
  const first = best.slice(0, SPREAD_MAX);
  const shares = sameSessionShares(first.map(({ doc }) => sessionOf(doc)));
  const apart = first.map((place, at) => {
    const sameSession = shares[at] ?? 0;
    return { ...place, sameSession, score: place.score + sameSession };
  });
  // A stable order: of equal scores the better match stays first.
  return [...apart.sort((left, right) => right.score - left.score), ...best.slice(SPREAD_MAX)];
}

/** Narrows a test by the phrases that must stand in a document and the words that must not. */
function withPhrases(parts: IndexParts, query: ParsedQuery, passes: DocumentTest): DocumentTest {
  const idsOf = (word: QueryWord): ReadonlySet<number> => new Set(termIdsOf(parts, word));
  const phrases = query.isQuestion ? [] : query.phrases.map((phrase) => phrase.map(idsOf));
  const excluded = new Set(query.excluded.flatMap((word) => termIdsOf(parts, word)));
  if (phrases.length === 0 && excluded.size === 0) return passes;
  return (doc) => {
    if (!passes(doc)) return false;
    const tokens = parts.postings.tokensOf(doc);
    if (excluded.size > 0 && tokens.some((token) => excluded.has(token))) return false;
    return phrases.every((phrase) => holdsPhrase(tokens, phrase));
  };
}

function holdsPhrase(tokens: Uint32Array, phrase: readonly ReadonlySet<number>[]): boolean {
  for (let at = 0; at + phrase.length <= tokens.length; at++) {
    if (phrase.every((ids, place) => ids.has(tokens[at + place] ?? 0))) return true;
  }
  return false;
}

/** Makes what is shown of a candidate; undefined of one that was removed. What all hits share of the query is read once. */
function hitMaker(
  parts: IndexParts,
  query: ParsedQuery,
  { candidates, recipe }: { readonly candidates: Candidates; readonly recipe: ScoreRecipe },
): (place: Place) => SearchHit | undefined {
  const highlight = highlighter(parts, query);
  const asked = new Map(query.words.map((word) => [word.text, word]));
  const weighed = candidates.words.flatMap((weight) => {
    const word = asked.get(weight.word);
    if (word === undefined) return [];
    const nearly: WordWeight = { ...weight, isNear: true };
    const halves = halfIdsOf(parts, word);
    return [{ weight, nearly, ids: termIdsOf(parts, word), halves, related: relatedIdsOf(parts, word) }];
  });
  return ({ candidate, doc, sameSession, score }) => {
    const document = parts.table.document(doc);
    if (document === undefined) return undefined;
    const tokens = parts.postings.tokensOf(doc);
    const words = weighed.flatMap(({ weight, nearly, halves, ids, related }) => {
      if (ids.some((id) => tokens.includes(id))) return [weight];
      if (halves.some((two) => two.every((id) => tokens.includes(id)))) return [weight];
      return related.some((id) => tokens.includes(id)) ? [nearly] : [];
    });
    const row = candidate * SIGNAL_COUNT;
    const signals: SignalShare[] = [];
    let at = row;
    for (const signal of SIGNALS) {
      const share = recipe.weights[signal] * (candidates.signals[at++] ?? 0);
      if (share !== 0) signals.push({ signal, share });
    }
    const coverageAround = candidates.signals[row + WINDOW_COVERAGE_AT] ?? 0;
    if (sameSession !== 0) signals.push({ signal: "sameSession", share: sameSession });
    return {
      document,
      score,
      highlights: highlight(doc),
      why: {
        words,
        signals: signals.sort((left, right) => Math.abs(right.share) - Math.abs(left.share)),
        isContext: words.length === 0 && coverageAround > 0,
        coverage: candidates.signals[row + COVERAGE_AT] ?? 0,
        coverageAround,
      },
    };
  };
}

type Asked = Pick<SearchResult, "query" | "qualifiers"> & { readonly request: SearchRequest };

/** Everything that passes, newest first. */
function listAll(index: UserIndex, { request, query, qualifiers }: Asked, passes: DocumentTest): SearchResult {
  const { table } = index.parts(request.ceiling);
  const docs: number[] = [];
  for (let doc = 0; doc < table.count; doc++) if (passes(doc)) docs.push(doc);
  const skip = request.skip ?? 0;
  const top = selectTop(docs.length, skip + request.limit, (left, right) =>
    isNewer(table, docs[left] ?? 0, docs[right] ?? 0),
  );
  const hits = top.slice(skip).flatMap((at): SearchHit[] => {
    const document = table.document(docs[at] ?? 0);
    const why: HitReason = { words: [], signals: [], isContext: false, coverage: 0, coverageAround: 0 };
    return document === undefined ? [] : [{ document, score: 0, highlights: [], why }];
  });
  const facets = request.facets === true ? countFacets(table, docs) : NO_FACETS;
  return { hits, total: docs.length, facets, words: [], query, qualifiers };
}
