import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { claim, type CommandOutcome, PERSON, runCommand, signIn } from "./testing/product.ts";
import { dataFolder, endAfterEach, start } from "./testing/products-of-tests.ts";

const MAIN = join(import.meta.dirname, "kaelix.ts");
const seed = Number(process.env["KAELIX_TEST_SEED"] ?? randomInt(1_000_000));
const repeat = `repeat with KAELIX_TEST_SEED=${seed}`;
/** Words that nothing makes shorter, so that a backup is of many pieces. */
const random = seededRandom(seed);
const LARGE = 40;

const [data, place, empty] = [dataFolder(), dataFolder(), dataFolder()];
const backups = join(place, "backups");
const environment = { KAELIX_BACKUP: backups, KAELIX_PASSWORD: PERSON.password };
endAfterEach();

const run = (folder: string, ...words: readonly string[]): Promise<CommandOutcome> =>
  runCommand([...words, "--data", folder], { environment });
const key = join(data, "keys", "kek.json");

/** Objects in a folder of the backup: what is being written bears another name. */
function objects(of: string): number {
  const folder = join(backups, of);
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length
    : 0;
}

/** Ends a process without a word as soon as something stands on the disk. False when it ended before. */
async function killOnce(
  child: { readonly exitCode: number | null; kill(signal: "SIGKILL"): boolean },
  isThere: () => boolean,
) {
  while (!isThere()) {
    if (child.exitCode !== null) return false;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return child.kill("SIGKILL");
}

async function tellMuch(client: Awaited<ReturnType<typeof signIn>>): Promise<void> {
  for (let at = 0; at < LARGE; at++) {
    const text = Buffer.from(random.bytes(45_000)).toString("base64");
    await client.call("memories.create", { body: { text, level: 1 } });
  }
}

/** What is listed, and whether all of it is whole and can be restored. */
async function listed(): Promise<{
  readonly points: number;
  readonly verify: CommandOutcome;
  readonly tried: CommandOutcome;
}> {
  const points = objects("points");
  const verify = await run(data, "backup", "verify");
  return { points, verify, tried: await run(empty, "restore", "--verify-only", "--key", key) };
}

test("a backup that kill -9 interrupts is not listed, the one before stays whole, and the next one is made from what is there", async () => {
  let product = await start(data, environment);
  let client = await claim(product);
  await tellMuch(client);
  expect((await run(data, "backup", "create")).code).toBe(0);
  let [held, told] = [LARGE, LARGE];
  let pointsBefore = 1;
  for (const moment of ["while pieces are written", "before its point stands"] as const) {
    await tellMuch(client);
    told += LARGE;
    const [pieces, heads] = [objects("data"), objects("heads")];
    const child = product.process;
    const killed = killOnce(child, () =>
      moment === "while pieces are written" ? objects("data") > pieces : objects("heads") > heads,
    );
    void client.call("backups.create").catch(() => undefined);
    expect(await killed, repeat).toBe(true);
    await product.kill();
    const { points, tried, verify } = await listed();
    expect(verify, `${moment}, ${repeat}: ${verify.err}`).toMatchObject({
      code: 0,
      out: expect.stringContaining("is whole"),
    });
    expect(tried.code, `${moment}, ${repeat}: ${tried.err}`).toBe(0);
    // A point stands only when all of it does: it holds everything, or the one before is the newest.
    if (points > pointsBefore) [held, pointsBefore] = [told, points];
    expect(Number(/(\d+) memories of 1 person/.exec(tried.out)?.[1]), `${moment}, ${repeat}`).toBe(held);
    product = await start(data, environment);
    client = await signIn(product);
  }
  const again = await run(data, "backup", "create");
  expect(again.code, again.err).toBe(0);
  await product.stop();
  const { tried, verify } = await listed();
  expect(verify.out, repeat).toContain("is whole");
  expect(tried.out, repeat).toContain(`${3 * LARGE} memories of 1 person`);

  // A restore that is killed leaves nothing that a house would open, and is simply done again.
  const restoring = spawn(process.execPath, [MAIN, "restore", "--data", empty, "--key", key], {
    env: { ...process.env, ...environment },
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => restoring.once("close", resolve));
  // Wherever it writes: when the memories' files are there, it is at work.
  const isWriting = (): boolean =>
    readdirSync(empty, { recursive: true }).some((name) => /memories\W0\W/.test(String(name)));
  expect(await killOnce(restoring, isWriting), repeat).toBe(true);
  await ended;
  expect(existsSync(join(empty, "log")), repeat).toBe(false);
  const restored = await run(empty, "restore", "--key", key);
  expect(restored.code, `${repeat}: ${restored.err}`).toBe(0);
  expect(restored.out, repeat).toContain(`${3 * LARGE} memories of 1 person`);
  expect(readdirSync(empty), repeat).toContain("log");
  expect(readdirSync(empty), repeat).not.toContain("log.restoring");
});
