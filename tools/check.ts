/**
 * `npm run check`: types, type-aware lint, format, tidy and the pure tests, side by side. The pre-push hook runs it.
 *
 * What no change since the last green check can have an effect on is not looked at again (`check/touched.ts`): 3 to 10 seconds on two cores.
 * `--all` looks at everything, and so does the first check of a checkout: 20 to 40.
 */
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { touchedBy } from "./check/touched.ts";

interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

/** Path → hash of its content. */
type Hashes = Readonly<Record<string, string>>;

const KEPT = "node_modules/.cache/kaelix";
const GREEN = `${KEPT}/check.json`;
const PURE_TEST = /(?<!\.(?:io|svc|e2e))\.test\.tsx?$/;
const RULES = "tools/tidy.test.ts";

const startedMs = performance.now();
const texts = textsOf(execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { encoding: "utf8" }).split("\n"));
const hashes = Object.fromEntries(
  [...texts].map(([path, text]) => [path, createHash("sha1").update(text).digest("hex")]),
);
const sources = new Map([...texts].filter(([path]) => /\.tsx?$/.test(path)));
const green = process.argv.includes("--all") ? {} : lastGreen();
const touched =
  Object.keys(green).length === 0 ? new Set(sources.keys()) : touchedBy(changedSince(green), sources, doors());

const outcomes = await Promise.all(steps().map(run));
for (const outcome of outcomes) {
  console.log(`${outcome.code === 0 ? "✔" : "✘"} ${outcome.name.padEnd(34)} ${(outcome.tookMs / 1_000).toFixed(1)} s`);
  if (outcome.code !== 0) console.log(outcome.output);
}
console.log(`${((performance.now() - startedMs) / 1_000).toFixed(1)} s in all`);
if (outcomes.every((outcome) => outcome.code === 0)) {
  mkdirSync(dirname(GREEN), { recursive: true });
  writeFileSync(GREEN, JSON.stringify(hashes));
} else process.exitCode = 1;

function steps(): Step[] {
  const all = touched.size === sources.size;
  const tests = [...touched].filter((path) => PURE_TEST.test(path));
  const share = (part: number, whole: number): string => (part === whole ? "" : ` (${part} of ${whole})`);
  const pure = [...sources.keys()].filter((path) => PURE_TEST.test(path)).length;
  return [
    {
      name: `types and lint${share(touched.size, sources.size)}`,
      command: ["oxlint", "--type-aware", "--type-check", "-c", "oxlint.json", ...(all ? [] : touched)],
    },
    { name: "format", command: ["oxfmt", "--check"] },
    {
      name: `tidy and pure tests${share(tests.length, pure)}`,
      command: ["vitest", "run", "--project", "pure", ...(all ? [] : [RULES, ...tests])],
    },
  ];
}

/** Those of the paths that are there, with their texts. */
function textsOf(paths: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of paths) {
    try {
      found.set(path, readFileSync(path, "utf8"));
    } catch {
      // Removed, and not yet so for git.
    }
  }
  return found;
}

function lastGreen(): Hashes {
  try {
    return JSON.parse(readFileSync(GREEN, "utf8")) as Hashes;
  } catch {
    return {};
  }
}

function changedSince(before: Hashes): Set<string> {
  return new Set([...Object.keys(before), ...texts.keys()].filter((path) => before[path] !== hashes[path]));
}

/** The doors of the rooms: what is imported by name → its file. */
function doors(): Map<string, string> {
  const found = new Map<string, string>();
  for (const [path, text] of texts) {
    if (!/^(?:packages|apps)\/[^/]+\/package\.json$/.test(path)) continue;
    const { name, exports: opened = {} } = JSON.parse(text) as { name: string; exports?: Record<string, string> };
    for (const [door, file] of Object.entries(opened)) {
      found.set(door === "." ? name : `${name}${door.slice(1)}`, `${dirname(path)}${file.slice(1)}`);
    }
  }
  return found;
}

/** Runs one step to its end, keeping what it prints. The compilers (in Go) collect only when their memory becomes too much. */
async function run(step: Step): Promise<{ name: string; code: number; output: string; tookMs: number }> {
  const beganMs = performance.now();
  const [program = "", ...rest] = step.command;
  const child = spawn(program, rest, {
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "pipe"],
    env: { GOGC: "off", GOMEMLIMIT: "2500MiB", ...process.env },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number>((resolve) => {
    child.on("error", () => resolve(127));
    child.on("close", (status) => resolve(status ?? 1));
  });
  return { name: step.name, code, output, tookMs: performance.now() - beganMs };
}
