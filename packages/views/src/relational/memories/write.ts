/** What the fold of memories decided, as statements: few, whatever the number of rows. */
import { assert } from "@kaelix/base";
import type { ImportUndone, MemoryId, UserId } from "@kaelix/model";
import { sql } from "kysely";

import type { Statement } from "../database.ts";
import {
  base64OfSealed,
  columnNames,
  excludedValues,
  recordColumns,
  type RecordColumn,
  type RecordRow,
  recordset,
} from "../recordset.ts";
import type { Queries } from "../schema.ts";
import {
  foldMemories,
  type ImportEventAt,
  type MemoryRow,
  namedMemories,
  type PastVersion,
  type PositionedMemoryEvent,
  type RowChange,
  segmentsOf,
  type Sweep,
} from "./fold.ts";
import type { LeftOutReason } from "./standing.ts";
import { MEMORY_ROW_COLUMNS, memoryRowOf } from "./rows.ts";

const STATE_COLUMNS: readonly RecordColumn[] = [
  ["state", "text"],
  ["changed_at_ms", "bigint"],
  ["last_offset", "bigint"],
  ["never_recalled", "boolean"],
];

const ROW_COLUMNS: readonly RecordColumn[] = [
  ["memory_id", "text"],
  ["tenant", "text"],
  ["user_id", "text"],
  ["version", "bigint"],
  ["change", "text"],
  ["level", "smallint"],
  ["level_by", "text"],
  ["confidence", "double precision"],
  ["source", "text"],
  ["conversation_id", "text"],
  ["import_id", "text"],
  ["digest", "text"],
  ["occurred_at_ms", "bigint"],
  ["recorded_at_ms", "bigint"],
  ["version_at_ms", "bigint"],
  ["partition", "integer"],
  ["first_offset", "bigint"],
  ["version_offset", "bigint"],
  ["client_sealed", "boolean"],
  ["sealed", "bytea"],
  ...STATE_COLUMNS,
];

const VERSION_COLUMNS: readonly RecordColumn[] = [
  ["memory_id", "text"],
  ["version", "bigint"],
  ["record_offset", "bigint"],
  ["change", "text"],
  ["level", "smallint"],
  ["level_by", "text"],
  ["at_ms", "bigint"],
  ["sealed", "bytea"],
];

/**
 * Reads what events of one partition name, in offset order, and folds them. Only the last may be a sweep: what it touches is
 * known when it is done.
 * @returns what to run in one transaction, and how many events were left out, by reason
 */
export async function prepareMemories(
  queries: Queries,
  partition: number,
  events: readonly PositionedMemoryEvent[],
): Promise<{ readonly statements: readonly Statement[]; readonly leftOut: ReadonlyMap<LeftOutReason, number> }> {
  const [segment, ...others] = segmentsOf(events);
  assert(others.length === 0, "Events are cut at a sweep");
  if (segment === undefined) return { statements: [], leftOut: new Map() };
  const known = await readKnown(queries, namedMemories(segment));
  const changes = foldMemories(known, segment, partition);
  const statements = [
    ...archiveStored(queries, changes.archive),
    ...clearPast(queries, changes.clearPast),
    ...insertPast(queries, changes.pastVersions),
    ...upsertRows(queries, changes.rows),
    ...changes.imports.map((at) => writeImport(queries, at)),
    ...(segment.sweep === undefined ? [] : sweep(queries, segment.sweep)),
  ];
  return { statements, leftOut: changes.leftOut };
}

async function readKnown(queries: Queries, ids: readonly MemoryId[]): Promise<ReadonlyMap<MemoryId, MemoryRow>> {
  if (ids.length === 0) return new Map();
  const rows = await queries
    .selectFrom("memories")
    .select(MEMORY_ROW_COLUMNS)
    .where(sql<boolean>`memory_id = any(${ids}::text[])`)
    .execute();
  return new Map(rows.map(memoryRowOf).map((row) => [row.memoryId, row]));
}

function archiveStored(queries: Queries, ids: readonly MemoryId[]): readonly Statement[] {
  if (ids.length === 0) return [];
  const archive = sql`insert into memory_versions (${columnNames(VERSION_COLUMNS)})
    select memory_id, version, version_offset, change, level, level_by, version_at_ms, sealed
    from memories where memory_id = any(${ids}::text[])`;
  return [archive.compile(queries)];
}

function clearPast(queries: Queries, ids: readonly MemoryId[]): readonly Statement[] {
  if (ids.length === 0) return [];
  const clear = sql`update memory_versions set sealed = null
    where memory_id = any(${ids}::text[]) and sealed is not null`;
  return [clear.compile(queries)];
}

function insertPast(queries: Queries, versions: readonly PastVersion[]): readonly Statement[] {
  if (versions.length === 0) return [];
  const rows = versions.map((version) => ({
    memory_id: version.memoryId,
    version: version.version,
    record_offset: version.recordOffset,
    change: version.change,
    level: version.level,
    level_by: version.levelBy,
    at_ms: version.atMs,
    sealed: version.sealed === null ? null : base64OfSealed(version.sealed),
  }));
  const insert = sql`insert into memory_versions (${columnNames(VERSION_COLUMNS)})
    select ${recordColumns(VERSION_COLUMNS)} from ${recordset(rows, VERSION_COLUMNS)}`;
  return [insert.compile(queries)];
}

function upsertRows(queries: Queries, changes: readonly RowChange[]): readonly Statement[] {
  const statements: Statement[] = [];
  const whole = changes.filter(({ sealed }) => sealed.type !== "keep").map(wholeRow);
  if (whole.length > 0) {
    // Another user's memory under the same id was told in another partition since this one was read: the first stays.
    const upsert = sql`insert into memories (${columnNames(ROW_COLUMNS)})
      select ${recordColumns(ROW_COLUMNS)} from ${recordset(whole, ROW_COLUMNS)}
      on conflict (memory_id) do update set ${excludedValues(ROW_COLUMNS.slice(1))}
      where memories.user_id = excluded.user_id`;
    statements.push(upsert.compile(queries));
  }
  // What keeps its content changes in state alone: forgotten, restored, never to be recalled.
  const states = changes.filter(({ sealed }) => sealed.type === "keep").map(({ row }) => stateRow(row));
  if (states.length > 0) {
    const update = sql`update memories set state = r.state, changed_at_ms = r.changed_at_ms, last_offset = r.last_offset,
        never_recalled = r.never_recalled
      from ${recordset(states, [["memory_id", "text"], ...STATE_COLUMNS])}
      where memories.memory_id = r.memory_id`;
    statements.push(update.compile(queries));
  }
  return statements;
}

function stateRow(row: MemoryRow): RecordRow {
  return {
    memory_id: row.memoryId,
    state: row.state,
    changed_at_ms: row.changedAtMs,
    last_offset: row.lastOffset,
    never_recalled: row.neverRecalled === true,
  };
}

function wholeRow({ row, sealed }: RowChange): RecordRow {
  return {
    ...stateRow(row),
    tenant: row.tenant,
    user_id: row.userId,
    version: row.version,
    change: row.change,
    level: row.level,
    level_by: row.levelBy,
    confidence: row.confidence,
    source: row.source,
    conversation_id: row.conversationId,
    import_id: row.importId,
    digest: row.digest,
    occurred_at_ms: row.occurredAtMs,
    recorded_at_ms: row.recordedAtMs,
    version_at_ms: row.versionAtMs,
    partition: row.partition,
    first_offset: row.firstOffset,
    version_offset: row.versionOffset,
    client_sealed: row.isClientSealed,
    sealed: sealed.type === "set" ? base64OfSealed(sealed.sealed) : null,
  };
}

function writeImport(queries: Queries, { event }: ImportEventAt): Statement {
  if (event.type === "import.started") {
    return queries
      .insertInto("imports")
      .values({
        import_id: event.import,
        tenant: event.tenant,
        user_id: event.user,
        format: event.format,
        state: "started",
        added: 0,
        known: 0,
        failed: 0,
        sealed: Buffer.from(event.sealed, "base64url"),
        started_at_ms: event.at,
        finished_at_ms: null,
        undone_at_ms: null,
      })
      .onConflict((conflict) => conflict.column("import_id").doNothing())
      .compile();
  }
  // An import that was undone stays undone, though it may end later; the first end counts.
  return queries
    .updateTable("imports")
    .set({
      state: sql`case when state = 'undone' then state else ${event.outcome} end`,
      added: event.added,
      known: event.known,
      failed: event.failed,
      finished_at_ms: event.at,
    })
    .where("import_id", "=", event.import)
    .where("user_id", "=", event.user)
    .where("finished_at_ms", "is", null)
    .compile();
}

function sweep(
  queries: Queries,
  { event, offset }: { readonly event: Sweep; readonly offset: number },
): readonly Statement[] {
  return event.type === "import.undone" ? undoImport(queries, event, offset) : eraseAll(queries, event.user);
}

/** An account was erased: no row of it stays. */
function eraseAll(queries: Queries, user: UserId): readonly Statement[] {
  const versions = sql`delete from memory_versions where memory_id in (select memory_id from memories where user_id = ${user})`;
  return [
    versions.compile(queries),
    queries.deleteFrom("memories").where("user_id", "=", user).compile(),
    queries.deleteFrom("imports").where("user_id", "=", user).compile(),
  ];
}

function undoImport(queries: Queries, event: ImportUndone, offset: number): readonly Statement[] {
  const memories = queries
    .updateTable("memories")
    .set({ state: "forgotten", changed_at_ms: event.at, last_offset: offset })
    .where("import_id", "=", event.import)
    .where("user_id", "=", event.user)
    .where("state", "=", "live")
    .compile();
  const imports = queries
    .updateTable("imports")
    .set({ state: "undone", undone_at_ms: event.at })
    .where("import_id", "=", event.import)
    .where("user_id", "=", event.user)
    .where("state", "!=", "undone")
    .compile();
  return [memories, imports];
}
