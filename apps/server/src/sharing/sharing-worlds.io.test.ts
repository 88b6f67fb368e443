/**
 * Random worlds of four people who share with each other: what every route lists is what the policy's second list of rules allows, one by
 * one. KAELIX_SHARING_ROUNDS=200 KAELIX_SHARING_SEED=7 make it longer or other.
 */
import { seededRandom } from "@kaelix/base";
import type { CallInput, Client, Routes } from "@kaelix/contract";
import { DEFAULT_TENANT, type GrantId, type Level, parseId, parseLevel, type UserPrincipal } from "@kaelix/model";
import type { GrantRow } from "@kaelix/security";
import { referenceAllows } from "@kaelix/security/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { type OpenHouse, openHouse } from "../server.ts";
import { clientOf, newFolder } from "../testing/houses.ts";

const CLAIM_CODE = "TEST-CODE";
const PASSWORD = "harbour walnuts";
const ROUNDS = Number(process.env["KAELIX_SHARING_ROUNDS"] ?? 8);
const SEED = Number(process.env["KAELIX_SHARING_SEED"] ?? 1);
const MEMORIES_EACH = 30;
const WORDS = ["ferry", "walnut", "bicycle", "plumber", "harbour", "tap"];
/** Whom a memory may name: everybody is on the list of given names. */
const NAMED = ["Nadia", "Declan", "Priya"];
const PURPOSES = ["care", "work"];
const NAMES = ["Ada", "Ben", "Carla", "Dora"];
const START_MS = Date.UTC(2030, 0, 1);
const HOUR_MS = 3_600_000;

interface Told {
  readonly id: string;
  readonly owner: number;
  readonly level: Level;
  readonly word: string;
  readonly conversation: string | null;
  readonly source: "rest" | "cli";
  /** Who is named in it. */
  readonly names: readonly string[];
  readonly atMs: number;
}

interface Person {
  readonly client: Client;
  readonly id: string;
  readonly sessionId: string;
}

const random = seededRandom(SEED);
const pick = <Item>(from: readonly [Item, ...Item[]] | readonly Item[]): Item => {
  const found = from.at(random.integer(from.length));
  return found === undefined && from.length === 0 ? expect.fail("nothing to pick") : (found as Item);
};
const before = { ...process.env };
let house: OpenHouse;
const people: Person[] = [];
const told: Told[] = [];
let shares: GrantRow[] = [];
let compared = 0;

beforeAll(async () => {
  process.env["KAELIX_CLAIM_CODE"] = CLAIM_CODE;
  process.env["KAELIX_USER_REQUESTS_PER_SECOND"] = "100000";
  vi.useFakeTimers({ toFake: ["Date"], now: START_MS });
  house = await openHouse({ dataDirectory: newFolder() });
  for (const [at, name] of NAMES.entries()) people.push(await signUp(at, name));
  for (const [owner, { client }] of people.entries()) {
    for (let count = 0; count < MEMORIES_EACH; count++) told.push(await tell(owner, client, count));
  }
});
afterAll(async () => {
  vi.useRealTimers();
  await house.close();
  process.env = before;
});

async function signUp(at: number, name: string): Promise<Person> {
  const owner = people[0];
  const invited = await owner?.client.call("invites.create", { body: { role: "member" } });
  const code = invited === undefined ? { claim_code: CLAIM_CODE } : { invite_code: invited.data.code };
  const body = { phone: `+493010000${at}`, name, password: PASSWORD, ...code };
  const { data } = await clientOf(house).call("auth.signUp", { body });
  const client = clientOf(house, data.access_token);
  const { data: sessions } = await client.call("sessions.list");
  return { client, id: data.user.id, sessionId: sessions.data[0]?.id ?? "" };
}

async function tell(owner: number, client: Client, count: number): Promise<Told> {
  const level = parseLevel(1 + random.integer(3)) ?? 1;
  const word = pick(WORDS);
  const key = pick([null, "first", "second"]);
  const atMs = START_MS - random.integer(40 * 24) * HOUR_MS;
  const conversation = key === null ? {} : { conversation: { key, title: `${key} of ${NAMES[owner] ?? ""}` } };
  const names = NAMED.filter(() => random.integer(4) === 0);
  const met = names.length === 0 ? "" : `. Met ${names.join(" and ")} for lunch`;
  const text = `The ${word} and number ${count} of ${NAMES[owner] ?? ""}${met}`;
  const body = { text, level, occurred_at: new Date(atMs).toISOString(), ...conversation };
  const { data } = await client.call("memories.create", { body }, { waitSeconds: 10 });
  const { memory } = data;
  return {
    id: memory.id,
    owner,
    level,
    word,
    conversation: memory.conversation?.id ?? null,
    source: "rest",
    names,
    atMs,
  };
}

/** A share of any kind; sometimes one that has not begun, often a short one. */
async function share(): Promise<void> {
  const from = random.integer(people.length);
  const to = (from + 1 + random.integer(people.length - 1)) % people.length;
  const mine = told.filter(({ owner }) => owner === from);
  const fromMs = START_MS - random.integer(40 * 24) * HOUR_MS;
  const untilMs = fromMs + (1 + random.integer(400)) * HOUR_MS;
  const some = mine.filter(() => random.integer(6) === 0).map(({ id }) => id);
  const { conversation } = pick(mine);
  const kinds: NonNullable<CallInput<Routes["grants.create"]>["body"]>["what"][] = [
    { type: "all" },
    { type: "time", from: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString() },
    { type: "source", source: pick(["rest", "cli"] as const) },
    ...(some.length === 0 ? [] : [{ type: "memories" as const, memories: some }]),
    ...(conversation === null ? [] : [{ type: "conversation" as const, conversation }]),
  ];
  const giver = people[from] ?? expect.fail("nobody");
  const name = pick(NAMED);
  const about = await subjectOf(giver.client, mine, name);
  // Often: it is the kind that rests on more than the memory's own row.
  if (about !== undefined)
    kinds.push(...Array.from({ length: 3 }, () => ({ type: "about" as const, subject: about.id })));
  const wanted = pick(kinds);
  // Who is who is known up to confidential.
  const level = about !== undefined && wanted.type === "about" ? pick(about.levels) : 1 + random.integer(3);
  await giver.client.call("auth.prove", { body: { password: PASSWORD } });
  const startsAtMs = Date.now() + (random.integer(4) === 0 ? 5 * 60_000 : 0);
  const { data } = await giver.client.call("grants.create", {
    body: {
      to: people[to]?.id ?? "",
      what: wanted,
      level,
      purpose: random.integer(3) === 0 ? pick(PURPOSES) : null,
      starts_at: new Date(startsAtMs).toISOString(),
      expires_at: new Date(startsAtMs + (1 + random.integer(20)) * 60_000).toISOString(),
    },
  });
  const whats = { time: { type: "time", from: fromMs, until: untilMs }, about: { type: "about", subject: name } };
  const what = data.what.type === "time" || data.what.type === "about" ? whats[data.what.type] : data.what;
  shares.push({
    grant: data.id as GrantId,
    tenant: DEFAULT_TENANT,
    from: parseId("usr", giver.id) ?? expect.fail("an id"),
    to: parseId("usr", people[to]?.id ?? "") ?? expect.fail("an id"),
    revision: 1,
    // As it was answered, with times as numbers.
    what: what as GrantRow["what"],
    ceiling: parseLevel(data.level) ?? 1,
    purpose: data.purpose,
    startsAtMs: Date.parse(data.starts_at),
    expiresAtMs: Date.parse(data.expires_at),
    endedAtMs: null,
  });
}

/** Somebody as the giver may share them: the counts they are told first are those of what names them. */
async function subjectOf(
  client: Client,
  mine: readonly Told[],
  name: string,
): Promise<{ readonly id: string; readonly levels: readonly (1 | 2)[] } | undefined> {
  const { data } = await client.call("grants.subjects", { query: { query: name, only: "people" } });
  const count = (level: number): number => mine.filter((one) => one.level <= level && one.names.includes(name)).length;
  const [found] = data.data;
  expect(found?.memories ?? { general: 0, confidential: 0 }).toEqual({ general: count(1), confidential: count(2) });
  const levels = ([1, 2] as const).filter((level) => count(level) > 0);
  return found === undefined || levels.length === 0 ? undefined : { id: found.id, levels };
}

async function end(): Promise<void> {
  if (shares.length === 0) return;
  const ended = pick(shares);
  const either = random.integer(2) === 0 ? ended.from : ended.to;
  const side = people.find(({ id }) => id === either) ?? expect.fail("nobody");
  await side.client.call("grants.end", { params: { id: ended.grant } });
  shares = shares.map((one) => (one === ended ? { ...one, endedAtMs: Date.now() } : one));
}

/** What somebody may see, by the list of rules that shares no code with the policy. */
function expected(who: Person, ceiling: Level, purpose: string | undefined, action: string): readonly Told[] {
  const subject: UserPrincipal = {
    type: "user",
    tenantId: DEFAULT_TENANT,
    userId: parseId("usr", who.id) ?? expect.fail("an id"),
    role: who === people[0] ? "owner" : "member",
    sessionId: parseId("ses", who.sessionId) ?? expect.fail("an id"),
    ceiling,
  };
  const context = { nowMs: Date.now(), grants: shares, purpose: purpose ?? null };
  return told.filter(({ id, owner, level, conversation, source, names, atMs }) => {
    const resource = {
      type: "owned",
      tenant: DEFAULT_TENANT,
      owner: parseId("usr", people[owner]?.id ?? "") ?? expect.fail("an id"),
      level,
      memory: parseId("mem", id) ?? expect.fail("an id"),
      conversation: conversation === null ? null : (parseId("con", conversation) ?? expect.fail("an id")),
      source,
      occurredAtMs: atMs,
      about: level <= 2 ? names : [],
    } as const;
    return referenceAllows(subject, action, resource, context);
  });
}

const ids = (items: readonly { readonly id: string }[]): string[] => items.map(({ id }) => id).sort();

function counts(values: readonly string[]): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const value of values) found[value] = (found[value] ?? 0) + 1;
  return found;
}

const facetCounts = (facet: readonly { readonly value: string; readonly count: number }[] | undefined) =>
  Object.fromEntries((facet ?? []).map(({ value, count }) => [value, count]));

async function compareLists(who: Person, ceiling: Level, purpose: string | undefined): Promise<void> {
  const { client } = who;
  const say = purpose === undefined ? {} : { purpose };
  const wanted = expected(who, ceiling, purpose, "memory.list");
  const listed: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 7, ...(cursor === undefined ? {} : { cursor }) };
    const { data } = await client.call("memories.list", { query }, say);
    listed.push(...data.data.map(({ id }) => id));
    cursor = data.page.next ?? undefined;
    // A page that is cut short has been filtered after the database, which is the second wall and not the first.
    if (cursor !== undefined) expect(data.data).toHaveLength(query.limit);
  } while (cursor !== undefined);
  expect(listed.toSorted()).toEqual(ids(wanted));
  compared += told.length;
  const others = (await client.call("memories.list", { query: { limit: 200, owner: "others" } }, say)).data.data;
  expect(ids(others)).toEqual(ids(wanted.filter(({ owner }) => people[owner] !== who)));
  expect(others.every(({ shared }) => shared !== undefined)).toBe(true);
  // Conversations are listed from the index: levels 1 and 2.
  const threads = (await client.call("conversations.list", { query: { limit: 200 } }, say)).data.data;
  const within = wanted.filter(({ level, conversation }) => level <= 2 && conversation !== null);
  const seen = Object.fromEntries(threads.map(({ id, memories }) => [id, memories]));
  expect(seen).toEqual(counts(within.map(({ conversation }) => conversation ?? "")));
  for (const memory of told.filter(() => random.integer(10) === 0)) {
    const status = await client.call("memories.read", { params: { id: memory.id } }, say).then(
      () => 200,
      (problem: { readonly status: number }) => problem.status,
    );
    expect(status, memory.id).toBe(wanted.includes(memory) ? 200 : 404);
  }
}

async function compareRecall(who: Person, ceiling: Level, purpose: string | undefined): Promise<void> {
  const { client } = who;
  const say = purpose === undefined ? {} : { purpose };
  const wanted = expected(who, ceiling, purpose, "memory.search");
  const all = (await client.call("searches.run", { body: { query: "", limit: 200 } }, say)).data;
  expect(ids(all.hits.map(({ memory }) => memory))).toEqual(ids(wanted));
  expect(all.total).toBe(wanted.length);
  const { facets } = all;
  const levelNames = ["", "general", "confidential", "secret"];
  expect(facetCounts(facets?.level)).toEqual(counts(wanted.map(({ level }) => levelNames[level] ?? "")));
  expect(facetCounts(facets?.conversation)).toEqual(counts(wanted.flatMap(({ conversation }) => conversation ?? [])));
  expect(facetCounts(facets?.month)).toEqual(
    counts(wanted.map(({ atMs }) => new Date(atMs).toISOString().slice(0, 7))),
  );
  const speakers = wanted.map(({ owner }) => (people[owner] === who ? "" : (NAMES[owner] ?? "")));
  expect(facetCounts(facets?.person)).toEqual(counts(speakers));
  if (facets?.owner !== undefined) {
    const whose = counts(wanted.map(({ owner }) => (people[owner] === who ? "me" : (people[owner]?.id ?? ""))));
    expect(Object.fromEntries(Object.entries(facetCounts(facets.owner)).filter(([, count]) => count > 0))).toEqual(
      whose,
    );
  }
  compared += told.length;
  const word = pick(WORDS);
  const found = (await client.call("searches.run", { body: { query: word, limit: 200 } }, say)).data;
  const holding = wanted.filter((memory) => memory.word === word);
  expect(ids(found.hits.map(({ memory }) => memory))).toEqual(ids(holding));
  expect(found.total).toBe(holding.length);
  const question = `What about the ${word}?`;
  const answer = (await client.call("answers.ask", { body: { question } }, say)).data;
  const allowed = new Set(ids(wanted));
  for (const { memory } of answer.citations) expect(allowed.has(memory.id)).toBe(true);
  const answerable = new Set(wanted.map((memory) => memory.word));
  if (!answerable.has(word)) expect(answer.kind).toBe("nothing");
  compared += told.length;
}

test(`every list is what the rules allow, over ${ROUNDS} rounds of sharing and ending (seed ${SEED})`, async () => {
  const opened = people[3] ?? expect.fail("nobody");
  for (let round = 0; round < ROUNDS; round++) {
    for (let count = random.integer(4); count >= 0; count--) await share();
    if (random.integer(2) === 0) await end();
    vi.setSystemTime(Date.now() + random.integer(4) * 60_000);
    const { data } = await clientOf(house).call("auth.logIn", { body: { phone: "+4930100003", password: PASSWORD } });
    const dora = { ...opened, client: clientOf(house, data.access_token) };
    await dora.client.call("auth.unlock", { body: { password: PASSWORD, level: 3 } });
    people[3] = dora;
    for (const who of people) {
      const ceiling = who === dora ? 3 : 2;
      const purpose = pick([undefined, ...PURPOSES]);
      await compareLists(who, ceiling, purpose);
      await compareRecall(who, ceiling, purpose);
    }
    if (round % 3 === 2) await renew();
  }
  process.stdout.write(`${compared} times a memory was compared over ${shares.length} shares\n`);
  expect(shares.length).toBeGreaterThan(ROUNDS);
  expect(shares.filter(({ what }) => what.type === "about").length).toBeGreaterThan(ROUNDS / 4);
}, 600_000);

/** Access tokens last ten minutes. */
async function renew(): Promise<void> {
  for (const [at, person] of people.entries()) {
    const body = { phone: `+493010000${at}`, password: PASSWORD };
    const { data } = await clientOf(house).call("auth.logIn", { body });
    people[at] = { ...person, client: clientOf(house, data.access_token) };
  }
}
