/** When documents occurred, and the conversations they belong to: what lists read, since texts stay sealed in the database. */
import type { ConversationId, Level, MemoryId } from "@kaelix/model";

import type { DocumentTable } from "./document-table.ts";
import { makeTest, type SearchFilters } from "./filter.ts";
import type { UserIndex } from "./user-index.ts";

/** One conversation in a list of conversations. */
export interface ConversationSummary {
  /** Null: memories that belong to no conversation. */
  readonly conversationId: ConversationId | null;
  /** Title as its newest document names it. */
  readonly title: string | undefined;
  readonly count: number;
  readonly lastOccurredAtMs: number;
  readonly lastMemoryId: MemoryId;
}

/** When everything that passes occurred, epoch ms, in no order. */
export function timesOf(
  index: UserIndex,
  { ceiling, filters }: { readonly ceiling: Level; readonly filters: SearchFilters },
): number[] {
  const { table } = index.parts(ceiling);
  const isIn = makeTest(table, ceiling, filters);
  const times: number[] = [];
  for (let doc = 0; doc < table.count; doc++) if (isIn(doc)) times.push(table.occurredAts[doc] ?? 0);
  return times;
}

/** The conversations of a user under a ceiling, the one with the newest memory first. */
export function listConversations(index: UserIndex, ceiling: Level): ConversationSummary[] {
  const { table } = index.parts(ceiling);
  const compare = newestFirst(table);
  const newest = new Map<number, number>();
  const counts = new Map<number, number>();
  for (let doc = 0; doc < table.count; doc++) {
    if ((table.levels[doc] ?? 255) > ceiling) continue;
    const conversation = table.conversations[doc] ?? 0;
    counts.set(conversation, (counts.get(conversation) ?? 0) + 1);
    const best = newest.get(conversation);
    if (best === undefined || compare(doc, best) < 0) newest.set(conversation, doc);
  }
  const placed = [...newest].sort(([, left], [, right]) => compare(left, right));
  return placed.flatMap(([conversation, doc]): ConversationSummary[] => {
    const document = table.document(doc);
    if (document === undefined) return [];
    return [
      {
        conversationId: document.conversationId,
        title: document.conversationTitle,
        count: counts.get(conversation) ?? 0,
        lastOccurredAtMs: document.occurredAtMs,
        lastMemoryId: document.memoryId,
      },
    ];
  });
}

function newestFirst({ firstOffsets, occurredAts }: DocumentTable): (left: number, right: number) => number {
  return (left, right) =>
    (occurredAts[right] ?? 0) - (occurredAts[left] ?? 0) ||
    (firstOffsets[right] ?? 0) - (firstOffsets[left] ?? 0) ||
    right - left;
}
