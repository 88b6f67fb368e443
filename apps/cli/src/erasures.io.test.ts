import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import {
  claim,
  type CommandOutcome,
  PERSON,
  type Product,
  runCommand,
  startProduct,
  temporaryData,
} from "./testing/product.ts";

/** Each command is a process of its own: on a busy machine they take seconds. */
const MANY_STARTS_MS_MAX = 240_000;

const data = temporaryData();
let product: Product;

beforeAll(async () => {
  product = await startProduct(data.path);
  const client = await claim(product);
  for (const text of ["Tomas repairs the press", "Tomas likes walnuts", "The shed is locked"])
    await client.call("memories.create", { body: { text } }, { waitSeconds: 10, until: "indexed" });
}, MANY_STARTS_MS_MAX);
afterAll(async () => {
  await product.kill();
  data.remove();
});

function run(...words: readonly string[]): Promise<CommandOutcome> {
  return runCommand([...words, "--data", data.path], { environment: { KAELIX_PASSWORD: PERSON.password } });
}

test(
  "what a search finds is erased, and its receipt is checked without a server",
  { timeout: MANY_STARTS_MS_MAX },
  async () => {
    const file = join(data.path, "receipt.txt");
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
  },
);

test(
  "an account is erased by its phone number and a proof; nobody can come back to it",
  { timeout: MANY_STARTS_MS_MAX },
  async () => {
    expect(await run("erase", "account", "--confirm", "+4912345678")).toMatchObject({ code: 2 });
    const erased = await run("erase", "account", "--confirm", PERSON.phone);
    expect(erased.code, erased.err).toBe(0);
    expect(erased.out).toContain("what: an account and everything in it\n");
    expect((await run("search", "shed")).code).toBe(4);
  },
);
