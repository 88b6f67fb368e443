import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { preview } from "@kaelix/capture";
import { expect, test } from "vitest";

import { readInterface } from "../proofs/openapi.ts";
import { addressesIn } from "./addresses.ts";
import { trySpellings } from "./spellings.ts";
import { openArchives } from "./sweep.ts";
import { overlappingZip } from "./zip-maker.ts";

test("hostile archives stay in their box (5,000: npm run bench -- archives)", async () => {
  const seed = Math.floor(Math.random() * 1e9);
  const outcome = await openArchives(150, seed);
  expect(outcome.faults, `npm run bench -- archives --quick ${seed}`).toEqual([]);
  expect(outcome.previewed).toBeGreaterThan(0);
  expect(outcome.refused).toBeGreaterThan(30);
});

test("an archive whose entries share their bytes is refused as a whole", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kaelix-overlap-"));
  try {
    const path = join(folder, "upload");
    // 400 × 9.9 MB in some 30 kB: each entry is below every limit.
    writeFileSync(path, overlappingZip(400));
    await expect(preview({ path, fileName: "WhatsApp Chat with Bob.zip" })).rejects.toMatchObject({
      code: "import-archive-refused",
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("an address of this machine or of a private network is not called, however it is spelled", async () => {
  const outcome = await trySpellings();
  expect(outcome.faults).toEqual([]);
  expect(outcome.connections).toBe(0);
  expect(outcome.spellings).toBeGreaterThan(300);
  // The listener notices who comes.
  expect((await trySpellings(true)).connections).toBe(1);
});

test("no field of the interface takes an address that the house would call, but those that are guarded", () => {
  expect(addressesIn(readInterface())).toEqual([]);
});
