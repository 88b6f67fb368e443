/**
 * A found memory → the words of it that are quoted. Pure.
 *
 * Guarantees: what is quoted is one run of the memory's own text. A message is quoted whole while it is short; of a long text the best
 * sentence with what stands around it, since an answer rarely ends at a full stop.
 */
import type { ParsedQuery, WordWeight } from "@kaelix/views";
import { holdsWord, termsOf } from "@kaelix/views";

import { kindShare } from "./question-kind.ts";
import { type Sentence, splitSentences } from "./sentences.ts";

/** A memory up to so long is quoted whole; of a longer one at most so much. */
const PASSAGE_LENGTH_MAX = 480;
/** Text of one memory that is looked through; more would make one huge note slow every answer. */
const READ_LENGTH_MAX = 65_536;

/** What a passage is looked for with. */
export interface Sought {
  readonly query: ParsedQuery;
  readonly words: readonly WordWeight[];
  readonly language: string;
}

/** What is quoted of a memory. */
export interface Passage extends Sentence {
  /** How well its best sentence answers, 0 to 1.5: the words of the question it holds, and whether it looks like an answer. */
  readonly score: number;
  /** That sentence. */
  readonly best: Sentence;
}

/** The passage of a text that answers best; undefined of an empty text. */
export function choosePassage(text: string, sought: Sought): Passage | undefined {
  const sentences = splitSentences(text.slice(0, READ_LENGTH_MAX));
  let bestAt = -1;
  let bestScore = -1;
  for (const [at, sentence] of sentences.entries()) {
    const score = wordShare(sentence.text, sought) + 0.5 * kindShare(sought.query.kind, sentence.text);
    if (score > bestScore) [bestAt, bestScore] = [at, score];
  }
  const best = sentences[bestAt];
  if (best === undefined) return undefined;
  const { start, end } = widen(sentences, bestAt);
  return { text: text.slice(start, end), start, end, score: bestScore, best };
}

/** Takes in the sentences behind the best one, then those before it, while there is room. */
function widen(sentences: readonly Sentence[], at: number): { readonly start: number; readonly end: number } {
  let first = at;
  let last = at;
  const lengthWith = (from: number, to: number): number => (sentences[to]?.end ?? 0) - (sentences[from]?.start ?? 0);
  while (last + 1 < sentences.length && lengthWith(first, last + 1) <= PASSAGE_LENGTH_MAX) last += 1;
  while (first > 0 && lengthWith(first - 1, last) <= PASSAGE_LENGTH_MAX) first -= 1;
  return { start: sentences[first]?.start ?? 0, end: sentences[last]?.end ?? 0 };
}

/** Share of the question's weight whose words stand in a text. */
function wordShare(text: string, { query, words, language }: Sought): number {
  const terms = new Set(termsOf(text, language).map(({ term }) => term));
  const weights = new Map(words.map(({ word, weight }) => [word, weight]));
  let held = 0;
  let total = 0;
  for (const word of query.words) {
    const weight = weights.get(word.text) ?? 0;
    total += weight;
    if (holdsWord(terms, word)) held += weight;
  }
  return total === 0 ? 0 : held / total;
}
