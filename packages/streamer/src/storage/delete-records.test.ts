import { isKaelixError, seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { CHECKPOINT_NAME } from "./checkpoint.ts";
import { STATE_NAME } from "./partition-state.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { appendTexts, crashesDuring, openTest, PARTITION_DIRECTORY, readAll } from "./testing.ts";

const settings = { segmentBytesMax: 400 };

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "none";
  } catch (error) {
    return isKaelixError(error) ? error.code : "other";
  }
}

async function tenTexts(disk: SimulatedDisk): Promise<Awaited<ReturnType<typeof openTest>>> {
  const opened = await openTest(disk, settings);
  for (let at = 0; at < 10; at += 1) await appendTexts(opened.partition, [`text ${at} ${"x".repeat(100)}`]);
  return opened;
}

function logs(disk: SimulatedDisk): readonly string[] {
  return disk.paths().filter((path) => path.endsWith(".log"));
}

test("deleteRecords raises the start at once and for good, and removes whole segments below it", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await tenTexts(disk);
  const before = logs(disk).length;
  expect(await partition.deleteRecords(5)).toBe(5);
  expect(partition.bounds().startOffset).toBe(5);
  expect(logs(disk).length).toBeLessThan(before);
  expect(await codeOf(partition.read(4, 100, "durable"))).toBe("log-offset-out-of-range");
  expect([...(await readAll(partition)).texts.keys()]).toEqual([5, 6, 7, 8, 9]);
  expect(await partition.deleteRecords(3)).toBe(5);
  await storage.close();
  const again = await openTest(disk, settings);
  expect(again.partition.bounds()).toEqual({ startOffset: 5, endOffset: 10, durableOffset: 10 });
  expect((await readAll(again.partition)).damaged).toEqual([]);
});

test("deleteRecords to the end leaves nothing on the disk and offsets go on", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await tenTexts(disk);
  expect(await partition.deleteRecords(10)).toBe(10);
  expect(logs(disk).map((path) => disk.size(path))).toEqual([0]);
  await storage.close();
  const again = await openTest(disk, settings);
  expect(again.partition.bounds()).toEqual({ startOffset: 10, endOffset: 10, durableOffset: 10 });
  expect(await appendTexts(again.partition, ["next"])).toBe(10);
});

test("deleteRecords makes durable what it counts and refuses what is beyond the end", async () => {
  const { partition } = await openTest(new SimulatedDisk());
  await appendTexts(partition, ["a", "b", "c"], { accepted: true });
  expect(await codeOf(partition.deleteRecords(4))).toBe("log-offset-out-of-range");
  expect(await codeOf(partition.deleteRecords(-1))).toBe("log-offset-out-of-range");
  expect(await codeOf(partition.deleteRecords(1.5))).toBe("log-offset-out-of-range");
  expect(await partition.deleteRecords(2)).toBe(2);
  expect(partition.bounds()).toEqual({ startOffset: 2, endOffset: 3, durableOffset: 3 });
});

test.each([6, 10])(
  "a crash at any step of deleteRecords(%i) leaves the old or the new start and loses nothing above it",
  async (to) => {
    const disk = new SimulatedDisk();
    const { partition } = await tenTexts(disk);
    const crashes = await crashesDuring(disk, seededRandom(3), () => partition.deleteRecords(to));
    let raised = 0;
    for (const { after, step } of crashes) {
      const reopened = await openTest(after, settings);
      const { startOffset } = reopened.partition.bounds();
      expect([0, to], step).toContain(startOffset);
      if (startOffset === to) raised += 1;
      const { damaged, texts } = await readAll(reopened.partition);
      expect(damaged, step).toEqual([]);
      expect(texts.size, step).toBe(10 - startOffset);
      expect(await appendTexts(reopened.partition, ["next"]), step).toBe(10);
    }
    expect(raised).toBeGreaterThan(4);
  },
);

test.each([STATE_NAME, CHECKPOINT_NAME])(
  "deleted records stay deleted when the file %s is lost or changed",
  async (name) => {
    for (const damage of ["remove", "change"] as const) {
      const disk = new SimulatedDisk();
      const { partition, storage } = await tenTexts(disk);
      await partition.deleteRecords(5);
      await storage.close();
      const path = `${PARTITION_DIRECTORY}/${name}`;
      if (damage === "remove") disk.remove(path);
      else disk.corrupt(path, (bytes) => bytes.map((byte, at) => (at === 20 ? byte ^ 1 : byte)));
      const again = await openTest(disk, settings);
      expect(again.partition.bounds().startOffset).toBe(5);
    }
  },
);

test.each(["EIO", "ENOSPC", "EMFILE"])(
  "a start that cannot be kept (%s) is refused and nothing is deleted",
  async (code) => {
    const disk = new SimulatedDisk();
    const { partition } = await tenTexts(disk);
    disk.fault = (operation, path) => (operation === "open" && path.includes(STATE_NAME) ? code : undefined);
    expect(await codeOf(partition.deleteRecords(5))).toBe(code === "ENOSPC" ? "log-disk-full" : "log-disk-failed");
    disk.fault = () => undefined;
    expect((await readAll(partition)).texts.size).toBe(10);
    expect(await partition.deleteRecords(5)).toBe(5);
  },
);
