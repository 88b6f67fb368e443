import { ManualClock, seededRandom } from "@kaelix/base";
import { MemoryLog } from "@kaelix/log/testing";
import { DEFAULT_TENANT, type FileDraft, makeId, TOPICS } from "@kaelix/model";
import { expect, test } from "vitest";

import { filesOver } from "../testing/files.ts";
import { mediaTypeOf } from "./media-type.ts";

const SEED = Number(process.env["KAELIX_SEED"] ?? 1_763_757_100);
const PIECE = 512 * 1_024;

async function makeFiles(limits?: Parameters<typeof filesOver>[1]) {
  const [log, clock, random] = [new MemoryLog(), new ManualClock(), seededRandom(SEED)];
  await log.createTopic(TOPICS.files);
  const owner = { tenant: DEFAULT_TENANT, user: makeId("usr", clock.nowMs(), random) };
  const files = filesOver({ log, clock, random }, limits);
  return { log, files, random, owner, memory: makeId("mem", clock.nowMs(), random) };
}

async function* partsOf(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

const draft = (
  bytes: Uint8Array,
  parts: readonly Uint8Array[] = [bytes],
  more: Partial<FileDraft> = {},
): FileDraft => ({
  name: "a.bin",
  bytes: bytes.length,
  open: () => partsOf(parts),
  ...more,
});

async function readAll(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(Buffer.from(part));
  return Buffer.concat(all);
}

test(`Files.read answers every range of what was kept, however it came (KAELIX_SEED=${SEED})`, async () => {
  const { files, memory, owner, random } = await makeFiles();
  for (const size of [0, 1, PIECE, PIECE + 1, 3 * PIECE + 5]) {
    const bytes = Buffer.concat(Array.from({ length: Math.ceil(size / 60_000) }, () => random.bytes(60_000))).subarray(
      0,
      size,
    );
    const parts: Buffer[] = [];
    for (let at = 0; at < size;) {
      const end = Math.min(size, at + random.integer(200_000));
      parts.push(bytes.subarray(at, end));
      at = end;
    }
    const { files: kept, lost } = await files.keep(owner, memory, [draft(bytes, parts)]);
    const file = kept[0] ?? expect.fail();
    expect(lost).toEqual([]);
    expect(file.offsets).toHaveLength(Math.ceil(size / PIECE));
    expect((await readAll(files.read(owner, memory, file))).equals(bytes)).toBe(true);
    for (let turn = 0; turn < (size === 0 ? 0 : 20); turn++) {
      const [one, two] = [random.integer(size + 1), random.integer(size + 1)];
      const range = { from: Math.min(one, two), to: Math.max(one, two) };
      const part = await readAll(files.read(owner, memory, file, range));
      expect(part.equals(bytes.subarray(range.from, range.to)), JSON.stringify(range)).toBe(true);
    }
  }
});

test("Files.keep refuses what is too large, too many, or not of the size that was said", async () => {
  const { files, memory, owner } = await makeFiles({ fileBytesMax: 10, memoryFilesMax: 2 });
  const ten = Buffer.alloc(10);
  const keep = (...drafts: FileDraft[]) => files.keep(owner, memory, drafts);
  await expect(keep(draft(Buffer.alloc(11)))).rejects.toMatchObject({ code: "file-too-large" });
  await expect(keep(draft(ten), draft(ten), draft(ten))).rejects.toMatchObject({ code: "memory-files-too-many" });
  for (const parts of [[ten, Buffer.alloc(1)], [Buffer.alloc(9)], []])
    await expect(keep(draft(ten, parts))).rejects.toMatchObject({ code: "file-unreadable" });
});

test("Files.keep loses what cannot be kept of an import by itself, and says why", async () => {
  const { files, memory, owner } = await makeFiles({ fileBytesMax: 10, memoryFilesMax: 2 });
  const ten = Buffer.alloc(10);
  const whys: string[] = [];
  const told = (bytes: Buffer, name: string, parts = [bytes]): FileDraft =>
    draft(bytes, parts, { name, onLost: (why) => whys.push(why) });
  const drafts = [
    told(Buffer.alloc(11), "big"),
    told(ten, "../a"),
    told(ten, "short", []),
    told(ten, "b"),
    told(ten, "c"),
  ];
  const { files: kept, lost } = await files.keep(owner, memory, drafts);
  expect(kept.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(lost).toEqual(["big", "short", "c"]);
  expect(whys).toHaveLength(3);
});

test("Files.read ends with an error where a piece is another's, and after all that is right before it", async () => {
  const { files, memory, owner, random } = await makeFiles();
  const bytes = Buffer.concat(Array.from({ length: 20 }, () => random.bytes(60_000)));
  const { files: kept } = await files.keep(owner, memory, [draft(bytes), draft(bytes)]);
  const [one, two] = [kept[0] ?? expect.fail(), kept[1] ?? expect.fail()];
  const swapped = { ...one, offsets: [one.offsets[0] ?? 0, two.offsets[1] ?? 0, one.offsets[2] ?? 0] };
  const parts = files.read(owner, memory, swapped);
  expect((await parts.next()).value).toHaveLength(PIECE);
  await expect(parts.next()).rejects.toMatchObject({ code: "file-damaged" });
  for (const wrong of [
    { ...one, offsets: one.offsets.slice(0, 2) },
    { ...one, offsets: one.offsets.toReversed() },
    { ...one, offsets: [...one.offsets.slice(0, 2), 1_000] },
    { ...one, key: two.key },
  ])
    await expect(readAll(files.read(owner, memory, wrong))).rejects.toMatchObject({ code: "file-damaged" });
});

test("mediaTypeOf goes by the first bytes alone, and names nothing that a browser would run", () => {
  const typeOf = (text: string): string => mediaTypeOf(Buffer.from(text, "latin1"));
  expect(typeOf("\u00ff\u00d8\u00ff\u00e0\0\u0010JFIF")).toBe("image/jpeg");
  expect(typeOf("RIFF\0\0\0\0WEBPVP8 ")).toBe("image/webp");
  expect(typeOf("\0\0\0\u0018ftypmp42")).toBe("video/mp4");
  expect(typeOf("\0\0\0\u0018ftypheic")).toBe("image/heic");
  expect(typeOf("OggS\0\u0002")).toBe("audio/ogg");
  expect(typeOf("%PDF-1.7")).toBe("application/pdf");
  for (const text of ["", "<svg onload=alert(1)>", "<!doctype html>", "GIF8", "plain words", "<?xml version='1.0'?>"])
    expect(typeOf(text)).toBe("application/octet-stream");
});
