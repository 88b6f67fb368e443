/** Whom `person:` means, over worlds made of sentences at two levels, as a search finds them. */
import { createHash } from "node:crypto";

import { type DecisionId, idFromBytes, type Level, type PersonId } from "@kaelix/model";
import {
  loadLanguage,
  type ReadDecision,
  type SearchDocument,
  UserIndex,
  UserWorld,
  type WorldReading,
} from "@kaelix/views";
import { beforeAll, expect, test } from "vitest";

import { searchMemories } from "../search.ts";
import type { RecallSource } from "../source.ts";
import { documentOf, OWNER as ANN } from "../testing.ts";

const DECISION: DecisionId = idFromBytes("dec", new Uint8Array(16).fill(7));
const WEEK_MS = 7 * 86_400_000;

beforeAll(() => loadLanguage("en"));

type Line = readonly [level: 1 | 2, text: string, speaker?: string];

function sourceOf(
  lines: readonly Line[],
  state: "whole" | "broken" | "being made" = "whole",
  names: readonly string[] = [],
  self?: string,
): RecallSource {
  const index = new UserIndex({ detectLanguage: () => "en" });
  const documents = lines.map(([level, text, speaker], at): SearchDocument => {
    const occurredAtMs = Date.UTC(2026, 0, 1) + at * WEEK_MS;
    const said = speaker === undefined ? {} : { speaker };
    return documentOf(at, text, { occurredAtMs, recordedAtMs: occurredAtMs, level, ...said });
  });
  for (const document of documents) index.put(document);
  const worldOf = (ceiling: Level): WorldReading => {
    const world = new UserWorld((text) => createHash("sha256").update(text).digest().subarray(0, 16), {
      names,
      answeredImports: [],
    });
    for (const document of documents) if (document.level <= ceiling) world.add(document);
    const own = [...world.mentions.values()].flatMap(({ list }) => list).filter(({ text }) => text === self);
    const people = own.map(({ id }) => id as PersonId);
    const decision: ReadDecision = { decision: DECISION, what: "self", people, others: [], name: undefined, atMs: 0 };
    const decisions = self === undefined ? [] : [decision];
    return { world: world.world, mentions: world.mentions, taken: world.taken, decisions };
  };
  return {
    index: (user) => Promise.resolve(user === ANN ? index : new UserIndex({ detectLanguage: () => "en" })),
    worldSoon: (_user, ceiling) => {
      if (state === "broken") return Promise.reject(new Error("busy"));
      return Promise.resolve(state === "being made" ? undefined : worldOf(ceiling));
    },
    partitionOf: () => 0,
    nextOffset: () => Promise.resolve(lines.length),
    detectLanguage: () => "en",
    monotonicMs: () => 0,
    nowMs: () => Date.UTC(2026, 11, 1),
  };
}

async function found(source: RecallSource, text: string, more: { ceiling?: Level; people?: string[] } = {}) {
  const filters = more.people === undefined ? {} : { filters: { people: more.people } };
  const { hits } = await searchMemories(source, { userId: ANN, ceiling: more.ceiling ?? 2, text, ...filters });
  return hits.map(({ document }) => document.offset).toSorted((left, right) => left - right);
}

const LIFE: readonly Line[] = [
  [1, "Carla, my mum, moved to Lisbon"],
  [1, "Mum is allergic to walnuts"],
  [1, "Had lunch with Carla at the market"],
  [1, "I called my mother about the roof"],
  [1, "Carlo fixed the bicycle"],
  [1, "Tom came to see the garden"],
  [1, "The market was closed", "Carla"],
];

test.each(["person:Mum", "person:mother", 'person:"Carla"', "person:carla", 'person:"my mum"'])(
  "%s finds what names the same person, however they are called there, and what they said",
  async (text) => {
    expect(await found(sourceOf(LIFE), text)).toEqual([0, 1, 2, 3, 6]);
  },
);

test("who is called alike is somebody else; who is nobody's tie or name is not found; words narrow on", async () => {
  const source = sourceOf(LIFE);
  expect(await found(source, "person:Carlo")).toEqual([4]);
  expect(await found(source, "person:Carl")).toEqual([6]);
  expect(await found(source, "person:sister")).toEqual([]);
  expect(await found(source, "market person:mum")).toEqual([2, 6]);
  expect(await found(source, "market -person:mum")).toEqual([]);
  expect(await found(source, "garden -person:mum")).toEqual([5]);
});

test("who said it is asked under all their names, and who merely is named did not say it", async () => {
  const source = sourceOf(LIFE);
  expect(await found(source, "from:mum")).toEqual([6]);
  expect(await found(source, "", { people: ["mother"] })).toEqual([6]);
});

test("what only a memory above the lock makes known shows nothing: not who Mum is, not what she is called", async () => {
  const source = sourceOf([[2, "Carla, my mum, moved to Lisbon"], ...LIFE.slice(1)]);
  expect(await found(source, "person:mum")).toEqual([0, 1, 2, 3, 6]);
  expect(await found(source, "person:mum", { ceiling: 1 })).toEqual([1, 3]);
  expect(await found(source, "person:carla", { ceiling: 1 })).toEqual([2, 6]);
});

test.each(["broken", "being made"] as const)(
  "while the world is %s, speakers are found by their names",
  async (state) => {
    expect(await found(sourceOf(LIFE, state), "person:carla")).toEqual([6]);
  },
);

test("person: and from: mean the one whose memories these are by their name, in what they said and where they are named", async () => {
  const chat: readonly Line[] = [
    [1, "on my way"],
    [1, "thanks Tom", "Ann"],
    [1, "see you on Friday", "Ann"],
    [1, "My sister lives in Leeds", "Tom Baker"],
  ];
  const source = sourceOf(chat, "whole", ["Tom Baker"]);
  expect(await found(source, "person:Tom")).toEqual([0, 1, 3]);
  expect(await found(source, 'person:"Tom Baker"')).toEqual([0, 1, 3]);
  expect(await found(source, "from:Tom")).toEqual([0, 3]);
  expect(await found(source, "from:me")).toEqual([0, 3]);
  expect(await found(source, "-from:me")).toEqual([1, 2]);
  // What is known of nobody means speakers called so, as before.
  expect(await found(sourceOf(chat), "from:Tom")).toEqual([3]);
});

test("person: means a friend who shares the first name, and not everything the owner said", async () => {
  const source = sourceOf(
    [
      [1, "my brother Tom lives in Leeds"],
      [1, "on my way"],
      [1, "thanks Tom", "Ann"],
    ],
    "whole",
    ["Tom Baker"],
  );
  expect(await found(source, "person:Tom")).toEqual([0]);
  expect(await found(source, 'person:"Tom Baker"')).toEqual([0, 1, 2]);
});

test("person: means the owner by a name that was decided to be theirs, and me means what calls them so", async () => {
  const lines: Line[] = [
    [1, "Pebble, are you coming on Friday?", "Tom"],
    [1, "Pebble lives in Bristol", "Tom"],
    [1, "I bought a tent"],
    [1, "Nadia lives in Leeds", "Tom"],
  ];
  const decided = sourceOf(lines, "whole", ["Ann Keller"], "Pebble");
  expect(await found(sourceOf(lines, "whole", ["Ann Keller"]), "person:me")).toEqual([2]);
  expect(await found(decided, "person:me")).toEqual([1, 2]);
  expect(await found(decided, "person:Pebble")).toEqual([1, 2]);
});
