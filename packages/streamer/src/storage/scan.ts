/**
 * Walking through a segment's batches, and finding the next one behind damage.
 *
 * A batch counts as valid when its magic, length and checksum are right AND the fields the checksum does not cover are what they
 * must be: the base offset is the one that follows (the log is dense) and the leader epoch is the one we write. So every flipped bit
 * is noticed, and costs at most its own batch.
 *
 * Behind damage the next batch is looked for first where the damaged one says it ends, then at every byte: right magic, sane length,
 * right checksum, an offset that the skipped bytes can explain. A base offset that was lost with the sector before the checksum's own
 * reads as zeros, or as a smaller one when a part of it was lost: where it says that nothing was lost before it, it is not believed.
 * Two things could mislead this search: damage in a length field of a batch whose VALUE holds a whole batch with fitting offsets, and
 * the loss of no more than the first bytes of a base offset, when they are not zero and what is left of it lies above the offsets before.
 */
import { BATCH_HEADER_BYTES, type BatchHeader, inspectBatch, readBatchHeader } from "@kaelix/protocol";

import { type DiskFile, SECTOR_BYTES } from "./disk.ts";

/** The leader epoch in every stored batch: leaders never change on one node. */
export const STORED_LEADER_EPOCH = 0;
/** Largest batch that is looked for, whatever a topic allows now: it may have allowed more before. */
export const STORED_BATCH_BYTES_MAX = 2 ** 27;
/** A compressed batch may hold this many records per byte; more is not explained by lost bytes. */
const RECORDS_PER_LOST_BYTE_MAX = 1024;
/** The base offset, and those bytes of the length behind it that are zeros anyway, but for a batch of 16 MiB and more. */
const UNSURE_BYTES = 8 + 3;
const CHUNK_BYTES = 1 << 20;

/** Bytes in a segment that are not batches, and the offsets that are lost with them (none when both are equal). */
export interface Damage {
  readonly firstOffset: number;
  readonly nextOffset: number;
  readonly position: number;
  readonly endPosition: number;
  readonly reason: string;
}

/** A batch in a buffer. */
export interface FoundBatch {
  readonly bytes: Uint8Array;
  /** Where in `bytes` the batch begins. */
  readonly at: number;
  readonly header: BatchHeader;
  /** Where in the segment it begins. */
  readonly position: number;
}

/** One step of a walk. */
export type Step =
  | { readonly type: "batch"; readonly batch: FoundBatch }
  | { readonly type: "damage"; readonly damage: Damage }
  /** Nothing valid follows; `reason` says what stands there, undefined when nothing does. */
  | { readonly type: "end"; readonly reason: string | undefined };

/** What is known about the place that is walked. */
export interface WalkLimits {
  /** First byte not to be read. */
  readonly endPosition: number;
  /** Offsets from here on belong to the next segment. */
  readonly offsetBound: number;
}

/** Gives room to read into; what is in it before does not matter. */
export type Allocate = (bytes: number) => Uint8Array;

/** Reads a segment batch by batch through one growing window. */
export class SegmentWalker {
  readonly #file: DiskFile;
  readonly #limits: WalkLimits;
  readonly #chunkBytes: number;
  readonly #allocate: Allocate;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;

  constructor(
    file: DiskFile,
    limits: WalkLimits,
    chunkBytes = CHUNK_BYTES,
    allocate: Allocate = (bytes) => new Uint8Array(bytes),
  ) {
    this.#file = file;
    this.#allocate = allocate;
    this.#limits = limits;
    this.#chunkBytes = Math.max(chunkBytes, BATCH_HEADER_BYTES);
  }

  /**
   * What stands at a position.
   * @param expectedOffset the base offset that must stand there
   */
  async step(position: number, expectedOffset: number): Promise<Step> {
    if (position >= this.#limits.endPosition) return { type: "end", reason: undefined };
    const found = await this.inspect(position);
    if (typeof found !== "string" && found.header.baseOffset === expectedOffset) return { type: "batch", batch: found };
    const reason = typeof found === "string" ? found : "base offset does not follow the one before";
    const next = await this.#findNext(position, expectedOffset);
    if (next === undefined) return { type: "end", reason };
    const damage = {
      firstOffset: expectedOffset,
      nextOffset: next.header.baseOffset,
      position,
      endPosition: next.position,
      reason,
    };
    return { type: "damage", damage };
  }

  /** A valid batch at a position whatever its offset, or why there is none. */
  async inspect(position: number): Promise<FoundBatch | string> {
    const { endPosition } = this.#limits;
    if (endPosition - position < BATCH_HEADER_BYTES) return "batch is cut off";
    await this.#load(position, BATCH_HEADER_BYTES);
    let inspection = this.#inspectWindow(position);
    if (inspection.type === "incomplete") {
      if (inspection.bytesNeeded > STORED_BATCH_BYTES_MAX) return "batch length is wrong";
      if (position + inspection.bytesNeeded > endPosition) return "batch is cut off";
      await this.#load(position, inspection.bytesNeeded);
      inspection = this.#inspectWindow(position);
    }
    if (inspection.type === "incomplete") return "batch is cut off";
    if (inspection.type === "bad") return `batch ${inspection.reason} is wrong`;
    if (inspection.header.leaderEpoch !== STORED_LEADER_EPOCH) return "batch leader epoch is wrong";
    return { bytes: this.#window, at: position - this.#windowStart, header: inspection.header, position };
  }

  /** True when the whole batch at a position is in memory already. */
  holds(position: number): boolean {
    const header = readBatchHeader(this.#window, position - this.#windowStart);
    return header !== undefined && position - this.#windowStart + header.sizeBytes <= this.#window.length;
  }

  #inspectWindow(position: number): ReturnType<typeof inspectBatch> {
    return inspectBatch(this.#window, position - this.#windowStart, this.#window.length, STORED_BATCH_BYTES_MAX);
  }

  /** Makes `bytes` bytes from a position stand in the window, as far as the file has them. */
  async #load(position: number, bytes: number): Promise<void> {
    const windowEnd = this.#windowStart + this.#window.length;
    if (position >= this.#windowStart && position + bytes <= windowEnd) return;
    const wanted = Math.min(Math.max(bytes, this.#chunkBytes), this.#limits.endPosition - position);
    // A new buffer each time: batches handed out are views into the old one.
    const buffer = this.#allocate(wanted);
    const read = await this.#file.read(buffer, position);
    this.#window = buffer.subarray(0, read);
    this.#windowStart = position;
  }

  async #findNext(position: number, expectedOffset: number): Promise<FoundBatch | undefined> {
    await this.#load(position, BATCH_HEADER_BYTES);
    const broken = readBatchHeader(this.#window, position - this.#windowStart);
    if (broken !== undefined && broken.sizeBytes >= BATCH_HEADER_BYTES) {
      const claimed = await this.#accept(position, position + broken.sizeBytes, expectedOffset);
      if (claimed !== undefined) return claimed;
    }
    for (let at = position + 1; at + BATCH_HEADER_BYTES <= this.#limits.endPosition;) {
      await this.#load(at, BATCH_HEADER_BYTES);
      if (this.#windowStart + this.#window.length - at < BATCH_HEADER_BYTES) return undefined;
      const candidate = this.#nextCandidate(at);
      if (candidate.plausible) {
        const found = await this.#accept(position, candidate.position, expectedOffset);
        if (found !== undefined) return found;
        at = candidate.position + 1;
      } else at = Math.max(candidate.position, at + 1);
    }
    return undefined;
  }

  /** The next place in the window where the magic byte fits, or where the next window has to begin. */
  #nextCandidate(position: number): { readonly position: number; readonly plausible: boolean } {
    const from = position - this.#windowStart;
    const magicAt = this.#window.indexOf(2, from + 16);
    const start = magicAt - 16;
    if (magicAt < 0 || start + BATCH_HEADER_BYTES > this.#window.length) {
      const rest = magicAt < 0 ? this.#window.length - 16 : start;
      return { position: this.#windowStart + rest, plausible: false };
    }
    return { position: this.#windowStart + start, plausible: true };
  }

  async #accept(damageStart: number, position: number, expectedOffset: number): Promise<FoundBatch | undefined> {
    if (position + BATCH_HEADER_BYTES > this.#limits.endPosition) return undefined;
    await this.#load(position, BATCH_HEADER_BYTES);
    const header = readBatchHeader(this.#window, position - this.#windowStart);
    if (header === undefined || !this.#isPlausible(header, position - damageStart, expectedOffset)) return undefined;
    // Every batch takes an offset: where bytes were lost and none with them, it is not the base offset that was written.
    if (header.baseOffset === expectedOffset && isBaseOffsetApart(position)) return undefined;
    const found = await this.inspect(position);
    return typeof found === "string" ? undefined : found;
  }

  #isPlausible(header: BatchHeader, skippedBytes: number, expectedOffset: number): boolean {
    const lostOffsets = header.baseOffset - expectedOffset;
    const shape =
      header.magic === 2 &&
      header.sizeBytes >= BATCH_HEADER_BYTES &&
      header.sizeBytes <= STORED_BATCH_BYTES_MAX &&
      header.leaderEpoch === STORED_LEADER_EPOCH &&
      header.lastOffsetDelta >= 0;
    const explained = lostOffsets >= 0 && lostOffsets <= skippedBytes * RECORDS_PER_LOST_BYTE_MAX;
    return shape && explained && header.baseOffset + header.lastOffsetDelta < this.#limits.offsetBound;
  }
}

/**
 * True when the base offset of a batch at a position, or a part of it, stands in a sector that may have been lost without anything else
 * of the batch being wrong.
 */
function isBaseOffsetApart(position: number): boolean {
  return position % SECTOR_BYTES >= SECTOR_BYTES - UNSURE_BYTES;
}
