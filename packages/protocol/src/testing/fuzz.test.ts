import { expect, test } from "vitest";

import { fuzzDecoders } from "./fuzz.ts";

const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

test("no mutated frame breaks a decoder", async () => {
  const outcome = await fuzzDecoders({ frames: 10_000, seed: SEED });
  expect(outcome.faults, `SEED=${SEED} npx vitest run --project pure packages/protocol/src/testing`).toEqual([]);
  expect(outcome.accepted + outcome.refused).toBe(outcome.frames);
  expect(outcome.refused).toBeGreaterThan(outcome.frames / 10);
});
