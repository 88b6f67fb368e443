/**
 * For test runs that start real servers: what the run started is stopped at its end. What ran before stays.
 *
 * Suites need not stop what others may still want, and nothing is left behind.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { serviceOf, STARTED_FILE_VARIABLE } from "./table.ts";

/** Called before the first test of a run: workers inherit the environment. */
export async function setup(): Promise<void> {
  process.env[STARTED_FILE_VARIABLE] = join(await mkdtemp(join(tmpdir(), "kaelix-services-")), "started");
}

/** Called after the last. */
export async function teardown(): Promise<void> {
  const file = process.env[STARTED_FILE_VARIABLE];
  if (file === undefined) return;
  const names = (await readFile(file, "utf8").catch(() => "")).split("\n");
  await Promise.all([...new Set(names)].map(async (name) => serviceOf(name)?.stop()));
  await rm(dirname(file), { recursive: true, force: true });
}
