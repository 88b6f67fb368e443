/**
 * How fast one user's index is, on invented memories: no data set needed.
 */
import { seededRandom } from "@kaelix/base";
import type { ConversationId, MemoryId } from "@kaelix/model";

import type { SearchDocument } from "../../packages/views/src/search/document.ts";
import { searchIndex } from "../../packages/views/src/search/search.ts";
import { UserIndex } from "../../packages/views/src/search/user-index.ts";
import type { BenchRow } from "../row.ts";
import { percentile } from "../../packages/recall/src/measure/metrics.ts";

type Random = ReturnType<typeof seededRandom>;

const SYLLABLES =
  "ba be bi bo ca ce da de di do fa fe ga go ha he la le li lo ma me mi mo na ne ni no pa pe ra re ri ro sa se si so ta te ti to va ve wa we".split(
    " ",
  );
const GRAMMAR = "the a of and to in is was it that for on with we i you my this have had but not are be at".split(" ");
const SPEAKERS = ["Ines", "Jonas", "Katya", "Liam"];

/** A word whose frequency falls like that of words in chats: half are grammar, the rest fall off with their rank. */
function inventWord(random: Random): string {
  if (random.fraction() < 0.45) return GRAMMAR[random.integer(GRAMMAR.length)] ?? "the";
  const rank = Math.floor(9_000 ** random.fraction());
  const [a, b, c] = [
    rank % SYLLABLES.length,
    Math.floor(rank / 7) % SYLLABLES.length,
    Math.floor(rank / 49) % SYLLABLES.length,
  ];
  return `${SYLLABLES[a] ?? ""}${SYLLABLES[b] ?? ""}${SYLLABLES[c] ?? ""}${rank % 10 === 0 ? "s" : ""}`;
}

/** Invented chat messages of 30 to 240 letters, some minutes apart, in conversations of about 200. */
export function inventDocuments(count: number, seed: number): SearchDocument[] {
  const random = seededRandom(seed);
  let occurredAtMs = Date.UTC(2022, 0, 1);
  return Array.from({ length: count }, (_, offset) => {
    occurredAtMs += random.integer(30) === 0 ? 86_400_000 : 60_000;
    return {
      memoryId: `mem_${String(offset).padStart(26, "0")}` as MemoryId,
      conversationId: `con_${String(Math.floor(offset / 200)).padStart(26, "0")}` as ConversationId,
      speaker: SPEAKERS[random.integer(SPEAKERS.length)] ?? "Ines",
      text: Array.from({ length: 6 + random.integer(36) }, () => inventWord(random)).join(" "),
      occurredAtMs,
      recordedAtMs: occurredAtMs,
      level: random.integer(5) === 0 ? 2 : 1,
      source: "whatsapp",
      importId: null,
      version: 1,
      offset,
      firstOffset: offset,
      lastOffset: offset,
    };
  });
}

export function inventQuestion(random: Random): string {
  const words = Array.from({ length: 3 + random.integer(4) }, () => inventWord(random)).join(" ");
  return `when did ${SPEAKERS[random.integer(SPEAKERS.length)] ?? ""} ${words}?`;
}

/** Rows of adding, searching and memory. */
export function speedRows(isQuick: boolean): BenchRow[] {
  const rows: BenchRow[] = [];
  const questions = isQuick ? 100 : 400;
  const small = fill(inventDocuments(600, 1));
  const smallMs = searchTimes(small.index, questions);
  rows.push(limit("search p50 (600)", percentile(smallMs, 0.5), "ms", 10));
  rows.push(limit("search p95 (600)", percentile(smallMs, 0.95), "ms", 10));
  const large = fill(inventDocuments(10_000, 2));
  const largeMs = searchTimes(large.index, questions);
  rows.push(limit("search p50 (10,000)", percentile(largeMs, 0.5), "ms", 50));
  rows.push(limit("search p95 (10,000)", percentile(largeMs, 0.95), "ms", 50));
  rows.push(limit("add p50", percentile(large.addsMs, 0.5) * 1_000, "µs", 50));
  const sum = large.addsMs.reduce((total, ms) => total + ms, 0);
  rows.push(limit("add amortised (10,000)", (sum / large.addsMs.length) * 1_000, "µs", 50));
  if (!isQuick) rows.push(...memoryRows());
  return rows;
}

function limit(name: string, value: number, unit: string, target: number): BenchRow {
  return { name, value, unit, target, reached: value <= target };
}

function fill(documents: readonly SearchDocument[]): { index: UserIndex; addsMs: number[] } {
  const index = new UserIndex({ detectLanguage: () => "en" });
  const addsMs = documents.map((document) => {
    const startMs = performance.now();
    index.put(document);
    return performance.now() - startMs;
  });
  return { index, addsMs };
}

function searchTimes(index: UserIndex, questions: number): number[] {
  const random = seededRandom(3);
  const texts = Array.from({ length: questions + 50 }, () => inventQuestion(random));
  const times = texts.map((text) => {
    const startMs = performance.now();
    searchIndex(index, { text, ceiling: 2, limit: 20, facets: true });
    return performance.now() - startMs;
  });
  // The first fifty warm the compiler up.
  return times.slice(50);
}

/** Memory of 100,000 memories over 1,000 users, from the heap itself where the collector can be called, else as the indexes say. */
function memoryRows(): BenchRow[] {
  const collect = globalThis.gc;
  collect?.();
  const before = process.memoryUsage();
  const indexes = Array.from({ length: 1_000 }, (_, user) => {
    const { index } = fill(inventDocuments(100, 100 + user));
    index.pack();
    return index;
  });
  collect?.();
  const after = process.memoryUsage();
  const grownBytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  const saidBytes = indexes.reduce((sum, index) => sum + index.bytes, 0);
  const bytes = collect === undefined ? saidBytes : grownBytes;
  return [
    limit("memory (100,000 of 1,000 users)", bytes / 1e6, "MB", 150),
    { name: "bytes per memory", value: bytes / 100_000, unit: "B" },
    { name: "bytes per memory (own estimate)", value: saidBytes / 100_000, unit: "B" },
  ];
}
