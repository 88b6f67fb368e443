/** What the heartbeats and descriptions of consumer groups (KIP-848) and share groups (KIP-932) have in common. */
import { KAFKA_ERRORS } from "@kaelix/protocol";

import type { RequestContext } from "../../broker/api.ts";
import { formatPartitionSet, type PartitionSet } from "../consumer/partition-set.ts";
import { coordinatorError, type Groups } from "../groups.ts";
import { authorizedOperations, mayTopic, openFor } from "./access.ts";

/** A heartbeat that is not taken in. */
export interface RefusedHeartbeat {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly memberEpoch: 0;
  readonly heartbeatIntervalMs: 0;
}

export function refusedHeartbeat(errorCode: number, errorMessage: string | null = null): RefusedHeartbeat {
  return { errorCode, errorMessage, memberEpoch: 0, heartbeatIntervalMs: 0 };
}

/** Why a heartbeat is not looked at; undefined when it is. */
export function heartbeatRefusal(
  groups: Groups,
  {
    groupId,
    subscribedTopicNames,
  }: { readonly groupId: string; readonly subscribedTopicNames: readonly string[] | null },
  context: RequestContext,
): RefusedHeartbeat | undefined {
  const opened = openFor(groups, context, { id: groupId, operation: "read" });
  if (typeof opened === "number") {
    return refusedHeartbeat(opened === KAFKA_ERRORS.INVALID_GROUP_ID ? KAFKA_ERRORS.INVALID_REQUEST : opened);
  }
  const isHidden = (name: string): boolean => !mayTopic(groups, context, "describe", name);
  if (subscribedTopicNames?.some(isHidden) !== true) return undefined;
  return refusedHeartbeat(KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED);
}

/** The answer to a member of a group that is not there, and could not be made for it. */
export function groupMissing(groups: Groups, memberEpoch: number, kind: "consumer" | "share"): RefusedHeartbeat {
  if (memberEpoch === 0 && groups.entries().size >= groups.settings.groupsMax) {
    return refusedHeartbeat(KAFKA_ERRORS.GROUP_MAX_SIZE_REACHED, "There are too many groups");
  }
  return refusedHeartbeat(KAFKA_ERRORS.GROUP_ID_NOT_FOUND, `The group is not a ${kind} group`);
}

/** The answer, once what it tells of is on the disk. */
export async function onceWritten<Reply>(reply: Reply, written: Promise<void>): Promise<Reply | RefusedHeartbeat> {
  try {
    await written;
    return reply;
  } catch (error) {
    return refusedHeartbeat(coordinatorError(error));
  }
}

/** A group as its description begins, with nothing in it. */
export function undescribed(groupId: string, errorCode: number, errorMessage: string | null = null) {
  const epochs = { groupEpoch: 0, assignmentEpoch: 0 };
  return { errorCode, errorMessage, groupId, groupState: "", ...epochs, assignorName: "", members: [] };
}

/** Describes each group that is asked for, with what may be done with it where that is wanted. */
export function describeEach<Described extends { readonly errorCode: number }>(
  groups: Groups,
  request: { readonly groupIds: readonly string[]; readonly includeAuthorizedOperations: boolean },
  { context, describe }: { readonly context: RequestContext; readonly describe: (groupId: string) => Described },
): { readonly groups: (Described & { readonly authorizedOperations: number })[] } {
  return {
    groups: request.groupIds.map((groupId) => {
      const described = describe(groupId);
      const wanted = request.includeAuthorizedOperations && described.errorCode === KAFKA_ERRORS.NONE;
      return { ...described, authorizedOperations: authorizedOperations(groups, context, groupId, wanted) };
    }),
  };
}

/** Partitions of a set as descriptions name them. */
export interface NamedPartitions {
  readonly topicId: string;
  readonly topicName: string;
  readonly partitions: readonly number[];
}

/** A set by the names of its topics; a topic that was deleted has none any more, and is left out. */
export function namedPartitions(groups: Groups, set: PartitionSet): { readonly topicPartitions: NamedPartitions[] } {
  const { byId } = groups.topics.image();
  const topicPartitions = formatPartitionSet(set).flatMap(({ partitions, topicId }) => {
    const topicName = byId.get(topicId)?.name;
    return topicName === undefined ? [] : [{ topicId, topicName, partitions }];
  });
  return { topicPartitions };
}

/** True when members work on a topic that the asking principal may not know. */
export function hidesTopic(groups: Groups, context: RequestContext, sets: Iterable<PartitionSet>): boolean {
  const { byId } = groups.topics.image();
  const topicIds = new Set([...sets].flatMap((set) => [...set.keys()]));
  return [...topicIds].some((topicId) => {
    const name = byId.get(topicId)?.name;
    return name !== undefined && !mayTopic(groups, context, "describe", name);
  });
}
