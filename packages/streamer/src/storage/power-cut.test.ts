import { seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { SimulatedDisk } from "./simulated-disk.ts";
import { runPowerCuts } from "./power-cuts.ts";

// Thousands of cuts run in `npm run bench -- crash`.
test.each([1, 2])("nothing durable is lost over 5 power cuts of one disk, seed %i", async (seed) => {
  const outcome = await runPowerCuts({ random: seededRandom(seed), cuts: 5 });
  expect(outcome, `seed ${seed}`).toMatchObject({ lostCount: 0, changedCount: 0, cuts: 5 });
  expect(outcome.acknowledgedCount).toBeGreaterThan(30);
});

test("the same cuts lose acknowledged records of a writer whose sync does nothing", async () => {
  const outcome = await runPowerCuts({
    random: seededRandom(4),
    cuts: 6,
    disk: new SimulatedDisk({ liesAboutSync: (path) => path.endsWith(".log") }),
  });
  expect(outcome.lostCount).toBeGreaterThan(0);
});
