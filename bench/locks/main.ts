/**
 * The level lock, by twins.
 *
 *     npm run bench -- locks [--quick]
 */
import { readInterface } from "../proofs/openapi.ts";
import { signUpOwner, startProof } from "../proofs/product.ts";
import type { BenchRow } from "../row.ts";
import { sweepLocks } from "./sweep.ts";

/** Runs the bench. */
export async function run(options: { readonly quick: boolean }): Promise<BenchRow[]> {
  const product = await startProof();
  try {
    const owner = await signUpOwner(product.door);
    const memories = options.quick ? 20 : 80;
    const { comparisons, faults, ids } = await sweepLocks(product.door, readInterface(), { owner, memories });
    for (const fault of faults) console.error(fault);
    if (faults.length > 0) throw new Error(`The level lock does not hold in ${faults.length} places`);
    return [
      { name: "answers compared with a twin's who has nothing above", value: comparisons, unit: "answers" },
      { name: "ids above compared with invented ones", value: ids, unit: "ids" },
      { name: "differences", value: faults.length, unit: "differences", target: 0, reached: true },
      { name: "95 % bound", value: 300 / (comparisons + ids), unit: "%" },
    ];
  } finally {
    await product.close();
  }
}
