/**
 * One step of a member towards what it should own (KIP-848, "Reconciliation").
 *
 *     stable ──target changed──► unrevoked ──member gave up──► stable, or unreleased while others hold something
 *
 * Guarantees: nothing is given to a member while another owns it or has not said that it gave it up. A member's epoch rises to the
 * target's only when nothing is left to be revoked. Pure.
 */
import type { ConsumerMember } from "./consumer-member.ts";
import {
  addPartition,
  eachPartition,
  hasPartition,
  intersects,
  type MutablePartitionSet,
  NO_PARTITIONS,
  type PartitionSet,
} from "./partition-set.ts";

/** What a member is reconciled with. */
export interface ReconcileTarget {
  readonly epoch: number;
  /** What it should own, already without topics it is no longer subscribed to. */
  readonly partitions: PartitionSet;
  /** The member that holds a partition now. */
  readonly ownerOf: (topicId: string, partition: number) => string | undefined;
  /** What the member says it owns; null when it does not say. */
  readonly owned: PartitionSet | null;
}

/** The member after the step; the same object when nothing changed. */
export function reconcile(member: ConsumerMember, target: ReconcileTarget): ConsumerMember {
  if (member.state === "stable" && member.memberEpoch === target.epoch) return member;
  const isRevoking = member.state === "unrevoked" && stillOwns(target.owned, member.pendingRevocation);
  return isRevoking ? member : nextAssignment(member, target);
}

function stillOwns(owned: PartitionSet | null, revoked: PartitionSet): boolean {
  return owned === null || intersects(owned, revoked);
}

function nextAssignment(member: ConsumerMember, target: ReconcileTarget): ConsumerMember {
  const kept: MutablePartitionSet = new Map();
  const revoked: MutablePartitionSet = new Map();
  for (const [topicId, partition] of eachPartition(member.assigned)) {
    addPartition(hasPartition(target.partitions, topicId, partition) ? kept : revoked, topicId, partition);
  }
  if (revoked.size > 0 && stillOwns(target.owned, revoked)) {
    return { ...member, state: "unrevoked", assigned: kept, pendingRevocation: revoked };
  }
  let isWaiting = false;
  for (const [topicId, partition] of eachPartition(target.partitions)) {
    if (hasPartition(kept, topicId, partition)) continue;
    const owner = target.ownerOf(topicId, partition);
    if (owner === undefined || owner === member.memberId) addPartition(kept, topicId, partition);
    else isWaiting = true;
  }
  const raised = member.memberEpoch !== target.epoch;
  return {
    ...member,
    state: isWaiting ? "unreleased" : "stable",
    memberEpoch: target.epoch,
    previousEpoch: raised ? member.memberEpoch : member.previousEpoch,
    assigned: kept,
    pendingRevocation: NO_PARTITIONS,
  };
}
