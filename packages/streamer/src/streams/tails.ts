/** Readers at the end of a stream. Woken, never polled. */

/** Who waits for more of a stream, by the stream's number. */
export class StreamTails {
  readonly #waiters = new Map<number, Set<() => void>>();

  /** True when somebody waits for a stream. */
  has(key: number): boolean {
    return this.#waiters.has(key);
  }

  /** Resolves at the next `wake` of a stream, or when the signal aborts. `begun` runs once the reader is waiting. */
  async wait(key: number, signal: AbortSignal | undefined, begun: (wake: () => void) => void): Promise<void> {
    const waiters = this.#waiters.get(key) ?? new Set();
    this.#waiters.set(key, waiters);
    const { promise, resolve } = Promise.withResolvers<void>();
    waiters.add(resolve);
    signal?.addEventListener("abort", () => resolve(), { once: true });
    begun(resolve);
    await promise;
    waiters.delete(resolve);
    if (waiters.size === 0 && this.#waiters.get(key) === waiters) this.#waiters.delete(key);
  }

  /** There is more of a stream. */
  wake(key: number): void {
    for (const wake of this.#waiters.get(key) ?? []) wake();
  }

  /** Wakes everybody. */
  wakeAll(): void {
    for (const key of this.#waiters.keys()) this.wake(key);
  }
}
