import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  decodeDeleteTopicsRequest,
  type DeletableTopicResult,
  type DeleteTopicsRequest,
  type DeleteTopicsResponse,
  encodeDeleteTopicsResponse,
} from "@kaelix/protocol/messages";

import type { RequestContext, ServedApi } from "../api.ts";
import { clientError } from "../errors.ts";
import { type Ground, isInternalTopic, mayTopic } from "../ground.ts";
import { chargeMutations } from "./create-topics.ts";

const ZERO_ID = "AAAAAAAAAAAAAAAAAAAAAA";

/** Serves DeleteTopics, by name and by id. */
export function deleteTopicsApi(ground: Ground): ServedApi<DeleteTopicsRequest, DeleteTopicsResponse> {
  return {
    key: APIS.DeleteTopics.key,
    decodeRequest: decodeDeleteTopicsRequest,
    encodeResponse: encodeDeleteTopicsResponse,
    handle: async (request, context) => {
      const responses: DeletableTopicResult[] = [];
      let mutations = 0;
      for (const asked of askedTopics(request)) {
        const partitions = ground.topics.byName(asked.name ?? "")?.partitions.length ?? 1;
        const result = await deleteTopic(ground, context, asked);
        responses.push(result);
        if (result.errorCode === KAFKA_ERRORS.NONE) mutations += partitions;
      }
      return { responses, throttleTimeMs: chargeMutations(ground, context, mutations) };
    },
    failed: (request, errorCode, errorMessage) => ({
      responses: askedTopics(request).map(({ name, topicId }) => ({ name, topicId, errorCode, errorMessage })),
    }),
  };
}

interface AskedTopic {
  readonly name: string | null;
  readonly topicId: string;
}

function askedTopics({ topicNames, topics }: DeleteTopicsRequest): readonly AskedTopic[] {
  return topics.length > 0 ? topics : topicNames.map((name) => ({ name, topicId: ZERO_ID }));
}

async function deleteTopic(
  ground: Ground,
  context: RequestContext,
  { name: askedName, topicId }: AskedTopic,
): Promise<DeletableTopicResult> {
  const byId = askedName === null;
  const topic = byId ? ground.topics.byId(topicId) : ground.topics.byName(askedName);
  const name = topic?.spec.name ?? askedName;
  const refuse = (errorCode: number, errorMessage: string): DeletableTopicResult => ({
    name: byId ? null : askedName,
    topicId,
    errorCode,
    errorMessage,
  });
  if (name === null) return refuse(KAFKA_ERRORS.UNKNOWN_TOPIC_ID, "There is no topic with this id");
  if (!mayTopic(ground, context, "delete", name)) {
    return refuse(KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED, "Topic may not be deleted");
  }
  if (!ground.configs.brokerBoolean("delete.topic.enable")) {
    return refuse(KAFKA_ERRORS.TOPIC_DELETION_DISABLED, "Deletion of topics is switched off");
  }
  if (isInternalTopic(name)) return refuse(KAFKA_ERRORS.INVALID_REQUEST, "Topic is internal");
  if (topic === undefined) return refuse(KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION, "There is no such topic");
  try {
    await ground.storage.deleteTopic(name);
    ground.metrics.forget(name);
    return { name, topicId: topic.spec.id, errorCode: KAFKA_ERRORS.NONE, errorMessage: null };
  } catch (error) {
    const { code, message } = clientError(error);
    return refuse(code, message);
  }
}
