/** What a person wants never recalled: kept and theirs to open, and found, answered from, told of and read by programs nowhere. */
import type { CallOutput, Client, Routes } from "@kaelix/contract";
import { expect, test } from "vitest";

import type { OpenHouse } from "./server.ts";
import { claimed, clientOf, close, closeAfterEach, newFolder, open, problemOf } from "./testing/houses.ts";
import { importFile } from "./testing/imports.ts";

type Memory = CallOutput<Routes["memories.read"]>;

const PASSWORD = "testpassword";
const SAID = "My sister Zenobia keeps bees in Harrogate";
const QUESTION = "Where does Zenobia keep bees?";

closeAfterEach();

async function tell(client: Client, text: string, level: 1 | 3 = 1): Promise<Memory> {
  const body = { text, level, conversation: { key: "family", title: "Family" } };
  const { data } = await client.call("memories.create", { body }, { waitSeconds: 10, until: "indexed" });
  return data.memory;
}

async function decide(client: Client, { id, version }: Memory, never: boolean): Promise<Memory> {
  const ifMatch = `"${version}"`;
  return (await client.call("memories.decideRecall", { params: { id }, body: { never } }, { ifMatch })).data;
}

/** Where a memory is come by without being opened by itself. */
async function recalled(client: Client, { id }: Memory, word = "Zenobia"): Promise<Record<string, boolean>> {
  const found = (await client.call("searches.run", { body: { query: word } })).data;
  const answer = (await client.call("answers.ask", { body: { question: QUESTION } })).data;
  const people = (await client.call("people.list")).data;
  const digest = (await client.call("digests.read", { params: { day: "today" } })).data;
  return {
    search: found.hits.some(({ memory }) => memory.id === id) || JSON.stringify(found.facets).includes("Zenobia"),
    answer: answer.citations.some(({ memory }) => memory.id === id),
    people: JSON.stringify(people).includes("Zenobia"),
    digest: JSON.stringify(digest).includes(id),
  };
}

const NOWHERE = { search: false, answer: false, people: false, digest: false };

async function idsOf(client: Client, query: NonNullable<Parameters<typeof list>[1]> = {}): Promise<string[]> {
  return (await list(client, query)).map(({ id }) => id);
}

async function list(client: Client, query: { readonly never_recalled?: "only" | "without" }): Promise<Memory[]> {
  return [...(await client.call("memories.list", { query })).data.data];
}

async function restarted(house: OpenHouse, folder: string): Promise<{ house: OpenHouse; ann: Client }> {
  await close(house);
  const next = await open(folder);
  const { data } = await clientOf(next).call("auth.logIn", { body: { phone: "+1234567890", password: PASSWORD } });
  return { house: next, ann: clientOf(next, data.access_token) };
}

test("a memory that is never to be recalled is come by nowhere, across restarts and rebuilding, until it may be again", async () => {
  const folder = newFolder();
  let house = await open(folder);
  let ann = await claimed(house);
  const bees = await tell(ann, SAID);
  const other = await tell(ann, "The bicycle is in the shed");
  const before = await recalled(ann, bees);
  expect(before).toEqual({ search: true, answer: true, people: true, digest: true });

  expect(await decide(ann, bees, true)).toMatchObject({ id: bees.id, version: 1, never_recalled: true });
  expect(await recalled(ann, bees)).toEqual(NOWHERE);
  // Saying it again changes nothing, and its owner still opens it and sees it where it was said.
  await decide(ann, bees, true);
  const opened = (await ann.call("memories.read", { params: { id: bees.id } })).data;
  expect(opened).toMatchObject({ text: SAID, never_recalled: true, progress: { searchable: false } });
  expect(await idsOf(ann)).toEqual([other.id, bees.id]);
  expect(await idsOf(ann, { never_recalled: "only" })).toEqual([bees.id]);
  expect(await idsOf(ann, { never_recalled: "without" })).toEqual([other.id]);
  expect((await ann.call("memories.connections", { params: { id: bees.id } })).data.data).toEqual([]);
  expect((await ann.call("memories.connections", { params: { id: other.id } })).data.data).toEqual([]);

  ({ house, ann } = await restarted(house, folder));
  expect(await recalled(ann, bees)).toEqual(NOWHERE);
  await ann.call("views.rebuild", { params: { name: "search" } });
  await ann.call("views.rebuild", { params: { name: "relational" } });
  expect(await recalled(ann, bees)).toEqual(NOWHERE);
  expect((await ann.call("verifications.run")).data.agree).toBe(true);

  // Other words for it are kept back like the ones before.
  const call = { params: { id: bees.id }, body: { text: `${SAID}, two hives` } };
  const { data: edited } = await ann.call("memories.edit", call, { ifMatch: '"1"' });
  expect(edited).toMatchObject({ version: 2, never_recalled: true });
  expect(await recalled(ann, bees)).toEqual(NOWHERE);

  const free = await decide(ann, edited, false);
  expect(free).not.toHaveProperty("never_recalled");
  expect(await recalled(ann, bees)).toEqual(before);
  expect(await idsOf(ann, { never_recalled: "only" })).toEqual([]);
});

test("what is never to be recalled no program reads, nobody with whom it was shared, and no session that is open further finds", async () => {
  const house = await open(newFolder());
  const ann = await claimed(house);
  const bees = await tell(ann, SAID);
  const secret = await tell(ann, "Zenobia's safe is behind the hive", 3);
  await ann.call("auth.prove", { body: { password: PASSWORD } });
  const scopes = ["memory.read", "memory.list", "memory.search", "memory.ask", "memory.edit", "memory.forget"];
  const { data: key } = await ann.call("keys.create", { body: { name: "Robot", scopes, level: 1 } });
  const robot = clientOf(house, key.secret);
  const invite = (await ann.call("invites.create", { body: { role: "member" } })).data;
  const signUp = { phone: "+15550101", name: "Ben", password: PASSWORD, invite_code: invite.code };
  const ben = clientOf(house, (await clientOf(house).call("auth.signUp", { body: signUp })).data.access_token);
  const to = (await ben.call("me.read")).data.id;
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  await ann.call("grants.create", { body: { to, what: { type: "all" }, level: 1, expires_at } });
  for (const reader of [robot, ben]) expect(await idsOf(reader)).toEqual([bees.id]);
  // What is recalled as ever stands in nobody's list of what is not.
  for (const reader of [robot, ben, ann]) expect(await idsOf(reader, { never_recalled: "only" })).toEqual([]);

  const params = { id: bees.id };
  const ifMatch = { ifMatch: '"1"' };
  const refused = await problemOf(robot.call("memories.decideRecall", { params, body: { never: true } }, ifMatch));
  expect(refused.status).toBe(403);
  const unseen = await problemOf(ben.call("memories.decideRecall", { params, body: { never: true } }, ifMatch));
  expect(unseen.status).toBe(404);
  const stale = { ifMatch: '"7"' };
  const changed = await problemOf(ann.call("memories.decideRecall", { params, body: { never: true } }, stale));
  expect(changed.code).toBe("version-stale");
  expect(await idsOf(robot)).toEqual([bees.id]);

  await decide(ann, bees, true);
  for (const reader of [robot, ben]) {
    expect(await idsOf(reader)).toEqual([]);
    expect(await idsOf(reader, { never_recalled: "only" })).toEqual([]);
    expect((await problemOf(reader.call("memories.read", { params }))).status).toBe(404);
    expect((await reader.call("searches.run", { body: { query: "Zenobia" } })).data.total).toBe(0);
    expect((await reader.call("answers.ask", { body: { question: QUESTION } })).data.kind).toBe("nothing");
  }
  for (const call of [
    () => robot.call("memories.edit", { params, body: { text: "no" } }, ifMatch),
    () => robot.call("memories.forget", { params }, ifMatch),
    () => robot.call("memories.versions", { params }),
  ])
    expect((await problemOf(call())).status).toBe(404);

  await ann.call("auth.unlock", { body: { password: PASSWORD, level: "secret" } });
  expect((await ann.call("searches.run", { body: { query: "safe hive" } })).data.total).toBe(1);
  await decide(ann, secret, true);
  expect((await ann.call("searches.run", { body: { query: "safe hive" } })).data.total).toBe(0);
  expect(await idsOf(ann, { never_recalled: "only" })).toEqual([secret.id, bees.id]);
});

test("an export keeps what is never to be recalled, and brought in elsewhere it is come by nowhere", async () => {
  const from = await open(newFolder());
  const ann = await claimed(from);
  await decide(ann, await tell(ann, SAID), true);
  await tell(ann, "The bicycle is in the shed");
  const lines = await (await ann.open("exports.memories")).text();
  await close(from);

  const cleo = await claimed(await open(newFolder()));
  await importFile(cleo, "kaelix.jsonl", lines);
  const [kept] = await list(cleo, { never_recalled: "only" });
  expect(kept?.text).toBe(SAID);
  expect(await recalled(cleo, kept ?? expect.fail())).toEqual(NOWHERE);
  expect(await idsOf(cleo)).toHaveLength(2);
  // Anybody else's file says no such thing.
  await importFile(cleo, "other.jsonl", JSON.stringify({ text: "Xanthe paints", never_recalled: true }));
  expect((await cleo.call("searches.run", { body: { query: "Xanthe" } })).data.total).toBe(1);
});
