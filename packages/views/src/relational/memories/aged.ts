/** Live memories of a person that were told before a time: what reaches its age. Headers alone, nothing sealed is read. */
import type { Level, MemoryId, SourceKind, ToldBefore, UserId } from "@kaelix/model";
import { sql } from "kysely";

import type { Queries } from "../schema.ts";

/** Which: of these levels, told before these times, and none of the named ones. */
export interface AgedWhat extends ToldBefore {
  readonly levels: readonly [from: Level, to: Level];
  readonly except: readonly MemoryId[];
}

/** One of them, in the order of telling. */
export interface AgedMemory {
  readonly memoryId: MemoryId;
  readonly source: SourceKind;
  /** When it was told to Kaelix, epoch ms. */
  readonly recordedAtMs: number;
}

/** A page of them, the oldest first, behind one that was given. */
export async function agedOf(
  queries: Queries,
  user: UserId,
  what: AgedWhat,
  { after, limit }: { readonly after?: AgedMemory; readonly limit: number },
): Promise<readonly AgedMemory[]> {
  let query = queries
    .selectFrom("memories")
    .select(["memory_id", "source", "recorded_at_ms"])
    .where("user_id", "=", user)
    .where(isAged(what))
    .orderBy("recorded_at_ms")
    .orderBy("memory_id")
    .limit(limit);
  if (after !== undefined) {
    query = query.where(sql<boolean>`(recorded_at_ms, memory_id) > (${after.recordedAtMs}, ${after.memoryId})`);
  }
  return (await query.execute()).map((row) => ({
    // Ids and sources of rows were parsed when they were folded.
    memoryId: row.memory_id as MemoryId,
    source: row.source as SourceKind,
    recordedAtMs: row.recorded_at_ms,
  }));
}

/** How many there are of each source, most first; sources without any are left out. */
export async function agedCountsOf(
  queries: Queries,
  user: UserId,
  what: AgedWhat,
): Promise<readonly { readonly source: SourceKind; readonly count: number }[]> {
  const rows = await queries
    .selectFrom("memories")
    .select((build) => ["source", build.fn.countAll<number>().as("count")] as const)
    .where("user_id", "=", user)
    .where(isAged(what))
    .groupBy("source")
    .execute();
  return rows
    .map(({ count, source }) => ({ source: source as SourceKind, count }))
    .toSorted((left, right) => right.count - left.count || (left.source < right.source ? -1 : 1));
}

function isAged({ before, except, levels, sources }: AgedWhat): ReturnType<typeof sql<boolean>> {
  const [from, to] = levels;
  const named = sources.map(({ source }) => source).join(",");
  const told = [
    // As one text: none is an empty list.
    ...(before === null ? [] : [sql`(recorded_at_ms < ${before} and source <> all(string_to_array(${named}, ',')))`]),
    ...sources.flatMap((own) =>
      own.before === null ? [] : [sql`(recorded_at_ms < ${own.before} and source = ${own.source})`],
    ),
  ];
  if (told.length === 0) return sql<boolean>`false`;
  return sql<boolean>`state = 'live' and level between ${from} and ${to}
    and memory_id <> all(string_to_array(${except.join(",")}, ',')) and (${sql.join(told, sql` or `)})`;
}
