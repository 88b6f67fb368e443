/** AddPartitionsToTxn and AddOffsetsToTxn: what a producer of version 1 does before it writes to a partition. */
import { APIS, KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";
import {
  type AddOffsetsToTxnRequest,
  type AddOffsetsToTxnResponse,
  type AddPartitionsToTxnRequest,
  type AddPartitionsToTxnResponse,
  type AddPartitionsToTxnTopic,
  type AddPartitionsToTxnTopicResult,
  type AddPartitionsToTxnTransaction,
  decodeAddOffsetsToTxnRequest,
  decodeAddPartitionsToTxnRequest,
  encodeAddOffsetsToTxnResponse,
  encodeAddPartitionsToTxnResponse,
} from "@kaelix/protocol/messages";

import type { RequestContext, ServedApi } from "../../broker/api.ts";
import type { TransactionPartitions } from "../transaction.ts";
import { TRANSACTION_STATE_TOPIC } from "../transaction-store.ts";
import {
  type Asked,
  mayCluster,
  mayGroup,
  mayTopic,
  mayTransactionalId,
  toldAs,
  type TransactionApisContext,
} from "./context.ts";

const FENCED_SINCE_VERSION = 2;
const MANY_SINCE_VERSION = 4;
const CONSUMER_OFFSETS_TOPIC = "__consumer_offsets";
/** Who asks by name is a client of version 1; clients of version 2 add by writing. */
const CLIENT_TRANSACTION_VERSION = 1;

type Topics = readonly AddPartitionsToTxnTopic[];
type ErrorOf = (topic: string, partition: number) => number;

/** Serves AddPartitionsToTxn. */
export function addPartitionsToTxnApi(
  apis: TransactionApisContext,
): ServedApi<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse> {
  return {
    key: APIS.AddPartitionsToTxn.key,
    decodeRequest: decodeAddPartitionsToTxnRequest,
    encodeResponse: encodeAddPartitionsToTxnResponse,
    handle: async (request, context) => {
      const asked = { apis, context };
      if (context.version < MANY_SINCE_VERSION) {
        return { resultsByTopicV3AndBelow: await addTo(asked, transactionOf(request)) };
      }
      const resultsByTransaction = await Promise.all(
        request.transactions.map(async (transaction) => {
          const { transactionalId } = transaction;
          return { transactionalId, topicResults: await addTo(asked, transaction) };
        }),
      );
      return { errorCode: KAFKA_ERRORS.NONE, resultsByTransaction };
    },
    failed: (request, errorCode) => ({
      errorCode,
      resultsByTopicV3AndBelow: results(request.v3AndBelowTopics, () => errorCode),
      resultsByTransaction: request.transactions.map(({ topics, transactionalId }) => ({
        transactionalId,
        topicResults: results(topics, () => errorCode),
      })),
    }),
  };
}

function transactionOf(request: AddPartitionsToTxnRequest): AddPartitionsToTxnTransaction {
  return {
    transactionalId: request.v3AndBelowTransactionalId,
    producerId: request.v3AndBelowProducerId,
    producerEpoch: request.v3AndBelowProducerEpoch,
    verifyOnly: false,
    topics: request.v3AndBelowTopics,
  };
}

function results(topics: Topics, errorOf: ErrorOf): AddPartitionsToTxnTopicResult[] {
  return topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: errorOf(name, partitionIndex),
    })),
  }));
}

async function addTo(
  asked: Asked,
  transaction: AddPartitionsToTxnTransaction,
): Promise<AddPartitionsToTxnTopicResult[]> {
  const { producerEpoch, producerId, topics, transactionalId, verifyOnly } = transaction;
  if (!mayUse(asked, transactionalId)) {
    return results(topics, () => KAFKA_ERRORS.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
  }
  const refused = refusedPartitions(asked, topics);
  if (refused.size > 0) {
    // All or nothing, as the transaction itself.
    const errorOf: ErrorOf = (topic, partition) =>
      refused.get(`${topic}/${partition}`) ?? KAFKA_ERRORS.OPERATION_NOT_ATTEMPTED;
    return results(topics, errorOf);
  }
  const partitions = partitionsOf(topics);
  const request = { producerId, producerEpoch, partitions, transactionVersion: CLIENT_TRANSACTION_VERSION };
  const { transactions } = asked.apis;
  const error = verifyOnly
    ? await transactions.verify(transactionalId, request)
    : await transactions.addPartitions(transactionalId, request);
  const told = toldAs(error, asked.context.version, FENCED_SINCE_VERSION);
  return results(topics, () => told);
}

/** A broker may do it for any producer, a producer for itself. */
function mayUse(asked: Asked, transactionalId: string): boolean {
  if (mayTransactionalId(asked, "write", transactionalId)) return true;
  return asked.context.version >= MANY_SINCE_VERSION && mayCluster(asked, "cluster_action");
}

function refusedPartitions(asked: Asked, topics: Topics): ReadonlyMap<string, KafkaErrorCode> {
  const refused = new Map<string, KafkaErrorCode>();
  for (const { name, partitions } of topics) {
    const topicError = refusedTopic(asked, name);
    const known = asked.apis.storage.topics().get(name)?.partitions.length ?? 0;
    for (const partition of partitions) {
      const isKnown = partition >= 0 && partition < known;
      const error = topicError ?? (isKnown ? undefined : KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION);
      if (error !== undefined) refused.set(`${name}/${partition}`, error);
    }
  }
  return refused;
}

function refusedTopic(asked: Asked, name: string): KafkaErrorCode | undefined {
  if (!mayTopic(asked, "write", name)) return KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED;
  return name === TRANSACTION_STATE_TOPIC ? KAFKA_ERRORS.INVALID_TOPIC_EXCEPTION : undefined;
}

function partitionsOf(topics: Topics): TransactionPartitions {
  const all = new Map<string, Set<number>>();
  for (const { name, partitions } of topics) {
    const known = all.get(name) ?? new Set();
    for (const partition of partitions) known.add(partition);
    all.set(name, known);
  }
  return all;
}

/** Serves AddOffsetsToTxn: adds the partition that keeps a group's offsets. */
export function addOffsetsToTxnApi(
  apis: TransactionApisContext,
): ServedApi<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse> {
  return {
    key: APIS.AddOffsetsToTxn.key,
    decodeRequest: decodeAddOffsetsToTxnRequest,
    encodeResponse: encodeAddOffsetsToTxnResponse,
    handle: async (request, context) => ({ errorCode: await addOffsets(apis, request, context) }),
    failed: (_request, errorCode) => ({ errorCode }),
  };
}

async function addOffsets(
  apis: TransactionApisContext,
  request: AddOffsetsToTxnRequest,
  context: RequestContext,
): Promise<KafkaErrorCode> {
  const asked = { apis, context };
  const { groupId, producerEpoch, producerId, transactionalId } = request;
  if (!mayTransactionalId(asked, "write", transactionalId)) return KAFKA_ERRORS.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
  if (!mayGroup(asked, "read", groupId)) return KAFKA_ERRORS.GROUP_AUTHORIZATION_FAILED;
  const partitions = new Map([[CONSUMER_OFFSETS_TOPIC, new Set([apis.offsetsPartitionOf(groupId)])]]);
  const error = await apis.transactions.addPartitions(transactionalId, {
    producerId,
    producerEpoch,
    partitions,
    transactionVersion: CLIENT_TRANSACTION_VERSION,
  });
  return toldAs(error, context.version, FENCED_SINCE_VERSION);
}
