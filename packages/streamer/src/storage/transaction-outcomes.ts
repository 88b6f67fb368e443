/**
 * How transactions ended, told from the batches of one partition in order: a batch of a producer that is marked as transactional
 * belongs to the transaction that the producer's next control batch ends.
 */
import { isControlBatch, isTransactionalBatch, readControlKey } from "@kaelix/protocol";

import type { OpenedBatch } from "./batch-cleaning.ts";
import type { FoundBatch } from "./scan.ts";

interface AbortedRange {
  readonly firstOffset: number;
  readonly markerOffset: number;
}

/** See the top of the file. */
export class TransactionOutcomes {
  readonly #open = new Map<number, number>();
  readonly #aborted = new Map<number, AbortedRange[]>();

  /** Tells of the next batch; a control batch comes with its records. */
  add({ header }: FoundBatch, opened: OpenedBatch | undefined): void {
    const { baseOffset, producerId } = header;
    if (!isTransactionalBatch(header) || producerId < 0) return;
    if (!isControlBatch(header)) {
      if (!this.#open.has(producerId)) this.#open.set(producerId, baseOffset);
      return;
    }
    const firstOffset = this.#open.get(producerId);
    this.#open.delete(producerId);
    if (firstOffset === undefined || readControlKey(opened?.records[0]?.key ?? null) !== "abort") return;
    const ranges = this.#aborted.get(producerId) ?? [];
    this.#aborted.set(producerId, ranges);
    ranges.push({ firstOffset, markerOffset: baseOffset });
  }

  /** Tells that batches are lost here: what was open may have ended in them, so nothing of it counts as aborted. */
  skip(): void {
    this.#open.clear();
  }

  /** First offset of the oldest transaction that has not ended; `none` when all have. */
  firstOpenOffset(none: number): number {
    let first = none;
    for (const offset of this.#open.values()) first = Math.min(first, offset);
    return first;
  }

  /** True for a batch of records that an aborted transaction wrote. */
  isAborted({ header }: FoundBatch): boolean {
    if (!isTransactionalBatch(header) || isControlBatch(header)) return false;
    const ranges = this.#aborted.get(header.producerId) ?? [];
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ranges[middle]?.markerOffset ?? 0) > header.baseOffset) high = middle;
      else low = middle + 1;
    }
    const range = ranges[low];
    return range !== undefined && header.baseOffset >= range.firstOffset;
  }
}
