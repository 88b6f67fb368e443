/**
 * The second wall as a judge of the first: every query of the stores that asks for what is one person's or one organisation's is run three
 * times over a random world, as it is, with its own condition on whose it is taken out under the policies, and so without them. The first two
 * must agree; the third must not, or taking the condition out does nothing and the comparison shows nothing.
 */
import { ManualClock, seededRandom } from "@kaelix/base";
import { type IdentityEvent, LEVELS, type MemoryEvent, type TenantId, type UserId } from "@kaelix/model";
import {
  type BinaryOperationNode,
  ColumnNode,
  type KyselyPlugin,
  OperationNodeTransformer,
  RawNode,
  ReferenceNode,
  sql,
} from "kysely";
import { expect } from "vitest";

import type { Database } from "../database.ts";
import { createPeopleStore } from "../identity/query.ts";
import { listByTime } from "../memories/list.ts";
import { createMemoryStore } from "../memories/query.ts";
import { countBetween, timeSpanOf } from "../memories/timeline.ts";
import { type ReadScope, readUnder } from "../row-security.ts";
import { createRelationalView } from "../view.ts";
import { baseOf, idOf, remembered, revised, tenantOf } from "./events.ts";

const TENANTS = ["default", "acme", "globex"].map(tenantOf);
const USERS_EACH = 3;
const MEMORIES_EACH = 20;
const EXTERNALS = 12;
/** One above the highest number of a memory. */
const MEMORIES = (USERS_EACH * TENANTS.length + 1) * MEMORIES_EACH;

type Somebody = readonly [TenantId, UserId, number];

type Own = (database: Database) => Promise<unknown>;

/** Fills a database with a world and compares. @returns how many queries were compared, and how many differed without either wall */
export async function compareScopes(database: Database, seed: number): Promise<{ compared: number; bitten: number }> {
  await fill(database, seed);
  const under: Database["read"] = (scope, work) => readUnder(database.queries, scope, work);
  const bare = (read: Database["read"]): Database => ({
    ...database,
    read: (scope, work) => read(scope, (queries) => work(queries.withPlugin(unconditional()))),
  });
  const open = bare((_scope, work) => work(database.queries));
  let bitten = 0;
  let compared = 0;
  for (const [name, ask] of queriesOf(seed)) {
    const expected = await ask({ ...database, read: (_scope, work) => work(database.queries) });
    for (const [which, judged] of [
      ["with its condition", { ...database, read: under }],
      ["without its condition", bare(under)],
    ] as const) {
      expect(await ask(judged), `${name} ${which} (seed ${seed})`).toEqual(expected);
    }
    if (JSON.stringify(await ask(open)) !== JSON.stringify(expected)) bitten++;
    compared++;
  }
  expect(await allUnder(database, {})).toEqual([0, 0, 0, 0, 0, 0]);
  return { compared, bitten };
}

/** How many rows of each table a scope sees when it asks for all. */
export function allUnder(database: Database, scope: ReadScope): Promise<readonly number[]> {
  return readUnder(database.queries, scope, async (scoped) => {
    const counts: number[] = [];
    for (const table of ["memories", "memory_versions", "imports", "users", "sessions", "invites"]) {
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from ${sql.table(table)}`.execute(
        scoped,
      );
      counts.push(rows[0]?.count ?? -1);
    }
    return counts;
  });
}

/** Every query with a scope, for everybody. A store's new query belongs here too. */
function* queriesOf(seed: number): Generator<readonly [string, Own]> {
  const random = seededRandom(seed);
  const waited = (): Promise<void> => Promise.resolve();
  const of = (database: Database): ReturnType<typeof createMemoryStore> => createMemoryStore(database, waited);
  const people = (database: Database): ReturnType<typeof createPeopleStore> =>
    createPeopleStore(database, new ManualClock(), waited);
  for (const tenant of TENANTS) {
    yield [`users of ${tenant}`, (database) => people(database).users(100, undefined, tenant)];
    yield [`invites of ${tenant}`, (database) => people(database).invites(tenant)];
  }
  for (const user of everybody().map(([, one]) => one)) {
    // Anybody's id, one's own or not: what is another's must not be there.
    const memory = idOf("mem", random.integer(MEMORIES));
    const given = idOf("imp", random.integer(USERS_EACH * TENANTS.length) + 1);
    const ids = Array.from({ length: 40 }, () => idOf("mem", random.integer(MEMORIES)));
    const ceiling = LEVELS[random.integer(LEVELS.length)] ?? 1;
    yield [`memory of ${user}`, (database) => of(database).memory(user, memory)];
    yield [`memories of ${user}`, async (database) => byId(await of(database).memories(user, ids))];
    yield [`rowsOf ${user}`, (database) => collected(of(database).rowsOf(user, -1))];
    yield [`liveAtOrAbove of ${user}`, (database) => collected(of(database).liveAtOrAbove(user, 1))];
    const asked = LEVELS.filter((level) => level <= ceiling).map((level) => ({ level, below: 0.95 }));
    yield [`doubtfulOf ${user}`, (database) => of(database).doubtfulOf(user, asked, 100)];
    yield [
      `sameDoubts of ${user}`,
      async (database) => {
        const [first] = await of(database).doubtfulOf(user, asked, 1);
        return first && of(database).sameDoubts(first.memory, asked, 100);
      },
    ];
    yield [`doubtfulCountOf ${user}`, (database) => of(database).doubtfulCountOf(user, asked)];
    const aged = {
      levels: [1, ceiling],
      before: 1_500,
      sources: [{ source: "rest", before: 2_000 }],
      except: [],
    } as const;
    yield [`agedOf ${user}`, (database) => of(database).agedOf(user, aged, { limit: 100 })];
    yield [`agedCountsOf ${user}`, (database) => of(database).agedCountsOf(user, aged)];
    yield [`timeSpanOf ${user}`, (database) => timeSpanOf(database, user, { ceiling })];
    yield [`countBetween of ${user}`, (database) => countBetween(database, user, [0, 1_020, 2_000], { ceiling })];
    yield [`versions of ${user}`, (database) => of(database).versions(user, memory)];
    yield [`known of ${user}`, async (database) => byId([...(await of(database).known(user, ids)).values()])];
    yield [`imports of ${user}`, (database) => of(database).imports(user)];
    yield [`importOf ${user}`, (database) => of(database).importOf(user, given)];
    yield [`importedCount of ${user}`, (database) => of(database).importedCount(user, given)];
    yield [`listByTime of ${user}`, (database) => listByTime(database, user, { ceiling, limit: 20 })];
    yield [`activeSessions of ${user}`, (database) => people(database).activeSessions(user)];
  }
}

async function collected<Row>(pages: AsyncIterable<readonly Row[]>): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}

function byId<Row extends { readonly memoryId: string }>(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((left, right) => (left.memoryId < right.memoryId ? -1 : 1));
}

function everybody(): readonly Somebody[] {
  return TENANTS.flatMap((tenant, at) =>
    Array.from({ length: USERS_EACH }, (_, nth) => {
      const number = at * USERS_EACH + nth + 1;
      return [tenant, idOf("usr", number), number] as const;
    }),
  );
}

async function fill(database: Database, seed: number): Promise<void> {
  const view = createRelationalView(database);
  await view.reset();
  const random = seededRandom(seed);
  const [memories, identities]: [MemoryEvent[], IdentityEvent[]] = [[], []];
  for (const person of everybody()) {
    memories.push(...memoriesOf(person, random));
    identities.push(...identityOf(person));
  }
  await foldAll(view, "memories", memories);
  await foldAll(view, "identity", identities);
}

/** Memories of one person. Ids are their own, what came from outside has the same names for everybody. */
function memoriesOf([tenant, user, number]: Somebody, random: ReturnType<typeof seededRandom>): MemoryEvent[] {
  const base = { ...baseOf(number), tenant, user };
  const given = idOf("imp", number);
  const events: MemoryEvent[] = [{ ...base, type: "import.started", import: given, format: "csv", sealed: "c2VhbGVk" }];
  for (let nth = 0; nth < MEMORIES_EACH; nth++) {
    const memory = number * MEMORIES_EACH + nth;
    const level = LEVELS[random.integer(LEVELS.length)] ?? 1;
    const from = random.integer(2) === 0 ? given : null;
    const external = random.integer(3) === 0 ? null : `external-${random.integer(EXTERNALS)}`;
    const digest = `digest-${nth % 3}`;
    const told = { tenant, level, import: from, external, digest, occurred_at: 1_000 + random.integer(50) };
    events.push(remembered(number, memory, told));
    const what = random.integer(8);
    if (what < 3) events.push(revised(number, memory, { tenant, level }));
    if (what === 3) events.push({ ...base, type: "memory.forgotten", memory: idOf("mem", memory) });
    if (what === 4) events.push({ ...base, type: "memory.erased", memory: idOf("mem", memory) });
  }
  // Naming what is another's changes nothing, whoever wrote it.
  const foreign = MEMORIES_EACH + random.integer(MEMORIES - MEMORIES_EACH);
  return [...events, { ...base, type: "memory.forgotten", memory: idOf("mem", foreign) }];
}

function identityOf([tenant, user, number]: Somebody): IdentityEvent[] {
  const base = { ...baseOf(number, 1_000 + number), tenant, user };
  const person = { role: "member", phone: `phone-${number}`, password: "x", invite: null, sealed: "c2VhbGVk" } as const;
  const sessions = [0, 1].map((nth): IdentityEvent => {
    const session = idOf("ses", number * 10 + nth);
    return { ...base, type: "session.started", session, refresh: "r", expires_at: 9_000, client: "c" };
  });
  const invite = { invite: idOf("inv", number), role: "guest", code: `code-${number}`, expires_at: 9_000 } as const;
  return [{ ...base, type: "user.registered", ...person }, ...sessions, { ...base, type: "invite.created", ...invite }];
}

async function foldAll(
  view: ReturnType<typeof createRelationalView>,
  topic: string,
  events: readonly (MemoryEvent | IdentityEvent)[],
): Promise<void> {
  const positioned = events.map((event, offset) => ({ offset, event }));
  await view.fold({ topic, partition: 0, events: positioned, firstOffset: 0, nextOffset: events.length });
}

const WHOSE = new Set(["user_id", "tenant"]);

/** Takes every condition on whose a row is out of a query: what stood there compares two texts that are never the same. */
function unconditional(): KyselyPlugin {
  const transformer = new Unconditional();
  return {
    transformQuery: ({ node }) => transformer.transformNode(node),
    transformResult: async ({ result }) => result,
  };
}

class Unconditional extends OperationNodeTransformer {
  protected override transformBinaryOperation(node: BinaryOperationNode): BinaryOperationNode {
    const { leftOperand } = node;
    const isWhose =
      ReferenceNode.is(leftOperand) && ColumnNode.is(leftOperand.column) && WHOSE.has(leftOperand.column.column.name);
    return super.transformBinaryOperation(
      isWhose ? { ...node, leftOperand: RawNode.createWithSql("''"), operator: RawNode.createWithSql("<>") } : node,
    );
  }

  protected override transformRaw(node: RawNode): RawNode {
    const sqlFragments = node.sqlFragments.map((text) =>
      text.replaceAll(/\b(?:\w+\.)?(?:user_id|tenant) = $/g, "'' <> "),
    );
    return super.transformRaw({ ...node, sqlFragments });
  }
}
