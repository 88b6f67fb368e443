import { expect, test } from "vitest";

import { formatSpan } from "./time-span.ts";
import { findTimes } from "./times.ts";

/** Monday 8 May 2023. */
const MONDAY_MS = Date.UTC(2023, 4, 8, 10, 30);

const read = (text: string, atMs = MONDAY_MS, language = "en"): string[] =>
  findTimes(text, { atMs, language }).map((mention) => {
    expect(text.slice(mention.start, mention.end)).toBe(mention.text);
    return `${mention.text} = ${formatSpan(mention)}`;
  });

test.each([
  ["We painted the shed yesterday", "yesterday = 7 May 2023"],
  ["The day before yesterday it rained", "The day before yesterday = 6 May 2023"],
  ["two days ago", "two days ago = 6 May 2023"],
  ["We met last Friday.", "last Friday = 5 May 2023"],
  ["last Monday", "last Monday = 1 May 2023"],
  ["last week", "last week = 1–7 May 2023"],
  ["last weekend", "last weekend = 6–7 May 2023"],
  ["this weekend", "this weekend = 13–14 May 2023"],
  ["two weekends ago", "two weekends ago = 29–30 April 2023"],
  ["a couple of weeks ago", "a couple of weeks ago = 24–30 April 2023"],
  ["last month", "last month = April 2023"],
  ["next month", "next month = June 2023"],
  ["last summer", "last summer = summer 2022"],
  ["this summer", "this summer = summer 2023"],
  ["last winter", "last winter = winter 2022/23"],
  ["last December", "last December = December 2022"],
  ["five years ago", "five years ago = 2018"],
  ["for 4 years", "for 4 years = 2019"],
  ["in two weeks", "in two weeks = 22–28 May 2023"],
  ["tomorrow", "tomorrow = 9 May 2023"],
  ["On Friday I sold the car", "On Friday = 5 May 2023"],
  ["We will row on Friday", "on Friday = 12 May 2023"],
  ["on 3 March", "3 March = 3 March 2023"],
  ["The wedding was on 6 December", "6 December = 6 December 2022"],
  ["The wedding will be on 6 December", "6 December = 6 December 2023"],
  ["Will you come? The wedding was on 6 December", "6 December = 6 December 2022"],
  ["We'll row in December", "in December = December 2023"],
  ["May 20th, 2022", "May 20th, 2022 = 20 May 2022"],
  ["2023-05-30", "2023-05-30 = 30 May 2023"],
  ["in May 2021", "May 2021 = May 2021"],
  ["back in 2013", "back in 2013 = 2013"],
  ["in December", "in December = December 2022"],
  ["the summer of 2021", "summer of 2021 = summer 2021"],
])("%s", (text, expected) => {
  expect(read(text)).toEqual([expected]);
});

test("what names no day is no time", () => {
  for (const text of [
    "I may go to the march",
    "31 February 2023",
    "2023-02-30",
    "Dinner at the harbour on Thursday?",
    "the last train, this one",
    "in two minutes",
    "it lasted long",
    "",
  ])
    expect(read(text), text).toEqual([]);
});

test("times stand in order and never overlap", () => {
  expect(read("yesterday we planned for next week, then in June 2024")).toEqual([
    "yesterday = 7 May 2023",
    "next week = 15–21 May 2023",
    "June 2024 = June 2024",
  ]);
});

test.each([
  ["de", "Ich war gestern da, vor zwei Wochen nicht", ["gestern = 7 May 2023", "vor zwei Wochen = 24–30 April 2023"]],
  ["de", "hier ist es schön", []],
  ["fr", "hier j'étais malade, la semaine dernière aussi", ["hier = 7 May 2023", "la semaine dernière = 1–7 May 2023"]],
  ["es", "ayer y hace tres días", ["ayer = 7 May 2023", "hace tres días = 5 May 2023"]],
  ["it", "ieri, due mesi fa", ["ieri = 7 May 2023", "due mesi fa = March 2023"]],
  ["pt", "ontem, há dois anos", ["ontem = 7 May 2023", "há dois anos = 2021"]],
  ["nl", "gisteren, drie dagen geleden", ["gisteren = 7 May 2023", "drie dagen geleden = 5 May 2023"]],
])("%s: %s", (language, text, expected) => {
  expect(read(text, MONDAY_MS, language)).toEqual(expected);
});

test("a long text is read to a bound and quickly ended", () => {
  const mentions = findTimes("yesterday ".repeat(50_000), { atMs: MONDAY_MS });
  expect(mentions.length).toBe(32);
});

test.each([
  ["Mein Geburtstag ist am 14. Dezember", "14. Dezember", "14 December 2026"],
  ["Die Reise war im März 2025", "März 2025", "March 2025"],
  ["Sie kam am 3. Mai 2024 zur Welt", "3. Mai 2024", "3 May 2024"],
  ["Seit Oktober wohnen sie dort", "Seit Oktober", "October 2026"],
])("findTimes reads German dates in German texts: %s", (text, words, label) => {
  const atMs = Date.UTC(2026, 9, 20);
  const found = findTimes(text, { atMs, language: "de" });
  expect(found.map((time) => [time.text, formatSpan(time)])).toEqual([[words, label]]);
  expect(findTimes("Ein 14. mai und der 40. Mai sind keine Tage", { atMs, language: "de" })).toEqual([]);
});
