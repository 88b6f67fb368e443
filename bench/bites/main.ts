/**
 * Do the tests bite? Takes one defence of the security room, of purging and of letting go by age away after the other and asks whether a test fails.
 *
 *     npm run bench -- bites [--quick] [word]
 *
 * Works on copies of the rooms below `.services/`, never on the rooms themselves. With a word only the defences whose name holds it; with
 * --quick every twenty-fourth. It fails when a defence can go and no test says so.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { BenchRow } from "../row.ts";
import { ALL_BUGS, ROOMS } from "./all-bugs.ts";
import type { SeededBug } from "./seeded-bugs.ts";

const ROOT = join(import.meta.dirname, "../..");
const QUICK_EVERY = 24;
/** A test that hangs has noticed, and need not hang for the minutes that a slow one has. */
const TEST_MS_MAX = 60_000;
const RUN_MS_MAX = 600_000;

/** Runs the bench. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const [word = ""] = options.arguments;
  const bugs = ALL_BUGS.filter(({ name }, at) => name.includes(word) && (!options.quick || at % QUICK_EVERY === 0));
  const copy = join(ROOT, ".services", `bites-${process.pid}`);
  const missed: string[] = [];
  try {
    copyRooms(copy);
    // Without any bug the tests must pass, or their failing says nothing.
    if (fails(copy, [...new Set(bugs.flatMap((bug) => bug.tests.split(" ")))]))
      throw new Error("The tests fail as they are");
    for (const bug of bugs) {
      const isCaught = withBug(copy, bug, () => fails(copy, bug.tests.split(" ")));
      if (!isCaught) missed.push(bug.name);
      console.error(`${isCaught ? "caught" : "MISSED"}  ${bug.name}`);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  if (missed.length > 0) throw new Error(`No test notices: ${missed.join("; ")}`);
  return [
    { name: "defences taken away", value: bugs.length, unit: "defences" },
    { name: "noticed by no test", value: missed.length, unit: "defences", target: 0, reached: true },
  ];
}

function copyRooms(copy: string): void {
  // Below the repository, so that packages are found as always; tests reach into the other rooms by path, too.
  for (const path of [...ROOMS, "tools/hold-database.ts", "vitest.config.ts", "package.json", "tsconfig.json"]) {
    cpSync(join(ROOT, path), join(copy, path), { recursive: true });
  }
  for (const room of readdirSync(join(ROOT, "packages")).filter((name) => !existsSync(join(copy, "packages", name))))
    symlinkSync(join(ROOT, "packages", room), join(copy, "packages", room));
}

function withBug<Result>(copy: string, bug: SeededBug, work: () => Result): Result {
  const path = join(copy, bug.file);
  const text = readFileSync(path, "utf8");
  if (text.split(bug.is).length !== 2)
    throw new Error(`The defence "${bug.name}" is not found once in ${bug.file}: renew its row`);
  writeFileSync(
    path,
    text.replace(bug.is, () => bug.becomes),
  );
  try {
    return work();
  } finally {
    writeFileSync(path, text);
  }
}

function fails(copy: string, tests: readonly string[]): boolean {
  const program = join(ROOT, "node_modules/vitest/vitest.mjs");
  const parameters = [program, "run", "--root", copy, "--project", "pure", "--project", "io"];
  parameters.push(`--testTimeout=${TEST_MS_MAX}`, ...tests);
  const ran = spawnSync(process.execPath, parameters, { cwd: copy, timeout: RUN_MS_MAX, encoding: "utf8" });
  // Cut off it says nothing, neither way.
  if (ran.error !== undefined) throw ran.error;
  if (/No test files found/.test(ran.stdout + ran.stderr)) throw new Error(`There are no tests at ${tests.join(" ")}`);
  return ran.status !== 0;
}
