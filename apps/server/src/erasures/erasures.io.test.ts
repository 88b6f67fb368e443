/** Erasing through the interface: hidden, undone, unreadable, gone from every view and, after the purge, from the files. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { type Client, KaelixProblem } from "@kaelix/contract";
import { openReceipt, soleAuditKey } from "@kaelix/security";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type OpenHouse } from "../server.ts";
import { clientOf, close, closeAfterEach, newFolder, open, problemOf } from "../testing/houses.ts";

const CLAIM_CODE = "TEST-CODE";
const PERSON = { phone: "+1234567890", password: "testpassword" };
let before: string | undefined;

closeAfterEach();
beforeAll(() => {
  before = process.env["KAELIX_CLAIM_CODE"];
  process.env["KAELIX_CLAIM_CODE"] = CLAIM_CODE;
});
afterAll(() => {
  process.env["KAELIX_CLAIM_CODE"] = before;
});

/** A house with its owner, who has just proved themself. */
async function owned(folder = newFolder()): Promise<{ readonly house: OpenHouse; readonly client: Client }> {
  const house = await open(folder);
  const body = { ...PERSON, name: "Ann", claim_code: CLAIM_CODE };
  const { data } = await clientOf(house).call("auth.signUp", { body });
  const client = clientOf(house, data.access_token);
  await client.call("auth.prove", { body: { password: PERSON.password } });
  return { house, client };
}

async function tell(client: Client, text: string): Promise<string> {
  const told = await client.call("memories.create", { body: { text } }, { waitSeconds: 10, until: "indexed" });
  return told.data.memory.id;
}

async function found(client: Client, query: string): Promise<number> {
  return (await client.call("searches.run", { body: { query } })).data.total;
}

async function verified(client: Client): Promise<boolean> {
  return (await client.call("verifications.run")).data.agree;
}

test("an erasure hides at once and can be undone until it is due", async () => {
  const { client } = await owned();
  const kept = await tell(client, "The walnut tree stands behind the shed");
  const gone = await tell(client, "The walnut press is broken");
  const { data: asked } = await client.call("erasures.request", { body: { memories: [gone] } });
  expect(asked).toMatchObject({ state: "waiting", named: 1, erased: 0, receipt: null });
  expect(await found(client, "walnut")).toBe(1);
  const { data: undone } = await client.call("erasures.undo", { params: { id: asked.id } });
  expect(undone.state).toBe("cancelled");
  expect((await client.call("memories.read", { params: { id: gone } })).data.id).toBe(gone);
  expect((await problemOf(client.call("erasures.undo", { params: { id: asked.id } }))).code).toBe("erasure-over");
  expect((await client.call("memories.read", { params: { id: kept } })).data.id).toBe(kept);
});

test("everything that a program told goes by its key, since a time; what it only changed and what others told stays", async () => {
  const { client, house } = await owned();
  const scopes = ["memory.create", "memory.edit", "memory.read"];
  const { data: key } = await client.call("keys.create", { body: { name: "Robot", scopes } });
  const robot = clientOf(house, key.secret);
  const own = await tell(client, "The walnut tree stands behind the shed");
  const early = await tell(robot, "The walnut press is broken");
  const since = new Date(Date.now() + 1).toISOString();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const late = await tell(robot, "The walnut harvest was poor");
  const path = { params: { id: own } };
  await robot.call("memories.edit", { ...path, body: { text: "The walnut tree was cut" } }, { ifMatch: '"1"' });
  const erase = (body: object) =>
    client.call("erasures.request", { body: { key: { id: key.key.id, ...body }, now: true } });
  expect((await erase({ since })).data).toMatchObject({ state: "done", what: "memories", named: 1, erased: 1 });
  expect((await problemOf(client.call("memories.read", { params: { id: late } }))).status).toBe(404);
  expect((await erase({})).data).toMatchObject({ named: 1, erased: 1 });
  expect((await problemOf(client.call("memories.read", { params: { id: early } }))).status).toBe(404);
  expect((await client.call("memories.read", path)).data.text).toBe("The walnut tree was cut");
  const foreign = { key: { id: "key_01JD8QYB3M6W5T0ZK1E9V7RXSC" } };
  expect((await problemOf(client.call("erasures.request", { body: foreign }))).code).toBe("not-found");
  expect(await verified(client)).toBe(true);
});

test("erased now: unreadable, gone from the views, with a receipt that no change of a letter survives", async () => {
  const { client } = await owned();
  const gone = await tell(client, "The walnut press is broken");
  const { data: done } = await client.call("erasures.request", { body: { memories: [gone], now: true } });
  expect(done).toMatchObject({ state: "done", named: 1, erased: 1 });
  expect(done.views.map(({ name }) => name).toSorted()).toEqual(["relational", "search", "world"]);
  expect((await problemOf(client.call("memories.read", { params: { id: gone } }))).status).toBe(404);
  expect((await problemOf(client.call("memories.restore", { params: { id: gone } }))).status).toBe(404);
  expect(await found(client, "walnut")).toBe(0);
  expect(await verified(client)).toBe(true);
  const receipt = done.receipt ?? expect.fail();
  expect(openReceipt(receipt, soleAuditKey(done.public_key))).toContainEqual({ name: "memories", value: "1" });
  expect(openReceipt(receipt.replace("memories: 1", "memories: 2"), soleAuditKey(done.public_key))).toBeUndefined();
  expect(receipt).not.toContain(gone);
  const { data: read } = await client.call("erasures.read", { params: { id: done.id } });
  expect(read.receipt).toBe(receipt);
  expect((await client.call("erasures.list")).data.data.map(({ id }) => id)).toEqual([done.id]);
});

test("erasing needs a proof, and touches and counts nothing above the open level", async () => {
  const { house, client } = await owned();
  const general = await tell(client, "The walnut press is broken");
  const { data: told } = await client.call("memories.create", {
    body: { text: "walnut safe 4711", level: "secret" },
  });
  const { data } = await clientOf(house).call("auth.logIn", { body: PERSON });
  const unproved = clientOf(house, data.access_token);
  const refused = await problemOf(unproved.call("erasures.request", { body: { memories: [general], now: true } }));
  expect(refused.code).toBe("proof-needed");
  const { data: done } = await client.call("erasures.request", { body: { source: { kind: "rest" }, now: true } });
  expect(done).toMatchObject({ named: 1, erased: 1 });
  const above = client.call("erasures.request", { body: { memories: [told.memory.id], now: true } });
  expect((await problemOf(above)).code).toBe("erasure-nothing");
  await client.call("auth.unlock", { body: { password: PERSON.password, level: "secret" } });
  const { data: read } = await client.call("memories.read", { params: { id: told.memory.id } });
  expect(read.text).toBe("walnut safe 4711");
});

test("everything of a source since a time goes, what came before stays", async () => {
  const { client } = await owned();
  const early = await tell(client, "The walnut tree stands");
  await new Promise((resolve) => setTimeout(resolve, 5));
  const since = new Date().toISOString();
  await tell(client, "The walnut press is broken");
  const { data: done } = await client.call("erasures.request", {
    body: { source: { kind: "rest", since }, now: true },
  });
  expect(done).toMatchObject({ what: "source", of: "rest", since, erased: 1 });
  expect((await client.call("memories.read", { params: { id: early } })).data.id).toBe(early);
  const none = client.call("erasures.request", { body: { source: { kind: "kafka" } } });
  expect((await problemOf(none)).code).toBe("erasure-nothing");
});

test("an account goes with everything in it, and stays gone when the views are made anew", async () => {
  const folder = newFolder();
  const { house, client } = await owned(folder);
  await tell(client, "The owner's walnut");
  const { data: invited } = await client.call("invites.create", { body: { role: "member" } });
  const guest = { phone: "+1234567891", password: "harbour walnuts" };
  const { data } = await clientOf(house).call("auth.signUp", {
    body: { ...guest, name: "Carla", invite_code: invited.code },
  });
  const carla = clientOf(house, data.access_token);
  const memory = await tell(carla, "Carla's walnut");
  const proof = await problemOf(carla.call("erasures.request", { body: { account: { confirm: guest.phone } } }));
  expect(proof.code).toBe("proof-needed");
  await carla.call("auth.prove", { body: { password: guest.password } });
  const slip = await problemOf(carla.call("erasures.request", { body: { account: { confirm: PERSON.phone } } }));
  expect(slip.code).toBe("erasure-unconfirmed");
  const owner = await problemOf(client.call("erasures.request", { body: { account: { confirm: PERSON.phone } } }));
  expect(owner.code).toBe("account-last-owner");

  const { data: done } = await carla.call("erasures.request", { body: { account: { confirm: guest.phone } } });
  expect(done).toMatchObject({ state: "done", what: "account", erased: 1 });
  expect(openReceipt(done.receipt ?? "", soleAuditKey(done.public_key))).toBeDefined();
  await expect(carla.call("memories.list", { query: {} })).rejects.toMatchObject({ status: 401 });
  await expect(clientOf(house).call("auth.logIn", { body: guest })).rejects.toBeInstanceOf(KaelixProblem);
  expect(await verified(client)).toBe(true);
  await client.call("views.rebuild", { params: { name: "relational" }, body: {} });
  expect(await verified(client)).toBe(true);
  expect(await found(client, "walnut")).toBe(1);

  // The number is free again, and the new account starts from nothing.
  const { data: again } = await client.call("invites.create", { body: { role: "member" } });
  const { data: anew } = await clientOf(house).call("auth.signUp", {
    body: { ...guest, name: "Carla", invite_code: again.code },
  });
  expect((await clientOf(house, anew.access_token).call("memories.list", { query: {} })).data.data).toEqual([]);
  await close(house);
  expect(
    readdirSync(join(folder, "search")).some((name) => readFileSync(join(folder, "search", name)).includes(memory)),
  ).toBe(false);
});

test("the last person may go; the house can be claimed anew", async () => {
  const { house, client } = await owned();
  await tell(client, "The owner's walnut");
  await client.call("erasures.request", { body: { account: { confirm: PERSON.phone } } });
  const { data } = await clientOf(house).call("auth.signUp", {
    body: { ...PERSON, name: "Bea", claim_code: CLAIM_CODE },
  });
  expect((await clientOf(house, data.access_token).call("memories.list", { query: {} })).data.data).toEqual([]);
});
