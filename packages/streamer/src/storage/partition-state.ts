/**
 * What a partition must remember that its log does not say: where it begins for readers, and how far it was compacted and purged.
 * Kept in the file `state`, written atomically; the start also stands in the checkpoint, so that one lost file does not bring
 * deleted records back.
 */
import { decodeChecked, encodeChecked, isCount } from "./checked-file.ts";

/** The file's name in a partition's directory. */
export const STATE_NAME = "state";
const VERSION = 1;

/** See the top of the file. */
export interface PartitionState {
  /** Records before this offset were deleted, whatever the segments still hold. */
  readonly startOffset: number;
  /** Before this offset every key was compacted against all that stands before it. */
  readonly cleanedTo: number;
  /** Epoch ms when the first deletion that compaction kept may go; null when it kept none. */
  readonly deletionsDueMs: number | null;
  /** Before this offset everything that asks for a purge was purged; see purging.ts. */
  readonly purgedTo: number;
}

/** The state of a partition that remembers nothing. */
export const FRESH_STATE: PartitionState = { startOffset: 0, cleanedTo: 0, deletionsDueMs: null, purgedTo: 0 };

/** The file's bytes. */
export function encodeState(state: PartitionState): Uint8Array {
  return encodeChecked({ version: VERSION, ...state });
}

/** The state in the file's bytes; undefined when they cannot be believed. */
export function decodeState(bytes: Uint8Array): PartitionState | undefined {
  const row = decodeChecked(bytes);
  if (row === undefined || row["version"] !== VERSION) return undefined;
  const { cleanedTo, deletionsDueMs, purgedTo, startOffset } = row;
  if (!isCount(startOffset) || !isCount(cleanedTo)) return undefined;
  const due = isCount(deletionsDueMs) ? deletionsDueMs : null;
  // Files of before there were purges have none.
  return { startOffset, cleanedTo, deletionsDueMs: due, purgedTo: isCount(purgedTo) ? purgedTo : 0 };
}
