import type { Segment } from "./segment.ts";

/**
 * Bounds how many sealed segments keep an open file and an index in memory, over all partitions.
 * The least recently read is closed; the next read opens it again.
 */
export class SegmentKeeper {
  readonly #segmentsMax: number;
  readonly #recent = new Set<Segment>();

  constructor(segmentsMax: number) {
    this.#segmentsMax = segmentsMax;
  }

  /** Tells that a segment is about to be read. */
  touch(segment: Segment): void {
    if (!segment.sealed) return;
    this.#recent.delete(segment);
    this.#recent.add(segment);
    if (this.#recent.size <= this.#segmentsMax) return;
    for (const oldest of this.#recent) {
      this.#recent.delete(oldest);
      oldest.close();
      // Without index files it would have to be rebuilt from the log: then it stays.
      if (oldest.indexFacts?.indexed === true) oldest.index = undefined;
      break;
    }
  }
}
