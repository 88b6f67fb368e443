/** The tools that read memories by time and by id, and say where an agent is. None of them changes anything. */
import { keyReachSchema, levelNameSchema, memoryIdSchema } from "@kaelix/contract";
import { type ApiKeyId, levelName, SOURCE_KINDS } from "@kaelix/model";
import { z } from "zod";

import type { PlacedMemory } from "../application.ts";
import { withoutUndefined } from "../http/exchange.ts";
import { timeText } from "../http/wire.ts";
import { packContext } from "./context.ts";
import { conversation, filterOf, idsOf, opened, pageOf, query, READING, readMemory, since, until } from "./reading.ts";
import {
  agentMemories,
  agentMemorySchema,
  agentVersion,
  envelope,
  HEAD,
  moment,
  versionSchema,
  wholeMemory,
} from "./shapes.ts";
import { defineTool, type McpTool, type Visit } from "./tool.ts";

const RELEVANT_MAX = 40;
const RECENT_MAX = 20;
const TOKENS_MAX = 20_000;

const context = defineTool({
  name: "context",
  title: "What to know now",
  description:
    "What is worth knowing at the start of a conversation or a task: the newest memories, and those about a subject, packed into a budget of tokens. " +
    "Call it once at the beginning with what the conversation is about.",
  actions: ["memory.search", "memory.list"],
  annotations: READING,
  input: z.strictObject({
    about: query.optional().describe("What the conversation or the task is about"),
    token_budget: z.number().int().min(100).max(TOKENS_MAX).default(1_500).describe("How long the memories may be"),
    since,
  }),
  output: envelope({
    memories: z.array(agentMemorySchema.extend({ because: z.enum(["relevant", "recent"]) })),
    tokens: z.number().int().describe("Estimated length of the memories"),
    complete: z.boolean().describe("False when more was found than the budget holds"),
  }),
  run: async ({ about, token_budget: tokensMax, since: from }, { visit }) => {
    const found = await contextOf(visit, withoutUndefined({ about, from }));
    return { ...HEAD, ...packContext({ ...found, tokensMax }) };
  },
});

/** The newest memories, and those about a subject, for a context of any size. */
export async function contextOf(
  visit: Visit,
  wanted: { readonly about?: string; readonly from?: string },
): Promise<{ readonly relevant: readonly PlacedMemory[]; readonly recent: readonly PlacedMemory[] }> {
  const { application, caller } = visit;
  const filter = filterOf({ since: wanted.from });
  const { afterMs } = filter;
  const page = await application.memories.list(caller.principal, {
    limit: RECENT_MAX,
    neverRecalled: "without",
    ...withoutUndefined({ afterMs }),
  });
  if (wanted.about === undefined) return { relevant: [], recent: page.items };
  const request = { query: wanted.about, filter, limit: RELEVANT_MAX, offset: 0, facets: false };
  const found = await application.memories.search(caller.principal, request);
  return { relevant: await opened(visit, idsOf(found.hits)), recent: page.items };
}

const getMemory = defineTool({
  name: "get_memory",
  title: "One memory",
  description: "One memory with where it came from and every version of it, newest first.",
  actions: ["memory.read"],
  annotations: READING,
  input: z.strictObject({ id: memoryIdSchema }),
  output: envelope({
    memory: agentMemorySchema,
    provenance: z.object({
      source: z.enum([...SOURCE_KINDS]),
      written_by: z.object({ key: z.string(), name: z.string() }).nullable(),
      import_id: z.string().nullable(),
      external_id: z.string().nullable(),
      conversation_id: z.string().nullable(),
      level_decided_by: z.enum(["rule", "model", "person"]),
      position: z.string().describe("Where it stands on the log"),
      url: z.string().describe("Its page for the person"),
    }),
    versions: z.array(versionSchema),
  }),
  run: async ({ id }, { visit }) => {
    const placed = await readMemory(visit, id);
    const { memory, position } = placed;
    const versions = (await visit.application.memories.versions(visit.caller.principal, memory.memoryId)) ?? [];
    return {
      ...HEAD,
      memory: wholeMemory(placed),
      provenance: {
        source: memory.source,
        written_by: memory.client ?? null,
        import_id: memory.importId,
        external_id: memory.externalId ?? null,
        conversation_id: memory.conversationId,
        level_decided_by: memory.levelDecidedBy,
        position: `${position.topic}/${position.partition}@${position.offset}`,
        url: pageOf(visit, memory.memoryId),
      },
      versions: versions.map(agentVersion),
    };
  },
});

const timeline = defineTool({
  name: "timeline",
  title: "Memories by time",
  description:
    "Memories of a range of time, newest first, page by page: what happened last week, what was said in a conversation.",
  actions: ["memory.list"],
  annotations: READING,
  input: z.strictObject({
    since,
    until,
    conversation,
    limit: z.number().int().min(1).max(100).default(20),
    cursor: z.string().max(1_024).optional().describe("`next` of the page before"),
  }),
  output: envelope({ memories: z.array(agentMemorySchema), next: z.string().nullable() }),
  run: async ({ limit, cursor, ...narrow }, { visit }) => {
    const { afterMs, beforeMs, conversationId } = filterOf(narrow);
    const page = await visit.application.memories.list(visit.caller.principal, {
      limit,
      neverRecalled: "without",
      ...withoutUndefined({ cursor, afterMs, beforeMs, conversationId }),
    });
    return { ...HEAD, memories: agentMemories(page.items), next: page.next };
  },
});

const status = defineTool({
  name: "status",
  title: "Where you are",
  description:
    "Whose memory this is, what your key may do, up to which level it sees and when it ends. Nothing about the memories themselves.",
  actions: ["user.read"],
  annotations: READING,
  input: z.strictObject({}),
  output: z.object({
    version: z.string(),
    now: moment,
    person: z.object({ name: z.string() }),
    you: z.object({
      as: z.enum(["person", "agent"]),
      key: z.string().nullable(),
      scopes: z.array(z.string()).nullable(),
      reach: keyReachSchema
        .nullable()
        .describe("Whose words you read: own, the person's besides (person), or also what other programs wrote (all)"),
      ends_at: moment.nullable().describe("When your key ends; null when it has no end"),
    }),
    open_up_to: levelNameSchema.describe("The highest level that you see; what is above does not exist for you"),
  }),
  run: async (_input, { visit }) => {
    const { subject, principal } = visit.caller;
    const { name } = await visit.identity.profile(principal.userId);
    const isAgent = subject.type === "agent";
    return {
      version: visit.describe().version,
      now: timeText(visit.clock.nowMs()),
      person: { name },
      you: {
        as: isAgent ? ("agent" as const) : ("person" as const),
        key: (await visit.writer())?.name ?? null,
        scopes: isAgent ? [...subject.scopes] : null,
        reach: isAgent ? subject.reach : null,
        ends_at: isAgent ? await endOf(visit, subject.keyId) : null,
      },
      open_up_to: levelName(principal.ceiling),
    };
  },
});

/** When the key or the app ends that asks. */
async function endOf({ application, caller }: Visit, key: ApiKeyId): Promise<string | null> {
  const { principal } = caller;
  const programs = [...(await application.access.keys(principal)), ...(await application.apps.list(principal))];
  const endsAtMs = programs.find((program) => program.key === key)?.expiresAtMs ?? null;
  return endsAtMs === null ? null : timeText(endsAtMs);
}

/** The tools that read. */
export const readingTools: readonly McpTool[] = [context, getMemory, timeline, status];
