import { expect, test } from "vitest";

import { touchedBy } from "./touched.ts";

const SOURCES = new Map([
  ["packages/low/src/index.ts", 'export { low } from "./low.ts";'],
  ["packages/low/src/low.ts", "export const low = 1;"],
  ["packages/low/src/low.test.ts", 'import { low } from "./low.ts";'],
  ["packages/low/src/table.test.ts", 'import { readFileSync } from "node:fs";'],
  ["packages/high/src/index.ts", 'import { low } from "@kaelix/low";\nexport const high = low;'],
  ["packages/high/src/late.ts", 'export const late = () => import("./index.ts");'],
  ["packages/high/src/other.ts", "export const other = 2;"],
  ["tools/rules.test.ts", 'import { rules } from "./rules.ts";'],
  ["tools/rules.ts", 'import { globSync } from "node:fs";'],
]);
const DOORS = new Map([["@kaelix/low", "packages/low/src/index.ts"]]);

function touched(...changed: readonly string[]): string[] {
  return [...touchedBy(new Set(changed), SOURCES, DOORS)].sort();
}

test("touchedBy follows imports through doors of rooms and late imports, and leaves the rest alone", () => {
  expect(touched("packages/low/src/low.ts")).toEqual([
    "packages/high/src/index.ts",
    "packages/high/src/late.ts",
    "packages/low/src/index.ts",
    "packages/low/src/low.test.ts",
    "packages/low/src/low.ts",
    "packages/low/src/table.test.ts",
  ]);
  expect(touched("packages/high/src/other.ts")).toEqual([
    "packages/high/src/other.ts",
    "packages/low/src/table.test.ts",
  ]);
});

test("touchedBy gives who imports a file that is gone", () => {
  expect(touched("packages/low/src/gone.ts")).toEqual(["packages/low/src/table.test.ts"]);
});

test("touchedBy looks at a whole room for what is no source, and at everything for a setting of a tool", () => {
  expect(touched("packages/high/src/words.json")).toHaveLength(4);
  expect(touched("package-lock.json")).toHaveLength(SOURCES.size);
  expect(touched(".ci/run")).toHaveLength(SOURCES.size);
});

test("touchedBy always gives the tests that read the disk, also when nothing changed", () => {
  expect(touched()).toEqual(["packages/low/src/table.test.ts"]);
  expect(touched("README.md")).toEqual(["packages/low/src/table.test.ts"]);
});
