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
import type { Groups } from "../groups.ts";
import { SHARE_ASSIGNOR } from "../share/share-assignor.ts";
import { shareHeartbeatMistake } from "../share/share-group.ts";
import { openFor, shareGroupOf } from "./access.ts";
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

type Heartbeat = ShareGroupHeartbeatRequest;
type HeartbeatAnswer = ShareGroupHeartbeatResponse;

export function shareHeartbeatApi(groups: Groups): ServedApi<Heartbeat, HeartbeatAnswer> {
  return {
    key: APIS.ShareGroupHeartbeat.key,
    decodeRequest: decodeShareGroupHeartbeatRequest,
    encodeResponse: encodeShareGroupHeartbeatResponse,
    handle: (request, context) => heartbeat(groups, request, context),
    failed: (_request, errorCode, message) => refusedHeartbeat(errorCode, message),
  };
}

async function heartbeat(groups: Groups, request: Heartbeat, context: RequestContext): Promise<HeartbeatAnswer> {
  const refused = heartbeatRefusal(groups, request, context);
  if (refused !== undefined) return refused;
  const spoken = { ...request, clientId: context.clientId ?? "", clientHost: context.clientHost };
  const mistake = shareHeartbeatMistake(spoken);
  if (mistake !== undefined) return mistake;
  const { groupId, memberEpoch } = request;
  const entry = groups.share(groupId, memberEpoch === 0);
  if (entry === undefined) return groupMissing(groups, memberEpoch, "share");
  const reply = entry.group.heartbeat(spoken, groups.topics.image(), groups.clock.monotonicMs());
  return onceWritten(reply, groups.flushShare(entry));
}

export function shareDescribeApi(groups: Groups): ServedApi<ShareGroupDescribeRequest, ShareGroupDescribeResponse> {
  return {
    key: APIS.ShareGroupDescribe.key,
    decodeRequest: decodeShareGroupDescribeRequest,
    encodeResponse: encodeShareGroupDescribeResponse,
    handle: (request, context) =>
      describeEach(groups, request, { context, describe: (groupId) => describe(groups, groupId, context) }),
    failed: ({ groupIds }, errorCode, message) => ({
      groups: groupIds.map((groupId) => undescribed(groupId, errorCode, message)),
    }),
  };
}

function describe(groups: Groups, groupId: string, context: RequestContext): ShareGroupDescribeDescribedGroup {
  const opened = openFor(groups, context, { id: groupId, operation: "describe" });
  if (typeof opened === "number") return undescribed(groupId, opened);
  const entry = shareGroupOf(groups, groupId);
  if (typeof entry === "string") return undescribed(groupId, KAFKA_ERRORS.GROUP_ID_NOT_FOUND, entry);
  const { group } = entry;
  const members = [...group.members.values()];
  if (
    hidesTopic(
      groups,
      context,
      members.map(({ assigned }) => assigned),
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
    assignorName: SHARE_ASSIGNOR,
    members: members.map((member) => ({ ...member, assignment: namedPartitions(groups, member.assigned) })),
  };
}
