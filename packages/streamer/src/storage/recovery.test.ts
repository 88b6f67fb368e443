import { encodeText } from "@kaelix/base";
import { encodeRecordBatch } from "@kaelix/protocol";
import { expect, test } from "vitest";

import { CHECKPOINT_NAME } from "./checkpoint.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { appendTexts, copyDisk, openTest, PARTITION_DIRECTORY, readAll } from "./testing.ts";
import { verifyStorage } from "./verify.ts";

const LOG = `${PARTITION_DIRECTORY}/00000000000000000000.log`;

/** Six batches of two records, all durable, the process killed: no checkpoint. Room written ahead has tests of its own (room.test.ts). */
async function killedDisk(): Promise<{ disk: SimulatedDisk; ends: number[] }> {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk);
  const ends: number[] = [];
  for (let at = 0; at < 6; at += 1) {
    await appendTexts(partition, [`text ${at * 2}`, `text ${at * 2 + 1}`]);
    ends.push(partition.sizeBytes());
  }
  const killed = copyDisk(disk);
  killed.corrupt(LOG, (bytes) => bytes.slice(0, partition.sizeBytes()));
  return { disk: killed, ends };
}

test("openStorage keeps exactly the whole batches of a log cut at any byte", async () => {
  const { disk, ends } = await killedDisk();
  const whole = disk.contentOf(LOG);
  for (let length = 0; length <= whole.length; length += 1) {
    const cut = copyDisk(disk);
    cut.corrupt(LOG, (bytes) => bytes.slice(0, length));
    const { partition } = await openTest(cut);
    const batches = ends.filter((end) => end <= length).length;
    const { damaged, texts } = await readAll(partition);
    expect(texts.size, `cut at ${length}`).toBe(batches * 2);
    expect(damaged).toEqual([]);
    expect(partition.bounds().endOffset).toBe(batches * 2);
    expect(partition.report.tornBytes).toBe(length - (ends[batches - 1] ?? 0));
    expect(await appendTexts(partition, ["next"])).toBe(batches * 2);
  }
});

test("openStorage keeps a torn tail aside before it cuts it", async () => {
  const { disk, ends } = await killedDisk();
  const whole = disk.contentOf(LOG);
  disk.corrupt(LOG, (bytes) => bytes.slice(0, -3));
  await openTest(disk);
  const aside = disk.paths().find((path) => path.endsWith(".torn"));
  expect(disk.contentOf(aside ?? "")).toEqual(whole.slice(ends[4], -3));
});

test("flipped bits in every byte of a segment are noticed, cost at most their own batch, and delete nothing", async () => {
  const { disk, ends } = await killedDisk();
  const whole = disk.contentOf(LOG);
  // Three batches: the first, one in the middle and the last stand for all places a batch can have. Every byte, each at another bit.
  const tested = [0, 3, 5].map((at) => [ends[at - 1] ?? 0, ends[at] ?? 0] as const);
  for (const [start, end] of tested) {
    for (let bit = start * 8; bit < end * 8; bit += 7) {
      const rotten = copyDisk(disk);
      rotten.corrupt(LOG, (bytes) => {
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return bytes;
      });
      const { partition } = await openTest(rotten);
      const { damaged, texts } = await readAll(partition);
      const hit = ends.findIndex((batchEnd) => batchEnd > bit >> 3);
      for (let offset = 0; offset < 12; offset += 1) {
        if (Math.floor(offset / 2) !== hit) expect(texts.get(offset), `bit ${bit}`).toBe(`text ${offset}`);
        else expect(texts.has(offset), `bit ${bit}`).toBe(false);
      }
      if (hit < 5) {
        expect(damaged).toMatchObject([{ firstOffset: hit * 2, nextOffset: hit * 2 + 2 }]);
        expect(rotten.contentOf(LOG).length).toBe(whole.length);
      } else {
        expect(partition.report.tornBytes).toBe(whole.length - (ends[4] ?? 0));
        expect(rotten.paths().some((path) => path.endsWith(".torn"))).toBe(true);
      }
    }
  }
});

test("bit rot behind a checkpoint is named as damage even in the last batch, and its offsets are not given again", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk);
  for (let at = 0; at < 6; at += 1) await appendTexts(partition, [`text ${at}`]);
  await storage.close();
  disk.corrupt(LOG, (bytes) => {
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] ?? 0) ^ 1;
    return bytes;
  });
  const reopened = await openTest(disk);
  const { damaged, texts } = await readAll(reopened.partition);
  expect([...texts.keys()]).toEqual([0, 1, 2, 3, 4]);
  expect(damaged).toMatchObject([{ firstOffset: 5, nextOffset: 6 }]);
  expect(await appendTexts(reopened.partition, ["next"])).toBe(6);
  expect((await readAll(reopened.partition)).texts.get(6)).toBe("next");
});

test("a file shorter than its checkpoint is damage at every length, never a torn tail", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk);
  for (let at = 0; at < 3; at += 1) await appendTexts(partition, [`text ${at}`]);
  await storage.close();
  const size = disk.size(LOG) ?? 0;
  for (let length = 0; length < size; length += 7) {
    const short = copyDisk(disk);
    short.corrupt(LOG, (bytes) => bytes.slice(0, length));
    const reopened = await openTest(short);
    const { damaged, texts } = await readAll(reopened.partition);
    expect(damaged, `cut at ${length}`).toMatchObject([{ firstOffset: texts.size, nextOffset: 3 }]);
    expect(reopened.partition.report.tornBytes).toBe(0);
    expect(short.size(LOG)).toBe(length);
    expect(await appendTexts(reopened.partition, ["next"])).toBe(3);
    expect((await readAll(reopened.partition)).texts.get(3)).toBe("next");
  }
});

test.each([
  ["zeros", new Uint8Array(5000)],
  ["noise", Uint8Array.from({ length: 5000 }, (_, at) => (at * 2_654_435_761) >>> 13)],
])("openStorage cuts a tail of %s that was never a batch", async (_, tail) => {
  const { disk } = await killedDisk();
  disk.corrupt(LOG, (bytes) => new Uint8Array([...bytes, ...tail]));
  const { partition } = await openTest(disk);
  expect((await readAll(partition)).texts.size).toBe(12);
  expect(partition.report.tornBytes).toBe(5000);
  expect(await appendTexts(partition, ["next"])).toBe(12);
  expect((await readAll(partition)).damaged).toEqual([]);
});

test("garbage between valid batches is stepped over and loses nothing", async () => {
  const { disk, ends } = await killedDisk();
  disk.corrupt(LOG, (bytes) => {
    const noise = Uint8Array.from({ length: 700 }, (_, at) => (at * 40_503) >>> 5);
    return new Uint8Array([...bytes.slice(0, ends[1]), ...noise, ...bytes.slice(ends[1])]);
  });
  const { partition } = await openTest(disk);
  expect((await readAll(partition)).texts.size).toBe(12);
  expect(partition.report.damaged).toMatchObject([{ firstOffset: 4, nextOffset: 4 }]);
});

test("a value that holds a whole batch is never taken for one, wherever the batch around it is damaged", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk);
  await appendTexts(partition, ["before"]);
  const start = partition.sizeBytes();
  const embedded = encodeRecordBatch([{ key: null, value: encodeText("forged"), timestampMs: 1 }], { baseOffset: 2 });
  partition.append(encodeRecordBatch([{ key: null, value: embedded, timestampMs: 1 }]));
  await partition.flush();
  const end = partition.sizeBytes();
  await appendTexts(partition, ["after"]);
  for (let at = start + 16; at < end; at += 1) {
    const rotten = copyDisk(disk);
    rotten.corrupt(LOG, (bytes) => bytes.map((byte, place) => (place === at ? byte ^ 8 : byte)));
    const reopened = await openTest(rotten);
    const { damaged, texts } = await readAll(reopened.partition);
    expect([...texts], `byte ${at}`).toEqual([
      [0, "before"],
      [2, "after"],
    ]);
    expect(damaged).toMatchObject([{ firstOffset: 1, nextOffset: 2 }]);
  }
});

async function manySegments(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk, { segmentBytesMax: 12_000 });
  for (let at = 0; at < 60; at += 1)
    await appendTexts(partition, [`text ${at} ${"x".repeat(600)}`], { timestampMs: at });
  await storage.close();
  return disk;
}

const damages: readonly [string, (disk: SimulatedDisk, path: string) => void][] = [
  ["missing", (disk, path) => disk.remove(path)],
  ["empty", (disk, path) => disk.corrupt(path, () => new Uint8Array(0))],
  ["cut", (disk, path) => disk.corrupt(path, (bytes) => bytes.slice(0, -5))],
  [
    "changed",
    (disk, path) => disk.corrupt(path, (bytes) => bytes.map((byte, at) => (at === 3 || at === 9 ? byte ^ 1 : byte))),
  ],
  ["random", (disk, path) => disk.corrupt(path, (bytes) => bytes.map((_, at) => (at * 37) & 255))],
];

test.each(damages)("derived files that are %s change no answer", async (_, damage) => {
  for (const kind of [".index", ".timeindex", CHECKPOINT_NAME]) {
    const disk = copyDisk(await manySegments());
    for (const path of disk.paths()) if (path.endsWith(kind)) damage(disk, path);
    const { partition } = await openTest(disk, { segmentBytesMax: 12_000 });
    for (const from of [0, 17, 31, 59]) {
      const { damaged, texts } = await readAll(partition, from);
      expect(texts.size).toBe(60 - from);
      expect(damaged).toEqual([]);
      expect(await partition.offsetBeforeTime(from)).toBeLessThanOrEqual(from);
    }
    expect(await appendTexts(partition, ["next"])).toBe(60);
  }
});

test("index files of an older log are not believed", async () => {
  const disk = await manySegments();
  const other = new SimulatedDisk();
  const { partition, storage } = await openTest(other, { segmentBytesMax: 12_000 });
  for (let at = 0; at < 60; at += 1) await appendTexts(partition, ["y".repeat(at * 13)]);
  await storage.close();
  for (const path of other.paths()) {
    if (!path.endsWith("index") || disk.size(path) === undefined) continue;
    const stale = other.contentOf(path);
    disk.corrupt(path, () => stale);
  }
  const reopened = await openTest(disk, { segmentBytesMax: 12_000 });
  expect((await readAll(reopened.partition, 40)).texts.size).toBe(20);
});

test("a clean stop reads no log at the next start, an unclean one at most the last segment", async () => {
  const disk = await manySegments();
  const clean = await openTest(disk, { segmentBytesMax: 12_000 });
  expect(clean.partition.report).toEqual({ scannedBytes: 0, tornBytes: 0, damaged: [] });
  await appendTexts(clean.partition, ["one more"]);
  const killed = await openTest(copyDisk(disk), { segmentBytesMax: 12_000 });
  expect(killed.partition.report.scannedBytes).toBeGreaterThan(0);
  expect(killed.partition.report.scannedBytes).toBeLessThanOrEqual(12_000);
  expect((await readAll(killed.partition)).texts.size).toBe(61);
});

test("verifyStorage counts what is there and names what is wrong", async () => {
  const disk = await manySegments();
  const good = await verifyStorage("/data", disk);
  expect(good).toMatchObject({ topics: 1, partitions: 1, batches: 60, records: 60, problems: [] });
  expect(good.segments).toBeGreaterThan(3);
  disk.corrupt(LOG, (bytes) => bytes.map((byte, at) => (at === 900 ? byte ^ 4 : byte)));
  const index = disk.paths().find((path) => path.endsWith(".index") && (disk.size(path) ?? 0) > 0) ?? "";
  disk.corrupt(index, (bytes) => bytes.map((byte, at) => (at === 3 ? byte ^ 1 : byte)));
  const { problems } = await verifyStorage("/data", disk);
  expect(problems.map(({ kind }) => kind)).toContain("damage");
  expect(problems.find(({ kind }) => kind === "damage")).toMatchObject({ firstOffset: 1, nextOffset: 2 });
  expect(problems.map(({ kind }) => kind)).toContain("index");
});

test("an opening after a kill goes on from the checkpoint, and finds every offset and time", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk, { checkpointBytes: 10_000, segmentBytesMax: 1_000_000 });
  for (let at = 0; at < 100; at += 1) {
    // Times go back and forth.
    await appendTexts(partition, [`${at} ${"x".repeat(900)}`], { timestampMs: 1000 + ((at * 37) % 100) });
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
  const killed = await openTest(disk.afterKill());
  expect(killed.partition.report.scannedBytes).toBeLessThan(25_000);
  for (let offset = 0; offset < 100; offset += 9) {
    const read = await killed.partition.read(offset, 1, "durable");
    expect(read.batches[0]?.header.baseOffset).toBe(offset);
  }
  for (let timestampMs = 1000; timestampMs < 1110; timestampMs += 3) {
    const first =
      Array.from({ length: 100 }, (_, at) => at).find((at) => 1000 + ((at * 37) % 100) >= timestampMs) ?? 100;
    expect(await killed.partition.offsetBeforeTime(timestampMs)).toBeLessThanOrEqual(first);
  }
});

test("the index of a part never says that a time is not in it", async () => {
  const disk = new SimulatedDisk();
  const { partition } = await openTest(disk, { checkpointBytes: 3000, segmentBytesMax: 1_000_000 });
  // The latest time comes just before the checkpoint, and between two entries of the index.
  for (const timestampMs of [1000, 1001, 9000, 1002]) {
    await appendTexts(partition, ["x".repeat(900)], { timestampMs });
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
  const killed = await openTest(disk.afterKill());
  expect(killed.partition.report.scannedBytes).toBeLessThan(1500);
  expect(await killed.partition.offsetBeforeTime(5000)).toBeLessThanOrEqual(2);
});
