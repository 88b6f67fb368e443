import { classifyByRules } from "@kaelix/intelligence";
import { type Level, LEVELS, parseLevel } from "@kaelix/model";

import { EXIT } from "../exit.ts";
import {
  type DatasetFault,
  datasetNamed,
  type DatasetRow,
  faulty,
  printRows,
  readDatasetFile,
} from "./bench-dataset.ts";

/** Faults that are told of; the rest of a file of another kind would be the same again. */
const FAULTS_MAX = 20;

interface Labelled {
  readonly line: number;
  readonly id: string;
  readonly text: string;
  readonly level: Level;
  readonly language: string;
  readonly category: string | undefined;
}

interface Judged extends Labelled {
  readonly found: Level;
  readonly confidence: number;
  readonly reasons: readonly string[];
}

/**
 * `kaelix bench classify --dataset FILE [--json]`: the classifier without a provider on JSON lines `{"text", "level", "id"?, "lang"?, "category"?}`,
 * without a server and without keeping anything. `level` is 1 to 4 or a level's name. Rows tell of each level, each language and each category.
 */
export async function benchClassify(parameters: readonly string[]): Promise<number> {
  const file = datasetNamed(parameters);
  const read = readLabelled(readDatasetFile(file));
  if ("faults" in read) throw faulty(file, read.faults);
  const judged = read.labelled.map((one): Judged => {
    const { level, confidence, reasons } = classifyByRules(one.text);
    return { ...one, found: level, confidence, reasons: reasons.map(({ text }) => text) };
  });
  printRows(rowsOf(judged), judged.map(questionOf), parameters.includes("--json"));
  return EXIT.ok;
}

function readLabelled(text: string): { readonly labelled: Labelled[] } | { readonly faults: DatasetFault[] } {
  const labelled: Labelled[] = [];
  const faults: DatasetFault[] = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const one = readLine(line, at + 1);
    if (typeof one === "string") faults.push({ line: at + 1, text: one });
    else labelled.push(one);
  }
  if (faults.length > 0) return { faults: faults.slice(0, FAULTS_MAX) };
  return labelled.length > 0 ? { labelled } : { faults: [{ line: 0, text: "the file is empty, must hold texts" }] };
}

function readLine(line: string, number: number): Labelled | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "not JSON, must be a JSON object";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "must be a JSON object";
  const fields = new Map<string, unknown>(Object.entries(value));
  const [text, label, id, language, category] = ["text", "level", "id", "lang", "category"].map((name) =>
    fields.get(name),
  );
  if (typeof text !== "string") return "must have text that is a string";
  if (typeof label !== "number" && typeof label !== "string") return "must have level that is 1 to 4 or a level's name";
  const level = parseLevel(String(label));
  if (level === undefined)
    return `level: current value is ${JSON.stringify(label).slice(0, 40)}, must be 1 to 4 or a level's name`;
  return {
    line: number,
    id: typeof id === "string" || typeof id === "number" ? String(id) : `line ${number}`,
    text,
    level,
    language: typeof language === "string" ? language : "unknown",
    category: typeof category === "string" && category !== "" ? category : undefined,
  };
}

function share(judged: readonly Judged[], isSo: (one: Judged) => boolean): number | null {
  return judged.length === 0 ? null : judged.filter(isSo).length / judged.length;
}

function row(name: string, value: number | null): DatasetRow {
  return { name, value, unit: "fraction" };
}

/** How much of some texts is called 3 or more: caught where that is right, a false alarm where it is not. */
function alarmRows(judged: readonly Judged[], suffix: string): DatasetRow[] {
  const called = (some: readonly Judged[]): number | null => share(some, ({ found }) => found >= 3);
  const [grave, mild] = [judged.filter(({ level }) => level >= 3), judged.filter(({ level }) => level < 3)];
  const caught = row(`levels 3 and 4 caught as 3 or more${suffix}`, called(grave));
  return [caught, row(`called 3 or more though below${suffix}`, called(mild))];
}

/** One row or three for every level, language and category that the texts name. */
function groupRows(judged: readonly Judged[]): DatasetRow[] {
  const accuracy = (name: string, some: readonly Judged[]): DatasetRow =>
    row(
      `accuracy, ${name}`,
      share(some, ({ found, level }) => found === level),
    );
  const groupsBy = (nameOf: (one: Judged) => string): [string, Judged[]][] =>
    [...Map.groupBy(judged, nameOf)].sort(([left], [right]) => (left < right ? -1 : 1));
  const byLevel = LEVELS.map((level) =>
    accuracy(
      `level ${level}`,
      judged.filter((one) => one.level === level),
    ),
  );
  const byLanguage = groupsBy(({ language }) => language).flatMap(([language, some]) => [
    accuracy(language, some),
    ...alarmRows(some, `, ${language}`),
  ]);
  const byCategory = groupsBy(({ category }) => category ?? "")
    .filter(([category]) => category !== "")
    .map(([category, some]) => accuracy(`category ${category}`, some));
  return [...byLevel, ...byLanguage, ...byCategory];
}

function rowsOf(judged: readonly Judged[]): DatasetRow[] {
  return [
    row(
      "accuracy",
      share(judged, ({ found, level }) => found === level),
    ),
    ...alarmRows(judged, ""),
    row("expected calibration error", calibrationError(judged)),
    ...groupRows(judged),
    { name: "texts", value: judged.length, unit: "texts" },
  ];
}

/** How far confidence and accuracy are apart, over ten bins of confidence. */
function calibrationError(judged: readonly Judged[]): number {
  const bins = Map.groupBy(judged, ({ confidence }) => Math.min(9, Math.floor(confidence * 10)));
  return [...bins.values()].reduce((error, bin) => {
    const said = bin.reduce((sum, { confidence }) => sum + confidence, 0) / bin.length;
    const right = bin.filter(({ found, level }) => found === level).length / bin.length;
    return error + (bin.length / judged.length) * Math.abs(said - right);
  }, 0);
}

function questionOf({ line, id, text, level, found, confidence, reasons, language, category }: Judged): DatasetRow {
  const outcome = { id, line, lang: language, ...(category && { category }), text, level, found, confidence, reasons };
  return { name: `text ${id}`, value: found === level ? 1 : 0, unit: "right", ...outcome };
}
