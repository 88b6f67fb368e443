import { ManualClock, seededRandom } from "@kaelix/base";
import { MemoryLog } from "@kaelix/log/testing";
import {
  DEFAULT_TENANT,
  type ErasureState,
  makeId,
  type MemoryId,
  parseTenantId,
  type TenantId,
  TOPICS,
  type UserId,
} from "@kaelix/model";
import { type Accounts, openErasureLedger, openKeystore } from "@kaelix/security";
import { expect, test } from "vitest";

import { memoryKek } from "../../security/src/testing/memory-kek.ts";
import { Changes } from "./changes.ts";
import { type ErasureRegister, Erasures } from "./erasures.ts";
import { type Owner, partitionOfUser, Remember } from "./remember.ts";
import { filesOver } from "./testing/files.ts";
import { FakeRegister } from "./testing/fake-register.ts";

const UNDO_MS = 60_000;
const PURGE_MS = 3_600_000;

/** Opens a house over a log; twice over the same log is a restart. */
async function openHouse(log: MemoryLog, clock = new ManualClock(), { waiting = 0, accounts = {} } = {}) {
  const dropping: unknown[] = [];
  const random = seededRandom(7);
  for (const topic of Object.values(TOPICS)) await log.createTopic(topic);
  const keystore = await openKeystore({ log, kek: memoryKek(), clock, random });
  const rows = new FakeRegister(log);
  const register: ErasureRegister = Object.assign(rows, {
    async *rowsOf(user: UserId) {
      yield rows.rows().filter((row) => row.userId === user);
    },
  });
  const remember = new Remember({ log, keystore, register, clock, random, files: filesOver({ log, clock, random }) });
  const changes = new Changes({ remember, keystore, register, clock, random });
  const done: ErasureState[] = [];
  const ledger = await openErasureLedger(log);
  const erasures = new Erasures({
    ledger,
    changes,
    remember,
    keystore,
    register,
    clock,
    random,
    // An account's end is tested with the whole house.
    accounts: accounts as Accounts,
    views: { folded: async ({ offset }) => [{ name: "rows", offset }] },
    undoMs: UNDO_MS,
    purgeMs: PURGE_MS,
    held: { drop: async (...asked) => (dropping.push(asked), waiting) },
    onLeaving: async () => undefined,
    onDone: (state) => done.push(state),
  });
  const owner = { tenant: DEFAULT_TENANT, user: makeId("usr", 1_000, seededRandom(8)) };
  const tell = async (count: number, whose: Owner = owner): Promise<readonly MemoryId[]> => {
    const drafts = Array.from({ length: count }, (_, at) => ({ text: `the press ${at}`, source: "rest" }) as const);
    const told = await remember.remember(whose, drafts);
    return told.flatMap((one) => (one.type === "stored" ? [one.memory.memoryId] : []));
  };
  const stateOf = (memory: MemoryId): string | undefined => rows.rows().find((row) => row.memoryId === memory)?.state;
  return { log, clock, keystore, register: rows, ledger, erasures, owner, tell, stateOf, done, dropping };
}

test("Erasures.request takes what of an import waits for a word, up to the open level, and is something even when that is all", async () => {
  const importId = makeId("imp", 5, seededRandom(9));
  const what = { type: "import", import: importId } as const;
  const none = await openHouse(new MemoryLog());
  const nothing = none.erasures.request(none.owner, { what, now: false, ceiling: 2 });
  await expect(nothing).rejects.toMatchObject({ code: "erasure-nothing" });
  const house = await openHouse(new MemoryLog(), new ManualClock(), { waiting: 2 });
  const asked = await house.erasures.request(house.owner, { what, now: true, ceiling: 3 });
  expect(asked).toMatchObject({ state: "done", named: 0, erased: 0 });
  expect(house.dropping).toEqual([[house.owner, what, 3]]);
  await house.erasures
    .request(house.owner, { what: { type: "account" }, now: true, ceiling: 3 })
    .catch(() => undefined);
  expect(house.dropping).toHaveLength(1);
  await none.keystore.close();
  await house.keystore.close();
});

test("Erasures.round goes on with the ending of an organisation that a stop has cut off", async () => {
  const tenant = parseTenantId("acme") ?? expect.fail();
  const random = seededRandom(11);
  const people = [1, 2, 3].map((at) => ({ tenant, user: makeId("usr", at, random) }));
  const ended: UserId[] = [];
  let failing = people[1]?.user;
  const accounts = {
    tenants: {
      endable: async () => tenant,
      end: async () => undefined,
      people: async function* () {
        yield* people.filter(({ user }) => !ended.includes(user));
      },
    },
    endSessions: async (user: UserId) => {
      if (user === failing) throw new Error("The power went");
    },
    end: async (_tenant: TenantId, user: UserId) => ended.push(user),
  };
  const house = await openHouse(new MemoryLog(), new ManualClock(), { accounts });
  const told = [];
  for (const person of people) told.push(...(await house.tell(2, person)));
  const others = await house.tell(1);
  const wish = { what: { type: "tenant", of: tenant }, now: true, ceiling: 4 } as const;
  await expect(house.erasures.request(house.owner, wish)).rejects.toThrow("The power went");
  expect(ended).toEqual([people[0]?.user]);
  await house.keystore.close();

  failing = undefined;
  const again = await openHouse(house.log, house.clock, { accounts });
  await again.erasures.round();
  expect(ended.toSorted()).toEqual(people.map(({ user }) => user).toSorted());
  const opens = async (memories: readonly MemoryId[]) =>
    (await again.keystore.memoryKeys(memories.map((memory) => ({ memory })))).filter(({ type }) => type === "key")
      .length;
  expect([await opens(told), await opens(others)]).toEqual([0, 1]);
  expect(people.some(({ user }) => again.keystore.hasUserKey(user))).toBe(false);
  const [state] = again.ledger.of(house.owner.user);
  expect(state).toMatchObject({ state: "done", what: wish.what, erased: 6 });
  // Every partition that somebody was in is waited for.
  const places = state?.ranges.filter(({ topic }) => topic === TOPICS.memories.name) ?? [];
  expect(new Set(places.map(({ partition }) => partition))).toEqual(
    new Set(people.map(({ user }) => partitionOfUser(user))),
  );
  expect(state?.views).toHaveLength(places.length);
  await again.keystore.close();
});

test("Erasures.round shreds what is due, counts what was brought back meanwhile out, and names it no more", async () => {
  const house = await openHouse(new MemoryLog());
  const memories = await house.tell(3);
  const [first = expect.fail(), second = expect.fail(), third = expect.fail()] = memories;
  const what = { type: "memories" } as const;
  const asked = await house.erasures.request(house.owner, { what, memories, now: false, ceiling: 2 });
  expect(asked.state).toBe("waiting");
  expect(memories.map(house.stateOf)).toEqual(["forgotten", "forgotten", "forgotten"]);
  expect(await house.erasures.round()).toBe(0);
  await house.keystore.close();

  const again = await openHouse(house.log, house.clock);
  const changes = new Changes({
    keystore: again.keystore,
    register: again.register,
    clock: again.clock,
    random: seededRandom(3),
    remember: new Remember({
      ...again,
      random: seededRandom(3),
      files: filesOver({ ...again, random: seededRandom(4) }),
    }),
  });
  expect(await changes.show(again.owner, [second])).toBe(1);
  again.clock.advance(UNDO_MS);
  expect(await again.erasures.round()).toBe(2);
  expect([first, second, third].map(again.stateOf)).toEqual(["erased", "live", "erased"]);
  expect(await again.keystore.memoryKey(first)).toBeUndefined();
  expect(await again.keystore.memoryKey(second)).toBeDefined();
  expect(again.ledger.named(asked.erasure)).toEqual([]);
  const [state] = again.done;
  expect(state).toMatchObject({ state: "done", named: 3, erased: 2, views: [{ name: "rows" }] });
  expect(state?.ranges.map(({ topic, from, to }) => [topic, to - from])).toEqual([
    ["keys", 2],
    ["memories", 2],
  ]);
  await again.keystore.close();
});

test("Erasures.undo brings back in time and refuses after", async () => {
  const house = await openHouse(new MemoryLog());
  const memories = await house.tell(2);
  const wish = { what: { type: "source", source: "rest", since: null }, now: false, ceiling: 2 } as const;
  const asked = await house.erasures.request(house.owner, wish);
  expect(await house.erasures.undo({ ...house.owner, user: makeId("usr", 5, seededRandom(1)) }, asked.erasure)).toBe(
    undefined,
  );
  await house.erasures.undo(house.owner, asked.erasure);
  expect(memories.map(house.stateOf)).toEqual(["live", "live"]);
  const second = await house.erasures.request(house.owner, wish);
  house.clock.advance(UNDO_MS);
  await expect(house.erasures.undo(house.owner, second.erasure)).rejects.toMatchObject({ code: "erasure-over" });
  await house.keystore.close();
});

test("Erasures.unpurged waits for half the time it has, and then names all that are done", async () => {
  const house = await openHouse(new MemoryLog());
  const [first = expect.fail(), second = expect.fail()] = await house.tell(2);
  const wish = { what: { type: "memories" }, now: true, ceiling: 2 } as const;
  await house.erasures.request(house.owner, { ...wish, memories: [first] });
  expect(house.erasures.unpurged().isDue).toBe(false);
  house.clock.advance(PURGE_MS / 2);
  await house.erasures.request(house.owner, { ...wish, memories: [second] });
  const { isDue, states } = house.erasures.unpurged();
  expect([isDue, states.length]).toEqual([true, 2]);
  await house.erasures.purged(states);
  expect(house.erasures.unpurged()).toEqual({ isDue: false, states: [] });
  expect(house.ledger.of(house.owner.user).map(({ state }) => state)).toEqual(["purged", "purged"]);
  await house.keystore.close();
});

/** Lets a number of appends through from now on and refuses the next; then nothing is refused any more. */
function refuseAppend(log: MemoryLog, after: number): { readonly wasReached: () => boolean } {
  let left = after;
  log.beforeAppend = async () => {
    if (left-- === 0) throw new Error("The disk is full");
  };
  return { wasReached: () => left < 0 };
}

test("an erasure that is cut off at any append is done after a restart, or was never asked for", async () => {
  for (let after = 0; ; after++) {
    const house = await openHouse(new MemoryLog());
    const memories = await house.tell(3);
    const fault = refuseAppend(house.log, after);
    const wish = { what: { type: "memories" }, memories, now: true, ceiling: 2 } as const;
    const outcome = await house.erasures.request(house.owner, wish).catch(() => undefined);
    await house.keystore.close();
    const again = await openHouse(house.log, house.clock);
    await again.erasures.round();
    const [state] = again.ledger.of(house.owner.user);
    const found = [
      memories.map(again.stateOf),
      (await again.keystore.memoryKeys(memories.map((memory) => ({ memory })))).map(({ type }) => type),
    ];
    const where = `cut off after ${after} appends`;
    if (state === undefined)
      expect(found, where).toEqual([
        ["live", "live", "live"],
        ["key", "key", "key"],
      ]);
    else {
      expect(state, where).toMatchObject({ state: "done", erased: 3, views: [{ name: "rows" }] });
      expect(
        state.ranges.find(({ topic }) => topic === "memories"),
        where,
      ).toMatchObject({ from: 6, to: 9 });
      expect(found, where).toEqual([
        ["erased", "erased", "erased"],
        ["absent", "absent", "absent"],
      ]);
    }
    await again.keystore.close();
    if (fault.wasReached()) continue;
    expect(outcome?.state).toBe("done");
    expect(after).toBeGreaterThan(5);
    return;
  }
});
