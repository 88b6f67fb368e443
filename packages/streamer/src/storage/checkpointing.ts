/** Gathers what a partition's checkpoint says of each segment, writing index files of those that are complete. */
import { CHECKPOINT_NAME, encodeCheckpoint } from "./checkpoint.ts";
import { type Disk, writeFileAtomically } from "./disk.ts";
import { writeIndex } from "./segment-loading.ts";
import type { Segment, SegmentFacts } from "./segment.ts";

/** How far a partition is on the disk. */
export interface DurableEnd {
  readonly offset: number;
  /** The segment that was active then; undefined when there was none. */
  readonly segment: Segment | undefined;
  /** Bytes of that segment that are durable. */
  readonly position: number;
}

/** What a checkpoint is made from. */
interface CheckpointSource {
  readonly disk: Disk;
  readonly directory: string;
  readonly segments: readonly Segment[];
  readonly durable: DurableEnd;
  /** True when nothing is pending: then the active segment's index is kept too. */
  readonly clean: boolean;
  readonly startOffset: number;
  readonly chainHead: string;
}

/** Writes a partition's checkpoint atomically. It says nothing of what is not durable. */
export async function writeCheckpoint(source: CheckpointSource): Promise<void> {
  const segments: SegmentFacts[] = [];
  for (const segment of source.segments) {
    // One that begins at the durable end may hold a lot already, none of it durable.
    const isDurable = segment === source.durable.segment || segment.baseOffset < source.durable.offset;
    if (isDurable) segments.push(factsOf(source, segment));
  }
  const { chainHead, startOffset } = source;
  const bytes = encodeCheckpoint({ segments, endOffset: source.durable.offset, startOffset, chainHead });
  await writeFileAtomically(source.disk, `${source.directory}/${CHECKPOINT_NAME}`, bytes);
}

function factsOf({ clean, disk, durable }: CheckpointSource, segment: Segment): SegmentFacts {
  const active = segment === durable.segment;
  const whole = active ? clean && segment.size === durable.position : segment.nextOffset <= durable.offset;
  const { indexFacts } = segment;
  if (whole && indexFacts?.size === segment.size && indexFacts.sealed === segment.sealed) {
    return { ...indexFacts, damages: segment.damages };
  }
  if (whole && segment.index !== undefined) {
    segment.indexFacts = writeIndex(disk, segment, segment.index);
    return segment.indexFacts;
  }
  // With an index as far as it is durable an opening after a crash goes on from there, instead of reading the segment from its beginning.
  if (active && segment.index !== undefined && durable.position > 0) {
    const { offset: nextOffset, position: size } = durable;
    return writeIndex(disk, segment, segment.index.before(size, nextOffset), { nextOffset, size, sealed: false });
  }
  return {
    baseOffset: segment.baseOffset,
    size: active ? durable.position : segment.size,
    nextOffset: active ? durable.offset : segment.nextOffset,
    // Of the active segment it may tell of records behind those: a segment is rather kept too long than dropped too early.
    maxTimestampMs: Number.isFinite(segment.maxTimestampMs) ? segment.maxTimestampMs : null,
    sealed: whole && segment.sealed,
    indexed: false,
    indexCrc: 0,
    timeIndexCrc: 0,
    damages: segment.damages,
  };
}
