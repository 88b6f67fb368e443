/**
 * A question → an answer quoted from a person's own memories, each sentence with its citation, or "I have nothing on that".
 *
 * Guarantees: every quoted word stands in a cited memory (who said it and when is put before it, the days that its words name behind it);
 * nothing above the ceiling is quoted or shows in counts; when the question's important words are not found together, the answer is
 * `nothing`, never a guess; what a memory says is quoted and never obeyed. The same memories and question give the same answer. Where
 * meaning can be compared it has a say in which memories are quoted and in whether there is an answer; a question whose words leave next to
 * no chance of one is not sent out.
 * It does not: reason over several memories, or call a model that writes. A provider composes elsewhere, from the same citations.
 */
import { nameWords, type ScoreRecipe, type SearchFilters } from "@kaelix/views";

import { type AimedQuestion, readAimedQuestion } from "./aimed-question.ts";
import type { Answer, AnswerReason, AnswerSentence, AskRequest, Citation } from "./answer.ts";
import { compose } from "./compose.ts";
import {
  confidenceOf,
  type Evidence,
  evidenceFigures,
  MEANING_CHANCE_MIN,
  MEANING_EVIDENCE,
  SHIPPED_EVIDENCE,
  standingOf,
  weighEvidence,
} from "./evidence.ts";
import type { Quote } from "./phrase.ts";
import { isOfOthers } from "./of-whom.ts";
import { type Question, readQuestion, withApostrophes } from "./question.ts";
import { chooseQuotes, countsAll } from "./quotes.ts";
import { type RecallHit, type RecallSearchRequest, type RecallSearchResult, searchMemories } from "./search.ts";
import type { RecallSource } from "./source.ts";

/** A longer question is not read at all: nobody asks it, and half of one would be answered beside the point. */
export const QUESTION_LENGTH_MAX = 2_000;

/** Hits that are read for an answer; where all times of something count, as many as a search may give. */
const HITS_READ = 20;
const HITS_READ_ALL = 200;
/** Where somebody is asked about: among so many that name them one may say what they are. */
const HITS_READ_OF_SOMEBODY = 100;

const NOTHING_TEXT = "I have nothing on that.";

/** Answers a question from a person's memories. */
export async function ask(source: RecallSource, asked: AskRequest): Promise<Answer> {
  const request = { ...asked, question: withApostrophes(asked.question) };
  const isTooLong = request.question.length > QUESTION_LENGTH_MAX;
  const nowMs = source.nowMs();
  const question = readQuestion(isTooLong ? "" : request.question, nowMs);
  const { asOfMs = Infinity, span } = question;
  const looked: RecallSearchRequest = {
    ...request,
    filters: within(before(request.filters, asOfMs), span),
    text: span === undefined ? question.text : "",
    limit: countsAll(question.wanted) || span !== undefined ? HITS_READ_ALL : HITS_READ,
  };
  const words = { ...looked, byWords: true, ...recipeOf(request.weights?.recipe) };
  const isAimed = span === undefined && !isTooLong;
  const aimed = isAimed ? await searchAimed(source, words, readAimedQuestion(request.question, nowMs)) : undefined;
  const found =
    aimed?.found ?? (await searchOthers(source, words, question.who)) ?? (await searchMemories(source, words));
  const { query } = found;
  // "What did I do yesterday?" names a time and nothing else: all of that time is the answer.
  const isOfTime = span !== undefined || (query.times.length > 0 && query.words.every((word) => word.isStop));
  const hits = found.hits.filter((hit) => hit.score > 0 || isOfTime);
  const isAsking = !isOfTime && query.words.some((word) => !word.isStop);
  const figures = evidenceFigures(hits, found.words);
  const byWords = weighEvidence(figures, request.weights?.evidence ?? SHIPPED_EVIDENCE);
  const near =
    aimed === undefined && isAsking && hits.length > 0 && byWords.chance >= MEANING_CHANCE_MIN
      ? await hitsByMeaning(source, looked, request.weights?.meaningRecipe)
      : undefined;
  const standing = standingOf(hits, near ?? []);
  const weighed =
    standing === undefined
      ? byWords
      : weighEvidence([...figures, standing], request.weights?.meaningEvidence ?? MEANING_EVIDENCE);
  const isCertain = isOfTime || aimed?.wanted === "ahead" || aimed?.wanted === "time";
  const evidence = judged(weighed, { isCertain, isAnswered: aimed !== undefined, hasHits: hits.length > 0 });
  const why = reasonOf(found, evidence, request.question);
  if (isTooLong) return nothing(why, evidence, tooLongText(request.question.length));
  if (hits.length === 0 || !evidence.isEnough || !(isAsking || isOfTime)) return nothing(why, evidence, NOTHING_TEXT);
  const asking = { question: request.question, query, words: found.words };
  if (aimed?.isOfAsker !== false && isOfOthers(asking, near ?? hits, source.detectLanguage))
    return nothing(why, evidence, NOTHING_TEXT);
  const wanted = aimed?.wanted ?? (isOfTime ? "time" : question.wanted);
  const choosing = { query, words: found.words, wanted, who: question.who, asked: request.question };
  const chosen = chooseQuotes(near ?? hits, choosing, source.detectLanguage);
  if (chosen.quotes.length + chosen.stating.length === 0) return nothing(why, evidence, NOTHING_TEXT);
  const composed = compose(chosen, choosing);
  return {
    kind: "quoted",
    sentences: composed.sentences,
    citations: composed.quotes.map((quote, at) => cite(quote, at + 1)),
    hasConflict: composed.hasConflict,
    confidence: isCertain ? 1 : confidenceOf(evidence.chance),
    why,
  };
}

/** Words that say what was asked are enough, however little they have in common with the question. */
function judged(
  weighed: Evidence,
  {
    hasHits,
    isAnswered,
    isCertain,
  }: { readonly isCertain: boolean; readonly isAnswered: boolean; readonly hasHits: boolean },
): Evidence {
  if (!hasHits) return weighed;
  if (isCertain) return { ...weighed, isEnough: true, chance: 1, coverage: 1 };
  return isAnswered ? { ...weighed, isEnough: true, chance: Math.max(weighed.chance, weighed.chanceMin) } : weighed;
}

/** A question that aims at something, and what answers it. */
interface Aimed extends Pick<AimedQuestion, "isOfAsker" | "wanted"> {
  readonly found: RecallSearchResult;
}

/** What answers a question that aims at something, by its words or else by those that such an answer has; undefined: what holds its words counts. */
async function searchAimed(
  source: RecallSource,
  looked: RecallSearchRequest,
  question: AimedQuestion | undefined,
): Promise<Aimed | undefined> {
  if (question === undefined) return undefined;
  const { isAnsweredBy, isOfAsker, otherwise, text, wanted } = question;
  const find = async (words: string): Promise<RecallSearchResult> => {
    const found = await searchMemories(source, { ...looked, text: words, limit: HITS_READ_ALL });
    const isAnswer = ({ document, highlights, owner, why }: RecallHit): boolean =>
      (owner === looked.userId || !isOfAsker) &&
      isAnsweredBy(document, source.detectLanguage(document.text) ?? "en", {
        coverage: why.coverage,
        words: why.words.map(({ word }) => word),
        ranges: highlights,
      });
    return { ...found, hits: found.hits.filter(isAnswer) };
  };
  const asked = wanted !== "one" ? undefined : await find(looked.text);
  const found = asked !== undefined && asked.hits.length > 0 ? asked : await find(text);
  return found.hits.length === 0 && otherwise === "words" ? undefined : { found, isOfAsker, wanted };
}

/** Who somebody is: what others say of them, where anybody does. */
async function searchOthers(
  source: RecallSource,
  looked: RecallSearchRequest,
  name: string | undefined,
): Promise<RecallSearchResult | undefined> {
  if (name === undefined) return undefined;
  const text = `${looked.text} -from:"${name}"`;
  const found = await searchMemories(source, { ...looked, text, limit: HITS_READ_OF_SOMEBODY });
  const hits = found.hits.filter(({ highlights }) => highlights.length > 0);
  return hits.length > 0 ? { ...found, hits } : undefined;
}

/** What is found when meaning counts too; undefined when it is not known, or not to be asked for. */
async function hitsByMeaning(
  source: RecallSource,
  looked: RecallSearchRequest,
  recipe: ScoreRecipe | undefined,
): Promise<readonly RecallHit[] | undefined> {
  if (source.embedQuery === undefined || looked.byWords === true) return undefined;
  const { hits, meaning } = await searchMemories(source, { ...looked, ...recipeOf(recipe) });
  return meaning === "used" ? hits.filter(({ score }) => score > 0) : undefined;
}

function recipeOf(recipe: ScoreRecipe | undefined): Pick<RecallSearchRequest, "recipe"> {
  return recipe === undefined ? {} : { recipe };
}

function tooLongText(length: number): string {
  const [is, max] = [length, QUESTION_LENGTH_MAX].map((count) => count.toLocaleString("en"));
  return `Cannot answer: the question has ${is ?? ""} characters, must have ${max ?? ""} at most.`;
}

function before(filters: SearchFilters | undefined, asOfMs: number): SearchFilters {
  if (asOfMs === Infinity) return filters ?? {};
  return { ...filters, beforeMs: Math.min(asOfMs, filters?.beforeMs ?? Infinity) };
}

function within(filters: SearchFilters, span: Question["span"]): SearchFilters {
  if (span === undefined) return filters;
  const afterMs = Math.max(span.fromMs, filters.afterMs ?? -Infinity);
  return { ...filters, afterMs, beforeMs: Math.min(span.toMs, filters.beforeMs ?? Infinity) };
}

function reasonOf(found: RecallSearchResult, evidence: Evidence, asked: string): AnswerReason {
  // What an answer to an aimed question may have been told with is no word of the question, and not missed.
  const typed = new Set(nameWords(asked));
  return {
    words: found.words.filter(({ documents, word }) => documents > 0 || typed.has(word)),
    missing: found.words.filter(({ documents, word }) => documents === 0 && typed.has(word)).map(({ word }) => word),
    considered: found.total,
    coverage: evidence.coverage,
    chance: evidence.chance,
    chanceMin: evidence.chanceMin,
    tookMs: found.tookMs,
    asOf: found.asOf,
  };
}

function nothing(why: AnswerReason, evidence: Evidence, text: string): Answer {
  const sentences: AnswerSentence[] = [{ text, citations: [] }];
  const confidence = 1 - evidence.chance;
  return { kind: "nothing", sentences, citations: [], hasConflict: false, confidence, why };
}

function cite({ hit, passage, times }: Quote, n: number): Citation {
  const { document } = hit;
  return {
    n,
    memoryId: document.memoryId,
    owner: hit.owner,
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
