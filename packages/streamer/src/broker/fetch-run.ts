/** One Fetch request from its first look at the partitions to its answer; the rules are told at the top of apis/fetch.ts. */
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";
import type {
  FetchableTopicResponse,
  FetchFetchPartition,
  FetchPartitionData,
  FetchRequest,
  FetchResponse,
} from "@kaelix/protocol/messages";

import type { Isolation, LeaderRead, PartitionLeader } from "../leader/contract.ts";
import type { OpenTopic } from "../storage/storage.ts";
import type { FoundBatch } from "../storage/scan.ts";
import type { RequestContext } from "./api.ts";
import { untilRoom } from "./byte-budget.ts";
import { reportedError } from "./errors.ts";
import { type Ground, mayTopic } from "./ground.ts";
import type { ReadLease } from "./read-buffers.ts";
import { fetchChannel } from "./traces.ts";

const READ_COMMITTED = 1;
const MAX_WAIT_MS = 2 ** 31 - 1;
/** A request may always read so much, however much others hold in memory. */
const SHARE_BYTES_MIN = 1 << 20;
/** Part of the free memory that one request may take. */
const SHARE = 4;
const NO_BYTES = new Uint8Array(0);

interface Part {
  readonly asked: FetchFetchPartition;
  readonly leader: PartitionLeader | undefined;
  /** Where reading goes on: behind what cannot be read any more. */
  offset: number;
  wakeOffset: number;
  data: FetchPartitionData;
}

interface TopicPart {
  readonly name: string;
  readonly topicId: string;
  readonly parts: readonly Part[];
}

/** Serves one request; `answer` is called once. */
export class FetchRun {
  readonly #ground: Ground;
  readonly #request: FetchRequest;
  readonly #context: RequestContext;
  readonly #isolation: Isolation;
  readonly #lease: ReadLease;
  #topics: TopicPart[] = [];
  #hasError = false;

  constructor(ground: Ground, request: FetchRequest, context: RequestContext) {
    this.#ground = ground;
    this.#request = request;
    this.#context = context;
    this.#lease = ground.readBuffers.lease();
    this.#isolation = request.isolationLevel === READ_COMMITTED ? "read_committed" : "read_uncommitted";
  }

  /** Reads, and waits for as long as the request allows when there is too little. */
  async answer(): Promise<FetchResponse> {
    const { clock } = this.#ground;
    const { maxWaitMs, minBytes } = this.#request;
    const deadlineMs = clock.monotonicMs() + Math.max(0, maxWaitMs);
    for (const topic of this.#request.topics) {
      this.#topics.push(await this.#openTopic(topic));
    }
    const { signal } = this.#context;
    for (;;) {
      const bytes = await this.#readWithRoom();
      const leftMs = deadlineMs - clock.monotonicMs();
      if (bytes >= minBytes || this.#hasError || leftMs <= 0 || signal.aborted || this.#topics.length === 0) break;
      await this.#park(Math.min(leftMs, MAX_WAIT_MS), signal);
    }
    if (this.#ground.interceptors.has("onFetch")) await this.#intercept();
    if (this.#lease.used) this.#context.onSent(this.#lease.release);
    return { errorCode: KAFKA_ERRORS.NONE, sessionId: 0, responses: this.#topics.map(responseOf) };
  }

  async #openTopic({ partitions, topic: asked, topicId }: FetchRequest["topics"][number]): Promise<TopicPart> {
    const { topics } = this.#ground;
    const byId = asked === "";
    const topic = byId ? topics.byId(topicId) : topics.byName(asked);
    const refusal = this.#topicRefusal(topic, asked, byId);
    const parts: Part[] = [];
    for (const partition of partitions) {
      const { fetchOffset } = partition;
      const name = topic?.spec.name ?? asked;
      const leader = refusal === undefined ? await this.#leader(name, partition.partition) : undefined;
      const epochError = leader === undefined ? undefined : epochRefusal(partition.currentLeaderEpoch);
      const error =
        refusal ?? epochError ?? (leader === undefined ? KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION : undefined);
      if (error !== undefined) this.#hasError = true;
      parts.push({
        asked: partition,
        leader: error === undefined ? leader : undefined,
        offset: fetchOffset,
        wakeOffset: fetchOffset,
        data: without(partition.partition, error ?? KAFKA_ERRORS.NONE),
      });
    }
    return { name: topic?.spec.name ?? asked, topicId, parts };
  }

  #leader(name: string, partition: number): PartitionLeader | undefined | Promise<PartitionLeader | undefined> {
    const { leaders } = this.#ground;
    return leaders.loaded(name, partition) ?? leaders.get(name, partition);
  }

  #topicRefusal(topic: OpenTopic | undefined, asked: string, byId: boolean): KafkaErrorCode | undefined {
    const name = topic?.spec.name ?? asked;
    if (byId && topic === undefined) return KAFKA_ERRORS.UNKNOWN_TOPIC_ID;
    if (!mayTopic(this.#ground, this.#context, "read", name)) return KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED;
    return topic === undefined ? KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION : undefined;
  }

  /** Waits for memory when others hold all of it, and counts what is read as held meanwhile. */
  async #readWithRoom(): Promise<number> {
    const { budget, clock, configs } = this.#ground;
    const { signal } = this.#context;
    while (budget.spent && !signal.aborted) await untilRoom(budget, signal);
    // Nobody waits for the records any more.
    if (signal.aborted) return this.#readAll(0, 0);
    const share = Math.max(SHARE_BYTES_MIN, Math.floor(budget.freeBytes / SHARE));
    const bytesMax = Math.min(this.#request.maxBytes, configs.brokerNumber("fetch.max.bytes"), share);
    const reserved = this.#hasVisible() ? Math.max(0, bytesMax) : 0;
    budget.take(reserved);
    const beganMs = clock.monotonicMs();
    try {
      return await this.#readAll(bytesMax, 1);
    } finally {
      this.#context.worked(clock.monotonicMs() - beganMs);
      budget.give(reserved);
    }
  }

  #hasVisible(): boolean {
    return this.#topics.some(({ parts }) =>
      parts.some(({ leader, offset }) => leader !== undefined && this.#visibleEnd(leader) > offset),
    );
  }

  /** Reads every partition in the order asked; returns the bytes of records there are to answer with. */
  async #readAll(bytesMax: number, batchesMin: 0 | 1): Promise<number> {
    let bytes = 0;
    let records = 0;
    // What was read before, and was too little, is read again.
    this.#lease.release();
    for (const topic of this.#topics) {
      for (const part of topic.parts) {
        if (part.leader === undefined) continue;
        const read = await this.#readPart(part, topic.name, bytesMax - bytes, bytes === 0 && batchesMin > 0);
        bytes += read.bytes;
        records += read.records;
      }
    }
    if (bytes > 0) this.#wakeWhenEnough(bytes, records);
    return bytes;
  }

  async #readPart(part: Part, topic: string, bytesLeft: number, first: boolean): Promise<ReadSize> {
    const { asked, leader } = part;
    if (leader === undefined) return NOTHING;
    try {
      const visibleEnd = this.#visibleEnd(leader);
      // Also an offset behind the end must be looked at: it may be out of range.
      if ((part.offset === visibleEnd && part.offset === asked.fetchOffset) || (bytesLeft <= 0 && !first)) {
        part.data = withoutRecords(asked.partition, leader, this.#isolation);
        return NOTHING;
      }
      const bytesMax = Math.max(0, Math.min(asked.partitionMaxBytes, bytesLeft));
      const read = await leader.read(part.offset, bytesMax, this.#isolation, this.#lease.allocate);
      const size = sizeOf(read.batches);
      // Only the first batch of a whole response may be larger than asked for.
      const tooMuch = !first && size.bytes > bytesMax;
      part.data = dataOf(asked.partition, read, tooMuch ? [] : read.batches);
      if (tooMuch || read.batches.length === 0) {
        // Records that are lost for good are stepped over; a consumer asks for them again until there are later ones.
        if (!tooMuch) part.offset = Math.max(part.offset, read.nextOffset);
        part.wakeOffset = part.offset;
        return NOTHING;
      }
      part.wakeOffset = read.nextOffset;
      this.#count(topic, asked, read, size);
      return size;
    } catch (error) {
      this.#hasError = true;
      part.data = without(asked.partition, this.#codeOf(error, topic));
      this.#ground.metrics.partition(topic, asked.partition).fetchErrors += 1;
      return NOTHING;
    }
  }

  /** Shows the interceptors what is about to be answered. */
  async #intercept(): Promise<void> {
    for (const { name: topic, parts } of this.#topics) {
      for (const part of parts) {
        const { fetchOffset: offset, partition } = part.asked;
        const bytes = bytesOf(part.data.records);
        if (bytes === 0) continue;
        const outcome = await this.#ground.interceptors.run("onFetch", { topic, partition, offset, bytes });
        // The one code of the protocol with which every client stops and says why.
        if (outcome !== undefined && "reject" in outcome) {
          part.data = without(partition, KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED);
        }
      }
    }
  }

  #count(topic: string, asked: FetchFetchPartition, read: LeaderRead, size: ReadSize): void {
    const counters = this.#ground.metrics.partition(topic, asked.partition);
    counters.bytesOut += size.bytes;
    counters.messagesOut += size.records;
    if (!fetchChannel.hasSubscribers) return;
    const { fetchOffset, partition } = asked;
    const { batches, nextOffset } = read;
    fetchChannel.publish({ topic, partition, fetchOffset, nextOffset, batches, context: this.#context });
  }

  #codeOf(error: unknown, topic: string): KafkaErrorCode {
    const { code } = reportedError(error, this.#ground.report);
    return this.#ground.topics.byName(topic) === undefined ? KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION : code;
  }

  #visibleEnd(leader: PartitionLeader): number {
    return this.#isolation === "read_committed" ? leader.lastStableOffset() : leader.bounds().endOffset;
  }

  /** Too little was there: looks again when about half of what is missing can have come, so that looking costs little in sum. */
  #wakeWhenEnough(bytes: number, records: number): void {
    const missing = this.#request.minBytes - bytes;
    if (missing <= 0) return;
    const parts = this.#topics.reduce((count, topic) => count + topic.parts.length, 0);
    const ahead = Math.floor(missing / 2 / Math.max(1, bytes / Math.max(1, records)) / parts);
    for (const topic of this.#topics) for (const part of topic.parts) part.wakeOffset += ahead;
  }

  /** Resolves when a partition has something new, time is up or the client is gone. */
  async #park(waitMs: number, signal: AbortSignal): Promise<void> {
    const { metrics } = this.#ground;
    metrics.parkedFetches += 1;
    await new Promise<void>((resolve) => {
      const cancels: (() => void)[] = [];
      let awake = false;
      const wake = (): void => {
        if (awake) return;
        awake = true;
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        for (const cancel of cancels) cancel();
        resolve();
      };
      const timer = setTimeout(wake, waitMs);
      signal.addEventListener("abort", wake, { once: true });
      for (const { parts } of this.#topics) {
        for (const { leader, wakeOffset } of parts) {
          if (leader !== undefined) cancels.push(leader.onVisible(wakeOffset, this.#isolation, wake));
        }
      }
      // A listener may have been called while others were still being added.
      if (awake) for (const cancel of cancels) cancel();
    });
    metrics.parkedFetches -= 1;
  }
}

/** Bytes and records that were read. */
export interface ReadSize {
  readonly bytes: number;
  readonly records: number;
}

const NOTHING: ReadSize = { bytes: 0, records: 0 };

/** How large batches are together. */
export function sizeOf(batches: readonly FoundBatch[]): ReadSize {
  let bytes = 0;
  let records = 0;
  for (const { header } of batches) {
    bytes += header.sizeBytes;
    records += header.recordCount;
  }
  return { bytes, records };
}

function epochRefusal(epoch: number): KafkaErrorCode | undefined {
  // The leader epoch is 0 and never changes on one node; -1 means that the client does not know.
  return epoch > 0 ? KAFKA_ERRORS.UNKNOWN_LEADER_EPOCH : undefined;
}

function responseOf({ name, parts, topicId }: TopicPart): FetchableTopicResponse {
  return { topic: name, topicId, partitions: parts.map(({ data }) => data) };
}

function without(partitionIndex: number, errorCode: KafkaErrorCode): FetchPartitionData {
  return { partitionIndex, errorCode, highWatermark: -1, abortedTransactions: null, records: NO_BYTES };
}

function withoutRecords(partitionIndex: number, leader: PartitionLeader, isolation: Isolation): FetchPartitionData {
  const { endOffset, startOffset } = leader.bounds();
  return {
    partitionIndex,
    errorCode: KAFKA_ERRORS.NONE,
    highWatermark: endOffset,
    lastStableOffset: leader.lastStableOffset(),
    logStartOffset: startOffset,
    abortedTransactions: isolation === "read_committed" ? [] : null,
    records: NO_BYTES,
  };
}

function dataOf(partitionIndex: number, read: LeaderRead, batches: readonly FoundBatch[]): FetchPartitionData {
  return {
    partitionIndex,
    errorCode: KAFKA_ERRORS.NONE,
    highWatermark: read.highWatermark,
    lastStableOffset: read.lastStableOffset,
    logStartOffset: read.logStartOffset,
    abortedTransactions: read.abortedTransactions,
    records: rangesOf(batches),
  };
}

/** How many bytes the records of an answer have. */
export function bytesOf(records: FetchPartitionData["records"]): number {
  if (records === null || records === undefined) return 0;
  return records instanceof Uint8Array ? records.length : records.reduce((sum, range) => sum + range.length, 0);
}

/** The batches' bytes as few ranges: those that follow each other in one buffer become one. */
export function rangesOf(batches: readonly FoundBatch[]): Uint8Array | Uint8Array[] {
  const ranges: Uint8Array[] = [];
  for (let first = 0; first < batches.length;) {
    const batch = batches[first];
    if (batch === undefined) break;
    let end = batch.at + batch.header.sizeBytes;
    let next = first + 1;
    for (; next < batches.length; next += 1) {
      const following = batches[next];
      if (following === undefined || following.bytes !== batch.bytes || following.at !== end) break;
      end += following.header.sizeBytes;
    }
    ranges.push(batch.bytes.subarray(batch.at, end));
    first = next;
  }
  const [only] = ranges;
  return ranges.length === 1 && only !== undefined ? only : ranges;
}
