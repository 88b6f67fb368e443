import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { claim, runCommand, signIn } from "./testing/product.ts";
import { dataFolder, endAfterEach, start } from "./testing/products-of-tests.ts";

type Client = Awaited<ReturnType<typeof signIn>>;

const MESSAGES = 4_000;
const PEOPLE = ["Ann", "Bob", "Carla"];

endAfterEach();

/** A WhatsApp export in which every message says its own number. */
function chat(): string {
  const lines = Array.from({ length: MESSAGES }, (_, index) => {
    const at = new Date(Date.UTC(2020, 0, 15, 8) + index * 7 * 60_000).toISOString();
    const stamp = `${at.slice(8, 10)}.${at.slice(5, 7)}.${at.slice(2, 4)}, ${at.slice(11, 16)}`;
    return `${stamp} - ${PEOPLE[index % PEOPLE.length]}: walnut bicycle garden ${index}\n`;
  });
  return lines.join("");
}

async function readImport(client: Client, id: string) {
  return (await client.call("imports.read", { params: { id } })).data;
}

/** Looks until `isReached`; the caller's test has the time limit. */
async function until(client: Client, id: string, isReached: (import_: Import) => boolean): Promise<Import> {
  for (;;) {
    const found = await readImport(client, id);
    if (isReached(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
type Import = Awaited<ReturnType<typeof readImport>>;

test("an import that kill -9 interrupts goes on after each start and brings every message once", async () => {
  const seed = Number(process.env["KAELIX_TEST_SEED"] ?? randomInt(1_000_000));
  const random = seededRandom(seed);
  const repeat = `repeat with KAELIX_TEST_SEED=${seed}`;
  const data = dataFolder();
  let product = await start(data);
  let client = await claim(product);
  const file = { name: "WhatsApp Chat with Carla.txt", data: new Blob([chat()]) };
  const { data: waiting } = await client.call("imports.upload", { query: { zone: "Europe/Berlin" } }, { file });
  await client.call("imports.start", {
    params: { id: waiting.id },
    body: { me: "Ann", zone: "Europe/Berlin", date_order: "day-first" },
  });

  let interrupted = 0;
  for (let addedMin = 0, round = 0; round < 3; round++) {
    addedMin += 1 + random.integer(1_200);
    const { state } = await until(client, waiting.id, (found) => found.state !== "running" || found.added >= addedMin);
    await product.kill();
    if (state === "running") interrupted++;
    product = await start(data);
    client = await signIn(product);
  }
  expect(interrupted, repeat).toBeGreaterThan(0);

  const ended = await until(client, waiting.id, (found) => found.state !== "running");
  expect(ended, repeat).toMatchObject({ state: "done", added: MESSAGES, known: 0, failed: 0 });
  const response = await client.open("exports.memories");
  const told = (await response.text()).trimEnd().split("\n");
  const numbers = told.map((line) => Number(/ (\d+)$/.exec(String(JSON.parse(line).text))?.[1]));
  expect(
    numbers.toSorted((left, right) => left - right),
    repeat,
  ).toEqual(Array.from({ length: MESSAGES }, (_, index) => index));
  const { data: verified } = await client.call("verifications.run");
  expect(verified, repeat).toMatchObject({ agree: true, log: { memories_live: MESSAGES } });
  // What was uploaded does not stay behind.
  expect(await readdir(join(data, "spool")), repeat).toEqual([]);
});

test("Ctrl+C at kaelix import run stops the import and says so; the next run brings the rest", async () => {
  const data = dataFolder();
  const client = await claim(await start(data));
  const path = join(data, "WhatsApp Chat with Carla.txt");
  await writeFile(path, chat());
  const words = ["import", "run", path, "--me", "Ann", "--zone", "Europe/Berlin", "--data", data];
  const child = spawn(process.execPath, [join(import.meta.dirname, "kaelix.ts"), ...words], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let told = "";
  child.stderr.on("data", (chunk: Buffer) => (told += chunk.toString()));
  const ended = once(child, "close");
  const first = async () => (await client.call("imports.list")).data.data[0];
  for (let found = await first(); (found?.added ?? 0) === 0; found = await first())
    await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill("SIGINT");
  expect(await ended, told).toEqual([130, null]);
  const stopped = await first();
  expect(stopped).toMatchObject({ state: "cancelled" });
  expect(told).toContain(`kaelix import undo ${stopped?.id}`);

  const again = await runCommand(words);
  expect(again.code, again.err).toBe(0);
  expect(await first()).toMatchObject({
    state: "done",
    added: MESSAGES - (stopped?.added ?? 0),
    known: stopped?.added,
  });
});
