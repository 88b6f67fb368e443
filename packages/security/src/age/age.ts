/**
 * Files sealed by a passphrase in the format of age (age-encryption.org/v1), which its own program opens as well.
 *
 *     header   file key (16 bytes) wrapped by scrypt(passphrase), HMAC over the header
 *     payload  64 KiB at a time, ChaCha20-Poly1305, counted, the last one marked
 *
 * Guarantees: nothing is given out that was not authenticated, and of a file that was cut, changed or put in another order nothing at all
 * (`age-damaged`); a header cannot make us stretch a passphrase for more than a second or so. One passphrase is stretched at a time, at most
 * twenty wait (`identity-busy`). A file of any length is opened with a piece of it in memory.
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

/** Bytes of a sealed file, at any place of it. Throws or gives fewer where there are fewer. */
export interface AgeSource {
  readonly bytes: number;
  read(at: number, length: number): Promise<Uint8Array>;
}

/** What the passphrase of one file came to: it opens that file and no other, without stretching anything again. */
export interface AgeKey {
  /** 32 bytes. */
  readonly payload: Uint8Array;
  /** Where the payload begins. */
  readonly payloadAt: number;
}

/** @throws `age-unsupported` for one sealed to public keys, at too high a cost, or that is no such file */
export async function checkAge(source: AgeSource): Promise<void> {
  await readHeader(source);
}

/**
 * Opens such a file, and reads it once to its end: what it then gives out is whole.
 * @throws as `checkAge`, `age-passphrase-wrong`, `age-damaged`, `identity-busy`
 */
export async function openAge(source: AgeSource, passphrase: string): Promise<AgeText> {
  const { body, head, mac, payloadAt, salt, work } = await readHeader(source);
  const wrapping = await passphraseKey(passphrase, salt, work);
  const place = { nonce: Buffer.alloc(NONCE_BYTES), aad: NO_BYTES };
  const fileKey = openAead("chacha20-poly1305", wrapping, place, body);
  if (fileKey?.length !== FILE_KEY_BYTES) throw securityErrors("age-passphrase-wrong");
  if (!timingSafeEqual(headerMac(fileKey, head), mac)) throw securityErrors("age-damaged");
  const nonce = await source.read(payloadAt - PAYLOAD_NONCE_BYTES, PAYLOAD_NONCE_BYTES);
  if (nonce.length !== PAYLOAD_NONCE_BYTES) throw securityErrors("age-damaged");
  const text = new AgeText(source, { payload: derivedBytes(fileKey, nonce, "payload"), payloadAt });
  await text.check();
  return text;
}

/** The text of a file that was opened before, by what that came to. Each piece is checked as it is read: `age-damaged`. */
export function reopenAge(source: AgeSource, key: AgeKey): AgeText {
  return new AgeText(source, key);
}

/** The text of a sealed file, read at any place, a piece in memory at a time. */
export class AgeText {
  readonly bytes: number;
  readonly key: AgeKey;
  readonly #source: AgeSource;
  readonly #opening: KeyObject;
  readonly #pieces: number;
  /** Readers of directories ask for a few bytes at a time. */
  #last: { readonly at: number; readonly text: Buffer } | undefined;

  /** @throws `age-damaged` for a payload shorter than any is */
  constructor(source: AgeSource, key: AgeKey) {
    const sealed = source.bytes - key.payloadAt;
    if (sealed < TAG_BYTES) throw securityErrors("age-damaged");
    this.#source = source;
    this.key = key;
    this.#opening = createSecretKey(key.payload);
    this.#pieces = Math.ceil(sealed / SEALED_BYTES);
    this.bytes = sealed - this.#pieces * TAG_BYTES;
  }

  /** Reads all of it. @throws `age-damaged` */
  async check(): Promise<void> {
    for (let at = 0; at < this.#pieces; at++) await this.#piece(at);
  }

  /** The bytes `[from, to)`. @throws `age-damaged` when a piece of it was changed since */
  async *read(from = 0, to = this.bytes): AsyncGenerator<Buffer, void, undefined> {
    for (let at = from; at < to;) {
      const piece = Math.floor(at / CHUNK_BYTES);
      const begin = piece * CHUNK_BYTES;
      const text = (await this.#piece(piece)).subarray(at - begin, to - begin);
      at += text.length;
      yield text;
    }
  }

  async #piece(at: number): Promise<Buffer> {
    if (this.#last?.at === at) return this.#last.text;
    const isLast = at === this.#pieces - 1;
    const begin = this.key.payloadAt + at * SEALED_BYTES;
    const length = isLast ? this.#source.bytes - begin : SEALED_BYTES;
    const sealed = Buffer.from(await this.#source.read(begin, length));
    const place = { nonce: pieceNonce(at, isLast), aad: NO_BYTES };
    const text = sealed.length === length ? openAead("chacha20-poly1305", this.#opening, place, sealed) : undefined;
    // Only a whole text that is empty has an empty piece.
    if (text === undefined || (text.length === 0 && at > 0)) throw securityErrors("age-damaged");
    this.#last = { at, text };
    return text;
  }
}

interface Header {
  readonly salt: Buffer;
  readonly work: number;
  /** The file key, wrapped. */
  readonly body: Buffer;
  /** What the MAC is over. */
  readonly head: string;
  readonly mac: Buffer;
  readonly payloadAt: number;
}

async function readHeader(source: AgeSource): Promise<Header> {
  const text = Buffer.from(await source.read(0, Math.min(source.bytes, HEADER_BYTES_MAX))).toString("latin1");
  const found = HEADER.exec(text);
  const [header = "", salt = "", work = "", body = "", mac = ""] = found ?? [];
  if (found === null || Number(work) > WORK_MAX) throw securityErrors("age-unsupported");
  return {
    salt: Buffer.from(salt, "base64"),
    work: Number(work),
    body: Buffer.from(body, "base64"),
    head: header.slice(0, header.indexOf("\n---") + 4),
    mac: Buffer.from(mac, "base64"),
    payloadAt: header.length + PAYLOAD_NONCE_BYTES,
  };
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

function derive(fileKey: Buffer, salt: Uint8Array, info: string): KeyObject {
  return createSecretKey(derivedBytes(fileKey, salt, info));
}

function derivedBytes(fileKey: Buffer, salt: Uint8Array, info: string): Buffer {
  return Buffer.from(hkdfSync("sha256", fileKey, salt, info, KEY_BYTES));
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
