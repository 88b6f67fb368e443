import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { claim, type CommandOutcome, PERSON, runCommand } from "./testing/product.ts";
import { dataFolder, endAfterEach, start } from "./testing/products-of-tests.ts";

endAfterEach();

test("backup, verify, kek rotate and restore: the newest backup opens with the key file of then, an old copy says what it lacks", async () => {
  const data = dataFolder();
  const environment = { KAELIX_BACKUP: join(dataFolder(), "backups"), KAELIX_PASSWORD: PERSON.password };
  const run = (folder: string, ...words: readonly string[]): Promise<CommandOutcome> =>
    runCommand([...words, "--data", folder], { environment });
  const product = await start(data, environment);
  const client = await claim(product);
  await client.call("memories.create", { body: { text: "The shed is locked" } });
  const made = await run(data, "backup", "create", "--json=records,bytes_written");
  expect(made.code, made.err).toBe(0);
  expect(made.err).toContain("The key file is in no backup");
  const oldKey = join(dataFolder(), "kek.json");
  copyFileSync(join(data, "keys", "kek.json"), oldKey);
  const rotated = await run(data, "kek", "rotate", "--json=version,behind,provider");
  expect(JSON.parse(rotated.out)).toEqual({ version: 2, behind: 0, provider: "file" });
  expect(rotated.err).toContain("Copies of the key file are out of date");
  const again = await run(data, "backup", "create");
  expect(again.code, again.err).toBe(0);
  expect((await run(data, "backup", "list", "--quiet")).out.trim().split("\n")).toHaveLength(2);
  expect((await run(data, "doctor")).out).toContain("a restore was never tried");
  expect(await product.stop()).toBe(0);

  const whole = await run(data, "backup", "verify");
  expect(whole, whole.err).toMatchObject({ code: 0, out: expect.stringContaining("is whole") });
  expect((await run(data, "restore")).err).toContain("is not empty");
  const empty = dataFolder();
  const old = await run(empty, "restore", "--key", oldKey);
  expect(old.code).toBe(1);
  expect(old.err).toContain("holds versions 1, must also hold 2");
  const tried = await run(empty, "restore", "--verify-only", "--key", join(data, "keys", "kek.json"));
  expect(tried.code, tried.err).toBe(0);
  expect(tried.out).toContain("1 memories of 1 person");
  expect((await run(empty, "doctor")).out).toContain("a restore was last tried");
  mkdirSync(join(empty, "keys"), { mode: 0o700 });
  copyFileSync(join(data, "keys", "kek.json"), join(empty, "keys", "kek.json"));
  expect((await run(empty, "restore")).code).toBe(0);
  expect((await run(empty, "search", "shed", "--quiet")).out).toContain("The shed is locked");
  expect((await run(empty, "kek", "status")).out).toContain("file, version 2");
});
