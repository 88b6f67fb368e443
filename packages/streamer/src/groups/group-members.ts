/**
 * Members of groups by KIP-848 and KIP-932 as their clients know themselves, and what must hold of them whatever crashes: a member that was
 * told that it is in a group stays in it until it leaves or is not heard of for too long; what two members of a consumer group were told they
 * own is never the same. Pure.
 */
import { KAFKA_ERRORS } from "@kaelix/protocol";

/** What a member is told. */
export interface MemberReply {
  readonly errorCode: number;
  readonly memberEpoch: number;
  /** Null: as before. */
  readonly partitions: readonly number[] | null;
}

/** A member. */
export interface GroupMember {
  readonly memberId: string;
  /** 0 while it is in no group. */
  epoch: number;
  owned: ReadonlySet<number>;
  /** It may have been put out, and others may have what it owns. */
  mayBeOut: boolean;
}

/** The members of one group; see the top of the file. */
export class GroupMembers {
  readonly faults: string[] = [];
  heardCount = 0;
  readonly #isExclusive: boolean;
  readonly #members = new Map<string, GroupMember>();
  #expiries = 0;

  /** @param isExclusive whether a partition is one member's alone */
  constructor(isExclusive: boolean) {
    this.#isExclusive = isExclusive;
  }

  of(memberId: string): GroupMember {
    const known = this.#members.get(memberId) ?? { memberId, epoch: 0, owned: new Set(), mayBeOut: false };
    this.#members.set(memberId, known);
    return known;
  }

  /** So much time went by that everybody may have been put out. */
  expired(): void {
    this.#expiries += 1;
    for (const member of this.#members.values()) member.mayBeOut = true;
  }

  /** A member says that it leaves. */
  left(member: GroupMember): void {
    member.epoch = 0;
    member.owned = new Set();
    member.mayBeOut = false;
  }

  /** To be called when a heartbeat is sent; gives what is to be called when its answer is heard. */
  asking(member: GroupMember): (reply: MemberReply) => void {
    const { epoch } = member;
    const expiries = this.#expiries;
    return (reply) => {
      // It left meanwhile.
      if (member.epoch !== epoch) return;
      this.#heard(member, reply, expiries === this.#expiries);
    };
  }

  #heard(member: GroupMember, { errorCode, memberEpoch, partitions }: MemberReply, isFresh: boolean): void {
    const { epoch, mayBeOut, memberId, owned } = member;
    if (errorCode === KAFKA_ERRORS.UNKNOWN_MEMBER_ID || errorCode === KAFKA_ERRORS.GROUP_ID_NOT_FOUND) {
      if (epoch > 0 && !mayBeOut) this.faults.push(`${memberId} was told that it is in the group, and is forgotten`);
      this.left(member);
    } else if (errorCode === KAFKA_ERRORS.FENCED_MEMBER_EPOCH) this.left(member);
    if (errorCode !== KAFKA_ERRORS.NONE) return;
    this.heardCount += 1;
    if (memberEpoch < epoch) this.faults.push(`${memberId} goes back from epoch ${epoch} to ${memberEpoch}`);
    member.epoch = memberEpoch;
    if (isFresh) member.mayBeOut = false;
    if (partitions === null) return;
    member.owned = new Set(partitions);
    if (!this.#isExclusive) return;
    for (const other of this.#members.values()) {
      if (other === member || other.mayBeOut) continue;
      const both = partitions.filter((partition) => other.owned.has(partition) && !owned.has(partition));
      if (both.length > 0) this.faults.push(`${memberId} is told to own ${both.join()}, which ${other.memberId} owns`);
    }
  }
}
