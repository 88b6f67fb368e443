import { encodeText } from "@kaelix/base";
import { checksum } from "@kaelix/protocol";
import { expect, test } from "vitest";

import { CHAIN_NAME, SegmentChain } from "./chain.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { appendTexts, copyDisk, DIRECTORY, openTest, PARTITION_DIRECTORY, readAll } from "./testing.ts";
import { verifyStorage } from "./verify.ts";

const settings = { segmentBytesMax: 500, background: false };

async function sealedLog(): Promise<{ disk: SimulatedDisk } & Awaited<ReturnType<typeof openTest>>> {
  const disk = new SimulatedDisk();
  const opened = await openTest(disk, settings);
  for (let at = 0; at < 20; at += 1) await appendTexts(opened.partition, [`text ${at} ${"x".repeat(90)}`]);
  await opened.storage.hashSealed();
  return { disk, ...opened };
}

function logs(disk: SimulatedDisk): readonly string[] {
  return disk
    .paths()
    .filter((path) => path.endsWith(".log"))
    .sort();
}

/** Changes a value in the first batch of a file and makes its checksum fit, as somebody would who knows the format. */
function forge(disk: SimulatedDisk, path: string): void {
  disk.corrupt(path, (bytes) => {
    const view = new DataView(bytes.buffer);
    const size = view.getInt32(8) + 12;
    bytes[size - 10] = 121;
    view.setUint32(17, checksum(bytes.subarray(21, size)));
    return bytes;
  });
}

test("every sealed segment is hashed, and verification compares each", async () => {
  const { disk, storage } = await sealedLog();
  const report = await verifyStorage(DIRECTORY, disk);
  expect(report).toMatchObject({ problems: [], hashed: report.segments - 1 });
  expect(report.hashed).toBeGreaterThan(3);
  await storage.close();
  const again = await openTest(disk, settings);
  await again.storage.hashSealed();
  expect((await verifyStorage(DIRECTORY, disk)).problems).toEqual([]);
});

test("a forged batch whose checksum fits is found by verification and by the scrubber, with its segment's name", async () => {
  const { disk, partition, storage } = await sealedLog();
  const [, path = ""] = logs(disk);
  forge(disk, path);
  // Every checksum fits: a reader cannot know.
  expect((await readAll(partition)).damaged).toEqual([]);
  const file = path.slice(PARTITION_DIRECTORY.length + 1);
  const { problems } = await verifyStorage(DIRECTORY, disk);
  expect(problems).toMatchObject([{ file, kind: "chain", topic: "t", partition: 0 }]);
  expect(storage.health()).toBe("ok");
  await storage.scrub();
  expect(storage.report().problems).toMatchObject([{ file, kind: "chain", topic: "t", partition: 0 }]);
  expect(storage.health()).toBe("suspect");
});

test("changed rows, a chain cut short or taken away, and a missing segment are found", async () => {
  const { disk, storage } = await sealedLog();
  await storage.close();
  const chainPath = `${PARTITION_DIRECTORY}/${CHAIN_NAME}`;
  const rewrite = (changed: SimulatedDisk, change: (text: string) => string): void =>
    changed.corrupt(chainPath, (bytes) => {
      const body = change(new TextDecoder().decode(bytes).split("\n")[1] ?? "");
      return encodeText(`${checksum(encodeText(body)).toString(16).padStart(8, "0")}\n${body}\n`);
    });
  const changes: readonly ((changed: SimulatedDisk) => void)[] = [
    (changed) =>
      rewrite(changed, (text) => text.replace(/"sha256":"./, '"sha256":"f').replace(/"sha256":"ff/, '"sha256":"0f')),
    (changed) => rewrite(changed, (text) => text.replace(/"rows":\[\{[^}]*\},/, '"rows":[')),
    (changed) => changed.remove(chainPath),
    (changed) => changed.corrupt(chainPath, (bytes) => bytes.subarray(0, 50)),
    (changed) => changed.remove(logs(changed)[2] ?? ""),
  ];
  for (const [at, change] of changes.entries()) {
    const changed = copyDisk(disk);
    change(changed);
    const { problems } = await verifyStorage(DIRECTORY, changed);
    expect(
      problems.some(({ kind }) => kind === "chain"),
      `change ${at}`,
    ).toBe(true);
  }
});

test("what retention cut off leaves a chain that is verified from the oldest segment kept", async () => {
  const { disk, partition, storage } = await sealedLog();
  const before = logs(disk).length;
  await partition.deleteRecords(9);
  expect(logs(disk).length).toBeLessThan(before);
  expect((await verifyStorage(DIRECTORY, disk)).problems).toEqual([]);
  for (let at = 0; at < 6; at += 1) await appendTexts(partition, [`more ${at} ${"x".repeat(90)}`]);
  await storage.hashSealed();
  const report = await verifyStorage(DIRECTORY, disk);
  expect(report).toMatchObject({ problems: [], hashed: report.segments - 1 });
  forge(disk, logs(disk)[0] ?? "");
  expect((await verifyStorage(DIRECTORY, disk)).problems.map(({ kind }) => kind)).toEqual(["chain"]);
});

test("a segment that goes on after a crash keeps what it was sealed with", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk, settings);
  await appendTexts(partition, ["sealed 0"]);
  await appendTexts(partition, ["sealed 1"]);
  await partition.deleteRecords(0);
  partition.roll();
  await appendTexts(partition, ["next"]);
  await storage.hashSealed();
  // The crash takes the new segment; the sealed one is written to again.
  const killed = copyDisk(disk);
  const [sealed = "", active = ""] = logs(killed);
  killed.remove(active);
  killed.remove(`${PARTITION_DIRECTORY}/checkpoint`);
  const forged = copyDisk(killed);
  const again = await openTest(killed, settings);
  await appendTexts(again.partition, ["goes on"]);
  expect((await verifyStorage(DIRECTORY, killed)).problems).toEqual([]);
  again.partition.roll();
  await appendTexts(again.partition, ["next again"]);
  await again.storage.hashSealed();
  expect(again.storage.report().problems).toEqual([]);
  expect(await verifyStorage(DIRECTORY, killed)).toMatchObject({ problems: [], hashed: 1 });
  forge(forged, sealed);
  const tampered = await openTest(forged, settings);
  await appendTexts(tampered.partition, ["goes on"]);
  tampered.partition.roll();
  await appendTexts(tampered.partition, ["next again"]);
  await tampered.storage.hashSealed();
  expect(tampered.storage.report().problems).toMatchObject([{ kind: "chain" }]);
});

test("the scrubber finds rot, sets the range aside, and readers are told", async () => {
  const { disk, storage } = await sealedLog();
  const [path = ""] = logs(disk);
  disk.corrupt(path, (bytes) => bytes.map((byte, at) => (at === 100 ? byte ^ 16 : byte)));
  await storage.scrub();
  expect(storage.report().problems).toMatchObject([{ kind: "damage", firstOffset: 0, nextOffset: 1 }]);
  expect(storage.report().scrubbedSegments).toBeGreaterThan(3);
  expect(storage.health()).toBe("suspect");
  await storage.close();
  const again = await openTest(disk, settings);
  expect(again.partition.report).toMatchObject({ scannedBytes: 0, damaged: [{ firstOffset: 0, nextOffset: 1 }] });
  expect((await readAll(again.partition)).damaged).toMatchObject([{ firstOffset: 0, nextOffset: 1 }]);
});

test("hashes cannot be written or a segment cannot be read: nothing is lost, and it is done later", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk, settings);
  for (let at = 0; at < 10; at += 1) await appendTexts(partition, [`text ${at} ${"x".repeat(90)}`]);
  for (const operation of ["read", "open", "rename", "sync", "syncDirectory"]) {
    disk.fault = (asked) => (asked === operation ? "EIO" : undefined);
    await storage.hashSealed();
    await storage.scrub();
    disk.fault = () => undefined;
  }
  await storage.hashSealed();
  expect(storage.report().problems).toEqual([]);
  const report = await verifyStorage(DIRECTORY, disk);
  expect(report).toMatchObject({ problems: [], hashed: report.segments - 1 });
});

test("the scrubber passes a segment in which a failed sync left nothing", async () => {
  const disk = new SimulatedDisk();
  const { partition, storage } = await openTest(disk, settings);
  disk.fault = (asked) => (asked === "sync" ? "EIO" : undefined);
  await expect(appendTexts(partition, ["never durable"])).rejects.toMatchObject({ code: "log-disk-failed" });
  disk.fault = () => undefined;
  await partition.settled();
  for (let at = 0; at < 5; at += 1) await appendTexts(partition, [`text ${at} ${"x".repeat(90)}`]);
  await storage.hashSealed();
  await storage.scrub();
  expect(storage.report().problems).toEqual([]);
  expect(storage.report().scrubbedSegments).toBeGreaterThan(0);
});

test("a chain links anew what follows a replaced row", () => {
  const chain = new SegmentChain();
  const row = (baseOffset: number, nextOffset: number): void =>
    chain.put({ baseOffset, nextOffset, size: nextOffset, sha256: String(nextOffset % 10).repeat(64) });
  for (const [from, to] of [
    [0, 5],
    [5, 9],
    [9, 12],
  ] as const)
    row(from, to);
  const before = chain.head;
  row(0, 9);
  expect(chain.head).not.toBe(before);
  expect(chain.rows.map(({ baseOffset }) => baseOffset)).toEqual([0, 9]);
  expect(SegmentChain.decode(chain.encode())?.broken).toBe(false);
  chain.cutBefore(9);
  const head = chain.head;
  const decoded = SegmentChain.decode(chain.encode());
  expect([decoded?.broken, decoded?.head]).toEqual([false, head]);
});
