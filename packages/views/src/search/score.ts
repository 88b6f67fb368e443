/**
 * How well each document answers a query: signals per candidate, and their weighted sum.
 *
 * Each word of the query gives three BM25 scores (Robertson and Zaragoza 2009, with the never-negative inverse document frequency
 * of Lucene): of the document, of the document with its neighbours, of its whole session. Neighbours and sessions are not
 * indexed: their counts are gathered at query time by following the links of threads.ts, so that an insertion touches one document.
 * All signals are shares of what the query could reach at most, so that scores of different queries can be compared.
 *
 * Guarantees: a document above the ceiling is as if it were not there: no score, count or inverse document frequency sees it.
 */
import type { Level } from "@kaelix/model";

import { type Corpus, corpusOf, namesIn } from "./corpus.ts";
import { cueDocuments, dateShare, halfIdsOf, relatedIdsOf, termIdsOf } from "./cues.ts";
import type { Meaning } from "./meaning.ts";
import type { ParsedQuery, QueryWord } from "./query.ts";
import { LengthShares, Reached, Scratch } from "./scratch.ts";
import { selectTop } from "./top.ts";
import type { IndexParts } from "./user-index.ts";

/** The signals, in the order they stand in a row. */
export const SIGNALS = [
  "turn",
  "window",
  "session",
  "before",
  "after",
  "coverage",
  "windowCoverage",
  "speaker",
  "date",
  "pairs",
  "question",
  "cue",
  "length",
  "best",
  "answer",
  "meaning",
  "meaningBefore",
  "meaningAfter",
  "meaningBest",
] as const;

/** A signal's name. */
export type Signal = (typeof SIGNALS)[number];

/** How many signals a candidate has. */
export const SIGNAL_COUNT = SIGNALS.length;

/** The shape of the BM25 scores, beside the weights of the signals. */
export interface ScoreShape {
  /** How fast repetition stops to count: of a turn, of a window, of a session. */
  readonly k1: readonly [number, number, number];
  /** How much length counts against: of a turn, of a window, of a session. */
  readonly b: readonly [number, number, number];
  /** What a word counts in the document one before, two before, one after, two after. */
  readonly reach: readonly [number, number, number, number];
  /** What a word of the query counts when it is the name of somebody who speaks. */
  readonly nameWeight: number;
}

/** Shape and weights together: a recipe for scores. */
export interface ScoreRecipe {
  readonly shape: ScoreShape;
  readonly weights: Readonly<Record<Signal, number>>;
}

/** What a word of the query was worth in this index. */
export interface WordWeight {
  readonly word: string;
  /** Inverse document frequency under the ceiling, times what its kind counts. */
  readonly weight: number;
  /** Documents that hold it, under the ceiling. */
  readonly documents: number;
  /** True when nothing holds it as it was typed, only words nearly the same. */
  readonly isNear?: true;
}

/** The documents that may answer, with their signals. */
export interface Candidates {
  readonly docs: Int32Array;
  /** `SIGNAL_COUNT` numbers per candidate, in the order of `SIGNALS`. Valid until the next query of the process. */
  readonly signals: Float32Array;
  readonly words: readonly WordWeight[];
}

/** What a query is scored with. */
export interface ScoreOptions {
  readonly ceiling: Level;
  readonly shape: ScoreShape;
  /** What the query means here; absent: words alone. */
  readonly meaning?: Meaning | undefined;
}

/** Pairs of words are looked for in this many candidates, the best by the other signals. */
const PAIR_CANDIDATES_MAX = 200;

/** What a word counts that is only nearly what was typed. */
const NEAR_WEIGHT = 0.6;

/** What a word counts that a question asks with more than it is told with (light-words.ts). */
const LIGHT_WEIGHT = 0.4;

/** What a word that tells of nearly the same counts, as a part of the word itself. */
const RELATED_COUNT = 0.2;

/** What a word counts that stands there in another language or in a compound: what was typed comes first where both are told. */
const LESSER_COUNT = 0.8;

const scratch = new Scratch();

/** BM25's inverse document frequency, never negative. */
function inverseFrequency(documents: number, holding: number): number {
  return Math.log(1 + (documents - holding + 0.5) / (holding + 0.5));
}

/** The candidates of a query with their signals. Empty when the query has no word that the index knows. */
export function scoreCandidates(parts: IndexParts, query: ParsedQuery, options: ScoreOptions): Candidates {
  return new Scoring(parts, query, options).run();
}

/** One query on its way through the signals. */
class Scoring {
  readonly #parts: IndexParts;
  readonly #query: ParsedQuery;
  readonly #ceiling: Level;
  readonly #shape: ScoreShape;
  readonly #meaning: Meaning | undefined;
  readonly #corpus: Corpus;
  readonly #counts: Float32Array;
  readonly #windowCounts: Float32Array;
  readonly #sessionCounts: Float32Array;
  readonly #turn: Float32Array;
  readonly #window: Float32Array;
  readonly #session: Float32Array;
  readonly #best: Float32Array;
  readonly #coverage: Float32Array;
  readonly #windowCoverage: Float32Array;
  readonly #windowLengths: Float32Array;
  readonly #candidates: Int32Array;
  #candidateCount = 0;

  constructor(parts: IndexParts, query: ParsedQuery, options: ScoreOptions) {
    this.#parts = parts;
    this.#query = query;
    this.#ceiling = options.ceiling;
    this.#shape = options.shape;
    this.#meaning = options.meaning;
    this.#corpus = corpusOf(parts, options.ceiling);
    const count = parts.table.count;
    this.#counts = scratch.zeroed("counts", count);
    this.#windowCounts = scratch.zeroed("windowCounts", count);
    this.#turn = scratch.zeroed("turn", count);
    this.#window = scratch.zeroed("window", count);
    this.#coverage = scratch.zeroed("coverage", count);
    this.#windowCoverage = scratch.zeroed("windowCoverage", count);
    this.#windowLengths = scratch.zeroed("windowLengths", count);
    this.#candidates = scratch.list("candidates", count);
    const sessions = parts.threads.sessionCount;
    this.#sessionCounts = scratch.zeroed("sessionCounts", sessions);
    this.#session = scratch.zeroed("session", sessions);
    this.#best = scratch.zeroed("best", sessions);
  }

  run(): Candidates {
    const names = namesIn(this.#parts, this.#query, this.#corpus);
    const matter = this.#query.words.filter((word) => !word.isStop);
    const words: WordWeight[] = [];
    const done = new Set<string>();
    for (const word of matter.length > 0 ? matter : this.#query.words) {
      const key = word.terms.join(" ");
      if (done.has(key)) continue;
      done.add(key);
      words.push(this.#addWord(word, names.words.has(word.text)));
    }
    for (const doc of this.#meaning?.nearest ?? []) this.#addCandidate(doc);
    const total = words.reduce((sum, word) => sum + word.weight, 0);
    const docs = this.#candidates.slice(0, this.#candidateCount);
    const signals = this.#signals(docs, total, names.speakers);
    this.#clear();
    return { docs, signals, words };
  }

  #addWord(word: QueryWord, isName: boolean): WordWeight {
    const { touched, holding, own } = this.#countWord(word);
    const kind = isName ? this.#shape.nameWeight : word.isLight === true ? LIGHT_WEIGHT : 1;
    const weight = inverseFrequency(this.#corpus.documents, holding) * kind;
    // What is only nearly the word leaves part of the question uncovered.
    const found = word.isNear === true ? weight * NEAR_WEIGHT : weight;
    this.#addTurns(touched, found);
    this.#addWindows(touched, found);
    this.#addSessions(touched, found);
    for (const doc of touched) this.#counts[doc] = 0;
    const counted = { word: word.text, weight, documents: own };
    return word.isNear === true ? { ...counted, isNear: true } : counted;
  }

  /**
   * Counts a word in every visible document that holds it, or one that tells of nearly the same.
   * `own`: how many hold the word itself; `holding`: as many, or all when none does.
   */
  #countWord(word: QueryWord): { readonly touched: Int32Array; readonly holding: number; readonly own: number } {
    const { postings, table } = this.#parts;
    const { levels } = table;
    const counts = this.#counts;
    const ceiling = this.#ceiling;
    const touched = scratch.list("touched", table.count);
    let many = 0;
    const add = (id: number, part: number): void => {
      postings.visit(id, (doc, count) => {
        if ((levels[doc] ?? 255) > ceiling) return;
        const before = counts[doc] ?? 0;
        if (before === 0) touched[many++] = doc;
        counts[doc] = before + count * part;
      });
    };
    const lesser = new Set((word.lesser ?? []).map((term) => postings.termId(term)));
    for (const id of termIdsOf(this.#parts, word)) add(id, lesser.has(id) ? LESSER_COUNT : 1);
    for (const [one, other] of halfIdsOf(this.#parts, word)) {
      const holding = new Set<number>();
      postings.visit(one, (doc) => holding.add(doc));
      // What holds the word itself has counted.
      postings.visit(other, (doc) => {
        if (!holding.has(doc) || (levels[doc] ?? 255) > ceiling || (counts[doc] ?? 0) > 0) return;
        touched[many++] = doc;
        counts[doc] = LESSER_COUNT;
      });
    }
    const holding = many;
    for (const id of relatedIdsOf(this.#parts, word)) add(id, RELATED_COUNT);
    return { touched: touched.subarray(0, many), holding: holding > 0 ? holding : many, own: holding };
  }

  #addTurns(touched: Int32Array, weight: number): void {
    const { lengths } = this.#parts.table;
    const [k1] = this.#shape.k1;
    const [b] = this.#shape.b;
    const perLength = b / this.#corpus.averageLength;
    for (const doc of touched) {
      const count = this.#counts[doc] ?? 0;
      const score = (weight * count) / (count + k1 * (1 - b + perLength * (lengths[doc] ?? 0)));
      this.#turn[doc] = (this.#turn[doc] ?? 0) + score;
      this.#coverage[doc] = (this.#coverage[doc] ?? 0) + weight * Math.min(1, count);
    }
  }

  #addWindows(touched: Int32Array, weight: number): void {
    const { befores, afters } = this.#parts.threads;
    const [oneBefore, twoBefore, oneAfter, twoAfter] = this.#shape.reach;
    const reached = new Reached(scratch.list("reached", this.#parts.table.count));
    for (const doc of touched) {
      const count = this.#counts[doc] ?? 0;
      this.#reach(doc, count, reached);
      const after = afters[doc] ?? -1;
      if (after >= 0) {
        this.#reach(after, count * oneBefore, reached);
        const next = afters[after] ?? -1;
        if (next >= 0) this.#reach(next, count * twoBefore, reached);
      }
      const before = befores[doc] ?? -1;
      if (before >= 0) {
        this.#reach(before, count * oneAfter, reached);
        const previous = befores[before] ?? -1;
        if (previous >= 0) this.#reach(previous, count * twoAfter, reached);
      }
    }
    const k1 = this.#shape.k1[1];
    const b = this.#shape.b[1];
    const averageLength = this.#corpus.averageLength * (1 + oneBefore + twoBefore + oneAfter + twoAfter);
    for (const doc of reached.docs.subarray(0, reached.count)) {
      const count = this.#windowCounts[doc] ?? 0;
      this.#windowCounts[doc] = 0;
      const length = this.#addCandidate(doc);
      const score = (weight * count) / (count + k1 * (1 - b + (b * length) / averageLength));
      this.#window[doc] = (this.#window[doc] ?? 0) + score;
      this.#windowCoverage[doc] = (this.#windowCoverage[doc] ?? 0) + weight;
    }
  }

  #reach(doc: number, count: number, reached: Reached): void {
    if (count === 0 || (this.#parts.table.levels[doc] ?? 255) > this.#ceiling) return;
    const before = this.#windowCounts[doc] ?? 0;
    if (before === 0) reached.docs[reached.count++] = doc;
    this.#windowCounts[doc] = before + count;
  }

  /** Makes a document a candidate; the length of its window, which is measured once. */
  #addCandidate(doc: number): number {
    const known = this.#windowLengths[doc] ?? 0;
    if (known > 0) return known;
    const length = Math.max(1, this.#windowLength(doc));
    this.#windowLengths[doc] = length;
    this.#candidates[this.#candidateCount++] = doc;
    return length;
  }

  #windowLength(doc: number): number {
    const { befores, afters } = this.#parts.threads;
    const [oneBefore, twoBefore, oneAfter, twoAfter] = this.#shape.reach;
    const before = befores[doc] ?? -1;
    const after = afters[doc] ?? -1;
    return (
      this.#lengthOf(doc) +
      oneBefore * this.#lengthOf(before) +
      twoBefore * this.#lengthOf(before < 0 ? -1 : (befores[before] ?? -1)) +
      oneAfter * this.#lengthOf(after) +
      twoAfter * this.#lengthOf(after < 0 ? -1 : (afters[after] ?? -1))
    );
  }

  #lengthOf(doc: number): number {
    if (doc < 0 || (this.#parts.table.levels[doc] ?? 255) > this.#ceiling) return 0;
    return this.#parts.table.lengths[doc] ?? 0;
  }

  #addSessions(touched: Int32Array, weight: number): void {
    const sessionOf = this.#parts.threads.sessions;
    const reached: number[] = [];
    for (const doc of touched) {
      const session = sessionOf[doc] ?? 0;
      const before = this.#sessionCounts[session] ?? 0;
      if (before === 0) reached.push(session);
      this.#sessionCounts[session] = before + (this.#counts[doc] ?? 0);
    }
    const k1 = this.#shape.k1[2];
    const b = this.#shape.b[2];
    const { sessionLengths, averageSessionLength, sessions, documents } = this.#corpus;
    // What is rare among sessions, as a share of what is rare among documents: a word in every session tells nothing of a session.
    const rarity =
      inverseFrequency(sessions, reached.length) / Math.max(1e-6, inverseFrequency(documents, touched.length));
    for (const session of reached) {
      const count = this.#sessionCounts[session] ?? 0;
      this.#sessionCounts[session] = 0;
      const length = (sessionLengths[session] ?? 0) / averageSessionLength;
      const score = (weight * rarity * count) / (count + k1 * (1 - b + b * length));
      this.#session[session] = (this.#session[session] ?? 0) + score;
    }
  }

  #signals(docs: Int32Array, total: number, speakers: ReadonlySet<number>): Float32Array {
    const signals = scratch.zeroed("signals", docs.length * SIGNAL_COUNT).subarray(0, docs.length * SIGNAL_COUNT);
    if (total === 0) return signals;
    const { table, threads } = this.#parts;
    const sessionOf = threads.sessions;
    for (const doc of docs) {
      const session = sessionOf[doc] ?? 0;
      this.#best[session] = Math.max(this.#best[session] ?? 0, this.#turn[doc] ?? 0);
    }
    const nearest = this.#meaning && scratch.zeroed("nearest", threads.sessionCount);
    if (nearest !== undefined) {
      for (const doc of docs) {
        const session = sessionOf[doc] ?? 0;
        nearest[session] = Math.max(nearest[session] ?? 0, this.#meaningOf(doc));
      }
    }
    const cues = cueDocuments(this.#parts, this.#query);
    const lengthShares = new LengthShares(this.#corpus.averageLength);
    const isDated = this.#query.dates.length > 0 || this.#query.times.length > 0;
    const isNamed = speakers.size > 0;
    const isMeant = nearest !== undefined;
    const share = 1 / total;
    for (let index = 0; index < docs.length; index++) {
      const doc = docs[index] ?? 0;
      const session = sessionOf[doc] ?? 0;
      const before = threads.befores[doc] ?? -1;
      const turnBefore = this.#turnOf(before) * share;
      // In the order of `SIGNALS`.
      let at = index * SIGNAL_COUNT;
      signals[at++] = (this.#turn[doc] ?? 0) * share;
      signals[at++] = (this.#window[doc] ?? 0) * share;
      signals[at++] = (this.#session[session] ?? 0) * share;
      signals[at++] = turnBefore;
      signals[at++] = this.#turnOf(threads.afters[doc] ?? -1) * share;
      signals[at++] = (this.#coverage[doc] ?? 0) * share;
      signals[at++] = (this.#windowCoverage[doc] ?? 0) * share;
      signals[at++] = isNamed && speakers.has(table.speakers[doc] ?? 0) ? 1 : 0;
      signals[at++] = isDated ? dateShare(table.occurredAts[doc] ?? 0, this.#query) : 0;
      signals[at++] = 0;
      signals[at++] = table.asks[doc] ?? 0;
      signals[at++] = cues?.has(doc) === true ? 1 : 0;
      signals[at++] = lengthShares.of(table.lengths[doc] ?? 0);
      signals[at++] = (this.#best[session] ?? 0) * share;
      // Answers stand behind questions.
      signals[at++] = before >= 0 && table.asks[before] === 1 ? turnBefore : 0;
      // Without a meaning these are set all the same: the row holds what an earlier query left.
      signals[at++] = isMeant ? this.#meaningOf(doc) : 0;
      signals[at++] = isMeant ? this.#meaningOf(before) : 0;
      signals[at++] = isMeant ? this.#meaningOf(threads.afters[doc] ?? -1) : 0;
      signals[at++] = nearest?.[session] ?? 0;
    }
    if (nearest !== undefined) for (const doc of docs) nearest[sessionOf[doc] ?? 0] = 0;
    this.#addPairs(docs, signals);
    return signals;
  }

  #meaningOf(doc: number): number {
    return doc < 0 ? 0 : (this.#meaning?.cosines[doc] ?? 0);
  }

  #turnOf(doc: number): number {
    return doc < 0 ? 0 : (this.#turn[doc] ?? 0);
  }

  /** Words that stand next to each other in the query and in a document, or with one word between. */
  #addPairs(docs: Int32Array, signals: Float32Array): void {
    const ids = this.#query.words.map((word) => termIdsOf(this.#parts, word));
    const pairs: [number[], number[]][] = [];
    for (let at = 0; at + 1 < ids.length; at++) {
      const left = ids[at];
      const right = ids[at + 1];
      const isMatter = this.#query.words[at]?.isStop === false && this.#query.words[at + 1]?.isStop === false;
      if (isMatter && left !== undefined && right !== undefined && left.length > 0 && right.length > 0)
        pairs.push([left, right]);
    }
    if (pairs.length === 0) return;
    for (const index of pairCandidates(docs.length, signals)) {
      // What holds no word of the query holds no pair of them.
      if (signals[index * SIGNAL_COUNT] === 0) continue;
      const tokens = this.#parts.postings.tokensOf(docs[index] ?? 0);
      const found = pairs.filter(([left, right]) => standTogether(tokens, left, right)).length;
      signals[index * SIGNAL_COUNT + 9] = found / pairs.length;
    }
  }

  #clear(): void {
    const sessionOf = this.#parts.threads.sessions;
    for (const doc of this.#candidates.subarray(0, this.#candidateCount)) {
      this.#turn[doc] = 0;
      this.#window[doc] = 0;
      this.#coverage[doc] = 0;
      this.#windowCoverage[doc] = 0;
      this.#windowLengths[doc] = 0;
      const session = sessionOf[doc] ?? 0;
      this.#session[session] = 0;
      this.#best[session] = 0;
    }
  }
}

/** The candidates that are looked at for pairs: all, or of many those with the best words in and around them. */
function pairCandidates(count: number, signals: Float32Array): Iterable<number> {
  if (count <= PAIR_CANDIDATES_MAX) return Array(count).keys();
  const prior = (index: number): number =>
    (signals[index * SIGNAL_COUNT] ?? 0) + (signals[index * SIGNAL_COUNT + 1] ?? 0);
  return selectTop(count, PAIR_CANDIDATES_MAX, (left, right) => {
    const ahead = prior(left) - prior(right);
    return ahead === 0 ? left < right : ahead > 0;
  });
}

function standTogether(tokens: Uint32Array, left: readonly number[], right: readonly number[]): boolean {
  for (let at = 0; at + 1 < tokens.length; at++) {
    if (!left.includes(tokens[at] ?? 0)) continue;
    if (right.includes(tokens[at + 1] ?? 0) || (at + 2 < tokens.length && right.includes(tokens[at + 2] ?? 0)))
      return true;
  }
  return false;
}
