/**
 * Compaction by key: of each key only the newest record stays. Works on sealed, durable segments, from the oldest on.
 *
 *     1  read what is new since the last time: how transactions ended, which batch is the newest of each producer
 *     2  read it again: the newest offset of each key, in a map of bounded size; what does not fit waits for another pass
 *     3  copy every segment from the beginning as far as the map reaches, leaving out what batch-judge.ts says; small ones are joined
 *     4  put each copy in the place of its segments (partition-files.ts), then remember how far it came
 *
 * Guarantees: a crash at any moment leaves either the old or the new segments; offsets, base and last offsets, sequences and
 * timestamps stay what they were; nothing at or after the first offset of an open transaction is touched; a damaged segment
 * is left as it is; a batch that cannot be looked into too.
 * Does not: overwrite the disk's free blocks.
 */
import type { Clock } from "@kaelix/base";
import { isControlBatch } from "@kaelix/protocol";

import { isFiller, openBatch } from "./batch-cleaning.ts";
import { BatchJudge } from "./batch-judge.ts";
import type { DurableEnd } from "./checkpointing.ts";
import type { PartitionSettings } from "./contract.ts";
import { OffsetMap } from "./offset-map.ts";
import type { Pacer } from "./pacer.ts";
import type { PartitionFiles } from "./partition-files.ts";
import { groupsOf, type RewritingCounts, SegmentRewriter } from "./segment-rewriting.ts";
import type { Segment } from "./segment.ts";
import { TransactionOutcomes } from "./transaction-outcomes.ts";

const MAP_BYTES_DEFAULT = 32 * 2 ** 20;
const PRODUCERS_MAX = 200_000;

/** How a compaction is asked for. */
export interface CompactionOptions {
  /** Nothing at or after this offset is touched. Default: the durable end. */
  readonly upTo?: number;
  /** Memory for the map of keys, bytes. Default 32 MiB: about a million keys per pass. */
  readonly mapBytesMax?: number;
}

/** What a compaction works on. */
export interface CompactionSource {
  readonly files: PartitionFiles;
  readonly clock: Clock;
  readonly settings: PartitionSettings;
  readonly durableEnd: () => DurableEnd;
  readonly pacer: Pacer;
}

/** What a compaction did. */
export interface CompactionReport extends RewritingCounts {
  readonly passes: number;
  readonly recordsRemoved: number;
  /** Everything before this offset is compacted now. */
  readonly cleanedTo: number;
}

/** Sealed segments that may be compacted now, from the oldest on. */
export function compactableSegments(
  { clock, durableEnd, files, settings }: Pick<CompactionSource, "clock" | "durableEnd" | "files" | "settings">,
  upTo = Number.MAX_SAFE_INTEGER,
): readonly Segment[] {
  const limit = Math.min(upTo, durableEnd().offset);
  const lag = settings.compactionLagMsMin;
  const youngest = lag > 0 ? clock.nowMs() - lag : Number.POSITIVE_INFINITY;
  const end = files.segments.findIndex(
    (segment) => !segment.sealed || segment.nextOffset > limit || segment.maxTimestampMs > youngest,
  );
  return files.segments.slice(0, end < 0 ? -1 : end);
}

/** Compacts a partition; see the top of the file. Throws what the disk throws; nothing is lost then. */
export async function compactPartition(
  source: CompactionSource,
  options: CompactionOptions = {},
): Promise<CompactionReport> {
  const run = new CompactionRun(source, options);
  while (await run.pass()) await source.pacer.breathe();
  return run.report();
}

class CompactionRun {
  readonly #source: CompactionSource;
  readonly #options: CompactionOptions;
  readonly #rewriter: SegmentRewriter;
  readonly #counts = { passes: 0, recordsRemoved: 0 };

  constructor(source: CompactionSource, options: CompactionOptions) {
    this.#source = source;
    this.#options = options;
    this.#rewriter = new SegmentRewriter(source);
  }

  report(): CompactionReport {
    return { ...this.#counts, ...this.#rewriter.counts, cleanedTo: this.#source.files.state.cleanedTo };
  }

  /** One pass over everything; true when another one has something to do. */
  async pass(): Promise<boolean> {
    const { clock, files, pacer, settings } = this.#source;
    const { cleanedTo, deletionsDueMs } = files.state;
    const outcomes = new TransactionOutcomes();
    const newestOfProducer = new Map<number, number>();
    const asked = compactableSegments(this.#source, this.#options.upTo);
    const recordCount = await this.#learn(asked, outcomes, newestOfProducer);
    const stable = outcomes.firstOpenOffset(Number.MAX_SAFE_INTEGER);
    const segments = asked.filter(({ nextOffset }) => nextOffset <= stable);
    const bound = segments.at(-1)?.nextOffset ?? 0;
    const deletionsAreDue = deletionsDueMs !== null && clock.nowMs() >= deletionsDueMs;
    if (bound <= cleanedTo && !deletionsAreDue) return false;
    const map = new OffsetMap(this.#options.mapBytesMax ?? MAP_BYTES_DEFAULT, recordCount);
    const mapEnd = await this.#mapKeys(segments, map, outcomes);
    if (pacer.cancelled) return false;
    const judge = new BatchJudge({
      map,
      mapEnd,
      outcomes,
      newestOfProducer,
      startOffset: files.state.startOffset,
      nowMs: clock.nowMs(),
      deletionsKeptMs: settings.deletionsKeptMs,
    });
    const reached = segments.filter(({ baseOffset }) => baseOffset < mapEnd);
    for (const group of groupsOf(reached, settings.segmentBytesMax)) {
      if (!(await this.#rewriter.rewrite(group, judge))) return false;
    }
    this.#counts.passes += 1;
    this.#counts.recordsRemoved += judge.recordsRemoved;
    const due = Number.isFinite(judge.deletionsDueMs) ? judge.deletionsDueMs : null;
    await files.saveState(() => ({ cleanedTo: Math.max(mapEnd, cleanedTo), deletionsDueMs: due }));
    return mapEnd < bound;
  }

  /** Reads what is new; returns how many records that is. */
  async #learn(
    segments: readonly Segment[],
    outcomes: TransactionOutcomes,
    newestOfProducer: Map<number, number>,
  ): Promise<number> {
    const { files } = this.#source;
    let recordCount = 0;
    for (const segment of segments) {
      if (segment.nextOffset <= files.state.cleanedTo) continue;
      const walk = this.#rewriter.walk(segment, () => outcomes.skip());
      for await (const batch of walk) {
        const { header } = batch;
        recordCount += header.recordCount;
        outcomes.add(batch, isControlBatch(header) ? openBatch(batch) : undefined);
        const { producerId } = header;
        if (producerId < 0) continue;
        if (newestOfProducer.has(producerId) || newestOfProducer.size < PRODUCERS_MAX) {
          newestOfProducer.set(producerId, header.baseOffset);
        }
      }
    }
    return recordCount;
  }

  /** Fills the map; returns the offset before which everything is in it. */
  async #mapKeys(segments: readonly Segment[], map: OffsetMap, outcomes: TransactionOutcomes): Promise<number> {
    const { files } = this.#source;
    const { cleanedTo } = files.state;
    for (const segment of segments) {
      if (segment.nextOffset <= cleanedTo) continue;
      for await (const batch of this.#rewriter.walk(segment, () => undefined)) {
        if (isControlBatch(batch.header) || isFiller(batch.header) || outcomes.isAborted(batch)) continue;
        for (const { key, offset } of openBatch(batch)?.records ?? []) {
          if (offset >= cleanedTo && key !== null && !map.put(key, offset)) return offset;
        }
      }
    }
    return segments.at(-1)?.nextOffset ?? 0;
  }
}
