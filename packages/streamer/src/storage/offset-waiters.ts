/** Readers that wait until something at or after their offset becomes visible. Woken, never polled. */
export class OffsetWaiters {
  #waiters: { readonly offset: number; readonly settle: (found: boolean) => void }[] = [];

  /** Resolves true once `wake` passes the offset, false when the signal aborts or `end` is called. */
  wait(offset: number, signal?: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const waiter = { offset, settle };
      const abort = (): void => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        settle(false);
      };
      function settle(found: boolean): void {
        signal?.removeEventListener("abort", abort);
        resolve(found);
      }
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiters.push(waiter);
    });
  }

  /** Everything before an offset is visible now. */
  wake(visibleEnd: number): void {
    if (this.#waiters.length === 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) {
      if (waiter.offset < visibleEnd) waiter.settle(true);
      else this.#waiters.push(waiter);
    }
  }

  /** Nothing more will come. */
  end(): void {
    for (const waiter of this.#waiters.splice(0)) waiter.settle(false);
  }
}
