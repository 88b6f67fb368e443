import { expect, test } from "vitest";

import { wordsOfContext } from "./context-words.ts";
import { judge } from "./judge.ts";

test("wordsOfContext gives a line per field, whatever the context is made of", () => {
  const context = { mood: "calm", place: { city: "Lisbon", tags: ["a", "b"] }, count: 3, none: null };
  expect(wordsOfContext(context)).toBe("mood: calm\ncity: Lisbon\ntags: a\ntags: b\ncount: 3\nnone: null");
  expect(wordsOfContext("said at dinner")).toBe("said at dinner");
});

test("a harmless context does not make a memory secret, and a password in one does", () => {
  expect(judge({ text: "the shed is green", context: { mood: "calm" } }).level).toBe(1);
  expect(judge({ text: "for the router", context: { password: "hunter2-Blue-42" } }).level).toBe(4);
});
