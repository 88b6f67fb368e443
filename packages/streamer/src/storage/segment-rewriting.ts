/**
 * Copies sealed segments without what a judge leaves out, and puts the copy in their place (partition-files.ts). Compaction by key and
 * purging by a rule both work through it.
 *
 * Guarantees: a crash at any moment leaves either the old or the new segments; offsets, base and last offsets stay what they were; a
 * damaged segment is left as it is.
 */
import { isFiller } from "./batch-cleaning.ts";
import type { Verdict } from "./batch-judge.ts";
import { CleanedWriter } from "./cleaned-writer.ts";
import type { CompactionSource } from "./compaction.ts";
import { type FoundBatch, SegmentWalker } from "./scan.ts";
import { mergeDamages } from "./segment-loading.ts";
import type { Segment } from "./segment.ts";

const SEGMENTS_JOINED_MAX = 64;
const OFFSET_SPAN_MAX = 2 ** 31 - 1;

/** Says what becomes of each batch, in order. */
interface SegmentJudge {
  judge(batch: FoundBatch): Verdict | Promise<Verdict>;
  /** Told that something cannot be looked into and stays as it is. */
  skip(): void;
}

/** Bytes and segments that were rewritten, and what they became. */
export interface RewritingCounts {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly segmentsBefore: number;
  readonly segmentsAfter: number;
}

/** See the top of the file. */
export class SegmentRewriter {
  readonly #source: Pick<CompactionSource, "files" | "durableEnd" | "pacer">;
  readonly #counts = { bytesBefore: 0, bytesAfter: 0, segmentsBefore: 0, segmentsAfter: 0 };

  constructor(source: Pick<CompactionSource, "files" | "durableEnd" | "pacer">) {
    this.#source = source;
  }

  get counts(): RewritingCounts {
    return { ...this.#counts };
  }

  /** Every batch of a segment that can be read; tells of what cannot. Ends early when the work is called off. */
  async *walk(segment: Segment, damaged: () => void): AsyncGenerator<FoundBatch, void, undefined> {
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

  /**
   * Copies neighbours into one segment that takes their place; a copy in which nothing is new is thrown away.
   * @returns false when something else changed them meanwhile or the work was called off
   */
  async rewrite(group: readonly Segment[], judge: SegmentJudge): Promise<boolean> {
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
        for await (const batch of this.walk(segment, () => (isDamagedNow = true))) {
          const verdict = await judge.judge(batch);
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
export function groupsOf(segments: readonly Segment[], bytesMax: number): readonly (readonly Segment[])[] {
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
