import type { Segment } from "./segment.ts";

/**
 * Bounds how many segments keep an open file, and sealed ones an index in memory, over all partitions.
 * The least recently used sealed segment is closed, and the active one that was opened longest ago; the next use opens it again.
 */
export class SegmentKeeper {
  readonly #sealedMax: number;
  readonly #activeMax: number;
  readonly #sealed = new Set<Segment>();
  readonly #active = new Set<Segment>();

  /** @param sealedMax open sealed segments; @param activeMax open segments that are appended to, besides those with unsynced bytes */
  constructor(sealedMax: number, activeMax: number) {
    this.#sealedMax = sealedMax;
    this.#activeMax = activeMax;
  }

  /** Tells that a segment is about to be used. */
  touch(segment: Segment): void {
    if (!segment.sealed) {
      if (!segment.isOpen) this.#touchActive(segment);
      return;
    }
    this.#active.delete(segment);
    this.#sealed.delete(segment);
    this.#sealed.add(segment);
    if (this.#sealed.size <= this.#sealedMax) return;
    for (const oldest of this.#sealed) {
      if (oldest.dirty) continue;
      this.#sealed.delete(oldest);
      oldest.close();
      // Without index files it would have to be rebuilt from the log: then it stays.
      if (oldest.indexFacts?.indexed === true) oldest.index = undefined;
      break;
    }
  }

  #touchActive(segment: Segment): void {
    this.#active.delete(segment);
    this.#active.add(segment);
    if (this.#active.size <= this.#activeMax) return;
    for (const oldest of this.#active) {
      // Unsynced bytes stay with the file they were written through: another might not be told that they were lost.
      if (oldest.dirty) continue;
      this.#active.delete(oldest);
      oldest.close();
      break;
    }
  }
}
