import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  decodeDescribeTopicPartitionsRequest,
  type DescribeTopicPartitionsRequest,
  type DescribeTopicPartitionsResponse,
  type DescribeTopicPartitionsResponseTopic,
  encodeDescribeTopicPartitionsResponse,
} from "@kaelix/protocol/messages";

import type { RequestContext, ServedApi } from "../api.ts";
import { type Ground, isInternalTopic, mayTopic, NODE_ID, topicOperations } from "../ground.ts";

const ZERO_ID = "AAAAAAAAAAAAAAAAAAAAAA";

/** Serves DescribeTopicPartitions: partitions in pages, topics ordered by name. */
export function describeTopicPartitionsApi(
  ground: Ground,
): ServedApi<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse> {
  return {
    key: APIS.DescribeTopicPartitions.key,
    decodeRequest: decodeDescribeTopicPartitionsRequest,
    encodeResponse: encodeDescribeTopicPartitionsResponse,
    handle: (request, context) => handle(ground, request, context),
    failed: (request, errorCode) => ({ topics: request.topics.map(({ name }) => refused(name, errorCode)) }),
  };
}

function handle(
  ground: Ground,
  { cursor, responsePartitionLimit, topics: asked }: DescribeTopicPartitionsRequest,
  context: RequestContext,
): DescribeTopicPartitionsResponse {
  const limitMax = ground.configs.brokerNumber("max.request.partition.size.limit");
  let left = Math.max(1, Math.min(responsePartitionLimit, limitMax));
  const names = asked.length > 0 ? asked.map(({ name }) => name) : ground.topics.all().map(({ spec }) => spec.name);
  const topics: DescribeTopicPartitionsResponseTopic[] = [];
  for (const name of [...new Set(names)].sort()) {
    if (cursor !== null && name < cursor.topicName) continue;
    const topic = ground.topics.byName(name);
    if (!mayTopic(ground, context, "describe", name)) {
      // A topic nobody named is not told of at all.
      if (asked.length > 0) topics.push(refused(name, KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED));
      continue;
    }
    if (topic === undefined) {
      topics.push(refused(name, KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION));
      continue;
    }
    const from = cursor?.topicName === name ? Math.max(0, cursor.partitionIndex) : 0;
    if (left <= 0) return { topics, nextCursor: { topicName: name, partitionIndex: from } };
    const end = Math.min(topic.partitions.length, from + left);
    const partitions = Array.from({ length: Math.max(0, end - from) }, (_, at) => partitionOf(from + at));
    topics.push({
      errorCode: KAFKA_ERRORS.NONE,
      name,
      topicId: topic.spec.id,
      isInternal: isInternalTopic(name),
      partitions,
      topicAuthorizedOperations: topicOperations(ground, context, topic),
    });
    left -= partitions.length;
    if (end < topic.partitions.length) return { topics, nextCursor: { topicName: name, partitionIndex: end } };
  }
  return { topics, nextCursor: null };
}

function partitionOf(partitionIndex: number): DescribeTopicPartitionsResponseTopic["partitions"][number] {
  return {
    errorCode: KAFKA_ERRORS.NONE,
    partitionIndex,
    leaderId: NODE_ID,
    leaderEpoch: 0,
    replicaNodes: [NODE_ID],
    isrNodes: [NODE_ID],
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
    offlineReplicas: [],
  };
}

function refused(name: string, errorCode: number): DescribeTopicPartitionsResponseTopic {
  return { errorCode, name, topicId: ZERO_ID, isInternal: false, partitions: [] };
}
