/**
 * What a record costs the broker's heap on its way from Produce over the log to Fetch: bytes allocated for each record of a batch.
 *
 * Guarantees: the whole broker does the work, over TCP; batches of one and of many records have the same size in bytes and go by the same
 * number of requests, so that what is allocated for a request, a batch or a byte is the same for both and only what is allocated for a record
 * is left. The engine's own count of allocated bytes is used, which no collection changes.
 * Does not: see buffers outside of the heap, which are as large as the bytes and not more for more records.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getHeapStatistics } from "node:v8";

import { encodeRecordBatch } from "@kaelix/protocol";
import {
  decodeCreateTopicsResponse,
  decodeFetchResponse,
  decodeProduceResponse,
  encodeCreateTopicsRequest,
  encodeFetchRequest,
  encodeProduceRequest,
} from "@kaelix/protocol/messages";
import { type Interceptor, startBroker } from "@kaelix/streamer";
import { type ClientCodec, connectWire, type WireClient } from "@kaelix/streamer/testing";

const BATCH_BYTES = 20_000;
const RECORDS = 2000;
const CORRELATION_ID = 1;
/** Batches of a fetch. */
const BATCHES_PER_FETCH = 10;

const produce = codec("Produce", encodeProduceRequest, decodeProduceResponse);
const fetch = codec("Fetch", encodeFetchRequest, decodeFetchResponse);
const create = codec("CreateTopics", encodeCreateTopicsRequest, decodeCreateTopicsResponse);

function codec<Request, Response>(
  api: ClientCodec<Request, Response>["api"],
  encodeRequest: ClientCodec<Request, Response>["encodeRequest"],
  decodeResponse: ClientCodec<Request, Response>["decodeResponse"],
): ClientCodec<Request, Response> {
  return { api, encodeRequest, decodeResponse };
}

/** Turns that are not counted: the engine still translates what they run. */
const WARM_UP_TURNS = 2;

/** Bytes of heap for each record. */
export interface RecordAllocations {
  readonly produce: number;
  readonly fetch: number;
}

/** How long is measured. */
export interface AllocationOptions {
  readonly turns: number;
  readonly requestsPerTurn: number;
  /** What else the broker does with every batch: something that allocates must be seen to. */
  readonly interceptor?: Interceptor;
}

/**
 * Measures in turns, so many requests of each kind in each, and takes the median of the turns: what the engine allocates for itself when it
 * translates a function falls into some of them.
 */
export async function measureAllocations(options: AllocationOptions): Promise<RecordAllocations> {
  const { interceptor, requestsPerTurn, turns } = options;
  const directory = mkdtempSync(join(tmpdir(), "kaelix-allocations-"));
  const interceptors = interceptor === undefined ? [] : [{ name: "another", interceptor }];
  const broker = await startBroker({ directory, listeners: [{ port: 0 }], interceptors });
  const client = await connectWire(broker.address());
  try {
    const kinds = await Promise.all(
      [1, RECORDS].map(async (count) => {
        const frames = framesOf(client, count);
        await prepare(client, frames);
        return frames;
      }),
    );
    const differences: Record<keyof RecordAllocations, number[]> = { produce: [], fetch: [] };
    for (let turn = -WARM_UP_TURNS; turn < turns; turn += 1) {
      for (const name of ["produce", "fetch"] as const) {
        const allocated: number[] = [];
        for (const frames of kinds) allocated.push(await allocatedBy(client, frames[name], requestsPerTurn));
        const [few = 0, many = 0] = allocated;
        if (turn >= 0) differences[name].push(many - few);
      }
    }
    return {
      produce: median(differences.produce) / (RECORDS - 1),
      fetch: median(differences.fetch) / ((RECORDS - 1) * BATCHES_PER_FETCH),
    };
  } finally {
    client.close();
    await broker.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0;
}

/** Heap bytes allocated for one request, sent so many times and answered each time. */
async function allocatedBy(client: WireClient, frame: Uint8Array, requests: number): Promise<number> {
  const before = getHeapStatistics().total_allocated_bytes;
  for (let at = 0; at < requests; at += 1) await client.sendRaw(frame, CORRELATION_ID);
  return (getHeapStatistics().total_allocated_bytes - before) / requests;
}

/** The requests of one kind of batch, made once. */
interface Frames {
  readonly topic: string;
  readonly batch: Uint8Array;
  readonly produce: Uint8Array;
  readonly fetch: Uint8Array;
}

function framesOf(client: WireClient, count: number): Frames {
  const topic = `records-${count}`;
  const batch = batchOf(count);
  const produced = client.frame(produce, 9, produceRequest(topic, batch), CORRELATION_ID);
  return { topic, batch, produce: produced, fetch: client.frame(fetch, 12, fetchRequest(topic), CORRELATION_ID) };
}

/** Makes the topic, and looks once whether the requests do what is to be measured. */
async function prepare(client: WireClient, { batch, topic }: Frames): Promise<void> {
  const topics = [{ name: topic, numPartitions: 1, replicationFactor: 1 }];
  await client.send(create, 7, { topics, timeoutMs: 5000 });
  for (let at = 0; at < BATCHES_PER_FETCH; at += 1) {
    const { responses } = await client.send(produce, 9, produceRequest(topic, batch));
    const [answer] = responses[0]?.partitionResponses ?? [];
    if (answer?.errorCode !== 0) throw new Error(`Cannot measure: Produce was answered with ${answer?.errorCode}`);
  }
  const { responses } = await client.send(fetch, 12, fetchRequest(topic));
  const bytes = responses[0]?.partitions[0]?.records?.length ?? 0;
  if (bytes !== BATCHES_PER_FETCH * BATCH_BYTES) throw new Error(`Cannot measure: Fetch gave ${bytes} bytes`);
}

/** A batch of so many records that has as many bytes as any other. */
function batchOf(count: number): Uint8Array {
  const timestampMs = 1_700_000_000_000;
  for (let valueBytes = Math.floor(BATCH_BYTES / count); valueBytes > 0; valueBytes -= 1) {
    const values = Array.from({ length: count }, () => ({ key: null, value: new Uint8Array(valueBytes), timestampMs }));
    const missing = BATCH_BYTES - encodeRecordBatch(values).length;
    if (missing < 0) continue;
    const last = { key: null, value: new Uint8Array(valueBytes + missing), timestampMs };
    return encodeRecordBatch([...values.slice(1), last]).slice();
  }
  throw new Error("Cannot measure: a batch of so many records has no room");
}

function produceRequest(name: string, records: Uint8Array): Parameters<typeof encodeProduceRequest>[2] {
  return { acks: 1, timeoutMs: 5000, topicData: [{ name, partitionData: [{ index: 0, records }] }] };
}

function fetchRequest(topic: string): Parameters<typeof encodeFetchRequest>[2] {
  const bytes = BATCHES_PER_FETCH * BATCH_BYTES;
  const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: bytes }];
  return { maxWaitMs: 0, minBytes: 1, maxBytes: bytes, topics: [{ topic, partitions }] };
}
