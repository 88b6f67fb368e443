/**
 * How keys stand under keys. Pure: bytes in, bytes out.
 *
 *     KEK(version) ─ wraps ─► UK(user) ─ derives ─► LK(user, level) ─ wraps ─► MK(memory)
 *                                      └ derives ─► sealing, lookup and signing sub-keys, one per purpose
 *
 * A wrapped key is `nonce (12) | ciphertext (32) | tag (16)`: 60 bytes of AES-256-GCM whose associated data names its place.
 * Sub-keys are one block of HKDF-Expand (RFC 5869 §2.3); the extract step is left out because the input is a uniform key (§3.3).
 */
import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

import type { Level } from "@kaelix/model";

import { KEY_BYTES, NONCE_BYTES, openAead, sealAead, TAG_BYTES } from "../sealing/cipher.ts";
import { lengthPrefixed } from "../sealing/envelope.ts";

/** Bytes of a wrapped key. */
export const WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES;

const LOOKUP_BYTES = 16;
const FORMER_BYTES = 1 + 4 + WRAPPED_BYTES;
const FORMERS_MAX = 3;

/** A 32-byte key for one purpose under a uniform key. Parts are bound with their lengths. */
export function deriveKey(key: KeyObject, purpose: string, ...parts: readonly string[]): Buffer {
  const place = lengthPrefixed(`kaelix/${purpose}/1`, ...parts);
  return createHmac("sha256", key).update(place).update(Uint8Array.of(1)).digest();
}

/** What a user's key is bound to under the KEK. */
export function userKeyAad(tenant: string, user: string, keyVersion: number): Buffer {
  return lengthPrefixed("kaelix/uk/1", tenant, user, String(keyVersion));
}

/** Where a memory's key belongs. */
interface MemoryKeyPlace {
  readonly tenant: string;
  readonly user: string;
  readonly memory: string;
  readonly level: Level;
  readonly keyVersion: number;
}

function memoryKeyAad(place: MemoryKeyPlace): Buffer {
  const { tenant, user, memory, level, keyVersion } = place;
  return lengthPrefixed("kaelix/mk/1", tenant, user, memory, `${level}/${keyVersion}`);
}

/** Wraps a memory's key under its level key. `nonce` is 12 fresh bytes. */
export function wrapMemoryKey(
  levelKey: KeyObject,
  place: MemoryKeyPlace,
  secret: Uint8Array,
  nonce: Uint8Array,
): Buffer {
  const sealed = sealAead("aes-256-gcm", levelKey, { nonce, aad: memoryKeyAad(place) }, secret);
  return Buffer.concat([nonce, sealed]);
}

/** Unwraps a memory's key; undefined when place, key or bytes are not those it was wrapped with. */
export function unwrapMemoryKey(
  levelKey: KeyObject,
  place: MemoryKeyPlace,
  wrapped: Uint8Array,
): KeyObject | undefined {
  const nonce = wrapped.subarray(0, NONCE_BYTES);
  const aad = memoryKeyAad(place);
  const secret = openAead("aes-256-gcm", levelKey, { nonce, aad }, wrapped.subarray(NONCE_BYTES));
  if (secret === undefined || secret.length !== KEY_BYTES) return undefined;
  const key = createSecretKey(secret);
  secret.fill(0);
  return key;
}

/** A key that a memory had at another level: kept beside the new one until the move is on the log. */
export interface FormerKey {
  readonly level: Level;
  readonly keyVersion: number;
  readonly wrapped: Buffer;
}

/**
 * Field `wrapped` of `key.memory`: `formers (1) | key (60) | formers × (level (1) | key version (4) | key (60))`.
 * A memory that moves has its former keys in the same record because the topic keeps only the newest record of a memory: were the
 * old key gone before the moved memory is on the log, a power cut between the two would cost the memory.
 */
export function encodeWrapped(current: Uint8Array, formers: readonly FormerKey[]): string {
  const bytes = Buffer.allocUnsafe(1 + WRAPPED_BYTES + formers.length * FORMER_BYTES);
  bytes[0] = formers.length;
  bytes.set(current, 1);
  let at = 1 + WRAPPED_BYTES;
  for (const former of formers) {
    bytes[at] = former.level;
    bytes.writeUInt32BE(former.keyVersion, at + 1);
    bytes.set(former.wrapped, at + 5);
    at += FORMER_BYTES;
  }
  return bytes.toString("base64url");
}

/** Reads field `wrapped` of `key.memory`; undefined when it is not one. */
export function decodeWrapped(
  text: string,
): { readonly current: Buffer; readonly formers: readonly FormerKey[] } | undefined {
  const bytes = Buffer.from(text, "base64url");
  const count = bytes[0] ?? 0;
  if (count > FORMERS_MAX || bytes.length !== 1 + WRAPPED_BYTES + count * FORMER_BYTES) return undefined;
  const formers: FormerKey[] = [];
  for (let at = 1 + WRAPPED_BYTES; at < bytes.length; at += FORMER_BYTES) {
    const level = bytes[at];
    if (level !== 1 && level !== 2 && level !== 3 && level !== 4) return undefined;
    formers.push({ level, keyVersion: bytes.readUInt32BE(at + 1), wrapped: bytes.subarray(at + 5, at + FORMER_BYTES) });
  }
  return { current: bytes.subarray(1, 1 + WRAPPED_BYTES), formers };
}

/** Keyed hash of a text, 16 bytes: the same for the same key, purpose and text. */
export function hashLookup(key: KeyObject, purpose: string, text: string): Uint8Array {
  const mac = createHmac("sha256", key).update(lengthPrefixed(purpose)).update(text, "utf8");
  // As letters first: bytes would come in a buffer of their own, which costs half as much as the hash.
  return Buffer.from(mac.digest("latin1").slice(0, LOOKUP_BYTES), "latin1");
}
