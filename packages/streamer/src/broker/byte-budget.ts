/**
 * One bound for bytes that many connections hold: requests being read or answered, and responses nobody has taken yet.
 *
 * Guarantees: whoever asks waits in a queue, oldest first, and is granted as soon as it fits; a request larger than the whole budget is
 * granted when nothing else is held. Does not: take anything back; who holds bytes and makes no progress is found by the listener's sweep.
 */
interface BudgetWaiter {
  readonly bytes: number;
  readonly granted: () => void;
}

/** Bytes in flight over all connections of a broker. */
export class ByteBudget {
  readonly limitBytes: number;
  #usedBytes = 0;
  #waiters: BudgetWaiter[] = [];

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  get freeBytes(): number {
    return Math.max(0, this.limitBytes - this.#usedBytes);
  }

  /** True when somebody waits for bytes. */
  get contended(): boolean {
    return this.#waiters.length > 0;
  }

  /** True when what is held leaves no room for anything new. */
  get spent(): boolean {
    return this.#usedBytes >= this.limitBytes;
  }

  /** Takes bytes that are held already, whether they fit or not. */
  take(bytes: number): void {
    this.#usedBytes += bytes;
  }

  /** Takes bytes when they fit and nobody waits in front. */
  tryTake(bytes: number): boolean {
    if (this.#waiters.length > 0 || !this.#fits(bytes)) return false;
    this.#usedBytes += bytes;
    return true;
  }

  /**
   * Calls a function once as soon as there is room for this many bytes, without taking them.
   * @returns what leaves the queue
   */
  whenFree(bytes: number, granted: () => void): () => void {
    const waiter = { bytes, granted };
    this.#waiters.push(waiter);
    return () => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
      this.#wake();
    };
  }

  give(bytes: number): void {
    this.#usedBytes -= bytes;
    if (this.#waiters.length > 0) this.#wake();
  }

  #fits(bytes: number): boolean {
    return this.#usedBytes <= 0 || this.#usedBytes + bytes <= this.limitBytes;
  }

  #wake(): void {
    for (let first = this.#waiters[0]; first !== undefined && this.#fits(first.bytes); first = this.#waiters[0]) {
      this.#waiters.shift();
      // It takes what it needs before it returns, so that the next one is judged by what is left.
      first.granted();
    }
  }
}
