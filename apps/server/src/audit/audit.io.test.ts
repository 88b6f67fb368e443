import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { systemClock } from "@kaelix/base";
import { type CallInput, type CallOutput, type Client, type Routes } from "@kaelix/contract";
import { openStreamerLog, type StreamerLog } from "@kaelix/log";
import { openAuditKeys, openCheckpoint, hashLeaf, verifyInclusion } from "@kaelix/security";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { OpenHouse } from "../server.ts";
import { clientOf, close, closeAfterEach, newFolder, open, problemOf } from "../testing/houses.ts";
import { importFile } from "../testing/imports.ts";

type Entry = CallOutput<Routes["audit.list"]>["data"][number];
type Query = NonNullable<CallInput<Routes["audit.list"]>["query"]>;

const CLAIM_CODE = "TEST-CODE";
const PHONE = "+1234567890";
const PASSWORD = "testpassword";

// Registered first, and so run last.
closeAfterEach();
beforeEach(() => {
  vi.stubEnv("KAELIX_CLAIM_CODE", CLAIM_CODE);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

interface Person {
  readonly client: Client;
  readonly user: string;
  readonly refreshToken: string;
}

async function signUp(house: OpenHouse, person: { phone: string; name: string; invite?: string }): Promise<Person> {
  const { phone, name, invite } = person;
  const code = invite === undefined ? { claim_code: CLAIM_CODE } : { invite_code: invite };
  const { data } = await clientOf(house).call("auth.signUp", { body: { phone, name, password: PASSWORD, ...code } });
  return { client: clientOf(house, data.access_token), user: data.user.id, refreshToken: data.refresh_token ?? "" };
}

const owner = (house: OpenHouse): Promise<Person> => signUp(house, { phone: PHONE, name: "Ann" });

async function invited(house: OpenHouse, by: Client, role: "admin" | "member", phone: string): Promise<Person> {
  const { data } = await by.call("invites.create", { body: { role } });
  return signUp(house, { phone, name: "Ben", invite: data.code });
}

/** Entries of a query once there are so many: those below level 3 are written a moment after the answer. */
async function entries(client: Client, query: Query, count: number): Promise<readonly Entry[]> {
  for (;;) {
    const { data } = await client.call("audit.list", { query });
    if (data.data.length >= count) return data.data;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const short = ({ action, decision, reason, resource, level }: Entry): string =>
  [action, decision, reason, resource ?? "-", level ?? "-"].join(" ");

async function tellSecret(
  client: Client,
  text = "the safe behind the zebra painting opens with 4417",
): Promise<string> {
  const { data } = await client.call("memories.create", { body: { text, level: "secret" } });
  return data.memory.id;
}

const unlock = async (client: Client): Promise<void> =>
  void (await client.call("auth.unlock", { body: { password: PASSWORD, level: "ultra-secret" } }));

test("signing up, in and out, what is refused, and the level lock are written down; no number and no password is", async () => {
  const house = await open(newFolder());
  const { client, user } = await owner(house);
  await problemOf(clientOf(house).call("auth.logIn", { body: { phone: PHONE, password: "not-my-password" } }));
  const { data: second } = await clientOf(house).call("auth.logIn", { body: { phone: PHONE, password: PASSWORD } });
  await problemOf(client.call("auth.unlock", { body: { password: "not-my-password", level: "secret" } }));
  await unlock(client);
  await client.call("auth.lock");
  await clientOf(house, second.access_token).call("auth.logOut");
  const all = await entries(client, {}, 7);
  expect(all.map(short).reverse().slice(0, 7)).toEqual([
    "identity.signup allow done - -",
    "identity.login deny identity-credentials-wrong - -",
    "identity.login allow done - -",
    "session.unlock deny password-wrong secret -",
    "session.unlock allow done ultra-secret -",
    "session.lock allow done - -",
    "session.end allow done - -",
  ]);
  expect(all.filter((entry) => entry.decision === "allow").every((entry) => entry.user === user)).toBe(true);
  const { data: own } = await client.call("audit.own", { query: {} });
  expect(own.data.at(-1)?.origin).toEqual({ address: "127.0.0.1", client: expect.any(String) });
  const written = JSON.stringify(all);
  for (const word of [PHONE, PHONE.slice(1), PASSWORD, "not-my-password", "Ann"]) expect(written).not.toContain(word);
});

test("a refresh token that is used again is written down with whose session it was", async () => {
  vi.useFakeTimers({ toFake: ["performance", "Date"] });
  const house = await open(newFolder());
  const { user, refreshToken } = await owner(house);
  await clientOf(house).call("auth.refresh", { body: { refresh_token: refreshToken } });
  vi.setSystemTime(Date.now() + 60_000);
  vi.advanceTimersByTime(60_000);
  const { code } = await problemOf(clientOf(house).call("auth.refresh", { body: { refresh_token: refreshToken } }));
  expect(code).toBe("identity-refresh-reused");
  const { data } = await clientOf(house).call("auth.logIn", { body: { phone: PHONE, password: PASSWORD } });
  vi.useRealTimers();
  const [found] = await entries(clientOf(house, data.access_token), { action: "identity.refresh" }, 1);
  expect(found).toMatchObject({ user, decision: "deny", reason: "identity-refresh-reused" });
  expect(found?.resource).toMatch(/^ses_/);
});

test("what stands above level 2 is written down memory by memory, by every way it is shown; below, nothing is", async () => {
  const house = await open(newFolder());
  const { client } = await owner(house);
  const secret = await tellSecret(client);
  const { data: plain } = await client.call("memories.create", { body: { text: "the zebra shed is green", level: 1 } });
  const show = async (): Promise<void> => {
    await client.call("memories.read", { params: { id: plain.memory.id } });
    await client.call("memories.list", { query: {} });
    await client.call("searches.run", { body: { query: "zebra painting" } });
    await client.call("answers.ask", { body: { question: "What is behind the zebra painting?" } });
  };
  await show();
  await unlock(client);
  await show();
  const { etag } = await client.call("memories.read", { params: { id: secret } });
  await client.call("memories.versions", { params: { id: secret } });
  await (await client.open("exports.memories")).text();
  await client.call("memories.forget", { params: { id: secret } }, { ifMatch: etag ?? "" });
  await client.call("memories.restore", { params: { id: secret } });
  await entries(client, { action: "memory.restore" }, 2);
  const { data } = await client.call("audit.list", { query: {} });
  const shown = data.data.filter(({ action }) => /^(memory|export)/.test(action)).reverse();
  expect(shown.map(short)).toEqual([
    `memory.list allow own ${secret} secret`,
    "memory.search allow own - ultra-secret",
    `memory.search allow own ${secret} secret`,
    "memory.ask allow own - ultra-secret",
    `memory.ask allow own ${secret} secret`,
    `memory.read allow own ${secret} secret`,
    `memory.read allow own ${secret} secret`,
    "export.run allow begun - ultra-secret",
    `memory.forget allow own ${secret} secret`,
    `memory.forget allow done ${secret} -`,
    `memory.restore allow own ${secret} ultra-secret`,
    `memory.restore allow done ${secret} -`,
  ]);
  expect(JSON.stringify(data)).not.toContain("zebra");
});

test("while the audit log cannot be written nothing above level 2 is shown, and all below goes on", async () => {
  const folder = newFolder();
  const house = await open(folder);
  const { client } = await owner(house);
  const secret = await tellSecret(client);
  await unlock(client);
  const params = { id: secret };
  const { etag } = await client.call("memories.read", { params });
  const restore = await refuseAudit();
  const refused = [
    () => client.call("memories.read", { params }),
    () => client.call("memories.versions", { params }),
    () => client.call("memories.list", { query: {} }),
    () => client.call("searches.run", { body: { query: "zebra" } }),
    () => client.call("answers.ask", { body: { question: "What is behind the zebra painting?" } }),
    () => client.open("exports.memories"),
    () => client.call("memories.edit", { params, body: { text: "other" } }, { ifMatch: etag ?? "" }),
    () => client.call("memories.move", { params, body: { level: 1 } }, { ifMatch: etag ?? "" }),
    () => client.call("memories.forget", { params }, { ifMatch: etag ?? "" }),
  ];
  for (const call of refused) {
    const problem = await problemOf(call());
    expect(problem).toMatchObject({ status: 503, code: "audit-unavailable" });
    expect(problem.detail).not.toContain("zebra");
  }
  await client.call("auth.lock");
  const { data: told } = await client.call("memories.create", { body: { text: "the shed is green", level: 1 } });
  const { data: read } = await client.call("memories.read", { params: { id: told.memory.id } });
  expect(read.text).toBe("the shed is green");
  restore();
  await unlock(client);
  const { data: again } = await client.call("memories.read", { params });
  expect(again).toMatchObject({ version: 1, level: "secret", text: expect.stringContaining("zebra") });
});

/** Makes every append to topic `audit` of any embedded log fail, as a full disk would; returns what ends that. */
async function refuseAudit(): Promise<() => void> {
  const other = await openStreamerLog({ directory: newFolder(), clock: systemClock });
  const prototype = Object.getPrototypeOf(other) as StreamerLog;
  await other.close();
  const append = Object.getOwnPropertyDescriptor(prototype, "append")?.value as StreamerLog["append"];
  const spy = vi.spyOn(prototype, "append").mockImplementation(function (this: StreamerLog, topic, ...rest) {
    return topic === "audit" ? Promise.reject(new Error("no room")) : append.call(this, topic, ...rest);
  });
  return () => spy.mockRestore();
}

test("admins see who did what, members only what was done in their own name; asking without the right is written down", async () => {
  const house = await open(newFolder());
  const { client, user } = await owner(house);
  const admin = await invited(house, client, "admin", "+4915112345678");
  const member = await invited(house, admin.client, "member", "+4915112345679");
  await unlock(client);
  const secret = await tellSecret(client);
  await client.call("memories.read", { params: { id: secret } });
  const seen = await entries(admin.client, { action: "memory.read" }, 1);
  expect(seen[0]).toMatchObject({ user, resource: secret, level: "secret" });
  const { data: owners } = await admin.client.call("audit.list", { query: { user, action: "session.unlock" } });
  expect(owners.data.map(({ origin }) => origin)).toEqual([null]);
  const { data: mine } = await client.call("audit.list", { query: { user, action: "session.unlock" } });
  expect(mine.data[0]?.origin).toMatchObject({ address: "127.0.0.1" });
  expect((await problemOf(member.client.call("audit.list", { query: {} }))).status).toBe(403);
  expect((await problemOf(member.client.call("audit.prove", { params: { index: 0 } }))).status).toBe(403);
  expect((await problemOf(member.client.call("policy.explain", { body: { action: "memory.read" } }))).status).toBe(403);
  const refused = await entries(client, { decision: "deny", user: member.user }, 3);
  expect(refused.map(short).reverse()).toEqual([
    "audit.read deny role - -",
    "audit.read deny role - -",
    "policy.explain deny role - -",
  ]);
  const { data: own } = await member.client.call("audit.own", { query: {} });
  expect(new Set(own.data.map((entry) => entry.user))).toEqual(new Set([member.user]));
});

test("what a program does with a key is written down as the program's, with its key and its person", async () => {
  const house = await open(newFolder());
  const { client, user } = await owner(house);
  await client.call("auth.prove", { body: { password: PASSWORD } });
  const { data: made } = await client.call("keys.create", {
    body: { name: "helper", kind: "agent", scopes: ["memory.create", "memory.read", "memory.forget"] },
  });
  const agent = clientOf(house, made.secret);
  const { data: told } = await agent.call("memories.create", { body: { text: "the shed is green", level: 1 } });
  const { etag } = await agent.call("memories.read", { params: { id: told.memory.id } });
  await agent.call("memories.forget", { params: { id: told.memory.id } }, { ifMatch: etag ?? "" });
  expect((await problemOf(agent.call("memories.list", { query: {} }))).status).toBe(403);
  const found = (await entries(client, { user }, 6)).filter((entry) => entry.actor === "agent");
  expect(found.map(short).reverse()).toEqual([
    `memory.forget allow done ${told.memory.id} -`,
    "memory.list deny key - -",
  ]);
  expect(new Set(found.map((entry) => entry.key))).toEqual(new Set([made.key.id]));
  expect(JSON.stringify(found)).not.toContain(made.secret);
});

test("that keys of forgotten memories were shredded is written down", async () => {
  vi.stubEnv("KAELIX_FORGET_UNDO_SECONDS", "10");
  const house = await open(newFolder());
  const { client } = await owner(house);
  const { data: told } = await client.call("memories.create", { body: { text: "the shed is green", level: 1 } });
  const { etag } = await client.call("memories.read", { params: { id: told.memory.id } });
  await client.call("memories.forget", { params: { id: told.memory.id } }, { ifMatch: etag ?? "" });
  const [erased] = await entries(client, { action: "memory.erase" }, 1);
  expect(erased).toMatchObject({ actor: "system", decision: "allow", reason: "1 memories" });
});

test("entries come in pages and are narrowed; owner actions and imports are among them", async () => {
  const house = await open(newFolder());
  const { client } = await owner(house);
  await client.call("verifications.run");
  await client.call("views.rebuild", { params: { name: "search" }, body: {} });
  const { id } = await importFile(client, "notes.md", "# One\n\nthe shed is green\n");
  await client.call("imports.undo", { params: { id } });
  await entries(client, { action: "import.undo" }, 1);
  const all: Entry[] = [];
  let cursor: string | null = null;
  do {
    const place: Query = cursor === null ? {} : { cursor };
    const { data } = await client.call("audit.list", { query: { limit: 2, ...place } });
    expect(data.data.length).toBeLessThanOrEqual(2);
    all.push(...data.data);
    cursor = data.page.next;
  } while (cursor !== null);
  const done = all.map(short).filter((line) => !line.startsWith("audit.read"));
  expect(done.reverse()).toEqual([
    "identity.signup allow done - -",
    "server.verify allow done - -",
    "server.rebuild allow done search -",
    "import.upload allow done - -",
    `import.start allow done ${id} -`,
    `import.undo allow done ${id} -`,
  ]);
  const middle = all.find((entry) => entry.action === "server.rebuild");
  const { data: later } = await client.call("audit.list", { query: { after: middle?.at, decision: "allow" } });
  expect(later.data.every((entry) => entry.at >= (middle?.at ?? ""))).toBe(true);
});

test("a checkpoint kept elsewhere and a proof hold without the house; a byte changed on the disk is told, with its entry", async () => {
  const folder = newFolder();
  const house = await open(folder);
  const { client } = await owner(house);
  await unlock(client);
  const secret = await tellSecret(client);
  for (let read = 0; read < 5; read++) await client.call("memories.read", { params: { id: secret } });
  const { data: verified } = await client.call("audit.verify", { body: {} });
  expect(verified).toMatchObject({ whole: true, unsigned: 0, problems: [], first_bad: null });
  const { data: kept } = await client.call("audit.checkpoint");
  const { data: proof } = await client.call("audit.prove", { params: { index: 3 } });
  const checkpoint = openCheckpoint(proof.checkpoint, openAuditKeys(kept.keys) ?? []);
  expect(checkpoint).toBeDefined();
  const path = proof.path.map((hash) => Buffer.from(hash, "base64"));
  const leaf = { index: proof.index, hash: hashLeaf(Buffer.from(proof.entry)) };
  expect(verifyInclusion(leaf, checkpoint ?? { size: 0, root: Buffer.alloc(0) }, path)).toBe(true);
  await close(house);

  const topic = join(folder, "log", "topics", "audit", "0");
  const name = readdirSync(topic).find((file) => file.endsWith(".log")) ?? "";
  expect(existsSync(join(topic, name))).toBe(true);
  const bytes = readFileSync(join(topic, name));
  const at = bytes.indexOf(`"memory.read"`);
  expect(at).toBeGreaterThan(0);
  bytes[at + 3] = (bytes[at + 3] ?? 0) ^ 1;
  writeFileSync(join(topic, name), bytes);

  const reopened = await open(folder);
  const { data: told } = await clientOf(reopened, reopened.operatorToken).call("audit.verify", {
    body: { checkpoints: [kept.checkpoint ?? ""] },
  });
  expect(told.whole).toBe(false);
  expect(told.problems.length).toBeGreaterThan(0);
  const firstRead = 2;
  expect(told.first_bad?.from).toBeLessThanOrEqual(firstRead);
  expect(told.first_bad?.to).toBeGreaterThanOrEqual(told.first_bad?.from ?? 0);
});

test("policy explain answers as the house does, and tells nothing of what is not shared", async () => {
  const house = await open(newFolder());
  const { client, user } = await owner(house);
  const member = await invited(house, client, "member", "+4915112345679");
  const secret = await tellSecret(member.client, "the harbour key is under the third stone");
  const why = async (body: NonNullable<CallInput<Routes["policy.explain"]>["body"]>) =>
    (await client.call("policy.explain", { body })).data;
  const mine = await tellSecret(client, "the cellar key is in the clock");
  const own = await why({ action: "memory.read", memory: mine });
  expect(own).toMatchObject({ allow: false, reason: "level", text: expect.stringContaining("above level 2") });
  const opened = await why({ action: "memory.read", memory: mine, open_up_to: "secret" });
  expect(opened).toMatchObject({ allow: true, reason: "own", subject: { user } });
  expect(await why({ as: member.user, action: "memory.read", memory: mine })).toMatchObject({ reason: "owner" });
  // Of another's memory nobody learns that it is there, nor, by trying one level after the other, where it stands.
  const none = "mem_01JD8QYB3M6W5T0ZK1E9V7RXSC";
  for (const level of ["general", "confidential", "secret", "ultra-secret"] as const) {
    const asked = { as: member.user, action: "memory.read", open_up_to: level } as const;
    expect(await why({ ...asked, memory: secret })).toEqual(await why({ ...asked, memory: none }));
  }
  const foreign = await why({ action: "memory.read", memory: secret });
  const missing = await why({ action: "memory.read", memory: "mem_01JD8QYB3M6W5T0ZK1E9V7RXSC" });
  expect(foreign).toEqual(missing);
  expect(foreign).toMatchObject({ allow: false, reason: "owner", subject: { user } });
  const role = await why({ as: member.user, action: "server.rebuild" });
  expect(role).toMatchObject({ allow: false, reason: "role", text: "member is not among owner" });
  const proof = await why({ action: "key.create" });
  expect(proof).toMatchObject({ allow: false, reason: "proof" });
  expect(await why({ action: "key.create", proved: true })).toMatchObject({ allow: true });
  const unknown = await problemOf(why({ action: "memory.everything" }));
  expect(unknown.code).toBe("action-unknown");
  // What was sent is not repeated.
  expect(unknown.message).not.toContain("everything");
  const nobody = "usr_01JD8QYB3M6W5T0ZK1E9V7RXSC";
  expect((await problemOf(why({ as: nobody, action: "memory.read" }))).status).toBe(404);
});
