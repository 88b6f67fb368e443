/** Who there is, what is said, and what is asked, over worlds made of everyday sentences. */
import { createHash } from "node:crypto";

import { type DecisionId, idFromBytes, type Level, type PersonId } from "@kaelix/model";
import { type ReadDecision, UserIndex, UserWorld } from "@kaelix/views";
import { expect, test } from "vitest";

import { linksOf } from "./connections.ts";
import { graphAround } from "./graph.ts";
import { judgeWish, listMerges, type MergeWish } from "./merges.ts";
import { listPeople, personPage } from "./person.ts";
import { documentOf, memoryOf, OWNER } from "../testing.ts";
import type { PeopleSource } from "./source.ts";

const SCOPE = { userId: OWNER, ceiling: 2 as Level };

type Line = string | readonly [speaker: string, text: string];

/** A person's memories, one a week. */
function told(lines: readonly Line[], decisions: readonly ReadDecision[] = []): PeopleSource {
  const index = new UserIndex({ detectLanguage: () => "en" });
  const world = new UserWorld((text) => createHash("sha256").update(text).digest().subarray(0, 16));
  for (const [at, line] of lines.entries()) {
    const [speaker, text] = typeof line === "string" ? [undefined, line] : line;
    const occurredAtMs = Date.UTC(2026, 0, 1, 10) + at * 7 * 86_400_000;
    const said = speaker === undefined ? {} : { speaker };
    const document = documentOf(at, text, { occurredAtMs, recordedAtMs: 0, ...said });
    index.put(document);
    world.add(document);
  }
  const { mentions, taken } = world;
  const reading = { world: world.world, mentions, taken, decisions };
  return { world: () => Promise.resolve(reading), index: () => Promise.resolve(index) };
}

async function names(source: PeopleSource): Promise<string[]> {
  return (await listPeople(source, SCOPE)).people.map(
    ({ name, relation }) => `${name}${relation === null ? "" : ` (${relation})`}`,
  );
}

async function idOf(source: PeopleSource, query: string): Promise<PersonId> {
  const [first] = (await listPeople(source, { ...SCOPE, query, isUnsureToo: true })).people;
  if (first === undefined) throw new Error(`Nobody is called ${query}`);
  return first.id;
}

async function facts(source: PeopleSource, query: string): Promise<string[]> {
  const page = await personPage(source, { ...SCOPE, id: await idOf(source, query) });
  return (page?.facts ?? []).map((fact) => fact.text);
}

let decided = 0;
/** The decision that a wish comes to. */
async function decide(source: PeopleSource, wish: MergeWish): Promise<ReadDecision> {
  const judged = await judgeWish(source, SCOPE, wish);
  if (judged.type !== "decide") throw new Error(`It is ${judged.type}`);
  decided += 1;
  const decision: DecisionId = idFromBytes("dec", new Uint8Array(16).fill(decided, 15));
  const { name, others, people, what } = judged;
  return { decision, what, people, others, name, atMs: decided };
}

const EVERYDAY: readonly Line[] = [
  "Mum's birthday is on 14 March, she wants the blue teapot from the shop in Bath",
  "Buy milk, bread, Marmite, and stamps",
  "Carla (my mum) called, her knee surgery is booked for 9 April at the Royal",
  "Finished Piranesi, starting Dune",
  "Amazon package arrives Monday, Google Calendar reminder set",
  "Fixed the bug in the Kafka consumer; Redis TTL was wrong. Deployed to Staging",
  "Tom owes me 50 quid for the train tickets",
  "My brother Tom lives in Leeds now",
  "Tom moved to Manchester last week",
  "Sam's sister Nadia is visiting from Lisbon in May",
  "Learned that Postgres advisory locks are per session",
  "Meeting with Acme about the Q3 contract",
];

test("listPeople names people, and neither brands, books, programs nor shopping", async () => {
  const source = told(EVERYDAY);
  expect(await names(source)).toEqual(["Tom (brother)", "Carla (mother)", "Nadia", "Sam"]);
  const { people, unsure } = await listPeople(source, { ...SCOPE, isUnsureToo: true });
  expect(people).toHaveLength(4 + unsure);
  expect((await listPeople(source, { ...SCOPE, query: "MUM" })).people.map(({ name }) => name)).toEqual(["Carla"]);
});

test("personPage says what memories say, and what was said before as what it was", async () => {
  const source = told(EVERYDAY);
  expect(await facts(source, "Tom")).toEqual([
    "is your brother",
    "lives in Manchester",
    "owes you something",
    "lived in Leeds",
  ]);
  expect(await facts(source, "Nadia")).toEqual(["is Sam’s sister"]);
  expect(await facts(source, "Sam")).toEqual(["their sister is Nadia"]);
  expect(await facts(source, "Carla")).toContain("knee surgery, 9 April 2026");
});

test("personPage quotes every fact from a memory, at its place", async () => {
  const source = told(EVERYDAY);
  const index = await source.index(OWNER);
  for (const { id } of (await listPeople(source, SCOPE)).people) {
    const page = await personPage(source, { ...SCOPE, id });
    for (const { evidence } of page?.facts ?? []) {
      expect(evidence.length).toBeGreaterThan(0);
      for (const { memoryId, quote, range } of evidence)
        expect(index.document(memoryId)?.text.slice(...range)).toBe(quote);
    }
  }
});

test("what somebody else says in a chat makes them known and states nothing of the writer's", async () => {
  const source = told([
    "My brother Tom lives in Leeds now",
    ["Tom", "My mum moved to Bath, did Marcus from work tell you?"],
    ["Nadia Rossi", "Landed!"],
  ]);
  expect(await names(source)).toEqual(["Tom (brother)", "Nadia Rossi", "Marcus"]);
  expect(await facts(source, "Tom")).toEqual(["is your brother", "lives in Leeds"]);
  const page = await personPage(source, { ...SCOPE, id: await idOf(source, "nadia") });
  expect(page?.lastContact?.quote).toBe("Landed!");
});

test("somebody else's mother is not called as one's own", async () => {
  const source = told([
    "Mei's mum is poorly so I owe her a lasagne",
    "Mum loved the teapot",
    "my little sister Lena called",
  ]);
  expect((await names(source)).toSorted()).toEqual(["Lena (sister)", "Mei", "Mei’s mum", "Mum (mother)"]);
  expect(await facts(source, "Mei")).toEqual(["has a mother"]);
});

test("a merge makes one of two with all their ids, and is undone by leaving it out", async () => {
  const lines = ["Mum loved the teapot", "Carla from payroll rang", "Carla wants a puppy"];
  const before = told(lines);
  const [mum, carla] = [await idOf(before, "mum"), await idOf(before, "carla")];
  const merge = await decide(before, { what: "merge", person: carla, other: mum });
  const after = told(lines, [merge]);
  expect(await names(after)).toEqual(["Carla (mother)"]);
  expect((await personPage(after, { ...SCOPE, id: mum }))?.somebody.id).toBe(carla);
  expect(await judgeWish(after, SCOPE, { what: "merge", person: mum, other: carla })).toMatchObject({
    type: "refused",
  });
  // The memory that named one of them is gone: what is left stays as it is.
  expect(await names(told(lines.slice(1), [merge]))).toEqual(["Carla (colleague)"]);
  const renamed = await decide(after, { what: "rename", person: mum, name: "Mama" });
  expect(await names(told(lines, [merge, renamed]))).toEqual(["Mama (mother)"]);
});

test("somebody who is the person themself is listed nowhere", async () => {
  const lines: Line[] = [
    "My brother Tom lives in Leeds now",
    ["Tom", "Pebble lives in Bristol, she will love it"],
    ["Tom", "Pebble met Nadia in Lisbon"],
    ["Tom", "I promised Pebble the van, and Nadia the keys"],
  ];
  const before = told(lines);
  const pebble = await idOf(before, "pebble");
  const self = await decide(before, { what: "self", person: pebble });
  expect(self).toMatchObject({ what: "self", others: [], name: undefined });
  const after = told(lines, [self]);
  const all = (await listPeople(after, { ...SCOPE, isUnsureToo: true })).people.map(({ name }) => name);
  expect(all).not.toContain("Pebble");
  expect(all).toContain("Nadia");
  expect(await personPage(after, { ...SCOPE, id: pebble })).toBeUndefined();
  expect(await graphAround(after, { ...SCOPE, id: pebble, hops: 1, nodesMax: 9 })).toEqual({ type: "missing" });
  const { named } = await linksOf(after, { ...SCOPE, memoryId: memoryOf(2) });
  expect(named.map(({ name }) => name)).toEqual(["Tom", "Nadia", "Lisbon"]);
  expect(await judgeWish(after, SCOPE, { what: "self", person: pebble })).toEqual({ type: "missing" });
  const { decisions } = await listMerges(after, SCOPE);
  expect(decisions).toMatchObject([{ what: "self", person: { name: "Pebble" }, other: null }]);
  // The memories that called them so are gone: nobody else becomes the person.
  expect(await names(told(lines.slice(0, 1), [self]))).toEqual(["Tom (brother)"]);
});

test("a split takes a wording's memories and facts along", async () => {
  const lines = ["Dec wants to borrow the van", "my brother Dec rang about the clutch", "the brother moved to Cork"];
  const before = told(lines);
  expect(await facts(before, "Dec")).toContain("lives in Cork");
  const split = await decide(before, { what: "split", person: await idOf(before, "dec"), wording: "brother" });
  const after = told(lines, [split]);
  expect(await names(after)).toEqual(["Dec (brother)", "Brother (brother)"]);
  expect(await facts(after, "Dec")).not.toContain("lives in Cork");
  const [, other] = (await listPeople(after, SCOPE)).people;
  const page = other === undefined ? undefined : await personPage(after, { ...SCOPE, id: other.id });
  expect(page?.facts.map((fact) => fact.text)).toContain("lives in Cork");
});

test("listMerges asks about what context alone made one, until it is answered", async () => {
  const lines = [
    "lent Dec the van for the weekend",
    "the brother rang, clutch is making a noise",
    "Declan owes me for the clutch, 480",
  ];
  const source = told(lines);
  const { proposals } = await listMerges(source, SCOPE);
  expect(proposals).toMatchObject([{ type: "was-taken", wording: "the brother" }]);
  const person = await idOf(source, "declan");
  const yes = await decide(source, { what: "confirm", person, wording: "the brother" });
  expect((await listMerges(told(lines, [yes]), SCOPE)).proposals).toEqual([]);
  const no = await decide(source, { what: "split", person, wording: "the brother" });
  expect((await listMerges(told(lines, [no]), SCOPE)).proposals).toEqual([]);
  expect(await names(told(lines, [no]))).toEqual(["Declan", "Brother (brother)"]);
});

test("listMerges never proposes two names that are only alike, and two of one name once", async () => {
  const alike = told(["met Marie for lunch", "met Maria for lunch", "Jonas called", "Jonah called"]);
  expect((await listMerges(alike, SCOPE)).proposals).toEqual([]);
  const lines = [
    "Carla from payroll rang",
    "lunch with Carla Mendes",
    "lunch with Carla Rossi",
    "Carla from unit 4 waved",
  ];
  const source = told(lines);
  const { proposals } = await listMerges(source, SCOPE);
  expect(proposals.length).toBeGreaterThan(0);
  for (const proposal of proposals) {
    if (proposal.type !== "may-be-one") continue;
    const apart = await decide(source, { what: "apart", person: proposal.left.id, other: proposal.right.id });
    const rest = (await listMerges(told(lines, [apart]), SCOPE)).proposals;
    expect(rest).toHaveLength(proposals.length - 1);
  }
});

test("graphAround stops at its steps and its nodes, and does not go on through the person themself", async () => {
  const source = told(EVERYDAY);
  const id = await idOf(source, "Tom");
  const near = await graphAround(source, { ...SCOPE, id, hops: 2, nodesMax: 50 });
  if (near.type !== "graph") throw new Error("There should be a graph");
  expect(near.nodes.map(({ name }) => name).toSorted()).toEqual(["Leeds", "Manchester", "Tom", "you"]);
  expect(await graphAround(source, { ...SCOPE, id, hops: 1, nodesMax: 3 })).toEqual({ type: "too-large", nodes: 4 });
  const nobody: PersonId = idFromBytes("per", new Uint8Array(16).fill(9));
  expect(await graphAround(source, { ...SCOPE, id: nobody, hops: 1, nodesMax: 3 })).toEqual({ type: "missing" });
});

test("linksOf gives each link its reason, and nothing above the ceiling", async () => {
  const source = told([
    "mum's hip op is finally booked, 9th of april, the Royal",
    "nothing to do with it",
    "Mum loved the teapot",
  ]);
  const { links, named } = await linksOf(source, { ...SCOPE, memoryId: memoryOf(2) });
  expect(named.map(({ name }) => name)).toEqual(["Mum"]);
  expect(links.map(({ document, reason }) => [document.memoryId, reason])).toEqual([
    [memoryOf(0), "Both speak of Mum"],
  ]);
});
