/** Metrics of groups: members, state, and how far each is behind. Computed when asked for. */
import { isKaelixError } from "@kaelix/base";

import type { Groups } from "./groups.ts";

/** A group as metrics show it. */
export interface GroupMetrics {
  readonly groupId: string;
  readonly type: "classic" | "consumer";
  readonly state: string;
  readonly members: number;
  /** Generation of a classic group, epoch of a consumer group. */
  readonly epoch: number;
}

/** How far a group is behind in a partition. */
export interface PartitionLag {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  readonly committedOffset: number;
  readonly endOffset: number;
  /** Messages not read yet; in a compacted topic an upper bound. */
  readonly lagMessages: number;
  /** Age of the first batch not read yet, s; 0 when there is none. */
  readonly lagSeconds: number;
}

/** Every group's members and state. */
export function groupMetrics(groups: Groups): GroupMetrics[] {
  return [...groups.entries()].map(([groupId, { group, type }]) => ({
    groupId,
    type,
    state: group.state,
    members: "roster" in group ? group.roster.size : group.members.size,
    epoch: "roster" in group ? group.generation : group.groupEpoch,
  }));
}

/** How far groups are behind; all of them when none is named. Offsets of topics that are gone are left out. */
export async function groupLag(groups: Groups, groupId?: string): Promise<PartitionLag[]> {
  const { store } = groups;
  if (store === undefined) return [];
  const lags: PartitionLag[] = [];
  for (const group of groupId === undefined ? store.offsets.groups() : [groupId]) {
    for (const [{ partition, topic }, { offset }] of store.offsets.of(group)) {
      const leader = await groups.leaders.get(topic, partition);
      if (leader === undefined) continue;
      const { endOffset, startOffset } = leader.bounds();
      const next = Math.max(offset, startOffset);
      const lagMessages = Math.max(endOffset - next, 0);
      const sinceMs = lagMessages === 0 ? undefined : await firstTimestampMs(leader, next);
      const lagSeconds = sinceMs === undefined ? 0 : Math.max(groups.clock.nowMs() - sinceMs, 0) / 1000;
      lags.push({ groupId: group, topic, partition, committedOffset: offset, endOffset, lagMessages, lagSeconds });
    }
  }
  return lags;
}

async function firstTimestampMs(
  leader: NonNullable<Awaited<ReturnType<Groups["leaders"]["get"]>>>,
  offset: number,
): Promise<number | undefined> {
  try {
    const { batches } = await leader.read(offset, 1, "read_uncommitted");
    return batches[0]?.header.baseTimestampMs;
  } catch (error) {
    // The log was cut or closed in between.
    if (isKaelixError(error)) return undefined;
    throw error;
  }
}
