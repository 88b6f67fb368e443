import { encodeText, isKaelixError, ManualClock, seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { SimulatedDisk } from "./simulated-disk.ts";
import { openStorage, type Storage, type TopicEvent } from "./storage.ts";
import { appendTexts, crashesDuring, DIRECTORY, openTest, readAll } from "./testing.ts";
import { decodeTopicFile } from "./topic-file.ts";
import { verifyStorage } from "./verify.ts";

function open(disk: SimulatedDisk): Promise<Storage> {
  return openStorage({ directory: DIRECTORY, disk, clock: new ManualClock(), random: seededRandom(1) });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "none";
  } catch (error) {
    return isKaelixError(error) ? error.code : "other";
  }
}

test("a topic has a random id that survives a restart and is another after it was deleted and made again", async () => {
  const disk = new SimulatedDisk();
  const { storage } = await openTest(disk);
  const id = storage.topics().get("t")?.spec.id;
  expect(id).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
  await storage.close();
  const again = await openTest(disk);
  expect(again.storage.topics().get("t")?.spec.id).toBe(id);
  await again.storage.deleteTopic("t");
  await again.storage.createTopic({ name: "t", partitions: 1 });
  expect(again.storage.topics().get("t")?.spec.id).not.toBe(id);
});

test("a topic file of version 1 is read with an id that stays the same", () => {
  const bytes = encodeText(`{"version":1,"name":"keys","partitions":3,"compacted":true}`);
  const spec = decodeTopicFile(bytes);
  expect(spec).toMatchObject({ name: "keys", partitions: 3, cleanup: "compact", compacted: true });
  expect(decodeTopicFile(bytes)?.id).toBe(spec?.id);
  const other = decodeTopicFile(encodeText(`{"version":1,"name":"other","partitions":3,"retentionMs":5}`));
  expect(other).toMatchObject({ cleanup: "delete", compacted: false, retentionMs: 5 });
  expect(other?.id).not.toBe(spec?.id);
});

test("deleteTopic removes every file, ends readers that wait, and refuses the partition's callers", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk);
  await appendTexts(partition, ["a", "b"]);
  const accepted = partition.waitFor(2, "accepted");
  const waiting = partition.waitFor(2, "durable");
  await storage.deleteTopic("t");
  expect([await accepted, await waiting]).toEqual([false, false]);
  expect(disk.paths().filter((path) => path.includes("/topics/t/"))).toEqual([]);
  expect(disk.list(`${DIRECTORY}/topics`)).toEqual([]);
  expect(partition.closed).toBe(true);
  expect(await codeOf(appendTexts(partition, ["late"]))).toBe("log-topic-missing");
  expect(await codeOf(partition.read(0, 100, "durable"))).toBe("log-topic-missing");
  expect(await codeOf(storage.deleteTopic("t"))).toBe("log-topic-missing");
  await storage.createTopic({ name: "t", partitions: 1 });
  expect(storage.partition("t", 0).bounds().endOffset).toBe(0);
  await storage.close();
});

test("a topic deleted while records wait for the disk refuses their callers and leaves nothing behind", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk, { checkpointBytes: 10 });
  await appendTexts(partition, ["a"]);
  const pending = appendTexts(partition, ["b"]);
  const outcome = codeOf(pending);
  await storage.deleteTopic("t");
  expect(["log-topic-missing", "none"]).toContain(await outcome);
  expect(disk.paths().filter((path) => path.includes("/topics/"))).toEqual([]);
});

test("a crash at any step of deleteTopic leaves the topic whole or gone for good", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk, { segmentBytesMax: 300 });
  const texts = Array.from({ length: 6 }, (_, at) => `text ${at} ${"x".repeat(100)}`);
  for (const text of texts) await appendTexts(partition, [text]);
  const crashes = await crashesDuring(disk, seededRandom(5), () => storage.deleteTopic("t"));
  expect(crashes.length).toBeGreaterThan(40);
  let wholeCount = 0;
  for (const { after, step } of crashes) {
    const reopened = await open(after);
    if (reopened.topics().has("t")) {
      wholeCount += 1;
      expect([...(await readAll(reopened.partition("t", 0))).texts.values()], step).toEqual(texts);
    } else {
      expect(
        after.paths().filter((path) => path.includes("/topics/t/")),
        step,
      ).toEqual([]);
    }
    await reopened.close();
    const last = await open(after);
    expect(last.topics().has("t"), step).toBe(reopened.topics().has("t"));
  }
  expect(wholeCount).toBeGreaterThan(0);
  expect(wholeCount).toBeLessThan(crashes.length / 2);
});

test.each(["EIO", "ENOSPC", "EMFILE"])(
  "a deleted topic that cannot be removed (%s) is removed at the next opening",
  async (code) => {
    const disk = new SimulatedDisk();
    const { partition, storage } = await openTest(disk);
    await appendTexts(partition, ["a"]);
    disk.fault = (operation, path) => (operation === "remove" && path.endsWith(".log") ? code : undefined);
    await storage.deleteTopic("t");
    expect(storage.topics().has("t")).toBe(false);
    expect((await verifyStorage(DIRECTORY, disk)).problems).toEqual([]);
    expect(await codeOf(storage.createTopic({ name: "t", partitions: 1 }))).not.toBe("none");
    disk.fault = () => undefined;
    await storage.close();
    const reopened = await open(disk);
    expect(disk.paths().filter((path) => path.includes("/topics/"))).toEqual([]);
    await reopened.createTopic({ name: "t", partitions: 1 });
    expect(reopened.partition("t", 0).bounds().endOffset).toBe(0);
  },
);

test("a topic whose file is missing without a mark of deletion keeps all its records on the disk", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk);
  await appendTexts(partition, ["a"]);
  await storage.close();
  disk.remove(`${DIRECTORY}/topics/t/topic.json`);
  await (await open(disk)).close();
  expect(disk.paths().some((path) => path.endsWith(".log"))).toBe(true);
});

test("addPartitions keeps what is there and survives a crash at any step", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk);
  await appendTexts(partition, ["a"]);
  const crashes = await crashesDuring(disk, seededRandom(6), () => storage.addPartitions("t", 4));
  expect(storage.topics().get("t")?.partitions).toHaveLength(4);
  expect(storage.partition("t", 0)).toBe(partition);
  await appendTexts(storage.partition("t", 3), ["new"]);
  let found = 0;
  for (const { after, step } of crashes) {
    const reopened = await open(after);
    const topic = reopened.topics().get("t");
    expect([1, 4], step).toContain(topic?.partitions.length);
    expect(topic?.spec.partitions).toBe(topic?.partitions.length);
    found = topic?.spec.partitions ?? 0;
    expect((await readAll(reopened.partition("t", 0))).texts.get(0), step).toBe("a");
  }
  expect(found).toBe(4);
  expect(await codeOf(storage.addPartitions("t", 3))).toBe("log-topic-mismatch");
  expect(await codeOf(storage.addPartitions("t", 10_001))).toBe("log-topic-invalid");
  expect(await codeOf(storage.addPartitions("none", 3))).toBe("log-topic-missing");
});

test("updateTopic is durable, in effect at once, and undefined goes back to the default", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk);
  await appendTexts(partition, ["x".repeat(500)]);
  await storage.updateTopic("t", { batchBytesMax: 200, segmentBytesMax: 300, config: { "max.message.bytes": "200" } });
  expect(await codeOf(appendTexts(partition, ["x".repeat(500)]))).toBe("log-record-too-large");
  await appendTexts(partition, ["y".repeat(100)]);
  await appendTexts(partition, ["z".repeat(100)]);
  expect(disk.paths().filter((path) => path.endsWith(".log")).length).toBe(3);
  const id = storage.topics().get("t")?.spec.id;
  const crashes = await crashesDuring(disk, seededRandom(7), () =>
    storage.updateTopic("t", { batchBytesMax: undefined, cleanup: "compact,delete", retentionMs: 60_000 }),
  );
  await appendTexts(partition, ["x".repeat(500)]);
  let last = "";
  for (const { after, step } of crashes) {
    const reopened = await open(after);
    const spec = reopened.topics().get("t")?.spec;
    const isNew = spec?.cleanup === "compact,delete";
    last = spec?.cleanup ?? "";
    expect(spec, step).toMatchObject({ id, segmentBytesMax: 300, config: { "max.message.bytes": "200" } });
    expect(spec?.retentionMs).toBe(isNew ? 60_000 : undefined);
    expect(spec?.batchBytesMax).toBe(isNew ? undefined : 200);
    // A batch that was larger than what is allowed now is still there.
    expect((await readAll(reopened.partition("t", 0))).damaged, step).toEqual([]);
    expect((await readAll(reopened.partition("t", 0))).texts.size, step).toBe(3);
  }
  expect(last).toBe("compact,delete");
  expect(await codeOf(storage.updateTopic("t", { retentionMs: -5 }))).toBe("log-topic-invalid");
  expect(await codeOf(storage.updateTopic("t", { dirtyRatioMin: 2 }))).toBe("log-topic-invalid");
  expect(await codeOf(storage.updateTopic("none", {}))).toBe("log-topic-missing");
});

test("onTopics tells of what happened, in order, until it is ended", async () => {
  const { storage } = await openTest(new SimulatedDisk());
  const told: string[] = [];
  const stop = storage.onTopics((event: TopicEvent) => told.push(`${event.type} ${event.topic.spec.name}`));
  await storage.createTopic({ name: "u", partitions: 1 });
  await storage.createTopic({ name: "u", partitions: 1 });
  await storage.addPartitions("u", 2);
  await storage.addPartitions("u", 2);
  await storage.updateTopic("u", { retentionMs: 1 });
  await storage.deleteTopic("u");
  stop();
  await storage.createTopic({ name: "v", partitions: 1 });
  expect(told).toEqual(["created u", "changed u", "changed u", "deleted u"]);
  await storage.close();
  expect(await codeOf(storage.deleteTopic("v"))).toBe("log-closed");
});
