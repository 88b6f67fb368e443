/**
 * A ciphertext opens only in its own place: the matrix of envelopes, and falsified events through the product.
 *
 *     npm run bench -- swaps [--quick]
 */
import type { BenchRow } from "../row.ts";
import { swapEnvelopes } from "./envelopes.ts";
import { plantSwaps } from "./real-path.ts";

/** Runs the bench. */
export async function run(options: { readonly quick: boolean }): Promise<BenchRow[]> {
  const matrix = swapEnvelopes(options.quick ? 0.1 : 1);
  const planted = await plantSwaps(options.quick ? 5 : 1);
  for (const fault of [...matrix.opened, ...planted.faults]) console.error(fault);
  if (matrix.opened.length + planted.faults.length > 0)
    throw new Error("A ciphertext was taken in a place that is not its own");
  return [
    { name: "places", value: matrix.places, unit: "places" },
    { name: "swaps", value: matrix.attempts, unit: "swaps" },
    { name: "opened", value: matrix.opened.length, unit: "swaps", target: 0, reached: true },
    { name: "95 % bound", value: 300 / matrix.attempts, unit: "%" },
    { name: "falsified events on the log of the product", value: planted.events, unit: "events" },
    { name: "of them shown", value: planted.faults.length, unit: "events", target: 0, reached: true },
    { name: "counted by verify as not to be opened", value: planted.unopenable, unit: "memories" },
    { name: "honest memories shown as before", value: planted.honest, unit: "memories" },
  ];
}
