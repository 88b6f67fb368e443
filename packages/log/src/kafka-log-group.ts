/**
 * Reading topics of any Kafka cluster as a member of a consumer group. Not part of the `Log` port: for what comes in from outside.
 *
 * Guarantees: records of a partition come in order; nothing is committed but by `commit`; what was not committed comes again, to this
 * member or another. At most `fetchedRecordsMax` records are held beside those handed out. Errors are of `logErrors`.
 */
import { once } from "node:events";

import type { Consumer, Message, MessagesStream } from "@platformatic/kafka";

import { logErrors } from "./errors.ts";
import { clientOptionsOf } from "./kafka-log-cluster.ts";
import { isUnknownTopic, kafkaFailure } from "./kafka-log-errors.ts";
import type { KafkaPlace } from "./kafka-log-url.ts";

/** A record of a topic of some cluster. Key, value and headers are the reader's own to keep. */
export interface GroupRecord {
  readonly topic: string;
  /** Tells a topic from one of the same name that was deleted before, or stands on another cluster. */
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: ReadonlyMap<string, Uint8Array>;
}

/** How a group is joined. Topic names are the cluster's own. */
export interface GroupOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** Where a group begins that never committed. */
  readonly from: "earliest" | "latest";
  readonly fetchedRecordsMax: number;
}

/** A member of a group. */
export interface GroupReader {
  /** The next records, at least one; waits for them. Empty when the signal aborts. */
  next(countMax: number, signal: AbortSignal): Promise<readonly GroupRecord[]>;
  /** Keeps that records, and all before them in their partitions, are done with. */
  commit(records: readonly GroupRecord[]): Promise<void>;
  /** Leaves the group. */
  close(): Promise<void>;
}

/** How long the group keeps the place of a member that was killed; until then nobody reads its partitions. */
const SESSION_MS_MAX = 10_000;
const REBALANCE_MS_MAX = 30_000;

/** Any bytes: the client is given no deserializers. */
type AnyMessage = Message;
type AnyConsumer = Consumer;
type AnyStream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;

/**
 * Joins a group.
 * @throws `log-topic-missing`, `log-unreachable`, `log-denied`
 */
export async function joinKafkaGroup(place: KafkaPlace, options: GroupOptions): Promise<GroupReader> {
  const { fetchedRecordsMax, from, group, topics } = options;
  const [client, shared] = await Promise.all([import("@platformatic/kafka"), clientOptionsOf(place)]);
  const consumer: AnyConsumer = new client.Consumer({
    ...shared,
    retries: 3,
    groupId: group,
    autocommit: false,
    sessionTimeout: SESSION_MS_MAX,
    heartbeatInterval: SESSION_MS_MAX / 4,
    rebalanceTimeout: REBALANCE_MS_MAX,
  });
  try {
    const metadata = await consumer.metadata({ topics: [...topics], retries: 0 });
    const topicIds = new Map(topics.map((topic) => [topic, metadata.topics.get(topic)?.id ?? ""]));
    const stream = await consumer.consume({
      topics: [...topics],
      mode: "committed",
      fallbackMode: from,
      autocommit: false,
      highWaterMark: fetchedRecordsMax,
      maxWaitTime: 500,
    });
    return new Member(consumer, stream, topicIds);
  } catch (error) {
    await consumer.close(true).catch(() => undefined);
    if (!isUnknownTopic(error)) throw kafkaFailure(`join group ${group}`, error);
    throw logErrors("log-topic-missing", { message: `Topic ${topics.join(" or ")} does not exist`, cause: error });
  }
}

class Member implements GroupReader {
  readonly #consumer: AnyConsumer;
  readonly #stream: AnyStream;
  readonly #topicIds: ReadonlyMap<string, string>;

  constructor(consumer: AnyConsumer, stream: AnyStream, topicIds: ReadonlyMap<string, string>) {
    this.#consumer = consumer;
    this.#stream = stream;
    this.#topicIds = topicIds;
    // Also told by the next read; an error event that nobody listens for would end the process.
    stream.on("error", () => undefined);
  }

  async next(countMax: number, signal: AbortSignal): Promise<readonly GroupRecord[]> {
    const stream = this.#stream;
    const records: GroupRecord[] = [];
    while (!signal.aborted) {
      while (records.length < countMax) {
        // Node's types do not know what a stream of objects holds.
        const message = stream.read() as AnyMessage | null;
        if (message === null) break;
        records.push(this.#recordOf(message));
      }
      if (records.length > 0) return records;
      if (stream.errored !== null) throw kafkaFailure("read on", stream.errored);
      if (stream.destroyed || stream.readableEnded) {
        throw logErrors("log-unreachable", { message: "Cannot read on: the cluster ended it" });
      }
      await changeOf(stream, signal);
    }
    return [];
  }

  async commit(records: readonly GroupRecord[]): Promise<void> {
    const newest = new Map<string, GroupRecord>();
    for (const record of records) newest.set(`${record.topic}/${record.partition}`, record);
    const offsets = [...newest.values()].map(({ offset, partition, topic }) => ({
      topic,
      partition,
      offset: BigInt(offset + 1),
      leaderEpoch: -1,
    }));
    try {
      await this.#consumer.commit({ offsets });
    } catch (error) {
      throw kafkaFailure("commit", error);
    }
  }

  async close(): Promise<void> {
    await this.#stream.close().catch(() => undefined);
    await this.#consumer.close(true).catch(() => undefined);
  }

  #recordOf(message: AnyMessage): GroupRecord {
    const { headers, key, offset, partition, timestamp, topic, value } = message;
    return {
      topic,
      topicId: this.#topicIds.get(topic) ?? "",
      partition,
      offset: Number(offset),
      timestampMs: Number(timestamp),
      key: bytesOf(key),
      value: bytesOf(value),
      headers: new Map([...headers].map(([name, bytes]) => [String(name), bytes])),
    };
  }
}

/** What Kafka's format calls null comes as null or undefined, though the client's types do not say so. */
function bytesOf(bytes: Uint8Array | null | undefined): Uint8Array | null {
  return bytes ?? null;
}

/** Resolves when a stream has something to tell, or the signal aborts. */
async function changeOf(stream: AnyStream, signal: AbortSignal): Promise<void> {
  const settled = new AbortController();
  const options = { signal: AbortSignal.any([signal, settled.signal]) };
  const changes = ["readable", "close", "error"].map((event) => once(stream, event, options));
  await Promise.race(changes).catch(() => undefined);
  settled.abort();
  await Promise.allSettled(changes);
}
