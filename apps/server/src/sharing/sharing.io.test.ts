import type { Client } from "@kaelix/contract";
import { afterAll, beforeAll, expect, test } from "vitest";

import { clientOf, newFolder, problemOf } from "../testing/houses.ts";
import { type OpenHouse, openHouse } from "../server.ts";

const CLAIM_CODE = "TEST-CODE";
const PASSWORD = "harbour walnuts";
const DAY_MS = 86_400_000;
let house: OpenHouse;
let ada: Client;
let ben: Client;
let carla: Client;
let before: string | undefined;

beforeAll(async () => {
  before = process.env["KAELIX_CLAIM_CODE"];
  process.env["KAELIX_CLAIM_CODE"] = CLAIM_CODE;
  house = await openHouse({ dataDirectory: newFolder() });
  ada = await signUp("+4930100001", "Ada", { claim_code: CLAIM_CODE });
  ben = await join("+4930100002", "Ben");
  carla = await join("+4930100003", "Carla");
});
afterAll(async () => {
  await house.close();
  process.env["KAELIX_CLAIM_CODE"] = before;
});

async function signUp(phone: string, name: string, more: Readonly<Record<string, string>>): Promise<Client> {
  const body = { phone, name, password: PASSWORD, ...more };
  const { data } = await clientOf(house).call("auth.signUp", { body });
  return clientOf(house, data.access_token);
}

async function join(phone: string, name: string): Promise<Client> {
  const { data } = await ada.call("invites.create", { body: { role: "member" } });
  return signUp(phone, name, { invite_code: data.code });
}

const idOf = async (client: Client): Promise<string> => (await client.call("me.read")).data.id;
const soon = (): string => new Date(Date.now() + DAY_MS).toISOString();

interface Told {
  readonly id: string;
  readonly conversation: string;
}

async function tell(client: Client, text: string, level: number, key = "trip"): Promise<Told> {
  const body = { text, level, conversation: { key, title: `The ${key}` } };
  const options = { waitSeconds: 10 };
  const { data } = await client.call("memories.create", { body }, options);
  return { id: data.memory.id, conversation: data.memory.conversation?.id ?? "" };
}

test("a conversation shared up to level 1 is seen in every list, marked, and nothing else of its owner", async () => {
  const open = await tell(ada, "The ferry to Naxos leaves at ten", 1);
  const above = await tell(ada, "The ferry ticket is under my maiden name Marlowe", 2);
  const elsewhere = await tell(ada, "The ferry crew owes me money", 1, "debts");
  await tell(ben, "I get seasick", 1, "own");
  const [to, from] = [await idOf(ben), await idOf(ada)];
  const body = { to, what: { type: "conversation", conversation: open.conversation }, expires_at: soon() } as const;
  expect((await problemOf(ada.call("grants.create", { body }))).code).toBe("proof-needed");
  await ada.call("auth.prove", { body: { password: PASSWORD } });
  const { data: share } = await ada.call("grants.create", { body });
  expect(share).toMatchObject({ from: { name: "Ada" }, to: { name: "Ben" }, label: "The trip", level: "general" });

  const mark = { by: { id: from, name: "Ada" }, grant: share.id, until: share.expires_at };
  const listed = (await ben.call("memories.list")).data.data;
  expect(listed.map(({ text }) => text).toSorted()).toEqual(["I get seasick", "The ferry to Naxos leaves at ten"]);
  const shown = listed.find(({ id }) => id === open.id);
  expect(shown).toMatchObject({ shared: mark, speaker: "Ada" });
  expect((await ben.call("memories.read", { params: { id: open.id } })).data.shared).toEqual(mark);
  for (const { id } of [above, elsewhere]) {
    expect((await problemOf(ben.call("memories.read", { params: { id } }))).status).toBe(404);
  }
  const found = (await ben.call("searches.run", { body: { query: "ferry" } })).data;
  expect(found.hits.map(({ memory }) => memory.id)).toEqual([open.id]);
  expect(found).toMatchObject({ total: 1, facets: { person: [{ value: "Ada", count: 1 }] } });
  expect(found.facets?.owner).toContainEqual({ value: from, label: "Ada", count: 1 });
  const near = (await ben.call("searches.run", { body: { query: "Marlow" } })).data;
  expect(JSON.stringify(near)).not.toContain("Marlowe");
  const answer = (await ben.call("answers.ask", { body: { question: "When does the ferry leave?" } })).data;
  expect(answer).toMatchObject({ kind: "quoted", citations: [{ memory: { id: open.id, shared: mark } }] });
  const threads = (await ben.call("conversations.list")).data.data;
  expect(threads.find(({ id }) => id === open.conversation)).toMatchObject({ memories: 1, shared: mark });
  expect(threads.map(({ title }) => title ?? "").toSorted()).toEqual(["The own", "The trip"]);

  // Nothing of it for others, for programs, or for who asks for their own.
  const mine = (await ben.call("memories.list", { query: { owner: "me" } })).data.data;
  expect(mine.map(({ text }) => text)).toEqual(["I get seasick"]);
  const theirs = (await ben.call("memories.list", { query: { owner: "others" } })).data.data;
  expect(theirs.map(({ id }) => id)).toEqual([open.id]);
  expect((await carla.call("memories.list")).data.data).toEqual([]);
  expect((await problemOf(carla.call("memories.read", { params: { id: open.id } }))).status).toBe(404);
  await ben.call("auth.prove", { body: { password: PASSWORD } });
  const scopes = ["memory.read", "memory.list", "memory.search", "memory.ask"];
  const { data: key } = await ben.call("keys.create", { body: { name: "Robot", scopes, level: 2 } });
  const robot = clientOf(house, key.secret);
  expect((await problemOf(robot.call("memories.read", { params: { id: open.id } }))).status).toBe(404);
  expect((await robot.call("searches.run", { body: { query: "ferry" } })).data.total).toBe(0);

  // It can be read and nothing else.
  const options = { ifMatch: '"1"' };
  const params = { id: open.id };
  for (const call of [
    () => ben.call("memories.edit", { params, body: { text: "no" } }, options),
    () => ben.call("memories.forget", { params }, options),
    () => ben.call("memories.move", { params, body: { level: 1 } }, options),
    () => ben.call("memories.versions", { params }),
  ]) {
    expect((await problemOf(call())).status).toBe(404);
  }
  expect((await problemOf(carla.call("grants.end", { params: { id: share.id } }))).status).toBe(404);

  const later = await tell(ada, "The ferry is late today", 1);
  expect((await ben.call("searches.run", { body: { query: "ferry" } })).data.total).toBe(2);
  await ada.call("memories.move", { params: { id: later.id }, body: { level: 2 } }, options);
  await tell(ada, "waiting for the index", 1, "other");
  expect((await ben.call("searches.run", { body: { query: "late" } })).data.total).toBe(0);

  await ada.call("grants.end", { params: { id: share.id } });
  expect((await problemOf(ben.call("memories.read", { params: { id: open.id } }))).status).toBe(404);
  expect((await ben.call("searches.run", { body: { query: "ferry" } })).data.total).toBe(0);
  expect((await ben.call("memories.list", { query: { owner: "others" } })).data.data).toEqual([]);
  expect((await ben.call("grants.list")).data.received).toEqual([]);
  expect((await ada.call("grants.list")).data.given[0]).toMatchObject({ id: share.id, state: "ended" });
});

test("level 3 is shared only to who has opened their session, for the purpose said, and each look is written down", async () => {
  const secret = await tell(ada, "The safe opens with 4711", 3, "safe");
  await ada.call("auth.prove", { body: { password: PASSWORD } });
  const [to, from] = [await idOf(ben), await idOf(ada)];
  const what = { type: "memories" as const, memories: [secret.id] };
  const body = { to, what, level: 3, purpose: "emergency", expires_at: soon() };
  expect((await problemOf(ada.call("grants.create", { body: { ...body, level: 4 } }))).code).toBe("grant-invalid");
  const { data: share } = await ada.call("grants.create", { body });
  const forIt = { purpose: "emergency" };
  const params = { id: secret.id };
  expect((await problemOf(ben.call("memories.read", { params }, forIt))).status).toBe(404);
  await ben.call("auth.unlock", { body: { password: PASSWORD, level: 3 } });
  expect((await problemOf(ben.call("memories.read", { params }))).status).toBe(404);
  expect((await ben.call("memories.read", { params }, forIt)).data).toMatchObject({ shared: { by: { id: from } } });
  const found = (await ben.call("searches.run", { body: { query: "safe" } }, forIt)).data;
  expect(found).toMatchObject({ total: 1, hits: [{ memory: { id: secret.id } }] });
  expect((await ben.call("searches.run", { body: { query: "safe" } })).data.total).toBe(0);
  const entries = (await ada.call("audit.list", { query: { limit: 200 } })).data.data;
  expect(entries.find(({ action, resource }) => action === "memory.read" && resource === secret.id)).toMatchObject({
    user: to,
    reason: "grant",
  });
  const given = entries.filter(({ action }) => action === "grant.give");
  expect(given.map(({ resource, reason }) => [resource, reason])).toContainEqual([share.id, "done"]);
  // Before it was given, so that it is not given when it cannot be written.
  expect(given.map(({ resource, reason, level }) => [resource, reason, level])).toContainEqual([
    "secret",
    "begun",
    "secret",
  ]);
  await ben.call("grants.end", { params: { id: share.id } });
  expect((await problemOf(ben.call("memories.read", { params }, forIt))).status).toBe(404);
});

test("what names somebody is shared by name: told first, followed through edits, parting and forgetting, and counted nowhere else", async () => {
  const client = await join("+4930100004", "Dora");
  const [to, me] = [await idOf(ben), await idOf(client)];
  const first = await tell(client, "My brother Tom lives in Leeds now", 1, "family");
  const second = await tell(client, "Tom owes me 50 quid for the train tickets", 2, "family");
  await tell(client, "The tickets to Leeds were expensive", 1, "family");
  const { data: called } = await client.call("grants.subjects", { query: { query: "tom" } });
  expect(called.data).toMatchObject([
    { kind: "person", name: "Tom", relation: "brother", memories: { general: 1, confidential: 2 } },
  ]);
  const subject = called.data[0]?.id ?? "";
  await client.call("auth.prove", { body: { password: PASSWORD } });
  const body = { to, what: { type: "about" as const, subject }, expires_at: soon() };
  expect((await problemOf(client.call("grants.create", { body: { ...body, level: 3 } }))).code).toBe("grant-invalid");
  // Who is who stands at confidential.
  const scopes = ["people.read"];
  const { data: key } = await client.call("keys.create", { body: { name: "Low", scopes, level: 1 } });
  expect((await problemOf(clientOf(house, key.secret).call("grants.subjects"))).status).toBe(403);
  // Another's person is nobody.
  await ada.call("auth.prove", { body: { password: PASSWORD } });
  expect((await problemOf(ada.call("grants.create", { body }))).code).toBe("grant-invalid");
  const { data: share } = await client.call("grants.create", { body });
  expect(share).toMatchObject({ label: "Tom", covers: 1, level: "general", what: { type: "about", subject } });

  const seen = async (): Promise<string[]> => {
    const query = { owner: "others" as const };
    const listed = (await ben.call("memories.list", { query })).data.data.map(({ text }) => text).toSorted();
    const found = (await ben.call("searches.run", { body: { query: "", filter: query } })).data;
    expect(found.hits.map(({ memory }) => memory.text).toSorted()).toEqual(listed);
    expect(found.total).toBe(listed.length);
    expect((found.facets?.owner ?? []).reduce((sum, { count }) => sum + count, 0)).toBe(listed.length);
    const threads = (await ben.call("conversations.list", { query })).data.data;
    expect(threads.reduce((sum, { memories }) => sum + memories, 0)).toBe(listed.length);
    return listed;
  };
  expect(await seen()).toEqual(["My brother Tom lives in Leeds now"]);
  expect((await problemOf(ben.call("memories.read", { params: { id: second.id } }))).status).toBe(404);
  const { received } = (await ben.call("grants.list")).data;
  // No more than what is open to him: neither an id nor a count.
  expect(received.find(({ id }) => id === share.id)).toMatchObject({
    label: "Tom",
    covers: null,
    what: { type: "about" },
  });
  expect(received.find(({ id }) => id === share.id)?.what.subject).toBeUndefined();
  expect((await ben.call("grants.subjects", { query: { query: "tom" } })).data.data).toEqual([]);

  const third = await tell(client, "Tom moved to Manchester last week", 1, "family");
  expect(await seen()).toEqual(["My brother Tom lives in Leeds now", "Tom moved to Manchester last week"]);
  await client.call(
    "memories.edit",
    { params: { id: third.id }, body: { text: "Nadia moved to Manchester last week" } },
    { ifMatch: '"1"' },
  );
  expect((await problemOf(ben.call("memories.read", { params: { id: third.id } }))).status).toBe(404);
  await expect.poll(seen).toEqual(["My brother Tom lives in Leeds now"]);
  const ids = (await client.call("people.list")).data.data.map(({ id, name }) => [name, id] as const);
  const nadia = Object.fromEntries(ids)["Nadia"] ?? "";
  const { data: merged } = await client.call("people.decide", {
    body: { what: "merge", person: subject, other: nadia },
  });
  expect(await seen()).toEqual(["My brother Tom lives in Leeds now", "Nadia moved to Manchester last week"]);
  await client.call("people.undo", { params: { id: merged.id } });
  expect(await seen()).toEqual(["My brother Tom lives in Leeds now"]);
  await client.call("memories.forget", { params: { id: first.id } }, { ifMatch: '"1"' });
  await expect.poll(seen).toEqual([]);
  const { given } = (await client.call("grants.list")).data;
  expect(given).toMatchObject([{ id: share.id, label: null, covers: 0, from: { id: me } }]);
});
