/**
 * The newest batches in memory, so that readers at the end of a partition need not read from the disk.
 * Holds a bounded number of bytes of whole batches without a gap; is emptied when something was appended that it may not keep.
 */
import type { BatchHeader } from "@kaelix/protocol";

import type { FoundBatch } from "./scan.ts";

const BYTES_MAX = 1 << 18;
const BATCHES_MAX = 1024;

/** The tail of one partition. */
export class TailCache {
  #batches: FoundBatch[] = [];
  #first = 0;
  #bytes = 0;

  /** Adds the batch that was just appended. */
  add(bytes: Uint8Array, header: BatchHeader, baseOffset: number): void {
    this.#batches.push({ bytes, at: 0, header: { ...header, baseOffset }, position: -1 });
    this.#bytes += bytes.length;
    while (this.#bytes > BYTES_MAX || this.#batches.length - this.#first > BATCHES_MAX) {
      this.#bytes -= this.#batches[this.#first]?.bytes.length ?? 0;
      this.#first += 1;
    }
    if (this.#first > BATCHES_MAX) {
      this.#batches = this.#batches.slice(this.#first);
      this.#first = 0;
    }
  }

  clear(): void {
    if (this.#batches.length === 0) return;
    this.#batches = [];
    this.#first = 0;
    this.#bytes = 0;
  }

  /** Batches from an offset on; undefined when it is not in here. */
  read(
    offset: number,
    bytesMax: number,
    visibleEnd: number,
  ): { readonly batches: readonly FoundBatch[]; readonly nextOffset: number } | undefined {
    const oldest = this.#batches[this.#first];
    if (oldest === undefined || oldest.header.baseOffset > offset) return undefined;
    let at = this.#batches.length - 1;
    while ((this.#batches[at]?.header.baseOffset ?? 0) > offset) at -= 1;
    const batches: FoundBatch[] = [];
    let nextOffset = offset;
    let bytes = 0;
    for (; at < this.#batches.length; at += 1) {
      const batch = this.#batches[at];
      if (batch === undefined || batch.header.baseOffset >= visibleEnd) break;
      if (batches.length > 0 && bytes + batch.bytes.length > bytesMax) break;
      batches.push(batch);
      bytes += batch.bytes.length;
      nextOffset = batch.header.baseOffset + batch.header.lastOffsetDelta + 1;
    }
    return { batches, nextOffset };
  }
}
