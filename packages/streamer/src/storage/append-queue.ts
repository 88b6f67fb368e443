/**
 * Appends of one turn of the event loop, written to the file at once: under many callers that each append a little, the calls to write
 * are half of what an append costs.
 *
 * Guarantees: batches are appended in the order they were given, each in the page cache when its promise resolves; one that is refused
 * takes no other with it. Does not: keep an order with who calls the partition's `append` itself meanwhile.
 */

interface Waiting {
  readonly bytes: Uint8Array;
  readonly resolve: (baseOffset: number) => void;
  readonly reject: (error: unknown) => void;
}

/** What the queue writes to: a partition. */
export interface AppendTarget {
  /** Bytes above which it is not asked to write batches together. */
  readonly togetherBytesMax: number;
  append(bytes: Uint8Array, options: { readonly trusted: true }): number;
  /** All or none; returns their base offsets. */
  appendAll(batches: readonly Uint8Array[]): readonly number[];
}

/** The queue of one partition. */
export class AppendQueue {
  readonly #target: AppendTarget;
  #waiting: Waiting[] = [];

  constructor(target: AppendTarget) {
    this.#target = target;
  }

  /** Appends a batch that was just encoded. Resolves with its base offset, or rejects as `append` throws. */
  append(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      const count = this.#waiting.push({ bytes, resolve, reject });
      // All that continue in this turn come before the microtask.
      if (count === 1) queueMicrotask(() => this.#write());
    });
  }

  #write(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    let run: Waiting[] = [];
    let bytes = 0;
    for (const next of waiting) {
      if (bytes + next.bytes.length > this.#target.togetherBytesMax) {
        this.#writeRun(run);
        run = [];
        bytes = 0;
      }
      run.push(next);
      bytes += next.bytes.length;
    }
    this.#writeRun(run);
  }

  #writeRun(run: readonly Waiting[]): void {
    if (run.length > 1 && this.#writeTogether(run)) return;
    for (const { bytes, reject, resolve } of run) {
      try {
        resolve(this.#target.append(bytes, { trusted: true }));
      } catch (error) {
        reject(error);
      }
    }
  }

  #writeTogether(run: readonly Waiting[]): boolean {
    let offsets: readonly number[];
    try {
      offsets = this.#target.appendAll(run.map(({ bytes }) => bytes));
    } catch {
      // Each is asked for itself, and gets an answer of its own.
      return false;
    }
    for (const [at, { resolve }] of run.entries()) resolve(offsets[at] ?? 0);
    return true;
  }
}
