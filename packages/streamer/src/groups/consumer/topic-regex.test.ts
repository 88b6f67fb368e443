import { seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { parseTopicPattern } from "./topic-regex.ts";

function matches(pattern: string, name: string): boolean | string {
  const parsed = parseTopicPattern(pattern);
  return typeof parsed === "string" ? parsed : parsed.matches(name);
}

test.each([
  ["log", "log", true],
  ["log", "logs", false],
  ["log.*", "log-a", true],
  ["^log-[a-c0-9]{2,3}$", "log-a9", true],
  ["^log-[a-c0-9]{2,3}$", "log-a999", false],
  ["a|b|cd+", "cddd", true],
  ["(?:a|b)*c", "ababc", true],
  ["(?P<env>dev|prod)\\.\\w+", "prod.orders_1", true],
  ["[^_].*", "_x", false],
  ["x{3}", "xxx", true],
  ["x{2,}", "x", false],
  ["a*?b+?", "aab", true],
  ["(a*)*", "aaa", true],
  ["", "", true],
  ["[]a]+", "]a", true],
  ["a{,3}", "a{,3}", true],
  ["[\\d\\-]+", "4-2", true],
])("the pattern %j meets %j", (pattern, name, expected) => {
  expect(matches(pattern, name)).toBe(expected);
});

test.each([
  "(",
  ")",
  "[a",
  "a**",
  "*a",
  "(?=a)",
  "(?i)a",
  "\\1",
  "\\b",
  "a{3,1}",
  "a{2000}",
  "[b-a]",
  "(a{1000}){1000}",
  "(((){1000}){1000}){1000}",
  "x".repeat(2000),
  "(".repeat(200) + ")".repeat(200),
  "[[:alpha:]]",
])("the pattern %j is refused with a reason", (pattern) => {
  expect(matches(pattern, "a")).toMatch(/^Cannot use the pattern: /);
});

test("random patterns mean what they mean elsewhere", () => {
  const random = seededRandom(11);
  const atoms = ["a", "b", ".", "[ab]", "[^a]", "(?:a|b)", "(?:ab)", "(?:a*|b)"];
  const repeats = ["", "", "*", "+", "?", "{2}", "{1,2}"];
  for (let round = 0; round < 3000; round += 1) {
    const pick = (from: readonly string[]): string => from[random.integer(from.length)] ?? "";
    let pattern = "";
    for (let at = 0; at < 1 + random.integer(4); at += 1)
      pattern += pick(atoms) + pick(repeats) + (random.integer(6) === 0 ? "|" : "");
    const name = Array.from({ length: random.integer(6) }, () => pick(["a", "b", "c"])).join("");
    expect([pattern, name, matches(pattern, name)]).toEqual([pattern, name, new RegExp(`^(?:${pattern})$`).test(name)]);
  }
});

test("a pattern that would hang a backtracking matcher is answered in a bounded number of steps", () => {
  expect(matches("(a|a)*(a|a)*(a|a)*b", "a".repeat(249))).toBe(false);
  expect(matches("(a*)*(a*)*(a*)*c", "a".repeat(249))).toBe(false);
});
