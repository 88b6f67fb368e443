/**
 * What a partition remembers between runs, so that a restart need not read the log again: per segment how far it is on the disk and
 * was found whole. Written atomically when a segment is full, every few megabytes and at a clean stop.
 *
 * Guarantees: a checkpoint that is missing, torn or changed is not believed, and only costs time. A file shorter than its
 * checkpoint says has lost what was durable: that is damage, never a torn tail. From a failed sync until the next record is durable, it
 * alone knows which offsets were refused: the partition takes nothing before it is on the disk.
 */
import { decodeChecked, encodeChecked, isCount, isObject } from "./checked-file.ts";
import type { Damage } from "./scan.ts";
import type { SegmentFacts } from "./segment.ts";

const VERSION = 1;
/** The file's name in a partition's directory. */
export const CHECKPOINT_NAME = "checkpoint";

/** What a checkpoint says. */
export interface Checkpoint {
  readonly segments: readonly SegmentFacts[];
  /** Where the log ended: also behind the last segment, where offsets were refused or a file is gone. No offset before it is given again. */
  readonly endOffset: number;
  /** Second copy of where the partition begins; see partition-state.ts. */
  readonly startOffset: number;
  /** The hash chain's value when this was written; "" when none was. */
  readonly chainHead: string;
}

/** The file's bytes. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  return encodeChecked({ version: VERSION, ...checkpoint });
}

/** What stands in the file's bytes; undefined when they cannot be believed. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint | undefined {
  const value = decodeChecked(bytes);
  if (value === undefined || value["version"] !== VERSION || !Array.isArray(value["segments"])) return undefined;
  const { chainHead, endOffset, startOffset } = value;
  const segments: SegmentFacts[] = [];
  for (const row of value["segments"]) {
    const facts = parseFacts(row);
    if (facts === undefined) return undefined;
    segments.push(facts);
  }
  return {
    segments,
    // Older ones say it of their segments alone.
    endOffset: isCount(endOffset) ? endOffset : Math.max(0, ...segments.map(({ nextOffset }) => nextOffset)),
    startOffset: isCount(startOffset) ? startOffset : 0,
    chainHead: typeof chainHead === "string" ? chainHead : "",
  };
}

function parseFacts(row: unknown): SegmentFacts | undefined {
  if (!isObject(row)) return undefined;
  const { baseOffset, size, nextOffset, maxTimestampMs, sealed, indexed, indexCrc, timeIndexCrc, damages } = row;
  if (!isCount(baseOffset) || !isCount(size) || !isCount(nextOffset)) return undefined;
  if (!isCount(indexCrc) || !isCount(timeIndexCrc) || !Array.isArray(damages)) return undefined;
  const timestamp = typeof maxTimestampMs === "number" ? maxTimestampMs : null;
  const parsed = damages.map(parseDamage).filter((damage) => damage !== undefined);
  const sums = { indexCrc, timeIndexCrc, sealed: sealed === true, indexed: indexed === true };
  return { baseOffset, size, nextOffset, maxTimestampMs: timestamp, ...sums, damages: parsed };
}

function parseDamage(value: unknown): Damage | undefined {
  if (!isObject(value)) return undefined;
  const { firstOffset, nextOffset, position, endPosition, reason } = value;
  if (!isCount(firstOffset) || !isCount(nextOffset) || !isCount(position) || !isCount(endPosition)) return undefined;
  return { firstOffset, nextOffset, position, endPosition, reason: typeof reason === "string" ? reason : "" };
}
