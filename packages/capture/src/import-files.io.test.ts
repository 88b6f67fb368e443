import { createWriteStream, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { DEFAULT_TENANT, makeId, TOPICS } from "@kaelix/model";
import { openContent } from "@kaelix/security";
import { expect, test } from "vitest";
import { ZipFile } from "yazl";

import type { Owner } from "./remember.ts";
import { openImportHouse } from "./testing/import-house.ts";

const SPOILT = Buffer.from("this one is spoilt on its way");

async function makeExport(path: string, media: ReadonlyMap<string, Buffer>): Promise<void> {
  const zip = new ZipFile();
  const said = [...media.keys(), "missing.jpg"].map((name) => `22/08/2018, 14:42 - Ann: ${name} (file attached)\n`);
  const words = Array.from({ length: 400 }, (_, at) => `22/08/2018, 14:43 - Bob: word ${at}\n`);
  zip.addBuffer(Buffer.from([...said, ...words].join("")), "WhatsApp Chat with Bob.txt");
  for (const [name, bytes] of media) zip.addBuffer(bytes, name, { compress: false });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
  const bytes = readFileSync(path);
  const at = bytes.indexOf(SPOILT);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

test("an import brings the files that its messages name; what is too large, damaged or missing costs its file alone", async () => {
  const { files, keystore, log, make, random, register } = await openImportHouse(5);
  const imports = make();
  const owner: Owner = { tenant: DEFAULT_TENANT, user: makeId("usr", 1_000, random) };
  const [small, long] = [Buffer.from(random.bytes(5_000)), Buffer.from(random.bytes(60_000))];
  const media = new Map([
    ["IMG-1.jpg", small],
    ["VID-1.mp4", Buffer.concat(Array.from({ length: 20 }, () => long))],
    ["VID-2.mp4", Buffer.alloc(2_000_001)],
    ["DOC-1.txt", SPOILT],
  ]);
  const bring = async () => {
    const { folder: spool, importId } = await imports.makeSpool();
    const path = join(spool, "upload");
    await makeExport(path, media);
    await imports.accept(owner, { importId, path, fileName: "WhatsApp Chat with Bob.zip" });
    await imports.start(owner, importId, { zone: "UTC", dateOrder: "day-first" });
    const stateOf = async () => imports.read(owner, importId);
    await expect.poll(async () => (await stateOf())?.state).toBe("done");
    return stateOf();
  };
  const first = await bring();
  expect(first).toMatchObject({ added: 405, known: 0 });
  const problems = first?.problems.map(({ text }) => text);
  expect(problems).toEqual(["VID-2.mp4", "DOC-1.txt"]);

  const kept = new Map<string, Buffer | readonly string[]>();
  for (const row of register.rows()) {
    const key = await keystore.memoryKey(row.memoryId);
    const opened = key === undefined ? undefined : openContent(key, row.version, row.sealed);
    if (opened?.type !== "opened") throw new Error("It opens");
    const { attachments, files: its, text } = opened.content;
    if (attachments !== undefined) kept.set(text, attachments);
    for (const file of its ?? []) {
      const parts: Uint8Array[] = [];
      for await (const part of files.read(owner, row.memoryId, file)) parts.push(Buffer.from(part));
      kept.set(text, Buffer.concat(parts));
    }
  }
  expect(kept.get("IMG-1.jpg")).toEqual(small);
  expect(kept.get("VID-1.mp4")).toEqual(media.get("VID-1.mp4"));
  for (const name of ["VID-2.mp4", "DOC-1.txt", "missing.jpg"]) expect(kept.get(name)).toEqual([name]);

  const pieces = (): number =>
    Array.from({ length: TOPICS.files.partitions }, (_, at) => log.records(TOPICS.files.name, at).length).reduce(
      (sum, count) => sum + count,
    );
  const before = pieces();
  expect(await bring()).toMatchObject({ added: 0, known: 405, failed: 0 });
  expect(pieces(), "what is known is not read again").toBe(before);
  await keystore.close();
});
