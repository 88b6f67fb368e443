/**
 * Finishing at the opening what a crash interrupted while compaction put a segment in the place of others.
 *
 * The swap file was durable before it got its name, and it is dense (what compaction removed is told by empty batches), so that it
 * can be checked without knowing anything else. One that is damaged is installed only when the segments it replaces are gone.
 */
import type { Disk } from "./disk.ts";
import { parseSwapName } from "./partition-files.ts";
import { scanSegment } from "./segment-loading.ts";
import { parseSegmentName, Segment } from "./segment.ts";

/** A swap file and the range of offsets it holds. */
interface Swap {
  readonly name: string;
  readonly baseOffset: number;
  readonly nextOffset: number;
}

/** The swap files of a partition. */
export function listSwaps(disk: Disk, directory: string): readonly Swap[] {
  return disk.list(directory).flatMap((name) => {
    const range = parseSwapName(name);
    return range === undefined ? [] : [{ name, ...range }];
  });
}

/** Installs swap files. What a checkpoint or a hash chain says of their offsets must be forgotten before. */
export async function finishSwaps(disk: Disk, directory: string, swaps: readonly Swap[]): Promise<void> {
  for (const swap of swaps) {
    const path = `${directory}/${swap.name}`;
    if (!(await isWhole(disk, path, swap)) && (await coversRange(disk, directory, swap))) {
      // Kept for who wants to know why; the segments it was made from are all there.
      disk.rename(path, `${directory}/${String(swap.baseOffset).padStart(20, "0")}-0.torn`);
      await disk.syncDirectory(directory);
    } else await install(disk, directory, path, swap);
  }
}

async function install(disk: Disk, directory: string, path: string, range: Swap): Promise<void> {
  for (const name of disk.list(directory)) {
    const log = parseSegmentName(name, "log");
    const base = log ?? parseSegmentName(name, "index") ?? parseSegmentName(name, "timeindex");
    if (base === undefined || base < range.baseOffset || base >= range.nextOffset) continue;
    if (log !== range.baseOffset) disk.remove(`${directory}/${name}`);
  }
  await disk.syncDirectory(directory);
  disk.rename(path, new Segment(directory, range.baseOffset).path("log"));
  await disk.syncDirectory(directory);
}

async function isWhole(disk: Disk, path: string, { baseOffset, nextOffset }: Swap): Promise<boolean> {
  const size = disk.size(path) ?? 0;
  const segment = new Segment("", baseOffset);
  segment.adopt(disk.open(path, "read"));
  try {
    const limits = { endPosition: size, offsetBound: nextOffset };
    const outcome = await scanSegment(disk, segment, limits);
    return outcome.damages.length === 0 && outcome.position === size && outcome.nextOffset === nextOffset;
  } finally {
    segment.close();
  }
}

/** True when segments that follow each other without a gap still hold the whole range. */
async function coversRange(disk: Disk, directory: string, range: Swap): Promise<boolean> {
  let offset = range.baseOffset;
  while (offset < range.nextOffset) {
    const segment = new Segment(directory, offset);
    segment.sealed = true;
    const endPosition = disk.size(segment.path("log")) ?? 0;
    if (endPosition === 0) return false;
    const outcome = await scanSegment(disk, segment, { endPosition, offsetBound: range.nextOffset });
    segment.close();
    if (outcome.nextOffset <= offset) return false;
    offset = outcome.nextOffset;
  }
  return true;
}
