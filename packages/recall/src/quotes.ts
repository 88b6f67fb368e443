/**
 * Hits → the quotations of an answer. Pure.
 *
 * One thing is asked for: the best few, while they are nearly as good as the first. A count, the last or the first time: every memory that
 * holds nearly as much of the question as the best one does, told in the order of time; questions are no tellings. A time: what says most.
 * What is counted may be told twice in the same words; otherwise the same words are quoted once, and the question itself never.
 */
import { mentionsIn } from "@kaelix/intelligence";
import { type DetectLanguage, nameWords, type ParsedQuery, type WordWeight } from "@kaelix/views";

import { DAY_MS } from "./digest/calendar.ts";
import { choosePassage } from "./passages.ts";
import { type Quote, timeOf, timesOf } from "./phrase.ts";
import { isCalledSo } from "./of-whom.ts";
import type { Wanted } from "./question.ts";
import { kindShare } from "./question-kind.ts";
import type { RecallHit } from "./search.ts";
import { tellings } from "./telling.ts";

/** Quotations of an answer at most; of lists, counts and times more. */
const QUOTES_MAX = 5;
const LIST_QUOTES_MAX = 8;
/** A further quotation must reach this share of the best one's score; of a list less, since its parts hold different words. */
const FURTHER_SHARE_MIN = 0.75;
const LIST_SHARE_MIN = 0.65;
/** What the words of the passage itself weigh beside the score of its memory. */
const PASSAGE_WEIGHT = 0.1;
/** What it weighs that somebody named in the question said it: others speak of the same without being asked about. */
const SPEAKER_WEIGHT = 0.15;
/** What it weighs, asked who somebody is, that the words tell what they are to somebody: "my brother Tom". */
const TIE_WEIGHT = 1;
/** Of memories that are counted: how much of what the best one holds they must hold themselves. */
const COUNTED_SHARE_MIN = 0.8;
/** How much of the question that must be: whoever is merely named in both has not been counted. */
const COUNTED_COVERAGE_MIN = 0.4;
const STATING_MAX = 3;
/** "Tom is the new plumber" */
const INTRODUCING =
  /(?<!\p{L})(\p{L}+) (?:is|was|ist|war)(?: now| jetzt)? (?:an?|the|my|our|your|his|her|their|eine?|der|die|meine?|unsere?|deine?|seine?|ihre?) \p{L}/giu;
/** Of what says most: different words that count, names and numbers that count, and how many words one of those is worth. */
const SUBSTANCE_WORDS_MAX = 12;
const SUBSTANCE_NAMES_MAX = 3;
const SUBSTANCE_NAME = 3;

/** What quotations are chosen for. */
export interface Choosing {
  readonly query: ParsedQuery;
  readonly words: readonly WordWeight[];
  readonly wanted: Wanted;
  /** Nothing is asked but who they are. */
  readonly who?: string | undefined;
  /** The question's own words: whoever kept them as a memory is not answered with them. */
  readonly asked: string;
}

/** The quotations, in the order of the answer. */
export interface Chosen {
  /** Of "how often": what says so itself ("every Tuesday"), told before anything is counted. */
  readonly stating: readonly Quote[];
  readonly quotes: readonly Quote[];
  /** How many memories qualify, and when the first and the last of them speak of; more than are quoted where all times count. */
  readonly counted: number;
  readonly days: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** True where all times of something are wanted and not the best few. */
export function countsAll(wanted: Wanted): boolean {
  return wanted === "count" || wanted === "last" || wanted === "first";
}

/** True where a time is the whole of the question. */
function isOfTime(wanted: Wanted): boolean {
  return wanted === "time" || wanted === "ahead";
}

/** Chooses quotations among hits, best first. */
export function chooseQuotes(hits: readonly RecallHit[], choosing: Choosing, detect: DetectLanguage): Chosen {
  const all = candidates(hits, choosing, detect);
  const { wanted } = choosing;
  const isByTime = countsAll(wanted) || isOfTime(wanted) || wanted === "newest";
  const kept = countsAll(wanted) ? counting(all, choosing.query) : distinct(chosenOf(all, wanted), choosing.asked);
  const sign = wanted === "first" || wanted === "ahead" ? -1 : 1;
  const stating = wanted === "count" ? nearlyBest(all, wanted).filter(saysHowOften).slice(0, STATING_MAX) : [];
  const max = (isByTime || wanted === "list") && wanted !== "newest" ? LIST_QUOTES_MAX : QUOTES_MAX;
  const shown = isOfTime(wanted) ? kept.slice(0, max) : kept;
  const ordered = isByTime ? shown.toSorted((left, right) => sign * (timeOf(right) - timeOf(left))) : shown;
  const times = kept.map(timeOf);
  return {
    stating,
    quotes: ordered.filter((quote) => !stating.includes(quote)).slice(0, max - stating.length),
    counted: kept.length,
    days: new Set(times.map((atMs) => Math.floor(atMs / DAY_MS))).size,
    firstMs: Math.min(...times),
    lastMs: Math.max(...times),
  };
}

function candidates(hits: readonly RecallHit[], { query, who, words }: Choosing, detect: DetectLanguage): Quote[] {
  const best = hits[0]?.score || 1;
  const quotes = hits.flatMap((hit): Quote[] => {
    const language = detect(hit.document.text) ?? "en";
    const passage = choosePassage(hit.document.text, { query, words, language });
    if (passage === undefined) return [];
    const isNamed = hit.why.signals.some(({ signal }) => signal === "speaker");
    const isTie = who !== undefined && tellsTieOf(who, passage.text, language);
    const score =
      hit.score / best + PASSAGE_WEIGHT * passage.score + (isNamed ? SPEAKER_WEIGHT : 0) + (isTie ? TIE_WEIGHT : 0);
    return [{ hit, passage, score, times: timesOf(hit, passage, language), language }];
  });
  return quotes.sort((left, right) => right.score - left.score);
}

/** True of "my brother Tom", "Tom is my brother", "Tom is the new plumber" and "His name is Tom", asked about Tom. */
function tellsTieOf(name: string, text: string, language: string): boolean {
  // "Frau" and "Dr." are in many names.
  const last = nameWords(name).at(-1);
  if (last !== undefined && isCalledSo(text, last)) return true;
  const introduced = Array.from(text.matchAll(INTRODUCING), ([, said = ""]) => nameWords(said)[0]);
  if (introduced.includes(last)) return true;
  return mentionsIn(text, language).some(
    ({ form, text: said, ties }) => form === "name" && ties.length > 0 && nameWords(said).some((word) => word === last),
  );
}

function nearlyBest(quotes: readonly Quote[], wanted: Wanted): Quote[] {
  const least = (quotes[0]?.score ?? 0) * (wanted === "list" ? LIST_SHARE_MIN : FURTHER_SHARE_MIN);
  return quotes.filter((quote, at) => quote.score >= least && (at === 0 || tellsAnything(quote)));
}

/** "Ok", "Yes!!" and a row of hearts tell nobody anything beside the message they answer, unless they hold a word of the question. */
function tellsAnything({ hit, passage }: Quote): boolean {
  return hit.highlights.length > 0 || plainWords(passage.text).includes(" ");
}

function saysHowOften({ passage }: Quote): boolean {
  return kindShare("how-often", passage.text) === 1;
}

function counting(quotes: readonly Quote[], query: ParsedQuery): readonly Quote[] {
  const told = tellings(quotes, query);
  const most = told.reduce((best, { hit }) => Math.max(best, hit.why.coverage), 0);
  return told.filter(({ hit }) => most >= COUNTED_COVERAGE_MIN && hit.why.coverage >= most * COUNTED_SHARE_MIN);
}

function chosenOf(quotes: readonly Quote[], wanted: Wanted): readonly Quote[] {
  // All of them answer: what stands may be told in fewer words than what stood.
  if (wanted === "newest") return quotes.slice(0, QUOTES_MAX);
  if (!isOfTime(wanted)) return nearlyBest(quotes, wanted);
  const said = quotes.map((quote) => ({ quote, said: substanceOf(quote.passage.text) }));
  return said.sort((left, right) => right.said - left.said).map(({ quote }) => quote);
}

/** The same words of the same speaker once, and not the question itself. */
function distinct(quotes: readonly Quote[], asked: string): Quote[] {
  const seen = new Set([plainWords(asked)]);
  return quotes.filter(({ hit, passage }) => {
    const words = plainWords(passage.text);
    const key = `${hit.document.speaker ?? ""}\n${words}`;
    if (seen.has(words) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function plainWords(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, " ")
    .trim();
}

/** How much a text tells by itself: names and numbers in it, and how many different words. */
function substanceOf(text: string): number {
  const words = new Set(plainWords(text).split(" "));
  const names = text.match(/(?<=[\p{Ll}\p{N},;:]\s)\p{Lu}\p{L}+|\p{N}+/gu)?.length ?? 0;
  return Math.min(words.size, SUBSTANCE_WORDS_MAX) + SUBSTANCE_NAME * Math.min(names, SUBSTANCE_NAMES_MAX);
}
