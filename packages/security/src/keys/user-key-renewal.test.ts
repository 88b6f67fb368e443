/** Renewing people's own keys: what opens meanwhile and after, what is destroyed, and what a cut, a full disk or a damage does to it. */
import { systemRandom } from "@kaelix/base";
import { decodeEvent, encodeEvent, makeId, type UserId } from "@kaelix/model";
import { MemoryLog } from "@kaelix/log/testing";
import { expect, test } from "vitest";

import { reopened, stage, tell, unread, versions } from "../testing/key-stage.ts";
import { openKeystore } from "./keystore.ts";
import type { UserSealPlace } from "./keystore-types.ts";
import { UserKeyRenewal } from "./user-key-renewal.ts";

const places: readonly Omit<UserSealPlace, "user">[] = (
  ["profile", "import", "factor", "audit", "people"] as const
).map((purpose) => ({ purpose, subject: "a" }));

test("a renewed key wraps what is new at once, what was there after it, and opens all of it meanwhile and after a restart", async () => {
  const before = await stage(700);
  const { keystore, log, told, user } = before;
  const hash = await keystore.lookupHash(user, "external", "a");
  const sealed = await Promise.all(
    places.map(async (place) => ({ place, bytes: await keystore.sealForUser({ ...place, user }, Buffer.from("own")) })),
  );
  expect(await keystore.renewUserKey(user)).toBe(true);
  expect(await keystore.renewUserKey(user)).toBe(false);
  expect(keystore.memoriesBehind(user)).toBe(700);
  await tell(before, 5);
  expect([...versions(log).values()].filter((version) => version === 2)).toHaveLength(5);
  expect(await unread(keystore, told)).toBe(0);
  const shown: number[][] = [];
  await keystore.rewrapMemoryKeys({ onProgress: (done, total) => shown.push([done, total]) });
  expect(shown.at(0)).toEqual([0, 700]);
  expect(shown.at(-1)).toEqual([700, 700]);
  expect(keystore.memoriesBehind(user)).toBe(0);
  expect(keystore.userKey(user)).toEqual({ version: 2, isRenewing: false });
  for (const each of [keystore, await reopened(before)]) {
    if (each !== keystore) {
      expect(await unread(each, told)).toBe(0);
      expect([...versions(log).values()].every((version) => version === 2)).toBe(true);
      expect(await each.lookupHash(user, "external", "a")).toEqual(hash);
      for (const { bytes, place } of sealed)
        expect(await each.openForUser({ ...place, user }, bytes)).toMatchObject({ type: "opened" });
      await each.close();
    }
  }
});

test("a key is renewed again and again: what stands sealed on the log opens under whichever version it was sealed", async () => {
  const before = await stage(20);
  const { keystore, told, user } = before;
  const hash = await keystore.lookupHash(user, "external", "a");
  const sealed: Buffer[] = [];
  for (let round = 0; round < 5; round++) {
    sealed.push(await keystore.sealForUser({ user, purpose: "profile", subject: "a" }, Buffer.from(`${round}`)));
    await keystore.renewUserKey(user);
    await keystore.rewrapMemoryKeys();
    await tell(before, 3);
  }
  const again = await reopened(before);
  expect(again.userKey(user)?.version).toBe(6);
  for (const [round, bytes] of sealed.entries()) {
    const opened = await again.openForUser({ user, purpose: "profile", subject: "a" }, bytes);
    expect(opened).toEqual({ type: "opened", bytes: Buffer.from(`${round}`) });
    expect(await again.openForUser({ user, purpose: "audit", subject: "a" }, bytes)).toMatchObject({ type: "refused" });
  }
  expect(await again.lookupHash(user, "external", "a")).toEqual(hash);
  expect(await unread(again, told)).toBe(0);
  await again.close();
});

test("when the renewal is finished nothing that there is opens what was wrapped under the former version, nor snapshots", async () => {
  const before = await stage(8);
  const { kek, keystore, log, told, user } = before;
  const snapshot = await keystore.sealForUser({ user, purpose: "snapshot", subject: "search" }, Buffer.from("index"));
  const old = log.records("keys", 0).filter(({ key }) =>
    Buffer.from(key ?? [])
      .toString()
      .startsWith("memory/"),
  );
  const [erased] = told.keys();
  if (erased === undefined) expect.fail();
  await keystore.shredMemories([erased]);
  await keystore.renewUserKey(user);
  const open = { user, purpose: "snapshot", subject: "search" } as const;
  expect(await keystore.openForUser(open, snapshot)).toMatchObject({ type: "opened" });
  const middle = log.records("keys", 0).length;
  await keystore.rewrapMemoryKeys();
  expect(await keystore.openForUser(open, snapshot)).toMatchObject({ type: "refused" });
  await keystore.close();
  // Whoever kept a copy of the log from before puts the old records beside today's keys.
  const restored = new MemoryLog();
  await restored.createTopic({ name: "keys", partitions: 1 });
  await restored.append("keys", 0, [...log.records("keys", 0), ...old]);
  const again = await openKeystore({ log: restored, kek });
  for (const memory of told.keys())
    await expect(again.memoryKey(memory)).rejects.toMatchObject({ code: "key-damaged" });
  await again.close();
  // In the middle of the renewal they do open: the former version is still needed.
  const cut = new MemoryLog();
  await cut.createTopic({ name: "keys", partitions: 1 });
  await cut.append("keys", 0, [...log.records("keys", 0).slice(0, middle), ...old]);
  const then = await openKeystore({ log: cut, kek });
  expect(await unread(then, told)).toBe(0);
  await then.close();
});

test("kept keys of a middle that was copied do not open beside the finished record: each record has a key of its own for them", async () => {
  const { keystore, log, user, kek } = await stage(3);
  await keystore.renewUserKey(user);
  const names = (): readonly (readonly [number, string])[] =>
    log.records("keys", 0).flatMap(({ key }, at) => [[at, Buffer.from(key ?? []).toString()] as const]);
  const recordOf = (): number => names().findLast(([, name]) => name === `user/${user}`)?.[0] ?? -1;
  const eventAt = (at: number) => {
    const decoded = decodeEvent(log.records("keys", 0)[at]?.value ?? Buffer.alloc(0));
    if (decoded.type !== "event" || decoded.event.type !== "key.user") expect.fail();
    return decoded.event;
  };
  const middle = eventAt(recordOf());
  await keystore.rewrapMemoryKeys();
  const at = recordOf();
  const finished = eventAt(at);
  await keystore.close();
  expect(finished.renewing).toBeUndefined();
  const mixed = encodeEvent({ ...middle, wrapped: finished.wrapped });
  const record = log.records("keys", 0)[at];
  if (record === undefined) expect.fail();
  log.records("keys", 0)[at] = { ...record, value: mixed };
  const again = await openKeystore({ log, kek });
  await expect(again.lookupHash(user, "external", "a")).rejects.toMatchObject({ code: "key-mismatch" });
  await again.close();
});

test("a memory's key that is presented under another version than it was wrapped under is refused", async () => {
  const before = await stage(2);
  const { keystore, log, told, user } = before;
  await keystore.renewUserKey(user);
  await keystore.close();
  const records = log.records("keys", 0);
  for (const [at, record] of records.entries()) {
    const decoded = record.value === null ? undefined : decodeEvent(record.value);
    if (decoded?.type !== "event" || decoded.event.type !== "key.memory") continue;
    records[at] = { ...record, value: encodeEvent({ ...decoded.event, key_version: 2 }) };
  }
  const again = await openKeystore({ log, kek: before.kek });
  for (const memory of told.keys())
    await expect(again.memoryKey(memory)).rejects.toMatchObject({ code: "key-damaged" });
  await again.close();
});

test("cut off after any record the renewal goes on at the next start, and at no cut is anything unreadable", async () => {
  const whole = await stage(520);
  const { kek, keystore, log, told, user } = whole;
  const from = log.records("keys", 0).length;
  await keystore.renewUserKey(user);
  await keystore.rewrapMemoryKeys();
  await keystore.close();
  const records = log.records("keys", 0);
  // The renewal, the ends of the batches and places within them, and the last record, which destroys.
  const cuts = [
    from,
    from + 1,
    from + 2,
    from + 256,
    from + 257,
    from + 258,
    from + 513,
    from + 520,
    from + 521,
    from + 522,
  ];
  expect(records).toHaveLength(from + 522);
  for (const cut of cuts) {
    const left = new MemoryLog();
    await left.createTopic({ name: "keys", partitions: 1 });
    await left.append("keys", 0, records.slice(0, cut));
    const again = await openKeystore({ log: left, kek });
    expect(await unread(again, told), `cut at ${cut - from}`).toBe(0);
    const renewal = new UserKeyRenewal({ keystore: again });
    renewal.start();
    await expect.poll(() => renewal.status().isAtWork).toBe(false);
    expect(renewal.status(), `cut at ${cut - from}`).toMatchObject({ renewing: 0, problem: undefined });
    expect(again.userKey(user)).toEqual({ version: cut === from ? 1 : 2, isRenewing: false });
    expect(await unread(again, told), `finished after ${cut - from}`).toBe(0);
    await renewal.close();
    await again.close();
  }
});

test("an append that is refused leaves everything as it was, and the next run does what is left", async () => {
  const { keystore, log, told, user } = await stage(600);
  log.failAppends = true;
  await expect(keystore.renewUserKey(user)).rejects.toMatchObject({ code: "log-disk-full" });
  expect(keystore.userKey(user)).toMatchObject({ version: 1, isRenewing: false });
  log.failAppends = false;
  await keystore.renewUserKey(user);
  let appends = 0;
  log.beforeAppend = async () => {
    if (++appends > 1) log.failAppends = true;
  };
  const problems: string[] = [];
  const renewal = new UserKeyRenewal({ keystore, onProblem: (problem) => problems.push(problem) });
  renewal.start();
  await expect.poll(() => renewal.status().problem).toBeDefined();
  expect(renewal.status()).toMatchObject({ renewing: 1, done: 256, total: 600, isAtWork: false });
  expect(problems).toHaveLength(1);
  expect(await unread(keystore, told)).toBe(0);
  log.beforeAppend = async () => undefined;
  log.failAppends = false;
  await renewal.renew([user]);
  await expect.poll(() => renewal.status()).toMatchObject({ renewing: 0, problem: undefined, isAtWork: false });
  expect(keystore.userKey(user)?.version).toBe(2);
  expect(await unread(keystore, told)).toBe(0);
  await renewal.close();
  await keystore.close();
});

test("nothing is destroyed while a record of keys cannot be read, or a memory's key does not open", async () => {
  const before = await stage(3);
  const { keystore, log, told, user } = before;
  const [hurt, ...whole] = told.keys();
  if (hurt === undefined) expect.fail();
  await keystore.renewUserKey(user);
  const records = log.records("keys", 0);
  const at = records.findIndex(({ key }) => Buffer.from(key ?? []).toString() === `memory/${hurt}`);
  const record = records[at];
  const decoded = decodeEvent(record?.value ?? Buffer.alloc(0));
  if (record === undefined || decoded.type !== "event" || decoded.event.type !== "key.memory") expect.fail();
  const wrapped = Buffer.from(decoded.event.wrapped, "base64url");
  wrapped[30] = (wrapped[30] ?? 0) ^ 1;
  await log.append("keys", 0, [
    { key: record.key, value: encodeEvent({ ...decoded.event, wrapped: wrapped.toString("base64url") }) },
  ]);
  const damaged = await reopened(before);
  await expect(damaged.rewrapMemoryKeys()).rejects.toMatchObject({ code: "key-damaged" });
  expect(damaged.userKey(user)?.isRenewing).toBe(true);
  for (const memory of whole) expect(await damaged.memoryKey(memory)).toBeDefined();
  // Put right again, as from a backup, the key opens under the version that was kept.
  await log.append("keys", 0, [{ key: record.key, value: record.value }]);
  await log.append("keys", 0, [
    { key: Buffer.from(`memory/${makeId("mem", 1, systemRandom)}`), value: Buffer.from("?") },
  ]);
  await damaged.close();
  const unreadable = await openKeystore({ log, kek: before.kek });
  expect(await unread(unreadable, told)).toBe(0);
  await expect(unreadable.rewrapMemoryKeys()).rejects.toMatchObject({ code: "key-damaged" });
  expect(unreadable.userKey(user)?.isRenewing).toBe(true);
  await unreadable.close();
});

test("the installation's own key is not renewed, nor that of somebody who has none", async () => {
  const { keystore } = await stage(0);
  const secret = keystore.systemSecret("signing");
  await expect(keystore.renewUserKey("usr_00000000000000000000000000" as UserId)).rejects.toMatchObject({
    code: "key-user-missing",
  });
  expect(keystore.users()).toHaveLength(1);
  const renewal = new UserKeyRenewal({ keystore });
  expect(await renewal.renew([makeId("usr", 2, systemRandom)])).toBe(0);
  expect(keystore.systemSecret("signing")).toEqual(secret);
  await renewal.close();
  await keystore.close();
});
