import fc from "fast-check";
import { expect, test } from "vitest";

import { diffWords } from "./diff.ts";

test("diffWords without removals is the newer text, without additions the older", () => {
  fc.assert(
    fc.property(fc.lorem({ maxCount: 12 }), fc.lorem({ maxCount: 12 }), (before, after) => {
      const parts = diffWords(before, after);
      expect(
        parts
          .filter(({ type }) => type !== "removed")
          .map(({ text }) => text)
          .join(""),
      ).toBe(after);
      expect(
        parts
          .filter(({ type }) => type !== "added")
          .map(({ text }) => text)
          .join(""),
      ).toBe(before);
    }),
  );
});

test("diffWords keeps what stayed", () => {
  expect(diffWords("Mum is allergic to nuts", "Mum is allergic to walnuts")).toEqual([
    { type: "same", text: "Mum is allergic to " },
    { type: "removed", text: "nuts" },
    { type: "added", text: "walnuts" },
  ]);
});

test("diffWords of a very long text does not compare word by word", () => {
  const long = "a ".repeat(3_000);
  expect(diffWords(long, "b")).toEqual([
    { type: "removed", text: long },
    { type: "added", text: "b" },
  ]);
});
