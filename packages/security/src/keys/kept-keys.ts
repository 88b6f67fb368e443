/**
 * What a person's key leaves behind when it is renewed. Pure.
 *
 *     renewed, memory keys still being wrapped anew    every sub-key of the version before
 *     all of them are wrapped anew                     sub-keys of what stands sealed on the log for good, and of what is looked up by
 *
 * The key itself is never kept, only what was derived from it, and in the end not those that open keys of memories or snapshots: what was
 * wrapped under the former version opens then by nothing that there is, also from an old copy of the log.
 *
 *     sealed with a key of its own, new with each record: | version (u32 BE) | purpose (u8) | key (32) | …
 */
import { createSecretKey } from "node:crypto";

import type { Level } from "@kaelix/model";

import { KEY_BYTES, NONCE_BYTES, openAead, sealAead } from "../sealing/cipher.ts";
import { lengthPrefixed } from "../sealing/envelope.ts";
import type { UserSealPurpose } from "./keystore-types.ts";

/** What a sub-key of a person's key is for. */
export type SubKeyPurpose = `level-${Level}` | `seal-${UserSealPurpose}` | "lookup";

/** A sub-key of a former version. */
export interface KeptKey {
  readonly version: number;
  readonly purpose: SubKeyPurpose;
  readonly key: Uint8Array;
}

/** Where kept keys belong. */
interface KeptPlace {
  readonly tenant: string;
  readonly user: string;
  /** Version of the key beside which they are kept. */
  readonly keyVersion: number;
  readonly isRenewing: boolean;
}

/** By the number each has in what is sealed; `passing`: needed no longer than until the memory keys are wrapped anew. */
const PURPOSES: Readonly<Record<SubKeyPurpose, { readonly number: number; readonly isPassing: boolean }>> = {
  "level-1": { number: 1, isPassing: true },
  "level-2": { number: 2, isPassing: true },
  "level-3": { number: 3, isPassing: true },
  "level-4": { number: 4, isPassing: true },
  // Disposable: they are made anew from the log.
  "seal-snapshot": { number: 5, isPassing: true },
  "seal-profile": { number: 6, isPassing: false },
  "seal-import": { number: 7, isPassing: false },
  "seal-factor": { number: 8, isPassing: false },
  "seal-audit": { number: 9, isPassing: false },
  "seal-people": { number: 10, isPassing: false },
  lookup: { number: 11, isPassing: false },
};
// Own keys of the table are exactly the purposes.
const NAMES = Object.keys(PURPOSES) as readonly SubKeyPurpose[];
const BY_NUMBER = new Map(NAMES.map((purpose) => [PURPOSES[purpose].number, purpose]));
const ENTRY_BYTES = 4 + 1 + KEY_BYTES;

/** Every purpose of which a renewed key leaves a sub-key behind. */
export const SUB_KEY_PURPOSES: readonly SubKeyPurpose[] = NAMES;

/** True when the sub-key is not needed any more once every memory key is wrapped anew. */
export function isPassing(purpose: SubKeyPurpose): boolean {
  return PURPOSES[purpose].isPassing;
}

/** Seals kept keys under `key` (32 bytes, used once) for their place. `nonce` is 12 fresh bytes. */
export function sealKept(kept: readonly KeptKey[], place: KeptPlace, key: Uint8Array, nonce: Uint8Array): Buffer {
  const bytes = Buffer.alloc(kept.length * ENTRY_BYTES);
  let at = 0;
  for (const { key: bytesOfKey, purpose, version } of kept) {
    bytes.writeUInt32BE(version, at);
    bytes[at + 4] = PURPOSES[purpose].number;
    bytes.set(bytesOfKey, at + 5);
    at += ENTRY_BYTES;
  }
  const sealed = sealAead("aes-256-gcm", createSecretKey(key), { nonce, aad: aadOf(place) }, bytes);
  bytes.fill(0);
  return Buffer.concat([nonce, sealed]);
}

/** Opens what `sealKept` sealed; undefined when place, key or bytes are not those. */
export function openKept(sealed: Uint8Array, place: KeptPlace, key: Uint8Array): readonly KeptKey[] | undefined {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const bytes = openAead(
    "aes-256-gcm",
    createSecretKey(key),
    { nonce, aad: aadOf(place) },
    sealed.subarray(NONCE_BYTES),
  );
  if (bytes === undefined || bytes.length % ENTRY_BYTES !== 0) return undefined;
  const kept: KeptKey[] = [];
  for (let at = 0; at < bytes.length; at += ENTRY_BYTES) {
    const purpose = BY_NUMBER.get(bytes[at + 4] ?? 0);
    if (purpose === undefined) return undefined;
    kept.push({ version: bytes.readUInt32BE(at), purpose, key: bytes.subarray(at + 5, at + ENTRY_BYTES) });
  }
  return kept;
}

function aadOf({ isRenewing, keyVersion, tenant, user }: KeptPlace): Buffer {
  return lengthPrefixed("kaelix/kept/1", tenant, user, `${keyVersion}/${isRenewing}`);
}
