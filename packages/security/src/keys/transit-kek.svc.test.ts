/** The Transit provider against a real OpenBao (`npm run services -- openbao`). */
import { randomUUID } from "node:crypto";

import { DEFAULT_TENANT, makeId, type MemoryId } from "@kaelix/model";
import { systemRandom } from "@kaelix/base";
import { MemoryLog } from "@kaelix/log/testing";
import { beforeAll, expect, test } from "vitest";

import { startService } from "../../../../tools/services/table.ts";
import { tell, unread } from "../testing/key-stage.ts";
import { KekRotation } from "./kek-rotation.ts";
import type { RotatingKek } from "./kek.ts";
import { type Keystore, openKeystore } from "./keystore.ts";
import { UserKeyRenewal } from "./user-key-renewal.ts";
import { openTransitKek, type TransitOptions } from "./transit-kek.ts";

const secret = Buffer.alloc(32, 7);
const aad = Buffer.from("place");
let [url, token, mount] = ["", "", ""];

async function call(
  method: string,
  path: string,
  body?: object,
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`${url}/v1/${path}`, {
    method,
    headers: { "x-vault-token": token },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

const open = async (key: string, more: Partial<TransitOptions> = {}): Promise<RotatingKek> =>
  openTransitKek({ url, key, mount, token: () => token, ...more });

beforeAll(async () => {
  const environment = await startService("openbao");
  [url, token] = [environment["OPENBAO_URL"] ?? "", environment["OPENBAO_TOKEN"] ?? ""];
  mount = `transit-${randomUUID()}`;
  expect((await call("POST", `sys/mounts/${mount}`, { type: "transit" })).status).toBe(204);
});

test("openTransitKek makes a key that stays on the server, and wraps for one place alone", async () => {
  const kek = await open("wraps");
  expect([kek.currentVersion(), await kek.health()]).toEqual([1, { type: "ok" }]);
  const wrapped = await kek.wrap(secret, aad);
  expect(wrapped.kekVersion).toBe(1);
  expect(Buffer.from(wrapped.wrapped).includes(secret)).toBe(false);
  expect(await kek.unwrap(wrapped, aad)).toEqual(secret);
  expect(await kek.unwrap(wrapped, Buffer.from("other"))).toBeUndefined();
  expect(await kek.unwrap({ ...wrapped, kekVersion: 2 }, aad)).toBeUndefined();
  for (const bytes of [Buffer.from(""), Buffer.from("vault:v1:AAAA"), Buffer.from("rubbish")]) {
    expect(await kek.unwrap({ kekVersion: 1, wrapped: bytes }, aad)).toBeUndefined();
  }
  for (let at = 10; at < wrapped.wrapped.length; at += 7) {
    const bytes = Buffer.from(wrapped.wrapped);
    bytes[at] = bytes[at] === 0x41 ? 0x42 : 0x41;
    expect(await kek.unwrap({ kekVersion: 1, wrapped: bytes }, aad)).toBeUndefined();
  }
  expect((await open("wraps", { create: false })).currentVersion()).toBe(1);
  await expect(open("nothing", { create: false })).rejects.toMatchObject({ code: "kms-key-missing" });
});

test("rotate brings in a version, destroyBefore takes the old ones away for ever", async () => {
  const kek = await open("rotates");
  const first = await kek.wrap(secret, aad);
  const elsewhere = await open("rotates");
  expect(await kek.rotate()).toBe(2);
  expect(await kek.currentSinceMs()).toBeGreaterThan(Date.now() - 60_000);
  const second = await elsewhere.wrap(secret, aad);
  expect([second.kekVersion, elsewhere.currentVersion()]).toEqual([2, 2]);
  expect(await kek.unwrap(first, aad)).toEqual(secret);
  await expect(kek.destroyBefore(3)).rejects.toMatchObject({ code: "key-version-missing" });
  await kek.destroyBefore(2);
  await expect(kek.unwrap(first, aad)).rejects.toMatchObject({ code: "key-version-missing" });
  expect(await kek.unwrap(second, aad)).toEqual(secret);
  // Not even whoever administers the server brings it back.
  const back = await call("POST", `${mount}/keys/rotates/config`, { min_decryption_version: 1 });
  expect(back.status).toBe(400);
});

test("a key that could leave the server, and a token that may not, are refused and said so", async () => {
  for (const [name, settings] of [
    ["exportable", { exportable: true }],
    ["backup", { allow_plaintext_backup: true }],
    ["derived", { derived: true }],
    ["rsa", { type: "rsa-2048" }],
  ] as const) {
    await call("POST", `${mount}/keys/${name}`, settings);
    await expect(open(name)).rejects.toMatchObject({ code: "kms-key-unsafe" });
  }
  await open("denied");
  const denied = open("denied", { token: () => "wrong" });
  await expect(denied).rejects.toMatchObject({ code: "kms-denied", message: expect.not.stringContaining("wrong") });
});

test("a keystore over it survives an epoch: keys open, those from before it do not", async () => {
  const kek = await open("epochs");
  const log = new MemoryLog();
  const keystore = await openKeystore({ log, kek });
  const users = Array.from({ length: 40 }, () => makeId("usr", 1, systemRandom));
  for (const user of users) await keystore.ensureUserKey(DEFAULT_TENANT, user);
  const hashes = await Promise.all(users.map(async (user) => keystore.lookupHash(user, "test", "text")));
  const rotation = new KekRotation({ kek, keystore });
  const old = [...log.records("keys", 0)];
  await rotation.rotate();
  await rotation.rotate();
  expect(rotation.status()).toMatchObject({ provider: "transit", version: 3, behind: 0, done: 45, total: 45 });
  await keystore.close();
  const again = await openKeystore({ log, kek: await open("epochs") });
  expect(await Promise.all(users.map(async (user) => again.lookupHash(user, "test", "text")))).toEqual(hashes);
  await again.close();
  // A backup of the wrapped keys from two epochs ago opens nothing.
  const restored = new MemoryLog();
  await restored.createTopic({ name: "keys", partitions: 1, compacted: true });
  await restored.append("keys", 0, old);
  await expect(openKeystore({ log: restored, kek: await open("epochs") })).rejects.toMatchObject({
    code: "key-version-missing",
  });
});

test("a person's key and what signs are renewed over it, while it is renewed itself: everything opens, and nothing of before", async () => {
  const kek = await open("renewals");
  const log = new MemoryLog();
  const keystore = await openKeystore({ log, kek });
  const user = makeId("usr", 1, systemRandom);
  await keystore.ensureUserKey(DEFAULT_TENANT, user);
  const stage = { keystore, log, user, told: new Map<MemoryId, string>() };
  await tell(stage, 600);
  const renewal = new UserKeyRenewal({ keystore });
  const rotation = new KekRotation({ kek, keystore });
  expect(await renewal.renew([user])).toBe(1);
  const [, , left] = await Promise.all([
    rotation.rotate(),
    keystore.signing.renew("audit").then(() => keystore.signing.renew("refresh")),
    unread(keystore, stage.told),
  ]);
  expect(left).toBe(0);
  await tell(stage, 5);
  await expect.poll(() => keystore.userKey(user)).toEqual({ version: 2, isRenewing: false });
  await renewal.close();
  const secrets = (of: Keystore): readonly string[] =>
    (["access-tokens", "app-tokens", "audit", "refresh"] as const).flatMap((purpose) =>
      of.signing.keys(purpose).map(({ number, secret }) => `${purpose}/${number} ${secret.export().toString("hex")}`),
    );
  const before = secrets(keystore);
  const old = [...log.records("keys", 0)];
  await rotation.rotate();
  await rotation.rotate();
  await keystore.close();
  const again = await openKeystore({ log, kek: await open("renewals") });
  expect([await unread(again, stage.told), again.memoriesBehind(user)]).toEqual([0, 0]);
  expect(secrets(again)).toEqual(before);
  expect(before.map((one) => one.split(" ")[0])).toEqual([
    "access-tokens/1",
    "app-tokens/1",
    "audit/2",
    "refresh/2",
    "refresh/1",
  ]);
  await again.close();
  const copy = new MemoryLog();
  await copy.createTopic({ name: "keys", partitions: 1, compacted: true });
  await copy.append("keys", 0, old);
  const late = openKeystore({ log: copy, kek: await open("renewals") });
  await expect(late).rejects.toMatchObject({ code: "key-version-missing" });
});
