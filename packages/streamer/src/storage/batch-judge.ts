/**
 * Decides, batch by batch in log order from the partition's beginning on, what compaction keeps.
 *
 *     record superseded by a newer one of its key          goes
 *     record of an aborted transaction                     goes
 *     record before the partition's start                  goes
 *     deletion                                             stays until its delete horizon, then goes
 *     record without a key                                 stays: nothing says that it was replaced
 *     end of a transaction of which records stay           stays
 *     end of a transaction of which nothing stays          stays until its delete horizon, then goes
 *     newest batch of a producer of the last days          stays, if need be empty: its sequence numbers are in there
 *
 * Does not drop a deletion while something before it could not be looked into: the value it deletes might come back.
 */
import { type BatchHeader, isControlBatch, isTransactionalBatch, readBatchHeader } from "@kaelix/protocol";

import { deleteHorizonOf, isFiller, openBatch, type OpenedBatch, rewriteBatch } from "./batch-cleaning.ts";
import type { OffsetMap } from "./offset-map.ts";
import type { RecordView } from "./record-view.ts";
import type { FoundBatch } from "./scan.ts";
import type { TransactionOutcomes } from "./transaction-outcomes.ts";

const PRODUCER_KEPT_MS = 7 * 24 * 3600 * 1000;

/** What a judge knows. */
interface JudgeFacts {
  readonly map: OffsetMap;
  /** Offsets before this one are in the map. */
  readonly mapEnd: number;
  readonly outcomes: TransactionOutcomes;
  /** Base offset of the newest batch of each producer that was met. */
  readonly newestOfProducer: ReadonlyMap<number, number>;
  readonly startOffset: number;
  readonly nowMs: number;
  readonly deletionsKeptMs: number;
}

/** What becomes of a batch. */
export type Verdict =
  | { readonly type: "same" }
  | { readonly type: "gone" }
  | { readonly type: "rewritten"; readonly bytes: Uint8Array; readonly header: BatchHeader };

const SAME: Verdict = { type: "same" };
const GONE: Verdict = { type: "gone" };

/** See the top of the file. */
export class BatchJudge {
  readonly #facts: JudgeFacts;
  /** Producers with an ended transaction of which something stays. */
  readonly #live = new Set<number>();
  #opaque = false;
  /** First delete horizon of what stays; Infinity when nothing of that kind does. */
  deletionsDueMs = Number.POSITIVE_INFINITY;
  recordsRemoved = 0;

  constructor(facts: JudgeFacts) {
    this.#facts = facts;
  }

  /** Tells that something here cannot be looked into. */
  skip(): void {
    this.#opaque = true;
  }

  /** What becomes of the next batch. */
  judge(batch: FoundBatch): Verdict {
    const { header } = batch;
    if (isFiller(header)) return GONE;
    const opened = openBatch(batch);
    if (opened === undefined) {
      this.#opaque = true;
      if (isTransactionalBatch(header)) this.#live.add(header.producerId);
      return SAME;
    }
    return isControlBatch(header) ? this.#judgeMarker(batch, opened) : this.#judgeRecords(batch, opened);
  }

  #judgeMarker(batch: FoundBatch, opened: OpenedBatch): Verdict {
    const { producerId } = batch.header;
    if (this.#live.delete(producerId) || this.#opaque) return SAME;
    const horizonMs = deleteHorizonOf(batch.header);
    if (horizonMs === undefined) return this.#rewrite(batch, opened, opened.records);
    if (this.#facts.nowMs < horizonMs || this.#mustKeepProducer(batch.header)) {
      if (this.#facts.nowMs < horizonMs) this.#keepsUntil(horizonMs);
      return SAME;
    }
    return GONE;
  }

  #judgeRecords(batch: FoundBatch, opened: OpenedBatch): Verdict {
    const { header } = batch;
    const horizonMs = deleteHorizonOf(header);
    const aborted = this.#facts.outcomes.isAborted(batch);
    const kept = aborted ? [] : opened.records.filter((record) => this.#stays(record, horizonMs));
    this.recordsRemoved += opened.records.length - kept.length;
    if (kept.length === 0) {
      if (!this.#mustKeepProducer(header)) return GONE;
      return opened.records.length === 0 ? SAME : this.#rewrite(batch, opened, kept);
    }
    if (isTransactionalBatch(header)) this.#live.add(header.producerId);
    if (horizonMs !== undefined) this.#keepsUntil(horizonMs);
    const meetsDeletions =
      horizonMs === undefined && this.#isMapped(header) && kept.some((record) => record.value === null);
    if (kept.length === opened.records.length && !meetsDeletions) return SAME;
    return this.#rewrite(batch, opened, kept);
  }

  /** True when everything of a batch was weighed against what stands before it. */
  #isMapped({ baseOffset, lastOffsetDelta }: BatchHeader): boolean {
    return baseOffset + lastOffsetDelta < this.#facts.mapEnd;
  }

  #stays(record: RecordView, horizonMs: number | undefined): boolean {
    const { map, nowMs, startOffset } = this.#facts;
    if (record.offset < startOffset) return false;
    if (record.key === null) return true;
    if (map.newest(record.key) > record.offset) return false;
    return record.value !== null || horizonMs === undefined || nowMs < horizonMs || this.#opaque;
  }

  #mustKeepProducer({ baseOffset, maxTimestampMs, producerId }: BatchHeader): boolean {
    if (producerId < 0 || maxTimestampMs < this.#facts.nowMs - PRODUCER_KEPT_MS) return false;
    return (this.#facts.newestOfProducer.get(producerId) ?? baseOffset) <= baseOffset;
  }

  #rewrite(batch: FoundBatch, opened: OpenedBatch, kept: readonly RecordView[]): Verdict {
    const { deletionsKeptMs, nowMs } = this.#facts;
    const isFirst = deleteHorizonOf(batch.header) === undefined && this.#isMapped(batch.header);
    const asks = isControlBatch(batch.header) || kept.some((record) => record.value === null);
    const horizonMs = isFirst && asks && kept.length > 0 ? Math.max(0, nowMs + deletionsKeptMs) : undefined;
    if (horizonMs !== undefined) this.#keepsUntil(horizonMs);
    const bytes = rewriteBatch(batch, opened, { kept, horizonMs });
    const header = readBatchHeader(bytes);
    return header === undefined ? SAME : { type: "rewritten", bytes, header };
  }

  #keepsUntil(horizonMs: number): void {
    if (horizonMs < this.deletionsDueMs) this.deletionsDueMs = horizonMs;
  }
}
