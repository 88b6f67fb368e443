import { afterAll, beforeAll, expect, test } from "vitest";

import { setup, teardown } from "./stop-after-tests.ts";
import { serviceOf, STARTED_FILE_VARIABLE, startService } from "./table.ts";

const NAME = "redis-always";
const fileOfThisRun = process.env[STARTED_FILE_VARIABLE];
let ranBefore = false;

async function runs(): Promise<boolean> {
  return (await serviceOf(NAME)?.status()) !== undefined;
}

beforeAll(async () => {
  ranBefore = await runs();
});
afterAll(async () => {
  if (fileOfThisRun !== undefined) process.env[STARTED_FILE_VARIABLE] = fileOfThisRun;
  if (!ranBefore) await serviceOf(NAME)?.stop();
});

test("what a run started is stopped at its end, and what ran before is not", async () => {
  await setup();
  await startService(NAME);
  await teardown();
  expect(await runs()).toBe(ranBefore);

  delete process.env[STARTED_FILE_VARIABLE];
  await startService(NAME);
  await setup();
  await startService(NAME);
  await teardown();
  expect(await runs()).toBe(true);
});
