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
const STRANGERS = new URL("../../fixtures/strangers.jsonl", import.meta.url);
const SAMPLE = new URL("../../../../../shared/datasets/levels/sample.jsonl", import.meta.url);

interface Floor {
  readonly name: string;
  readonly file: URL;
  readonly half: FixtureHalf;
  readonly accuracy: number;
  readonly caught: number;
}

const FLOORS: readonly Floor[] = [
  { name: "the first fixture", file: FIXTURE, half: "development", accuracy: 0.9, caught: 0.95 },
  { name: "the first fixture", file: FIXTURE, half: "held-out", accuracy: 0.91, caught: 0.97 },
  { name: "the strangers' fixture", file: STRANGERS, half: "development", accuracy: 0.88, caught: 0.85 },
  { name: "the strangers' fixture", file: STRANGERS, half: "held-out", accuracy: 0.89, caught: 0.96 },
];

test("classifyByRules keeps its floor on texts of eight persons, which nothing was learnt from", () => {
  const { accuracy, caught } = measure(readLabelled(new URL("../../fixtures/personas.jsonl", import.meta.url)));
  expect(accuracy).toBeGreaterThan(0.84);
  expect(caught).toBeGreaterThan(0.9);
});

test.each(FLOORS)("classifyByRules keeps its floor on $name, $half half", ({ file, half, accuracy, caught }) => {
  const measured = measure(readLabelled(file).filter((one) => fixtureHalf(one.id) === half));
  expect(measured.accuracy).toBeGreaterThan(accuracy);
  expect(measured.caught).toBeGreaterThan(caught);
});

test.skipIf(!existsSync(SAMPLE))("classifyByRules keeps its floor on the sample (skipped: data set absent)", () => {
  const { accuracy, caught } = measure(readLabelled(SAMPLE));
  expect(accuracy).toBeGreaterThan(0.8);
  expect(caught).toBeGreaterThan(0.9);
});

test("classifyByRules lets everyday talk be: hardly any of it is called secret, most of it general", () => {
  const everyday = readLabelled(new URL("../../fixtures/everyday.jsonl", import.meta.url));
  const levels = everyday.map((one) => classifyByRules(one.text).level);
  expect(levels.filter((level) => level >= 3).length / levels.length).toBeLessThan(0.05);
  expect(levels.filter((level) => level === 1).length / levels.length).toBeGreaterThan(0.75);
});

test("classifyByRules hides little of what eight households write to each other, and finds what is grave among it", () => {
  const judged = readLabelled(new URL("../../fixtures/households.jsonl", import.meta.url)).map((one) => ({
    ...one,
    found: classifyByRules(one.text).level,
  }));
  const [mild, grave] = [judged.filter((one) => one.level < 3), judged.filter((one) => one.level >= 3)];
  expect(mild.filter((one) => one.found >= 3).length / mild.length).toBeLessThan(0.05);
  expect(grave.filter((one) => one.found >= 3).length / grave.length).toBeGreaterThan(0.93);
});

test("classifyByRules lets sentences about boats, pets, houses and plans be: none ultra-secret, hardly any secret", () => {
  const ordinary = readLabelled(new URL("../../fixtures/ordinary.jsonl", import.meta.url));
  const judged = ordinary.map(({ text }) => ({ text, level: classifyByRules(text).level }));
  expect(judged.filter((one) => one.level === 4)).toEqual([]);
  expect(judged.filter((one) => one.level > 2).length / judged.length).toBeLessThan(0.03);
  expect(judged.filter((one) => one.level === 1).length / judged.length).toBeGreaterThan(0.75);
});
