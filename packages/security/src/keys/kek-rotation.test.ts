import { ManualClock, systemRandom } from "@kaelix/base";
import { DEFAULT_TENANT, makeId, type UserId } from "@kaelix/model";
import { MemoryLog } from "@kaelix/log/testing";
import { expect, test } from "vitest";

import { memoryKek, type MemoryKek } from "../testing/memory-kek.ts";
import { KekRotation } from "./kek-rotation.ts";
import { type Keystore, openKeystore } from "./keystore.ts";

const WEEK_MS = 7 * 86_400_000;

interface House {
  readonly log: MemoryLog;
  readonly clock: ManualClock;
  readonly kek: MemoryKek;
  readonly keystore: Keystore;
  readonly users: readonly UserId[];
  readonly rotation: KekRotation;
}

async function withUsers(count: number, log = new MemoryLog(), before?: House): Promise<House> {
  const clock = before?.clock ?? new ManualClock();
  const kek = before?.kek ?? memoryKek(1, clock);
  const keystore = await openKeystore({ log, kek, clock });
  const users = before?.users ?? Array.from({ length: count }, () => makeId("usr", 1, systemRandom));
  for (const user of users) await keystore.ensureUserKey(DEFAULT_TENANT, user);
  return { log, clock, kek, keystore, users, rotation: new KekRotation({ kek, keystore, clock }) };
}

const hashes = async ({ keystore, users }: House): Promise<readonly string[]> =>
  Promise.all(users.map(async (user) => Buffer.from(await keystore.lookupHash(user, "test", "text")).toString("hex")));

test("an epoch begins when the version is a week old, brings every key along, and the one before last is destroyed", async () => {
  const house = await withUsers(20);
  const { clock, kek, rotation } = house;
  const before = await hashes(house);
  clock.advance(WEEK_MS - 1);
  await rotation.tick();
  expect(rotation.status()).toMatchObject({ version: 1, behind: 0 });
  clock.advance(1);
  await rotation.tick();
  expect(rotation.status()).toMatchObject({
    version: 2,
    behind: 0,
    done: 25,
    total: 25,
    isAtWork: false,
    problem: undefined,
  });
  await rotation.tick();
  expect(rotation.status()).toMatchObject({ version: 2, total: 0 });
  const old = await kek.wrap(Buffer.alloc(32), Buffer.from("a"));
  clock.advance(WEEK_MS);
  await rotation.tick();
  expect(await kek.unwrap(old, Buffer.from("a"))).toBeDefined();
  clock.advance(WEEK_MS);
  await rotation.tick();
  await expect(kek.unwrap(old, Buffer.from("a"))).rejects.toMatchObject({ code: "key-version-missing" });
  await house.keystore.close();
  const again = await withUsers(0, house.log, house);
  expect(await hashes(again)).toEqual(before);
  await again.keystore.close();
});

test("an epoch that was interrupted goes on where it was, and destroys nothing before it is finished", async () => {
  const house = await withUsers(30);
  const { log, kek } = house;
  const before = await hashes(house);
  await house.rotation.rotate();
  const second = await kek.wrap(Buffer.alloc(32), Buffer.from("a"));
  let appends = 0;
  log.beforeAppend = async (topic) => {
    if (topic === "keys" && ++appends > 12) throw new Error("disk");
  };
  await expect(house.rotation.rotate()).rejects.toThrow("disk");
  expect(house.rotation.status()).toMatchObject({ version: 3, behind: 35 - 12, problem: "disk" });
  log.beforeAppend = async () => undefined;
  await house.keystore.close();
  const again = await withUsers(0, log, house);
  expect(again.rotation.status().behind).toBe(35 - 12);
  await again.rotation.tick();
  expect(again.rotation.status()).toMatchObject({ version: 3, behind: 0, done: 35 - 12, total: 35 - 12 });
  expect(await kek.unwrap(second, Buffer.from("a"))).toBeDefined();
  expect(await hashes(again)).toEqual(before);
  await again.keystore.close();
});

test("nothing is destroyed while a key's record cannot be read", async () => {
  const house = await withUsers(3);
  await house.rotation.rotate();
  const old = await house.kek.wrap(Buffer.alloc(32), Buffer.from("a"));
  await house.log.append("keys", 0, [
    { key: Buffer.from(`user/${house.users[0] ?? ""}`), value: Buffer.from("rubbish") },
  ]);
  await house.keystore.close();
  const again = await withUsers(0, house.log, { ...house, users: [] });
  const first = await house.kek.wrap(Buffer.alloc(32), Buffer.from("b"));
  await again.rotation.rotate().catch(() => undefined);
  await expect(again.rotation.rotate()).rejects.toMatchObject({ code: "key-damaged" });
  for (const [wrapped, aad] of [
    [old, "a"],
    [first, "b"],
  ] as const) {
    expect(await house.kek.unwrap(wrapped, Buffer.from(aad))).toBeDefined();
  }
  await again.keystore.close();
});

test("a user who is shredded while keys are rewrapped stays shredded", async () => {
  const house = await withUsers(8);
  const { log, kek, keystore, users, rotation } = house;
  const [victim] = users;
  if (victim === undefined) expect.fail();
  let shredded: Promise<unknown> | undefined;
  const unwrap = kek.unwrap.bind(kek);
  kek.unwrap = async (secret, aad) => {
    if (Buffer.from(aad).includes(victim)) shredded ??= keystore.shredUser(victim);
    await new Promise((resolve) => setImmediate(resolve));
    return unwrap(secret, aad);
  };
  await rotation.rotate();
  await shredded;
  expect(keystore.hasUserKey(victim)).toBe(false);
  await keystore.close();
  const again = await openKeystore({ log, kek });
  expect(again.hasUserKey(victim)).toBe(false);
  await again.close();
});

test("two who ask at once get one epoch each, one after the other", async () => {
  const house = await withUsers(5);
  await Promise.all([house.rotation.rotate(), house.rotation.rotate()]);
  expect(house.rotation.status()).toMatchObject({ version: 3, behind: 0 });
  await house.rotation.close();
  await house.keystore.close();
});
