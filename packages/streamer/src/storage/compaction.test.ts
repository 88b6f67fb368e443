import { ManualClock } from "@kaelix/base";
import { decodeRecords, isControlBatch } from "@kaelix/protocol";
import { expect, test } from "vitest";

import {
  DAY_MS,
  holds,
  mark,
  newestOf,
  openCompacted,
  type Producer,
  put,
  readKept,
  START_MS,
  writeRandom,
} from "./compaction-testing.ts";
import type { Partition } from "./partition.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { DIRECTORY } from "./testing.ts";
import { verifyStorage } from "./verify.ts";

async function headers(
  partition: Partition,
): Promise<readonly { readonly baseOffset: number; readonly recordCount: number; readonly isControl: boolean }[]> {
  const found: { baseOffset: number; recordCount: number; isControl: boolean }[] = [];
  let next = partition.bounds().startOffset;
  for (;;) {
    const read = await partition.read(next, 1, "durable");
    for (const { header } of read.batches) {
      found.push({ baseOffset: header.baseOffset, recordCount: header.recordCount, isControl: isControlBatch(header) });
    }
    if (read.nextOffset <= next) return found;
    next = read.nextOffset;
  }
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  "compaction keeps exactly the newest record of each key where it was, seed %i",
  async (seed) => {
    const disk = new SimulatedDisk();
    const { partition, storage } = await openCompacted(disk);
    await writeRandom(partition, seed);
    const expected = newestOf(await readKept(partition));
    const [report] = await storage.compact("t");
    expect(report?.recordsRemoved).toBeGreaterThan(0);
    expect(report?.bytesAfter).toBeLessThan(report?.bytesBefore ?? 0);
    expect(await readKept(partition)).toEqual(expected);
    expect((await verifyStorage(DIRECTORY, disk)).problems).toEqual([]);
    // From every offset on, also from those that are gone.
    const { endOffset } = partition.bounds();
    for (let from = 0; from <= endOffset; from += 1) {
      const read = await partition.read(from, 100_000, "durable");
      expect(read.damaged).toEqual([]);
      const first = [...expected.keys()].find((offset) => offset >= from);
      if (first !== undefined) expect(read.batches[0]?.header.baseOffset).toBeLessThanOrEqual(first);
    }
    await storage.close();
    const again = await openCompacted(disk);
    expect(await readKept(again.partition)).toEqual(expected);
    expect(await put(again.partition, [{ key: "next", value: "1" }])).toBe(endOffset);
    const [second] = await again.storage.compact("t");
    expect(second?.recordsRemoved).toBe(0);
  },
);

test.each([100, 200, 500])("a map of %i bytes takes more passes and comes to the same", async (mapBytesMax) => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openCompacted(disk);
  await writeRandom(partition, 11, 50);
  const expected = newestOf(await readKept(partition));
  const [report] = await storage.compact("t", { mapBytesMax });
  expect(report?.passes).toBeGreaterThan(1);
  expect(report?.cleanedTo).toBe(partition.bounds().endOffset);
  expect(await readKept(partition)).toEqual(expected);
});

test("what was replaced or deleted by key stands in no file any more", async () => {
  const disk = new SimulatedDisk();
  const clock = new ManualClock(START_MS);
  const { partition, storage } = await openCompacted(disk, {}, clock);
  await put(partition, [
    { key: "a", value: "first secret" },
    { key: "b", value: "stays" },
  ]);
  await put(partition, [{ key: "a", value: null }]);
  expect(holds(disk, "first secret")).toBe(true);
  await storage.compact("t");
  expect(holds(disk, "first secret")).toBe(false);
  expect([...(await readKept(partition)).values()].map(({ key, value }) => [key, value])).toEqual([
    ["b", "stays"],
    ["a", null],
  ]);
  clock.advance(DAY_MS + 1);
  await storage.compact("t");
  expect([...(await readKept(partition)).values()].map(({ key }) => key)).toEqual(["b"]);
  expect(partition.bounds()).toEqual({ startOffset: 0, endOffset: 3, durableOffset: 3 });
});

test("a kept deletion does not change any timestamp, and goes only after its time", async () => {
  const clock = new ManualClock(START_MS + 1000);
  const { partition, storage } = await openCompacted(new SimulatedDisk(), {}, clock);
  await put(partition, [
    { key: "a", value: "1" },
    { key: "a", value: null },
    { key: "b", value: "2" },
  ]);
  const before = newestOf(await readKept(partition));
  await storage.compact("t");
  expect(await readKept(partition)).toEqual(before);
  clock.advance(DAY_MS - 10);
  await storage.compact("t");
  expect(await readKept(partition)).toEqual(before);
  expect(await partition.upkeep.compactionDue()).toBe(false);
  clock.advance(20);
  expect(await partition.upkeep.compactionDue()).toBe(true);
  await storage.compact("t");
  expect([...(await readKept(partition)).keys()]).toEqual([2]);
});

test("records of aborted transactions go, those of committed ones stay, open ones are not touched", async () => {
  const disk = new SimulatedDisk();
  const clock = new ManualClock(START_MS);
  const { partition, storage } = await openCompacted(disk, { segmentBytesMax: 100 }, clock);
  const of = (producerId: number, baseSequence: number): Producer => ({
    producerId,
    producerEpoch: 0,
    baseSequence,
    isTransactional: true,
  });
  await put(partition, [{ key: "a", value: "before" }]);
  await put(partition, [{ key: "a", value: "aborted" }], of(7, 0));
  await put(partition, [{ key: "b", value: "committed" }], of(8, 0));
  await mark(partition, 7, "abort");
  await mark(partition, 8, "commit");
  await put(partition, [{ key: "c", value: "replaced" }]);
  await put(partition, [{ key: "c", value: "newer" }]);
  const openFrom = await put(partition, [{ key: "b", value: "open" }], of(7, 1));
  await put(partition, [{ key: "c", value: "behind the open one" }]);
  const [report] = await storage.compact("t");
  expect(report?.cleanedTo).toBeLessThanOrEqual(openFrom);
  expect(holds(disk, "aborted")).toBe(false);
  const values = [...(await readKept(partition)).values()].map(({ value }) => value);
  expect(values).toEqual(["before", "committed", "newer", "open", "behind the open one"]);
  await mark(partition, 7, "abort");
  await storage.compact("t");
  expect([...(await readKept(partition)).values()].map(({ value }) => value)).toEqual([
    "before",
    "committed",
    "behind the open one",
  ]);
  // The end of the committed transaction stays with its record; those of the aborted ones until their producer is forgotten.
  const markers = async (): Promise<number[]> =>
    (await headers(partition)).filter(({ isControl }) => isControl).map(({ baseOffset }) => baseOffset);
  expect(await markers()).toEqual([3, 4, 9]);
  clock.advance(8 * DAY_MS);
  await storage.compact("t");
  expect(await markers()).toEqual([4]);
  expect((await verifyStorage(DIRECTORY, disk)).problems).toEqual([]);
});

test("upTo bounds what is compacted", async () => {
  const { partition, storage } = await openCompacted(new SimulatedDisk(), { segmentBytesMax: 200 });
  for (let at = 0; at < 8; at += 1) await put(partition, [{ key: "a", value: `value ${at} ${"x".repeat(60)}` }]);
  const [report] = await storage.compact("t", { upTo: 4 });
  expect(report?.cleanedTo).toBeLessThanOrEqual(4);
  expect([...(await readKept(partition)).keys()]).toEqual([3, 4, 5, 6, 7]);
});

test("the newest batch of a producer stays, if need be empty, with its sequence numbers", async () => {
  const { partition, storage } = await openCompacted(new SimulatedDisk());
  for (const baseSequence of [0, 2, 4]) {
    await put(
      partition,
      [
        { key: "a", value: "1" },
        { key: "b", value: "2" },
      ],
      { producerId: 5, producerEpoch: 1, baseSequence },
    );
  }
  await put(partition, [
    { key: "a", value: "3" },
    { key: "b", value: "4" },
  ]);
  await storage.compact("t");
  const { batches } = await partition.read(0, 100_000, "durable");
  expect(batches.map(({ header }) => [header.baseOffset, header.lastOffsetDelta, header.recordCount])).toEqual([
    [4, 1, 0],
    [6, 1, 2],
  ]);
  expect(batches[0]?.header).toMatchObject({ producerId: 5, producerEpoch: 1, baseSequence: 4 });
});

test("flipped bits all over a compacted segment are noticed and cost at most their own batch", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openCompacted(disk, { segmentBytesMax: 600 });
  for (let at = 0; at < 9; at += 1) {
    await put(partition, [{ key: at % 3 === 0 ? `stays ${at}` : "replaced", value: `value ${at}` }]);
  }
  await storage.compact("t");
  await put(partition, [{ key: "after", value: "active" }]);
  const expected = await readKept(partition);
  await storage.close();
  const [path] = disk
    .paths()
    .filter((name) => name.endsWith(".log"))
    .sort();
  const whole = disk.contentOf(path ?? "");
  for (let bit = 0; bit < whole.length * 8; bit += 31) {
    const rotten = disk.afterKill();
    rotten.corrupt(path ?? "", (bytes) => {
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return bytes;
    });
    const { problems } = await verifyStorage(DIRECTORY, rotten);
    expect(problems.length, `bit ${bit}`).toBeGreaterThan(0);
    const reopened = await openCompacted(rotten, { segmentBytesMax: 600 });
    const seen = new Map<number, unknown>();
    for (let next = 0; ;) {
      const read = await reopened.partition.read(next, 1, "durable");
      for (const { at, bytes, header } of read.batches) {
        const records = decodeRecords(bytes, at, header);
        if (typeof records !== "string") for (const { offset } of records) seen.set(offset, true);
      }
      if (read.nextOffset <= next) break;
      next = read.nextOffset;
    }
    expect([...expected.keys()].filter((offset) => !seen.has(offset)).length, `bit ${bit}`).toBeLessThanOrEqual(1);
    expect([...seen.keys()].every((offset) => expected.has(offset))).toBe(true);
  }
});

test("a batch cut out of a compacted segment is missed", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openCompacted(disk, { segmentBytesMax: 600 });
  for (let at = 0; at < 9; at += 1) {
    await put(partition, [{ key: at % 3 === 0 ? `stays ${at}` : "replaced", value: `value ${at}` }]);
  }
  await storage.compact("t");
  await storage.close();
  const [path] = disk
    .paths()
    .filter((name) => name.endsWith(".log"))
    .sort();
  const whole = disk.contentOf(path ?? "");
  const view = new DataView(whole.buffer);
  const starts: number[] = [];
  for (let at = 0; at < whole.length; at += view.getInt32(at + 8) + 12) starts.push(at);
  expect(starts.length).toBeGreaterThan(3);
  for (const [index, start] of starts.entries()) {
    const end = starts[index + 1] ?? whole.length;
    const cut = disk.afterKill();
    cut.corrupt(path ?? "", (bytes) => new Uint8Array([...bytes.subarray(0, start), ...bytes.subarray(end)]));
    expect((await verifyStorage(DIRECTORY, cut)).problems.length, `batch ${index}`).toBeGreaterThan(0);
  }
});

test("a damaged segment is left as it is, and deletions behind it stay", async () => {
  const disk = new SimulatedDisk();
  const clock = new ManualClock(START_MS);
  const { partition, storage } = await openCompacted(disk, { segmentBytesMax: 250 }, clock);
  await put(partition, [{ key: "rot", value: "1" }]);
  await put(partition, [
    { key: "a", value: "old" },
    { key: "b", value: "old" },
  ]);
  partition.roll();
  await put(partition, [
    { key: "a", value: null },
    { key: "c", value: "1" },
  ]);
  await put(partition, [
    { key: "c", value: "2" },
    { key: "d", value: "x".repeat(80) },
  ]);
  const [path] = disk
    .paths()
    .filter((name) => name.endsWith(".log"))
    .sort();
  disk.corrupt(path ?? "", (bytes) => bytes.map((byte, at) => (at === 70 ? byte ^ 1 : byte)));
  const rotten = disk.contentOf(path ?? "");
  await storage.compact("t");
  clock.advance(DAY_MS * 2);
  await storage.compact("t");
  expect(disk.contentOf(path ?? "")).toEqual(rotten);
  const seen: number[] = [];
  for (let next = 1; next < 7;) {
    const read = await partition.read(next, 100_000, "durable");
    for (const { at, bytes, header } of read.batches) {
      const records = decodeRecords(bytes, at, header);
      if (typeof records !== "string") seen.push(...records.map(({ offset }) => offset));
    }
    next = read.nextOffset;
  }
  expect(seen).toEqual([1, 2, 3, 5, 6]);
});

test("readers go on while segments are replaced under them", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openCompacted(disk);
  await writeRandom(partition, 41, 40);
  const expected = newestOf(await readKept(partition));
  const readers = Array.from({ length: 6 }, async () => {
    for (let round = 0; round < 4; round += 1) {
      const kept = await readKept(partition);
      for (const [offset, record] of expected) expect(kept.get(offset)).toEqual(record);
      await new Promise<void>((resolve) => void setImmediate(resolve));
    }
  });
  await Promise.all([storage.compact("t"), ...readers]);
  expect(await readKept(partition)).toEqual(expected);
  await storage.close();
});

test("a topic that is deleted or closed while it is compacted ends in peace", async () => {
  for (const end of ["delete", "close"] as const) {
    const disk = new SimulatedDisk();
    const { partition, storage } = await openCompacted(disk);
    await writeRandom(partition, 51, 40);
    const compacting = storage.compact("t").catch(() => undefined);
    await new Promise<void>((resolve) => void setImmediate(resolve));
    await (end === "delete" ? storage.deleteTopic("t") : storage.close());
    await compacting;
    const left = disk.paths().filter((path) => path.includes("/topics/t/0/"));
    if (end === "delete") expect(left).toEqual([]);
    else expect(left.some((path) => path.endsWith(".cleaned"))).toBe(false);
  }
});

test("rot in a segment that was compacted before keeps it from being written anew", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openCompacted(disk, { segmentBytesMax: 400 });
  await put(partition, [{ key: "rot", value: "1" }]);
  await put(partition, [{ key: "a", value: "old" }]);
  await storage.compact("t");
  const [path] = disk
    .paths()
    .filter((name) => name.endsWith(".log"))
    .sort();
  disk.corrupt(path ?? "", (bytes) => bytes.map((byte, at) => (at === 70 ? byte ^ 1 : byte)));
  const rotten = disk.contentOf(path ?? "");
  await put(partition, [{ key: "a", value: "x".repeat(300) }]);
  await storage.compact("t");
  expect(disk.contentOf(path ?? "")).toEqual(rotten);
  expect((await partition.read(0, 100_000, "durable")).damaged).toMatchObject([{ firstOffset: 0, nextOffset: 1 }]);
});
