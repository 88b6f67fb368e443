/**
 * What an app holds: a code for a minute, then a refresh token and access tokens. Opaque to it.
 *
 *     code     klc_<ulid>_<256 random bits>                       kept as SHA-256, once
 *     refresh  klr_<ulid>_<generation>_<256 random bits>_<mac>    the newest kept as SHA-256; an old one is recognised by its mac
 *     access   kla_<ulid>_<until>_<128 random bits>_<mac>         kept nowhere: the mac says who made it, the app's row whether it still opens
 *
 * Guarantees: of each there is one spelling; the three cannot stand in for each other; comparisons take the same time wherever they fail.
 */
import { createHash, createHmac, type KeyObject, timingSafeEqual } from "node:crypto";

import type { RandomSource } from "@kaelix/base";
import { type ApiKeyId, parseId } from "@kaelix/model";

import type { SigningKey } from "../keys/signing-keys.ts";

/** Seconds an access token opens. */
export const APP_TOKEN_SECONDS = 600;
/** How access tokens of apps begin, for whoever tells tokens of several kinds apart. */
export const APP_TOKEN_HEAD = "kla_";

/** What may be signed while the next key is on its way to the log. */
const SIGNED_LATE_MS = 60_000;
const SECRET_BYTES = 32;
const NONCE_BYTES = 16;
const MAC_BYTES = 32;
const CODE = /^klc_([0-9A-HJKMNP-TV-Z]{26})_[A-Za-z0-9_-]{43}$/;
const REFRESH = /^klr_([0-9A-HJKMNP-TV-Z]{26})_(\d{1,9})_[A-Za-z0-9_-]{43}_([A-Za-z0-9_-]{43})$/;
const ACCESS = /^kla_([0-9A-HJKMNP-TV-Z]{26})_([0-9a-z]{6,8})_[A-Za-z0-9_-]{22}_([A-Za-z0-9_-]{43})$/;

/** A refresh token that was made here, though maybe an old one. */
export interface ParsedAppRefresh {
  readonly app: ApiKeyId;
  readonly generation: number;
  readonly hash: string;
}

/** A new code. */
export function makeCode(app: ApiKeyId, random: RandomSource): string {
  return `klc_${letters(app)}_${secret(random, SECRET_BYTES)}`;
}

/** The app that a code names; undefined when it is none. Whether it is the app's code is for its hash to say. */
export function parseCode(code: string): ApiKeyId | undefined {
  const match = CODE.exec(code);
  return match === null ? undefined : parseId("key", `key_${match[1] ?? ""}`);
}

/** A new refresh token of a generation. */
export function makeAppRefresh(key: KeyObject, random: RandomSource, app: ApiKeyId, generation: number): string {
  return signed(key, `klr_${letters(app)}_${generation}_${secret(random, SECRET_BYTES)}`);
}

/** Reads a refresh token; undefined when it was made with none of the keys. */
export function parseAppRefresh(keys: readonly SigningKey[], token: string): ParsedAppRefresh | undefined {
  const match = REFRESH.exec(token);
  const [, ulid = "", generation = "", mac = ""] = match ?? [];
  const app = parseId("key", `key_${ulid}`);
  if (match === null || app === undefined || signerOf(keys, token, mac) === undefined) return undefined;
  return { app, generation: Number(generation), hash: hashText(token) };
}

/** A new access token that opens until a time (epoch ms, taken down to the second). */
export function makeAppAccess(key: KeyObject, random: RandomSource, app: ApiKeyId, untilMs: number): string {
  const until = Math.floor(untilMs / 1_000).toString(36);
  return signed(key, `${APP_TOKEN_HEAD}${letters(app)}_${until}_${secret(random, NONCE_BYTES)}`);
}

/** Reads an access token; undefined when it was made with none of the keys, or with one that had been retired then. */
export function parseAppAccess(
  keys: readonly SigningKey[],
  token: string,
): { readonly app: ApiKeyId; readonly untilMs: number } | undefined {
  const match = ACCESS.exec(token);
  const [, ulid = "", until = "", mac = ""] = match ?? [];
  const app = parseId("key", `key_${ulid}`);
  const key = signerOf(keys, token, mac);
  if (match === null || app === undefined || key === undefined) return undefined;
  const untilMs = Number.parseInt(until, 36) * 1_000;
  // A retired key is kept for the refresh tokens it made, which are good for months.
  const lastMs = (key.retiredAtMs ?? Number.POSITIVE_INFINITY) + APP_TOKEN_SECONDS * 1_000 + SIGNED_LATE_MS;
  return untilMs > lastMs ? undefined : { app, untilMs };
}

function signerOf(keys: readonly SigningKey[], token: string, mac: string): SigningKey | undefined {
  return keys.find(({ secret: key }) => isSigned(key, token, mac));
}

/** SHA-256 (base64url): what is kept of codes, tokens, clients and addresses. */
export function hashText(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** Compares two hashes in the same time wherever they differ. */
export function isSameHash(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** What signs: ours alone, and `text` is exactly what `mac` was made for. */
export function signed(key: KeyObject, head: string): string {
  return `${head}_${macOf(key, head).toString("base64url")}`;
}

/** True when a text ends with the mac of what stands before it. */
export function isSigned(key: KeyObject, text: string, mac: string): boolean {
  const given = Buffer.from(mac, "base64url");
  if (given.length !== MAC_BYTES || given.toString("base64url") !== mac) return false;
  return timingSafeEqual(given, macOf(key, text.slice(0, text.length - mac.length - 1)));
}

function macOf(key: KeyObject, head: string): Buffer {
  return createHmac("sha256", key).update(head).digest();
}

function letters(app: ApiKeyId): string {
  return app.slice("key_".length);
}

function secret(random: RandomSource, bytes: number): string {
  return Buffer.from(random.bytes(bytes)).toString("base64url");
}
