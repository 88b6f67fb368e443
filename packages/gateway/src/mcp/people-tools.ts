/** The tools that tell who there is in the memories, and how people, places and things hang together. */
import { parseId } from "@kaelix/model";
import type { PersonPage, Somebody } from "@kaelix/recall";
import { z } from "zod";

import { withoutUndefined } from "../http/exchange.ts";
import { timeText } from "../http/wire.ts";
import { opened, READING } from "./reading.ts";
import { agentMemories, agentMemorySchema, envelope, HEAD, moment, NOTICE } from "./shapes.ts";
import { defineTool, type McpTool, type Visit } from "./tool.ts";

const OTHERS_MAX = 5;
const FACTS_MAX = 30;
const NEAR_MAX = 20;
const MEMORIES_MAX = 20;

const PEOPLE_MAX = 100;

const somebodySchema = z.object({
  id: z.string(),
  name: z.string(),
  aliases: z.array(z.string()),
  relation: z.string().nullable().describe('What they are to the person: "mother"'),
  memories: z.number().int().describe("How many memories speak of them"),
  first_at: moment,
  last_at: moment,
});

const people = defineTool({
  name: "people",
  title: "Who there is",
  description:
    "The people whom the memories speak of, the most spoken of first, each with other names and what they are to the person. Take connections for what is remembered of one.",
  actions: ["people.read"],
  annotations: READING,
  input: z.strictObject({
    query: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .optional()
      .describe("Only whose name begins so, or who is this to the person: mum, brother"),
    limit: z.number().int().min(1).max(PEOPLE_MAX).default(30),
  }),
  output: z.object({
    type: z.literal("people"),
    notice: z.string(),
    people: z.array(somebodySchema),
    more: z.boolean().describe("True when there are others: narrow by query, or raise limit"),
  }),
  run: async ({ query, limit }, { visit }) => {
    const { application, caller } = visit;
    const request = { isUnsureToo: false, limit: limit + 1, ...withoutUndefined({ query }) };
    const found = (await application.people.list(caller.principal, request)).people;
    return {
      type: "people" as const,
      notice: NOTICE,
      people: found.slice(0, limit).map(somebody),
      more: found.length > limit,
    };
  },
});

const connections = defineTool({
  name: "connections",
  title: "Who is somebody",
  description:
    "What is remembered of a person: what they are to the owner of the memory, dated facts, whom and what they are named together with, and the memories that say so.",
  actions: ["people.read", "memory.read"],
  annotations: READING,
  input: z.strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .describe("A name, the beginning of one, what they are (mum, boss), or an id that people gives"),
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
    const id = parseId("per", name);
    const request = { query: name, isUnsureToo: false, limit: OTHERS_MAX + 1 };
    const named = id === undefined ? (await application.people.list(caller.principal, request)).people : [];
    const [first, ...others] = named;
    const asked = id ?? first?.id;
    const page = asked === undefined ? undefined : await application.people.page(caller.principal, asked);
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

/** The tools. */
export const peopleTools: readonly McpTool[] = [people, connections];

function somebody(one: Somebody): z.input<typeof somebodySchema> {
  const { aliases, firstAtMs, id, lastAtMs, memories, name, relation } = one;
  return {
    id,
    name,
    aliases: [...aliases],
    relation,
    memories,
    first_at: timeText(firstAtMs),
    last_at: timeText(lastAtMs),
  };
}

/** The memories that a page rests on, each at the words that say it. */
async function evidenceOf(visit: Visit, page: PersonPage): Promise<z.input<typeof agentMemorySchema>[]> {
  const all = [...page.facts.flatMap(({ evidence }) => evidence), ...page.mentions];
  // The first words of each, for the facts come first.
  const places = new Map(all.toReversed().map(({ memoryId, range: [start] }) => [memoryId, start]));
  const ids = [...new Set(all.map(({ memoryId }) => memoryId))].slice(0, MEMORIES_MAX);
  return agentMemories(await opened(visit, ids), places);
}
