import { expect, test } from "vitest";

import type { SearchFilters } from "./filter.ts";
import { loadLanguage } from "./languages.ts";
import { listConversations } from "./listing.ts";
import { parseQuery } from "./query.ts";
import { searchIndex, type SearchRequest } from "./search.ts";
import { conversationId, makeDocument, makeIndex, memoryId } from "./testing.ts";
import { UserIndex } from "./user-index.ts";

const DAY_MS = 86_400_000;
const MAY_8 = Date.UTC(2023, 4, 8, 12);

const index = makeIndex([
  makeDocument(1, "Dinner at the harbour on Thursday?", { speaker: "Carla Müller", source: "whatsapp" }),
  makeDocument(2, "Yes, at seven. I am allergic to walnuts, remember", { speaker: "Ann", source: "whatsapp" }),
  makeDocument(3, "The cinema was sold out", { conversationId: conversationId(2), occurredAtMs: MAY_8 }),
  makeDocument(4, "Bought a red bicycle for the children", {
    conversationId: null,
    level: 2,
    occurredAtMs: MAY_8 + 30 * DAY_MS,
  }),
  makeDocument(5, "Harbour dinner was lovely, thank you", {
    speaker: "Bob",
    conversationId: conversationId(2),
    source: "csv",
  }),
  makeDocument(6, "A picture for you", { speaker: "Carla Müller", caption: "a lighthouse in the evening", level: 2 }),
]);

const numbers = (request: Partial<SearchRequest>): number[] =>
  searchIndex(index, { text: "", ceiling: 2, limit: 50, ...request })
    .hits.map(({ document }) => [1, 2, 3, 4, 5, 6].find((number) => memoryId(number) === document.memoryId) ?? 0)
    .sort((left, right) => left - right);
const filtered = (filters: SearchFilters): number[] => numbers({ filters });

test("searchIndex narrows by each filter", () => {
  expect(filtered({ people: ["carla"] })).toEqual([1, 6]);
  expect(filtered({ people: ["MULLER"] })).toEqual([1, 6]);
  expect(filtered({ people: ["mü"] })).toEqual([1, 6]);
  expect(filtered({ people: ["carla mul", "bo"] })).toEqual([1, 5, 6]);
  expect(filtered({ people: ["arla"] })).toEqual([]);
  expect(filtered({ people: [""] })).toEqual([]);
  expect(filtered({ sources: ["whatsapp", "csv"] })).toEqual([1, 2, 5]);
  expect(filtered({ levels: [2] })).toEqual([4, 6]);
  expect(filtered({ conversationIds: [conversationId(2)] })).toEqual([3, 5]);
  expect(filtered({ conversationIds: [null] })).toEqual([4]);
  expect(filtered({ importIds: [] })).toEqual([]);
  expect(filtered({ afterMs: MAY_8, beforeMs: MAY_8 + 1 })).toEqual([3]);
  expect(filtered({ people: ["carla"], levels: [1] })).toEqual([1]);
});

test("searchIndex finds what tells of nearly the same where a question asks, behind what holds its words", () => {
  const told = makeIndex([
    makeDocument(1, "My physician has moved to Bern", { conversationId: null }),
    makeDocument(2, "The doctor was kind today", { conversationId: null }),
    makeDocument(3, "Sea and sand", { conversationId: null, speaker: "Hope" }),
    makeDocument(4, "My dream is a house by the sea", { conversationId: null }),
    makeDocument(5, "Mother came by train", { conversationId: null }),
  ]);
  const found = (text: string, more: Partial<SearchRequest> = {}): string[] =>
    searchIndex(told, { text, ceiling: 2, limit: 9, ...more }).hits.flatMap(({ document, highlights }) =>
      highlights.map(([start, end]) => document.text.slice(start, end)),
    );
  const asked = "What is the doctor called?";
  expect(found(asked)).toEqual(["doctor", "physician"]);
  expect(found(asked, { byWords: true })).toEqual(["doctor"]);
  expect(found("doctor")).toEqual(["doctor"]);
  // A parent may be either, a father is no mother; a name is nobody else's.
  expect(found("Who is my parent?")).toEqual(["Mother"]);
  expect(found("Who is my father?")).toEqual([]);
  expect(found("What did Hope say?")).toEqual([]);
});

test("searchIndex lists by time, newest first, without words", () => {
  const { hits, total } = searchIndex(index, { text: "  ", ceiling: 2, limit: 2 });
  expect(hits.map(({ document }) => document.memoryId)).toEqual([memoryId(6), memoryId(5)]);
  expect(total).toBe(6);
});

test("searchIndex puts what holds the keywords first", () => {
  const { hits } = searchIndex(index, { text: "harbour dinner", ceiling: 2, limit: 3 });
  expect(new Set(hits.slice(0, 2).map(({ document }) => document.memoryId))).toEqual(
    new Set([memoryId(1), memoryId(5)]),
  );
});

test("searchIndex wants a phrase of keywords as it stands, and lets a quoted title of a question narrow nothing", () => {
  expect(numbers({ text: '"harbour dinner"' })).toEqual([5]);
  expect(numbers({ text: '"dinner harbour"' })).toEqual([]);
  expect(numbers({ text: 'Who liked the "dinner harbour"?' })).toContain(5);
});

test("searchIndex leaves out what holds an excluded word", () => {
  expect(numbers({ text: "harbour -thursday" })).not.toContain(1);
  expect(numbers({ text: "harbour -thursday" })).toContain(5);
  expect(numbers({ text: "-harbour" })).toEqual([2, 3, 4, 6]);
  expect(numbers({ text: '-"sold out"' })).not.toContain(3);
});

test("searchIndex takes the last word as a beginning when asked", () => {
  expect(numbers({ text: "harbour bicy" })).not.toContain(4);
  expect(numbers({ text: "harbour bicy", prefixLast: true })).toContain(4);
  const hit = searchIndex(index, { text: "bicy", ceiling: 2, limit: 1, prefixLast: true }).hits[0];
  expect(hit?.highlights.map(([start, end]) => hit.document.text.slice(start, end))).toEqual(["bicycle"]);
});

test("searchIndex forgives one slip in a word that nothing holds", () => {
  for (const text of ["lighthuose", "ligthouse", "lighthous", "lightthouse", "lighthousing"]) {
    expect(numbers({ text }), text).toContain(6);
  }
  expect(numbers({ text: "allergies" })).toContain(2);
  expect(numbers({ text: "lighthuose", ceiling: 1 })).toEqual([]);
  expect(numbers({ text: "lightning" })).toEqual([]);
});

test("searchIndex forgives slips in several words of a question, and in the word that it asks with", () => {
  // Of "childern" the stemmer does not see that it is "child".
  expect(numbers({ text: "childern" })).toContain(4);
  expect(numbers({ text: "bicylce childern" })).toContain(4);
  expect(
    searchIndex(index, { text: "wher is the bicylce of the childern", ceiling: 2, limit: 1 }).hits[0]?.document.text,
  ).toContain("bicycle");
  for (const [typed, kind] of [
    ["Wher was Bob", "where"],
    ["wehn is dinner", "when"],
    ["Wich harbour was it", "what"],
  ] as const)
    expect(parseQuery(typed, { languages: ["en"] }).kind, typed).toBe(kind);
  for (const typed of ["Were Ann and Bob there", "Then Bob came", "Hat Ann a dog"])
    expect(parseQuery(typed, { languages: ["en"] }).words[0]?.text, typed).toBe(typed.split(" ")[0]?.toLowerCase());
});

test("searchIndex finds captions, dates and speakers as words", () => {
  expect(numbers({ text: "lighthouse" })).toContain(6);
  expect(numbers({ text: "8 May 2023" })).toContain(3);
  expect(searchIndex(index, { text: "bob", ceiling: 2, limit: 1 }).hits[0]?.document.memoryId).toBe(memoryId(5));
});

test("searchIndex finds words of scripts without spaces, and of several languages in one index", async () => {
  await loadLanguage("de");
  const languages = [/[\u3040-\u30ff]/u, /[äöüß]|\bdie\b/u];
  const mixed = new UserIndex({
    detectLanguage: (text) =>
      languages[0]?.test(text) === true ? "ja" : languages[1]?.test(text) === true ? "de" : "en",
  });
  await loadLanguage("ja");
  mixed.put(makeDocument(1, "昨日東京で寿司を食べた"));
  mixed.put(makeDocument(2, "Die Kinder fütterten die Vögel", { conversationId: conversationId(2) }));
  mixed.put(makeDocument(3, "The children fed the birds", { conversationId: conversationId(3) }));
  const first = (text: string): string | undefined =>
    searchIndex(mixed, { text, ceiling: 2, limit: 1 }).hits[0]?.document.text;
  expect(first("寿司")).toContain("東京");
  expect(first("vogel kindern")).toContain("Vögel");
  expect(first("bird child")).toContain("birds");
});

test("searchIndex highlights whole words in the text as given", () => {
  const text = "Müllers Walnüsse: the WALNUTS, and “walnut-cake” (Carla’s)";
  const one = makeIndex([makeDocument(1, text)]);
  const hit = searchIndex(one, { text: "walnut carla", ceiling: 2, limit: 1 }).hits[0];
  expect(hit?.highlights.map(([start, end]) => text.slice(start, end))).toEqual(["WALNUTS", "walnut", "Carla"]);
});

test("searchIndex says which words and signals made a hit", () => {
  const hits = searchIndex(index, { text: "Who is allergic to walnuts?", ceiling: 2, limit: 3 }).hits;
  expect(hits[0]?.document.memoryId).toBe(memoryId(2));
  expect(hits[0]?.why.words.map(({ word }) => word).sort()).toEqual(["allergic", "walnuts"]);
  expect(hits[0]?.why).toMatchObject({ isContext: false, coverage: 1 });
  const sum = hits[0]?.why.signals.reduce((total, { share }) => total + share, 0);
  expect(sum).toBeCloseTo(hits[0]?.score ?? 0, 4);
  expect(hits.find(({ document }) => document.memoryId === memoryId(1))?.why.isContext).toBe(true);
});

test("searchIndex counts facets over all matches, not over the page", () => {
  const { facets, total } = searchIndex(index, { text: "", ceiling: 2, limit: 1, facets: true });
  expect(total).toBe(6);
  expect(facets.people).toEqual([
    { value: "Carla Müller", count: 2 },
    { value: null, count: 2 },
    { value: "Ann", count: 1 },
    { value: "Bob", count: 1 },
  ]);
  expect(facets.levels).toEqual([
    { value: 1, count: 4 },
    { value: 2, count: 2 },
  ]);
  expect(facets.months.map(({ value }) => value)).toEqual(["2024-12", "2023-06", "2023-05"]);
});

test("searchIndex under a ceiling is as if nothing above it existed", () => {
  const all = Array.from({ length: 60 }, (_, number) =>
    makeDocument(number, `${number % 2 === 0 ? "walnut" : "harbour"} note ${number % 7}`, {
      level: number % 3 === 0 ? 2 : 1,
      speaker: number % 3 === 0 ? "Secretary" : "Ann",
      conversationId: conversationId(number % 9 === 0 ? 9 : 1),
    }),
  );
  const whole = makeIndex(all);
  const lower = makeIndex(all.filter(({ level }) => level === 1));
  for (const text of [
    "walnut",
    "harbour note 3",
    "",
    "when did the secretary say walnut?",
    "note -walnut",
    "walnat secretarry",
  ]) {
    const request = { text, ceiling: 1, limit: 100, facets: true } as const;
    expect(searchIndex(whole, request), text).toEqual(searchIndex(lower, request));
  }
  expect(listConversations(whole, 1)).toEqual(listConversations(lower, 1));
  expect(searchIndex(whole, { text: "secretary", ceiling: 1, limit: 5, prefixLast: true }).total).toBe(0);
});

test("listConversations counts and dates each conversation, the newest first", () => {
  const titled = makeIndex([
    makeDocument(1, "a", { conversationTitle: "Old" }),
    makeDocument(3, "b", { conversationTitle: "Carla" }),
    makeDocument(2, "c", { conversationId: conversationId(2) }),
  ]);
  expect(listConversations(titled, 2)).toEqual([
    expect.objectContaining({ conversationId: conversationId(1), title: "Carla", count: 2, lastMemoryId: memoryId(3) }),
    expect.objectContaining({ conversationId: conversationId(2), title: undefined, count: 1 }),
  ]);
});

test("parseQuery reads dates and kinds of questions", () => {
  const parse = (text: string): unknown => {
    const { kind, dates, isQuestion } = parseQuery(text, { languages: ["en", "de"] });
    return { kind, dates, isQuestion };
  };
  expect(parse("When was the dinner on 8 May, 2023?")).toEqual({
    kind: "when",
    dates: [{ month: 4, day: 8, year: 2023 }],
    isQuestion: true,
  });
  expect(parse("dinner May 8th")).toMatchObject({ dates: [{ month: 4, day: 8 }], isQuestion: false });
  expect(parse("may I see 2023-05-08")).toMatchObject({ dates: [{ year: 2023, month: 4, day: 8 }] });
  expect(parse("wer war im März 2022 da?")).toMatchObject({ kind: "who", dates: [{ month: 2, year: 2022 }] });
  expect(parse("How often does she swim")).toMatchObject({ kind: "how-often", isQuestion: true });
});
