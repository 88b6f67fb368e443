import { assert } from "./assert.ts";

/**
 * A first-in first-out queue between one producer and one consumer with a bound.
 *
 * Guarantees: `push` resolves only when there is room, so a slow consumer slows its producer; nothing is dropped.
 * Does not: survive the process, or serve several consumers.
 */
export class BoundedQueue<Item> implements AsyncIterable<Item> {
  readonly #itemsMax: number;
  #items: Item[] = [];
  #closed = false;
  #failure: unknown;
  #roomWaiters: (() => void)[] = [];
  #itemWaiter: (() => void) | undefined;

  /** `itemsMax` ≥ 1: how many items may wait. */
  constructor(itemsMax: number) {
    assert(itemsMax >= 1, "A queue holds at least one item");
    this.#itemsMax = itemsMax;
  }

  /** Items waiting now. */
  get length(): number {
    return this.#items.length;
  }

  /** Adds an item, waiting for room. Resolves false when the queue was closed; the item is then not taken. */
  async push(item: Item): Promise<boolean> {
    while (!this.#closed && this.#items.length >= this.#itemsMax) {
      await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
    }
    return this.tryPush(item);
  }

  /** Adds an item when there is room at once; false when full or closed. */
  tryPush(item: Item): boolean {
    if (this.#closed || this.#items.length >= this.#itemsMax) return false;
    this.#items.push(item);
    this.#wakeConsumer();
    return true;
  }

  /** Ends the queue: what waits is still delivered, then iteration ends (or throws `failure`). */
  close(failure?: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#failure = failure;
    this.#wakeConsumer();
    for (const wake of this.#roomWaiters.splice(0)) wake();
  }

  /** Takes everything that waits, at once; waits for at least one item. Undefined when the queue has ended. */
  async takeAll(): Promise<Item[] | undefined> {
    while (this.#items.length === 0) {
      if (this.#closed) {
        if (this.#failure !== undefined) throw this.#failure;
        return undefined;
      }
      await new Promise<void>((resolve) => (this.#itemWaiter = resolve));
    }
    const items = this.#items;
    this.#items = [];
    for (const wake of this.#roomWaiters.splice(0)) wake();
    return items;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    try {
      for (let items = await this.takeAll(); items !== undefined; items = await this.takeAll()) yield* items;
    } finally {
      this.close();
    }
  }

  #wakeConsumer(): void {
    this.#itemWaiter?.();
    this.#itemWaiter = undefined;
  }
}
