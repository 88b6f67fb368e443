import { expect, test } from "vitest";

import { passwordProblem } from "./password-rules.ts";

const OWN = ["Ada Lovelace", "4915112345678"];

test.each([
  ["short12", "length"],
  ["x".repeat(1_025), "length"],
  ["password", "common"],
  ["Passw0rd!", "common"],
  ["P4ssw0rd2026", "common"],
  ["qwertzuiop", "common"],
  ["12345678", "common"],
  ["87654321", "common"],
  ["aaaaaaaaaaaa", "common"],
  ["abab!abab", "common"],
  ["lovelace1", "personal"],
  ["Ada-Lovelace", "personal"],
  ["+49 151 12345678", "personal"],
])("passwordProblem refuses %s: %s", (password, problem) => {
  expect(passwordProblem(password, 8, OWN)).toBe(problem);
});

test.each([
  "testpassword",
  "correct horse battery staple",
  "nur kleine buchstaben",
  "🦊🐻🐼🐨🐯🦁🐮🐷",
  "lovelace wrote notes",
  "x7kd93qm",
])("passwordProblem takes %s", (password) => {
  expect(passwordProblem(password, 8, OWN)).toBeUndefined();
});
