import { expect, test } from "vitest";
import { IntTable } from "./int-table.ts";

/** Keys that differ in their upper bits alone and crowd at the table's end would find a fault of the probing. */
const KEYS: readonly number[] = [
  ...Array.from({ length: 500 }, (_, at) => (at + 1) << 22),
  ...Array.from({ length: 500 }, (_, at) => -1 - at * 3),
  ...Array.from({ length: 500 }, (_, at) => Math.imul(at + 1, 0x01000193)),
];

test("IntTable gives back what was stored, and 0 for every other key", () => {
  const known = new Map(KEYS.map((key, at) => [key | 0, at + 1]));
  const table = new IntTable(known.size);
  for (const [key, value] of known) table.set(key, value);
  const asked = [...known.keys(), ...Array.from({ length: 40_000 }, (_, at) => at - 20_000)];
  expect(asked.filter((key) => table.get(key) !== (known.get(key) ?? 0))).toEqual([]);
});

test("IntTable keeps the newest value of a key", () => {
  const table = new IntTable(2);
  table.set(7, 1);
  table.set(7, 2);
  expect(table.get(7)).toBe(2);
});
