/** What others ask of the memories' tables. Each answer is one round trip; lists come in pages. Content stays sealed. */
import type { ImportRegister, KnownMemory, RegisteredImport } from "@kaelix/capture";
import {
  type ImportId,
  type Level,
  LEVELS,
  type LevelDecider,
  type MemoryId,
  type TenantId,
  type UserId,
} from "@kaelix/model";
import { type Selectable, sql } from "kysely";

import type { Database } from "../database.ts";
import type { ImportsTable, MemoryChange, Queries } from "../schema.ts";
import { agedCountsOf, type AgedMemory, agedOf, type AgedWhat } from "./aged.ts";
import { type CorrectedMemory, corrections, leftAsTheyWere } from "./corrections.ts";
import {
  type AskedLevels,
  type Doubt,
  type DoubtedWords,
  doubtful,
  doubtfulCount,
  doubtfulCountOf,
  doubtfulOf,
  sameDoubts,
} from "./doubtful.ts";
import { type SealedMemory, sealedMemoryOf } from "./rows.ts";

const ROWS_PAGE = 1_000;
const IMPORTS_MAX = 1_000;

/** One version of a memory. */
export interface SealedVersion {
  readonly version: number;
  /** Offset of the event that made it. */
  readonly offset: number;
  readonly change: MemoryChange;
  readonly level: Level;
  readonly levelDecidedBy: LevelDecider;
  readonly atMs: number;
  /** Sealed `MemoryContent`; empty when its key is gone. */
  readonly sealed: Uint8Array;
}

/** An import, whoever's it is. */
export interface StoredImport extends RegisteredImport {
  readonly importId: ImportId;
  readonly user: UserId;
  readonly tenant: TenantId;
  readonly undoneAtMs: number | null;
}

/** Where a page of forgotten memories goes on. */
export interface ForgottenCursor {
  readonly changedAtMs: number;
  readonly memoryId: MemoryId;
}

/**
 * Reads memories and imports: what capture asks (`ImportRegister`), and more. Rows may be behind the log; `caughtUp` is how a caller waits.
 */
export interface MemoryStore extends ImportRegister {
  /** A memory of this user, in any state. */
  memory(user: UserId, memory: MemoryId): Promise<SealedMemory | undefined>;
  /** Memories of this user, in any state and no order; unknown ones are left out. */
  memories(user: UserId, memories: readonly MemoryId[]): Promise<readonly SealedMemory[]>;
  /**
   * Every row of a user whose `offset` is above `afterOffset` (-1: all), in any state, by offset, at most 1,000 at once.
   * None is passed over; one that changes while it is read may come a second time, newer.
   */
  rowsOf(user: UserId, afterOffset: number): AsyncIterable<readonly SealedMemory[]>;
  /** Live memories of a user at `levelMin` or above that can be read here and may be recalled, by time of happening, at most 1,000 at once. */
  liveAtOrAbove(user: UserId, levelMin: Level): AsyncIterable<readonly SealedMemory[]>;
  /** Every version of a memory, newest first; empty when it is not this user's. */
  versions(user: UserId, memory: MemoryId): Promise<readonly SealedVersion[]>;
  /** Memories forgotten before a time and not yet erased, oldest first, at most `limit` from the cursor on. */
  forgottenBefore(timeMs: number, limit: number, after?: ForgottenCursor): Promise<readonly SealedMemory[]>;
  /** Live memories of anybody whose level the rules alone decided and are unsure of, by id from one on, at most `limit`. */
  doubtful(doubt: Doubt, after: MemoryId | undefined, limit: number): Promise<readonly SealedMemory[]>;
  doubtfulCount(doubt: Doubt): Promise<number>;
  /** What a person's live memories say that no person judged and nobody is sure of, the same words once, the least sure first, at most `limit`. */
  doubtfulOf(user: UserId, asked: AskedLevels, limit: number): Promise<readonly DoubtedWords[]>;
  /** How many of them there are, the same words once, 1,000 at most. */
  doubtfulCountOf(user: UserId, asked: AskedLevels): Promise<number>;
  /** Those among them that say the same as a memory at its level, without that one, at most `limit`. */
  sameDoubts(memory: SealedMemory, asked: AskedLevels, limit: number): Promise<readonly SealedMemory[]>;
  /** A person's live memories that were told before a time, the oldest first, at most `limit` behind one that was given. */
  agedOf(
    user: UserId,
    what: AgedWhat,
    page: { readonly after?: AgedMemory; readonly limit: number },
  ): Promise<readonly AgedMemory[]>;
  /** How many of them there are of each source, most first. */
  agedCountsOf(user: UserId, what: AgedWhat): ReturnType<typeof agedCountsOf>;
  /** A person's live memories that can be read here and whose level they corrected, the newest first, at most `limit`. */
  corrections(user: UserId, limit: number): Promise<readonly CorrectedMemory[]>;
  /** A person's newest live memories up to the indexed levels whose level they left as it was, at most `limit`. */
  leftAsTheyWere(user: UserId, limit: number): Promise<readonly SealedMemory[]>;
  /** The newest 1,000 imports of a user, newest first. */
  imports(user: UserId): Promise<readonly StoredImport[]>;
  importOf(user: UserId, id: ImportId): Promise<StoredImport | undefined>;
  /** Imports of anybody that were started and, as far as the log says, never ended. */
  unfinishedImports(): Promise<readonly StoredImport[]>;
}

/**
 * The queries over a migrated database.
 * @param caughtUp waits until the relational view has folded the event at a position
 */
export function createMemoryStore(database: Database, caughtUp: ImportRegister["caughtUp"]): MemoryStore {
  const { queries } = database;
  return {
    caughtUp,
    async memory(user, memory) {
      const row = await database.read({ user }, (own) =>
        own
          .selectFrom("memories")
          .selectAll()
          .where("memory_id", "=", memory)
          .where("user_id", "=", user)
          .executeTakeFirst(),
      );
      return row && sealedMemoryOf(row);
    },
    async memories(user, memories) {
      if (memories.length === 0) return [];
      const rows = await database.read({ user }, (own) =>
        own
          .selectFrom("memories")
          .selectAll()
          .where(sql<boolean>`memory_id = any(${memories}::text[])`)
          .where("user_id", "=", user)
          .execute(),
      );
      return rows.map(sealedMemoryOf);
    },
    rowsOf: (user, afterOffset) => rowsOf(database, user, afterOffset),
    liveAtOrAbove: (user, levelMin) => liveAtOrAbove(database, user, levelMin),
    known: (user, memories) => database.read({ user }, (own) => known(own, user, memories)),
    versions: (user, memory) => database.read({ user }, (own) => versions(own, user, memory)),
    async forgottenBefore(timeMs, limit, after) {
      let query = queries
        .selectFrom("memories")
        .selectAll()
        .where("state", "=", "forgotten")
        .where("changed_at_ms", "<", timeMs)
        .orderBy("changed_at_ms")
        .orderBy("memory_id")
        .limit(limit);
      if (after !== undefined) {
        query = query.where(sql<boolean>`(changed_at_ms, memory_id) > (${after.changedAtMs}, ${after.memoryId})`);
      }
      return (await query.execute()).map(sealedMemoryOf);
    },
    doubtful: (doubt, after, limit) => doubtful(queries, doubt, { after, limit }),
    doubtfulCount: (doubt) => doubtfulCount(queries, doubt),
    doubtfulOf: (user, asked, limit) => database.read({ user }, (own) => doubtfulOf(own, user, asked, limit)),
    doubtfulCountOf: (user, asked) => database.read({ user }, (own) => doubtfulCountOf(own, user, asked)),
    sameDoubts: (memory, asked, limit) =>
      database.read({ user: memory.userId }, (own) => sameDoubts(own, memory, asked, limit)),
    agedOf: (user, what, page) => database.read({ user }, (own) => agedOf(own, user, what, page)),
    agedCountsOf: (user, what) => database.read({ user }, (own) => agedCountsOf(own, user, what)),
    corrections: (user, limit) => database.read({ user }, (own) => corrections(own, user, limit)),
    leftAsTheyWere: (user, limit) => database.read({ user }, (own) => leftAsTheyWere(own, user, limit)),
    ...importQueries(database),
  };
}

type ImportQueries = Pick<MemoryStore, "imports" | "importOf" | "unfinishedImports" | "importedCount">;

function importQueries(database: Database): ImportQueries {
  const { queries } = database;
  return {
    async imports(user) {
      const rows = await database.read({ user }, (own) =>
        own
          .selectFrom("imports")
          .selectAll()
          .where("user_id", "=", user)
          .orderBy("started_at_ms", "desc")
          .orderBy("import_id", "desc")
          .limit(IMPORTS_MAX)
          .execute(),
      );
      return rows.map(importRowOf);
    },
    async importOf(user, id) {
      const row = await database.read({ user }, (own) =>
        own
          .selectFrom("imports")
          .selectAll()
          .where("import_id", "=", id)
          .where("user_id", "=", user)
          .executeTakeFirst(),
      );
      return row && importRowOf(row);
    },
    async unfinishedImports() {
      const rows = await queries
        .selectFrom("imports")
        .selectAll()
        .where("finished_at_ms", "is", null)
        .where("state", "=", "started")
        .orderBy("started_at_ms")
        .execute();
      return rows.map(importRowOf);
    },
    async importedCount(user, id) {
      const row = await database.read({ user }, (own) =>
        own
          .selectFrom("memories")
          .select((build) => build.fn.countAll<number>().as("count"))
          .where("import_id", "=", id)
          .where("user_id", "=", user)
          .executeTakeFirstOrThrow(),
      );
      return row.count;
    },
  };
}

async function* rowsOf(
  database: Database,
  user: UserId,
  afterOffset: number,
): AsyncGenerator<readonly SealedMemory[], void, undefined> {
  // One undoing touches many rows at one offset: the id tells them apart.
  let after = { offset: afterOffset, id: "￿" };
  for (;;) {
    const { id, offset } = after;
    const rows = await database.read({ user }, (own) =>
      own
        .selectFrom("memories")
        .selectAll()
        .where("user_id", "=", user)
        .where(sql<boolean>`(last_offset, memory_id) > (${offset}, ${id})`)
        .orderBy("last_offset")
        .orderBy("memory_id")
        .limit(ROWS_PAGE)
        .execute(),
    );
    if (rows.length > 0) yield rows.map(sealedMemoryOf);
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_PAGE) return;
    after = { offset: last.last_offset, id: last.memory_id };
  }
}

async function* liveAtOrAbove(
  database: Database,
  user: UserId,
  levelMin: Level,
): AsyncGenerator<readonly SealedMemory[], void, undefined> {
  const levels = LEVELS.filter((level) => level >= levelMin);
  let after: { readonly atMs: number; readonly id: string } | undefined;
  for (;;) {
    const from = after;
    const rows = await database.read({ user }, (own) => {
      const query = own
        .selectFrom("memories")
        .selectAll()
        .where("user_id", "=", user)
        .where("state", "=", "live")
        .where("level", "in", levels)
        .where("client_sealed", "=", false)
        .where("never_recalled", "=", false)
        .orderBy("occurred_at_ms")
        .orderBy("memory_id")
        .limit(ROWS_PAGE);
      if (from === undefined) return query.execute();
      return query.where(sql<boolean>`(occurred_at_ms, memory_id) > (${from.atMs}, ${from.id})`).execute();
    });
    if (rows.length > 0) yield rows.map(sealedMemoryOf);
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_PAGE) return;
    after = { atMs: last.occurred_at_ms, id: last.memory_id };
  }
}

async function known(
  queries: Queries,
  user: UserId,
  memories: readonly MemoryId[],
): Promise<ReadonlyMap<MemoryId, KnownMemory>> {
  if (memories.length === 0) return new Map();
  // One probe of the primary key per id: left to itself the planner reads all memories of the user and filters.
  const { rows } = await sql<{ memory_id: MemoryId; digest: string; state: KnownMemory["state"]; version: number }>`
    select found.memory_id, found.digest, found.state, found.version
    from unnest(${memories}::text[]) as asked (id)
    cross join lateral (
      select memory_id, digest, state, version from memories
      where memory_id = asked.id and user_id = ${user}
      limit 1
    ) as found`.execute(queries);
  return new Map(
    rows.map(({ memory_id: memoryId, digest, state, version }) => [memoryId, { memoryId, digest, state, version }]),
  );
}

async function versions(queries: Queries, user: UserId, memory: MemoryId): Promise<readonly SealedVersion[]> {
  // The newest version stands in the memory's own row.
  const { rows } = await sql<{
    version: number;
    record_offset: number;
    change: MemoryChange;
    level: number;
    level_by: string;
    at_ms: number;
    sealed: Uint8Array | null;
  }>`
    select version, version_offset as record_offset, change, level, level_by, version_at_ms as at_ms, sealed
    from memories where memory_id = ${memory} and user_id = ${user}
    union all
    select v.version, v.record_offset, v.change, v.level, v.level_by, v.at_ms, v.sealed
    from memory_versions v join memories m using (memory_id) where m.memory_id = ${memory} and m.user_id = ${user}
    order by version desc`.execute(queries);
  return rows.map((row) => ({
    version: row.version,
    offset: row.record_offset,
    change: row.change,
    level: row.level as Level,
    levelDecidedBy: row.level_by as LevelDecider,
    atMs: row.at_ms,
    sealed: row.sealed ?? new Uint8Array(0),
  }));
}

function importRowOf(stored: Selectable<ImportsTable>): StoredImport {
  return {
    importId: stored.import_id as ImportId,
    user: stored.user_id as UserId,
    tenant: stored.tenant as TenantId,
    format: stored.format as RegisteredImport["format"],
    state: stored.state,
    added: stored.added,
    known: stored.known,
    failed: stored.failed,
    sealed: stored.sealed ?? new Uint8Array(0),
    startedAtMs: stored.started_at_ms,
    finishedAtMs: stored.finished_at_ms,
    undoneAtMs: stored.undone_at_ms,
  };
}
