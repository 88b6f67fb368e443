import { expect, test } from "vitest";

import { SimulatedDisk } from "./simulated-disk.ts";
import { runSimulation } from "./simulation.ts";

// A thousand seeds run in `npm run bench -- smoke`, a hundred thousand in `npm run bench -- simulate`.
test("what was acknowledged is there after every stop, kill and power cut", async () => {
  let [acknowledged, purges] = [0, 0];
  for (let seed = 1; seed <= 12; seed += 1) {
    const outcome = await runSimulation({ seed });
    expect(outcome.violations, `npm run bench -- simulate --from ${seed} --seeds 1`).toEqual([]);
    acknowledged += outcome.acknowledged;
    purges += outcome.purges;
  }
  expect(acknowledged).toBeGreaterThan(200);
  expect(purges).toBeGreaterThan(10);
});

test("one seed tells one story", async () => {
  const storyOf = async (): Promise<readonly string[]> => {
    const story: string[] = [];
    await runSimulation({ seed: 7, trace: (line) => story.push(line) });
    return story;
  };
  const story = await storyOf();
  expect(story.length).toBeGreaterThan(20);
  expect(await storyOf()).toEqual(story);
});

test("the oracle finds a disk that lies about sync", async () => {
  let found = 0;
  for (let seed = 1; seed <= 5; seed += 1) {
    const disk = new SimulatedDisk({ liesAboutSync: (path) => path.endsWith(".log") });
    if ((await runSimulation({ seed, disk })).violations.length > 0) found += 1;
  }
  expect(found).toBeGreaterThan(0);
});
