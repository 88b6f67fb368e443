/** SyncGroup, Heartbeat, LeaveGroup and the check of an OffsetCommit against a classic group. */
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

import type { ClassicGroup } from "./classic-group.ts";
import { knownMember } from "./classic-join.ts";
import { NOTHING_ASSIGNED } from "./classic-member.ts";
import { isWholeAssignment } from "./consumer-payload.ts";

/** Who speaks, and of which generation. */
export interface ClassicSpeaker {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly generationId: number;
}

/** A SyncGroup call. */
export interface SyncCall extends ClassicSpeaker {
  readonly call: number;
  /** Null before version 5. */
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  /** The leader's; empty from the others. */
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Uint8Array }[];
}

/** Takes a SyncGroup call in; the answer comes out of the group, now or when the leader's assignment is on the disk. */
export function syncClassic(group: ClassicGroup, sync: SyncCall, nowMs: number): void {
  const refused = syncRefusal(group, sync);
  const member = group.roster.get(sync.memberId);
  if (refused !== undefined || member === undefined) {
    group.answerSync(sync.call, refused ?? KAFKA_ERRORS.UNKNOWN_MEMBER_ID);
    return;
  }
  group.roster.awaitedSyncs.delete(member.memberId);
  if (group.roster.awaitedSyncs.size === 0) group.deadlines.clear("syncs");
  group.touch(member, nowMs);
  if (group.state === "Stable") {
    group.answerSync(sync.call, KAFKA_ERRORS.NONE, member.assignment);
    return;
  }
  if (member.syncCall !== undefined) group.answerSync(member.syncCall, KAFKA_ERRORS.REBALANCE_IN_PROGRESS);
  member.syncCall = sync.call;
  if (member.memberId !== group.roster.leaderId) return;
  const assignments = new Map(sync.assignments.map(({ memberId, assignment }) => [memberId, assignment]));
  for (const each of group.roster.all()) each.assignment = assignments.get(each.memberId) ?? NOTHING_ASSIGNED;
  group.wantPersist();
}

function syncRefusal(group: ClassicGroup, sync: SyncCall): KafkaErrorCode | undefined {
  const refused = speakerRefusal(group, sync);
  if (refused !== undefined) return refused;
  const { protocolName, protocolType } = sync;
  const otherType = protocolType !== null && protocolType !== group.protocolType;
  if (otherType || (protocolName !== null && protocolName !== group.protocolName)) {
    return KAFKA_ERRORS.INCONSISTENT_GROUP_PROTOCOL;
  }
  if (group.state === "Empty") return KAFKA_ERRORS.UNKNOWN_MEMBER_ID;
  if (group.state === "PreparingRebalance") return KAFKA_ERRORS.REBALANCE_IN_PROGRESS;
  let bytes = 0;
  for (const { assignment } of sync.assignments) {
    bytes += assignment.length;
    if (!isWholeAssignment(group.protocolType, assignment)) return KAFKA_ERRORS.INVALID_REQUEST;
  }
  return bytes > group.settings.groupBytesMax ? KAFKA_ERRORS.INVALID_REQUEST : undefined;
}

function speakerRefusal(group: ClassicGroup, speaker: ClassicSpeaker): KafkaErrorCode | undefined {
  if (group.state === "Dead") return KAFKA_ERRORS.COORDINATOR_NOT_AVAILABLE;
  const member = knownMember(group, speaker.memberId, speaker.groupInstanceId);
  if (typeof member === "number") return member;
  return speaker.generationId === group.generation ? undefined : KAFKA_ERRORS.ILLEGAL_GENERATION;
}

/** A sign of life. `REBALANCE_IN_PROGRESS` tells the member to join again. */
export function heartbeatClassic(group: ClassicGroup, speaker: ClassicSpeaker, nowMs: number): KafkaErrorCode {
  const refused = speakerRefusal(group, speaker);
  if (refused !== undefined) return refused;
  const member = group.roster.get(speaker.memberId);
  if (member === undefined || group.state === "Empty") return KAFKA_ERRORS.UNKNOWN_MEMBER_ID;
  group.touch(member, nowMs);
  return group.state === "PreparingRebalance" ? KAFKA_ERRORS.REBALANCE_IN_PROGRESS : KAFKA_ERRORS.NONE;
}

/** Takes one member out. A static member may be named by its instance alone. */
export function leaveClassic(
  group: ClassicGroup,
  leaving: { readonly memberId: string; readonly groupInstanceId: string | null },
  nowMs: number,
): KafkaErrorCode {
  if (group.state === "Dead") return KAFKA_ERRORS.COORDINATOR_NOT_AVAILABLE;
  const { groupInstanceId } = leaving;
  let { memberId } = leaving;
  if (groupInstanceId !== null && memberId === "") memberId = group.roster.staticMemberId(groupInstanceId) ?? "";
  if (!group.roster.pending.has(memberId)) {
    const member = knownMember(group, memberId, groupInstanceId);
    if (typeof member === "number") return member;
  }
  group.removeMember(memberId, nowMs);
  return KAFKA_ERRORS.NONE;
}

/** Whether a commit of offsets may be taken; a member that commits is alive. */
export function checkClassicCommit(
  group: ClassicGroup,
  speaker: ClassicSpeaker & { readonly transactional: boolean },
  nowMs: number,
): KafkaErrorCode {
  if (group.state === "Dead") return KAFKA_ERRORS.COORDINATOR_NOT_AVAILABLE;
  const { generationId, groupInstanceId, memberId, transactional } = speaker;
  // Simple consumers, which assign themselves, and tools.
  if (generationId < 0 && group.state === "Empty") return KAFKA_ERRORS.NONE;
  if (generationId < 0 && memberId === "" && groupInstanceId === null) {
    // A transactional producer before KIP-447 does not say whose offsets it commits.
    return transactional ? KAFKA_ERRORS.NONE : KAFKA_ERRORS.UNKNOWN_MEMBER_ID;
  }
  const member = knownMember(group, memberId, groupInstanceId);
  if (typeof member === "number") return member;
  if (generationId !== group.generation) return KAFKA_ERRORS.ILLEGAL_GENERATION;
  if (transactional) return KAFKA_ERRORS.NONE;
  if (group.state === "CompletingRebalance") return KAFKA_ERRORS.REBALANCE_IN_PROGRESS;
  group.touch(member, nowMs);
  return KAFKA_ERRORS.NONE;
}
