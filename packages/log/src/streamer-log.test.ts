import { decodeText, encodeText, ManualClock } from "@kaelix/base";
import { encodeRecordBatch } from "@kaelix/protocol";
import { openStorage, SimulatedDisk } from "@kaelix/streamer";
import { expect, test } from "vitest";

import { logConformance } from "./conformance.ts";
import { openStreamerLog } from "./streamer-log.ts";

const settings = { segmentBytesMax: 8000, idleFlushMs: 5 };

logConformance("streamer on a simulated disk", async () => {
  const disk = new SimulatedDisk();
  const log = await openStreamerLog({ directory: "/data", disk, settings });
  return {
    log,
    end: async () => undefined,
    reopen: async () => {
      await log.close();
      return openStreamerLog({ directory: "/data", disk, settings });
    },
  };
});

test("committed offsets survive many commits, and their topic does not grow without end", async () => {
  const disk = new SimulatedDisk();
  const log = await openStreamerLog({ directory: "/data", disk });
  const group = "g".repeat(30_000);
  for (let at = 0; at < 400; at += 1) await log.commit(group, "t", at % 3, at);
  await log.close();
  const bytes = disk.paths().reduce((sum, path) => sum + (path.endsWith(".log") ? (disk.size(path) ?? 0) : 0), 0);
  expect(bytes).toBeLessThan(8 * 2 ** 20);
  const again = await openStreamerLog({ directory: "/data", disk });
  expect(await Promise.all([0, 1, 2].map((at) => again.committed(group, "t", at)))).toEqual([399, 397, 398]);
  await again.close();
});

test("commit refuses a group whose name no Kafka client could ask for", async () => {
  const log = await openStreamerLog({ directory: "/data", disk: new SimulatedDisk() });
  await expect(log.commit("g".repeat(40_000), "t", 0, 1)).rejects.toMatchObject({ code: "group-name-invalid" });
  await log.close();
});

test("offsets that an earlier version kept are taken over once, and never instead of newer ones", async () => {
  const disk = new SimulatedDisk();
  const storage = await openStorage({ directory: "/data", disk });
  await storage.createTopic({ name: "__offsets", partitions: 1, compacted: true });
  const commits = [
    ["a", 1],
    ["b", 2],
    ["a", 7],
  ] as const;
  for (const [group, offset] of commits) {
    const record = {
      key: encodeText(JSON.stringify([group, "t", 3])),
      value: encodeText(String(offset)),
      timestampMs: 0,
    };
    storage.partition("__offsets", 0).append(encodeRecordBatch([record]), { trusted: true });
  }
  await storage.close();
  const log = await openStreamerLog({ directory: "/data", disk });
  expect(await log.committed("a", "t", 3)).toBe(7);
  expect(await log.committed("b", "t", 3)).toBe(2);
  expect(log.storage.topics().has("__offsets")).toBe(false);
  await log.commit("a", "t", 3, 9);
  // As if the process had died before the old topic was gone.
  await log.storage.createTopic({ name: "__offsets", partitions: 1, compacted: true });
  const stale = { key: encodeText(JSON.stringify(["a", "t", 3])), value: encodeText("7"), timestampMs: 0 };
  log.storage.partition("__offsets", 0).append(encodeRecordBatch([stale]), { trusted: true });
  await log.close();
  const again = await openStreamerLog({ directory: "/data", disk });
  expect(await again.committed("a", "t", 3)).toBe(9);
  await again.close();
});

test("read names damage and serves the records around it", async () => {
  const disk = new SimulatedDisk();
  const log = await openStreamerLog({ directory: "/data", disk, clock: new ManualClock() });
  await log.createTopic({ name: "t", partitions: 1 });
  for (let at = 0; at < 5; at += 1) {
    await log.append("t", 0, [{ key: null, value: encodeText(`text ${at}`) }], { acknowledge: "durable" });
  }
  await log.close();
  const path = disk.paths().find((name) => name.includes("/t/0/") && name.endsWith(".log")) ?? "";
  const size = disk.size(path) ?? 0;
  disk.corrupt(path, (bytes) => bytes.map((byte, at) => (at === (size / 5) * 2 + 65 ? byte ^ 16 : byte)));
  const again = await openStreamerLog({ directory: "/data", disk });
  const batch = await again.read("t", 0, 0);
  expect(batch.records.map(({ value }) => decodeText(value ?? new Uint8Array(0)))).toEqual([
    "text 0",
    "text 1",
    "text 3",
    "text 4",
  ]);
  expect(batch.damaged).toEqual([{ firstOffset: 2, nextOffset: 3, reason: "batch crc is wrong" }]);
  expect((await again.verify()).problems).toMatchObject([
    { topic: "t", kind: "damage", firstOffset: 2, nextOffset: 3 },
  ]);
  await again.close();
});

test("append refuses a batch that is larger than the log allows, and takes the next", async () => {
  const log = await openStreamerLog({
    directory: "/data",
    disk: new SimulatedDisk(),
    settings: { batchBytesMax: 1000 },
  });
  await log.createTopic({ name: "t", partitions: 1 });
  const large = [{ key: null, value: new Uint8Array(1000) }];
  await expect(log.append("t", 0, large, { acknowledge: "durable" })).rejects.toMatchObject({
    code: "log-record-too-large",
  });
  const small = [{ key: null, value: new Uint8Array(100) }];
  expect(await log.append("t", 0, small, { acknowledge: "durable" })).toEqual({ baseOffset: 0 });
  await log.close();
});

test("append goes on in a new segment by itself after the disk refused once", async () => {
  const disk = new SimulatedDisk();
  const log = await openStreamerLog({ directory: "/data", disk });
  await log.createTopic({ name: "t", partitions: 1 });
  let failures = 1;
  disk.fault = (operation, path) => {
    if (operation !== "sync" || !path.endsWith(".log")) return undefined;
    failures -= 1;
    return failures >= 0 ? "EIO" : undefined;
  };
  const one = [{ key: null, value: encodeText("x") }];
  await expect(log.append("t", 0, one, { acknowledge: "durable" })).rejects.toMatchObject({ code: "log-disk-failed" });
  // The caller does what `retry: true` says, at once.
  expect(await log.append("t", 0, one, { acknowledge: "durable" })).toEqual({ baseOffset: 1 });
  expect(log.health()).toBe("suspect");
  const { damaged, records } = await log.read("t", 0, 0);
  expect(records.map(({ offset }) => offset)).toEqual([1]);
  expect(damaged).toMatchObject([{ firstOffset: 0, nextOffset: 1 }]);
  await log.close();
});

test("onAppend tells of a batch in the same turn it was accepted in", async () => {
  const log = await openStreamerLog({ directory: "/data", disk: new SimulatedDisk() });
  await log.createTopic({ name: "t", partitions: 1 });
  const told: number[] = [];
  log.onAppend("t", 0, ({ baseOffset, nextOffset }) => told.push(baseOffset, nextOffset));
  await log.append(
    "t",
    0,
    [
      { key: null, value: null },
      { key: null, value: null },
    ],
    { acknowledge: "accepted" },
  );
  expect(told).toEqual([0, 2]);
  await log.close();
});
