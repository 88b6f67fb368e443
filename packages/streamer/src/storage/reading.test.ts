import { expect, test } from "vitest";

import { SimulatedDisk } from "./simulated-disk.ts";
import { appendTexts, openTest, PARTITION_DIRECTORY, readAll } from "./testing.ts";

/** More than stays in memory. */
const LARGE = "not on the disk yet ".repeat(10_000);

test("a reader of what is on the disk reads none of what is only in the page cache", async () => {
  const { partition } = await openTest(new SimulatedDisk());
  await appendTexts(partition, ["one"]);
  await appendTexts(partition, ["two"]);
  const durableBytes = partition.sizeBytes();
  await appendTexts(partition, [LARGE], { accepted: true });
  let bytesRead = 0;
  const allocate = (bytes: number): Uint8Array => {
    bytesRead += bytes;
    return new Uint8Array(bytes);
  };
  const read = await partition.read(0, 2 ** 20, "durable", allocate);
  expect([read.batches.length, read.nextOffset]).toEqual([2, 2]);
  expect(bytesRead).toBeLessThanOrEqual(durableBytes);
});

test("damage at the end of what is on the disk takes nothing with it that comes to the disk later", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk);
  await appendTexts(partition, ["kept"]);
  await appendTexts(partition, ["damaged"]);
  const end = partition.sizeBytes();
  await appendTexts(partition, [LARGE], { accepted: true });
  disk.corrupt(`${PARTITION_DIRECTORY}/00000000000000000000.log`, (bytes) => {
    bytes.set([0], end - 4);
    return bytes;
  });
  const before = await readAll(partition);
  expect([...before.texts.keys()]).toEqual([0]);
  expect(before.damaged).toMatchObject([{ firstOffset: 1, nextOffset: 2 }]);
  await partition.durable(3);
  const after = await readAll(partition);
  expect([...after.texts.keys()]).toEqual([0, 2]);
  expect(after.damaged).toMatchObject([{ firstOffset: 1, nextOffset: 2 }]);
});
