import { isKaelixError, ManualClock, seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { CHECKPOINT_NAME } from "./checkpoint.ts";
import { ROOM_BYTES_MIN } from "./room.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { appendTexts, copyDisk, openTest, PARTITION_DIRECTORY, readAll } from "./testing.ts";

/** Has no place in the room that is written ahead. */
const LARGE = "no room ".repeat(ROOM_BYTES_MIN / 8);
const LOG = `${PARTITION_DIRECTORY}/00000000000000000000.log`;

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "none";
  } catch (error) {
    return isKaelixError(error) ? error.code : "other";
  }
}

test("a failed sync is never acknowledged, never retried on its file, never shown, and its offsets are not given again", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk);
  await appendTexts(partition, ["kept 0", "kept 1"]);
  const syncs: string[] = [];
  let failures = 1;
  disk.fault = (operation, path) => {
    if (operation !== "sync" || !path.endsWith(".log")) return undefined;
    syncs.push(path);
    failures -= 1;
    return failures >= 0 ? "EIO" : undefined;
  };
  const refused = await Promise.all([
    codeOf(appendTexts(partition, ["refused 2"])),
    codeOf(appendTexts(partition, ["refused 3"])),
  ]);
  expect(refused).toEqual(["log-disk-failed", "log-disk-failed"]);
  await partition.settled();
  expect(partition.health).toBe("suspect");
  expect(await appendTexts(partition, ["new segment"])).toBe(4);
  expect(await codeOf(partition.durable(3))).toBe("log-disk-failed");
  expect(await codeOf(partition.durable(4))).toBe("log-disk-failed");
  expect(await codeOf(partition.durable(5))).toBe("none");
  expect(syncs.filter((path) => path === LOG)).toHaveLength(1);
  const { damaged, texts } = await readAll(partition);
  expect([...texts]).toEqual([
    [0, "kept 0"],
    [1, "kept 1"],
    [4, "new segment"],
  ]);
  expect(damaged).toMatchObject([{ firstOffset: 2, nextOffset: 4 }]);
});

/** A disk after a clean stop, on which what a failed sync refused stands behind "kept", since it could not be cut off; then "after" in a segment of its own. */
async function withRefused(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk);
  await appendTexts(partition, ["kept"]);
  disk.fault = (operation, path) => {
    if (operation === "truncate") return "EIO";
    return operation === "sync" && path === LOG ? "EIO" : undefined;
  };
  expect(await codeOf(appendTexts(partition, ["refused"]))).toBe("log-disk-failed");
  await partition.settled();
  await appendTexts(partition, ["after"]);
  disk.fault = () => undefined;
  await storage.close();
  return disk;
}

test("what a failed sync refused stays hidden after a restart, even when it could not be cut off", async () => {
  const { partition } = await openTest(await withRefused());
  expect([...(await readAll(partition)).texts.values()]).toEqual(["kept", "after"]);
});

test("what a failed sync refused stays hidden when the segment after it is gone", async () => {
  const disk = await withRefused();
  disk.remove(`${PARTITION_DIRECTORY}/${"2".padStart(20, "0")}.log`);
  for (let opening = 0; opening < 2; opening += 1) {
    const { partition, storage } = await openTest(disk);
    expect([...(await readAll(partition)).texts.values()]).toEqual(["kept"]);
    expect(partition.bounds().endOffset).toBe(3);
    await storage.close();
  }
  disk.remove(`${PARTITION_DIRECTORY}/${"0".repeat(20)}.index`);
  const unindexed = await openTest(disk);
  expect([...(await readAll(unindexed.partition)).texts.values()]).toEqual(["kept"]);
});

test("a reader that waits at the beginning goes on when the very first records were refused", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk);
  disk.fault = (operation, path) => (operation === "sync" && path === LOG ? "EIO" : undefined);
  expect(await codeOf(appendTexts(partition, ["refused"]))).toBe("log-disk-failed");
  await partition.settled();
  await appendTexts(partition, ["kept"]);
  const expected = { texts: new Map([[1, "kept"]]), damaged: [{ firstOffset: 0, nextOffset: 1 }] };
  expect(await readAll(partition, 0)).toMatchObject(expected);
  const killed = await openTest(copyDisk(disk));
  expect(await readAll(killed.partition, 0)).toMatchObject(expected);
  await storage.close();
  expect(await readAll((await openTest(disk)).partition, 0)).toMatchObject(expected);
});

test("a disk that goes on failing refuses appends, serves reads, and takes appends again once it is well", async () => {
  const disk = new SimulatedDisk();
  const clock = new ManualClock();
  const { partition, storage } = await openTest(disk, {}, clock);
  await appendTexts(partition, ["kept"]);
  disk.fault = (operation) => (operation === "sync" || operation === "syncDirectory" ? "EIO" : undefined);
  expect(await codeOf(appendTexts(partition, ["refused"]))).toBe("log-disk-failed");
  await partition.settled();
  expect(storage.health()).toBe("failed");
  expect(await codeOf(appendTexts(partition, ["refused too"]))).toBe("log-disk-failed");
  expect([...(await readAll(partition)).texts.values()]).toEqual(["kept"]);
  disk.fault = () => undefined;
  clock.advance(2000);
  expect(await codeOf(appendTexts(partition, ["starts the check"]))).toBe("log-disk-failed");
  await partition.settled();
  expect(storage.health()).toBe("suspect");
  await appendTexts(partition, ["well again"]);
  expect([...(await readAll(partition)).texts.values()]).toEqual(["kept", "well again"]);
});

test("a sync that was wanted beside one that failed makes nothing durable", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk);
  await appendTexts(partition, ["kept"]);
  let beside: Promise<string> | undefined;
  disk.fault = (operation, path) => {
    if (operation === "sync" && path === LOG) beside = codeOf(appendTexts(partition, ["refused beside it"]));
    return operation === "sync" ? "EIO" : undefined;
  };
  expect(await codeOf(appendTexts(partition, ["refused"]))).toBe("log-disk-failed");
  expect(await beside).toBe("log-disk-failed");
  await partition.settled();
  await new Promise((resolve) => void setImmediate(resolve));
  expect(partition.bounds()).toMatchObject({ endOffset: 3, durableOffset: 1 });
});

test("what readers passed after a failed sync is not given again, whenever the power is cut", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk);
  await appendTexts(partition, ["kept"]);
  const passed: SimulatedDisk[] = [];
  const cut = (): void => {
    if (partition.bounds().durableOffset < 2) return;
    for (let seed = 0; seed < 20; seed += 1) passed.push(disk.cut(seededRandom(seed)));
  };
  let failures = 1;
  disk.fault = (operation, path) => {
    cut();
    if (operation !== "sync" || path !== LOG) return undefined;
    failures -= 1;
    return failures >= 0 ? "EIO" : undefined;
  };
  expect(await codeOf(appendTexts(partition, ["refused"]))).toBe("log-disk-failed");
  expect(await partition.waitFor(1, "durable")).toBe(true);
  cut();
  await partition.settled();
  await appendTexts(partition, ["next"], { accepted: true });
  cut();
  expect(passed.length).toBeGreaterThan(20);
  for (const after of passed) expect(await appendTexts((await openTest(after)).partition, ["new"])).toBeGreaterThan(1);
});

test("a disk that takes everything but the checkpoint has failed still, and nobody passes what it refused", async () => {
  const disk = new SimulatedDisk();
  const clock = new ManualClock();
  const { partition } = await openTest(disk, {}, clock);
  await appendTexts(partition, ["kept"]);
  disk.fault = (operation, path) =>
    (operation === "sync" && path === LOG) || path.includes(CHECKPOINT_NAME) ? "EIO" : undefined;
  expect(await codeOf(appendTexts(partition, ["refused"]))).toBe("log-disk-failed");
  await partition.settled();
  expect(await codeOf(appendTexts(partition, ["refused too"]))).toBe("log-disk-failed");
  expect(partition.bounds().durableOffset).toBe(1);
  disk.fault = () => undefined;
  clock.advance(2000);
  expect(await codeOf(appendTexts(partition, ["starts the check"]))).toBe("log-disk-failed");
  await partition.settled();
  expect(await appendTexts(partition, ["well again"])).toBe(2);
});

test("a full disk refuses appends without a trace, serves reads, and takes appends again when there is room", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk);
  await appendTexts(partition, ["kept 0"]);
  const size = partition.sizeBytes();
  disk.bytesMax = disk.paths().reduce((sum, path) => sum + (disk.size(path) ?? 0), 0) + 40;
  for (let at = 0; at < 3; at += 1) expect(await codeOf(appendTexts(partition, [LARGE]))).toBe("log-disk-full");
  expect(disk.size(LOG)).toBe(size);
  expect(storage.health()).toBe("ok");
  expect([...(await readAll(partition)).texts.values()]).toEqual(["kept 0"]);
  disk.bytesMax = Number.POSITIVE_INFINITY;
  expect(await appendTexts(partition, ["kept 1"])).toBe(1);
  const reopened = await openTest(copyDisk(disk));
  expect([...(await readAll(reopened.partition)).texts.values()]).toEqual(["kept 0", "kept 1"]);
});

test.each(["ENOSPC", "EMFILE", "EIO"])(
  "a new segment that cannot be made (%s) refuses that batch alone",
  async (code) => {
    const disk = new SimulatedDisk();
    const { partition } = await openTest(disk, { segmentBytesMax: 300 });
    await appendTexts(partition, ["x".repeat(200)]);
    disk.fault = (operation, path) => (operation === "open" && path.endsWith(".log") ? code : undefined);
    const expected = code === "ENOSPC" ? "log-disk-full" : "log-disk-failed";
    expect(await codeOf(appendTexts(partition, ["y".repeat(200)]))).toBe(expected);
    disk.fault = () => undefined;
    expect(await appendTexts(partition, ["z"])).toBe(1);
    expect((await readAll(partition)).texts.size).toBe(2);
  },
);

test("a write that fails halfway leaves nothing behind, also when the rollback fails", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk);
  await appendTexts(partition, ["kept"]);
  disk.bytesMax = disk.paths().reduce((sum, path) => sum + (disk.size(path) ?? 0), 0) + 70;
  disk.fault = (operation) => (operation === "truncate" ? "EIO" : undefined);
  expect(await codeOf(appendTexts(partition, [LARGE]))).toBe("log-disk-full");
  disk.bytesMax = Number.POSITIVE_INFINITY;
  disk.fault = () => undefined;
  const killed = await openTest(copyDisk(disk));
  expect([...(await readAll(killed.partition)).texts.values()]).toEqual(["kept"]);
  expect(await appendTexts(partition, ["short"])).toBe(1);
  expect([...(await readAll(partition)).texts.values()]).toEqual(["kept", "short"]);
});

test("a full disk still opens with a torn tail, serves what is whole, and cuts nothing it cannot keep aside", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk);
  await appendTexts(partition, ["kept 0"]);
  await appendTexts(partition, ["torn"]);
  const torn = copyDisk(disk);
  torn.corrupt(LOG, (bytes) => bytes.slice(0, partition.sizeBytes() - 3));
  const before = torn.contentOf(LOG);
  torn.bytesMax = 0;
  const full = await openTest(torn);
  expect([...(await readAll(full.partition)).texts.values()]).toEqual(["kept 0"]);
  expect(await codeOf(appendTexts(full.partition, ["no room"]))).toBe("log-disk-full");
  expect(torn.contentOf(LOG)).toEqual(before);
  torn.bytesMax = Number.POSITIVE_INFINITY;
  expect(await appendTexts(full.partition, ["kept 1"])).toBe(1);
  const again = await openTest(copyDisk(torn));
  expect(await readAll(again.partition)).toEqual({
    texts: new Map([
      [0, "kept 0"],
      [1, "kept 1"],
    ]),
    damaged: [],
  });
});

test("a read that the disk refuses is an error of ours, and the next read works", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk);
  await appendTexts(partition, ["kept"]);
  await storage.close();
  const reopened = await openTest(disk);
  disk.fault = (operation) => (operation === "read" ? "EIO" : undefined);
  expect(await codeOf(reopened.partition.read(0, 1000, "durable"))).toBe("log-disk-failed");
  disk.fault = () => undefined;
  expect((await readAll(reopened.partition)).texts.size).toBe(1);
});

test("accepted records become durable by themselves, and are hidden from durable readers until then", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk, { idleFlushMs: 5 });
  await appendTexts(partition, ["soon"], { accepted: true });
  expect(partition.bounds()).toMatchObject({ endOffset: 1, durableOffset: 0 });
  expect((await partition.read(0, 1000, "durable")).batches).toHaveLength(0);
  expect((await partition.read(0, 1000, "accepted")).batches).toHaveLength(1);
  expect(await partition.waitFor(0, "durable")).toBe(true);
  expect(partition.bounds().durableOffset).toBe(1);
});

test("many waiters share one sync, and at most one is under way", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk);
  await appendTexts(partition, ["first"]);
  let syncs = 0;
  disk.fault = (operation, path) => {
    if (operation === "sync" && path === LOG) syncs += 1;
    return undefined;
  };
  await Promise.all(Array.from({ length: 500 }, (_, at) => appendTexts(partition, [`text ${at}`])));
  expect(syncs).toBeLessThanOrEqual(2);
  expect(partition.bounds().durableOffset).toBe(501);
});

test("retention by bytes and by time drops whole oldest segments and never the active one", async () => {
  const disk = new SimulatedDisk();
  const clock = new ManualClock(1_000_000);
  const { storage } = await openTest(disk, { segmentBytesMax: 500 }, clock);
  await storage.createTopic({ name: "bytes", partitions: 1, retentionBytes: 1500 });
  await storage.createTopic({ name: "time", partitions: 1, retentionMs: 1000 });
  const bytes = storage.partition("bytes", 0);
  const time = storage.partition("time", 0);
  for (let at = 0; at < 20; at += 1) {
    await appendTexts(bytes, ["x".repeat(200)], { timestampMs: 1_000_000 });
    await appendTexts(time, ["x".repeat(200)], { timestampMs: 1_000_000 + at * 100 });
  }
  clock.jumpTo(1_002_000);
  await storage.applyRetention();
  expect(bytes.sizeBytes()).toBeGreaterThanOrEqual(1500);
  expect(bytes.sizeBytes()).toBeLessThan(2100);
  expect(time.bounds().startOffset).toBe(10);
  expect((await readAll(time)).texts.size).toBe(10);
  await expect(time.read(3, 100, "durable")).rejects.toMatchObject({ code: "log-offset-out-of-range" });
  clock.jumpTo(9_000_000);
  await storage.applyRetention();
  expect(time.bounds().startOffset).toBeLessThan(20);
  expect((await readAll(time)).texts.get(19)).toBeDefined();
  const again = await openTest(copyDisk(disk));
  expect(again.storage.partition("time", 0).bounds().endOffset).toBe(20);
});

test("a raw batch is checked, gets its offsets in place, and is told to synchronous subscribers", async () => {
  const { partition, storage } = await openTest(new SimulatedDisk());
  const first = await appendTexts(partition, ["a", "b"]);
  const read = await partition.read(first, 1000, "durable");
  const [found] = read.batches;
  if (found === undefined) throw new Error("No batch");
  const raw = found.bytes.slice(found.at, found.at + found.header.sizeBytes);
  const told: number[] = [];
  const stop = partition.onAppend(({ baseOffset, nextOffset }) => told.push(baseOffset, nextOffset));
  expect(partition.append(raw)).toBe(2);
  stop();
  partition.append(raw);
  expect(told).toEqual([2, 4]);
  await partition.flush();
  expect([...(await readAll(partition)).texts.values()]).toEqual(["a", "b", "a", "b", "a", "b"]);
  raw[70] = (raw[70] ?? 0) ^ 1;
  expect(() => partition.append(raw)).toThrow("not a record batch");
  expect(() => partition.append(raw.subarray(0, 65))).toThrow("not a record batch");
  await storage.close();
  expect(() => partition.append(raw)).toThrow("closed");
});

test("waitFor ends when its signal aborts and when the partition closes", async () => {
  const { partition, storage } = await openTest(new SimulatedDisk());
  const abort = new AbortController();
  const aborted = partition.waitFor(0, "durable", abort.signal);
  const closed = partition.waitFor(0, "accepted");
  abort.abort();
  expect(await aborted).toBe(false);
  await storage.close();
  expect(await closed).toBe(false);
});
