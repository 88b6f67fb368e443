/**
 * The keys of a backup: 32 random bytes made with it, wrapped by the key-encryption key or by a passphrase, and what is derived from them.
 *
 *     BK ──HMAC "name"──► names of pieces (nobody can look for a file they know)
 *      └──HMAC "seal"──► seals every object, bound to its name (AES-256-GCM in an envelope, a fresh key each time)
 *
 * Guarantees: an object opens only under the name it was sealed for, with this backup's key; the header holds no key in clear.
 * It does not: hold the key file. Whoever has the backup and neither the key file nor the passphrase has noise; whoever has the passphrase
 * alone has the log, whose memories are sealed with keys under the key file.
 */
import { createHmac, createSecretKey, type KeyObject, scrypt } from "node:crypto";

import type { RandomSource } from "@kaelix/base";

import { securityErrors } from "../errors.ts";
import type { KekProvider } from "../keys/kek.ts";
import { KEY_BYTES, NONCE_BYTES, openAead, sealAead } from "../sealing/cipher.ts";
import { openBytes, sealBytes } from "../sealing/envelope.ts";

/** What protects a backup. */
export type BackupSecret =
  | { readonly type: "kek"; readonly kek: KekProvider }
  | { readonly type: "passphrase"; readonly passphrase: string };

/** What stands beside a backup in clear. */
export interface BackupHeader {
  readonly format: "kaelix-backup/1";
  /** Names the backup; bound into all it holds. */
  readonly id: string;
  readonly wrapped:
    | { readonly by: "kek"; readonly version: number; readonly secret: string }
    | { readonly by: "passphrase"; readonly salt: string; readonly secret: string };
}

const FORMAT = "kaelix-backup/1";
const SALT_BYTES = 16;
const ID_BYTES = 12;
/** 128 MiB and half a second: it is asked once per backup or restore. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 } as const;
const ID = /^[A-Za-z0-9_-]{16}$/;

/** Makes the keys of a new backup. */
export async function makeBackupKeys(
  secret: BackupSecret,
  random: RandomSource,
): Promise<{ readonly header: BackupHeader; readonly keys: BackupKeys }> {
  const id = Buffer.from(random.bytes(ID_BYTES)).toString("base64url");
  const root = Buffer.from(random.bytes(KEY_BYTES));
  const header = await headerOf(id, root, { secret, random });
  return { header, keys: new BackupKeys(id, root, random) };
}

/**
 * Opens the keys of a backup. `text` is the header's file.
 * @throws `backup-header-invalid`, `backup-key-wrong`, `key-version-missing`
 */
export async function openBackupKeys(
  text: string,
  secret: BackupSecret,
  random: RandomSource,
): Promise<{ readonly header: BackupHeader; readonly keys: BackupKeys }> {
  const header = parseHeader(text);
  const { id, wrapped } = header;
  if (wrapped.by !== secret.type) {
    const by = wrapped.by === "kek" ? "the key file" : "a passphrase";
    throw securityErrors("backup-key-wrong", { message: `Cannot open the backup: it is protected by ${by}` });
  }
  const bytes = Buffer.from(wrapped.secret, "base64url");
  const root =
    wrapped.by === "kek" && secret.type === "kek"
      ? await secret.kek.unwrap({ kekVersion: wrapped.version, wrapped: bytes }, aadOf(id))
      : wrapped.by === "passphrase" && secret.type === "passphrase"
        ? await openWithPassphrase(secret.passphrase, { id, salt: wrapped.salt, bytes })
        : undefined;
  if (root === undefined || root.length !== KEY_BYTES) throw securityErrors("backup-key-wrong");
  return { header, keys: new BackupKeys(id, Buffer.from(root), random) };
}

/** The header for the key-encryption key of today; undefined when it is already under it. */
export async function renewBackupHeader(
  { id, wrapped }: BackupHeader,
  keys: BackupKeys,
  tools: { readonly secret: BackupSecret; readonly random: RandomSource },
): Promise<BackupHeader | undefined> {
  const { secret } = tools;
  if (wrapped.by !== "kek" || secret.type !== "kek" || wrapped.version === secret.kek.currentVersion())
    return undefined;
  return keys.withRoot((root) => headerOf(id, root, tools));
}

/** Seals and names the objects of one backup. */
export class BackupKeys {
  readonly #id: string;
  readonly #root: Buffer;
  readonly #random: RandomSource;
  readonly #naming: KeyObject;
  readonly #sealing: KeyObject;

  constructor(id: string, root: Buffer, random: RandomSource) {
    this.#id = id;
    this.#root = root;
    this.#random = random;
    this.#naming = derive(root, "name");
    this.#sealing = derive(root, "seal");
  }

  /** Name of a piece by its content: 32 letters, the same for the same bytes. */
  nameOf(bytes: Uint8Array): string {
    return createHmac("sha256", this.#naming).update(bytes).digest("hex").slice(0, 32);
  }

  /** Seals an object for the name it is kept under. */
  seal(name: string, bytes: Uint8Array): Buffer {
    const sources = { nowMs: 0, random: this.#random };
    return sealBytes({ key: this.#sealing, keyVersion: 1 }, this.#scope(name), bytes, sources);
  }

  /** Opens an object; undefined when it is not the one that was sealed for this name. */
  open(name: string, sealed: Uint8Array): Buffer | undefined {
    const opened = openBytes({ key: this.#sealing, keyVersion: 1 }, this.#scope(name), sealed);
    return opened.type === "opened" ? opened.bytes : undefined;
  }

  /** Hands the root to what wraps it anew. */
  withRoot<Result>(use: (root: Buffer) => Promise<Result>): Promise<Result> {
    return use(this.#root);
  }

  #scope(name: string): Parameters<typeof sealBytes>[1] {
    // Level 3 stands for the suite: AES-256-GCM.
    return { tenant: "backup", user: this.#id, subject: name, level: 3, version: 0, purpose: "backup" };
  }
}

async function headerOf(
  id: string,
  root: Buffer,
  { random, secret }: { readonly secret: BackupSecret; readonly random: RandomSource },
): Promise<BackupHeader> {
  if (secret.type === "kek") {
    const { kekVersion, wrapped } = await secret.kek.wrap(root, aadOf(id));
    const bytes = Buffer.from(wrapped).toString("base64url");
    return { format: FORMAT, id, wrapped: { by: "kek", version: kekVersion, secret: bytes } };
  }
  const salt = Buffer.from(random.bytes(SALT_BYTES));
  const nonce = random.bytes(NONCE_BYTES);
  const key = await passphraseKey(secret.passphrase, salt);
  const sealed = Buffer.concat([nonce, sealAead("aes-256-gcm", key, { nonce, aad: aadOf(id) }, root)]);
  const texts = { salt: salt.toString("base64url"), secret: sealed.toString("base64url") };
  return { format: FORMAT, id, wrapped: { by: "passphrase", ...texts } };
}

async function openWithPassphrase(
  passphrase: string,
  { bytes, id, salt }: { readonly id: string; readonly salt: string; readonly bytes: Buffer },
): Promise<Buffer | undefined> {
  const key = await passphraseKey(passphrase, Buffer.from(salt, "base64url"));
  const nonce = bytes.subarray(0, NONCE_BYTES);
  return openAead("aes-256-gcm", key, { nonce, aad: aadOf(id) }, bytes.subarray(NONCE_BYTES));
}

function passphraseKey(passphrase: string, salt: Uint8Array): Promise<KeyObject> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize("NFKC"), salt, KEY_BYTES, SCRYPT, (error, key) => {
      if (error === null) resolve(createSecretKey(key));
      else reject(error);
    });
  });
}

function parseHeader(text: string): BackupHeader {
  const refuse = (): Error => securityErrors("backup-header-invalid");
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refuse();
  }
  const fields = new Map<string, unknown>(Object.entries(parsed ?? {}));
  const wrapped = new Map<string, unknown>(Object.entries(fields.get("wrapped") ?? {}));
  const [id, by, secret] = [fields.get("id"), wrapped.get("by"), wrapped.get("secret")];
  if (fields.get("format") !== FORMAT || typeof id !== "string" || !ID.test(id)) throw refuse();
  if (typeof secret !== "string") throw refuse();
  const [version, salt] = [wrapped.get("version"), wrapped.get("salt")];
  if (by === "kek" && typeof version === "number") return { format: FORMAT, id, wrapped: { by, version, secret } };
  if (by === "passphrase" && typeof salt === "string") return { format: FORMAT, id, wrapped: { by, salt, secret } };
  throw refuse();
}

function derive(root: Buffer, label: string): KeyObject {
  return createSecretKey(createHmac("sha256", root).update(`kaelix/backup/${label}`, "latin1").digest());
}

function aadOf(id: string): Buffer {
  return Buffer.from(`kaelix/backup\0${id}`, "latin1");
}
