/**
 * Other systems through the same harness: the same turns, the same questions, the same text per turn.
 *
 * SQLite FTS5 comes with Node; for mem0ai see mem0.ts: it shows the system without a model, not the best it can do with one.
 */
import { DatabaseSync } from "node:sqlite";

import type { BenchRow } from "../row.ts";
import { type Asked, askAll, DEPTH_MAX, figuresOf, type Retriever } from "../../packages/recall/src/measure/harness.ts";
import type { Conversation, Turn } from "../../packages/recall/src/measure/locomo.ts";
import { type Mem0, MEM0_NAME, withMem0 } from "./mem0.ts";
import { percentile } from "../../packages/recall/src/measure/metrics.ts";

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
  const mem0 = await withMem0(mem0Folder, (open) =>
    askAll(conversations, (conversation) => mem0Retriever(open(), conversation)),
  );
  if (mem0 !== undefined) rows.push(...compare(MEM0_NAME, mem0, own));
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

async function mem0Retriever(memory: Mem0, conversation: Conversation): Promise<Retriever> {
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
}
