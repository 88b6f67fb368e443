/**
 * The newest batches in memory, so that readers at the end of a partition need not read from the disk.
 *
 *     older  | batch | batch | batch |      what was written before, whole
 *     newer  | batch | batch | …            the next batch goes here; when it does not fit, the older block is begun anew
 *
 * Batches are copied in, and out again for every reader: whoever appended has its bytes back at once, and at full speed nothing is left
 * to the collector. Holds a bounded number of bytes without a gap; is emptied when something was appended that it may not keep.
 */
import { readBatchHeader } from "@kaelix/protocol";

import type { Allocate, FoundBatch } from "./scan.ts";

const BLOCK_BYTES_MIN = 1 << 12;
const BLOCK_BYTES_MAX = 1 << 17;

/** The tail of one partition. */
export class TailCache {
  #older = new Block();
  #newer = new Block();

  /** Adds the batch that was just appended; its offsets are written in it already. */
  add(bytes: Uint8Array, baseOffset: number, nextOffset: number): void {
    if (bytes.length > BLOCK_BYTES_MAX) {
      this.clear();
      return;
    }
    if (!this.#newer.fits(bytes.length)) {
      [this.#older, this.#newer] = [this.#newer, this.#older];
      this.#newer.clear();
    }
    this.#newer.add(bytes, baseOffset, nextOffset);
  }

  clear(): void {
    this.#older.clear();
    this.#newer.clear();
  }

  /**
   * Batches from an offset on; undefined when it is not in here.
   * @param allocate where they are copied to, those of each block by themselves
   */
  read(
    offset: number,
    bytesMax: number,
    visibleEnd: number,
    allocate: Allocate = allocateFresh,
  ): { readonly batches: readonly FoundBatch[]; readonly nextOffset: number } | undefined {
    const isOld = offset < this.#newer.baseOffset;
    const block = isOld ? this.#older : this.#newer;
    if (offset < block.baseOffset || offset >= block.nextOffset) return undefined;
    const first = block.read(offset, { bytesMax, visibleEnd, allocate });
    const left = bytesMax - first.bytes;
    const { baseOffset, firstBytes } = this.#newer;
    if (!isOld || first.nextOffset !== baseOffset || baseOffset >= visibleEnd || firstBytes > left) return first;
    const second = this.#newer.read(first.nextOffset, { bytesMax: left, visibleEnd, allocate });
    return { batches: [...first.batches, ...second.batches], nextOffset: second.nextOffset };
  }
}

function allocateFresh(bytes: number): Uint8Array {
  return new Uint8Array(bytes);
}

interface BlockRead {
  readonly bytesMax: number;
  readonly visibleEnd: number;
  readonly allocate: Allocate;
}

/** Batches one behind the other; of those behind `#count` the arrays still hold what is old. */
class Block {
  #room = new Uint8Array(0);
  #used = 0;
  #count = 0;
  readonly #baseOffsets: number[] = [];
  /** Where each batch ends in the room. */
  readonly #ends: number[] = [];
  /** Offset after the newest batch; 0 when there is none. */
  nextOffset = 0;

  /** Offset of the oldest batch; Infinity when there is none. */
  get baseOffset(): number {
    return this.#count === 0 ? Number.POSITIVE_INFINITY : (this.#baseOffsets[0] ?? 0);
  }

  /** Bytes of the oldest batch; 0 when there is none. */
  get firstBytes(): number {
    return this.#count === 0 ? 0 : (this.#ends[0] ?? 0);
  }

  fits(bytes: number): boolean {
    return this.#used + bytes <= BLOCK_BYTES_MAX;
  }

  clear(): void {
    this.#used = 0;
    this.#count = 0;
    this.nextOffset = 0;
  }

  add(bytes: Uint8Array, baseOffset: number, nextOffset: number): void {
    this.#reserve(this.#used + bytes.length);
    this.#room.set(bytes, this.#used);
    this.#used += bytes.length;
    this.#baseOffsets[this.#count] = baseOffset;
    this.#ends[this.#count] = this.#used;
    this.#count += 1;
    this.nextOffset = nextOffset;
  }

  /** Few partitions are busy: room grows with what is appended. */
  #reserve(bytes: number): void {
    if (bytes <= this.#room.length) return;
    const grown = new Uint8Array(Math.max(BLOCK_BYTES_MIN, 2 ** Math.ceil(Math.log2(bytes))));
    grown.set(this.#room.subarray(0, this.#used));
    this.#room = grown;
  }

  read(
    offset: number,
    { allocate, bytesMax, visibleEnd }: BlockRead,
  ): { readonly batches: readonly FoundBatch[]; readonly nextOffset: number; readonly bytes: number } {
    const first = this.#indexOf(offset);
    const start = this.#ends[first - 1] ?? 0;
    let last = first;
    while (this.#isVisible(last, visibleEnd) && (last === first || (this.#ends[last] ?? 0) - start <= bytesMax))
      last += 1;
    const copy = allocate((this.#ends[last - 1] ?? start) - start);
    copy.set(this.#room.subarray(start, start + copy.length));
    const batches: FoundBatch[] = [];
    for (let at = 0, index = first; index < last; index += 1) {
      const header = readBatchHeader(copy, at);
      if (header === undefined) break;
      batches.push({ bytes: copy, at, header, position: -1 });
      at = (this.#ends[index] ?? 0) - start;
    }
    const nextOffset = last === this.#count ? this.nextOffset : (this.#baseOffsets[last] ?? offset);
    return { batches, nextOffset: last === first ? offset : nextOffset, bytes: copy.length };
  }

  #isVisible(index: number, visibleEnd: number): boolean {
    return index < this.#count && (this.#baseOffsets[index] ?? 0) < visibleEnd;
  }

  /** Index of the batch that holds an offset, which is in this block. */
  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#baseOffsets[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
