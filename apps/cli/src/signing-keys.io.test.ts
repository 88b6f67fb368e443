import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { type CommandOutcome, PERSON, runCommand } from "./testing/product.ts";
import { claimedProduct } from "./testing/products-of-tests.ts";

const { data, owner } = await claimedProduct();

function run(...words: readonly string[]): Promise<CommandOutcome> {
  return runCommand([...words, "--data", data], { environment: { KAELIX_PASSWORD: PERSON.password } });
}

test("kaelix signing-keys renews what signs, and audit keys and erase verify follow from the first key to the last", async () => {
  const { data: told } = await owner.call("memories.create", { body: { text: "The shed is locked" } });
  await owner.call("auth.prove", { body: { password: PERSON.password } });
  const { data: erased } = await owner.call("erasures.request", { body: { memories: [told.memory.id], now: true } });
  const receipt = join(data, "receipt.txt");
  writeFileSync(receipt, erased.receipt ?? expect.fail());
  const first = erased.public_key;

  const status = await run("signing-keys", "status");
  expect(status).toMatchObject({ code: 0, out: expect.stringMatching(/^access-tokens\t1\t/) });
  expect((await run("doctor")).out).toContain("✔ signing keys: each is renewed after 90 days");
  const renewed = await run("signing-keys", "renew", "--json=keys");
  expect(renewed.code, renewed.err).toBe(0);
  expect(JSON.parse(renewed.out).keys.map(({ number }: { number: number }) => number)).toEqual([2, 2, 2, 2]);
  expect((await owner.call("me.read")).status).toBe(200);

  const keys = await run("audit", "keys", "--key", first);
  expect(keys.code, keys.err).toBe(0);
  const path = join(data, "audit-keys.txt");
  writeFileSync(path, keys.out);
  expect((await run("audit", "keys", "--key", "A".repeat(43))).code).toBe(8);
  const { keys: listed } = JSON.parse((await run("audit", "keys", "--json")).out);
  expect(listed.map(({ number, until }: { number: number; until: string | null }) => [number, until === null])).toEqual(
    [
      [1, false],
      [2, true],
    ],
  );
  const second: string = listed[1].public_key;
  for (const [words, code] of [
    [["--key", first], 0],
    [["--key", second], 8],
    [["--keys", path], 0],
    [["--keys", path, "--key", second], 0],
    [["--keys", path, "--key", "A".repeat(43)], 8],
    [["--keys", receipt], 8],
    [["--keys", join(data, "none")], 3],
    [[], 2],
  ] as const)
    expect([words, (await run("erase", "verify", receipt, ...words)).code]).toEqual([words, code]);

  const ended = await run("signing-keys", "renew", "--end-sessions");
  expect(ended).toMatchObject({ code: 0, err: expect.stringContaining("Every session has ended") });
  await expect(owner.call("me.read")).rejects.toMatchObject({ status: 401 });
});
