/** Backups of a house that goes on working, restored into an empty data directory. */
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { Client } from "@kaelix/contract";
import { openPglite } from "@kaelix/views";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { clientOf, close, closeAfterEach, newFolder, open } from "../testing/houses.ts";
import { restoreHere, verifyBackupHere } from "./local.ts";

const CLAIM_CODE = "TEST-CODE";
const PERSON = { phone: "+1234567890", password: "testpassword" };
const VARIABLES = ["KAELIX_CLAIM_CODE", "KAELIX_BACKUP", "KAELIX_BACKUP_PASSPHRASE"] as const;
let before: readonly (string | undefined)[];

closeAfterEach();
beforeAll(() => {
  before = VARIABLES.map((name) => process.env[name]);
  process.env["KAELIX_CLAIM_CODE"] = CLAIM_CODE;
});
afterEach(() => delete process.env["KAELIX_BACKUP_PASSPHRASE"]);
afterAll(() => {
  for (const [at, name] of VARIABLES.entries()) {
    if (before[at] === undefined) delete process.env[name];
    else process.env[name] = before[at];
  }
});

/** A house with its owner, who has just proved themself, and a place for its backups. */
async function owned() {
  const folder = newFolder();
  const place = join(newFolder(), "backups");
  process.env["KAELIX_BACKUP"] = place;
  const house = await open(folder);
  const body = { ...PERSON, name: "Ann", claim_code: CLAIM_CODE };
  const { data } = await clientOf(house).call("auth.signUp", { body });
  const client = clientOf(house, data.access_token);
  await client.call("auth.prove", { body: { password: PERSON.password } });
  return { folder, place, house, client };
}

async function tell(client: Client, text: string): Promise<string> {
  const told = await client.call("memories.create", { body: { text } }, { waitSeconds: 10, until: "indexed" });
  return told.data.memory.id;
}

/** Begins a backup and waits for its end. */
async function backUp(client: Client): Promise<{ readonly bytesWritten: number; readonly bytes: number }> {
  await client.call("backups.create");
  for (;;) {
    const { data } = await client.call("backups.read");
    if (data.running === null && data.problem !== null) throw new Error(data.problem);
    if (data.running === null && data.last !== null)
      return { bytesWritten: data.last.bytes_written, bytes: data.last.bytes };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A new data directory with a copy of the key file alone. */
function withKeyOf(folder: string): string {
  const empty = newFolder();
  mkdirSync(join(empty, "keys"), { mode: 0o700 });
  copyFileSync(join(folder, "keys", "kek.json"), join(empty, "keys", "kek.json"));
  return empty;
}

async function signIn(folder: string): Promise<Client> {
  const house = await open(folder);
  const { data } = await clientOf(house).call("auth.logIn", { body: PERSON });
  return clientOf(house, data.access_token);
}

async function texts(client: Client): Promise<readonly string[]> {
  const { data } = await client.call("memories.list", { query: { limit: 200 } });
  return data.data.map(({ text }) => text).toSorted();
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test("a backup is restored into an empty data directory, and holds neither the key file nor a word in clear", async () => {
  const { client, folder, house, place } = await owned();
  await tell(client, "zanzibarcanary sings");
  const first = await backUp(client);
  expect(first.bytesWritten).toBe(first.bytes);
  const photo = Buffer.alloc(600_000, "zanzibarcanary");
  const file = { name: "photo.jpg", data: new Blob([photo]) };
  const { data: uploaded } = await client.call("files.upload", {}, { file });
  const shed = { text: "The shed is locked", files: [uploaded.id] };
  const { data: locked } = await client.call("memories.create", { body: shed }, { waitSeconds: 10, until: "indexed" });
  const secret: { keys: { secret: string }[] } = JSON.parse(readFileSync(join(folder, "keys", "kek.json"), "utf8"));
  for (const path of filesOf(place)) {
    const bytes = readFileSync(path);
    for (const word of ["zanzibarcanary", PERSON.phone, secret.keys[0]?.secret ?? "", "memory.remembered"])
      expect(bytes.includes(word), `${word} in ${path}`).toBe(false);
  }
  await backUp(client);
  await close(house);

  const empty = withKeyOf(folder);
  const found = await verifyBackupHere({ dataDirectory: empty });
  expect(found.problems).toEqual([]);
  const report = await restoreHere({ dataDirectory: empty, verifyOnly: false });
  expect(report).toMatchObject({ memories: 2, users: 1, opened: 2, erasedAgain: 0, moved: 0 });
  await expect(restoreHere({ dataDirectory: empty, verifyOnly: false })).rejects.toMatchObject({
    code: "restore-not-empty",
  });
  const restored = await signIn(empty);
  expect(await texts(restored)).toEqual(["The shed is locked", "zanzibarcanary sings"]);
  const { data: verified } = await restored.call("verifications.run");
  expect(verified).toMatchObject({ agree: true, log: { files: { kept: 1, bytes: photo.length, damaged: 0 } } });
  const back = await restored.open("files.read", { params: { id: locked.memory.id, file: uploaded.id } });
  expect(Buffer.from(await back.arrayBuffer()).equals(photo)).toBe(true);
  const { data: audit } = await restored.call("audit.verify", { body: {} });
  expect(audit.whole).toBe(true);
});

test("an older point never brings back what was erased since, nor an account", async () => {
  const { client, folder, house, place } = await owned();
  const kept = await tell(client, "The shed is locked");
  const erased = await tell(client, "The walnut press is broken");
  const { data: invited } = await client.call("invites.create", { body: { role: "member" } });
  const guest = { phone: "+1234567891", password: "harbour walnuts" };
  const { data } = await clientOf(house).call("auth.signUp", {
    body: { ...guest, name: "Carla", invite_code: invited.code },
  });
  const carla = clientOf(house, data.access_token);
  await tell(carla, "Carla's walnut");
  await backUp(client);
  const oldCopy = join(newFolder(), "copy");
  cpSync(place, oldCopy, { recursive: true });
  const atMs = Date.now();
  await client.call("erasures.request", { body: { memories: [erased], now: true } });
  await carla.call("auth.prove", { body: { password: guest.password } });
  await carla.call("erasures.request", { body: { account: { confirm: guest.phone } } });
  await tell(client, "Told after the point");
  const oldPieces = filesOf(join(place, "living"));
  await backUp(client);
  // The pieces with the shredded keys are not at the place any more.
  const pieces = filesOf(join(place, "living"));
  expect(oldPieces.filter((path) => !pieces.includes(path)).length).toBeGreaterThan(0);
  expect(readdirSync(join(place, "heads"))).toHaveLength(1);
  await close(house);

  const empty = withKeyOf(folder);
  const report = await restoreHere({ dataDirectory: empty, atMs, verifyOnly: false });
  expect(report).toMatchObject({ memories: 1, users: 1, erasedAgain: 1, accountsErasedAgain: 1 });
  const restored = await signIn(empty);
  expect(await texts(restored)).toEqual(["The shed is locked"]);
  expect((await restored.call("memories.read", { params: { id: kept } })).data.id).toBe(kept);
  expect((await restored.call("verifications.run")).data).toMatchObject({ agree: true, log: { memories_live: 1 } });

  // What the design does not promise: a copy of the backup from before, with the key of then, opens everything of then.
  const older = withKeyOf(folder);
  const copied = await restoreHere({ dataDirectory: older, from: oldCopy, verifyOnly: false });
  expect(copied).toMatchObject({ memories: 3, erasedAgain: 0 });
});

test("an older point takes back nothing that a person chose or refused since: no leave, no word, no message", async () => {
  const { client, folder, house, place } = await owned();
  await tell(client, "The shed is locked");
  const { data: key } = await client.call("keys.create", { body: { name: "Robot", scopes: ["memory.create"] } });
  const robot = clientOf(house, key.secret);
  for (const text of ["the code for the gate is 4711", "the code for the attic is 8642"])
    await expect(robot.call("memories.create", { body: { text } })).rejects.toMatchObject({ code: "write-proposed" });
  await client.call("auth.unlock", { body: { password: PERSON.password, level: "ultra-secret" } });
  const waits = async (who: Client) => (await who.call("review.list")).data.data.map(({ write }) => write?.text);
  expect(await waits(client)).toHaveLength(2);
  await backUp(client);
  const atMs = Date.now();
  const [first] = (await client.call("review.list")).data.data;
  await client.call("review.answer", { params: { id: first?.id ?? "" }, body: { answer: "refuse" } });
  const before = readdirSync(join(place, "heads"));
  await client.call("provider.choose", { body: { allowed: false } });
  // By itself within a minute or two; here at once.
  await backUp(client);
  expect(readdirSync(join(place, "heads"))).not.toEqual(before);
  await close(house);

  const empty = withKeyOf(folder);
  expect((await verifyBackupHere({ dataDirectory: empty, atMs })).problems).toEqual([]);
  await restoreHere({ dataDirectory: empty, atMs, verifyOnly: false });
  const restored = await signIn(empty);
  await restored.call("auth.unlock", { body: { password: PERSON.password, level: "ultra-secret" } });
  expect((await restored.call("provider.read")).data.choice).toMatchObject({ allowed: false });
  expect(await waits(restored)).toEqual(["the code for the gate is 4711"]);
});

test("a second backup uploads what is new alone; a backup that is cut off leaves the one before as it was", async () => {
  const { client, folder, house, place } = await owned();
  for (let at = 0; at < 5; at++) await tell(client, `The shed number ${at}`);
  await backUp(client);
  const points = readdirSync(join(place, "points"));
  await tell(client, "One more");
  // A folder where the next head would be written: the run fails after its pieces.
  rmSync(join(place, "heads"), { recursive: true });
  writeFileSync(join(place, "heads"), "in the way");
  await client.call("backups.create");
  await expect.poll(async () => (await client.call("backups.read")).data.problem).toContain("Cannot use");
  expect(readdirSync(join(place, "points"))).toEqual(points);
  rmSync(join(place, "heads"));
  const { data } = await client.call("backups.create");
  expect(data.place).toBe(place);
  await expect.poll(async () => (await client.call("backups.read")).data.points.length).toBe(2);
  await expect.poll(async () => (await client.call("backups.read")).data.running).toBe(null);
  await close(house);
  const report = await restoreHere({ dataDirectory: withKeyOf(folder), verifyOnly: true });
  expect(report).toMatchObject({ memories: 6, opened: 6, directory: null });
  expect(existsSync(join(place, "tests"))).toBe(true);
});

test("a changed, missing or swapped object is found, and nothing is restored from it", async () => {
  const { client, folder, house, place } = await owned();
  await tell(client, "The shed is locked");
  await backUp(client);
  await close(house);
  const empty = withKeyOf(folder);
  const [piece = expect.fail()] = filesOf(join(place, "data"));
  const [other = expect.fail()] = filesOf(join(place, "living"));
  const whole = readFileSync(piece);
  const changed = Buffer.from(whole);
  changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1;
  for (const bytes of [changed, readFileSync(other), whole.subarray(0, 90), undefined]) {
    if (bytes === undefined) rmSync(piece);
    else writeFileSync(piece, bytes);
    expect((await verifyBackupHere({ dataDirectory: empty })).problems).toHaveLength(1);
    const restored = restoreHere({ dataDirectory: empty, verifyOnly: false });
    await expect(restored).rejects.toMatchObject({ code: "backup-damaged" });
    expect(readdirSync(empty)).not.toContain("log");
  }
  writeFileSync(piece, whole);
  expect((await restoreHere({ dataDirectory: empty, verifyOnly: true })).memories).toBe(1);
});

/** Ends the house, leaves the snapshot that ten thousand memories would leave, and opens it again for its owner. */
async function withSnapshot(folder: string, house: Awaited<ReturnType<typeof open>>) {
  await close(house);
  const database = await openPglite({ directory: join(folder, "database") });
  await database.snapshot();
  await database.close();
  const again = await open(folder);
  const { data } = await clientOf(again).call("auth.logIn", { body: PERSON });
  const client = clientOf(again, data.access_token);
  await client.call("auth.prove", { body: { password: PERSON.password } });
  return { house: again, client };
}

test("the database's snapshot comes back sealed, catches up with the log, and brings nothing back that was erased since", async () => {
  const { client: first, folder, house: began, place } = await owned();
  await tell(first, "The shed is locked");
  const erased = await tell(first, "The walnut press is broken");
  const { data: invited } = await first.call("invites.create", { body: { role: "member" } });
  const guest = { phone: "+1234567891", password: "harbour walnuts" };
  const { data: signedUp } = await clientOf(began).call("auth.signUp", {
    body: { ...guest, name: "Carla", invite_code: invited.code },
  });
  await tell(clientOf(began, signedUp.access_token), "Carla's walnut");

  const { client, house } = await withSnapshot(folder, began);
  await client.call("erasures.request", { body: { memories: [erased], now: true } });
  const { data: carlas } = await clientOf(house).call("auth.logIn", { body: guest });
  const carla = clientOf(house, carlas.access_token);
  await carla.call("auth.prove", { body: { password: guest.password } });
  await carla.call("erasures.request", { body: { account: { confirm: guest.phone } } });
  await tell(client, "Told after the snapshot");
  await backUp(client);
  const atMs = Date.now();
  const next = await withSnapshot(folder, house);
  await tell(next.client, "Told after the point");
  await backUp(next.client);
  await close(next.house);
  const snapshot = join(folder, "database", "snapshot");
  const control = readFileSync(join(snapshot, "global", "pg_control")).subarray(0, 64);
  // Long enough that no sealed bytes hold it by chance: four letters stand in one of a hundred such copies.
  const holdsId = (bytes: Buffer): boolean => /(?:usr|mem)_[0-9a-z]{12}/i.test(bytes.toString("latin1"));
  expect(filesOf(snapshot).some((path) => holdsId(readFileSync(path)))).toBe(true);
  for (const path of filesOf(join(place, "views"))) {
    const bytes = readFileSync(path);
    expect([bytes.includes(control), holdsId(bytes)], path).toEqual([false, false]);
  }

  const empty = withKeyOf(folder);
  expect((await verifyBackupHere({ dataDirectory: empty })).problems).toEqual([]);
  const report = await restoreHere({ dataDirectory: empty, verifyOnly: false });
  expect(report).toMatchObject({ memories: 3, users: 1, hasView: true });
  const restored = await signIn(empty);
  expect(await texts(restored)).toEqual(["The shed is locked", "Told after the point", "Told after the snapshot"]);
  expect((await restored.call("verifications.run")).data).toMatchObject({ agree: true, log: { memories_live: 3 } });

  // The newest point alone has a snapshot: an older one is folded from the log.
  const older = await restoreHere({ dataDirectory: withKeyOf(folder), atMs, verifyOnly: true });
  expect(older).toMatchObject({ memories: 2, hasView: false });
  const [piece = expect.fail()] = filesOf(join(place, "views"));
  writeFileSync(piece, "torn");
  const torn = withKeyOf(folder);
  expect((await verifyBackupHere({ dataDirectory: torn })).problems).toHaveLength(1);
  expect(await restoreHere({ dataDirectory: torn, verifyOnly: false })).toMatchObject({ memories: 3, hasView: false });
  expect(await texts(await signIn(torn))).toHaveLength(3);
});

test("a backup opens with its own key or passphrase and no other", async () => {
  process.env["KAELIX_BACKUP_PASSPHRASE"] = "correct horse battery";
  const { client, folder, house } = await owned();
  await tell(client, "The shed is locked");
  await backUp(client);
  await close(house);
  const empty = withKeyOf(folder);
  expect((await restoreHere({ dataDirectory: empty, verifyOnly: true })).opened).toBe(1);
  process.env["KAELIX_BACKUP_PASSPHRASE"] = "wrong";
  await expect(verifyBackupHere({ dataDirectory: empty })).rejects.toMatchObject({ code: "backup-key-wrong" });
  process.env["KAELIX_BACKUP_PASSPHRASE"] = "correct horse battery";
  // The key file of another house: the envelope opens, the memories must not.
  const stranger = newFolder();
  const place = process.env["KAELIX_BACKUP"] ?? "";
  delete process.env["KAELIX_BACKUP"];
  await close(await open(stranger));
  process.env["KAELIX_BACKUP"] = place;
  const foreign = restoreHere({ dataDirectory: withKeyOf(stranger), verifyOnly: false });
  await expect(foreign).rejects.toMatchObject({ code: "key-mismatch" });
  const keyless = restoreHere({ dataDirectory: join(dirname(empty), "none"), verifyOnly: false });
  await expect(keyless).rejects.toMatchObject({ code: "key-file-missing" });
});

test("a backup that is made while the house writes holds together: every memory in it opens", async () => {
  const { client, folder, house } = await owned();
  const over = new AbortController();
  const told: string[] = [];
  const telling = (async () => {
    for (let at = 0; !over.signal.aborted; at++) {
      const texts = Array.from({ length: 10 }, (_, one) => `The shed number ${at}.${one}`);
      await Promise.all(texts.map((text) => client.call("memories.create", { body: { text } })));
      told.push(...texts);
    }
  })();
  for (let at = 0; at < 3; at++) await backUp(client);
  over.abort();
  await telling;
  await close(house);
  const empty = withKeyOf(folder);
  const report = await restoreHere({ dataDirectory: empty, verifyOnly: false });
  expect(report.erasedAgain).toBe(0);
  const restored = await signIn(empty);
  const { data } = await restored.call("verifications.run");
  expect(data).toMatchObject({ agree: true, log: { memories_live: report.memories } });
  const found = (await (await restored.open("exports.memories")).text()).trimEnd().split("\n");
  expect(found.filter((line) => line !== "")).toHaveLength(report.memories);
  expect(report.memories).toBeLessThanOrEqual(told.length);
});

test("an erasure that waited for its time is asked again on an older point that does not know of it", async () => {
  const { client, folder, house } = await owned();
  const doomed = await tell(client, "The walnut press is broken");
  await tell(client, "The shed is locked");
  await backUp(client);
  const atMs = Date.now();
  const { data: asked } = await client.call("erasures.request", { body: { memories: [doomed] } });
  await backUp(client);
  await close(house);
  const empty = withKeyOf(folder);
  await restoreHere({ dataDirectory: empty, atMs, verifyOnly: false });
  const restored = await signIn(empty);
  await expect.poll(async () => texts(restored)).toEqual(["The shed is locked"]);
  const { data } = await restored.call("erasures.read", { params: { id: asked.id } });
  expect(["waiting", "done"]).toContain(data.state);
});
