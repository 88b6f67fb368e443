/** A log in memory for this room's tests: the port's contract without a disk. Faults are switched by the test. */
import { BoundedQueue } from "@kaelix/base";
import {
  type Log,
  type LogBatch,
  logErrors,
  type LogRecord,
  type PartitionBounds,
  type ReadOptions,
  type StoredRecord,
  type TopicSpec,
} from "@kaelix/log";

const BATCH_RECORDS = 1_000;

/** The fake. `failAppends` makes every append throw before anything is kept. */
export class MemoryLog implements Log {
  readonly #topics = new Map<string, { readonly spec: TopicSpec; readonly partitions: StoredRecord[][] }>();
  readonly #committed = new Map<string, number>();
  readonly #wakers = new Set<() => void>();
  #closed = false;
  failAppends = false;
  /** Called with the topic before each append; a test can wait or throw here. */
  beforeAppend: (topic: string) => Promise<void> = async () => undefined;

  async createTopic(spec: TopicSpec): Promise<void> {
    if (this.#topics.has(spec.name)) return;
    this.#topics.set(spec.name, { spec, partitions: Array.from({ length: spec.partitions }, () => []) });
  }

  async topics(): Promise<[]> {
    return [];
  }

  async bounds(topic: string, partition: number): Promise<PartitionBounds> {
    const end = this.records(topic, partition).length;
    return { startOffset: 0, endOffset: end, durableOffset: end };
  }

  async append(
    topic: string,
    partition: number,
    records: readonly LogRecord[],
  ): Promise<{ readonly baseOffset: number }> {
    if (this.#closed) throw logErrors("log-closed");
    await this.beforeAppend(topic);
    if (this.failAppends) throw logErrors("log-disk-full");
    const stored = this.records(topic, partition);
    const baseOffset = stored.length;
    for (const { key, value, timestampMs = 0 } of records) {
      stored.push({ offset: stored.length, key, value, timestampMs });
    }
    // Readers wake in a later turn, as they would behind a disk.
    setImmediate(() => {
      for (const wake of this.#wakers) wake();
    });
    return { baseOffset };
  }

  async read(topic: string, partition: number, offset: number): Promise<LogBatch> {
    return this.#batch(topic, partition, offset);
  }

  async *subscribe(
    topic: string,
    partition: number,
    offset: number,
    options: ReadOptions & { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<LogBatch> {
    const wakes = new BoundedQueue<true>(1);
    const wake = (): void => void wakes.tryPush(true);
    const stop = (): void => wakes.close();
    this.#wakers.add(wake);
    options.signal?.addEventListener("abort", stop);
    try {
      let next = offset;
      while (!this.#closed && options.signal?.aborted !== true) {
        const batch = this.#batch(topic, partition, next);
        if (batch.records.length > 0) {
          next = batch.nextOffset;
          yield batch;
        } else if ((await wakes.takeAll()) === undefined) return;
      }
    } finally {
      this.#wakers.delete(wake);
      options.signal?.removeEventListener("abort", stop);
    }
  }

  async seekToTime(): Promise<number> {
    return 0;
  }

  async commit(group: string, topic: string, partition: number, nextOffset: number): Promise<void> {
    this.#committed.set(`${group}/${topic}/${partition}`, nextOffset);
  }

  async committed(group: string, topic: string, partition: number): Promise<number | undefined> {
    return this.#committed.get(`${group}/${topic}/${partition}`);
  }

  health(): "ok" {
    return "ok";
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#wakers) wake();
  }

  /** The records of a partition themselves; a test may change them to damage the log. */
  records(topic: string, partition: number): StoredRecord[] {
    const records = this.#topics.get(topic)?.partitions[partition];
    if (records === undefined) throw logErrors("log-topic-missing");
    return records;
  }

  #batch(topic: string, partition: number, offset: number): LogBatch {
    const all = this.records(topic, partition);
    if (offset < 0 || offset > all.length) throw logErrors("log-offset-out-of-range");
    const records = all.slice(offset, offset + BATCH_RECORDS);
    return { topic, partition, records, nextOffset: offset + records.length, endOffset: all.length, damaged: [] };
  }
}
