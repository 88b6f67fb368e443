import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { runCommand } from "./testing/product.ts";
import { claimedProduct, folderOfFile } from "./testing/products-of-tests.ts";

const PASSPHRASE = "walnut lantern by the harbour";
const TOLD = "The harbour gate is painted green";
const MAIN = join(import.meta.dirname, "kaelix.ts");
const { data, owner } = await claimedProduct();
const files = folderOfFile();
const sealed = join(files, "mine.jsonl.age");
await owner.call("memories.create", { body: { text: TOLD, level: 1 } }, { waitSeconds: 10 });

const run = (words: readonly string[], passphrase = PASSPHRASE) =>
  runCommand([...words, "--data", data], { environment: { KAELIX_EXPORT_PASSPHRASE: passphrase } });

test("an export is sealed by a passphrase, opened by it alone, and known again when it is imported", async () => {
  const environment = { ...process.env, KAELIX_EXPORT_PASSPHRASE: PASSPHRASE };
  const made = spawnSync(process.execPath, [MAIN, "export", "--sealed", "--data", data], { env: environment });
  expect(made.stderr.toString()).toContain("Sealed");
  expect(made.status).toBe(0);
  expect(made.stdout.subarray(0, 22).toString()).toBe("age-encryption.org/v1\n");
  expect(made.stdout.includes(TOLD)).toBe(false);
  writeFileSync(sealed, made.stdout);

  const other = await run(["import", "run", sealed, "--yes"], "another passphrase");
  expect(other).toMatchObject({ code: 1, out: "" });
  expect(other.err).toContain("Passphrase does not open the file");
  const again = await run(["import", "run", sealed, "--yes", "--json"]);
  expect(again.code, again.err).toBe(0);
  expect(JSON.parse(again.out)).toMatchObject({ added: 0, known: 1, file: "mine.jsonl" });

  const cut = join(files, "cut.jsonl.age");
  writeFileSync(cut, made.stdout.subarray(0, -1));
  const refused = await run(["import", "run", cut, "--yes"]);
  expect(refused).toMatchObject({ code: 8 });
  expect(refused.err).toContain("it was cut or changed");
  const preview = await run(["import", "preview", sealed, "--json"]);
  expect(JSON.parse(preview.out)).toMatchObject({ format: "jsonl", total: 1, sample: [{ text: TOLD }] });
  expect(await run(["import", "preview", cut])).toMatchObject({ code: 8, out: "" });
  expect(await run(["import", "preview", sealed], "another passphrase")).toMatchObject({ code: 1, out: "" });
  const { data: imports } = await owner.call("imports.list");
  expect(imports.data.filter(({ state }) => state === "sealed" || state === "waiting")).toEqual([]);
  expect((await run(["export", "--sealed"], "too short")).code).toBe(2);
});

test("files are told from the terminal, named by an export in lines, and brought back by an archive", async () => {
  const photo = join(files, "the gate.png");
  const bytes = Buffer.concat([Buffer.from("\u0089PNG\r\n\u001a\n", "latin1"), Buffer.alloc(700_000, "gate")]);
  writeFileSync(photo, bytes);
  const added = await run(["add", "A picture of the gate", "--file", photo, "--json"]);
  expect(added.code, added.err).toBe(0);
  const { memory }: { memory: { id: string; files: unknown[] } } = JSON.parse(added.out);
  expect(memory.files).toMatchObject([{ name: "the gate.png", type: "image/png", bytes: bytes.length }]);
  const missing = await run(["add", "Nothing", "--file", join(files, "no such file")]);
  expect(missing.code).toBe(2);
  expect((await run(["export"])).err).toContain("kaelix export --format archive");
  const made = spawnSync(process.execPath, [MAIN, "export", "--format", "archive", "--data", data], {
    maxBuffer: 8_000_000,
  });
  expect(made.stdout.includes(bytes)).toBe(true);
  const archive = join(files, "mine.zip");
  writeFileSync(archive, made.stdout);
  await owner.call("memories.forget", { params: { id: memory.id } }, { ifMatch: '"1"' });
  expect((await run(["verify"])).err).not.toContain("is whole");
  const again = await run(["import", "run", archive, "--yes", "--json"]);
  expect(JSON.parse(again.out)).toMatchObject({ added: 1, known: 1, failed: 0 });
  expect((await run(["verify"])).err).toContain("1 file is whole");
});
