import { ManualClock } from "@kaelix/base";
import { makeLogger } from "@kaelix/coordinator";
import { expect, test } from "vitest";

import { Eraser } from "./eraser.ts";

test("Eraser.round drops keys that moves have left behind before anything is purged, which leaves alone what a key opens, and has old uploads discarded", async () => {
  const did: string[] = [];
  const eraser = new Eraser({
    changes: { eraseForgotten: async () => 0, settleMoves: async () => void did.push("settled") },
    erasures: { round: async () => 0, unpurged: () => ({ isDue: true, states: [] }), purged: async () => undefined },
    imports: { discardOld: async () => void did.push("discarded") },
    retention: { round: async () => undefined, stop: () => undefined },
    purge: {
      isDue: async () => true,
      run: async () => did.push("purged") > 0,
      stop: () => undefined,
      status: { lastAtMs: undefined, contents: 0, pieces: 0, bytesFreed: 0 },
    },
    clock: new ManualClock(),
    logger: makeLogger("silent"),
    onErased: () => undefined,
    undoMs: 1,
  });
  await eraser.round();
  await eraser.stop();
  expect(did).toEqual(["discarded", "settled", "purged"]);
});
