/** Long texts: heavy, so they stand apart from the pure tests. */
import { expect, test } from "vitest";
import { classifyByRules } from "./classify-by-rules.ts";
import { TEXT_LENGTH_MAX } from "./decide.ts";

test.each([
  ["digits", "1"],
  ["spaced digits", "1 "],
  ["letters", "a"],
  ["quotes", "\"'"],
  ["at signs", "a@"],
  ["addresses", "://a:"],
  ["password words", "password is "],
  ["iban heads", "DE12 "],
  ["persons and illness", "she has cancer "],
  ["key heads", "-----BEGIN "],
  ["dots", "1.1-"],
])("classifyByRules finishes 64 KiB of %s", (_name, unit) => {
  expect(classifyByRules(unit.repeat(65_536 / unit.length)).level).toBeGreaterThanOrEqual(1);
});

test("classifyByRules finds a secret behind 64 KiB of prose", () => {
  const prose = "we walked along the canal and looked at the boats. ".repeat(1300);
  expect(classifyByRules(`${prose} the alarm code is 4417`).level).toBe(4);
});

test("classifyByRules never calls a text general that it has not read to its end", () => {
  const { level, reasons } = classifyByRules("we looked at the boats. ".repeat(TEXT_LENGTH_MAX / 20));
  expect(level).toBe(2);
  expect(reasons[0]?.rule).toBe("unread-rest");
});
