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
import { CleanedWriter } from "./cleaned-writer.ts";
import type { PartitionSettings } from "./contract.ts";
import { OffsetMap } from "./offset-map.ts";
import type { Pacer } from "./pacer.ts";
import type { PartitionFiles } from "./partition-files.ts";
import { type FoundBatch, SegmentWalker } from "./scan.ts";
import { mergeDamages } from "./segment-loading.ts";
import type { Segment } from "./segment.ts";
import { TransactionOutcomes } from "./transaction-outcomes.ts";

const MAP_BYTES_DEFAULT = 32 * 2 ** 20;
const PRODUCERS_MAX = 200_000;
const SEGMENTS_JOINED_MAX = 64;
const OFFSET_SPAN_MAX = 2 ** 31 - 1;

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
export interface CompactionReport {
  readonly passes: number;
  /** Bytes and segments that were looked at, and what they became. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly segmentsBefore: number;
  readonly segmentsAfter: number;
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
  readonly #counts = {
    passes: 0,
    bytesBefore: 0,
    bytesAfter: 0,
    segmentsBefore: 0,
    segmentsAfter: 0,
    recordsRemoved: 0,
  };

  constructor(source: CompactionSource, options: CompactionOptions) {
    this.#source = source;
    this.#options = options;
  }

  report(): CompactionReport {
    return { ...this.#counts, cleanedTo: this.#source.files.state.cleanedTo };
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
    if (!(await this.#copy(reached, judge))) return false;
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
      const walk = this.#walk(segment, () => outcomes.skip());
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
      for await (const batch of this.#walk(segment, () => undefined)) {
        if (isControlBatch(batch.header) || isFiller(batch.header) || outcomes.isAborted(batch)) continue;
        for (const { key, offset } of openBatch(batch)?.records ?? []) {
          if (offset >= cleanedTo && key !== null && !map.put(key, offset)) return offset;
        }
      }
    }
    return segments.at(-1)?.nextOffset ?? 0;
  }

  /** Every batch of a segment that can be read; tells of what cannot. Ends early when the work is called off. */
  async *#walk(segment: Segment, damaged: () => void): AsyncGenerator<FoundBatch, void, undefined> {
    const { files, pacer } = this.#source;
    segment.pin();
    try {
      const limits = { endPosition: segment.size, offsetBound: segment.nextOffset };
      const walker = new SegmentWalker(segment.open(files.disk), limits);
      let position = 0;
      let expected = segment.baseOffset;
      while (!pacer.cancelled) {
        const step = await walker.step(position, expected);
        if (step.type === "end") {
          if (expected >= segment.nextOffset) return;
          const rest = { firstOffset: expected, nextOffset: segment.nextOffset, position, endPosition: segment.size };
          segment.damages = mergeDamages(segment.damages, [{ ...rest, reason: step.reason ?? "file ends early" }]);
          damaged();
          return;
        }
        if (step.type === "damage") {
          segment.damages = mergeDamages(segment.damages, [step.damage]);
          damaged();
          position = step.damage.endPosition;
          expected = step.damage.nextOffset;
          continue;
        }
        const { header } = step.batch;
        yield step.batch;
        position += header.sizeBytes;
        expected = header.baseOffset + header.lastOffsetDelta + 1;
        await pacer.breathe();
      }
    } finally {
      segment.unpin();
      files.keeper.touch(segment);
    }
  }

  /** Copies segments in groups; false when something else changed them meanwhile or the work was called off. */
  async #copy(segments: readonly Segment[], judge: BatchJudge): Promise<boolean> {
    for (const group of groupsOf(segments, this.#source.settings.segmentBytesMax)) {
      if (!(await this.#copyGroup(group, judge))) return false;
    }
    return true;
  }

  async #copyGroup(group: readonly Segment[], judge: BatchJudge): Promise<boolean> {
    const { durableEnd, files, pacer } = this.#source;
    const [first] = group;
    if (first === undefined) return true;
    if (isDamaged(first)) {
      judge.skip();
      return true;
    }
    const writer = new CleanedWriter(files.disk, files.directory, first.baseOffset, bytesOf(group));
    let isChanged = group.length > 1;
    let isDamagedNow = false;
    try {
      for (const segment of group) {
        for await (const batch of this.#walk(segment, () => (isDamagedNow = true))) {
          const verdict = judge.judge(batch);
          const { at, bytes, header } = batch;
          if (verdict.type === "same") writer.add(bytes.subarray(at, at + header.sizeBytes), header);
          else if (verdict.type === "rewritten") writer.add(verdict.bytes, verdict.header);
          // A filler is made anew; only where it stood before it changes nothing.
          isChanged ||= verdict.type === "rewritten" || (verdict.type === "gone" && !isFiller(header));
        }
      }
      const isUseless = isDamagedNow || pacer.cancelled || !isChanged;
      if (isDamagedNow) judge.skip();
      if (isUseless) {
        writer.abandon();
        return !pacer.cancelled;
      }
      const written = await writer.finish(group.at(-1)?.nextOffset ?? first.nextOffset);
      this.#count(group, written.segment);
      return await files.install({ ...written, replaces: group }, durableEnd);
    } catch (error) {
      tryTo(() => writer.abandon());
      throw error;
    }
  }

  #count(group: readonly Segment[], result: Segment): void {
    this.#counts.bytesBefore += bytesOf(group);
    this.#counts.bytesAfter += result.size;
    this.#counts.segmentsBefore += group.length;
    this.#counts.segmentsAfter += 1;
  }
}

function bytesOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { size }) => sum + size, 0);
}

function isDamaged(segment: Segment): boolean {
  return segment.damages.length > 0;
}

/** Segments that become one: neighbours that together are not larger than a segment may be. A damaged one stands alone. */
function groupsOf(segments: readonly Segment[], bytesMax: number): readonly (readonly Segment[])[] {
  const groups: Segment[][] = [];
  let bytes = 0;
  for (const segment of segments) {
    const group = groups.at(-1);
    const [first] = group ?? [];
    const last = group?.at(-1);
    const fits =
      group !== undefined &&
      first !== undefined &&
      last?.nextOffset === segment.baseOffset &&
      group.length < SEGMENTS_JOINED_MAX &&
      bytes + segment.size <= bytesMax &&
      segment.nextOffset - first.baseOffset < OFFSET_SPAN_MAX &&
      !isDamaged(segment) &&
      !isDamaged(first);
    if (fits) {
      group.push(segment);
      bytes += segment.size;
    } else {
      groups.push([segment]);
      bytes = segment.size;
    }
  }
  return groups;
}

function tryTo(work: () => void): void {
  try {
    work();
  } catch {
    // It is removed at the next opening.
  }
}
