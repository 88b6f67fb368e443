/** What the benches over a data set of one's own share: reading the file, saying what is wrong with it, printing rows. */
import { readFileSync } from "node:fs";

import { CommandFailure, EXIT } from "../exit.ts";

/** A figure, or one question with its own. `value` is null where there is nothing to measure. */
export interface DatasetRow {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
}

/** Something wrong with a line; 0 stands for the file. */
export interface DatasetFault {
  readonly line: number;
  readonly text: string;
}

/** The value behind `--dataset`; fails with a sentence when there is none. */
export function datasetNamed(parameters: readonly string[]): string {
  const joined = parameters.find((word) => word.startsWith("--dataset="))?.slice("--dataset=".length);
  const file = joined ?? parameters[parameters.indexOf("--dataset") + 1];
  if (file === undefined || file === "" || file.startsWith("--"))
    throw new CommandFailure(
      EXIT.usage,
      "Cannot measure: --dataset names no file, must name one (- is standard input)",
    );
  return file;
}

/** The text of a data set. */
export function readDatasetFile(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (failure) {
    const code = failure instanceof Error && "code" in failure ? failure.code : undefined;
    if (code === "ENOENT") throw new CommandFailure(EXIT.missing, `Cannot read ${file}: there is no such file`);
    if (code === "EISDIR") throw new CommandFailure(EXIT.usage, `Cannot read ${file}: it is a folder, must be a file`);
    throw failure;
  }
}

/** The failure of a data set that is not what it must be: every fault with its line. */
export function faulty(file: string, faults: readonly DatasetFault[]): CommandFailure {
  const lines = faults.map(({ line, text }) => (line === 0 ? `${file}: ${text}` : `${file}:${line}: ${text}`));
  return new CommandFailure(EXIT.usage, `Cannot measure with this data set\n  ${lines.join("\n  ")}`);
}

/** Prints figures and, with `--json`, every question behind them: one array of rows, figures first. */
export function printRows(rows: readonly DatasetRow[], questions: readonly DatasetRow[], asJson: boolean): void {
  if (asJson) {
    process.stdout.write(`${JSON.stringify([...rows, ...questions], null, 1)}\n`);
    return;
  }
  for (const { name, value, unit } of rows) {
    const shown = value === null ? "none" : Number.isInteger(value) ? value.toLocaleString("en") : value.toPrecision(4);
    process.stdout.write(`  ${name.padEnd(52)} ${shown.padStart(10)} ${unit}\n`);
  }
}
