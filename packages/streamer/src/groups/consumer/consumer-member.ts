/** A member of a consumer group (KIP-848). */
import type { PartitionSet } from "./partition-set.ts";

/** How far a member has come towards what it should own. */
export type ConsumerMemberState =
  /** Owns what it should at its epoch. */
  | "stable"
  /** Has been told to give partitions up and has not said yet that it has. */
  | "unrevoked"
  /** Is at its epoch, but others still hold some of what it should own. */
  | "unreleased";

/** A static member that said it will be back (member epoch -2). */
export const LEFT_FOR_NOW = -2;

/** A member of a consumer group. Replaced, never changed. */
export interface ConsumerMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  /** Sorted. */
  readonly subscribedTopicNames: readonly string[];
  readonly subscribedTopicRegex: string | null;
  readonly serverAssignor: string | null;
  readonly memberEpoch: number;
  /** The epoch before: the answer that raised it may have been lost. */
  readonly previousEpoch: number;
  readonly state: ConsumerMemberState;
  readonly assigned: PartitionSet;
  readonly pendingRevocation: PartitionSet;
}
