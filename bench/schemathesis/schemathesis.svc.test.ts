import { expect, test } from "vitest";

import { attack } from "./attack.ts";

test("schemathesis finds nothing in half a minute (eight minutes: npm run bench -- schemathesis)", async () => {
  const seed = Math.floor(Math.random() * 1e6);
  const outcome = await attack({ seconds: 30, seed });
  expect(outcome.report, `npm run bench -- schemathesis --quick ${seed}`).toBeUndefined();
  expect(outcome.operations).toBeGreaterThan(50);
  expect(outcome.requests).toBeGreaterThan(outcome.operations);
}, 480_000);
