/**
 * `topic.json`: what a topic was created with. A topic exists once this file does; it is written last and atomically.
 */
import { decodeText, encodeText } from "@kaelix/base";

import type { StoredTopicSpec } from "./storage.ts";

/** The file's name in a topic's directory. */
export const TOPIC_FILE_NAME = "topic.json";
const PARTITIONS_MAX = 10_000;

/** True for 1 to 249 of a-z A-Z 0-9 . _ - that are not "." or ".." (Kafka's rule, which also keeps names inside the directory). */
export function isTopicName(name: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== "." && name !== "..";
}

/** True for a number of partitions a topic may have. */
export function isPartitionCount(partitions: number): boolean {
  return Number.isSafeInteger(partitions) && partitions >= 1 && partitions <= PARTITIONS_MAX;
}

/** The file's bytes. */
export function encodeTopicFile(spec: StoredTopicSpec): Uint8Array {
  return encodeText(`${JSON.stringify({ version: 1, ...spec }, undefined, 2)}\n`);
}

/** The topic in the file's bytes; undefined when they are not one. */
export function decodeTopicFile(bytes: Uint8Array): StoredTopicSpec | undefined {
  try {
    const parsed: unknown = JSON.parse(decodeText(bytes));
    if (typeof parsed !== "object" || parsed === null) return undefined;
    // The shape was checked above; every field is checked below before it is used.
    const row = parsed as Readonly<Record<string, unknown>>;
    const { name, partitions } = row;
    if (row["version"] !== 1 || typeof name !== "string" || !isTopicName(name)) return undefined;
    if (typeof partitions !== "number" || !isPartitionCount(partitions)) return undefined;
    return { name, partitions, ...optionalFields(row) };
  } catch {
    return undefined;
  }
}

function optionalFields(row: Readonly<Record<string, unknown>>): Omit<StoredTopicSpec, "name" | "partitions"> {
  const { compacted, retentionMs, retentionBytes, segmentBytesMax } = row;
  return {
    ...(typeof compacted === "boolean" ? { compacted } : {}),
    ...(typeof retentionMs === "number" ? { retentionMs } : {}),
    ...(typeof retentionBytes === "number" ? { retentionBytes } : {}),
    ...(typeof segmentBytesMax === "number" ? { segmentBytesMax } : {}),
  };
}
