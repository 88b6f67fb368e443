/**
 * Reading a partition's batches from an offset on.
 *
 * Every batch is checked (checksum, density) before it is handed out, so bit rot under a running process is found too. What cannot be
 * read is named and stepped over. An index is a hint: a wrong one costs time, never a wrong answer.
 */
import { isFiller } from "./batch-cleaning.ts";
import type { DamagedRange, PartitionRead } from "./contract.ts";
import type { Disk } from "./disk.ts";
import { type Allocate, type FoundBatch, SegmentWalker, type Step } from "./scan.ts";
import type { Segment } from "./segment.ts";
import { ensureIndex } from "./segment-loading.ts";

const INDEX_TRIES_MAX = 4;
const SEGMENTS_PER_READ_MAX = 10_000;
const CHUNK_BYTES_MAX = 4 * 2 ** 20;

/** What a read looks at. */
interface ReadSource {
  readonly disk: Disk;
  readonly segments: readonly Segment[];
  /** Records from here on are not shown. */
  readonly visibleEnd: number;
  /** Where the visible end stands, when that is known: what is behind it in a growing segment is not read. */
  readonly visibleAt?: { readonly segment: Segment | undefined; readonly position: number } | undefined;
  /** Where batches are read into; they are views of it. Default: memory of their own. */
  readonly allocate?: Allocate | undefined;
}

/** Reads from one segment, stepping over damage and gaps until there is a batch or the visible end. */
export async function readBatches(source: ReadSource, offset: number, bytesMax: number): Promise<PartitionRead> {
  const damaged: DamagedRange[] = [];
  let nextOffset = offset;
  for (let tries = 0; tries < SEGMENTS_PER_READ_MAX && nextOffset < source.visibleEnd; tries += 1) {
    const at = findSegment(source.segments, nextOffset);
    const segment = source.segments[at];
    if (segment !== undefined && nextOffset < segment.nextOffset) {
      // Pinned, so that nobody closes its file between two reads and another gets the descriptor.
      segment.pin();
      const part = await readSegment(source, segment, nextOffset, bytesMax >= 1 ? bytesMax : 1).finally(() =>
        segment.unpin(),
      );
      damaged.push(...part.damaged);
      nextOffset = part.nextOffset;
      if (part.batches.length > 0) return { ...part, nextOffset, endOffset: source.visibleEnd, damaged };
    } else {
      const gapEnd = Math.min(source.segments[at + 1]?.baseOffset ?? source.visibleEnd, source.visibleEnd);
      damaged.push({ firstOffset: nextOffset, nextOffset: gapEnd, reason: "no records were kept here" });
      nextOffset = gapEnd;
    }
  }
  return { batches: [], nextOffset, endOffset: source.visibleEnd, damaged };
}

/** Index of the last segment that begins at or before an offset; -1 when there is none. */
function findSegment(segments: readonly Segment[], offset: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((segments[middle]?.baseOffset ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

interface SegmentPart {
  readonly batches: FoundBatch[];
  readonly nextOffset: number;
  readonly damaged: DamagedRange[];
}

async function readSegment(
  source: ReadSource,
  segment: Segment,
  offset: number,
  bytesMax: number,
): Promise<SegmentPart> {
  const { disk, visibleAt, visibleEnd } = source;
  const limits =
    visibleAt?.segment === segment && !segment.sealed
      ? { endPosition: visibleAt.position, offsetBound: visibleEnd }
      : { endPosition: segment.size, offsetBound: segment.nextOffset };
  const chunkBytes = Math.min(bytesMax, limits.endPosition, CHUNK_BYTES_MAX);
  const walker = new SegmentWalker(segment.open(disk), limits, chunkBytes, source.allocate);
  const batches: FoundBatch[] = [];
  const damaged: DamagedRange[] = [];
  let { position, expected } = await findStart(source, segment, walker, offset);
  let bytes = 0;
  while (expected < limits.offsetBound && expected < visibleEnd && bytes < bytesMax) {
    if (batches.length > 0 && !walker.holds(position)) break;
    const step = knownDamage(segment, position, expected) ?? (await walker.step(position, expected));
    if (step.type === "end") {
      rememberDamage(segment, { position, expected, limits, reason: step.reason });
      damaged.push({
        firstOffset: Math.max(expected, offset),
        nextOffset: limits.offsetBound,
        reason: step.reason ?? "file ends early",
      });
      expected = limits.offsetBound;
    } else if (step.type === "damage") {
      if (!segment.damages.includes(step.damage)) segment.damages = [...segment.damages, step.damage];
      const { nextOffset, reason } = step.damage;
      if (nextOffset > offset && nextOffset > expected) {
        damaged.push({ firstOffset: Math.max(expected, offset), nextOffset, reason });
      }
      position = step.damage.endPosition;
      expected = nextOffset;
    } else {
      const { header } = step.batch;
      if (batches.length > 0 && bytes + header.sizeBytes > bytesMax && !isFiller(header)) break;
      position += header.sizeBytes;
      expected = header.baseOffset + header.lastOffsetDelta + 1;
      // What compaction removed was there once: no damage, and nothing to hand out.
      if (expected <= offset || isFiller(header)) continue;
      batches.push(step.batch);
      bytes += header.sizeBytes;
    }
  }
  return { batches, nextOffset: Math.max(expected, offset), damaged };
}

interface Start {
  readonly position: number;
  readonly expected: number;
}

async function findStart(source: ReadSource, segment: Segment, walker: SegmentWalker, offset: number): Promise<Start> {
  const index = await ensureIndex(source.disk, segment);
  let tries = 0;
  for (const entry of index.entriesBefore(offset)) {
    if (entry.lastOffset === undefined || tries >= INDEX_TRIES_MAX) break;
    tries += 1;
    const found = await walker.inspect(entry.position);
    if (typeof found === "string") continue;
    if (found.header.baseOffset + found.header.lastOffsetDelta !== entry.lastOffset) continue;
    return { position: entry.position, expected: found.header.baseOffset };
  }
  return { position: 0, expected: segment.baseOffset };
}

function knownDamage(segment: Segment, position: number, expected: number): Step | undefined {
  if (segment.damages.length === 0) return undefined;
  const damage = segment.damages.find(
    (known) =>
      known.position === position &&
      known.firstOffset === expected &&
      (known.nextOffset > expected || known.endPosition > position),
  );
  return damage === undefined ? undefined : { type: "damage", damage };
}

interface EndOfReadable {
  readonly position: number;
  readonly expected: number;
  readonly limits: { readonly endPosition: number; readonly offsetBound: number };
  readonly reason: string | undefined;
}

function rememberDamage(segment: Segment, end: EndOfReadable): void {
  // The active segment grows: what follows later is not part of this damage.
  if (!segment.sealed) return;
  const damage = {
    firstOffset: end.expected,
    nextOffset: end.limits.offsetBound,
    position: end.position,
    endPosition: end.limits.endPosition,
    reason: end.reason ?? "file ends early",
  };
  segment.damages = [...segment.damages, damage];
}
