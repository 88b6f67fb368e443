/**
 * `topic.json`: what a topic is stored with. A topic exists once this file does; it is written last and atomically.
 *
 * Version 1 had no id and no `cleanup`: such a topic gets an id made from its name, the same at every opening.
 */
import { createHash } from "node:crypto";

import { decodeText, encodeText } from "@kaelix/base";

import {
  isCleanup,
  isPartitionCount,
  isTopicName,
  makeTopicId,
  type NewTopic,
  settingsOf,
  settingsProblem,
  specOf,
  type StoredTopicSpec,
} from "./topic-spec.ts";

/** The file's name in a topic's directory. */
export const TOPIC_FILE_NAME = "topic.json";
const VERSION = 2;
const TOPIC_ID = /^[A-Za-z0-9_-]{22}$/;

/** The file's bytes. */
export function encodeTopicFile(spec: StoredTopicSpec): Uint8Array {
  const { id, name, partitions } = spec;
  const row = { version: VERSION, id, name, partitions, ...settingsOf(spec) };
  return encodeText(`${JSON.stringify(row, undefined, 2)}\n`);
}

/** The topic in the file's bytes; undefined when they are not one. */
export function decodeTopicFile(bytes: Uint8Array): StoredTopicSpec | undefined {
  try {
    const parsed: unknown = JSON.parse(decodeText(bytes));
    if (typeof parsed !== "object" || parsed === null) return undefined;
    // The shape was checked above; every field is checked below before it is used.
    const row = parsed as Readonly<Record<string, unknown>>;
    const { id, name, partitions, version } = row;
    if (typeof name !== "string" || !isTopicName(name)) return undefined;
    if (typeof partitions !== "number" || !isPartitionCount(partitions)) return undefined;
    const topic = { name, partitions, ...optionalFields(row) };
    if (settingsProblem(topic) !== undefined) return undefined;
    if (version === 1) return specOf(topic, idFromName(name));
    return version === VERSION && typeof id === "string" && TOPIC_ID.test(id) ? specOf(topic, id) : undefined;
  } catch {
    return undefined;
  }
}

function idFromName(name: string): string {
  let round = 0;
  return makeTopicId({
    bytes: (length) => {
      round += 1;
      return createHash("sha256").update(`kaelix topic ${round} ${name}`).digest().subarray(0, length);
    },
  });
}

function optionalFields(row: Readonly<Record<string, unknown>>): Omit<NewTopic, "name" | "partitions"> {
  const { cleanup, compacted, config } = row;
  const number = (name: string): number | undefined => (typeof row[name] === "number" ? row[name] : undefined);
  return {
    ...(typeof compacted === "boolean" ? { compacted } : {}),
    ...settingsOf({
      cleanup: isCleanup(cleanup) ? cleanup : undefined,
      retentionMs: number("retentionMs"),
      retentionBytes: number("retentionBytes"),
      segmentBytesMax: number("segmentBytesMax"),
      segmentAgeMsMax: number("segmentAgeMsMax"),
      batchBytesMax: number("batchBytesMax"),
      compactionLagMsMin: number("compactionLagMsMin"),
      compactionLagMsMax: number("compactionLagMsMax"),
      deletionsKeptMs: number("deletionsKeptMs"),
      dirtyRatioMin: number("dirtyRatioMin"),
      config: parseConfig(config),
    }),
  };
}

function parseConfig(value: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries(entries);
}
