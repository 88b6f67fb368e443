import { expect, test } from "vitest";

import { sweepScreens } from "./sweep.ts";

test("forty payloads run nothing on any screen, and our own pages keep their policy (1,500: npm run bench -- xss)", async () => {
  const outcome = await sweepScreens(40);
  expect(outcome.faults).toEqual([]);
  expect(outcome.shown).toBeGreaterThan(40);
  expect(outcome.live).toBeGreaterThan(3);
});
