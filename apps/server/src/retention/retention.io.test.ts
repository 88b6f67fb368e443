/** How long memories are kept, through the interface of a whole house whose days are passed in: chosen, announced, gone, and not back. */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import type { Client } from "@kaelix/contract";
import { openReceipt, soleAuditKey } from "@kaelix/security";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { restoreHere } from "../backup/local.ts";
import type { OpenHouse } from "../server.ts";
import { claimed, clientOf, close, closeAfterEach, newFolder, open, problemOf } from "../testing/houses.ts";

const DAY_MS = 86_400_000;
const PASSWORD = "testpassword";
const ANN = { phone: "+1234567890", password: PASSWORD };
const BO = { phone: "+1234567891", password: PASSWORD };
const VARIABLES = { KAELIX_FORGET_UNDO_SECONDS: "10", KAELIX_BACKUP: "" };
const before = new Map<string, string | undefined>();

closeAfterEach();
beforeEach(() => {
  for (const [name, value] of Object.entries(VARIABLES)) {
    before.set(name, process.env[name]);
    process.env[name] = value;
  }
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 0, 10, 9) });
});
afterEach(() => {
  vi.useRealTimers();
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

async function signIn(house: OpenHouse, who = ANN): Promise<Client> {
  const { data } = await clientOf(house).call("auth.logIn", { body: who });
  return clientOf(house, data.access_token);
}

async function member(house: OpenHouse, owner: Client): Promise<Client> {
  const { data: invite } = await owner.call("invites.create", { body: { role: "member" } });
  const { data } = await clientOf(house).call("auth.signUp", { body: { ...BO, name: "Bo", invite_code: invite.code } });
  return clientOf(house, data.access_token);
}

async function tell(client: Client, text: string, level: "general" | "secret" = "general"): Promise<string> {
  const told = await client.call("memories.create", { body: { text, level } }, { waitSeconds: 10, until: "indexed" });
  return told.data.memory.id;
}

async function texts(client: Client): Promise<readonly string[]> {
  return (await client.call("memories.list")).data.data.map(({ text }) => text).toSorted();
}

async function unlock(client: Client): Promise<void> {
  await client.call("auth.unlock", { body: { password: PASSWORD, level: "ultra-secret" } });
}

/** Makes a backup and waits for its end. */
async function backUp(client: Client): Promise<void> {
  await client.call("backups.create");
  await expect.poll(async () => (await client.call("backups.read")).data.running).toBeNull();
}

test("rules are tried first, take nothing for a week, count nothing above the lock, and what went is in no older backup", async () => {
  const folder = newFolder();
  process.env["KAELIX_BACKUP"] = join(newFolder(), "backups");
  let house = await open(folder);
  let ann = await claimed(house);
  const bo = await member(house, ann);
  await tell(ann, "The press is broken");
  await tell(ann, "The safe is open", "secret");
  const wedding = await tell(ann, "The wedding was in June");
  await tell(bo, "Bo's press");
  expect((await ann.call("retention.read")).data).toEqual({
    rules: { months: 84, sources: [] },
    chosen_at: null,
    house: { months: 84, sources: [] },
    announced: null,
    next_30_days: 0,
    kept: 0,
  });
  expect((await ann.call("memories.kept", { params: { id: wedding } })).data).toEqual({
    kept: false,
    until: "2033-01-10",
  });

  vi.setSystemTime(Date.UTC(2026, 2, 1, 9));
  ann = await signIn(house);
  const rules = { months: 1, sources: [] };
  const tried = (await ann.call("retention.preview", { body: { rules } })).data;
  expect(tried).toEqual({
    on: "2026-03-08T09:00:00.000Z",
    total: 2,
    sources: [{ source: "rest", count: 2 }],
    next_30_days: 2,
  });
  expect((await ann.call("retention.read")).data.chosen_at).toBeNull();
  const unproved = ann.call("retention.choose", { body: { rules } });
  expect((await problemOf(unproved)).code).toBe("proof-needed");
  await ann.call("auth.prove", { body: { password: PASSWORD } });
  const chosen = (await ann.call("retention.choose", { body: { rules } })).data;
  expect(chosen).toMatchObject({ rules, announced: { on: "2026-03-08T09:00:00.000Z", total: 2 }, kept: 0 });
  expect((await ann.call("memories.keep", { params: { id: wedding }, body: { kept: true } })).data).toEqual({
    kept: true,
    until: null,
  });
  const foreign = signIn(house, BO).then((client) => client.call("memories.kept", { params: { id: wedding } }));
  expect((await problemOf(foreign)).status).toBe(404);
  const leaving = (await ann.call("retention.leaving", { query: {} })).data;
  expect(leaving.data.map(({ memory, until }) => [memory.text, until])).toEqual([
    ["The press is broken", "2026-02-10"],
  ]);
  expect((await ann.call("retention.read")).data).toMatchObject({
    announced: { total: 1 },
    next_30_days: 1,
    kept: 1,
  });
  await unlock(ann);
  expect((await ann.call("retention.read")).data).toMatchObject({
    announced: { total: 2 },
    next_30_days: 2,
    kept: 1,
  });
  await backUp(ann);
  const atMs = Date.now();

  await close(house);
  vi.setSystemTime(Date.UTC(2026, 2, 8, 9) - 1);
  house = await open(folder);
  expect(await texts(await signIn(house))).toEqual(["The press is broken", "The wedding was in June"]);
  await close(house);
  vi.setSystemTime(Date.UTC(2026, 2, 8, 9));
  house = await open(folder);
  ann = await signIn(house);
  await expect.poll(() => texts(ann)).toEqual(["The wedding was in June"]);
  vi.setSystemTime(Date.now() + 11_000);
  const done = async () =>
    (await ann.call("erasures.list")).data.data.map(({ erased, state, what }) => [what, state, erased]);
  await expect.poll(done).toEqual([["age", "done", 1]]);
  await unlock(ann);
  await expect.poll(done).toEqual([
    ["age", "done", 1],
    ["age", "done", 1],
  ]);
  const [erasure] = (await ann.call("erasures.list")).data.data;
  const receipt = openReceipt(erasure?.receipt ?? "", soleAuditKey(erasure?.public_key ?? ""));
  expect(receipt).toContainEqual({ name: "what", value: "memories that reached the age they are kept to" });
  expect(await texts(await signIn(house, BO))).toEqual(["Bo's press"]);
  expect((await ann.call("verifications.run")).data.agree).toBe(true);
  await backUp(ann);
  await close(house);

  const empty = newFolder();
  mkdirSync(join(empty, "keys"), { mode: 0o700 });
  copyFileSync(join(folder, "keys", "kek.json"), join(empty, "keys", "kek.json"));
  const report = await restoreHere({ dataDirectory: empty, atMs, verifyOnly: false });
  expect(report).toMatchObject({ erasedAgain: 2 });
  const restored = await signIn(await open(empty));
  await unlock(restored);
  expect(await texts(restored)).toEqual(["The wedding was in June"]);
  expect((await restored.call("retention.read")).data).toMatchObject({ rules, announced: null, kept: 1 });
});

test("a program may neither choose nor keep, and what a rule says of a source holds for that alone", async () => {
  const house = await open(newFolder());
  let ann = await claimed(house);
  await tell(ann, "The press is broken");
  await ann.call("auth.prove", { body: { password: PASSWORD } });
  const expires_at = new Date(Date.now() + 900 * DAY_MS).toISOString();
  const { data: key } = await ann.call("keys.create", {
    body: { name: "Robot", scopes: ["memory.create", "memory.read"], expires_at },
  });
  const robot = clientOf(house, key.secret);
  expect((await problemOf(robot.call("retention.read"))).status).toBe(403);
  expect((await problemOf(robot.call("retention.choose", { body: { rules: null } }))).status).toBe(403);
  vi.setSystemTime(Date.UTC(2026, 6, 1, 9));
  ann = await signIn(house);
  const of = async (source: "rest" | "whatsapp") =>
    (await ann.call("retention.preview", { body: { rules: { months: null, sources: [{ source, months: 2 }] } } })).data;
  expect(await of("whatsapp")).toMatchObject({ total: 0, sources: [], next_30_days: 0 });
  expect(await of("rest")).toMatchObject({ total: 1, sources: [{ source: "rest", count: 1 }] });
  const rule = { source: "rest" as const, months: 1 };
  for (const wrong of [{ months: 0 }, { months: 1_201 }, { months: 1, sources: [rule, rule] }])
    expect((await problemOf(ann.call("retention.preview", { body: { rules: wrong } }))).status).toBe(400);
});
