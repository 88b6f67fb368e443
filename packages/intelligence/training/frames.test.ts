import { expect, test } from "vitest";
import { expandFrame } from "./frames.ts";

test("expandFrame leaves a sentence without choices as it is", () => {
  expect(expandFrame("nothing to choose")).toEqual(["nothing to choose"]);
});

test("expandFrame writes out every combination when they are few", () => {
  expect(expandFrame("{a|b} and {c|d}").sort()).toEqual(["a and c", "a and d", "b and c", "b and d"]);
});

test("expandFrame takes few of many combinations, no two of them alike and always the same", () => {
  const sentence = "{a|b} {c|d} {e|f} {g|h}";
  const texts = expandFrame(sentence);
  expect(new Set(texts).size).toBe(4);
  expect(expandFrame(sentence)).toEqual(texts);
});
