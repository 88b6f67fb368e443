/** Applies what the fold of memories decided, inside the caller's transaction: few statements, whatever the number of rows. */
import type { ImportUndone, MemoryId } from "@kaelix/model";
import { sql } from "kysely";

import { columnNames, excludedValues, hexOfSealed, type RecordColumn, recordset } from "../recordset.ts";
import type { TableTransaction } from "../schema.ts";
import {
  foldMemories,
  type ImportEventAt,
  type MemoryRow,
  namedMemories,
  type PastVersion,
  type PositionedMemoryEvent,
  type RowChange,
  segmentsOf,
} from "./fold.ts";
import type { LeftOutReason } from "./standing.ts";
import { MEMORY_ROW_COLUMNS, memoryRowOf } from "./rows.ts";

const STATE_COLUMNS: readonly RecordColumn[] = [
  ["state", "text"],
  ["changed_at_ms", "bigint"],
  ["last_offset", "bigint"],
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
  ["external_hash", "text"],
  ["digest", "text"],
  ["occurred_at_ms", "bigint"],
  ["recorded_at_ms", "bigint"],
  ["version_at_ms", "bigint"],
  ["partition", "integer"],
  ["first_offset", "bigint"],
  ["version_offset", "bigint"],
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
 * Folds events of one partition, in offset order.
 * @returns how many events were left out, by reason
 */
export async function writeMemories(
  transaction: TableTransaction,
  partition: number,
  events: readonly PositionedMemoryEvent[],
): Promise<ReadonlyMap<LeftOutReason, number>> {
  const leftOut = new Map<LeftOutReason, number>();
  for (const segment of segmentsOf(events)) {
    const known = await readKnown(transaction, namedMemories(segment));
    const changes = foldMemories(known, segment, partition);
    await archiveStored(transaction, changes.archive);
    await clearPast(transaction, changes.clearPast);
    await insertPast(transaction, changes.pastVersions);
    await upsertRows(transaction, changes.rows);
    for (const at of changes.imports) await writeImport(transaction, at);
    if (segment.undone !== undefined) await undoImport(transaction, segment.undone.event, segment.undone.offset);
    for (const [reason, count] of changes.leftOut) leftOut.set(reason, (leftOut.get(reason) ?? 0) + count);
  }
  return leftOut;
}

async function readKnown(
  transaction: TableTransaction,
  ids: readonly MemoryId[],
): Promise<ReadonlyMap<MemoryId, MemoryRow>> {
  if (ids.length === 0) return new Map();
  const rows = await transaction
    .selectFrom("memories")
    .select(MEMORY_ROW_COLUMNS)
    .where(sql<boolean>`memory_id = any(${ids}::text[])`)
    .execute();
  return new Map(rows.map(memoryRowOf).map((row) => [row.memoryId, row]));
}

async function archiveStored(transaction: TableTransaction, ids: readonly MemoryId[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`insert into memory_versions (${columnNames(VERSION_COLUMNS)})
    select memory_id, version, version_offset, change, level, level_by, version_at_ms, sealed
    from memories where memory_id = any(${ids}::text[])`.execute(transaction);
}

async function clearPast(transaction: TableTransaction, ids: readonly MemoryId[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`update memory_versions set sealed = null
    where memory_id = any(${ids}::text[]) and sealed is not null`.execute(transaction);
}

async function insertPast(transaction: TableTransaction, versions: readonly PastVersion[]): Promise<void> {
  if (versions.length === 0) return;
  const rows = versions.map((version) => ({
    memory_id: version.memoryId,
    version: version.version,
    record_offset: version.recordOffset,
    change: version.change,
    level: version.level,
    level_by: version.levelBy,
    at_ms: version.atMs,
    sealed: version.sealed === null ? null : hexOfSealed(version.sealed),
  }));
  await sql`insert into memory_versions (${columnNames(VERSION_COLUMNS)})
    select ${columnNames(VERSION_COLUMNS)} from ${recordset(rows, VERSION_COLUMNS)}`.execute(transaction);
}

async function upsertRows(transaction: TableTransaction, changes: readonly RowChange[]): Promise<void> {
  const whole = changes.filter(({ sealed }) => sealed.type !== "keep").map(wholeRow);
  if (whole.length > 0) {
    await sql`insert into memories (${columnNames(ROW_COLUMNS)})
      select ${columnNames(ROW_COLUMNS)} from ${recordset(whole, ROW_COLUMNS)}
      on conflict (memory_id) do update set ${excludedValues(ROW_COLUMNS.slice(1))}`.execute(transaction);
  }
  // What keeps its content changes in state alone: forgotten, restored.
  const states = changes.filter(({ sealed }) => sealed.type === "keep").map(({ row }) => stateRow(row));
  if (states.length > 0) {
    await sql`update memories set state = r.state, changed_at_ms = r.changed_at_ms, last_offset = r.last_offset
      from ${recordset(states, [["memory_id", "text"], ...STATE_COLUMNS])}
      where memories.memory_id = r.memory_id`.execute(transaction);
  }
}

function stateRow(row: MemoryRow): object {
  return {
    memory_id: row.memoryId,
    state: row.state,
    changed_at_ms: row.changedAtMs,
    last_offset: row.lastOffset,
  };
}

function wholeRow({ row, sealed }: RowChange): object {
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
    external_hash: row.externalHash,
    digest: row.digest,
    occurred_at_ms: row.occurredAtMs,
    recorded_at_ms: row.recordedAtMs,
    version_at_ms: row.versionAtMs,
    partition: row.partition,
    first_offset: row.firstOffset,
    version_offset: row.versionOffset,
    sealed: sealed.type === "set" ? hexOfSealed(sealed.sealed) : null,
  };
}

async function writeImport(transaction: TableTransaction, { event }: ImportEventAt): Promise<void> {
  if (event.type === "import.started") {
    await transaction
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
      .execute();
    return;
  }
  // An import that was undone stays undone, though it may end later; the first end counts.
  await transaction
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
    .execute();
}

async function undoImport(transaction: TableTransaction, event: ImportUndone, offset: number): Promise<void> {
  await transaction
    .updateTable("memories")
    .set({ state: "forgotten", changed_at_ms: event.at, last_offset: offset })
    .where("import_id", "=", event.import)
    .where("user_id", "=", event.user)
    .where("state", "=", "live")
    .execute();
  await transaction
    .updateTable("imports")
    .set({ state: "undone", undone_at_ms: event.at })
    .where("import_id", "=", event.import)
    .where("user_id", "=", event.user)
    .where("state", "!=", "undone")
    .execute();
}
