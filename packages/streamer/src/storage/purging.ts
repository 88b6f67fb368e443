/**
 * Purging: records that a rule names leave the files of a partition, or stay with a shorter value in their place. For topics that keep
 * every record and whose owner knows which of them mean nothing any more. Works on sealed, durable segments, from the oldest on.
 *
 *     1  look at every record once, and ask the rule
 *     2  copy the segments in which something goes (segment-rewriting.ts); many small neighbours become one
 *
 * Guarantees: those of segment-rewriting.ts; a record that stays keeps its offset, key, timestamp and headers; the newest sequence numbers of
 * producers stay, if need be in an empty batch; control batches stay. A damaged segment, or a batch that cannot be looked into, is left as
 * it is, and the report says so.
 * Does not: ask twice for the same answer to differ (the rule must be steady), or overwrite the disk's free blocks.
 */
import { isControlBatch, readBatchHeader } from "@kaelix/protocol";

import { isFiller, openBatch, rewriteBatch } from "./batch-cleaning.ts";
import type { Verdict } from "./batch-judge.ts";
import { compactableSegments, type CompactionSource } from "./compaction.ts";
import type { RecordView } from "./record-view.ts";
import type { FoundBatch } from "./scan.ts";
import { groupsOf, type RewritingCounts, SegmentRewriter } from "./segment-rewriting.ts";
import type { Segment } from "./segment.ts";

/** So many neighbours are joined though nothing in them goes: each purge seals one that may be small. */
const JOINED_MIN = 8;

/** What becomes of a record: it stays as it is, it goes, or it stays with another value. */
export type RecordFate = "stays" | "goes" | { readonly value: Uint8Array };

/** A record that a rule is asked about. Key and value are views into the batch: copy what is kept. */
export type PurgeRecord = Pick<RecordView, "offset" | "key" | "value">;

/** Says what becomes of a record. Asked about every record at least once, in order; about some of them twice. */
export type PurgeRule = (record: PurgeRecord) => RecordFate | Promise<RecordFate>;

/** What a purge did. */
export interface PurgeReport extends RewritingCounts {
  /**
   * False when something durable could not be looked into, stands in a segment that cannot be copied yet, or the work was called off: what
   * the rule names may still stand there.
   */
  readonly isWhole: boolean;
  /** Records that went, and records that have another value. */
  readonly recordsRemoved: number;
  readonly recordsShortened: number;
}

/**
 * Purges a partition; see the top of the file. Throws what the disk throws, or the rule; nothing is lost then.
 * @param durableTo what is before this offset was durable when the purge was asked for
 */
export async function purgePartition(
  source: CompactionSource,
  rule: PurgeRule,
  durableTo: number,
): Promise<PurgeReport> {
  const rewriter = new SegmentRewriter(source);
  const written = new PurgeJudge(rule);
  const segments = compactableSegments(source);
  // A segment whose end is not durable stays as it is, and its beginning may have been durable for long.
  const next = source.files.segments[segments.length];
  let isWhole = next === undefined || next.baseOffset >= durableTo;
  for (const group of groupsOf(segments, source.settings.segmentBytesMax)) {
    const looked = new PurgeJudge(rule);
    for (const segment of group) await look(rewriter, segment, looked);
    isWhole &&= !looked.isOpaque;
    if (looked.hits === 0 && group.length < JOINED_MIN) continue;
    isWhole = (await rewriter.rewrite(group, written)) && isWhole;
    if (source.pacer.cancelled) break;
  }
  const { isOpaque, recordsRemoved, recordsShortened } = written;
  return {
    ...rewriter.counts,
    isWhole: isWhole && !isOpaque && !source.pacer.cancelled,
    recordsRemoved,
    recordsShortened,
  };
}

async function look(rewriter: SegmentRewriter, segment: Segment, judge: PurgeJudge): Promise<void> {
  if (segment.damages.length > 0) judge.skip();
  for await (const batch of rewriter.walk(segment, () => judge.skip())) await judge.judge(batch);
}

/** Asks the rule, batch by batch. */
class PurgeJudge {
  readonly #rule: PurgeRule;
  isOpaque = false;
  recordsRemoved = 0;
  recordsShortened = 0;

  constructor(rule: PurgeRule) {
    this.#rule = rule;
  }

  get hits(): number {
    return this.recordsRemoved + this.recordsShortened;
  }

  skip(): void {
    this.isOpaque = true;
  }

  async judge(batch: FoundBatch): Promise<Verdict> {
    const { header } = batch;
    if (isFiller(header)) return { type: "gone" };
    if (isControlBatch(header)) return { type: "same" };
    const opened = openBatch(batch);
    if (opened === undefined) {
      this.isOpaque = true;
      return { type: "same" };
    }
    const kept: RecordView[] = [];
    const values = new Map<RecordView, Uint8Array>();
    for (const record of opened.records) {
      const asked = this.#rule(record);
      const fate = asked instanceof Promise ? await asked : asked;
      if (fate === "goes") continue;
      kept.push(record);
      if (fate !== "stays") values.set(record, fate.value);
    }
    const removed = opened.records.length - kept.length;
    if (removed === 0 && values.size === 0) return { type: "same" };
    this.recordsRemoved += removed;
    this.recordsShortened += values.size;
    // Of a producer the batch stays, empty: its sequence numbers are in there.
    if (kept.length === 0 && header.producerId < 0) return { type: "gone" };
    const bytes = rewriteBatch(batch, opened, { kept, horizonMs: undefined, values });
    const rewritten = readBatchHeader(bytes);
    return rewritten === undefined ? { type: "same" } : { type: "rewritten", bytes, header: rewritten };
  }
}
