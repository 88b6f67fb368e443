/**
 * Other systems through the same harness: the same turns, the same questions, the same text per turn. SQLite FTS5 comes with Node, for the
 * others see their files. `kept` is the share of turns that a system gives back of those that it took.
 */
import { DatabaseSync } from "node:sqlite";

import type { BenchRow } from "../row.ts";
import { type Asked, askAll, DEPTH_MAX, figuresOf, type Retriever } from "../../packages/recall/src/measure/harness.ts";
import type { Conversation, Turn } from "../../packages/recall/src/measure/locomo.ts";
import { BASIC_MEMORY } from "./basic-memory.ts";
import { MASTRA } from "./mastra.ts";
import { MCP_MEMORY } from "./mcp-memory.ts";
import { MEM0 } from "./mem0.ts";
import { DEPTHS, percentile } from "../../packages/recall/src/measure/metrics.ts";
import { type Peer, type PeerStore, withPeer } from "./peer-packages.ts";

/** All that come as packages. */
export const PEERS: readonly Peer[] = [MEM0, MASTRA, MCP_MEMORY, BASIC_MEMORY];

/**
 * Rows of each peer beside ours.
 * @param installed a folder in which their packages are installed already; absent: they are installed for this run
 */
export async function peerRows(
  conversations: readonly Conversation[],
  own: readonly BenchRow[],
  installed?: string,
): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  rows.push(...compare("SQLite FTS5", await askAll(conversations, fts5Retriever), own));
  for (const peer of PEERS) {
    const found = await withPeer(peer, installed, async (open) => {
      const counts = { told: 0, kept: 0 };
      const asked = await askAll(conversations, async (conversation) => {
        const store = await open();
        for (const turn of conversation.turns) await store.add(conversation.id, textOfTurn(turn), turn.id);
        counts.told += conversation.turns.length;
        counts.kept += (await store.kept?.(conversation.id)) ?? NaN;
        return peerRetriever(peer, store, conversation.id);
      });
      return { asked, kept: (100 * counts.kept) / counts.told };
    });
    if (found === undefined) continue;
    rows.push(...compare(peer.name, found.asked, own));
    rows.push({ name: `kept, ${peer.name}`, value: found.kept, unit: "%", peer: peer.name });
  }
  return rows;
}

function peerRetriever({ isUnordered }: Peer, store: PeerStore, person: string): Retriever {
  if (isUnordered !== true) return { search: (question) => store.search(person, question, DEPTH_MAX) };
  // Asked once for each depth: what five bring stands before what ten bring besides.
  const search = async (question: string): Promise<readonly string[]> => {
    const ranked = new Set<string>();
    for (const depth of DEPTHS) for (const id of await store.search(person, question, depth)) ranked.add(id);
    return [...ranked];
  };
  return { search };
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
