import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  decodeDescribeProducersRequest,
  type DescribeProducersRequest,
  type DescribeProducersResponse,
  encodeDescribeProducersResponse,
} from "@kaelix/protocol/messages";

import type { RequestContext, ServedApi } from "../api.ts";
import { type Ground, mayTopic } from "../ground.ts";

type TopicAnswer = DescribeProducersResponse["topics"][number];
type PartitionAnswer = TopicAnswer["partitions"][number];

/** Serves DescribeProducers: who writes with sequence numbers to a partition, and which transactions hang there. */
export function describeProducersApi(ground: Ground): ServedApi<DescribeProducersRequest, DescribeProducersResponse> {
  return {
    key: APIS.DescribeProducers.key,
    decodeRequest: decodeDescribeProducersRequest,
    encodeResponse: encodeDescribeProducersResponse,
    handle: async (request, context) => {
      const topics: TopicAnswer[] = [];
      for (const { name, partitionIndexes } of request.topics) {
        const partitions: PartitionAnswer[] = [];
        for (const index of partitionIndexes) partitions.push(await describe(ground, context, name, index));
        topics.push({ name, partitions });
      }
      return { topics };
    },
    failed: (request, errorCode, errorMessage) => ({
      topics: request.topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((partitionIndex) => ({
          partitionIndex,
          errorCode,
          errorMessage,
          activeProducers: [],
        })),
      })),
    }),
  };
}

async function describe(
  ground: Ground,
  context: RequestContext,
  name: string,
  partitionIndex: number,
): Promise<PartitionAnswer> {
  const refuse = (errorCode: number): PartitionAnswer => ({ partitionIndex, errorCode, activeProducers: [] });
  if (!mayTopic(ground, context, "read", name)) return refuse(KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED);
  const topic = ground.topics.byName(name);
  const leader = topic === undefined ? undefined : await ground.leaders.get(name, partitionIndex);
  if (leader === undefined) return refuse(KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION);
  const startedMs = ground.clock.nowMs() - ground.clock.monotonicMs();
  const activeProducers = leader.producers().map((producer) => ({
    producerId: producer.producerId,
    producerEpoch: producer.producerEpoch,
    lastSequence: producer.batches.at(-1)?.lastSequence ?? -1,
    lastTimestamp: Math.round(startedMs + producer.lastSeenMs),
    coordinatorEpoch: producer.coordinatorEpoch,
    currentTxnStartOffset: producer.openOffset,
  }));
  return { partitionIndex, errorCode: KAFKA_ERRORS.NONE, activeProducers };
}
