/** ConsumerGroupHeartbeat and ConsumerGroupDescribe (KIP-848). */
import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  type ConsumerGroupDescribeDescribedGroup,
  type ConsumerGroupDescribeMember,
  type ConsumerGroupDescribeRequest,
  type ConsumerGroupDescribeResponse,
  type ConsumerGroupHeartbeatRequest,
  type ConsumerGroupHeartbeatResponse,
  decodeConsumerGroupDescribeRequest,
  decodeConsumerGroupHeartbeatRequest,
  encodeConsumerGroupDescribeResponse,
  encodeConsumerGroupHeartbeatResponse,
} from "@kaelix/protocol/messages";

import type { RequestContext, ServedApi } from "../../broker/api.ts";
import type { ConsumerGroup } from "../consumer/consumer-group.ts";
import { type ConsumerHeartbeat, heartbeatConsumer, heartbeatMistake } from "../consumer/consumer-heartbeat.ts";
import type { ConsumerMember } from "../consumer/consumer-member.ts";
import { formatPartitionSet, NO_PARTITIONS, type PartitionSet } from "../consumer/partition-set.ts";
import type { ConsumerEntry } from "../group-entry.ts";
import { coordinatorError, type Groups } from "../groups.ts";
import { authorizedOperations, mayTopic, openFor } from "./access.ts";

type Heartbeat = ConsumerGroupHeartbeatRequest;
type HeartbeatAnswer = ConsumerGroupHeartbeatResponse;

export function consumerHeartbeatApi(groups: Groups): ServedApi<Heartbeat, HeartbeatAnswer> {
  return {
    key: APIS.ConsumerGroupHeartbeat.key,
    decodeRequest: decodeConsumerGroupHeartbeatRequest,
    encodeResponse: encodeConsumerGroupHeartbeatResponse,
    handle: (request, context) => heartbeat(groups, request, context),
    failed: (_request, errorCode, message) => refused(errorCode, message),
  };
}

function refused(errorCode: number, errorMessage: string | null = null): HeartbeatAnswer {
  return { errorCode, errorMessage, memberEpoch: 0, heartbeatIntervalMs: 0 };
}

async function heartbeat(groups: Groups, request: Heartbeat, context: RequestContext): Promise<HeartbeatAnswer> {
  const opened = openFor(groups, context, { id: request.groupId, operation: "read" });
  if (typeof opened === "number") {
    return refused(opened === KAFKA_ERRORS.INVALID_GROUP_ID ? KAFKA_ERRORS.INVALID_REQUEST : opened);
  }
  for (const name of request.subscribedTopicNames ?? []) {
    if (!mayTopic(groups, context, "describe", name)) return refused(KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED);
  }
  const spoken = spokenBy(groups, request, context);
  const mistake = heartbeatMistake(spoken);
  if (mistake !== undefined) return mistake;
  const entry = groups.consumer(request.groupId, spoken.memberEpoch === 0);
  if (entry === undefined) return refused(...missingGroup(groups, spoken));
  const view = {
    image: groups.topics.image(),
    match: (regex: string) => groups.topics.match(regex, (name) => mayTopic(groups, context, "describe", name)),
  };
  const reply = heartbeatConsumer(entry.group, spoken, view, groups.clock.monotonicMs());
  return written(groups, entry, reply);
}

async function written(groups: Groups, entry: ConsumerEntry, reply: HeartbeatAnswer): Promise<HeartbeatAnswer> {
  try {
    await groups.flushConsumer(entry);
    return reply;
  } catch (error) {
    return refused(coordinatorError(error));
  }
}

function missingGroup(groups: Groups, { memberEpoch }: ConsumerHeartbeat): [errorCode: number, message: string] {
  if (memberEpoch === 0 && groups.entries().size >= groups.settings.groupsMax) {
    return [KAFKA_ERRORS.GROUP_MAX_SIZE_REACHED, "There are too many groups"];
  }
  return [KAFKA_ERRORS.GROUP_ID_NOT_FOUND, "The group is not a consumer group"];
}

function spokenBy(groups: Groups, request: Heartbeat, context: RequestContext): ConsumerHeartbeat {
  // Version 0 lets the coordinator name a new member; later clients name themselves (KIP-1082).
  const mustName = context.version === 0 && request.memberEpoch === 0 && request.memberId === "";
  return {
    ...request,
    memberId: mustName ? groups.makeMemberId(context.clientId ?? "") : request.memberId,
    clientId: context.clientId ?? "",
    clientHost: context.clientHost,
  };
}

export function consumerDescribeApi(
  groups: Groups,
): ServedApi<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse> {
  return {
    key: APIS.ConsumerGroupDescribe.key,
    decodeRequest: decodeConsumerGroupDescribeRequest,
    encodeResponse: encodeConsumerGroupDescribeResponse,
    handle: (request, context) => ({
      groups: request.groupIds.map((groupId) => {
        const described = describe(groups, groupId, context);
        const wanted = request.includeAuthorizedOperations && described.errorCode === KAFKA_ERRORS.NONE;
        return { ...described, authorizedOperations: authorizedOperations(groups, context, groupId, wanted) };
      }),
    }),
    failed: ({ groupIds }, errorCode, message) => ({
      groups: groupIds.map((groupId) => undescribed(groupId, errorCode, message)),
    }),
  };
}

function undescribed(
  groupId: string,
  errorCode: number,
  errorMessage: string | null = null,
): ConsumerGroupDescribeDescribedGroup {
  const epochs = { groupEpoch: 0, assignmentEpoch: 0 };
  return { errorCode, errorMessage, groupId, groupState: "", ...epochs, assignorName: "", members: [] };
}

function describe(groups: Groups, groupId: string, context: RequestContext): ConsumerGroupDescribeDescribedGroup {
  const opened = openFor(groups, context, { id: groupId, operation: "describe" });
  if (typeof opened === "number") return undescribed(groupId, opened);
  const entry = groups.get(groupId);
  if (entry?.type !== "consumer") {
    return undescribed(groupId, KAFKA_ERRORS.GROUP_ID_NOT_FOUND, `Group ${groupId} is not a consumer group`);
  }
  const { group } = entry;
  const names = (topicId: string): string => groups.topics.image().byId.get(topicId)?.name ?? "";
  for (const { assigned } of group.members.values()) {
    for (const topicId of assigned.keys()) {
      const isHidden = names(topicId) !== "" && !mayTopic(groups, context, "describe", names(topicId));
      if (isHidden) return undescribed(groupId, KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED, "A topic is hidden");
    }
  }
  return {
    errorCode: KAFKA_ERRORS.NONE,
    groupId,
    groupState: group.state,
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.targetEpoch,
    assignorName: group.assignorName(),
    members: [...group.members.values()].map((member) => describeMember(group, member, names)),
  };
}

function describeMember(
  group: ConsumerGroup,
  member: ConsumerMember,
  nameOf: (topicId: string) => string,
): ConsumerGroupDescribeMember {
  const named = (
    set: PartitionSet,
  ): { topicPartitions: { topicId: string; topicName: string; partitions: readonly number[] }[] } => ({
    topicPartitions: formatPartitionSet(set)
      .map(({ partitions, topicId }) => ({ topicId, topicName: nameOf(topicId), partitions }))
      // A topic that was deleted has no name any more.
      .filter(({ topicName }) => topicName !== ""),
  });
  return {
    memberId: member.memberId,
    instanceId: member.instanceId,
    rackId: member.rackId,
    memberEpoch: member.memberEpoch,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: member.subscribedTopicNames,
    subscribedTopicRegex: member.subscribedTopicRegex,
    assignment: named(member.assigned),
    targetAssignment: named(group.targets.get(member.memberId) ?? NO_PARTITIONS),
    memberType: 1,
  };
}
