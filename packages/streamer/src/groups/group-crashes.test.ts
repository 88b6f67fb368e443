import { expect, test } from "vitest";

import { runGroupCrashes } from "./group-crashes.ts";

const SEEDS = Number(process.env["SEEDS"] ?? 5);
const FIRST_SEED = Number(process.env["SEED"] ?? 1);

// Ten thousand more seeds run in `npm run bench -- simulate`.
test("share groups and consumer groups keep their word, whatever crashes", async () => {
  let done = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
    const outcome = await runGroupCrashes({ seed, crashes: 4 });
    const again = `SEED=${seed} SEEDS=1 npx vitest run --project pure packages/streamer/src/groups/group-crashes.test.ts`;
    expect(outcome.faults, again).toEqual([]);
    done += outcome.doneCount;
  }
  // Where nothing was done nothing was shown.
  expect(done).toBeGreaterThan(SEEDS);
}, 600_000);

test("one seed has one outcome", async () => {
  const outcome = await runGroupCrashes({ seed: 7, crashes: 3 });
  expect(await runGroupCrashes({ seed: 7, crashes: 3 })).toEqual(outcome);
  expect(outcome.heartbeatCount).toBeGreaterThan(20);
});
