import { APIS, KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";
import {
  type CreatableTopic,
  type CreatableTopicResult,
  type CreateTopicsRequest,
  type CreateTopicsResponse,
  decodeCreateTopicsRequest,
  encodeCreateTopicsResponse,
} from "@kaelix/protocol/messages";

import type { RequestContext, ServedApi } from "../api.ts";
import type { ConfigEntry } from "../config-keeper.ts";
import { CONFIG_SOURCES } from "../config-values.ts";
import { type Ground, mayCluster, mayTopic, NODE_ID } from "../ground.ts";
import type { Refusal, WantedTopic } from "../topic-catalog.ts";

/** Serves CreateTopics. */
export function createTopicsApi(ground: Ground): ServedApi<CreateTopicsRequest, CreateTopicsResponse> {
  return {
    key: APIS.CreateTopics.key,
    decodeRequest: decodeCreateTopicsRequest,
    encodeResponse: encodeCreateTopicsResponse,
    handle: (request, context) => handle(ground, request, context),
    failed: (request, errorCode, errorMessage) => ({
      topics: request.topics.map(({ name }) => ({ name, errorCode, errorMessage, configs: [] })),
    }),
  };
}

async function handle(
  ground: Ground,
  request: CreateTopicsRequest,
  context: RequestContext,
): Promise<CreateTopicsResponse> {
  const counts = new Map<string, number>();
  for (const { name } of request.topics) counts.set(name, (counts.get(name) ?? 0) + 1);
  const topics: CreatableTopicResult[] = [];
  let mutations = 0;
  for (const [name, count] of counts) {
    const asked = request.topics.find((topic) => topic.name === name);
    if (asked === undefined) continue;
    const result =
      count > 1
        ? refused(name, { code: KAFKA_ERRORS.INVALID_REQUEST, message: `Topic "${name}" is asked for ${count} times` })
        : await create(ground, asked, request.validateOnly, context);
    topics.push(result);
    if (result.errorCode === KAFKA_ERRORS.NONE && !request.validateOnly) mutations += result.numPartitions ?? 1;
  }
  return { topics, throttleTimeMs: chargeMutations(ground, context, mutations) };
}

/** Charges who asks for topics and partitions created or deleted; returns for how long to keep still. */
export function chargeMutations(ground: Ground, context: RequestContext, count: number): number {
  if (count === 0) return 0;
  const subject = { user: context.principal.name, clientId: context.clientId ?? "" };
  return ground.quotas.charge("controller_mutation_rate", subject, count);
}

async function create(
  ground: Ground,
  asked: CreatableTopic,
  validateOnly: boolean,
  context: RequestContext,
): Promise<CreatableTopicResult> {
  const { name } = asked;
  if (!mayCluster(ground, context, "create") && !mayTopic(ground, context, "create", name)) {
    return refused(name, { code: KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED, message: "Topic may not be created" });
  }
  const wanted = wantedOf(asked);
  if ("code" in wanted) return refused(name, wanted);
  const partitions = ground.topics.partitionsOf(wanted);
  const refusal = ground.topics.refusal(wanted);
  if (refusal !== undefined) return refused(name, refusal);
  let topicId: string | undefined;
  if (!validateOnly) {
    const created = await ground.topics.create(wanted);
    if ("code" in created) return refused(name, created);
    topicId = created.spec.id;
  }
  const mayDescribe = mayTopic(ground, context, "describe_configs", name);
  return {
    name,
    ...(topicId === undefined ? {} : { topicId }),
    errorCode: KAFKA_ERRORS.NONE,
    errorMessage: null,
    topicConfigErrorCode: mayDescribe ? KAFKA_ERRORS.NONE : KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED,
    numPartitions: mayDescribe ? partitions : -1,
    replicationFactor: mayDescribe ? 1 : -1,
    configs: mayDescribe ? ground.configs.describeNewTopic(wanted.config).map(configOf) : [],
  };
}

function wantedOf(asked: CreatableTopic): WantedTopic | Refusal {
  const config: Record<string, string> = {};
  for (const { name, value } of asked.configs) {
    if (value === null) return { code: KAFKA_ERRORS.INVALID_CONFIG, message: `Null value is not for ${name}` };
    config[name] = value;
  }
  const { assignments, name, numPartitions, replicationFactor } = asked;
  if (assignments.length === 0) return { name, partitions: numPartitions, replicationFactor, config };
  if (numPartitions !== -1 || replicationFactor !== -1) {
    const message = "Number of partitions and replication factor must be -1 where replicas are assigned";
    return { code: KAFKA_ERRORS.INVALID_REQUEST, message };
  }
  const indexes = new Set(assignments.map(({ partitionIndex }) => partitionIndex));
  const dense = assignments.every((_, at) => indexes.has(at)) && indexes.size === assignments.length;
  const onThisNode = assignments.every(({ brokerIds }) => brokerIds.length === 1 && brokerIds[0] === NODE_ID);
  if (dense && onThisNode) return { name, partitions: assignments.length, replicationFactor: 1, config };
  const message = `Every partition from 0 on must be assigned once, to broker ${NODE_ID}`;
  return { code: KAFKA_ERRORS.INVALID_REPLICA_ASSIGNMENT, message };
}

function configOf({ readOnly, row, source, value }: ConfigEntry): NonNullable<CreatableTopicResult["configs"]>[number] {
  return {
    name: row.name,
    value,
    readOnly,
    configSource: CONFIG_SOURCES[source],
    isSensitive: row.type === "password",
  };
}

function refused(
  name: string,
  { code, message }: { readonly code: KafkaErrorCode; readonly message: string },
): CreatableTopicResult {
  return { name, errorCode: code, errorMessage: message, configs: [] };
}
