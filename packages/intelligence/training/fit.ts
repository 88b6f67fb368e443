/**
 * Fits the scorer's weights, the table of grams and the confidence table on labelled texts and writes src/classify/scorer-weights.ts
 * and gram-weights.ts. Run with `node packages/intelligence/training/fit.ts [--dry | --check]`. The same texts give the same bytes: the order of
 * learning is drawn from SEED. What is printed, and the confidence, is of texts judged without any of their family. Changed lexicons are packed
 * first (compile-lexicons.ts). Held-out halves are never looked at here.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { featuresOf, logOdds, strongestByRule, supportOf } from "../src/classify/features.ts";
import { readText } from "../src/classify/gather.ts";
import { GRAM_READINGS } from "../src/classify/gram-scorer.ts";
import { Grams } from "../src/classify/grams.ts";
import type { Evidence } from "../src/classify/rules/evidence.ts";
import { levelOf, PRIOR_SHARE, raiseFor, shareOf, withProof } from "../src/classify/scorer.ts";
import { checkLexiconTable } from "./compile-lexicons.ts";
import { type JudgedText, learnConfidence } from "./confidence.ts";
import { type GramColumn, packGrams, withoutLeftOut } from "./gram-packing.ts";
import { type Example, fitOdds, type FitOptions, type Model, predict } from "./logistic.ts";
import { type LearntText, learntTexts } from "./texts.ts";

const SEED = 20_261_122;
const ROUNDS = 50;
/** Families are judged unseen in as many groups: each group is one more fit. */
const GROUPS = 6;
const GRAM_DECAY = 0.002;
const RULE_DECAY = 0.001;

interface Learnt extends LearntText, Example {
  readonly byRule: ReadonlyMap<string, Evidence>;
}

/** Columns, in the order that texts met them: grams by their place, what the rules found by its name. */
class Columns {
  readonly names = new Map<string, number>();
  readonly ruleLevels: number[] = [];
  readonly decays: number[] = [];
  readonly #byPlace = new Map<number, number>();
  readonly #read = new Grams();

  get grams(): readonly GramColumn[] {
    return Array.from(this.#byPlace, ([place, column]) => ({ place, column }));
  }

  toLearnt(one: LearntText): Learnt {
    const reading = readText(one.text);
    const byRule = strongestByRule(reading.evidence);
    const found = new Map<number, number>();
    for (const [name, value] of featuresOf(reading, byRule)) found.set(this.#columnOf(name, byRule), value);
    for (const { read, shareOf } of GRAM_READINGS) {
      read(this.#read, reading.scene);
      this.#addGrams(found, shareOf(this.#read.count));
    }
    return {
      ...one,
      byRule,
      columns: Int32Array.from(found.keys()),
      values: Float64Array.from(found.values()),
      offsets: [2, 3, 4].map((level) => PRIOR_SHARE * logOdds(supportOf(byRule, level))),
    };
  }

  #addGrams(found: Map<number, number>, share: number): void {
    for (const place of this.#read.places.subarray(0, this.#read.count)) {
      const column = this.#byPlace.get(place) ?? this.#add(0, GRAM_DECAY);
      this.#byPlace.set(place, column);
      found.set(column, (found.get(column) ?? 0) + share);
    }
  }

  #columnOf(name: string, byRule: ReadonlyMap<string, Evidence>): number {
    const column = this.names.get(name) ?? this.#add(byRule.get(name)?.level ?? 0, RULE_DECAY);
    this.names.set(name, column);
    return column;
  }

  #add(ruleLevel: number, decay: number): number {
    this.decays.push(decay);
    return this.ruleLevels.push(ruleLevel) - 1;
  }
}

function judge(model: Model, one: Learnt): JudgedText {
  const odds = withProof(predict(model, one), one.byRule);
  const found = levelOf(odds, one.byRule, raiseFor(one.text.length));
  return { ...one, odds, found, share: shareOf(odds, found) };
}

/** Every text judged by a model that has seen nothing of its family: what is written at one sitting is alike. Some families are left out at once. */
function crossJudge(texts: readonly Learnt[], options: FitOptions, grams: readonly GramColumn[]): JudgedText[] {
  const groups = new Map(familiesOf(texts).map((family, at) => [family, at % GROUPS]));
  return Array.from({ length: GROUPS }, (_, group) => {
    const [seen, unseen] = [texts.filter(isOutside), texts.filter((one) => !isOutside(one))];
    const model = withoutLeftOut(fitOdds(seen, options), grams);
    return unseen.map((one) => judge(model, one));

    function isOutside(one: Learnt): boolean {
      return groups.get(one.family) !== group;
    }
  }).flat();
}

function familiesOf(texts: readonly LearntText[]): string[] {
  return [...new Set(texts.map((one) => one.family))];
}

function report(name: string, judged: readonly JudgedText[]): void {
  const share = (some: readonly JudgedText[], isSo: (one: JudgedText) => boolean): string =>
    (some.filter(isSo).length / Math.max(1, some.length)).toFixed(3);
  const grave = judged.filter((one) => one.level >= 3);
  const mild = judged.filter((one) => one.level < 3);
  const figures = [
    `accuracy ${share(judged, (one) => one.found === one.level)}`,
    `caught ${share(grave, (one) => one.found >= 3)}`,
    `called 3 though below ${share(mild, (one) => one.found >= 3)}`,
  ];
  console.log(`${name}: ${figures.join(", ")}, texts ${String(judged.length)}`);
}

function rulesSource(model: Model, columns: Columns, confidence: ReturnType<typeof learnConfidence>): string {
  const rows = [...columns.names]
    .map(([name, column]) => [name, model.weights.map((weights) => weights[column] ?? 0)] as const)
    .filter(([, weights]) => weights.some((weight) => Math.abs(weight) >= 0.02))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(
      ([name, weights]) =>
        `  ${quoted(name)}: [${weights.map((weight) => String(Number(weight.toFixed(2)))).join(", ")}],`,
    );
  return [
    "/** Written by training/fit.ts; do not edit. */",
    "",
    "/** What is added whatever the text holds, for levels 2, 3 and 4. */",
    `export const BIASES: readonly number[] = [${model.biases.map((bias) => String(Number(bias.toFixed(3)))).join(", ")}];`,
    "",
    "/** By feature: what it adds to the log odds of at least 2, at least 3, at least 4. */",
    "export const WEIGHTS: Readonly<Record<string, readonly number[]>> = {",
    ...rows,
    "};",
    "",
    "/** Lower bounds of the cells of a level's share of the odds. */",
    `export const CONFIDENCE_BOUNDS: readonly number[] = [${confidence.bounds.join(", ")}];`,
    "",
    "/** By level, by cell: how often such a decision was right. */",
    "export const CONFIDENCES: readonly (readonly number[])[] = [",
    ...confidence.shares.map((row) => `  [${row.join(", ")}],`),
    "];",
    "",
  ].join("\n");
}

function quoted(name: string): string {
  return /^[a-z]+$/i.test(name) ? name : JSON.stringify(name);
}

function gramsSource(model: Model, grams: readonly GramColumn[]): string {
  const { table, step } = packGrams(model, grams);
  return [
    "/** Written by training/fit.ts; do not edit. */",
    "",
    "/** What one step of a weight adds to the log odds. */",
    `export const GRAM_STEP = ${String(step)};`,
    "",
    "/** What gram-table.ts reads: brotli, in base64. */",
    "export const GRAM_TABLE: string =",
    `  "${brotliCompressSync(table).toString("base64")}";`,
    "",
  ].join("\n");
}

function main(): void {
  checkLexiconTable();
  const columns = new Columns();
  const texts = learntTexts().map((one) => columns.toLearnt(one));
  const { decays, grams, ruleLevels } = columns;
  const options = { ruleLevels, decays, seed: SEED, rounds: ROUNDS };
  const judged = crossJudge(texts, options, grams);
  for (const family of familiesOf(texts)) {
    const own = judged.filter((one) => one.family === family);
    report(`its family unseen, ${family}`, own);
  }
  report("its family unseen, all", judged);
  if (process.argv.includes("--misses"))
    for (const one of judged)
      if (one.found !== one.level) console.log(one.id, one.level, one.found, one.share.toFixed(2), one.text);
  if (process.argv.includes("--dry")) return;
  const model = fitOdds(texts, options);
  const files = [
    ["scorer-weights.ts", rulesSource(model, columns, learnConfidence(judged))],
    ["gram-weights.ts", gramsSource(model, grams)],
  ] as const;
  for (const [name, source] of files) {
    const file = new URL(`../src/classify/${name}`, import.meta.url);
    if (!process.argv.includes("--check")) writeFileSync(file, source);
    else if (readFileSync(file, "utf8") === source) console.log(`${name} is what these texts give`);
    else throw new Error(`Cannot vouch for ${name}: current value differs, must be what these texts give`);
  }
}

main();
