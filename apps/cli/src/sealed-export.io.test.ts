import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { claim, type Product, runCommand, startProduct, temporaryData } from "./testing/product.ts";

const PASSPHRASE = "walnut lantern by the harbour";
const TOLD = "The harbour gate is painted green";
const MAIN = join(import.meta.dirname, "kaelix.ts");
const data = temporaryData();
const files = temporaryData();
const sealed = join(files.path, "mine.jsonl.age");
let product: Product;

beforeAll(async () => {
  product = await startProduct(data.path);
  const owner = await claim(product);
  await owner.call("memories.create", { body: { text: TOLD, level: 1 } }, { waitSeconds: 10 });
});

afterAll(async () => {
  await product.kill();
  data.remove();
  files.remove();
});

const run = (words: readonly string[], passphrase = PASSPHRASE) =>
  runCommand([...words, "--data", data.path], { environment: { KAELIX_EXPORT_PASSPHRASE: passphrase } });

test("an export is sealed by a passphrase, opened by it alone, and known again when it is imported", async () => {
  const environment = { ...process.env, KAELIX_EXPORT_PASSPHRASE: PASSPHRASE };
  const made = spawnSync(process.execPath, [MAIN, "export", "--sealed", "--data", data.path], { env: environment });
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

  const cut = join(files.path, "cut.jsonl.age");
  writeFileSync(cut, made.stdout.subarray(0, -1));
  const refused = await run(["import", "run", cut, "--yes"]);
  expect(refused).toMatchObject({ code: 8 });
  expect(refused.err).toContain("it was cut or changed");
  expect((await run(["import", "preview", sealed])).code).toBe(2);
  expect((await run(["export", "--sealed"], "too short")).code).toBe(2);
});
