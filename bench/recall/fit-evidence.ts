/**
 * Fits the weights that decide whether there is enough to answer (packages/recall/src/evidence.ts): plain logistic regression by
 * gradient descent, a question in its own conversation against the same question in another with the names exchanged. Deterministic.
 */
import { type EvidenceWeights, evidenceFigures, standingOf } from "../../packages/recall/src/evidence.ts";
import { searchMemories } from "../../packages/recall/src/search.ts";
import { idFromBytes } from "@kaelix/model";
import type { RecallSource } from "@kaelix/recall";
import type { ScoreRecipe, UserIndex } from "@kaelix/views";

import type { MeaningOf } from "../../packages/recall/src/measure/harness.ts";
import type { Conversation } from "../../packages/recall/src/measure/locomo.ts";
import { rename, sourceOf, speakersOf } from "../../packages/recall/src/measure/sources.ts";

/** The figures of one question in one conversation, and whether it was its own. */
export interface EvidenceExample {
  /** The conversations that have a part in it. */
  readonly conversations: readonly number[];
  readonly figures: readonly number[];
  readonly isOwn: boolean;
}

const STEPS = 600;
const RATE = 2;
const DECAY = 1e-3;
const USER = idFromBytes("usr", new Uint8Array(16));
/** Questions of these kinds have their answer in the conversation. */
const ANSWERED = new Set(["single-hop", "temporal", "multi-hop"]);

/** The weights of scores that examples are found with. */
export interface EvidenceRecipes {
  readonly recipe: ScoreRecipe;
  /** Where meaning counts too: its own weights, and what questions mean. */
  readonly meaning?: { readonly recipe: ScoreRecipe; readonly meaningOf: MeaningOf };
}

/** Two examples for each question that has an answer; with meaning a third, put to the other conversation as it is. */
export async function evidenceExamples(
  conversations: readonly Conversation[],
  indexes: readonly UserIndex[],
  recipes: EvidenceRecipes,
): Promise<EvidenceExample[]> {
  const examples: EvidenceExample[] = [];
  for (const [at, conversation] of conversations.entries()) {
    const next = (at + 1) % conversations.length;
    const [own, other, stranger] = [indexes[at], indexes[next], conversations[next]];
    if (own === undefined || other === undefined || stranger === undefined) continue;
    const [ownSource, otherSource] = [own, other].map((index) =>
      sourceOf(index, undefined, recipes.meaning?.meaningOf),
    );
    if (ownSource === undefined || otherSource === undefined) continue;
    const strangers = [speakersOf(stranger), ...(recipes.meaning === undefined ? [] : [speakersOf(conversation)])];
    for (const { text, category } of conversation.questions) {
      if (!ANSWERED.has(category)) continue;
      examples.push({ conversations: [at], figures: await figuresOf(ownSource, text, recipes), isOwn: true });
      for (const names of strangers) {
        const asked = rename(text, speakersOf(conversation), names);
        const figures = await figuresOf(otherSource, asked, recipes);
        examples.push({ conversations: [at, next], figures, isOwn: false });
      }
    }
  }
  return examples;
}

async function figuresOf(
  source: RecallSource,
  text: string,
  { recipe, meaning }: EvidenceRecipes,
): Promise<readonly number[]> {
  const asked = { userId: USER, ceiling: 2, text } as const;
  const found = await searchMemories(source, { ...asked, recipe, byWords: true });
  const hits = found.hits.filter(({ score }) => score > 0);
  const figures = evidenceFigures(hits, found.words);
  if (meaning === undefined) return figures;
  const near = await searchMemories(source, { ...asked, recipe: meaning.recipe });
  return [...figures, standingOf(hits, near.hits) ?? 0];
}

/** The weights that tell own questions from strangers' best. */
export function fitEvidence(examples: readonly EvidenceExample[], { chanceMin }: EvidenceWeights): EvidenceWeights {
  const count = Math.max(1, examples.length);
  const places = [...(examples[0]?.figures ?? [])].map((_, at) => at);
  const means = places.map((at) => examples.reduce((sum, { figures }) => sum + (figures[at] ?? 0), 0) / count);
  const spreads = means.map((mean, at) =>
    Math.sqrt(examples.reduce((sum, { figures }) => sum + ((figures[at] ?? 0) - mean) ** 2, 0) / count),
  );
  const rows = examples.map(({ figures, isOwn }) => ({
    values: figures.map((figure, at) => (figure - (means[at] ?? 0)) / (spreads[at] || 1)),
    isOwn,
  }));
  let bias = 0;
  let weights = places.map(() => 0);
  for (let step = 0; step < STEPS; step++) {
    const slope = places.map(() => 0);
    let lean = 0;
    for (const { values, isOwn } of rows) {
      const logit = values.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), bias);
      const error = 1 / (1 + Math.exp(-logit)) - (isOwn ? 1 : 0);
      lean += error;
      for (const [at, value] of values.entries()) slope[at] = (slope[at] ?? 0) + error * value;
    }
    bias -= (RATE * lean) / count;
    weights = weights.map((weight, at) => weight - RATE * ((slope[at] ?? 0) / count + DECAY * weight));
  }
  const unscaled = weights.map((weight, at) => weight / (spreads[at] || 1));
  const shift = means.reduce((sum, mean, at) => sum + mean * (unscaled[at] ?? 0), 0);
  return { bias: bias - shift, chanceMin, weights: unscaled };
}
