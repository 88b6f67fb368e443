/**
 * A log in memory, for tests of what stands on the `Log` port. Door: `@kaelix/log/testing`.
 *
 * It keeps the port's contract (the conformance suite runs against it) but for what needs a disk: nothing outlives it and everything is
 * durable at once. Reads are short, so that whoever reads must go on; readers wake in a later turn, as they would behind a disk. A test
 * switches faults, damages ranges and changes what is stored.
 */
import { BoundedQueue } from "@kaelix/base";

import { logErrors } from "../errors.ts";
import type {
  DamagedRange,
  Log,
  LogBatch,
  LogRecord,
  PartitionBounds,
  ReadOptions,
  StoredRecord,
  TopicDescription,
  TopicSpec,
} from "../log.ts";

const RECORDS_PER_READ = 10;
const BYTES_PER_READ = 2 ** 20;
const TOPIC_NAME = /^[a-zA-Z0-9._-]{1,249}$/;

interface Topic {
  readonly spec: TopicSpec;
  readonly partitions: readonly Partition[];
}

interface Partition {
  readonly records: StoredRecord[];
  damaged: DamagedRange | undefined;
}

/** The log in memory. A record without a timestamp has 0. */
export class MemoryLog implements Log {
  readonly #topics = new Map<string, Topic>();
  readonly #committed = new Map<string, number>();
  readonly #wakers = new Set<() => void>();
  #isClosed = false;
  /** While true every append fails with `log-disk-full` before anything is kept. */
  failAppends = false;
  /** Called with the topic before each append; a test can wait or throw here. */
  beforeAppend: (topic: string) => Promise<void> = async () => undefined;

  async createTopic(spec: TopicSpec): Promise<void> {
    this.#refuseClosed();
    const isName = TOPIC_NAME.test(spec.name) && spec.name !== "." && spec.name !== "..";
    if (!isName || !Number.isSafeInteger(spec.partitions) || spec.partitions < 1) throw logErrors("log-topic-invalid");
    const found = this.#topics.get(spec.name);
    if (found === undefined) {
      const partitions = Array.from({ length: spec.partitions }, () => ({ records: [], damaged: undefined }));
      this.#topics.set(spec.name, { spec, partitions });
    } else if (found.partitions.length !== spec.partitions) throw logErrors("log-topic-mismatch");
  }

  async topics(): Promise<readonly TopicDescription[]> {
    return [...this.#topics.values()].map(({ spec, partitions }) => ({ ...spec, bounds: partitions.map(boundsOf) }));
  }

  async bounds(topic: string, partition: number): Promise<PartitionBounds> {
    return boundsOf(this.#partition(topic, partition));
  }

  async append(
    topic: string,
    partition: number,
    records: readonly LogRecord[],
  ): Promise<{ readonly baseOffset: number }> {
    this.#refuseClosed();
    await this.beforeAppend(topic);
    if (this.failAppends) throw logErrors("log-disk-full");
    const stored = this.#partition(topic, partition).records;
    const baseOffset = stored.length;
    for (const { key, value, timestampMs = 0 } of records) {
      stored.push({ offset: stored.length, key, value, timestampMs });
    }
    setImmediate(() => this.#wakeReaders());
    return { baseOffset };
  }

  async read(topic: string, partition: number, offset: number, options: ReadOptions = {}): Promise<LogBatch> {
    this.#refuseClosed();
    const { records, damaged } = this.#partition(topic, partition);
    if (!Number.isSafeInteger(offset) || offset < 0 || offset > records.length) {
      throw logErrors("log-offset-out-of-range");
    }
    const taken = takeBytes(records.slice(offset, offset + RECORDS_PER_READ), options.bytesMax ?? BYTES_PER_READ);
    const nextOffset = offset + taken.length;
    const isHurt = (at: number): boolean =>
      damaged !== undefined && at >= damaged.firstOffset && at < damaged.nextOffset;
    const namesDamage = damaged !== undefined && damaged.firstOffset >= offset && damaged.firstOffset < nextOffset;
    return {
      topic,
      partition,
      records: taken.filter((record) => !isHurt(record.offset)),
      nextOffset,
      endOffset: records.length,
      damaged: namesDamage ? [damaged] : [],
    };
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
      while (!this.#isClosed && options.signal?.aborted !== true) {
        const batch = await this.read(topic, partition, next, options);
        if (batch.nextOffset > next) {
          next = batch.nextOffset;
          yield batch;
        } else if ((await wakes.takeAll()) === undefined) return;
      }
    } finally {
      this.#wakers.delete(wake);
      options.signal?.removeEventListener("abort", stop);
    }
  }

  async seekToTime(topic: string, partition: number, timestampMs: number): Promise<number> {
    const { records } = this.#partition(topic, partition);
    return records.find((record) => record.timestampMs >= timestampMs)?.offset ?? records.length;
  }

  async commit(group: string, topic: string, partition: number, nextOffset: number): Promise<void> {
    this.#committed.set(`${group} ${topic}/${partition}`, nextOffset);
  }

  async committed(group: string, topic: string, partition: number): Promise<number | undefined> {
    return this.#committed.get(`${group} ${topic}/${partition}`);
  }

  health(): "ok" {
    return "ok";
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wakeReaders();
  }

  /** The records of a partition themselves; a test may change them to damage the log. */
  records(topic: string, partition: number): StoredRecord[] {
    return this.#partition(topic, partition).records;
  }

  /** Makes a range unreadable: the batch that would hold its first record names it. */
  damage(topic: string, partition: number, range: DamagedRange): void {
    this.#partition(topic, partition).damaged = range;
  }

  #partition(topic: string, partition: number): Partition {
    const found = this.#topics.get(topic)?.partitions[partition];
    if (found === undefined) throw logErrors("log-topic-missing");
    return found;
  }

  #wakeReaders(): void {
    for (const wake of this.#wakers) wake();
  }

  #refuseClosed(): void {
    if (this.#isClosed) throw logErrors("log-closed");
  }
}

function boundsOf({ records }: Partition): PartitionBounds {
  return { startOffset: 0, endOffset: records.length, durableOffset: records.length };
}

/** The first records that fit, at least one. */
function takeBytes(records: readonly StoredRecord[], bytesMax: number): readonly StoredRecord[] {
  let bytes = 0;
  const end = records.findIndex((record, at) => {
    bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0);
    return at > 0 && bytes > bytesMax;
  });
  return end < 0 ? records : records.slice(0, end);
}
