/**
 * Which transactions of a partition were aborted, in the order of their markers. Pure.
 *
 * 32 bytes for each; those before the log start are dropped.
 */

const FIELDS = 4;
const ROWS_START = 16;

/** An aborted transaction. */
export interface AbortedRow {
  readonly producerId: number;
  readonly firstOffset: number;
  /** The marker's offset. */
  readonly lastOffset: number;
  /** The last stable offset once the marker was there: whatever is aborted later begins at or after it. */
  readonly lastStableOffset: number;
}

/** The aborted transactions of one partition. */
export class AbortedIndex {
  /** Producer id, first offset, last offset, last stable offset. */
  #fields = new Float64Array(ROWS_START * FIELDS);
  #first = 0;
  #end = 0;

  get count(): number {
    return this.#end - this.#first;
  }

  /** Adds one; markers are added in the order of the log. */
  add(row: AbortedRow): void {
    if (this.#end * FIELDS === this.#fields.length) this.#makeRoom();
    const at = this.#end * FIELDS;
    this.#fields[at] = row.producerId;
    this.#fields[at + 1] = row.firstOffset;
    this.#fields[at + 2] = row.lastOffset;
    this.#fields[at + 3] = row.lastStableOffset;
    this.#end += 1;
  }

  /** Those that have a record in `[from, to)`, by first offset. */
  between(from: number, to: number): AbortedRow[] {
    const found: AbortedRow[] = [];
    for (let at = this.#firstEndingAtOrAfter(from); at < this.#end; at += 1) {
      const row = this.#row(at);
      if (row.firstOffset < to) found.push(row);
      if (row.lastStableOffset >= to) break;
    }
    return found.length < 2 ? found : found.sort((left, right) => left.firstOffset - right.firstOffset);
  }

  /** Forgets those that end before an offset. */
  dropBefore(offset: number): void {
    this.#first = this.#firstEndingAtOrAfter(offset);
  }

  /** All of them, in the order of their markers. */
  *rows(): Iterable<AbortedRow> {
    for (let at = this.#first; at < this.#end; at += 1) yield this.#row(at);
  }

  #row(index: number): AbortedRow {
    const at = index * FIELDS;
    const [producerId = 0, firstOffset = 0, lastOffset = 0, lastStableOffset = 0] = this.#fields.subarray(at, at + 4);
    return { producerId, firstOffset, lastOffset, lastStableOffset };
  }

  #firstEndingAtOrAfter(offset: number): number {
    let low = this.#first;
    let high = this.#end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#fields[middle * FIELDS + 2] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #makeRoom(): void {
    const kept = this.#fields.subarray(this.#first * FIELDS, this.#end * FIELDS);
    const rows = Math.max(ROWS_START, this.count * 2);
    const fields = new Float64Array(rows * FIELDS);
    fields.set(kept);
    this.#fields = fields;
    this.#end -= this.#first;
    this.#first = 0;
  }
}
