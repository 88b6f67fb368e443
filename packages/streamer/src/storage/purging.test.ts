import { encodeText, seededRandom } from "@kaelix/base";
import { encodeRecordBatch, isControlBatch } from "@kaelix/protocol";
import { expect, test } from "vitest";

import { holds, mark, put, readKept, writeRandom } from "./compaction-testing.ts";
import { openKept, purgedBy, ruleOf, SHORT } from "./purging-testing.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { DIRECTORY, PARTITION_DIRECTORY } from "./testing.ts";
import { verifyStorage } from "./verify.ts";

test.each([0, 1, 2, 3, 4, 5])(
  "what a rule names goes or is shortened, everything else stays as it was, seed %i",
  async (seed) => {
    const disk = new SimulatedDisk();
    const { partition, storage } = await openKept(disk);
    await writeRandom(partition, seed);
    const all = await readKept(partition);
    const { endOffset } = partition.bounds();
    const rule = ruleOf(seed);
    const expected = await purgedBy(all, rule);
    const report = await partition.upkeep.purge(rule);
    expect(report.isWhole).toBe(true);
    expect(report.recordsRemoved).toBe(all.size - expected.size);
    expect(report.recordsShortened).toBe([...expected.values()].filter(({ value }) => value === "-").length);
    expect(report.bytesAfter).toBeLessThan(report.bytesBefore);
    expect(await readKept(partition)).toEqual(expected);
    // Nothing is left to do, and nothing is written again for it.
    expect(await partition.upkeep.purge(rule)).toMatchObject({ isWhole: true, recordsRemoved: 0 });
    expect(await put(partition, [{ key: "next", value: "one" }])).toBe(endOffset);
    await storage.hashSealed();
    await storage.close();
    const again = await openKept(disk);
    const reread = new Map(await readKept(again.partition));
    expect(reread.get(endOffset)?.value).toBe("one");
    reread.delete(endOffset);
    expect(reread).toEqual(expected);
    expect((await verifyStorage(DIRECTORY, disk)).problems).toEqual([]);
  },
);

test("the bytes of what went stand in no file, uncompressed or compressed, and those of what stayed do", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openKept(disk);
  for (let at = 0; at < 40; at += 1)
    await put(partition, [{ key: `k${at}`, value: `word-${at}-end ${"x".repeat(60)}` }]);
  expect(holds(disk, "word-7-end")).toBe(true);
  await partition.upkeep.purge(({ offset }) => (offset === 7 ? "goes" : offset === 9 ? { value: SHORT } : "stays"));
  expect([7, 9].map((at) => holds(disk, `word-${at}-end`))).toEqual([false, false]);
  expect([6, 8, 10].map((at) => holds(disk, `word-${at}-end`))).toEqual([true, true, true]);
});

test("sequence numbers of producers and ends of transactions stay", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openKept(disk);
  const producer = { producerId: 7, producerEpoch: 0, isTransactional: true };
  await put(partition, [{ key: "a", value: "1" }], { ...producer, baseSequence: 0 });
  await mark(partition, 7, "commit");
  await put(partition, [{ key: "b", value: "2" }]);
  await partition.upkeep.purge(() => "goes");
  expect(await readKept(partition)).toEqual(new Map());
  const { batches } = await partition.read(0, 10_000, "durable");
  const standing = batches.map(({ header }) => [header.baseOffset, header.producerId, isControlBatch(header)]);
  expect(standing).toEqual([
    [0, 7, false],
    [1, 7, true],
  ]);
  expect(partition.bounds()).toMatchObject({ startOffset: 0, endOffset: 3 });
  await storage.close();
});

test("segments in which nothing goes are not written again, until many small ones become one", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openKept(disk);
  let writes = 0;
  disk.fault = (operation, path) => {
    if (operation === "write" && path.endsWith(".cleaned")) writes += 1;
    return undefined;
  };
  const segments = (): number => disk.paths().filter((path) => path.endsWith(".log")).length;
  for (let at = 0; at < 7; at += 1) {
    await put(partition, [{ key: "k", value: `v${at}` }]);
    await partition.upkeep.purge(() => "stays");
  }
  expect([writes, segments()]).toEqual([0, 8]);
  await put(partition, [{ key: "k", value: "v7" }]);
  await partition.upkeep.purge(() => "stays");
  expect([writes, segments()]).toEqual([1, 2]);
  expect((await readKept(partition)).size).toBe(8);
});

test("a damaged segment stays as it is, and the report says that something may be left", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openKept(disk);
  for (let at = 0; at < 40; at += 1)
    await put(partition, [{ key: `k${at}`, value: `word-${at}-end ${"x".repeat(60)}` }]);
  await storage.close();
  const path = disk.paths().find((name) => name.endsWith(`${"0".repeat(20)}.log`)) ?? expect.fail();
  const file = disk.open(path, "write");
  file.write(new Uint8Array([0xff, 0xff, 0xff]), 200);
  await file.sync();
  const again = await openKept(disk);
  const report = await again.partition.upkeep.purge(({ offset }) => (offset < 3 || offset > 30 ? "goes" : "stays"));
  expect(report.isWhole).toBe(false);
  expect(holds(disk, "word-0-end")).toBe(true);
  expect(holds(disk, "word-31-end")).toBe(false);
});

// Seeds 435111 and 437268 of the simulation.
test("what is durable in a segment whose end is not is said to be left", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openKept(disk);
  await put(partition, [{ key: "k", value: "word-0-end" }]);
  // Nobody waits for this one, and the next one finds a disk that fails and begins a segment.
  const [accepted, refused] = ["word-1-end", "word-2-end"].map((value) =>
    encodeRecordBatch([{ key: null, value: encodeText(value), timestampMs: 1 }]),
  );
  partition.append(accepted ?? expect.fail(), { trusted: true });
  disk.fault = (operation) => (operation === "write" ? "EIO" : undefined);
  for (let tries = 0; tries < 2; tries += 1)
    expect(() => partition.append(refused ?? expect.fail(), { trusted: true })).toThrow("Disk");
  disk.fault = () => undefined;
  expect(await partition.upkeep.purge(() => "goes")).toMatchObject({ isWhole: false, recordsRemoved: 0 });
  expect(holds(disk, "word-0-end")).toBe(true);
  await partition.flush();
  expect(await partition.upkeep.purge(() => "goes")).toMatchObject({ isWhole: true, recordsRemoved: 2 });
  expect(holds(disk, "word-0-end")).toBe(false);
});

test("how far was purged is kept, durably, and never goes back", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openKept(disk);
  await partition.upkeep.notePurged(12);
  await partition.upkeep.notePurged(5);
  expect(partition.upkeep.purgedTo).toBe(12);
  await storage.compact("t");
  const again = await openKept(disk.cut(seededRandom(1)));
  expect(again.partition.upkeep.purgedTo).toBe(12);
});

test("appends and reads go on while a purge runs", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openKept(disk);
  await writeRandom(partition, 77);
  const all = await readKept(partition);
  const { endOffset } = partition.bounds();
  const rule = ruleOf(3);
  const purge = partition.upkeep.purge(rule);
  for (let at = 0; at < 20; at += 1) {
    await put(partition, [{ key: "during", value: `${at}` }]);
    expect((await partition.read(endOffset + at, 1, "durable")).batches[0]?.header.baseOffset).toBe(endOffset + at);
  }
  await purge;
  const kept = await readKept(partition);
  for (const [offset, record] of await purgedBy(all, rule)) expect(kept.get(offset)).toEqual(record);
  for (let at = 0; at < 20; at += 1) expect(kept.get(endOffset + at)?.value).toBe(`${at}`);
  expect(disk.paths().some((path) => path.startsWith(PARTITION_DIRECTORY))).toBe(true);
});
