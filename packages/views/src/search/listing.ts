/**
 * Documents in order of time, and the conversations they belong to: what lists read, since texts stay sealed in the database.
 */
import type { ConversationId, Level, MemoryId } from "@kaelix/model";

import type { SearchDocument } from "./document.ts";
import { makeTest, type SearchFilters } from "./filter.ts";
import { selectTop } from "./top.ts";
import type { IndexParts, UserIndex } from "./user-index.ts";

/** A place in the order of (occurredAtMs, firstOffset). */
export interface TimeCursor {
  readonly occurredAtMs: number;
  readonly firstOffset: number;
}

/** What a list shows. */
export interface ListRequest {
  readonly ceiling: Level;
  readonly filters?: SearchFilters;
  /** 1 or more. */
  readonly limit: number;
  readonly order: "newest-first" | "oldest-first";
  /** Go on behind this place, in the order asked for. */
  readonly after?: TimeCursor;
}

/** A page of a list. */
export interface ListPage {
  readonly documents: readonly SearchDocument[];
  /** Where the next page begins; undefined when this is the last. */
  readonly next: TimeCursor | undefined;
}

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

/** Documents in order of time, a page at a time. A page never repeats or skips one that was there throughout. */
export function listDocuments(index: UserIndex, request: ListRequest): ListPage {
  const parts = index.parts(request.ceiling);
  const isIn = makeTest(parts.table, request.ceiling, request.filters);
  const compare = makeCompare(parts, request.order);
  const after = request.after;
  const docs: number[] = [];
  for (let doc = 0; doc < parts.table.count; doc++) {
    if (isIn(doc) && (after === undefined || isBehind(parts, doc, after, request.order))) docs.push(doc);
  }
  const chosen = selectTop(docs.length, request.limit + 1, (left, right) => compare(docs[left] ?? 0, docs[right] ?? 0));
  const page = chosen.slice(0, request.limit).map((at) => docs[at] ?? 0);
  const last = page.at(-1);
  const documents = page.flatMap((doc) => parts.table.document(doc) ?? []);
  const hasMore = chosen.length > request.limit && last !== undefined;
  return { documents, next: hasMore ? cursorOf(parts, last) : undefined };
}

/** When everything that passes occurred, epoch ms, in no order. */
export function timesOf(index: UserIndex, { ceiling, filters }: Pick<ListRequest, "ceiling" | "filters">): number[] {
  const { table } = index.parts(ceiling);
  const isIn = makeTest(table, ceiling, filters);
  const times: number[] = [];
  for (let doc = 0; doc < table.count; doc++) if (isIn(doc)) times.push(table.occurredAts[doc] ?? 0);
  return times;
}

/** The place of a document in the order of time. */
function cursorOf(parts: IndexParts, doc: number): TimeCursor {
  return { occurredAtMs: parts.table.occurredAts[doc] ?? 0, firstOffset: parts.table.firstOffsets[doc] ?? 0 };
}

function makeCompare(parts: IndexParts, order: ListRequest["order"]): (left: number, right: number) => number {
  const { occurredAts, firstOffsets } = parts.table;
  const sign = order === "oldest-first" ? 1 : -1;
  return (left, right) =>
    sign *
    ((occurredAts[left] ?? 0) - (occurredAts[right] ?? 0) ||
      (firstOffsets[left] ?? 0) - (firstOffsets[right] ?? 0) ||
      left - right);
}

function isBehind(parts: IndexParts, doc: number, after: TimeCursor, order: ListRequest["order"]): boolean {
  const { occurredAtMs, firstOffset } = cursorOf(parts, doc);
  const distance = occurredAtMs - after.occurredAtMs || firstOffset - after.firstOffset;
  return order === "oldest-first" ? distance > 0 : distance < 0;
}

/** The conversations of a user under a ceiling, the one with the newest memory first. */
export function listConversations(index: UserIndex, ceiling: Level): ConversationSummary[] {
  const parts = index.parts(ceiling);
  const { table } = parts;
  const compare = makeCompare(parts, "newest-first");
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
