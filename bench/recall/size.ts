/**
 * One person with very many memories: how long a search takes, an addition, a search behind each addition, and coming back from a snapshot.
 *
 * Guarantees: the same memories and questions for the same size. It does not: seal the snapshot (sealing takes milliseconds a MiB
 * and is measured by itself, `bench -- sealing`), nor go through HTTP (`bench -- api`).
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { seededRandom } from "@kaelix/base";
import { writeFileDurably } from "@kaelix/coordinator";
import type { UserId } from "@kaelix/model";

import { percentile } from "../../packages/recall/src/measure/metrics.ts";
import { searchIndex } from "../../packages/views/src/search/search.ts";
import { decodeSnapshot, encodeSnapshot } from "../../packages/views/src/search/snapshot.ts";
import type { UserIndex } from "../../packages/views/src/search/user-index.ts";
import { UserMemories } from "../../packages/views/src/search/user-memories.ts";
import type { BenchRow } from "../row.ts";
import { inventDocuments, inventQuestion } from "./speed.ts";

const USER = `usr_${"0".repeat(26)}` as UserId;
const WARM_UP = 50;
const ADDED = 100;

/** Rows for one person of so many memories. */
export async function sizeRows(count: number, isQuick: boolean): Promise<BenchRow[]> {
  const size = count.toLocaleString("en");
  const memories = emptyMemories();
  const documents = inventDocuments(count + ADDED, 2);
  const beganMs = performance.now();
  for (const document of documents.slice(0, count)) memories.index.put(document);
  const addMs = (performance.now() - beganMs) / count;
  const questions = questionsOf(WARM_UP + (isQuick ? 50 : 300));
  const alone = questions.map((text) => timeSearch(memories.index, text)).slice(WARM_UP);
  const behind = documents.slice(count).map((document, at) => {
    memories.index.put(document);
    return timeSearch(memories.index, questions[at % questions.length] ?? "");
  });
  const searchTarget = count <= 10_000 ? 15 : 50;
  return [
    { name: `search p50 (${size} of one person)`, value: percentile(alone, 0.5), unit: "ms" },
    limit(`search p95 (${size} of one person)`, percentile(alone, 0.95), "ms", searchTarget),
    limit(`search behind each addition, p95 (${size})`, percentile(behind, 0.95), "ms", searchTarget),
    { name: `add amortised (${size})`, value: addMs * 1_000, unit: "µs" },
    { name: `index, own estimate (${size})`, value: memories.bytes / 1e6, unit: "MB" },
    ...(await snapshotRows(memories, size)),
    { name: `resident memory of the bench (${size})`, value: process.memoryUsage().rss / 1_048_576, unit: "MiB" },
  ];
}

async function snapshotRows(memories: UserMemories, size: string): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "kaelix-size-"));
  try {
    const path = join(folder, "one.snapshot");
    const head = { userId: USER, logId: "bench", nextOffset: memories.index.size };
    const writing = await timed(async () => {
      await writeFileDurably(path, encodeSnapshot(head, memories));
    });
    const restored = emptyMemories();
    const reading = await timed(async () => {
      const snapshot = decodeSnapshot(await readFile(path), USER, "bench");
      if (snapshot === undefined)
        throw new Error("Cannot restore: current value is no snapshot, must be the one just written");
      await restored.restore(snapshot, undefined);
    });
    if (restored.index.size !== memories.index.size)
      throw new Error(
        `Cannot restore: current value is ${restored.index.size} memories, must be ${memories.index.size}`,
      );
    return [
      { name: `snapshot written (${size})`, value: writing, unit: "ms" },
      { name: `restart from the snapshot until searchable (${size})`, value: reading, unit: "ms" },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function emptyMemories(): UserMemories {
  return new UserMemories({ userId: USER, open: async () => [], detectLanguage: () => "en" });
}

function questionsOf(count: number): string[] {
  const random = seededRandom(3);
  return Array.from({ length: count }, () => inventQuestion(random));
}

function timeSearch(index: UserIndex, text: string): number {
  const beganMs = performance.now();
  searchIndex(index, { text, ceiling: 2, limit: 20, facets: true });
  return performance.now() - beganMs;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}

function limit(name: string, value: number, unit: string, target: number): BenchRow {
  return { name, value, unit, target, reached: value <= target };
}
