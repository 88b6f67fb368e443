import { ManualClock, seededRandom, systemRandom } from "@kaelix/base";
import { DEFAULT_TENANT, makeId, type MemoryId, type UserId } from "@kaelix/model";
import { expect, test } from "vitest";

import { openContent, sealContent } from "../sealing/content.ts";
import { memoryKek } from "../testing/memory-kek.ts";
import { MemoryLog } from "@kaelix/log/testing";
import { type Keystore, openKeystore } from "./keystore.ts";
import { SYSTEM_USER } from "./keystore-types.ts";

const random = systemRandom;
const tenant = DEFAULT_TENANT;
const sources = { nowMs: 1_750_000_000_000, random };

function ids(count: number): { readonly user: UserId; readonly memories: MemoryId[] } {
  const user = makeId("usr", 1_750_000_000_000, random);
  return { user, memories: Array.from({ length: count }, () => makeId("mem", 1_750_000_000_000, random)) };
}

async function settled(log: MemoryLog, keystore: Keystore): Promise<void> {
  const { endOffset } = await log.bounds("keys", 0);
  for (let turn = 0; turn < 1_000 && keystore.status().nextOffset < endOffset; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(keystore.status().nextOffset).toBe(endOffset);
}

async function told(log: MemoryLog, keystore: Keystore, count: number, level: 1 | 2 | 3 | 4 = 2) {
  const { user, memories } = ids(count);
  await keystore.ensureUserKey(tenant, user);
  const prepared = await keystore.prepareMemoryKeys(memories.map((memory) => ({ tenant, user, memory, level })));
  const contents = prepared.keys.map((key, at) => sealContent(key, 1, { text: `memory ${at}`, reasons: [] }, sources));
  await log.append("keys", 0, prepared.records);
  return { user, memories, contents };
}

async function read(keystore: Keystore, memory: MemoryId, sealed: string, version = 1): Promise<string> {
  const key = await keystore.memoryKey(memory);
  if (key === undefined) return "no key";
  const opened = openContent(key, version, sealed);
  return opened.type === "opened" ? opened.content.text : opened.why;
}

test("openKeystore rebuilds from the log what the process before knew", async () => {
  const log = new MemoryLog();
  const kek = memoryKek();
  const first = await openKeystore({ log, kek });
  const { user, memories, contents } = await told(log, first, 50, 3);
  const hash = await first.lookupHash(user, "external", "a");
  const systemHash = await first.lookupHash("system", "phone", "+1234567890");
  const profile = await first.sealForUser({ user, purpose: "profile", subject: user }, Buffer.from("me"));
  const secret = first.systemSecret("signing");
  await settled(log, first);
  await first.close();

  const second = await openKeystore({ log, kek });
  for (const [at, memory] of memories.entries()) {
    expect(await read(second, memory, contents[at] ?? "")).toBe(`memory ${at}`);
  }
  expect(await second.lookupHash(user, "external", "a")).toEqual(hash);
  expect(await second.lookupHash("system", "phone", "+1234567890")).toEqual(systemHash);
  expect(second.systemSecret("signing")).toEqual(secret);
  expect(await second.openForUser({ user, purpose: "profile", subject: user }, profile)).toMatchObject({
    type: "opened",
  });
  expect(await second.openForUser({ user, purpose: "import", subject: user }, profile)).toMatchObject({
    type: "refused",
  });
  const { users, memories: count, tableBytes } = second.status();
  expect({ users, count, tableBytes }).toEqual({
    users: first.status().users,
    count: first.status().memories,
    tableBytes: first.status().tableBytes,
  });
  await second.close();
});

test("openKeystore refuses a KEK that is not the one of this log and writes nothing", async () => {
  const log = new MemoryLog();
  const first = await openKeystore({ log, kek: memoryKek(1) });
  await first.close();
  const before = log.records("keys", 0).length;
  await expect(openKeystore({ log, kek: memoryKek(2) })).rejects.toMatchObject({ code: "key-mismatch" });
  // Even without a system key on the log.
  const { user } = ids(0);
  const other = new MemoryLog();
  const keystore = await openKeystore({ log: other, kek: memoryKek(1) });
  await keystore.ensureUserKey(tenant, user);
  await keystore.close();
  other.records("keys", 0).splice(0, 1);
  await expect(openKeystore({ log: other, kek: memoryKek(2) })).rejects.toMatchObject({ code: "key-mismatch" });
  expect([log.records("keys", 0).length, other.records("keys", 0).length]).toEqual([before, 5]);
});

test("ensureUserKey makes one key however many ask at once", async () => {
  const log = new MemoryLog();
  const keystore = await openKeystore({ log, kek: memoryKek() });
  const { user } = ids(0);
  await Promise.all(Array.from({ length: 20 }, async () => keystore.ensureUserKey(tenant, user)));
  await keystore.ensureUserKey(tenant, user);
  // With the installation's own, and the four that it signs with.
  expect(log.records("keys", 0)).toHaveLength(6);
  await keystore.close();
});

test("ensureUserKey leaves no key behind when the append fails", async () => {
  const log = new MemoryLog();
  const keystore = await openKeystore({ log, kek: memoryKek() });
  const { user, memories } = ids(1);
  log.failAppends = true;
  await expect(keystore.ensureUserKey(tenant, user)).rejects.toMatchObject({ code: "log-disk-full" });
  expect(keystore.hasUserKey(user)).toBe(false);
  const request = memories.map((memory) => ({ tenant, user, memory, level: 1 as const }));
  await expect(keystore.prepareMemoryKeys(request)).rejects.toMatchObject({ code: "key-user-missing" });
  await keystore.close();
});

test("prepareMemoryKeys gives keys at once and discard takes them back", async () => {
  const log = new MemoryLog();
  const keystore = await openKeystore({ log, kek: memoryKek() });
  const { user, memories } = ids(3);
  await keystore.ensureUserKey(tenant, user);
  const items = memories.map((memory) => ({ tenant, user, memory, level: 2 as const }));
  const prepared = await keystore.prepareMemoryKeys(items);
  const sealed = sealContent(prepared.keys[0] ?? expect.fail(), 1, { text: "hello", reasons: [] }, sources);
  expect(await read(keystore, memories[0] ?? expect.fail(), sealed)).toBe("hello");
  prepared.discard();
  expect(keystore.status()).toMatchObject({ memories: 0, pending: 0 });
  // Two tell the same at once: what one takes back the other keeps.
  const one = await keystore.prepareMemoryKeys(items);
  const two = await keystore.prepareMemoryKeys(items);
  expect(two.keys.map((key) => key.key.export())).toEqual(one.keys.map((key) => key.key.export()));
  expect(two.records).toHaveLength(3);
  one.discard();
  await log.append("keys", 0, two.records);
  await settled(log, keystore);
  expect(keystore.status()).toMatchObject({ memories: 3, pending: 0 });
  // Known by now: the same key again, and nothing to append.
  const again = await keystore.prepareMemoryKeys(items);
  expect(again.records).toHaveLength(0);
  expect(again.keys[0]?.key.export()).toEqual(one.keys[0]?.key.export());
  await keystore.close();
});

test("prepareMemoryKeys keeps a moving memory's former key until settleMoves, across a restart", async () => {
  const log = new MemoryLog();
  const kek = memoryKek();
  const first = await openKeystore({ log, kek });
  const { user, memories, contents } = await told(log, first, 1, 1);
  const memory = memories[0] ?? expect.fail();
  await settled(log, first);
  const move = await first.prepareMemoryKeys([{ tenant, user, memory, level: 3 }]);
  const moved = sealContent(move.keys[0] ?? expect.fail(), 2, { text: "moved", reasons: [] }, sources);
  await log.append("keys", 0, move.records);
  await first.close();
  // Only the newest record per key survives compaction.
  const records = log.records("keys", 0);
  records.splice(2, 1);
  for (const [offset, record] of records.entries()) records[offset] = { ...record, offset };

  const second = await openKeystore({ log, kek });
  const former = await second.memoryKey(memory, 1);
  expect(openContent(former ?? expect.fail(), 1, contents[0] ?? "")).toMatchObject({ type: "opened" });
  expect(await read(second, memory, moved, 2)).toBe("moved");
  await second.settleMoves([memory]);
  expect(await second.memoryKey(memory, 1)).toBeUndefined();
  expect(await read(second, memory, moved, 2)).toBe("moved");
  expect(second.status().moving).toBe(0);
  await second.close();
});

test("shredMemories takes the key from the log and from memory, and it stays away after a restart", async () => {
  const log = new MemoryLog();
  const kek = memoryKek();
  const keystore = await openKeystore({ log, kek });
  const { memories, contents } = await told(log, keystore, 5);
  await keystore.shredMemories(memories.slice(0, 2));
  expect(keystore.status().memories).toBe(3);
  const answers = await keystore.memoryKeys(memories.map((memory) => ({ memory })));
  expect(answers.map((answer) => answer.type)).toEqual(["absent", "absent", "key", "key", "key"]);
  await keystore.close();
  const second = await openKeystore({ log, kek });
  expect(await second.memoryKey(memories[0] ?? expect.fail())).toBeUndefined();
  expect(await read(second, memories[4] ?? expect.fail(), contents[4] ?? "")).toBe("memory 4");
  await second.close();
});

test("shredUser makes everything of the user unreadable and refuses a second key", async () => {
  const log = new MemoryLog();
  const keystore = await openKeystore({ log, kek: memoryKek() });
  const { user, memories } = await told(log, keystore, 2);
  const other = await told(log, keystore, 1);
  await keystore.shredUser(user);
  expect(await keystore.memoryKey(memories[0] ?? expect.fail())).toBeUndefined();
  await expect(keystore.ensureUserKey(tenant, user)).rejects.toMatchObject({ code: "key-damaged" });
  expect(await read(keystore, other.memories[0] ?? expect.fail(), other.contents[0] ?? "")).toBe("memory 0");
  await keystore.close();
});

test("openKeystore sets bad records aside, answers damaged for them, and opens all others", async () => {
  const log = new MemoryLog();
  const kek = memoryKek();
  const first = await openKeystore({ log, kek });
  const { memories, contents, user } = await told(log, first, 4);
  await first.close();
  const records = log.records("keys", 0);
  const spoil = (offset: number, change: (text: string) => string): void => {
    const record = records[offset] ?? expect.fail();
    records[offset] = { ...record, value: Buffer.from(change(Buffer.from(record.value ?? []).toString())) };
  };
  spoil(6, () => "not json");
  spoil(7, (text) => text.replace(/"wrapped":"(.{20})./, (_, head: string) => `"wrapped":"${head}!`));
  // Well formed and swapped with its neighbour's place: found when it is opened.
  spoil(8, () =>
    Buffer.from(records[9]?.value ?? [])
      .toString()
      .replace(memories[3] ?? "", memories[2] ?? ""),
  );
  records.push({ offset: records.length, timestampMs: 0, key: null, value: Buffer.from("{}") });
  const problems: string[] = [];
  const second = await openKeystore({ log, kek, onProblem: (problem) => problems.push(problem) });
  const answers = await second.memoryKeys(memories.map((memory) => ({ memory })));
  expect(answers.map((answer) => answer.type)).toEqual(["damaged", "damaged", "damaged", "key"]);
  expect(await read(second, memories[3] ?? expect.fail(), contents[3] ?? "")).toBe("memory 3");
  expect(second.status().quarantined).toBe(3);
  expect(problems).toHaveLength(3);
  await expect(second.memoryKey(memories[0] ?? expect.fail())).rejects.toMatchObject({ code: "key-damaged" });
  const known = records.filter((record) => Buffer.from(record.key ?? []).toString() !== `user/${user}`);
  await second.close();
  records.splice(0, records.length, ...known.map((record, offset) => ({ ...record, offset })));
  const third = await openKeystore({ log, kek });
  await expect(third.ensureUserKey(tenant, user)).rejects.toMatchObject({ code: "key-damaged" });
  await third.close();
});

test("prepareMemoryKeys refuses another user's memory and prepares nothing", async () => {
  const log = new MemoryLog();
  const keystore = await openKeystore({ log, kek: memoryKek() });
  const { memories } = await told(log, keystore, 1);
  const other = await told(log, keystore, 0);
  const fresh = ids(1).memories[0] ?? expect.fail();
  const items = [fresh, memories[0] ?? expect.fail()].map((memory) => ({
    tenant,
    user: other.user,
    memory,
    level: 1 as const,
  }));
  await expect(keystore.prepareMemoryKeys(items)).rejects.toMatchObject({ code: "key-damaged" });
  expect(keystore.status().memories).toBe(1);
  await keystore.close();
});

test("cachedMemoryKey is locked again after five minutes", async () => {
  const clock = new ManualClock();
  const log = new MemoryLog();
  const kek = memoryKek();
  const keystore = await openKeystore({ log, kek, clock });
  const { user, memories } = await told(log, keystore, 1);
  const memory = memories[0] ?? expect.fail();
  clock.advance(299_999);
  expect(keystore.cachedMemoryKey({ memory }).type).toBe("key");
  clock.advance(1);
  expect(keystore.cachedMemoryKey({ memory })).toEqual({ type: "locked", user });
  expect(await keystore.memoryKey(memory)).toBeDefined();
  expect(keystore.cachedMemoryKey({ memory }).type).toBe("key");
  expect(kek.unwraps).toBe(1);
  await keystore.close();
});

test("rewrapUserKeys brings every key under the new KEK and opens what was sealed before", async () => {
  const log = new MemoryLog();
  const kek = memoryKek();
  const keystore = await openKeystore({ log, kek });
  const { memories, contents } = await told(log, keystore, 1);
  await kek.rotate();
  expect(await keystore.rewrapUserKeys()).toBe(6);
  expect(await keystore.rewrapUserKeys()).toBe(0);
  await keystore.close();
  const second = await openKeystore({ log, kek });
  expect(await read(second, memories[0] ?? expect.fail(), contents[0] ?? "")).toBe("memory 0");
  await second.close();
});

test("lookupHash differs by owner, purpose and text", async () => {
  const log = new MemoryLog();
  const keystore = await openKeystore({ log, kek: memoryKek(), random: seededRandom(4) });
  const { user } = ids(0);
  await keystore.ensureUserKey(tenant, user);
  const hashes = await Promise.all([
    keystore.lookupHash(user, "external", "a"),
    keystore.lookupHash(user, "digest", "a"),
    keystore.lookupHash(user, "external", "b"),
    keystore.lookupHash("system", "external", "a"),
    keystore.lookupHash(SYSTEM_USER, "external", "c"),
  ]);
  expect(new Set(hashes.map((hash) => Buffer.from(hash).toString("hex"))).size).toBe(5);
  expect(hashes.every((hash) => hash.length === 16)).toBe(true);
  await keystore.close();
});

test("prepareMemoryKeys gives a memory that is being shredded a new key, which the tombstone does not take", async () => {
  const log = new MemoryLog();
  const kek = memoryKek();
  const keystore = await openKeystore({ log, kek });
  const { user, memories } = await told(log, keystore, 1);
  const memory = memories[0] ?? expect.fail();
  await settled(log, keystore);
  const old = (await keystore.memoryKey(memory))?.key.export();
  const shredding = keystore.shredMemories([memory]);
  expect(await keystore.memoryKey(memory)).toBeUndefined();
  const again = await keystore.prepareMemoryKeys([{ tenant, user, memory, level: 2 }]);
  const fresh = again.keys[0]?.key.export();
  expect(fresh).not.toEqual(old);
  await shredding;
  expect((await keystore.memoryKey(memory))?.key.export()).toEqual(fresh);
  await log.append("keys", 0, again.records);
  await settled(log, keystore);
  await keystore.close();
  const second = await openKeystore({ log, kek });
  expect((await second.memoryKey(memory))?.key.export()).toEqual(fresh);
  await second.close();
});

test("shredMemories leaves the key when the log refuses the tombstone", async () => {
  const log = new MemoryLog();
  const keystore = await openKeystore({ log, kek: memoryKek() });
  const { memories, contents } = await told(log, keystore, 1);
  log.failAppends = true;
  await expect(keystore.shredMemories(memories)).rejects.toMatchObject({ code: "log-disk-full" });
  expect(await read(keystore, memories[0] ?? expect.fail(), contents[0] ?? "")).toBe("memory 0");
  await keystore.close();
});

test("prepareMemoryKeys is not undone by an older record that comes back from the log later", async () => {
  const log = new MemoryLog();
  const keystore = await openKeystore({ log, kek: memoryKek() });
  const { user, memories } = await told(log, keystore, 1, 1);
  const memory = memories[0] ?? expect.fail();
  // The record of level 1 has not come back yet.
  const move = await keystore.prepareMemoryKeys([{ tenant, user, memory, level: 3 }]);
  await settled(log, keystore);
  expect((await keystore.memoryKey(memory))?.key.export()).toEqual(move.keys[0]?.key.export());
  move.discard();
  expect((await keystore.memoryKey(memory))?.level).toBe(1);
  await keystore.close();
});

test("settleMoves leaves out a memory that is moving again", async () => {
  const log = new MemoryLog();
  const keystore = await openKeystore({ log, kek: memoryKek() });
  const { user, memories } = await told(log, keystore, 1, 1);
  const memory = memories[0] ?? expect.fail();
  const first = await keystore.prepareMemoryKeys([{ tenant, user, memory, level: 3 }]);
  await log.append("keys", 0, first.records);
  await settled(log, keystore);
  const second = await keystore.prepareMemoryKeys([{ tenant, user, memory, level: 4 }]);
  const before = log.records("keys", 0).length;
  await keystore.settleMoves([memory]);
  expect(log.records("keys", 0)).toHaveLength(before);
  await log.append("keys", 0, second.records);
  await settled(log, keystore);
  expect(await keystore.memoryKey(memory, 1)).toBeDefined();
  await keystore.settleMoves([memory]);
  expect([await keystore.memoryKey(memory, 1), await keystore.memoryKey(memory, 3)]).toEqual([undefined, undefined]);
  expect((await keystore.memoryKey(memory))?.level).toBe(4);
  await keystore.close();
});

test("a key that two batches carry stays when one of them was refused, and goes with a tombstone that came before the refusal", async () => {
  const log = new MemoryLog();
  const keystore = await openKeystore({ log, kek: memoryKek() });
  const { user, memories } = await told(log, keystore, 1);
  await settled(log, keystore);
  const item = { tenant, user, memory: makeId("mem", 1_750_000_000_000, random), level: 2 as const };
  const first = await keystore.prepareMemoryKeys([item]);
  const second = await keystore.prepareMemoryKeys([item]);
  await log.append("keys", 0, first.records);
  await settled(log, keystore);
  second.discard();
  expect(await keystore.memoryKey(item.memory)).toBeDefined();
  const [memory] = memories;
  if (memory === undefined) expect.fail();
  const moved = await keystore.prepareMemoryKeys([{ tenant, user, memory, level: 4 }]);
  await keystore.shredMemories([memory]);
  moved.discard();
  expect(await keystore.memoryKey(memory)).toBeUndefined();
  await keystore.close();
});
