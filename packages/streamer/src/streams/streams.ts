/**
 * A million logical streams over a few partitions of one topic.
 *
 *     append(name) ──► partition by the name's hash ──► one batch of many streams' records ──► history index
 *     read(name, sequence)      only that stream's records, by the index
 *     subscribe(name)           its tail
 *     deliver()                 all streams that have more than their cursor, in fair order
 *
 * A stream begins with its first record. It is the sequence of the records whose key is its name, so any Kafka client can write to it.
 *
 * Guarantees: an append that was answered is durable; sequences of a stream grow by one per record; a reader sees only durable records; memory
 * for what is in flight stays under one bound, and who would exceed it waits; a hot stream cannot keep others from being delivered.
 * Does not: keep values in memory, or order records across streams.
 */
import { assert, type Clock, encodeText, type RandomSource, systemClock, systemRandom } from "@kaelix/base";
import { encodeRecordBatch } from "@kaelix/protocol";

import type { Storage } from "../storage/storage.ts";
import { type AllocationMetrics, StreamingAllocationManager } from "./allocation.ts";
import { Delivery, type StreamBatch } from "./delivery.ts";
import { streamErrors } from "./errors.ts";
import { FairSchedule, PRIORITIES } from "./fair-schedule.ts";
import { PartitionStreams } from "./partition-streams.ts";
import { type Place, StreamPlaces } from "./places.ts";
import { readStreamSettings, type StoredStreamSettings, StreamSettingsWriter } from "./stream-settings.ts";
import { spendQuota } from "./stream-table.ts";
import { StreamTails } from "./tails.ts";

const RECORD_OVERHEAD_BYTES = 64;
/** Small, because a history is read a batch at a time. */
const BATCH_BYTES_MAX = 32 << 10;
const TICK_MS = 1000;
/** Streams looked at for expiry in one tick, per partition. */
const EXPIRY_SLICE = 100_000;

/** What a stream may be told. */
export interface StreamSettings {
  /** 0 (first) to 7 (last); default 4. */
  readonly priority?: number;
  /** Ms after which a record is no longer read, and after which a stream without new ones is forgotten; 0: never. */
  readonly ttlMs?: number;
  /** Bytes a second it may append; 0: unlimited. */
  readonly quotaBytesPerSecond?: number;
}

/** A stream as it stands. */
export interface StreamDescription extends Required<StreamSettings> {
  readonly name: string;
  readonly partition: number;
  readonly nextSequence: number;
  /** Where its reader goes on. */
  readonly cursor: number;
  /** Epoch ms of the newest record; 0 while there is none. */
  readonly appendedMs: number;
}

/** How much one read returns. */
export interface StreamReadOptions {
  /** Default 1000. */
  readonly count?: number;
  /** Default 1 MiB; at least one record comes back when there is one. */
  readonly bytesMax?: number;
}

/** How streams are opened. */
export interface StreamsOptions {
  readonly storage: Storage;
  /** Made when it does not exist. */
  readonly topic: string;
  /** Default 4. */
  readonly partitions?: number;
  /** Default 10,000,000. */
  readonly streamsMax?: number;
  /** Bytes all streams together may have in flight; default 64 MiB. */
  readonly memoryBytesMax?: number;
  /** Bytes one stream may have in flight; default 4 MiB. */
  readonly streamMemoryBytesMax?: number;
  /** Bytes a stream is given in one turn of `deliver`, about; default 64 KiB. */
  readonly quantumBytes?: number;
  readonly clock?: Clock;
  readonly random?: RandomSource;
}

/** Counters since opening, and how things stand. */
export interface StreamsMetrics {
  readonly streams: number;
  readonly appendedRecords: number;
  readonly appendedBytes: number;
  readonly deliveredRecords: number;
  readonly quotaRefusals: number;
  readonly expiredStreams: number;
  /** Bytes of names, numbers and index in memory. */
  readonly indexBytes: number;
  readonly allocation: AllocationMetrics;
}

interface PendingAppend {
  readonly name: Uint8Array;
  readonly value: Uint8Array;
  readonly timestampMs: number;
  readonly slot: number;
  readonly bytes: number;
  readonly resolve: (sequence: number) => void;
  readonly reject: (error: unknown) => void;
}

const STREAMS_MAX_DEFAULT = 10_000_000;
const RUN_ENTRIES = 1 << 16;
const MEMORY_BYTES_DEFAULT = 64 << 20;
const STREAM_MEMORY_BYTES_DEFAULT = 4 << 20;
const QUANTUM_BYTES_DEFAULT = 64 << 10;
const PRIORITY_DEFAULT = 4;
const READ_COUNT_DEFAULT = 1000;
const READ_BYTES_DEFAULT = 1 << 20;

/**
 * Opens the streams of a topic, making it when needed, with its internal topic `<topic>.streams` of cursors and settings.
 * @throws errors of the storage; `log-topic-mismatch` when the topic has another number of partitions
 */
export async function openStreams(options: StreamsOptions): Promise<Streams> {
  const { storage, topic } = options;
  const partitions = options.partitions ?? 4;
  await storage.createTopic({ name: topic, partitions });
  await storage.createTopic({ name: `${topic}.streams`, partitions: 1, compacted: true });
  const streams = new Streams(options, partitions);
  await streams.open();
  return streams;
}

/** Open streams; made by `openStreams`. */
export class Streams {
  readonly #options: StreamsOptions;
  readonly #clock: Clock;
  readonly #places: StreamPlaces;
  readonly #allocation: StreamingAllocationManager;
  readonly #settings: StreamSettingsWriter;
  readonly #pending: PendingAppend[][];
  readonly #expiredBefore = new Map<string, number>();
  readonly #tails = new StreamTails();
  readonly #expiryAt: number[];
  #flushScheduled = false;
  #delivery: Delivery | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  readonly #counters = {
    appendedRecords: 0,
    appendedBytes: 0,
    deliveredRecords: 0,
    quotaRefusals: 0,
    expiredStreams: 0,
  };

  constructor(options: StreamsOptions, partitions: number) {
    const { storage, topic } = options;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const bytesMax = options.memoryBytesMax ?? MEMORY_BYTES_DEFAULT;
    const streamBytesMax = Math.min(options.streamMemoryBytesMax ?? STREAM_MEMORY_BYTES_DEFAULT, bytesMax);
    this.#allocation = new StreamingAllocationManager({ bytesMax, streamBytesMax });
    this.#settings = new StreamSettingsWriter(storage.partition(`${topic}.streams`, 0));
    const random = options.random ?? systemRandom;
    const owners = Array.from({ length: partitions }, (_, at) => {
      return new PartitionStreams({
        partition: storage.partition(topic, at),
        disk: storage.disk,
        directory: `${storage.directory}/streams/${topic}/${at}`,
        runEntries: RUN_ENTRIES,
        seed: new DataView(random.bytes(4).buffer).getInt32(0),
        priorityDefault: PRIORITY_DEFAULT,
        expiredBefore: (name) => this.#expiredBefore.get(name),
        onRecord: (slot, bytes) => this.#onRecord({ owner: at, slot }, bytes),
      });
    });
    this.#places = new StreamPlaces(owners, options.streamsMax ?? STREAMS_MAX_DEFAULT);
    this.#pending = owners.map(() => []);
    this.#expiryAt = owners.map(() => 0);
  }

  /** Reads settings, then records. Called once, by `openStreams`. */
  async open(): Promise<void> {
    const stored = new Map<string, StoredStreamSettings>();
    const { storage, topic } = this.#options;
    await readStreamSettings(storage.partition(`${topic}.streams`, 0), (name, settings) => {
      stored.set(name, settings);
      if (settings.expiredBefore !== undefined) this.#expiredBefore.set(name, settings.expiredBefore);
    });
    for (const owner of this.#places.owners) await owner.open();
    for (const [name, settings] of stored) {
      const place = this.#places.find(name);
      if (place !== undefined) applySettings(this.#places, place, settings);
    }
    this.#timer = setInterval(() => void this.tick().catch(() => undefined), TICK_MS);
    this.#timer.unref();
  }

  /** True when a stream exists: the bare look-up. */
  has(name: string): boolean {
    return this.#places.has(name);
  }

  /** Looks a stream up; undefined when it does not exist. */
  describe(name: string): StreamDescription | undefined {
    const place = this.#places.find(name);
    if (place === undefined) return undefined;
    const { slot } = place;
    const owner = this.#places.ownerOf(place);
    const { table } = owner;
    return {
      name,
      partition: place.owner,
      nextSequence: owner.nextSequence(slot),
      cursor: table.cursor[slot] ?? 0,
      appendedMs: table.appendedMs[slot] ?? 0,
      priority: table.priority[slot] ?? PRIORITY_DEFAULT,
      ttlMs: table.ttlMs[slot] ?? 0,
      quotaBytesPerSecond: table.quotaBytes[slot] ?? 0,
    };
  }

  /**
   * Appends a record to a stream, which begins with its first one. Waits while the streams' memory is spent.
   * @returns the record's sequence, once it is durable
   * @throws `stream-name-invalid`, `stream-quota-spent` (details.retryAfterMs), `stream-record-too-large`, `streams-full`,
   *   `streams-closed`, errors of the storage
   */
  async append(name: string, value: Uint8Array, timestampMs = this.#clock.nowMs()): Promise<number> {
    if (this.#closed) throw streamErrors("streams-closed");
    const key = encodeText(name);
    const place = this.#places.begin(name, key);
    const { table } = this.#places.ownerOf(place);
    const retryAfterMs = spendQuota(table, place.slot, value.length, this.#clock.monotonicMs());
    if (retryAfterMs > 0) {
      this.#counters.quotaRefusals += 1;
      throw streamErrors("stream-quota-spent", { details: { retryAfterMs } });
    }
    const bytes = value.length + key.length + RECORD_OVERHEAD_BYTES;
    const number = this.#places.keyOf(place);
    if (!this.#allocation.tryTake(number, bytes)) {
      await this.#allocation.take(number, bytes, this.#places.priorityOf(place));
    }
    return new Promise((resolve, reject) => {
      this.#pending[place.owner]?.push({ name: key, value, timestampMs, slot: place.slot, bytes, resolve, reject });
      if (this.#flushScheduled) return;
      this.#flushScheduled = true;
      // All appends of one turn of the event loop become one batch per partition.
      setImmediate(() => this.#flush());
    });
  }

  /** Reads a stream's records from a sequence on. Throws `stream-missing`. */
  async read(name: string, sequence: number, options: StreamReadOptions = {}): Promise<StreamBatch> {
    return { name, ...(await this.#readPlace(this.#places.get(name), sequence, options)) };
  }

  /** Reads a stream on for ever, waiting at its end. Ends when `signal` aborts or the streams close. Throws `stream-missing`. */
  async *subscribe(
    name: string,
    sequence: number,
    options: StreamReadOptions & { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<StreamBatch, void, undefined> {
    let next = sequence;
    while (!this.#closed && options.signal?.aborted !== true) {
      const place = this.#places.get(name);
      const batch = await this.#readPlace(place, next, options);
      if (batch.records.length > 0) yield { name, ...batch };
      else if (batch.nextSequence === next) await this.#untilMore(place, next, options.signal);
      next = batch.nextSequence;
    }
  }

  /** Moves a stream's cursor: where `deliver` goes on after a restart. Resolves once durable. Throws `stream-missing`. */
  async commit(name: string, sequence: number): Promise<void> {
    const place = this.#places.get(name);
    this.#places.ownerOf(place).table.cursor[place.slot] = sequence;
    await this.#keepSettings(name, place);
  }

  /** Tells a stream its priority, quota or time to live, durably; it begins when it does not exist. */
  async configure(name: string, settings: StreamSettings): Promise<void> {
    checkSettings(settings);
    const place = this.#places.begin(name, encodeText(name));
    applySettings(this.#places, place, settings);
    await this.#keepSettings(name, place);
  }

  /**
   * Delivers, in fair order, the records of every stream after its cursor, and goes on as more come. One at a time may deliver. A record
   * is delivered once per call; another call begins at the cursors, which the caller moves with `commit`.
   */
  async *deliver(signal?: AbortSignal): AsyncGenerator<StreamBatch, void, undefined> {
    assert(this.#delivery === undefined, "Streams are delivered to one caller at a time");
    const delivery = new Delivery({
      places: this.#places,
      schedule: new FairSchedule(this.#options.quantumBytes ?? QUANTUM_BYTES_DEFAULT),
      overheadBytes: RECORD_OVERHEAD_BYTES,
      read: (place, sequence, bytesMax) => this.#readPlace(place, sequence, { bytesMax }),
    });
    const end = (): void => delivery.end();
    if (signal?.aborted === true || this.#closed) return;
    signal?.addEventListener("abort", end);
    this.#delivery = delivery;
    try {
      for await (const batch of delivery.run()) {
        this.#counters.deliveredRecords += batch.records.length;
        yield batch;
      }
    } finally {
      this.#delivery = undefined;
      signal?.removeEventListener("abort", end);
    }
  }

  /** Shrinks unused grants, expires streams, drops what retention dropped. Runs by itself every second. */
  async tick(): Promise<void> {
    this.#allocation.tick();
    for (const [at, owner] of this.#places.owners.entries()) {
      await this.#expire(at, owner);
      await owner.maintain();
    }
  }

  /** Counters and how things stand. */
  metrics(): StreamsMetrics {
    return {
      ...this.#counters,
      streams: this.#places.size,
      indexBytes: this.#places.owners.reduce((sum, owner) => sum + owner.bytesHeld, 0),
      allocation: this.#allocation.metrics(),
    };
  }

  /** Appends what waits, ends readers, writes checkpoints. The storage stays open. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#flush();
    this.#closed = true;
    clearInterval(this.#timer);
    this.#allocation.close();
    this.#delivery?.end();
    this.#tails.wakeAll();
    for (const owner of this.#places.owners) {
      owner.close();
      await owner.checkpoint();
    }
  }

  #flush(): void {
    this.#flushScheduled = false;
    for (const [at, pending] of this.#pending.entries()) {
      if (pending.length === 0) continue;
      this.#pending[at] = [];
      for (const batch of batchesOf(pending)) void this.#appendBatch(at, batch);
    }
  }

  async #appendBatch(at: number, batch: readonly PendingAppend[]): Promise<void> {
    const owner = this.#places.ownerOf({ owner: at });
    try {
      const bytes = encodeRecordBatch(batch.map(({ name, timestampMs, value }) => ({ key: name, value, timestampMs })));
      // The sequences are those of this moment: the append folds the records before it returns.
      const counts = new Map<number, number>();
      const sequences = batch.map(({ slot }) => {
        const before = counts.get(slot) ?? 0;
        counts.set(slot, before + 1);
        return owner.nextSequence(slot) + before;
      });
      const slots = batch.map(({ slot }) => slot);
      const baseOffset = owner.append(bytes, slots);
      await owner.partition.durable(baseOffset + batch.length);
      for (const [index, append] of batch.entries()) append.resolve(sequences[index] ?? 0);
    } catch (error) {
      for (const append of batch) append.reject(error);
    } finally {
      for (const { bytes, slot } of batch) this.#allocation.give(this.#places.keyOf({ owner: at, slot }), bytes);
    }
  }

  #onRecord(place: Place, bytes: number): void {
    this.#counters.appendedRecords += 1;
    this.#counters.appendedBytes += bytes;
    const key = this.#places.keyOf(place);
    if (this.#delivery === undefined && !this.#tails.has(key)) return;
    const { partition } = this.#places.ownerOf(place);
    // Readers see what is durable; nobody is told before.
    void this.#afterDurable(partition.bounds().endOffset - 1, place);
  }

  async #afterDurable(offset: number, place: Place): Promise<void> {
    if (!(await this.#places.ownerOf(place).partition.waitFor(offset, "durable"))) return;
    this.#delivery?.offer(place);
    this.#tails.wake(this.#places.keyOf(place));
  }

  async #readPlace(place: Place, sequence: number, options: StreamReadOptions): Promise<Omit<StreamBatch, "name">> {
    const owner = this.#places.ownerOf(place);
    const { count = READ_COUNT_DEFAULT, bytesMax = READ_BYTES_DEFAULT } = options;
    const read = await owner.read(place.slot, sequence, { count, bytesMax, visibility: "durable" });
    const ttlMs = owner.table.ttlMs[place.slot] ?? 0;
    if (ttlMs === 0) return read;
    const oldestMs = this.#clock.nowMs() - ttlMs;
    return { ...read, records: read.records.filter((record) => record.timestampMs > oldestMs) };
  }

  /** Waits until a stream has a durable record at a sequence, the signal aborts, or the streams close. */
  #untilMore(place: Place, sequence: number, signal: AbortSignal | undefined): Promise<void> {
    return this.#tails.wait(this.#places.keyOf(place), signal, () => {
      // What was accepted before this reader began to wait told nobody.
      void this.#offerAccepted(place, sequence);
    });
  }

  async #offerAccepted(place: Place, sequence: number): Promise<void> {
    const offset = await this.#places.ownerOf(place).offsetOf(place.slot, sequence);
    if (offset !== undefined) await this.#afterDurable(offset, place);
  }

  #keepSettings(name: string, place: Place): Promise<void> {
    const { table } = this.#places.ownerOf(place);
    const { slot } = place;
    const expiredBefore = this.#expiredBefore.get(name);
    const current = (): StoredStreamSettings => ({
      cursor: table.cursor[slot] ?? 0,
      priority: table.priority[slot] ?? PRIORITY_DEFAULT,
      ttlMs: table.ttlMs[slot] ?? 0,
      quotaBytesPerSecond: table.quotaBytes[slot] ?? 0,
      ...(expiredBefore === undefined ? {} : { expiredBefore }),
    });
    return this.#settings.keep(name, current, this.#clock.nowMs());
  }

  /** Forgets the streams of a slice of the rows that have had no record for their time to live. */
  async #expire(at: number, owner: PartitionStreams): Promise<void> {
    const { slots } = owner.directory;
    const first = (this.#expiryAt[at] ?? 0) >= slots ? 0 : (this.#expiryAt[at] ?? 0);
    const end = Math.min(slots, first + EXPIRY_SLICE);
    this.#expiryAt[at] = end;
    const nowMs = this.#clock.nowMs();
    const kept: Promise<void>[] = [];
    for (let slot = first; slot < end; slot += 1) {
      const ttlMs = owner.table.ttlMs[slot] ?? 0;
      if (ttlMs === 0 || (owner.table.appendedMs[slot] ?? 0) + ttlMs >= nowMs) continue;
      const key = this.#places.keyOf({ owner: at, slot });
      const name = owner.directory.nameOf(slot);
      if (name === undefined || this.#tails.has(key) || owner.nextSequence(slot) === 0) continue;
      const expiredBefore = owner.partition.bounds().endOffset;
      this.#expiredBefore.set(name, expiredBefore);
      kept.push(this.#settings.keep(name, () => ({ expiredBefore }), nowMs));
      this.#allocation.release(key);
      owner.forget(slot);
      this.#counters.expiredStreams += 1;
    }
    await Promise.all(kept);
  }
}

function applySettings(places: StreamPlaces, place: Place, settings: StoredStreamSettings): void {
  const { table } = places.ownerOf(place);
  const { slot } = place;
  if (settings.cursor !== undefined) table.cursor[slot] = settings.cursor;
  if (settings.priority !== undefined) table.priority[slot] = settings.priority;
  if (settings.ttlMs !== undefined) table.ttlMs[slot] = settings.ttlMs;
  if (settings.quotaBytesPerSecond !== undefined) {
    table.quotaBytes[slot] = settings.quotaBytesPerSecond;
    table.quotaLeft[slot] = settings.quotaBytesPerSecond;
  }
}

function checkSettings({ priority, quotaBytesPerSecond, ttlMs }: StreamSettings): void {
  const wrong =
    (priority !== undefined && !(Number.isInteger(priority) && priority >= 0 && priority < PRIORITIES)) ||
    (ttlMs !== undefined && !(ttlMs >= 0)) ||
    (quotaBytesPerSecond !== undefined && !(quotaBytesPerSecond >= 0));
  if (wrong) {
    const message = "Cannot configure stream: priority must be 0 to 7, ttlMs and quotaBytesPerSecond at least 0";
    throw streamErrors("stream-settings-invalid", { message });
  }
}

function* batchesOf(pending: readonly PendingAppend[]): Generator<readonly PendingAppend[]> {
  let batch: PendingAppend[] = [];
  let bytes = 0;
  for (const append of pending) {
    if (batch.length > 0 && bytes + append.bytes > BATCH_BYTES_MAX) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(append);
    bytes += append.bytes;
  }
  if (batch.length > 0) yield batch;
}
