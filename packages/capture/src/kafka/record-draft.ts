/**
 * From a record of a topic to a draft of a memory. Pure.
 *
 * Guarantees: every record comes to a draft, a reason why not, or nothing to tell (a deletion); a reason names the place, never what
 * stands there. The draft's external id is the same whenever the record is read again, and another for every other record there is.
 */
import { decodeText } from "@kaelix/base";
import type { GroupRecord } from "@kaelix/log";
import type { Level, MemoryDraft } from "@kaelix/model";

import { parseEpoch, parseIsoTime } from "../sources/local-time.ts";
import type { RecordMapping, RecordPath } from "./source-spec.ts";

/** What a record came to. */
export type RecordOutcome =
  | { readonly type: "draft"; readonly draft: MemoryDraft }
  | { readonly type: "bad"; readonly why: string }
  | { readonly type: "nothing" };

/** Thrown and caught in this file alone. */
class BadRecord extends Error {}

/** `topic/partition/offset@topic id`. */
export function externalIdOf(record: GroupRecord): string {
  return `${record.topic}/${record.partition}/${record.offset}@${record.topicId}`;
}

/** Makes the draft of a record. */
export function draftOfRecord(
  record: GroupRecord,
  mapping: RecordMapping,
  source: { readonly name: string; readonly level?: Level },
): RecordOutcome {
  if (record.value === null) return { type: "nothing" };
  try {
    const text = strictText(record.value, "the value");
    const root = mapping.value === "json" ? parseJson(text) : undefined;
    const find = (path: RecordPath | undefined): unknown =>
      path === undefined ? undefined : valueAt(record, root, path);
    const told = mapping.value === "text" ? text : wordsOf(find(mapping.text), "text");
    if (told === undefined || told.trim() === "")
      throw new BadRecord("the text must be there and hold more than white space");
    const author = wordsOf(find(mapping.author), "author");
    const person = wordsOf(find(mapping.person), "person");
    const conversation = wordsOf(find(mapping.conversation), "conversation");
    const externalId = wordsOf(find(mapping.externalId), "external_id");
    return {
      type: "draft",
      draft: {
        text: told,
        source: "kafka",
        // What the source calls its own is unique inside the source alone.
        externalId: externalId === undefined ? externalIdOf(record) : `${source.name}:${externalId}`,
        occurredAtMs: timeOf(find(mapping.time)) ?? record.timestampMs,
        ...(author === undefined ? {} : { speaker: author }),
        ...(person === undefined ? {} : { context: { person } }),
        ...(conversation === undefined
          ? {}
          : { conversation: { key: `${source.name}:${conversation}`, title: conversation } }),
        ...(source.level === undefined ? {} : { level: source.level }),
      },
    };
  } catch (error) {
    if (error instanceof BadRecord) return { type: "bad", why: error.message };
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRecord("the value must be JSON");
  }
}

function strictText(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new BadRecord(`${what} must be UTF-8`);
  }
}

function valueAt(record: GroupRecord, root: unknown, path: RecordPath): unknown {
  if (path.type === "key") return record.key === null ? undefined : strictText(record.key, "the key");
  if (path.type === "header") {
    const header = record.headers.get(path.name);
    return header === undefined ? undefined : decodeText(header);
  }
  let at = root;
  for (const name of path.names) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    // Own properties alone, so that `__proto__` and the like name nothing. Items of lists are own properties too.
    at = Reflect.get(at, name);
  }
  return at;
}

/** Text, number or truth value as text; undefined when there is nothing. */
function wordsOf(value: unknown, what: string): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new BadRecord(
    `${what} must be a text or a number: current value is ${Array.isArray(value) ? "a list" : "an object"}`,
  );
}

/** ISO 8601 or seconds, ms, µs since 1970. A time without a zone is UTC. */
function timeOf(value: unknown): number | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const isDigits = typeof value === "string" && /^\d{9,17}$/.test(value);
  const time =
    typeof value === "number" || isDigits
      ? parseEpoch(Number(value))
      : typeof value === "string"
        ? parseIsoTime(value)
        : undefined;
  if (time === undefined)
    throw new BadRecord("time must be ISO 8601, or seconds, milliseconds or microseconds since 1970");
  return time.type === "instant" ? time.atMs : time.localMs;
}
