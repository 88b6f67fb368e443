/** What every database under the relational view must do; run by one test file per database. */
import { ManualClock } from "@kaelix/base";
import { DEFAULT_TENANT, type IdentityEvent, type KaelixEvent, type MemoryEvent } from "@kaelix/model";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import type { View } from "../../runner/view.ts";
import type { Database, Statement } from "../database.ts";
import { createPeopleStore, type PeopleStore } from "../identity/query.ts";
import { createMemoryStore, type MemoryStore } from "../memories/query.ts";
import type { SealedMemory } from "../memories/rows.ts";
import { createRelationalView } from "../view.ts";
import { agedTests } from "./aged-tests.ts";
import { clauseTests } from "./clause-tests.ts";
import { baseOf, idOf, randomStory, remembered, revised, tenantOf } from "./events.ts";
import { doubtedTests } from "./doubted-tests.ts";
import { neverRecalledTests } from "./never-recalled-tests.ts";

const TABLES = ["memories", "memory_versions", "imports", "users", "sessions", "invites", "view_counters"] as const;

interface House {
  readonly database: Database;
  readonly view: View;
  readonly memories: MemoryStore;
  readonly people: PeopleStore;
  readonly clock: ManualClock;
}

/** Registers the tests for the database that `open` gives. It must be empty but for its tables. */
export function relationalConformance(open: () => Promise<Database>): void {
  let house: House;
  beforeAll(async () => {
    const database = await open();
    const clock = new ManualClock();
    const caughtUp = (): Promise<void> => Promise.resolve();
    house = {
      database,
      clock,
      view: createRelationalView(database),
      memories: createMemoryStore(database, caughtUp),
      people: createPeopleStore(database, clock, caughtUp),
    };
  });
  beforeEach(async () => {
    await house.view.reset();
    await sql`truncate phone_claims`.execute(house.database.queries);
  });
  afterAll(() => house.database.close());

  foldTests(() => house);
  refusalTests(() => house);
  commitTests(() => house);
  memoryQueryTests(() => house);
  clauseTests(() => house);
  agedTests(() => house);
  neverRecalledTests(() => house);
  doubtedTests(() => house);
  historyTests(() => house);
  importTests(() => house);
  identityTests(() => house);
  claimTests(() => house);
}

async function foldAll(view: View, events: readonly KaelixEvent[], from = 0): Promise<void> {
  const isOfMemories = events.every(({ type }) => /^(memory|import)\./.test(type));
  const topic = isOfMemories ? "memories" : "identity";
  const positioned = events.map((event, index) => ({ offset: from + index, event }));
  await view.fold({ topic, partition: 0, events: positioned, firstOffset: from, nextOffset: from + events.length });
}

/** Every table as text, in an order of its own. */
async function everything({ queries }: Database): Promise<unknown> {
  const dump: Record<string, unknown> = {};
  for (const table of TABLES) {
    const { rows } = await sql<{ row: string }>`
      select row_to_json(t)::text as row from ${sql.table(table)} t order by row_to_json(t)::text collate "C"`.execute(
      queries,
    );
    dump[table] = rows.map(({ row }) => row);
  }
  return dump;
}

function foldTests(house: () => House): void {
  test("fold comes to the same tables however the log is cut into batches", async () => {
    const { view, database } = house();
    for (const seed of [1, 2, 3]) {
      const events = randomStory(seed, 80);
      await view.reset();
      await foldAll(view, events);
      const whole = await everything(database);
      await view.reset();
      for (const [offset, event] of events.entries()) await foldAll(view, [event], offset);
      expect(await everything(database), `seed ${seed}`).toEqual(whole);
    }
  });

  test("fold of a batch a second time changes nothing", async () => {
    const { view, database } = house();
    const events = randomStory(4, 80);
    await foldAll(view, events);
    const once = await everything(database);
    await foldAll(view, events);
    await foldAll(view, events.slice(10, 40), 10);
    expect(await everything(database)).toEqual(once);
    expect(await view.nextOffset("memories", 0)).toBe(80);
  });

  test("fold applies only what lies above the offset when a batch overlaps it", async () => {
    const { view, memories } = house();
    await foldAll(view, [remembered(1, 1), remembered(1, 2)]);
    await foldAll(view, [revised(1, 2), remembered(1, 3)], 1);
    expect(await memories.memory(idOf("usr", 1), idOf("mem", 2))).toMatchObject({ version: 1 });
    expect(await memories.memory(idOf("usr", 1), idOf("mem", 3))).toMatchObject({ version: 1, offset: 2 });
  });
}

function refusalTests(house: () => House): void {
  test("fold that fails leaves neither rows nor offset", async () => {
    const { view, database } = house();
    const broken: KaelixEvent = { ...remembered(1, 1), level: 9 as 1 };
    await expect(foldAll(view, [remembered(1, 2), broken])).rejects.toThrow();
    expect(await view.nextOffset("memories", 0)).toBe(0);
    expect(await view.census()).toMatchObject({ memoriesLive: 0 });
    expect(await everything(database)).toMatchObject({ memories: [] });
  });

  test("fold refuses a batch that begins above the offset", async () => {
    await expect(foldAll(house().view, [remembered(1, 1)], 5)).rejects.toMatchObject({ code: "views-offset-gap" });
  });

  test("fold passes a batch without events", async () => {
    const { view } = house();
    await view.fold({ topic: "memories", partition: 3, events: [], nextOffset: 12 });
    expect(await view.nextOffset("memories", 3)).toBe(12);
  });

  test("fold keeps texts that PostgreSQL cannot hold as they are", async () => {
    const { view, people } = house();
    await foldAll(view, [started(1, "a\0b\uD800c")]);
    expect(await people.session(idOf("ses", 1))).toMatchObject({ client: "a\u{FFFD}b\u{FFFD}c" });
  });

  test("fold of many batches at once on different partitions loses none", async () => {
    const { view } = house();
    await Promise.all(
      [0, 1, 2, 3, 4, 5].map((partition) =>
        view.fold({
          topic: "memories",
          partition,
          events: Array.from({ length: 50 }, (_, offset) => ({
            offset,
            event: remembered(partition, partition * 100 + offset),
          })),
          nextOffset: 50,
        }),
      ),
    );
    expect(await view.census()).toEqual({ memoriesLive: 300, memoriesForgotten: 0, memoriesErased: 0, users: 0 });
    const ids = new Set<string>();
    for await (const id of view.memoryIds()) ids.add(id);
    expect(ids.size).toBe(300);
  });
}

function commitTests(house: () => House): void {
  const guard = (from: number): Statement =>
    house()
      .database.queries.updateTable("view_counters")
      .set({ count: from + 1 })
      .where("count", "=", from)
      .compile();
  const refused: Statement = { sql: "insert into view_counters (view) values ($1)", parameters: ["no name"] };
  const counter = { view: "test", name: "commits", count: 0 };

  test("commit does nothing when its guard touches no row", async () => {
    const { database } = house();
    const insert = database.queries.insertInto("view_counters").values(counter).compile();
    expect(await database.commit(guard(0), [insert])).toBe("overtaken");
    expect(await everything(database)).toMatchObject({ view_counters: [] });
    // The session is free again, and not inside a transaction.
    expect(await database.commit(insert, [guard(0)])).toBe("committed");
    expect(await database.commit(guard(0), [])).toBe("overtaken");
    expect(await database.commit(guard(1), [])).toBe("committed");
  });

  test("commit that fails leaves nothing behind and the session usable", async () => {
    const { database } = house();
    await database.queries.insertInto("view_counters").values(counter).execute();
    await expect(database.commit(guard(0), [refused])).rejects.toThrow();
    const [row] = await database.queries.selectFrom("view_counters").selectAll().execute();
    expect(row).toEqual(counter);
    expect(await database.commit(guard(0), [])).toBe("committed");
  });

  test("fold by two views at once folds each event once", async () => {
    const { view, database } = house();
    const other = createRelationalView(database);
    // An event that is left out is counted, once.
    const story = [...Array.from({ length: 60 }, (_, index) => remembered(1, index)), revised(1, 999)];
    await Promise.all(
      [view, other].map(async (one) => {
        for (let from = 0; from < story.length; from += 7) await foldAll(one, story.slice(from, from + 7), from);
      }),
    );
    const twice = await everything(database);
    await view.reset();
    await foldAll(view, story);
    expect(await everything(database)).toEqual(twice);
  });

  test("fold finds out that another view has emptied the tables", async () => {
    const { view, database } = house();
    await foldAll(view, [remembered(1, 1), remembered(1, 2)]);
    await createRelationalView(database).reset();
    await expect(foldAll(view, [remembered(1, 3)], 2)).rejects.toMatchObject({ code: "views-offset-gap" });
    await foldAll(view, [remembered(1, 1)]);
    expect(await view.nextOffset("memories", 0)).toBe(1);
  });
}

const me = idOf("usr", 1);

async function pagesOf(pages: AsyncIterable<readonly SealedMemory[]>): Promise<SealedMemory[]> {
  const all: SealedMemory[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}

function memoryQueryTests(house: () => House): void {
  test("memory gives a memory to its user alone", async () => {
    const { view, memories } = house();
    await foldAll(view, [remembered(1, 1, { level: 3, conversation: idOf("con", 4) })]);
    const memory = await memories.memory(me, idOf("mem", 1));
    expect(memory).toMatchObject({ level: 3, state: "live", version: 1, conversationId: idOf("con", 4), offset: 0 });
    expect(Buffer.from(memory?.sealed ?? []).toString()).toBe("sealed 1 1");
    expect(await memories.memory(idOf("usr", 2), idOf("mem", 1))).toBeUndefined();
    expect(await memories.memories(idOf("usr", 2), [idOf("mem", 1)])).toEqual([]);
    expect(await memories.memories(me, [idOf("mem", 1), idOf("mem", 2)])).toHaveLength(1);
  });

  test("rowsOf gives every row once, in pages, also when many changed at one offset", async () => {
    const { view, memories } = house();
    const tellings = Array.from({ length: 2_300 }, (_, index) => remembered(1, index, { import: idOf("imp", 1) }));
    await foldAll(view, tellings);
    await foldAll(view, [{ ...baseOf(1), type: "import.undone", import: idOf("imp", 1) }], 2_300);
    const rows = await pagesOf(memories.rowsOf(me, -1));
    expect(new Set(rows.map((row) => row.memoryId)).size).toBe(2_300);
    expect(rows).toHaveLength(2_300);
    expect(rows.every((row) => row.state === "forgotten" && row.offset === 2_300)).toBe(true);
    expect(await pagesOf(memories.rowsOf(me, 2_300))).toEqual([]);
    expect(await pagesOf(memories.rowsOf(me, 2_299))).toHaveLength(2_300);
  });

  test("liveAtOrAbove gives live memories of those levels alone", async () => {
    const { view, memories } = house();
    const levels = [1, 2, 3, 4] as const;
    await foldAll(view, [
      ...levels.map((level) => remembered(1, level, { level })),
      remembered(1, 5, { level: 4 }),
      { ...baseOf(1), type: "memory.forgotten", memory: idOf("mem", 5) },
    ]);
    const found = await pagesOf(memories.liveAtOrAbove(me, 3));
    expect(new Set(found.map((row) => row.level))).toEqual(new Set([3, 4]));
  });

  test("known tells of memories by id, in any state, for this user alone", async () => {
    const { view, memories } = house();
    await foldAll(view, [remembered(1, 1), { ...baseOf(1), type: "memory.forgotten", memory: idOf("mem", 1) }]);
    const found = await memories.known(me, [idOf("mem", 1), idOf("mem", 2)]);
    expect([...found]).toEqual([
      [idOf("mem", 1), { memoryId: idOf("mem", 1), digest: "digest-1-1", state: "forgotten", version: 1 }],
    ]);
    expect((await memories.known(idOf("usr", 2), [idOf("mem", 1)])).size).toBe(0);
  });
}

function historyTests(house: () => House): void {
  test("versions gives the newest first, without content after erasure", async () => {
    const { view, memories } = house();
    await foldAll(view, [remembered(1, 1), revised(1, 1), revised(1, 1, { memory_version: 3 })]);
    const all = await memories.versions(me, idOf("mem", 1));
    expect(all.map(({ version, change }) => [version, change])).toEqual([
      [3, "edit"],
      [2, "edit"],
      [1, "told"],
    ]);
    expect(all.map(({ sealed }) => Buffer.from(sealed).toString())).toEqual(["sealed 1 3", "sealed 1 2", "sealed 1 1"]);
    expect(await memories.versions(idOf("usr", 2), idOf("mem", 1))).toEqual([]);
    await foldAll(view, [{ ...baseOf(1), type: "memory.erased", memory: idOf("mem", 1) }], 3);
    const erased = await memories.versions(me, idOf("mem", 1));
    expect(erased.every(({ sealed }) => sealed.length === 0)).toBe(true);
  });

  test("forgottenBefore gives the oldest first and goes on from a cursor", async () => {
    const { view, memories } = house();
    const events: MemoryEvent[] = [];
    for (let index = 0; index < 6; index++) {
      events.push(remembered(1, index));
      events.push({ ...baseOf(1, 10 + index), type: "memory.forgotten", memory: idOf("mem", index) });
    }
    events.push({ ...baseOf(1, 99), type: "memory.erased", memory: idOf("mem", 0) });
    await foldAll(view, events);
    const first = await memories.forgottenBefore(15, 2);
    expect(first.map((row) => row.memoryId)).toEqual([idOf("mem", 1), idOf("mem", 2)]);
    const rest = await memories.forgottenBefore(15, 10, first[1]);
    expect(rest.map((row) => row.memoryId)).toEqual([idOf("mem", 3), idOf("mem", 4)]);
  });
}

function importTests(house: () => House): void {
  const importId = idOf("imp", 1);

  test("imports follow their events; an undone import stays undone", async () => {
    const { view, memories } = house();
    await foldAll(view, [
      { ...baseOf(1, 5), type: "import.started", import: importId, format: "csv", sealed: "c2VhbGVk" },
      remembered(1, 1, { import: importId }),
    ]);
    expect(await memories.unfinishedImports()).toMatchObject([{ importId, user: me }]);
    await foldAll(view, [{ ...baseOf(1, 6), type: "import.undone", import: importId }], 2);
    await foldAll(
      view,
      [{ ...baseOf(1, 7), type: "import.finished", import: importId, added: 1, known: 2, failed: 3, outcome: "done" }],
      3,
    );
    const [found] = await memories.imports(me);
    expect(found).toMatchObject({ state: "undone", added: 1, known: 2, failed: 3, finishedAtMs: 7, undoneAtMs: 6 });
    expect(await memories.importOf(idOf("usr", 2), importId)).toBeUndefined();
    expect(await memories.importedCount(me, importId)).toBe(1);
    expect(await memories.unfinishedImports()).toEqual([]);
  });

  test("import.undone hides what the import brought and nothing else", async () => {
    const { view } = house();
    await foldAll(view, [
      remembered(1, 1, { import: importId }),
      remembered(1, 2),
      remembered(2, 3, { import: importId }),
      { ...baseOf(1), type: "import.undone", import: importId },
      remembered(1, 1, { memory_version: 2, import: importId }),
    ]);
    expect(await view.census()).toMatchObject({ memoriesLive: 3, memoriesForgotten: 0 });
  });
}

function registered(user: number, phone: string, change: { readonly invite?: number } = {}): IdentityEvent {
  const invite = change.invite === undefined ? null : idOf("inv", change.invite);
  return {
    ...baseOf(user, 1_000 + user),
    type: "user.registered",
    role: "member",
    phone,
    password: "$argon2id$x",
    invite,
    sealed: "cHJvZmlsZQ",
  };
}

function started(user: number, client = "browser"): IdentityEvent {
  return {
    ...baseOf(user),
    type: "session.started",
    session: idOf("ses", user),
    refresh: "r0",
    expires_at: 9_000,
    client,
  };
}

function identityTests(house: () => House): void {
  test("people are kept as the log says, the first with a number", async () => {
    const { view, people } = house();
    await foldAll(view, [
      { ...baseOf(9), type: "invite.created", invite: idOf("inv", 1), role: "member", code: "code", expires_at: 9 },
      registered(1, "phone-1", { invite: 1 }),
      registered(2, "phone-1"),
      registered(3, "phone-3"),
    ]);
    expect(await people.userCount()).toBe(2);
    expect(await people.userByPhone("phone-1")).toMatchObject({ user: me, sealed: "cHJvZmlsZQ" });
    expect(await people.user(idOf("usr", 2))).toBeUndefined();
    expect(await people.invite("code")).toMatchObject({ usedBy: me });
    const list = await people.users(10);
    expect(list.map((row) => row.user)).toEqual([me, idOf("usr", 3)]);
    expect(await people.users(10, list[0])).toHaveLength(1);
  });

  test("people and invitations are told apart by organisation", async () => {
    const { view, people } = house();
    const acme = tenantOf("acme");
    const invite = { type: "invite.created", role: "owner", expires_at: 900 } as const;
    const event = { ...baseOf(9), ...invite, tenant: acme, code: "c2", invite: idOf("inv", 2), expires_at: 800 };
    await foldAll(view, [
      { ...baseOf(9), ...invite, tenant: acme, code: "c1", invite: idOf("inv", 1) },
      event,
      { ...baseOf(9), ...invite, tenant: tenantOf("globex"), code: "c3", invite: idOf("inv", 3) },
      registered(1, "phone-1"),
      { ...registered(2, "phone-2", { invite: 1 }), tenant: acme },
      { ...registered(3, "phone-3"), tenant: acme },
    ]);
    const [first, ...others] = await people.users(10, undefined, acme);
    expect([first?.user, ...others.map((row) => row.user)]).toEqual([idOf("usr", 2), idOf("usr", 3)]);
    expect(await people.users(10, first, acme)).toHaveLength(1);
    expect(await people.users(10, undefined, DEFAULT_TENANT)).toHaveLength(1);
    expect((await people.invites(acme)).map((row) => row.invite)).toEqual([event.invite, idOf("inv", 1)]);
    expect(await people.tenants()).toEqual([
      { tenant: "acme", people: 2, invitedUntilMs: 800 },
      { tenant: "default", people: 1, invitedUntilMs: null },
      { tenant: "globex", people: 0, invitedUntilMs: 900 },
    ]);
  });

  test("sessions rotate forward and stay revoked", async () => {
    const { view, people } = house();
    const session = idOf("ses", 1);
    const rotated = {
      ...baseOf(1, 2_000),
      type: "session.rotated",
      session,
      generation: 1,
      refresh: "r1",
      expires_at: 9_500,
    } as const;
    await foldAll(view, [started(1), rotated, { ...rotated, refresh: "stolen" }]);
    expect(await people.session(session)).toMatchObject({ generation: 1, refresh: "r1", expiresAtMs: 9_500 });
    expect(await people.activeSessions(me)).toHaveLength(1);
    await foldAll(
      view,
      [
        { ...baseOf(1), type: "session.revoked", session, reason: "logout" },
        { ...rotated, generation: 2 },
      ],
      3,
    );
    expect(await people.session(session)).toMatchObject({ generation: 1, revoked: "logout" });
    expect(await people.activeSessions(me)).toEqual([]);
  });
}

function claimTests(house: () => House): void {
  test("claimPhone lets one of many through", async () => {
    const { people } = house();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, user) => people.claimPhone("phone", idOf("usr", user))),
    );
    expect(answers.filter((answer) => answer === "claimed")).toHaveLength(1);
  });

  test("claimPhone takes over a claim that grew old, never a registered number", async () => {
    const { view, people, clock } = house();
    expect(await people.claimPhone("phone-1", me)).toBe("claimed");
    clock.advance(9 * 60_000);
    expect(await people.claimPhone("phone-1", idOf("usr", 2))).toBe("taken");
    clock.advance(2 * 60_000);
    expect(await people.claimPhone("phone-1", idOf("usr", 2))).toBe("claimed");
    await foldAll(view, [registered(2, "phone-1")]);
    clock.advance(60 * 60_000);
    expect(await people.claimPhone("phone-1", me)).toBe("taken");
    await people.releasePhone("phone-1", idOf("usr", 2));
    expect(await people.claimPhone("phone-1", me)).toBe("taken");
  });

  test("releaseStaleClaims frees numbers that no registration followed", async () => {
    const { view, people, clock } = house();
    await people.claimPhone("phone-1", me);
    await people.claimPhone("phone-2", idOf("usr", 2));
    await foldAll(view, [registered(2, "phone-2")]);
    expect(await people.releaseStaleClaims(clock.nowMs() - 1)).toBe(0);
    expect(await people.releaseStaleClaims(clock.nowMs() + 1)).toBe(1);
    expect(await people.claimPhone("phone-1", idOf("usr", 3))).toBe("claimed");
    expect(await people.claimPhone("phone-2", idOf("usr", 3))).toBe("taken");
  });
}
