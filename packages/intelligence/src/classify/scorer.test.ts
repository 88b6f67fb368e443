import fc from "fast-check";
import { expect, test } from "vitest";
import type { Evidence } from "./rules/evidence.ts";
import { levelOf, scoreLevels, shareOf } from "./scorer.ts";
import { WEIGHTS } from "./scorer-weights.ts";

const NO_GRAMS = [0, 0, 0] as const;
const names = fc.constantFrom(...Object.keys(WEIGHTS));
const features = fc.array(fc.tuple(names, fc.double({ min: 0, max: 1.5, noNaN: true }))).map((all) => new Map(all));

test("scoreLevels never holds a higher level for likelier than a lower one", () => {
  fc.assert(
    fc.property(features, (found) => {
      const [two, three, four] = scoreLevels(found, new Map(), NO_GRAMS);
      expect(two).toBeGreaterThanOrEqual(three);
      expect(three).toBeGreaterThanOrEqual(four);
    }),
  );
});

test("scoreLevels never falls below what a check digit proves", () => {
  const iban: Evidence = { rule: "number-iban", level: 3, weight: 0.95, text: "", at: 0, soft: false };
  const against = Object.entries(WEIGHTS).filter(([, weights]) => (weights[1] ?? 0) < 0);
  const found = new Map(against.map(([name]) => [name, 1.5]));
  expect(levelOf(scoreLevels(found, new Map(), NO_GRAMS), new Map())).toBeLessThan(3);
  const proven = new Map([[iban.rule, iban]]);
  expect(levelOf(scoreLevels(found, proven, NO_GRAMS), proven)).toBeGreaterThanOrEqual(3);
});

test("shareOf splits the odds among the four levels", () => {
  const shares = ([1, 2, 3, 4] as const).map((level) => shareOf([0.9, 0.6, 0.2], level));
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
});

test("scoreLevels takes the grams' sums into its odds", () => {
  const [without, heard] = [NO_GRAMS, [2, 2, 0] as const].map((grams) => scoreLevels(new Map(), new Map(), grams));
  expect(heard?.[1]).toBeGreaterThan(without?.[1] ?? 1);
});

test("levelOf asks more of a tone than of a rule before it calls a text confidential", () => {
  const rule: Evidence = { rule: "away", level: 2, weight: 0.5, text: "", at: 0, soft: true };
  expect(levelOf([0.55, 0.1, 0.1], new Map())).toBe(1);
  expect(levelOf([0.55, 0.1, 0.1], new Map([[rule.rule, rule]]))).toBe(2);
});

test("levelOf holds a text for secret at odds below one half when a rule can say why, and at more when none can", () => {
  const rule: Evidence = { rule: "hint", level: 3, weight: 0.3, text: "", at: 0, soft: true };
  expect(levelOf([0.9, 0.45, 0.1], new Map([[rule.rule, rule]]))).toBe(3);
  expect(levelOf([0.9, 0.45, 0.1], new Map())).toBe(2);
  expect(levelOf([0.9, 0.55, 0.1], new Map())).toBe(3);
});
