/**
 * Makes what was appended visible in log order, when it is on the disk.
 *
 * Appends are answered by the disk in groups; several may be under way. A write is folded after all writes before it were folded or
 * refused, so that memory goes through the same states as a reader of the log.
 */

/** A write that is under way. */
export interface PendingWrite {
  readonly nextOffset: number;
  /** The keys it writes. */
  readonly keys: readonly string[];
  readonly fold: () => void;
}

/** Writes that are appended and not yet durable. */
export class WriteQueue {
  readonly #pending: PendingWrite[] = [];
  readonly #durable: (nextOffset: number) => Promise<void>;
  /** Writes the disk refused so far. */
  refusals = 0;

  constructor(durable: (nextOffset: number) => Promise<void>) {
    this.#durable = durable;
  }

  /** Resolves when a write, the newest, is on the disk and visible. */
  async add(write: PendingWrite): Promise<void> {
    this.#pending.push(write);
    try {
      await this.#durable(write.nextOffset);
    } catch (error) {
      this.refusals += 1;
      const at = this.#pending.indexOf(write);
      if (at >= 0) this.#pending.splice(at, 1);
      throw error;
    }
    for (let first = this.#pending[0]; first !== undefined; first = this.#pending[0]) {
      if (first.nextOffset > write.nextOffset) break;
      this.#pending.shift();
      first.fold();
    }
  }

  /** Keys that have a write under way. */
  keysUnderWay(): Set<string> {
    const keys = new Set<string>();
    for (const write of this.#pending) for (const key of write.keys) keys.add(key);
    return keys;
  }

  /** Resolves when everything appended before an offset is folded or refused. */
  async settledBefore(offset: number): Promise<void> {
    for (let first = this.#pending[0]; first !== undefined && first.nextOffset <= offset; first = this.#pending[0]) {
      // Its own call reports a refusal, and takes it out of the queue in the same turn.
      await this.#durable(first.nextOffset).catch(() => undefined);
      await Promise.resolve();
    }
  }
}
