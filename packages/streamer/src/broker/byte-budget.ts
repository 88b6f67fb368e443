/**
 * One bound for bytes that many connections hold: requests being read or answered, and answers nobody has taken yet.
 *
 * Guarantees: whoever must wait for room waits in a queue, oldest first. One at a time may be favoured and go on although there is no room:
 * when everybody holds a part of what he needs, somebody still finishes and gives back.
 * Does not: take anything back; who holds bytes and makes no progress is found by the listener's sweep.
 */
const WAKE_MAX = 16;

/** Bytes in flight over all connections of a broker. */
export class ByteBudget {
  readonly limitBytes: number;
  #usedBytes = 0;
  #waiters: (() => void)[] = [];
  #favoured: object | undefined;
  #waking = false;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  get freeBytes(): number {
    return Math.max(0, this.limitBytes - this.#usedBytes);
  }

  /** True when somebody waits for room. */
  get contended(): boolean {
    return this.#waiters.length > 0 || this.#favoured !== undefined;
  }

  /** True when there is no room for anything new. */
  get spent(): boolean {
    return this.#usedBytes >= this.limitBytes;
  }

  take(bytes: number): void {
    this.#usedBytes += bytes;
  }

  give(bytes: number): void {
    this.#usedBytes -= bytes;
    if (this.#waiters.length > 0 && !this.spent) this.#wakeSome();
  }

  /**
   * Calls a function once when there is room, or when one may be favoured; never within this call.
   * @returns what leaves the queue
   */
  whenFree(granted: () => void): () => void {
    this.#waiters.push(granted);
    if (!this.spent) this.#wakeSome();
    return () => {
      const at = this.#waiters.indexOf(granted);
      if (at >= 0) this.#waiters.splice(at, 1);
    };
  }

  /** True when this one may go on although there is no room: nobody else does. */
  favours(one: object): boolean {
    this.#favoured ??= one;
    return this.#favoured === one;
  }

  /** Ends the favour, if this one has it. */
  endFavour(one: object): void {
    if (this.#favoured !== one) return;
    this.#favoured = undefined;
    if (this.#waiters.length > 0) this.#wakeSome();
  }

  /** Whoever gives back is in the middle of something: the woken go on in the next turn, a few at a time. */
  #wakeSome(): void {
    if (this.#waking) return;
    this.#waking = true;
    setImmediate(() => {
      this.#waking = false;
      const count = this.spent ? 1 : WAKE_MAX;
      for (const granted of this.#waiters.splice(0, count)) granted();
      if (this.#waiters.length > 0 && !this.spent) this.#wakeSome();
    });
  }
}

/** Resolves when memory is to be had, or a client is gone. */
export async function untilRoom(budget: ByteBudget, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      leave();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const leave = budget.whenFree(done);
    signal.addEventListener("abort", done, { once: true });
  });
}
