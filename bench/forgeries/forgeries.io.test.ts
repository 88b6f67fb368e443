import { expect, test } from "vitest";

import { signUpOwner, startProof } from "../proofs/product.ts";
import { raceRefreshes } from "./races.ts";
import { tryForgeries, trySignedForgeries } from "./try.ts";

test("no forged token opens the product, and a race of refreshes has one winner (all of it: npm run bench -- forgeries)", async () => {
  const product = await startProof();
  try {
    const owner = await signUpOwner(product.door);
    const tried = await tryForgeries(product.door, owner);
    const races = await raceRefreshes(product.door, owner, 200);
    expect([...tried.faults, ...races.faults]).toEqual([]);
    expect(tried.count).toBeGreaterThan(1_000);
    expect(races.ended).toBeGreaterThan(0);
  } finally {
    await product.close();
  }
});

test("wrong claims under the right key are not believed", async () => {
  const signed = await trySignedForgeries();
  expect(signed.faults).toEqual([]);
  expect(signed.count).toBeGreaterThan(600);
});
