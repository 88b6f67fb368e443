import { ManualClock } from "@kaelix/base";
import { expect, test } from "vitest";

import type { DiskFile, OpenMode } from "./disk.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { openStorage, type Storage } from "./storage.ts";
import { appendTexts, readAll } from "./testing.ts";

class CountingDisk extends SimulatedDisk {
  openCount = 0;

  override open(path: string, mode: OpenMode): DiskFile {
    const file = super.open(path, mode);
    this.openCount += 1;
    let open = true;
    file.close = () => {
      if (open) this.openCount -= 1;
      open = false;
    };
    return file;
  }
}

function openAt(disk: SimulatedDisk): Promise<Storage> {
  return openStorage({ directory: "/d", disk, clock: new ManualClock(), settings: { idleFlushMs: 60_000 } });
}

test("300 partitions need no more open files than the keeper allows, whether they are opened, written or read", async () => {
  const disk = new CountingDisk();
  const storage = await openAt(disk);
  await storage.createTopic({ name: "many", partitions: 300 });
  const partitions = storage.topics().get("many")?.partitions ?? [];
  expect(disk.openCount).toBe(0);
  for (const partition of partitions) await appendTexts(partition, ["one"]);
  expect(disk.openCount).toBeLessThanOrEqual(256);
  for (const partition of partitions) await appendTexts(partition, ["two"]);
  expect(disk.openCount).toBeLessThanOrEqual(256);
  const killed = new CountingDisk();
  for (const path of disk.paths()) {
    const file = killed.open(path, "create");
    file.write(disk.contentOf(path), 0);
    file.close();
  }
  const recovered = await openAt(killed);
  expect(killed.openCount).toBe(0);
  await recovered.close();
  await storage.close();
  expect(disk.openCount).toBe(0);
  const again = await openAt(disk);
  expect(disk.openCount).toBe(0);
  const reopened = again.topics().get("many")?.partitions ?? [];
  for (const partition of reopened) expect((await readAll(partition)).texts.size).toBe(2);
  expect(disk.openCount).toBeLessThanOrEqual(256);
  await again.close();
  expect(disk.openCount).toBe(0);
});

test("a file with unsynced bytes stays open however many others are used", async () => {
  const disk = new CountingDisk();
  const storage = await openAt(disk);
  await storage.createTopic({ name: "many", partitions: 300 });
  const partitions = storage.topics().get("many")?.partitions ?? [];
  const opened: string[] = [];
  disk.fault = (operation, path) => {
    if (operation === "open" && path.endsWith(".log")) opened.push(path);
    return undefined;
  };
  for (const partition of partitions) await appendTexts(partition, ["one"], { accepted: true });
  for (const partition of partitions) await partition.flush();
  expect(opened.length).toBe(300);
  await storage.close();
});
