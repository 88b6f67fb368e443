/**
 * Room written ahead of a segment's batches.
 *
 *     | batch | batch | mark mark mark … |          a file while it is appended to and waited for
 *                     ↑ size             ↑ end of the file
 *
 * A file that grows makes each fdatasync write where it ends, too: a second write that waits for the first. Where bytes stand already it
 * writes them alone, which takes a third less time. Segments are cut to their batches when they are sealed and at a clean stop.
 *
 * Guarantees: the mark is no batch, from whatever position it is read: no byte of it is a batch's magic, and as a length it is more than
 * any segment has, at which Kafka's own tools end, too. It is no zeros, which a disk may show instead of what was durable. So a whole
 * sector of it shows where something was written that never came to the disk. Syncs make a log durable from front to back: nothing
 * behind such a sector was acknowledged.
 */
import { encodeText } from "@kaelix/base";

import { type DiskFile, SECTOR_BYTES } from "./disk.ts";
import type { Damage } from "./scan.ts";

/** Most that is written ahead at once. */
export const ROOM_BYTES_MAX = 256 * 1024;
/** Least that is. */
export const ROOM_BYTES_MIN = 16 * 1024;
/** Less of the mark than this may stand there by chance. */
const SHOWN_BYTES_MIN = 16;
const SLICE_BYTES = 64 * 1024;
const MARK = encodeText("~written~ahead~~");
const MARKS = new Uint8Array(ROOM_BYTES_MAX + MARK.length).map((_, at) => MARK[at % MARK.length] ?? 0);

/** What stands at a position of a file as long as nothing was written there: at most ROOM_BYTES_MAX bytes, not to be changed. */
export function roomAt(position: number, bytes: number): Uint8Array {
  const start = position % MARK.length;
  return MARKS.subarray(start, start + bytes);
}

/**
 * Where what was written ends, of a file's bytes from `start` to `end`: what is behind it is room.
 * A few bytes that a torn batch may well end with are not taken for it.
 */
export async function endOfWritten(file: DiskFile, start: number, end: number): Promise<number> {
  const slice = new Uint8Array(SLICE_BYTES);
  for (let high = end; high > start;) {
    const low = Math.max(start, high - SLICE_BYTES);
    const read = await file.read(slice.subarray(0, high - low), low);
    for (let at = low + read; at > low; at -= 1) {
      if (slice[at - 1 - low] !== markAt(at - 1)) return end - at < SHOWN_BYTES_MIN ? end : at;
    }
    high = low;
  }
  return start;
}

/**
 * The first of some damages in which something was written that never came to the disk.
 * @param floor position before which all was durable once
 */
export async function unwrittenDamage(
  file: DiskFile,
  damages: readonly Damage[],
  floor: number,
): Promise<Damage | undefined> {
  for (const damage of damages) {
    if (damage.position >= floor && (await holdsRoom(file, damage))) return damage;
  }
  return undefined;
}

async function holdsRoom(file: DiskFile, { endPosition, position }: Damage): Promise<boolean> {
  const slice = new Uint8Array(SLICE_BYTES);
  let sectorEnd = position - (position % SECTOR_BYTES) + SECTOR_BYTES;
  for (let low = position; sectorEnd <= endPosition;) {
    const read = await file.read(slice.subarray(0, Math.min(SLICE_BYTES, endPosition - low)), low);
    const high = low + read;
    let start = low;
    for (; sectorEnd <= high; start = sectorEnd, sectorEnd += SECTOR_BYTES) {
      const sector = slice.subarray(start - low, sectorEnd - low);
      const from = start;
      if (sector.length >= SHOWN_BYTES_MIN && sector.every((byte, at) => byte === markAt(from + at))) return true;
    }
    if (start === low) return false;
    low = start;
  }
  return false;
}

function markAt(position: number): number {
  return MARK[position % MARK.length] ?? 0;
}
