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
import type { Database, Statement } from "./database.ts";
import { viewErrors } from "./errors.ts";
import { prepareIdentities } from "./identity/write.ts";
import { isSweep, type PositionedMemoryEvent } from "./memories/fold.ts";
import { prepareMemories } from "./memories/write.ts";

/** The name under which the relational view keeps its offsets. */
export const RELATIONAL_VIEW = "relational";

/** A transaction costs the database's thread more than a millisecond, and no more with thirty events than with one; who waits for one ends this. */
const LINGER_MS = 200;
const IDS_PAGE = 10_000;
/** Below this many events a snapshot saves less time than it costs: they are folded again in seconds. */
const SNAPSHOT_EVENTS_MIN = 10_000;

/** A batch that is overtaken every time: others fold the same partition, and each time they get on. */
const ATTEMPTS_MAX = 100;

/** The view over a migrated database. */
export function createRelationalView(database: Database): View {
  const { queries } = database;
  const offsets = new Offsets(database);
  let eventsSinceSnapshot = 0;
  return {
    name: RELATIONAL_VIEW,
    topics: [TOPICS.memories.name, TOPICS.identity.name],
    lingerMs: LINGER_MS,
    nextOffset: (topic, partition) => offsets.read({ topic, partition }),
    async fold(batch) {
      for (const piece of piecesOf(batch)) await foldPiece(database, offsets, piece);
      eventsSinceSnapshot += batch.events.length;
    },
    async reset() {
      // Claims stay: somebody may be signing up. Those that the log does not confirm are released after catching up.
      await sql`truncate view_offsets, view_counters, memories, memory_versions, imports, users, sessions, invites`.execute(
        queries,
      );
      offsets.forgetAll();
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

type Partition = Pick<FoldBatch, "topic" | "partition">;

/** Where partitions go on. What this process remembers of it may be overtaken by another: the guard of the transaction finds out. */
class Offsets {
  readonly #queries: Database["queries"];
  readonly #remembered = new Map<string, number>();

  constructor({ queries }: Database) {
    this.#queries = queries;
  }

  async read({ topic, partition }: Partition): Promise<number> {
    const row = await this.#queries
      .selectFrom("view_offsets")
      .select("next_offset")
      .where("view", "=", RELATIONAL_VIEW)
      .where("topic", "=", topic)
      .where("partition", "=", partition)
      .executeTakeFirst();
    return row?.next_offset ?? 0;
  }

  async get(at: Partition): Promise<number> {
    return this.#remembered.get(`${at.topic}/${at.partition}`) ?? this.read(at);
  }

  set({ topic, partition }: Partition, nextOffset: number): void {
    this.#remembered.set(`${topic}/${partition}`, nextOffset);
  }

  forget({ topic, partition }: Partition): void {
    this.#remembered.delete(`${topic}/${partition}`);
  }

  forgetAll(): void {
    this.#remembered.clear();
  }

  /** Moves a partition on if it stands where it is thought to stand. Its row is locked from then on until the transaction ends. */
  guard({ topic, partition }: Partition, from: number, to: number): Statement {
    const at = { view: RELATIONAL_VIEW, topic, partition };
    if (from > 0) {
      return this.#queries
        .updateTable("view_offsets")
        .set({ next_offset: to })
        .where("view", "=", at.view)
        .where("topic", "=", topic)
        .where("partition", "=", partition)
        .where("next_offset", "=", from)
        .compile();
    }
    return this.#queries
      .insertInto("view_offsets")
      .values({ ...at, next_offset: to })
      .onConflict((conflict) =>
        conflict
          .columns(["view", "topic", "partition"])
          .doUpdateSet({ next_offset: to })
          .where("view_offsets.next_offset", "=", 0),
      )
      .compile();
  }
}

/** Cuts a batch after every sweep: it touches rows that nobody has named, and what follows must be shown them. */
function piecesOf(batch: FoldBatch): readonly FoldBatch[] {
  const pieces: FoldBatch[] = [];
  let rest = batch;
  for (const [index, { offset, event }] of batch.events.entries()) {
    if (!isSweep(event)) continue;
    const from = batch.events.length - rest.events.length;
    pieces.push({ ...rest, events: batch.events.slice(from, index + 1), nextOffset: offset + 1 });
    rest = { ...batch, events: batch.events.slice(index + 1), firstOffset: offset + 1 };
  }
  return [...pieces, rest];
}

/**
 * Folds a piece of a batch; does nothing when its offset was passed before.
 * Rows are read first, without a lock: they change with their partition's offset alone, and the transaction begins by checking that.
 */
async function foldPiece(database: Database, offsets: Offsets, piece: FoldBatch): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const from = await offsets.get(piece);
    if (piece.nextOffset <= from) return;
    if (piece.firstOffset !== undefined && piece.firstOffset > from) {
      // Somebody emptied the view since: what lies between must not be passed over.
      offsets.forget(piece);
      throw viewErrors("views-offset-gap", { details: { nextOffset: from, firstOffset: piece.firstOffset } });
    }
    const statements = await statementsOf(database, piece, from);
    // Whether a transaction that failed was committed is not known.
    offsets.forget(piece);
    const outcome = await database.commit(offsets.guard(piece, from, piece.nextOffset), statements);
    if (outcome === "committed") {
      offsets.set(piece, piece.nextOffset);
      return;
    }
  }
  throw viewErrors("views-offset-gap", { details: { attempts: ATTEMPTS_MAX } });
}

async function statementsOf({ queries }: Database, piece: FoldBatch, from: number): Promise<readonly Statement[]> {
  const memories: PositionedMemoryEvent[] = [];
  const identities: IdentityEvent[] = [];
  for (const { offset, event } of piece.events) {
    if (offset < from) continue;
    if (isMemoryEvent(event)) memories.push({ offset, event });
    else if (isIdentityEvent(event)) identities.push(event);
  }
  const ofMemories = await prepareMemories(queries, piece.partition, memories);
  const ofIdentities = await prepareIdentities(queries, identities);
  const counters = [...ofMemories.leftOut, ...ofIdentities.leftOut].map(([name, count]) =>
    sql`insert into view_counters (view, name, count) values (${RELATIONAL_VIEW}, ${name}, ${count})
      on conflict (view, name) do update set count = view_counters.count + excluded.count`.compile(queries),
  );
  return [...ofMemories.statements, ...ofIdentities.statements, ...counters];
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
