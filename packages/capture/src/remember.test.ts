import { ManualClock, seededRandom } from "@kaelix/base";
import { DEFAULT_TENANT, makeId, type MemoryDraft, TOPICS } from "@kaelix/model";
import { openContent, openKeystore } from "@kaelix/security";
import { expect, test } from "vitest";

import { memoryKek } from "../../security/src/testing/memory-kek.ts";
import { MemoryLog } from "@kaelix/log/testing";
import { Changes } from "./changes.ts";
import { partitionOfUser, Remember } from "./remember.ts";
import { filesOver } from "./testing/files.ts";
import { FakeRegister } from "./testing/fake-register.ts";

async function makeHouse(seed = 1) {
  const log = new MemoryLog();
  for (const topic of Object.values(TOPICS)) await log.createTopic(topic);
  const clock = new ManualClock();
  const random = seededRandom(seed);
  const keystore = await openKeystore({ log, kek: memoryKek(), clock, random });
  const register = new FakeRegister(log);
  const files = filesOver({ log, clock, random });
  const remember = new Remember({ log, keystore, register, clock, random, files });
  const changes = new Changes({ remember, keystore, register, clock, random });
  const owner = { tenant: DEFAULT_TENANT, user: makeId("usr", clock.nowMs(), random) };
  return { log, clock, keystore, register, files, remember, changes, owner };
}

const draft = (text: string, more: Partial<MemoryDraft> = {}): MemoryDraft => ({ text, source: "rest", ...more });

test("Remember.remember seals before it appends: no word of it stands in the log's bytes", async () => {
  const house = await makeHouse();
  const canary = "zanzibarcanary";
  await house.remember.remember(house.owner, [
    draft(`the ${canary} sings`, {
      speaker: canary,
      caption: canary,
      externalId: canary,
      conversation: { key: canary, title: canary },
      context: { note: canary },
      attachments: [canary],
    }),
  ]);
  for (const topic of [TOPICS.memories, TOPICS.keys]) {
    for (let partition = 0; partition < topic.partitions; partition++) {
      for (const record of house.log.records(topic.name, partition)) {
        const bytes = Buffer.concat([record.key ?? Buffer.alloc(0), record.value ?? Buffer.alloc(0)]).toString(
          "latin1",
        );
        expect(bytes).not.toContain(canary);
        expect(bytes).not.toContain(Buffer.from(canary).toString("base64").slice(2, 14));
      }
    }
  }
  const [row] = house.register.rows();
  if (row === undefined) throw new Error("The memory is there");
  const key = await house.keystore.memoryKey(row.memoryId);
  if (key === undefined) throw new Error("Its key is there");
  const opened = openContent(key, row.version, row.sealed);
  expect(opened).toMatchObject({ type: "opened", content: { text: `the ${canary} sings`, speaker: canary } });
});

test("Remember.remember takes the same external id told many times at once for one memory", async () => {
  const house = await makeHouse();
  const told = await Promise.all(
    Array.from({ length: 20 }, () =>
      house.remember.remember(house.owner, [draft("the train leaves at nine", { externalId: "m1" })]),
    ),
  );
  const types = told.flat().map((result) => result.type);
  expect(types.filter((type) => type === "stored")).toHaveLength(1);
  expect(types.filter((type) => type === "known")).toHaveLength(19);
  expect(house.register.rows()).toHaveLength(1);
});

test("Remember.remember remembers what it told while the view is still behind", async () => {
  const house = await makeHouse();
  house.register.lagging = true;
  const first = await house.remember.remember(house.owner, [draft("one", { externalId: "m1" })]);
  const again = await house.remember.remember(house.owner, [draft("one", { externalId: "m1" })]);
  const other = await house.remember.remember(house.owner, [draft("two", { externalId: "m1" })]);
  expect([first[0]?.type, again[0]?.type, other[0]?.type]).toEqual(["stored", "known", "conflict"]);
});

test("Remember.remember finds repetitions and contradictions inside one batch", async () => {
  const house = await makeHouse();
  const results = await house.remember.remember(house.owner, [
    draft("one", { externalId: "a" }),
    draft("one", { externalId: "a" }),
    draft("two", { externalId: "a" }),
    draft("three"),
    draft("three"),
  ]);
  expect(results.map((result) => result.type)).toEqual(["stored", "known", "conflict", "stored", "stored"]);
});

test("Remember.remember keeps the spaces of external ids of different imports apart", async () => {
  const house = await makeHouse();
  const results = await house.remember.remember(house.owner, [
    draft("one", { externalId: "a", source: "rest" }),
    draft("one", { externalId: "a", source: "cli" }),
    draft("one", { externalId: "a", source: "whatsapp" }),
  ]);
  expect(results.map((result) => result.type)).toEqual(["stored", "known", "stored"]);
});

test("Remember.remember acknowledges nothing whose key or event did not become durable", async () => {
  for (const broken of [TOPICS.keys.name, TOPICS.memories.name]) {
    const house = await makeHouse();
    await house.keystore.ensureUserKey(house.owner.tenant, house.owner.user);
    house.log.beforeAppend = async (topic) => {
      if (topic === broken) throw new Error("disk");
    };
    await expect(house.remember.remember(house.owner, [draft("lost", { externalId: "x" })])).rejects.toThrow("disk");
    house.log.beforeAppend = async () => undefined;
    const [again] = await house.remember.remember(house.owner, [draft("lost", { externalId: "x" })]);
    // Not even when the event alone was durable: a memory without its key is told anew, and opens.
    expect(again?.type).toBe("stored");
    const [row] = house.register.rows();
    const key = row === undefined ? undefined : await house.keystore.memoryKey(row.memoryId, row.level);
    if (row === undefined || key === undefined) throw new Error("Memory and key are there");
    expect(openContent(key, row.version, row.sealed).type).toBe("opened");
  }
});

/** Holds back the next append to `memories` until it is let go; says when it has come. */
function holdMemories(log: MemoryLog): { readonly come: Promise<void>; readonly letGo: (failure?: Error) => void } {
  const come = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  log.beforeAppend = async (topic) => {
    if (topic !== TOPICS.memories.name) return;
    log.beforeAppend = async () => undefined;
    come.resolve();
    await gone.promise;
  };
  const letGo = (failure?: Error): void => (failure === undefined ? gone.resolve() : gone.reject(failure));
  return { come: come.promise, letGo };
}

/** Whether a promise has settled after everything that can run has run. */
async function hasSettled(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  promise.then(settle, settle);
  await new Promise((resolve) => setTimeout(resolve, 5));
  return isSettled;
}

test("Remember.remember gives a batch to the log while the disk still takes the one before", async () => {
  const house = await makeHouse();
  const held = holdMemories(house.log);
  const first = house.remember.remember(house.owner, [draft("one", { externalId: "m1" })]);
  await held.come;
  const second = house.remember.remember(house.owner, [draft("two", { externalId: "m2" })]);
  await expect.poll(() => house.register.rows().length).toBe(1);
  expect(await hasSettled(second)).toBe(false);
  held.letGo();
  expect([...(await first), ...(await second)].map(({ type }) => type)).toEqual(["stored", "stored"]);
});

test("Remember.remember calls nothing known that is not durable yet", async () => {
  const house = await makeHouse();
  const held = holdMemories(house.log);
  const first = house.remember.remember(house.owner, [draft("one", { externalId: "m1" })]);
  await held.come;
  const again = house.remember.remember(house.owner, [draft("one", { externalId: "m1" })]);
  expect(await hasSettled(again)).toBe(false);
  held.letGo();
  expect([...(await first), ...(await again)].map(({ type }) => type)).toEqual(["stored", "known"]);
});

test("Remember.remember refuses with a batch what was known from it alone, and takes both when they are told again", async () => {
  const house = await makeHouse();
  const held = holdMemories(house.log);
  const told = [draft("one", { externalId: "m1" })];
  const first = house.remember.remember(house.owner, told);
  await held.come;
  const again = house.remember.remember(house.owner, told);
  await hasSettled(again);
  held.letGo(new Error("disk full"));
  await expect(first).rejects.toThrow("disk full");
  await expect(again).rejects.toThrow("disk full");
  const [later] = await house.remember.remember(house.owner, told);
  expect(later?.type).toBe("stored");
  expect(house.register.rows()).toHaveLength(1);
});

test("Remember.remember goes on knowing what the log took while it refused another batch", async () => {
  const house = await makeHouse();
  const held = holdMemories(house.log);
  const first = house.remember.remember(house.owner, [draft("one", { externalId: "m1" })]);
  await held.come;
  const taken = [draft("two", { externalId: "m2" })];
  const second = house.remember.remember(house.owner, taken);
  await expect.poll(() => house.register.rows().length).toBe(1);
  // The view is behind: only this process knows of it.
  house.register.lagging = true;
  held.letGo(new Error("disk full"));
  await expect(Promise.all([first, second])).rejects.toThrow("disk full");
  const [again] = await house.remember.remember(house.owner, taken);
  expect(again?.type).toBe("known");
});

test("Remember.written waits for what the log has not acknowledged yet", async () => {
  const house = await makeHouse();
  const held = holdMemories(house.log);
  const first = house.remember.remember(house.owner, [draft("one", { externalId: "m1" })]);
  await held.come;
  const { user } = house.owner;
  const written = house.remember.locks.run(user, () => house.remember.written(user));
  expect(await hasSettled(written)).toBe(false);
  held.letGo();
  await first;
  await written;
});

test("Remember.remember refuses what is empty, too long, or has too much context, and stores none of the batch", async () => {
  const house = await makeHouse();
  for (const bad of [draft("   "), draft("x".repeat(65_537)), draft("x", { context: { note: "y".repeat(9_000) } })]) {
    await expect(house.remember.remember(house.owner, [draft("fine"), bad])).rejects.toMatchObject({ kind: "input" });
  }
  expect(house.register.rows()).toHaveLength(0);
});

test("Remember.remember keeps the level a person chose, and judges by rules otherwise", async () => {
  const house = await makeHouse();
  const [chosen, judged] = await house.remember.remember(house.owner, [
    draft("the alarm code is 4417", { level: 1 }),
    draft("the alarm code is 4417"),
  ]);
  expect(chosen).toMatchObject({ memory: { level: 1, levelDecidedBy: "person", confidence: 1 } });
  expect(judged).toMatchObject({ memory: { level: 4, levelDecidedBy: "rule" } });
});

test("Remember.remember takes an exported memory that comes back for what it is", async () => {
  const house = await makeHouse();
  const [first] = await house.remember.remember(house.owner, [draft("the shed is green", { source: "chat" })]);
  if (first?.type !== "stored") throw new Error("It was stored");
  const back = draft("the shed is green", { source: "jsonl", externalId: first.memory.memoryId });
  const [again] = await house.remember.remember(house.owner, [back]);
  expect(again).toEqual({ type: "known", memoryId: first.memory.memoryId });
});

test("Changes edits against the version that was seen, and tells the current one otherwise", async () => {
  const { changes, owner, remember, register } = await makeHouse();
  const [stored] = await remember.remember(owner, [draft("the shed is green")]);
  if (stored?.type !== "stored") throw new Error("It was stored");
  const target = { owner, memoryId: stored.memory.memoryId, expectedVersion: 1, ceiling: 2 } as const;
  const edited = await changes.edit(target, { text: "the shed is blue" });
  expect(edited).toMatchObject({ type: "changed", memory: { version: 2, text: "the shed is blue" } });
  expect(await changes.edit(target, { text: "the shed is red" })).toEqual({ type: "stale", version: 2 });
  expect(register.rows()).toHaveLength(1);
});

test("Changes.move seals under a new key: what was sealed at the old level opens no more", async () => {
  const { changes, owner, remember, register, keystore } = await makeHouse();
  const [stored] = await remember.remember(owner, [draft("the letter is in the piano")]);
  if (stored?.type !== "stored") throw new Error("It was stored");
  const [before] = register.rows();
  const target = { owner, memoryId: stored.memory.memoryId, expectedVersion: 1, ceiling: 2 } as const;
  const moved = await changes.move(target, 3);
  expect(moved).toMatchObject({ type: "changed", memory: { level: 3, levelDecidedBy: "person", version: 2 } });
  expect(await keystore.memoryKey(stored.memory.memoryId, before?.level)).toBeUndefined();
  const [after] = register.rows();
  const key = await keystore.memoryKey(stored.memory.memoryId, 3);
  if (key === undefined || after === undefined || before === undefined) throw new Error("Key and rows are there");
  expect(openContent(key, 2, after.sealed).type).toBe("opened");
  expect(openContent(key, 1, before.sealed).type).toBe("refused");
  // The session that moved it up does not see it any more.
  expect(await changes.edit({ ...target, expectedVersion: 2 }, { text: "x" })).toEqual({ type: "missing" });
});

test("Changes forgets, restores in time, and shreds the key afterwards for good", async () => {
  const { changes, owner, remember, register, keystore, clock } = await makeHouse();
  const told = draft("the letter is in the piano", { externalId: "letter" });
  const [stored] = await remember.remember(owner, [told]);
  if (stored?.type !== "stored") throw new Error("It was stored");
  const { memoryId } = stored.memory;
  const target = { owner, memoryId, expectedVersion: 1, ceiling: 2 } as const;

  expect((await changes.forget(target)).type).toBe("changed");
  expect((await changes.forget(target)).type).toBe("missing");
  const restored = await changes.restore({ owner, memoryId, ceiling: 2 });
  expect(restored).toMatchObject({ type: "changed", memory: { text: "the letter is in the piano" } });
  // Whoever did not hear the answer asks again.
  expect(await changes.restore({ owner, memoryId, ceiling: 2 })).toEqual(restored);

  await changes.forget(target);
  expect(await changes.eraseForgotten(clock.nowMs() - 1_000, 10)).toBe(0);
  clock.advance(2_000);
  expect(await changes.eraseForgotten(clock.nowMs() - 1_000, 10)).toBe(1);
  expect(await keystore.memoryKey(memoryId)).toBeUndefined();
  expect((await changes.restore({ owner, memoryId, ceiling: 2 })).type).toBe("missing");

  const [again] = await remember.remember(owner, [told]);
  expect(again).toMatchObject({ type: "stored", memory: { memoryId, version: 2 } });
  expect(register.rows().filter((row) => row.state === "live")).toHaveLength(1);
});

test("Changes shows nothing of other users", async () => {
  const { changes, owner, remember, clock } = await makeHouse();
  const [stored] = await remember.remember(owner, [draft("mine")]);
  if (stored?.type !== "stored") throw new Error("It was stored");
  const stranger = { tenant: DEFAULT_TENANT, user: makeId("usr", clock.nowMs(), seededRandom(9)) };
  const target = { owner: stranger, memoryId: stored.memory.memoryId, expectedVersion: 1, ceiling: 4 } as const;
  expect(await changes.edit(target, { text: "theirs" })).toEqual({ type: "missing" });
  expect(await changes.restore({ owner: stranger, memoryId: stored.memory.memoryId, ceiling: 4 })).toEqual({
    type: "missing",
  });
});

test("partitionOfUser spreads users over all partitions", () => {
  const random = seededRandom(3);
  const seen = new Set(Array.from({ length: 200 }, () => partitionOfUser(makeId("usr", 1, random))));
  expect(seen.size).toBe(TOPICS.memories.partitions);
});

const judgedAs = (level: 1 | 2 | 3, rule: string) =>
  ({ level, confidence: 0.7, decidedBy: "model", reasons: [{ rule, level, text: "Asked" }] }) as const;

test("Changes.rejudge takes judgements over in one write, raises under a new key, and lowers nothing", async () => {
  const house = await makeHouse();
  const texts = ["The kettle is on", "The cat sleeps", "My salary is 84,000 a year", "I chose this one"];
  const told = await house.remember.remember(
    house.owner,
    texts.map((text, at) => draft(text, at === 3 ? { level: 1 } : {})),
  );
  const ids = told.map((one) => (one.type === "stored" ? one.memory.memoryId : one.memoryId));
  const [raised, agreed, salary, chosen] = ids;
  if (raised === undefined || agreed === undefined || salary === undefined || chosen === undefined)
    throw new Error("Four");
  const before = await house.keystore.memoryKey(raised, 1);
  const taken = await house.changes.rejudge(house.owner, [
    { memoryId: raised, version: 1, judged: judgedAs(3, "provider-health") },
    { memoryId: agreed, version: 1, judged: judgedAs(1, "provider-agrees") },
    { memoryId: salary, version: 1, judged: judgedAs(1, "provider-agrees") },
    { memoryId: chosen, version: 1, judged: judgedAs(3, "provider-health") },
  ]);
  expect(taken).toBe(2);
  const rows = new Map(house.register.rows().map((row) => [row.memoryId, row]));
  const seen = ids.map((id) => {
    const row = rows.get(id);
    return [row?.level, row?.levelDecidedBy, row?.version];
  });
  expect(seen).toEqual([
    [3, "model", 2],
    [1, "model", 2],
    [3, "rule", 1],
    [1, "person", 1],
  ]);
  const row = rows.get(raised);
  const key = await house.keystore.memoryKey(raised, 3);
  if (row === undefined || key === undefined || before === undefined) throw new Error("Row and keys are there");
  expect(openContent(key, row.version, row.sealed)).toMatchObject({
    content: { text: "The kettle is on", reasons: [{ rule: "provider-health" }] },
  });
  expect(openContent(before, row.version, row.sealed).type).not.toBe("opened");
  // What has changed since it was looked at is judged by nobody.
  const stale = [{ memoryId: agreed, version: 1, judged: judgedAs(2, "provider-work") }];
  expect(await house.changes.rejudge(house.owner, stale)).toBe(0);
});

test("Changes.edit keeps the level that a provider raised a memory to, and the reason", async () => {
  const house = await makeHouse();
  const [told] = await house.remember.remember(house.owner, [draft("The kettle is on")]);
  if (told?.type !== "stored") throw new Error("It is stored");
  const { memoryId } = told.memory;
  await house.changes.rejudge(house.owner, [{ memoryId, version: 1, judged: judgedAs(2, "provider-work") }]);
  const target = { owner: house.owner, memoryId, expectedVersion: 2, ceiling: 4 } as const;
  expect(await house.changes.edit(target, { text: "The kettle was on" })).toMatchObject({
    type: "changed",
    memory: { level: 2, levelDecidedBy: "model", version: 3, reasons: [{ rule: "provider-work" }] },
  });
});

test("Remember.remember reads a file once: not when it is told again, and again when what was known was erased", async () => {
  const house = await makeHouse();
  let reads = 0;
  const file = {
    name: "../photos/IMG 1.jpg",
    bytes: 3,
    open: async function* () {
      reads++;
      yield Buffer.of(0xff, 0xd8, 0xff);
    },
  };
  const told = draft("at the sea", { externalId: "photo-1", files: [file] });
  const [first] = await house.remember.remember(house.owner, [told]);
  if (first?.type !== "stored") throw new Error("It is new");
  expect(first.memory.files).toMatchObject([{ name: "IMG 1.jpg", type: "image/jpeg", bytes: 3 }]);
  expect(await house.remember.remember(house.owner, [told, told])).toMatchObject([
    { type: "known" },
    { type: "known" },
  ]);
  const exported = draft("at the sea", { externalId: first.memory.memoryId, files: [file] });
  expect(await house.remember.remember(house.owner, [exported])).toMatchObject([{ type: "known" }]);
  expect(reads).toBe(1);
  const { memoryId } = first.memory;
  await house.changes.hide(house.owner, [memoryId]);
  await house.changes.eraseNamed(house.owner, [memoryId]);
  expect(await house.remember.remember(house.owner, [told])).toMatchObject([{ type: "stored" }]);
  expect(reads).toBe(2);
});

test("a move seals a file's key anew: under the old level's key its state before opens no more", async () => {
  const house = await makeHouse();
  const bytes = Buffer.from("a scan of the contract");
  const file = {
    name: "scan.pdf",
    bytes: bytes.length,
    open: async function* () {
      yield bytes;
    },
  };
  const [told] = await house.remember.remember(house.owner, [draft("the contract", { level: 2, files: [file] })]);
  if (told?.type !== "stored") throw new Error("It is new");
  const { memoryId } = told.memory;
  const target = { owner: house.owner, memoryId, expectedVersion: 1, ceiling: 4 } as const;
  const moved = await house.changes.move(target, 3);
  if (moved.type !== "changed") throw new Error("It can be moved");
  expect(moved.memory.files).toEqual(told.memory.files);
  expect(await house.keystore.memoryKey(memoryId, 2)).toBeUndefined();
  const parts: Uint8Array[] = [];
  const [kept] = moved.memory.files ?? [];
  if (kept === undefined) throw new Error("It has a file");
  for await (const part of house.files.read(house.owner, memoryId, kept)) parts.push(part);
  expect(Buffer.concat(parts)).toEqual(bytes);
  await expect(
    house.changes.move({ ...target, expectedVersion: 2 }, 4, { type: "sealed", body: "AAAA" }),
  ).rejects.toMatchObject({
    code: "memory-files-sealed",
  });
});
