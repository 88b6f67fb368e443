/** docs/bounds.md is what it says: its figures, sentences and algorithms are those of the files that it names. */
import { globSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

const PAGE = readFileSync("docs/bounds.md", "utf8");
const ROWS = [...PAGE.matchAll(/^\| ([^|]+?) +\| ([^|]+?) +\| `([^`]+)` \(`([^`]+)`\) \|$/gm)].map(
  ([, what = "", value = "", file = "", name = ""]) => ({ what, value, file, name }),
);
const isFigure = ({ value }: { readonly value: string }): boolean => /^\d+$/.test(value);

test("docs/bounds.md states the figures of the code", () => {
  const figures = ROWS.filter(isFigure);
  expect(figures.length).toBeGreaterThanOrEqual(24);
  for (const { file, name, value, what } of figures) expect(String(figureIn(file, name)), what).toBe(value);
});

test("docs/bounds.md names what each thing is encrypted with where it is", () => {
  const rows = ROWS.filter((row) => !isFigure(row));
  expect(rows.length).toBeGreaterThanOrEqual(18);
  for (const { file, name, what } of rows) expect(readFileSync(file, "utf8").includes(name), what).toBe(true);
});

test("docs/bounds.md tells of every rule of fields that belong together", () => {
  let rules = 0;
  for (const file of globSync("packages/contract/src/*-schemas.ts").concat(
    globSync("packages/contract/src/*schema.ts"),
    "packages/contract/src/schemas.ts",
  )) {
    // What looks at more than one field takes the body, what was given, or some of its fields by name.
    const text = readFileSync(file, "utf8");
    for (const [, message = ""] of text.matchAll(
      /\.refine\(\s*\((?:body|given|\{[^)]*\})\) =>(?:(?!\.refine)[^])*?message: "([^"]+)"/g,
    )) {
      rules++;
      expect(PAGE, file).toContain(`"${message}"`);
    }
  }
  expect(rules).toBeGreaterThanOrEqual(9);
});

/** The number that a file gives a constant, or a variable of settings when nothing is set. */
function figureIn(file: string, name: string): number {
  const text = readFileSync(file, "utf8");
  const pattern = name.startsWith("KAELIX_")
    ? new RegExp(`variable: "${name}"(?:(?!variable:)[^])*?fallback: ([\\d_ *]+),`)
    : new RegExp(`const ${name} = ([\\d_ *]+);`);
  const written = pattern.exec(text)?.[1] ?? expect.fail(`${file} has no ${name}`);
  return written
    .replaceAll("_", "")
    .split(/ \* /)
    .map((factor) => factor.split(" ** ").map(Number))
    .reduce((product, [base = Number.NaN, power = 1]) => product * base ** power, 1);
}
