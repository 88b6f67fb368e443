/** Moves between levels that a stop cuts off: which keys are there afterwards. */
import { ManualClock, seededRandom } from "@kaelix/base";
import { MemoryLog } from "@kaelix/log/testing";
import { DEFAULT_TENANT, type Level, makeId, type MemoryId, TOPICS } from "@kaelix/model";
import { type Keystore, openContent, openKeystore } from "@kaelix/security";
import { expect, test } from "vitest";

import { memoryKek } from "../../security/src/testing/memory-kek.ts";
import { Changes } from "./changes.ts";
import { type Owner, Remember } from "./remember.ts";
import { FakeRegister } from "./testing/fake-register.ts";
import { filesOver } from "./testing/files.ts";

const OWNER: Owner = { tenant: DEFAULT_TENANT, user: makeId("usr", 1, seededRandom(1)) };
const kek = memoryKek();

/** A process over a log, with the memories that others have told to it before. */
async function openProcess(log: MemoryLog, seed: number) {
  const [clock, random] = [new ManualClock(1_750_000_000_000), seededRandom(seed)];
  for (const topic of Object.values(TOPICS)) await log.createTopic(topic);
  const keystore = await openKeystore({ log, kek, clock, random });
  const register = new FakeRegister(log);
  const remember = new Remember({ log, keystore, register, clock, random, files: filesOver({ log, clock, random }) });
  const changes = new Changes({ remember, keystore, register, clock, random });
  const tell = async (text: string, level: Level): Promise<MemoryId> => {
    const [told] = await remember.remember(OWNER, [{ text, source: "rest", level, externalId: "one" }]);
    return told?.type === "stored" ? told.memory.memoryId : expect.fail();
  };
  const move = async (memoryId: MemoryId, level: Level): Promise<unknown> => {
    const version = (await register.memory(OWNER.user, memoryId))?.version ?? expect.fail();
    return changes.move({ owner: OWNER, memoryId, ceiling: 4, expectedVersion: version }, level);
  };
  /** What the memory says now. */
  const read = async (memory: MemoryId): Promise<string> => {
    const row = (await register.memory(OWNER.user, memory)) ?? expect.fail();
    const key = (await keystore.memoryKey(memory, row.level)) ?? expect.fail();
    const opened = openContent(key, row.version, row.sealed);
    return opened.type === "opened" ? opened.content.text : expect.fail();
  };
  return { changes, keystore, move, read, remember, tell };
}

/** At which levels a memory has a key. */
async function levelsOf(keystore: Keystore, memory: MemoryId): Promise<readonly Level[]> {
  const answers = await keystore.memoryKeys(([1, 2, 3, 4] as const).map((level) => ({ memory, level })));
  return ([1, 2, 3, 4] as const).filter((level) => answers[level - 1]?.type === "key");
}

test("Changes.settleMoves drops the former key of a move that was cut off behind the memory", async () => {
  const log = new MemoryLog();
  const first = await openProcess(log, 2);
  const memory = await first.tell("the safe is behind the books", 1);
  first.keystore.settleMoves = () => Promise.reject(new Error("the process is killed"));
  await expect(first.move(memory, 3)).rejects.toThrow("killed");
  await first.keystore.close();

  const second = await openProcess(log, 3);
  expect(await levelsOf(second.keystore, memory), "the test can see it").toEqual([1, 3]);
  await second.changes.settleMoves();
  expect(await levelsOf(second.keystore, memory)).toEqual([3]);
  expect(await second.read(memory)).toBe("the safe is behind the books");
  await second.keystore.close();
  const third = await openProcess(log, 4);
  expect(await levelsOf(third.keystore, memory)).toEqual([3]);
  await third.keystore.close();
});

test("Changes.settleMoves keeps both keys of a move whose memory never came to the log", async () => {
  const log = new MemoryLog();
  const first = await openProcess(log, 2);
  const memory = await first.tell("the safe is behind the books", 1);
  const prepared = await first.keystore.prepareMemoryKeys([{ ...OWNER, memory, level: 3 }]);
  await log.append(TOPICS.keys.name, 0, prepared.records);
  await first.keystore.close();

  const second = await openProcess(log, 3);
  await second.changes.settleMoves();
  expect(await levelsOf(second.keystore, memory)).toEqual([1, 3]);
  expect(await second.read(memory)).toBe("the safe is behind the books");
  // The next move finishes it.
  await second.move(memory, 3);
  expect(await levelsOf(second.keystore, memory)).toEqual([3]);
  expect(await second.read(memory)).toBe("the safe is behind the books");
  await second.keystore.close();
});

test("Changes.settleMoves drops what a memory that is told again at another level left behind", async () => {
  const house = await openProcess(new MemoryLog(), 2);
  const memory = await house.tell("one", 1);
  await house.changes.forget({ owner: OWNER, memoryId: memory, ceiling: 4, expectedVersion: 1 });
  await house.tell("another", 3);
  await house.remember.written(OWNER.user);
  expect(await levelsOf(house.keystore, memory)).toEqual([1, 3]);
  await house.changes.settleMoves();
  expect(await levelsOf(house.keystore, memory)).toEqual([3]);
  expect(await house.read(memory)).toBe("another");
  await house.keystore.close();
});

test("Changes.rejudge that finds a memory's key gone leaves no key waiting for the log", async () => {
  const log = new MemoryLog();
  const { changes, keystore, remember } = await openProcess(log, 2);
  const drafts = ["the shed is green", "the press is broken"].map((text) => ({ text, source: "rest" as const }));
  const told = await remember.remember(OWNER, drafts);
  const memories = told.map((one) => (one.type === "stored" ? one.memory.memoryId : expect.fail()));
  const keyOf = keystore.memoryKey.bind(keystore);
  let asked = 0;
  // Both are opened; then the one that stays at its level has gone.
  keystore.memoryKey = async (...given) => (++asked > memories.length ? undefined : keyOf(...given));
  const judged = memories.map((memoryId, at) => {
    return {
      memoryId,
      version: 1,
      judged: {
        level: at === 0 ? (2 as const) : (1 as const),
        decidedBy: "model" as const,
        confidence: 1,
        reasons: [],
      },
    };
  });
  await expect(changes.rejudge(OWNER, judged)).rejects.toMatchObject({ code: "memory-sealed-away" });
  await expect.poll(() => keystore.status().pending).toBe(0);
  await keystore.close();
});
