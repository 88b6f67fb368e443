/**
 * What the search view needs of others: the rows of one user from the relational view, and their content opened.
 */
import type { Level, MemoryContent, MemoryHeader, UserId } from "@kaelix/model";

/** A memory as the relational view keeps it. */
export interface MemoryRow extends MemoryHeader {
  readonly state: "live" | "forgotten" | "erased";
  /** Sealed `MemoryContent` of the current version; empty once erased. */
  readonly sealed: Uint8Array;
  /** Offset of the last record that changed this row in any way. */
  readonly offset: number;
  /** Offset of the record that first told it: its place among those of the same millisecond, whatever was edited since. */
  readonly firstOffset: number;
  /** Offset of the record that made this version. */
  readonly versionOffset: number;
}

/** Reads rows of the relational view. */
export interface MemoryRows {
  /**
   * Every row of a user whose `offset` is above `afterOffset` (-1: all), in any state, in batches, each row once.
   * Sees everything that `caughtUp` has waited for.
   */
  rowsOf(userId: UserId, afterOffset: number): AsyncIterable<readonly MemoryRow[]>;
  /** Resolves when the relational view has folded partition `partition` of topic `memories` up to `nextOffset` (exclusive). */
  caughtUp(partition: number, nextOffset: number): Promise<void>;
}

/** A sealed content and what it is bound to. */
export interface SealedContent {
  readonly userId: UserId;
  readonly memoryId: MemoryHeader["memoryId"];
  readonly version: number;
  readonly level: Level;
  readonly sealed: Uint8Array;
}

/** Opens contents, in order; undefined for one whose key is gone or whose bytes do not hold. A row can be passed as it is. */
export type OpenRows = (rows: readonly SealedContent[]) => Promise<readonly (MemoryContent | undefined)[]>;
