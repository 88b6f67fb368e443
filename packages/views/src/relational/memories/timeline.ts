/** How many memories lie between moments. Content stays sealed; the person's calendar is the caller's. */
import type { Level, SourceKind, UserId } from "@kaelix/model";
import { sql } from "kysely";

import type { Database } from "../database.ts";

/** What is counted. */
export interface TimelineFilter {
  /** Nothing above it is counted. */
  readonly ceiling: Level;
  readonly source?: SourceKind;
  /** Occurred at or after, epoch ms… */
  readonly afterMs?: number;
  /** … and before. */
  readonly beforeMs?: number;
}

/** The first and the last moment of live memories, and how many there are; undefined when there is none. */
export async function timeSpanOf(
  database: Database,
  user: UserId,
  filter: TimelineFilter,
): Promise<{ readonly firstMs: number; readonly lastMs: number; readonly count: number } | undefined> {
  const asked = sql<{ first_ms: number | null; last_ms: number | null; count: number }>`
    select min(occurred_at_ms) as first_ms, max(occurred_at_ms) as last_ms, count(*) as count
    from memories where ${conditionOf(user, filter)}`;
  const { rows } = await database.read({ user }, (own) => asked.execute(own));
  const [row] = rows;
  if (row === undefined || row.first_ms === null || row.last_ms === null) return undefined;
  return { firstMs: row.first_ms, lastMs: row.last_ms, count: row.count };
}

/** How many lie between each boundary and the next; one less than there are boundaries, which ascend. One pass. */
export async function countBetween(
  database: Database,
  user: UserId,
  boundaries: readonly number[],
  filter: TimelineFilter,
): Promise<readonly number[]> {
  const asked = sql<{ bucket: number; count: number }>`
    select width_bucket(occurred_at_ms, ${boundaries.map(Math.trunc)}::bigint[]) as bucket, count(*) as count
    from memories where ${conditionOf(user, filter)} group by 1`;
  const { rows } = await database.read({ user }, (own) => asked.execute(own));
  const counts = new Map(rows.map(({ bucket, count }) => [bucket, count]));
  // Bucket 0 lies before the first boundary, the last one behind the last.
  return boundaries.slice(1).map((_end, at) => counts.get(at + 1) ?? 0);
}

/** Which sources live memories came from, in no order. */
export async function sourcesIn(
  database: Database,
  user: UserId,
  filter: TimelineFilter,
): Promise<readonly SourceKind[]> {
  const asked = sql<{ source: SourceKind }>`select distinct source from memories where ${conditionOf(user, filter)}`;
  const { rows } = await database.read({ user }, (own) => asked.execute(own));
  return rows.map(({ source }) => source);
}

function conditionOf(user: UserId, { afterMs, beforeMs, ceiling, source }: TimelineFilter) {
  const conditions = [
    sql`user_id = ${user}`,
    sql`state = 'live'`,
    sql`level <= ${ceiling}`,
    ...(source === undefined ? [] : [sql`source = ${source}`]),
    ...(afterMs === undefined ? [] : [sql`occurred_at_ms >= ${afterMs}`]),
    ...(beforeMs === undefined ? [] : [sql`occurred_at_ms < ${beforeMs}`]),
  ];
  return sql.join(conditions, sql` and `);
}
