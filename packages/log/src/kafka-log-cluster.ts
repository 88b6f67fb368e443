/**
 * A Kafka cluster as the log needs it: where partitions are, fetching, offsets of partitions and groups, topics.
 *
 * Guarantees: everything thrown is an error of `logErrors`; what only reads is asked again for a while when the cluster is in motion
 * (a leader moved, a broker restarts). It does not: append (see kafka-log-appender.ts) or check what it reads for damage, which is
 * the cluster's own.
 */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { isKaelixError } from "@kaelix/base";
import type * as KafkaModule from "@platformatic/kafka";
import type { Admin, Base, BaseOptions, Broker, ConnectionPool, fetchV17, Producer } from "@platformatic/kafka";

import { logErrors } from "./errors.ts";
import { hasReason, isUnknownTopic, kafkaFailure } from "./kafka-log-errors.ts";
import type { KafkaPlace } from "./kafka-log-url.ts";
import type { LogHealth } from "./log.ts";

type Client = typeof KafkaModule;
type FetchApi = typeof fetchV17.api;

const CLIENT_ID = "kaelix";
const REQUEST_TIMEOUT_MS = 10_000;
const RETRIES = 20;
const RETRY_DELAY_MS = 250;
const METADATA_AGE_MS_MAX = 60_000;
/** How long reading waits for a cluster in motion. */
const PATIENCE_MS = 15_000;
/** How long a topic that was made a moment ago may still be unknown to some broker. */
const NEWS_MS = 5_000;
const FETCH_VERSION_MIN = 13;
const READ_UNCOMMITTED = 0;
const TOPIC_RESOURCE = 2;

/** Where a partition is. */
interface Located {
  readonly broker: Broker;
  readonly topicId: string;
  readonly partitions: number;
}

/** What one fetch of one partition came to. */
export type Fetched = NonNullable<Awaited<ReturnType<FetchApi["async"]>>["responses"][number]>["partitions"][number];

/** How much to fetch and how long the broker may wait for the first byte. */
export interface FetchLimits {
  readonly bytesMax: number;
  readonly waitMs: number;
}

/** A connected cluster. Topic and group names are the cluster's own, prefix included. */
export class KafkaCluster {
  readonly #client: Client;
  readonly #options: BaseOptions;
  readonly #admin: Admin;
  readonly #fetch: FetchApi;
  readonly #reading: ConnectionPool;
  readonly #knownTopics = new Set<string>();
  #health: LogHealth = "ok";
  #isClosed = false;

  private constructor(client: Client, options: BaseOptions, admin: Admin, fetch: FetchApi) {
    this.#client = client;
    this.#options = options;
    this.#admin = admin;
    this.#fetch = fetch;
    this.#reading = this.makePool();
  }

  /** Connects. @throws `log-unreachable`, `log-denied` */
  static async open(place: KafkaPlace): Promise<KafkaCluster> {
    const options = await clientOptionsOf(place);
    const client = await import("@platformatic/kafka");
    const admin = new client.Admin({ ...options, retries: 3 });
    try {
      const fetch = fetchApiOf(client, await admin.listApis());
      return new KafkaCluster(client, options, new client.Admin(options), fetch);
    } catch (error) {
      throw kafkaFailure(`reach ${place.brokers.map(({ host, port }) => `${host}:${port}`).join(", ")}`, error);
    } finally {
      await quietly(admin);
    }
  }

  get health(): LogHealth {
    return this.#health;
  }

  /** Connections of their own, for what waits at the broker: a broker answers one connection in order. */
  makePool(): ConnectionPool {
    return new this.#client.ConnectionPool(CLIENT_ID, this.#options);
  }

  /** A producer of record batches. Idempotent ones wait for all replicas in sync. */
  makeProducer(idempotent: boolean): Producer<Uint8Array, Uint8Array, Uint8Array, Uint8Array> {
    // One acknowledged by its leader alone is not asked again when nobody knows whether it was written: it could be there twice.
    const retries = idempotent ? RETRIES : 0;
    return new this.#client.Producer({ ...this.#options, idempotent, retries });
  }

  /** Creates a topic and waits until every partition has a leader. False when it was there before. */
  async createTopic(
    topic: { readonly name: string; readonly partitions: number; readonly replicas: number },
    configs: Readonly<Record<string, string>>,
  ): Promise<boolean> {
    const isNew = await this.#guard(`create topic ${topic.name}`, async () => {
      try {
        await this.#admin.createTopics({
          topics: [topic.name],
          partitions: topic.partitions,
          replicas: topic.replicas,
          configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
        });
        return true;
      } catch (error) {
        if (hasReason(error, "TOPIC_ALREADY_EXISTS")) return false;
        throw error;
      }
    });
    this.#knownTopics.add(topic.name);
    await this.locate(topic.name, 0);
    return isNew;
  }

  /** Names of the topics that begin with a prefix. */
  topicNames(prefix: string): Promise<readonly string[]> {
    return this.#guard("list topics", async () => {
      const names = await this.#admin.listTopics({ includeInternals: false });
      return names.filter((name) => name.startsWith(prefix)).sort();
    });
  }

  /** The settings of topics that were set on them, by topic. */
  topicConfigs(names: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
    return this.#patiently("describe topics", async () => {
      const resources = names.map((name) => ({ resourceType: TOPIC_RESOURCE, resourceName: name }) as const);
      const described = await this.#admin.describeConfigs({ resources: [...resources] });
      return new Map(
        described.map(({ configs, resourceName }) => [
          resourceName,
          new Map(configs.flatMap(({ name, value }) => (value === null || value === undefined ? [] : [[name, value]]))),
        ]),
      );
    });
  }

  /**
   * Offsets of every partition of topics at a time: ms since the epoch, or -1 for the end and -2 for the start.
   * @throws `log-topic-missing` when one of them does not exist
   */
  offsetsAt(topics: ReadonlyMap<string, readonly number[]>, timestamp: number): Promise<ReadonlyMap<string, number[]>> {
    return this.#patiently("list offsets", async () => {
      const asked = [...topics].map(([name, partitions]) => ({
        name,
        partitions: partitions.map((partitionIndex) => ({ partitionIndex, timestamp: BigInt(timestamp) })),
      }));
      const offsets = new Map<string, number[]>();
      const listed = await this.#admin.listOffsets({ topics: asked }).catch((error: unknown) => {
        throw isUnknownTopic(error) ? this.#missing([...topics.keys()].join(", ")) : error;
      });
      for (const { name, partitions } of listed) {
        const known = offsets.get(name) ?? [];
        for (const { offset, partitionIndex } of partitions) known[partitionIndex] = Number(offset);
        offsets.set(name, known);
      }
      return offsets;
    });
  }

  /** Where a partition is. @throws `log-topic-missing` */
  locate(topic: string, partition: number): Promise<Located> {
    return this.#patiently(`find ${topic}`, async () => {
      const metadata = await this.#admin.metadata({ topics: [topic], retries: 0 }).catch(async (error: unknown) => {
        this.#admin.clearMetadata();
        throw isUnknownTopic(error) ? this.#missing(topic) : error;
      });
      const found = metadata.topics.get(topic);
      if (found === undefined) throw this.#missing(topic);
      const broker = metadata.brokers.get(found.partitions[partition]?.leader ?? -1);
      if (partition in found.partitions && broker !== undefined && found.partitions.every((one) => one.leader >= 0)) {
        return { broker, topicId: found.id, partitions: found.partitionsCount };
      }
      if (!(partition in found.partitions)) throw this.#missing(`${topic}/${partition}`);
      this.#admin.clearMetadata();
      throw logErrors("log-unreachable", { message: `Cannot use ${topic}: a partition has no leader` });
    });
  }

  /** Fetches once from a partition's leader. The pool decides whose connection waits. */
  async fetch(
    place: { readonly topic: string; readonly partition: number; readonly offset: number },
    limits: FetchLimits,
    pool: ConnectionPool = this.#reading,
  ): Promise<Fetched> {
    const { offset, partition, topic } = place;
    return this.#patiently(`read ${topic}/${partition}`, async () => {
      const { broker, topicId } = await this.locate(topic, partition);
      try {
        const connection = await pool.get(broker);
        const asked = {
          partition,
          currentLeaderEpoch: -1,
          fetchOffset: BigInt(offset),
          lastFetchedEpoch: -1,
          partitionMaxBytes: limits.bytesMax,
        };
        const wanted = [{ topicId, partitions: [asked] }];
        const { bytesMax, waitMs } = limits;
        // Session epoch -1: no fetch session is kept at the broker.
        const answer = await this.#fetch.async(
          connection,
          waitMs,
          1,
          bytesMax,
          READ_UNCOMMITTED,
          0,
          -1,
          wanted,
          [],
          "",
        );
        const fetched = answer.responses[0]?.partitions[0];
        if (fetched === undefined) throw logErrors("log-unreachable", { message: `Cannot read ${topic}: no answer` });
        return fetched;
      } catch (error) {
        this.#admin.clearMetadata();
        throw error;
      }
    });
  }

  /** Keeps where a group goes on. */
  commit(group: string, topic: string, partition: number, offset: number): Promise<void> {
    return this.#patiently(`commit for ${group}`, () =>
      this.#admin.alterConsumerGroupOffsets({
        groupId: group,
        topics: [{ name: topic, partitionOffsets: [{ partition, offset: BigInt(offset) }] }],
      }),
    );
  }

  /** Where a group goes on; undefined when it never committed or the cluster has let it expire. */
  committed(group: string, topic: string, partition: number): Promise<number | undefined> {
    return this.#patiently(`read the offsets of ${group}`, async () => {
      try {
        const groups = await this.#admin.listConsumerGroupOffsets({
          groups: [{ groupId: group, topics: [{ name: topic, partitionIndexes: [partition] }] }],
        });
        const offset = groups[0]?.topics[0]?.partitions[0]?.committedOffset ?? -1n;
        return offset < 0n ? undefined : Number(offset);
      } catch (error) {
        if (hasReason(error, "GROUP_ID_NOT_FOUND")) return undefined;
        throw error;
      }
    });
  }

  /** Ends every connection of the cluster's own. What is under way fails with `log-closed`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await quietly(this.#admin);
    await this.#reading.close().catch(() => undefined);
  }

  /** Says how something ended: the log's errors, and health by whether the cluster answered. */
  async #guard<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw logErrors("log-closed");
    try {
      const result = await work();
      this.#health = "ok";
      return result;
    } catch (error) {
      throw this.failure(what, error);
    }
  }

  /** The log's error for something that went wrong with the cluster; notes it in `health`. */
  failure(what: string, cause: unknown): Error {
    if (this.#isClosed) return logErrors("log-closed", { cause });
    const failure = kafkaFailure(what, cause);
    if (failure.code === "log-unreachable" || failure.code === "log-denied") this.#health = "suspect";
    return failure;
  }

  /** Asks again while the cluster is in motion. Only for what changes nothing, or the same when done twice. */
  async #patiently<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    const beganMs = performance.now();
    for (let delayMs = 20; ; delayMs = Math.min(delayMs * 2, 500)) {
      try {
        return await this.#guard(what, work);
      } catch (error) {
        const waitedMs = performance.now() - beganMs;
        const isNews = isKaelixError(error, "log-topic-missing") && error.details["recent"] === true;
        const patienceMs = isNews ? NEWS_MS : isKaelixError(error, "log-unreachable") ? PATIENCE_MS : 0;
        if (waitedMs + delayMs > patienceMs) throw error;
        await sleep(delayMs);
      }
    }
  }

  #missing(what: string): Error {
    // A topic that this process made is somewhere: brokers hear of it one after the other.
    return logErrors("log-topic-missing", {
      message: `Topic or partition ${what} does not exist`,
      details: { recent: this.#knownTopics.has(what) },
    });
  }
}

function fetchApiOf(
  client: Client,
  served: readonly { readonly name: string; readonly minVersion: number; readonly maxVersion: number }[],
): FetchApi {
  const { fetchV13, fetchV14, fetchV15, fetchV16, fetchV17 } = client;
  const apis: readonly FetchApi[] = [fetchV17.api, fetchV16.api, fetchV15.api, fetchV14.api, fetchV13.api];
  const range = served.find(({ name }) => name === "Fetch");
  const api = apis.find(
    ({ version }) => range !== undefined && range.minVersion <= version && version <= range.maxVersion,
  );
  if (api !== undefined) return api;
  throw logErrors("log-unreachable", {
    message: `Cannot read from this cluster: its Fetch ends at version ${range?.maxVersion ?? "none"}, must be ${FETCH_VERSION_MIN} at least (Apache Kafka 3.1)`,
  });
}

/** What every client of a cluster is made with. */
export async function clientOptionsOf(place: KafkaPlace): Promise<BaseOptions> {
  const { brokers, sasl, tls } = place;
  const read = (path: string | undefined): Promise<Buffer> | undefined =>
    path === undefined ? undefined : readFile(path);
  const [ca, cert, key] = await Promise.all([read(tls?.caFile), read(tls?.certFile), read(tls?.keyFile)]);
  return {
    clientId: CLIENT_ID,
    bootstrapBrokers: brokers.map(({ host, port }) => ({ host, port })),
    timeout: REQUEST_TIMEOUT_MS,
    retries: RETRIES,
    retryDelay: RETRY_DELAY_MS,
    metadataMaxAge: METADATA_AGE_MS_MAX,
    autocreateTopics: false,
    ...(tls === undefined
      ? {}
      : {
          tls: {
            ...(ca === undefined ? {} : { ca }),
            ...(cert === undefined ? {} : { cert }),
            ...(key === undefined ? {} : { key }),
          },
        }),
    ...(sasl === undefined ? {} : { sasl: { ...sasl } }),
  };
}

async function quietly(client: Base): Promise<void> {
  await client.close().catch(() => undefined);
}
