import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { writeFileDurably, writeSynced } from "./durable-file.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kaelix-durable-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("writeFileDurably puts a whole file in the place of the one before, also of one nobody may write, and leaves nothing beside it", async () => {
  const path = join(folder, "key");
  await writeFileDurably(path, "first", 0o400);
  // What a process left that died in the middle.
  await writeFile(`${path}.${process.pid}.new`, "torn", { mode: 0o400 });
  await writeFileDurably(path, "second", 0o400);
  expect(await readFile(path, "utf8")).toBe("second");
  expect((await stat(path)).mode & 0o777).toBe(0o400);
  expect(await readdir(folder)).toEqual(["key"]);
});

test("writeSynced does not write over a file when told so", async () => {
  const path = join(folder, "once");
  await writeSynced(path, [new TextEncoder().encode("first "), new TextEncoder().encode("piece")]);
  await expect(writeSynced(path, "second", { isReplaced: false })).rejects.toMatchObject({ code: "EEXIST" });
  expect(await readFile(path, "utf8")).toBe("first piece");
});
