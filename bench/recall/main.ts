/**
 * Recall of the product's own search on a data set of the LoCoMo shape, and its speed on invented memories.
 *
 * The rows `recall@…` run the shipped weights through the index itself; the rows `…/leave-one-out` refit the weights on the other
 * conversations. How the shipped weights were found stands in packages/views/src/search/weights.ts; on the conversations they were
 * found on, `recall@…` is in-sample and `…/leave-one-out` is the honest figure. The data set is brought by whoever runs this
 * (it is licensed for evaluation only) and nothing of it is kept.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { readDataset } from "@kaelix/recall";

import { type EvidenceWeights, SHIPPED_EVIDENCE } from "../../packages/recall/src/evidence.ts";
import type { ScoreRecipe } from "../../packages/views/src/search/score.ts";
import type { UserIndex } from "../../packages/views/src/search/user-index.ts";
import { SHIPPED_RECIPE } from "../../packages/views/src/search/weights.ts";
import type { BenchRow } from "../row.ts";
import { answerAll, answerRows, strangerRows } from "../../packages/recall/src/measure/answers.ts";
import { examplesOf, fitRecipe } from "./fit.ts";
import { evidenceExamples, fitEvidence } from "./fit-evidence.ts";
import { askAll, figuresOf, indexConversation, kaelixRetriever } from "../../packages/recall/src/measure/harness.ts";
import type { Conversation } from "../../packages/recall/src/measure/locomo.ts";
import { percentile } from "../../packages/recall/src/measure/metrics.ts";
import { peerSpeedRows } from "./peer-speed.ts";
import { peerRows } from "./peers.ts";
import { sizeRows } from "./size.ts";
import { speedRows } from "./speed.ts";

/** Where the data set lies when none is named. */
export const DEFAULT_DATASET = fileURLToPath(
  new URL("../../../shared/datasets/locomo/locomo-dev.json", import.meta.url),
);
const TARGETS: Readonly<Record<string, number>> = {
  "recall@5": 70,
  "recall@10": 80,
  "recall@25": 86,
  "session-hit@1": 79,
};

/**
 * What the bench is run with. `--dataset FILE` names a data set, `--peers` runs other systems through the same harness and beside the API,
 * `--installed FOLDER` finds those that are packages installed there. `--size N` measures one person of N memories and nothing else.
 */
export interface BenchOptions {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}

/** Runs the bench. Without a data set only the rows of speed are there. */
export async function run(options: BenchOptions): Promise<BenchRow[]> {
  const size = valueOf(options.arguments, "--size");
  if (size !== undefined) return await sizeRows(parseSize(size), options.quick);
  const named = valueOf(options.arguments, "--dataset");
  const file = named ?? DEFAULT_DATASET;
  if (named === undefined && !existsSync(file)) {
    console.error("recall: skipped: data set absent");
    return speedRows(options.quick);
  }
  const conversations = readConversations(file);
  const rows = await recallRows(conversations, options.quick);
  rows.push(...speedRows(options.quick));
  if (options.arguments.includes("--peers")) {
    const installed = valueOf(options.arguments, "--installed");
    rows.push(...(await peerRows(conversations, rows, installed)));
    rows.push(...(await peerSpeedRows(options.quick, installed)));
  }
  return rows;
}

/** The conversations of a data set's file. @throws with what is wrong in it */
export function readConversations(file: string): readonly Conversation[] {
  const read = readDataset(readFileSync(file, "utf8"));
  if (read.type === "read") return read.conversations;
  throw new Error(read.problems.map(({ line, text }) => `${file}:${line}: ${text}`).join("\n"));
}

function parseSize(text: string): number {
  const size = Number(text);
  if (Number.isSafeInteger(size) && size > 0) return size;
  throw new Error(`Cannot measure: current value of --size is ${text}, must be a whole number above 0`);
}

/** What stands behind a name among parameters. */
export function valueOf(parameters: readonly string[], name: string): string | undefined {
  const at = parameters.indexOf(name);
  return at < 0 ? undefined : parameters[at + 1];
}

async function recallRows(conversations: readonly Conversation[], isQuick: boolean): Promise<BenchRow[]> {
  const indexes: UserIndex[] = [];
  for (const conversation of conversations) indexes.push((await indexConversation(conversation)).index);
  const retrievers = indexes.map((index) => kaelixRetriever(index));
  const nothing = { search: (): readonly string[] => [] };
  const asked = await askAll(conversations, (_conversation, at) => retrievers[at] ?? nothing);
  const rows = rowsOf(figuresOf(asked));
  const tookMs = asked.map((one) => one.tookMs);
  rows.push({ name: "search p50 (data set)", value: percentile(tookMs, 0.5), unit: "ms" });
  rows.push({ name: "search p95 (data set)", value: percentile(tookMs, 0.95), unit: "ms" });
  if (hasAnswers(conversations)) rows.push(...answerRows(await answerAll(conversations, indexes)));
  if (conversations.length < 2 || isQuick) return rows;
  rows.push(...(await strangerRows(conversations, indexes)));
  return [...rows, ...(await leftOutRows(conversations, indexes))];
}

/** The same with everything that is fitted refitted on the other conversations. */
async function leftOutRows(conversations: readonly Conversation[], indexes: readonly UserIndex[]): Promise<BenchRow[]> {
  const weightsOf = await leftOutWeights(conversations, indexes);
  const left = await askAll(conversations, (_conversation, at) => {
    const index = indexes[at];
    return index === undefined ? { search: () => [] } : kaelixRetriever(index, weightsOf(at).recipe);
  });
  const rows = rowsOf(figuresOf(left));
  if (hasAnswers(conversations)) {
    const answered = await answerAll(conversations, indexes, { weightsOf });
    rows.push(
      ...answerRows(answered).filter(({ name }) => /contained|given|cites/.test(name) && !/ceiling|chance/.test(name)),
    );
  }
  return rows.map((row) => ({ ...row, name: `${row.name}/leave-one-out` }));
}

/** By conversation: the weights of search by words, and of whether there is an answer, fitted on the others. */
export async function leftOutWeights(
  conversations: readonly Conversation[],
  indexes: readonly UserIndex[],
): Promise<(conversation: number) => { readonly evidence: EvidenceWeights; readonly recipe: ScoreRecipe }> {
  const examples = examplesOf(conversations, indexes);
  const recipes = conversations.map((_, at) => fitRecipe(examples.filter((example) => example.conversation !== at)));
  const evidences: EvidenceWeights[] = [];
  for (const [at, recipe] of recipes.entries()) {
    const evidence = await evidenceExamples(conversations, indexes, { recipe });
    evidences.push(
      fitEvidence(
        evidence.filter((example) => !example.conversations.includes(at)),
        SHIPPED_EVIDENCE,
      ),
    );
  }
  return (at) => ({ evidence: evidences[at] ?? SHIPPED_EVIDENCE, recipe: recipes[at] ?? SHIPPED_RECIPE });
}

function hasAnswers(conversations: readonly Conversation[]): boolean {
  return conversations.some(({ questions }) => questions.some(({ answer }) => answer !== ""));
}

function rowsOf(figures: ReadonlyMap<string, number>): BenchRow[] {
  return [...figures].map(([name, value]) => {
    const target = TARGETS[name];
    const unit = name === "mrr" || name === "ndcg@10" ? "" : "%";
    return { name, value, unit, ...(target === undefined ? {} : { target, reached: value >= target }) };
  });
}
