/**
 * Where in a segment an offset or a time stands, about once per 4 KiB of log.
 *
 * Files (Apache Kafka's own layout, big endian; offsets are relative to the segment's base):
 *
 *     .index       | last offset of a batch i32 | position of that batch i32 |            strictly growing in both
 *     .timeindex   | largest timestamp so far i64 | last offset of the batch that holds it i32 |
 *
 * Guarantees: a lookup never points past what is asked for; scanning on from it finds it. Timestamps may jump back: the largest so
 * far never does. Does not: know whether it is right. It is derived; who looks up compares with the log, and rebuilds.
 */
import type { BatchHeader } from "@kaelix/protocol";

const INDEX_INTERVAL_BYTES = 4096;
const OFFSET_ENTRY_BYTES = 8;
const TIME_ENTRY_BYTES = 12;

/** Where to begin to look: a batch start that is at or before what is searched. */
export interface IndexEntry {
  readonly position: number;
  /** Last offset of the batch at that position; undefined for the segment's beginning. */
  readonly lastOffset: number | undefined;
}

/** Both indexes of one segment, in memory. */
export class SegmentIndex {
  readonly baseOffset: number;
  readonly #lastOffsets: number[] = [];
  readonly #positions: number[] = [];
  readonly #timestamps: number[] = [];
  readonly #timeOffsets: number[] = [];
  #bytesSinceEntry = 0;
  #maxTimestampMs = Number.NEGATIVE_INFINITY;
  #maxTimestampOffset = -1;

  constructor(baseOffset: number) {
    this.baseOffset = baseOffset;
  }

  /** Largest timestamp of all batches added; -Infinity when there are none. */
  get maxTimestampMs(): number {
    return this.#maxTimestampMs;
  }

  /** Tells of the next batch, in order. */
  add(baseOffset: number, header: BatchHeader, position: number): void {
    const lastOffset = baseOffset + header.lastOffsetDelta;
    if (header.maxTimestampMs > this.#maxTimestampMs) {
      this.#maxTimestampMs = header.maxTimestampMs;
      this.#maxTimestampOffset = lastOffset;
    }
    if (this.#bytesSinceEntry > INDEX_INTERVAL_BYTES) {
      this.#lastOffsets.push(lastOffset);
      this.#positions.push(position);
      this.#addTimeEntry();
      this.#bytesSinceEntry = 0;
    }
    this.#bytesSinceEntry += header.sizeBytes;
  }

  #addTimeEntry(): void {
    const last = this.#timestamps.at(-1);
    if (last !== undefined && last >= this.#maxTimestampMs) return;
    if (this.#maxTimestampOffset < 0) return;
    this.#timestamps.push(this.#maxTimestampMs);
    this.#timeOffsets.push(this.#maxTimestampOffset);
  }

  /** Entries at or before an offset, nearest first; the last is the segment's beginning. */
  *entriesBefore(offset: number): Generator<IndexEntry> {
    for (let at = countBelow(this.#lastOffsets, offset + 1) - 1; at >= 0; at -= 1) {
      yield { position: this.#positions[at] ?? 0, lastOffset: this.#lastOffsets[at] ?? 0 };
    }
    yield { position: 0, lastOffset: undefined };
  }

  /** An offset before which no record is at or after a time. */
  offsetBeforeTime(timestampMs: number): number {
    return this.#timeOffsets[countBelow(this.#timestamps, timestampMs) - 1] ?? this.baseOffset;
  }

  /** Every offset entry, for verification. */
  entries(): readonly { readonly lastOffset: number; readonly position: number }[] {
    return this.#lastOffsets.map((lastOffset, at) => ({ lastOffset, position: this.#positions[at] ?? 0 }));
  }

  /** The `.index` file. */
  encodeOffsets(): Uint8Array {
    const bytes = new Uint8Array(this.#lastOffsets.length * OFFSET_ENTRY_BYTES);
    const view = new DataView(bytes.buffer);
    for (const [at, lastOffset] of this.#lastOffsets.entries()) {
      view.setInt32(at * OFFSET_ENTRY_BYTES, lastOffset - this.baseOffset);
      view.setInt32(at * OFFSET_ENTRY_BYTES + 4, this.#positions[at] ?? 0);
    }
    return bytes;
  }

  /**
   * The index of the batches before a place. Of times it may say more than it knows: a lookup then begins earlier than it must.
   * @param nextOffset the offset at that position
   */
  before(position: number, nextOffset: number): SegmentIndex {
    const index = new SegmentIndex(this.baseOffset);
    const entries = countBelow(this.#positions, position);
    for (let at = 0; at < entries; at += 1) {
      index.#lastOffsets.push(this.#lastOffsets[at] ?? 0);
      index.#positions.push(this.#positions[at] ?? 0);
    }
    const times = countBelow(this.#timeOffsets, nextOffset);
    for (let at = 0; at < times; at += 1) {
      index.#timestamps.push(this.#timestamps[at] ?? 0);
      index.#timeOffsets.push(this.#timeOffsets[at] ?? 0);
    }
    index.#maxTimestampMs = this.#maxTimestampMs;
    index.#maxTimestampOffset = nextOffset - 1;
    return index;
  }

  /** The `.timeindex` file; its last entry is the largest timestamp of the segment. */
  encodeTimes(): Uint8Array {
    this.#addTimeEntry();
    const bytes = new Uint8Array(this.#timestamps.length * TIME_ENTRY_BYTES);
    const view = new DataView(bytes.buffer);
    for (const [at, timestampMs] of this.#timestamps.entries()) {
      view.setBigInt64(at * TIME_ENTRY_BYTES, BigInt(timestampMs));
      view.setInt32(at * TIME_ENTRY_BYTES + 8, (this.#timeOffsets[at] ?? 0) - this.baseOffset);
    }
    return bytes;
  }

  /** Reads both files; undefined when they cannot be indexes of a segment of this size. */
  static decode(
    baseOffset: number,
    offsets: Uint8Array,
    times: Uint8Array,
    segmentBytes: number,
  ): SegmentIndex | undefined {
    if (offsets.length % OFFSET_ENTRY_BYTES !== 0 || times.length % TIME_ENTRY_BYTES !== 0) return undefined;
    const index = new SegmentIndex(baseOffset);
    const view = new DataView(offsets.buffer, offsets.byteOffset, offsets.length);
    let before = { lastOffset: -1, position: 0 };
    for (let at = 0; at < offsets.length; at += OFFSET_ENTRY_BYTES) {
      const entry = { lastOffset: view.getInt32(at) + baseOffset, position: view.getInt32(at + 4) };
      const grows = entry.lastOffset > before.lastOffset && entry.position > before.position;
      if (!grows || entry.position >= segmentBytes) return undefined;
      index.#lastOffsets.push(entry.lastOffset);
      index.#positions.push(entry.position);
      before = entry;
    }
    return index.#decodeTimes(times) ? index : undefined;
  }

  #decodeTimes(times: Uint8Array): boolean {
    const view = new DataView(times.buffer, times.byteOffset, times.length);
    for (let at = 0; at < times.length; at += TIME_ENTRY_BYTES) {
      const timestampMs = Number(view.getBigInt64(at));
      if (timestampMs <= this.#maxTimestampMs) return false;
      this.#maxTimestampMs = timestampMs;
      this.#maxTimestampOffset = view.getInt32(at + 8) + this.baseOffset;
      this.#timestamps.push(timestampMs);
      this.#timeOffsets.push(this.#maxTimestampOffset);
    }
    return true;
  }
}

/** How many of the ascending values are below a limit. */
function countBelow(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
