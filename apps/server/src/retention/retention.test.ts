/** Letting go what has reached its age, over a log in memory: announced, a week later gone, once, whatever stops in between. */
import { ManualClock, seededRandom } from "@kaelix/base";
import { Changes, Erasures, type Owner, Remember } from "@kaelix/capture";
import { makeLogger } from "@kaelix/coordinator";
import { MemoryLog } from "@kaelix/log/testing";
import { DEFAULT_TENANT, type Level, makeId, type MemoryId, type SourceKind, TOPICS } from "@kaelix/model";
import { type Accounts, openErasureLedger, openKeystore } from "@kaelix/security";
import { expect, test } from "vitest";

import { filesOver } from "../../../../packages/capture/src/testing/files.ts";
import { FakeRegister } from "../../../../packages/capture/src/testing/fake-register.ts";
import { memoryKek } from "../../../../packages/security/src/testing/memory-kek.ts";
import { openDayBook } from "../days/day-book.ts";
import { Eraser } from "../eraser.ts";
import { Retention, type RetentionParts } from "./retention.ts";

const DAY_MS = 86_400_000;
const UNDO_MS = 60_000;
const START_MS = Date.UTC(2020, 1, 29, 12);
const random = seededRandom(8);
const ANN: Owner = { tenant: DEFAULT_TENANT, user: makeId("usr", 1_000, random) };
const BO: Owner = { tenant: DEFAULT_TENANT, user: makeId("usr", 1_001, random) };

/** What a query of the relational view answers, from rows that are folded here. */
function storeOf(rows: FakeRegister): RetentionParts["store"] {
  return {
    known: (user, memories) => rows.known(user, memories),
    agedCountsOf: () => Promise.resolve([]),
    agedOf: async (user, { before, except, levels, sources }, { after, limit }) => {
      const isBehind = (one: { recordedAtMs: number; memoryId: string }): boolean =>
        after === undefined ||
        one.recordedAtMs > after.recordedAtMs ||
        (one.recordedAtMs === after.recordedAtMs && one.memoryId > after.memoryId);
      return rows
        .rows()
        .filter((row) => row.userId === user && row.state === "live" && !except.includes(row.memoryId))
        .filter(({ level }) => level >= levels[0] && level <= levels[1])
        .filter(({ recordedAtMs, source }) => {
          const limitMs = (sources.find((own) => own.source === source) ?? { before }).before;
          return limitMs !== null && recordedAtMs < limitMs;
        })
        .toSorted((one, next) => one.recordedAtMs - next.recordedAtMs || (one.memoryId < next.memoryId ? -1 : 1))
        .filter(isBehind)
        .slice(0, limit);
    },
  };
}

/** Opens a house over a log; twice over the same log is a restart. */
async function openHouse(log: MemoryLog, clock: ManualClock, more: Partial<RetentionParts> = {}) {
  const made = seededRandom(clock.nowMs() % 1_000_003);
  for (const topic of Object.values(TOPICS)) await log.createTopic(topic);
  const keystore = await openKeystore({ log, kek: memoryKek(), clock, random: made });
  const rows = new FakeRegister(log);
  const register = Object.assign(rows, {
    async *rowsOf() {
      yield rows.rows();
    },
  });
  const files = filesOver({ log, clock, random: made });
  const remember = new Remember({ log, keystore, register, clock, random: made, files });
  const ledger = await openErasureLedger(log);
  const changes = new Changes({ remember, keystore, register, clock, random: made });
  const erasures = new Erasures({
    ledger,
    changes,
    remember,
    keystore,
    register,
    clock,
    random: made,
    accounts: {} as Accounts,
    views: { folded: async ({ offset }) => [{ name: "rows", offset }] },
    undoMs: UNDO_MS,
    purgeMs: undefined,
    held: { drop: async () => 0 },
    onLeaving: async () => undefined,
    onDone: () => undefined,
  });
  const book = await openDayBook(log);
  const retention = new Retention({
    book,
    store: storeOf(rows),
    erasures,
    users: async function* () {
      yield* [ANN.user, BO.user];
    },
    ownerOf: async (user) => (user === ANN.user ? ANN : BO),
    houseMonths: 12,
    onKept: () => undefined,
    clock,
    logger: makeLogger("silent"),
    ...more,
  });
  const eraser = new Eraser({
    changes,
    erasures,
    imports: { discardOld: async () => undefined },
    retention,
    purge: undefined,
    clock,
    logger: makeLogger("silent"),
    onErased: () => undefined,
    undoMs: UNDO_MS,
  });
  const round = (): Promise<void> => eraser.round();
  const tell = async (owner: Owner, text: string, how: { level?: Level; source?: SourceKind } = {}) => {
    const [told] = await remember.remember(owner, [{ text, source: "rest", level: 1, ...how }]);
    return told?.type === "stored" ? told.memory.memoryId : expect.fail();
  };
  const stateOf = (...memories: readonly MemoryId[]): readonly unknown[] =>
    memories.map((memory) => rows.rows().find((row) => row.memoryId === memory)?.state);
  return { book, clock, erasures, keystore, ledger, retention, round, rows, stateOf, tell };
}

function newClock(): ManualClock {
  return new ManualClock(START_MS);
}

test("Retention lets a memory go a week after it was announced, once, level by level, and keeps what is kept by name", async () => {
  const house = await openHouse(new MemoryLog(), newClock());
  const { book, clock, ledger, retention, round, stateOf, tell } = house;
  const [general, secret, kept] = [
    await tell(ANN, "the press"),
    await tell(ANN, "the safe", { level: 3 }),
    await tell(ANN, "the wedding"),
  ];
  await retention.keep(ANN, kept, true);
  clock.advance(340 * DAY_MS);
  await round();
  expect(book.announced(ANN.user), "nothing reaches its age within a week").toBeUndefined();
  const young = await tell(ANN, "told later");
  // Told on 29 February: the last day is 28 February 2021.
  clock.jumpTo(Date.UTC(2021, 1, 23, 12));
  await round();
  const announced = book.announced(ANN.user);
  expect(announced?.due_at).toBe(Date.UTC(2021, 2, 2, 12));
  clock.jumpTo((announced?.due_at ?? 0) - 1);
  await round();
  expect(stateOf(general, secret)).toEqual(["live", "live"]);
  clock.advance(1);
  await round();
  expect(stateOf(general, secret, kept, young)).toEqual(["forgotten", "forgotten", "live", "live"]);
  clock.advance(UNDO_MS);
  await round();
  await round();
  expect(stateOf(general, secret, kept, young)).toEqual(["erased", "erased", "live", "live"]);
  expect(ledger.of(ANN.user).map(({ erased, named, state, what }) => [what, state, named, erased])).toEqual([
    [{ type: "age", level: 1 }, "done", 1, 1],
    [{ type: "age", level: 3 }, "done", 1, 1],
  ]);
  expect(book.announced(ANN.user)).toBeUndefined();
  await retention.keep(ANN, kept, false);
  clock.advance(DAY_MS);
  await round();
  clock.advance(7 * DAY_MS);
  await round();
  expect(stateOf(kept)).toEqual(["forgotten"]);
  await house.keystore.close();
});

test("a shorter rule takes nothing within a week and a longer one holds at once, whoever made it", async () => {
  const log = new MemoryLog();
  const house = await openHouse(log, newClock());
  const { clock } = house;
  const memory = await house.tell(ANN, "the press");
  const other = await house.tell(ANN, "from the phone", { source: "whatsapp" });
  const bos = await house.tell(BO, "Bo's press");
  clock.advance(100 * DAY_MS);
  await house.retention.choose(ANN, { months: 1, sources: [{ source: "whatsapp", months: null }] });
  expect(house.book.announced(ANN.user)?.due_at).toBe(clock.nowMs() + 7 * DAY_MS);
  await house.round();
  clock.advance(6 * DAY_MS);
  await house.round();
  expect(house.stateOf(memory, other)).toEqual(["live", "live"]);
  await house.retention.choose(ANN, { months: 24, sources: [] });
  clock.advance(30 * DAY_MS);
  await house.round();
  expect(house.stateOf(memory)).toEqual(["live"]);
  await house.keystore.close();
  // The house's own default becomes shorter: those who never chose are told first, too.
  const again = await openHouse(log, clock, { houseMonths: 1 });
  clock.advance(2 * UNDO_MS);
  await again.round();
  expect(again.stateOf(memory, bos)).toEqual(["live", "live"]);
  expect(again.book.announced(BO.user)?.due_at).toBe(clock.nowMs() + 7 * DAY_MS);
  clock.advance(7 * DAY_MS);
  await again.round();
  expect(again.stateOf(memory, bos)).toEqual(["live", "forgotten"]);
  await again.keystore.close();
});

test("what stands announced goes when another default lets it go too, and takes nothing along that was not announced", async () => {
  const log = new MemoryLog();
  let clock = newClock();
  const outcomes = [];
  for (const houseMonths of [1, null]) {
    const house = await openHouse(log, clock);
    const old = await house.tell(BO, "Bo's press");
    clock.advance(300 * DAY_MS);
    const young = await house.tell(BO, "told later");
    clock.advance(70 * DAY_MS);
    await house.round();
    await house.keystore.close();
    const again = await openHouse(log, clock, { houseMonths });
    clock.advance(7 * DAY_MS);
    await again.round();
    outcomes.push(again.stateOf(old, young));
    await again.keystore.close();
    clock = new ManualClock(clock.nowMs());
  }
  expect(outcomes).toEqual([
    ["forgotten", "live"],
    ["live", "live"],
  ]);
});

test("a clock that jumps, a server that was off and a person who is kept out lose nothing that was not announced anew", async () => {
  const log = new MemoryLog();
  const suspended = new Set([BO.user]);
  const ownerOf: RetentionParts["ownerOf"] = async (user) =>
    suspended.has(user) ? undefined : user === ANN.user ? ANN : BO;
  const house = await openHouse(log, newClock(), { ownerOf });
  const { clock } = house;
  const memory = await house.tell(ANN, "the press");
  const bos = await house.tell(BO, "Bo's press");
  clock.advance(10 * 365 * DAY_MS);
  await house.round();
  expect(house.stateOf(memory, bos)).toEqual(["live", "live"]);
  expect(house.book.announced(BO.user)).toBeUndefined();
  const ahead = house.book.announced(ANN.user)?.due_at ?? expect.fail();
  clock.jumpTo(START_MS + DAY_MS);
  await house.round();
  expect(house.book.announced(ANN.user), "announced by a clock that was ahead").toBeUndefined();
  clock.jumpTo(ahead);
  await house.round();
  expect(house.stateOf(memory)).toEqual(["live"]);
  // Announced again on that day, then off for two weeks: another week of warning.
  clock.advance(14 * DAY_MS);
  await house.round();
  expect(house.stateOf(memory)).toEqual(["live"]);
  clock.advance(7 * DAY_MS);
  await house.round();
  expect(house.stateOf(memory)).toEqual(["forgotten"]);
  suspended.clear();
  clock.advance(DAY_MS);
  await house.round();
  expect(house.stateOf(bos)).toEqual(["live"]);
  await house.keystore.close();
});

test("trouble with one person holds nobody else up", async () => {
  const house = await openHouse(new MemoryLog(), newClock(), {
    ownerOf: async (user) => {
      if (user === ANN.user) throw new Error("A row that cannot be read");
      return BO;
    },
  });
  const { clock } = house;
  const bos = await house.tell(BO, "Bo's press");
  await house.retention.choose(ANN, { months: 1, sources: [] });
  clock.advance(400 * DAY_MS);
  await house.round();
  clock.advance(7 * DAY_MS);
  await house.round();
  expect(house.stateOf(bos)).toEqual(["forgotten"]);
  await house.keystore.close();
});

/** Lets a number of appends through from now on and refuses all others, as a process that has ended writes no more. */
function stopAfter(log: MemoryLog, appends: number): { readonly wasReached: () => boolean } {
  let left = appends;
  log.beforeAppend = async () => {
    if (left-- <= 0) throw new Error("The power went");
  };
  return { wasReached: () => left < 0 };
}

test("what a stop cuts off at any append goes on after the next start, and each memory goes once", async () => {
  for (let after = 0; ; after++) {
    const log = new MemoryLog();
    const house = await openHouse(log, newClock());
    const { clock } = house;
    const memories = [
      await house.tell(ANN, "one"),
      await house.tell(ANN, "two"),
      await house.tell(ANN, "three", { level: 2 }),
    ];
    clock.advance(400 * DAY_MS);
    await house.round();
    clock.advance(7 * DAY_MS);
    const stop = stopAfter(log, after);
    await house.round();
    if (!stop.wasReached()) {
      clock.advance(UNDO_MS);
      await house.round();
    }
    await house.keystore.close();
    const wasReached = stop.wasReached();
    log.beforeAppend = async () => undefined;
    const again = await openHouse(log, clock);
    for (let count = 0; count < 3; count++) {
      await again.round();
      clock.advance(UNDO_MS);
    }
    const where = `cut off after ${after} appends`;
    expect(again.stateOf(...memories), where).toEqual(["erased", "erased", "erased"]);
    const done = again.ledger.of(ANN.user);
    expect(
      done.map(({ erased, named, state }) => [state, named, erased]),
      where,
    ).toEqual(
      expect.arrayContaining([
        ["done", 1, 1],
        ["done", 2, 2],
      ]),
    );
    expect(done, where).toHaveLength(2);
    await again.keystore.close();
    if (wasReached) continue;
    expect(after).toBeGreaterThan(8);
    return;
  }
});
