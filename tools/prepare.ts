/**
 * Runs after `npm install` in a checkout: what makes the first start fast, and the hook that checks before a push.
 * Every step may fail without failing the install: `npm start` does what is missing, only slower.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { prepareDatabase } from "./prepare-database.ts";

const root = join(import.meta.dirname, "..");

if (existsSync(join(root, ".git"))) step("hooks", () => run("git", ["config", "core.hooksPath", ".githooks"]));
step("web", () =>
  run(process.execPath, [join(root, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn"], "apps/web"),
);
try {
  await prepareDatabase();
} catch (failure) {
  console.error(`prepare: database: ${String(failure)}; the first start makes it itself`);
}

function step(name: string, work: () => void): void {
  try {
    work();
  } catch (failure) {
    console.error(`prepare: ${name}: ${String(failure)}`);
  }
}

function run(program: string, parameters: readonly string[], folder = "."): void {
  const outcome = spawnSync(program, parameters, { cwd: join(root, folder), stdio: ["ignore", "inherit", "inherit"] });
  if (outcome.error !== undefined) throw outcome.error;
  if (outcome.status !== 0) throw new Error(`${program} ended with ${outcome.status}`);
}
