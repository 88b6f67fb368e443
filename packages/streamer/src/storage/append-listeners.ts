/** Who is called on the appending thread, at once after every append. */
import type { AppendedBatch } from "./contract.ts";

/** The listeners of one partition. */
export class AppendListeners {
  readonly #listeners = new Set<(batch: AppendedBatch) => void>();

  /** Adds one; returns what takes it away. */
  add(listener: (batch: AppendedBatch) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells all of a batch. One that throws does not keep the others from knowing. */
  tell(batch: AppendedBatch): void {
    for (const listener of this.#listeners) {
      try {
        listener(batch);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }
}
