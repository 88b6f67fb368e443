import { type ConversationId, idFromBytes, type Level, type UserId } from "@kaelix/model";
import { type SearchDocument, UserIndex } from "@kaelix/views";
import { expect, test } from "vitest";

import { ask } from "./ask.ts";
import { searchMemories } from "./search.ts";
import { splitSentences } from "./sentences.ts";
import type { RecallSource } from "./source.ts";
import { documentOf, memoryOf, OWNER } from "./testing.ts";

const HARBOUR: ConversationId = idFromBytes("con", new Uint8Array(16).fill(1));
const START_MS = Date.UTC(2024, 11, 12, 18);

function makeDocument(number: number, text: string, more: Partial<SearchDocument> = {}): SearchDocument {
  const times = { occurredAtMs: START_MS + number * 86_400_000, recordedAtMs: START_MS };
  const offset = 100 + number;
  return documentOf(number, text, { ...times, offset, firstOffset: offset, lastOffset: offset, ...more });
}

const MEMORIES = [
  makeDocument(1, "Mum is allergic to walnuts. She found out in 1999.", { level: 2 }),
  makeDocument(2, "Dinner at the harbour on Thursday?", {
    speaker: "Carla",
    conversationId: HARBOUR,
    occurredAtMs: START_MS,
  }),
  makeDocument(3, "Yes, at seven, with Bob and his sister", {
    speaker: "Ann",
    conversationId: HARBOUR,
    occurredAtMs: START_MS + 60_000,
  }),
  makeDocument(4, "Paid 640 euros for the new bicycle"),
  makeDocument(5, "The plumber comes on 3 March at nine. The kitchen tap drips."),
  makeDocument(6, "I swim every Tuesday and Friday"),
  makeDocument(7, "Liked the cinema near the station, sold out though"),
  makeDocument(8, "Train to Lisbon leaves at noon"),
  ...Array.from({ length: 30 }, (_, at) => makeDocument(20 + at, `Shopping: bread, milk and ${at + 2} apples`)),
];

const index = new UserIndex({ detectLanguage: () => "en" });
for (const document of MEMORIES) index.put(document);

const source: RecallSource = {
  index: () => Promise.resolve(index),
  partitionOf: () => 4,
  nextOffset: () => Promise.resolve(500),
  detectLanguage: () => "en",
  monotonicMs: () => performance.now(),
  nowMs: () => Date.UTC(2026, 10, 21),
};

const scope = (ceiling: Level): { userId: UserId; ceiling: Level } => ({ userId: OWNER, ceiling });
const secret = makeDocument(200, "The walnut cabinet key is under the third stone", { level: 3 });
const ultraSecret = makeDocument(201, "The walnut safe opens with 1234", { level: 4 });

test("searchMemories answers with position, reasons and the offset it is as of", async () => {
  const result = await searchMemories(source, { ...scope(2), text: "harbour dinner" });
  expect(result.hits[0]).toMatchObject({
    document: { memoryId: memoryOf(2) },
    position: { topic: "memories", partition: 4, offset: 102 },
  });
  expect(result.hits[0]?.reasons[0]).toMatchObject({ signal: "words", text: "Holds harbour, dinner" });
  expect(result.asOf).toEqual({ topic: "memories", partition: 4, offset: 500 });
  expect(result.tookMs).toBeGreaterThanOrEqual(0);
});

test("searchMemories speaks of a conversation only where there is one", async () => {
  const signalsOf = async (text: string): Promise<readonly (readonly [boolean, boolean])[]> =>
    (await searchMemories(source, { ...scope(2), text })).hits.map(
      ({ document, reasons }) =>
        [document.conversationId !== null, reasons.some(({ signal }) => signal === "session")] as const,
    );
  expect(await signalsOf("bicycle euros")).toContainEqual([false, false]);
  expect(await signalsOf("bicycle euros")).not.toContainEqual([false, true]);
  expect(await signalsOf("harbour dinner thursday")).toContainEqual([true, true]);
});

test("searchMemories searches unlocked memories for one request alone, and none above the ceiling", async () => {
  const unlocked = [secret, ultraSecret];
  const search = async (ceiling: Level, more: object = {}): Promise<readonly [number[], number]> => {
    const { hits, total, facets } = await searchMemories(source, { ...scope(ceiling), text: "walnut", ...more });
    const counted = facets.levels.reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBe(total);
    expect(Math.max(0, ...facets.levels.map(({ value }) => value))).toBeLessThanOrEqual(ceiling);
    return [hits.map(({ document }) => document.level).sort((left, right) => left - right), total];
  };
  expect(await search(1, { unlocked })).toEqual([[], 0]);
  expect(await search(2, { unlocked })).toEqual([[2], 1]);
  expect(await search(3, { unlocked })).toEqual([[2, 3], 2]);
  expect(await search(4, { unlocked })).toEqual([[2, 3, 4], 3]);
  expect(await search(4)).toEqual([[2], 1]);
});

test("searchMemories pages over indexed and unlocked memories as one list", async () => {
  const request = { ...scope(4), text: "walnut", unlocked: [secret, ultraSecret] };
  const whole = await searchMemories(source, request);
  const pages = [];
  for (let skip = 0; skip < whole.total; skip++) {
    const page = await searchMemories(source, { ...request, limit: 1, skip });
    pages.push(...page.hits.map(({ document }) => document.memoryId));
  }
  expect(pages).toEqual(whole.hits.map(({ document }) => document.memoryId));
});

test("ask quotes the owner's own words plainly, with their place", async () => {
  const answer = await ask(source, { ...scope(2), question: "What is Mum allergic to?" });
  expect(answer.kind).toBe("quoted");
  expect(answer.sentences[0]).toEqual({
    text: "Mum is allergic to walnuts. She found out in 1999.",
    citations: [1],
  });
  expect(answer.citations[0]).toMatchObject({
    n: 1,
    memoryId: memoryOf(1),
    quote: [0, 50],
    best: [0, 27],
    level: 2,
    source: "chat",
    position: { topic: "memories", partition: 4, offset: 101 },
  });
  expect(answer.confidence).toBeGreaterThan(0.5);
  expect(answer.why.missing).toEqual([]);
});

test("ask quotes others by name, and prefers the sentence that the question asks for", async () => {
  const dinner = await ask(source, { ...scope(2), question: "When is dinner at the harbour?" });
  expect(dinner.sentences[0]?.text).toBe("Carla, 12 December 2024: “Dinner at the harbour on Thursday?”");
  const plumber = await ask(source, { ...scope(2), question: "When does the plumber come for the kitchen tap?" });
  expect(plumber.citations[0]).toMatchObject({ memoryId: memoryOf(5), best: [0, 37] });
  const swim = await ask(source, { ...scope(2), question: "How often do I swim?" });
  expect(swim.citations[0]?.memoryId).toBe(memoryOf(6));
});

test("ask cites every sentence, and every citation quotes its memory to the letter", async () => {
  for (const question of [
    "What did I pay for the bicycle?",
    "Who was at the harbour for dinner?",
    "When does the train to Lisbon leave?",
  ]) {
    const answer = await ask(source, { ...scope(2), question });
    expect(answer.sentences.length).toBe(answer.citations.length);
    for (const { n, memoryId, quote, text } of answer.citations) {
      const memory = MEMORIES.find((document) => document.memoryId === memoryId);
      expect(memory?.text.slice(...quote)).toBe(text);
      expect(answer.sentences.some(({ citations }) => citations.includes(n))).toBe(true);
    }
  }
});

test("ask has nothing on what was never told", async () => {
  for (const question of [
    "What is the capital of Mongolia?",
    "Who won the chess championship?",
    "When did I move to Berlin?",
    "How many siblings does the astronaut have?",
    "Is Mum afraid of spiders?",
    "What did Carla say about the vaccination?",
    "why?",
    "",
  ]) {
    const answer = await ask(source, { ...scope(2), question });
    expect(answer, question).toMatchObject({ kind: "nothing", citations: [] });
    expect(answer.sentences).toEqual([{ text: "I have nothing on that.", citations: [] }]);
  }
});

test("ask never quotes or weighs what is above the ceiling", async () => {
  const below = await ask(source, { ...scope(1), question: "What is Mum allergic to?" });
  expect(below.kind).toBe("nothing");
  expect(JSON.stringify(below)).not.toContain("walnut");
  const locked = await ask(source, { ...scope(2), question: "Where is the cabinet key?", unlocked: [secret] });
  expect(locked.kind).toBe("nothing");
  const open = await ask(source, { ...scope(3), question: "Where is the cabinet key?", unlocked: [secret] });
  expect(open.citations[0]?.memoryId).toBe(secret.memoryId);
});

test("splitSentences gives places in the text and cuts what is too long at a word", () => {
  const text = "  First one. Second?\nthird line\n\n" + "word ".repeat(200);
  const sentences = splitSentences(text);
  expect(sentences.slice(0, 3).map((sentence) => sentence.text)).toEqual(["First one.", "Second?", "third line"]);
  for (const { text: quote, start, end } of sentences) expect(text.slice(start, end)).toBe(quote);
  expect(sentences.at(-1)?.text.endsWith("word")).toBe(true);
  expect(sentences.at(-1)?.text.length).toBeLessThanOrEqual(320);
});
