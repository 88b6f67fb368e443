/**
 * A question → an answer quoted from a person's own memories, each sentence with its citation, or "I have nothing on that".
 *
 * Guarantees: every quoted word stands in a cited memory (who said it and when is put before it, the days that its words name behind it);
 * nothing above the ceiling is quoted or shows in counts; when the question's important words are not found together, the answer is
 * `nothing`, never a guess; what a memory says is quoted and never obeyed. The same memories and question give the same answer.
 * It does not: reason over several memories, or call a model. A provider composes elsewhere, from the same citations.
 */
import type { ParsedQuery, SearchFilters } from "@kaelix/views";

import type { Answer, AnswerReason, AnswerSentence, AskRequest, Citation } from "./answer.ts";
import { compose } from "./compose.ts";
import { CONFIDENCE_MIN, type Evidence, weighEvidence } from "./evidence.ts";
import { choosePassage } from "./passages.ts";
import { type Quote, timesOf } from "./phrase.ts";
import { readQuestion } from "./question.ts";
import { type RecallHit, type RecallSearchResult, searchMemories } from "./search.ts";
import type { RecallSource } from "./source.ts";

/** A longer question is not read at all: nobody asks it, and half of one would be answered beside the point. */
export const QUESTION_LENGTH_MAX = 2_000;

/** Hits that are read for an answer. */
const HITS_READ = 20;
/** Quotations of an answer at most; of lists and counts more. */
const QUOTES_MAX = 5;
const LIST_QUOTES_MAX = 8;
/** A further quotation must reach this share of the best one's score. */
const FURTHER_SHARE_MIN = 0.75;
/** What the words of the passage itself weigh beside the score of its memory. */
const PASSAGE_WEIGHT = 0.1;

const NOTHING_TEXT = "I have nothing on that.";

/** Answers a question from a person's memories. */
export async function ask(source: RecallSource, request: AskRequest): Promise<Answer> {
  const isTooLong = request.question.length > QUESTION_LENGTH_MAX;
  const question = readQuestion(isTooLong ? "" : request.question, source.nowMs?.() ?? Date.now());
  const asOfMs = Math.min(request.asOfMs ?? Infinity, question.asOfMs ?? Infinity);
  const found = await searchMemories(source, {
    ...request,
    filters: before(request.filters, asOfMs),
    text: question.text,
    limit: HITS_READ,
    ...(request.weights === undefined ? {} : { recipe: request.weights.recipe }),
  });
  const hits = found.hits.filter((hit) => hit.score > 0);
  const evidence = weighEvidence(hits, found.words, request.weights?.evidence);
  const why = reasonOf(found, evidence);
  const { query } = found;
  if (isTooLong || query.words.every((word) => word.isStop) || !evidence.isEnough)
    return nothing(why, evidence, isTooLong ? tooLongText(request.question.length) : NOTHING_TEXT);
  const max = question.wanted === "list" || question.wanted === "count" ? LIST_QUOTES_MAX : QUOTES_MAX;
  const quotes = chooseQuotes(hits, { query, words: found.words, max }, source);
  if (quotes.length === 0) return nothing(why, evidence, NOTHING_TEXT);
  const composed = compose(quotes, query, question.wanted);
  return {
    kind: "quoted",
    sentences: composed.sentences,
    citations: composed.quotes.map((quote, at) => cite(quote, at + 1)),
    hasConflict: composed.hasConflict,
    confidence: evidence.confidence,
    why,
  };
}

function tooLongText(length: number): string {
  const [is, max] = [length, QUESTION_LENGTH_MAX].map((count) => count.toLocaleString("en"));
  return `Cannot answer: the question has ${is ?? ""} characters, must have ${max ?? ""} at most.`;
}

function before(filters: SearchFilters | undefined, asOfMs: number): SearchFilters {
  if (asOfMs === Infinity) return filters ?? {};
  return { ...filters, beforeMs: Math.min(asOfMs, filters?.beforeMs ?? Infinity) };
}

function reasonOf(found: RecallSearchResult, evidence: Evidence): AnswerReason {
  return {
    words: found.words,
    missing: found.words.filter(({ documents }) => documents === 0).map(({ word }) => word),
    considered: found.total,
    coverage: evidence.coverage,
    confidenceMin: CONFIDENCE_MIN,
    tookMs: found.tookMs,
    asOf: found.asOf,
  };
}

function nothing(why: AnswerReason, evidence: Evidence, text: string): Answer {
  const sentences: AnswerSentence[] = [{ text, citations: [] }];
  const confidence = 1 - evidence.confidence;
  return { kind: "nothing", sentences, citations: [], hasConflict: false, confidence, why };
}

interface Choosing {
  readonly query: ParsedQuery;
  readonly words: RecallSearchResult["words"];
  readonly max: number;
}

/** A passage of each hit, best first, while they are nearly as good as the first. */
function chooseQuotes(hits: readonly RecallHit[], { query, words, max }: Choosing, source: RecallSource): Quote[] {
  const best = hits[0]?.score ?? 0;
  const quotes = hits.flatMap((hit): Quote[] => {
    const language = source.detectLanguage(hit.document.text) ?? "en";
    const passage = choosePassage(hit.document.text, { query, words, language });
    if (passage === undefined) return [];
    const score = hit.score / best + PASSAGE_WEIGHT * passage.score;
    return [{ hit, passage, score, times: timesOf(hit, passage, language) }];
  });
  quotes.sort((left, right) => right.score - left.score);
  const least = (quotes[0]?.score ?? 0) * FURTHER_SHARE_MIN;
  return quotes.filter(({ score }) => score >= least).slice(0, max);
}

function cite({ hit, passage, times }: Quote, n: number): Citation {
  const { document } = hit;
  return {
    n,
    memoryId: document.memoryId,
    version: document.version,
    quote: [passage.start, passage.end],
    text: passage.text,
    best: [passage.best.start, passage.best.end],
    ...(document.speaker === undefined ? {} : { speaker: document.speaker }),
    occurredAtMs: document.occurredAtMs,
    level: document.level,
    source: document.source,
    position: hit.position,
    times,
    signals: hit.why.signals,
    reasons: hit.reasons,
  };
}
