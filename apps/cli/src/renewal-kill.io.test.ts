/** The renewals of keys under `kill -9`: of a person's own, at several points of it, and of what the installation signs with. */
import { randomInt } from "node:crypto";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createClient, type Client } from "@kaelix/contract";
import { openStreamerLog } from "@kaelix/log";
import { openFileKek, openKeystore } from "@kaelix/security";
import { expect, test } from "vitest";

import { claim, PERSON, type Product, runCommand, signIn } from "./testing/product.ts";
import { dataFolder, endAfterEach, start } from "./testing/products-of-tests.ts";

const MEMORIES = 1_500;
const ROUNDS = 3;
/** One append of a renewal, bytes of the log at least. */
const APPEND_BYTES = 40_000;
const seed = Number(process.env["KAELIX_TEST_SEED"] ?? randomInt(1_000_000));
const repeat = `repeat with KAELIX_TEST_SEED=${seed}`;

const data = dataFolder();
endAfterEach();

function keysBytes(): number {
  const folder = join(data, "log", "topics", "keys", "0");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".log"))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

/** Ends the product without a word as soon as topic `keys` has grown by so many bytes. */
async function killAt(product: Product, bytes: number): Promise<void> {
  const least = keysBytes() + bytes;
  while (keysBytes() < least) await new Promise((resolve) => setTimeout(resolve, 1));
  await product.kill();
}

async function proved(product: Product): Promise<Client> {
  const client = await signIn(product);
  await client.call("auth.prove", { body: { password: PERSON.password } });
  return client;
}

/** How far the renewal of the one person there is had come, read from the log of a product that is dead. */
async function howFar(): Promise<{ readonly version: number; readonly behind: number }> {
  const log = await openStreamerLog({ directory: join(data, "log"), settings: { background: false } });
  const keystore = await openKeystore({ log, kek: await openFileKek(join(data, "keys", "kek.json")) });
  const user = keystore.users()[0] ?? expect.fail();
  const [version, behind] = [keystore.userKey(user)?.version ?? 0, keystore.memoriesBehind(user)];
  await keystore.close();
  await log.close();
  return { version, behind };
}

async function texts(client: Client): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const query: { limit: number; cursor?: string } = cursor === undefined ? { limit: 200 } : { limit: 200, cursor };
    const page = (await client.call("memories.list", { query })).data;
    for (const { text } of page.data) found.add(text ?? "");
    cursor = page.page.next;
  }
  return found;
}

test("a person's key whose renewal is killed at several points is renewed at the next start, and every memory is read", async () => {
  let product = await start(data);
  await claim(product);
  const told = Array.from({ length: MEMORIES }, (_, at) => `The gate number ${at} is painted green`);
  const file = join(data, "told.jsonl");
  writeFileSync(file, told.map((text, at) => `${JSON.stringify({ id: `m${at}`, text })}\n`).join(""));
  const imported = await runCommand(["import", "run", file, "--data", data]);
  expect(imported.code, imported.err).toBe(0);
  const cutOff: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const client = await proved(product);
    // As soon as the new key stands, and after some of the memories have followed.
    const killed = killAt(product, 1 + round * APPEND_BYTES);
    void client.call("userKey.renew").catch(() => undefined);
    await killed;
    const { behind, version } = await howFar();
    expect(version, repeat).toBe(round + 2);
    cutOff.push(behind);
    product = await start(data);
    const again = await signIn(product);
    await expect
      .poll(async () => (await again.call("userKey.read")).data, { timeout: 60_000 })
      .toMatchObject({
        version,
        renewing: false,
        behind: 0,
      });
    expect(await texts(again), repeat).toEqual(new Set(told));
    expect((await again.call("verifications.run")).data, repeat).toMatchObject({ agree: true, log: { unopenable: 0 } });
  }
  // Or nothing was tried.
  expect(Math.max(...cutOff), String(cutOff)).toBeGreaterThan(0);
  await product.stop();
});

test("whatever of a renewal of what signs a kill leaves, each line has a key, and what a session holds is good", async () => {
  const folder = dataFolder();
  let product = await start(folder);
  await claim(product);
  const body = { phone: PERSON.phone, password: PERSON.password };
  let session = (await createClient({ baseUrl: product.url }).call("auth.logIn", { body })).data;
  const numbers = async (client: Client): Promise<readonly number[]> =>
    (await client.call("signingKeys.read")).data.keys.map(({ number }) => number);
  let least = [1, 1, 1, 1];
  for (let round = 0; round < 3; round++) {
    const client = await proved(product);
    const asked = client.call("signingKeys.renew", { body: {} }).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, (seed % 7) * round));
    await product.kill();
    await asked;
    product = await start(folder);
    const refresh = { refresh_token: session.refresh_token ?? "" };
    session = (await createClient({ baseUrl: product.url }).call("auth.refresh", { body: refresh })).data;
    const again = createClient({ baseUrl: product.url, accessToken: () => session.access_token });
    const now = await numbers(again);
    for (const [at, number] of now.entries()) {
      expect(number, repeat).toBeGreaterThanOrEqual(least[at] ?? 0);
      expect(number, repeat).toBeLessThanOrEqual((least[at] ?? 0) + 1);
    }
    least = [...now];
    expect((await again.call("audit.verify", { body: {} })).data, repeat).toMatchObject({ whole: true });
  }
  await product.stop();
});
