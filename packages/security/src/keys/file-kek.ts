/**
 * The KEK in a file: the default for one machine.
 *
 * Guarantees: the file is made whole or not at all (temporary file, fsync, rename, fsync of the directory), readable by its owner
 * alone (0400); a file that others can read, that belongs to somebody else, or that is cut short or changed is refused with what is
 * safe and what to do; nothing here ever overwrites a file it could not read.
 * It does not: protect against someone who can read as this user or as root, nor against losing the file. Without it everything
 * sealed is unreadable for ever: keep a copy apart from the data, and make a new one after every rotation. A version that was destroyed is
 * gone from the file, not from the disk's free space or from copies of the file. On Windows the mode is not checked.
 */
import { createHash, createSecretKey, type KeyObject } from "node:crypto";
import { link, readFile, rename, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";

import { makeFolder, syncDirectory, writeSynced } from "@kaelix/coordinator";
import { type Clock, type RandomSource, systemClock, systemRandom } from "@kaelix/base";

import { securityErrors } from "../errors.ts";
import { KEY_BYTES, NONCE_BYTES, openAead, sealAead } from "../sealing/cipher.ts";
import type { RotatingKek } from "./kek.ts";

const FORMAT = "kaelix-kek/2";
/** As it was before versions had a date; still read. */
const FORMAT_BEFORE = "kaelix-kek/1";
const MODE = 0o400;
const FILE_BYTES_MAX = 1_000_000;

interface FileKey {
  readonly version: number;
  readonly secret: string;
  /** When it was made, epoch ms; 0 when it is not known. */
  readonly since: number;
}

interface KeyFile {
  readonly current: number;
  readonly keys: readonly FileKey[];
}

type Format = typeof FORMAT | typeof FORMAT_BEFORE;

/** How a key file is opened. */
export interface FileKekOptions {
  /** False: a missing file is `key-file-missing` instead of a new one. Default true. */
  readonly create?: boolean;
  readonly random?: RandomSource;
  readonly clock?: Clock;
}

interface Tools {
  readonly random: RandomSource;
  readonly clock: Clock;
}

/**
 * Opens the key file, or makes one when there is none.
 * @throws `key-file-unsafe`, `key-file-owner`, `key-file-damaged`, `key-file-missing`
 */
export async function openFileKek(path: string, options: FileKekOptions = {}): Promise<RotatingKek> {
  const tools = { random: options.random ?? systemRandom, clock: options.clock ?? systemClock };
  let file = await readKeyFile(path);
  if (file === undefined) {
    if (options.create === false) {
      throw securityErrors("key-file-missing", {
        message: `Cannot open the key file ${path}: it does not exist. Nothing was changed; put the file back from its copy`,
      });
    }
    await makeFolder(dirname(path));
    await writeKeyFile(path, { current: 1, keys: [makeFileKey(1, tools)] }, "create");
    file = await readKeyFile(path);
    if (file === undefined) throw damaged(path, "it vanished while it was being made");
  }
  return makeProvider(path, file, tools);
}

function makeProvider(path: string, first: KeyFile, tools: Tools): RotatingKek {
  let file = first;
  let keys = keyObjects(file);
  const keyOf = (version: number): KeyObject => {
    const key = keys.get(version);
    if (key !== undefined) return key;
    throw securityErrors("key-version-missing", {
      message: `Cannot unwrap a key: key file ${path} holds versions ${[...keys.keys()].join(", ")}, must also hold ${version}`,
      details: { version },
    });
  };
  const replace = async (next: KeyFile): Promise<void> => {
    await writeKeyFile(path, next, "replace");
    file = next;
    keys = keyObjects(next);
  };
  return {
    name: "file",
    currentVersion: () => file.current,
    wrap: async (secret, aad) => {
      const nonce = tools.random.bytes(NONCE_BYTES);
      const sealed = sealAead("aes-256-gcm", keyOf(file.current), { nonce, aad }, secret);
      return { kekVersion: file.current, wrapped: Buffer.concat([nonce, sealed]) };
    },
    unwrap: async (secret, aad) => {
      const nonce = secret.wrapped.subarray(0, NONCE_BYTES);
      return openAead("aes-256-gcm", keyOf(secret.kekVersion), { nonce, aad }, secret.wrapped.subarray(NONCE_BYTES));
    },
    health: async () => {
      try {
        const found = await readKeyFile(path);
        const isSame = found !== undefined && checksum(found) === checksum(file);
        return isSame ? { type: "ok" } : { type: "failed", problem: "Key file was removed or replaced while in use" };
      } catch (error) {
        return { type: "failed", problem: error instanceof Error ? error.message : "Key file cannot be read" };
      }
    },
    rotate: async () => {
      const current = Math.max(...file.keys.map((key) => key.version)) + 1;
      await replace({ current, keys: [...file.keys, makeFileKey(current, tools)] });
      return current;
    },
    currentSinceMs: async () => file.keys.find((key) => key.version === file.current)?.since ?? 0,
    destroyBefore: async (version) => {
      if (version > file.current) {
        throw securityErrors("key-version-missing", {
          message: `Cannot destroy versions below ${version}: the current version of key file ${path} is ${file.current}`,
        });
      }
      const left = file.keys.filter((key) => key.version >= version);
      if (left.length < file.keys.length) await replace({ current: file.current, keys: left });
    },
  };
}

function makeFileKey(version: number, { random, clock }: Tools): FileKey {
  return { version, secret: Buffer.from(random.bytes(KEY_BYTES)).toString("base64url"), since: clock.nowMs() };
}

function keyObjects(file: KeyFile): Map<number, KeyObject> {
  return new Map(file.keys.map((key) => [key.version, createSecretKey(Buffer.from(key.secret, "base64url"))]));
}

function checksum(file: KeyFile, format: Format = FORMAT): string {
  const keys = file.keys.map(({ version, secret, since }) =>
    format === FORMAT ? [version, secret, since] : [version, secret],
  );
  return createHash("sha256")
    .update(JSON.stringify([format, file.current, keys]))
    .digest("hex");
}

/** The file's content once it is found safe; undefined when there is no file. */
async function readKeyFile(path: string): Promise<KeyFile | undefined> {
  const found = await stat(path).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return undefined;
  if (!found.isFile() || found.size > FILE_BYTES_MAX) throw damaged(path, "it is not a key file");
  if (process.platform !== "win32") {
    const userId = process.getuid?.();
    if (userId !== undefined && found.uid !== userId) {
      throw securityErrors("key-file-owner", {
        message: `Cannot use the key file ${path}: its owner is user ${found.uid}, must be user ${userId}. Nothing was changed; run as its owner or: chown ${userId} ${path}`,
      });
    }
    if ((found.mode & 0o077) !== 0) {
      const mode = (found.mode & 0o777).toString(8).padStart(4, "0");
      throw securityErrors("key-file-unsafe", {
        message: `Cannot use the key file ${path}: current mode is ${mode}, must be 0400. Nothing was changed; run: chmod 0400 ${path}, and rotate the key if someone else may have read it`,
      });
    }
  }
  return parseKeyFile(path, await readFile(path, "utf8"));
}

function parseKeyFile(path: string, text: string): KeyFile {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw damaged(path, "it is cut short or not JSON");
  }
  const fields = new Map(Object.entries(parsed ?? {}));
  const current: unknown = fields.get("current");
  const keys: unknown = fields.get("keys");
  const format = [FORMAT, FORMAT_BEFORE].find((one): one is Format => one === fields.get("format"));
  if (format === undefined) throw damaged(path, `its format is not ${FORMAT}`);
  if (typeof current !== "number" || !Array.isArray(keys)) throw damaged(path, "fields are missing");
  const file: KeyFile = { current, keys: keys.map((key: unknown) => parseFileKey(path, key)) };
  if (fields.get("checksum") !== checksum(file, format)) throw damaged(path, "its checksum is wrong");
  if (!file.keys.some((key) => key.version === current)) throw damaged(path, "its current key is missing");
  return file;
}

function parseFileKey(path: string, value: unknown): FileKey {
  const fields = new Map(Object.entries(value ?? {}));
  const version: unknown = fields.get("version");
  const secret: unknown = fields.get("secret");
  const isKey =
    typeof version === "number" &&
    Number.isSafeInteger(version) &&
    version >= 1 &&
    typeof secret === "string" &&
    Buffer.from(secret, "base64url").length === KEY_BYTES;
  const since: unknown = fields.get("since") ?? 0;
  if (!isKey || typeof since !== "number") throw damaged(path, "a key in it is unreadable");
  return { version, secret, since };
}

function damaged(path: string, why: string): Error {
  return securityErrors("key-file-damaged", {
    message: `Cannot use the key file ${path}: ${why}. The data is safe and nothing was changed; put the file back from its copy and start again`,
  });
}

/** `create` never replaces a file that came into being meanwhile: `link` fails when the name exists. */
async function writeKeyFile(path: string, file: KeyFile, how: "create" | "replace"): Promise<void> {
  const temporary = join(dirname(path), `.kek-${process.pid}-${Buffer.from(systemRandom.bytes(6)).toString("hex")}`);
  const body = `${JSON.stringify({ format: FORMAT, ...file, checksum: checksum(file) }, null, 2)}\n`;
  await writeSynced(temporary, body, { mode: MODE, isReplaced: false });
  if (how === "replace") await rename(temporary, path);
  else {
    try {
      await link(temporary, path);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    } finally {
      await unlink(temporary);
    }
  }
  await syncDirectory(dirname(path));
}
