import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Sources of all regular-expression literals of a file, good enough for our own formatted code. */
function patternSources(source: string): string[] {
  const found = source.matchAll(
    /(?:^|[=(,[?:|&\s])\/((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/[dgimsuvy]*(?=[.,;)\s\]])/gm,
  );
  return [...found].map((match) => match[1] ?? "");
}

/** True when an unbounded quantifier stands inside a group that is itself repeated without bound. */
function hasNestedRepeat(source: string): boolean {
  const plain = source.replaceAll(/\\./g, "x").replaceAll(/\[[^\]]*\]/g, "x");
  for (let at = 0; at < plain.length; at += 1) {
    if (plain[at] !== ")" || !/^(?:[*+]|\{\d+,\})/.test(plain.slice(at + 1))) continue;
    let depth = 1;
    let open = at - 1;
    for (; open >= 0 && depth > 0; open -= 1) depth += plain[open] === ")" ? 1 : plain[open] === "(" ? -1 : 0;
    if (/[*+]|\{\d+,\d*\}/.test(plain.slice(open + 2, at))) return true;
  }
  return false;
}

const folders = ["../", "./"].map((folder) => new URL(folder, import.meta.url));
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => new URL(name, folder)),
);

test("hasNestedRepeat knows a dangerous pattern from a harmless one", () => {
  expect(hasNestedRepeat("(a+)+b")).toBe(true);
  expect(hasNestedRepeat("(?:\\w{1,9})*x")).toBe(true);
  expect(hasNestedRepeat("(?:a|b)+c")).toBe(false);
  expect(hasNestedRepeat("\\d{1,3}(?:[.,]\\d{3}){1,3}")).toBe(false);
});

test("patterns of the classifier never repeat a repetition without bound", () => {
  const sources = files.flatMap((file) => patternSources(readFileSync(file, "utf8")));
  expect(sources.length).toBeGreaterThan(20);
  expect(sources.filter(hasNestedRepeat)).toEqual([]);
});
