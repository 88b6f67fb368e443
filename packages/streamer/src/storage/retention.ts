import type { Segment } from "./segment.ts";

/** How long and how much is kept; absent means for ever and everything. */
interface Retention {
  readonly retentionMs?: number | undefined;
  readonly retentionBytes?: number | undefined;
}

/** What a retention decision looks at. */
type RetainedSegment = Pick<Segment, "size" | "maxTimestampMs">;

/**
 * Which of the oldest segments may go. Only whole ones, never the last, and none behind one that stays: the log keeps no holes.
 * A timestamp in the future keeps its segment until that time has come.
 */
export function segmentsToDrop<Kept extends RetainedSegment>(
  segments: readonly Kept[],
  retention: Retention,
  nowMs: number,
): readonly Kept[] {
  let bytes = 0;
  for (const segment of segments) bytes += segment.size;
  const drop: Kept[] = [];
  for (const segment of segments.slice(0, -1)) {
    const old = retention.retentionMs !== undefined && segment.maxTimestampMs < nowMs - retention.retentionMs;
    const spare = retention.retentionBytes !== undefined && bytes - segment.size >= retention.retentionBytes;
    if (!old && !spare) break;
    bytes -= segment.size;
    drop.push(segment);
  }
  return drop;
}
