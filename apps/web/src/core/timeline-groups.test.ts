import { expect, test } from "vitest";

import { barOf, daysOf, yearsOf } from "./timeline-groups.ts";

const month = (key: string, count: number) => ({ key, count, to: "" });

test("yearsOf sums what its months hold and keeps their order", () => {
  const years = yearsOf([month("2026-02", 3), month("2026-01", 1), month("2024-12", 5)]);
  expect(years.map(({ count, months, year }) => [year, count, months.map(({ key }) => key)])).toEqual([
    ["2026", 4, ["2026-02", "2026-01"]],
    ["2024", 5, ["2024-12"]],
  ]);
});

test("daysOf parts memories where the local day changes", () => {
  const at = (hour: number, day: number) => ({ occurred_at: new Date(2026, 1, day, hour).toISOString() });
  expect(daysOf([at(0, 3), at(23, 2), at(1, 2)]).map(({ items }) => items.length)).toEqual([1, 2]);
});

test("barOf shows the most as whole and the least at all", () => {
  expect([barOf(10, 10), barOf(1, 10_000), barOf(0, 0)]).toEqual([100, 3, 3]);
});
