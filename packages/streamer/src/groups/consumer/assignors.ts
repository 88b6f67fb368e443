/**
 * Server-side assignors of the consumer protocol (KIP-848): who should own which partition.
 *
 * `uniform` gives every member as many partitions as the others (give or take one, as far as subscriptions allow) and moves as few as it
 * can. `range` gives each member of a topic a run of neighbouring partitions, in order of member id, so that equally subscribed topics are
 * shared out alike.
 *
 * Both give every partition of a subscribed topic to exactly one member that is subscribed to it. The same input gives the same output.
 */
import { addPartition, eachPartition, type MutablePartitionSet, type PartitionSet } from "./partition-set.ts";

/** What an assignor is told of a member. */
export interface AssignableMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  /** Topic ids. */
  readonly topics: ReadonlySet<string>;
  /** What it was meant to own so far. */
  readonly target: PartitionSet;
}

/** Decides who should own what. */
export type Assignor = (
  members: readonly AssignableMember[],
  partitionsOf: (topicId: string) => number,
) => Map<string, MutablePartitionSet>;

/** Assignors by the name a member asks for. */
export const ASSIGNORS: ReadonlyMap<string, Assignor> = new Map([
  ["uniform", assignUniformly],
  ["range", assignByRange],
]);

/** What is used when no member asks for one. */
export const ASSIGNOR_DEFAULT = "uniform";

function inOrder(members: readonly AssignableMember[]): AssignableMember[] {
  const name = ({ instanceId, memberId }: AssignableMember): string => instanceId ?? memberId;
  return [...members].sort((left, right) => (name(left) < name(right) ? -1 : 1));
}

function assignByRange(
  members: readonly AssignableMember[],
  partitionsOf: (topicId: string) => number,
): Map<string, MutablePartitionSet> {
  const targets = new Map<string, MutablePartitionSet>(members.map(({ memberId }) => [memberId, new Map()]));
  const subscribers = new Map<string, string[]>();
  for (const { memberId, topics } of inOrder(members)) {
    for (const topicId of topics) {
      const names = subscribers.get(topicId);
      if (names === undefined) subscribers.set(topicId, [memberId]);
      else names.push(memberId);
    }
  }
  for (const [topicId, names] of subscribers) {
    const total = partitionsOf(topicId);
    const share = Math.floor(total / names.length);
    const extra = total % names.length;
    let next = 0;
    for (const [index, memberId] of names.entries()) {
      const end = next + share + (index < extra ? 1 : 0);
      const target = targets.get(memberId);
      for (; next < end; next += 1) if (target !== undefined) addPartition(target, topicId, next);
    }
  }
  return targets;
}

/** A member while partitions are handed out. */
interface Share {
  readonly member: AssignableMember;
  readonly target: MutablePartitionSet;
  count: number;
}

function assignUniformly(
  members: readonly AssignableMember[],
  partitionsOf: (topicId: string) => number,
): Map<string, MutablePartitionSet> {
  const shares = inOrder(members).map((member): Share => ({ member, target: new Map(), count: 0 }));
  const free = freePartitions(shares, partitionsOf);
  const isAlike = shares.every(({ member }) => member.topics.size === (shares[0]?.member.topics.size ?? 0));
  const everyTopic = new Set(free.keys());
  const isHomogeneous = isAlike && shares.every(({ member }) => member.topics.size === everyTopic.size);
  if (isHomogeneous) handOutEvenly(shares, free);
  else handOutByLoad(shares, free);
  return new Map(shares.map(({ member, target }) => [member.memberId, target]));
}

/** All partitions of topics that anybody is subscribed to. */
function freePartitions(shares: readonly Share[], partitionsOf: (topicId: string) => number): MutablePartitionSet {
  const free: MutablePartitionSet = new Map();
  for (const { member } of shares) {
    for (const topicId of member.topics) {
      if (free.has(topicId)) continue;
      free.set(topicId, new Set(Array.from({ length: partitionsOf(topicId) }, (_, partition) => partition)));
    }
  }
  return free;
}

function give(share: Share, topicId: string, partition: number): void {
  addPartition(share.target, topicId, partition);
  share.count += 1;
}

/** Everybody may own everything: exact quotas, kept partitions first. */
function handOutEvenly(shares: readonly Share[], free: MutablePartitionSet): void {
  let total = 0;
  for (const partitions of free.values()) total += partitions.size;
  const quota = Math.floor(total / Math.max(shares.length, 1));
  let extras = total - quota * shares.length;
  for (const share of shares) {
    for (const [topicId, partition] of eachPartition(share.member.target)) {
      const isExtra = share.count >= quota;
      if (isExtra && (extras === 0 || share.count > quota)) break;
      if (free.get(topicId)?.delete(partition) !== true) continue;
      give(share, topicId, partition);
      if (isExtra) extras -= 1;
    }
  }
  const wanting = shares.filter(({ count }) => count < quota);
  // Who has its quota may still get one of the extras; those come last.
  const rest = shares.filter(({ count }) => count === quota);
  let at = 0;
  for (const [topicId, partition] of eachPartition(free)) {
    while (at < wanting.length && (wanting[at]?.count ?? 0) >= quota) {
      const filled = wanting[at];
      if (filled !== undefined) rest.push(filled);
      at += 1;
    }
    const share = wanting[at] ?? rest.shift();
    if (share !== undefined) give(share, topicId, partition);
  }
}

/** Members want different topics: keep what is kept, give the rest to who has least, then even out. */
function handOutByLoad(shares: readonly Share[], free: MutablePartitionSet): void {
  for (const share of shares) {
    for (const [topicId, partition] of eachPartition(share.member.target)) {
      if (!share.member.topics.has(topicId) || free.get(topicId)?.delete(partition) !== true) continue;
      give(share, topicId, partition);
    }
  }
  const subscribers = new Map<string, Share[]>();
  for (const topicId of free.keys()) {
    subscribers.set(
      topicId,
      shares.filter(({ member }) => member.topics.has(topicId)),
    );
  }
  // Topics that few are subscribed to go first: they leave the least choice.
  const topics = [...free].sort(
    ([left], [right]) => (subscribers.get(left)?.length ?? 0) - (subscribers.get(right)?.length ?? 0),
  );
  for (const [topicId, partitions] of topics) {
    for (const partition of partitions) {
      const share = least(subscribers.get(topicId) ?? []);
      if (share !== undefined) give(share, topicId, partition);
    }
  }
  evenOut(shares, subscribers);
}

function least(shares: readonly Share[]): Share | undefined {
  let found: Share | undefined;
  for (const share of shares) if (found === undefined || share.count < found.count) found = share;
  return found;
}

/** Moves partitions from who has most to who has least while that makes the difference smaller. Each move lowers the sum of squares. */
function evenOut(shares: readonly Share[], subscribers: ReadonlyMap<string, readonly Share[]>): void {
  for (let moved = true; moved;) {
    moved = false;
    const leastCount = least(shares)?.count ?? 0;
    for (const giver of [...shares].sort((left, right) => right.count - left.count)) {
      if (giver.count - leastCount < 2) break;
      for (const [topicId, partitions] of giver.target) {
        const taker = least(subscribers.get(topicId) ?? []);
        if (taker === undefined || giver.count - taker.count < 2) continue;
        const partition = Math.max(...partitions);
        partitions.delete(partition);
        if (partitions.size === 0) giver.target.delete(topicId);
        giver.count -= 1;
        give(taker, topicId, partition);
        moved = true;
      }
    }
  }
}
