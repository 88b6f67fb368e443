/** What becomes of each event of accounts that have ended. */
import { decodeText, encodeText, seededRandom } from "@kaelix/base";
import type { PurgeRule, RecordFate } from "@kaelix/log";
import { MemoryLog } from "@kaelix/log/testing";
import {
  DEFAULT_TENANT,
  encodeEvent,
  EVENT_VERSION,
  type IdentityEvent,
  makeId,
  type PeopleEvent,
  TOPICS,
  type UserId,
} from "@kaelix/model";
import { expect, test } from "vitest";

import { identityRule, peopleRule, readContested, readDepartures } from "./departures.ts";

const random = seededRandom(1);
const [ANN, BO, CLEO] = [makeId("usr", 1, random), makeId("usr", 2, random), makeId("usr", 3, random)];
const SESSION = makeId("ses", 1, random);
const INVITE = makeId("inv", 1, random);

/** A log with what was said of people, and who has a key. */
async function logOf(
  events: readonly (readonly [UserId, { readonly type: string; readonly [field: string]: unknown }])[],
  keys: readonly UserId[],
) {
  const log = new MemoryLog();
  for (const topic of Object.values(TOPICS)) await log.createTopic(topic);
  for (const [at, [user, event]] of events.entries()) {
    const base = { v: EVENT_VERSION, at: 1_000 + at, tenant: DEFAULT_TENANT, user };
    const topic = event.type.startsWith("person.") ? TOPICS.people.name : TOPICS.identity.name;
    const value = encodeEvent({ ...base, ...event } as IdentityEvent | PeopleEvent);
    await log.append(topic, 0, [{ key: encodeText(user), value }]);
  }
  /** s: stays, -: goes, c: is shortened. */
  const shown = async (topic: string, rule: PurgeRule): Promise<string> => {
    const fates: RecordFate[] = [];
    for (const { key, offset, value } of log.records(topic, 0)) fates.push(await rule({ key, offset, value }));
    return fates.map((fate) => (fate === "stays" ? "s" : fate === "goes" ? "-" : "c")).join("");
  };
  const rules = async () => {
    const { people } = await readDepartures(log, { from: 0, most: 100 });
    const contested = await readContested(log, people);
    return { people, contested, keystore: { hasUserKey: (user: UserId) => keys.includes(user) } };
  };
  return { log, rules, shown };
}

function signUp(phone: string) {
  return { type: "user.registered", role: "member", phone, password: "hash", invite: null, sealed: "c2VhbGVk" };
}

const started = { type: "session.started", session: SESSION, refresh: "r", expires_at: 1, client: "a phone" };
const decided = {
  type: "person.decided",
  decision: makeId("dec", 1, random),
  what: "self",
  people: [],
  others: [],
  sealed: null,
};
const ended = { type: "user.erased" };

test("of who has gone nothing stays but the word of it, and that an invitation was taken back", async () => {
  const { rules, shown } = await logOf(
    [
      [ANN, signUp("1")],
      [BO, signUp("2")],
      [ANN, started],
      [ANN, { type: "invite.revoked", invite: INVITE }],
      [ANN, decided],
      [BO, decided],
      [ANN, { type: "user.password-changed", password: "another" }],
      [ANN, ended],
      [BO, started],
    ],
    [BO],
  );
  expect(await shown(TOPICS.identity.name, identityRule(await rules()))).toBe("-s-s-ss");
  expect(await shown(TOPICS.people.name, peopleRule(await rules()))).toBe("-s");
});

test("who still has a key keeps everything", async () => {
  const { rules, shown } = await logOf(
    [
      [ANN, signUp("1")],
      [ANN, started],
      [ANN, decided],
      [ANN, ended],
    ],
    [ANN],
  );
  expect(await shown(TOPICS.identity.name, identityRule(await rules()))).toBe("sss");
  expect(await shown(TOPICS.people.name, peopleRule(await rules()))).toBe("s");
});

test("a sign-up stays, without password and profile, where another was refused for its number", async () => {
  const { log, rules, shown } = await logOf(
    [
      [ANN, signUp("1")],
      [BO, signUp("1")],
      [ANN, started],
      [ANN, ended],
      // The number is free again.
      [CLEO, signUp("1")],
      [CLEO, ended],
    ],
    [BO],
  );
  const rule = identityRule(await rules());
  expect(await shown(TOPICS.identity.name, rule)).toBe("cs-s-s");
  const [first] = log.records(TOPICS.identity.name, 0);
  const fate = await rule(first ?? expect.fail());
  expect(typeof fate === "string" ? fate : JSON.parse(decodeText(fate.value))).toMatchObject({
    type: "user.registered",
    user: ANN,
    phone: "1",
    password: "",
    sealed: "",
  });
});

test("readDepartures ends right behind the last that it takes", async () => {
  const { log } = await logOf(
    [
      [ANN, signUp("1")],
      [ANN, ended],
      [BO, signUp("2")],
      [BO, ended],
      [CLEO, signUp("3")],
    ],
    [],
  );
  const first = await readDepartures(log, { from: 0, most: 1 });
  expect(first).toEqual({ people: new Map([[ANN, 1]]), oldestAtMs: 1_001, nextOffset: 2 });
  expect(await readDepartures(log, { from: 2, most: 9 })).toMatchObject({ people: new Map([[BO, 3]]), nextOffset: 5 });
});
