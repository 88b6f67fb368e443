import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { classifyByRules } from "./classify-by-rules.ts";
import { type FixtureHalf, fixtureHalf } from "./fixture-halves.ts";

interface Labelled {
  readonly id: string;
  readonly text: string;
  readonly level: number;
}

function readLabelled(file: URL): Labelled[] {
  // Every line of both files is written in this form.
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Labelled);
}

function measure(labelled: readonly Labelled[]): { readonly accuracy: number; readonly caught: number } {
  const judged = labelled.map((one) => ({ ...one, found: classifyByRules(one.text).level }));
  const grave = judged.filter((one) => one.level >= 3);
  return {
    accuracy: judged.filter((one) => one.found === one.level).length / judged.length,
    caught: grave.filter((one) => one.found >= 3).length / grave.length,
  };
}

const FIXTURE = new URL("../../fixtures/levels.jsonl", import.meta.url);
const SAMPLE = new URL("../../../../../shared/datasets/levels/sample.jsonl", import.meta.url);

test.each<[FixtureHalf]>([["development"], ["held-out"]])("classifyByRules keeps its floor on the %s half", (half) => {
  const { accuracy, caught } = measure(readLabelled(FIXTURE).filter((one) => fixtureHalf(one.id) === half));
  expect(accuracy).toBeGreaterThan(0.9);
  expect(caught).toBeGreaterThan(0.95);
});

test.skipIf(!existsSync(SAMPLE))("classifyByRules keeps its floor on the sample (skipped: data set absent)", () => {
  const { accuracy, caught } = measure(readLabelled(SAMPLE));
  expect(accuracy).toBeGreaterThan(0.8);
  expect(caught).toBeGreaterThan(0.9);
});
