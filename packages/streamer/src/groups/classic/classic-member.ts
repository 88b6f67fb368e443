/** Who is in a classic group: members, those who were only given an id, static members, and the votes for a protocol. */
import { equalBytes } from "@kaelix/base";

/** A protocol (assignment strategy) a member speaks, with what it tells the leader. */
export interface MemberProtocol {
  readonly name: string;
  readonly metadata: Uint8Array;
}

/** A member of a classic group. */
export interface ClassicMember {
  readonly memberId: string;
  /** Set for static members (KIP-345). */
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  rebalanceTimeoutMs: number;
  sessionTimeoutMs: number;
  /** In order of preference. */
  protocols: readonly MemberProtocol[];
  assignment: Uint8Array;
  /** The JoinGroup call that waits for the rebalance to end. */
  joinCall: number | undefined;
  /** The SyncGroup call that waits for the leader's assignment. */
  syncCall: number | undefined;
  /** True until its first rebalance has ended: its session is longer meanwhile. */
  isNew: boolean;
}

/** No assignment. */
export const NOTHING_ASSIGNED = new Uint8Array(0);

/** True when a member would say the same again: a repeated JoinGroup changes nothing. */
export function hasProtocols(member: ClassicMember, protocols: readonly MemberProtocol[]): boolean {
  if (member.protocols.length !== protocols.length) return false;
  return member.protocols.every((own, index) => {
    const other = protocols[index];
    return other !== undefined && own.name === other.name && equalBytes(own.metadata, other.metadata);
  });
}

/** The members of one group. */
export class ClassicRoster {
  readonly #members = new Map<string, ClassicMember>();
  readonly #statics = new Map<string, string>();
  /** Ids that were handed out with MEMBER_ID_REQUIRED and have not come back yet. */
  readonly pending = new Set<string>();
  /** Members of the generation whose SyncGroup has not come yet. */
  readonly awaitedSyncs = new Set<string>();
  #leaderId: string | undefined;

  get size(): number {
    return this.#members.size;
  }

  get leaderId(): string | undefined {
    return this.#leaderId;
  }

  get(memberId: string): ClassicMember | undefined {
    return this.#members.get(memberId);
  }

  /** The member id that stands behind a static instance. */
  staticMemberId(instanceId: string): string | undefined {
    return this.#statics.get(instanceId);
  }

  all(): IterableIterator<ClassicMember> {
    return this.#members.values();
  }

  /** How many wait for the rebalance to end. */
  joining(): number {
    let count = 0;
    for (const member of this.#members.values()) if (member.joinCall !== undefined) count += 1;
    return count;
  }

  add(member: ClassicMember): void {
    this.pending.delete(member.memberId);
    this.#members.set(member.memberId, member);
    if (member.instanceId !== null) this.#statics.set(member.instanceId, member.memberId);
    this.#leaderId ??= member.memberId;
  }

  remove(memberId: string): ClassicMember | undefined {
    this.pending.delete(memberId);
    this.awaitedSyncs.delete(memberId);
    const member = this.#members.get(memberId);
    if (member === undefined) return undefined;
    this.#members.delete(memberId);
    if (member.instanceId !== null && this.#statics.get(member.instanceId) === memberId) {
      this.#statics.delete(member.instanceId);
    }
    if (this.#leaderId === memberId) this.#leaderId = this.#members.keys().next().value;
    return member;
  }

  /** A static member came back under a new id: it takes the place of the old one, leadership included. */
  replaceStatic(old: ClassicMember, memberId: string): ClassicMember {
    const wasLeader = this.#leaderId === old.memberId;
    const wasAwaited = this.awaitedSyncs.has(old.memberId);
    this.remove(old.memberId);
    const member: ClassicMember = { ...old, memberId, joinCall: undefined, syncCall: undefined };
    this.add(member);
    if (wasLeader) this.#leaderId = memberId;
    if (wasAwaited) this.awaitedSyncs.add(memberId);
    return member;
  }

  /** Makes sure that the leader has rejoined. False when nobody has. */
  electJoinedLeader(): boolean {
    const leader = this.#leaderId === undefined ? undefined : this.#members.get(this.#leaderId);
    if (leader?.joinCall !== undefined) return true;
    for (const member of this.#members.values()) {
      if (member.joinCall !== undefined) {
        this.#leaderId = member.memberId;
        return true;
      }
    }
    return false;
  }

  /** Restores the leader of a loaded group. */
  setLeader(memberId: string): void {
    if (this.#members.has(memberId)) this.#leaderId = memberId;
  }

  /** Names of protocols that every member speaks. */
  commonProtocols(): Set<string> {
    let common: Set<string> | undefined;
    for (const { protocols } of this.#members.values()) {
      const names = new Set(protocols.map(({ name }) => name));
      common = common === undefined ? names : new Set([...common].filter((name) => names.has(name)));
    }
    return common ?? new Set();
  }

  /** The protocol most members prefer among those that all of them speak. */
  electProtocol(): string | undefined {
    const common = this.commonProtocols();
    const votes = new Map<string, number>();
    for (const { protocols } of this.#members.values()) {
      const choice = protocols.find(({ name }) => common.has(name));
      if (choice !== undefined) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1);
    }
    let elected: string | undefined;
    let most = 0;
    for (const [name, count] of votes) {
      if (count > most) {
        elected = name;
        most = count;
      }
    }
    return elected;
  }

  /** The longest time any member asked to be waited for, ms. */
  rebalanceTimeoutMs(): number {
    let longest = 0;
    for (const { rebalanceTimeoutMs } of this.#members.values()) longest = Math.max(longest, rebalanceTimeoutMs);
    return longest;
  }
}
