/** Metrics of groups: members, state, and how far each is behind. Computed when asked for. */
import { isKaelixError } from "@kaelix/base";

import type { PartitionLeader } from "../leader/contract.ts";
import type { Groups } from "./groups.ts";

/** A group as metrics show it. */
export interface GroupMetrics {
  readonly groupId: string;
  readonly type: "classic" | "consumer" | "share";
  readonly state: string;
  readonly members: number;
  /** Generation of a classic group, epoch of any other. */
  readonly epoch: number;
}

/** How far a group is behind in a partition. */
export interface PartitionLag {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  /** Of a share group: before it everything is done. */
  readonly committedOffset: number;
  readonly endOffset: number;
  /** Messages not read yet, or not done by a share group; in a compacted topic an upper bound. */
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
      lags.push(await lagFrom(groups, leader, { groupId: group, offset, doneCount: 0 }));
    }
  }
  for (const { partition, place } of groups.shares.entries(groupId)) {
    const source = await groups.shares.source(place);
    if (source === undefined) continue;
    const { completeCount: doneCount, startOffset: offset } = partition;
    lags.push(await lagFrom(groups, source.leader, { groupId: place.groupId, offset, doneCount }));
  }
  return lags;
}

interface Standing {
  readonly groupId: string;
  readonly offset: number;
  /** How many are done at or after the offset. */
  readonly doneCount: number;
}

async function lagFrom(groups: Groups, leader: PartitionLeader, standing: Standing): Promise<PartitionLag> {
  const { doneCount, groupId, offset } = standing;
  const { partition, topic } = leader;
  const { endOffset, startOffset } = leader.bounds();
  const next = Math.max(offset, startOffset);
  const lagMessages = Math.max(endOffset - next - doneCount, 0);
  const sinceMs = lagMessages === 0 ? undefined : await firstTimestampMs(leader, next);
  const lagSeconds = sinceMs === undefined ? 0 : Math.max(groups.clock.nowMs() - sinceMs, 0) / 1000;
  return { groupId, topic, partition, committedOffset: offset, endOffset, lagMessages, lagSeconds };
}

/** What a share group holds of a partition. */
export interface ShareLoad {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  /** Records that members hold now. */
  readonly heldCount: number;
  /** Records that were delivered and are not done, held or not. */
  readonly inFlightCount: number;
}

/** What share groups hold. Topics that are gone are left out. */
export function shareLoads({ shares }: Groups): ShareLoad[] {
  return [...shares.entries()].flatMap(({ partition: work, place: { groupId, partition, topicId } }) => {
    const topic = shares.topicName(topicId);
    if (topic === undefined) return [];
    return [{ groupId, topic, partition, heldCount: work.acquiredCount, inFlightCount: work.inFlightCount }];
  });
}

async function firstTimestampMs(leader: PartitionLeader, offset: number): Promise<number | undefined> {
  try {
    const { batches } = await leader.read(offset, 1, "read_uncommitted");
    return batches[0]?.header.baseTimestampMs;
  } catch (error) {
    // The log was cut or closed in between.
    if (isKaelixError(error)) return undefined;
    throw error;
  }
}
