import { expect, test } from "vitest";

import { openPostgres } from "./postgres.ts";
import { relationalConformance } from "./testing/conformance.ts";
import { remembered } from "./testing/events.ts";
import { openFreshPostgres } from "./testing/postgres-database.ts";
import { createRelationalView } from "./view.ts";

relationalConformance(openFreshPostgres);

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
