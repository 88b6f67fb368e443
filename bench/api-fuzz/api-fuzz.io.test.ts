import { expect, test } from "vitest";

import { readInterface } from "../proofs/openapi.ts";
import { signUpOwner, startProof } from "../proofs/product.ts";
import { fuzzApi } from "./fuzz.ts";

test("a thousand bent requests break nothing (100,000: npm run bench -- api-fuzz)", async () => {
  const product = await startProof();
  try {
    const owner = await signUpOwner(product.door);
    const seed = Math.floor(Math.random() * 1e9);
    const outcome = await fuzzApi(product.door, readInterface(), { owner, requests: 1_000, seed });
    expect(outcome.faults, `npm run bench -- api-fuzz --quick ${seed}`).toEqual([]);
    expect(outcome.done).toBeGreaterThan(50);
  } finally {
    await product.close();
  }
});
