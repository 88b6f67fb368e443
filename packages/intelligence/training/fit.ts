/**
 * Fits the scorer's weights and the confidence table on labelled texts and writes src/classify/scorer-weights.ts. Run with
 * `node packages/intelligence/training/fit.ts [--dry]`. Deterministic: full-batch descent, folds by id, nothing drawn at random.
 * Only development halves and the practice texts are read; held-out halves are never looked at here.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { featuresOf, logOdds, strongestByRule, supportOf } from "../src/classify/features.ts";
import { fixtureHalf } from "../src/classify/fixture-halves.ts";
import { readText } from "../src/classify/gather.ts";
import { type LevelOdds, levelOf, PRIOR_SHARE, shareOf } from "../src/classify/scorer.ts";
import { learnConfidence } from "./confidence.ts";
import { type Example, fitOdds, type Model, predict } from "./logistic.ts";

interface Labelled {
  readonly id: string;
  readonly text: string;
  readonly level: 1 | 2 | 3 | 4;
}

const FOLDS = 8;
const DECAY = 0.8;
/**
 * The first fixture and the first lexicons have one author and share phrases; it counts for less. Everyday sentences are all general and
 * many: at full share they would teach that hardly anything is secret.
 */
const SHARES: Readonly<Record<string, number>> = {
  "strangers.jsonl": 1,
  "practice.jsonl": 1,
  "levels.jsonl": 0.5,
  "everyday-practice.jsonl": 0.15,
};

function readDevelopment(name: string): Labelled[] {
  const file = new URL(`../fixtures/${name}`, import.meta.url);
  const lines = readFileSync(file, "utf8").trim().split("\n");
  // Every line of the fixtures is written in this form.
  const all = lines.map((line) => JSON.parse(line) as Labelled);
  return name.endsWith("practice.jsonl") ? all : all.filter((one) => fixtureHalf(one.id) === "development");
}

function toExample(one: Labelled, share: number): Example {
  const reading = readText(one.text);
  const byRule = strongestByRule(reading.evidence);
  return {
    id: one.id,
    level: one.level,
    share,
    features: [...featuresOf(reading, byRule)],
    offsets: [2, 3, 4].map((level) => PRIOR_SHARE * logOdds(supportOf(byRule, level))),
    ruleLevels: new Map([...byRule.values()].map((evidence) => [evidence.rule, evidence.level])),
    byRule,
  };
}

function foldOf(id: string): number {
  let hash = 7;
  for (const sign of id) hash = (Math.imul(hash, 31) + sign.charCodeAt(0)) >>> 0;
  return hash % FOLDS;
}

function held(odds: readonly number[]): LevelOdds {
  const four = odds[2] ?? 0;
  const three = Math.max(odds[1] ?? 0, four);
  return [Math.max(odds[0] ?? 0, three), three, four];
}

interface Judged {
  readonly id: string;
  readonly level: 1 | 2 | 3 | 4;
  readonly found: 1 | 2 | 3 | 4;
  readonly share: number;
  readonly weight: number;
}

/** Every example judged by a model that has not seen it. */
function crossJudge(examples: readonly Example[], decay: number): Judged[] {
  const judged: Judged[] = [];
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const model = fitOdds(
      examples.filter((one) => foldOf(one.id) !== fold),
      decay,
    );
    for (const one of examples.filter((candidate) => foldOf(candidate.id) === fold)) {
      const odds = held(predict(model, one));
      const found = levelOf(odds, one.byRule);
      judged.push({ id: one.id, level: one.level, found, share: shareOf(odds, found), weight: one.share });
    }
  }
  return judged;
}

function report(name: string, judged: readonly Judged[]): void {
  const fresh = judged.filter((one) => one.weight === 1);
  const grave = fresh.filter((one) => one.level >= 3);
  const right = fresh.filter((one) => one.found === one.level).length / fresh.length;
  const caught = grave.filter((one) => one.found >= 3).length / grave.length;
  console.log(`${name}: accuracy ${right.toFixed(3)}, caught ${caught.toFixed(3)}, texts ${String(fresh.length)}`);
}

function writeWeights(model: Model, confidence: ReturnType<typeof learnConfidence>): void {
  const rows = [...model.weights]
    .filter(([, weights]) => weights.some((weight) => Math.abs(weight) >= 0.02))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, weights]) => `  ${JSON.stringify(name)}: [${weights.map((weight) => weight.toFixed(2)).join(", ")}],`);
  const lines = [
    "/** Written by training/fit.ts; do not edit. */",
    "",
    "/** What is added whatever the text holds, for levels 2, 3 and 4. */",
    `export const BIASES: readonly number[] = [${model.biases.map((bias) => bias.toFixed(3)).join(", ")}];`,
    "",
    "/** By feature: what it adds to the log odds of at least 2, at least 3, at least 4. */",
    "export const WEIGHTS: Readonly<Record<string, readonly number[]>> = {",
    ...rows,
    "};",
    "",
    "/** Lower bounds of the cells of a level's share of the odds. */",
    `export const CONFIDENCE_BOUNDS: readonly number[] = ${JSON.stringify(confidence.bounds)};`,
    "",
    "/** By level, by cell: how often such a decision was right. */",
    `export const CONFIDENCES: readonly (readonly number[])[] = ${JSON.stringify(confidence.shares)};`,
    "",
  ];
  writeFileSync(new URL("../src/classify/scorer-weights.ts", import.meta.url), lines.join("\n"));
}

function main(): void {
  const examples = Object.entries(SHARES).flatMap(([name, share]) =>
    readDevelopment(name).map((one) => toExample(one, share)),
  );
  if (process.argv.includes("--dry")) {
    for (const decay of [0.3, 0.6, 1, 2, 4]) report(`decay ${String(decay)}`, crossJudge(examples, decay));
    if (process.argv.includes("--misses"))
      for (const one of crossJudge(examples, DECAY))
        if (one.found !== one.level && one.weight === 1)
          console.log(one.id, one.level, one.found, one.share.toFixed(2));
    return;
  }
  const judged = crossJudge(examples, DECAY);
  report("eight folds, texts unseen by the weights", judged);
  writeWeights(fitOdds(examples, DECAY), learnConfidence(judged));
}

main();
