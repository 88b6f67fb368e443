/**
 * `npm run bench -- NAME [--json] [--quick] …`: every figure that Kaelix states comes from here.
 *
 * With `--json` a bench prints one array of rows and nothing else on standard output; without, a table. `smoke` runs the short form
 * of each and fails when one of them throws.
 */
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";

import type { BenchRow } from "./row.ts";

interface Bench {
  run(options: { readonly quick: boolean; readonly arguments: readonly string[] }): Promise<readonly BenchRow[]>;
}

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  log: () => import("./log/main.ts"),
  crash: () => import("./crash/main.ts"),
  simulate: () => import("./simulate/main.ts"),
  start: () => import("./start/main.ts"),
  codecs: () => import("./codecs/main.ts"),
  fuzz: () => import("./fuzz/main.ts"),
  classify: () => import("./classify/main.ts"),
  connections: () => import("./worlds/main.ts"),
  import: () => import("./import/main.ts"),
  recall: () => import("./recall/main.ts"),
  meaning: () => import("./recall/meaning.ts"),
  provider: () => import("./provider/main.ts"),
  api: () => import("./api/main.ts"),
  house: () => import("./house/main.ts"),
  streamer: () => import("./streamer/main.ts"),
  streams: () => import("./streams/main.ts"),
  interceptors: () => import("./interceptors/main.ts"),
  policy: () => import("./policy/main.ts"),
  poisoning: () => import("./poisoning/main.ts"),
  audit: () => import("./audit/main.ts"),
  erasure: () => import("./erasure/main.ts"),
  restore: () => import("./restore/main.ts"),
  bites: () => import("./bites/main.ts"),
  timing: () => import("./timing/main.ts"),
  telemetry: () => import("./telemetry/main.ts"),
  sockets: () => import("./sockets/main.ts"),
  boundary: () => import("./boundary/main.ts"),
  locks: () => import("./locks/main.ts"),
  forgeries: () => import("./forgeries/main.ts"),
  swaps: () => import("./swaps/main.ts"),
  canaries: () => import("./canaries/main.ts"),
  "api-fuzz": () => import("./api-fuzz/main.ts"),
  schemathesis: () => import("./schemathesis/main.ts"),
  sealing: () => import("./sealing/main.ts"),
  redos: () => import("./redos/main.ts"),
  archives: () => import("./archives/main.ts"),
  xss: () => import("./xss/main.ts"),
};
const SMOKE = [
  "log",
  "crash",
  "simulate",
  "start",
  "codecs",
  "fuzz",
  "classify",
  "import",
  "recall",
  "house",
  "api",
  "streams",
  "interceptors",
  "telemetry",
  "policy",
  "poisoning",
  "audit",
  "erasure",
  "restore",
  "redos",
  "canaries",
  "sealing",
  "bites",
];
/** Proofs that a busy machine cannot give. */
const NOT_IN_SMOKE: Readonly<Record<string, string>> = {
  timing: "its t-values tell microseconds apart, and what else the machine does is told with them",
};

const given = process.argv.slice(2);
const [name = "help", ...rest] = given.filter((word) => !["--json", "--quick", "--record"].includes(word));
const asJson = given.includes("--json");

if (name === "smoke") await smoke();
else if (Object.hasOwn(BENCHES, name)) await one(name, given.includes("--quick"), rest);
else {
  console.log(`npm run bench -- ${Object.keys(BENCHES).join("|")}|smoke [--json] [--quick] [--record]`);
  process.exitCode = name === "help" ? 0 : 2;
}

async function one(bench: string, quick: boolean, parameters: readonly string[]): Promise<void> {
  const rows = await runBench(bench, quick, parameters);
  if (asJson) process.stdout.write(`${JSON.stringify(rows)}\n`);
  else printTable(rows);
  if (given.includes("--record")) record(bench, rows);
}

/** Two at a time, each in a process of its own: what is looked at is that they run, and no figure of a smoke is kept. */
async function smoke(): Promise<void> {
  const waiting = [...SMOKE];
  const failed: string[] = [];
  const lane = async (): Promise<void> => {
    for (let bench = waiting.shift(); bench !== undefined; bench = waiting.shift()) {
      const startedMs = performance.now();
      const { code, output } = await runApart(bench);
      console.log(`\n${bench}\n${output}  ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
      if (code !== 0) failed.push(bench);
    }
  };
  await Promise.all([lane(), lane()]);
  for (const [bench, why] of Object.entries(NOT_IN_SMOKE)) console.log(`\n${bench} is not run here: ${why}`);
  if (failed.length === 0) return;
  console.error(`\nCannot run ${failed.join(", ")}`);
  process.exitCode = 1;
}

/** The short form of a bench, and what it printed. */
function runApart(bench: string): Promise<{ readonly code: number; readonly output: string }> {
  const command = [...process.execArgv, import.meta.filename, bench, "--quick"];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { maxBuffer: 64 * 1_024 * 1_024 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : 1, output: `${stdout}${stderr}` }),
    );
  });
}

async function runBench(bench: string, quick: boolean, parameters: readonly string[]): Promise<readonly BenchRow[]> {
  const load = BENCHES[bench];
  if (load === undefined) throw new Error(`There is no bench ${bench}`);
  return (await load()).run({ quick, arguments: parameters });
}

function printTable(rows: readonly BenchRow[]): void {
  for (const row of rows) {
    const value = Number.isInteger(row.value) ? row.value.toLocaleString("en") : row.value.toPrecision(4);
    const target =
      row.target === undefined
        ? ""
        : `  target ${row.target.toLocaleString("en")}${row.reached === false ? " ✘" : " ✔"}`;
    const peer = row.peer === undefined ? "" : `  ${row.ratio?.toPrecision(3) ?? "?"} × ${row.peer}`;
    console.log(`  ${row.name.padEnd(44)} ${value.padStart(12)} ${row.unit}${target}${peer}`);
  }
}

/** Writes the rows with commit and machine, so that a figure can be traced. */
function record(bench: string, rows: readonly BenchRow[]): void {
  const root = join(import.meta.dirname, "..");
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root }).toString().trim();
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`;
  const folder = join(root, "bench/results");
  mkdirSync(folder, { recursive: true });
  const document = { bench, commit, machine, node: process.version, at: new Date().toISOString(), rows };
  writeFileSync(join(folder, `${bench}.json`), `${JSON.stringify(document, null, 2)}\n`);
}
