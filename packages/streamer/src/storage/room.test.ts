import { seededRandom } from "@kaelix/base";
import { inspectBatch, readBatchHeader } from "@kaelix/protocol";
import { expect, test } from "vitest";

import { endOfWritten, ROOM_BYTES_MAX, ROOM_BYTES_MIN, roomAt } from "./room.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { appendTexts, copyDisk, openTest, PARTITION_DIRECTORY, readAll } from "./testing.ts";
import { verifyStorage } from "./verify.ts";

const LOG = `${PARTITION_DIRECTORY}/00000000000000000000.log`;

test("who waits for the disk has room written ahead, so that the file does not grow with the next batches", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk);
  await appendTexts(partition, ["nobody waits"], { accepted: true });
  expect(disk.size(LOG)).toBe(partition.sizeBytes());
  const sizes = new Set<number>();
  for (let at = 0; at < 50; at += 1) {
    await appendTexts(partition, [`text ${at}`]);
    sizes.add(disk.size(LOG) ?? 0);
  }
  expect(sizes.size).toBe(1);
  const size = disk.size(LOG) ?? 0;
  expect(size - partition.sizeBytes()).toBeGreaterThan(ROOM_BYTES_MIN / 2);
  for (let at = 0; at < 40; at += 1) await appendTexts(partition, ["x".repeat(20_000)]);
  expect((disk.size(LOG) ?? 0) - partition.sizeBytes()).toBeLessThanOrEqual(ROOM_BYTES_MAX);
  // What has no place in it is not worth it.
  await appendTexts(partition, ["x".repeat(ROOM_BYTES_MAX)]);
  expect(disk.size(LOG)).toBe(partition.sizeBytes());
});

test("a segment is cut to its batches when it is sealed and at a clean stop, and never has room beyond its greatest size", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk, { segmentBytesMax: 2000 });
  for (let at = 0; at < 20; at += 1) {
    await appendTexts(partition, ["x".repeat(300)]);
    for (const path of disk.paths()) if (path.endsWith(".log")) expect(disk.size(path)).toBeLessThanOrEqual(2000);
  }
  await storage.close();
  const logs = disk.paths().filter((path) => path.endsWith(".log") && path.startsWith(PARTITION_DIRECTORY));
  expect(logs.length).toBeGreaterThan(2);
  const bytes = logs.reduce((sum, path) => sum + (disk.size(path) ?? 0), 0);
  expect(bytes).toBe(partition.sizeBytes());
});

test("room behind the last batch of a killed process is neither torn nor damage", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk);
  for (let at = 0; at < 5; at += 1) await appendTexts(partition, [`text ${at}`]);
  const size = partition.sizeBytes();
  expect(disk.size(LOG)).toBeGreaterThan(size);
  const killed = copyDisk(disk);
  expect((await verifyStorage("/data", killed)).problems).toEqual([]);
  const { partition: reopened } = await openTest(killed);
  expect(reopened.report).toEqual({ scannedBytes: size, tornBytes: 0, damaged: [] });
  expect(killed.size(LOG)).toBe(size);
  expect(killed.paths().filter((path) => path.endsWith(".torn"))).toEqual([]);
  expect(await appendTexts(reopened, ["next"])).toBe(5);
});

test("room that is full of nothing but itself is no segment", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk);
  await appendTexts(partition, ["kept"]);
  const killed = copyDisk(disk);
  const empty = `${PARTITION_DIRECTORY}/00000000000000000001.log`;
  killed.open(empty, "create").write(roomAt(0, 4096), 0);
  const { partition: reopened } = await openTest(killed);
  expect(await readAll(reopened)).toEqual({ texts: new Map([[0, "kept"]]), damaged: [] });
  expect(killed.size(empty)).toBeUndefined();
});

/** A partition killed with room behind its batches, and where each of them ends. */
async function killed(count: number): Promise<{ readonly disk: SimulatedDisk; readonly ends: readonly number[] }> {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk);
  const ends: number[] = [];
  for (let at = 0; at < count; at += 1) {
    await appendTexts(partition, [`text ${at} ${"x".repeat(700)}`]);
    ends.push(partition.sizeBytes());
  }
  return { disk: copyDisk(disk), ends };
}

test("a sector that never came to the disk ends the log: what is behind it was never acknowledged, and is kept aside", async () => {
  const { disk, ends } = await killed(6);
  const whole = disk.contentOf(LOG);
  for (let sector = 512; sector + 512 <= (ends[4] ?? 0); sector += 512) {
    const after = copyDisk(disk);
    after.corrupt(LOG, (bytes) => {
      bytes.set(roomAt(sector, 512), sector);
      return bytes;
    });
    const before = ends.filter((end) => end <= sector).length;
    const { partition } = await openTest(after);
    expect(partition.report.damaged, `sector at ${sector}`).toEqual([]);
    expect(partition.bounds().endOffset).toBe(before);
    expect(partition.report.tornBytes).toBe((ends[5] ?? 0) - (ends[before - 1] ?? 0));
    const aside = after.paths().find((path) => path.endsWith(".torn")) ?? "";
    expect(after.contentOf(aside).slice(-600)).toEqual(whole.slice((ends[5] ?? 0) - 600, ends[5]));
    expect(await appendTexts(partition, ["next"])).toBe(before);
    expect((await readAll(partition)).damaged).toEqual([]);
  }
});

test.each([
  ["zeros", new Uint8Array(512)],
  ["noise", seededRandom(7).bytes(512)],
  ["half a sector of room", new Uint8Array([...roomAt(1024, 256), ...new Uint8Array(256)])],
])("a sector of %s where records were is damage: all that is valid behind it is served", async (_, sector) => {
  const { disk } = await killed(6);
  disk.corrupt(LOG, (bytes) => {
    bytes.set(sector, 1024);
    return bytes;
  });
  const { partition } = await openTest(disk);
  const { damaged, texts } = await readAll(partition);
  expect(damaged).toMatchObject([{ firstOffset: 1, nextOffset: 2 }]);
  expect([...texts.keys()]).toEqual([0, 2, 3, 4, 5]);
  expect(partition.report.tornBytes).toBe(0);
});

test("what a checkpoint knows to be durable is damage, whatever stands there now", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk);
  for (let at = 0; at < 6; at += 1) await appendTexts(partition, [`text ${at} ${"x".repeat(700)}`]);
  await storage.close();
  // Without its index the segment is read from its beginning.
  disk.remove(LOG.replace(".log", ".index"));
  disk.corrupt(LOG, (bytes) => {
    bytes.set(roomAt(1024, 512), 1024);
    return bytes;
  });
  const { partition: reopened } = await openTest(disk);
  const { damaged, texts } = await readAll(reopened);
  expect(damaged).toMatchObject([{ firstOffset: 1, nextOffset: 2 }]);
  expect([...texts.keys()]).toEqual([0, 2, 3, 4, 5]);
});

test("room that the disk has no place for is done without", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk);
  await appendTexts(partition, ["accepted"], { accepted: true });
  disk.bytesMax = disk.paths().reduce((sum, path) => sum + (disk.size(path) ?? 0), 0) + 1000;
  for (let at = 0; at < 5; at += 1) await appendTexts(partition, [`text ${at}`]);
  expect(disk.size(LOG)).toBe(partition.sizeBytes());
  expect((await readAll(partition)).texts.size).toBe(6);
});

test("endOfWritten finds the last byte that is no room, across slices and at its borders", async () => {
  const disk = new SimulatedDisk();
  const file = disk.open("/file", "create");
  const total = 3 * 65_536 + 100;
  for (let at = 0; at < total; at += ROOM_BYTES_MAX) file.write(roomAt(at, Math.min(ROOM_BYTES_MAX, total - at)), at);
  expect(await endOfWritten(file, 0, total)).toBe(0);
  for (const at of [0, 1, 99, 65_535, 65_536, 131_171, total - 17, total - 16, total - 1]) {
    file.write(Uint8Array.of(1), at);
    // Fifteen bytes may be the end of what was written.
    expect(await endOfWritten(file, 0, total)).toBe(at === total - 16 ? total : at + 1);
    expect(await endOfWritten(file, at + 1, total)).toBe(at + 1);
    file.write(roomAt(at, 1), at);
  }
});

test("room is no batch from whatever position it is read", () => {
  const room = roomAt(0, 4096);
  for (let at = 0; at < 64; at += 1) {
    expect(inspectBatch(room, at)).toEqual({ type: "bad", reason: "magic" });
    expect(readBatchHeader(room, at)?.sizeBytes).toBeGreaterThan(2 ** 30);
  }
});
