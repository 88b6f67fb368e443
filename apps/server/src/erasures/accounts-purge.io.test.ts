/** What topics `identity` and `people` hold of accounts that have ended leaves the files of the log; views made anew are the same. */
import { rmSync } from "node:fs";

import { encodeText } from "@kaelix/base";
import { Purge } from "@kaelix/capture";
import { verifyLog } from "@kaelix/log";
import {
  DEFAULT_TENANT,
  encodeEvent,
  EVENT_VERSION,
  type IdentityEvent,
  makeId,
  type PeopleEvent,
  type SessionId,
  TOPICS,
  type UserId,
} from "@kaelix/model";

import { openPglite, type PgliteDatabase, prepareDatabase, verify } from "@kaelix/views";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { countIn, openBareHouse } from "../testing/bare-house.ts";

const WITHIN_MS = 24 * 3_600_000;
const PEOPLE = 8;

const folders: string[] = [];
let database: PgliteDatabase;
beforeAll(async () => {
  await prepareDatabase();
  database = await openPglite();
});
afterAll(() => database.close());
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Every row that the view keeps of people. */
async function rowsOf(): Promise<readonly unknown[]> {
  const { queries } = database;
  return [
    await queries.selectFrom("users").selectAll().orderBy("user_id").execute(),
    await queries.selectFrom("sessions").selectAll().orderBy("session_id").execute(),
    await queries.selectFrom("invites").selectAll().orderBy("invite_id").execute(),
  ];
}

interface Lived {
  readonly user: UserId;
  /** Everything of theirs that tells more than that they were there. */
  readonly traces: string[];
  readonly sessions: { readonly session: SessionId; generation: number }[];
}

async function openHouse(seed: number) {
  const bare = await openBareHouse(database, { seed, segmentBytesMax: 2_000 });
  folders.push(bare.folder);
  const { clock, keystore, log, random } = bare;
  let serial = 0;
  /** A text that stands nowhere else. */
  const trace = (of: Lived, what: string): string => {
    const text = `${what}-${seed}-${(serial += 1)}-of-somebody`;
    of.traces.push(text);
    return text;
  };
  const say = async (event: IdentityEvent | PeopleEvent): Promise<void> => {
    const topic = event.type.startsWith("person.") ? TOPICS.people.name : TOPICS.identity.name;
    const record = { key: encodeText(event.user), value: encodeEvent(event), timestampMs: clock.nowMs() };
    await log.append(topic, 0, [record], { acknowledge: "durable" });
  };
  const baseOf = (user: UserId) => {
    clock.advance(1_000);
    return { v: EVENT_VERSION, at: clock.nowMs(), tenant: DEFAULT_TENANT, user } as const;
  };
  const signUp = async (phone?: string): Promise<Lived> => {
    const one: Lived = { user: makeId("usr", clock.nowMs(), random), traces: [], sessions: [] };
    await keystore.ensureUserKey(DEFAULT_TENANT, one.user);
    await say({
      ...baseOf(one.user),
      type: "user.registered",
      role: "member",
      phone: phone ?? trace(one, "phone"),
      password: trace(one, "password"),
      invite: null,
      sealed: trace(one, "profile"),
    });
    return one;
  };
  const gone = async ({ user }: Lived): Promise<void> => {
    await keystore.shredUser(user);
    await say({ ...baseOf(user), type: "user.erased" });
  };
  return { ...bare, baseOf, gone, say, signUp, trace };
}

type TestHouse = Awaited<ReturnType<typeof openHouse>>;

async function act(house: TestHouse, one: Lived): Promise<void> {
  const { baseOf, clock, random, say, trace } = house;
  const base = baseOf(one.user);
  const expires = { expires_at: clock.nowMs() + WITHIN_MS };
  const what = random.integer(6);
  const some = one.sessions[random.integer(one.sessions.length || 1)];
  if (what === 0) await say({ ...base, type: "user.password-changed", password: trace(one, "password") });
  else if (what === 1) {
    const invite = makeId("inv", clock.nowMs(), random);
    await say({ ...base, ...expires, type: "invite.created", invite, role: "member", code: trace(one, "code") });
  } else if (what === 2) {
    const decision = makeId("dec", clock.nowMs(), random);
    const sealed = trace(one, "name");
    await say({ ...base, type: "person.decided", decision, what: "rename", people: [], others: [], sealed });
  } else if (some === undefined || what === 3) {
    const session = makeId("ses", clock.nowMs(), random);
    one.sessions.push({ session, generation: 0 });
    const refresh = trace(one, "refresh");
    await say({ ...base, ...expires, type: "session.started", session, refresh, client: trace(one, "client") });
  } else if (what === 4) {
    const { session } = some;
    const refresh = trace(one, "refresh");
    some.generation += 1;
    await say({ ...base, ...expires, type: "session.rotated", session, generation: some.generation, refresh });
  } else await say({ ...base, type: "session.revoked", session: some.session, reason: "logout" });
}

/** A purge over the files of a log; `failsAt`: the purge of `identity` is cut off at such an offset. */
function purgeOf({ clock, keystore, log }: TestHouse, failsAt = Infinity): Purge {
  return new Purge({
    log,
    keystore,
    clock,
    telling: () => new Set(),
    withinMs: WITHIN_MS,
    filesOf: (topic, partition) => {
      const { upkeep } = log.storage.partition(topic, partition);
      return {
        get purgedTo() {
          return upkeep.purgedTo;
        },
        notePurged: (offset) => upkeep.notePurged(offset),
        purge: (rule, signal) =>
          upkeep.purge((record) => {
            if (topic === TOPICS.identity.name && record.offset >= failsAt) throw new Error("cut off");
            return rule(record);
          }, signal),
      };
    },
  });
}

test.each([1, 2])("accounts that have ended leave no trace, those of others stay whole, seed %i", async (seed) => {
  const house = await openHouse(seed);
  const { clock, directory, log, random, runner, view } = house;
  const people: Lived[] = [];
  for (let at = 0; at < PEOPLE; at++) people.push(await house.signUp());
  for (let step = 0; step < 100; step++) await act(house, people[random.integer(PEOPLE)] ?? expect.fail());
  const [first, second, third, ...stay] = people;
  const leave = [first ?? expect.fail(), second ?? expect.fail(), third ?? expect.fail()];
  for (const one of leave) await house.gone(one);
  for (let step = 0; step < 40; step++) await act(house, stay[random.integer(stay.length)] ?? expect.fail());
  await runner.catchUp();
  const rows = await rowsOf();
  const traces = { gone: leave.flatMap((one) => one.traces), kept: stay.flatMap((one) => one.traces) };
  expect(countIn(directory, traces.gone), "the test can see them").toBe(traces.gone.length);

  // Not before it is time, and cut off in between at any offset it goes on where it was; a view that is made anew meanwhile is the same.
  expect(await purgeOf(house).isDue()).toBe(false);
  clock.advance(WITHIN_MS / 2);
  expect(await purgeOf(house).isDue()).toBe(true);
  const { endOffset } = await log.bounds(TOPICS.identity.name, 0);
  for (const failsAt of [5, random.integer(endOffset), endOffset - 1]) {
    await expect(purgeOf(house, failsAt).run()).rejects.toThrow();
    await runner.rebuild(view.name);
    expect(await rowsOf()).toEqual(rows);
  }
  const purge = purgeOf(house);
  expect(await purge.run()).toBe(true);
  expect(await purge.isDue()).toBe(false);
  expect(countIn(directory, traces.gone)).toBe(0);
  expect(countIn(directory, traces.kept)).toBe(traces.kept.length);
  expect((await log.bounds(TOPICS.identity.name, 0)).endOffset).toBe(endOffset);
  await runner.rebuild(view.name);
  expect(await rowsOf()).toEqual(rows);
  expect((await runner.whilePaused(() => verify(log, [view]))).agree).toBe(true);
  await house.close();
  expect((await verifyLog(directory)).problems).toEqual([]);
});

test("an invitation that was taken back by who has gone stays taken back", async () => {
  const house = await openHouse(4);
  const [goes, stays] = [await house.signUp(), await house.signUp()];
  const invite = makeId("inv", 1, house.random);
  const base = { ...house.baseOf(stays.user), expires_at: house.clock.nowMs() + 10 * WITHIN_MS };
  await house.say({ ...base, type: "invite.created", invite, role: "member", code: "code" });
  await house.say({ ...house.baseOf(goes.user), type: "invite.revoked", invite });
  await house.gone(goes);
  await house.runner.catchUp();
  const rows = await rowsOf();
  await purgeOf(house).run();
  await house.runner.rebuild(house.view.name);
  expect(await rowsOf()).toEqual(rows);
  await house.close();
});

test("a sign-up that was refused for its number does not come to life when who had the number has gone", async () => {
  const house = await openHouse(5);
  const goes = await house.signUp();
  const [phone = expect.fail(), password = expect.fail(), profile = expect.fail()] = goes.traces;
  await house.signUp(phone);
  await house.gone(goes);
  await house.runner.catchUp();
  const rows = await rowsOf();
  expect(rows[0]).toEqual([]);
  await purgeOf(house).run();
  expect(countIn(house.directory, [password, profile])).toBe(0);
  await house.runner.rebuild(house.view.name);
  expect(await rowsOf()).toEqual(rows);
  await house.close();
});

test("who still has a key keeps everything, whatever an event says of them", async () => {
  const house = await openHouse(6);
  const one = await house.signUp();
  for (let step = 0; step < 12; step++) await act(house, one);
  await house.say({ ...house.baseOf(one.user), type: "user.erased" });
  await purgeOf(house).run();
  expect(countIn(house.directory, one.traces)).toBe(one.traces.length);
  await house.close();
});
