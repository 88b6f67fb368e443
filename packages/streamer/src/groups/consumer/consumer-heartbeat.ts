/** ConsumerGroupHeartbeat (KIP-848): joining, living and leaving; and the check of an OffsetCommit or OffsetFetch against a consumer group. */
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

import { ASSIGNORS } from "./assignors.ts";
import { type ConsumerGroup, isPresent, subscribesSame, type TopicsView } from "./consumer-group.ts";
import { type ConsumerMember, LEFT_FOR_NOW } from "./consumer-member.ts";
import {
  formatPartitionSet,
  isSubset,
  NO_PARTITIONS,
  parsePartitionSet,
  type PartitionSet,
  type TopicPartitions,
} from "./partition-set.ts";

/** A ConsumerGroupHeartbeat request. Null means "as before". */
export interface ConsumerHeartbeat {
  readonly memberId: string;
  /** 0 joins, -1 leaves, -2 leaves for now (static members). */
  readonly memberEpoch: number;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  /** -1: as before. */
  readonly rebalanceTimeoutMs: number;
  readonly subscribedTopicNames: readonly string[] | null;
  readonly subscribedTopicRegex: string | null;
  readonly serverAssignor: string | null;
  readonly topicPartitions: readonly TopicPartitions[] | null;
  readonly clientId: string;
  readonly clientHost: string;
}

/** The answer to a heartbeat. */
export interface ConsumerReply {
  readonly errorCode: KafkaErrorCode;
  readonly errorMessage: string | null;
  readonly memberId: string | null;
  readonly memberEpoch: number;
  readonly heartbeatIntervalMs: number;
  /** Null: as before. */
  readonly assignment: { readonly topicPartitions: readonly TopicPartitions[] } | null;
}

const JOINING = 0;
const LEAVING = -1;

/** What is wrong with a request whatever the group says; undefined when nothing is. */
export function heartbeatMistake(request: ConsumerHeartbeat): ConsumerReply | undefined {
  const { instanceId, memberEpoch, memberId, rackId, serverAssignor, topicPartitions } = request;
  if (memberEpoch < LEFT_FOR_NOW) return refused("INVALID_REQUEST", "MemberEpoch is invalid");
  if (memberId === "") return refused("INVALID_REQUEST", "MemberId must not be empty");
  if (instanceId === "" || rackId === "") return refused("INVALID_REQUEST", "InstanceId and RackId must not be empty");
  if (memberEpoch === LEFT_FOR_NOW && instanceId === null) {
    return refused("INVALID_REQUEST", "InstanceId must be set to leave for now");
  }
  if (serverAssignor !== null && !ASSIGNORS.has(serverAssignor)) {
    const names = [...ASSIGNORS.keys()].join(", ");
    return refused("UNSUPPORTED_ASSIGNOR", `ServerAssignor is not supported, must be one of ${names}`);
  }
  if (memberEpoch !== JOINING) return undefined;
  if (request.rebalanceTimeoutMs === -1) return refused("INVALID_REQUEST", "RebalanceTimeoutMs must be set to join");
  if (topicPartitions === null || topicPartitions.length > 0) {
    return refused("INVALID_REQUEST", "TopicPartitions must be empty to join");
  }
  const subscribes = request.subscribedTopicNames !== null || (request.subscribedTopicRegex ?? "") !== "";
  return subscribes ? undefined : refused("INVALID_REQUEST", "A subscription must be set to join");
}

/** Takes a heartbeat in. */
export function heartbeatConsumer(
  group: ConsumerGroup,
  request: ConsumerHeartbeat,
  view: TopicsView,
  nowMs: number,
): ConsumerReply {
  const isLeaving = request.memberEpoch < 0;
  const found = isLeaving ? leavingMember(group, request) : presentMember(group, request);
  if ("errorCode" in found) return found;
  if (isLeaving) return leave(group, found, request.memberEpoch, nowMs);
  if (request.memberEpoch !== JOINING) return live(group, found, request, { view, nowMs });
  const isKnown = group.members.has(found.memberId);
  if (!isKnown && group.members.size >= group.settings.consumerMembersMax) {
    return refused("GROUP_MAX_SIZE_REACHED", `The group has ${group.members.size} members already`);
  }
  return live(group, found, request, { view, nowMs });
}

function refused(error: keyof typeof KAFKA_ERRORS, errorMessage: string): ConsumerReply {
  const errorCode = KAFKA_ERRORS[error];
  return { errorCode, errorMessage, memberId: null, memberEpoch: 0, heartbeatIntervalMs: 0, assignment: null };
}

function leavingMember(group: ConsumerGroup, request: ConsumerHeartbeat): ConsumerMember | ConsumerReply {
  const { instanceId, memberId } = request;
  if (instanceId === null) return group.members.get(memberId) ?? unknownMember();
  const member = group.staticMember(instanceId);
  if (member === undefined) return unknownMember();
  return member.memberId === memberId ? member : refused("FENCED_INSTANCE_ID", "Another member has this InstanceId");
}

function unknownMember(): ConsumerReply {
  return refused("UNKNOWN_MEMBER_ID", "The member is not in the group");
}

function leave(group: ConsumerGroup, member: ConsumerMember, memberEpoch: number, nowMs: number): ConsumerReply {
  if (memberEpoch === LEAVING) {
    group.remove(member.memberId);
    group.bump();
  } else {
    // Its partitions stay with it until its session ends; what it was asked to give up it has given up by going.
    const away: ConsumerMember = {
      ...member,
      memberEpoch: LEFT_FOR_NOW,
      previousEpoch: member.memberEpoch,
      state: "stable",
      pendingRevocation: NO_PARTITIONS,
    };
    group.put(away);
    group.touch(away, nowMs);
  }
  const errorCode = KAFKA_ERRORS.NONE;
  const { memberId } = member;
  return { errorCode, errorMessage: null, memberId, memberEpoch, heartbeatIntervalMs: 0, assignment: null };
}

function presentMember(group: ConsumerGroup, request: ConsumerHeartbeat): ConsumerMember | ConsumerReply {
  const { instanceId, memberId } = request;
  const isJoining = request.memberEpoch === JOINING;
  const member = instanceId === null ? group.members.get(memberId) : group.staticMember(instanceId);
  if (member === undefined) return isJoining ? newMember(request) : unknownMember();
  if (member.memberId !== memberId) {
    if (!isJoining) return refused("FENCED_INSTANCE_ID", "Another member has this InstanceId");
    if (isPresent(member)) return refused("UNRELEASED_INSTANCE_ID", "Another member still has this InstanceId");
    return takeOver(group, member, memberId);
  }
  // Who joins owns nothing, whatever it was given before.
  if (isJoining) return rejoining(member);
  return fenced(member, request) ? refused("FENCED_MEMBER_EPOCH", "MemberEpoch is not the member's") : member;
}

function rejoining(member: ConsumerMember): ConsumerMember {
  return {
    ...member,
    memberEpoch: 0,
    previousEpoch: 0,
    state: "stable",
    assigned: NO_PARTITIONS,
    pendingRevocation: NO_PARTITIONS,
  };
}

/** A member that is behind by one epoch is let in when it owns nothing it should not: the answer that told it was lost. */
function fenced(member: ConsumerMember, { memberEpoch, topicPartitions }: ConsumerHeartbeat): boolean {
  if (memberEpoch === member.memberEpoch) return false;
  if (memberEpoch > member.memberEpoch || memberEpoch !== member.previousEpoch || topicPartitions === null) return true;
  return !isSubset(parsePartitionSet(topicPartitions), member.assigned);
}

function newMember(request: ConsumerHeartbeat): ConsumerMember {
  const { clientHost, clientId, instanceId, memberId } = request;
  return {
    memberId,
    instanceId,
    rackId: null,
    clientId,
    clientHost,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    subscribedTopicNames: [],
    subscribedTopicRegex: null,
    serverAssignor: null,
    memberEpoch: 0,
    previousEpoch: 0,
    state: "stable",
    assigned: NO_PARTITIONS,
    pendingRevocation: NO_PARTITIONS,
  };
}

/** A static member is back under a new id: it gets what its old self was meant to own. */
function takeOver(group: ConsumerGroup, old: ConsumerMember, memberId: string): ConsumerMember {
  const target = group.targets.get(old.memberId);
  group.remove(old.memberId);
  const member = { ...rejoining(old), memberId };
  group.put(member);
  if (target !== undefined) group.setTarget(memberId, target);
  return member;
}

/** A member as its request describes it. */
function described(member: ConsumerMember, request: ConsumerHeartbeat): ConsumerMember {
  const names = request.subscribedTopicNames;
  const regex = request.subscribedTopicRegex;
  return {
    ...member,
    rackId: request.rackId ?? member.rackId,
    clientId: request.clientId,
    clientHost: request.clientHost,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : request.rebalanceTimeoutMs,
    subscribedTopicNames: names === null ? member.subscribedTopicNames : [...new Set(names)].sort(),
    // Empty takes the pattern back.
    subscribedTopicRegex: regex === null ? member.subscribedTopicRegex : regex === "" ? null : regex,
    serverAssignor: request.serverAssignor ?? member.serverAssignor,
  };
}

interface Moment {
  readonly view: TopicsView;
  readonly nowMs: number;
}

function live(
  group: ConsumerGroup,
  found: ConsumerMember,
  request: ConsumerHeartbeat,
  { nowMs, view }: Moment,
): ConsumerReply {
  const before = group.members.get(found.memberId);
  const member = described(found, request);
  const regex = member.subscribedTopicRegex;
  if (regex !== null && regex !== before?.subscribedTopicRegex && view.match(regex) === undefined) {
    return refused("INVALID_REGULAR_EXPRESSION", "SubscribedTopicRegex is not a pattern of the RE2 syntax");
  }
  const epochBefore = group.groupEpoch;
  group.put(member);
  group.refreshTopics(view);
  if (group.groupEpoch === epochBefore && (before === undefined || !subscribesSame(before, member))) group.bump();
  group.assign();
  const owned = request.topicPartitions === null ? null : parsePartitionSet(request.topicPartitions);
  const after = group.reconcile(member, owned);
  group.put(after);
  group.touch(after, nowMs);
  const isTold = isFullRequest(request) || !isSameAssignment(member.assigned, after.assigned);
  return {
    errorCode: KAFKA_ERRORS.NONE,
    errorMessage: null,
    memberId: after.memberId,
    memberEpoch: after.memberEpoch,
    heartbeatIntervalMs: group.settings.consumerHeartbeatIntervalMs,
    assignment: isTold ? { topicPartitions: formatPartitionSet(after.assigned) } : null,
  };
}

/** A request that says everything wants to be told everything: it joins, or has lost its connection. */
function isFullRequest(request: ConsumerHeartbeat): boolean {
  if (request.memberEpoch === JOINING) return true;
  const subscribes = request.subscribedTopicNames !== null || request.subscribedTopicRegex !== null;
  return request.rebalanceTimeoutMs !== -1 && subscribes && request.topicPartitions !== null;
}

function isSameAssignment(before: PartitionSet, after: PartitionSet): boolean {
  return before === after || (isSubset(before, after) && isSubset(after, before));
}

/** Whether a member may commit or fetch offsets. */
export function checkConsumerEpoch(group: ConsumerGroup, memberId: string, memberEpoch: number): KafkaErrorCode {
  // Tools, and consumers that assign themselves.
  if (memberEpoch < 0 && group.members.size === 0) return KAFKA_ERRORS.NONE;
  const member = group.members.get(memberId);
  if (member === undefined) return KAFKA_ERRORS.UNKNOWN_MEMBER_ID;
  return member.memberEpoch === memberEpoch ? KAFKA_ERRORS.NONE : KAFKA_ERRORS.STALE_MEMBER_EPOCH;
}
