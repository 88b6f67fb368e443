/** Stories that the simulation told first, each with the seed that told it. */
import { encodeText, isKaelixError, ManualClock, seededRandom } from "@kaelix/base";
import { encodeRecordBatch } from "@kaelix/protocol";
import { expect, test } from "vitest";

import { roomAt } from "./room.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { openStorage } from "./storage.ts";
import { appendTexts, DIRECTORY, openTest, PARTITION_DIRECTORY, readAll } from "./testing.ts";
import { verifyStorage } from "./verify.ts";

const settings = { segmentBytesMax: 500, background: false };

async function appendKeyed(partition: Awaited<ReturnType<typeof openTest>>["partition"], count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const record = { key: encodeText(`k${at % 3}`), value: encodeText(`${at} ${"x".repeat(90)}`), timestampMs: 1 };
    partition.append(encodeRecordBatch([record]), { trusted: true });
  }
  await partition.flush();
}

// Seed 3.
test("a segment that is hashed while compaction replaces it leaves no hash of what is gone", async () => {
  for (let turns = 0; turns < 12; turns += 1) {
    const disk = new SimulatedDisk();
    const { partition, storage } = await openTest(disk, { ...settings, segmentBytesMax: 700 });
    await appendKeyed(partition, 20);
    const compacting = storage.compact("t");
    for (let turn = 0; turn < turns; turn += 1) await nextTurn();
    await Promise.all([storage.hashSealed(), compacting]);
    await storage.hashSealed();
    await storage.scrub();
    expect(storage.report().problems, `after ${turns} turns`).toEqual([]);
    expect((await verifyStorage(DIRECTORY, disk)).problems, `after ${turns} turns`).toEqual([]);
  }
});

// Seed 174.
test("a hash chain that the full disk did not take is not said to be missing", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk, settings);
  for (let at = 0; at < 10; at += 1) await appendTexts(partition, [`${at} ${"x".repeat(90)}`]);
  disk.fault = (operation, path) => (operation === "open" && path.endsWith("chain.tmp") ? "ENOSPC" : undefined);
  await storage.hashSealed();
  disk.fault = () => undefined;
  await storage.close();
  expect((await verifyStorage(DIRECTORY, disk)).problems).toEqual([]);
});

// Seeds 1169 and 1270.
test("a topic whose creation was cut short by kill -9 stays once it was served, also after a power cut", async () => {
  const seeds = Array.from({ length: 20 }, (_, at) => at);
  const disk = new SimulatedDisk();
  const storage = await openStorage({ directory: DIRECTORY, disk, clock: new ManualClock(), settings });
  let killed: SimulatedDisk | undefined;
  disk.fault = (operation, path) => {
    // Its file has its name, but the name is not durable yet.
    if (
      operation === "syncDirectory" &&
      disk.size(`${DIRECTORY}/topics/t/topic.json`) !== undefined &&
      path.endsWith("/t")
    )
      killed ??= disk.afterKill();
    return undefined;
  };
  await storage.createTopic({ name: "t", partitions: 1 });
  if (killed === undefined) throw new Error("Nothing was killed");
  const again = await openStorage({ directory: DIRECTORY, disk: killed, clock: new ManualClock(), settings });
  const offset = await appendTexts(again.partition("t", 0), ["acknowledged"]);
  for (const seed of seeds) {
    const after = await openStorage({
      directory: DIRECTORY,
      disk: killed.cut(seededRandom(seed)),
      clock: new ManualClock(),
      settings,
    });
    expect((await readAll(after.partition("t", 0))).texts.get(offset), `seed ${seed}`).toBe("acknowledged");
    await after.close();
  }
});

// Seed 778 and 3691.
test("a segment that the disk does not remove stays first: nothing behind it goes, and the refusal is ours", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk, settings);
  for (let at = 0; at < 20; at += 1) await appendTexts(partition, [`${at} ${"x".repeat(90)}`]);
  await storage.hashSealed();
  const first = `${PARTITION_DIRECTORY}/${"0".repeat(20)}.log`;
  disk.fault = (operation, path) => (operation === "remove" && path === first ? "EIO" : undefined);
  await storage.updateTopic("t", { retentionBytes: 600 });
  const refusal: unknown = await storage.applyRetention().catch((error: unknown) => error);
  expect(isKaelixError(refusal, "log-disk-failed")).toBe(true);
  await storage.applyRetention().catch(() => undefined);
  expect(partition.bounds().startOffset).toBe(0);
  disk.fault = () => undefined;
  const killed = await openTest(disk.afterKill(), settings);
  expect(killed.partition.report.damaged).toEqual([]);
  expect((await readAll(killed.partition)).texts.size).toBe(20);
  await storage.applyRetention();
  expect(partition.bounds().startOffset).toBeGreaterThan(0);
  await storage.hashSealed();
  expect((await verifyStorage(DIRECTORY, disk)).problems).toEqual([]);
});

// Seed 4519.
test("of two deletions of records at once the larger one stays, also after a restart", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk, settings);
  await appendTexts(partition, ["a", "b", "c", "d", "e", "f", "g", "h"]);
  expect(await Promise.all([partition.deleteRecords(7), partition.deleteRecords(4)])).toEqual([7, 7]);
  const again = await openTest(disk.cut(seededRandom(1)), settings);
  expect(again.partition.bounds().startOffset).toBe(7);
});

// Seed 3712.
test("a segment whose sync failed does not come back over what was appended after a restart", async () => {
  const disk = new SimulatedDisk();
  const first = await openTest(disk, settings);
  await appendTexts(first.partition, ["a", "b"]);
  await first.storage.close();
  const second = await openTest(disk, settings);
  second.partition.roll();
  // The new segment's name and bytes come to the disk; the sync of the directory says they do not.
  let hasFailed = false;
  disk.fault = (operation, path) => {
    const fails = operation === "syncDirectory" && path === PARTITION_DIRECTORY && !hasFailed;
    hasFailed ||= fails;
    return fails || (hasFailed && operation === "remove" && path.endsWith("probe.tmp")) ? "EIO" : undefined;
  };
  await expect(appendTexts(second.partition, ["refused"])).rejects.toThrow();
  await second.partition.settled();
  await second.storage.close();
  disk.fault = () => undefined;
  const third = await openTest(disk, settings);
  const offset = await appendTexts(third.partition, ["acknowledged"]);
  for (let seed = 0; seed < 20; seed += 1) {
    const after = await openTest(disk.cut(seededRandom(seed)), settings);
    expect((await readAll(after.partition)).texts.get(offset), `seed ${seed}`).toBe("acknowledged");
  }
});

// Seed 1405.
test("a last segment without a whole batch does not make a hole of what was lost before it", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk, settings);
  await appendTexts(partition, ["a", "b"]);
  const name = `${PARTITION_DIRECTORY}/${"5".padStart(20, "0")}.log`;
  const torn = disk.open(name, "create");
  torn.write(
    encodeRecordBatch([{ key: null, value: encodeText("never acknowledged"), timestampMs: 1 }]).subarray(0, 70),
    0,
  );
  const killed = disk.afterKill();
  const again = await openTest(killed, settings);
  expect(again.partition.report.damaged).toEqual([]);
  expect(again.partition.bounds()).toEqual({ startOffset: 0, endOffset: 2, durableOffset: 2 });
  expect(killed.size(name.replace(".log", "-0.torn"))).toBe(70);
});

// Seed 109371.
test("a swap that the disk refused at any operation is finished before retention drops anything", async () => {
  let count = 0;
  let isStarted = false;
  for (let fatal = 1; fatal < count + 2; fatal += 1) {
    const disk = new SimulatedDisk();
    const { partition, storage } = await openTest(disk, { ...settings, segmentBytesMax: 400 });
    await appendKeyed(partition, 7);
    count = 0;
    isStarted = false;
    disk.fault = (operation, path) => {
      if (isStarted) count += 1;
      isStarted ||= operation === "rename" && path.endsWith(".cleaned");
      return isStarted && count === fatal ? "EIO" : undefined;
    };
    await storage.compact("t").catch(() => undefined);
    disk.fault = () => undefined;
    await appendTexts(partition, ["x".repeat(200), "y".repeat(200)]);
    await appendTexts(partition, ["z".repeat(400)]);
    await partition.dropBefore(7);
    expect(partition.bounds().startOffset, `operation ${fatal}`).toBe(7);
    const again = await openTest(disk.afterKill(), settings);
    expect(again.partition.bounds().startOffset, `operation ${fatal}`).toBe(7);
    expect(again.partition.report.damaged, `operation ${fatal}`).toEqual([]);
    await storage.hashSealed();
    expect((await verifyStorage(DIRECTORY, disk)).problems, `operation ${fatal}`).toEqual([]);
  }
  expect(count).toBeGreaterThan(20);
});

// Seed 9540.
test("a swap that the disk refused is finished by the next compaction", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk, { ...settings, segmentBytesMax: 700 });
  await appendKeyed(partition, 20);
  const isSwap = (path: string): boolean => path.endsWith(".swap");
  disk.fault = (operation, path) => (operation === "rename" && isSwap(path) ? "ENOSPC" : undefined);
  await expect(storage.compact("t")).rejects.toThrow();
  expect(disk.paths().filter(isSwap)).toHaveLength(1);
  disk.fault = () => undefined;
  const [report] = await storage.compact("t");
  expect(disk.paths().filter(isSwap)).toEqual([]);
  expect(report?.cleanedTo).toBe(20);
  expect((await readAll(partition)).texts.size).toBe(3);
});

// Seeds 266 and 817.
test("a checkpoint says nothing of a segment that begins at the durable end", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk, { ...settings, checkpointBytes: 1 });
  const durable = appendTexts(partition, ["a", "b", "c"]);
  // The sync is under way: what comes now is not part of it.
  await Promise.resolve();
  await Promise.resolve();
  partition.roll();
  await appendTexts(partition, ["accepted and no more"], { accepted: true });
  await durable;
  expect(partition.bounds()).toEqual({ startOffset: 0, endOffset: 4, durableOffset: 3 });
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
  expect(disk.paths()).toContain(`${PARTITION_DIRECTORY}/checkpoint`);
  for (let seed = 0; seed < 20; seed += 1) {
    const after = await openTest(disk.cut(seededRandom(seed)), settings);
    expect(after.partition.report.damaged, `seed ${seed}`).toEqual([]);
  }
});

// Seeds 205544, and 461336 with more than the base offset in that sector.
test("a batch whose base offset went with the sector before it is not read at the offset of what was lost there", async () => {
  for (let lostBytes = 0; lostBytes <= 11; lostBytes += 1) {
    const disk = new SimulatedDisk();
    const { partition } = await openTest(disk);
    await appendTexts(partition, ["a".repeat(512 - lostBytes - batchBytes("a".repeat(300)) + 300)]);
    expect(partition.sizeBytes()).toBe(512 - lostBytes);
    await appendTexts(partition, ["b"]);
    const withOne = disk.afterKill();
    await appendTexts(partition, ["c"]);
    for (const [after, following] of [
      [withOne, []],
      [disk.afterKill(), [[2, "c"]]],
    ] as const) {
      after.corrupt(`${PARTITION_DIRECTORY}/${"0".repeat(20)}.log`, (bytes) => bytes.fill(0, 0, 512));
      const { texts } = await readAll((await openTest(after)).partition);
      // With fewer bytes lost the base offset still says 1.
      const read = lostBytes >= 8 ? following : [[1, "b"], ...following];
      expect([...texts], `${lostBytes} bytes`).toEqual(read);
    }
  }
});

// Seed 582464: the file of a segment that a checkpoint knew was gone, and the checkpoint after the next one knew nothing of it.
test("offsets of a last segment that is gone are never given again, however often the log is opened", async () => {
  const disk = new SimulatedDisk();
  const first = await openTest(disk);
  await appendTexts(first.partition, ["a"]);
  first.partition.roll();
  await appendTexts(first.partition, ["b"]);
  await first.storage.close();
  disk.remove(`${PARTITION_DIRECTORY}/${"1".padStart(20, "0")}.log`);
  for (let opening = 0; opening < 3; opening += 1) {
    const { partition, storage } = await openTest(disk);
    expect(partition.bounds().endOffset).toBe(2);
    expect(partition.report.damaged).toMatchObject([{ firstOffset: 1, nextOffset: 2 }]);
    await storage.close();
  }
  const last = await openTest(disk);
  await appendTexts(last.partition, ["c"]);
  expect([...(await readAll(last.partition)).texts]).toEqual([
    [0, "a"],
    [2, "c"],
  ]);
});

// Seed 606728: what was appended behind the end that a checkpoint knew of a sealed segment was not looked at once another segment followed.
test("a segment that a checkpoint knows to be sealed does not go on when the one after it is gone", async () => {
  const disk = new SimulatedDisk();
  const first = await openTest(disk);
  await appendTexts(first.partition, ["a"]);
  first.partition.roll();
  disk.fault = (operation, path) => (operation === "write" && path.endsWith("1.log") ? "EIO" : undefined);
  await expect(appendTexts(first.partition, ["refused"])).rejects.toThrow("Disk");
  disk.fault = () => undefined;
  await first.storage.close();
  disk.remove(`${PARTITION_DIRECTORY}/${"1".padStart(20, "0")}.log`);
  const second = await openTest(disk);
  expect(second.partition.bounds().endOffset).toBe(1);
  await appendTexts(second.partition, ["c"]);
  second.partition.roll();
  await appendTexts(second.partition, ["d"]);
  const third = await openTest(disk.afterKill());
  expect([...(await readAll(third.partition)).texts.values()]).toEqual(["a", "c", "d"]);
});

// Seed 655645: a segment was dropped before the name of the one after it was durable, and nothing knew any more where the log ended.
test("the end of a log stays known when retention runs while a segment is begun that the disk refuses", async () => {
  for (let turns = 0; turns < 12; turns += 1) {
    const clock = new ManualClock(1_000_000);
    const disk = new SimulatedDisk();
    const first = await openTest(disk, {}, clock);
    await first.storage.createTopic({ name: "old", partitions: 1, retentionMs: 1000 });
    await appendTexts(first.storage.partition("old", 0), ["a", "b"], { timestampMs: 1_000_000 });
    const killed = disk.afterKill();
    clock.jumpTo(2_000_000);
    const { storage } = await openTest(killed, {}, clock);
    killed.fault = (operation, path) =>
      operation === "syncDirectory" && path.endsWith("old/0") ? "ENOSPC" : undefined;
    const compacting = storage.partition("old", 0).upkeep.compact();
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    await Promise.allSettled([compacting, storage.applyRetention()]);
    await storage.partition("old", 0).settled();
    killed.fault = () => undefined;
    await storage.close();
    const again = await openTest(killed, {}, clock);
    expect(again.storage.partition("old", 0).bounds().endOffset, `after ${turns} turns`).toBe(2);
  }
});

// Seed 770008: of the room behind a segment that was sealed a power cut left some sectors, and of others zeros.
test("what a power cut leaves of the room behind a sealed segment is nothing to be told of", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk);
  await appendTexts(partition, ["a"]);
  const bytes = partition.sizeBytes();
  partition.roll();
  await appendTexts(partition, ["b"]);
  const killed = disk.afterKill();
  killed.corrupt(`${PARTITION_DIRECTORY}/${"0".repeat(20)}.log`, (batch) =>
    Buffer.concat([batch.subarray(0, bytes), new Uint8Array(1024 - bytes), roomAt(1024, 300)]),
  );
  const again = await openTest(killed);
  expect([...(await readAll(again.partition)).texts.values()]).toEqual(["a", "b"]);
  expect((await verifyStorage(DIRECTORY, killed)).problems).toEqual([]);
});

/** Size of a batch of one text. */
function batchBytes(text: string): number {
  return encodeRecordBatch([{ key: null, value: encodeText(text), timestampMs: 1 }]).length;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
