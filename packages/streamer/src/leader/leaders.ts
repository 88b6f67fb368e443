/**
 * All leaders of a storage: made on first use, ended with their topic.
 */
import { type Clock, isKaelixError, systemClock } from "@kaelix/base";

import type { Storage, TopicEvent } from "../storage/storage.ts";
import type { StoredTopicSpec } from "../storage/topic-spec.ts";
import type { LeaderRules } from "./batch-rules.ts";
import type { Leaders, PartitionLeader, TransactionGuard } from "./contract.ts";
import { type LogLeader, openLeader } from "./partition-leader.ts";
import { SnapshotFiles } from "./snapshot-files.ts";
import { kafkaRules, topicRules } from "./topic-rules.ts";

const TIDY_INTERVAL_MS = 10 * 60 * 1000;

/** How leaders are opened. */
export interface LeadersOptions {
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** What appending to a topic goes by. Default: the topic's own configuration over Kafka's defaults. */
  readonly rules?: (spec: StoredTopicSpec) => LeaderRules;
  /** How long a producer without an open transaction is remembered, ms (producer.id.expiration.ms). Default 1 day. */
  readonly producerExpirationMs?: number;
  /** Producers remembered per partition. Default 100,000. */
  readonly producersMax?: number;
  /** Bytes of log between snapshots, and so about what is read again after a kill. Default 16 MiB. */
  readonly snapshotBytes?: number;
}

/** Leads the partitions of a storage. Close it before the storage. */
export function openLeaders(storage: Storage, options: LeadersOptions = {}): Leaders {
  return new LoadedLeaders(storage, options);
}

interface LedTopic {
  readonly leaders: (LogLeader | undefined)[];
  rules: LeaderRules;
}

class LoadedLeaders implements Leaders {
  readonly #storage: Storage;
  readonly #options: LeadersOptions;
  readonly #topics = new Map<string, LedTopic>();
  readonly #loading = new Map<string, Promise<LogLeader | undefined>>();
  readonly #listeners = new Set<(leader: PartitionLeader) => void>();
  readonly #stopListening: () => void;
  readonly #tidyTimer: NodeJS.Timeout;
  #guard: TransactionGuard | undefined;
  #closed = false;

  constructor(storage: Storage, options: LeadersOptions) {
    this.#storage = storage;
    this.#options = options;
    this.#stopListening = storage.onTopics((event) => this.#onTopic(event));
    this.#tidyTimer = setInterval(() => this.#tidy(), TIDY_INTERVAL_MS);
    this.#tidyTimer.unref();
  }

  async get(topic: string, partition: number): Promise<PartitionLeader | undefined> {
    for (;;) {
      const loaded = this.loaded(topic, partition);
      if (loaded !== undefined || this.#closed) return loaded;
      if (this.#storage.topics().get(topic)?.partitions[partition] === undefined) return undefined;
      const key = `${topic}/${partition}`;
      let loading = this.#loading.get(key);
      if (loading === undefined) {
        loading = this.#load(topic, partition).finally(() => this.#loading.delete(key));
        this.#loading.set(key, loading);
      }
      const leader = await loading;
      if (leader !== undefined) return leader;
    }
  }

  loaded(topic: string, partition: number): LogLeader | undefined {
    return this.#topics.get(topic)?.leaders[partition];
  }

  guardTransactions(guard: TransactionGuard): void {
    this.#guard = guard;
  }

  onLoaded(listener: (leader: PartitionLeader) => void): () => void {
    this.#listeners.add(listener);
    for (const leader of this.#all()) listener(leader);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#tidyTimer);
    await Promise.allSettled(this.#loading.values());
    this.#stopListening();
    for (const leader of this.#all()) await leader.close(true);
    this.#topics.clear();
  }

  /** Undefined when the topic was deleted meanwhile: whoever asked looks again. */
  async #load(topic: string, partition: number): Promise<LogLeader | undefined> {
    const log = this.#storage.topics().get(topic)?.partitions[partition];
    if (log === undefined) return undefined;
    const { clock = systemClock, producerExpirationMs, producersMax, snapshotBytes } = this.#options;
    const led = this.#led(topic);
    try {
      const leader = await openLeader({
        topic,
        partition,
        log,
        clock,
        limits: { expirationMs: producerExpirationMs ?? 24 * 3600 * 1000, producersMax: producersMax ?? 100_000 },
        snapshots: new SnapshotFiles(this.#storage.disk, `${this.#storage.directory}/topics/${topic}/${partition}`),
        snapshotBytes: snapshotBytes ?? 16 * 2 ** 20,
        rules: () => led.rules,
        guard: () => this.#guard,
      });
      if (this.#topics.get(topic) !== led) {
        await leader.close(false);
        return undefined;
      }
      led.leaders[partition] = leader;
      for (const listener of this.#listeners) listener(leader);
      return leader;
    } catch (error) {
      if (isKaelixError(error, "log-topic-missing")) return undefined;
      throw error;
    }
  }

  #led(topic: string): LedTopic {
    let led = this.#topics.get(topic);
    const spec = this.#storage.topics().get(topic)?.spec;
    if (led === undefined && spec !== undefined) {
      led = { leaders: [], rules: this.#rulesOf(spec) };
      this.#topics.set(topic, led);
    }
    return led ?? { leaders: [], rules: kafkaRules({}) };
  }

  #rulesOf(spec: StoredTopicSpec): LeaderRules {
    return this.#options.rules?.(spec) ?? topicRules(spec);
  }

  #onTopic({ topic, type }: TopicEvent): void {
    const { name } = topic.spec;
    const led = this.#topics.get(name);
    if (led === undefined) return;
    if (type === "changed") led.rules = this.#rulesOf(topic.spec);
    if (type !== "deleted") return;
    this.#topics.delete(name);
    for (const leader of led.leaders) void leader?.close(false);
  }

  *#all(): Iterable<LogLeader> {
    for (const { leaders } of this.#topics.values())
      for (const leader of leaders) if (leader !== undefined) yield leader;
  }

  #tidy(): void {
    for (const leader of this.#all()) leader.tidy();
  }
}
