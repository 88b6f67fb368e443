import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { styleText } from "node:util";

import { verifyStorage, type VerifyProblem, type VerifyReport } from "@kaelix/streamer";

import { CommandFailure, EXIT } from "../exit.ts";
import { type OutputOptions, printJson, ProgressBar, say } from "../output.ts";

/** Options of `verify log`. */
export interface VerifyLogOptions extends OutputOptions {
  readonly data?: string;
}

const ADVICE: Readonly<Record<VerifyProblem["kind"], string>> = {
  damage:
    "These records cannot be read; all others are served. Opening the log sets them aside and tells readers. Bring the file back from a backup to have them again.",
  gap: "A file that held these records is missing or was cut. Bring it back from a backup; without it the log is served with the gap.",
  tail: "What a crash left behind the last record. The next opening keeps it aside in a .torn file and goes on.",
  index: "Nothing is lost: remove the file and it is made anew.",
  checkpoint: "Nothing is lost: remove the file; the next opening reads the whole log instead.",
  topic: "If its creation was cut short, create it again. If it held records, bring topic.json back from a backup.",
  state: "Bring it back from a backup: without it records that were deleted may be served again.",
  chain:
    "The bytes were changed after they were sealed, and checksums cannot tell what. Compare with a backup and find out who writes this directory.",
};

/** `kaelix verify log`: reads a whole log directory and says what is not as it should be. Changes nothing. */
export async function verifyLog(directory: string | undefined, options: VerifyLogOptions): Promise<number> {
  const log = logDirectory(directory, options);
  const progress = new ProgressBar("Verifying", options);
  const startedMs = performance.now();
  const report = await verifyStorage(log, undefined, ({ bytes, bytesTotal }) =>
    progress.show(bytesTotal === 0 ? 1 : bytes / bytesTotal, `${inMegabytes(bytes)} of ${inMegabytes(bytesTotal)}`),
  );
  const seconds = (performance.now() - startedMs) / 1000;
  const isWhole = report.problems.length === 0;
  progress.end(`${isWhole ? "✔" : "✘"} ${summary(report, seconds)}`);
  if (options.json === undefined) for (const problem of report.problems) printProblem(problem);
  else printJson(asJson(log, report), options.json);
  if (!isWhole) say(`${report.problems.length} found. Nothing was changed.`, options);
  return isWhole ? EXIT.ok : EXIT.found;
}

/** A log directory, or a data directory that has one. */
function logDirectory(given: string | undefined, options: VerifyLogOptions): string {
  const root = resolve(given ?? options.data ?? process.env["KAELIX_DATA"] ?? join(homedir(), ".kaelix"));
  const found = [root, join(root, "log")].find((folder) => existsSync(join(folder, "topics")));
  if (found !== undefined) return found;
  throw new CommandFailure(EXIT.missing, `Cannot verify ${root}: must be a log directory, with a folder topics in it`);
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} MB`;
}

function summary(report: VerifyReport, seconds: number): string {
  const { bytes, hashed, records, segments, topics } = report;
  const counts = [
    `${topics} topics`,
    `${segments.toLocaleString("en")} segments`,
    `${hashed.toLocaleString("en")} against the hash chain`,
    `${records.toLocaleString("en")} records`,
    inMegabytes(bytes),
    `${seconds.toFixed(1)} s`,
  ];
  return counts.join(" · ");
}

function fileOf({ file, partition, topic }: VerifyProblem): string {
  return join("topics", topic, ...(partition < 0 ? [] : [String(partition)]), file);
}

function printProblem(problem: VerifyProblem): void {
  const { detail, firstOffset, kind, nextOffset } = problem;
  const range = firstOffset === undefined ? "" : `  records ${firstOffset} to ${(nextOffset ?? firstOffset + 1) - 1}`;
  process.stdout.write(`${styleText("bold", fileOf(problem))}  ${kind}${range}\n  ${detail}\n  ${ADVICE[kind]}\n`);
}

function asJson(directory: string, { problems, ...counts }: VerifyReport): unknown {
  return {
    directory,
    whole: problems.length === 0,
    ...counts,
    problems: problems.map((problem) => ({
      file: fileOf(problem),
      kind: problem.kind,
      detail: problem.detail,
      first_offset: problem.firstOffset ?? null,
      last_offset: problem.nextOffset === undefined ? null : problem.nextOffset - 1,
      advice: ADVICE[problem.kind],
    })),
  };
}
