/** Memories whose level nobody is sure of: those that a provider may judge, and those that wait for their person's word. */
import type { Level, MemoryId, UserId } from "@kaelix/model";
import { type ExpressionBuilder, type ExpressionWrapper, sql, type SqlBool } from "kysely";

import type { Queries, Tables } from "../schema.ts";
import { type SealedMemory, sealedMemoryOf } from "./rows.ts";

const COUNTED_MAX = 1_000;
/** What is one question: the same words of the same speaker (their keyed hash) at the same level. */
const SAME_WORDS = ["level", "digest"] as const;

/** Up to which level, and below which confidence. */
export interface Doubt {
  readonly levelMax: Level;
  readonly below: number;
}

/** Below which confidence a level waits for a word; a level that is not named waits for none. */
export type AskedLevels = readonly { readonly level: Level; readonly below: number }[];

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
    build("never_recalled", "=", false),
    build("level", "<=", levelMax),
    build("confidence", "<", below),
  ]);
}

/** Words at a level that nobody is sure of, said once or often: one question to their person. */
export interface DoubtedWords {
  /** The memory that says them of whose level the judge is least sure. */
  readonly memory: SealedMemory;
  /** How many memories say the same, by the same speaker, at the same level, and wait too; this one among them. */
  readonly times: number;
  /** When the first of them happened, epoch ms. */
  readonly sinceMs: number;
}

/** A person's own that no person judged and that are asked about, the same words once: the least sure first. */
export async function doubtfulOf(
  queries: Queries,
  user: UserId,
  asked: AskedLevels,
  limit: number,
): Promise<readonly DoubtedWords[]> {
  const rows = await queries
    .with("said", (from) =>
      from
        .selectFrom("memories")
        .where((build) => waitsForWord(build, user, asked))
        .groupBy(SAME_WORDS)
        .select(sql<string>`(array_agg(memory_id order by confidence, memory_id))[1]`.as("first_id"))
        .select((build) => [
          build.fn.countAll<number>().as("times"),
          build.fn.min("occurred_at_ms").as("since_ms"),
          build.fn.min("confidence").as("least"),
        ])
        .orderBy("least")
        .orderBy("first_id")
        .limit(limit),
    )
    .selectFrom("said")
    .innerJoin("memories", "memory_id", "first_id")
    .selectAll("memories")
    .select(["times", "since_ms"])
    .orderBy("least")
    .orderBy("first_id")
    .execute();
  return rows.map(({ since_ms: sinceMs, times, ...row }) => ({ memory: sealedMemoryOf(row), times, sinceMs }));
}

/** How many questions there are; from `COUNTED_MAX` on that many, for nobody needs to know by how much it is too many. */
export async function doubtfulCountOf(queries: Queries, user: UserId, asked: AskedLevels): Promise<number> {
  const row = await queries
    .selectFrom((from) =>
      from
        .selectFrom("memories")
        .where((build) => waitsForWord(build, user, asked))
        .groupBy(SAME_WORDS)
        .select("digest")
        .limit(COUNTED_MAX)
        .as("waiting"),
    )
    .select((build) => build.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** What waits and says the same as a memory at its level, that one left out: the oldest first, at most `limit`. */
export async function sameDoubts(
  queries: Queries,
  { digest, level, memoryId, userId }: SealedMemory,
  asked: AskedLevels,
  limit: number,
): Promise<readonly SealedMemory[]> {
  const rows = await queries
    .selectFrom("memories")
    .selectAll()
    .where((build) => waitsForWord(build, userId, asked))
    .where("digest", "=", digest)
    .where("level", "=", level)
    .where("memory_id", "<>", memoryId)
    .orderBy("occurred_at_ms")
    .orderBy("memory_id")
    .limit(limit)
    .execute();
  return rows.map(sealedMemoryOf);
}

/** Says what the index `memories_by_doubt` says, in its words; what is never to be recalled is not shown to ask about it either. */
function waitsForWord(
  build: ExpressionBuilder<Tables, "memories">,
  user: UserId,
  asked: AskedLevels,
): ExpressionWrapper<Tables, "memories", SqlBool> {
  return build.and([
    build("user_id", "=", user),
    build("state", "=", "live"),
    build("level_by", "<>", "person"),
    build("never_recalled", "=", false),
    build("confidence", "<", Math.max(0, ...asked.map(({ below }) => below))),
    build.or(asked.map(({ below, level }) => build.and([build("level", "=", level), build("confidence", "<", below)]))),
  ]);
}
