/**
 * Hostile archives, and addresses: what is imported stays in its box, and nobody can name an address that the house would call.
 *
 *     npm run bench -- archives [--quick] [seed]
 */
import { readInterface } from "../proofs/openapi.ts";
import { signUpOwner, startProof } from "../proofs/product.ts";
import type { BenchRow } from "../row.ts";
import { addressesIn } from "./addresses.ts";
import { trySpellings } from "./spellings.ts";
import { openArchives, uploadArchives } from "./sweep.ts";

/** Runs the bench. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const seed = Number(options.arguments[0] ?? 1);
  const addresses = addressesIn(readInterface());
  const called = await trySpellings();
  const opened = await openArchives(options.quick ? 500 : 5_000, seed);
  const product = await startProof();
  try {
    const token = await (await signUpOwner(product.door)).signIn();
    const uploaded = await uploadArchives(product.door, {
      archives: options.quick ? 50 : 300,
      folder: product.folder,
      seed: seed + 1,
      token,
    });
    const faults = [
      ...opened.faults,
      ...uploaded.faults,
      ...called.faults,
      ...(called.connections > 0 ? [`${called.connections} connections to this machine`] : []),
      ...addresses.map((place) => `${place} takes an address: sweep it for SSRF`),
    ];
    for (const fault of faults) console.error(fault);
    if (faults.length > 0) throw new Error(`${faults.length} archives or addresses left their box`);
    const archives = opened.archives + uploaded.archives;
    return [
      { name: "archives", value: archives, unit: "archives" },
      { name: "of them previewed", value: opened.previewed + uploaded.previewed, unit: "archives" },
      { name: "of them refused", value: opened.refused + uploaded.refused, unit: "archives" },
      {
        name: "left their box, hung, or broke something",
        value: faults.length,
        unit: "archives",
        target: 0,
        reached: true,
      },
      { name: "95 % bound", value: 300 / archives, unit: "%" },
      { name: "slowest", value: Math.max(opened.slowestMs, uploaded.slowestMs), unit: "ms" },
      { name: "spellings of addresses inside", value: called.spellings, unit: "addresses" },
      {
        name: "fields of the interface that take an unguarded address",
        value: addresses.length,
        unit: "fields",
        target: 0,
        reached: true,
      },
    ];
  } finally {
    await product.close();
  }
}
