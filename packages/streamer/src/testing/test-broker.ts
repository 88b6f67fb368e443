/** A broker in a folder of its own, for tests that use sockets. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { encodeText } from "@kaelix/base";
import { decodeRecordBatch, encodeRecordBatch } from "@kaelix/protocol";

import type { Broker } from "../broker/broker.ts";
import { startBroker, type StartBrokerOptions } from "../broker/start-broker.ts";
import { connectWire, type WireClient } from "./wire-client.ts";
import { codecs } from "./wire-codecs.ts";

/** A broker with what a test needs around it. */
export interface TestBroker {
  readonly broker: Broker;
  readonly directory: string;
  /** Errors the broker did not expect. A test that ends with one fails. */
  readonly reports: unknown[];
  connect(): Promise<WireClient>;
  /** Closes clients and broker, removes the folder, and throws what was reported. */
  close(): Promise<void>;
}

/** Starts a broker on a free port. */
export async function startTestBroker(options: Omit<StartBrokerOptions, "directory"> = {}): Promise<TestBroker> {
  const directory = await mkdtemp(join(tmpdir(), "kaelix-broker-"));
  const reports: unknown[] = [];
  const broker = await startBroker({
    listeners: [{ port: 0 }],
    report: (error) => reports.push(error),
    ...options,
    directory,
  });
  const clients: WireClient[] = [];
  return {
    broker,
    directory,
    reports,
    connect: async () => {
      const client = await connectWire(broker.address());
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) client.close();
      await broker.close();
      await rm(directory, { recursive: true, force: true });
      if (reports.length > 0) throw reports[0];
    },
  };
}

/** A batch of texts as a producer sends it. */
export function batchOf(texts: readonly string[], timestampMs = Date.now()): Uint8Array {
  return encodeRecordBatch(texts.map((text) => ({ key: null, value: encodeText(text), timestampMs })));
}

/** Creates a topic. */
export async function createTopic(
  client: WireClient,
  name: string,
  config: Readonly<Record<string, string>> = {},
  partitions = 1,
): Promise<void> {
  const configs = Object.entries(config).map(([key, value]) => ({ name: key, value }));
  const topics = [{ name, numPartitions: partitions, replicationFactor: 1, configs }];
  const response = await client.send(codecs.createTopics, 7, { topics, timeoutMs: 5000 });
  const [result] = response.topics;
  if (result?.errorCode !== 0) throw new Error(`Cannot create topic: ${result?.errorMessage ?? "no answer"}`);
}

/** A Produce request of one batch to one partition. */
export function produceRequest(
  topic: string,
  records: Uint8Array,
  acks = -1,
): Parameters<(typeof codecs.produce)["encodeRequest"]>[2] {
  return { acks, timeoutMs: 5000, topicData: [{ name: topic, partitionData: [{ index: 0, records }] }] };
}

/** Produces texts as one batch; returns the partition's answer. */
export async function produce(
  client: WireClient,
  topic: string,
  texts: readonly string[],
  acks = -1,
): Promise<{ readonly errorCode: number; readonly baseOffset: number }> {
  const response = await client.send(codecs.produce, 9, produceRequest(topic, batchOf(texts), acks));
  const answer = response.responses[0]?.partitionResponses[0];
  if (answer === undefined) throw new Error("Produce was answered without a partition");
  return answer;
}

/** A Fetch request of one partition. */
export function fetchRequest(
  topic: string,
  fetchOffset: number,
  more: {
    readonly maxWaitMs?: number;
    readonly minBytes?: number;
    readonly maxBytes?: number;
    readonly partitionMaxBytes?: number;
  } = {},
): Parameters<(typeof codecs.fetch)["encodeRequest"]>[2] {
  const { maxBytes = 1 << 20, maxWaitMs = 0, minBytes = 1, partitionMaxBytes = 1 << 20 } = more;
  const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes }];
  return { maxWaitMs, minBytes, maxBytes, isolationLevel: 0, topics: [{ topic, partitions }] };
}

/** The texts in the records of a fetch. */
export function textsOf(records: Uint8Array | null | undefined): string[] {
  const texts: string[] = [];
  const bytes = records ?? new Uint8Array(0);
  for (let at = 0; at < bytes.length;) {
    const batch = decodeRecordBatch(bytes, at);
    if (batch.type !== "batch") throw new Error(`Fetched bytes are no batch at ${at}: ${batch.type}`);
    for (const { value } of batch.records) texts.push(Buffer.from(value ?? []).toString());
    at += batch.header.sizeBytes;
  }
  return texts;
}
