import { sql } from "kysely";
import { expect, test } from "vitest";

import { accountRights } from "./account-rights.ts";
import { createMemoryStore } from "./memories/query.ts";
import { openPostgres } from "./postgres.ts";
import { relationalConformance } from "./testing/conformance.ts";
import { idOf, remembered } from "./testing/events.ts";
import { openFreshPostgres } from "./testing/postgres-database.ts";
import { scopeConformance } from "./testing/scope-tests.ts";
import { createRelationalView } from "./view.ts";

relationalConformance(openFreshPostgres);
scopeConformance(openFreshPostgres);

test("fold of the same batches by two processes at once folds each event once", async () => {
  const first = await openFreshPostgres();
  const second = await openPostgres({ url: first.url });
  try {
    const batches = Array.from({ length: 20 }, (_, batch) => ({
      topic: "memories",
      partition: 0,
      events: Array.from({ length: 10 }, (_unused, index) => ({
        offset: batch * 10 + index,
        event: remembered(1, batch * 10 + index),
      })),
      firstOffset: batch * 10,
      nextOffset: batch * 10 + 10,
    }));
    const [one, two] = [createRelationalView(first), createRelationalView(second)];
    await Promise.all(
      [one, two].map(async (view) => {
        for (const batch of batches) await view.fold(batch);
      }),
    );
    expect(await one.census()).toMatchObject({ memoriesLive: 200 });
    expect(await two.nextOffset("memories", 0)).toBe(200);
    const rows = await first.queries.selectFrom("view_counters").selectAll().execute();
    expect(rows).toEqual([]);
  } finally {
    await second.close();
    await first.close();
  }
});

test("openPostgres refuses tables that another version made", async () => {
  const database = await openFreshPostgres();
  try {
    const migration = database.queries.updateTable("kysely_migration" as "users");
    await migration
      .where("name" as never, "like", "0001%" as never)
      .set({ name: "0001-of-another-version" } as object)
      .execute();
    await expect(openPostgres({ url: database.url })).rejects.toMatchObject({ code: "views-schema-mismatch" });
  } finally {
    await database.close();
  }
});

test("openPostgres says so when the account cannot have the reader's role, and reads all the same", async () => {
  const fresh = await openFreshPostgres();
  const login = `plain_${process.pid}`;
  const run = (statement: string): Promise<unknown> => sql.raw(statement).execute(fresh.queries);
  try {
    await run(`create role ${login} login nocreaterole`);
    await run(`create database ${login} owner ${login}`);
    expect((await accountRights(fresh.url)).spare).toContain("superuser");
    const url = new URL(fresh.url);
    url.username = login;
    url.pathname = `/${login}`;
    const notices: string[] = [];
    const plain = await openPostgres({ url: url.href, onNotice: (notice) => notices.push(notice) });
    expect(notices).toEqual([expect.stringContaining("row-level security")]);
    const store = createMemoryStore(plain, () => Promise.resolve());
    const view = createRelationalView(plain);
    const events = [{ offset: 0, event: remembered(1, 1) }];
    await view.fold({ topic: "memories", partition: 0, events, firstOffset: 0, nextOffset: 1 });
    expect(await store.memory(idOf("usr", 1), idOf("mem", 1))).toMatchObject({ version: 1 });
    await plain.close();
    // An account that owns the tables and may have the role is held to its scope as a superuser is.
    await run(`grant kaelix_reader to ${login}`);
    const held = await openPostgres({ url: url.href, onNotice: (notice) => notices.push(notice) });
    expect(notices).toHaveLength(1);
    const seen = await held.read({ user: idOf("usr", 2) }, (own) => own.selectFrom("memories").selectAll().execute());
    expect(seen).toEqual([]);
    expect(await accountRights(url.href)).toEqual({ account: login, spare: [] });
    await run(`alter role ${login} createdb createrole bypassrls`);
    expect((await accountRights(url.href)).spare).toEqual(["createdb", "createrole", "bypassrls"]);
    expect(
      await held.read({ user: idOf("usr", 1) }, (own) => own.selectFrom("memories").selectAll().execute()),
    ).toHaveLength(1);
    await held.close();
  } finally {
    await run(`drop database if exists ${login} with (force)`);
    await run(`drop role if exists ${login}`);
    await fresh.close();
  }
});
