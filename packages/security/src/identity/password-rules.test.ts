import { expect, test } from "vitest";

import { commonPasswords } from "./common-passwords.ts";
import { passwordProblem } from "./password-rules.ts";

const LENGTH_MIN = 8;
const COMMON = await commonPasswords();
const OWN = ["Ada Quillfeather", "4915112345678"];

test.each([
  ["short12", "length"],
  ["x".repeat(1_025), "length"],
  ["password", "common"],
  ["Passw0rd!", "common"],
  ["P4ssw0rd2026", "common"],
  ["p@$$word1", "common"],
  ["qwertzuiop", "common"],
  ["azertyuiop", "common"],
  ["Qwertzui-1999", "common"],
  ["abcdef2026", "common"],
  ["schatzi1990", "common"],
  ["willkommen1", "common"],
  ["adminadmin", "common"],
  ["12345678", "common"],
  ["87654321", "common"],
  ["aaaaaaaaaaaa", "common"],
  ["abab!abab", "common"],
  ["quillfeather1", "personal"],
  ["Ada-Quillfeather", "personal"],
  ["+49 151 12345678", "personal"],
])("passwordProblem refuses %s: %s", (password, problem) => {
  expect(passwordProblem(password, LENGTH_MIN, OWN, COMMON)).toBe(problem);
});

test.each([
  "testpassword",
  "correct horse battery staple",
  "nur kleine buchstaben",
  "🦊🐻🐼🐨🐯🦁🐮🐷",
  "quillfeather wrote notes",
  "x7kd93qm",
])("passwordProblem takes %s", (password) => {
  expect(passwordProblem(password, LENGTH_MIN, OWN, COMMON)).toBeUndefined();
});

// What `docs/guide/sign-in-and-keys.md` names: words of this house and of every house.
test.each(["kaelix", "memory", "admin", "administrator", "root", "user", "guest", "secret"])(
  "passwordProblem refuses %s between digits",
  (word) => {
    expect(passwordProblem(`2026${word}2027`, LENGTH_MIN, [], COMMON)).toBe("common");
  },
);

// ASVS 6.2.4: those of the list that the rule about length would let pass, most frequent first; a few are named, so that another list cannot slip in.
test("passwordProblem refuses the 3,000 most common of its length", () => {
  const listed = [...COMMON].filter((word) => word.length >= LENGTH_MIN).slice(0, 3_000);
  expect(listed).toHaveLength(3_000);
  for (const known of ["password", "12345678", "baseball", "football", "iloveyou", "trustno1", "password1"]) {
    expect(listed).toContain(known);
  }
  expect(listed.filter((word) => passwordProblem(word, LENGTH_MIN, [], COMMON) !== "common")).toEqual([]);
});
