/**
 * Kafka's assignor "simple" for share groups: every partition has a member, and where there are more members than partitions each member has
 * one, so that several work on the same. Pure, and the same for the same members and topics.
 */
import { addPartition, type MutablePartitionSet, type PartitionSet } from "../consumer/partition-set.ts";

/** The one assignor of share groups. */
export const SHARE_ASSIGNOR = "simple";

/** A member and the topics it wants. */
export interface ShareSubscriber {
  readonly memberId: string;
  readonly topicIds: ReadonlySet<string>;
}

/** What each member is to work on. */
export function assignShares(
  members: readonly ShareSubscriber[],
  partitionsOf: (topicId: string) => number,
): ReadonlyMap<string, PartitionSet> {
  const sorted = members.toSorted((left, right) => (left.memberId < right.memberId ? -1 : 1));
  const assigned = new Map<string, MutablePartitionSet>(sorted.map(({ memberId }) => [memberId, new Map()]));
  const topicIds = [...new Set(sorted.flatMap((member) => [...member.topicIds]))].sort();
  // Where the first partition of a topic goes, so that members have as much of all topics together.
  let shift = 0;
  for (const topicId of topicIds) {
    const subscribers = sorted.filter((member) => member.topicIds.has(topicId));
    const partitions = partitionsOf(topicId);
    const pairs = partitions === 0 ? 0 : Math.max(subscribers.length, partitions);
    for (let at = 0; at < pairs; at += 1) {
      const member = subscribers[(at + shift) % subscribers.length];
      const set = member === undefined ? undefined : assigned.get(member.memberId);
      if (set !== undefined) addPartition(set, topicId, at % partitions);
    }
    shift += partitions;
  }
  return assigned;
}
