/**
 * A question → an answer quoted from a person's own memories, each sentence with its citation, or "I have nothing on that".
 *
 * Guarantees: every sentence is text of a cited memory (with who said it and when put before it); nothing above the ceiling is quoted or
 * shows in counts; when the question's important words are not found together, the answer is `nothing`, never a guess.
 * It does not: reason over several memories, or call a model. A provider composes elsewhere, from the same citations.
 */
import type { LogPosition } from "@kaelix/base";
import type { Level, MemoryId, SourceKind } from "@kaelix/model";
import {
  parseQuery,
  type ParsedQuery,
  type SearchFilters,
  type SignalShare,
  termsOf,
  type WordWeight,
} from "@kaelix/views";

import { kindShare } from "./question-kind.ts";
import { type RecallHit, searchMemories } from "./search.ts";
import { type Sentence, splitSentences } from "./sentences.ts";
import type { RecallScope, RecallSource } from "./source.ts";
import type { Reason } from "./why.ts";

/** What is asked. */
export interface AskRequest extends RecallScope {
  readonly question: string;
  readonly filters?: SearchFilters;
}

/** The memory that a sentence comes from. */
export interface Citation {
  /** 1 for the first. */
  readonly n: number;
  readonly memoryId: MemoryId;
  readonly version: number;
  /** `[start, end)` of the quoted words in the memory's text, UTF-16 units. */
  readonly quote: readonly [start: number, end: number];
  readonly text: string;
  /** Absent: the owner. */
  readonly speaker?: string;
  readonly occurredAtMs: number;
  readonly level: Level;
  readonly source: SourceKind;
  readonly position: LogPosition;
  /** Why this memory, as data and in words. */
  readonly signals: readonly SignalShare[];
  readonly reasons: readonly Reason[];
}

/** One sentence of an answer and the numbers of its citations. */
export interface AnswerSentence {
  readonly text: string;
  readonly citations: readonly number[];
}

/** Why an answer is what it is. */
export interface AnswerReason {
  /** Words of the question with their weights, found or not. */
  readonly words: readonly WordWeight[];
  /** Important words that no memory holds. */
  readonly missing: readonly string[];
  /** Memories that were considered, under the ceiling. */
  readonly considered: number;
  /** How much of the question the best evidence covers, 0 to 1, and what it must reach. */
  readonly coverage: number;
  readonly coverageMin: number;
  readonly tookMs: number;
  /** Everything below this position was asked. */
  readonly asOf: LogPosition;
}

/** An answer. */
export interface Answer {
  /** `quoted` from memories, or `nothing` on the question. */
  readonly kind: "quoted" | "nothing";
  readonly sentences: readonly AnswerSentence[];
  readonly citations: readonly Citation[];
  /** 0 to 1. Of `quoted`: how often answers with as much evidence cited a right memory, on public questions. */
  readonly confidence: number;
  readonly why: AnswerReason;
}

/** Hits that are read for an answer. */
const HITS_READ = 12;
/** Sentences of an answer at most. */
const SENTENCES_MAX = 3;
/** A further sentence must reach this share of the best one's score. */
const FURTHER_SHARE_MIN = 0.85;

/**
 * The least evidence for an answer: weight of the question's words found in a memory and beside it, as a share of all. Chosen on five
 * public conversations (LoCoMo; evaluation only): 83 of 100 questions that have an answer get one; asked of somebody else's
 * conversation 2 of 100 get one, and 15 of 100 when the names in the question are exchanged for the names of those who speak there.
 */
const COVERAGE_MIN = 0.5;

const NOTHING_TEXT = "I have nothing on that.";

/** Answers a question from a person's memories. */
export async function ask(source: RecallSource, request: AskRequest): Promise<Answer> {
  const found = await searchMemories(source, {
    ...request,
    text: request.question,
    limit: HITS_READ,
  });
  const query = parseQuery(request.question, { languages: ["en"] });
  const hits = found.hits.filter((hit) => hit.score > 0);
  const coverage = Math.max(0, ...hits.slice(0, 3).map(evidenceOf));
  const why: AnswerReason = {
    words: found.words,
    missing: found.words.filter(({ documents }) => documents === 0).map(({ word }) => word),
    considered: found.total,
    coverage,
    coverageMin: COVERAGE_MIN,
    tookMs: found.tookMs,
    asOf: found.asOf,
  };
  if (query.words.every((word) => word.isStop) || coverage < COVERAGE_MIN) return nothing(why);
  const quotes = chooseQuotes(hits, query, found.words, source.detectLanguage);
  if (quotes.length === 0) return nothing(why);
  return {
    kind: "quoted",
    sentences: quotes.map(({ hit, sentence }, at) => ({ text: phrase(hit, sentence, query), citations: [at + 1] })),
    citations: quotes.map(({ hit, sentence }, at) => cite(hit, sentence, at + 1)),
    confidence: confidenceOf(coverage),
    why,
  };
}

function nothing(why: AnswerReason): Answer {
  return {
    kind: "nothing",
    sentences: [{ text: NOTHING_TEXT, citations: [] }],
    citations: [],
    confidence: 1 - confidenceOf(why.coverage),
    why,
  };
}

/** How much of the question a hit and its neighbours hold; the hit itself counts more. */
function evidenceOf(hit: RecallHit): number {
  return 0.5 * hit.why.coverage + 0.5 * hit.why.coverageAround;
}

/** How often an answer with as much evidence cited a right memory, measured on the same conversations: from 0.64 to 0.75. */
function confidenceOf(coverage: number): number {
  return coverage < COVERAGE_MIN ? coverage : 0.5 + 0.25 * Math.min(1, coverage);
}

interface Quote {
  readonly hit: RecallHit;
  readonly sentence: Sentence;
}

/** The best sentence of each hit, best first, while they are nearly as good as the first. */
function chooseQuotes(
  hits: readonly RecallHit[],
  query: ParsedQuery,
  words: readonly WordWeight[],
  detectLanguage: RecallSource["detectLanguage"],
): Quote[] {
  const best = hits[0]?.score ?? 0;
  const scored = hits.flatMap((hit) => {
    const language = detectLanguage(hit.document.text) ?? "en";
    const sentences = splitSentences(hit.document.text).map((sentence) => {
      const held = wordShare(sentence, { query, words, language });
      return { hit, sentence, score: held + 0.5 * kindShare(query.kind, sentence.text) };
    });
    const top = sentences.sort((left, right) => right.score - left.score)[0];
    if (top === undefined) return [];
    return [{ ...top, score: hit.score / best + 0.15 * top.score }];
  });
  scored.sort((left, right) => right.score - left.score);
  const first = scored[0]?.score ?? 0;
  const isGoodEnough = (hit: RecallHit): boolean => evidenceOf(hit) >= COVERAGE_MIN * 0.7;
  return scored
    .filter(({ hit, score }, at) => at === 0 || (score >= first * FURTHER_SHARE_MIN && isGoodEnough(hit)))
    .slice(0, SENTENCES_MAX);
}

interface Sought {
  readonly query: ParsedQuery;
  readonly words: readonly WordWeight[];
  readonly language: string;
}

/** Share of the question's weight whose words stand in a sentence. */
function wordShare(sentence: Sentence, { query, words, language }: Sought): number {
  const terms = new Set(termsOf(sentence.text, language).map(({ term }) => term));
  const weights = new Map(words.map(({ word, weight }) => [word, weight]));
  let held = 0;
  let total = 0;
  for (const word of query.words) {
    const weight = weights.get(word.text) ?? 0;
    total += weight;
    if (word.terms.some((term) => terms.has(term))) held += weight;
  }
  return total === 0 ? 0 : held / total;
}

function cite(hit: RecallHit, sentence: Sentence, n: number): Citation {
  const { document } = hit;
  return {
    n,
    memoryId: document.memoryId,
    version: document.version,
    quote: [sentence.start, sentence.end],
    text: sentence.text,
    ...(document.speaker === undefined ? {} : { speaker: document.speaker }),
    occurredAtMs: document.occurredAtMs,
    level: document.level,
    source: document.source,
    position: hit.position,
    signals: hit.why.signals,
    reasons: hit.reasons,
  };
}

/** A quote as it is read out: one's own words plainly, others' with their name, and the day where the question asks for a time. */
function phrase(hit: RecallHit, sentence: Sentence, query: ParsedQuery): string {
  const { speaker, occurredAtMs } = hit.document;
  const day = query.kind === "when" || query.dates.length > 0 ? formatDay(occurredAtMs) : undefined;
  if (speaker === undefined) return day === undefined ? sentence.text : `${sentence.text} (told on ${day})`;
  return day === undefined ? `${speaker}: “${sentence.text}”` : `${speaker}, ${day}: “${sentence.text}”`;
}

const DAY_FORMAT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});

function formatDay(atMs: number): string {
  return DAY_FORMAT.format(atMs);
}
