import { seededRandom } from "@kaelix/base";
import fc from "fast-check";
import { expect, test } from "vitest";

import type { PlacedMemory } from "../application.ts";
import { memoryOfText } from "../testing/memory-of-text.ts";
import { packContext } from "./context.ts";

const random = seededRandom(7);
const memory = (text: string): PlacedMemory => memoryOfText(text, random);

test("packContext never goes over its budget and takes nothing twice", () => {
  const texts = fc.array(fc.string({ maxLength: 400, unit: "grapheme" }), { maxLength: 30 });
  fc.assert(
    fc.property(
      texts,
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 100, max: 3_000 }),
      (given, cut, tokensMax) => {
        const all = given.map(memory);
        const packed = packContext({ relevant: all.slice(0, cut), recent: all.slice(Math.floor(cut / 2)), tokensMax });
        const bytes = packed.memories.reduce((sum, item) => sum + Buffer.byteLength(JSON.stringify(item)), 0);
        expect(packed.tokens).toBeLessThanOrEqual(tokensMax);
        expect(packed.tokens).toBeGreaterThanOrEqual(bytes / 3);
        const ids = packed.memories.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(packed.complete).toBe(ids.length === new Set(all.map((one) => one.memory.memoryId)).size);
      },
    ),
  );
});

test("packContext leaves the newest memories room beside what is relevant", () => {
  const relevant = Array.from({ length: 40 }, (_, at) => memory(`Relevant ${at} ${"x".repeat(200)}`));
  const packed = packContext({ relevant, recent: [memory("What was said last")], tokensMax: 2_000 });
  expect(packed.memories.filter(({ because }) => because === "recent").map(({ text }) => text)).toEqual([
    "What was said last",
  ]);
  expect(packed).toMatchObject({ complete: false });
  // One that is too long is passed over, not the end of it.
  const long = packContext({ relevant: [memory("y".repeat(9_000)), memory("short")], recent: [], tokensMax: 500 });
  expect(long.memories.map(({ text }) => text)).toEqual(["short"]);
});
