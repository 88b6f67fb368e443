import { encodeText } from "@kaelix/base";
import { encodeRecordBatch } from "@kaelix/protocol";
import { describe, expect, it } from "vitest";

import { SimulatedDisk } from "./simulated-disk.ts";
import { openTest, PARTITION_DIRECTORY, readAll } from "./testing.ts";

function batch(text: string): Uint8Array {
  return encodeRecordBatch([{ key: null, value: encodeText(text), timestampMs: 1 }]);
}

const LOG = `${PARTITION_DIRECTORY}/00000000000000000000.log`;

/** Counts the writes to the first segment. */
function countWrites(disk: SimulatedDisk): () => number {
  let writes = 0;
  disk.fault = (operation, path) => {
    if (operation === "write" && path === LOG) writes += 1;
    return undefined;
  };
  return () => writes;
}

describe("AppendQueue", () => {
  it("writes the appends of one turn at once, in order", async () => {
    const disk = new SimulatedDisk();
    const { partition, storage } = await openTest(disk);
    const writes = countWrites(disk);
    const told: number[] = [];
    partition.onAppend(({ baseOffset }) => told.push(baseOffset));
    const texts = Array.from({ length: 50 }, (_, at) => `text ${at}`);
    const offsets = await Promise.all(texts.map((text) => partition.queue.append(batch(text))));
    expect(offsets).toEqual(texts.map((_, at) => at));
    expect(told).toEqual(offsets);
    expect(writes()).toBe(1);
    await Promise.all(offsets.map((baseOffset) => partition.durable(baseOffset + 1)));
    await storage.close();
    const again = await openTest(disk);
    expect([...(await readAll(again.partition)).texts.values()]).toEqual(texts);
  });

  it("lets a batch that is refused take no other with it", async () => {
    const { partition } = await openTest(new SimulatedDisk(), { batchBytesMax: 1000 });
    const settled = await Promise.allSettled(
      ["a", "x".repeat(2000), "b"].map((text) => partition.queue.append(batch(text))),
    );
    expect(settled).toMatchObject([
      { status: "fulfilled", value: 0 },
      { status: "rejected", reason: { code: "log-record-too-large" } },
      { status: "fulfilled", value: 1 },
    ]);
    await partition.flush();
    expect([...(await readAll(partition)).texts.values()]).toEqual(["a", "b"]);
  });

  it("takes on a full disk what there is room for, and leaves nothing of the rest", async () => {
    const disk = new SimulatedDisk();
    const { partition, storage } = await openTest(disk);
    const used = disk.paths().reduce((bytes, path) => bytes + (disk.size(path) ?? 0), 0);
    disk.bytesMax = used + batch("text 0").length * 2;
    const settled = await Promise.allSettled([0, 1, 2].map((at) => partition.queue.append(batch(`text ${at}`))));
    expect(settled).toMatchObject([
      { status: "fulfilled", value: 0 },
      { status: "fulfilled", value: 1 },
      { status: "rejected", reason: { code: "log-disk-full" } },
    ]);
    disk.bytesMax = Number.POSITIVE_INFINITY;
    expect(await partition.queue.append(batch("text 3"))).toBe(2);
    await storage.close();
    const { texts } = await readAll((await openTest(disk)).partition);
    expect([...texts.values()]).toEqual(["text 0", "text 1", "text 3"]);
  });
});
