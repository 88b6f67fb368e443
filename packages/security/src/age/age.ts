/**
 * Files sealed by a passphrase in the format of age (age-encryption.org/v1), which its own program opens as well.
 *
 *     header   file key (16 bytes) wrapped by scrypt(passphrase), HMAC over the header
 *     payload  64 KiB at a time, ChaCha20-Poly1305, counted, the last one marked
 *
 * Guarantees: nothing is given out that was not authenticated; what was cut, changed or put in another order is `age-damaged`; a header cannot
 * make us stretch a passphrase for more than a second or so. One passphrase is stretched at a time, at most twenty wait (`identity-busy`).
 * It does not: know public keys, only passphrases; hide how long the text is.
 */
import { createHmac, createSecretKey, hkdfSync, type KeyObject, scrypt, timingSafeEqual } from "node:crypto";

import type { RandomSource } from "@kaelix/base";

import { securityErrors } from "../errors.ts";
import { makeLimit } from "../identity/passwords.ts";
import { KEY_BYTES, NONCE_BYTES, openAead, sealAead, TAG_BYTES } from "../sealing/cipher.ts";

const INTRO = "age-encryption.org/v1";
const SCRYPT_LABEL = "age-encryption.org/v1/scrypt";
/** 128 MiB and half a second. */
const WORK = 17;
/** The program's own files have 18. */
const WORK_MAX = 18;
const FILE_KEY_BYTES = 16;
const SALT_BYTES = 16;
const PAYLOAD_NONCE_BYTES = 16;
const CHUNK_BYTES = 65_536;
const SEALED_BYTES = CHUNK_BYTES + TAG_BYTES;
const HEADER_BYTES_MAX = 1_024;
const HEADER =
  /^age-encryption\.org\/v1\n-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n([A-Za-z0-9+/]{43})\n--- ([A-Za-z0-9+/]{43})\n/;
const NO_BYTES = Buffer.alloc(0);

const stretching = makeLimit(1, 20);

/** True when bytes begin as such a file does. */
export function isAge(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, INTRO.length + 1)).toString("latin1") === `${INTRO}\n`;
}

/** Seals a text that arrives in parts. Throws `identity-busy` before the first part. */
export async function* sealAge(
  parts: AsyncIterable<Uint8Array>,
  passphrase: string,
  { random, work = WORK }: { readonly random: RandomSource; readonly work?: number },
): AsyncGenerator<Buffer, void, undefined> {
  const fileKey = Buffer.from(random.bytes(FILE_KEY_BYTES));
  const salt = Buffer.from(random.bytes(SALT_BYTES));
  const wrapping = await passphraseKey(passphrase, salt, work);
  const body = sealAead("chacha20-poly1305", wrapping, { nonce: Buffer.alloc(NONCE_BYTES), aad: NO_BYTES }, fileKey);
  const head = `${INTRO}\n-> scrypt ${base64(salt)} ${work}\n${base64(body)}\n---`;
  const nonce = Buffer.from(random.bytes(PAYLOAD_NONCE_BYTES));
  yield Buffer.concat([Buffer.from(`${head} ${base64(headerMac(fileKey, head))}\n`, "latin1"), nonce]);
  const key = derive(fileKey, nonce, "payload");
  let count = 0;
  for await (const { bytes, isLast } of pieces(parts, CHUNK_BYTES)) {
    yield sealAead("chacha20-poly1305", key, { nonce: pieceNonce(count++, isLast), aad: NO_BYTES }, bytes);
  }
}

/**
 * Opens such a file, as its parts arrive.
 * @throws `age-unsupported` for one sealed to public keys or at too high a cost, `age-passphrase-wrong`, `age-damaged`, `identity-busy`
 */
export async function* openAge(
  parts: AsyncIterable<Uint8Array>,
  passphrase: string,
): AsyncGenerator<Buffer, void, undefined> {
  const reader = new Reader(parts);
  const header = await reader.header();
  const found = HEADER.exec(header);
  const [, salt = "", work = "", body = "", mac = ""] = found ?? [];
  if (found === null || Number(work) > WORK_MAX) throw securityErrors("age-unsupported");
  const wrapping = await passphraseKey(passphrase, Buffer.from(salt, "base64"), Number(work));
  const place = { nonce: Buffer.alloc(NONCE_BYTES), aad: NO_BYTES };
  const fileKey = openAead("chacha20-poly1305", wrapping, place, Buffer.from(body, "base64"));
  if (fileKey?.length !== FILE_KEY_BYTES) throw securityErrors("age-passphrase-wrong");
  const told = Buffer.from(mac, "base64");
  if (!timingSafeEqual(headerMac(fileKey, header.slice(0, header.indexOf("\n---") + 4)), told)) {
    throw securityErrors("age-damaged");
  }
  const key = derive(fileKey, await reader.take(PAYLOAD_NONCE_BYTES), "payload");
  let count = 0;
  for await (const { bytes, isLast } of pieces(reader.rest(), SEALED_BYTES)) {
    const text = openAead("chacha20-poly1305", key, { nonce: pieceNonce(count, isLast), aad: NO_BYTES }, bytes);
    // Only a whole text that is empty has an empty piece.
    if (text === undefined || (text.length === 0 && count > 0)) throw securityErrors("age-damaged");
    count++;
    yield text;
  }
}

/** What of a file was read and not used yet. */
class Reader {
  readonly #parts: AsyncIterator<Uint8Array>;
  #kept: Buffer = NO_BYTES;

  constructor(parts: AsyncIterable<Uint8Array>) {
    this.#parts = parts[Symbol.asyncIterator]();
  }

  /** Up to the end of the line that ends the header. */
  async header(): Promise<string> {
    for (;;) {
      const text = this.#kept.subarray(0, HEADER_BYTES_MAX).toString("latin1");
      const ending = text.indexOf("\n---");
      const end = ending === -1 ? -1 : text.indexOf("\n", ending + 4);
      if (end !== -1) {
        this.#kept = this.#kept.subarray(end + 1);
        return text.slice(0, end + 1);
      }
      if (this.#kept.length >= HEADER_BYTES_MAX || !(await this.#more())) throw securityErrors("age-unsupported");
    }
  }

  async take(length: number): Promise<Buffer> {
    while (this.#kept.length < length) if (!(await this.#more())) throw securityErrors("age-damaged");
    const taken = this.#kept.subarray(0, length);
    this.#kept = this.#kept.subarray(length);
    return taken;
  }

  async *rest(): AsyncGenerator<Uint8Array, void, undefined> {
    yield this.#kept;
    for (let next = await this.#parts.next(); next.done !== true; next = await this.#parts.next()) yield next.value;
  }

  async #more(): Promise<boolean> {
    const next = await this.#parts.next();
    if (next.done !== true) this.#kept = Buffer.concat([this.#kept, next.value]);
    return next.done !== true;
  }
}

/** Parts of any length → pieces of one length; the last may be shorter, and is empty only when there is nothing at all. */
async function* pieces(
  parts: AsyncIterable<Uint8Array>,
  length: number,
): AsyncGenerator<{ readonly bytes: Buffer; readonly isLast: boolean }, void, undefined> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const part of parts) {
    waiting.push(Buffer.from(part));
    size += part.length;
    if (size <= length) continue;
    let whole = Buffer.concat(waiting);
    // One is held back: it may be the last.
    for (; whole.length > length; whole = whole.subarray(length)) {
      yield { bytes: whole.subarray(0, length), isLast: false };
    }
    waiting = [whole];
    size = whole.length;
  }
  yield { bytes: Buffer.concat(waiting), isLast: true };
}

function pieceNonce(count: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUIntBE(count, NONCE_BYTES - 1 - 6, 6);
  nonce[NONCE_BYTES - 1] = isLast ? 1 : 0;
  return nonce;
}

function headerMac(fileKey: Buffer, head: string): Buffer {
  return createHmac("sha256", derive(fileKey, NO_BYTES, "header"))
    .update(head, "latin1")
    .digest();
}

function derive(fileKey: Buffer, salt: Buffer, info: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync("sha256", fileKey, salt, info, KEY_BYTES)));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("=", "");
}

function passphraseKey(passphrase: string, salt: Buffer, work: number): Promise<KeyObject> {
  const cost = { N: 2 ** work, r: 8, p: 1, maxmem: 2 ** (work + 11) };
  return stretching(
    () =>
      new Promise((resolve, reject) => {
        scrypt(passphrase, Buffer.concat([Buffer.from(SCRYPT_LABEL), salt]), KEY_BYTES, cost, (error, key) => {
          if (error === null) resolve(createSecretKey(key));
          else reject(error);
        });
      }),
  );
}
