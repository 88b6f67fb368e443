import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { PERSON } from "./testing/product.ts";
import { claimedProduct } from "./testing/products-of-tests.ts";

const { data, owner, run } = await claimedProduct();
for (const text of ["Tomas repairs the press", "Tomas likes walnuts", "The shed is locked"])
  await owner.call("memories.create", { body: { text } }, { waitSeconds: 10, until: "indexed" });

test("what a search finds is erased, and its receipt is checked without a server", async () => {
  const file = join(data, "receipt.txt");
  const unasked = await run("forget", "--search", "Tomas");
  expect(unasked).toMatchObject({ code: 2 });
  expect(unasked.err).toContain("--yes");
  const erased = await run(
    "forget",
    "--search",
    "Tomas",
    "--now",
    "--yes",
    "--receipt",
    file,
    "--json=state,erased,id",
  );
  expect(erased.code, erased.err).toBe(0);
  expect(JSON.parse(erased.out)).toMatchObject({ state: "done", erased: 2 });
  expect((await run("search", "Tomas", "--quiet")).out).toBe("");
  expect((await run("search", "shed", "--quiet")).out).toContain("The shed is locked");
  const status: { public_key: string } = JSON.parse((await run("audit", "checkpoint", "--json")).out);
  const verify = ["erase", "verify", file, "--key", status.public_key];
  expect(await run(...verify)).toMatchObject({ code: 0 });
  writeFileSync(file, readFileSync(file, "utf8").replace("memories: 2", "memories: 3"));
  expect(await run(...verify)).toMatchObject({ code: 8 });
  const { id }: { id: string } = JSON.parse(erased.out);
  expect((await run("erase", "show", id, "--quiet")).out).toContain("memories: 2\n");
  expect((await run("erase", "list", "--quiet")).out).toContain(id);
});

test("an account is erased by its phone number and a proof; nobody can come back to it", async () => {
  expect(await run("erase", "account", "--confirm", "+4912345678")).toMatchObject({ code: 2 });
  const erased = await run("erase", "account", "--confirm", PERSON.phone);
  expect(erased.code, erased.err).toBe(0);
  expect(erased.out).toContain("what: an account and everything in it\n");
  expect((await run("search", "shed")).code).toBe(4);
});
