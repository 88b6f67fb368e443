/**
 * Is there enough in what was found to answer at all? Pure.
 *
 * A logistic score of four figures: how much of the question the best three memories and what stands beside them hold, how well the first
 * fits, how much of the question no memory holds at all, and whether words that stand together in the question do so there. Where meaning
 * can be compared there is a fifth: how far the nearest of the three stands out among all memories, in standard deviations, so that it is the
 * same for models whose cosines are large and for those whose are small. The weights were fitted on five public conversations (LoCoMo;
 * evaluation only): each question asked in its own conversation, and in another with the names exchanged for those who speak there.
 * `npm run bench -- recall` prints what becomes of both (`answer given/…`).
 */
import type { Signal, WordWeight } from "@kaelix/views";

import type { RecallHit } from "./search.ts";

/** What was found, weighed. */
export interface Evidence {
  readonly isEnough: boolean;
  /** 0 to 1: that the memories hold an answer at all. */
  readonly chance: number;
  /** What it must reach. */
  readonly chanceMin: number;
  /** How much of the question the best evidence covers, 0 to 1. */
  readonly coverage: number;
}

/** Below it by words alone meaning is not asked for: the question goes to nobody. */
export const MEANING_CHANCE_MIN = 0.1;
const HITS_WEIGHED = 3;

/** What the figures of `evidenceFigures` weigh, in their order, what is added, and what their chance must reach. */
export interface EvidenceWeights {
  readonly bias: number;
  readonly chanceMin: number;
  /** Coverage, score, missing share, pairs, and where it is known how far the nearest stands out. */
  readonly weights: readonly number[];
}

/** The weights of every answer that names no others: of questions put to another's conversation with the names exchanged, one in five passes. */
export const SHIPPED_EVIDENCE: EvidenceWeights = { bias: -4.7, chanceMin: 0.33, weights: [1.3, 0.38, -1.7, 3.2] };
/** The same where meaning can be compared; fitted with questions put to another's conversation as they are besides. */
export const MEANING_EVIDENCE: EvidenceWeights = { bias: -6, chanceMin: 0.27, weights: [0.35, 0.44, -2.5, 2.3, 0.54] };

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

/**
 * How far the nearest of the best hits by words stands out, where it is known.
 * @param near hits of the same question with what they mean
 */
export function standingOf(hits: readonly RecallHit[], near: readonly RecallHit[]): number | undefined {
  const first = new Set(hits.slice(0, HITS_WEIGHED).map(({ document }) => document.memoryId));
  const known = near.flatMap(({ document, why }) => (first.has(document.memoryId) ? (why.standing ?? []) : []));
  return known.length === 0 ? undefined : Math.max(...known);
}

/**
 * Weighs what was found: the figures of hits, best first.
 * @param figures of `evidenceFigures`, and of `standingOf` behind them where the weights have a fifth
 */
export function weighEvidence(figures: readonly number[], { bias, chanceMin, weights }: EvidenceWeights): Evidence {
  const logit = figures.reduce((sum, figure, at) => sum + figure * (weights[at] ?? 0), bias);
  const chance = 1 / (1 + Math.exp(-logit));
  return { isEnough: chance >= chanceMin, chance, chanceMin, coverage: figures[0] ?? 0 };
}

function shareOf(hit: RecallHit, name: Signal): number {
  return hit.why.signals.find(({ signal }) => signal === name)?.share ?? 0;
}

/** How often an answer with such a chance cited a right memory on the same conversations: from 0.6 to 0.86, near a line. */
export function confidenceOf(chance: number): number {
  return 0.45 + 0.42 * chance;
}
