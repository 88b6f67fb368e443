import { expect, test } from "vitest";

import { comparedWords, shareHeld } from "./contained.ts";
import { isDateHeld, readGoldDate } from "./gold-date.ts";

const DAY_MS = 86_400_000;
const day = (text: string): { fromMs: number; toMs: number } => ({
  fromMs: Date.parse(text),
  toMs: Date.parse(text) + DAY_MS,
});
const says = (text: string): { text: string; spans: [] } => ({ text, spans: [] });

test("case, points, articles, plurals and spelled numbers are nothing; other words count", () => {
  expect(comparedWords("The two Dogs, a CAT.")).toEqual(comparedWords("2 dog cats"));
  expect(comparedWords("1,200 on the 5th")).toEqual(comparedWords("1200 5"));
  expect(comparedWords("Yes")).not.toEqual([]);
  expect(shareHeld("a carved oak door", says("He made this carved-oak door!"))).toBe(1);
  expect(shareHeld("three dogs", says("We have 3 dogs"))).toBe(1);
  expect(shareHeld("three dogs", says("We have 2 dogs"))).toBe(0.5);
  expect(shareHeld("Yes", says("No, never"))).toBe(0);
  expect(shareHeld("anything", says(""))).toBe(0);
});

test.each([
  ["4 March 2021", "2021-03-04", 1],
  ["March 4, 2021", "2021-03-04", 1],
  ["The sunday before 17 March 2021", "2021-03-14", 1],
  ["The Tuesday before 19March, 2021.", "2021-03-16", 1],
  ["The weekend before 17 March 2021", "2021-03-13", 2],
  ["two weekends before 17 March 2021", "2021-03-06", 2],
  ["The weekend of 19March, 2021.", "2021-03-20", 2],
  ["The week before 17 March 2021", "2021-03-10", 7],
  ["Marchh 5, 2021", "2021-03-05", 1],
  ["March, 2021", "2021-03-01", 31],
  ["March.2021", "2021-03-01", 31],
  ["The autumn of 2021", "2021-09-01", 91],
  ["Since 2012", "2012-01-01", 366],
])("the gold date %s", (answer, from, days) => {
  const found = readGoldDate(answer);
  expect(found).toEqual({ fromMs: Date.parse(from), toMs: Date.parse(from) + days * DAY_MS });
});

test("what needs more than the calendar is no date", () => {
  for (const answer of ["6 years", "12 years ago", "his uncle", "May", "Rex"])
    expect(readGoldDate(answer)).toBeUndefined();
});

test("a shown date answers when it lies within the gold date, not when it is wider or beside it", () => {
  const gold = readGoldDate("June 2023") ?? day("1970-01-01");
  expect(isDateHeld(gold, day("2023-06-12"))).toBe(true);
  expect(isDateHeld(gold, day("2023-07-01"))).toBe(false);
  expect(isDateHeld(day("2023-06-12"), gold)).toBe(false);
  const week = readGoldDate("The week before 8 June 2023") ?? gold;
  expect(isDateHeld(week, { fromMs: Date.parse("2023-05-29"), toMs: Date.parse("2023-06-05") })).toBe(true);
  expect(isDateHeld(week, gold)).toBe(false);
  expect(shareHeld("7 May 2023", { text: "yesterday", spans: [day("2023-05-07")] })).toBe(1);
  expect(shareHeld("7 May 2023", { text: "yesterday", spans: [day("2023-05-08")] })).toBe(0);
});
