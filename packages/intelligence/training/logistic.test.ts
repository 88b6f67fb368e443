import { expect, test } from "vitest";
import { type Example, fitOdds, predict } from "./logistic.ts";

function example(id: number, level: 1 | 2 | 3 | 4, feature: string): Example {
  return { id: String(id), level, share: 1, features: [[feature, 1]], offsets: [0, 0, 0], ruleLevels: new Map() };
}

test("fitOdds learns which feature belongs to which level, the same each time", () => {
  const levels = [1, 2, 3, 4] as const;
  const examples = levels.flatMap((level) => [0, 1, 2, 3, 4, 5].map((id) => example(id, level, `f${String(level)}`)));
  const model = fitOdds(examples, 0.5);
  const odds = predict(model, example(9, 3, "f3"));
  expect(odds[0]).toBeGreaterThan(0.7);
  expect(odds[1]).toBeGreaterThan(0.7);
  expect(odds[2]).toBeLessThan(0.3);
  expect(fitOdds(examples, 0.5)).toEqual(model);
});

test("fitOdds never lets a rule speak against its own level", () => {
  const against = [0, 1, 2, 3].map((id): Example => {
    return { ...example(id, 1, "rule"), ruleLevels: new Map([["rule", 3]]) };
  });
  const model = fitOdds([...against, ...[4, 5, 6, 7].map((id) => example(id, 3, "other"))], 0.5);
  expect(model.weights.get("rule")?.every((weight, at) => at === 2 || weight >= 0)).toBe(true);
});
