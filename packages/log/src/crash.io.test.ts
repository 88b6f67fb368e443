import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { seededRandom } from "@kaelix/base";
import { afterEach, beforeEach, expect, test } from "vitest";

import { type AcknowledgedBatch, checkCrashed, crashWriterPath, parseAcknowledged } from "./crash.ts";

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "kaelix-crash-"))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function writeAndKill(serial: number, loadMs: number): Promise<readonly AcknowledgedBatch[]> {
  const child = spawn(process.execPath, [crashWriterPath, directory, "durable", String(serial)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let lines = "";
  const loaded = new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      if (lines === "") setTimeout(resolve, loadMs);
      lines += chunk.toString("latin1");
    });
  });
  const ended = once(child, "close");
  await Promise.race([loaded, ended]);
  child.kill("SIGKILL");
  await ended;
  return parseAcknowledged(lines);
}

test("nothing acknowledged is lost over 20 times kill -9 under load, seed 7", async () => {
  const random = seededRandom(7);
  const acknowledged: AcknowledgedBatch[] = [];
  let serial = 1;
  for (let kill = 0; kill < 20; kill += 1) {
    const batches = await writeAndKill(serial, random.integer(60));
    expect(batches.length).toBeGreaterThan(0);
    acknowledged.push(...batches);
    const check = await checkCrashed(directory, acknowledged);
    expect(check).toMatchObject({ lostCount: 0, changedCount: 0 });
    serial = check.serialMax + 1;
  }
});
