/**
 * Who waits for something at or after an offset. Pure; called once each, in the order of asking.
 */

interface Waiter {
  readonly offset: number;
  /** Undefined once it was called or ended. */
  listener: (() => void) | undefined;
}

/** The waiters of one isolation of one partition. */
export class VisibleWaiters {
  #waiters = new Set<Waiter>();
  #lowestOffset = Number.POSITIVE_INFINITY;

  /** True when surely nobody waits. */
  get isEmpty(): boolean {
    return this.#lowestOffset === Number.POSITIVE_INFINITY;
  }

  /** Waits; returns what ends it. */
  add(offset: number, listener: () => void): () => void {
    const waiter: Waiter = { offset, listener };
    this.#waiters.add(waiter);
    if (offset < this.#lowestOffset) this.#lowestOffset = offset;
    return () => {
      waiter.listener = undefined;
      this.#waiters.delete(waiter);
    };
  }

  /** Everything before an offset is visible now. */
  wake(visibleEnd: number): void {
    if (this.#lowestOffset >= visibleEnd) return;
    const before = this.#waiters;
    this.#waiters = new Set();
    this.#lowestOffset = Number.POSITIVE_INFINITY;
    const due: Waiter[] = [];
    for (const waiter of before) {
      if (waiter.offset < visibleEnd) due.push(waiter);
      else {
        this.#waiters.add(waiter);
        if (waiter.offset < this.#lowestOffset) this.#lowestOffset = waiter.offset;
      }
    }
    for (const waiter of due) {
      const { listener } = waiter;
      waiter.listener = undefined;
      listener?.();
    }
  }
}
