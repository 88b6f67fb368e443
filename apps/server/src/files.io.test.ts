/** Files of memories: told, handed out, taken along and brought back byte for byte, locked with their level, and gone with their memory. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { seededRandom } from "@kaelix/base";
import type { CallOutput, Client, Routes } from "@kaelix/contract";
import { openedAge } from "@kaelix/security/testing";
import { expect, test } from "vitest";

import { claimed, clientOf, close, closeAfterEach, newFolder, open, problemOf } from "./testing/houses.ts";
import { importFile } from "./testing/imports.ts";

type File = CallOutput<Routes["files.upload"]>;
type Memory = CallOutput<Routes["memories.read"]>;

const SEED = Number(process.env["KAELIX_SEED"] ?? 1_763_757_000);
const PIECE = 512 * 1_024;
const PNG = Buffer.from("\u0089PNG\r\n\u001a\n", "latin1");
/** Sizes around the borders of pieces. */
const SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 77];

closeAfterEach();

async function upload(client: Client, name: string, bytes: Uint8Array): Promise<File> {
  const file = { name, data: new Blob([new Uint8Array(bytes)]) };
  return (await client.call("files.upload", {}, { file })).data;
}

async function tell(client: Client, body: Parameters<typeof client.call<"memories.create">>[1]): Promise<Memory> {
  return (await client.call("memories.create", body)).data.memory;
}

async function bytesOf(client: Client, memory: string, file: string): Promise<Buffer> {
  return Buffer.from(await (await client.open("files.read", { params: { id: memory, file } })).arrayBuffer());
}

/** Every file of every memory, by what stands beside it and is the same everywhere. */
async function filesOf(client: Client): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const { data } = await client.call("memories.list", { query: { limit: 100 } });
  for (const memory of data.data) {
    for (const [at, file] of memory.files.entries()) {
      const digest = createHash("sha256")
        .update(await bytesOf(client, memory.id, file.id))
        .digest("hex");
      found.set(`${memory.text} ${at} ${file.name} ${file.type} ${file.bytes}`, digest);
    }
  }
  return found;
}

test(`files of every size come back after a restart, an export and an import (KAELIX_SEED=${SEED})`, async () => {
  const random = seededRandom(SEED);
  const folder = newFolder();
  let house = await open(folder);
  const client = await claimed(house);
  const spool = join(folder, "spool");
  const told = new Map<string, Buffer>();
  for (const size of SIZES) {
    const bytes = Buffer.concat([PNG, random.bytes(size)]).subarray(0, size);
    const file = await upload(client, `photo ${size} Ünï (x).png`, bytes);
    expect(file).toMatchObject({ bytes: size, type: size < 8 ? "application/octet-stream" : "image/png" });
    const body = { text: `a photo of ${size} bytes`, files: [file.id], occurred_at: "2024-05-01T10:00:00Z" };
    const memory = await tell(client, { body });
    expect(memory.files).toEqual([file]);
    told.set(memory.id, bytes);
  }
  const pair = [await upload(client, "a.txt", Buffer.from("one")), await upload(client, "a.txt", Buffer.from("two"))];
  const both = await tell(client, { body: { files: pair.map(({ id }) => id), level: "secret" } });
  expect(both.text, "a memory of files alone is found by their names").toBe("a.txt, a.txt");
  expect(existsSync(spool) ? readdirSync(spool) : []).toEqual([]);
  for (const [memory, bytes] of told) {
    const { data } = await client.call("memories.read", { params: { id: memory } });
    expect(await bytesOf(client, memory, data.files[0]?.id ?? "")).toEqual(bytes);
  }
  await client.call("auth.unlock", { body: { password: "testpassword", level: "ultra-secret" } });
  const before = await filesOf(client);
  expect(before.size).toBe(SIZES.length + 2);
  const archive = Buffer.from(await (await client.open("exports.archive")).arrayBuffer());
  const passphrase = "walnut lantern by the harbour";
  const sealed = await (await client.open("exports.sealed", { body: { passphrase, format: "archive" } })).bytes();
  expect((await openedAge(sealed, passphrase)).equals(archive), "sealed holds the same").toBe(true);
  expect(await importFile(client, "kaelix-memories.zip", archive), "into its own house").toMatchObject({
    added: 0,
    known: SIZES.length + 1,
    failed: 0,
  });
  await close(house);
  house = await open(folder);
  const again = await signedIn(house);
  expect(await filesOf(again)).toEqual(before);
  await close(house);

  const other = await open(newFolder());
  const to = await claimed(other);
  await to.call("auth.unlock", { body: { password: "testpassword", level: "ultra-secret" } });
  expect(await importFile(to, "kaelix-memories.zip", archive)).toMatchObject({
    state: "done",
    added: SIZES.length + 1,
    failed: 0,
  });
  expect(await filesOf(to)).toEqual(before);
});

async function signedIn(house: Awaited<ReturnType<typeof open>>): Promise<Client> {
  const { data } = await clientOf(house).call("auth.logIn", {
    body: { phone: "+1234567890", password: "testpassword" },
  });
  const client = clientOf(house, data.access_token);
  await client.call("auth.unlock", { body: { password: "testpassword", level: "ultra-secret" } });
  return client;
}

test("a file is locked with its memory's level, opens with it after a move, and cannot be sealed in the browser", async () => {
  const client = await claimed(await open(newFolder()));
  const bytes = Buffer.concat([PNG, Buffer.from("the safe's plan")]);
  const file = await upload(client, "plan.png", bytes);
  const memory = await tell(client, { body: { text: "the plan of the safe", files: [file.id], level: "general" } });
  const at = { params: { id: memory.id, file: file.id } };
  await client.call("auth.unlock", { body: { password: "testpassword", level: "ultra-secret" } });
  const params = { id: memory.id };
  const moved = await client.call("memories.move", { params, body: { level: "secret" } }, { ifMatch: '"1"' });
  expect(moved.data).toMatchObject({ level: "secret", files: [file] });
  expect(await bytesOf(client, memory.id, file.id)).toEqual(bytes);
  const toSealed = { params, body: { level: "ultra-secret" as const, sealed: "AAAA".repeat(40) } };
  const refused = await problemOf(client.call("memories.move", toSealed, { ifMatch: '"2"' }));
  expect(refused).toMatchObject({ status: 409, code: "memory-files-sealed" });
  await client.call("auth.lock");
  expect(await problemOf(client.open("files.read", at))).toMatchObject({ status: 404, code: "not-found" });
  const sealedDraft = { sealed: "AAAA".repeat(40), external_id: "x", files: [file.id] };
  expect(await problemOf(client.call("memories.create", { body: sealedDraft }))).toMatchObject({ status: 400 });
  const other = await tell(client, { body: { text: "another memory" } });
  const elsewhere = { params: { id: other.id, file: file.id } };
  expect(await problemOf(client.open("files.read", elsewhere))).toMatchObject({ status: 404 });
});

test("a file is handed out to be saved, in parts when asked, and never as something that runs", async () => {
  const house = await open(newFolder());
  const client = await claimed(house);
  const page = Buffer.from("<!doctype html><script>alert(1)</script>");
  const html = await upload(client, "../../etc/страница\u202e.html", page);
  expect(html).toMatchObject({ name: "страница.html", type: "application/octet-stream" });
  const picture = await upload(client, "picture.svg", Buffer.from("<svg onload=alert(1)>"));
  expect(picture.type).toBe("application/octet-stream");
  const long = Buffer.from(seededRandom(SEED).bytes(PIECE + 1_000));
  const video = await upload(client, "long.mp4", long);
  const memory = await tell(client, { body: { text: "three files", files: [html.id, picture.id, video.id] } });
  const answer = await client.open("files.read", { params: { id: memory.id, file: html.id } });
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": "application/octet-stream",
    "content-disposition": `attachment; filename="________.html"; filename*=UTF-8''${encodeURIComponent("страница.html")}`,
    "content-length": String(page.length),
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
  });
  const from = async (range: string): Promise<{ status: number; range: string | null; bytes: Buffer }> => {
    const { data } = await clientOf(house).call("auth.logIn", {
      body: { phone: "+1234567890", password: "testpassword" },
    });
    const response = await house.fetch(`http://localhost/api/v1/memories/${memory.id}/files/${video.id}`, {
      headers: { authorization: `Bearer ${data.access_token}`, range },
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, range: response.headers.get("content-range"), bytes };
  };
  const across = await from(`bytes=${PIECE - 10}-${PIECE + 9}`);
  expect(across).toMatchObject({ status: 206, range: `bytes ${PIECE - 10}-${PIECE + 9}/${long.length}` });
  expect(across.bytes).toEqual(long.subarray(PIECE - 10, PIECE + 10));
  expect((await from("bytes=-5")).bytes).toEqual(long.subarray(-5));
  expect((await from(`bytes=${PIECE}-`)).bytes).toEqual(long.subarray(PIECE));
  expect((await from("bytes=0-1,3-4")).status).toBe(200);
  expect((await from(`bytes=${long.length}-`)).status).toBe(416);
});

test("what was uploaded is its owner's, is told once, and can be named again when an answer was lost", async () => {
  const house = await open(newFolder());
  const client = await claimed(house);
  const file = await upload(client, "a.txt", Buffer.from("one"));
  const { data: invite } = await client.call("invites.create", { body: {} });
  const { data: bob } = await clientOf(house).call("auth.signUp", {
    body: { phone: "+1234567891", name: "Bob", password: "testpassword", invite_code: invite.code },
  });
  const stranger = clientOf(house, bob.access_token);
  const stolen = await problemOf(stranger.call("memories.create", { body: { text: "mine now", files: [file.id] } }));
  expect(stolen).toMatchObject({ status: 409, code: "file-missing" });
  const conversation = { key: "notes", title: "Notes" };
  const body = { text: "a note", files: [file.id], external_id: "note-1", conversation };
  const memory = await tell(client, { body });
  expect((await client.call("memories.create", { body })).data).toMatchObject({ status: "known", memory });
  const twice = await problemOf(client.call("memories.create", { body: { text: "again", files: [file.id] } }));
  expect(twice).toMatchObject({ status: 409, code: "file-missing" });
  const at = { params: { id: memory.id, file: file.id } };
  expect(await problemOf(stranger.open("files.read", at))).toMatchObject({ status: 404 });
  const { data: me } = await stranger.call("me.read");
  const expires = new Date(Date.now() + 86_400_000).toISOString();
  const what = { type: "conversation" as const, conversation: memory.conversation?.id ?? "" };
  await client.call("auth.prove", { body: { password: "testpassword" } });
  await client.call("grants.create", { body: { to: me.id, what, level: 1, expires_at: expires } });
  expect(await bytesOf(stranger, memory.id, file.id), "as long as it is shared").toEqual(Buffer.from("one"));
});

test("with a forgotten memory its files are gone at once, and for good when its key is shredded", async () => {
  const folder = newFolder();
  const house = await open(folder);
  const client = await claimed(house);
  const bytes = Buffer.from("a page of the diary ".repeat(40));
  const file = await upload(client, "diary.txt", bytes);
  const memory = await tell(client, { body: { text: "my diary", files: [file.id] } });
  const waiting = await upload(client, "never told.txt", bytes);
  const at = { params: { id: memory.id, file: file.id } };
  await client.call("memories.forget", { params: { id: memory.id } }, { ifMatch: '"1"' });
  expect(await problemOf(client.open("files.read", at))).toMatchObject({ status: 404 });
  await client.call("memories.restore", { params: { id: memory.id } });
  expect(await bytesOf(client, memory.id, file.id)).toEqual(bytes);
  const { data: verified } = await client.call("verifications.run");
  expect(verified).toMatchObject({ agree: true, log: { files: { kept: 1, bytes: bytes.length, damaged: 0 } } });
  await client.call("auth.prove", { body: { password: "testpassword" } });
  const { data: erasure } = await client.call("erasures.request", { body: { memories: [memory.id], now: true } });
  expect(erasure).toMatchObject({ state: "done", erased: 1 });
  expect(await problemOf(client.open("files.read", at))).toMatchObject({ status: 404 });
  const { data: after } = await client.call("verifications.run");
  expect(after).toMatchObject({ agree: true, log: { files: { kept: 0 } } });
  expect(existsSync(join(folder, "spool", waiting.id))).toBe(true);
  await client.call("auth.prove", { body: { password: "testpassword" } });
  await client.call("erasures.request", { body: { account: { confirm: "+1234567890" } } });
  expect(existsSync(join(folder, "spool", waiting.id)), "what waits goes with its owner").toBe(false);
});
