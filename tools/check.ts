/**
 * `npm run check`: types, type-aware lint, format, tidy and the pure tests, side by side; under 15 seconds. The pre-push hook runs it.
 */
import { spawn } from "node:child_process";

interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

const BUILD_INFO = "node_modules/.cache/kaelix/check.tsbuildinfo";
const STEPS: readonly Step[] = [
  // What has not changed since the last check is not looked at again.
  { name: "types", command: ["tsc", "-p", "tsconfig.json", "--incremental", "--tsBuildInfoFile", BUILD_INFO] },
  { name: "lint", command: ["oxlint", "--type-aware", "-c", "oxlint.json"] },
  { name: "format", command: ["oxfmt", "--check"] },
  { name: "tidy and pure tests", command: ["vitest", "run", "--project", "pure"] },
];

const startedMs = performance.now();
const outcomes = await Promise.all(STEPS.map(run));
for (const outcome of outcomes) {
  console.log(`${outcome.code === 0 ? "✔" : "✘"} ${outcome.name.padEnd(20)} ${(outcome.tookMs / 1_000).toFixed(1)} s`);
  if (outcome.code !== 0) console.log(outcome.output);
}
console.log(`${((performance.now() - startedMs) / 1_000).toFixed(1)} s in all`);
process.exitCode = outcomes.every((outcome) => outcome.code === 0) ? 0 : 1;

/** Runs one step to its end, keeping what it prints. */
async function run(step: Step): Promise<{ name: string; code: number; output: string; tookMs: number }> {
  const beganMs = performance.now();
  const [program = "", ...rest] = step.command;
  const child = spawn(program, rest, { shell: process.platform === "win32", stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number>((resolve) => {
    child.on("error", () => resolve(127));
    child.on("close", (status) => resolve(status ?? 1));
  });
  return { name: step.name, code, output, tookMs: performance.now() - beganMs };
}
