import { createHmac, createSecretKey } from "node:crypto";

import { seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { type AeadCipher, openAead, openFernet, sealAead, sealFernet } from "./cipher.ts";

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const ciphers: readonly AeadCipher[] = ["aes-256-gcm", "chacha20-poly1305"];

test("sealAead gives the published answers", () => {
  // McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16.
  const gcm = {
    key: createSecretKey(hex("feffe9928665731c6d6a8f9467308308".repeat(2))),
    place: { nonce: hex("cafebabefacedbaddecaf888"), aad: hex("feedfacedeadbeeffeedfacedeadbeefabaddad2") },
    plaintext: hex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    ),
    sealed:
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" +
      "76fc6ece0f4e1768cddf8853bb2d551b",
  };
  expect(sealAead("aes-256-gcm", gcm.key, gcm.place, gcm.plaintext).toString("hex")).toBe(gcm.sealed);
  expect(openAead("aes-256-gcm", gcm.key, gcm.place, hex(gcm.sealed))).toEqual(gcm.plaintext);
  // RFC 8439 §2.8.2.
  const place = { nonce: hex("070000004041424344454647"), aad: hex("50515253c0c1c2c3c4c5c6c7") };
  const key = createSecretKey(Buffer.from(Array.from({ length: 32 }, (_, at) => 0x80 + at)));
  const plaintext = Buffer.from(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  );
  const sealed = sealAead("chacha20-poly1305", key, place, plaintext);
  expect(sealed.subarray(0, 16).toString("hex")).toBe("d31a8d34648e60db7b86afbc53ef7ec2");
  expect(sealed.subarray(-16).toString("hex")).toBe("1ae10b594f09e26a7e902ecbd0600691");
});

test.each(ciphers)("openAead of %s refuses short tags, changed bits, other places and other keys", (cipher) => {
  const seed = 8_439;
  const random = seededRandom(seed);
  for (let run = 0; run < 60; run++) {
    const key = createSecretKey(random.bytes(32));
    const place = { nonce: random.bytes(12), aad: random.bytes(random.integer(40)) };
    const plaintext = random.bytes(random.integer(100));
    const sealed = sealAead(cipher, key, place, plaintext);
    expect(openAead(cipher, key, place, sealed), `seed ${seed}`).toEqual(Buffer.from(plaintext));
    for (let cut = 1; cut <= 16; cut++) expect(openAead(cipher, key, place, sealed.subarray(0, -cut))).toBeUndefined();
    const bit = random.integer(sealed.length * 8);
    sealed[bit >> 3] = (sealed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(openAead(cipher, key, place, sealed), `seed ${seed}`).toBeUndefined();
    sealed[bit >> 3] = (sealed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(openAead(cipher, createSecretKey(random.bytes(32)), place, sealed)).toBeUndefined();
    expect(openAead(cipher, key, { ...place, nonce: random.bytes(12) }, sealed)).toBeUndefined();
    expect(openAead(cipher, key, { ...place, nonce: place.nonce.subarray(4) }, sealed)).toBeUndefined();
    expect(openAead(cipher, key, { ...place, aad: random.bytes(41) }, sealed)).toBeUndefined();
  }
});

const fernetKey = Buffer.from("cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=", "base64url");
const fernetToken =
  "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";

test("sealFernet and openFernet agree with the vector of the Fernet specification", () => {
  const stamp = { nowMs: 499_162_800_000, iv: Buffer.from(Array.from({ length: 16 }, (_, at) => at)) };
  expect(sealFernet(fernetKey, stamp, Buffer.from("hello"))).toEqual(Buffer.from(fernetToken, "base64url"));
  expect(openFernet(fernetKey, Buffer.from(fernetToken, "base64url"))?.toString()).toBe("hello");
});

test("openFernet refuses every changed bit, every truncation, other keys and other versions", () => {
  const token = Buffer.from(fernetToken, "base64url");
  for (let bit = 0; bit < token.length * 8; bit++) {
    const flipped = Buffer.from(token);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(openFernet(fernetKey, flipped), `bit ${bit}`).toBeUndefined();
  }
  for (let length = 0; length < token.length; length++)
    expect(openFernet(fernetKey, token.subarray(0, length))).toBeUndefined();
  expect(openFernet(fernetKey, Buffer.concat([token, Buffer.alloc(16)]))).toBeUndefined();
  for (let at = 0; at < 32; at++) {
    const other = Buffer.from(fernetKey);
    other[at] = (other[at] ?? 0) ^ 1;
    expect(openFernet(other, token)?.toString()).not.toBe("hello");
  }
});

test("openFernet refuses padding that is none, also under the right signature", () => {
  const stamp = { nowMs: 499_162_800_000, iv: Buffer.alloc(16, 1) };
  /** The first block alone, signed anew: what stands at its end is read as padding. */
  const firstBlock = (end: readonly number[]): Buffer | undefined => {
    const text = Buffer.concat([Buffer.alloc(16 - end.length, 65), Buffer.from(end), Buffer.alloc(4)]);
    const signed = sealFernet(fernetKey, stamp, text).subarray(0, 25 + 16);
    const mac = createHmac("sha256", fernetKey.subarray(0, 16)).update(signed).digest();
    return openFernet(fernetKey, Buffer.concat([signed, mac]));
  };
  expect(firstBlock([1])?.toString()).toBe("A".repeat(15));
  expect(firstBlock([3, 3, 3])?.toString()).toBe("A".repeat(13));
  expect(firstBlock(Array.from({ length: 16 }, () => 16))?.toString()).toBe("");
  for (const end of [[0], [17], [255], [3, 3], [2, 3, 3], [4, 3, 4, 4]])
    expect(firstBlock(end), end.join()).toBeUndefined();
});

test("openFernet returns what sealFernet sealed at every length around a block", () => {
  const random = seededRandom(3);
  for (let length = 0; length <= 50; length++) {
    const plaintext = random.bytes(length);
    const token = sealFernet(fernetKey, { nowMs: 1_750_000_000_999, iv: random.bytes(16) }, plaintext);
    expect(token.readBigUInt64BE(1)).toBe(1_750_000_000n);
    expect(openFernet(fernetKey, token)).toEqual(Buffer.from(plaintext));
  }
});
