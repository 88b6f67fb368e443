/** What the broker's own APIs work with. */
import type { Clock } from "@kaelix/base";

import type { Interceptors } from "../interceptors/interceptors.ts";
import type { Leaders } from "../leader/contract.ts";
import type { OpenTopic, Storage } from "../storage/storage.ts";
import type { AclOperation, Authorizer, RequestContext } from "./api.ts";
import type { ByteBudget } from "./byte-budget.ts";
import { CLUSTER_TOPIC } from "./cluster-store.ts";
import type { ConfigKeeper } from "./config-keeper.ts";
import type { BrokerMetrics } from "./metrics.ts";
import type { Quotas } from "./quotas.ts";
import type { ReadBuffers } from "./read-buffers.ts";
import type { TopicCatalog } from "./topic-catalog.ts";
import { allowedBits } from "./operations.ts";

/** The one node's number. */
export const NODE_ID = 1;
/** The cluster's name in Kafka's ACL vocabulary. */
const CLUSTER_RESOURCE = { type: "cluster", name: "kafka-cluster" } as const;
/** The topics of the broker's own rooms, shown to clients as internal. */
const INTERNAL_TOPICS = new Set(["__consumer_offsets", "__share_group_state", "__transaction_state"]);

/** Where clients are told to connect. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What the broker's own APIs work with. */
export interface Ground {
  readonly storage: Storage;
  readonly leaders: Leaders;
  readonly topics: TopicCatalog;
  readonly configs: ConfigKeeper;
  readonly quotas: Quotas;
  readonly authorizer: Authorizer;
  readonly interceptors: Interceptors;
  readonly metrics: BrokerMetrics;
  readonly budget: ByteBudget;
  readonly readBuffers: ReadBuffers;
  readonly clock: Clock;
  readonly clusterId: string;
  /** The address of this node for clients of a listener. */
  readonly endpoint: (listener: string) => Endpoint;
  readonly report: (error: unknown) => void;
}

/** True for topics that clients may read but not produce to. */
export function isInternalTopic(name: string): boolean {
  return INTERNAL_TOPICS.has(name);
}

/** True for topics that clients are not shown at all. */
export function isHiddenTopic(name: string): boolean {
  return name === CLUSTER_TOPIC;
}

/** Whether who asks may do something to a topic. */
export function mayTopic(ground: Ground, context: RequestContext, operation: AclOperation, name: string): boolean {
  return ground.authorizer.allows(context.principal, operation, { type: "topic", name }, context.clientHost);
}

/** Whether who asks may do something to the cluster. */
export function mayCluster(ground: Ground, context: RequestContext, operation: AclOperation): boolean {
  return ground.authorizer.allows(context.principal, operation, CLUSTER_RESOURCE, context.clientHost);
}

/** Whether who asks may do something to a group. */
export function mayGroup(ground: Ground, context: RequestContext, operation: AclOperation, name: string): boolean {
  return ground.authorizer.allows(context.principal, operation, { type: "group", name }, context.clientHost);
}

/** Whether who asks may use a transactional id. */
export function mayTransactionalId(
  ground: Ground,
  context: RequestContext,
  operation: AclOperation,
  name: string,
): boolean {
  return ground.authorizer.allows(context.principal, operation, { type: "transactional_id", name }, context.clientHost);
}

const TOPIC_OPERATIONS = [
  "read",
  "write",
  "create",
  "delete",
  "alter",
  "describe",
  "describe_configs",
  "alter_configs",
] as const;
const CLUSTER_OPERATIONS = [
  "create",
  "alter",
  "describe",
  "cluster_action",
  "describe_configs",
  "alter_configs",
  "idempotent_write",
] as const;

/** The bit field of what who asks may do to a topic. */
export function topicOperations(ground: Ground, context: RequestContext, topic: OpenTopic): number {
  return allowedBits(TOPIC_OPERATIONS, (operation) => mayTopic(ground, context, operation, topic.spec.name));
}

/** The bit field of what who asks may do to the cluster. */
export function clusterOperations(ground: Ground, context: RequestContext): number {
  return allowedBits(CLUSTER_OPERATIONS, (operation) => mayCluster(ground, context, operation));
}
