/**
 * Signed notes (C2SP signed-note, Ed25519): a text that a person can read and copy, and one line that shows who wrote it.
 *
 *     kaelix/audit              origin: what kind of note it is, and the name of the key
 *     …                         the text
 *                               empty line
 *     — kaelix/audit 8fQ2…=     key hash (4 bytes) and signature (64), base64
 *
 * The origin is under the signature: a note of one kind never passes for one of another.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";

const ED25519 = 1;
const KEY_HASH_BYTES = 4;
// RFC 8410 §4 and §7: what stands before the 32 bytes of an Ed25519 key.
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
const SIGNATURE = /^\n\u2014 ([^\n ]+) ([A-Za-z0-9+/]{91}=)\n$/;

/** Signs notes. */
export class NoteSigner {
  readonly #key: KeyObject;
  /** 32 bytes, base64url: what a verifier needs. */
  readonly publicKey: string;

  /** @param seed 32 secret bytes, the same after every restart */
  constructor(seed: Uint8Array) {
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: "der", type: "pkcs8" });
    const der = createPublicKey(this.#key).export({ format: "der", type: "spki" });
    this.publicKey = der.subarray(SPKI_HEAD.length).toString("base64url");
  }

  /** @param lines the text, without its first line and without line ends */
  sign(origin: string, lines: readonly string[]): string {
    const text = `${[origin, ...lines].join("\n")}\n`;
    const blob = Buffer.concat([keyHash(origin, this.publicKey), sign(null, Buffer.from(text), this.#key)]);
    return `${text}\n\u2014 ${origin} ${blob.toString("base64")}\n`;
  }
}

/**
 * The lines below the origin, once the signature is found right.
 * @param publicKey 32 bytes, base64url
 * @returns undefined when it is no note of this origin, or not of this key
 */
export function openNote(note: string, origin: string, publicKey: string): readonly string[] | undefined {
  const end = note.indexOf("\n\n") + 1;
  const match = end === 0 ? null : SIGNATURE.exec(note.slice(end));
  const text = note.slice(0, end);
  if (match === null || match[1] !== origin || !text.startsWith(`${origin}\n`)) return undefined;
  const key = publicKeyOf(publicKey);
  const blob = Buffer.from(match[2] ?? "", "base64");
  if (key === undefined || !blob.subarray(0, KEY_HASH_BYTES).equals(keyHash(origin, publicKey))) return undefined;
  if (!verify(null, Buffer.from(text), key, blob.subarray(KEY_HASH_BYTES))) return undefined;
  return text.slice(origin.length + 1, -1).split("\n");
}

function publicKeyOf(publicKey: string): KeyObject | undefined {
  const bytes = Buffer.from(publicKey, "base64url");
  if (bytes.length !== 32) return undefined;
  return createPublicKey({ key: Buffer.concat([SPKI_HEAD, bytes]), format: "der", type: "spki" });
}

function keyHash(origin: string, publicKey: string): Buffer {
  return createHash("sha256")
    .update(`${origin}\n`)
    .update(Uint8Array.of(ED25519))
    .update(Buffer.from(publicKey, "base64url"))
    .digest()
    .subarray(0, KEY_HASH_BYTES);
}
