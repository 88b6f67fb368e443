/** Memories whose level their person corrected, and what they left as it was: what their own judge is taught from. */
import { LEVEL_INDEXED_MAX, type Level, type UserId } from "@kaelix/model";
import { sql } from "kysely";

import type { MemoryChange, Queries } from "../schema.ts";
import { type SealedMemory, sealedMemoryOf } from "./rows.ts";

/** A live memory that a person moved to its level, or whose level they said is right. */
export interface CorrectedMemory {
  readonly memory: SealedMemory;
  /** The level that it stood at before their first word. */
  readonly from: Level;
  /** The version that the person decided, and when. Later versions are other words at the same level. */
  readonly version: number;
  readonly atMs: number;
}

interface VersionRow {
  readonly memory_id: string;
  readonly version: number;
  readonly change: MemoryChange;
  readonly level: number;
  readonly level_by: string;
  readonly at_ms: number;
}

/** A person's corrections, the newest version first, at most `limit`. Its WHERE says what the index `memories_corrected` says. */
export async function corrections(queries: Queries, user: UserId, limit: number): Promise<readonly CorrectedMemory[]> {
  const stored = await queries
    .selectFrom("memories")
    .selectAll()
    .where("user_id", "=", user)
    .where("state", "=", "live")
    .where("level_by", "=", "person")
    .where("version", ">", 1)
    .where("client_sealed", "=", false)
    .orderBy("version_at_ms", "desc")
    .limit(limit)
    .execute();
  if (stored.length === 0) return [];
  const ids = stored.map((row) => row.memory_id);
  const past = await queries
    .selectFrom("memory_versions")
    .select(["memory_id", "version", "change", "level", "level_by", "at_ms"])
    .where(sql<boolean>`memory_id = any(${ids}::text[])`)
    .orderBy("version")
    .execute();
  const byMemory = Map.groupBy<string, VersionRow>(past, (row) => row.memory_id);
  return stored.flatMap((row) => {
    const now: VersionRow = { ...row, at_ms: row.version_at_ms };
    const found = correctionIn([...(byMemory.get(row.memory_id) ?? []), now]);
    return found === undefined ? [] : [{ memory: sealedMemoryOf(row), ...found }];
  });
}

/**
 * The last word of the person on the level, among all versions of a memory, oldest first. None where they never corrected anybody, or
 * moved it and then back to where it stood before their first word: the slip of a finger teaches nothing.
 */
function correctionIn(versions: readonly VersionRow[]): Omit<CorrectedMemory, "memory"> | undefined {
  let found: Omit<CorrectedMemory, "memory"> | undefined;
  let judged = 0;
  for (const [at, { at_ms: atMs, change, level, level_by: by, version }] of versions.entries()) {
    const before = versions[at - 1];
    // Telling with a level of one's own corrects nobody, and a new wording says nothing of the level.
    if (before === undefined || by !== "person" || change === "told") judged = level;
    else if (change === "move" || before.level_by !== "person") {
      const isBack = level === judged && before.level !== judged;
      found = isBack ? undefined : { from: judged as Level, version, atMs };
    }
  }
  return found;
}

/** A person's newest live memories whose level nobody corrected, up to the indexed levels. */
export async function leftAsTheyWere(queries: Queries, user: UserId, limit: number): Promise<readonly SealedMemory[]> {
  const rows = await queries
    .selectFrom("memories")
    .selectAll()
    .where("user_id", "=", user)
    .where("state", "=", "live")
    .where("level_by", "<>", "person")
    .where("level", "<=", LEVEL_INDEXED_MAX)
    .orderBy("occurred_at_ms", "desc")
    .orderBy("memory_id", "desc")
    .limit(limit)
    .execute();
  return rows.map(sealedMemoryOf);
}
