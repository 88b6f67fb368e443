/**
 * The relational view: memories, imports, people, sessions and invitations in tables.
 *
 * Guarantees: rows and offset change in one transaction, so folding a batch again changes nothing; two processes that fold the same
 * partition of one PostgreSQL are told apart by the offset and one of them waits. Content stays sealed.
 * It does not: keep anything that the log does not hold, but a number claimed by someone who is signing up this moment.
 */
import type { IdentityEvent, MemoryEvent, MemoryId } from "@kaelix/model";
import { TOPICS } from "@kaelix/model";
import { sql } from "kysely";

import type { FoldBatch, View, ViewCensus } from "../runner/view.ts";
import type { Database } from "./database.ts";
import { viewErrors } from "./errors.ts";
import { writeIdentities } from "./identity/write.ts";
import type { PositionedMemoryEvent } from "./memories/fold.ts";
import { writeMemories } from "./memories/write.ts";
import type { TableTransaction } from "./schema.ts";

/** The name under which the relational view keeps its offsets. */
export const RELATIONAL_VIEW = "relational";

/** A transaction costs some four milliseconds of the database's thread, with one event or with thirty. */
const LINGER_MS = 100;
const IDS_PAGE = 10_000;
/** Below this many events a snapshot saves less time than it costs: they are folded again in seconds. */
const SNAPSHOT_EVENTS_MIN = 10_000;

/** The view over a migrated database. */
export function createRelationalView(database: Database): View {
  const { queries } = database;
  let eventsSinceSnapshot = 0;
  return {
    name: RELATIONAL_VIEW,
    topics: [TOPICS.memories.name, TOPICS.identity.name],
    lingerMs: LINGER_MS,
    async nextOffset(topic, partition) {
      const row = await queries
        .selectFrom("view_offsets")
        .select("next_offset")
        .where("view", "=", RELATIONAL_VIEW)
        .where("topic", "=", topic)
        .where("partition", "=", partition)
        .executeTakeFirst();
      return row?.next_offset ?? 0;
    },
    async fold(batch) {
      await queries.transaction().execute((transaction) => foldInto(transaction, batch));
      eventsSinceSnapshot += batch.events.length;
    },
    async reset() {
      // Claims stay: somebody may be signing up. Those that the log does not confirm are released after catching up.
      await sql`truncate view_offsets, view_counters, memories, memory_versions, imports, users, sessions, invites`.execute(
        queries,
      );
      eventsSinceSnapshot = SNAPSHOT_EVENTS_MIN;
    },
    async snapshot() {
      if (eventsSinceSnapshot < SNAPSHOT_EVENTS_MIN) return;
      const covered = eventsSinceSnapshot;
      await database.snapshot();
      eventsSinceSnapshot -= covered;
    },
    census: () => censusOf(database),
    memoryIds: () => memoryIds(database),
    close: () => database.close(),
  };
}

/** Folds one batch; does nothing when its offset was passed before. */
async function foldInto(transaction: TableTransaction, batch: FoldBatch): Promise<void> {
  const at = { view: RELATIONAL_VIEW, topic: batch.topic, partition: batch.partition };
  // The lock on this row keeps two folders of one partition apart; the update that changes nothing is there to take and read it at once.
  const { next_offset: nextOffset } = await transaction
    .insertInto("view_offsets")
    .values({ ...at, next_offset: 0 })
    .onConflict((conflict) =>
      conflict
        .columns(["view", "topic", "partition"])
        .doUpdateSet((build) => ({ next_offset: build.ref("view_offsets.next_offset") })),
    )
    .returning("next_offset")
    .executeTakeFirstOrThrow();
  if (batch.nextOffset <= nextOffset) return;
  if (batch.firstOffset !== undefined && batch.firstOffset > nextOffset) {
    // Somebody emptied the view since: what lies between must not be passed over.
    throw viewErrors("views-offset-gap", { details: { nextOffset, firstOffset: batch.firstOffset } });
  }

  const memories: PositionedMemoryEvent[] = [];
  const identities: IdentityEvent[] = [];
  for (const { offset, event } of batch.events) {
    if (offset < nextOffset) continue;
    if (isMemoryEvent(event)) memories.push({ offset, event });
    else if (isIdentityEvent(event)) identities.push(event);
  }
  const leftOut = new Map<string, number>([
    ...(await writeMemories(transaction, batch.partition, memories)),
    ...(await writeIdentities(transaction, identities)),
  ]);
  for (const [name, count] of leftOut) {
    await sql`insert into view_counters (view, name, count) values (${at.view}, ${name}, ${count})
      on conflict (view, name) do update set count = view_counters.count + excluded.count`.execute(transaction);
  }
  await transaction
    .updateTable("view_offsets")
    .set({ next_offset: batch.nextOffset })
    .where("view", "=", at.view)
    .where("topic", "=", at.topic)
    .where("partition", "=", at.partition)
    .execute();
}

type AnyEvent = FoldBatch["events"][number]["event"];

function isMemoryEvent(event: AnyEvent): event is MemoryEvent {
  return event.type.startsWith("memory.") || event.type.startsWith("import.");
}

function isIdentityEvent(event: AnyEvent): event is IdentityEvent {
  return !isMemoryEvent(event) && !event.type.startsWith("key.");
}

async function censusOf({ queries }: Database): Promise<ViewCensus> {
  const { rows } = await sql<{ live: number; forgotten: number; erased: number; users: number }>`
    select count(*) filter (where state = 'live') as live, count(*) filter (where state = 'forgotten') as forgotten,
      count(*) filter (where state = 'erased') as erased, (select count(*) from users) as users
    from memories`.execute(queries);
  const [row] = rows;
  return {
    memoriesLive: row?.live ?? 0,
    memoriesForgotten: row?.forgotten ?? 0,
    memoriesErased: row?.erased ?? 0,
    users: row?.users ?? 0,
  };
}

async function* memoryIds({ queries }: Database): AsyncGenerator<MemoryId, void, undefined> {
  let after = "";
  for (;;) {
    const rows = await queries
      .selectFrom("memories")
      .select("memory_id")
      .where("state", "=", "live")
      .where("memory_id", ">", after)
      .orderBy("memory_id")
      .limit(IDS_PAGE)
      .execute();
    // Only ids that were parsed on their way in are stored.
    for (const row of rows) yield row.memory_id as MemoryId;
    const last = rows.at(-1);
    if (last === undefined || rows.length < IDS_PAGE) return;
    after = last.memory_id;
  }
}
