/** When memories happened: months and days in a person's zone, narrowed, and never above the lock. */
import type { CallInput, Client, Routes } from "@kaelix/contract";
import { expect, test } from "vitest";

import { claimed, closeAfterEach, newFolder, open, problemOf } from "./testing/houses.ts";

closeAfterEach();

type Query = NonNullable<CallInput<Routes["timeline.read"]>["query"]>;

async function counts(client: Client, query: Query): Promise<readonly (readonly [string, number])[]> {
  return (await client.call("timeline.read", { query })).data.data.map(({ count, key }) => [key, count]);
}

test("a timeline names the sources that hold something, and none that holds only what is locked", async () => {
  const ann = await claimed(await open(newFolder()));
  const sources = async (query: Query): Promise<readonly string[]> =>
    (await ann.call("timeline.read", { query })).data.sources;
  await ann.call("memories.create", { body: { text: "The vault is behind the mirror", level: 3 } });
  expect(await sources({})).toEqual([]);
  await ann.call("auth.unlock", { body: { password: "testpassword", level: "secret" } });
  expect(await sources({})).toEqual(["rest"]);
  await ann.call("memories.create", { body: { text: "The shed is green", level: 1, speaker: "Carla" } });
  expect(await sources({ source: "whatsapp" })).toEqual(["rest"]);
  expect(await sources({ person: "carla" })).toEqual(["rest"]);
  expect(await sources({ person: "nobody" })).toEqual([]);
});

test("months and days are of the zone, narrowed by source and by who spoke; nothing above the lock is counted", async () => {
  const ann = await claimed(await open(newFolder()));
  expect((await ann.call("timeline.read")).data).toMatchObject({ total: 0, data: [], zone: "UTC" });
  const tell = (text: string, occurred_at: string, more: object = {}) =>
    ann.call("memories.create", { body: { text, occurred_at, level: 1, ...more } });
  await tell("Late on New Year's Eve", "2025-12-31T23:30:00Z", { speaker: "Carla" });
  await tell("On the first of January", "2026-01-01T12:00:00Z", { speaker: "Carla Rossi" });
  await tell("Spring in Berlin", "2026-03-29T00:30:00Z");
  await tell("The night before", "2026-03-28T22:30:00Z");
  await tell("Long ago", "1931-07-01T12:00:00Z");
  await tell("The vault is behind the mirror", "2026-03-29T10:00:00Z", { level: 3 });
  expect(await counts(ann, {})).toEqual([
    ["2026-03", 2],
    ["2026-01", 1],
    ["2025-12", 1],
    ["1931-07", 1],
  ]);
  expect((await counts(ann, { zone: "Europe/Berlin" })).slice(0, 3)).toEqual([
    ["2026-03", 2],
    ["2026-01", 2],
    ["1931-07", 1],
  ]);
  // The day on which Berlin's clocks go forward begins at 23:00 and ends at 22:00.
  const march = (await ann.call("timeline.read", { query: { zone: "Europe/Berlin", month: "2026-03" } })).data;
  expect(march.data).toEqual([
    { key: "2026-03-29", count: 1, from: "2026-03-28T23:00:00.000Z", to: "2026-03-29T22:00:00.000Z" },
    { key: "2026-03-28", count: 1, from: "2026-03-27T23:00:00.000Z", to: "2026-03-28T23:00:00.000Z" },
  ]);
  expect(await counts(ann, { person: "carla" })).toEqual([
    ["2026-01", 1],
    ["2025-12", 1],
  ]);
  expect(await counts(ann, { person: "rossi", zone: "Europe/Berlin", month: "2026-01" })).toEqual([["2026-01-01", 1]]);
  expect(await counts(ann, { source: "rest", month: "2026-03" })).toHaveLength(2);
  expect(await counts(ann, { source: "whatsapp" })).toEqual([]);
  expect((await ann.call("memories.list", { query: { source: "whatsapp" } })).data.data).toEqual([]);
  expect((await ann.call("memories.list", { query: { source: "rest" } })).data.data).toHaveLength(5);
  await ann.call("auth.unlock", { body: { password: "testpassword", level: "secret" } });
  expect((await counts(ann, {}))[0]).toEqual(["2026-03", 3]);
  const strange = await problemOf(ann.call("timeline.read", { query: { zone: "Mars/Olympus" } }));
  expect([strange.status, strange.errors[0]?.pointer]).toEqual([400, "/zone"]);
  const thirteen = await problemOf(ann.call("timeline.read", { query: { month: "2026-13" } }));
  expect(thirteen.status).toBe(400);
});
