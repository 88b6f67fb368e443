import { APIS, KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";
import {
  type CreatePartitionsRequest,
  type CreatePartitionsResponse,
  type CreatePartitionsTopic,
  type CreatePartitionsTopicResult,
  decodeCreatePartitionsRequest,
  encodeCreatePartitionsResponse,
} from "@kaelix/protocol/messages";

import { isPartitionCount } from "../../storage/topic-spec.ts";
import type { RequestContext, ServedApi } from "../api.ts";
import { clientError } from "../errors.ts";
import { type Ground, mayTopic, NODE_ID } from "../ground.ts";
import { chargeMutations } from "./create-topics.ts";

/** Serves CreatePartitions. */
export function createPartitionsApi(ground: Ground): ServedApi<CreatePartitionsRequest, CreatePartitionsResponse> {
  return {
    key: APIS.CreatePartitions.key,
    decodeRequest: decodeCreatePartitionsRequest,
    encodeResponse: encodeCreatePartitionsResponse,
    handle: async (request, context) => {
      const results: CreatePartitionsTopicResult[] = [];
      let mutations = 0;
      for (const asked of request.topics) {
        const before = ground.topics.byName(asked.name)?.partitions.length ?? 0;
        const result = await addPartitions(ground, asked, request.validateOnly, context);
        results.push(result);
        if (result.errorCode === KAFKA_ERRORS.NONE && !request.validateOnly) mutations += asked.count - before;
      }
      return { results, throttleTimeMs: chargeMutations(ground, context, mutations) };
    },
    failed: (request, errorCode, errorMessage) => ({
      results: request.topics.map(({ name }) => ({ name, errorCode, errorMessage })),
    }),
  };
}

async function addPartitions(
  ground: Ground,
  { assignments, count, name }: CreatePartitionsTopic,
  validateOnly: boolean,
  context: RequestContext,
): Promise<CreatePartitionsTopicResult> {
  const answer = (errorCode: KafkaErrorCode, errorMessage: string | null): CreatePartitionsTopicResult => ({
    name,
    errorCode,
    errorMessage,
  });
  if (!mayTopic(ground, context, "alter", name)) {
    return answer(KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED, "Topic may not be altered");
  }
  const topic = ground.topics.byName(name);
  if (topic === undefined) return answer(KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION, "There is no such topic");
  const now = topic.partitions.length;
  if (count <= now || !isPartitionCount(count)) {
    return answer(KAFKA_ERRORS.INVALID_PARTITIONS, `Number of partitions is ${count}, must be ${now + 1} to 10000`);
  }
  const wrong = assignments?.some(({ brokerIds }) => brokerIds.length !== 1 || brokerIds[0] !== NODE_ID) === true;
  if (wrong || (assignments !== null && assignments.length !== count - now)) {
    const message = `Each of the ${count - now} new partitions must be assigned to broker ${NODE_ID}`;
    return answer(KAFKA_ERRORS.INVALID_REPLICA_ASSIGNMENT, message);
  }
  if (validateOnly) return answer(KAFKA_ERRORS.NONE, null);
  try {
    await ground.storage.addPartitions(name, count);
    return answer(KAFKA_ERRORS.NONE, null);
  } catch (error) {
    const { code, message } = clientError(error);
    return answer(code, message);
  }
}
