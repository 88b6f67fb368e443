import { expect, test } from "vitest";

import { readFrontMatter } from "./front-matter.ts";

const propertyOf = (line: string): readonly string[] | undefined =>
  readFrontMatter(`---\n${line}\n---\nbody`).properties.get("tags");

test.each([
  ["tags: one # a comment", ["one"]],
  ["tags: one#two", ["one#two"]],
  ["tags: a#b # c # d", ["a#b"]],
  ["tags: [one, two] # a comment", ["one", "two"]],
  ["tags: [one, two]", ["one", "two"]],
  ["tags: [one]two, three]  ", ["one]two", "three"]],
  ['tags: ["a # b"]', ["a # b"]],
  ["tags: [one", ["one"]],
])("readFrontMatter reads %s", (line, values) => {
  expect(propertyOf(line)).toEqual(values);
});

test("readFrontMatter reads a line of a million blanks, brackets and hashes", () => {
  // An expression that goes back takes minutes here, and the test runs into its limit.
  for (const piece of [" ", "] ", "]#", "\t#"]) {
    expect(propertyOf(`tags: [a${piece.repeat(500_000)}!`)).toBeDefined();
    expect(propertyOf(`tags: a${piece.repeat(500_000)}!`)).toBeDefined();
  }
});
