import { seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { newestOf, openCompacted, readKept, writeRandom } from "./compaction-testing.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { crashesDuring, DIRECTORY } from "./testing.ts";
import { verifyStorage } from "./verify.ts";

test.each([0, 1])("a crash at any step of compaction loses nothing and brings nothing back, seed %i", async (seed) => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openCompacted(disk);
  // With seed 1 segments are small, so that several become one that is larger than the first of them was.
  if (seed === 1) await storage.updateTopic("t", { segmentBytesMax: 250 });
  await writeRandom(partition, 20 + seed, 16);
  await storage.updateTopic("t", { segmentBytesMax: 1500 });
  await partition.flush();
  const all = await readKept(partition);
  const expected = newestOf(all);
  const random = seededRandom(seed);
  const crashes = await crashesDuring(disk, random, () => storage.compact("t"));
  expect(crashes.length).toBeGreaterThan(40);
  let compacted = 0;
  for (const { after, step } of crashes) {
    // The next crash comes right after the opening that cleaned up behind the first one.
    await openCompacted(after);
    const again = after.cut(random);
    const reopened = await openCompacted(again);
    const kept = await readKept(reopened.partition);
    for (const [offset, record] of expected) expect(kept.get(offset), step).toEqual(record);
    for (const [offset, record] of kept) expect(all.get(offset), step).toEqual(record);
    if (kept.size < all.size) compacted += 1;
    expect(reopened.partition.report.damaged, step).toEqual([]);
    expect(
      again.paths().filter((path) => /\.(cleaned|swap|torn)$/.test(path)),
      step,
    ).toEqual([]);
    // Index files are not synced: they may be torn, and are not believed then.
    const { problems } = await verifyStorage(DIRECTORY, again);
    expect(
      problems.filter(({ kind }) => kind !== "index"),
      step,
    ).toEqual([]);
    await reopened.storage.compact("t");
    expect(await readKept(reopened.partition), step).toEqual(expected);
    expect(reopened.partition.bounds().endOffset).toBe(partition.bounds().endOffset);
  }
  expect(compacted).toBeGreaterThan(10);
});

test.each(["EIO", "ENOSPC", "EMFILE"])(
  "compaction that the disk refuses (%s) at any step loses nothing and can be repeated",
  async (code) => {
    const first = new SimulatedDisk();
    const written = await openCompacted(first);
    await writeRandom(written.partition, 31, 20);
    const expected = newestOf(await readKept(written.partition));
    await written.storage.close();
    for (let step = 0; step < 200; step += 1) {
      const disk = first.afterKill();
      const { partition, storage } = await openCompacted(disk);
      let left = step;
      disk.fault = (operation) => {
        if (operation === "read") return undefined;
        left -= 1;
        return left === -1 ? code : undefined;
      };
      const outcome = await storage.compact("t").then(
        () => "done",
        (error: unknown) => (error instanceof Error ? error.message : "?"),
      );
      disk.fault = () => undefined;
      const kept = await readKept(partition);
      for (const [offset, record] of expected) expect(kept.get(offset), `step ${step}: ${outcome}`).toEqual(record);
      await storage.close();
      const reopened = await openCompacted(disk);
      await reopened.storage.compact("t");
      expect(await readKept(reopened.partition), `step ${step}`).toEqual(expected);
      await reopened.storage.close();
      expect((await verifyStorage(DIRECTORY, disk)).problems, `step ${step}`).toEqual([]);
      if (left >= 0) return;
    }
    throw new Error("Compaction never ended");
  },
);
