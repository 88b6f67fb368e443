import { seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { SimulatedDisk } from "./simulated-disk.ts";
import { appendTexts, copyDisk, openTest, PARTITION_DIRECTORY, readAll } from "./testing.ts";

const settings = { segmentBytesMax: 3000, checkpointBytes: 2000 };

interface WrittenBatch {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly texts: ReadonlyMap<number, string>;
}

/** A log of several segments, half of the time stopped cleanly, and where each batch stands. */
async function write(
  random: ReturnType<typeof seededRandom>,
): Promise<{ disk: SimulatedDisk; batches: WrittenBatch[] }> {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk, settings);
  const batches: WrittenBatch[] = [];
  let size = 0;
  for (let at = 0; at < 40; at += 1) {
    const texts = Array.from({ length: 1 + random.integer(4) }, () => `${at} ${"x".repeat(random.integer(200))}`);
    const base = await appendTexts(partition, texts, { timestampMs: random.integer(1000) });
    const logs = disk.paths().filter((path) => path.startsWith(PARTITION_DIRECTORY) && path.endsWith(".log"));
    const path = logs.sort().at(-1) ?? "";
    const before = batches.at(-1);
    const start = before?.path === path ? before.end : 0;
    const bytes = partition.sizeBytes() - size;
    size += bytes;
    const written = new Map(texts.map((text, index) => [base + index, text]));
    batches.push({ path, start, end: start + bytes, texts: written });
  }
  if (random.integer(2) === 0) await storage.close();
  return { disk: copyDisk(disk), batches };
}

/** Overwrites a few ranges of any files of the partition; returns the ranges. */
function damage(
  disk: SimulatedDisk,
  random: ReturnType<typeof seededRandom>,
): { path: string; start: number; end: number }[] {
  const paths = disk.paths().filter((path) => path.startsWith(PARTITION_DIRECTORY));
  return Array.from({ length: 1 + random.integer(5) }, () => {
    const path = paths[random.integer(paths.length)] ?? "";
    const size = disk.size(path) ?? 0;
    const start = random.integer(size + 1);
    const end = Math.min(size, start + 1 + random.integer(random.integer(2) === 0 ? 4 : 900));
    const noise = random.integer(2) === 0 ? new Uint8Array(end - start) : random.bytes(end - start);
    disk.corrupt(path, (bytes) => {
      bytes.set(noise, start);
      return bytes;
    });
    return { path, start, end };
  });
}

test.each(Array.from({ length: 25 }, (_, seed) => seed + 1))(
  "batches that no damage touched are served, and nothing else that was not written, seed %i",
  async (seed) => {
    const random = seededRandom(seed);
    const { batches, disk } = await write(random);
    const ranges = damage(disk, random);
    const written = new Map(batches.flatMap(({ texts }) => [...texts]));
    for (let opening = 0; opening < 2; opening += 1) {
      const { partition, storage } = await openTest(disk, settings);
      const { texts } = await readAll(partition);
      for (const [offset, text] of texts) expect(text).toBe(written.get(offset));
      for (const { end, path, start, texts: expected } of batches) {
        if (ranges.some((range) => range.path === path && range.start < end && range.end > start)) continue;
        for (const [offset, text] of expected) expect(texts.get(offset), `offset ${offset}`).toBe(text);
      }
      written.set(partition.bounds().endOffset, "next");
      expect(partition.bounds().endOffset).toBe(await appendTexts(partition, ["next"]));
      await storage.close();
    }
  },
);
