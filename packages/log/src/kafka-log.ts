/**
 * The `Log` port over a real Kafka cluster (Apache Kafka 3.1 or newer, or a broker that speaks like it).
 *
 * What its words mean here:
 * - `durable`: acks=all. The cluster's own policy says how much that is: as many replicas as are in sync (`min.insync.replicas`), in
 *   their page caches unless the cluster flushes. With one replica and no flush policy a power cut can lose what was acknowledged.
 * - `accepted`: acks=1, in the leader's page cache. A broken connection refuses it rather than risk writing it twice.
 * - visible: up to the high watermark, for both kinds of reader; `durableOffset` is the high watermark.
 * - damage: never reported; the cluster repairs itself from its replicas.
 * - `commit`: consumer-group offsets, which the cluster forgets `offsets.retention.minutes` (7 days) after the last commit.
 *
 * Every topic and group name begins with a prefix, so that a shared cluster can hold several houses and other people's topics.
 * It does not: keep a second process from writing the same topics, or use transactions (offsets would not be dense).
 */
import { setTimeout as sleep } from "node:timers/promises";

import { type Clock, isKaelixError, systemClock } from "@kaelix/base";

import { logErrors } from "./errors.ts";
import { KafkaAppender } from "./kafka-log-appender.ts";
import { type Fetched, KafkaCluster } from "./kafka-log-cluster.ts";
import type { KafkaPlace } from "./kafka-log-url.ts";
import type {
  Acknowledgement,
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
const TOPIC_NAME_LENGTH_MAX = 249;
const PARTITIONS_MAX = 10_000;
const CONTROL_BATCH = 0b10_0000;
const LOG_APPEND_TIME = 0b1000;
/** How long a subscriber's fetch may wait at the broker for something to come. */
const WAIT_MS = 2_000;
const RETRY_MS = 500;
const LATEST = -1;
const EARLIEST = -2;
/** How often topics are listed anew when one of them has gone meanwhile. */
const LIST_TRIES = 10;

/** What every topic of ours is created with, since a cluster's own defaults lose records: Kafka keeps seven days. */
const TOPIC_CONFIG = {
  "retention.ms": "-1",
  "retention.bytes": "-1",
  "max.message.bytes": String(32 * 2 ** 20),
  "message.timestamp.type": "CreateTime",
  "message.timestamp.after.max.ms": "9223372036854775807",
} as const;

/** How the log on a cluster is opened. */
export interface KafkaLogOptions {
  readonly place: KafkaPlace;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}

/**
 * Opens the log on a Kafka cluster.
 * @throws `log-unreachable`, `log-denied`
 *
 * @example
 * const parsed = parseKafkaUrl("kafka://127.0.0.1:9092/house.");
 * if (parsed.type === "place") const log = await openKafkaLog({ place: parsed.place });
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<Log> {
  return new ClusterLog(await KafkaCluster.open(options.place), options.place, options.clock ?? systemClock);
}

class ClusterLog implements Log {
  readonly #cluster: KafkaCluster;
  readonly #place: KafkaPlace;
  readonly #clock: Clock;
  readonly #appender: KafkaAppender;
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;

  constructor(cluster: KafkaCluster, place: KafkaPlace, clock: Clock) {
    this.#cluster = cluster;
    this.#place = place;
    this.#clock = clock;
    this.#appender = new KafkaAppender(cluster);
  }

  async createTopic(spec: TopicSpec): Promise<void> {
    this.#checkOpen();
    const name = this.#checkSpec(spec);
    const { minInsync, replicas = -1 } = this.#place;
    const configs: Record<string, string> = { ...TOPIC_CONFIG };
    if (spec.retentionMs !== undefined) configs["retention.ms"] = String(spec.retentionMs);
    if (spec.retentionBytes !== undefined) configs["retention.bytes"] = String(spec.retentionBytes);
    const isLimited = spec.retentionMs !== undefined || spec.retentionBytes !== undefined;
    if (spec.compacted === true) configs["cleanup.policy"] = isLimited ? "compact,delete" : "compact";
    if (minInsync !== undefined) configs["min.insync.replicas"] = String(minInsync);
    await this.#cluster.createTopic({ name, partitions: spec.partitions, replicas }, configs);
    const { partitions } = await this.#cluster.locate(name, 0);
    if (partitions === spec.partitions) return;
    throw logErrors("log-topic-mismatch", {
      message: `Cannot create topic ${spec.name} with ${spec.partitions} partitions: it exists with ${partitions}`,
      details: { topic: spec.name, partitions },
    });
  }

  async topics(): Promise<readonly TopicDescription[]> {
    this.#checkOpen();
    for (let tries = 1; ; tries++) {
      try {
        return await this.#describeTopics();
      } catch (error) {
        // Others delete topics between the list and the look: the next list is without them.
        if (!isKaelixError(error, "log-topic-missing") || tries === LIST_TRIES) throw error;
      }
    }
  }

  async #describeTopics(): Promise<readonly TopicDescription[]> {
    const names = await this.#cluster.topicNames(this.#place.prefix);
    if (names.length === 0) return [];
    const counts = new Map<string, readonly number[]>();
    for (const name of names) {
      const { partitions } = await this.#cluster.locate(name, 0);
      counts.set(
        name,
        Array.from({ length: partitions }, (_, index) => index),
      );
    }
    const [configs, starts, ends] = await Promise.all([
      this.#cluster.topicConfigs(names),
      this.#cluster.offsetsAt(counts, EARLIEST),
      this.#cluster.offsetsAt(counts, LATEST),
    ]);
    return names.map((name) => ({
      name: name.slice(this.#place.prefix.length),
      partitions: counts.get(name)?.length ?? 0,
      ...specOf(configs.get(name)),
      bounds: (counts.get(name) ?? []).map((at) => boundsOf(starts.get(name)?.[at], ends.get(name)?.[at])),
    }));
  }

  async bounds(topic: string, partition: number): Promise<PartitionBounds> {
    const name = await this.#checkPlace(topic, partition);
    const asked = new Map([[name, [partition]]]);
    const [starts, ends] = await Promise.all([
      this.#cluster.offsetsAt(asked, EARLIEST),
      this.#cluster.offsetsAt(asked, LATEST),
    ]);
    return boundsOf(starts.get(name)?.[partition], ends.get(name)?.[partition]);
  }

  async append(
    topic: string,
    partition: number,
    records: readonly LogRecord[],
    options: { readonly acknowledge: Acknowledgement },
  ): Promise<{ readonly baseOffset: number }> {
    this.#checkOpen();
    if (records.length === 0) return { baseOffset: (await this.bounds(topic, partition)).endOffset };
    const nowMs = this.#clock.nowMs();
    const timed = records.map(({ key, timestampMs, value }) => ({ key, value, timestampMs: timestampMs ?? nowMs }));
    const place = { topic: this.#nameOf(topic), partition };
    return { baseOffset: await this.#appender.append(place, timed, options.acknowledge) };
  }

  async read(topic: string, partition: number, offset: number, options: ReadOptions = {}): Promise<LogBatch> {
    const name = await this.#checkPlace(topic, partition);
    checkOffset(offset);
    const limits = { bytesMax: Math.max(1, options.bytesMax ?? READ_BYTES_DEFAULT), waitMs: 0 };
    return batchOf(topic, offset, await this.#cluster.fetch({ topic: name, partition, offset }, limits));
  }

  async *subscribe(
    topic: string,
    partition: number,
    offset: number,
    options: ReadOptions & { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<LogBatch, void, undefined> {
    const name = await this.#checkPlace(topic, partition);
    checkOffset(offset);
    const ending = AbortSignal.any([this.#closing.signal, ...(options.signal === undefined ? [] : [options.signal])]);
    const limits = { bytesMax: Math.max(1, options.bytesMax ?? READ_BYTES_DEFAULT), waitMs: WAIT_MS };
    // Its own connection: a fetch that waits at the broker holds up everything behind it.
    const pool = this.#cluster.makePool();
    const ended = once(ending);
    try {
      for (let next = offset; !ending.aborted;) {
        const place = { topic: name, partition, offset: next };
        const fetched = await Promise.race([ended, this.#fetchOn(place, limits, pool, ending)]);
        if (fetched === undefined || ending.aborted) return;
        const batch = batchOf(topic, next, fetched);
        if (batch.nextOffset === next) continue;
        next = batch.nextOffset;
        yield batch;
      }
    } finally {
      await pool.close().catch(() => undefined);
    }
  }

  async seekToTime(topic: string, partition: number, timestampMs: number): Promise<number> {
    const name = await this.#checkPlace(topic, partition);
    const asked = new Map([[name, [partition]]]);
    // Negative numbers are words of the protocol; no record is older than the epoch.
    const found = await this.#cluster.offsetsAt(asked, Math.max(0, Math.ceil(timestampMs)));
    const offset = found.get(name)?.[partition] ?? -1;
    return offset >= 0 ? offset : (await this.bounds(topic, partition)).endOffset;
  }

  commit(group: string, topic: string, partition: number, nextOffset: number): Promise<void> {
    this.#checkOpen();
    return this.#cluster.commit(this.#nameOf(group), this.#nameOf(topic), partition, nextOffset);
  }

  committed(group: string, topic: string, partition: number): Promise<number | undefined> {
    this.#checkOpen();
    return this.#cluster.committed(this.#nameOf(group), this.#nameOf(topic), partition);
  }

  health(): LogHealth {
    return this.#cluster.health;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await this.#appender.close();
    await this.#cluster.close();
  }

  /** Fetches for a subscriber, who outlives a cluster that does not answer. Undefined when the subscription ended. */
  async #fetchOn(
    place: { readonly topic: string; readonly partition: number; readonly offset: number },
    limits: { readonly bytesMax: number; readonly waitMs: number },
    pool: ReturnType<KafkaCluster["makePool"]>,
    ending: AbortSignal,
  ): Promise<Fetched | undefined> {
    while (!ending.aborted) {
      try {
        return await this.#cluster.fetch(place, limits, pool);
      } catch (error) {
        if (ending.aborted) return undefined;
        if (!isKaelixError(error, "log-unreachable")) throw error;
        await sleep(RETRY_MS);
      }
    }
    return undefined;
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw logErrors("log-closed");
  }

  #nameOf(name: string): string {
    return this.#place.prefix + name;
  }

  /** The cluster's name of a topic that has this partition. @throws `log-topic-missing` */
  async #checkPlace(topic: string, partition: number): Promise<string> {
    this.#checkOpen();
    const name = this.#nameOf(topic);
    if (!isTopicName(name) || !Number.isSafeInteger(partition) || partition < 0) throw logErrors("log-topic-missing");
    await this.#cluster.locate(name, partition);
    return name;
  }

  #checkSpec(spec: TopicSpec): string {
    const name = this.#nameOf(spec.name);
    const isCount = Number.isSafeInteger(spec.partitions) && spec.partitions >= 1 && spec.partitions <= PARTITIONS_MAX;
    if (spec.name === "" || !isTopicName(spec.name) || !isTopicName(name) || !isCount)
      throw logErrors("log-topic-invalid");
    return name;
  }
}

function isTopicName(name: string): boolean {
  return /^[a-zA-Z0-9._-]+$/.test(name) && name.length <= TOPIC_NAME_LENGTH_MAX && name !== "." && name !== "..";
}

function checkOffset(offset: number): void {
  if (!Number.isSafeInteger(offset) || offset < 0) throw logErrors("log-offset-out-of-range");
}

function boundsOf(startOffset = 0, endOffset = 0): PartitionBounds {
  return { startOffset, endOffset, durableOffset: endOffset };
}

function specOf(config: ReadonlyMap<string, string> | undefined): Omit<TopicSpec, "name" | "partitions"> {
  const limit = (name: string): number | undefined => {
    const value = Number(config?.get(name) ?? -1);
    return value < 0 ? undefined : value;
  };
  const retentionMs = limit("retention.ms");
  const retentionBytes = limit("retention.bytes");
  return {
    compacted: config?.get("cleanup.policy")?.includes("compact") === true,
    ...(retentionMs === undefined ? {} : { retentionMs }),
    ...(retentionBytes === undefined ? {} : { retentionBytes }),
  };
}

/** What a fetch brought, as the port tells it. A fetch begins with the batch that holds its offset: what is before is left out. */
function batchOf(topic: string, offset: number, fetched: Fetched): LogBatch {
  const records: StoredRecord[] = [];
  let nextOffset = offset;
  for (const batch of fetched.records ?? []) {
    const baseOffset = Number(batch.firstOffset);
    nextOffset = Math.max(nextOffset, baseOffset + batch.lastOffsetDelta + 1);
    if ((batch.attributes & CONTROL_BATCH) !== 0) continue;
    const firstMs = Number(batch.firstTimestamp);
    const appendedMs = (batch.attributes & LOG_APPEND_TIME) === 0 ? undefined : Number(batch.maxTimestamp);
    for (const { headers, key, offsetDelta, timestampDelta, value } of batch.records) {
      if (baseOffset + offsetDelta < offset) continue;
      const timestampMs = appendedMs ?? firstMs + Number(timestampDelta);
      const more = headers.length === 0 ? {} : { headers: headers.map(headerOf) };
      records.push({ offset: baseOffset + offsetDelta, timestampMs, key, value, ...more });
    }
  }
  const endOffset = Math.max(Number(fetched.highWatermark), nextOffset);
  return { topic, partition: fetched.partitionIndex, records, nextOffset, endOffset, damaged: [] };
}

function headerOf([key, value]: readonly [Buffer | null, Buffer | null]): { key: string; value: Uint8Array | null } {
  return { key: key?.toString() ?? "", value };
}

/** Resolves when a signal aborts. */
function once(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
