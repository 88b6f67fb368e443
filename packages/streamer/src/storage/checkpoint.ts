/**
 * What a partition remembers between runs, so that a restart need not read the log again: per segment how far it is on the disk and
 * was found whole. Written atomically when a segment is full, every few megabytes and at a clean stop.
 *
 *     line 1: CRC-32C of line 2 as 8 hexadecimal digits
 *     line 2: JSON { version, segments: [SegmentFacts] }
 *
 * Guarantees: a checkpoint that is missing, torn or changed is not believed, and only costs time. A file shorter than its
 * checkpoint says has lost what was durable: that is damage, never a torn tail.
 */
import { decodeText, encodeText } from "@kaelix/base";
import { checksum } from "@kaelix/protocol";

import type { Damage } from "./scan.ts";
import type { SegmentFacts } from "./segment.ts";

const VERSION = 1;
/** The file's name in a partition's directory. */
export const CHECKPOINT_NAME = "checkpoint";

/** The file's bytes. */
export function encodeCheckpoint(segments: readonly SegmentFacts[]): Uint8Array {
  const body = JSON.stringify({ version: VERSION, segments });
  return encodeText(`${checksum(encodeText(body)).toString(16).padStart(8, "0")}\n${body}\n`);
}

/** The facts in the file's bytes; undefined when they cannot be believed. */
export function decodeCheckpoint(bytes: Uint8Array): readonly SegmentFacts[] | undefined {
  try {
    const [sum, body] = decodeText(bytes).split("\n");
    if (sum === undefined || body === undefined) return undefined;
    if (checksum(encodeText(body)) !== Number.parseInt(sum, 16)) return undefined;
    return parseFacts(JSON.parse(body));
  } catch {
    return undefined;
  }
}

function parseFacts(value: unknown): readonly SegmentFacts[] | undefined {
  if (!isObject(value) || value["version"] !== VERSION || !Array.isArray(value["segments"])) return undefined;
  const segments: SegmentFacts[] = [];
  for (const row of value["segments"]) {
    if (!isObject(row)) return undefined;
    const { baseOffset, size, nextOffset, maxTimestampMs, sealed, indexed, indexCrc, timeIndexCrc, damages } = row;
    if (!isCount(baseOffset) || !isCount(size) || !isCount(nextOffset)) return undefined;
    if (!isCount(indexCrc) || !isCount(timeIndexCrc) || !Array.isArray(damages)) return undefined;
    const timestamp = typeof maxTimestampMs === "number" ? maxTimestampMs : null;
    const parsed = damages.map(parseDamage).filter((damage) => damage !== undefined);
    const sums = { indexCrc, timeIndexCrc, sealed: sealed === true, indexed: indexed === true };
    segments.push({ baseOffset, size, nextOffset, maxTimestampMs: timestamp, ...sums, damages: parsed });
  }
  return segments;
}

function parseDamage(value: unknown): Damage | undefined {
  if (!isObject(value)) return undefined;
  const { firstOffset, nextOffset, position, endPosition, reason } = value;
  if (!isCount(firstOffset) || !isCount(nextOffset) || !isCount(position) || !isCount(endPosition)) return undefined;
  return { firstOffset, nextOffset, position, endPosition, reason: typeof reason === "string" ? reason : "" };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
