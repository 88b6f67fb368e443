/** New keys for memories, and the records that will keep them. Does not wait and does not touch the log. */
import { createSecretKey } from "node:crypto";

import { assert, type RandomSource } from "@kaelix/base";
import type { LogRecord } from "@kaelix/log";
import {
  EVENT_VERSION,
  type Level,
  type MemoryId,
  type MemoryKeyWrapped,
  type TenantId,
  type UserId,
} from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import { KEY_BYTES, NONCE_BYTES } from "../sealing/cipher.ts";
import type { MemoryKey } from "../sealing/content.ts";
import { keyRecord } from "./key-records.ts";
import { formersAfterMove, type MemoryKeys, type MemoryKeyState, type PendingKey, wrappedAt } from "./memory-keys.ts";
import type { OpenUserKey, UserKeyring } from "./user-keyring.ts";
import { encodeWrapped, unwrapMemoryKey, wrapMemoryKey } from "./wrapping.ts";

/** A memory that is to be sealed at a level. */
export interface MemoryKeyRequest {
  readonly tenant: TenantId;
  readonly user: UserId;
  readonly memory: MemoryId;
  readonly level: Level;
}

/** What `prepareMemoryKeys` answers. */
export interface PreparedKeys {
  /** One key per item, in order; usable at once. */
  readonly keys: readonly MemoryKey[];
  /** To append to topic `keys`, partition 0, before the memories. May be empty. */
  readonly records: readonly LogRecord[];
  /** Takes the keys back; called once and only when the append of `records` failed. After a success there is nothing to call. */
  discard(): void;
}

/** What preparing works with. */
interface PrepareTools {
  readonly memories: MemoryKeys;
  readonly users: UserKeyring;
  readonly random: RandomSource;
  readonly nowMs: number;
}

/** What a memory's contents are bound to: its own key is made once, whatever it is wrapped under. */
const MEMORY_KEY_VERSION = 1;
const FRESH_BYTES = KEY_BYTES + NONCE_BYTES;
const RANDOM_BYTES_MAX = 65_536;

/** Prepares keys for items whose users' keys are at hand; all of them or, when it throws, none. */
export function prepareKeys(
  items: readonly MemoryKeyRequest[],
  userKeys: ReadonlyMap<UserId, OpenUserKey>,
  tools: PrepareTools,
): PreparedKeys {
  const keys: MemoryKey[] = [];
  const records: LogRecord[] = [];
  const prepared: { readonly memory: MemoryId; readonly pending: PendingKey }[] = [];
  const discard = (): void => {
    for (const { memory, pending } of prepared.reverse().splice(0)) tools.memories.discard(memory, pending);
  };
  const fresh = freshBytes(items.length, tools.random);
  try {
    for (const item of items) {
      const userKey = userKeys.get(item.user);
      assert(userKey !== undefined, "The user's key was opened before");
      const state = ownState(item, userKey, tools);
      const made =
        state?.level === item.level
          ? reuse(item, state, { userKey, tools })
          : make(item, state, { userKey, tools, fresh: fresh() });
      keys.push(made.key);
      if (made.pending === undefined) continue;
      prepared.push({ memory: item.memory, pending: made.pending });
      records.push(made.record);
    }
  } catch (error) {
    discard();
    throw error;
  }
  return { keys, records, discard };
}

/** The event that keeps a memory's keys. */
export function memoryKeyEvent(item: MemoryKeyRequest, state: MemoryKeyState, nowMs: number): MemoryKeyWrapped {
  return {
    type: "key.memory",
    v: EVENT_VERSION,
    at: nowMs,
    tenant: item.tenant,
    user: item.user,
    memory: item.memory,
    level: item.level,
    key_version: state.keyVersion,
    wrapped: encodeWrapped(state.wrapped, state.formers),
  };
}

/** Unwraps a memory's key; undefined when it was wrapped for another place, or the version it is under is gone. */
export function openMemoryKey(
  userKey: OpenUserKey,
  item: MemoryKeyRequest,
  { keyVersion, wrapped }: Pick<MemoryKeyState, "keyVersion" | "wrapped">,
): MemoryKey | undefined {
  const levelKey = userKey.keyFor(`level-${item.level}`, keyVersion);
  const key = levelKey === undefined ? undefined : unwrapMemoryKey(levelKey, { ...item, keyVersion }, wrapped);
  return key === undefined ? undefined : { ...item, keyVersion: MEMORY_KEY_VERSION, key };
}

interface Work {
  readonly userKey: OpenUserKey;
  readonly tools: PrepareTools;
}

type Made =
  | { readonly key: MemoryKey; readonly pending: PendingKey; readonly record: LogRecord }
  | { readonly key: MemoryKey; readonly pending: undefined };

/** What is known of the memory; never another user's. */
function ownState(item: MemoryKeyRequest, userKey: OpenUserKey, tools: PrepareTools): MemoryKeyState | undefined {
  const state = tools.memories.get(item.memory);
  const isOwn = state === undefined || state.owner === tools.users.ownerNumber(item);
  if (isOwn && userKey.owner.tenant === item.tenant) return state;
  throw securityErrors("key-damaged", {
    message: "Cannot make a key for the memory: it belongs to another user or tenant",
    details: { memory: item.memory },
  });
}

/** The key a memory has already. Its record goes along again while the first one may still fail. */
function reuse(item: MemoryKeyRequest, state: MemoryKeyState, { userKey, tools }: Work): Made {
  const key = unwrap(item, state, userKey);
  const pending = tools.memories.pendingOf(item.memory);
  if (pending === undefined) return { key, pending };
  pending.holders++;
  return { key, pending, record: keyRecord(memoryKeyEvent(item, state, tools.nowMs)) };
}

/** A new key, or for a memory that moves back to a level it has just left, the key it had there. */
function make(
  item: MemoryKeyRequest,
  state: MemoryKeyState | undefined,
  { userKey, tools, fresh }: Work & { readonly fresh: Uint8Array },
): Made {
  const owner = tools.users.ownerNumber(item);
  const formers = state === undefined ? [] : formersAfterMove(state, item.level);
  const known = state === undefined ? undefined : wrappedAt(state, item.level);
  let next: MemoryKeyState;
  let key: MemoryKey;
  if (known === undefined) {
    const place = { ...item, keyVersion: userKey.keyVersion };
    const secret = fresh.subarray(0, KEY_BYTES);
    const wrapped = wrapMemoryKey(userKey.subKey(`level-${item.level}`), place, secret, fresh.subarray(KEY_BYTES));
    key = { ...item, keyVersion: MEMORY_KEY_VERSION, key: createSecretKey(secret) };
    secret.fill(0);
    next = { owner, level: item.level, keyVersion: userKey.keyVersion, wrapped, formers };
  } else {
    next = { owner, level: item.level, keyVersion: known.keyVersion, wrapped: Buffer.from(known.wrapped), formers };
    key = unwrap(item, next, userKey);
  }
  const pending = tools.memories.prepare(item.memory, next);
  return { key, pending, record: keyRecord(memoryKeyEvent(item, next, tools.nowMs)) };
}

function unwrap(item: MemoryKeyRequest, state: MemoryKeyState, userKey: OpenUserKey): MemoryKey {
  const { tenant, user, memory, level } = item;
  const key = openMemoryKey(userKey, { tenant, user, memory, level }, state);
  if (key === undefined) throw securityErrors("key-damaged", { details: { memory } });
  return key;
}

/** Fresh bytes for each of `count` items, drawn in large portions: a call to the generator costs more than the bytes. */
function freshBytes(count: number, random: RandomSource): () => Uint8Array {
  let left = count;
  let portion: Uint8Array = new Uint8Array(0);
  let at = 0;
  return () => {
    if (at >= portion.length) {
      const items = Math.max(1, Math.min(left, Math.floor(RANDOM_BYTES_MAX / FRESH_BYTES)));
      portion = random.bytes(items * FRESH_BYTES);
      left -= items;
      at = 0;
    }
    at += FRESH_BYTES;
    return portion.subarray(at - FRESH_BYTES, at);
  };
}
