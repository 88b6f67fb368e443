import { expect, test } from "vitest";

import { swapEnvelopes } from "./envelopes.ts";
import { plantSwaps } from "./real-path.ts";

test("a share of the swap matrix opens nothing (all of it: npm run bench -- swaps)", () => {
  const matrix = swapEnvelopes(0.02);
  expect(matrix.opened).toEqual([]);
  expect(matrix.attempts).toBeGreaterThan(50_000);
});

test("falsified events on the log are shown nowhere, counted by verify, and cost nobody else anything", async () => {
  const planted = await plantSwaps(20);
  expect(planted.faults).toEqual([]);
  expect(planted.events).toBeGreaterThan(300);
  expect(planted.honest).toBe(80);
});
