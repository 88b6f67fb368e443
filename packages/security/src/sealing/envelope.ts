/**
 * The sealed record: what stands in `sealed` fields on the log and at the head of sealed snapshots.
 *
 *     0       2        3       4       5         6             10        14       26           58
 *     | magic | format | suite | level | purpose | key version | version | nonce  | commitment | body …
 *     | K X   | 1      | 1–3   | 1–4   | 1–9     | u32 BE      | u32 BE  | 12     | 32         |
 *
 * The whole header is these 26 bytes and, not repeated on disk because the record around it names them, tenant, user and subject.
 * The associated data (AAD) is its canonical form: a label, the 26 bytes, then tenant, user and subject each behind a u16 length.
 *
 * Guarantees:
 * - an envelope opens only under the scope it was sealed for: the opener says which header it expects, nothing is believed from the bytes;
 * - the commitment HMAC(key, "commit" | AAD) is checked first, in constant time: GCM and ChaCha20-Poly1305 alone do not commit to a key;
 * - the cipher's key is HMAC(key, "seal" | AAD); as the AAD holds a fresh nonce, every sealing has its own key;
 * - levels 1–2 hold a Fernet token's bytes (AES-128-CBC and HMAC-SHA256), 3 AES-256-GCM, 4 ChaCha20-Poly1305; any other suite or format
 *   is refused. There is no way through to plaintext.
 * It does not hide: length, level, purpose, versions, or, at levels 1–2, the second of sealing.
 */
import { createHmac, createSecretKey, type Hmac, type KeyObject, timingSafeEqual } from "node:crypto";

import { assert, type RandomSource } from "@kaelix/base";
import type { Level } from "@kaelix/model";

import { FERNET_IV_BYTES, NONCE_BYTES, openAead, openFernet, sealAead, sealFernet, TAG_BYTES } from "./cipher.ts";

/** What an envelope is for. One key never opens another purpose. */
export type SealPurpose =
  | "content"
  | "profile"
  | "import"
  | "snapshot"
  | "factor"
  | "audit"
  | "people"
  | "backup"
  | "file";

/** The place an envelope belongs to: all of it is bound into the ciphertext. */
export interface SealScope {
  readonly tenant: string;
  readonly user: string;
  /** Id of what is sealed: a memory, an import, or another name inside its purpose. */
  readonly subject: string;
  readonly level: Level;
  /** Version of the subject, 0 to 2^32 − 1. */
  readonly version: number;
  readonly purpose: SealPurpose;
}

/** A key that seals and opens: 32 bytes and its version. */
export interface SealingKey {
  readonly key: KeyObject;
  /** 0 to 2^32 − 1. */
  readonly keyVersion: number;
}

/** What sealing takes from outside. */
export interface SealSources {
  /** Epoch ms; stands in Fernet tokens. */
  readonly nowMs: number;
  readonly random: RandomSource;
}

/** Why an envelope was not opened. `place`: scope, key or bytes are not those it was sealed with. */
export type SealRefusal = "short" | "format" | "suite" | "header" | "place" | "body";

/** The plaintext, or why there is none. */
export type Opened =
  | { readonly type: "opened"; readonly bytes: Buffer }
  | { readonly type: "refused"; readonly why: SealRefusal };

const FORMAT = 1;
const HEADER_BYTES = 26;
const NONCE_AT = 14;
const COMMITMENT_BYTES = 32;
const BODY_AT = HEADER_BYTES + COMMITMENT_BYTES;
const SUITE_FERNET = 1;
const SUITE_AES_GCM = 2;
const SUITE_CHACHA = 3;
const SUITES: Readonly<Record<Level, number>> = { 1: SUITE_FERNET, 2: SUITE_FERNET, 3: SUITE_AES_GCM, 4: SUITE_CHACHA };
const PURPOSES: Readonly<Record<SealPurpose, number>> = {
  content: 1,
  profile: 2,
  import: 3,
  snapshot: 4,
  factor: 5,
  audit: 6,
  people: 7,
  backup: 8,
  file: 9,
};
const AAD_LABEL = Buffer.from("kaelix/sealed/1\0", "latin1");
const UINT32_MAX = 2 ** 32 - 1;

/** Bytes that an envelope adds at least to its plaintext (AEAD levels). */
export const ENVELOPE_OVERHEAD_BYTES = BODY_AT + TAG_BYTES;

/**
 * Seals bytes for one place.
 * @returns the envelope; ciphertext differs at every call
 */
export function sealBytes(key: SealingKey, scope: SealScope, plaintext: Uint8Array, sources: SealSources): Buffer {
  const suite = SUITES[scope.level];
  const fresh = sources.random.bytes(suite === SUITE_FERNET ? NONCE_BYTES + FERNET_IV_BYTES : NONCE_BYTES);
  const header = encodeHeader(key, scope, fresh.subarray(0, NONCE_BYTES));
  const aad = encodeAad(header, scope);
  const commitment = commitmentOf(key.key, aad);
  const bodyKey = bodyKeyOf(key.key, aad);
  const body =
    suite === SUITE_FERNET
      ? sealFernet(bodyKey, { nowMs: sources.nowMs, iv: fresh.subarray(NONCE_BYTES) }, plaintext)
      : sealAead(aeadOf(suite), createSecretKey(bodyKey), { nonce: fresh, aad }, plaintext);
  bodyKey.fill(0);
  return Buffer.concat([header, commitment, body]);
}

/**
 * Opens an envelope in the place where it is expected. Never throws for bad bytes.
 * @param scope where the caller found it; anything else than where it was sealed is refused
 */
export function openBytes(key: SealingKey, scope: SealScope, sealed: Uint8Array): Opened {
  if (sealed.length < BODY_AT) return { type: "refused", why: "short" };
  if (sealed[0] !== 0x4b || sealed[1] !== 0x58 || sealed[2] !== FORMAT) return { type: "refused", why: "format" };
  const suite = SUITES[scope.level];
  if (sealed[3] !== suite) return { type: "refused", why: "suite" };
  const nonce = sealed.subarray(NONCE_AT, HEADER_BYTES);
  const header = encodeHeader(key, scope, nonce);
  if (!timingSafeEqual(header, sealed.subarray(0, HEADER_BYTES))) return { type: "refused", why: "header" };
  const aad = encodeAad(header, scope);
  const commitment = commitmentOf(key.key, aad);
  if (!timingSafeEqual(commitment, sealed.subarray(HEADER_BYTES, BODY_AT))) return { type: "refused", why: "place" };
  const bodyKey = bodyKeyOf(key.key, aad);
  const body = sealed.subarray(BODY_AT);
  const bytes =
    suite === SUITE_FERNET
      ? openFernet(bodyKey, body)
      : openAead(aeadOf(suite), createSecretKey(bodyKey), { nonce, aad }, body);
  bodyKey.fill(0);
  return bytes === undefined ? { type: "refused", why: "body" } : { type: "opened", bytes };
}

/** The version of the key that an envelope says it was sealed with; undefined when the bytes are none. Only to choose a key: see `openBytes`. */
export function sealedKeyVersion(sealed: Uint8Array): number | undefined {
  return sealed.length < BODY_AT ? undefined : Buffer.from(sealed.subarray(6, 10)).readUInt32BE();
}

/**
 * The Fernet key and token inside an envelope of level 1 or 2, as any other Fernet implementation takes them (both base64url,
 * padded). For tests and for people who want to open their memories with another tool.
 * @returns undefined when the envelope is not one of this place or holds no Fernet token
 */
export function exportFernet(
  key: SealingKey,
  scope: SealScope,
  sealed: Uint8Array,
): { readonly key: string; readonly token: string } | undefined {
  if (openBytes(key, scope, sealed).type === "refused" || sealed[3] !== SUITE_FERNET) return undefined;
  const aad = encodeAad(Buffer.from(sealed.subarray(0, HEADER_BYTES)), scope);
  const bodyKey = bodyKeyOf(key.key, aad);
  return { key: padded(bodyKey), token: padded(Buffer.from(sealed.subarray(BODY_AT))) };
}

function padded(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

function aeadOf(suite: number): "aes-256-gcm" | "chacha20-poly1305" {
  return suite === SUITE_AES_GCM ? "aes-256-gcm" : "chacha20-poly1305";
}

/** HMAC-SHA256(key, label | 0 | aad). An HMAC and not `hkdfSync`: a tenth of the time, and the key is uniform already. */
function derive(key: KeyObject, label: "commit" | "seal", aad: Uint8Array): Hmac {
  return createHmac("sha256", key).update(`${label}\0`, "latin1").update(aad);
}

/** As letters first: what `digest` gives as bytes has a buffer of its own, which costs as much again. */
function commitmentOf(key: KeyObject, aad: Uint8Array): Buffer {
  return Buffer.from(derive(key, "commit", aad).digest("latin1"), "latin1");
}

/** A secret, so never letters: whoever asks for it overwrites it. */
function bodyKeyOf(key: KeyObject, aad: Uint8Array): Buffer {
  return derive(key, "seal", aad).digest();
}

function encodeHeader(key: SealingKey, scope: SealScope, nonce: Uint8Array): Buffer {
  assert(
    Number.isInteger(scope.version) && scope.version >= 0 && scope.version <= UINT32_MAX,
    "Version must fit 32 bits",
  );
  assert(
    Number.isInteger(key.keyVersion) && key.keyVersion >= 0 && key.keyVersion <= UINT32_MAX,
    "Key version must fit 32 bits",
  );
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header[0] = 0x4b;
  header[1] = 0x58;
  header[2] = FORMAT;
  header[3] = SUITES[scope.level];
  header[4] = scope.level;
  header[5] = PURPOSES[scope.purpose];
  header.writeUInt32BE(key.keyVersion, 6);
  header.writeUInt32BE(scope.version, 10);
  header.set(nonce, NONCE_AT);
  return header;
}

/** Every variable part stands behind its length, so no two scopes share an encoding. */
function encodeAad(header: Buffer, scope: SealScope): Buffer {
  return Buffer.concat([AAD_LABEL, header, lengthPrefixed(scope.tenant, scope.user, scope.subject)]);
}

/** UTF-8 of each text behind its length as u16 (big endian), in order. Texts are at most 65,535 bytes. */
export function lengthPrefixed(...texts: readonly string[]): Buffer {
  let size = 0;
  for (const text of texts) size += 2 + Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const text of texts) {
    const length = bytes.write(text, at + 2);
    assert(length <= 0xffff, "Bound text must fit 65,535 bytes");
    bytes[at] = length >> 8;
    bytes[at + 1] = length & 0xff;
    at += 2 + length;
  }
  return bytes;
}
