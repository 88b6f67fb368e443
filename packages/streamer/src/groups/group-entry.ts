/** A group of any protocol, as the coordinator keeps it. */
import type { ClassicGroup } from "./classic/classic-group.ts";
import { CONSUMER_PROTOCOL_TYPE, subscribedTopics } from "./classic/consumer-payload.ts";
import type { ConsumerGroup } from "./consumer/consumer-group.ts";
import type { ShareGroup } from "./share/share-group.ts";

/** A classic group with its place. */
export interface ClassicEntry {
  readonly type: "classic";
  readonly group: ClassicGroup;
}

/** What is being written of a group. */
interface Written {
  /** The newest write, and those it builds on; answers wait for it. */
  written: Promise<void>;
  /** Keys of what the disk refused, by their text: the next write writes everything, and deletes what of them is no more. */
  readonly refused: Map<string, Uint8Array>;
}

/** A consumer group with what is being written of it. */
export interface ConsumerEntry extends Written {
  readonly type: "consumer";
  readonly group: ConsumerGroup;
}

/** A share group with what is being written of it. */
export interface ShareGroupEntry extends Written {
  readonly type: "share";
  readonly group: ShareGroup;
}

/** A group the coordinator keeps. */
export type GroupEntry = ClassicEntry | ConsumerEntry | ShareGroupEntry;

/** True when nobody is in a group: it may be deleted, or begin anew under the other protocol. */
export function isVacant({ group, type }: GroupEntry): boolean {
  if (type !== "classic") return group.members.size === 0;
  return group.state === "Dead" || (group.state === "Empty" && group.roster.pending.size === 0);
}

/** Kafka's word for what kind of consumers are in a group. */
export function protocolTypeOf({ group, type }: GroupEntry): string {
  if (type === "share") return "share";
  return type === "consumer" ? CONSUMER_PROTOCOL_TYPE : (group.protocolType ?? "");
}

/**
 * Whether members of a group read a topic; undefined when that cannot be known (other protocol types, a rebalance under way).
 * Nobody reads anything in a vacant group.
 */
export function readsTopic(entry: GroupEntry, topic: string): boolean | undefined {
  if (isVacant(entry)) return false;
  if (entry.type !== "classic") return entry.group.isSubscribedTo(topic);
  const { group } = entry;
  if (group.protocolType !== CONSUMER_PROTOCOL_TYPE || group.protocolName === null) return undefined;
  for (const member of group.roster.all()) {
    const spoken = member.protocols.find(({ name }) => name === group.protocolName);
    const topics = spoken === undefined ? undefined : subscribedTopics(spoken.metadata);
    if (topics === undefined) return undefined;
    if (topics.includes(topic)) return true;
  }
  return false;
}
