import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  type AlterConfigsRequest,
  type AlterConfigsResponse,
  decodeAlterConfigsRequest,
  decodeIncrementalAlterConfigsRequest,
  encodeAlterConfigsResponse,
  encodeIncrementalAlterConfigsResponse,
  type IncrementalAlterConfigsRequest,
  type IncrementalAlterConfigsResponse,
} from "@kaelix/protocol/messages";

import type { RequestContext, ServedApi } from "../api.ts";
import { BROKER_CONFIGS } from "../broker-configs.ts";
import type { BrokerScope, ConfigValues } from "../config-keeper.ts";
import { type ConfigRow, parseList, parseNumber, valueProblem } from "../config-values.ts";
import { clientError } from "../errors.ts";
import { GROUP_CONFIGS, groupProblem } from "../group-configs.ts";
import { type Ground, mayCluster, mayGroup, mayTopic, NODE_ID } from "../ground.ts";
import type { Refusal } from "../topic-catalog.ts";
import { explicitConfig, TOPIC_CONFIGS } from "../topic-configs.ts";
import { CONFIG_RESOURCES } from "./describe-configs.ts";

const OPERATIONS = { set: 0, delete: 1, append: 2, subtract: 3 } as const;

interface ResourceAnswer {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly resourceType: number;
  readonly resourceName: string;
}

/** Serves AlterConfigs: what is given becomes everything that is set. */
export function alterConfigsApi(ground: Ground): ServedApi<AlterConfigsRequest, AlterConfigsResponse> {
  return {
    key: APIS.AlterConfigs.key,
    decodeRequest: decodeAlterConfigsRequest,
    encodeResponse: encodeAlterConfigsResponse,
    handle: async ({ resources, validateOnly }, context) => {
      const responses: ResourceAnswer[] = [];
      for (const { configs, resourceName, resourceType } of resources) {
        const changes = configs.map(({ name, value }) => ({ name, value, configOperation: OPERATIONS.set }));
        const asked = { resourceName, resourceType, changes, replaces: true, validateOnly };
        responses.push(await alter(ground, context, asked));
      }
      return { responses };
    },
    failed,
  };
}

/** Serves IncrementalAlterConfigs: what is given is changed, everything else stays. */
export function incrementalAlterConfigsApi(
  ground: Ground,
): ServedApi<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse> {
  return {
    key: APIS.IncrementalAlterConfigs.key,
    decodeRequest: decodeIncrementalAlterConfigsRequest,
    encodeResponse: encodeIncrementalAlterConfigsResponse,
    handle: async ({ resources, validateOnly }, context) => {
      const responses: ResourceAnswer[] = [];
      for (const { configs, resourceName, resourceType } of resources) {
        const asked = { resourceName, resourceType, changes: configs, replaces: false, validateOnly };
        responses.push(await alter(ground, context, asked));
      }
      return { responses };
    },
    failed,
  };
}

function failed(
  { resources }: AlterConfigsRequest | IncrementalAlterConfigsRequest,
  errorCode: number,
  errorMessage: string,
): { readonly responses: ResourceAnswer[] } {
  return {
    responses: resources.map(({ resourceName, resourceType }) => ({
      errorCode,
      errorMessage,
      resourceType,
      resourceName,
    })),
  };
}

interface Change {
  readonly name: string;
  readonly value: string | null;
  readonly configOperation: number;
}

interface AskedChange {
  readonly resourceName: string;
  readonly resourceType: number;
  readonly changes: readonly Change[];
  readonly replaces: boolean;
  readonly validateOnly: boolean;
}

/** Something whose configuration is changed. */
interface Target {
  readonly table: ReadonlyMap<string, ConfigRow>;
  readonly explicit: ConfigValues;
  /** The value in effect, for changes of lists. */
  readonly effective: (name: string) => string;
  readonly dynamicOnly: boolean;
  /** What is wrong with values that are right one by one. */
  readonly problem?: (values: ConfigValues) => string | undefined;
  readonly apply: (values: ConfigValues) => Promise<void>;
}

async function alter(ground: Ground, context: RequestContext, asked: AskedChange): Promise<ResourceAnswer> {
  const { resourceName, resourceType } = asked;
  const answer = (errorCode: number, errorMessage: string | null): ResourceAnswer => ({
    errorCode,
    errorMessage,
    resourceType,
    resourceName,
  });
  const target = targetOf(ground, context, asked);
  if ("code" in target) return answer(target.code, target.message);
  const values = changedValues(target, asked);
  if (isRefusal(values)) return answer(values.code, values.message);
  const problem = target.problem?.(values);
  if (problem !== undefined) return answer(KAFKA_ERRORS.INVALID_CONFIG, problem);
  if (asked.validateOnly) return answer(KAFKA_ERRORS.NONE, null);
  try {
    await target.apply(values);
    return answer(KAFKA_ERRORS.NONE, null);
  } catch (error) {
    const { code, message } = clientError(error);
    return answer(code, message);
  }
}

function targetOf(
  ground: Ground,
  context: RequestContext,
  { resourceName, resourceType }: AskedChange,
): Target | Refusal {
  if (resourceType === CONFIG_RESOURCES.topic) return topicTarget(ground, context, resourceName);
  if (resourceType === CONFIG_RESOURCES.group) return groupTarget(ground, context, resourceName);
  if (resourceType === CONFIG_RESOURCES.broker) return brokerTarget(ground, context, resourceName);
  return { code: KAFKA_ERRORS.INVALID_REQUEST, message: `Resource type ${resourceType} has no configuration` };
}

function topicTarget(ground: Ground, context: RequestContext, name: string): Target | Refusal {
  const { configs } = ground;
  if (!mayTopic(ground, context, "alter_configs", name)) {
    return { code: KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED, message: "Topic may not be altered" };
  }
  const topic = ground.topics.byName(name);
  if (topic === undefined) return { code: KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION, message: "There is no such topic" };
  return {
    table: TOPIC_CONFIGS,
    explicit: explicitConfig(topic.spec),
    effective: (key) => configs.describeTopic(topic.spec, [key])[0]?.value ?? "",
    dynamicOnly: false,
    apply: (values) => configs.alterTopic(topic, values),
  };
}

function groupTarget(ground: Ground, context: RequestContext, groupId: string): Target | Refusal {
  const { configs } = ground;
  if (!mayGroup(ground, context, "alter_configs", groupId)) {
    return { code: KAFKA_ERRORS.GROUP_AUTHORIZATION_FAILED, message: "Group may not be altered" };
  }
  if (groupId === "") return { code: KAFKA_ERRORS.INVALID_REQUEST, message: "Group must have a name" };
  return {
    table: GROUP_CONFIGS,
    explicit: configs.groupValues(groupId),
    effective: (key) => configs.describeGroup(groupId, [key])[0]?.value ?? "",
    dynamicOnly: false,
    problem: (values) => groupProblem((key) => parseNumber(values[key] ?? configs.brokerValue(`group.${key}`))),
    apply: (values) => configs.alterGroup(groupId, values),
  };
}

function brokerTarget(ground: Ground, context: RequestContext, name: string): Target | Refusal {
  const { configs } = ground;
  if (!mayCluster(ground, context, "alter_configs")) {
    return { code: KAFKA_ERRORS.CLUSTER_AUTHORIZATION_FAILED, message: "Cluster may not be altered" };
  }
  if (name !== "" && name !== String(NODE_ID)) {
    const message = `Broker is "${name.slice(0, 100)}", must be ${NODE_ID} or empty`;
    return { code: KAFKA_ERRORS.INVALID_REQUEST, message };
  }
  const scope: BrokerScope = name === "" ? "cluster" : "broker";
  return {
    table: BROKER_CONFIGS,
    explicit: configs.dynamicValues(scope),
    effective: (key) => configs.brokerValue(key),
    dynamicOnly: true,
    apply: (values) => configs.alterBroker(scope, values),
  };
}

function isRefusal(values: ConfigValues | Refusal): values is Refusal {
  return typeof values["code"] === "number";
}

/** Everything that is set after the changes, or what is wrong with them. */
function changedValues(target: Target, { changes, replaces }: AskedChange): ConfigValues | Refusal {
  const values: Record<string, string> = replaces ? {} : { ...target.explicit };
  const names = new Set(changes.map(({ name }) => name));
  if (names.size !== changes.length)
    return { code: KAFKA_ERRORS.INVALID_REQUEST, message: "Every key must be given once" };
  for (const change of changes) {
    const row = target.table.get(change.name);
    if (row === undefined) return { code: KAFKA_ERRORS.INVALID_CONFIG, message: `Unknown config name: ${change.name}` };
    if (target.dynamicOnly && row.dynamic !== true) {
      return { code: KAFKA_ERRORS.INVALID_REQUEST, message: `${row.name} cannot be changed while the broker runs` };
    }
    const value = changedValue(row, change, values[row.name] ?? target.effective(row.name));
    if (typeof value === "object") return value;
    if (value === undefined) {
      delete values[row.name];
      continue;
    }
    const problem = valueProblem(row, value);
    if (problem !== undefined) return { code: KAFKA_ERRORS.INVALID_CONFIG, message: problem };
    values[row.name] = value;
  }
  return values;
}

/** A key's new value; undefined when it is to be unset. */
function changedValue(
  row: ConfigRow,
  { configOperation, value }: Change,
  before: string,
): string | undefined | Refusal {
  if (configOperation === OPERATIONS.delete) return undefined;
  if (value === null) return { code: KAFKA_ERRORS.INVALID_REQUEST, message: `Null value is not for ${row.name}` };
  if (configOperation === OPERATIONS.set) return value;
  const isListChange = configOperation === OPERATIONS.append || configOperation === OPERATIONS.subtract;
  if (!isListChange) return { code: KAFKA_ERRORS.INVALID_REQUEST, message: `Unknown operation ${configOperation}` };
  if (row.type !== "list") {
    return { code: KAFKA_ERRORS.INVALID_CONFIG, message: `${row.name} is no list, must be set as a whole` };
  }
  const given = parseList(value);
  const old = parseList(before);
  const entries =
    configOperation === OPERATIONS.append
      ? [...old, ...given.filter((entry) => !old.includes(entry))]
      : old.filter((entry) => !given.includes(entry));
  return entries.join(",");
}
