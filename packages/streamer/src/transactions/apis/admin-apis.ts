/** DescribeTransactions, ListTransactions and WriteTxnMarkers: for people who look for a transaction that hangs. */
import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  decodeDescribeTransactionsRequest,
  decodeListTransactionsRequest,
  decodeWriteTxnMarkersRequest,
  type DescribeTransactionsRequest,
  type DescribeTransactionsResponse,
  type DescribeTransactionsTransactionState,
  encodeDescribeTransactionsResponse,
  encodeListTransactionsResponse,
  encodeWriteTxnMarkersResponse,
  type ListTransactionsRequest,
  type ListTransactionsResponse,
  type WritableTxnMarker,
  type WritableTxnMarkerResult,
  type WriteTxnMarkersRequest,
  type WriteTxnMarkersResponse,
} from "@kaelix/protocol/messages";

import type { ServedApi } from "../../broker/api.ts";
import { parseTopicPattern, type TopicPattern } from "../../groups/consumer/topic-regex.ts";
import { writeMarker } from "../marker-writer.ts";
import type { Transaction } from "../transaction.ts";
import { type Asked, mayCluster, mayTopic, mayTransactionalId, type TransactionApisContext } from "./context.ts";

/** The states a client may ask for, Kafka's own that never last included. */
const STATES: ReadonlySet<string> = new Set([
  "Empty",
  "Ongoing",
  "PrepareCommit",
  "PrepareAbort",
  "CompleteCommit",
  "CompleteAbort",
  "PrepareEpochFence",
  "Dead",
]);

/** Serves DescribeTransactions. */
export function describeTransactionsApi(
  apis: TransactionApisContext,
): ServedApi<DescribeTransactionsRequest, DescribeTransactionsResponse> {
  return {
    key: APIS.DescribeTransactions.key,
    decodeRequest: decodeDescribeTransactionsRequest,
    encodeResponse: encodeDescribeTransactionsResponse,
    handle: ({ transactionalIds }, context) => ({
      transactionStates: transactionalIds.map((transactionalId) => described({ apis, context }, transactionalId)),
    }),
    failed: ({ transactionalIds }, errorCode) => ({
      transactionStates: transactionalIds.map((transactionalId) => unknown(transactionalId, errorCode)),
    }),
  };
}

function described(asked: Asked, transactionalId: string): DescribeTransactionsTransactionState {
  if (!mayTransactionalId(asked, "describe", transactionalId)) {
    return unknown(transactionalId, KAFKA_ERRORS.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
  }
  if (transactionalId === "") return unknown(transactionalId, KAFKA_ERRORS.INVALID_REQUEST);
  const transaction = asked.apis.transactions.get(transactionalId);
  if (transaction === undefined) return unknown(transactionalId, KAFKA_ERRORS.TRANSACTIONAL_ID_NOT_FOUND);
  const topics = [...transaction.partitions]
    .filter(([topic]) => mayTopic(asked, "describe", topic))
    .map(([topic, partitions]) => ({ topic, partitions: [...partitions] }));
  const { producerEpoch, producerId, startMs, state, timeoutMs } = transaction;
  return {
    errorCode: KAFKA_ERRORS.NONE,
    transactionalId,
    transactionState: state,
    transactionTimeoutMs: timeoutMs,
    transactionStartTimeMs: startMs,
    producerId,
    producerEpoch,
    topics,
  };
}

function unknown(transactionalId: string, errorCode: number): DescribeTransactionsTransactionState {
  return {
    errorCode,
    transactionalId,
    transactionState: "",
    transactionTimeoutMs: 0,
    transactionStartTimeMs: -1,
    producerId: -1,
    producerEpoch: -1,
    topics: [],
  };
}

/** Serves ListTransactions. */
export function listTransactionsApi(
  apis: TransactionApisContext,
  nowMs: () => number,
): ServedApi<ListTransactionsRequest, ListTransactionsResponse> {
  return {
    key: APIS.ListTransactions.key,
    decodeRequest: decodeListTransactionsRequest,
    encodeResponse: encodeListTransactionsResponse,
    handle: (request, context) => {
      const pattern = patternOf(request.transactionalIdPattern);
      if (typeof pattern === "string") return noneListed(KAFKA_ERRORS.INVALID_REGULAR_EXPRESSION);
      const unknownStateFilters = request.stateFilters.filter((state) => !STATES.has(state));
      const asked = { apis, context };
      const transactionStates = [];
      for (const transaction of apis.transactions.all()) {
        const { producerId, state, transactionalId } = transaction;
        if (!fits(transaction, request, nowMs()) || pattern?.matches(transactionalId) === false) continue;
        if (!mayTransactionalId(asked, "describe", transactionalId)) continue;
        transactionStates.push({ transactionalId, producerId, transactionState: state });
      }
      return { errorCode: KAFKA_ERRORS.NONE, unknownStateFilters, transactionStates };
    },
    failed: (_request, errorCode) => noneListed(errorCode),
  };
}

function noneListed(errorCode: number): ListTransactionsResponse {
  return { errorCode, unknownStateFilters: [], transactionStates: [] };
}

/** An absent or empty pattern takes everything; a text says why a pattern cannot be used. */
function patternOf(pattern: string | null): TopicPattern | string | undefined {
  return pattern === null || pattern === "" ? undefined : parseTopicPattern(pattern);
}

function fits(transaction: Transaction, filters: ListTransactionsRequest, nowMs: number): boolean {
  const { durationFilter, producerIdFilters, stateFilters } = filters;
  if (stateFilters.length > 0 && !stateFilters.includes(transaction.state)) return false;
  if (producerIdFilters.length > 0 && !producerIdFilters.includes(transaction.producerId)) return false;
  if (durationFilter < 0) return true;
  return transaction.state === "Ongoing" && nowMs - transaction.startMs > durationFilter;
}

/** Serves WriteTxnMarkers: an administrator ends a transaction that nobody else will. */
export function writeTxnMarkersApi(
  apis: TransactionApisContext,
): ServedApi<WriteTxnMarkersRequest, WriteTxnMarkersResponse> {
  return {
    key: APIS.WriteTxnMarkers.key,
    decodeRequest: decodeWriteTxnMarkersRequest,
    encodeResponse: encodeWriteTxnMarkersResponse,
    handle: async ({ markers }, context) => {
      const asked = { apis, context };
      const may = mayCluster(asked, "alter") || mayCluster(asked, "cluster_action");
      const answers: WritableTxnMarkerResult[] = [];
      // One after the other: markers of one producer keep their order.
      for (const marker of markers) {
        answers.push(may ? await written(apis, marker) : unwritten(marker, KAFKA_ERRORS.CLUSTER_AUTHORIZATION_FAILED));
      }
      return { markers: answers };
    },
    failed: ({ markers }, errorCode) => ({ markers: markers.map((marker) => unwritten(marker, errorCode)) }),
  };
}

async function written(apis: TransactionApisContext, request: WritableTxnMarker): Promise<WritableTxnMarkerResult> {
  const { coordinatorEpoch, producerEpoch, producerId, transactionResult, transactionVersion } = request;
  const marker = { producerId, producerEpoch, committed: transactionResult, coordinatorEpoch, transactionVersion };
  const write = async (
    topic: string,
    partitionIndex: number,
  ): Promise<{ partitionIndex: number; errorCode: number }> => ({
    partitionIndex,
    errorCode: await writeMarker(apis.leaders, topic, partitionIndex, marker),
  });
  const topics = request.topics.map(async ({ name, partitionIndexes }) => ({
    name,
    partitions: await Promise.all(partitionIndexes.map((partitionIndex) => write(name, partitionIndex))),
  }));
  return { producerId, topics: await Promise.all(topics) };
}

function unwritten({ producerId, topics }: WritableTxnMarker, errorCode: number): WritableTxnMarkerResult {
  return {
    producerId,
    topics: topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) => ({ partitionIndex, errorCode })),
    })),
  };
}
