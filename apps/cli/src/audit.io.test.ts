import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { claimedProduct } from "./testing/products-of-tests.ts";

const { data, owner, product, run: runLoudly } = await claimedProduct();

test("kaelix audit and policy explain answer with a server and without, and verify names the entry that was changed", async () => {
  const run = (...words: readonly string[]) => runLoudly(...words, "--quiet");
  for (let turn = 0; turn < 4; turn++) {
    await owner.call("auth.unlock", { body: { password: "testpassword", level: "secret" } });
    await owner.call("auth.lock");
  }
  const online = await run("audit", "verify");
  expect(online).toMatchObject({ code: 0, out: expect.stringContaining("as it was signed: 9 entries") });
  const explained = await run("policy", "explain", "--action", "key.create");
  expect(explained).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^No: It needs a fresh proof .*\(proof\)\n/),
  });
  expect(await product.stop()).toBe(0);

  const checkpoint = await run("audit", "checkpoint");
  expect(checkpoint.out).toMatch(/^kaelix\/audit\n\d+\n/);
  const kept = join(data, "kept.txt");
  writeFileSync(kept, checkpoint.out);
  const listed = await run("audit", "list", "--action", "session.unlock", "--json=action,decision,resource");
  expect(listed.code).toBe(0);
  expect(JSON.parse(listed.out)).toEqual(
    Array.from({ length: 4 }, () => ({ action: "session.unlock", decision: "allow", resource: "secret" })),
  );
  expect(await run("audit", "verify", "--checkpoint", kept)).toMatchObject({ code: 0 });

  const topic = join(data, "log", "topics", "audit", "0");
  const [segment = ""] = readdirSync(topic).filter((file) => file.endsWith(".log"));
  const bytes = readFileSync(join(topic, segment));
  const place = bytes.indexOf('"session.unlock"');
  expect(place).toBeGreaterThan(0);
  bytes[place + 2] = (bytes[place + 2] ?? 0) ^ 1;
  writeFileSync(join(topic, segment), bytes);
  const found = await run("audit", "verify", "--checkpoint", kept);
  expect(found.code).toBe(8);
  expect(found.out).toMatch(/NOT as it was signed.*: the first bad entry is (one of )?\d+/);
  const printed = JSON.parse((await run("audit", "verify", "--json")).out);
  expect(printed).toMatchObject({ whole: false, first_bad: { from: 1 } });
});
