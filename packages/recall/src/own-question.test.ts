/** Questions about one's own life: what answers them, and what merely holds their words. */
import { idFromBytes, type UserId } from "@kaelix/model";
import { loadLanguage, type SearchDocument, UserIndex } from "@kaelix/views";
import { beforeAll, expect, test } from "vitest";

import { ask } from "./ask.ts";
import type { RecallSource } from "./source.ts";

const OWNER: UserId = idFromBytes("usr", new Uint8Array(16).fill(1));
/** A Tuesday. */
const NOW_MS = Date.UTC(2026, 9, 20, 9);

beforeAll(() => loadLanguage("en"));

type Told = readonly [on: string, text: string, speaker?: string];

/** Holds the words of the questions and answers none. */
const CHATTER: readonly Told[] = [
  "work was busy",
  "what a nice dog in the park",
  "Tom's dog is called Max",
  "the concert was live on TV",
  "November rain is such a song",
  "his sister Ella has plans",
  "the name of the game",
  "is my dog here?",
  "I don't work at Orbis",
].flatMap((text, at) => [
  ["2026-02-1" + at, text] as const,
  ["2026-03-1" + at, `${text}, my cat is at home in Leeds and I have plans`, "Carla"] as const,
]);

function sourceOf(told: readonly Told[]): RecallSource {
  const index = new UserIndex({ detectLanguage: () => "en" });
  for (const [at, [on, text, speaker]] of told.entries()) {
    const occurredAtMs = Date.parse(`${on}T12:00:00Z`);
    const document: SearchDocument = {
      memoryId: idFromBytes("mem", new Uint8Array(16).fill(at + 1, 15)),
      conversationId: null,
      text,
      ...(speaker === undefined ? {} : { speaker }),
      occurredAtMs,
      recordedAtMs: occurredAtMs,
      level: 1,
      source: "chat",
      importId: null,
      version: 1,
      offset: at,
      firstOffset: at,
      lastOffset: at,
    };
    index.put(document);
  }
  return {
    index: () => Promise.resolve(index),
    partitionOf: () => 0,
    nextOffset: () => Promise.resolve(told.length),
    detectLanguage: () => "en",
    monotonicMs: () => 0,
    nowMs: () => NOW_MS,
  };
}

async function answered(question: string, told: readonly Told[] = []): Promise<string[]> {
  const found = await ask(sourceOf([...CHATTER, ...told]), { userId: OWNER, ceiling: 2, question });
  return found.kind === "nothing" ? found.sentences.map(({ text }) => text) : found.citations.map(({ text }) => text);
}

const NOTHING = ["I have nothing on that."];
const QUESTIONS = [
  "what is the name of my dog",
  "What's my dog called?",
  "What is my sister's name?",
  "How is my cat called?",
  "do I have plans in November",
  "What are my plans for November?",
  "Am I free next week?",
  "where do I work",
  "Who is my employer?",
  "What is my job?",
  "Where do I live?",
  "Which school did I go to?",
];

test.each(QUESTIONS)("%s: who told nothing of it is told that there is nothing", async (question) => {
  expect(await answered(question)).toEqual(NOTHING);
});

test("the name of whom or what is mine is quoted, by any of their words, and never that of another's", async () => {
  const told: readonly Told[] = [
    ["2026-04-01", "We got a puppy today, her name is Biscuit"],
    ["2026-04-02", "my cat Whiskers hates the vet"],
    ["2026-04-03", "My little sister Nadia moved to Leeds"],
    ["2026-04-04", "How is your grandma Rosa?", "Carla"],
    ["2026-04-05", "Your grandma Rosa is a star", "Carla"],
    ["2026-04-06", "my brother was ill on Monday"],
  ];
  for (const question of ["what is the name of my dog", "What's my dog called?", "what is my dog's name"])
    expect(await answered(question, told)).toEqual(["We got a puppy today, her name is Biscuit"]);
  expect(await answered("What is the name of my cat?", told)).toEqual(["my cat Whiskers hates the vet"]);
  expect(await answered("What is my sister's name?", told)).toEqual(["My little sister Nadia moved to Leeds"]);
  expect(await answered("What is my granny called?", told)).toEqual(["Your grandma Rosa is a star"]);
  // A day is nobody's name.
  expect(await answered("What is my brother's name?", told)).toEqual(NOTHING);
});

test("plans within a time are what was told of its days before they came, the nearest first", async () => {
  const told: readonly Told[] = [
    ["2025-11-05", "Went to the fireworks on 5 November with Sam"],
    ["2026-09-01", "Concert with Priya on 14 November"],
    ["2026-10-18", "Flying to Lisbon on 3 November"],
    ["2026-10-19", "Dentist next Wednesday"],
    ["2026-10-19", "Are you around on 7 November?"],
    ["2026-08-01", "In December we move house"],
  ];
  const inNovember = ["Flying to Lisbon on 3 November", "Concert with Priya on 14 November"];
  for (const question of [
    "do I have plans in November",
    "What are my plans for November?",
    "Anything planned in November?",
  ])
    expect(await answered(question, told)).toEqual(inNovember);
  expect(await answered("Am I free on 14 November?", told)).toEqual(["Concert with Priya on 14 November"]);
  expect(await answered("Am I free on 15 November?", told)).toEqual(NOTHING);
  expect(await answered("What's planned for December?", told)).toEqual(["In December we move house"]);
  expect(await answered("do I have plans in March", told)).toEqual(NOTHING);
});

test("where and as what somebody lives is what they said of themself, and holds still", async () => {
  const told: readonly Told[] = [
    ["2026-02-01", "Left my job at Orbis"],
    ["2026-05-01", "I started at Halden Rail on Monday, as an engineer"],
    ["2026-05-02", "I work at the library", "Carla"],
    ["2026-05-03", "We live in Sheffield, near the park"],
    ["2026-05-04", "Studied physics at Lund University"],
  ];
  for (const question of ["where do I work", "Who is my employer?", "What is my job?", "Who do I work for?"])
    expect(await answered(question, told)).toEqual(["I started at Halden Rail on Monday, as an engineer"]);
  expect(await answered("Where do I live?", told)).toEqual(["We live in Sheffield, near the park"]);
  expect(await answered("Where did I study?", told)).toEqual(["Studied physics at Lund University"]);
});

test("questions about others, and those that are no such question, are answered as before", async () => {
  expect(await answered("What is the name of Tom's dog?")).toContain("Tom's dog is called Max");
  expect(await answered("Where does Carla work?", [["2026-05-02", "I work at the library", "Carla"]])).toContain(
    "I work at the library",
  );
  expect(await answered("Where is my cat?")).not.toEqual(NOTHING);
});
