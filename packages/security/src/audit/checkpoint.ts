/**
 * Checkpoints: how many entries there are and what they hash to, signed (C2SP tlog-checkpoint in a signed note, Ed25519).
 *
 *     kaelix/audit              origin
 *     1042                      entries
 *     Cs9E…=                    root, base64
 *                               empty line
 *     — kaelix/audit 8fQ2…=     key hash (4 bytes) and signature (64), base64
 *
 * A text that any tool for such logs reads and that a person can copy into a letter.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";

/** What a checkpoint states. */
export interface Checkpoint {
  readonly size: number;
  readonly root: Buffer;
}

const ORIGIN = "kaelix/audit";
const ED25519 = 1;
const KEY_HASH_BYTES = 4;
// RFC 8410 §4 and §7: what stands before the 32 bytes of an Ed25519 key.
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
const PATTERN =
  /^(kaelix\/audit\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n)\n\u2014 kaelix\/audit ([A-Za-z0-9+/]{91}=)\n$/;

/** Signs checkpoints. */
export class CheckpointSigner {
  readonly #key: KeyObject;
  /** 32 bytes, base64url: what a verifier needs. */
  readonly publicKey: string;

  /** @param seed 32 secret bytes, the same after every restart */
  constructor(seed: Uint8Array) {
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: "der", type: "pkcs8" });
    const der = createPublicKey(this.#key).export({ format: "der", type: "spki" });
    this.publicKey = der.subarray(SPKI_HEAD.length).toString("base64url");
  }

  sign({ size, root }: Checkpoint): string {
    const text = `${ORIGIN}\n${size}\n${root.toString("base64")}\n`;
    const signature = sign(null, Buffer.from(text), this.#key);
    const blob = Buffer.concat([keyHash(this.publicKey), signature]);
    return `${text}\n\u2014 ${ORIGIN} ${blob.toString("base64")}\n`;
  }
}

/**
 * Reads a checkpoint and checks its signature.
 * @param publicKey 32 bytes, base64url
 * @returns undefined when it is none, or not of this key
 */
export function openCheckpoint(note: string, publicKey: string): Checkpoint | undefined {
  const match = PATTERN.exec(note);
  if (match === null) return undefined;
  const [, text = "", size = "", root = "", signed = ""] = match;
  const blob = Buffer.from(signed, "base64");
  if (!blob.subarray(0, KEY_HASH_BYTES).equals(keyHash(publicKey))) return undefined;
  const der = Buffer.concat([SPKI_HEAD, Buffer.from(publicKey, "base64url")]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  if (!verify(null, Buffer.from(text), key, blob.subarray(KEY_HASH_BYTES))) return undefined;
  return { size: Number(size), root: Buffer.from(root, "base64") };
}

function keyHash(publicKey: string): Buffer {
  const key = Buffer.from(publicKey, "base64url");
  return createHash("sha256")
    .update(`${ORIGIN}\n`)
    .update(Uint8Array.of(ED25519))
    .update(key)
    .digest()
    .subarray(0, KEY_HASH_BYTES);
}
