/** A backup, a purge of the files of the log, and a backup upon the first: restored to both points. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { encodeText, ManualClock, systemRandom } from "@kaelix/base";
import { Files } from "@kaelix/capture";
import type { Client } from "@kaelix/contract";
import { openStreamerLog } from "@kaelix/log";
import { decodeEvent, TOPICS } from "@kaelix/model";
import { openFileKek, openKeystore } from "@kaelix/security";
import { afterAll, beforeAll, expect, test } from "vitest";

import { HousePurge } from "../erasures/house-purge.ts";
import type { OpenHouse } from "../server.ts";
import { clientOf, close, closeAfterEach, newFolder, open } from "../testing/houses.ts";
import { restoreHere, verifyBackupHere } from "./local.ts";

const CLAIM_CODE = "TEST-CODE";
const ANN = { phone: "+1234567890", password: "testpassword" };
const CARLA = { phone: "+1234567891", password: "harbour walnuts" };
let before: string | undefined;

closeAfterEach();
beforeAll(() => (before = process.env["KAELIX_BACKUP"]));
afterAll(() => {
  if (before === undefined) delete process.env["KAELIX_BACKUP"];
  else process.env["KAELIX_BACKUP"] = before;
});

/** Opens the log of a house that is closed, with its keys. */
async function openLog(folder: string) {
  const log = await openStreamerLog({ directory: join(folder, "log"), settings: { background: false } });
  const keystore = await openKeystore({ log, kek: await openFileKek(join(folder, "keys", "kek.json")) });
  return { log, keystore };
}

/** What of a closed house's log nobody can read: sealed contents without a key, and what stands there of accounts without one. */
async function noiseOf(folder: string): Promise<readonly string[]> {
  const { keystore, log } = await openLog(folder);
  const noise: string[] = [];
  for (const { name, partitions } of [TOPICS.memories, TOPICS.identity]) {
    for (let partition = 0; partition < partitions; partition++) {
      for (let offset = 0; ;) {
        const batch = await log.read(name, partition, offset);
        for (const { value } of batch.records) {
          const decoded = value === null ? undefined : decodeEvent(value);
          const event = decoded?.type === "event" ? decoded.event : expect.fail();
          if (event.type === "user.registered" && !keystore.hasUserKey(event.user))
            noise.push(event.password, event.phone);
          if (event.type !== "memory.remembered" && event.type !== "memory.revised") continue;
          const { level, memory, sealed } = event;
          if (sealed !== "" && (await keystore.memoryKey(memory, level)) === undefined) noise.push(sealed);
        }
        if (batch.nextOffset >= batch.endOffset) break;
        offset = batch.nextOffset;
      }
    }
  }
  await keystore.close();
  await log.close();
  return noise;
}

/** Purges the log of a closed house, as the house does within its hours. */
async function purge(folder: string): Promise<void> {
  const { keystore, log } = await openLog(folder);
  const clock = new ManualClock(Date.now());
  const files = new Files({ log, clock, random: systemRandom, limits: { fileBytesMax: 1, memoryFilesMax: 1 } });
  expect(await new HousePurge({ embedded: log, keystore, files, clock, withinMs: 1 }).run()).toBe(true);
  await keystore.close();
  await log.close();
}

/** How many of some texts stand anywhere in the files of a folder, as they are or as the bytes that they are the base64url of. */
function countIn(folder: string, texts: readonly string[]): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const contents = files.map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  const isThere = (bytes: Uint8Array): boolean => contents.some((content) => content.includes(bytes));
  return texts.filter((text) => isThere(encodeText(text)) || isThere(Buffer.from(text, "base64url"))).length;
}

async function tell(client: Client, text: string, file?: string): Promise<string> {
  const files: string[] = [];
  if (file !== undefined) {
    const data = new Blob([Buffer.alloc(300_000, file)]);
    files.push((await client.call("files.upload", {}, { file: { name: "a.bin", data } })).data.id);
  }
  const told = await client.call(
    "memories.create",
    { body: { text, ...(files.length === 0 ? {} : { files }) } },
    { waitSeconds: 10, until: "indexed" },
  );
  return told.data.memory.id;
}

/** Begins a backup and waits for its end; how much of it was new. */
async function backUp(client: Client): Promise<number> {
  await client.call("backups.create");
  for (;;) {
    const { data } = await client.call("backups.read");
    if (data.running === null && data.problem !== null) throw new Error(data.problem);
    if (data.running === null && data.last !== null) return data.last.bytes_written;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function signIn(folder: string): Promise<{ readonly house: OpenHouse; readonly client: Client }> {
  const house = await open(folder);
  const { data } = await clientOf(house).call("auth.logIn", { body: ANN });
  const client = clientOf(house, data.access_token);
  await client.call("auth.prove", { body: { password: ANN.password } });
  return { house, client };
}

async function texts(client: Client): Promise<readonly string[]> {
  const { data } = await client.call("memories.list", { query: { limit: 200 } });
  return data.data.map(({ text }) => text).toSorted();
}

/** Restores into a new data directory that has the key file alone. */
async function restored(folder: string, atMs?: number): Promise<string> {
  const empty = newFolder();
  mkdirSync(join(empty, "keys"), { mode: 0o700 });
  copyFileSync(join(folder, "keys", "kek.json"), join(empty, "keys", "kek.json"));
  const at = atMs === undefined ? {} : { atMs };
  expect((await verifyBackupHere({ dataDirectory: empty, ...at })).problems).toEqual([]);
  await restoreHere({ dataDirectory: empty, ...at, verifyOnly: false });
  return empty;
}

test("a backup upon a purge, and the one before it, bring back everything but what was erased, at both points", async () => {
  const folder = newFolder();
  process.env["KAELIX_BACKUP"] = join(newFolder(), "backups");
  const house = await open(folder);
  const signedUp = await clientOf(house).call("auth.signUp", { body: { ...ANN, name: "Ann", claim_code: CLAIM_CODE } });
  const ann = clientOf(house, signedUp.data.access_token);
  await ann.call("auth.prove", { body: { password: ANN.password } });
  const kept = await tell(ann, "The shed is locked", "kept");
  const erased = await tell(ann, "The walnut press is broken", "erased");
  const { data: invited } = await ann.call("invites.create", { body: { role: "member" } });
  const joined = await clientOf(house).call("auth.signUp", {
    body: { ...CARLA, name: "Carla", invite_code: invited.code },
  });
  const carla = clientOf(house, joined.data.access_token);
  await tell(carla, "Carla's walnut", "carla");
  await backUp(ann);
  const atMs = Date.now();
  await ann.call("erasures.request", { body: { memories: [erased], now: true } });
  await carla.call("auth.prove", { body: { password: CARLA.password } });
  await carla.call("erasures.request", { body: { account: { confirm: CARLA.phone } } });
  await tell(ann, "Told after the point");
  await close(house);

  const noise = await noiseOf(folder);
  expect(noise.length).toBeGreaterThanOrEqual(4);
  expect(countIn(join(folder, "log"), noise), "the test can see them").toBe(noise.length);
  await purge(folder);
  expect(countIn(join(folder, "log"), noise)).toBe(0);
  // The embedded database has it in pages that it does not use and in its own log; it is made of the log, so that its folder may go.
  expect(countIn(folder, noise)).toBe(noise.length);
  rmSync(join(folder, "database"), { recursive: true });
  const again = await signIn(folder);
  expect(await backUp(again.client)).toBeGreaterThan(0);
  await close(again.house);
  expect(countIn(folder, noise)).toBe(0);

  const wanted = { newest: ["The shed is locked", "Told after the point"], older: ["The shed is locked"] };
  for (const [point, expected] of Object.entries(wanted)) {
    const place = await restored(folder, point === "older" ? atMs : undefined);
    // The older point brings the noise along, without a key; the next purge takes it.
    if (point === "newest") expect(countIn(join(place, "log"), noise)).toBe(0);
    const { client, house: older } = await signIn(place);
    expect(await texts(client), point).toEqual(expected);
    const { data: verified } = await client.call("verifications.run");
    expect(verified, point).toMatchObject({
      agree: true,
      log: { memories_live: expected.length, files: { damaged: 0 } },
    });
    const { data: memory } = await client.call("memories.read", { params: { id: kept } });
    const [file] = memory.files ?? [];
    const bytes = await client.open("files.read", { params: { id: kept, file: file?.id ?? "" } });
    expect(Buffer.from(await bytes.arrayBuffer()).equals(Buffer.alloc(300_000, "kept")), point).toBe(true);
    await close(older);
    await purge(place);
    expect(countIn(join(place, "log"), noise), point).toBe(0);
    const { client: after } = await signIn(place);
    expect(await texts(after), point).toEqual(expected);
    expect((await after.call("verifications.run")).data, point).toMatchObject({ agree: true });
  }
});
