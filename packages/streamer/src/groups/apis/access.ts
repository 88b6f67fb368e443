/** What every group API asks first: may they, is the group's name one, is the coordinator ready. */
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

import type { AclOperation, RequestContext } from "../../broker/api.ts";
import { allowedBits } from "../../broker/operations.ts";
import type { ShareGroupEntry } from "../group-entry.ts";
import type { Groups } from "../groups.ts";
import type { GroupStore } from "../store/group-store.ts";
import { NAME_BYTES_MAX } from "../store/record-keys.ts";

/** The store, or the error of a request that cannot be served. */
export function openFor(
  groups: Groups,
  context: RequestContext,
  group: { readonly id: string; readonly operation: AclOperation },
): GroupStore | KafkaErrorCode {
  if (!mayGroup(groups, context, group.operation, group.id)) return KAFKA_ERRORS.GROUP_AUTHORIZATION_FAILED;
  if (!isGroupId(group.id)) return KAFKA_ERRORS.INVALID_GROUP_ID;
  return groups.store ?? KAFKA_ERRORS.COORDINATOR_LOAD_IN_PROGRESS;
}

/** Why a request, or a part of it, is not served. */
export interface Refusal {
  readonly errorCode: KafkaErrorCode;
  readonly errorMessage: string | null;
}

/** What stands for a topic that has no id, or whose id is not told. */
export const NO_TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAA";

/** The id of a topic that somebody named. To whom may not use it a topic that is there looks like one that is not. */
export function toldTopicId(groups: Groups, name: string, isAllowed: boolean): string {
  return (isAllowed ? groups.topics.image().byName.get(name)?.id : undefined) ?? NO_TOPIC_ID;
}

/** The share group of an id, or what there is instead, in Apache Kafka's words. */
export function shareGroupOf(groups: Groups, groupId: string): ShareGroupEntry | string {
  const entry = groups.get(groupId);
  if (entry?.type === "share") return entry;
  return groups.exists(groupId) ? `Group ${groupId} is not a share group.` : `Group ${groupId} not found.`;
}

/** True for a name that can stand in a record. */
export function isGroupId(groupId: string): boolean {
  return groupId !== "" && Buffer.byteLength(groupId) <= NAME_BYTES_MAX;
}

export function mayGroup(groups: Groups, context: RequestContext, operation: AclOperation, name: string): boolean {
  return groups.authorizer.allows(context.principal, operation, { type: "group", name }, context.clientHost);
}

export function mayTopic(groups: Groups, context: RequestContext, operation: AclOperation, name: string): boolean {
  return groups.authorizer.allows(context.principal, operation, { type: "topic", name }, context.clientHost);
}

const GROUP_OPERATIONS = ["read", "delete", "describe", "describe_configs", "alter_configs"] as const;

/** What the asking principal may do with a group, as a bit field; Kafka's "not asked" when it is not wanted. */
export function authorizedOperations(
  groups: Groups,
  context: RequestContext,
  groupId: string,
  wanted: boolean,
): number {
  if (!wanted) return -(2 ** 31);
  return allowedBits(GROUP_OPERATIONS, (operation) => mayGroup(groups, context, operation, groupId));
}
