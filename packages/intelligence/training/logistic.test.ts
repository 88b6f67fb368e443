import { expect, test } from "vitest";
import { type Example, fitOdds, predict } from "./logistic.ts";

const OPTIONS = { ruleLevels: [0, 0, 4], decays: [0.001, 0.001, 0.001], seed: 3, rounds: 60 };

function example(level: 1 | 4, column: number): Example {
  return { level, share: 1, columns: Int32Array.of(column), values: Float64Array.of(1), offsets: [0, 0, 0] };
}

test("fitOdds learns which column speaks for a level and which against it", () => {
  const examples = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? example(4, 0) : example(1, 1)));
  const model = fitOdds(examples, OPTIONS);
  expect(predict(model, example(4, 0)).every((odds) => odds > 0.8)).toBe(true);
  expect(predict(model, example(4, 1)).every((odds) => odds < 0.2)).toBe(true);
});

test("fitOdds gives the same weights for the same seed", () => {
  const examples = Array.from({ length: 9 }, (_, at) => example(at % 3 === 0 ? 4 : 1, at % 2));
  expect(fitOdds(examples, OPTIONS)).toEqual(fitOdds(examples, OPTIONS));
});

test("fitOdds never lets a rule speak against its own level", () => {
  const examples = Array.from({ length: 20 }, () => example(1, 2));
  expect(fitOdds(examples, OPTIONS).weights.map((weights) => weights[2])).toEqual([0, 0, 0]);
});
