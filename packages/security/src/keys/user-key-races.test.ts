/** Renewing people's own keys while something else happens to them or to their memories. */
import { ManualClock, systemRandom } from "@kaelix/base";
import { DEFAULT_TENANT, makeId, type MemoryId } from "@kaelix/model";
import { expect, test } from "vitest";

import { sealContent } from "../sealing/content.ts";
import { reopened, stage, unread, versions } from "../testing/key-stage.ts";
import { KekRotation } from "./kek-rotation.ts";
import { openKeystore } from "./keystore.ts";

const tenant = DEFAULT_TENANT;
const sources = { nowMs: 1_750_000_000_000, random: systemRandom };

/** Waits until something holds, some turns at most. */
async function overOr(turns: number, isOver: () => boolean): Promise<void> {
  for (let turn = 0; turn < turns && !isOver(); turn++) await new Promise((resolve) => setImmediate(resolve));
}

test("what is shredded while keys are wrapped anew stays shredded, at whichever moment", async () => {
  for (let moment = 0; moment < 6; moment++) {
    const before = await stage(600);
    const { keystore, log, told, user } = before;
    const victims = [...told.keys()].filter((_, at) => at % 3 === moment % 3);
    await keystore.renewUserKey(user);
    const shredded: Promise<unknown>[] = [];
    let turns = 0;
    const shred = (): void => {
      // Each tombstone at a moment of its own, before, between and behind the records of the batches.
      const some = victims.splice(0, 40);
      if (some.length > 0) shredded.push(keystore.shredMemories(some));
      for (const memory of some) told.delete(memory);
      if (victims.length > 0 && turns++ < 100) setImmediate(shred);
    };
    for (let turn = 0; turn < moment; turn++) await new Promise((resolve) => setImmediate(resolve));
    const done = keystore.rewrapMemoryKeys();
    shred();
    await done;
    await Promise.all(shredded);
    const last = versions(log);
    const again = await reopened(before);
    for (const [memory, version] of last) {
      const isErased = !told.has(memory as MemoryId);
      expect(version, `moment ${moment}`).toBe(isErased ? null : 2);
      if (isErased) expect(await again.memoryKey(memory as MemoryId)).toBeUndefined();
    }
    expect(await unread(again, told)).toBe(0);
    await again.close();
  }
});

test("a person who is shredded while their key is renewed stays shredded", async () => {
  const before = await stage(300);
  const { kek, keystore, log, told, user } = before;
  let shredded: Promise<unknown> | undefined;
  const wrap = kek.wrap.bind(kek);
  kek.wrap = async (secret, aad) => {
    shredded ??= keystore.shredUser(user);
    await new Promise((resolve) => setImmediate(resolve));
    return wrap(secret, aad);
  };
  await keystore.renewUserKey(user);
  await keystore.rewrapMemoryKeys();
  await shredded;
  expect(keystore.hasUserKey(user)).toBe(false);
  await expect(keystore.renewUserKey(user)).rejects.toMatchObject({ code: "key-user-missing" });
  const again = await openKeystore({ log, kek });
  expect(again.hasUserKey(user)).toBe(false);
  for (const memory of told.keys()) expect(await again.memoryKey(memory)).toBeUndefined();
  await again.close();
  await keystore.close();
});

test("the key-encryption key is rotated and its old versions destroyed in the middle of a renewal", async () => {
  const clock = new ManualClock();
  const before = await stage(900);
  const { kek, keystore, told, user } = before;
  await keystore.renewUserKey(user);
  const rotation = new KekRotation({ kek, keystore, clock });
  const rewrapped = keystore.rewrapMemoryKeys();
  for (let epoch = 0; epoch < 4; epoch++) {
    await rotation.rotate();
    expect(await unread(keystore, told)).toBe(0);
  }
  await rewrapped;
  await keystore.renewUserKey(user);
  for (let epoch = 0; epoch < 3; epoch++) await rotation.rotate();
  const again = await reopened(before);
  expect(await unread(again, told)).toBe(0);
  await again.rewrapMemoryKeys();
  expect(again.userKey(user)).toEqual({ version: 3, isRenewing: false });
  expect(await unread(again, told)).toBe(0);
  await again.close();
});

test("a key that another batch still carries is left until that batch has come to the log", async () => {
  const { keystore, log, told, user } = await stage(1);
  const item = { tenant, user, memory: makeId("mem", 1, systemRandom), level: 2 as const };
  const first = await keystore.prepareMemoryKeys([item]);
  const second = await keystore.prepareMemoryKeys([item]);
  const [key] = first.keys;
  if (key === undefined) expect.fail();
  told.set(item.memory, sealContent(key, 1, { text: `of ${item.memory}`, reasons: [] }, sources));
  await log.append("keys", 0, first.records);
  await keystore.renewUserKey(user);
  const rewrapped = keystore.rewrapMemoryKeys();
  // It looks again after twenty milliseconds, and after forty.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(keystore.userKey(user)?.isRenewing).toBe(true);
  await log.append("keys", 0, second.records);
  await rewrapped;
  expect(keystore.userKey(user)?.isRenewing).toBe(false);
  expect(await unread(keystore, told)).toBe(0);
  expect([...versions(log).values()]).toEqual([2, 2]);
  await keystore.close();
});

test("no key is wrapped under a version that was renewed while another person's key was unwrapped", async () => {
  const before = await stage(1);
  const { kek, log, user } = before;
  const other = makeId("usr", 1, systemRandom);
  await before.keystore.ensureUserKey(tenant, other);
  const keystore = await reopened(before);
  const unwrap = kek.unwrap.bind(kek);
  let isRenewed = false;
  kek.unwrap = async (secret, aad) => {
    if (Buffer.from(aad).includes(other) && !isRenewed) {
      isRenewed = true;
      await keystore.renewUserKey(user);
    }
    return unwrap(secret, aad);
  };
  const items = [user, other].map((each) => {
    return { tenant, user: each, memory: makeId("mem", 1, systemRandom), level: 2 as const };
  });
  const prepared = await keystore.prepareMemoryKeys(items);
  await log.append("keys", 0, prepared.records);
  expect(isRenewed).toBe(true);
  expect([...versions(log).values()]).toEqual([1, 2, 1]);
  await keystore.close();
});

test("a key that was prepared and never came to the log is not brought there by the renewal", async () => {
  const { keystore, log, user } = await stage(1);
  const memory = makeId("mem", 1, systemRandom);
  const prepared = await keystore.prepareMemoryKeys([{ tenant, user, memory, level: 2 }]);
  await keystore.renewUserKey(user);
  const rewrapped = keystore.rewrapMemoryKeys();
  await new Promise((resolve) => setTimeout(resolve, 50));
  prepared.discard();
  await rewrapped;
  expect(await keystore.memoryKey(memory)).toBeUndefined();
  expect(versions(log).has(memory)).toBe(false);
  await keystore.close();
});

test("a key that was being unwrapped while it was renewed does not take the new one's place", async () => {
  const before = await stage(3);
  const { kek, log, told, user } = before;
  const other = makeId("usr", 1, systemRandom);
  await before.keystore.ensureUserKey(tenant, other);
  await before.keystore.close();
  const keystore = await openKeystore({ log, kek, cachedMax: 1 });
  const { promise: isRenewed, resolve: renewed } = Promise.withResolvers<void>();
  const wrap = kek.wrap.bind(kek);
  const unwrap = kek.unwrap.bind(kek);
  let read: Promise<number> | undefined;
  kek.wrap = async (secret, aad) => {
    // Another person's takes its place among those that are unwrapped, so that it must be unwrapped again.
    await keystore.lookupHash(other, "test", "a");
    kek.unwrap = async (...given) => {
      const bytes = await unwrap(...given);
      await isRenewed;
      return bytes;
    };
    read = unread(keystore, told);
    return wrap(secret, aad);
  };
  await keystore.renewUserKey(user);
  kek.unwrap = unwrap;
  renewed();
  expect(await read).toBe(0);
  const { keys } = await keystore.prepareMemoryKeys([
    { tenant, user, memory: makeId("mem", 1, systemRandom), level: 2 },
  ]);
  expect(keys).toHaveLength(1);
  await keystore.close();
});

test("a memory that moves while its key is wrapped anew does not come back under the former version", async () => {
  const { keystore, log, told, user } = await stage(4);
  const [memory] = told.keys();
  if (memory === undefined) expect.fail();
  const { keys, records } = await keystore.prepareMemoryKeys([{ tenant, user, memory, level: 4 }]);
  await log.append("keys", 0, records);
  const [key] = keys;
  if (key === undefined) expect.fail();
  told.set(memory, sealContent(key, 1, { text: `of ${memory}`, reasons: [] }, sources));
  await keystore.renewUserKey(user);
  const append = log.append.bind(log);
  let settled: Promise<void> | undefined;
  log.append = async (topic, partition, some) => {
    const isSettling = settled !== undefined && some.length === 1 && Buffer.from(some[0]?.key ?? []).includes(memory);
    settled ??= keystore.settleMoves([memory]);
    // The disk takes its time with what ends the move, until the renewal is over.
    if (isSettling) await overOr(200, () => keystore.userKey(user)?.isRenewing === false);
    return append(topic, partition, some);
  };
  await keystore.rewrapMemoryKeys();
  await settled;
  expect(keystore.userKey(user)?.isRenewing).toBe(false);
  expect(keystore.moving()).toEqual([]);
  expect(await unread(keystore, told)).toBe(0);
  await keystore.close();
});

test("an older version that comes behind a newer one on the log does not take its place", async () => {
  const before = await stage(3);
  const { keystore, log, told, user } = before;
  const old = log.records("keys", 0).find(({ key }) => Buffer.from(key ?? []).toString() === `user/${user}`);
  if (old === undefined) expect.fail();
  await keystore.renewUserKey(user);
  await log.append("keys", 0, [old]);
  await keystore.rewrapMemoryKeys();
  const again = await reopened(before);
  expect(again.userKey(user)).toEqual({ version: 2, isRenewing: false });
  expect(await unread(again, told)).toBe(0);
  await again.close();
});
