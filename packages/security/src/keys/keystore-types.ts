/** What goes into the keystore and what it answers. */
import type { Clock, RandomSource } from "@kaelix/base";
import type { Log } from "@kaelix/log";
import type { Level, MemoryId, UserId } from "@kaelix/model";

import type { MemoryKey } from "../sealing/content.ts";
import type { SealPurpose } from "../sealing/envelope.ts";
import type { KekProvider } from "./kek.ts";

/** The pseudo user whose key is the installation's own (26 zeros are a ULID). Never signs in, owns no memory. */
export const SYSTEM_USER = "usr_00000000000000000000000000" as UserId;

/** A memory's key, or why there is none. `damaged`: its record is there and cannot be used; `absent`: never made, or shredded. */
export type MemoryKeyAnswer =
  | { readonly type: "key"; readonly key: MemoryKey }
  | { readonly type: "absent" }
  | { readonly type: "damaged" };

/** Which key is asked for. `level` absent: the memory's current one. */
export interface MemoryKeyQuery {
  readonly memory: MemoryId;
  readonly level?: Level;
}

/** Keyed hash of a text, 16 bytes. The same text hashes differently for every owner and purpose. */
export type LookupHasher = (purpose: string, text: string) => Uint8Array;

/** What a user's own sealed blobs are for; each purpose has its own key. */
export type UserSealPurpose = Exclude<SealPurpose, "backup" | "content" | "file">;

/** The place of a blob sealed for a user. */
export interface UserSealPlace {
  readonly user: UserId;
  readonly purpose: UserSealPurpose;
  /** Id or name of what is sealed, e.g. an import's id. */
  readonly subject: string;
  /** 0 to 2^32 − 1; absent: 0. */
  readonly version?: number;
}

/** Offsets `[from, to)` of topic `keys` within which tombstones stand. */
export interface ShredRange {
  readonly from: number;
  readonly to: number;
}

/** How users' keys are brought under a new KEK. */
export interface RewrapOptions {
  /** Stops after the keys at hand. */
  readonly signal?: AbortSignal;
  /** Told after every key how many are done. */
  readonly onProgress?: (done: number) => void;
}

/** How memory keys are brought under renewed keys of users. */
export interface MemoryRewrapOptions {
  /** Stops after the keys at hand. */
  readonly signal?: AbortSignal;
  /** Told how many are done, and how many there are. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** How the keystore is. */
export interface KeystoreStatus {
  readonly users: number;
  readonly memories: number;
  readonly unwrapped: number;
  /** Memories with a former level's key that was not dropped yet. */
  readonly moving: number;
  /** Keys prepared and not yet seen on the log. */
  readonly pending: number;
  readonly tableBytes: number;
  /** Records set aside since the start of the fold. */
  readonly quarantined: number;
  /** Ranges of the topic that the log reported as damaged. */
  readonly damagedRanges: number;
  readonly nextOffset: number;
  /** False when following the log has stopped; new keys still work, other nodes' keys are not seen. */
  readonly following: boolean;
}

/** What a keystore is made of. */
export interface KeystoreOptions {
  readonly log: Log;
  readonly kek: KekProvider;
  readonly clock?: Clock;
  readonly random?: RandomSource;
  /** How long an unwrapped user key may stay, ms; default 300,000. */
  readonly cacheMs?: number;
  /** How many unwrapped user keys may stay; default 2,000. */
  readonly cachedMax?: number;
  /** Told of records set aside and of a broken subscription. Never gets key bytes. */
  readonly onProblem?: (problem: string) => void;
}
