/** Topics of the load, and what clients do with them whatever else they are. */
import { setTimeout as sleep } from "node:timers/promises";

import { decodeText, encodeText } from "@kaelix/base";
import {
  type BatchHeader,
  decodeRecordBatch,
  encodeRecordBatch,
  isControlBatch,
  isTransactionalBatch,
  KAFKA_ERRORS,
} from "@kaelix/protocol";

import { codecs } from "./codecs.ts";
import type { Caller } from "./house.ts";
import type { ReadBatch, ReadRecord } from "./truth.ts";

/** Where idempotent producers write, and everybody else reads. */
export const INPUT = "input";
/** Where transactions write. */
export const OUTPUT = "output";
/** Partitions of the input. */
export const INPUT_PARTITIONS = 3;
/** Partitions of the output. */
export const OUTPUT_PARTITIONS = 2;

const RETRY_MS = 10;
const E = KAFKA_ERRORS;
/** What a client waits out. */
const PASSING: ReadonlySet<number> = new Set([
  E.LEADER_NOT_AVAILABLE,
  E.NOT_LEADER_OR_FOLLOWER,
  E.COORDINATOR_LOAD_IN_PROGRESS,
  E.COORDINATOR_NOT_AVAILABLE,
  E.NOT_COORDINATOR,
  E.CONCURRENT_TRANSACTIONS,
  E.UNSTABLE_OFFSET_COMMIT,
]);

/** Who writes, as the broker gave it out. */
export interface Identity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** One pass over a partition. */
export interface PartitionReading {
  readonly batches: ReadBatch[];
  readonly records: ReadRecord[];
  /** End offset, as the broker says. */
  readonly end: number;
  readonly lastStableOffset: number;
}

/** Whether an error goes away by itself. */
export function passes(errorCode: number): boolean {
  return PASSING.has(errorCode);
}

/** Asks again until the answer's error is not one that goes away; gives the error and what came with it. */
export async function settled<Answer>(
  ask: () => Promise<Answer>,
  errorOf: (answer: Answer) => number,
): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (!passes(errorOf(answer))) return answer;
    await sleep(RETRY_MS);
  }
}

/** A batch of texts. */
export function batchOf(
  texts: readonly string[],
  identity: Identity,
  more: { readonly baseSequence: number; readonly isTransactional?: boolean; readonly compression?: "lz4" | "none" },
): Uint8Array {
  const records = texts.map((text) => ({ key: null, value: encodeText(text), timestampMs: Date.now() }));
  return encodeRecordBatch(records, { ...identity, ...more });
}

/** Makes the topics. */
export async function createTopics(caller: Caller): Promise<void> {
  const topics = [
    { name: INPUT, numPartitions: INPUT_PARTITIONS, replicationFactor: 1 },
    { name: OUTPUT, numPartitions: OUTPUT_PARTITIONS, replicationFactor: 1 },
  ];
  const answer = await caller.call(codecs.createTopics, 7, { topics, timeoutMs: 5000 });
  const wrong = answer.topics.find(({ errorCode }) => errorCode !== E.NONE && errorCode !== E.TOPIC_ALREADY_EXISTS);
  if (wrong !== undefined) throw new Error(`Cannot create ${wrong.name}: ${wrong.errorMessage}`);
}

/** Where to read. */
export interface ReadPlace {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly isCommitted: boolean;
}

/** One fetch: what follows an offset, without what aborted transactions wrote when only what is committed is asked for. */
export async function fetchOnce(caller: Caller, { from, isCommitted, partition, topic }: ReadPlace) {
  const partitions = [{ partition, fetchOffset: from, partitionMaxBytes: 1 << 18 }];
  const request = { maxWaitMs: 20, minBytes: 1, isolationLevel: isCommitted ? 1 : 0 };
  const answer = await settled(
    async () => {
      const { responses } = await caller.call(codecs.fetch, 12, { ...request, topics: [{ topic, partitions }] });
      const part = responses[0]?.partitions[0];
      if (part === undefined) throw new Error("Fetch was answered without a partition");
      return part;
    },
    ({ errorCode }) => errorCode,
  );
  const { abortedTransactions, errorCode, highWatermark, lastStableOffset } = answer;
  if (errorCode !== E.NONE) throw new Error(`Fetch of ${topic}/${partition} at ${from} was answered with ${errorCode}`);
  const reading: PartitionReading = { batches: [], records: [], end: highWatermark, lastStableOffset };
  const filter = new AbortedFilter(abortedTransactions ?? []);
  const bytes = answer.records ?? new Uint8Array(0);
  for (let at = 0; at < bytes.length;) {
    const batch = decodeRecordBatch(bytes, at);
    if (batch.type === "incomplete") break;
    if (batch.type === "bad") throw new Error(`Fetched bytes are no batch: ${batch.reason}`);
    const { header } = batch;
    at += header.sizeBytes;
    reading.batches.push({ baseOffset: header.baseOffset, nextOffset: header.baseOffset + header.lastOffsetDelta + 1 });
    if (!filter.shows(header)) continue;
    for (const [index, { value }] of batch.records.entries()) {
      const offset = header.baseOffset + index;
      if (offset >= from) reading.records.push({ offset, text: decodeText(value ?? new Uint8Array(0)) });
    }
  }
  return reading;
}

/** Leaves out what a client leaves out: markers, and aborted transactions from their first offset to their marker. */
class AbortedFilter {
  readonly #aborted: { readonly producerId: number; readonly firstOffset: number }[];
  readonly #leftOut = new Set<number>();

  constructor(aborted: readonly { readonly producerId: number; readonly firstOffset: number }[]) {
    this.#aborted = aborted.toSorted((left, right) => left.firstOffset - right.firstOffset);
  }

  shows(header: BatchHeader): boolean {
    while ((this.#aborted[0]?.firstOffset ?? Infinity) <= header.baseOffset) {
      const row = this.#aborted.shift();
      if (row !== undefined) this.#leftOut.add(row.producerId);
    }
    if (isControlBatch(header)) {
      this.#leftOut.delete(header.producerId);
      return false;
    }
    return !isTransactionalBatch(header) || !this.#leftOut.has(header.producerId);
  }
}

/** Everything in a partition, from its beginning. */
export async function readAll(caller: Caller, place: Omit<ReadPlace, "from">): Promise<PartitionReading> {
  const batches: ReadBatch[] = [];
  const records: ReadRecord[] = [];
  for (let from = 0; ;) {
    const part = await fetchOnce(caller, { ...place, from });
    batches.push(...part.batches);
    records.push(...part.records);
    const next = part.batches.at(-1)?.nextOffset;
    const end = place.isCommitted ? part.lastStableOffset : part.end;
    if (next === undefined || next >= end)
      return { batches, records, end: part.end, lastStableOffset: part.lastStableOffset };
    from = next;
  }
}

/** A group's committed offset of an input partition, -1 for none; waits for transactions that commit it. */
export async function committedOffset(caller: Caller, group: string, partition: number): Promise<number> {
  const topics = [{ name: INPUT, partitionIndexes: [partition] }];
  const found = await settled(
    async () => {
      const request = { groups: [{ groupId: group, topics }], requireStable: true };
      const answer = (await caller.call(codecs.offsetFetch, 8, request)).groups[0];
      const part = answer?.topics[0]?.partitions[0];
      if (answer === undefined || answer.errorCode !== E.NONE)
        return { errorCode: answer?.errorCode ?? E.UNKNOWN_SERVER_ERROR, offset: -1 };
      return { errorCode: part?.errorCode ?? E.UNKNOWN_SERVER_ERROR, offset: part?.committedOffset ?? -1 };
    },
    ({ errorCode }) => errorCode,
  );
  if (found.errorCode !== E.NONE) throw new Error(`OffsetFetch of ${group} was answered with ${found.errorCode}`);
  return found.offset;
}

/** The id of the input. */
export async function topicIdOf(caller: Caller): Promise<string> {
  const request = { topics: [{ name: INPUT }], allowAutoTopicCreation: false };
  const { topics } = await caller.call(codecs.metadata, 12, request);
  const topicId = topics[0]?.topicId;
  if (topicId === undefined) throw new Error("Metadata was answered without the topic");
  return topicId;
}
