import { seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { readKept, writeRandom } from "./compaction-testing.ts";
import { openKept, purgedBy, ruleOf } from "./purging-testing.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { crashesDuring, DIRECTORY } from "./testing.ts";
import { verifyStorage } from "./verify.ts";

test.each([0, 1])(
  "a crash at any step of a purge leaves each record as it was or as the rule says, seed %i",
  async (seed) => {
    const disk = new SimulatedDisk();
    const { partition } = await openKept(disk);
    await writeRandom(partition, 40 + seed, 12);
    await partition.flush();
    const all = await readKept(partition);
    const { endOffset } = partition.bounds();
    const rule = ruleOf(seed);
    const expected = await purgedBy(all, rule);
    const random = seededRandom(seed);
    const crashes = await crashesDuring(disk, random, () => partition.upkeep.purge(rule));
    expect(crashes.length).toBeGreaterThan(40);
    let changed = 0;
    for (const { after, step } of crashes) {
      // The next crash comes right after the opening that cleaned up behind the first one.
      await openKept(after);
      const again = after.cut(random);
      const reopened = await openKept(again);
      const kept = await readKept(reopened.partition);
      for (const [offset, record] of all) {
        const found = kept.get(offset);
        const wanted = expected.get(offset);
        const isOld = JSON.stringify(found) === JSON.stringify(record);
        const isNew = JSON.stringify(found) === JSON.stringify(wanted);
        expect(isOld || isNew, `${step}: record ${offset}`).toBe(true);
        if (!isOld) changed += 1;
      }
      expect(kept.size, step).toBeLessThanOrEqual(all.size);
      expect(reopened.partition.report.damaged, step).toEqual([]);
      const rest = again.paths().filter((path) => /\.(cleaned|swap|torn)$/.test(path));
      expect(rest, step).toEqual([]);
      const { problems } = await verifyStorage(DIRECTORY, again);
      // Index files are not synced: they may be torn, and are not believed then.
      expect(
        problems.filter(({ kind }) => kind !== "index"),
        step,
      ).toEqual([]);
      await reopened.partition.upkeep.purge(rule);
      expect(await readKept(reopened.partition), step).toEqual(expected);
      expect(reopened.partition.bounds().endOffset).toBe(endOffset);
    }
    expect(changed).toBeGreaterThan(10);
  },
);

test.each(["EIO", "ENOSPC", "EMFILE"])(
  "a purge that the disk refuses (%s) at any step loses nothing and can be repeated",
  async (code) => {
    const first = new SimulatedDisk();
    const written = await openKept(first);
    await writeRandom(written.partition, 31, 12);
    const all = await readKept(written.partition);
    const rule = ruleOf(9);
    const expected = await purgedBy(all, rule);
    await written.storage.close();
    for (let step = 0; step < 200; step += 1) {
      const disk = first.afterKill();
      const { partition, storage } = await openKept(disk);
      let left = step;
      disk.fault = (operation) => {
        if (operation === "read") return undefined;
        left -= 1;
        return left === -1 ? code : undefined;
      };
      await partition.upkeep.purge(rule).catch(() => undefined);
      disk.fault = () => undefined;
      const kept = await readKept(partition);
      for (const offset of expected.keys()) expect(kept.has(offset), `step ${step}: record ${offset}`).toBe(true);
      await storage.close();
      const reopened = await openKept(disk);
      await reopened.partition.upkeep.purge(rule);
      expect(await readKept(reopened.partition), `step ${step}`).toEqual(expected);
      await reopened.storage.close();
      expect((await verifyStorage(DIRECTORY, disk)).problems, `step ${step}`).toEqual([]);
      if (left >= 0) return;
    }
    throw new Error("The purge never ended");
  },
);
