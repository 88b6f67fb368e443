import { expect, test } from "vitest";

import { type CommandOutcome, PERSON, runCommand } from "./testing/product.ts";
import { claimedProduct } from "./testing/products-of-tests.ts";

const { data, owner } = await claimedProduct();

function run(...words: readonly string[]): Promise<CommandOutcome> {
  return runCommand([...words, "--data", data], { environment: { KAELIX_PASSWORD: PERSON.password } });
}

test("kaelix user-key renews one's own key, one person's and everybody's, and says how far it is", async () => {
  for (const text of ["The shed is locked", "The walnut press is broken"])
    await owner.call("memories.create", { body: { text } });
  expect(await run("user-key", "status")).toMatchObject({ code: 0, out: "version 1\n" });
  const own = await run("user-key", "renew", "--json=version,renewing,behind");
  expect(own.code, own.err).toBe(0);
  expect(JSON.parse(own.out)).toEqual({ version: 2, renewing: false, behind: 0 });
  const { id } = (await owner.call("me.read")).data;
  expect((await run("user-key", "renew", "--user", id, "--quiet")).out).toBe(
    "1 people, 0 whose memories follow a renewed key\n",
  );
  const all = await run("user-key", "renew", "--everybody", "--json=people,renewing,problem");
  expect(JSON.parse(all.out)).toEqual({ people: 1, renewing: 0, problem: null });
  expect(JSON.parse((await run("user-key", "status", "--everybody", "--json=renewing")).out)).toEqual({ renewing: 0 });
  expect((await run("user-key", "status")).out).toBe("version 4\n");
  expect((await run("search", "walnut", "--quiet")).out).toContain("The walnut press is broken");
  const both = await run("user-key", "renew", "--everybody", "--user", id);
  expect(both).toMatchObject({ code: 2, err: expect.stringContaining("give --user or --everybody") });
});
