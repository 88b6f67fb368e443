/**
 * `npm run newcomer`: proves README's two commands as somebody who has only Node and npm would type them.
 * `npm run newcomer -- --package`: proves the npm package in its place, see newcomer-package.ts.
 *
 * A fresh clone in a temporary folder, an empty HOME, an empty npm cache. The first command must print the URL with its claim code,
 * answer at it and be ready within 15 seconds after the install; stopped and started again it must be ready within 3 seconds.
 * The second must end with success.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { packageWay } from "./newcomer-package.ts";
import { answers, bareEnvironment, must, say, seconds, stop, until } from "./newcomer-steps.ts";

const FIRST_START_MS_MAX = 15_000;
const RESTART_MS_MAX = 3_000;
// A bound against hanging: installing and all tests, on a busy machine.
const STEP_MS_MAX = 1_200_000;

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "kaelix-newcomer-"));
const clone = join(folder, "kaelix");
const home = join(folder, "home");
mkdirSync(home);
const environment: NodeJS.ProcessEnv = {
  ...bareEnvironment(home),
  npm_config_cache: join(folder, "cache"),
  KAELIX_PORT: "7431",
};

let failures = 0;
try {
  if (process.argv.includes("--package")) await packageWay(root, folder);
  else await checkoutWay();
} catch (failure) {
  failures++;
  console.error(String(failure));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`newcomer: ${failures === 0 ? "1 passed, 0 failed" : "0 passed, 1 failed"}`);
process.exitCode = failures === 0 ? 0 : 1;

async function checkoutWay(): Promise<void> {
  must("clone", spawnSync("git", ["clone", "--quiet", root, clone], { stdio: "inherit" }).status === 0);
  const [startCommand = "", testCommand = ""] = readmeCommands();
  const [install = "", start = ""] = startCommand.split("&&").map((part) => part.trim());
  say(`1. ${startCommand}`);
  const installed = performance.now();
  must("install", shell(install) === 0);
  say(`   installed in ${seconds(performance.now() - installed)}`);
  await startOnce(start, "first start", FIRST_START_MS_MAX);
  await startOnce(start, "restart", RESTART_MS_MAX);
  say(`2. ${testCommand}`);
  must("tests", shell(testCommand) === 0);
}

/** The two commands of README's first screen: the lines of its first two `sh` blocks. */
function readmeCommands(): string[] {
  const readme = readFileSync(join(clone, "README.md"), "utf8");
  return [...readme.matchAll(/^```sh\n([^\n]+)\n```/gm)].slice(0, 2).map((match) => match[1] ?? "");
}

function shell(command: string): number {
  const outcome = spawnSync(command, {
    cwd: clone,
    env: environment,
    shell: true,
    stdio: "inherit",
    timeout: STEP_MS_MAX,
  });
  return outcome.status ?? 1;
}

/** Starts the product, waits until it is ready, asks its page, and stops it as Ctrl+C would. */
async function startOnce(command: string, name: string, limitMs: number): Promise<void> {
  const beganMs = performance.now();
  const child = spawn(command, {
    cwd: clone,
    env: environment,
    shell: true,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  try {
    const url = await until(() => /http:\/\/[^\s/]+(?:\/\S*)?/.exec(output)?.[0], 60_000);
    if (url === undefined) throw new Error(`${name}: no URL was printed:\n${output}`);
    const origin = new URL(url).origin;
    const ready = await until(() => answers(`${origin}/ready`), 60_000);
    const tookMs = performance.now() - beganMs;
    say(`   ${name}: ready in ${seconds(tookMs)}`);
    must(`${name} within ${seconds(limitMs)}`, ready === true && tookMs <= limitMs);
    must(`${name} serves its page`, (await answers(`${origin}/`)) === true);
    if (name === "first start") must("the URL carries a claim code", /#c=\S+/.test(output));
  } finally {
    await stop(child);
  }
}
