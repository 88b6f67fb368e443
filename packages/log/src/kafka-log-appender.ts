/**
 * Appending to a Kafka cluster.
 *
 * Each partition has a lane per acknowledgement with one request under way; what is appended meanwhile goes out together in the next
 * batch, so that many callers share a round trip as they share a sync on the embedded log. What one call appends is never torn apart.
 *
 * Guarantees: records of a lane keep the order of the calls; a durable batch that is sent again after a broken connection is there
 * once (idempotent producer); a call is refused when it cannot be known that its records are there. They may still be: the port says so.
 */
import { setTimeout as sleep } from "node:timers/promises";

import { logErrors } from "./errors.ts";
import type { KafkaCluster } from "./kafka-log-cluster.ts";
import { isRefusedForSure, isTooLarge } from "./kafka-log-errors.ts";
import type { Acknowledgement } from "./log.ts";

/** Connections that write; each has one request under way per broker, so that order is kept. */
const PRODUCERS = 4;
const BATCH_BYTES_MAX = 1 << 20;
const BATCH_RECORDS_MAX = 10_000;
const RECORD_OVERHEAD_BYTES = 20;
/** How long an append waits for a new leader. */
const PATIENCE_MS = 15_000;

type LaneProducer = ReturnType<KafkaCluster["makeProducer"]>;

/** A record with its time decided. */
export interface TimedRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly timestampMs: number;
}

interface Appending {
  readonly records: readonly TimedRecord[];
  readonly bytes: number;
  readonly resolve: (baseOffset: number) => void;
  readonly reject: (error: unknown) => void;
}

interface Lane {
  readonly topic: string;
  readonly partition: number;
  readonly acknowledge: Acknowledgement;
  readonly producer: LaneProducer;
  readonly waiting: Appending[];
  sending: Promise<void> | undefined;
}

/** Appends; see above. */
export class KafkaAppender {
  readonly #cluster: KafkaCluster;
  readonly #lanes = new Map<string, Lane>();
  readonly #producers = new Map<string, LaneProducer>();
  #isClosed = false;

  constructor(cluster: KafkaCluster) {
    this.#cluster = cluster;
  }

  /** Appends at least one record; the offset of the first. @throws as the port says */
  append(
    place: { readonly topic: string; readonly partition: number },
    records: readonly TimedRecord[],
    acknowledge: Acknowledgement,
  ): Promise<number> {
    if (this.#isClosed) return Promise.reject(logErrors("log-closed"));
    const lane = this.#lane(place.topic, place.partition, acknowledge);
    return new Promise((resolve, reject) => {
      lane.waiting.push({ records, bytes: bytesOf(records), resolve, reject });
      lane.sending ??= this.#empty(lane);
    });
  }

  /** Answers what is under way, then ends the connections. Nothing new is taken. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const lane of this.#lanes.values()) await lane.sending;
    await Promise.all([...this.#producers.values()].map((producer) => producer.close().catch(() => undefined)));
  }

  #lane(topic: string, partition: number, acknowledge: Acknowledgement): Lane {
    const key = `${acknowledge}/${topic}/${partition}`;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      const producer = this.#producer(acknowledge, this.#lanes.size % PRODUCERS);
      lane = { topic, partition, acknowledge, producer, waiting: [], sending: undefined };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #producer(acknowledge: Acknowledgement, index: number): LaneProducer {
    const key = `${acknowledge}/${index}`;
    const producer = this.#producers.get(key) ?? this.#cluster.makeProducer(acknowledge === "durable");
    this.#producers.set(key, producer);
    return producer;
  }

  /** Sends until nothing waits. Never rejects: each call is answered by itself. */
  async #empty(lane: Lane): Promise<void> {
    // What is appended in the same turn goes out together.
    await Promise.resolve();
    while (lane.waiting.length > 0) await this.#send(lane, takeBatch(lane.waiting));
    lane.sending = undefined;
  }

  async #send(lane: Lane, batch: readonly Appending[]): Promise<void> {
    try {
      let offset = await this.#write(
        lane,
        batch.flatMap(({ records }) => records),
      );
      for (const { records, resolve } of batch) {
        resolve(offset);
        offset += records.length;
      }
    } catch (error) {
      // Each alone: one that is too large must not take others with it.
      if (batch.length > 1 && isTooLarge(error)) for (const one of batch) await this.#send(lane, [one]);
      else for (const { reject } of batch) reject(this.#cluster.failure(`append to ${lane.topic}`, error));
    }
  }

  /** Writes one batch; the offset of its first record. */
  async #write(lane: Lane, records: readonly TimedRecord[]): Promise<number> {
    const { acknowledge, partition, producer, topic } = lane;
    const { partitions } = await this.#cluster.locate(topic, partition);
    if (partition >= partitions) throw logErrors("log-topic-missing");
    const messages = records.map(({ key, timestampMs, value }) => ({
      topic,
      partition,
      timestamp: BigInt(Math.trunc(timestampMs)),
      // The client takes null for what Kafka's format calls null, though its types do not say so.
      key: key as Uint8Array,
      value: value as Uint8Array,
    }));
    const beganMs = performance.now();
    for (let delayMs = 50; ; delayMs = Math.min(delayMs * 2, 500)) {
      try {
        const { offsets } = await producer.send({ messages, acks: acknowledge === "durable" ? -1 : 1 });
        const base = offsets?.[0]?.offset;
        if (base === undefined || base < 0n)
          throw logErrors("log-unreachable", { message: "Cannot append: no offset" });
        return Number(base);
      } catch (error) {
        if (!isRefusedForSure(error) || performance.now() - beganMs + delayMs > PATIENCE_MS) throw error;
        producer.clearMetadata();
        await sleep(delayMs);
      }
    }
  }
}

/** Takes the calls that go into one batch off the front; at least one, whatever its size. */
function takeBatch(waiting: Appending[]): readonly Appending[] {
  let bytes = 0;
  let records = 0;
  let count = 0;
  for (const appending of waiting) {
    bytes += appending.bytes;
    records += appending.records.length;
    if (count > 0 && (bytes > BATCH_BYTES_MAX || records > BATCH_RECORDS_MAX)) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

function bytesOf(records: readonly TimedRecord[]): number {
  let bytes = 0;
  for (const { key, value } of records) bytes += RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  return bytes;
}
