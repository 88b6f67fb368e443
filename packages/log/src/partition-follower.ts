import type { DamagedRange, Log, LogBatch, LogRecord, StoredRecord } from "./log.ts";

/** What is followed, and what becomes of it. */
export interface FollowerParts {
  readonly log: Log;
  readonly topic: string;
  readonly partition: number;
  /** Takes one record. Must not throw: a record that cannot be read is for the caller to set aside. */
  readonly fold: (record: StoredRecord) => void;
  /** What is thrown at who waits for something that the log does not give any more. */
  readonly closed: () => Error;
  /** Told of records that are lost. */
  readonly onDamage?: (range: DamagedRange) => void;
  /** Told when following ends by itself; `failure` when it was not the log that closed. */
  readonly onEnded?: (failure: unknown) => void;
}

/**
 * One partition of the log, folded from its start and followed from there: what a register in memory stands on.
 *
 * Guarantees: every durable record is folded once, in the order of the offsets; what was appended through here is durable and folded when
 * that is answered. When following breaks, whoever waits reads what it missed, so that nothing stays as it was before an answer.
 */
export class PartitionFollower {
  readonly #parts: FollowerParts;
  readonly #stop = new AbortController();
  #waiters: { readonly offset: number; readonly wake: () => void }[] = [];
  #following: Promise<void> = Promise.resolve();
  #isFollowing = false;
  #nextOffset = 0;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /** Everything before is folded. */
  get nextOffset(): number {
    return this.#nextOffset;
  }

  /** False before `follow`, after `stop`, and when following has broken. */
  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** Folds from the start of the partition to the end of what is durable now. Throws errors of the log. */
  async readAll(): Promise<void> {
    const { log, partition, topic } = this.#parts;
    const { durableOffset, startOffset } = await log.bounds(topic, partition);
    this.#nextOffset = startOffset;
    await this.#readTo(durableOffset);
  }

  /** Folds on, until `stop` or until the log closes. Once, after `readAll`. */
  follow(): void {
    this.#isFollowing = true;
    this.#following = this.#follow();
  }

  /** Ends following. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#following;
  }

  /**
   * Appends records as one batch; answers when they are durable and folded.
   * @returns offset of the first
   * @throws errors of the log; what `closed` makes
   */
  async append(records: readonly LogRecord[]): Promise<number> {
    const { log, partition, topic } = this.#parts;
    const { baseOffset } = await log.append(topic, partition, records, { acknowledge: "durable" });
    await this.reach(baseOffset + records.length);
    return baseOffset;
  }

  /** Resolves when everything before an offset is folded. Throws what `closed` makes when the log does not reach as far. */
  async reach(offset: number): Promise<void> {
    if (this.#nextOffset >= offset) return;
    if (this.#isFollowing) await new Promise<void>((wake) => this.#waiters.push({ offset, wake }));
    await this.#readTo(offset);
    if (this.#nextOffset < offset) throw this.#parts.closed();
  }

  async #readTo(endOffset: number): Promise<void> {
    const { log, partition, topic } = this.#parts;
    while (this.#nextOffset < endOffset) {
      const before = this.#nextOffset;
      this.#fold(await log.read(topic, partition, before));
      if (this.#nextOffset === before) return;
    }
  }

  async #follow(): Promise<void> {
    const { log, onEnded, partition, topic } = this.#parts;
    const { signal } = this.#stop;
    try {
      for await (const batch of log.subscribe(topic, partition, this.#nextOffset, { signal })) this.#fold(batch);
      if (!signal.aborted) onEnded?.(undefined);
    } catch (failure) {
      onEnded?.(failure);
    } finally {
      this.#isFollowing = false;
      for (const { wake } of this.#waiters.splice(0)) wake();
    }
  }

  #fold({ damaged, nextOffset, records }: LogBatch): void {
    const { fold, onDamage } = this.#parts;
    if (onDamage !== undefined) for (const range of damaged) onDamage(range);
    for (const record of records) if (record.offset >= this.#nextOffset) fold(record);
    this.#nextOffset = Math.max(this.#nextOffset, nextOffset);
    if (this.#waiters.length === 0) return;
    const waiting = this.#waiters;
    this.#waiters = waiting.filter(({ offset }) => offset > this.#nextOffset);
    for (const { offset, wake } of waiting) if (offset <= this.#nextOffset) wake();
  }
}
