/**
 * A partition's files as far as they are durable, for who copies them while it is written to.
 *
 * Guarantees: while the copy is being worked on nothing is compacted, so segments and state belong together; every byte told of was synced
 * and ends with a whole batch; appends and reads go on, and retention may drop a segment that can still be read through the copy.
 */
import type { DurableEnd } from "./checkpointing.ts";
import type { PartitionFiles } from "./partition-files.ts";
import { encodeState } from "./partition-state.ts";
import type { Segment } from "./segment.ts";

/** A segment as far as it is durable. */
export interface SegmentCopy {
  readonly baseOffset: number;
  /** Durable bytes. */
  readonly size: number;
  /** Fills the target from a position, up to `size`; returns the bytes read. Throws what the disk throws. */
  read(target: Uint8Array, position: number): Promise<number>;
}

/** A partition's files as far as they are durable. */
export interface PartitionCopy {
  readonly startOffset: number;
  /** The offset after the last record that is in it. */
  readonly nextOffset: number;
  /** Bytes of the file `state`. */
  readonly state: Uint8Array;
  readonly segments: readonly SegmentCopy[];
}

/** Hands the files to `work` and keeps them open until it is done. */
export async function copyPartition<Result>(
  files: PartitionFiles,
  end: DurableEnd,
  work: (copy: PartitionCopy) => Promise<Result>,
): Promise<Result> {
  const durable = files.segments.filter((segment) => segment === end.segment || segment.baseOffset < end.offset);
  for (const segment of durable) segment.pin();
  try {
    const segments = durable.map((segment) => segmentCopy(files, segment, end));
    const startOffset = files.startOffset(end.offset);
    return await work({ startOffset, nextOffset: end.offset, state: encodeState(files.state), segments });
  } finally {
    for (const segment of durable) {
      segment.unpin();
      files.keeper.touch(segment);
    }
  }
}

function segmentCopy(files: PartitionFiles, segment: Segment, end: DurableEnd): SegmentCopy {
  const size = segment === end.segment ? end.position : segment.size;
  return {
    baseOffset: segment.baseOffset,
    size,
    read: (target, position) => {
      const bytes = target.subarray(0, Math.max(0, Math.min(target.length, size - position)));
      return bytes.length === 0 ? Promise.resolve(0) : segment.open(files.disk).read(bytes, position);
    },
  };
}
