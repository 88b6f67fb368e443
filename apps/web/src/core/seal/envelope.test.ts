import { expect, test } from "vitest";

import { VECTOR_KEY_ID, VECTOR_MEMORY, VECTOR_OWNER } from "../../testing/seal-vectors.ts";
import { type Bytes, fromBase64Url, randomBytes, toBase64Url, utf8 } from "./bytes.ts";
import { openFor, rootKeyOf, sealFor, type SealPlace, SEALED_BYTES_MAX } from "./envelope.ts";
import type { OpenKey } from "./key-ring.ts";
import { fits, openBody, sealBody } from "./memory-body.ts";

const numbers = (): Bytes => Uint8Array.from({ length: 32 }, (_, at) => at);
const PLACE: SealPlace = {
  tenant: "default",
  user: "usr_A",
  subject: "mem_A/4",
  version: 3,
  purpose: "memory",
  keyId: "key-1",
};

async function vectorKey(): Promise<OpenKey> {
  return { ...VECTOR_OWNER, keyId: VECTOR_KEY_ID, root: await rootKeyOf(numbers()) };
}

test("what another writing of the format sealed opens here, as it must for ever", async () => {
  const opened = await openBody(await vectorKey(), VECTOR_MEMORY.at, VECTOR_MEMORY.sealed);
  expect(opened).toEqual({ type: "opened", body: VECTOR_MEMORY.body });
});

test("the key of what is sealed cannot be taken out of the browser, and its bytes are overwritten", async () => {
  const bytes = numbers();
  const key = await rootKeyOf(bytes);
  expect(key.extractable).toBe(false);
  expect(bytes.every((byte) => byte === 0)).toBe(true);
});

test("an envelope opens in its own place and, with any part of the place another, nowhere", async () => {
  const root = await rootKeyOf(numbers());
  const others: readonly SealPlace[] = [
    { ...PLACE, tenant: "other" },
    { ...PLACE, user: "usr_B" },
    { ...PLACE, subject: "mem_B/4" },
    { ...PLACE, version: 4 },
    { ...PLACE, purpose: "recovery" },
    { ...PLACE, purpose: "passphrase" },
    { ...PLACE, keyId: "key-2" },
    // The same letters in a row, cut elsewhere.
    { ...PLACE, tenant: "defaultu", user: "sr_A" },
    { ...PLACE, user: "usr_Am", subject: "em_A/4" },
  ];
  const sealed = await sealFor(root, PLACE, utf8("the oak"));
  expect(new TextDecoder().decode(await openFor(root, PLACE, sealed))).toBe("the oak");
  for (const place of others) expect(await openFor(root, place, sealed), JSON.stringify(place)).toBeUndefined();
  const other = await rootKeyOf(randomBytes(32));
  expect(await openFor(other, PLACE, sealed)).toBeUndefined();
});

test("every byte of an envelope matters: none can be changed, cut off or added", async () => {
  const root = await rootKeyOf(numbers());
  const sealed = await sealFor(root, PLACE, utf8("the oak"));
  for (let at = 0; at < sealed.length; at++) {
    const bent = sealed.slice();
    bent[at] = (bent[at] ?? 0) ^ (1 << (at % 8));
    expect(await openFor(root, PLACE, bent), `byte ${at}`).toBeUndefined();
  }
  for (const length of [0, 21, 54, 69, sealed.length - 1]) {
    expect(await openFor(root, PLACE, sealed.slice(0, length)), `${length} bytes`).toBeUndefined();
  }
  const longer = new Uint8Array(sealed.length + 1);
  longer.set(sealed);
  expect(await openFor(root, PLACE, longer)).toBeUndefined();
});

test("sealing the same twice gives two envelopes, and a length tells its bucket alone", async () => {
  const root = await rootKeyOf(numbers());
  const [one, two] = [await sealFor(root, PLACE, utf8("a")), await sealFor(root, PLACE, utf8("a"))];
  expect(toBase64Url(one)).not.toBe(toBase64Url(two));
  expect(toBase64Url(one).slice(72)).not.toBe(toBase64Url(two).slice(72));
  const lengthOf = async (bytes: number): Promise<number> => (await sealFor(root, PLACE, new Uint8Array(bytes))).length;
  expect([await lengthOf(0), await lengthOf(252)]).toEqual([326, 326]);
  expect([await lengthOf(253), await lengthOf(1_020)]).toEqual([1_094, 1_094]);
  const whole = new Uint8Array(SEALED_BYTES_MAX).fill(7);
  expect(await openFor(root, PLACE, await sealFor(root, PLACE, whole))).toEqual(whole);
  await expect(sealFor(root, PLACE, new Uint8Array(SEALED_BYTES_MAX + 1))).rejects.toThrow(/must be .* at most/);
});

test("a body keeps all it was given, and what opens but is none is refused", async () => {
  const key = await vectorKey();
  const at = { id: "mem_A", version: 1 };
  const body = {
    text: "ä😀\n",
    caption: "c",
    speaker: "s",
    conversation_title: "t",
    external_id: "e",
    attachments: ["a.jpg"],
    context: { deep: [1, null] },
  };
  expect(await openBody(key, at, await sealBody(key, at, body))).toEqual({ type: "opened", body });
  expect(await openBody(key, { ...at, version: 2 }, await sealBody(key, at, body))).toEqual({
    type: "refused",
    why: "place",
  });
  expect(await openBody(key, at, "not base64url!")).toEqual({ type: "refused", why: "place" });
  const place = { ...VECTOR_OWNER, keyId: VECTOR_KEY_ID, subject: "mem_A/4", version: 1, purpose: "memory" as const };
  for (const wrong of ["[]", "{", '{"text":4}', '{"text":"","caption":1}', '{"text":"","attachments":[1]}', "null"]) {
    const sealed = toBase64Url(await sealFor(key.root, place, utf8(wrong)));
    expect(await openBody(key, at, sealed), wrong).toEqual({ type: "refused", why: "body" });
  }
  expect(fits({ text: "x".repeat(262_000) })).toBe(true);
  expect(fits({ text: "ä".repeat(131_100) })).toBe(false);
});

test("base64url is read in its one spelling", () => {
  for (const length of [0, 1, 2, 3, 4, 31, 32, 33]) {
    const bytes = randomBytes(length);
    expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
    expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
  }
  for (const wrong of ["A", "AA=", "AB", "AAB", "A A", "AA+A"]) expect(fromBase64Url(wrong), wrong).toBeUndefined();
});
