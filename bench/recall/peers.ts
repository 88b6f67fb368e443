/**
 * Other systems through the same harness: the same turns, the same questions, the same text per turn.
 *
 * SQLite FTS5 comes with Node. mem0ai (npm, `infer: false`, no model) is installed into a temporary folder when the registry can be
 * reached, with a hashed bag-of-words embedder in process: it shows the system without a model, not the best it can do with one.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";

import type { BenchRow } from "../row.ts";
import { type Asked, askAll, DEPTH_MAX, figuresOf, type Retriever } from "./harness.ts";
import type { Conversation, Turn } from "./locomo.ts";
import { percentile } from "./metrics.ts";

const MEM0_VERSION = "3.3.1";
const EMBEDDING_DIMENSIONS = 1_024;
/** Its database driver is compiled when no ready one is found. */
const INSTALL_TIMEOUT_MS = 600_000;

/**
 * Rows of each peer beside ours.
 * @param mem0Folder a folder in which mem0ai is installed already; absent: it is installed for this run
 */
export async function peerRows(
  conversations: readonly Conversation[],
  own: readonly BenchRow[],
  mem0Folder?: string,
): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  rows.push(...compare("SQLite FTS5", await askAll(conversations, fts5Retriever), own));
  const mem0 = await askMem0(conversations, mem0Folder);
  if (mem0 !== undefined) rows.push(...compare(`mem0ai ${MEM0_VERSION}`, mem0, own));
  return rows;
}

/** What a peer found, each figure with ours divided by it. */
function compare(peer: string, asked: readonly Asked[], own: readonly BenchRow[]): BenchRow[] {
  const figures = figuresOf(asked);
  figures.set(
    "search p50 (data set)",
    percentile(
      asked.map((one) => one.tookMs),
      0.5,
    ),
  );
  figures.set(
    "search p95 (data set)",
    percentile(
      asked.map((one) => one.tookMs),
      0.95,
    ),
  );
  return own.flatMap((row): BenchRow[] => {
    const value = figures.get(row.name);
    if (value === undefined) return [];
    return [
      {
        name: `${row.name}, ${peer} ${value.toFixed(2)}`,
        value: row.value,
        unit: row.unit,
        peer,
        ratio: row.value / value,
      },
    ];
  });
}

/** "(date) speaker: text caption", as the product indexes it. */
function textOfTurn(turn: Turn): string {
  const day = new Date(turn.occurredAtMs).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
  return `(${day}) ${turn.speaker}: ${turn.text} ${turn.caption ?? ""}`;
}

function fts5Retriever(conversation: Conversation): Retriever {
  const database = new DatabaseSync(":memory:");
  database.exec(
    "create virtual table turns using fts5(id unindexed, text, tokenize = 'porter unicode61 remove_diacritics 2')",
  );
  const insert = database.prepare("insert into turns (id, text) values (?, ?)");
  for (const turn of conversation.turns) insert.run(turn.id, textOfTurn(turn));
  const select = database.prepare("select id from turns where turns match ? order by bm25(turns) limit ?");
  return {
    search: (question) => {
      const words = question.match(/[\p{L}\p{N}]+/gu) ?? [];
      if (words.length === 0) return [];
      const match = words.map((word) => `"${word}"`).join(" OR ");
      return select.all(match, DEPTH_MAX).map((row) => String(row["id"]));
    },
  };
}

/** What is used of mem0ai's open-source memory. */
interface Mem0 {
  add(
    messages: string,
    options: { readonly userId: string; readonly infer: false; readonly metadata: { readonly turn: string } },
  ): Promise<unknown>;
  search(
    query: string,
    options: { readonly filters: { readonly user_id: string }; readonly topK: number; readonly threshold: number },
  ): Promise<{ readonly results: readonly { readonly metadata?: { readonly turn?: string } }[] }>;
}

async function askMem0(
  conversations: readonly Conversation[],
  installed: string | undefined,
): Promise<Asked[] | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "kaelix-bench-"));
  try {
    if (installed === undefined) installMem0(folder);
    const Memory = await loadMem0(installed ?? folder);
    return await askAll(conversations, async (conversation, at) => {
      const memory = new Memory(mem0Config(join(folder, `${at}.db`)));
      for (const turn of conversation.turns) {
        await memory.add(textOfTurn(turn), { userId: conversation.id, infer: false, metadata: { turn: turn.id } });
      }
      return {
        search: async (question) => {
          const options = { filters: { user_id: conversation.id }, topK: DEPTH_MAX, threshold: 0 };
          const { results } = await memory.search(question, options);
          return results.map((result) => result.metadata?.turn ?? "");
        },
      };
    });
  } catch (failure) {
    console.error(
      `recall: skipped mem0ai: ${failure instanceof Error ? failure.message.split("\n")[0] : "unknown failure"}`,
    );
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function installMem0(folder: string): void {
  const parameters = ["install", "--prefix", folder, "--no-audit", "--no-fund", `mem0ai@${MEM0_VERSION}`];
  // Its driver must be compiled for the Node that runs this bench, whichever stands first on the path, with the headers it brings.
  const home = dirname(dirname(process.execPath));
  const headers = existsSync(join(home, "include/node/node.h")) ? { npm_config_nodedir: home } : {};
  const path = `${join(home, "bin")}${delimiter}${process.env["PATH"] ?? ""}`;
  const environment = { ...process.env, ...headers, PATH: path };
  execFileSync("npm", parameters, { stdio: "ignore", timeout: INSTALL_TIMEOUT_MS, env: environment });
}

async function loadMem0(folder: string): Promise<new (config: unknown) => Mem0> {
  process.env["MEM0_TELEMETRY"] = "false";
  const resolved = createRequire(join(folder, "package.json")).resolve("mem0ai/oss");
  // The shape was read off its documentation; a wrong guess ends in the catch of `askMem0`.
  const loaded = (await import(pathToFileURL(resolved).href)) as { Memory: new (config: unknown) => Mem0 };
  return loaded.Memory;
}

function mem0Config(dbPath: string): unknown {
  const model = { embedQuery: embed, embedDocuments: (texts: string[]) => Promise.all(texts.map(embed)) };
  return {
    embedder: { provider: "langchain", config: { model, embeddingDims: EMBEDDING_DIMENSIONS } },
    vectorStore: { provider: "memory", config: { dimension: EMBEDDING_DIMENSIONS, dbPath } },
    llm: { provider: "openai", config: { apiKey: "none" } },
    disableHistory: true,
  };
}

/** A hashed bag of words and of their first five letters, of length 1. */
function embed(text: string): Promise<number[]> {
  const vector = Array.from({ length: EMBEDDING_DIMENSIONS }, () => 0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    for (const feature of [word, `${word.slice(0, 5)}*`]) {
      let hash = 2_166_136_261;
      for (let at = 0; at < feature.length; at++) hash = Math.imul(hash ^ feature.charCodeAt(at), 16_777_619);
      const place = (hash >>> 0) % EMBEDDING_DIMENSIONS;
      vector[place] = (vector[place] ?? 0) + 1;
    }
  }
  const length = Math.hypot(...vector) || 1;
  return Promise.resolve(vector.map((value) => value / length));
}
