/** What a browser sealed, on the real house: kept as it came, shown to its owner alone, found by nothing, and moved across with new keys. */
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Client } from "@kaelix/contract";
import { SoftwarePasskey } from "@kaelix/security/testing";
import { expect, test } from "vitest";

import { claimed, clientOf, close, closeAfterEach, newFolder, open, problemOf } from "./testing/houses.ts";

closeAfterEach();

const PASSWORD = { password: "testpassword" };
const sealed = (bytes = 300): string => randomBytes(bytes).toString("base64url");
const keyId = (): string => sealed(16);
const wraps = () => ({
  passphrase: { kdf: "pbkdf2-sha512" as const, rounds: 600_000, salt: sealed(16), wrapped: sealed(120) },
  recovery: { wrapped: sealed(120) },
});

async function opened(client: Client): Promise<Client> {
  await client.call("auth.unlock", { body: { ...PASSWORD, level: "ultra-secret" } });
  return client;
}

async function told(client: Client, body = sealed()): Promise<{ readonly id: string; readonly version: number }> {
  const external = sealed(16);
  const place = await client.call("seal.place", { body: { external_id: external } });
  const { data } = await client.call("memories.create", { body: { sealed: body, external_id: external } });
  expect(data.memory.id).toBe(place.data.id);
  return data.memory;
}

const etag = ({ version }: { readonly version: number }) => ({ ifMatch: `"${version}"` });

test("a key is set up after a proof, shown only in an open session, and overwritten by no second device or other key", async () => {
  const folder = newFolder();
  const house = await open(folder);
  const client = await claimed(house);
  expect((await client.call("seal.read")).data).toEqual({ revision: 0, key_id: null, tenant: "default", wraps: null });
  const first = { revision: 0, key_id: keyId(), wraps: wraps() };
  expect((await problemOf(client.call("seal.change", { body: first }))).code).toBe("proof-needed");
  await client.call("auth.prove", { body: PASSWORD });
  expect((await client.call("seal.change", { body: first })).data).toMatchObject({ revision: 1, wraps: null });
  expect((await problemOf(client.call("seal.change", { body: first }))).code).toBe("access-busy");
  const other = { revision: 1, key_id: keyId(), wraps: wraps() };
  expect((await problemOf(client.call("seal.change", { body: other }))).code).toBe("seal-key-differs");
  const weak = {
    ...first,
    revision: 1,
    wraps: { ...first.wraps, passphrase: { ...first.wraps.passphrase, rounds: 9_999 } },
  };
  expect((await problemOf(client.call("seal.change", { body: weak }))).status).toBe(400);
  const second = { revision: 1, key_id: first.key_id, wraps: wraps() };
  await client.call("seal.change", { body: second });
  expect((await client.call("seal.read")).data.wraps).toBeNull();
  await opened(client);
  expect((await client.call("seal.read")).data.wraps).toEqual(second.wraps);
  await close(house);
  const reopened = await open(folder);
  const { data } = await clientOf(reopened).call("auth.logIn", { body: { phone: "+1234567890", ...PASSWORD } });
  const later = await opened(clientOf(reopened, data.access_token));
  expect((await later.call("seal.read")).data).toMatchObject({ revision: 2, wraps: second.wraps });
});

test("a wrap under a passkey is kept for one's own passkey alone, and goes with it", async () => {
  const house = await open(newFolder());
  const client = await opened(await claimed(house));
  await client.call("auth.prove", { body: PASSWORD });
  const made = await Promise.all(
    ["Phone", "Laptop"].map(async (name) => {
      const key = new SoftwarePasskey({ counter: 1 });
      const { id, response } = key.create((await client.call("passkeys.begin")).data, "http://localhost");
      const { clientDataJSON, attestationObject } = response;
      const passkey = { id, response: { clientDataJSON, attestationObject } };
      const { data } = await client.call("passkeys.add", { body: { name, passkey } });
      return {
        passkey: data.id,
        wrap: { credential: id, site: "localhost", salt: sealed(32), wrapped: sealed(120) },
      };
    }),
  );
  const [phone, laptop] = made;
  if (phone === undefined || laptop === undefined) expect.fail("Two were made");
  const key = { key_id: keyId(), wraps: wraps() };
  const foreign = { ...phone.wrap, credential: sealed(32) };
  const refused = { ...key, revision: 0, wraps: { ...key.wraps, passkeys: [foreign] } };
  expect((await problemOf(client.call("seal.change", { body: refused }))).code).toBe("passkey-missing");
  const both = { ...key, revision: 0, wraps: { ...key.wraps, passkeys: [phone.wrap, laptop.wrap] } };
  expect((await client.call("seal.change", { body: both })).data).toMatchObject({ revision: 1, wraps: both.wraps });
  await client.call("passkeys.remove", { params: { id: phone.passkey } });
  const { data: one } = await client.call("seal.read");
  // Another state: it is not merely left out of the answer.
  expect(one.revision).toBe(2);
  expect(one.wraps?.passkeys).toEqual([laptop.wrap]);
  await client.call("passkeys.remove", { params: { id: laptop.passkey } });
  expect((await client.call("seal.read")).data).toMatchObject({ revision: 3, wraps: key.wraps });
  expect((await client.call("seal.read")).data.wraps?.passkeys).toBeUndefined();
});

test("what was sealed is given back as it came, at its place alone, and found, counted and shown by nothing else", async () => {
  const house = await open(newFolder());
  const client = await opened(await claimed(house));
  const body = sealed(12_000);
  const { id } = await told(client, body);
  const { data: memory } = await client.call("memories.read", { params: { id } });
  expect(memory).toMatchObject({
    text: "",
    sealed: body,
    level: "ultra-secret",
    level_decided_by: "person",
    version: 1,
  });
  expect(memory.reasons).toEqual([]);
  const openly = (await client.call("memories.create", { body: { text: "the harbour", level: 4 } })).data.memory;
  const { data: only } = await client.call("memories.list", { query: { sealed: "only" } });
  expect(only.data.map((one) => one.id)).toEqual([id]);
  const { data: all } = await client.call("memories.list", { query: {} });
  expect(all.data.map((one) => one.id).toSorted()).toEqual([id, openly.id].toSorted());
  expect(
    (await client.call("searches.run", { body: { query: "" } })).data.hits.map((hit) => hit.memory.id),
  ).not.toContain(id);
  const lines = await (await client.open("exports.memories")).text();
  expect(lines.split("\n").find((line) => line.includes(id))).toContain(body);
  expect(await (await client.open("exports.markdown")).text()).toContain("Sealed by you");
  await client.call("auth.lock");
  expect((await problemOf(client.call("memories.read", { params: { id } }))).status).toBe(404);
  expect((await client.call("memories.list", { query: { sealed: "only" } })).data.data).toEqual([]);
  expect((await client.call("verifications.run")).data.agree).toBe(true);
});

test("the same body told again is known, another one under its id is refused, and what is not whole is not taken", async () => {
  const house = await open(newFolder());
  const client = await opened(await claimed(house));
  const [body, external] = [sealed(), sealed(16)];
  const tell = (one: string) => client.call("memories.create", { body: { sealed: one, external_id: external } });
  const { data: first } = await tell(body);
  expect((await tell(body)).data).toMatchObject({ status: "known", memory: { id: first.memory.id } });
  expect((await problemOf(tell(sealed()))).code).toBe("external-id-conflict");
  const wrong = [
    { sealed: body },
    { sealed: body, external_id: "x", text: "beside it" },
    { sealed: body, external_id: "x", level: 2 },
    { sealed: body, external_id: "x", caption: "in clear" },
    { sealed: `${body}=`, external_id: "x" },
    {},
  ];
  for (const one of wrong) expect((await problemOf(client.call("memories.create", { body: one }))).status).toBe(400);
});

test("words that can be read here do not get into what was sealed, nor the other way, but by a move", async () => {
  const house = await open(newFolder());
  const client = await opened(await claimed(house));
  const memory = await told(client);
  const params = { id: memory.id };
  const edit = client.call("memories.edit", { params, body: { text: "in clear" } }, etag(memory));
  expect((await problemOf(edit)).code).toBe("memory-sealed-by-owner");
  for (const level of ["general", "ultra-secret"] as const) {
    const moved = client.call("memories.move", { params, body: { level } }, etag(memory));
    expect((await problemOf(moved)).code).toBe("memory-sealed-by-owner");
  }
  const next = sealed();
  const { data: edited } = await client.call("memories.edit", { params, body: { sealed: next } }, etag(memory));
  expect(edited).toMatchObject({ version: 2, sealed: next, text: "" });
  const { data: versions } = await client.call("memories.versions", { params });
  expect(versions.data.map((one) => [one.text, one.sealed?.length])).toEqual([
    [null, next.length],
    [null, 400],
  ]);
  const open4 = (await client.call("memories.create", { body: { text: "my PIN is 4711", level: 4 } })).data.memory;
  const onto = client.call(
    "memories.move",
    { params: { id: open4.id }, body: { level: 4, sealed: sealed() } },
    etag(open4),
  );
  expect((await problemOf(onto)).code).toBe("memory-not-sealed-by-owner");
  const low = (await client.call("memories.create", { body: { text: "walnuts", level: 1 } })).data.memory;
  const into = client.call("memories.edit", { params: { id: low.id }, body: { sealed: sealed() } }, etag(low));
  expect((await problemOf(into)).code).toBe("memory-not-sealed-by-owner");
});

test("moving up leaves nothing of the words behind; moving down brings back what the browser opened", async () => {
  const house = await open(newFolder());
  const client = await opened(await claimed(house));
  const text = "The walnut press of Mirabella stands in Trento";
  const told2 = { body: { text, level: 2 as const, caption: "quince", external_id: "letter-7" } };
  const { memory } = (await client.call("memories.create", told2, { waitSeconds: 10, until: "indexed" })).data;
  const params = { id: memory.id };
  const found = async (query: string): Promise<number> =>
    (await client.call("searches.run", { body: { query } })).data.total;
  expect(await found("walnut")).toBe(1);
  const body = sealed();
  const up = await client.call("memories.move", { params, body: { level: 4, sealed: body } }, etag(memory));
  expect(up.data).toMatchObject({ text: "", caption: null, external_id: null, sealed: body, version: 2 });
  const after = up.position === undefined ? {} : { after: up.position };
  expect((await client.call("searches.run", { body: { query: "walnut" } }, after)).data.total).toBe(0);
  const { data: versions } = await client.call("memories.versions", { params });
  expect(versions.data.map((one) => [one.version, one.text, one.sealed])).toEqual([
    [2, null, body],
    [1, null, undefined],
  ]);
  const people = await client.call("people.list", { query: {} });
  expect(JSON.stringify(people.data)).not.toContain("Mirabella");
  const words = { text, caption: "quince", conversation_title: "Letters" };
  const { data: down } = await client.call(
    "memories.move",
    { params, body: { level: 1, opened: words } },
    etag(up.data),
  );
  expect(down).toMatchObject({ text, caption: "quince", level: "general", version: 3 });
  expect(down.sealed).toBeUndefined();
  expect((await client.call("verifications.run")).data.agree).toBe(true);
});

test("forgetting, undoing and erasing work on what was sealed, and its line of an export is not taken as words", async () => {
  const folder = newFolder();
  const house = await open(folder);
  const client = await opened(await claimed(house));
  const body = sealed();
  const memory = await told(client, body);
  const params = { id: memory.id };
  const lines = await (await client.open("exports.memories")).text();
  await client.call("memories.forget", { params }, etag(memory));
  expect((await client.call("memories.list", { query: { sealed: "only" } })).data.data).toEqual([]);
  expect((await client.call("memories.restore", { params })).data.sealed).toBe(body);
  await client.call("auth.prove", { body: PASSWORD });
  const { data: erasure } = await client.call("erasures.request", { body: { memories: [memory.id], now: true } });
  await expect
    .poll(async () => (await client.call("erasures.read", { params: { id: erasure.id } })).data.state)
    .toBe("done");
  const file = { name: "kaelix.jsonl", data: new Blob([lines]) };
  const { data: upload } = await client.call("imports.upload", { query: {} }, { file });
  expect(upload.preview?.problems[0]?.why).toMatch(/its owner's browser sealed it/);
});

test("the account's end takes the key along", async () => {
  const folder = newFolder();
  const house = await open(folder);
  const client = await claimed(house);
  await client.call("auth.prove", { body: PASSWORD });
  const first = { revision: 0, key_id: keyId(), wraps: wraps() };
  await client.call("seal.change", { body: first });
  await client.call("erasures.request", { body: { account: { confirm: "+1234567890" }, now: true } });
  await expect.poll(async () => (await problemOf(client.call("seal.read"))).status).toBe(401);
  await close(house);
  const access = readdirSync(join(folder, "log"), { recursive: true })
    .map(String)
    .filter((name) => name.includes("access") && name.endsWith(".log"));
  const bytes = access.map((name) => readFileSync(join(folder, "log", name)).toString("latin1")).join("");
  expect(bytes).not.toContain(first.wraps.recovery.wrapped);
});
