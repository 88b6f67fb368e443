/** The end of a partition that is appended to: which segment takes the next batch, when a new one begins, and writing into it. */
import type { Clock } from "@kaelix/base";

import type { DurableEnd } from "./checkpointing.ts";
import type { PartitionSettings } from "./contract.ts";
import { isDiskFull } from "./disk.ts";
import { refusal } from "./errors.ts";
import type { PartitionFiles } from "./partition-files.ts";
import { ROOM_BYTES_MAX, ROOM_BYTES_MIN, roomAt } from "./room.ts";
import { SegmentIndex } from "./segment-index.ts";
import { Segment } from "./segment.ts";

const RELATIVE_OFFSET_MAX = 2 ** 31 - 1;

/** A batch that looks for its place. */
interface Incoming {
  readonly baseOffset: number;
  readonly lastOffsetDelta: number;
  readonly bytes: number;
}

/** See the top of the file. */
export class AppendEnd {
  /** True when a segment's name is not durable yet. */
  directoryChanged = false;
  #mustRoll: boolean;
  readonly #files: PartitionFiles;
  readonly #clock: Clock;

  constructor(files: PartitionFiles, clock: Clock, mustRoll: boolean) {
    this.#files = files;
    this.#clock = clock;
    this.#mustRoll = mustRoll;
  }

  /** Begins a new segment with the next append. */
  roll(): void {
    if ((this.#files.segments.at(-1)?.size ?? 0) > 0) this.#mustRoll = true;
  }

  /** Monotonic ms since the active segment's first append by this process; 0 when there was none. */
  ageMs(): number {
    const first = this.#files.segments.at(-1)?.firstAppendMs;
    return first === undefined ? 0 : this.#clock.monotonicMs() - first;
  }

  /** The segment that takes a batch; begins one when the last is full, old, sealed or too far away. */
  segmentFor(batch: Incoming, settings: PartitionSettings): Segment {
    const active = this.#files.segments.at(-1);
    if (active === undefined || this.#mustRoll || active.sealed) return this.begin(batch.baseOffset);
    const age = this.ageMs();
    active.firstAppendMs ??= this.#clock.monotonicMs();
    if (active.size === 0) return active;
    const full = active.size + batch.bytes > settings.segmentBytesMax || age > settings.segmentAgeMsMax;
    const far = batch.baseOffset + batch.lastOffsetDelta - active.baseOffset > RELATIVE_OFFSET_MAX;
    return full || far ? this.begin(batch.baseOffset) : active;
  }

  /** Begins a segment and seals the one before. Throws `log-disk-full`, `log-disk-failed`. */
  begin(baseOffset: number): Segment {
    const { directory, disk, keeper, segments } = this.#files;
    const segment = new Segment(directory, baseOffset);
    keeper.touch(segment);
    try {
      segment.open(disk, "create");
    } catch (error) {
      throw refusal(error);
    }
    this.dropRoom();
    const before = segments.at(-1);
    if (before !== undefined) before.sealed = true;
    segment.index = new SegmentIndex(baseOffset);
    segment.firstAppendMs = this.#clock.monotonicMs();
    segments.push(segment);
    this.directoryChanged = true;
    this.#mustRoll = false;
    return segment;
  }

  /** Writes a batch behind a segment's last one, or nothing. Throws what the disk throws. */
  write(segment: Segment, bytes: Uint8Array): void {
    const { disk, keeper } = this.#files;
    if (!segment.isOpen) keeper.touch(segment);
    const file = segment.open(disk, "write");
    try {
      file.write(bytes, segment.size);
    } catch (error) {
      segment.roomEnd = 0;
      try {
        file.truncate(segment.size);
      } catch {
        // The next write begins at the same position; what is left behind it has no valid batch and is cut on opening.
      }
      if (!isDiskFull(error)) this.roll();
      throw error;
    }
  }

  /**
   * Writes room behind a segment's last batch when it has outgrown what it had: the sync that follows has to write where the file ends anyway.
   * As much again as it holds, so that many small partitions stay small. What cannot be written is not missed.
   * @param syncBytes what that sync brings; none is made for so much that it would hold little more
   */
  makeRoom(segment: Segment, syncBytes: number, settings: PartitionSettings): void {
    const { roomEnd, size } = segment;
    if (size <= roomEnd || syncBytes > ROOM_BYTES_MAX / 2) return;
    const room = Math.min(Math.max(size, ROOM_BYTES_MIN), ROOM_BYTES_MAX, settings.segmentBytesMax - size);
    if (room <= 0) return;
    const file = segment.open(this.#files.disk, "write");
    try {
      file.write(roomAt(size, room), size);
      segment.roomEnd = size + room;
    } catch {
      // Not again in this segment: a disk that is full has better uses for its last bytes.
      segment.roomEnd = Number.POSITIVE_INFINITY;
      tryOn(() => file.truncate(size));
    }
  }

  /** Cuts the newest segment to its batches. A file that cannot be cut is as good: nothing looks behind its size. */
  dropRoom(): void {
    const segment = this.#files.segments.at(-1);
    if (segment === undefined || segment.roomEnd <= segment.size) return;
    segment.roomEnd = 0;
    const { disk, keeper } = this.#files;
    if (!segment.isOpen) keeper.touch(segment);
    tryOn(() => segment.open(disk, "write").truncate(segment.size));
  }

  /** Hides everything that is not durable, and cuts it off where the disk still allows it. */
  hideBehind({ offset, position, segment: durable }: DurableEnd): void {
    const { segments } = this.#files;
    for (const segment of [...segments].reverse()) {
      if (segment === durable || segment.nextOffset <= offset) break;
      // The first one stays, empty, so that the partition still begins where its readers do.
      if (segments.length === 1) this.#sealAt(segment, 0, segment.baseOffset);
      else this.#forget(segment);
    }
    if (durable !== undefined && segments.at(-1) === durable) this.#sealAt(durable, position, offset);
  }

  #sealAt(segment: Segment, position: number, nextOffset: number): void {
    segment.sealed = true;
    segment.roomEnd = 0;
    segment.size = position;
    segment.nextOffset = nextOffset;
    segment.index = undefined;
    segment.indexFacts = undefined;
    tryOn(() => segment.open(this.#files.disk, "write").truncate(position));
  }

  /** Removes the newest segment when it was begun and nothing was written to it. */
  forgetEmpty(): void {
    const newest = this.#files.segments.at(-1);
    if (newest?.sealed === false && newest.size === 0) this.#forget(newest);
  }

  /** Removes the newest segment, of which nothing is durable. */
  #forget(segment: Segment): void {
    this.#files.segments.pop();
    segment.close();
    tryOn(() => this.#files.disk.remove(segment.path("log")));
  }
}

function tryOn(work: () => void): void {
  try {
    work();
  } catch {
    // The disk has failed already; what cannot be removed is hidden by the checkpoint.
  }
}
