/**
 * What vectors bring: recall of the same questions with them, and what they cost.
 *
 * `npm run bench -- meaning --embed URL [--model NAME] [--dataset FILE]`: `npm run services -- embedder` prints the endpoint; without it only the
 * rows of speed are there. The weights that ship are of its model, all-MiniLM-L6-v2: with another the rows that are not left out show how
 * well they suit it. Vectors of a data set are kept in a file of the machine's
 * folder for temporary files, so that they are made once; they are of the data set's texts and nothing of it is kept elsewhere.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { seededRandom, systemClock, systemRandom } from "@kaelix/base";
import { Embedder, openaiProvider } from "@kaelix/intelligence";

import { answerAll, answerRows, strangerRows } from "../../packages/recall/src/measure/answers.ts";
import { askAll, figuresOf, indexConversation, kaelixRetriever } from "../../packages/recall/src/measure/harness.ts";
import type { MeaningOf } from "../../packages/recall/src/measure/harness.ts";
import type { Conversation } from "../../packages/recall/src/measure/locomo.ts";
import { percentile } from "../../packages/recall/src/measure/metrics.ts";
import { rename, speakersOf } from "../../packages/recall/src/measure/sources.ts";
import { searchIndex } from "../../packages/views/src/search/search.ts";
import { textToEmbed, UserIndex } from "../../packages/views/src/search/user-index.ts";
import { MEANING_EVIDENCE } from "../../packages/recall/src/evidence.ts";
import { codesOf, VectorTable } from "../../packages/views/src/search/vectors.ts";
import { MEANING_RECIPE } from "../../packages/views/src/search/weights.ts";
import type { AskRequest } from "../../packages/recall/src/answer.ts";
import type { BenchRow } from "../row.ts";
import { evidenceExamples, fitEvidence } from "./fit-evidence.ts";
import { examplesOf, fitRecipe } from "./fit.ts";
import { type BenchOptions, DEFAULT_DATASET, leftOutWeights, readConversations, valueOf } from "./main.ts";
import { inventDocuments, inventQuestion } from "./speed.ts";

const MODEL = "all-MiniLM-L6-v2";
const DIMENSION = 384;
const TEXTS_AT_ONCE = 256;
const TARGETS: Readonly<Record<string, number>> = {
  "recall@10": 82,
  "recall@10/multi-hop": 50,
  "recall@10/open-domain": 45,
};

/** Runs the bench. */
export async function run(options: BenchOptions): Promise<BenchRow[]> {
  const url = valueOf(options.arguments, "--embed");
  const file = valueOf(options.arguments, "--dataset") ?? DEFAULT_DATASET;
  if (url === undefined || !existsSync(file)) return vectorSpeedRows();
  const model = valueOf(options.arguments, "--model") ?? MODEL;
  return [...(await meaningRows(readConversations(file), { url, model })), ...vectorSpeedRows()];
}

/** Where vectors come from. */
interface Endpoint {
  readonly url: string;
  readonly model: string;
}

/** Recall with the vectors of an endpoint, shipped and with the weights refitted on the other conversations. */
async function meaningRows(conversations: readonly Conversation[], endpoint: Endpoint): Promise<BenchRow[]> {
  const indexes: UserIndex[] = [];
  for (const conversation of conversations) indexes.push((await indexConversation(conversation)).index);
  const texts = new Set(indexes.flatMap((index) => [...index.documents()].map(textToEmbed)));
  for (const { questions } of conversations) for (const { text } of questions) texts.add(text);
  for (const text of renamedQuestions(conversations)) texts.add(text);
  const vectors = await vectorsOf([...texts], endpoint);
  const { model } = endpoint;
  for (const index of indexes) {
    for (const document of index.documents()) {
      const vector = vectors.get(textToEmbed(document));
      if (vector !== undefined) index.setVector(document.memoryId, document.version, { model, vector });
    }
  }
  const meaningOf: MeaningOf = (question) => {
    const vector = vectors.get(question);
    return vector && { model, vector };
  };
  const nothing = { search: (): readonly string[] => [] };
  const retrieverOf = (at: number, recipe = MEANING_RECIPE): ReturnType<typeof kaelixRetriever> => {
    const index = indexes[at];
    return index === undefined ? nothing : kaelixRetriever(index, recipe, meaningOf);
  };
  const shipped = figuresOf(await askAll(conversations, (_conversation, at) => retrieverOf(at)));
  const rows = rowsOf(shipped, "with meaning");
  rows.push(...namedAlike(answerRows(await answerAll(conversations, indexes, { meaningOf })), "with meaning"));
  rows.push(...namedAlike(await strangerRows(conversations, indexes, { meaningOf }), "with meaning"));
  if (conversations.length > 1) {
    const examples = examplesOf(conversations, indexes, meaningOf);
    const recipes = conversations.map((_, at) => fitRecipe(examples.filter((one) => one.conversation !== at)));
    const left = figuresOf(await askAll(conversations, (_conversation, at) => retrieverOf(at, recipes[at])));
    rows.push(...rowsOf(left, "with meaning/leave-one-out"));
    const byWords = await leftOutWeights(conversations, indexes);
    const weights: NonNullable<AskRequest["weights"]>[] = [];
    for (const [at, meaningRecipe] of recipes.entries()) {
      const { recipe, evidence } = byWords(at);
      const found = { recipe, meaning: { recipe: meaningRecipe, meaningOf } };
      const all = await evidenceExamples(conversations, indexes, found);
      const others = all.filter((example) => !example.conversations.includes(at));
      const meaningEvidence = fitEvidence(others, MEANING_EVIDENCE);
      weights.push({ recipe, evidence, meaningRecipe, meaningEvidence });
    }
    const weightsOf = (at: number): NonNullable<AskRequest["weights"]> => weights[at] ?? byWords(at);
    const answered = await answerAll(conversations, indexes, { meaningOf, weightsOf });
    rows.push(...namedAlike(answerRows(answered), "with meaning/leave-one-out"));
    const strange = await strangerRows(conversations, indexes, { meaningOf, weightsOf });
    rows.push(...namedAlike(strange, "with meaning/leave-one-out"));
  }
  rows.push({
    name: "nearest ten alike, bytes and floats",
    value: likeness(indexes, vectors, conversations),
    unit: "%",
  });
  return rows;
}

/** Questions as they are put to the next conversation. */
function renamedQuestions(conversations: readonly Conversation[]): readonly string[] {
  return conversations.flatMap((conversation, at) => {
    const next = conversations[(at + 1) % conversations.length] ?? conversation;
    return conversation.questions.map(({ text }) => rename(text, speakersOf(conversation), speakersOf(next)));
  });
}

function namedAlike(rows: readonly BenchRow[], kind: string): BenchRow[] {
  return rows
    .filter(({ name }) => /contained|given|cites|length/.test(name) && !/ceiling|chance/.test(name))
    .map((row) => ({ ...row, name: `${row.name}/${kind}` }));
}

function rowsOf(figures: ReadonlyMap<string, number>, kind: string): BenchRow[] {
  return [...figures].map(([name, value]) => {
    const target = TARGETS[name];
    const unit = name === "mrr" || name === "ndcg@10" ? "" : "%";
    return {
      name: `${name}/${kind}`,
      value,
      unit,
      ...(target === undefined ? {} : { target, reached: value >= target }),
    };
  });
}

/** Vectors of texts: those of the file, or of the endpoint and then into the file. */
async function vectorsOf(
  texts: readonly string[],
  { url, model }: Endpoint,
): Promise<ReadonlyMap<string, Float32Array>> {
  const hash = createHash("sha256")
    .update(JSON.stringify([model, texts]))
    .digest("hex");
  const file = join(tmpdir(), `kaelix-bench-vectors-${hash.slice(0, 16)}.f32`);
  if (!existsSync(file)) writeFileSync(file, await embedAll(texts, { url, model }));
  const { buffer } = Uint8Array.from(readFileSync(file));
  const numbers = new Float32Array(buffer);
  const dimension = numbers.length / texts.length;
  return new Map(texts.map((text, at) => [text, numbers.subarray(at * dimension, (at + 1) * dimension)]));
}

async function embedAll(texts: readonly string[], { url, model }: Endpoint): Promise<Uint8Array> {
  const embedder = new Embedder({
    provider: openaiProvider({ url, model }),
    clock: systemClock,
    random: systemRandom,
    concurrency: 1,
    requestsPerMinute: 100_000,
    timeoutMs: 120_000,
    tokensPerDay: 100_000_000,
  });
  const bytes: Uint8Array[] = [];
  for (let at = 0; at < texts.length; at += TEXTS_AT_ONCE) {
    for (const vector of await embedder.embed(texts.slice(at, at + TEXTS_AT_ONCE)))
      bytes.push(new Uint8Array(Float32Array.from(vector).buffer));
    console.error(`recall: ${Math.min(texts.length, at + TEXTS_AT_ONCE)} of ${texts.length} texts embedded`);
  }
  return Buffer.concat(bytes);
}

/** How many of the ten documents nearest to each question are the same whether vectors are kept as bytes or as floats. */
function likeness(
  indexes: readonly UserIndex[],
  vectors: ReadonlyMap<string, Float32Array>,
  conversations: readonly Conversation[],
): number {
  let alike = 0;
  let all = 0;
  for (const [at, { questions }] of conversations.entries()) {
    const documents = [...(indexes[at]?.documents() ?? [])].map(
      (one) => vectors.get(textToEmbed(one)) ?? new Float32Array(),
    );
    const table = new VectorTable(MODEL, documents[0]?.length ?? DIMENSION);
    for (const [doc, vector] of documents.entries()) {
      const codes = codesOf(vector);
      if (codes !== undefined) table.set(doc, codes);
    }
    const cosines = new Float32Array(documents.length);
    for (const { text } of questions) {
      const query = vectors.get(text) ?? new Float32Array(table.dimension);
      table.cosines(query, () => true, cosines);
      const floats = documents.map((vector) =>
        vector.reduce((sum, part, place) => sum + part * (query[place] ?? 0), 0),
      );
      const wanted = new Set(nearestTen(floats));
      alike += nearestTen([...cosines]).filter((doc) => wanted.has(doc)).length;
      all += wanted.size;
    }
  }
  return all === 0 ? 0 : (100 * alike) / all;
}

function nearestTen(cosines: readonly number[]): number[] {
  return [...cosines.keys()].sort((left, right) => (cosines[right] ?? 0) - (cosines[left] ?? 0)).slice(0, 10);
}

/** What 10,000 vectors of 384 dimensions cost a search, on invented memories: no endpoint needed. */
function vectorSpeedRows(): BenchRow[] {
  const random = seededRandom(9);
  const inventVector = (): Float32Array => {
    const vector = Float32Array.from({ length: DIMENSION }, () => random.fraction() - 0.5);
    const norm = Math.hypot(...vector);
    return vector.map((part) => part / norm);
  };
  const index = new UserIndex({ detectLanguage: () => "en" });
  for (const document of inventDocuments(10_000, 2)) index.put(document);
  const bytesBefore = index.bytes;
  for (const { memoryId, version } of index.documents())
    index.setVector(memoryId, version, { model: MODEL, vector: inventVector() });
  const askedMs = (meaning: Float32Array | undefined): number => {
    const before = process.cpuUsage();
    for (let question = 0; question < 60; question++) {
      const request = { text: inventQuestion(random), ceiling: 2, limit: 20, facets: true } as const;
      searchIndex(index, {
        ...request,
        ...(meaning === undefined ? {} : { meaning: { model: MODEL, vector: meaning } }),
      });
    }
    const { system, user } = process.cpuUsage(before);
    return (user + system) / 60 / 1_000;
  };
  const searchMs: number[] = [];
  const dotsMs: number[] = [];
  const { table, vectors } = index.parts(2);
  const cosines = new Float32Array(table.count);
  for (let question = 0; question < 150; question++) {
    const meaning = { model: MODEL, vector: inventVector() };
    const text = inventQuestion(random);
    const startMs = performance.now();
    searchIndex(index, { text, ceiling: 2, limit: 20, facets: true, meaning });
    const searchedMs = performance.now();
    vectors?.cosines(meaning.vector, (doc) => (table.levels[doc] ?? 255) <= 2, cosines);
    const doneMs = performance.now();
    // The first fifty warm the compiler up.
    if (question < 50) continue;
    searchMs.push(searchedMs - startMs);
    dotsMs.push(doneMs - searchedMs);
  }
  const p95 = percentile(searchMs, 0.95);
  return [
    { name: "search p50 with vectors (10,000)", value: percentile(searchMs, 0.5), unit: "ms" },
    { name: "search p95 with vectors (10,000)", value: p95, unit: "ms", target: 15, reached: p95 <= 15 },
    { name: "dot products p50 (10,000 × 384)", value: percentile(dotsMs, 0.5) * 1_000, unit: "µs" },
    { name: "dot products p95 (10,000 × 384)", value: percentile(dotsMs, 0.95) * 1_000, unit: "µs" },
    // Of the processor, not of the clock: what else the machine does counts little in it.
    { name: "CPU of a search with vectors (10,000)", value: askedMs(inventVector()), unit: "ms" },
    { name: "CPU of a search by words (10,000)", value: askedMs(undefined), unit: "ms" },
    { name: "bytes of vectors per memory", value: (index.bytes - bytesBefore) / index.size, unit: "B" },
  ];
}
