/**
 * Fits the weights of the signals: minimum of the listwise soft-max loss (ListNet's top-one form, Cao et al. 2007) by Adam.
 * Deterministic: no chance, a fixed start and a fixed number of steps.
 */
import { meaningOf } from "../../packages/views/src/search/meaning.ts";
import { parseQuery } from "../../packages/views/src/search/query.ts";
import {
  scoreCandidates,
  type ScoreRecipe,
  type Signal,
  SIGNAL_COUNT,
  SIGNALS,
} from "../../packages/views/src/search/score.ts";
import { withRelatedTerms } from "../../packages/views/src/search/related-words.ts";
import type { UserIndex } from "../../packages/views/src/search/user-index.ts";
import { SHIPPED_RECIPE } from "../../packages/views/src/search/weights.ts";
import type { MeaningOf } from "../../packages/recall/src/measure/harness.ts";
import type { Conversation } from "../../packages/recall/src/measure/locomo.ts";

/** The candidates of one question: their signals, and which of them are evidence. */
export interface Example {
  readonly conversation: number;
  readonly signals: Float32Array;
  readonly relevant: readonly number[];
}

const STEPS = 80;
const RATE = 0.25;
const DECAY = 1e-3;

/** The questions of all conversations whose evidence can be reached at all. */
export function examplesOf(
  conversations: readonly Conversation[],
  indexes: readonly UserIndex[],
  vectorOf?: MeaningOf,
): Example[] {
  const examples: Example[] = [];
  for (const [at, conversation] of conversations.entries()) {
    const parts = indexes[at]?.parts(2);
    if (parts === undefined) continue;
    for (const question of conversation.questions) {
      const vector = vectorOf?.(question.text);
      const typed = parseQuery(question.text, { languages: ["en"] });
      const query =
        vector === undefined
          ? withRelatedTerms(parts, typed, { ceiling: 2, languages: ["en"], onlyUntold: false })
          : typed;
      const meaning = vector && meaningOf(parts, vector, { ceiling: 2, passes: () => true });
      const { docs, signals } = scoreCandidates(parts, query, { ceiling: 2, shape: SHIPPED_RECIPE.shape, meaning });
      const evidence = new Set(question.evidence);
      const relevant = Array.from(docs.keys()).filter((place) => {
        const id = parts.table.document(docs[place] ?? 0)?.memoryId;
        return id !== undefined && evidence.has(id);
      });
      if (relevant.length > 0) examples.push({ conversation: at, signals: signals.slice(), relevant });
    }
  }
  return examples;
}

/** The recipe that fits examples best, with the shipped shape. */
export function fitRecipe(examples: readonly Example[]): ScoreRecipe {
  const weights = new Float64Array(SIGNAL_COUNT);
  const drift = new Float64Array(SIGNAL_COUNT);
  const spread = new Float64Array(SIGNAL_COUNT);
  weights[SIGNALS.indexOf("turn")] = 3;
  weights[SIGNALS.indexOf("window")] = 5;
  for (let step = 1; step <= STEPS; step++) {
    const slope = new Float64Array(SIGNAL_COUNT);
    for (const example of examples) addSlope(slope, weights, example);
    for (let signal = 0; signal < SIGNAL_COUNT; signal++) {
      const value = (slope[signal] ?? 0) / examples.length + DECAY * (weights[signal] ?? 0);
      const mean = 0.9 * (drift[signal] ?? 0) + 0.1 * value;
      const square = 0.99 * (spread[signal] ?? 0) + 0.01 * value * value;
      drift[signal] = mean;
      spread[signal] = square;
      const scale = Math.sqrt(square / (1 - 0.99 ** step)) + 1e-8;
      weights[signal] = (weights[signal] ?? 0) - (RATE * mean) / (1 - 0.9 ** step) / scale;
    }
  }
  const table = Object.fromEntries(SIGNALS.map((signal, at) => [signal, weights[at] ?? 0]));
  // The table has one entry per signal, made in the line above.
  return { shape: SHIPPED_RECIPE.shape, weights: table as Record<Signal, number> };
}

function addSlope(slope: Float64Array, weights: Float64Array, example: Example): void {
  const { signals, relevant } = example;
  const count = signals.length / SIGNAL_COUNT;
  const chances = new Float64Array(count);
  let best = -Infinity;
  for (let place = 0; place < count; place++) {
    let score = 0;
    for (let signal = 0; signal < SIGNAL_COUNT; signal++) {
      score += (weights[signal] ?? 0) * (signals[place * SIGNAL_COUNT + signal] ?? 0);
    }
    chances[place] = score;
    best = Math.max(best, score);
  }
  let total = 0;
  for (let place = 0; place < count; place++) {
    const chance = Math.exp((chances[place] ?? 0) - best);
    chances[place] = chance;
    total += chance;
  }
  for (let place = 0; place < count; place++) chances[place] = (chances[place] ?? 0) / total;
  for (const place of relevant) chances[place] = (chances[place] ?? 0) - 1 / relevant.length;
  for (let place = 0; place < count; place++) {
    const error = chances[place] ?? 0;
    if (Math.abs(error) < 1e-6) continue;
    for (let signal = 0; signal < SIGNAL_COUNT; signal++) {
      slope[signal] = (slope[signal] ?? 0) + error * (signals[place * SIGNAL_COUNT + signal] ?? 0);
    }
  }
}
