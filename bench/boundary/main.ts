/**
 * The boundary between people: every route × verb × asker × id, over real HTTP, from the printed OpenAPI document.
 *
 *     npm run bench -- boundary [--quick]
 *
 * With --quick only five of those who ask. It fails with the list of what it found.
 */
import { readInterface } from "../proofs/openapi.ts";
import { startProof } from "../proofs/product.ts";
import type { BenchRow } from "../row.ts";
import { gatherCast, UNDO } from "./cast.ts";
import { sweepExpired } from "./expired.ts";
import { sweepLive } from "./live.ts";
import { sweepMcp } from "./mcp.ts";
import { sweepBoundaries } from "./sweep.ts";

const SHORT = /^(nobody|member|agent up to level 1|admin|owner of another organisation)$/;

/** Runs the bench. */
export async function run(options: { readonly quick: boolean }): Promise<BenchRow[]> {
  const product = await startProof(UNDO);
  try {
    const api = readInterface();
    const cast = await gatherCast(product.door, api);
    const live = await sweepLive(product.door, cast);
    const mcp = await sweepMcp(product.door, cast);
    const askers = cast.askers.filter(({ name }) => !options.quick || SHORT.test(name));
    const swept = await sweepBoundaries(product.door, api, cast, askers);
    const expired = await sweepExpired(product.door, api, cast);
    const faults = [...live.faults, ...mcp.faults, ...swept.faults, ...expired.faults];
    for (const fault of faults) console.error(fault);
    for (const kind of swept.unswept) console.error(`No example of an id of the kind ${kind}`);
    const withoutExample = swept.unswept.length;
    if (swept.done === 0) throw new Error("Nothing was allowed to anybody: the sweep proves nothing");
    if (faults.length > 0) throw new Error(`The boundary between people does not hold in ${faults.length} places`);
    const calls = swept.calls + expired.calls + mcp.calls;
    return [
      { name: "operations × askers", value: swept.operations * swept.askers, unit: "pairs" },
      { name: "requests", value: calls, unit: "requests" },
      { name: "requests of declared verbs that were done", value: swept.done, unit: "requests" },
      { name: "calls of tools, resources and prompts by agents", value: mcp.calls, unit: "calls" },
      { name: "of them answered without an error", value: mcp.done, unit: "calls" },
      { name: "kinds of ids without an example", value: withoutExample, unit: "kinds" },
      { name: "live events heard by their owner", value: live.heard, unit: "events" },
      { name: "faults", value: faults.length, unit: "faults", target: 0, reached: true },
      { name: "95 % bound", value: 300 / calls, unit: "%" },
    ];
  } finally {
    await product.close();
  }
}
