/** Sets of partitions by topic id, as the consumer protocol speaks of them. */

/** Partitions of topics. Topics without partitions do not stand in it. */
export type PartitionSet = ReadonlyMap<string, ReadonlySet<number>>;

/** A set that can be changed. */
export type MutablePartitionSet = Map<string, Set<number>>;

/** Partitions as they stand in messages and records. */
export interface TopicPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
}

/** No partitions. */
export const NO_PARTITIONS: PartitionSet = new Map();

export function addPartition(set: MutablePartitionSet, topicId: string, partition: number): void {
  const partitions = set.get(topicId);
  if (partitions === undefined) set.set(topicId, new Set([partition]));
  else partitions.add(partition);
}

export function hasPartition(set: PartitionSet, topicId: string, partition: number): boolean {
  return set.get(topicId)?.has(partition) === true;
}

export function countPartitions(set: PartitionSet): number {
  let count = 0;
  for (const partitions of set.values()) count += partitions.size;
  return count;
}

/** Every partition of a set. */
export function* eachPartition(set: PartitionSet): Generator<readonly [topicId: string, partition: number]> {
  for (const [topicId, partitions] of set) for (const partition of partitions) yield [topicId, partition];
}

export function isSubset(part: PartitionSet, whole: PartitionSet): boolean {
  for (const [topicId, partition] of eachPartition(part)) if (!hasPartition(whole, topicId, partition)) return false;
  return true;
}

export function isSameSet(left: PartitionSet, right: PartitionSet): boolean {
  return countPartitions(left) === countPartitions(right) && isSubset(left, right);
}

export function intersects(left: PartitionSet, right: PartitionSet): boolean {
  for (const [topicId, partition] of eachPartition(left)) if (hasPartition(right, topicId, partition)) return true;
  return false;
}

export function parsePartitionSet(topics: readonly TopicPartitions[]): MutablePartitionSet {
  const set: MutablePartitionSet = new Map();
  for (const { topicId, partitions } of topics)
    for (const partition of partitions) addPartition(set, topicId, partition);
  return set;
}

/** A set as messages carry it: topics in order of id, partitions in order of number. */
export function formatPartitionSet(set: PartitionSet): TopicPartitions[] {
  return [...set]
    .map(([topicId, partitions]) => ({ topicId, partitions: [...partitions].sort((left, right) => left - right) }))
    .sort((left, right) => (left.topicId < right.topicId ? -1 : 1));
}
