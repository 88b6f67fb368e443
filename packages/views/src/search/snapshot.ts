/**
 * A user's loaded memories ↔ the bytes of a snapshot, before sealing. Pure.
 *
 * A snapshot holds documents, not their words: the words are made anew when it is read, so that a better analysis needs no migration.
 * It names its user, its log and the offset it holds; `decodeSnapshot` gives nothing for bytes that are not of this form or of
 * somebody else: a snapshot only saves time, it is never trusted over the log.
 */
import { decodeBase64Url, decodeText, encodeBase64Url, encodeText } from "@kaelix/base";
import { LEVEL_INDEXED_MAX, type MemoryId, parseId, parseLevel, type UserId } from "@kaelix/model";

import type { SearchDocument } from "./document.ts";
import type { Standing } from "./fold.ts";
import type { AsideMemory, KeptVectors, SnapshotContent, UserMemories } from "./user-memories.ts";
import type { VectorCodes } from "./vectors.ts";

/** The second one says in whose namespace a document stands and whether it has files: what a form before it left out is read anew from rows. */
const FORM = "kaelix-search-snapshot-2";

/** Whose and of when a snapshot is. */
export interface SnapshotHead {
  readonly userId: UserId;
  /** Which log it was folded from; another log's snapshot is foreign. */
  readonly logId: string;
  /** Everything below this offset of the user's partition is in it. */
  readonly nextOffset: number;
}

/** A snapshot read back. */
export interface Snapshot extends SnapshotHead, SnapshotContent {}

/** The bytes of a snapshot, in clear: to be sealed before they touch a disk. */
export function encodeSnapshot(head: SnapshotHead, memories: UserMemories): Uint8Array {
  const documents = Array.from(memories.index.documents());
  const vectors = vectorsOf(memories, documents);
  return encodeText(JSON.stringify({ form: FORM, ...head, documents, aside: [...memories.aside()], vectors }));
}

/** Vectors as text, in the order of documents; undefined when there are none. */
function vectorsOf({ index }: UserMemories, documents: readonly SearchDocument[]): unknown {
  const { vectors } = index.parts(LEVEL_INDEXED_MAX);
  if (vectors === undefined || vectors.size === 0) return undefined;
  const rows = documents.map(({ memoryId }) => {
    const codes = index.codes(memoryId);
    return codes === undefined ? null : encodeBase64Url(new Uint8Array(codes.buffer, codes.byteOffset, codes.length));
  });
  return { model: vectors.model, dimension: vectors.dimension, rows };
}

/** Vectors read back; undefined when they are none: they are made anew then. */
function parseVectors(value: unknown, documents: number): KeptVectors | undefined {
  const { model, dimension, rows } = Object.fromEntries(fieldsOf(value));
  if (typeof model !== "string" || !isOffset(dimension) || dimension === 0) return undefined;
  if (!Array.isArray(rows) || rows.length !== documents) return undefined;
  const read = rows.map((row: unknown) => (typeof row === "string" ? parseCodes(row, dimension) : null));
  return { model, rows: read };
}

function parseCodes(text: string, dimension: number): VectorCodes | null {
  const bytes = decodeBase64Url(text);
  return bytes?.length === dimension ? new Int8Array(bytes) : null;
}

/** Reads a snapshot; undefined when the bytes are none, or not of this user and this log. */
export function decodeSnapshot(bytes: Uint8Array, userId: UserId, logId: string): Snapshot | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(decodeText(bytes));
  } catch {
    return undefined;
  }
  const fields = fieldsOf(parsed);
  const { documents, aside, nextOffset } = Object.fromEntries(fields);
  if (fields.get("form") !== FORM || fields.get("userId") !== userId || fields.get("logId") !== logId) return undefined;
  if (!isOffset(nextOffset) || !Array.isArray(documents) || !Array.isArray(aside)) return undefined;
  if (!documents.every(isDocument) || !aside.every(isAside)) return undefined;
  const vectors = parseVectors(fields.get("vectors"), documents.length);
  return { userId, logId, nextOffset, documents, aside, ...(vectors === undefined ? {} : { vectors }) };
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
}

function isOffset(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isMemoryId(value: unknown): value is MemoryId {
  return typeof value === "string" && parseId("mem", value) !== undefined;
}

function isKeyId(value: unknown): boolean {
  return typeof value === "string" && parseId("key", value) !== undefined;
}

function isNullOrText(value: unknown): boolean {
  return value === null || typeof value === "string";
}

function holdsHeader(fields: ReadonlyMap<string, unknown>): boolean {
  return (
    isMemoryId(fields.get("memoryId")) &&
    isNullOrText(fields.get("conversationId")) &&
    isNullOrText(fields.get("importId")) &&
    typeof fields.get("source") === "string" &&
    ["occurredAtMs", "recordedAtMs"].every((name) => Number.isSafeInteger(fields.get(name))) &&
    ["version", "firstOffset", "lastOffset"].every((name) => isOffset(fields.get(name))) &&
    parseLevel(fields.get("level")) !== undefined
  );
}

function isDocument(value: unknown): value is SearchDocument {
  const fields = fieldsOf(value);
  const isOptionalText = (name: string): boolean => !fields.has(name) || typeof fields.get(name) === "string";
  return (
    holdsHeader(fields) &&
    isOffset(fields.get("offset")) &&
    typeof fields.get("text") === "string" &&
    ["caption", "speaker", "conversationTitle"].every(isOptionalText) &&
    (!fields.has("namespace") || isKeyId(fields.get("namespace"))) &&
    (!fields.has("hasFiles") || fields.get("hasFiles") === true)
  );
}

function isStanding(value: unknown): value is Standing {
  const fields = fieldsOf(value);
  const state = fields.get("state");
  return (
    holdsHeader(fields) &&
    isOffset(fields.get("versionOffset")) &&
    (state === "live" || state === "forgotten" || state === "erased")
  );
}

function isAside(value: unknown): value is AsideMemory {
  const fields = fieldsOf(value);
  return isStanding(fields.get("standing")) && typeof fields.get("isUnreadable") === "boolean";
}
