/** A log in memory for tests of what stands on the `Log` port: batches of at most ten records, everything durable at once. */
import {
  type DamagedRange,
  type Log,
  type LogBatch,
  type LogRecord,
  logErrors,
  type PartitionBounds,
  type StoredRecord,
  type TopicSpec,
} from "@kaelix/log";

const RECORDS_PER_BATCH = 10;

interface Partition {
  readonly records: StoredRecord[];
  damaged: DamagedRange | undefined;
  wake: Set<() => void>;
}

/** See above. */
export class MemoryLog implements Log {
  readonly #topics = new Map<string, { readonly spec: TopicSpec; readonly partitions: Partition[] }>();
  readonly #commits = new Map<string, number>();
  #isClosed = false;

  createTopic(spec: TopicSpec): Promise<void> {
    if (!this.#topics.has(spec.name)) {
      const partitions = Array.from({ length: spec.partitions }, () => ({
        records: [],
        damaged: undefined,
        wake: new Set<() => void>(),
      }));
      this.#topics.set(spec.name, { spec, partitions });
    }
    return Promise.resolve();
  }

  async topics(): ReturnType<Log["topics"]> {
    return [...this.#topics.values()].map(({ spec, partitions }) => ({ ...spec, bounds: partitions.map(boundsOf) }));
  }

  async bounds(topic: string, partition: number): Promise<PartitionBounds> {
    return boundsOf(this.#partition(topic, partition));
  }

  async append(topic: string, partition: number, records: readonly LogRecord[]): Promise<{ baseOffset: number }> {
    const { records: kept, wake } = this.#partition(topic, partition);
    const baseOffset = kept.length;
    for (const [index, { key, value, timestampMs }] of records.entries()) {
      kept.push({ offset: baseOffset + index, key, value, timestampMs: timestampMs ?? 0 });
    }
    for (const look of wake) look();
    return { baseOffset };
  }

  async read(topic: string, partition: number, offset: number): Promise<LogBatch> {
    const { records, damaged } = this.#partition(topic, partition);
    if (offset > records.length) throw logErrors("log-offset-out-of-range");
    const nextOffset = Math.min(records.length, offset + RECORDS_PER_BATCH);
    const isHurt = (at: number): boolean =>
      damaged !== undefined && at >= damaged.firstOffset && at < damaged.nextOffset;
    return {
      topic,
      partition,
      records: records.slice(offset, nextOffset).filter((record) => !isHurt(record.offset)),
      nextOffset,
      endOffset: records.length,
      damaged:
        damaged !== undefined && damaged.firstOffset >= offset && damaged.firstOffset < nextOffset ? [damaged] : [],
    };
  }

  async *subscribe(
    topic: string,
    partition: number,
    offset: number,
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncIterable<LogBatch> {
    const { signal } = options;
    const from = this.#partition(topic, partition);
    let at = offset;
    const isOver = (): boolean => signal?.aborted === true || this.#isClosed;
    while (!isOver()) {
      const batch = await this.read(topic, partition, at);
      if (batch.nextOffset > at) {
        at = batch.nextOffset;
        yield batch;
        continue;
      }
      await new Promise<void>((resolve) => {
        const look = (): void => {
          from.wake.delete(look);
          signal?.removeEventListener("abort", look);
          resolve();
        };
        from.wake.add(look);
        signal?.addEventListener("abort", look);
        // What was appended since the reading has woken nobody.
        if (from.records.length > at || isOver()) look();
      });
    }
  }

  /** Makes a range unreadable. */
  damage(topic: string, partition: number, range: DamagedRange): void {
    this.#partition(topic, partition).damaged = range;
  }

  async seekToTime(topic: string, partition: number): Promise<number> {
    return this.#partition(topic, partition).records.length;
  }

  async commit(group: string, topic: string, partition: number, nextOffset: number): Promise<void> {
    this.#commits.set(`${group} ${topic}/${partition}`, nextOffset);
  }

  async committed(group: string, topic: string, partition: number): Promise<number | undefined> {
    return this.#commits.get(`${group} ${topic}/${partition}`);
  }

  health(): "ok" {
    return "ok";
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { partitions } of this.#topics.values())
      for (const { wake } of partitions) for (const look of wake) look();
  }

  #partition(topic: string, partition: number): Partition {
    const found = this.#topics.get(topic)?.partitions[partition];
    if (found === undefined) throw logErrors("log-topic-missing");
    return found;
  }
}

function boundsOf({ records }: Partition): PartitionBounds {
  return { startOffset: 0, endOffset: records.length, durableOffset: records.length };
}
