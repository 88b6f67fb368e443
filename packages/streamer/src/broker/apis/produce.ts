/**
 * Produce: appends exactly one batch per partition, as it was sent.
 *
 *     acks=0   nothing is answered; a refusal closes the connection, which is all the client can notice
 *     acks=1   answered when the batches are in the page cache: in the same turn of the event loop
 *     acks=-1  answered when they are on the disk, with everything else that shares the sync
 *
 * A topic's flush.messages makes others wait for the disk, too, and its min.insync.replicas refuses acks=-1 where it asks for more than one.
 *
 * Guarantees: batches of one connection are appended in the order they were sent; the bytes received are the bytes kept.
 */
import { APIS, KAFKA_ERRORS, type KafkaErrorCode, readBatchHeader } from "@kaelix/protocol";
import {
  decodeProduceRequest,
  encodeProduceResponse,
  type PartitionProduceResponse,
  type ProduceRequest,
  type ProduceResponse,
  type TopicProduceData,
  type TopicProduceResponse,
} from "@kaelix/protocol/messages";

import type { ChainOutcome } from "../../interceptors/interceptors.ts";
import type { LeaderAppendOptions, PartitionLeader } from "../../leader/contract.ts";
import type { OpenTopic } from "../../storage/storage.ts";
import type { RequestContext, ServedApi } from "../api.ts";
import { brokerErrors, type ClientError, reportedError } from "../errors.ts";
import { type Ground, isInternalTopic, mayTopic, mayTransactionalId } from "../ground.ts";
import { produceChannel } from "../traces.ts";
import type { TransactionGate } from "../transaction-gate.ts";

const IMPLICIT_ADD_SINCE_VERSION = 12;
const TRANSACTIONAL_BIT = 0x10;

type Answer = { -readonly [Name in keyof PartitionProduceResponse]: PartitionProduceResponse[Name] };

interface Run {
  readonly ground: Ground;
  readonly gate: TransactionGate | undefined;
  readonly request: ProduceRequest;
  readonly context: RequestContext;
}

/** Serves Produce. */
export function produceApi(
  ground: Ground,
  gate: TransactionGate | undefined,
): ServedApi<ProduceRequest, ProduceResponse> {
  return {
    key: APIS.Produce.key,
    decodeRequest: decodeProduceRequest,
    encodeResponse: encodeProduceResponse,
    borrows: true,
    overlaps: (request) => isReady(ground, request),
    handle: (request, context) =>
      isReady(ground, request)
        ? appendAll({ ground, gate, request, context })
        : appendWhenReady({ ground, gate, request: ownedRequest(request), context }),
    failed: (request, errorCode, message) => ({
      responses: request.topicData.map(({ name, partitionData, topicId }) => ({
        name,
        topicId,
        partitionResponses: partitionData.map(({ index }) => refused(index, errorCode, message)),
      })),
    }),
  };
}

/** The request with records that stay while others are waited for. */
function ownedRequest(request: ProduceRequest): ProduceRequest {
  const topicData = request.topicData.map((topic) => ({
    ...topic,
    partitionData: topic.partitionData.map((partition) => ({
      ...partition,
      records: partition.records === null ? null : new Uint8Array(partition.records),
    })),
  }));
  return { ...request, topicData };
}

type Topics = Ground["topics"];

function findTopic(topics: Topics, { name, topicId }: TopicProduceData): OpenTopic | undefined {
  return name === "" ? topics.byId(topicId) : topics.byName(name);
}

/** True when every append can be done at once: leaders are loaded, transactions known where they are, and no interceptor takes its time. */
function isReady(ground: Ground, request: ProduceRequest): boolean {
  if (!ground.interceptors.isSynchronous("onAppend")) return false;
  for (const asked of request.topicData) {
    const topic = findTopic(ground.topics, asked);
    if (topic === undefined) continue;
    for (const { index, records } of asked.partitionData) {
      if (topic.partitions[index] === undefined) continue;
      const leader = ground.leaders.loaded(topic.spec.name, index);
      if (leader === undefined) return false;
      if (request.transactionalId !== null && !isOpenTransaction(leader, records)) return false;
    }
  }
  return true;
}

/** A transaction that has begun in a partition needs no word of the coordinator for its further batches. */
function isOpenTransaction(leader: PartitionLeader, records: Uint8Array | null): boolean {
  const header = records === null ? undefined : readBatchHeader(records);
  if (header === undefined) return true;
  return leader
    .openTransactions()
    .some((open) => open.producerId === header.producerId && open.producerEpoch === header.producerEpoch);
}

/** What was asked before appending, by `topic/partition`. */
interface Verdicts {
  /** What the transaction coordinator said, where it was not NONE. */
  readonly transactions: ReadonlyMap<string, KafkaErrorCode>;
  /** What the interceptors said of every batch. */
  readonly interceptors: ReadonlyMap<string, ChainOutcome>;
}

/** Loads leaders and asks the transaction coordinator and interceptors first; the connection waits with its next request. */
async function appendWhenReady(run: Run): Promise<ProduceResponse | undefined> {
  const { context, gate, ground, request } = run;
  const transactions = new Map<string, KafkaErrorCode>();
  const interceptors = new Map<string, ChainOutcome>();
  const refusal = requestRefusal(ground, request, context);
  for (const asked of refusal === undefined ? request.topicData : []) {
    const topic = findTopic(ground.topics, asked);
    if (topicRefusal(ground, context, topic, asked.name) !== undefined || topic === undefined) continue;
    for (const { index, records } of asked.partitionData) {
      const leader = await ground.leaders.get(topic.spec.name, index);
      if (leader === undefined || records === null) continue;
      const verdict = await verify(run, leader, records, gate);
      const place = `${topic.spec.name}/${index}`;
      if (verdict === KAFKA_ERRORS.NONE) {
        interceptors.set(place, await intercept(ground, topic.spec.name, index, records));
      } else transactions.set(place, verdict);
    }
  }
  return appendAll(run, { transactions, interceptors });
}

async function verify(
  { context, request: { transactionalId } }: Run,
  leader: PartitionLeader,
  records: Uint8Array,
  gate: TransactionGate | undefined,
): Promise<KafkaErrorCode> {
  const header = readBatchHeader(records);
  const isTransactional = header !== undefined && (header.attributes & TRANSACTIONAL_BIT) !== 0;
  if (!isTransactional || isOpenTransaction(leader, records)) return KAFKA_ERRORS.NONE;
  if (transactionalId === null || gate === undefined) return KAFKA_ERRORS.INVALID_TXN_STATE;
  const { producerEpoch, producerId } = header;
  const { partition, topic } = leader;
  const addsImplicitly = context.version >= IMPLICIT_ADD_SINCE_VERSION;
  return gate.verifyOrAdd({ transactionalId, producerId, producerEpoch, topic, partition, addsImplicitly });
}

function appendOptions({ version }: RequestContext): LeaderAppendOptions {
  return version >= IMPLICIT_ADD_SINCE_VERSION ? TRANSACTIONS_2 : TRANSACTIONS_1;
}

const TRANSACTIONS_1: LeaderAppendOptions = { transactionVersion: 1 };
const TRANSACTIONS_2: LeaderAppendOptions = { transactionVersion: 2 };

/** Appends every batch before it returns. */
function appendAll(run: Run, verdicts?: Verdicts): ProduceResponse | undefined | Promise<ProduceResponse | undefined> {
  const { context, ground, request } = run;
  const waits: Promise<void>[] = [];
  const refusal = requestRefusal(ground, request, context);
  let failed = false;
  const responses = request.topicData.map((asked): TopicProduceResponse => {
    const topic = findTopic(ground.topics, asked);
    const topicError = refusal ?? topicRefusal(ground, context, topic, asked.name);
    const partitionResponses = asked.partitionData.map(({ index, records }) => {
      const answer =
        topicError !== undefined || topic === undefined
          ? refused(index, topicError ?? KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION)
          : appendOne({ run, topic, index, records, waits, verdicts });
      failed ||= answer.errorCode !== KAFKA_ERRORS.NONE;
      return answer;
    });
    return { name: asked.name, topicId: asked.topicId, partitionResponses };
  });
  if (request.acks === 0) {
    if (failed) throw brokerErrors("broker-connection-unusable");
    return undefined;
  }
  return waits.length === 0 ? { responses } : Promise.all(waits).then(() => ({ responses }));
}

interface Append {
  readonly run: Run;
  readonly topic: OpenTopic;
  readonly index: number;
  readonly records: Uint8Array | null;
  /** Takes what must be on the disk before the answer. */
  readonly waits: Promise<void>[];
  /** Undefined when nothing had to be awaited. */
  readonly verdicts: Verdicts | undefined;
}

function appendOne({ index, records: sent, run, topic, verdicts, waits }: Append): Answer {
  const { context, ground, request } = run;
  const { name } = topic.spec;
  const leader = ground.leaders.loaded(name, index);
  if (leader === undefined) return refused(index, KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION);
  const counters = ground.metrics.partition(name, index);
  const refuse = ({ code, message }: ClientError): Answer => {
    counters.produceErrors += 1;
    return refused(index, code, message);
  };
  const excluded = verdicts?.transactions.get(`${name}/${index}`);
  if (excluded !== undefined) return refuse({ code: excluded, message: "Transaction does not include this partition" });
  const rules = ground.configs.topicRules(topic.spec);
  if (request.acks === -1 && rules.replicasMin > 1) return refuse(tooFewReplicas(rules.replicasMin));
  const problem = recordsRefusal(topic, sent, context);
  if (problem !== undefined || sent === null) return refuse(problem ?? NO_RECORDS);
  const asked =
    verdicts === undefined ? intercept(ground, name, index, sent) : verdicts.interceptors.get(`${name}/${index}`);
  // Nothing is awaited here: whoever takes its time was asked before.
  const outcome = asked instanceof Promise ? undefined : asked;
  if (outcome !== undefined && "reject" in outcome) return refuse(rejected(outcome));
  const records = outcome?.batch ?? sent;
  try {
    const appended = leader.append(records, appendOptions(context));
    if (appended.type === "refused") return refuse({ code: appended.error, message: appended.message });
    const { baseOffset, duplicate, logAppendTimeMs, nextOffset } = appended;
    if (!duplicate) {
      counters.bytesIn += records.length;
      counters.messagesIn += nextOffset - baseOffset;
      counters.batchesIn += 1;
    }
    if (produceChannel.hasSubscribers) {
      const bytes = records;
      produceChannel.publish({ topic: name, partition: index, baseOffset, nextOffset, duplicate, bytes, context });
    }
    const { durableOffset, startOffset: logStartOffset } = leader.bounds();
    const answer: Answer = { index, errorCode: KAFKA_ERRORS.NONE, baseOffset, logAppendTimeMs, logStartOffset };
    const durable = request.acks === -1 && rules.durableAcks;
    if (durable || nextOffset - durableOffset >= rules.flushMessages)
      waits.push(becomeDurable(leader, nextOffset, answer, ground));
    return answer;
  } catch (error) {
    return refuse(reportedError(error, ground.report));
  }
}

function tooFewReplicas(asked: number): ClientError {
  const message = `There is 1 replica in sync, min.insync.replicas asks for ${asked}`;
  return { code: KAFKA_ERRORS.NOT_ENOUGH_REPLICAS, message };
}

/** Shows a batch to the interceptors. Synchronous unless one of them is isolated. */
function intercept(
  { interceptors }: Ground,
  topic: string,
  partition: number,
  batch: Uint8Array,
): ChainOutcome | Promise<ChainOutcome> {
  if (!interceptors.has("onAppend")) return undefined;
  const recordCount = readBatchHeader(batch)?.recordCount;
  // What is no batch is refused by the leader.
  if (recordCount === undefined) return undefined;
  return interceptors.run("onAppend", { topic, partition, batch, recordCount });
}

function rejected({ by, reject }: { readonly by: string; readonly reject: string }): ClientError {
  return { code: KAFKA_ERRORS.INVALID_RECORD, message: `${by}: ${reject}` };
}

/** What the version or the topic does not allow, whatever the leader would say. */
function recordsRefusal(
  { spec }: OpenTopic,
  records: Uint8Array | null,
  { clientId, version }: RequestContext,
): ClientError | undefined {
  if (isInternalTopic(spec.name) && clientId !== ADMIN_CLIENT_ID) return INTERNAL_TOPIC;
  if (records === null || records.length === 0) return NO_RECORDS;
  const zstd = ((records[ATTRIBUTES_AT] ?? 0) & CODEC_BITS) === CODEC_ZSTD;
  return zstd && version < ZSTD_SINCE_VERSION ? ZSTD_TOO_EARLY : undefined;
}

const ATTRIBUTES_AT = 22;
const CODEC_BITS = 0x07;
const CODEC_ZSTD = 4;
const ZSTD_SINCE_VERSION = 7;
/** Kafka lets its own tools repair internal topics under this name. */
const ADMIN_CLIENT_ID = "__admin_client";
const INTERNAL_TOPIC: ClientError = {
  code: KAFKA_ERRORS.INVALID_TOPIC_EXCEPTION,
  message: "Topic is internal: clients may only read it",
};
const NO_RECORDS: ClientError = { code: KAFKA_ERRORS.INVALID_RECORD, message: "Records must be one batch" };
const ZSTD_TOO_EARLY: ClientError = {
  code: KAFKA_ERRORS.UNSUPPORTED_COMPRESSION_TYPE,
  message: "Codec zstd needs Produce version 7 or later",
};

/** What will not be on the disk is answered as refused, although it stands in the page cache for now. */
function becomeDurable(leader: PartitionLeader, nextOffset: number, answer: Answer, ground: Ground): Promise<void> {
  return leader.durable(nextOffset).catch((error: unknown) => {
    const { code, message } = reportedError(error, ground.report);
    Object.assign(answer, refused(answer.index, code, message));
  });
}

function requestRefusal(ground: Ground, request: ProduceRequest, context: RequestContext): KafkaErrorCode | undefined {
  const { acks, transactionalId } = request;
  if (acks !== 0 && acks !== 1 && acks !== -1) return KAFKA_ERRORS.INVALID_REQUIRED_ACKS;
  if (transactionalId === null || mayTransactionalId(ground, context, "write", transactionalId)) return undefined;
  return KAFKA_ERRORS.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
}

function topicRefusal(
  ground: Ground,
  context: RequestContext,
  topic: OpenTopic | undefined,
  name: string,
): KafkaErrorCode | undefined {
  // A name may be asked for even when there is no such topic, so that nobody learns which there are.
  const asked = topic?.spec.name ?? name;
  if (asked === "") return KAFKA_ERRORS.UNKNOWN_TOPIC_ID;
  if (!mayTopic(ground, context, "write", asked)) return KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED;
  return topic === undefined ? KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION : undefined;
}

function refused(index: number, errorCode: number, errorMessage: string | null = null): Answer {
  return { index, errorCode, baseOffset: -1, logAppendTimeMs: -1, logStartOffset: -1, errorMessage };
}
