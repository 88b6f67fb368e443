import { seededRandom } from "@kaelix/base";
import fc from "fast-check";
import { assert, expect, test } from "vitest";

import { memoryOfText } from "../testing/memory-of-text.ts";
import { agentMemories, agentMemory } from "./shapes.ts";

const random = seededRandom(11);

test("agentMemory gives a short memory whole and of a long one the piece around what matters, no character cut in two", () => {
  const texts = fc.string({ minLength: 1, maxLength: 300, unit: "grapheme" });
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 60 }), fc.nat(20_000), (words, times, at) => {
      const text = words.repeat(times);
      const { piece, text: shown } = agentMemory(memoryOfText(text, random), at);
      if (text.length <= 2_000) expect([shown, piece]).toEqual([text, undefined]);
      else {
        assert(piece !== undefined);
        expect(shown).toBe(text.slice(piece.from, piece.from + shown.length));
        expect(shown.length).toBeGreaterThan(1_997);
        expect(shown.length).toBeLessThanOrEqual(2_001);
        expect([piece.of, shown.isWellFormed()]).toEqual([text.length, text.isWellFormed()]);
        if (at < text.length) expect(piece.from <= at && at < piece.from + shown.length).toBe(true);
      }
    }),
  );
});

test("agentMemories are no longer together than a model reads, and only the longest give way", () => {
  const short = memoryOfText("Short", random);
  const long = Array.from({ length: 99 }, (_, at) => memoryOfText(`${at} `.repeat(20_000), random));
  const [first, ...others] = agentMemories([short, ...long]);
  expect(first).toMatchObject({ text: "Short" });
  expect(first).not.toHaveProperty("piece");
  const lengths = others.map(({ text }) => text.length);
  expect(lengths.reduce((sum, length) => sum + length, 5)).toBeLessThanOrEqual(30_000 + others.length);
  expect(Math.min(...lengths)).toBeGreaterThan(250);
  expect(agentMemories(long.slice(0, 10)).every(({ text }) => text.length === 2_000)).toBe(true);
  // Around what matters of each.
  const [one] = long;
  assert(one !== undefined);
  const [shown] = agentMemories([one], new Map([[one.memory.memoryId, 30_000]]));
  expect(shown?.piece?.from).toBe(29_500);
});
