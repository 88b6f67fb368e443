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
import { NO_PARTITIONS } from "../consumer/partition-set.ts";
import type { Groups } from "../groups.ts";
import { mayTopic, openFor } from "./access.ts";
import {
  describeEach,
  groupMissing,
  heartbeatRefusal,
  hidesTopic,
  namedPartitions,
  onceWritten,
  refusedHeartbeat,
  undescribed,
} from "./heartbeats.ts";

type Heartbeat = ConsumerGroupHeartbeatRequest;
type HeartbeatAnswer = ConsumerGroupHeartbeatResponse;

export function consumerHeartbeatApi(groups: Groups): ServedApi<Heartbeat, HeartbeatAnswer> {
  return {
    key: APIS.ConsumerGroupHeartbeat.key,
    decodeRequest: decodeConsumerGroupHeartbeatRequest,
    encodeResponse: encodeConsumerGroupHeartbeatResponse,
    handle: (request, context) => heartbeat(groups, request, context),
    failed: (_request, errorCode, message) => refusedHeartbeat(errorCode, message),
  };
}

async function heartbeat(groups: Groups, request: Heartbeat, context: RequestContext): Promise<HeartbeatAnswer> {
  const refused = heartbeatRefusal(groups, request, context);
  if (refused !== undefined) return refused;
  const spoken = spokenBy(groups, request, context);
  const mistake = heartbeatMistake(spoken);
  if (mistake !== undefined) return mistake;
  const entry = groups.consumer(request.groupId, spoken.memberEpoch === 0);
  if (entry === undefined) return groupMissing(groups, spoken.memberEpoch, "consumer");
  const view = {
    image: groups.topics.image(),
    match: (regex: string) => groups.topics.match(regex, (name) => mayTopic(groups, context, "describe", name)),
  };
  const reply = heartbeatConsumer(entry.group, spoken, view, groups.clock.monotonicMs());
  return onceWritten(reply, groups.flushConsumer(entry));
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
    handle: (request, context) =>
      describeEach(groups, request, { context, describe: (groupId) => describe(groups, groupId, context) }),
    failed: ({ groupIds }, errorCode, message) => ({
      groups: groupIds.map((groupId) => undescribed(groupId, errorCode, message)),
    }),
  };
}

function describe(groups: Groups, groupId: string, context: RequestContext): ConsumerGroupDescribeDescribedGroup {
  const opened = openFor(groups, context, { id: groupId, operation: "describe" });
  if (typeof opened === "number") return undescribed(groupId, opened);
  const entry = groups.get(groupId);
  if (entry?.type !== "consumer") {
    return undescribed(groupId, KAFKA_ERRORS.GROUP_ID_NOT_FOUND, `Group ${groupId} is not a consumer group`);
  }
  const { group } = entry;
  const members = [...group.members.values()];
  if (
    hidesTopic(
      groups,
      context,
      members.flatMap(({ assigned, memberId }) => [assigned, group.targets.get(memberId) ?? NO_PARTITIONS]),
    )
  ) {
    return undescribed(groupId, KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED, "A topic is hidden");
  }
  return {
    errorCode: KAFKA_ERRORS.NONE,
    groupId,
    groupState: group.state,
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.targetEpoch,
    assignorName: group.assignorName(),
    members: members.map((member) => describeMember(groups, group, member)),
  };
}

function describeMember(groups: Groups, group: ConsumerGroup, member: ConsumerMember): ConsumerGroupDescribeMember {
  return {
    memberId: member.memberId,
    instanceId: member.instanceId,
    rackId: member.rackId,
    memberEpoch: member.memberEpoch,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: member.subscribedTopicNames,
    subscribedTopicRegex: member.subscribedTopicRegex,
    assignment: namedPartitions(groups, member.assigned),
    targetAssignment: namedPartitions(groups, group.targets.get(member.memberId) ?? NO_PARTITIONS),
    memberType: 1,
  };
}
