import { expect, test } from "vitest";

import { readQualifiers } from "./qualifiers.ts";
import { searchIndex, type SearchResult } from "./search.ts";
import { conversationId, makeDocument, makeIndex, memoryId } from "./testing.ts";

const NOW_MS = Date.UTC(2023, 5, 10, 9);
const at = (month: number, day: number, year = 2023): number => Date.UTC(year, month - 1, day, 12);

const index = makeIndex([
  makeDocument(1, "Dinner at the harbour", { speaker: "Carla Müller", source: "whatsapp", occurredAtMs: at(6, 9) }),
  makeDocument(2, "Harbour walk with Bob", { source: "csv", occurredAtMs: at(5, 8) }),
  makeDocument(3, "The harbour cinema, see https://example.org", { level: 2, occurredAtMs: at(8, 20, 2022) }),
  makeDocument(4, "A picture of the harbour", { caption: "boats", speaker: "Bob", occurredAtMs: at(6, 1) }),
  makeDocument(5, "Shall we meet at the harbour?", {
    speaker: "Carla Müller",
    conversationId: conversationId(2),
    occurredAtMs: at(12, 24, 2022),
  }),
  makeDocument(6, "Bread for 4 euros", { hasFiles: true, occurredAtMs: at(6, 9) }),
]);

const search = (text: string, more: object = {}): SearchResult =>
  searchIndex(index, { text, ceiling: 2, limit: 50, nowMs: NOW_MS, ...more });
const found = (text: string, more: object = {}): number[] =>
  search(text, more)
    .hits.map(({ document }) => [1, 2, 3, 4, 5, 6].find((number) => memoryId(number) === document.memoryId) ?? 0)
    .sort((left, right) => left - right);

test.each([
  ["harbour person:carla", [1, 5]],
  ['harbour person:"Carla Müller"', [1, 5]],
  ["person:bob", [4]],
  ["harbour -person:carla", [2, 3, 4]],
  ["harbour source:csv", [2]],
  ["-source:csv -source:whatsapp harbour", [3, 4, 5]],
  ["harbour level:2", [3]],
  ["harbour level:confidential", [3]],
  ["harbour -level:2", [1, 2, 4, 5]],
  ["harbour has:picture", [4]],
  ["has:file", [6]],
  ["has:files bread", [6]],
  ["harbour -has:file", [1, 2, 3, 4, 5]],
  ["has:link", [3]],
  ["has:number", [6]],
  ["has:question", [5]],
  ["harbour -has:question -has:picture", [1, 2, 3]],
  ["harbour before:2023", [3, 5]],
  ["harbour before:2022-12", [3]],
  ["harbour after:2023-06-01", [1, 4]],
  ["harbour after:2022-12 before:2023-06", [2, 5]],
  ['harbour on:"May 2023"', [2]],
  ["harbour on:may-2023", [2]],
  ["harbour on:May-2023", [2]],
  ["harbour on:yesterday", [1]],
  ["harbour after:last-week", [1, 4]],
  ['harbour during:"last summer"', [3]],
  ["PERSON:Carla harbour -dinner", [5]],
  ["harb*", [1, 2, 3, 4, 5]],
  ["har* din*", [1, 2, 3, 4, 5]],
  ['"harbour walk"', [2]],
  ["yesterday", [1, 6]],
  ["What did I do yesterday?", [1, 6]],
  ["last summer", [3]],
  ["xarbour", [1, 2, 3, 4, 5]],
])("%s", (text, expected) => {
  expect(found(text)).toEqual(expected);
});

test("a time beside words weighs and does not narrow; its own words are not looked for", () => {
  const { hits, words } = search("harbour last summer");
  expect(hits[0]?.document.memoryId).toBe(memoryId(3));
  expect(hits.length).toBe(5);
  expect(words.map(({ word }) => word)).toEqual(["harbour"]);
  expect(search("harbour last summer", { nowMs: undefined }).words.map(({ word }) => word)).toContain("summer");
});

test("the ceiling holds whatever is inverted", () => {
  expect(found("harbour -level:1", { ceiling: 1 })).toEqual([]);
  expect(found("-person:nobody", { ceiling: 1 })).toEqual([1, 2, 4, 5, 6]);
});

test("qualifiers come on top of the filters of a request", () => {
  expect(found("harbour person:carla", { filters: { sources: ["whatsapp"] } })).toEqual([1]);
});

test("a value that means nothing narrows nothing and is told of", () => {
  const { qualifiers, total } = search("harbour source:pigeon level:9 has:wings before:never person:bob");
  expect(total).toBe(1);
  expect(qualifiers.read).toEqual(["person:bob"]);
  expect(qualifiers.problems).toEqual([
    expect.stringMatching(/^Cannot narrow by source: current value is "pigeon", must be one of /),
    `Cannot narrow by level: current value is "9", must be 1 to 4 or a level's name`,
    `Cannot narrow by has: current value is "wings", must be one of file, picture, link, number, question`,
    expect.stringMatching(/^Cannot narrow by before: current value is "never", must be a time such as /),
  ]);
  expect(readQualifiers(`after:${"9".repeat(500)}`).qualifiers.problems[0]?.length).toBeLessThan(200);
});

test("what is no qualifier stays text", () => {
  for (const text of ["note: call Ann", "12:30", "https://example.org/a", "person: Ann", "a:b", "superperson:x", "-"])
    expect(readQualifiers(text)).toEqual({ qualifiers: { filters: [], read: [], problems: [] }, rest: text });
});

test("relative values need to know when it is", () => {
  expect(readQualifiers("after:yesterday").qualifiers.problems.length).toBe(1);
  expect(readQualifiers("after:2023-02-30", NOW_MS).qualifiers.problems.length).toBe(1);
});

test("a flood of qualifiers is read to a bound", () => {
  const { qualifiers, rest } = readQualifiers("person:a ".repeat(5_000), NOW_MS);
  expect(qualifiers.read.length).toBe(16);
  expect(rest).toContain("person:a");
});
