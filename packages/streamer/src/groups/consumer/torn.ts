/**
 * A group of which a record is missing and a later one is there: a power cut may lose a batch that was not yet on the disk and keep one behind
 * it. Nobody was answered for either, but together they can say what never was: that two members own a partition. Pure.
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

/** What is read of a group. */
export interface ReadGroup {
  readonly groupEpoch: number;
  readonly targetEpoch: number;
  readonly members: ReadonlyMap<string, ConsumerMember>;
  readonly targets: ReadonlyMap<string, PartitionSet>;
}

/** True when what is read cannot have been: an epoch that was never given, or a partition that two have or should have. */
export function isTorn({ groupEpoch, members, targetEpoch, targets }: ReadGroup): boolean {
  if (targetEpoch > groupEpoch) return true;
  const held: MutablePartitionSet = new Map();
  const meant: MutablePartitionSet = new Map();
  for (const member of members.values()) {
    const target = targets.get(member.memberId) ?? NO_PARTITIONS;
    if (member.memberEpoch > targetEpoch || intersects(target, meant)) return true;
    for (const set of [member.assigned, member.pendingRevocation]) {
      if (intersects(set, held)) return true;
      addAll(held, set);
    }
    addAll(meant, target);
  }
  return false;
}

/**
 * Members without what another holds, too. It stays with who has the higher epoch: a partition is given away at an epoch that its last owner
 * had not reached, so the other has given it up, and only the record of that is missing.
 */
export function heldOnce(members: Iterable<ConsumerMember>): ConsumerMember[] {
  const taken: MutablePartitionSet = new Map();
  return [...members]
    .toSorted((left, right) => right.memberEpoch - left.memberEpoch)
    .map((member) => {
      const assigned = without(member.assigned, taken);
      const pendingRevocation = without(member.pendingRevocation, taken);
      addAll(taken, assigned);
      addAll(taken, pendingRevocation);
      const isRevoking = member.state === "unrevoked" && pendingRevocation.size > 0;
      return { ...member, assigned, pendingRevocation, state: isRevoking ? "unrevoked" : "stable" };
    });
}

function addAll(to: MutablePartitionSet, set: PartitionSet): void {
  for (const [topicId, partition] of eachPartition(set)) addPartition(to, topicId, partition);
}

function without(set: PartitionSet, others: PartitionSet): PartitionSet {
  const left: MutablePartitionSet = new Map();
  for (const [topicId, partition] of eachPartition(set))
    if (!hasPartition(others, topicId, partition)) addPartition(left, topicId, partition);
  return left;
}
