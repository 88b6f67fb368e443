/**
 * What a partition must remember that its log does not say: where it begins for readers, and how far it was compacted.
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
}

/** The state of a partition that remembers nothing. */
export const FRESH_STATE: PartitionState = { startOffset: 0, cleanedTo: 0, deletionsDueMs: null };

/** The file's bytes. */
export function encodeState(state: PartitionState): Uint8Array {
  return encodeChecked({ version: VERSION, ...state });
}

/** The state in the file's bytes; undefined when they cannot be believed. */
export function decodeState(bytes: Uint8Array): PartitionState | undefined {
  const row = decodeChecked(bytes);
  if (row === undefined || row["version"] !== VERSION) return undefined;
  const { cleanedTo, deletionsDueMs, startOffset } = row;
  if (!isCount(startOffset) || !isCount(cleanedTo)) return undefined;
  return { startOffset, cleanedTo, deletionsDueMs: isCount(deletionsDueMs) ? deletionsDueMs : null };
}
