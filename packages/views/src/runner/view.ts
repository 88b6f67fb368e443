/**
 * What every view keeps, so that it can be thrown away and rebuilt to the same state.
 *
 * A view guarantees: `fold` applies a batch and the batch's `nextOffset` in one transaction, or neither; folding a batch a second
 * time changes nothing; `reset` followed by folding the whole log gives the same state as having followed it all along.
 * It does not: write to the log, or keep anything that only it knows.
 */
import type { KaelixEvent, MemoryId } from "@kaelix/model";

/** An event with the offset of its record. */
export interface PositionedEvent {
  readonly offset: number;
  readonly event: KaelixEvent;
}

/** Consecutive events of one partition. Unreadable records are left out; `nextOffset` passes them. */
export interface FoldBatch {
  readonly topic: string;
  readonly partition: number;
  readonly events: readonly PositionedEvent[];
  /** Offset that the batch begins at; a view that goes on from an earlier one refuses it. Absent: not checked. */
  readonly firstOffset?: number;
  /** Offset up to which the partition is folded once this batch is applied. */
  readonly nextOffset: number;
}

/** What a view holds, to be compared with what the log says it should hold. */
export interface ViewCensus {
  /** Memories that can be recalled. */
  readonly memoriesLive: number;
  readonly memoriesForgotten: number;
  readonly memoriesErased: number;
  readonly users: number;
}

/** A fold of the log that the runner keeps up to date. */
export interface View {
  readonly name: string;
  /** Topics it folds. */
  readonly topics: readonly string[];
  /**
   * How long a caught-up partition may gather events before the next fold, ms, when nobody waits for them. For views whose folds cost
   * much however small they are. Absent: at once.
   */
  readonly lingerMs?: number;
  /** Where to go on; 0 when nothing was folded yet. */
  nextOffset(topic: string, partition: number): Promise<number>;
  fold(batch: FoldBatch): Promise<void>;
  /** Empties the view, offsets included. */
  reset(): Promise<void>;
  /** Makes what was folded survive a restart cheaply; called every few minutes and at a clean stop. */
  snapshot(): Promise<void>;
  /** What it holds now; undefined when the view cannot count on its own. */
  census(): Promise<ViewCensus | undefined>;
  /** Memory ids it can recall, in no order, for naming differences. */
  memoryIds(): AsyncIterable<MemoryId>;
  close(): Promise<void>;
}
