/** Memories of a user in order of time, a page at a time, in both directions. Content stays sealed. */
import type { ConversationId, ImportId, Level, MemoryId, SourceKind, UserId } from "@kaelix/model";
import { type Selectable, type SelectQueryBuilder, sql } from "kysely";

import type { Database } from "../database.ts";
import type { MemoriesTable, Queries, Tables } from "../schema.ts";
import { type SealedMemory, sealedMemoryOf } from "./rows.ts";

/** A place in the order of time: (occurred, first told, id). */
export interface TimePlace {
  readonly occurredAtMs: number;
  readonly firstOffset: number;
  readonly memoryId: MemoryId;
}

/** One way into a page. All that is not null must hold. */
export interface RowClause {
  readonly levelMax: Level;
  /** Occurred at or after, epoch ms… */
  readonly fromMs: number | null;
  /** … and before. */
  readonly untilMs: number | null;
  readonly conversation: ConversationId | null;
  readonly source: SourceKind | null;
  /** One of these; none of them: nothing. */
  readonly memories: readonly MemoryId[] | null;
  /** No row says what it is about: whoever knows names the memories. */
  readonly about: null;
}

/** What a page shows. Times are epoch ms; `afterMs` is included, `beforeMs` is not. */
export interface TimePageRequest {
  /** Nothing above it is shown. */
  readonly ceiling: Level;
  /** Only what one of these lets in; absent: everything. An empty list lets nothing in. */
  readonly anyOf?: readonly RowClause[];
  readonly limit: number;
  readonly conversationId?: ConversationId;
  readonly importId?: ImportId;
  readonly source?: SourceKind;
  readonly afterMs?: number;
  readonly beforeMs?: number;
  /** True: only what its owner's browser sealed. */
  readonly clientSealed?: true;
  /** Only what is never to be recalled, or all but that; absent: both. */
  readonly neverRecalled?: "only" | "without";
  /** Go on behind this place: towards older ones, or back towards newer ones. Absent: the newest. */
  readonly from?: { readonly place: TimePlace; readonly towards: "older" | "newer" };
}

/** A page, newest first, and whether there is more on either side. */
export interface TimePage {
  readonly rows: readonly SealedMemory[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

/** Lists live memories. One round trip. */
export async function listByTime(database: Database, user: UserId, request: TimePageRequest): Promise<TimePage> {
  const towards = request.from?.towards ?? "older";
  const rows = await database.read({ user }, (own) => pageOf(own, user, request).execute());
  const found = rows.map(sealedMemoryOf);
  const hasMore = found.length > request.limit;
  const page = found.slice(0, request.limit);
  if (towards === "newer") return { rows: page.toReversed(), hasOlder: true, hasNewer: hasMore };
  return { rows: page, hasOlder: hasMore, hasNewer: request.from !== undefined };
}

/** One row more than the page, in the direction of reading. */
function pageOf(
  queries: Queries,
  user: UserId,
  request: TimePageRequest,
): SelectQueryBuilder<Tables, "memories", Selectable<MemoriesTable>> {
  const towards = request.from?.towards ?? "older";
  const direction = towards === "older" ? "desc" : "asc";
  let query = queries
    .selectFrom("memories")
    .selectAll()
    .where("user_id", "=", user)
    .where("state", "=", "live")
    .where("level", "<=", request.ceiling)
    .orderBy("occurred_at_ms", direction)
    .orderBy("first_offset", direction)
    .orderBy("memory_id", direction)
    .limit(request.limit + 1);
  if (request.conversationId !== undefined) query = query.where("conversation_id", "=", request.conversationId);
  if (request.importId !== undefined) query = query.where("import_id", "=", request.importId);
  if (request.source !== undefined) query = query.where("source", "=", request.source);
  if (request.afterMs !== undefined) query = query.where("occurred_at_ms", ">=", request.afterMs);
  if (request.beforeMs !== undefined) query = query.where("occurred_at_ms", "<", request.beforeMs);
  if (request.clientSealed !== undefined) query = query.where("client_sealed", "=", true);
  if (request.neverRecalled !== undefined) query = query.where("never_recalled", "=", request.neverRecalled === "only");
  if (request.from !== undefined) {
    const { occurredAtMs, firstOffset, memoryId } = request.from.place;
    const place = sql`(${occurredAtMs}, ${firstOffset}, ${memoryId})`;
    query = query.where(
      towards === "older"
        ? sql<boolean>`(occurred_at_ms, first_offset, memory_id) < ${place}`
        : sql<boolean>`(occurred_at_ms, first_offset, memory_id) > ${place}`,
    );
  }
  return request.anyOf === undefined ? query : query.where(anyClause(request.anyOf));
}

function anyClause(clauses: readonly RowClause[]): ReturnType<typeof sql<boolean>> {
  if (clauses.length === 0) return sql<boolean>`false`;
  const each = clauses.map(({ levelMax, fromMs, untilMs, conversation, source, memories }) => {
    const conditions = [
      sql`level <= ${levelMax}`,
      ...(fromMs === null ? [] : [sql`occurred_at_ms >= ${fromMs}`]),
      ...(untilMs === null ? [] : [sql`occurred_at_ms < ${untilMs}`]),
      ...(conversation === null ? [] : [sql`conversation_id = ${conversation}`]),
      ...(source === null ? [] : [sql`source = ${source}`]),
      // As one text: thousands of them are one parameter, and none is an empty list.
      ...(memories === null ? [] : [sql`memory_id = any(string_to_array(${memories.join(",")}, ','))`]),
    ];
    return sql`(${sql.join(conditions, sql` and `)})`;
  });
  return sql<boolean>`(${sql.join(each, sql` or `)})`;
}

/** The place of a memory in the order of time. */
export function placeOf(row: SealedMemory): TimePlace {
  return { occurredAtMs: row.occurredAtMs, firstOffset: row.firstOffset, memoryId: row.memoryId };
}
