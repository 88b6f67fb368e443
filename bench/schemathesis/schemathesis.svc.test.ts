import { expect, test } from "vitest";

import { attack } from "./attack.ts";

test("schemathesis finds nothing in a few seconds (eight minutes: npm run bench -- schemathesis)", async () => {
  const seed = Math.floor(Math.random() * 1e6);
  const outcome = await attack({ seconds: 12, seed });
  expect(outcome.report, `npm run bench -- schemathesis --quick ${seed}`).toBeUndefined();
  expect(outcome.operations).toBeGreaterThan(20);
  expect(outcome.requests).toBeGreaterThan(outcome.operations);
}, 300_000);
