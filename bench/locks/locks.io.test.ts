import { expect, test } from "vitest";

import { readInterface } from "../proofs/openapi.ts";
import { signUpOwner, startProof } from "../proofs/product.ts";
import { sweepLocks } from "./sweep.ts";

test("a share of the level lock sweep cannot tell twins apart (all of it: npm run bench -- locks)", async () => {
  const product = await startProof();
  try {
    const owner = await signUpOwner(product.door);
    const outcome = await sweepLocks(product.door, readInterface(), { owner, memories: 10 });
    expect(outcome.faults).toEqual([]);
    expect(outcome.comparisons).toBeGreaterThan(300);
    expect(outcome.ids).toBeGreaterThan(100);
  } finally {
    await product.close();
  }
});
