/** ShareGroupHeartbeat and ShareGroupDescribe (KIP-932). */
import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  decodeShareGroupDescribeRequest,
  decodeShareGroupHeartbeatRequest,
  encodeShareGroupDescribeResponse,
  encodeShareGroupHeartbeatResponse,
  type ShareGroupDescribeDescribedGroup,
  type ShareGroupDescribeRequest,
  type ShareGroupDescribeResponse,
  type ShareGroupHeartbeatRequest,
  type ShareGroupHeartbeatResponse,
} from "@kaelix/protocol/messages";

import type { RequestContext, ServedApi } from "../../broker/api.ts";
import { formatPartitionSet } from "../consumer/partition-set.ts";
import { coordinatorError, type Groups } from "../groups.ts";
import { SHARE_ASSIGNOR } from "../share/share-assignor.ts";
import { shareHeartbeatMistake } from "../share/share-group.ts";
import { authorizedOperations, mayTopic, openFor, shareGroupOf } from "./access.ts";

type Heartbeat = ShareGroupHeartbeatRequest;
type HeartbeatAnswer = ShareGroupHeartbeatResponse;

export function shareHeartbeatApi(groups: Groups): ServedApi<Heartbeat, HeartbeatAnswer> {
  return {
    key: APIS.ShareGroupHeartbeat.key,
    decodeRequest: decodeShareGroupHeartbeatRequest,
    encodeResponse: encodeShareGroupHeartbeatResponse,
    handle: (request, context) => heartbeat(groups, request, context),
    failed: (_request, errorCode, message) => refused(errorCode, message),
  };
}

function refused(errorCode: number, errorMessage: string | null = null): HeartbeatAnswer {
  return { errorCode, errorMessage, memberEpoch: 0, heartbeatIntervalMs: 0 };
}

async function heartbeat(groups: Groups, request: Heartbeat, context: RequestContext): Promise<HeartbeatAnswer> {
  const { groupId, memberEpoch, subscribedTopicNames } = request;
  const opened = openFor(groups, context, { id: groupId, operation: "read" });
  if (typeof opened === "number") {
    return refused(opened === KAFKA_ERRORS.INVALID_GROUP_ID ? KAFKA_ERRORS.INVALID_REQUEST : opened);
  }
  for (const name of subscribedTopicNames ?? []) {
    if (!mayTopic(groups, context, "describe", name)) return refused(KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED);
  }
  const spoken = { ...request, clientId: context.clientId ?? "", clientHost: context.clientHost };
  const mistake = shareHeartbeatMistake(spoken);
  if (mistake !== undefined) return mistake;
  const entry = groups.share(groupId, memberEpoch === 0);
  if (entry === undefined) {
    const isFull = memberEpoch === 0 && groups.entries().size >= groups.settings.groupsMax;
    if (isFull) return refused(KAFKA_ERRORS.GROUP_MAX_SIZE_REACHED, "There are too many groups");
    return refused(KAFKA_ERRORS.GROUP_ID_NOT_FOUND, "The group is not a share group");
  }
  const reply = entry.group.heartbeat(spoken, groups.topics.image(), groups.clock.monotonicMs());
  try {
    await groups.flushShare(entry);
    return reply;
  } catch (error) {
    return refused(coordinatorError(error));
  }
}

export function shareDescribeApi(groups: Groups): ServedApi<ShareGroupDescribeRequest, ShareGroupDescribeResponse> {
  return {
    key: APIS.ShareGroupDescribe.key,
    decodeRequest: decodeShareGroupDescribeRequest,
    encodeResponse: encodeShareGroupDescribeResponse,
    handle: ({ groupIds, includeAuthorizedOperations }, context) => ({
      groups: groupIds.map((groupId) => {
        const described = describe(groups, groupId, context);
        const wanted = includeAuthorizedOperations && described.errorCode === KAFKA_ERRORS.NONE;
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
): ShareGroupDescribeDescribedGroup {
  const epochs = { groupEpoch: 0, assignmentEpoch: 0 };
  return { errorCode, errorMessage, groupId, groupState: "", ...epochs, assignorName: "", members: [] };
}

function describe(groups: Groups, groupId: string, context: RequestContext): ShareGroupDescribeDescribedGroup {
  const opened = openFor(groups, context, { id: groupId, operation: "describe" });
  if (typeof opened === "number") return undescribed(groupId, opened);
  const entry = shareGroupOf(groups, groupId);
  if (typeof entry === "string") return undescribed(groupId, KAFKA_ERRORS.GROUP_ID_NOT_FOUND, entry);
  const { group } = entry;
  const { byId } = groups.topics.image();
  const members = [...group.members.values()].map((member) => ({
    ...member,
    assignment: {
      topicPartitions: formatPartitionSet(member.assigned).flatMap(({ partitions, topicId }) => {
        const topicName = byId.get(topicId)?.name;
        // A topic that was deleted has no name any more.
        return topicName === undefined ? [] : [{ topicId, topicName, partitions }];
      }),
    },
  }));
  const topics = new Set(members.flatMap(({ assignment }) => assignment.topicPartitions.map((one) => one.topicName)));
  if ([...topics].some((name) => !mayTopic(groups, context, "describe", name))) {
    return undescribed(groupId, KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED, "A topic is hidden");
  }
  return {
    errorCode: KAFKA_ERRORS.NONE,
    groupId,
    groupState: group.state,
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.targetEpoch,
    assignorName: SHARE_ASSIGNOR,
    members,
  };
}
