import { expect, test } from "vitest";

import { readInterface } from "../proofs/openapi.ts";
import { startProof } from "../proofs/product.ts";
import { gatherCast } from "./cast.ts";
import { sweepExpired } from "./expired.ts";
import { sweepLive } from "./live.ts";
import { sweepMcp } from "./mcp.ts";
import { sweepBoundaries } from "./sweep.ts";

test("a share of the boundary sweep finds no byte, no id and no effect across people (all of it: npm run bench -- boundary)", async () => {
  // What was forgotten must not become due while this looks.
  const product = await startProof({ KAELIX_FORGET_UNDO_SECONDS: "3600" });
  try {
    const api = readInterface();
    const cast = await gatherCast(product.door, api, { waitsForErasing: false });
    const live = await sweepLive(product.door, cast);
    const mcp = await sweepMcp(product.door, cast);
    expect(mcp.done).toBeGreaterThan(10);
    const askers = cast.askers.filter(({ name }) =>
      /^(nobody|member|agent up to level 1|app up to level 1|agent of the victim's that reads its own|owner of another organisation)$/.test(
        name,
      ),
    );
    expect(askers).toHaveLength(6);
    const swept = await sweepBoundaries(product.door, api, cast, askers);
    const expired = await sweepExpired(product.door, api, cast);
    expect([...live.faults, ...mcp.faults, ...swept.faults, ...expired.faults]).toEqual([]);
    expect(live.heard).toBeGreaterThan(0);
    expect(swept.done).toBeGreaterThan(30);
  } finally {
    await product.close();
  }
});
