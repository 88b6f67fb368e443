/** JoinGroup, SyncGroup, Heartbeat and LeaveGroup. */
import { APIS, KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";
import {
  decodeHeartbeatRequest,
  decodeJoinGroupRequest,
  decodeLeaveGroupRequest,
  decodeSyncGroupRequest,
  encodeHeartbeatResponse,
  encodeJoinGroupResponse,
  encodeLeaveGroupResponse,
  encodeSyncGroupResponse,
  type HeartbeatRequest,
  type HeartbeatResponse,
  type JoinGroupRequest,
  type JoinGroupResponse,
  type LeaveGroupRequest,
  type LeaveGroupResponse,
  type SyncGroupRequest,
  type SyncGroupResponse,
} from "@kaelix/protocol/messages";

import type { RequestContext, ServedApi } from "../../broker/api.ts";
import { joinClassic } from "../classic/classic-join.ts";
import { heartbeatClassic, leaveClassic, syncClassic } from "../classic/classic-requests.ts";
import { NOTHING_ASSIGNED } from "../classic/classic-member.ts";
import type { Groups } from "../groups.ts";
import { openFor } from "./access.ts";

export function joinGroupApi(groups: Groups): ServedApi<JoinGroupRequest, JoinGroupResponse> {
  return {
    key: APIS.JoinGroup.key,
    decodeRequest: decodeJoinGroupRequest,
    encodeResponse: encodeJoinGroupResponse,
    handle: (request, context) => join(groups, request, context),
    failed: (request, errorCode) => refusedJoin(request, errorCode),
  };
}

function refusedJoin({ memberId }: JoinGroupRequest, errorCode: number): JoinGroupResponse {
  return { errorCode, protocolName: "", leader: "", memberId, members: [] };
}

async function join(groups: Groups, request: JoinGroupRequest, context: RequestContext): Promise<JoinGroupResponse> {
  const refused = joinRefusal(groups, request, context);
  if (refused !== undefined) return refusedJoin(request, refused);
  // An unknown member of an unknown group makes no group.
  const group = groups.classic(request.groupId, request.memberId === "");
  if (group === undefined) return refusedJoin(request, missingGroup(groups, request));
  const { call, reply } = groups.parkJoin();
  const { version } = context;
  const clientId = context.clientId ?? "";
  joinClassic(
    group,
    {
      call,
      memberId: request.memberId,
      groupInstanceId: request.groupInstanceId,
      protocolType: request.protocolType,
      // Views of the frame would keep all of it alive.
      protocols: request.protocols.map(({ metadata, name }) => ({ name, metadata: metadata.slice() })),
      sessionTimeoutMs: request.sessionTimeoutMs,
      rebalanceTimeoutMs: request.rebalanceTimeoutMs < 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
      clientId,
      clientHost: context.clientHost,
      idRequired: version >= 4,
      maySkipAssignment: version >= 9,
      freshMemberId: groups.makeMemberId(request.groupInstanceId ?? clientId),
    },
    groups.clock.monotonicMs(),
  );
  groups.flushClassic(group);
  const answer = await reply;
  return { ...answer, protocolName: answer.protocolName ?? (version >= 7 ? null : "") };
}

function missingGroup(groups: Groups, { groupId, memberId }: JoinGroupRequest): KafkaErrorCode {
  if ((groups.get(groupId)?.type ?? "classic") !== "classic") return KAFKA_ERRORS.INCONSISTENT_GROUP_PROTOCOL;
  return memberId === "" ? KAFKA_ERRORS.GROUP_MAX_SIZE_REACHED : KAFKA_ERRORS.UNKNOWN_MEMBER_ID;
}

function joinRefusal(
  groups: Groups,
  { groupId, groupInstanceId, sessionTimeoutMs }: JoinGroupRequest,
  context: RequestContext,
): KafkaErrorCode | undefined {
  const opened = openFor(groups, context, { id: groupId, operation: "read" });
  if (typeof opened === "number") return opened;
  const { sessionTimeoutMsMax, sessionTimeoutMsMin } = groups.settings;
  const isSane = sessionTimeoutMs >= sessionTimeoutMsMin && sessionTimeoutMs <= sessionTimeoutMsMax;
  if (!isSane) return KAFKA_ERRORS.INVALID_SESSION_TIMEOUT;
  return groupInstanceId === "" ? KAFKA_ERRORS.INVALID_REQUEST : undefined;
}

export function syncGroupApi(groups: Groups): ServedApi<SyncGroupRequest, SyncGroupResponse> {
  return {
    key: APIS.SyncGroup.key,
    decodeRequest: decodeSyncGroupRequest,
    encodeResponse: encodeSyncGroupResponse,
    handle: (request, context) => sync(groups, request, context),
    failed: (_request, errorCode) => ({ errorCode, assignment: NOTHING_ASSIGNED }),
  };
}

async function sync(groups: Groups, request: SyncGroupRequest, context: RequestContext): Promise<SyncGroupResponse> {
  const opened = openFor(groups, context, { id: request.groupId, operation: "read" });
  if (typeof opened === "number") return { errorCode: opened, assignment: NOTHING_ASSIGNED };
  const isNamed = request.protocolType !== null && request.protocolName !== null;
  // From version 5 on a client must say which protocol it means (KIP-559).
  if (context.version >= 5 && !isNamed) {
    return { errorCode: KAFKA_ERRORS.INCONSISTENT_GROUP_PROTOCOL, assignment: NOTHING_ASSIGNED };
  }
  const group = groups.classic(request.groupId, false);
  if (group === undefined) return { errorCode: KAFKA_ERRORS.UNKNOWN_MEMBER_ID, assignment: NOTHING_ASSIGNED };
  const { call, reply } = groups.parkSync();
  const assignments = request.assignments.map(({ assignment, memberId }) => ({
    memberId,
    assignment: assignment.slice(),
  }));
  syncClassic(group, { ...request, call, assignments }, groups.clock.monotonicMs());
  groups.flushClassic(group);
  return reply;
}

export function heartbeatApi(groups: Groups): ServedApi<HeartbeatRequest, HeartbeatResponse> {
  return {
    key: APIS.Heartbeat.key,
    decodeRequest: decodeHeartbeatRequest,
    encodeResponse: encodeHeartbeatResponse,
    handle: (request, context) => {
      const opened = openFor(groups, context, { id: request.groupId, operation: "read" });
      if (typeof opened === "number") return { errorCode: opened };
      const group = groups.classic(request.groupId, false);
      if (group === undefined) return { errorCode: KAFKA_ERRORS.UNKNOWN_MEMBER_ID };
      const errorCode = heartbeatClassic(group, request, groups.clock.monotonicMs());
      groups.flushClassic(group);
      return { errorCode };
    },
    failed: (_request, errorCode) => ({ errorCode }),
  };
}

export function leaveGroupApi(groups: Groups): ServedApi<LeaveGroupRequest, LeaveGroupResponse> {
  return {
    key: APIS.LeaveGroup.key,
    decodeRequest: decodeLeaveGroupRequest,
    encodeResponse: encodeLeaveGroupResponse,
    handle: (request, context) => leave(groups, request, context),
    failed: (_request, errorCode) => ({ errorCode, members: [] }),
  };
}

function leave(groups: Groups, request: LeaveGroupRequest, context: RequestContext): LeaveGroupResponse {
  const opened = openFor(groups, context, { id: request.groupId, operation: "read" });
  if (typeof opened === "number") return { errorCode: opened, members: [] };
  const leaving = context.version >= 3 ? request.members : [{ memberId: request.memberId, groupInstanceId: null }];
  const group = groups.classic(request.groupId, false);
  const nowMs = groups.clock.monotonicMs();
  const members = leaving.map(({ groupInstanceId, memberId }) => ({
    memberId,
    groupInstanceId,
    errorCode:
      group === undefined ? KAFKA_ERRORS.UNKNOWN_MEMBER_ID : leaveClassic(group, { memberId, groupInstanceId }, nowMs),
  }));
  if (group !== undefined) groups.flushClassic(group);
  if (context.version >= 3) return { errorCode: KAFKA_ERRORS.NONE, members };
  return { errorCode: members[0]?.errorCode ?? KAFKA_ERRORS.NONE };
}
