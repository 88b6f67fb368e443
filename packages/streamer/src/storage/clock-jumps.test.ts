/** A wall clock that is set by an operator or by NTP, back and forth: what goes by it goes wrong in no worse way than by the time it says. */
import { ManualClock } from "@kaelix/base";
import { expect, test } from "vitest";

import { SimulatedDisk } from "./simulated-disk.ts";
import { appendTexts, copyDisk, openTest, readAll } from "./testing.ts";

const HOUR_MS = 3_600_000;
const START_MS = 100 * HOUR_MS;

/** A topic whose records are kept for an hour, a record to a segment, each stamped as the clock says. */
async function openHourly(disk: SimulatedDisk, clock: ManualClock) {
  const { storage } = await openTest(disk, { segmentBytesMax: 200 }, clock);
  await storage.createTopic({ name: "hourly", partitions: 1, retentionMs: HOUR_MS });
  const partition = storage.partition("hourly", 0);
  const append = (): Promise<number> => appendTexts(partition, ["x".repeat(200)], { timestampMs: clock.nowMs() });
  return { storage, partition, append };
}

test("a record from the future keeps itself and what is behind it until its time is over", async () => {
  const clock = new ManualClock(START_MS);
  const { append, partition, storage } = await openHourly(new SimulatedDisk(), clock);
  await append();
  clock.jumpTo(START_MS + 10 * HOUR_MS);
  await append();
  clock.jumpTo(START_MS);
  for (let at = 0; at < 3; at += 1) await append();
  clock.jumpTo(START_MS + 2 * HOUR_MS);
  await storage.applyRetention();
  expect(partition.bounds().startOffset).toBe(1);
  expect([...(await readAll(partition)).texts.keys()]).toEqual([1, 2, 3, 4]);
  clock.jumpTo(START_MS + 12 * HOUR_MS);
  await storage.applyRetention();
  expect(partition.bounds().startOffset).toBe(4);
});

test("a clock that goes back drops nothing, and offsets and the search by time go on", async () => {
  const disk = new SimulatedDisk();
  const clock = new ManualClock(START_MS);
  const { append, partition, storage } = await openHourly(disk, clock);
  for (let at = 0; at < 3; at += 1) await append();
  clock.jumpTo(START_MS - 50 * HOUR_MS);
  await storage.applyRetention();
  expect(await append()).toBe(3);
  expect(partition.bounds()).toMatchObject({ startOffset: 0, endOffset: 4 });
  for (const opened of [partition, (await openHourly(copyDisk(disk), clock)).partition]) {
    // The first record of a time that has come is before the one that was stamped with an earlier time.
    expect(await opened.offsetBeforeTime(START_MS)).toBe(0);
    expect(await opened.offsetBeforeTime(START_MS - 60 * HOUR_MS)).toBe(0);
    expect([...(await readAll(opened)).texts.keys()]).toEqual([0, 1, 2, 3]);
  }
});
