/** The pair of tools that ChatGPT's connectors ask for, in their shape: `search` gives ids, `fetch` one document. */
import { z } from "zod";

import type { PlacedMemory } from "../application.ts";
import { timeText } from "../http/wire.ts";
import { idsOf, opened, pageOf, READING, readMemory } from "./reading.ts";
import { agentMemory, NOTICE, wholeMemory } from "./shapes.ts";
import { defineTool, type McpTool } from "./tool.ts";

const RESULTS_MAX = 20;

const search = defineTool({
  name: "search",
  title: "Search (connectors)",
  description:
    "Search memories and get their ids, titles and addresses, for clients that then fetch them one by one. Others use recall, which answers with the memories themselves.",
  actions: ["memory.search"],
  annotations: READING,
  input: z.strictObject({ query: z.string().trim().min(1).max(10_000) }),
  output: z.object({ results: z.array(z.object({ id: z.string(), title: z.string(), url: z.string() })) }),
  run: async ({ query }, { visit }) => {
    const request = { query, filter: {}, limit: RESULTS_MAX, offset: 0, facets: false };
    const found = await visit.application.memories.search(visit.caller.principal, request);
    const memories = await opened(visit, idsOf(found.hits));
    return {
      results: memories.map((placed) => {
        const { memoryId } = placed.memory;
        return { id: memoryId, title: titleOf(placed), url: pageOf(visit, memoryId) };
      }),
    };
  },
});

const fetch = defineTool({
  name: "fetch",
  title: "Fetch (connectors)",
  description: "One memory by an id that search gave. Others use get_memory, which also tells its versions.",
  actions: ["memory.read"],
  annotations: READING,
  input: z.strictObject({ id: z.string().min(1).max(100) }),
  output: z.object({
    id: z.string(),
    title: z.string(),
    text: z.string(),
    url: z.string(),
    metadata: z.record(z.string(), z.string()),
  }),
  run: async ({ id }, { visit }) => {
    const placed = await readMemory(visit, id);
    const { text, said_by, trust, written_by, occurred_at, recorded_at, level, source } = wholeMemory(placed);
    return {
      id,
      title: titleOf(placed),
      text,
      url: pageOf(visit, placed.memory.memoryId),
      metadata: {
        notice: NOTICE,
        said_by,
        trust,
        occurred_at,
        recorded_at,
        level,
        source,
        ...(written_by === null ? {} : { written_by }),
      },
    };
  },
});

/** The pair. */
export const chatgptTools: readonly McpTool[] = [search, fetch];

/** Who said it and on which day: a title must not put words of a memory where a client takes them for ours. */
function titleOf(placed: PlacedMemory): string {
  const { said_by: saidBy } = agentMemory(placed);
  return `${saidBy}, ${timeText(placed.memory.occurredAtMs).slice(0, 10)}`;
}
