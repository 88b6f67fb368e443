/**
 * Pieces of a file ↔ envelopes, one each, so that a file of any size is sealed and opened as it streams.
 *
 * Guarantees: a piece opens only as that piece of that file of that memory of that person, in a file of as many pieces; so none can be
 * left out, doubled, put elsewhere or cut off unnoticed. Which level the file stands at is bound by the content that holds its key: it
 * opens at the memory's level alone, and with a move it is sealed anew under the new level's key. All pieces are AES-256-GCM, for a memory
 * may move up without its files being written again.
 */
import { createSecretKey, type KeyObject } from "node:crypto";

import { assert, decodeBase64Url, encodeBase64Url, type RandomSource } from "@kaelix/base";
import type { FileId, Level, MemoryId, TenantId, UserId } from "@kaelix/model";

import { KEY_BYTES } from "./cipher.ts";
import { type Opened, openBytes, sealBytes, type SealScope, type SealSources } from "./envelope.ts";

/** Where a piece belongs. */
export interface FilePlace {
  readonly tenant: TenantId;
  readonly user: UserId;
  readonly memory: MemoryId;
  readonly file: FileId;
  /** How many pieces the file has. */
  readonly pieces: number;
}

/** The level whose suite is AES-256-GCM. */
const SUITE_LEVEL: Level = 3;

/** A new key of one file, as it stands in its memory's content (base64url of 32 bytes). */
export function makeFileKey(random: RandomSource): string {
  return encodeBase64Url(random.bytes(KEY_BYTES));
}

/** Seals a piece. `number` counts from 0. */
export function sealPiece(
  key: string,
  place: FilePlace & { readonly number: number },
  bytes: Uint8Array,
  sources: SealSources,
): Buffer {
  return sealBytes({ key: secretOf(key), keyVersion: 0 }, scopeOf(place), bytes, sources);
}

/** Opens a piece in the place where it is expected. Never throws for bad bytes. */
export function openPiece(key: string, place: FilePlace & { readonly number: number }, sealed: Uint8Array): Opened {
  return openBytes({ key: secretOf(key), keyVersion: 0 }, scopeOf(place), sealed);
}

function secretOf(key: string): KeyObject {
  const secret = decodeBase64Url(key);
  assert(secret?.length === KEY_BYTES, "A file's key is 32 bytes");
  return createSecretKey(secret);
}

function scopeOf({ file, memory, number, pieces, tenant, user }: FilePlace & { readonly number: number }): SealScope {
  const subject = `${memory}/${file}/${pieces}`;
  return { tenant, user, subject, level: SUITE_LEVEL, version: number, purpose: "file" };
}
