/** DescribeGroups, ListGroups, DeleteGroups and FindCoordinator. */
import { APIS, KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";
import {
  type Coordinator,
  decodeDeleteGroupsRequest,
  decodeDescribeGroupsRequest,
  decodeFindCoordinatorRequest,
  decodeListGroupsRequest,
  type DeleteGroupsRequest,
  type DeleteGroupsResponse,
  type DescribeGroupsDescribedGroup,
  type DescribeGroupsRequest,
  type DescribeGroupsResponse,
  encodeDeleteGroupsResponse,
  encodeDescribeGroupsResponse,
  encodeFindCoordinatorResponse,
  encodeListGroupsResponse,
  type FindCoordinatorRequest,
  type FindCoordinatorResponse,
  type ListedGroup,
  type ListGroupsRequest,
  type ListGroupsResponse,
} from "@kaelix/protocol/messages";

import type { RequestContext, ServedApi } from "../../broker/api.ts";
import type { ClassicGroup } from "../classic/classic-group.ts";
import { NOTHING_ASSIGNED } from "../classic/classic-member.ts";
import { isVacant, protocolTypeOf } from "../group-entry.ts";
import { coordinatorError, type Groups } from "../groups.ts";
import { authorizedOperations, isGroupId, mayGroup, openFor } from "./access.ts";

export function describeGroupsApi(groups: Groups): ServedApi<DescribeGroupsRequest, DescribeGroupsResponse> {
  return {
    key: APIS.DescribeGroups.key,
    decodeRequest: decodeDescribeGroupsRequest,
    encodeResponse: encodeDescribeGroupsResponse,
    handle: (request, context) => ({
      groups: request.groups.map((groupId) => {
        const described = describe(groups, groupId, context);
        const wanted = request.includeAuthorizedOperations && described.errorCode === KAFKA_ERRORS.NONE;
        return { ...described, authorizedOperations: authorizedOperations(groups, context, groupId, wanted) };
      }),
    }),
    failed: (request, errorCode) => ({ groups: request.groups.map((groupId) => undescribed(groupId, errorCode, "")) }),
  };
}

function undescribed(groupId: string, errorCode: number, groupState: string): DescribeGroupsDescribedGroup {
  return { errorCode, groupId, groupState, protocolType: "", protocolData: "", members: [] };
}

function describe(groups: Groups, groupId: string, context: RequestContext): DescribeGroupsDescribedGroup {
  const opened = openFor(groups, context, { id: groupId, operation: "describe" });
  if (typeof opened === "number") return undescribed(groupId, opened, "");
  const entry = groups.get(groupId);
  if (entry?.type === "classic") return describeClassic(entry.group);
  // Offsets of consumers that assign themselves.
  if (entry === undefined && opened.offsets.has(groupId)) return undescribed(groupId, KAFKA_ERRORS.NONE, "Empty");
  const missing = context.version >= 6 ? KAFKA_ERRORS.GROUP_ID_NOT_FOUND : KAFKA_ERRORS.NONE;
  const errorMessage = context.version >= 6 ? `Group ${groupId} is not a classic group` : null;
  return { ...undescribed(groupId, missing, "Dead"), errorMessage };
}

function describeClassic(group: ClassicGroup): DescribeGroupsDescribedGroup {
  // What members say and get means something only when the rebalance is over.
  const isStable = group.state === "Stable";
  return {
    errorCode: KAFKA_ERRORS.NONE,
    groupId: group.groupId,
    groupState: group.state,
    protocolType: group.protocolType ?? "",
    protocolData: isStable ? (group.protocolName ?? "") : "",
    members: [...group.roster.all()].map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata:
        (isStable ? member.protocols.find(({ name }) => name === group.protocolName)?.metadata : undefined) ??
        NOTHING_ASSIGNED,
      memberAssignment: isStable ? member.assignment : NOTHING_ASSIGNED,
    })),
  };
}

export function listGroupsApi(groups: Groups): ServedApi<ListGroupsRequest, ListGroupsResponse> {
  return {
    key: APIS.ListGroups.key,
    decodeRequest: decodeListGroupsRequest,
    encodeResponse: encodeListGroupsResponse,
    handle: (request, context) => list(groups, request, context),
    failed: (_request, errorCode) => ({ errorCode, groups: [] }),
  };
}

function list(groups: Groups, request: ListGroupsRequest, context: RequestContext): ListGroupsResponse {
  const { store } = groups;
  if (store === undefined) return { errorCode: KAFKA_ERRORS.COORDINATOR_LOAD_IN_PROGRESS, groups: [] };
  const cluster = { type: "cluster", name: "kafka-cluster" } as const;
  const { clientHost, principal } = context;
  const seesAll = groups.authorizer.allows(principal, "describe", cluster, clientHost);
  const states = new Set(request.statesFilter.map((state) => state.toLowerCase()));
  const types = new Set(request.typesFilter.map((type) => type.toLowerCase()));
  const listed: ListedGroup[] = [];
  for (const group of allGroups(groups, store.offsets.groups())) {
    const { groupId, groupState, groupType } = group;
    if (!seesAll && !mayGroup(groups, context, "describe", groupId)) continue;
    if (states.size > 0 && !states.has(groupState.toLowerCase())) continue;
    if (types.size > 0 && !types.has(groupType)) continue;
    listed.push(group);
  }
  return { errorCode: KAFKA_ERRORS.NONE, groups: listed };
}

/** Groups that have or had members, and those of consumers that assign themselves. */
function* allGroups(
  groups: Groups,
  withOffsets: Iterable<string>,
): Generator<ListedGroup & { readonly groupState: string; readonly groupType: string }> {
  for (const [groupId, entry] of groups.entries()) {
    yield { groupId, protocolType: protocolTypeOf(entry), groupState: entry.group.state, groupType: entry.type };
  }
  for (const groupId of withOffsets) {
    if (groups.get(groupId) !== undefined) continue;
    yield { groupId, protocolType: "", groupState: "Empty", groupType: "classic" };
  }
}

export function deleteGroupsApi(groups: Groups): ServedApi<DeleteGroupsRequest, DeleteGroupsResponse> {
  return {
    key: APIS.DeleteGroups.key,
    decodeRequest: decodeDeleteGroupsRequest,
    encodeResponse: encodeDeleteGroupsResponse,
    handle: async ({ groupsNames }, context) => ({
      results: await Promise.all(
        groupsNames.map(async (groupId) => ({ groupId, errorCode: await remove(groups, groupId, context) })),
      ),
    }),
    failed: ({ groupsNames }, errorCode) => ({ results: groupsNames.map((groupId) => ({ groupId, errorCode })) }),
  };
}

async function remove(groups: Groups, groupId: string, context: RequestContext): Promise<KafkaErrorCode> {
  const opened = openFor(groups, context, { id: groupId, operation: "delete" });
  if (typeof opened === "number") return opened;
  if (!groups.exists(groupId)) return KAFKA_ERRORS.GROUP_ID_NOT_FOUND;
  const entry = groups.get(groupId);
  const isInUse = (entry !== undefined && !isVacant(entry)) || opened.offsets.hasPending(groupId);
  if (isInUse) return KAFKA_ERRORS.NON_EMPTY_GROUP;
  try {
    await groups.delete(groupId);
    return KAFKA_ERRORS.NONE;
  } catch (error) {
    return coordinatorError(error);
  }
}

/** Where a broker is reached, for a client that came in on one of its listeners. */
export interface CoordinatorAddress {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

/** Tells where the coordinator is. */
export type CoordinatorOf = (context: RequestContext) => CoordinatorAddress;

const NOWHERE: CoordinatorAddress = { nodeId: -1, host: "", port: -1 };
const GROUP_KEY = 0;
const TRANSACTION_KEY = 1;

export function findCoordinatorApi(
  groups: Groups,
  coordinatorOf: CoordinatorOf,
): ServedApi<FindCoordinatorRequest, FindCoordinatorResponse> {
  return {
    key: APIS.FindCoordinator.key,
    decodeRequest: decodeFindCoordinatorRequest,
    encodeResponse: encodeFindCoordinatorResponse,
    handle: (request, context) => {
      const { key, keyType } = request;
      if (context.version < 4) return found(findOne(groups, { key, keyType }, context), coordinatorOf(context));
      const coordinators = request.coordinatorKeys.map((each): Coordinator => {
        const { errorCode, errorMessage } = findOne(groups, { key: each, keyType }, context);
        const address = errorCode === KAFKA_ERRORS.NONE ? coordinatorOf(context) : NOWHERE;
        return { key: each, ...address, errorCode, errorMessage };
      });
      return { coordinators };
    },
    failed: (request, errorCode, errorMessage) => ({
      errorCode,
      errorMessage,
      ...NOWHERE,
      coordinators: request.coordinatorKeys.map((key) => ({ key, ...NOWHERE, errorCode, errorMessage })),
    }),
  };
}

interface Finding {
  readonly errorCode: KafkaErrorCode;
  readonly errorMessage: string | null;
}

function found(finding: Finding, address: CoordinatorAddress): FindCoordinatorResponse {
  return { ...finding, ...(finding.errorCode === KAFKA_ERRORS.NONE ? address : NOWHERE) };
}

function findOne(
  groups: Groups,
  { key, keyType }: { readonly key: string; readonly keyType: number },
  context: RequestContext,
): Finding {
  const { clientHost, principal } = context;
  if (keyType === TRANSACTION_KEY) {
    const resource = { type: "transactional_id", name: key } as const;
    const allowed = groups.authorizer.allows(principal, "describe", resource, clientHost);
    if (!allowed) return { errorCode: KAFKA_ERRORS.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, errorMessage: null };
    return { errorCode: KAFKA_ERRORS.NONE, errorMessage: null };
  }
  // Share groups are coordinated elsewhere in Kafka (KIP-932); there are none here.
  if (keyType !== GROUP_KEY) return { errorCode: KAFKA_ERRORS.INVALID_REQUEST, errorMessage: "KeyType is not 0 or 1" };
  if (!mayGroup(groups, context, "describe", key)) {
    return { errorCode: KAFKA_ERRORS.GROUP_AUTHORIZATION_FAILED, errorMessage: null };
  }
  if (!isGroupId(key)) return { errorCode: KAFKA_ERRORS.INVALID_GROUP_ID, errorMessage: "The group id is not valid" };
  return { errorCode: KAFKA_ERRORS.NONE, errorMessage: null };
}
