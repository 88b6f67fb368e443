import { APIS, KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";
import {
  decodeMetadataRequest,
  encodeMetadataResponse,
  type MetadataRequest,
  type MetadataResponse,
  type MetadataResponseTopic,
} from "@kaelix/protocol/messages";

import type { OpenTopic } from "../../storage/storage.ts";
import type { RequestContext, ServedApi } from "../api.ts";
import {
  clusterOperations,
  type Ground,
  isInternalTopic,
  mayCluster,
  mayTopic,
  NODE_ID,
  topicOperations,
} from "../ground.ts";

const ZERO_ID = "AAAAAAAAAAAAAAAAAAAAAA";
const OPERATIONS_UNKNOWN = -(2 ** 31);

/** Serves Metadata: which brokers, topics and partitions there are. Creates topics that are asked for, where the configuration allows it. */
export function metadataApi(ground: Ground): ServedApi<MetadataRequest, MetadataResponse> {
  return {
    key: APIS.Metadata.key,
    decodeRequest: decodeMetadataRequest,
    encodeResponse: encodeMetadataResponse,
    handle: (request, context) => handle(ground, request, context),
    failed,
  };
}

function failed(request: MetadataRequest, errorCode: number): MetadataResponse {
  // Old versions have no null for a name; Kafka gives an empty one in every version.
  const topics = (request.topics ?? []).map(({ name, topicId }) => ({
    ...NO_TOPIC,
    errorCode,
    name: name ?? "",
    topicId,
  }));
  return { brokers: [], topics, errorCode };
}

/** Versions 10 and 11 have a field for the id that must not be used. */
const BY_ID_SINCE = 12;
const NO_TOPIC = { isInternal: false, partitions: [] };

async function handle(ground: Ground, request: MetadataRequest, context: RequestContext): Promise<MetadataResponse> {
  const asksById = request.topics?.some(({ name, topicId }) => name === null || topicId !== ZERO_ID) === true;
  if (asksById && context.version < BY_ID_SINCE) return failed(request, KAFKA_ERRORS.INVALID_REQUEST);
  const topics = await topicsOf(ground, request, context);
  const { host, port } = ground.endpoint(context.listener);
  return {
    brokers: [{ nodeId: NODE_ID, host, port, rack: null }],
    clusterId: ground.clusterId,
    controllerId: NODE_ID,
    topics,
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
      ? clusterOperations(ground, context)
      : OPERATIONS_UNKNOWN,
    errorCode: KAFKA_ERRORS.NONE,
  };
}

async function topicsOf(
  ground: Ground,
  request: MetadataRequest,
  context: RequestContext,
): Promise<MetadataResponseTopic[]> {
  // Version 0 has no null: an empty list means all.
  const asked = context.version === 0 && request.topics?.length === 0 ? null : request.topics;
  const describe = (topic: OpenTopic): MetadataResponseTopic =>
    describeTopic(ground, context, topic, request.includeTopicAuthorizedOperations);
  if (asked === null) {
    return ground.topics
      .all()
      .filter(({ spec }) => mayTopic(ground, context, "describe", spec.name))
      .map(describe);
  }
  const topics: MetadataResponseTopic[] = [];
  for (const { name, topicId } of asked) {
    const byId = name === null || (topicId !== ZERO_ID && name === "");
    const topic = byId ? ground.topics.byId(topicId) : ground.topics.byName(name);
    const known = topic?.spec.name ?? name;
    if (known === null || (byId && topic === undefined)) {
      topics.push({ ...NO_TOPIC, errorCode: KAFKA_ERRORS.UNKNOWN_TOPIC_ID, name: null, topicId });
    } else if (!mayTopic(ground, context, "describe", known)) {
      const errorCode = KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED;
      topics.push(byId ? { ...NO_TOPIC, errorCode, name: null, topicId } : { ...NO_TOPIC, errorCode, name: known });
    } else if (topic !== undefined) topics.push(describe(topic));
    else topics.push(await createAsked(ground, request, context, known));
  }
  return topics;
}

/** A topic that does not exist: created, or refused. */
async function createAsked(
  ground: Ground,
  request: MetadataRequest,
  context: RequestContext,
  name: string,
): Promise<MetadataResponseTopic> {
  const refuse = (errorCode: KafkaErrorCode): MetadataResponseTopic => ({ ...NO_TOPIC, errorCode, name });
  const wanted = { name, partitions: -1, replicationFactor: -1, config: {} };
  if (!request.allowAutoTopicCreation || !ground.configs.brokerBoolean("auto.create.topics.enable")) {
    const refusal = ground.topics.refusal(wanted);
    const invalid = refusal?.code === KAFKA_ERRORS.INVALID_TOPIC_EXCEPTION;
    return refuse(invalid ? refusal.code : KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION);
  }
  const mayCreate = mayCluster(ground, context, "create") || mayTopic(ground, context, "create", name);
  if (!mayCreate) return refuse(KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED);
  const created = await ground.topics.create(wanted);
  if ("spec" in created) return describeTopic(ground, context, created, request.includeTopicAuthorizedOperations);
  // Another request may have created it in between.
  const existing = ground.topics.byName(name);
  if (existing === undefined) return refuse(created.code);
  return describeTopic(ground, context, existing, request.includeTopicAuthorizedOperations);
}

function describeTopic(
  ground: Ground,
  context: RequestContext,
  topic: OpenTopic,
  withOperations: boolean,
): MetadataResponseTopic {
  const { id, name } = topic.spec;
  return {
    errorCode: KAFKA_ERRORS.NONE,
    name,
    topicId: id,
    isInternal: isInternalTopic(name),
    partitions: topic.partitions.map((_, partitionIndex) => ({
      errorCode: KAFKA_ERRORS.NONE,
      partitionIndex,
      leaderId: NODE_ID,
      leaderEpoch: 0,
      replicaNodes: [NODE_ID],
      isrNodes: [NODE_ID],
      offlineReplicas: [],
    })),
    topicAuthorizedOperations: withOperations ? topicOperations(ground, context, topic) : OPERATIONS_UNKNOWN,
  };
}
