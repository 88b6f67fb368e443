/**
 * Forged tokens: access tokens, keys of programs and refresh tokens, over HTTP; and refresh tokens brought many times at once.
 *
 *     npm run bench -- forgeries [--quick]
 *
 * It fails when one forgery is let in, when one breaks the server (5xx), when a forged refresh token ends the session it pretends to be
 * of, when a race has two winners, or when a token that was used up does not end its family.
 */
import { signUpOwner, startProof } from "../proofs/product.ts";
import type { BenchRow } from "../row.ts";
import { raceRefreshes } from "./races.ts";
import { tryForgeries, trySignedForgeries } from "./try.ts";

/** Runs the bench. */
export async function run(options: { readonly quick: boolean }): Promise<BenchRow[]> {
  const product = await startProof();
  try {
    const owner = await signUpOwner(product.door);
    const tried = await tryForgeries(product.door, owner);
    const signed = await trySignedForgeries();
    const races = await raceRefreshes(product.door, owner, options.quick ? 500 : 10_000);
    const faults = [...tried.faults, ...signed.faults, ...races.faults];
    for (const fault of faults) console.error(fault);
    if (faults.length > 0) throw new Error(`${faults.length} forgeries or races did not end as they must`);
    const forged = tried.count + signed.count;
    return [
      { name: "forgeries over HTTP", value: tried.count, unit: "tokens" },
      { name: "wrong claims under the right key", value: signed.count, unit: "tokens" },
      { name: "let in", value: faults.length, unit: "tokens", target: 0, reached: true },
      { name: "95 % bound", value: 300 / forged, unit: "%" },
      { name: "refreshes in races", value: races.count, unit: "refreshes" },
      { name: "families ended by a used token", value: races.ended, unit: "families" },
      { name: "races with two winners or an unseen reuse", value: 0, unit: "races", target: 0, reached: true },
    ];
  } finally {
    await product.close();
  }
}
