import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  type ConfigResource,
  decodeDescribeConfigsRequest,
  decodeListConfigResourcesRequest,
  type DescribeConfigsRequest,
  type DescribeConfigsResource,
  type DescribeConfigsResourceResult,
  type DescribeConfigsResponse,
  type DescribeConfigsResult,
  encodeDescribeConfigsResponse,
  encodeListConfigResourcesResponse,
  type ListConfigResourcesRequest,
  type ListConfigResourcesResponse,
} from "@kaelix/protocol/messages";

import type { RequestContext, ServedApi } from "../api.ts";
import type { ConfigEntry } from "../config-keeper.ts";
import { CONFIG_SOURCES, CONFIG_TYPES } from "../config-values.ts";
import { type Ground, mayCluster, mayGroup, mayTopic, NODE_ID } from "../ground.ts";

/** Kafka's codes of what has configuration. */
export const CONFIG_RESOURCES = { topic: 2, broker: 4, group: 32 } as const;

/** Serves DescribeConfigs: every key with its value, source, type and what it means. */
export function describeConfigsApi(ground: Ground): ServedApi<DescribeConfigsRequest, DescribeConfigsResponse> {
  return {
    key: APIS.DescribeConfigs.key,
    decodeRequest: decodeDescribeConfigsRequest,
    encodeResponse: encodeDescribeConfigsResponse,
    handle: (request, context) => ({
      results: request.resources.map((resource): DescribeConfigsResult => {
        const { resourceName, resourceType } = resource;
        const entries = describe(ground, context, resource);
        if ("errorCode" in entries) return { ...entries, resourceType, resourceName, configs: [] };
        const configs = entries.map((entry) => configOf(entry, request));
        return { errorCode: KAFKA_ERRORS.NONE, errorMessage: null, resourceType, resourceName, configs };
      }),
    }),
    failed: (request, errorCode, errorMessage) => ({
      results: request.resources.map(({ resourceName, resourceType }) => ({
        errorCode,
        errorMessage,
        resourceType,
        resourceName,
        configs: [],
      })),
    }),
  };
}

interface Refused {
  readonly errorCode: number;
  readonly errorMessage: string;
}

function describe(
  ground: Ground,
  context: RequestContext,
  { configurationKeys, resourceName, resourceType }: DescribeConfigsResource,
): ConfigEntry[] | Refused {
  // An empty list means all, as null does.
  const names = configurationKeys === null || configurationKeys.length === 0 ? null : configurationKeys;
  if (resourceType === CONFIG_RESOURCES.topic) {
    if (!mayTopic(ground, context, "describe_configs", resourceName)) {
      return { errorCode: KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED, errorMessage: "Topic may not be described" };
    }
    const topic = ground.topics.byName(resourceName);
    if (topic !== undefined) return ground.configs.describeTopic(topic.spec, names);
    return { errorCode: KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION, errorMessage: "There is no such topic" };
  }
  if (resourceType === CONFIG_RESOURCES.broker) {
    if (!mayCluster(ground, context, "describe_configs")) {
      return { errorCode: KAFKA_ERRORS.CLUSTER_AUTHORIZATION_FAILED, errorMessage: "Cluster may not be described" };
    }
    if (resourceName === "") return ground.configs.describeCluster(names);
    if (resourceName === String(NODE_ID)) return ground.configs.describeBroker(names);
    const errorMessage = `Broker is "${resourceName.slice(0, 100)}", must be ${NODE_ID} or empty`;
    return { errorCode: KAFKA_ERRORS.INVALID_REQUEST, errorMessage };
  }
  if (resourceType === CONFIG_RESOURCES.group) {
    if (!mayGroup(ground, context, "describe_configs", resourceName)) {
      return { errorCode: KAFKA_ERRORS.GROUP_AUTHORIZATION_FAILED, errorMessage: "Group may not be described" };
    }
    if (resourceName !== "") return ground.configs.describeGroup(resourceName, names);
    return { errorCode: KAFKA_ERRORS.INVALID_REQUEST, errorMessage: "Group must have a name" };
  }
  return {
    errorCode: KAFKA_ERRORS.INVALID_REQUEST,
    errorMessage: `Resource type ${resourceType} has no configuration`,
  };
}

function configOf(
  { readOnly, row, source, synonyms, value }: ConfigEntry,
  { includeDocumentation, includeSynonyms }: DescribeConfigsRequest,
): DescribeConfigsResourceResult {
  const isSensitive = row.type === "password";
  const shown = includeSynonyms ? synonyms : [];
  return {
    name: row.name,
    value: isSensitive ? null : value,
    readOnly,
    configSource: CONFIG_SOURCES[source],
    isSensitive,
    synonyms: shown.map((one) => ({
      name: one.name,
      value: isSensitive ? null : one.value,
      source: CONFIG_SOURCES[one.source],
    })),
    configType: CONFIG_TYPES[row.type],
    documentation: includeDocumentation ? row.text : null,
  };
}

/** Serves ListConfigResources; version 0 asks for client metrics alone, of which there are none. */
export function listConfigResourcesApi(
  ground: Ground,
): ServedApi<ListConfigResourcesRequest, ListConfigResourcesResponse> {
  return {
    key: APIS.ListConfigResources.key,
    decodeRequest: decodeListConfigResourcesRequest,
    encodeResponse: encodeListConfigResourcesResponse,
    handle: ({ resourceTypes }, context) => {
      if (!mayCluster(ground, context, "describe_configs")) {
        return { errorCode: KAFKA_ERRORS.CLUSTER_AUTHORIZATION_FAILED, configResources: [] };
      }
      const isWanted = (type: number): boolean =>
        context.version >= 1 && (resourceTypes.length === 0 || resourceTypes.includes(type));
      const configResources: ConfigResource[] = [];
      if (isWanted(CONFIG_RESOURCES.topic)) {
        const resourceType = CONFIG_RESOURCES.topic;
        for (const { spec } of ground.topics.all()) configResources.push({ resourceName: spec.name, resourceType });
      }
      if (isWanted(CONFIG_RESOURCES.broker)) {
        configResources.push({ resourceName: String(NODE_ID), resourceType: CONFIG_RESOURCES.broker });
      }
      if (isWanted(CONFIG_RESOURCES.group)) {
        const resourceType = CONFIG_RESOURCES.group;
        for (const resourceName of ground.configs.configuredGroups())
          configResources.push({ resourceName, resourceType });
      }
      return { errorCode: KAFKA_ERRORS.NONE, configResources };
    },
    failed: (_request, errorCode) => ({ errorCode, configResources: [] }),
  };
}
