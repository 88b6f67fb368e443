/**
 * The one file that touches ciphers (a lint rule refuses them elsewhere).
 *
 * Guarantees: AEAD tags are always 16 bytes and nonces 12 (a decipher made without `authTagLength` accepts a tag cut to four bytes);
 * AEAD keys are KeyObjects, never raw bytes; a failed opening is `undefined`, never partial plaintext.
 * It does not: bind anything to its place. That is the envelope's work, through the associated data and the derived keys.
 */
import { createCipheriv, createDecipheriv, createHmac, type KeyObject, timingSafeEqual } from "node:crypto";

import { assert } from "@kaelix/base";

/** Bytes of an AEAD nonce. */
export const NONCE_BYTES = 12;
/** Bytes of an AEAD tag. */
export const TAG_BYTES = 16;
/** Bytes of a key of any suite. */
export const KEY_BYTES = 32;
/** Bytes of the initialisation vector inside a Fernet token. */
export const FERNET_IV_BYTES = 16;

const FERNET_VERSION = 0x80;
const FERNET_HEAD_BYTES = 1 + 8 + FERNET_IV_BYTES;
const FERNET_MAC_BYTES = 32;
const AES_BLOCK_BYTES = 16;

/** The AEAD ciphers in use. */
export type AeadCipher = "aes-256-gcm" | "chacha20-poly1305";

/** A fresh 96-bit nonce and the data that is authenticated but not encrypted. */
interface AeadPlace {
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
}

/** Encrypts; returns ciphertext followed by the 16-byte tag. `key` is 32 bytes. */
export function sealAead(cipher: AeadCipher, key: KeyObject, place: AeadPlace, plaintext: Uint8Array): Buffer {
  assert(key.symmetricKeySize === KEY_BYTES, "AEAD keys are 32 bytes");
  assert(place.nonce.length === NONCE_BYTES, "AEAD nonces are 12 bytes");
  const sealing =
    cipher === "aes-256-gcm"
      ? createCipheriv("aes-256-gcm", key, place.nonce, { authTagLength: TAG_BYTES })
      : createCipheriv("chacha20-poly1305", key, place.nonce, { authTagLength: TAG_BYTES });
  sealing.setAAD(place.aad, { plaintextLength: plaintext.length });
  const head = sealing.update(plaintext);
  const rest = sealing.final();
  return Buffer.concat([head, rest, sealing.getAuthTag()]);
}

/** Decrypts ciphertext followed by its tag; undefined when key, place or any bit is not the one it was sealed with. */
export function openAead(cipher: AeadCipher, key: KeyObject, place: AeadPlace, sealed: Uint8Array): Buffer | undefined {
  assert(key.symmetricKeySize === KEY_BYTES, "AEAD keys are 32 bytes");
  if (sealed.length < TAG_BYTES || place.nonce.length !== NONCE_BYTES) return undefined;
  const length = sealed.length - TAG_BYTES;
  const opening =
    cipher === "aes-256-gcm"
      ? createDecipheriv("aes-256-gcm", key, place.nonce, { authTagLength: TAG_BYTES })
      : createDecipheriv("chacha20-poly1305", key, place.nonce, { authTagLength: TAG_BYTES });
  opening.setAAD(place.aad, { plaintextLength: length });
  opening.setAuthTag(sealed.subarray(length));
  const plaintext = opening.update(sealed.subarray(0, length));
  try {
    const rest = opening.final();
    return rest.length === 0 ? plaintext : Buffer.concat([plaintext, rest]);
  } catch {
    plaintext.fill(0);
    return undefined;
  }
}

/** What a Fernet token carries in clear beside its ciphertext. */
interface FernetStamp {
  /** Epoch ms; the token holds whole seconds. */
  readonly nowMs: number;
  /** 16 random bytes. */
  readonly iv: Uint8Array;
}

/**
 * A Fernet token before its base64url (github.com/fernet/spec): `0x80 | seconds (8, big endian) | iv (16) | AES-128-CBC | HMAC-SHA256 (32)`.
 * @param key 32 bytes: the first 16 sign, the last 16 encrypt
 */
export function sealFernet(key: Uint8Array, stamp: FernetStamp, plaintext: Uint8Array): Buffer {
  assert(key.length === KEY_BYTES, "A Fernet key is 32 bytes");
  assert(stamp.iv.length === FERNET_IV_BYTES, "A Fernet IV is 16 bytes");
  const head = Buffer.allocUnsafe(FERNET_HEAD_BYTES);
  head[0] = FERNET_VERSION;
  head.writeBigUInt64BE(BigInt(Math.floor(stamp.nowMs / 1_000)), 1);
  head.set(stamp.iv, 9);
  const sealing = createCipheriv("aes-128-cbc", key.subarray(16), stamp.iv).setAutoPadding(false);
  const body = sealing.update(padded(plaintext));
  const signed = Buffer.concat([head, body]);
  return Buffer.concat([signed, fernetMac(key, signed)]);
}

/** As letters first: what `digest` gives as bytes has a buffer of its own, which costs half as much as the hash. */
function fernetMac(key: Uint8Array, signed: Uint8Array): Buffer {
  return Buffer.from(createHmac("sha256", key.subarray(0, 16)).update(signed).digest("latin1"), "latin1");
}

/**
 * Whole blocks as PKCS #7 pads them (RFC 5652 §6.3): n times the byte n, 1 to 16. Padded here and not by the cipher, all of it comes from
 * one call: each piece that a cipher gives has a buffer of its own, which costs more than encrypting a hundred bytes.
 */
function padded(bytes: Uint8Array): Buffer {
  const padding = AES_BLOCK_BYTES - (bytes.length % AES_BLOCK_BYTES);
  const blocks = Buffer.allocUnsafe(bytes.length + padding);
  blocks.set(bytes);
  return blocks.fill(padding, bytes.length);
}

/** Without the padding; undefined when there is none. The blocks were authenticated before. */
function unpadded(blocks: Buffer): Buffer | undefined {
  const padding = blocks.at(-1) ?? 0;
  if (padding < 1 || padding > AES_BLOCK_BYTES) return undefined;
  const end = blocks.length - padding;
  return blocks.subarray(end).every((byte) => byte === padding) ? blocks.subarray(0, end) : undefined;
}

/** Opens a Fernet token (bytes, not base64url). The HMAC is compared in constant time before anything is decrypted. */
export function openFernet(key: Uint8Array, token: Uint8Array): Buffer | undefined {
  assert(key.length === KEY_BYTES, "A Fernet key is 32 bytes");
  const bodyLength = token.length - FERNET_HEAD_BYTES - FERNET_MAC_BYTES;
  if (bodyLength < AES_BLOCK_BYTES || bodyLength % AES_BLOCK_BYTES !== 0 || token[0] !== FERNET_VERSION)
    return undefined;
  const signed = token.subarray(0, FERNET_HEAD_BYTES + bodyLength);
  if (!timingSafeEqual(fernetMac(key, signed), token.subarray(signed.length))) return undefined;
  const iv = token.subarray(9, FERNET_HEAD_BYTES);
  const opening = createDecipheriv("aes-128-cbc", key.subarray(16), iv).setAutoPadding(false);
  return unpadded(opening.update(signed.subarray(FERNET_HEAD_BYTES)));
}
