import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { systemClock, systemRandom } from "@kaelix/base";
import { openStreamerLog, type StreamerLog } from "@kaelix/log";
import { afterEach, expect, test } from "vitest";

import { createBackup } from "./create-backup.ts";
import { readObject, readState } from "./format.ts";
import { openStoreForWriting, pointsAt } from "./store.ts";
import { openTarget } from "./target.ts";
import { ViewCopies } from "./view-copies.ts";

const folder = mkdtempSync(join(tmpdir(), "kaelix-create-backup-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function openLog(name: string): Promise<StreamerLog> {
  const log = await openStreamerLog({ directory: join(folder, name), settings: { background: false } });
  await log.createTopic({ name: "things", partitions: 1 });
  return log;
}

async function append(log: StreamerLog, megabytes: number): Promise<void> {
  for (let at = 0; at < megabytes * 16; at++) {
    const records = [{ key: null, value: systemRandom.bytes(2 ** 16), timestampMs: at }];
    await log.append("things", 0, records, { acknowledge: "durable" });
  }
}

test("createBackup takes nothing over from a point of a log that went another way since", async () => {
  const target = await openTarget({ place: join(folder, "place"), s3: {} as never });
  const store = await openStoreForWriting(target, { type: "passphrase", passphrase: "walnut" }, systemRandom);
  const views = new ViewCopies({ withSnapshot: () => Promise.resolve(undefined) });
  const fields = { store, views, installation: "this", version: "0", clock: systemClock, random: systemRandom };
  const first = await openLog("first");
  await append(first, 1);
  await first.close();
  cpSync(join(folder, "first"), join(folder, "second"), { recursive: true });
  const again = await openLog("first");
  await append(again, 6);
  await createBackup({ ...fields, log: again, keepMs: 1e9 });
  await again.close();

  const second = await openLog("second");
  await append(second, 7);
  const report = await createBackup({ ...fields, log: second, keepMs: 1e9 });
  expect(report.bytesWritten).toBe(report.bytes);
  await second.close();
  const [newest = expect.fail()] = await pointsAt(target);
  const state = await readState(target, store.keys, newest.name);
  const [segment = expect.fail()] = state.topics.find(({ name }) => name === "things")?.partitions[0]?.segments ?? [];
  const saved = await Promise.all(segment.pieces.map(({ name }) => readObject(target, store.keys, name)));
  const path = join(folder, "second", "topics", "things", "0", "00000000000000000000.log");
  expect(Buffer.concat(saved).equals(readFileSync(path).subarray(0, segment.size))).toBe(true);
});
