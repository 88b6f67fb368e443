/**
 * Records of topic `keys`. Pure. Record keys are `user/<id>`, `memory/<id>` and `signing/<purpose>/<number>`; a null value is the shredding,
 * or the end of what signs.
 */
import { encodeText } from "@kaelix/base";
import type { LogRecord } from "@kaelix/log";
import {
  decodeEvent,
  encodeEvent,
  type KeyEvent,
  type MemoryId,
  parseId,
  type SigningKeyWrapped,
  type UserId,
} from "@kaelix/model";

/** What a record of topic `keys` says. */
type KeyFact =
  | { readonly type: "put"; readonly event: KeyEvent }
  | { readonly type: "shred-memory"; readonly memory: MemoryId }
  | { readonly type: "shred-user"; readonly user: UserId }
  | { readonly type: "forget-signing"; readonly name: string }
  | { readonly type: "unreadable"; readonly subject: string | undefined; readonly problem: string };

const RECORD_KEY = /^(user|memory|signing)\/(.{1,64})$/;

/** How a signing key is told from others: `<purpose>/<number>`. */
export function signingName({ number, purpose }: Pick<SigningKeyWrapped, "number" | "purpose">): string {
  return `${purpose}/${number}`;
}

/** The record that keeps a key. */
export function keyRecord(event: KeyEvent): LogRecord {
  return { key: encodeText(subjectOf(event)), value: encodeEvent(event), timestampMs: event.at };
}

function subjectOf(event: KeyEvent): string {
  switch (event.type) {
    case "key.user":
      return `user/${event.user}`;
    case "key.memory":
      return `memory/${event.memory}`;
    case "key.signing":
      return `signing/${signingName(event)}`;
  }
}

/** The record that makes a signing key be forgotten. */
export function signingTombstone(name: string, nowMs: number): LogRecord {
  return { key: encodeText(`signing/${name}`), value: null, timestampMs: nowMs };
}

/** The record that shreds a memory's key. */
export function memoryTombstone(memory: MemoryId, nowMs: number): LogRecord {
  return { key: encodeText(`memory/${memory}`), value: null, timestampMs: nowMs };
}

/** The record that shreds a user's key and with it every key under it. */
export function userTombstone(user: UserId, nowMs: number): LogRecord {
  return { key: encodeText(`user/${user}`), value: null, timestampMs: nowMs };
}

function latin1Of({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
}

/** Reads a record of topic `keys`; never throws for bad bytes. */
export function parseKeyRecord(record: {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}): KeyFact {
  const name = record.key === null ? "" : latin1Of(record.key);
  const match = RECORD_KEY.exec(name);
  if (match === null)
    return { type: "unreadable", subject: undefined, problem: "Record key names no user and no memory" };
  const [, kind, id = ""] = match;
  if (record.value === null) {
    if (kind === "signing") return { type: "forget-signing", name: id };
    const memory = kind === "memory" ? parseId("mem", id) : undefined;
    if (memory !== undefined) return { type: "shred-memory", memory };
    const user = kind === "user" ? parseId("usr", id) : undefined;
    if (user !== undefined) return { type: "shred-user", user };
    return { type: "unreadable", subject: undefined, problem: "Record key holds no id" };
  }
  const decoded = decodeEvent(record.value);
  if (decoded.type === "unreadable") return { type: "unreadable", subject: id, problem: decoded.problem };
  const { event } = decoded;
  const fits =
    (event.type === "key.user" && kind === "user" && event.user === id) ||
    (event.type === "key.memory" && kind === "memory" && event.memory === id) ||
    (event.type === "key.signing" && kind === "signing" && signingName(event) === id);
  if (!fits) return { type: "unreadable", subject: id, problem: "Record key and event do not belong together" };
  return { type: "put", event };
}
