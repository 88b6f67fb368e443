/** What the APIs of transactions work with, and what every one of them asks first. */
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

import type { AclOperation, Authorizer, RequestContext } from "../../broker/api.ts";
import type { Leaders } from "../../leader/contract.ts";
import type { Storage } from "../../storage/storage.ts";
import type { Transactions } from "../coordinator.ts";

/** What the APIs of transactions work with. */
export interface TransactionApisContext {
  readonly transactions: Transactions;
  readonly storage: Storage;
  readonly leaders: Leaders;
  readonly authorizer: Authorizer;
  /** The partition of `__consumer_offsets` that keeps a group's offsets. */
  readonly offsetsPartitionOf: (groupId: string) => number;
}

/** A request, whoever sent it. */
export interface Asked {
  readonly apis: TransactionApisContext;
  readonly context: RequestContext;
}

/** Whether who asks may do something to a transactional id. */
export function mayTransactionalId({ apis, context }: Asked, operation: AclOperation, name: string): boolean {
  const { clientHost, principal } = context;
  return apis.authorizer.allows(principal, operation, { type: "transactional_id", name }, clientHost);
}

/** Whether who asks may do something to a topic. */
export function mayTopic({ apis, context }: Asked, operation: AclOperation, name: string): boolean {
  return apis.authorizer.allows(context.principal, operation, { type: "topic", name }, context.clientHost);
}

/** Whether who asks may do something to a group. */
export function mayGroup({ apis, context }: Asked, operation: AclOperation, name: string): boolean {
  return apis.authorizer.allows(context.principal, operation, { type: "group", name }, context.clientHost);
}

/** Whether who asks may do something to the cluster. */
export function mayCluster({ apis, context }: Asked, operation: AclOperation): boolean {
  const resource = { type: "cluster", name: "kafka-cluster" } as const;
  return apis.authorizer.allows(context.principal, operation, resource, context.clientHost);
}

/** Clients of versions before PRODUCER_FENCED existed know its old name (KIP-588). */
export function toldAs(error: KafkaErrorCode, version: number, fencedSinceVersion: number): KafkaErrorCode {
  const isOld = error === KAFKA_ERRORS.PRODUCER_FENCED && version < fencedSinceVersion;
  return isOld ? KAFKA_ERRORS.INVALID_PRODUCER_EPOCH : error;
}
