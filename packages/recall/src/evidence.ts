/**
 * Is there enough in what was found to answer at all? Pure.
 *
 * A logistic score of four figures: how much of the question the best three memories and what stands beside them hold, how well the first
 * fits, how much of the question no memory holds at all, and whether words that stand together in the question do so there. Its four
 * weights were fitted on five public conversations (LoCoMo; evaluation only): each question asked in its own conversation, and in another
 * with the names exchanged for those who speak there. `npm run bench -- recall` prints what becomes of both (`answer given/…`).
 */
import type { Signal, WordWeight } from "@kaelix/views";

import type { RecallHit } from "./search.ts";

/** What was found, weighed. */
export interface Evidence {
  readonly isEnough: boolean;
  /** 0 to 1: that the memories hold an answer at all. */
  readonly chance: number;
  /** How much of the question the best evidence covers, 0 to 1. */
  readonly coverage: number;
}

/** Below it the answer is `nothing`: of questions put to another's conversation with the names exchanged, one in five passes. */
export const CHANCE_MIN = 0.33;
const HITS_WEIGHED = 3;

/** What the figures of `evidenceFigures` weigh, in their order, and what is added. */
export interface EvidenceWeights {
  readonly bias: number;
  readonly weights: readonly [coverage: number, score: number, missing: number, pairs: number];
}

/** The weights of every answer that names no others. */
export const SHIPPED_EVIDENCE: EvidenceWeights = { bias: -4.7, weights: [1.3, 0.38, -1.7, 3.2] };

/** Coverage, score, missing share and pairs of hits, best first, for the words of their question. */
export function evidenceFigures(
  hits: readonly RecallHit[],
  words: readonly WordWeight[],
): readonly [coverage: number, score: number, missing: number, pairs: number] {
  const first = hits.slice(0, HITS_WEIGHED);
  const greatest = (of: (hit: RecallHit) => number): number => Math.max(0, ...first.map(of));
  const total = words.reduce((sum, { weight }) => sum + weight, 0);
  const missing = words.reduce((sum, { documents, weight }) => sum + (documents === 0 ? weight : 0), 0);
  return [
    greatest(({ why }) => 0.5 * why.coverage + 0.5 * why.coverageAround),
    hits[0]?.score ?? 0,
    total === 0 ? 1 : missing / total,
    greatest((hit) => shareOf(hit, "pairs")),
  ];
}

/** Weighs hits, best first, for the words of their question. */
export function weighEvidence(
  hits: readonly RecallHit[],
  words: readonly WordWeight[],
  { bias, weights }: EvidenceWeights = SHIPPED_EVIDENCE,
): Evidence {
  const figures = evidenceFigures(hits, words);
  const logit = figures.reduce((sum, figure, at) => sum + figure * (weights[at] ?? 0), bias);
  const chance = 1 / (1 + Math.exp(-logit));
  return { isEnough: hits.length > 0 && chance >= CHANCE_MIN, chance, coverage: figures[0] };
}

function shareOf(hit: RecallHit, name: Signal): number {
  return hit.why.signals.find(({ signal }) => signal === name)?.share ?? 0;
}

/** How often an answer with such a chance cited a right memory on the same conversations: from 0.6 to 0.86, near a line. */
export function confidenceOf(chance: number): number {
  return 0.45 + 0.42 * chance;
}
