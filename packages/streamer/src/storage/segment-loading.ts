/**
 * Getting a segment's index: from its files when their checksums are those the checkpoint remembers, else from the log itself.
 */
import { checksum } from "@kaelix/protocol";

import { type Disk, readWholeFile } from "./disk.ts";
import { type Damage, SegmentWalker, type WalkLimits } from "./scan.ts";
import { SegmentIndex } from "./segment-index.ts";
import type { Segment, SegmentFacts, SegmentFile } from "./segment.ts";

/** How far a scan came. */
export interface ScanOutcome {
  readonly index: SegmentIndex;
  readonly damages: readonly Damage[];
  /** Position after the last valid batch. */
  readonly position: number;
  readonly nextOffset: number;
  readonly batchCount: number;
  readonly recordCount: number;
  /** What stands behind the last valid batch; undefined when nothing does. */
  readonly reason: string | undefined;
}

/** Where a scan goes on. */
export interface ScanStart {
  readonly index: SegmentIndex;
  readonly position: number;
  readonly nextOffset: number;
}

/** Walks all batches of a segment from a place on, checking each. */
export async function scanSegment(
  disk: Disk,
  segment: Segment,
  limits: WalkLimits,
  start?: ScanStart,
): Promise<ScanOutcome> {
  const walker = new SegmentWalker(segment.open(disk), limits);
  const index = start?.index ?? new SegmentIndex(segment.baseOffset);
  const damages: Damage[] = [];
  let position = start?.position ?? 0;
  let nextOffset = start?.nextOffset ?? segment.baseOffset;
  let batchCount = 0;
  let recordCount = 0;
  let reason: string | undefined;
  for (;;) {
    const step = await walker.step(position, nextOffset);
    if (step.type === "end") {
      reason = step.reason;
      break;
    }
    if (step.type === "damage") {
      damages.push(step.damage);
      position = step.damage.endPosition;
      nextOffset = step.damage.nextOffset;
      continue;
    }
    const { header } = step.batch;
    index.add(header.baseOffset, header, position);
    position += header.sizeBytes;
    nextOffset = header.baseOffset + header.lastOffsetDelta + 1;
    batchCount += 1;
    recordCount += header.recordCount;
  }
  return { index, damages, position, nextOffset, batchCount, recordCount, reason };
}

/** The index of a segment; loads or rebuilds it when it is not in memory. */
export async function ensureIndex(disk: Disk, segment: Segment): Promise<SegmentIndex> {
  if (segment.index !== undefined) return segment.index;
  if (segment.loading === undefined) {
    segment.pin();
    segment.loading = loadOrRebuild(disk, segment).finally(() => {
      segment.loading = undefined;
      segment.unpin();
    });
  }
  return segment.loading;
}

async function loadOrRebuild(disk: Disk, segment: Segment): Promise<SegmentIndex> {
  const loaded = loadIndex(disk, segment.baseOffset, segment.indexFacts, segment);
  if (loaded !== undefined) {
    segment.index = loaded;
    return loaded;
  }
  const limits = { endPosition: segment.size, offsetBound: segment.nextOffset };
  const outcome = await scanSegment(disk, segment, limits);
  segment.index = outcome.index;
  segment.damages = mergeDamages(segment.damages, outcome.damages);
  segment.indexFacts = undefined;
  return outcome.index;
}

/** All damages of both lists, each place once, in order. */
export function mergeDamages(known: readonly Damage[], found: readonly Damage[]): readonly Damage[] {
  const fresh = found.filter(
    ({ firstOffset, position }) =>
      !known.some((other) => other.position === position && other.firstOffset === firstOffset),
  );
  return fresh.length === 0
    ? known
    : [...known, ...fresh].sort(
        (left, right) => left.position - right.position || left.firstOffset - right.firstOffset,
      );
}

/** Reads index files; undefined when they are not exactly those that were written. */
export function loadIndex(
  disk: Disk,
  baseOffset: number,
  facts: SegmentFacts | undefined,
  paths: { path(file: SegmentFile): string },
): SegmentIndex | undefined {
  if (facts === undefined || !facts.indexed) return undefined;
  const offsets = readWholeFile(disk, paths.path("index"));
  const times = readWholeFile(disk, paths.path("timeindex"));
  if (offsets === undefined || times === undefined) return undefined;
  if (checksum(offsets) !== facts.indexCrc || checksum(times) !== facts.timeIndexCrc) return undefined;
  return SegmentIndex.decode(baseOffset, offsets, times, facts.size);
}

/** Writes both index files and returns the facts by which they will be believed. Not synced: they are derived. */
export function writeIndex(
  disk: Disk,
  segment: Segment,
  index: SegmentIndex,
  { nextOffset, sealed, size }: Pick<SegmentFacts, "nextOffset" | "sealed" | "size"> = segment,
): SegmentFacts {
  const offsets = index.encodeOffsets();
  const times = index.encodeTimes();
  for (const [file, bytes] of [
    ["index", offsets],
    ["timeindex", times],
  ] as const) {
    disk.remove(segment.path(file));
    const opened = disk.open(segment.path(file), "create");
    try {
      if (bytes.length > 0) opened.write(bytes, 0);
    } finally {
      opened.close();
    }
  }
  return {
    baseOffset: segment.baseOffset,
    size,
    nextOffset,
    maxTimestampMs: Number.isFinite(segment.maxTimestampMs) ? segment.maxTimestampMs : null,
    sealed,
    indexed: true,
    indexCrc: checksum(offsets),
    timeIndexCrc: checksum(times),
    damages: segment.damages,
  };
}
