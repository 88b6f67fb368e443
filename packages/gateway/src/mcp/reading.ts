/** What the tools that read share: fields that narrow, and memories by id. */
import { conversationIdSchema } from "@kaelix/contract";
import { MEMORY_LABEL_LENGTH_MAX, type MemoryId, parseId } from "@kaelix/model";
import { z } from "zod";

import type { PlacedMemory, RecallFilter } from "../application.ts";
import { gatewayErrors } from "../errors.ts";
import { timeMs } from "../handlers/memories.ts";
import { withoutUndefined } from "../http/exchange.ts";
import { timeOrDay } from "./shapes.ts";
import type { Visit } from "./tool.ts";

/** Hints of a tool that changes nothing. */
export const READING = { readOnlyHint: true, destructiveHint: false, idempotentHint: true } as const;

/** From when on. */
export const since = timeOrDay(0)
  .optional()
  .describe("Only what happened from this day or time on: 2024-12-12, 2024-12-12T18:03:00+01:00");
/** Until when. */
export const until = timeOrDay(1).optional().describe("Only what happened before this time, or by the end of this day");
/** Who said it. */
export const person = z.string().min(1).max(MEMORY_LABEL_LENGTH_MAX).optional().describe("Only what this person said");
/** Words that are looked for. */
export const query = z.string().trim().min(1).max(10_000);
/** Which conversation. */
export const conversation = conversationIdSchema
  .optional()
  .describe("Only of this conversation: the `conversation_id` of a memory");

/** A memory by its id as text. @throws `not-found` for what is not there, is another's or stands above the ceiling */
export async function readMemory(visit: Visit, text: string): Promise<PlacedMemory> {
  const id = parseId("mem", text);
  const placed = id === undefined ? undefined : await visit.application.memories.read(visit.caller.principal, id);
  if (placed === undefined) {
    throw gatewayErrors("not-found", { message: "There is no memory of this id that you may see: recall gives ids" });
  }
  return placed;
}

/** Memories that search found, opened: the index does not know who wrote them. */
export async function opened(visit: Visit, ids: readonly MemoryId[]): Promise<readonly PlacedMemory[]> {
  const { application, caller } = visit;
  const placed = await Promise.all(ids.map((id) => application.memories.read(caller.principal, id)));
  return placed.filter((one) => one !== undefined);
}

/** The page of a memory for the person. */
export function pageOf(visit: Pick<Visit, "origin">, id: MemoryId): string {
  return `${visit.origin}/memories/${id}`;
}

/** The memories of hits. */
export function idsOf(hits: readonly { readonly memory: { readonly memoryId: MemoryId } }[]): readonly MemoryId[] {
  return hits.map(({ memory }) => memory.memoryId);
}

/** The fields that narrow as the application takes them. */
export function filterOf(narrow: {
  readonly person?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly source?: RecallFilter["source"] | undefined;
  readonly level?: RecallFilter["level"] | undefined;
  readonly conversation?: string | undefined;
}): RecallFilter {
  return withoutUndefined({
    person: narrow.person,
    source: narrow.source,
    level: narrow.level,
    conversationId: narrow.conversation === undefined ? undefined : parseId("con", narrow.conversation),
    afterMs: timeMs(narrow.since, "since"),
    beforeMs: timeMs(narrow.until, "until"),
  });
}
