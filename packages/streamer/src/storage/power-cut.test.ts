import { seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { SimulatedDisk } from "./simulated-disk.ts";
import { runPowerCuts } from "./power-cuts.ts";

test.each([1, 2])("nothing durable is lost over 20 power cuts of one disk, seed %i", async (seed) => {
  const outcome = await runPowerCuts({ random: seededRandom(seed), cuts: 20 });
  expect(outcome, `seed ${seed}`).toMatchObject({ lostCount: 0, changedCount: 0, cuts: 20 });
  expect(outcome.acknowledgedCount).toBeGreaterThan(100);
});

test("the same cuts lose acknowledged records of a writer whose sync does nothing", async () => {
  const outcome = await runPowerCuts({
    random: seededRandom(4),
    cuts: 20,
    disk: new SimulatedDisk({ liesAboutSync: (path) => path.endsWith(".log") }),
  });
  expect(outcome.lostCount).toBeGreaterThan(0);
});
