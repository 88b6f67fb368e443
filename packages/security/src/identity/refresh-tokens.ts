/**
 * Refresh tokens: opaque to clients, `session.generation.secret.mac`.
 *
 * The secret is 256 random bits; only its SHA-256 is stored. The MAC (128 bits, under the installation's key) lets an old generation be
 * told from an invented token without keeping old hashes: a stranger who knows a session's id cannot end it by sending rubbish.
 */
import { createHash, createHmac, type KeyObject, timingSafeEqual } from "node:crypto";

import type { RandomSource } from "@kaelix/base";
import { parseId, type SessionId } from "@kaelix/model";

import type { SigningKey } from "../keys/signing-keys.ts";

/** A token read and found to be ours, though maybe an old one. */
export interface ParsedRefresh {
  readonly session: SessionId;
  readonly generation: number;
  /** SHA-256 of the whole token (base64url). */
  readonly hash: string;
}

const SECRET_BYTES = 32;
const MAC_BYTES = 16;
const PATTERN = /^(ses_[0-9A-Z]{26})\.(\d{1,9})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{22})$/;

/** A new token of a session's generation. */
export function makeRefresh(key: KeyObject, random: RandomSource, session: SessionId, generation: number): string {
  const head = `${session}.${generation}.${Buffer.from(random.bytes(SECRET_BYTES)).toString("base64url")}`;
  return `${head}.${macOf(key, head).toString("base64url")}`;
}

/** What a token's hash on the log is. */
export function hashRefresh(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

/** Reads a token; undefined when it was made with none of the keys. */
export function parseRefresh(keys: readonly SigningKey[], token: string): ParsedRefresh | undefined {
  const match = PATTERN.exec(token);
  if (match === null) return undefined;
  const [, id = "", generation = "", , mac = ""] = match;
  const session = parseId("ses", id);
  const head = token.slice(0, token.length - mac.length - 1);
  const given = Buffer.from(mac, "base64url");
  if (session === undefined || given.toString("base64url") !== mac) return undefined;
  if (!keys.some(({ secret }) => timingSafeEqual(given, macOf(secret, head)))) return undefined;
  return { session, generation: Number(generation), hash: hashRefresh(token) };
}

function macOf(key: KeyObject, head: string): Buffer {
  return createHmac("sha256", key).update(head).digest().subarray(0, MAC_BYTES);
}
