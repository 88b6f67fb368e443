/**
 * One sync for many waiters.
 *
 * Guarantees: at most one sync is under way; whoever asked while it ran shares the next one; a waiter is answered only after a sync
 * that began after its bytes were written. A sync that failed is not repeated here: every waiter beyond what is durable is refused.
 */

interface Waiter {
  readonly nextOffset: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What a group commit drives. */
interface CommitTarget {
  /**
   * Makes everything written so far durable; returns the offset after it. While the disk fails, what is not durable was refused: nothing becomes so.
   * @param awaited somebody waits for it
   */
  sync(awaited: boolean): Promise<number>;
  /** Told after every sync, before the waiters are answered. */
  onDurable(durableOffset: number): void;
  /** Told once per failed sync; returns what the waiters are refused with. */
  onFailure(error: unknown): unknown;
}

/** The group commit of one partition. */
export class GroupCommit {
  readonly #target: CommitTarget;
  readonly #idleFlushMs: number;
  #waiters: Waiter[] = [];
  #running: Promise<void> | undefined;
  #wanted = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param idleFlushMs how long bytes nobody waits for may stay in the page cache */
  constructor(target: CommitTarget, idleFlushMs: number) {
    this.#target = target;
    this.#idleFlushMs = idleFlushMs;
  }

  /** Resolves when everything before an offset is durable; rejects with the refusal when that will not be. */
  wait(nextOffset: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ nextOffset, resolve, reject });
      this.#want();
    });
  }

  /** Tells that bytes were written nobody waits for: they are made durable within the idle time. */
  touch(): void {
    if (this.#wanted || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#want();
    }, this.#idleFlushMs);
    this.#timer.unref();
  }

  /** Syncs what is there and waits until nothing is under way. Failures were told to `onFailure`. */
  async drain(): Promise<void> {
    this.#want();
    await this.#running;
  }

  /** Resolves when no sync is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Refuses all waiters and stops the timer. */
  stop(error: unknown): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  #want(): void {
    this.#wanted = true;
    // The microtask lets all appends of one turn of the event loop share the first sync.
    this.#running ??= Promise.resolve().then(() => this.#run());
  }

  async #run(): Promise<void> {
    while (this.#wanted) {
      this.#wanted = false;
      clearTimeout(this.#timer);
      this.#timer = undefined;
      await this.#syncOnce();
    }
    this.#running = undefined;
  }

  async #syncOnce(): Promise<void> {
    try {
      const durableOffset = await this.#target.sync(this.#waiters.length > 0);
      this.#target.onDurable(durableOffset);
      this.#answer(durableOffset);
    } catch (error) {
      const refusal = this.#target.onFailure(error);
      for (const waiter of this.#waiters.splice(0)) waiter.reject(refusal);
    }
  }

  #answer(durableOffset: number): void {
    let answered = 0;
    for (const waiter of this.#waiters) {
      if (waiter.nextOffset > durableOffset) break;
      waiter.resolve();
      answered += 1;
    }
    this.#waiters.splice(0, answered);
  }
}
