/**
 * The members of a share group (KIP-932): who they are, what they want, and what each is to work on.
 *
 *     members, subscriptions or topics change ──► group epoch + 1 ──► assignment of that epoch ──► told with each member's next heartbeat
 *
 * A partition may have several members, so nobody waits for anybody: there is nothing to give up first.
 *
 * Pure: requests and the time come in; what must be written is named by `takeChanges`. Guarantees: epochs only grow; a member that is not
 * heard of in the session timeout is put out, and named by `takeGone`.
 */
import { encodeText } from "@kaelix/base";
import { checksum, KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

import {
  formatPartitionSet,
  isSameSet,
  NO_PARTITIONS,
  type PartitionSet,
  type TopicPartitions,
} from "../consumer/partition-set.ts";
import { Deadlines } from "../deadlines.ts";
import type { ShareSettings } from "../settings.ts";
import type { TopicsImage } from "../topics-image.ts";
import { assignShares } from "./share-assignor.ts";

/** A member of a share group. Replaced, never changed. */
export interface ShareMember {
  readonly memberId: string;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  /** Sorted. */
  readonly subscribedTopicNames: readonly string[];
  readonly memberEpoch: number;
  /** The epoch before: the answer that raised it may have been lost. */
  readonly previousEpoch: number;
  readonly assigned: PartitionSet;
}

/** A ShareGroupHeartbeat request. Null means "as before". */
export interface ShareHeartbeat {
  readonly memberId: string;
  /** 0 joins, -1 leaves. */
  readonly memberEpoch: number;
  readonly rackId: string | null;
  readonly subscribedTopicNames: readonly string[] | null;
  readonly clientId: string;
  readonly clientHost: string;
}

/** The answer to a heartbeat. */
export interface ShareReply {
  readonly errorCode: KafkaErrorCode;
  readonly errorMessage: string | null;
  readonly memberId: string | null;
  readonly memberEpoch: number;
  readonly heartbeatIntervalMs: number;
  /** Null: as before. */
  readonly assignment: { readonly topicPartitions: readonly TopicPartitions[] } | null;
}

/** A part of a share group that must be written; a member that is gone is written as deleted. */
export type ShareChange =
  | { readonly type: "epoch" }
  | { readonly type: "target-epoch" }
  | { readonly type: "member"; readonly memberId: string };

const JOINING = 0;
const LEAVING = -1;

/** What is wrong with a heartbeat whatever the group says; undefined when nothing is. */
export function shareHeartbeatMistake(request: ShareHeartbeat): ShareReply | undefined {
  const { memberEpoch, memberId, rackId, subscribedTopicNames } = request;
  if (memberId === "") return refused("INVALID_REQUEST", "MemberId must not be empty");
  if (memberEpoch < LEAVING) return refused("INVALID_REQUEST", "MemberEpoch is invalid");
  if (rackId === "") return refused("INVALID_REQUEST", "RackId must not be empty");
  if (memberEpoch !== JOINING) return undefined;
  const isSubscribed = subscribedTopicNames !== null && subscribedTopicNames.length > 0;
  return isSubscribed ? undefined : refused("INVALID_REQUEST", "SubscribedTopicNames must be set to join");
}

function refused(error: keyof typeof KAFKA_ERRORS, errorMessage: string): ShareReply {
  const errorCode = KAFKA_ERRORS[error];
  return { errorCode, errorMessage, memberId: null, memberEpoch: 0, heartbeatIntervalMs: 0, assignment: null };
}

/** One share group; see the top of the file. */
export class ShareGroup {
  readonly groupId: string;
  readonly settings: ShareSettings;
  readonly deadlines = new Deadlines();
  readonly members = new Map<string, ShareMember>();
  groupEpoch = 0;
  targetEpoch = 0;
  metadataHash = 0;
  readonly #changes = new Map<string, ShareChange>();
  #gone: string[] = [];

  constructor(groupId: string, settings: ShareSettings) {
    this.groupId = groupId;
    this.settings = settings;
  }

  get state(): "Empty" | "Stable" {
    return this.members.size === 0 ? "Empty" : "Stable";
  }

  /** What changed since the last call. */
  takeChanges(): ShareChange[] {
    const changes = [...this.#changes.values()];
    this.#changes.clear();
    return changes;
  }

  /** Names everything the group consists of, for a write after one that failed. */
  allChanges(): ShareChange[] {
    const members = [...this.members.keys()].map((memberId) => ({ type: "member", memberId }) as const);
    return [{ type: "epoch" }, { type: "target-epoch" }, ...members];
  }

  /** Who was put out or left since the last call: what they hold is to be taken back. */
  takeGone(): readonly string[] {
    const gone = this.#gone;
    this.#gone = [];
    return gone;
  }

  /** True when anybody is subscribed to a topic. */
  isSubscribedTo(topicName: string): boolean {
    for (const { subscribedTopicNames } of this.members.values()) {
      if (subscribedTopicNames.includes(topicName)) return true;
    }
    return false;
  }

  /** Takes a heartbeat in. */
  heartbeat(request: ShareHeartbeat, image: TopicsImage, nowMs: number): ShareReply {
    const { memberEpoch, memberId } = request;
    const member = this.members.get(memberId);
    if (memberEpoch === JOINING) {
      const { members, settings } = this;
      if (member === undefined && members.size >= settings.membersMax) {
        return refused("GROUP_MAX_SIZE_REACHED", `The group has ${members.size} members already`);
      }
      return this.#live(request, { member, image, nowMs });
    }
    if (member === undefined) return refused("UNKNOWN_MEMBER_ID", "The member is not in the group");
    if (memberEpoch === LEAVING) {
      this.remove(memberId);
      return { ...refused("NONE", ""), errorMessage: null, memberId, memberEpoch };
    }
    const isKnown = memberEpoch === member.memberEpoch || memberEpoch === member.previousEpoch;
    if (!isKnown) return refused("FENCED_MEMBER_EPOCH", "MemberEpoch is not the member's");
    return this.#live(request, { member, image, nowMs });
  }

  #live(request: ShareHeartbeat, { image, member, nowMs }: Moment): ShareReply {
    const { clientHost, clientId, memberEpoch, memberId, rackId, subscribedTopicNames } = request;
    const names = subscribedTopicNames === null ? undefined : [...new Set(subscribedTopicNames)].sort();
    const described: ShareMember = {
      ...(member ?? { memberId, rackId: null, memberEpoch: 0, previousEpoch: 0, assigned: NO_PARTITIONS }),
      rackId: rackId ?? member?.rackId ?? null,
      clientId,
      clientHost,
      subscribedTopicNames: names ?? member?.subscribedTopicNames ?? [],
    };
    if (member === undefined || !describesSame(member, described)) this.#put(described);
    this.#refresh(image, member?.subscribedTopicNames.join() !== described.subscribedTopicNames.join());
    const before = member?.assigned ?? NO_PARTITIONS;
    const present = this.members.get(memberId) ?? described;
    const after = { ...present, memberEpoch: this.targetEpoch, previousEpoch: present.memberEpoch };
    if (present.memberEpoch !== this.targetEpoch) this.#put(after);
    this.deadlines.set(memberId, nowMs + this.settings.sessionTimeoutMs);
    const isTold =
      memberEpoch === JOINING ||
      names !== undefined ||
      memberEpoch !== this.targetEpoch ||
      !isSameSet(before, after.assigned);
    return {
      errorCode: KAFKA_ERRORS.NONE,
      errorMessage: null,
      memberId,
      memberEpoch: this.targetEpoch,
      heartbeatIntervalMs: this.settings.heartbeatIntervalMs,
      assignment: isTold ? { topicPartitions: formatPartitionSet(after.assigned) } : null,
    };
  }

  #put(member: ShareMember): void {
    this.members.set(member.memberId, member);
    this.#changes.set(member.memberId, { type: "member", memberId: member.memberId });
  }

  /** Makes a group that nobody ever joined one that is kept: offsets were set for it. */
  begin(): void {
    if (this.groupEpoch > 0) return;
    this.#bump();
    this.#assigned();
  }

  /** Puts a member out. */
  remove(memberId: string): void {
    if (!this.members.delete(memberId)) return;
    this.deadlines.clear(memberId);
    this.#gone.push(memberId);
    this.#changes.set(memberId, { type: "member", memberId });
    this.#bump();
  }

  #bump(): void {
    this.groupEpoch += 1;
    this.#changes.set("", { type: "epoch" });
  }

  /** Assigns anew when subscriptions, members or the topics they want are others. */
  #refresh(image: TopicsImage, isOther: boolean): void {
    const hash = this.#hashOfTopics(image);
    if (isOther || hash !== this.metadataHash) {
      this.metadataHash = hash;
      this.#bump();
    }
    if (this.targetEpoch === this.groupEpoch) return;
    const subscribers = [...this.members.values()].map(({ memberId, subscribedTopicNames }) => ({
      memberId,
      topicIds: new Set(subscribedTopicNames.flatMap((name) => image.byName.get(name)?.id ?? [])),
    }));
    const assigned = assignShares(subscribers, (topicId) => image.byId.get(topicId)?.partitions ?? 0);
    for (const member of this.members.values()) {
      const after = assigned.get(member.memberId) ?? NO_PARTITIONS;
      if (!isSameSet(member.assigned, after)) this.#put({ ...member, assigned: after });
    }
    this.#assigned();
  }

  #assigned(): void {
    this.targetEpoch = this.groupEpoch;
    this.#changes.set("target", { type: "target-epoch" });
  }

  #hashOfTopics(image: TopicsImage): number {
    const names = new Set([...this.members.values()].flatMap((member) => member.subscribedTopicNames));
    const topics = [...names].sort().flatMap((name) => image.byName.get(name) ?? []);
    const text = topics.map(({ id, name, partitions }) => `${name} ${id} ${partitions}\n`).join("");
    return text === "" ? 0 : checksum(encodeText(text));
  }

  /** Puts out who was not heard of. */
  tick(nowMs: number): void {
    for (const memberId of this.deadlines.takeDue(nowMs)) this.remove(memberId);
  }

  /** A loaded group: sessions begin anew, and what was read need not be written. */
  restored(nowMs: number): void {
    for (const memberId of this.members.keys()) this.deadlines.set(memberId, nowMs + this.settings.sessionTimeoutMs);
    this.#changes.clear();
  }
}

function describesSame(before: ShareMember, after: ShareMember): boolean {
  return (
    before.rackId === after.rackId &&
    before.clientId === after.clientId &&
    before.clientHost === after.clientHost &&
    before.subscribedTopicNames.join() === after.subscribedTopicNames.join()
  );
}

interface Moment {
  readonly member: ShareMember | undefined;
  readonly image: TopicsImage;
  readonly nowMs: number;
}
