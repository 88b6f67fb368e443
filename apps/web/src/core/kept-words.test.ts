import { expect, test } from "vitest";

import { periodOf, periodOptions, periodValue, periodWords } from "./kept-words.ts";

test("periodWords says years where they are whole", () => {
  expect([1, 12, 18, 84, null].map(periodWords)).toEqual(["1 month", "1 year", "18 months", "7 years", "For ever"]);
});

test("periodOptions hold the period that stands, in order, for ever last, and give it back", () => {
  const options = periodOptions(18);
  expect(options.map(({ label }) => label)).toContain("18 months");
  expect(options.at(-1)).toEqual({ value: "ever", label: "For ever" });
  const months = options.map(({ value }) => periodOf(value) ?? Infinity);
  expect(months).toEqual(months.toSorted((left, right) => left - right));
  expect(periodOptions(84).length).toBe(options.length - 1);
  expect(periodOf(periodValue(null))).toBeNull();
});
