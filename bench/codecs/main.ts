/**
 * Codecs: what one request costs the broker in decoding and encoding.
 *
 *     npm run bench -- codecs [--quick]
 *
 * One partition of one topic, a batch of 100 records of 100 bytes, headers included, frames of the flexible versions that Java sends
 * and of the classic ones that kafkajs sends. The median of many short runs, in
 * processor time. Then what a record costs the heap of a whole broker (allocations.ts).
 */
import {
  APIS,
  compress,
  decodeRecords,
  decodeRequestHeader,
  decompress,
  encodeRecordBatch,
  encodeRequestHeader,
  encodeResponseHeader,
  readBatchHeader,
  WireReader,
  WireWriter,
} from "@kaelix/protocol";
import {
  decodeFetchRequest,
  decodeProduceRequest,
  encodeFetchRequest,
  encodeFetchResponse,
  encodeProduceRequest,
  encodeProduceResponse,
} from "@kaelix/protocol/messages";

import type { BenchRow } from "../row.ts";
import { measureAllocations } from "./allocations.ts";

const CALLS_PER_RUN = 20_000;
const TARGET_MICROSECONDS = 1;
const ALLOCATED_BYTES_MAX = 1;
const TOPIC_ID = "kQ7fWw1fT2u3v4w5x6y7zA";
const RECORDS = Array.from({ length: 100 }, (_, index) => ({
  key: null,
  value: new Uint8Array(100).map((_, at) => 32 + ((at * 7 + index) % 90)),
  timestampMs: 1_700_000_000_000 + index,
}));

/** Runs the bench. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const runs = options.quick ? 15 : 101;
  const records = encodeRecordBatch(RECORDS);
  const rows: BenchRow[] = [];
  const timed = (name: string, action: () => unknown): void => {
    const value = medianMicroseconds(action, runs);
    rows.push({ name, value, unit: "µs", target: TARGET_MICROSECONDS, reached: value < TARGET_MICROSECONDS });
  };
  for (const version of [7, 13]) {
    const frame = produceFrame(version, records);
    timed(`decode Produce request v${version}`, () => decodeProduce(frame));
    timed(`encode Produce response v${version}`, () => encodeProduced(version));
  }
  for (const version of [11, 17]) {
    const frame = fetchFrame(version);
    timed(`decode Fetch request v${version}`, () => decodeFetch(frame));
    timed(`encode Fetch response v${version}`, () => encodeFetched(version, records));
  }
  return [...rows, ...batchRows(options.quick), ...(await allocationRows(options.quick))];
}

/** An object or a boxed number has at least twelve bytes: below one, a record allocates nothing. */
async function allocationRows(quick: boolean): Promise<BenchRow[]> {
  const allocated = await measureAllocations({ turns: quick ? 7 : 15, requestsPerTurn: quick ? 100 : 300 });
  const rowOf = (name: string, value: number): BenchRow => ({
    name,
    value: Math.round(value * 100) / 100,
    unit: "bytes",
    target: ALLOCATED_BYTES_MAX,
    reached: value < ALLOCATED_BYTES_MAX,
  });
  return [
    rowOf("heap allocated for a record, Produce to the log, 2,000 to a batch", allocated.produce),
    rowOf("heap allocated for a record, the log to Fetch", allocated.fetch),
  ];
}

/** Processor time, so that what else the machine does counts less. */
function medianMicroseconds(action: () => unknown, runs: number, calls = CALLS_PER_RUN): number {
  const took: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const start = process.cpuUsage();
    for (let call = 0; call < calls; call += 1) action();
    const { user, system } = process.cpuUsage(start);
    took.push((user + system) / calls);
  }
  return took.sort((a, b) => a - b)[runs >> 1] ?? 0;
}

function produceFrame(version: number, records: Uint8Array): Uint8Array {
  const writer = new WireWriter();
  encodeRequestHeader(writer, {
    apiKey: APIS.Produce.key,
    apiVersion: version,
    correlationId: 7,
    clientId: "producer-1",
  });
  const partitionData = [{ index: 3, records }];
  const topicData = [{ name: "orders", topicId: TOPIC_ID, partitionData }];
  encodeProduceRequest(writer, version, { acks: -1, timeoutMs: 30_000, topicData });
  return writer.toBytes();
}

function decodeProduce(frame: Uint8Array): unknown {
  const reader = new WireReader(frame);
  const header = decodeRequestHeader(reader);
  return decodeProduceRequest(reader, header.apiVersion);
}

function encodeProduced(version: number): unknown {
  const writer = new WireWriter();
  writer.beginFrame();
  encodeResponseHeader(writer, APIS.Produce.key, version, { correlationId: 7 });
  const partition = { index: 3, errorCode: 0, baseOffset: 1_234_567, logStartOffset: 0 };
  encodeProduceResponse(writer, version, {
    responses: [{ name: "orders", topicId: TOPIC_ID, partitionResponses: [partition] }],
  });
  return writer.endFrame();
}

function fetchFrame(version: number): Uint8Array {
  const writer = new WireWriter();
  encodeRequestHeader(writer, {
    apiKey: APIS.Fetch.key,
    apiVersion: version,
    correlationId: 7,
    clientId: "consumer-1",
  });
  const partitions = [{ partition: 3, fetchOffset: 1_234_567, partitionMaxBytes: 1 << 20 }];
  const topics = [{ topic: "orders", topicId: TOPIC_ID, partitions }];
  encodeFetchRequest(writer, version, { maxWaitMs: 500, minBytes: 1, topics });
  return writer.toBytes();
}

function decodeFetch(frame: Uint8Array): unknown {
  const reader = new WireReader(frame);
  const header = decodeRequestHeader(reader);
  return decodeFetchRequest(reader, header.apiVersion);
}

function encodeFetched(version: number, records: Uint8Array): unknown {
  const writer = new WireWriter();
  writer.beginFrame();
  encodeResponseHeader(writer, APIS.Fetch.key, version, { correlationId: 7 });
  const partition = {
    partitionIndex: 3,
    errorCode: 0,
    highWatermark: 1_234_667,
    lastStableOffset: 1_234_667,
    logStartOffset: 0,
    abortedTransactions: null,
    records: [records],
  };
  encodeFetchResponse(writer, version, {
    responses: [{ topic: "orders", topicId: TOPIC_ID, partitions: [partition] }],
  });
  return writer.endFrame();
}

/** The batch itself: 100 records of 100 bytes, and its body through every codec. */
function batchRows(quick: boolean): BenchRow[] {
  const runs = quick ? 5 : 21;
  const rows: BenchRow[] = [];
  const timed = (name: string, action: () => unknown): void => {
    rows.push({ name, value: medianMicroseconds(action, runs, 500), unit: "µs" });
  };
  const batch = encodeRecordBatch(RECORDS);
  timed("encode a batch of 100 × 100 B", () => encodeRecordBatch(RECORDS));
  timed("decode a batch of 100 × 100 B", () => {
    const header = readBatchHeader(batch);
    return header === undefined ? undefined : decodeRecords(batch, 0, header);
  });
  for (const codec of ["gzip", "snappy", "lz4", "zstd"] as const) {
    const body = batch.subarray(61);
    const compressed = compress(codec, body);
    timed(`compress 10 KB, ${codec}`, () => compress(codec, body));
    timed(`decompress to 10 KB, ${codec}`, () => decompress(codec, compressed, body.length));
  }
  return rows;
}
