/**
 * How fast and how right the rule classifier is. `--dataset FILE` takes JSON lines `{id, text, level, lang?, category?}`; without it the
 * held-out halves of our own three fixtures, the personas', the visitors' and the households' texts are judged, which no weight was learnt from.
 */
import { readFileSync } from "node:fs";
import { classifyByRules, fixtureHalf } from "@kaelix/intelligence";

import type { BenchRow } from "../row.ts";

interface LabelledText {
  readonly id: string;
  readonly text: string;
  readonly level: number;
  readonly language: string;
  readonly category: string;
}

interface Judged extends LabelledText {
  readonly found: number;
  readonly confidence: number;
}

interface LabelledSet {
  readonly name: string;
  readonly labelled: readonly LabelledText[];
}

const FIXTURES = new URL("../../packages/intelligence/fixtures/", import.meta.url);

function parseLabelled(line: string): LabelledText | undefined {
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null || !("id" in value) || !("text" in value) || !("level" in value))
    return;
  const { id, text, level } = value;
  if (typeof text !== "string" || typeof level !== "number") return undefined;
  const language = "lang" in value && typeof value.lang === "string" ? value.lang : "unknown";
  const category = "category" in value && typeof value.category === "string" ? value.category : "unknown";
  return { id: String(id), text, level, language, category };
}

function readLabelled(file: string | URL): LabelledText[] {
  const lines = readFileSync(file, "utf8").split("\n");
  const all = lines.filter((line) => line.trim() !== "").map(parseLabelled);
  return all.filter((one) => one !== undefined);
}

function readSets(dataset: string | undefined): LabelledSet[] {
  if (dataset !== undefined) return [{ name: "data set", labelled: readLabelled(dataset) }];
  const halves = [
    ["fixture held-out", "levels.jsonl"],
    ["strangers held-out", "strangers.jsonl"],
    ["newcomers held-out", "newcomers.jsonl"],
  ] as const;
  return [
    ...halves.map(([name, file]) => ({
      name,
      labelled: readLabelled(new URL(file, FIXTURES)).filter((one) => fixtureHalf(one.id) === "held-out"),
    })),
    ...["personas", "visitors", "households", "households-unread"].map((name) => ({
      name,
      labelled: readLabelled(new URL(`${name}.jsonl`, FIXTURES)),
    })),
  ];
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Times single calls in µs, after a warm-up. */
function timeTexts(texts: readonly string[], rounds: number): number[] {
  for (const text of texts.slice(0, 200)) for (let round = 0; round < 5; round += 1) classifyByRules(text);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const text of texts) {
      const startedAt = performance.now();
      classifyByRules(text);
      times.push((performance.now() - startedAt) * 1000);
    }
  }
  return times.sort((left, right) => left - right);
}

function share(judged: readonly Judged[], isRight: (one: Judged) => boolean): number {
  return judged.length === 0 ? 0 : judged.filter(isRight).length / judged.length;
}

/** Expected calibration error over ten bins. */
function calibrationError(judged: readonly Judged[]): number {
  let error = 0;
  for (let bin = 0; bin < 10; bin += 1) {
    const inBin = judged.filter((one) => Math.min(9, Math.floor(one.confidence * 10)) === bin);
    if (inBin.length === 0) continue;
    const said = inBin.reduce((sum, one) => sum + one.confidence, 0) / inBin.length;
    error += (inBin.length / judged.length) * Math.abs(said - share(inBin, (one) => one.found === one.level));
  }
  return error;
}

function row(name: string, value: number, unit: string, target?: number): BenchRow {
  const rounded = Math.round(value * 10_000) / 10_000;
  if (target === undefined) return { name, value: rounded, unit };
  return { name, value: rounded, unit, target, reached: unit === "share" ? value >= target : value <= target };
}

const LONG = 65_536;
const PART = 4_096;

function speedRows(labelled: readonly LabelledText[], isQuick: boolean): BenchRow[] {
  const texts = labelled.map((one) => one.text);
  const times = timeTexts(texts, isQuick ? 5 : 50);
  const long = `${texts.join(". ")} `.repeat(40).slice(0, LONG);
  const parts = Array.from({ length: LONG / PART }, (_, at) => long.slice(at * PART, (at + 1) * PART));
  const rounds = isQuick ? 20 : 200;
  const longTimes = timeTexts([long], rounds);
  // The quickest of each: what else the machine does only ever adds.
  const inParts = parts.reduce((sum, part) => sum + (timeTexts([part], rounds)[0] ?? 0), 0);
  const growth = (longTimes[0] ?? 0) / inParts;
  return [
    row("classify, one text, p50", percentile(times, 0.5), "µs", 1000),
    row("classify, one text, p99", percentile(times, 0.99), "µs", 1000),
    row("classify, 64 KiB of such texts, p50", percentile(longTimes, 0.5), "µs"),
    row("classify, 64 KiB of such texts, p99", percentile(longTimes, 0.99), "µs"),
    row("classify, 64 KiB in one piece beside sixteen of 4 KiB", growth, "times", 1.25),
  ];
}

function groupRows(name: string, judged: readonly Judged[]): BenchRow[] {
  const isRight = (one: Judged): boolean => one.found === one.level;
  const levels = [1, 2, 3, 4].map((level) => {
    const group = judged.filter((one) => one.level === level);
    return row(`${name}: accuracy, level ${String(level)}`, share(group, isRight), "share");
  });
  const languages = [...new Set(judged.map((one) => one.language))].sort().map((language) => {
    const group = judged.filter((one) => one.language === language);
    return row(`${name}: accuracy, ${language}`, share(group, isRight), "share");
  });
  const categories = [...new Set(judged.map((one) => one.category))]
    .sort()
    .filter((category) => category !== "unknown");
  const told = categories.map((category) => {
    const group = judged.filter((one) => one.category === category);
    return row(`${name}: accuracy, ${category}`, share(group, isRight), "share");
  });
  return [...levels, ...languages, ...told];
}

function qualityRows({ name, labelled }: LabelledSet): BenchRow[] {
  const judged = labelled.map((one): Judged => {
    const { level, confidence } = classifyByRules(one.text);
    return { ...one, found: level, confidence };
  });
  const isRight = (one: Judged): boolean => one.found === one.level;
  const grave = judged.filter((one) => one.level >= 3);
  const caught = share(grave, (one) => one.found >= 3);
  const falseAlarms = share(
    judged.filter((one) => one.level < 3),
    (one) => one.found >= 3,
  );
  const notFarTooLow = share(judged, (one) => one.found > one.level - 2);
  const meanConfidence = judged.reduce((sum, one) => sum + one.confidence, 0) / Math.max(1, judged.length);
  return [
    row(`${name}: accuracy`, share(judged, isRight), "share", 0.9),
    row(`${name}: levels 3 and 4 caught as 3 or more`, caught, "share", 0.97),
    row(`${name}: called 3 or more though below`, falseAlarms, "share"),
    row(`${name}: never two levels too low`, notFarTooLow, "share"),
    row(`${name}: mean confidence`, meanConfidence, "share"),
    row(`${name}: expected calibration error`, calibrationError(judged), "gap", 0.05),
    row(`${name}: texts`, judged.length, "texts"),
    ...groupRows(name, judged),
  ];
}

/** Runs the bench; `--dataset FILE` among the arguments chooses the texts. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const at = options.arguments.indexOf("--dataset");
  const sets = readSets(at < 0 ? undefined : options.arguments[at + 1]);
  const labelled = sets.flatMap((set) => set.labelled);
  if (labelled.length === 0) throw new Error("Cannot measure: current value is no labelled text, must be at least one");
  return [...speedRows(labelled, options.quick), ...sets.flatMap(qualityRows)];
}
