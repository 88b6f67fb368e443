/** What becomes of each record of a log when it is purged: over keys that are there or not, and events that close or do not. */
import { encodeText, ManualClock, seededRandom } from "@kaelix/base";
import type { PurgeReport, PurgeRule, RecordFate } from "@kaelix/log";
import { MemoryLog } from "@kaelix/log/testing";
import {
  decodeEvent,
  DEFAULT_TENANT,
  encodeEvent,
  EVENT_VERSION,
  makeId,
  type MemoryEvent,
  type MemoryId,
  TOPICS,
} from "@kaelix/model";
import { openKeystore } from "@kaelix/security";
import { expect, test } from "vitest";

import { memoryKek } from "../../../security/src/testing/memory-kek.ts";
import { Changes } from "../changes.ts";
import { type Owner, partitionOfUser, Remember } from "../remember.ts";
import { FakeRegister } from "../testing/fake-register.ts";
import { filesOver } from "../testing/files.ts";
import { readClosings } from "./closings.ts";
import { Purge, type PurgedFiles } from "./purge.ts";

const WITHIN_MS = 24 * 3_600_000;
const START_MS = 1_750_000_000_000;

/** A house over a log in memory. A purge changes nothing there: it says what would become of each record. */
async function openHouse() {
  const clock = new ManualClock(START_MS);
  const random = seededRandom(7);
  const log = new MemoryLog();
  for (const topic of Object.values(TOPICS)) await log.createTopic(topic);
  const keystore = await openKeystore({ log, kek: memoryKek(), clock, random });
  const register = new FakeRegister(log);
  const files = filesOver({ log, clock, random });
  const remember = new Remember({ log, keystore, register, clock, random, files });
  const changes = new Changes({ remember, keystore, register, clock, random });
  const owner: Owner = { tenant: DEFAULT_TENANT, user: makeId("usr", 1_000, seededRandom(8)) };
  const partition = partitionOfUser(owner.user);
  const marks = new Map<string, number>();
  let fates = new Map<string, RecordFate>();
  const telling = new Set<MemoryId>();
  /** Called between looking at `memories` and at `files`. */
  let between = async (): Promise<void> => undefined;
  const filesOf = (topic: string, at: number): PurgedFiles => ({
    get purgedTo() {
      return marks.get(`${topic}/${at}`) ?? 0;
    },
    notePurged: async (offset) => void marks.set(`${topic}/${at}`, offset),
    purge: async (rule: PurgeRule): Promise<PurgeReport> => {
      for (const { key, offset, value } of log.records(topic, at)) {
        const fate = await rule({ key, offset, value });
        if (fate !== "stays") fates.set(`${topic} ${offset}`, fate);
      }
      await between();
      const nothing = { bytesBefore: 0, bytesAfter: 0, segmentsBefore: 0, segmentsAfter: 0 };
      return { ...nothing, isWhole: true, recordsRemoved: 0, recordsShortened: 0 };
    },
  });
  const parts = { log, filesOf, keystore, clock, withinMs: WITHIN_MS, telling: () => telling };
  const purge = new Purge(parts);
  const tell = async (externalId?: string, hasFile = false): Promise<MemoryId> => {
    const [told] = await remember.remember(owner, [
      {
        text: `told ${externalId ?? "once"}`,
        source: "rest",
        level: 1,
        ...(externalId === undefined ? {} : { externalId }),
        ...(hasFile
          ? {
              files: [
                {
                  name: "a",
                  bytes: 3,
                  open: async function* () {
                    yield new Uint8Array(3);
                  },
                },
              ],
            }
          : {}),
      },
    ]);
    return told?.type === "stored" ? told.memory.memoryId : expect.fail();
  };
  const say = async (event: Pick<MemoryEvent, "type"> & object): Promise<void> => {
    const base = { v: EVENT_VERSION, at: clock.nowMs(), ...owner };
    await remember.append(owner, [{ ...base, ...event } as MemoryEvent]);
  };
  const erase = async (memory: MemoryId): Promise<void> => {
    await changes.hide(owner, [memory]);
    await changes.eraseNamed(owner, [memory]);
  };
  /** What becomes of each record of `memories` (s: stays, -: goes, a length: of the new value), and of `files`. */
  const run = async (): Promise<readonly [string, string]> => {
    fates = new Map();
    await new Purge(parts).run();
    const shown = (topic: string): string =>
      log
        .records(topic, partition)
        .map(({ offset }) => {
          const fate = fates.get(`${topic} ${offset}`) ?? "stays";
          return fate === "stays" ? "s" : fate === "goes" ? "-" : "c";
        })
        .join("");
    return [shown(TOPICS.memories.name), shown(TOPICS.files.name)];
  };
  return {
    changes,
    clock,
    erase,
    fates: () => fates,
    keystore,
    log,
    marks,
    owner,
    partition,
    purge,
    run,
    say,
    setBetween: (work: () => Promise<void>) => (between = work),
    tell,
    telling,
  };
}

test("an erased memory's event stays without what was sealed, others stay whole", async () => {
  const { erase, fates, log, partition, run, tell } = await openHouse();
  await tell("kept", true);
  await erase(await tell("gone", true));
  expect(await run()).toEqual(["scss", "s-"]);
  const fate = fates().get(`${TOPICS.memories.name} 1`);
  const before = decodeEvent(log.records(TOPICS.memories.name, partition)[1]?.value ?? new Uint8Array(0));
  const after = typeof fate === "object" ? decodeEvent(fate.value) : expect.fail();
  if (before.type !== "event" || after.type !== "event") throw new Error("Both are events");
  expect(after.event).toEqual({ ...before.event, sealed: "", digest: "" });
});

test("nothing goes before its key: an erasure that a stop cut off, a person whose key is still there", async () => {
  const { run, say, tell } = await openHouse();
  const memory = await tell("a", true);
  await say({ type: "memory.forgotten", memory } as object as MemoryEvent);
  await say({ type: "memory.erased", memory } as object as MemoryEvent);
  expect(await run()).toEqual(["sss", "s"]);
  await say({ type: "memory.all-erased" });
  expect(await run()).toEqual(["ssss", "s"]);
});

test("nothing goes that no event has closed, though its key is lost", async () => {
  const { erase, keystore, run, tell } = await openHouse();
  const lost = await tell("lost");
  await keystore.shredMemories([lost]);
  const again = await tell("again");
  await erase(again);
  expect(await tell("again")).toBe(again);
  await keystore.shredMemories([again]);
  expect(await run()).toEqual(["scsss", ""]);
});

test("what a move left behind goes; what was told again at another level leaves what was before", async () => {
  const { changes, owner, run, tell } = await openHouse();
  const memoryId = await tell("moved");
  await changes.move({ owner, memoryId, ceiling: 4, expectedVersion: 1 }, 3);
  await changes.edit({ owner, memoryId, ceiling: 4, expectedVersion: 2 }, { text: "edited" });
  expect(await run()).toEqual(["css", ""]);
});

test("of a person who has gone nothing stays but the word of it; others keep theirs", async () => {
  const { keystore, owner, run, say, tell } = await openHouse();
  const memory = await tell("a", true);
  await tell("b");
  await keystore.shredMemories([memory]);
  await keystore.shredUser(owner.user);
  await say({ type: "memory.all-erased" });
  expect(await run()).toEqual(["--s", "-"]);
});

test("files of what is being told again stay, those of before go once it is told", async () => {
  const { erase, marks, partition, run, setBetween, tell, telling } = await openHouse();
  const memory = await tell("a", true);
  await erase(memory);
  telling.add(memory);
  expect(await run()).toEqual(["css", "s"]);
  expect(marks.get(`${TOPICS.memories.name}/${partition}`)).toBe(undefined);
  telling.clear();
  // It is told while the purge is under way: its file stands behind what was there when it began.
  setBetween(async () => {
    setBetween(async () => undefined);
    expect(await tell("a", true)).toBe(memory);
  });
  expect(await run()).toEqual(["csss", "-s"]);
  expect(marks.get(`${TOPICS.memories.name}/${partition}`)).toBe(4);
});

test("it is due halfway through the time that is given, and not when nothing was closed", async () => {
  const { clock, erase, purge, tell } = await openHouse();
  const memory = await tell("a");
  clock.advance(WITHIN_MS);
  expect(await purge.isDue()).toBe(false);
  await erase(memory);
  clock.advance(WITHIN_MS / 2 - 1);
  expect(await purge.isDue()).toBe(false);
  clock.advance(WITHIN_MS / 8 + 1);
  expect(await purge.isDue()).toBe(true);
});

test("what was looked through is not read again, up to the first closing, which is purged in its time", async () => {
  const { clock, erase, log, marks, partition, purge, run, say, tell } = await openHouse();
  const memory = await tell("a");
  for (let told = 0; told < 1_001; told++) await say({ type: "memory.restored", memory } as MemoryEvent);
  await erase(memory);
  await say({ type: "memory.restored", memory } as MemoryEvent);
  expect(await readClosings(log, partition, { from: 0, most: 1 })).toMatchObject({ nextOffset: 1_004 });
  expect(await purge.isDue()).toBe(false);
  // The erasing hides, then closes.
  expect(marks.get(`${TOPICS.memories.name}/${partition}`)).toBe(1_003);
  clock.advance(WITHIN_MS);
  expect(await purge.isDue()).toBe(true);
  expect((await run())[0]).toMatch(/^cs{1004}$/);
});

test("an account that has ended is due in its time, and once", async () => {
  const { clock, keystore, log, marks, owner, purge, run } = await openHouse();
  await keystore.ensureUserKey(owner.tenant, owner.user);
  await keystore.shredUser(owner.user);
  const event = { v: EVENT_VERSION, at: clock.nowMs(), ...owner, type: "user.erased" } as const;
  await log.append(TOPICS.identity.name, 0, [{ key: encodeText(owner.user), value: encodeEvent(event) }]);
  expect(await purge.isDue()).toBe(false);
  clock.advance(WITHIN_MS);
  expect(await purge.isDue()).toBe(true);
  await run();
  expect(marks.get(`${TOPICS.identity.name}/0`)).toBe(1);
  clock.advance(WITHIN_MS);
  expect(await purge.isDue()).toBe(false);
});
