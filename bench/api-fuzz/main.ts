/**
 * The interface under requests that nobody should send.
 *
 *     npm run bench -- api-fuzz [--quick] [seed]
 */
import { readInterface } from "../proofs/openapi.ts";
import { signUpOwner, startProof } from "../proofs/product.ts";
import type { BenchRow } from "../row.ts";
import { fuzzApi } from "./fuzz.ts";

const REFUSED_SHARE_MAX = 0.25;

/** Runs the bench. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const product = await startProof();
  try {
    const owner = await signUpOwner(product.door);
    const requests = options.quick ? 5_000 : 100_000;
    const seed = Number(options.arguments[0] ?? 1);
    const outcome = await fuzzApi(product.door, readInterface(), { owner, requests, seed });
    for (const fault of outcome.faults) console.error(fault);
    if (outcome.faults.length > 0) throw new Error(`The interface broke in ${outcome.faults.length} places`);
    // Who is not signed in gets no further than the door.
    const refused = outcome.byStatus.get(401) ?? 0;
    if (refused > outcome.requests * REFUSED_SHARE_MAX)
      throw new Error(`Of ${outcome.requests} requests ${refused} were of nobody: the run says too little`);
    return [
      { name: "requests", value: outcome.requests, unit: "requests" },
      { name: "of them done", value: outcome.done, unit: "requests" },
      {
        name: "5xx, undescribed answers, polluted prototypes",
        value: outcome.faults.length,
        unit: "faults",
        target: 0,
        reached: true,
      },
      { name: "95 % bound", value: 300 / outcome.requests, unit: "%" },
      ...[...outcome.byStatus]
        .toSorted(([one], [other]) => one - other)
        .map(([status, value]) => ({ name: `answered ${status}`, value, unit: "requests" })),
    ];
  } finally {
    await product.close();
  }
}
