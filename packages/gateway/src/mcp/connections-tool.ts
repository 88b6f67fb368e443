/** The tool that tells how people, places and things hang together in the memories. */
import { type MemoryId } from "@kaelix/model";
import type { PersonPage, Somebody } from "@kaelix/recall";
import { z } from "zod";

import { opened } from "./reading-tools.ts";
import { agentMemory, agentMemorySchema, envelope, HEAD } from "./shapes.ts";
import { defineTool, type McpTool, type Visit } from "./tool.ts";

const OTHERS_MAX = 5;
const FACTS_MAX = 30;
const NEAR_MAX = 20;
const MEMORIES_MAX = 20;

const somebodySchema = z.object({
  name: z.string(),
  aliases: z.array(z.string()),
  relation: z.string().nullable().describe('What they are to the person: "mother"'),
  memories: z.number().int(),
});

const connections = defineTool({
  name: "connections",
  title: "Who is somebody",
  description:
    "What is remembered of a person: what they are to the owner of the memory, dated facts, whom and what they are named together with, and the memories that say so.",
  actions: ["people.read", "memory.read"],
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  input: z.strictObject({
    name: z.string().trim().min(1).max(200).describe("A name, the beginning of one, or what they are: mum, boss"),
  }),
  output: envelope({
    person: somebodySchema.nullable().describe("Null when nobody of that name is remembered"),
    others: z.array(somebodySchema).describe("Others that the name may mean"),
    facts: z.array(
      z.object({
        text: z.string().describe("Without the person: lives in Leeds. Derived from memories by rules"),
        since: z.string(),
        until: z.string().nullable(),
        confidence: z.number(),
        memory_ids: z.array(z.string()),
      }),
    ),
    near: z.array(z.object({ name: z.string(), kind: z.string(), together: z.number().int() })),
    memories: z.array(agentMemorySchema).describe("Those that the facts rest on, then the newest that speak of them"),
  }),
  run: async ({ name }, { visit }) => {
    const { application, caller } = visit;
    const request = { query: name, isUnsureToo: false, limit: OTHERS_MAX + 1 };
    const [first, ...others] = (await application.people.list(caller.principal, request)).people;
    const page = first === undefined ? undefined : await application.people.page(caller.principal, first.id);
    if (page === undefined) return { ...HEAD, person: null, others: [], facts: [], near: [], memories: [] };
    const facts = page.facts.slice(0, FACTS_MAX);
    return {
      ...HEAD,
      person: somebody(page.somebody),
      others: others.map(somebody),
      facts: facts.map(({ confidence, evidence, since, text, until }) => ({
        text,
        since,
        until,
        confidence,
        memory_ids: evidence.map(({ memoryId }) => memoryId),
      })),
      near: page.near.slice(0, NEAR_MAX).map(({ kind, name: other, together }) => ({ kind, name: other, together })),
      memories: await evidenceOf(visit, page),
    };
  },
});

/** The tool. */
export const connectionsTools: readonly McpTool[] = [connections];

function somebody({ aliases, memories, name, relation }: Somebody): z.input<typeof somebodySchema> {
  return { name, aliases: [...aliases], relation, memories };
}

async function evidenceOf(visit: Visit, page: PersonPage): Promise<z.input<typeof agentMemorySchema>[]> {
  const named = [...page.facts.flatMap(({ evidence }) => evidence), ...page.mentions].map(({ memoryId }) => memoryId);
  const ids: readonly MemoryId[] = [...new Set(named)].slice(0, MEMORIES_MAX);
  return (await opened(visit, ids)).map(agentMemory);
}
