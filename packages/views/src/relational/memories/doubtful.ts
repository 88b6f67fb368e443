/** Memories whose level the rules alone decided and are unsure of. */
import type { Level, MemoryId } from "@kaelix/model";
import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from "kysely";

import type { Queries, Tables } from "../schema.ts";
import { type SealedMemory, sealedMemoryOf } from "./rows.ts";

/** Up to which level, and below which confidence. */
export interface Doubt {
  readonly levelMax: Level;
  readonly below: number;
}

/** A page of them, by id: a walk through all reads each row once. */
export async function doubtful(
  queries: Queries,
  doubt: Doubt,
  { after, limit }: { readonly after: MemoryId | undefined; readonly limit: number },
): Promise<readonly SealedMemory[]> {
  const rows = await queries
    .selectFrom("memories")
    .selectAll()
    .where("memory_id", ">", after ?? "")
    .where((build) => isDoubtful(build, doubt))
    .orderBy("memory_id")
    .limit(limit)
    .execute();
  return rows.map(sealedMemoryOf);
}

/** How many there are. */
export async function doubtfulCount(queries: Queries, doubt: Doubt): Promise<number> {
  const row = await queries
    .selectFrom("memories")
    .select((build) => build.fn.countAll<number>().as("count"))
    .where((build) => isDoubtful(build, doubt))
    .executeTakeFirstOrThrow();
  return row.count;
}

function isDoubtful(
  build: ExpressionBuilder<Tables, "memories">,
  { below, levelMax }: Doubt,
): ExpressionWrapper<Tables, "memories", SqlBool> {
  return build.and([
    build("state", "=", "live"),
    build("level_by", "=", "rule"),
    build("level", "<=", levelMax),
    build("confidence", "<", below),
  ]);
}
