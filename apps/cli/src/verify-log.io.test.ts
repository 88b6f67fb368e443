import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { encodeText } from "@kaelix/base";
import { checksum, encodeRecordBatch } from "@kaelix/protocol";
import { openStorage } from "@kaelix/streamer";
import { afterEach, beforeEach, expect, test } from "vitest";

import { type CommandOutcome, runCommand } from "./testing/product.ts";

const settings = { segmentBytesMax: 2000, background: false };
let directory = "";
let log = "";
let partition = "";

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "kaelix-verify-"));
  log = join(directory, "log");
  partition = join(log, "topics", "t", "0");
  const storage = await openStorage({ directory: log, settings });
  await storage.createTopic({ name: "t", partitions: 1 });
  const to = storage.partition("t", 0);
  for (let at = 0; at < 30; at += 1) {
    const value = encodeText(`${at} ${"x".repeat(200)}`);
    to.append(encodeRecordBatch([{ key: null, value, timestampMs: 1 }]), { trusted: true });
  }
  await to.flush();
  await storage.hashSealed();
  await storage.close();
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function verify(...words: readonly string[]): Promise<CommandOutcome> {
  return runCommand(["verify", "log", ...words]);
}

/** Changes the first batch of the second segment; returns the file's name. */
function change(change: (bytes: Buffer) => void): string {
  const name = readdirSync(partition)
    .filter((file) => file.endsWith(".log"))
    .sort()[1];
  if (name === undefined) throw new Error("There is a second segment");
  const bytes = readFileSync(join(partition, name));
  change(bytes);
  writeFileSync(join(partition, name), bytes);
  return name;
}

test("a whole log ends with 0, found by its own folder or by the data directory", async () => {
  for (const words of [[log], [directory], ["--data", directory]]) {
    const { code, out } = await verify(...words, "--json");
    expect(JSON.parse(out)).toMatchObject({ directory: log, whole: true, records: 30, problems: [] });
    expect(code).toBe(0);
  }
});

test("a flipped byte is named with file, offsets and what to do, and opening sets the records aside", async () => {
  const name = change((bytes) => {
    bytes[100] = (bytes[100] ?? 0) ^ 1;
  });
  const offset = Number(name.slice(0, 20));
  const json = await verify(log, "--json");
  expect(json.code).toBe(8);
  expect(JSON.parse(json.out)).toMatchObject({
    whole: false,
    problems: [
      { file: `topics/t/0/${name}`, kind: "damage", first_offset: offset, last_offset: offset },
      { file: `topics/t/0/${name}`, kind: "chain" },
    ],
  });
  const words = await verify(log);
  expect(words.code).toBe(8);
  expect(words.out).toContain(`topics/t/0/${name}  damage  records ${offset} to ${offset}`);
  expect(words.out).toContain("from a backup");
  // Repair by quarantine: the one batch is set aside, the rest is served, and readers are told.
  rmSync(join(partition, "checkpoint"));
  const storage = await openStorage({ directory: log, settings });
  const opened = storage.partition("t", 0);
  expect(opened.report.damaged).toMatchObject([{ firstOffset: offset, nextOffset: offset + 1 }]);
  const read = await opened.read(offset, 1, "durable");
  expect(read.damaged).toMatchObject([{ firstOffset: offset, nextOffset: offset + 1 }]);
  expect(read.batches[0]?.header.baseOffset).toBe(offset + 1);
  await storage.close();
});

test("a forged batch whose checksum fits is found by the hash chain", async () => {
  const name = change((bytes) => {
    const size = bytes.readInt32BE(8) + 12;
    bytes[size - 10] = 121;
    bytes.writeUInt32BE(checksum(bytes.subarray(21, size)), 17);
  });
  const { code, out } = await verify(log, "--json");
  expect(code).toBe(8);
  expect(JSON.parse(out)).toMatchObject({ whole: false, problems: [{ file: `topics/t/0/${name}`, kind: "chain" }] });
});

test("fields can be picked", async () => {
  const { out } = await verify(log, "--json=whole,records");
  expect(JSON.parse(out)).toEqual({ whole: true, records: 30 });
});

test("a folder that is no log is refused", async () => {
  const { code, err } = await verify(partition);
  expect(code).toBe(3);
  expect(err).toContain("Cannot verify");
});
