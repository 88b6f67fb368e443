/**
 * The `Log` port over the embedded storage: one process, one data directory.
 *
 * Appends write to the page cache on the calling thread and wait for a shared sync off it; nothing here blocks the event loop on the
 * disk's own speed. Records read are views into the batch they came in: keep a copy of what must live longer than the batch.
 */
import { type Clock, systemClock } from "@kaelix/base";
import { decodeRecords, encodeRecordBatch } from "@kaelix/protocol";
import {
  type AppendedBatch,
  type Disk,
  type GroupStore,
  isInternalTopic,
  type Leaders,
  openLeaders,
  openStorage,
  type Storage,
  type StorageSettings,
  type VerifyReport,
  verifyStorage,
} from "@kaelix/streamer";

import { ConsumerOffsets } from "./consumer-offsets.ts";
import type {
  Acknowledgement,
  DamagedRange,
  Log,
  LogBatch,
  LogHealth,
  LogRecord,
  PartitionBounds,
  ReadOptions,
  StoredRecord,
  TopicDescription,
  TopicSpec,
} from "./log.ts";

const READ_BYTES_DEFAULT = 1 << 20;
const CONTROL_BATCH = 0b10_0000;

/** How the embedded log is opened. */
export interface StreamerLogOptions {
  /** Made when it does not exist. */
  readonly directory: string;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Default: the machine's disk. */
  readonly disk?: Disk;
  readonly settings?: Partial<StorageSettings>;
}

/** The embedded log: the port and the doors only an embedded log can have. */
export interface StreamerLog extends Log {
  /** Makes everything durable, then reads all of it and says what is not as it should be. Changes nothing. */
  verify(): Promise<VerifyReport>;
  /** The storage below, for the broker and for benches: raw batches, synchronous subscribers. */
  readonly storage: Storage;
  /** The leaders of the storage's partitions, for the broker. */
  readonly leaders: Leaders;
  /** The committed offsets and groups, for the broker: `commit` and Kafka's consumers share them. */
  readonly groupStore: GroupStore;
  /**
   * Calls a function on this thread at once when a batch was accepted, before it is durable: the microsecond path.
   * It must not throw and must not keep the bytes. Returns what ends it.
   */
  onAppend(topic: string, partition: number, listener: (batch: AppendedBatch) => void): () => void;
}

/**
 * Opens the embedded log.
 * @throws `log-directory-locked`, `log-directory-invalid`
 */
export async function openStreamerLog(options: StreamerLogOptions): Promise<StreamerLog> {
  const storage = await openStorage(options);
  const clock = options.clock ?? systemClock;
  const leaders = openLeaders(storage, { clock });
  try {
    return new EmbeddedLog({ storage, leaders, clock }, await ConsumerOffsets.open(storage, leaders, clock));
  } catch (error) {
    await leaders.close();
    await storage.close();
    throw error;
  }
}

interface LogGround {
  readonly storage: Storage;
  readonly leaders: Leaders;
  readonly clock: Clock;
}

class EmbeddedLog implements StreamerLog {
  readonly storage: Storage;
  readonly leaders: Leaders;
  readonly #offsets: ConsumerOffsets;
  readonly #clock: Clock;

  constructor({ clock, leaders, storage }: LogGround, offsets: ConsumerOffsets) {
    this.storage = storage;
    this.leaders = leaders;
    this.#offsets = offsets;
    this.#clock = clock;
  }

  get groupStore(): GroupStore {
    return this.#offsets.store;
  }

  createTopic(spec: TopicSpec): Promise<void> {
    return this.storage.createTopic(spec);
  }

  async topics(): Promise<readonly TopicDescription[]> {
    const descriptions: TopicDescription[] = [];
    for (const { spec, partitions } of this.storage.topics().values()) {
      if (isInternalTopic(spec.name)) continue;
      const { compacted, name, retentionBytes, retentionMs } = spec;
      descriptions.push({
        name,
        partitions: spec.partitions,
        compacted,
        ...(retentionMs === undefined ? {} : { retentionMs }),
        ...(retentionBytes === undefined ? {} : { retentionBytes }),
        bounds: partitions.map((partition) => partition.bounds()),
      });
    }
    return descriptions;
  }

  async bounds(topic: string, partition: number): Promise<PartitionBounds> {
    return this.storage.partition(topic, partition).bounds();
  }

  async append(
    topic: string,
    partition: number,
    records: readonly LogRecord[],
    options: { readonly acknowledge: Acknowledgement },
  ): Promise<{ readonly baseOffset: number }> {
    const owner = this.storage.partition(topic, partition);
    if (records.length === 0) return { baseOffset: owner.bounds().endOffset };
    const nowMs = this.#clock.nowMs();
    const bytes = encodeRecordBatch(
      records.map(({ key, value, timestampMs }) => ({ key, value, timestampMs: timestampMs ?? nowMs })),
    );
    // A disk that has just failed is being checked: wait for the answer instead of refusing what the new segment may take.
    await owner.settled();
    if (options.acknowledge === "accepted") return { baseOffset: owner.append(bytes, { trusted: true }) };
    const baseOffset = await owner.queue.append(bytes);
    await owner.durable(baseOffset + records.length);
    return { baseOffset };
  }

  async read(topic: string, partition: number, offset: number, options: ReadOptions = {}): Promise<LogBatch> {
    const read = await this.storage
      .partition(topic, partition)
      .read(offset, options.bytesMax ?? READ_BYTES_DEFAULT, options.visibility ?? "durable");
    const records: StoredRecord[] = [];
    const damaged: DamagedRange[] = [...read.damaged];
    for (const { at, bytes, header } of read.batches) {
      if ((header.attributes & CONTROL_BATCH) !== 0) continue;
      const decoded = decodeRecords(bytes, at, header);
      if (typeof decoded === "string") {
        const nextOffset = header.baseOffset + header.lastOffsetDelta + 1;
        damaged.push({ firstOffset: Math.max(offset, header.baseOffset), nextOffset, reason: `records: ${decoded}` });
      } else for (const record of decoded) if (record.offset >= offset) records.push(record);
    }
    return { topic, partition, records, nextOffset: read.nextOffset, endOffset: read.endOffset, damaged };
  }

  async *subscribe(
    topic: string,
    partition: number,
    offset: number,
    options: ReadOptions & { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<LogBatch, void, undefined> {
    const owner = this.storage.partition(topic, partition);
    owner.checkRange(offset);
    let next = offset;
    while (await owner.waitFor(next, options.visibility ?? "durable", options.signal)) {
      let batch: LogBatch;
      try {
        batch = await this.read(topic, partition, next, options);
      } catch (error) {
        if (owner.closed) return;
        throw error;
      }
      next = batch.nextOffset;
      yield batch;
    }
  }

  async seekToTime(topic: string, partition: number, timestampMs: number): Promise<number> {
    const owner = this.storage.partition(topic, partition);
    let next = Math.max(await owner.offsetBeforeTime(timestampMs), owner.bounds().startOffset);
    while (next < owner.bounds().durableOffset) {
      const batch = await this.read(topic, partition, next);
      const found = batch.records.find((record) => record.timestampMs >= timestampMs);
      if (found !== undefined) return found.offset;
      next = batch.nextOffset;
    }
    return next;
  }

  commit(group: string, topic: string, partition: number, nextOffset: number): Promise<void> {
    return this.#offsets.commit({ group, topic, partition }, nextOffset);
  }

  async committed(group: string, topic: string, partition: number): Promise<number | undefined> {
    return this.#offsets.get({ group, topic, partition });
  }

  async verify(): Promise<VerifyReport> {
    for (const { partitions } of this.storage.topics().values()) {
      for (const partition of partitions) await partition.flush();
    }
    return verifyStorage(this.storage.directory, this.storage.disk);
  }

  onAppend(topic: string, partition: number, listener: (batch: AppendedBatch) => void): () => void {
    return this.storage.partition(topic, partition).onAppend(listener);
  }

  health(): LogHealth {
    return this.storage.health();
  }

  async close(): Promise<void> {
    await this.#offsets.close();
    await this.leaders.close();
    await this.storage.close();
  }
}
