/** The keys that the installation signs with, renewed in a whole house: which tokens come in, what a checkpoint and a receipt are worth, and what a stop, a rebuild and a backup make of it. */
import { generateKeyPairSync, sign } from "node:crypto";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { Client } from "@kaelix/contract";
import { openStreamerLog } from "@kaelix/log";
import { openAuditKeys, openFileKek, openKeystore, openReceipt, soleAuditKey } from "@kaelix/security";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { restoreHere } from "./backup/local.ts";
import type { OpenHouse } from "./server.ts";
import { claimed, clientOf, close, closeAfterEach, newFolder, open, problemOf } from "./testing/houses.ts";

const ANN = { phone: "+1234567890", password: "testpassword" };
const BEN = { phone: "+1234567891", password: "harbour walnuts" };
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

closeAfterEach();
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 0, 10, 9) }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const pass = (ms: number): unknown => vi.setSystemTime(Date.now() + ms);

interface Session {
  readonly access: string;
  readonly refresh: string;
}

async function signIn(house: OpenHouse, who = ANN): Promise<Session> {
  const { data } = await clientOf(house).call("auth.logIn", { body: who });
  return { access: data.access_token, refresh: data.refresh_token ?? "" };
}

async function refreshed(house: OpenHouse, { refresh }: Session): Promise<Session> {
  const { data } = await clientOf(house).call("auth.refresh", { body: { refresh_token: refresh } });
  return { access: data.access_token, refresh: data.refresh_token ?? "" };
}

/** The status that somebody is answered with. */
async function comesIn(house: OpenHouse, { access }: Pick<Session, "access">): Promise<number> {
  const headers = { authorization: `Bearer ${access}` };
  return (await house.fetch("http://localhost/api/v1/me", { headers })).status;
}

async function proved(house: OpenHouse, who = ANN): Promise<Client> {
  const client = clientOf(house, (await signIn(house, who)).access);
  await client.call("auth.prove", { body: { password: who.password } });
  return client;
}

async function member(house: OpenHouse, owner: Client): Promise<void> {
  const { data: invite } = await owner.call("invites.create", { body: { role: "member" } });
  await clientOf(house).call("auth.signUp", { body: { ...BEN, name: "Ben", invite_code: invite.code } });
}

const numbersOf = async (client: Client): Promise<readonly number[]> =>
  (await client.call("signingKeys.read")).data.keys.map(({ number }) => number);

const headOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString());

/** A token with another head, signed by whoever. */
function forged(token: string, head: Record<string, unknown>): Pick<Session, "access"> {
  const text = `${Buffer.from(JSON.stringify(head)).toString("base64url")}.${token.split(".")[1] ?? ""}`;
  const signature = sign(null, Buffer.from(text), generateKeyPairSync("ed25519").privateKey).toString("base64url");
  return { access: `${text}.${signature}` };
}

test("a token of before a renewal comes in until it ends, by restarts and a rebuild as well, and nothing that names a key without being signed by it", async () => {
  const folder = newFolder();
  const house = await open(folder);
  await claimed(house);
  const before = await signIn(house);
  const owner = await proved(house);
  expect(await numbersOf(owner)).toEqual([1, 1, 1, 1]);
  const { data } = await owner.call("signingKeys.renew", { body: {} });
  expect(data).toMatchObject({ renewed_after_days: 90, problem: null });
  expect(data.keys.map(({ former, late, purpose }) => [purpose, former, late])).toEqual([
    ["access-tokens", 1, false],
    ["app-tokens", 1, false],
    ["audit", 0, false],
    ["refresh", 1, false],
  ]);
  const after = await signIn(house);
  expect(headOf(after.access)["kid"]).not.toBe(headOf(before.access)["kid"]);
  expect([await comesIn(house, before), await comesIn(house, after)]).toEqual([200, 200]);
  for (const kid of [headOf(after.access)["kid"], headOf(before.access)["kid"], "", "../1", null])
    expect(await comesIn(house, forged(after.access, { ...headOf(after.access), kid }))).toBe(401);
  await close(house);

  const again = await open(folder);
  expect([await comesIn(again, before), await comesIn(again, after)]).toEqual([200, 200]);
  await close(again);
  // The log alone knows them.
  for (const view of ["database", "search", "world"]) rmSync(join(folder, view), { recursive: true, force: true });
  const rebuilt = await open(folder);
  expect([await comesIn(rebuilt, before), await comesIn(rebuilt, after)]).toEqual([200, 200]);
  const refresh = await refreshed(rebuilt, before);
  expect(headOf(refresh.access)["kid"]).toBe(headOf(after.access)["kid"]);
  pass(10 * MINUTE_MS - 1_000);
  expect(await comesIn(rebuilt, before)).toBe(200);
  pass(1_000);
  expect(await comesIn(rebuilt, before)).toBe(401);
  expect((await refreshed(rebuilt, refresh)).access).not.toBe("");
});

test("keys are renewed by themselves at 90 days; a refresh token of before is good for its month, and the second key after it is another's", async () => {
  const folder = newFolder();
  const house = await open(folder);
  await claimed(house);
  pass(75 * DAY_MS);
  const before = await signIn(house);
  const unused = await signIn(house);
  await close(house);
  pass(15 * DAY_MS - 1);
  const early = await open(folder);
  expect(await numbersOf(await proved(early))).toEqual([1, 1, 1, 1]);
  await close(early);
  pass(1);
  const due = await open(folder);
  const owner = await proved(due);
  await expect.poll(() => numbersOf(owner)).toEqual([2, 2, 2, 2]);
  expect((await refreshed(due, before)).access).not.toBe("");
  pass(15 * DAY_MS);
  expect((await problemOf(refreshed(due, unused))).code).toBe("identity-refresh-invalid");
  await close(due);
  pass(20 * DAY_MS);
  const later = await open(folder);
  const client = await proved(later);
  await expect
    .poll(async () => (await client.call("signingKeys.read")).data.keys.map(({ former }) => former))
    .toEqual([0, 1, 0, 0]);
  expect(await (await later.fetch("http://localhost/metrics")).text()).toContain(
    `\nkaelix_signing_key_age_seconds{purpose="audit"} ${(35 * DAY_MS) / 1_000}\n`,
  );
});

test("a renewal that ends every session ends them at once: nobody's token comes in or is exchanged, and what came open stays shut after a restart", async () => {
  const folder = newFolder();
  const house = await open(folder);
  await member(house, await claimed(house));
  const all = [await signIn(house), await signIn(house, BEN)];
  const owner = await proved(house);
  const { data: robot } = await owner.call("keys.create", { body: { name: "Robot", scopes: ["user.read"] } });
  const { data } = await owner.call("signingKeys.renew", { body: { end_sessions: true } });
  expect(data.keys.map(({ former, number }) => [number, former])).toEqual([2, 2, 2, 2].map((number) => [number, 0]));
  expect((await problemOf(owner.call("me.read"))).status).toBe(401);
  const refused = async (now: OpenHouse): Promise<void> => {
    for (const session of all) {
      expect(await comesIn(now, session)).toBe(401);
      expect((await problemOf(refreshed(now, session))).code).toBe("identity-refresh-invalid");
    }
  };
  await refused(house);
  // Nothing of a program's own key is signed.
  expect(await comesIn(house, { access: robot.secret })).toBe(200);
  // Not the keys alone: the lists say so too.
  expect((await (await proved(house)).call("sessions.list")).data.data).toHaveLength(1);
  await close(house);
  const again = await open(folder);
  await refused(again);
  expect(await comesIn(again, await signIn(again, BEN))).toBe(200);
});

test("whoever runs the house renews them after a proof and nobody else does, and it is written down", async () => {
  const house = await open(newFolder());
  const ann = await claimed(house);
  await member(house, ann);
  const ben = await proved(house, BEN);
  expect((await problemOf(ben.call("signingKeys.read"))).status).toBe(403);
  for (const end_sessions of [true, false]) {
    expect((await problemOf(ben.call("signingKeys.renew", { body: { end_sessions } }))).status).toBe(403);
    expect((await problemOf(ann.call("signingKeys.renew", { body: { end_sessions } }))).code).toBe("proof-needed");
  }
  expect(await numbersOf(ann)).toEqual([1, 1, 1, 1]);
  await ann.call("auth.prove", { body: { password: ANN.password } });
  await ann.call("signingKeys.renew", { body: {} });
  expect(await numbersOf(ann)).toEqual([2, 2, 2, 2]);
  await expect
    .poll(async () => {
      const { data } = await ann.call("audit.list", { query: { limit: 100, action: "signing-keys.renew" } });
      return data.data.map((entry) => `${entry.decision} ${entry.reason}`);
    })
    .toEqual(expect.arrayContaining(["allow done", "deny role", "deny proof"]));
});

test("the audit log and receipts are verified over two renewals and a restart, by whoever has kept the first key", async () => {
  const folder = newFolder();
  const house = await open(folder);
  await claimed(house);
  const kept: string[] = [];
  const receipts: string[] = [];
  const keep = async (client: Client): Promise<string> => {
    const { data: told } = await client.call("memories.create", {
      body: { text: `The shed is locked ${receipts.length}` },
    });
    const body = { memories: [told.memory.id], now: true };
    receipts.push((await client.call("erasures.request", { body })).data.receipt ?? "");
    expect((await client.call("audit.verify", { body: {} })).data).toMatchObject({ whole: true, unsigned: 0 });
    const { data } = await client.call("audit.checkpoint");
    kept.push(data.checkpoint ?? "");
    return data.public_key;
  };
  const owner = await proved(house);
  const first = await keep(owner);
  await owner.call("signingKeys.renew", { body: {} });
  const second = await keep(owner);
  await close(house);
  pass(90 * DAY_MS);
  const again = await open(folder);
  const client = await proved(again);
  await expect.poll(() => numbersOf(client)).toEqual([3, 3, 3, 3]);
  const third = await keep(client);
  const { data } = await client.call("audit.checkpoint");
  const keys = openAuditKeys(data.keys) ?? expect.fail();
  expect(keys.map(({ publicKey }) => publicKey)).toEqual([first, second, third]);
  expect((await client.call("audit.verify", { body: { checkpoints: kept } })).data).toMatchObject({ whole: true });
  for (const [at, receipt] of receipts.entries()) {
    expect(openReceipt(receipt, keys)?.length, receipt).toBeGreaterThan(4);
    expect(openReceipt(receipt, soleAuditKey(keys[at]?.publicKey ?? ""))).toBeDefined();
    expect(openReceipt(receipt, soleAuditKey(keys[(at + 1) % 3]?.publicKey ?? ""))).toBeUndefined();
  }
});

test("a backup holds the keys: what is restored signs on, and takes what was signed before", async () => {
  const place = join(newFolder(), "backups");
  vi.stubEnv("KAELIX_BACKUP", place);
  const folder = newFolder();
  const house = await open(folder);
  await claimed(house);
  const owner = await proved(house);
  await owner.call("signingKeys.renew", { body: {} });
  const session = await signIn(house);
  await owner.call("backups.create");
  await expect
    .poll(async () => (await owner.call("backups.read")).data, { timeout: 20_000 })
    .toMatchObject({ count: 1, running: null });
  const { data: before } = await owner.call("audit.checkpoint");
  await close(house);
  const empty = newFolder();
  mkdirSync(join(empty, "keys"), { mode: 0o700 });
  copyFileSync(join(folder, "keys", "kek.json"), join(empty, "keys", "kek.json"));
  await restoreHere({ dataDirectory: empty, verifyOnly: false });
  vi.unstubAllEnvs();
  const restored = await open(empty);
  expect(await comesIn(restored, session)).toBe(200);
  const client = await proved(restored);
  expect(await numbersOf(client)).toEqual([2, 2, 2, 2]);
  await client.call("signingKeys.renew", { body: {} });
  expect((await client.call("audit.verify", { body: {} })).data).toMatchObject({ whole: true });
  expect((await client.call("audit.checkpoint")).data.keys.slice(0, 2)).toEqual(before.keys);
});

test("no key stands on the log in clear", async () => {
  const folder = newFolder();
  const house = await open(folder);
  await claimed(house);
  await (await proved(house)).call("signingKeys.renew", { body: {} });
  await close(house);
  const log = await openStreamerLog({ directory: join(folder, "log"), settings: { background: false } });
  const keystore = await openKeystore({ log, kek: await openFileKek(join(folder, "keys", "kek.json")) });
  const purposes = ["access-tokens", "app-tokens", "audit", "refresh"] as const;
  const secrets = purposes.flatMap((purpose) => keystore.signing.keys(purpose).map(({ secret }) => secret.export()));
  expect(secrets).toHaveLength(7);
  const { records } = await log.read("keys", 0, 0);
  const text = Buffer.concat(records.map(({ value }) => value ?? Buffer.alloc(0)));
  expect(text.toString()).toContain('"key.signing"');
  for (const secret of secrets)
    for (const written of [secret, secret.toString("hex"), secret.toString("base64url"), secret.toString("base64")])
      expect(text.includes(written)).toBe(false);
  await keystore.close();
  await log.close();
});
