/** Every defence that `npm run bench -- bites` takes away is still where its row says: else the bench ends before it has shown anything. */
import { existsSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";

import { expect, test } from "vitest";

import { ALL_BUGS } from "./all-bugs.ts";

test("every row finds its defence once, and has tests", () => {
  const texts = new Map(ALL_BUGS.map(({ file }) => [file, readFileSync(file, "utf8")]));
  const stale = ALL_BUGS.filter(({ file, is }) => texts.get(file)?.split(is).length !== 2).map(({ name }) => name);
  expect(stale).toEqual([]);
  expect(ALL_BUGS.filter(({ becomes, is }) => is === becomes)).toEqual([]);
  expect(ALL_BUGS.length).toBeGreaterThan(30);
});

test("what a row makes of its file can still be read: a file that does not load would fail any test", () => {
  const broken = ALL_BUGS.filter(({ becomes, file, is }) => {
    try {
      stripTypeScriptTypes(readFileSync(file, "utf8").replace(is, () => becomes));
      return false;
    } catch {
      return true;
    }
  });
  expect(broken.map(({ name }) => name)).toEqual([]);
});

test("the tests of every row are there", () => {
  const named = ALL_BUGS.flatMap(({ tests }) => tests.split(" "));
  const missing = named.filter(
    (test) => !["", ".ts", ".test.ts", ".io.test.ts"].some((end) => existsSync(`${test}${end}`)),
  );
  expect(missing).toEqual([]);
});
