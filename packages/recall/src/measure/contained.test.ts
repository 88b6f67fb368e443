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
  expect(shareHeld("a stained glass window", says("I made this stained-glass window!"))).toBe(1);
  expect(shareHeld("three dogs", says("We have 3 dogs"))).toBe(1);
  expect(shareHeld("three dogs", says("We have 2 dogs"))).toBe(0.5);
  expect(shareHeld("Yes", says("No, never"))).toBe(0);
  expect(shareHeld("anything", says(""))).toBe(0);
});

test.each([
  ["7 May 2023", "2023-05-07", 1],
  ["July 2, 2023", "2023-07-02", 1],
  ["The sunday before 25 May 2023", "2023-05-21", 1],
  ["The Friday before 9October, 2022.", "2022-10-07", 1],
  ["The weekend before 17 July 2023", "2023-07-15", 2],
  ["two weekends before 17 July 2023", "2023-07-08", 2],
  ["The weekend of 24June, 2022.", "2022-06-25", 2],
  ["The week before 9 June 2023", "2023-06-02", 7],
  ["Januarty 5, 2024", "2024-01-05", 1],
  ["February, 2023", "2023-02-01", 28],
  ["April.2023", "2023-04-01", 30],
  ["The summer of 2022", "2022-06-01", 92],
  ["Since 2016", "2016-01-01", 366],
])("the gold date %s", (answer, from, days) => {
  const found = readGoldDate(answer);
  expect(found).toEqual({ fromMs: Date.parse(from), toMs: Date.parse(from) + days * DAY_MS });
});

test("what needs more than the calendar is no date", () => {
  for (const answer of ["4 years", "10 years ago", "her mother", "May", "Max"])
    expect(readGoldDate(answer)).toBeUndefined();
});

test("a shown date answers when it lies within the gold date, not when it is wider or beside it", () => {
  const gold = readGoldDate("June 2023") ?? day("1970-01-01");
  expect(isDateHeld(gold, day("2023-06-12"))).toBe(true);
  expect(isDateHeld(gold, day("2023-07-01"))).toBe(false);
  expect(isDateHeld(day("2023-06-12"), gold)).toBe(false);
  const week = readGoldDate("The week before 9 June 2023") ?? gold;
  expect(isDateHeld(week, { fromMs: Date.parse("2023-05-29"), toMs: Date.parse("2023-06-05") })).toBe(true);
  expect(isDateHeld(week, gold)).toBe(false);
  expect(shareHeld("7 May 2023", { text: "yesterday", spans: [day("2023-05-07")] })).toBe(1);
  expect(shareHeld("7 May 2023", { text: "yesterday", spans: [day("2023-05-08")] })).toBe(0);
});
