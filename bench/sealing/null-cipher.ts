/**
 * What `packages/security/src/sealing/cipher.ts` exports, without ciphers: bytes stand as they were given, in envelopes of the same length.
 * For the bench beside it alone; nothing of the product can load it.
 */
/** As there. */
export const NONCE_BYTES = 12;
/** As there. */
export const TAG_BYTES = 16;
/** As there. */
export const KEY_BYTES = 32;
/** As there. */
export const FERNET_IV_BYTES = 16;
/** As there. */
export type AeadCipher = "aes-256-gcm" | "chacha20-poly1305";

const HEAD_BYTES = 25;
const MAC_BYTES = 32;
const BLOCK_BYTES = 16;

/** Bytes and an empty tag. */
export function sealAead(_cipher: AeadCipher, _key: unknown, _place: unknown, plaintext: Uint8Array): Buffer {
  return Buffer.concat([plaintext, Buffer.alloc(TAG_BYTES)]);
}

/** The bytes before the tag. */
export function openAead(_cipher: AeadCipher, _key: unknown, _place: unknown, sealed: Uint8Array): Buffer {
  return Buffer.from(sealed.subarray(0, sealed.length - TAG_BYTES));
}

/** Bytes padded to blocks, with an empty head and an empty code. */
export function sealFernet(_key: unknown, _stamp: unknown, plaintext: Uint8Array): Buffer {
  const padding = BLOCK_BYTES - (plaintext.length % BLOCK_BYTES);
  const head = Buffer.alloc(HEAD_BYTES);
  head[0] = 0x80;
  return Buffer.concat([head, plaintext, Buffer.alloc(padding, padding), Buffer.alloc(MAC_BYTES)]);
}

/** The bytes without their padding. */
export function openFernet(_key: unknown, token: Uint8Array): Buffer {
  const body = token.subarray(HEAD_BYTES, token.length - MAC_BYTES);
  return Buffer.from(body.subarray(0, body.length - (body.at(-1) ?? 0)));
}
