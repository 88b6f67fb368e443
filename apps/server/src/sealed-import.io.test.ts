/** Sealed exports brought through the API: opened by their passphrase, found whole first, in clear nowhere on the disk, and undone as any. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { systemRandom } from "@kaelix/base";
import type { Client } from "@kaelix/contract";
import { sealAge } from "@kaelix/security";
import { expect, test } from "vitest";

import { claimed, clientOf, close, closeAfterEach, newFolder, open, problemOf } from "./testing/houses.ts";
import { importFile } from "./testing/imports.ts";

const PASSPHRASE = "walnut lantern by the harbour";
const WORDS = "the quiet heron stands on the seventh stone";
const WORK = 10;

closeAfterEach();

async function sealed(bytes: Uint8Array): Promise<Buffer<ArrayBuffer>> {
  const parts: Buffer[] = [];
  async function* all(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  for await (const part of sealAge(all(), PASSPHRASE, { random: systemRandom, work: WORK })) parts.push(part);
  return Buffer.concat(parts);
}

function lines(count: number): Buffer {
  const all = Array.from({ length: count }, (_, at) => JSON.stringify({ id: `line-${at}`, text: `${WORDS}, ${at}` }));
  return Buffer.from(`${all.join("\n")}\n`);
}

async function upload(client: Client, name: string, bytes: Buffer<ArrayBuffer>) {
  const file = { name, data: new Blob([bytes]) };
  return (await client.call("imports.upload", { query: { zone: "Europe/Berlin" } }, { file })).data;
}

const openWith = (client: Client, id: string, passphrase = PASSPHRASE) =>
  client.call("imports.open", { params: { id }, body: { passphrase } });

async function ended(client: Client, id: string) {
  for (;;) {
    const { data } = await client.call("imports.read", { params: { id } });
    if (data.state !== "running") return data;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Files of a data directory in which one of these words stands. */
function clearIn(folder: string): string[] {
  return filesBelow(folder).filter((path) => {
    const bytes = readFileSync(path);
    return bytes.includes(WORDS) || bytes.includes(PASSPHRASE);
  });
}

test("a sealed export waits for its passphrase, goes on after a stop, stands in clear nowhere, and is undone as one", async () => {
  const folder = newFolder();
  const spool = join(folder, "spool");
  const count = 1_500;
  let house = await open(folder);
  let client = await claimed(house);
  const uploaded = await upload(client, "mine.jsonl.age", await sealed(lines(count)));
  expect(uploaded).toMatchObject({ state: "sealed", format: null, preview: null, file: "mine.jsonl.age" });
  const params = { id: uploaded.id };
  expect(await problemOf(client.call("imports.start", { params, body: {} }))).toMatchObject({ code: "import-sealed" });
  expect(await problemOf(client.call("imports.undo", { params }))).toMatchObject({ code: "import-not-undoable" });

  expect(await problemOf(openWith(client, uploaded.id, "another passphrase"))).toMatchObject({
    status: 403,
    code: "age-passphrase-wrong",
  });
  expect((await client.call("imports.read", { params })).data).toEqual(uploaded);
  const { data: opened } = await openWith(client, uploaded.id);
  expect(opened).toMatchObject({ state: "waiting", format: "jsonl", file: "mine.jsonl", total: count });
  expect(opened.preview?.sample[0]?.text).toBe(`${WORDS}, 0`);
  expect(await problemOf(openWith(client, uploaded.id))).toMatchObject({ code: "import-not-sealed" });
  expect(clearIn(folder), "looked at").toEqual([]);

  await client.call("imports.start", { params, body: {} });
  await close(house);
  expect(filesBelow(spool).length, "the file and how it goes on").toBe(2);
  expect(clearIn(folder), "stopped").toEqual([]);
  house = await open(folder);
  const credentials = { phone: "+1234567890", password: "testpassword" };
  const { data: again } = await clientOf(house).call("auth.logIn", { body: credentials });
  client = clientOf(house, again.access_token);
  expect(await ended(client, uploaded.id)).toMatchObject({ state: "done", file: "mine.jsonl" });
  const { data: all } = await client.call("imports.list");
  expect(all.data[0]).toMatchObject({ added: count, known: 0, failed: 0 });
  expect(filesBelow(spool)).toEqual([]);
  expect(clearIn(folder), "done").toEqual([]);
  expect((await client.call("imports.undo", { params })).data.state).toBe("undone");
  const { data: found } = await client.call("searches.run", { body: { query: "heron" } }, { waitSeconds: 10 });
  expect(found.total).toBe(0);
});

test("a sealed archive brings its memories and their files back byte for byte", async () => {
  const house = await open(newFolder());
  const client = await claimed(house);
  const picture = Buffer.concat([Buffer.from("\u0089PNG\r\n\u001a\n", "latin1"), Buffer.alloc(1_300_000, "heron")]);
  const file = { name: "heron.png", data: new Blob([picture]) };
  const { data: kept } = await client.call("files.upload", {}, { file });
  await client.call("memories.create", { body: { text: WORDS, files: [kept.id] } }, { waitSeconds: 10 });
  const body = { passphrase: PASSPHRASE, format: "archive" } as const;
  const archive = Buffer.from(await (await client.open("exports.sealed", { body })).arrayBuffer());
  await close(house);

  const other = await open(newFolder());
  const to = await claimed(other);
  const changed = Buffer.from(archive);
  // In the file's bytes, which looking at an archive does not read.
  changed[700_000] = (changed[700_000] ?? 0) ^ 1;
  const damaged = await upload(to, "mine.zip.age", changed);
  expect(await problemOf(openWith(to, damaged.id))).toMatchObject({ code: "age-damaged" });
  const { id } = await upload(to, "mine.zip.age", archive);
  expect((await openWith(to, id)).data).toMatchObject({ state: "waiting", file: "mine.zip", total: 1 });
  await to.call("imports.start", { params: { id }, body: {} });
  expect(await ended(to, id)).toMatchObject({ state: "done", added: 1, failed: 0 });
  const { data: listed } = await to.call("memories.list", {}, { waitSeconds: 10 });
  const [memory] = listed.data;
  const fileId = memory?.files[0]?.id ?? expect.fail("the memory has its file");
  const back = await to.open("files.read", { params: { id: memory?.id ?? "", file: fileId } });
  expect(Buffer.from(await back.arrayBuffer()).equals(picture)).toBe(true);
});

test("of a sealed file that was cut, changed, or holds nothing that is known, nothing is imported and nothing stays", async () => {
  const folder = newFolder();
  const client = await claimed(await open(folder));
  const whole = await sealed(lines(4_000));
  const changed = Buffer.from(whole);
  // In the last piece: what is before it could all be read.
  changed[changed.length - 100] = (changed.at(-100) ?? 0) ^ 1;
  const cut = whole.subarray(0, whole.length - 70_000);
  for (const [name, bytes, code] of [
    ["changed.jsonl.age", changed, "age-damaged"],
    ["cut.jsonl.age", cut, "age-damaged"],
    ["noise.age", await sealed(Buffer.from("\u0001\u0002 nothing of this is known")), "import-unknown-format"],
    ["empty.age", await sealed(Buffer.alloc(0)), "import-empty"],
    ["no.zip.age", await sealed(lines(2)), "import-not-a-zip"],
  ] as const) {
    const { id } = await upload(client, name, bytes);
    expect(await problemOf(openWith(client, id)), name).toMatchObject({ status: 422, code });
    const { data: after } = await client.call("imports.read", { params: { id } });
    expect(after, name).toMatchObject({ state: "failed", added: 0, started_at: null });
    expect(after.error, name).not.toBeNull();
    expect(filesBelow(join(folder, "spool")), name).toEqual([]);
  }
  const { data } = await client.call("memories.list");
  expect(data.data).toEqual([]);
});

test("what no passphrase opens here is refused as it is uploaded, and nobody opens another's", async () => {
  const folder = newFolder();
  const house = await open(folder);
  const client = await claimed(house);
  const bytes = await sealed(lines(2));
  const costly = Buffer.from(bytes.toString("latin1").replace(` ${WORK}\n`, " 30\n"), "latin1");
  expect(await problemOf(upload(client, "costly.age", costly))).toMatchObject({ status: 422, code: "age-unsupported" });
  expect(filesBelow(join(folder, "spool"))).toEqual([]);
  expect((await client.call("imports.list")).data.data).toEqual([]);

  const { data: invited } = await client.call("invites.create", { body: { role: "member" } });
  const guest = { phone: "+1234567891", name: "Bob", password: "testpassword", invite_code: invited.code };
  const { data: joined } = await clientOf(house).call("auth.signUp", { body: guest });
  const { id } = await upload(client, "mine.jsonl.age", bytes);
  expect(await problemOf(openWith(clientOf(house, joined.access_token), id))).toMatchObject({ status: 404 });
  expect((await client.call("imports.cancel", { params: { id } })).data.state).toBe("cancelled");
  expect(await problemOf(openWith(client, id))).toMatchObject({ status: 404 });
  expect((await client.call("imports.list")).data.data).toEqual([]);
  expect(filesBelow(join(folder, "spool"))).toEqual([]);
  await expect(importFile(client, "mine.jsonl.age", bytes)).rejects.toMatchObject({ code: "import-sealed" });
});
