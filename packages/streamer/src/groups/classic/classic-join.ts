/** JoinGroup of the classic protocol: who may come in, as whom, and whether that takes a rebalance. */
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

import type { ClassicGroup, JoinReply } from "./classic-group.ts";
import { type ClassicMember, hasProtocols, type MemberProtocol, NOTHING_ASSIGNED } from "./classic-member.ts";

/** A JoinGroup call. */
export interface JoinCall {
  readonly call: number;
  /** Empty for who has no id yet. */
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly protocolType: string;
  readonly protocols: readonly MemberProtocol[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly clientId: string;
  readonly clientHost: string;
  /** From version 4 on a dynamic member must come back with the id it is given (KIP-394). */
  readonly idRequired: boolean;
  /** From version 9 on a leader can be told to leave the assignment as it is (KIP-814). */
  readonly maySkipAssignment: boolean;
  /** An id nobody has, for who has none. */
  readonly freshMemberId: string;
}

/** Takes a JoinGroup call in; the answer comes out of the group, now or when the rebalance ends. */
export function joinClassic(group: ClassicGroup, join: JoinCall, nowMs: number): void {
  const refused = refusal(group, join);
  if (refused !== undefined) group.refuseJoin(join.call, join.memberId, refused);
  else if (join.memberId === "") joinUnknown(group, join, nowMs);
  else joinKnown(group, join, nowMs);
}

function refusal(group: ClassicGroup, join: JoinCall): KafkaErrorCode | undefined {
  if (group.state === "Dead") return KAFKA_ERRORS.COORDINATOR_NOT_AVAILABLE;
  if (isFull(group, join) || isTooLarge(group, join)) return KAFKA_ERRORS.GROUP_MAX_SIZE_REACHED;
  return speaksTheSame(group, join) ? undefined : KAFKA_ERRORS.INCONSISTENT_GROUP_PROTOCOL;
}

function isFull({ roster, settings, state }: ClassicGroup, join: JoinCall): boolean {
  const staticId = join.groupInstanceId === null ? undefined : roster.staticMemberId(join.groupInstanceId);
  const member = roster.get(join.memberId === "" ? (staticId ?? "") : join.memberId);
  if (state === "Empty") return false;
  if (state !== "PreparingRebalance") return member === undefined && roster.size >= settings.membersMax;
  return member?.joinCall === undefined && roster.joining() >= settings.membersMax;
}

function isTooLarge({ roster, settings }: ClassicGroup, join: JoinCall): boolean {
  let bytes = bytesOf(join.protocols);
  for (const { memberId, protocols } of roster.all()) if (memberId !== join.memberId) bytes += bytesOf(protocols);
  return bytes > settings.groupBytesMax;
}

function bytesOf(protocols: readonly MemberProtocol[]): number {
  let bytes = 0;
  for (const { metadata, name } of protocols) bytes += name.length + metadata.length;
  return bytes;
}

function speaksTheSame(group: ClassicGroup, { protocolType, protocols }: JoinCall): boolean {
  if (protocolType === "" || protocols.length === 0) return false;
  if (group.roster.size === 0) return true;
  if (protocolType !== group.protocolType) return false;
  const common = group.roster.commonProtocols();
  return protocols.some(({ name }) => common.has(name));
}

function joinUnknown(group: ClassicGroup, join: JoinCall, nowMs: number): void {
  const { freshMemberId, groupInstanceId } = join;
  const heldBy = groupInstanceId === null ? undefined : group.roster.staticMemberId(groupInstanceId);
  const old = heldBy === undefined ? undefined : group.roster.get(heldBy);
  if (old !== undefined) replaceStaticMember(group, old, join, nowMs);
  else if (groupInstanceId === null && join.idRequired) {
    group.addPending(freshMemberId, join.sessionTimeoutMs, nowMs);
    group.refuseJoin(join.call, freshMemberId, KAFKA_ERRORS.MEMBER_ID_REQUIRED);
  } else addMember(group, join, freshMemberId, nowMs);
}

function addMember(group: ClassicGroup, join: JoinCall, memberId: string, nowMs: number): void {
  if (group.roster.size === 0) group.protocolType = join.protocolType;
  const member: ClassicMember = {
    memberId,
    instanceId: join.groupInstanceId,
    clientId: join.clientId,
    clientHost: join.clientHost,
    rebalanceTimeoutMs: join.rebalanceTimeoutMs,
    sessionTimeoutMs: join.sessionTimeoutMs,
    protocols: join.protocols,
    assignment: NOTHING_ASSIGNED,
    joinCall: join.call,
    syncCall: undefined,
    isNew: true,
  };
  group.roster.add(member);
  group.noteJoined();
  group.touch(member, nowMs);
  group.rebalance(nowMs);
}

function joinKnown(group: ClassicGroup, join: JoinCall, nowMs: number): void {
  const { groupInstanceId, memberId } = join;
  if (group.roster.pending.has(memberId)) {
    if (groupInstanceId === null) addMember(group, join, memberId, nowMs);
    else group.refuseJoin(join.call, memberId, KAFKA_ERRORS.UNKNOWN_MEMBER_ID);
    return;
  }
  const member = knownMember(group, memberId, groupInstanceId);
  if (typeof member === "number") group.refuseJoin(join.call, memberId, member);
  else if (isRepeated(group, member, join)) answerAgain(group, member, join, nowMs);
  else rejoin(group, member, join, nowMs);
}

/** The member a request speaks for, or the error that says why it does not. */
export function knownMember(
  group: ClassicGroup,
  memberId: string,
  instanceId: string | null,
): ClassicMember | KafkaErrorCode {
  if (instanceId !== null) {
    const current = group.roster.staticMemberId(instanceId);
    if (current === undefined) return KAFKA_ERRORS.UNKNOWN_MEMBER_ID;
    if (current !== memberId) return KAFKA_ERRORS.FENCED_INSTANCE_ID;
  }
  return group.roster.get(memberId) ?? KAFKA_ERRORS.UNKNOWN_MEMBER_ID;
}

/** True when the answer was probably lost, or the member only wants to know its generation. */
function isRepeated(group: ClassicGroup, member: ClassicMember, join: JoinCall): boolean {
  if (!hasProtocols(member, join.protocols)) return false;
  if (group.state === "CompletingRebalance") return true;
  // A leader that joins a stable group wants a new assignment: what it saw of its topics has changed.
  return group.state === "Stable" && member.memberId !== group.roster.leaderId;
}

function answerAgain(group: ClassicGroup, member: ClassicMember, join: JoinCall, nowMs: number): void {
  group.touch(member, nowMs);
  group.answerJoin(join.call, group.joinReply(member));
}

function rejoin(group: ClassicGroup, member: ClassicMember, join: JoinCall, nowMs: number): void {
  // The earlier call of the same member is over: its connection is gone, or it asks twice.
  if (member.joinCall !== undefined) {
    group.refuseJoin(member.joinCall, member.memberId, KAFKA_ERRORS.REBALANCE_IN_PROGRESS);
  }
  describeAnew(member, join);
  group.touch(member, nowMs);
  group.rebalance(nowMs);
}

function describeAnew(member: ClassicMember, join: JoinCall): void {
  member.protocols = join.protocols;
  member.rebalanceTimeoutMs = join.rebalanceTimeoutMs;
  member.sessionTimeoutMs = join.sessionTimeoutMs;
  member.joinCall = join.call;
}

function replaceStaticMember(group: ClassicGroup, old: ClassicMember, join: JoinCall, nowMs: number): void {
  const { freshMemberId } = join;
  const leaderBefore = group.roster.leaderId ?? "";
  if (old.joinCall !== undefined) group.refuseJoin(old.joinCall, old.memberId, KAFKA_ERRORS.FENCED_INSTANCE_ID);
  if (old.syncCall !== undefined) group.answerSync(old.syncCall, KAFKA_ERRORS.FENCED_INSTANCE_ID);
  group.deadlines.clear(`session:${old.memberId}`);
  const member = group.roster.replaceStatic(old, freshMemberId);
  const saysTheSame = hasProtocols(member, join.protocols);
  describeAnew(member, join);
  group.touch(member, nowMs);
  if (group.state !== "Stable" || (!saysTheSame && group.roster.electProtocol() !== group.protocolName)) {
    group.rebalance(nowMs);
    return;
  }
  member.joinCall = undefined;
  const reply = keptPlace(group, member, join, leaderBefore);
  group.wantPersist({ type: "join", call: join.call, reply });
}

/** A static member is back with its old assignment; no rebalance, and no new assignment by a leader that came back. */
function keptPlace(group: ClassicGroup, member: ClassicMember, join: JoinCall, leaderBefore: string): JoinReply {
  const isLeader = group.roster.leaderId === member.memberId;
  const reply = group.joinReply(member);
  if (join.maySkipAssignment) return { ...reply, skipAssignment: isLeader };
  // Older clients would assign anew when they read their own id here: they are told the id that led before.
  return { ...reply, leader: leaderBefore, members: [] };
}
