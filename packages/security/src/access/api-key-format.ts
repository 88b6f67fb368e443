/**
 * How a key for a program is written: `klx_`, the 26 letters of its id, `_`, 43 letters of secret, 7 of checksum.
 *
 * The checksum (CRC-32) lets a scanner for leaked secrets tell a key from noise, and a mistyped one be refused without asking anybody.
 * It is no defence. Pure.
 */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

import type { RandomSource } from "@kaelix/base";
import { type ApiKeyId, parseId } from "@kaelix/model";

const SECRET_BYTES = 32;
const PATTERN = /^klx_([0-9A-HJKMNP-TV-Z]{26})_([A-Za-z0-9_-]{43})([0-9a-z]{7})$/;

/** A new key for an id. */
export function makeApiKey(id: ApiKeyId, random: RandomSource): string {
  const head = `klx_${id.slice("key_".length)}_${Buffer.from(random.bytes(SECRET_BYTES)).toString("base64url")}`;
  return head + checksum(head);
}

/** The id that a key names; undefined when it is none, or was mistyped. */
export function parseApiKey(typed: string): ApiKeyId | undefined {
  const match = PATTERN.exec(typed);
  if (match === null) return undefined;
  const [, ulid = "", , sum = ""] = match;
  return checksum(typed.slice(0, -sum.length)) === sum ? parseId("key", `key_${ulid}`) : undefined;
}

/** What is kept of a key: SHA-256 of the whole of it, 32 bytes. */
export function hashApiKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

function checksum(head: string): string {
  return crc32(head).toString(36).padStart(7, "0");
}
