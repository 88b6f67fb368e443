/**
 * A group of the consumer protocol (KIP-848): the coordinator decides who owns what, and each member is brought there by its heartbeats.
 *
 *     subscription, members or topics change ──► group epoch + 1 ──► target assignment of that epoch ──► members reach that epoch
 *            (Assigning)                                                (Reconciling)                          (Stable)
 *
 * Pure: requests and the time come in; a reply comes back, and what must be written is named by `takeChanges`.
 *
 * Guarantees: a partition is owned by at most one member at any time; epochs only grow; a member that does not give partitions up in its
 * rebalance timeout, or is not heard of in the session timeout, is put out.
 */
import { checksum } from "@kaelix/protocol";
import { encodeText } from "@kaelix/base";

import { Deadlines } from "../deadlines.ts";
import type { ConsumerSettings } from "../settings.ts";
import { NO_TOPICS, type TopicsImage } from "../topics-image.ts";
import { ASSIGNOR_DEFAULT, ASSIGNORS } from "./assignors.ts";
import { type ConsumerMember, LEFT_FOR_NOW } from "./consumer-member.ts";
import { eachPartition, isSameSet, NO_PARTITIONS, type PartitionSet } from "./partition-set.ts";
import { reconcile } from "./reconcile.ts";
import { heldOnce, isTorn } from "./torn.ts";

/** Where a consumer group stands, in Kafka's words. */
export type ConsumerGroupState = "Empty" | "Assigning" | "Reconciling" | "Stable" | "Dead";

/** A part of a group that must be written; a member that is gone is written as deleted. */
export type ConsumerChange =
  | { readonly type: "epoch" }
  | { readonly type: "target-epoch" }
  | { readonly type: "member" | "target" | "current"; readonly memberId: string }
  | { readonly type: "regex"; readonly regex: string };

/** What the group may ask about topics in one step. */
export interface TopicsView {
  readonly image: TopicsImage;
  /** Names that a pattern matches and the asking member may know; undefined when the pattern cannot be understood. */
  match(regex: string): readonly string[] | undefined;
}

/** One consumer group; see the top of the file. */
export class ConsumerGroup {
  readonly groupId: string;
  readonly settings: ConsumerSettings;
  readonly deadlines = new Deadlines();
  readonly members = new Map<string, ConsumerMember>();
  readonly targets = new Map<string, PartitionSet>();
  readonly regexes = new Map<string, readonly string[]>();
  groupEpoch = 0;
  targetEpoch = 0;
  metadataHash = 0;
  readonly #statics = new Map<string, string>();
  readonly #owners = new Map<string, Map<number, string>>();
  readonly #changes = new Map<string, ConsumerChange>();
  #image: TopicsImage = NO_TOPICS;
  #subscriptionsChanged = true;

  constructor(groupId: string, settings: ConsumerSettings) {
    this.groupId = groupId;
    this.settings = settings;
  }

  get state(): ConsumerGroupState {
    if (this.members.size === 0) return "Empty";
    if (this.groupEpoch > this.targetEpoch) return "Assigning";
    for (const { memberEpoch, state } of this.members.values()) {
      if (state !== "stable" || memberEpoch !== this.targetEpoch) return "Reconciling";
    }
    return "Stable";
  }

  /** What changed since the last call. */
  takeChanges(): ConsumerChange[] {
    const changes = [...this.#changes.values()];
    this.#changes.clear();
    return changes;
  }

  /** Names everything the group consists of, for a write after one that failed. */
  allChanges(): ConsumerChange[] {
    const changes: ConsumerChange[] = [{ type: "epoch" }, { type: "target-epoch" }];
    for (const regex of this.regexes.keys()) changes.push({ type: "regex", regex });
    for (const memberId of this.members.keys()) {
      changes.push({ type: "member", memberId }, { type: "target", memberId }, { type: "current", memberId });
    }
    return changes;
  }

  #changed(change: ConsumerChange): void {
    const name = "memberId" in change ? change.memberId : "regex" in change ? change.regex : "";
    this.#changes.set(`${change.type}:${name}`, change);
  }

  staticMember(instanceId: string): ConsumerMember | undefined {
    const memberId = this.#statics.get(instanceId);
    return memberId === undefined ? undefined : this.members.get(memberId);
  }

  /** Who owns a partition, or has not given it up yet. */
  ownerOf(topicId: string, partition: number): string | undefined {
    return this.#owners.get(topicId)?.get(partition);
  }

  /** Takes in a member as it is now: what it says of itself, or what it owns. */
  put(member: ConsumerMember): void {
    const before = this.members.get(member.memberId);
    if (before === member) return;
    this.members.set(member.memberId, member);
    if (member.instanceId !== null) this.#statics.set(member.instanceId, member.memberId);
    const saysTheSame = before !== undefined && describesSame(before, member);
    if (!saysTheSame) this.#changed({ type: "member", memberId: member.memberId });
    if (before === undefined || !subscribesSame(before, member)) this.#subscriptionsChanged = true;
    if (before !== undefined && ownsSame(before, member)) return;
    if (before !== undefined) this.#release(before);
    this.#own(member);
    this.#changed({ type: "current", memberId: member.memberId });
  }

  #own({ assigned, memberId, pendingRevocation }: ConsumerMember): void {
    for (const set of [assigned, pendingRevocation]) {
      for (const [topicId, partition] of eachPartition(set)) {
        const owners = this.#owners.get(topicId);
        if (owners === undefined) this.#owners.set(topicId, new Map([[partition, memberId]]));
        else owners.set(partition, memberId);
      }
    }
  }

  #release({ assigned, memberId, pendingRevocation }: ConsumerMember): void {
    for (const set of [assigned, pendingRevocation]) {
      for (const [topicId, partition] of eachPartition(set)) {
        const owners = this.#owners.get(topicId);
        if (owners?.get(partition) !== memberId) continue;
        owners.delete(partition);
        if (owners.size === 0) this.#owners.delete(topicId);
      }
    }
  }

  /** Puts a member out; what it owned is free at once. */
  remove(memberId: string): void {
    const member = this.members.get(memberId);
    if (member === undefined) return;
    this.#release(member);
    this.members.delete(memberId);
    this.targets.delete(memberId);
    if (member.instanceId !== null && this.#statics.get(member.instanceId) === memberId) {
      this.#statics.delete(member.instanceId);
    }
    this.deadlines.clear(`session:${memberId}`);
    this.deadlines.clear(`revocation:${memberId}`);
    for (const type of ["current", "target", "member"] as const) this.#changed({ type, memberId });
    this.#subscriptionsChanged = true;
  }

  setTarget(memberId: string, target: PartitionSet): void {
    const before = this.targets.get(memberId);
    if (before !== undefined && isSameSet(before, target)) return;
    this.targets.set(memberId, target);
    this.#changed({ type: "target", memberId });
  }

  /** Raises the group's epoch: a new target assignment is due. */
  bump(): void {
    this.groupEpoch += 1;
    this.#changed({ type: "epoch" });
  }

  /** Looks at the topics again when they or the subscriptions changed; raises the epoch when what members can own did. */
  refreshTopics(view: TopicsView): void {
    if (view.image === this.#image && !this.#subscriptionsChanged) return;
    this.#image = view.image;
    this.#subscriptionsChanged = false;
    const used = new Set<string>();
    for (const { subscribedTopicRegex } of this.members.values()) {
      if (subscribedTopicRegex !== null) used.add(subscribedTopicRegex);
    }
    for (const regex of new Set([...used, ...this.regexes.keys()])) {
      const names = used.has(regex) ? (view.match(regex) ?? []) : undefined;
      const before = this.regexes.get(regex);
      if (names === undefined) this.regexes.delete(regex);
      else this.regexes.set(regex, names);
      if (before?.join() !== names?.join()) this.#changed({ type: "regex", regex });
    }
    const hash = this.#hashOfTopics();
    if (hash === this.metadataHash) return;
    this.metadataHash = hash;
    this.bump();
  }

  #hashOfTopics(): number {
    const names = new Set<string>();
    for (const member of this.members.values()) for (const name of this.topicNamesOf(member)) names.add(name);
    let text = "";
    for (const name of [...names].sort()) {
      const topic = this.#image.byName.get(name);
      if (topic !== undefined) text += `${name} ${topic.id} ${topic.partitions}\n`;
    }
    return text === "" ? 0 : checksum(encodeText(text));
  }

  /** Names of topics a member is subscribed to, whether they exist or not. */
  topicNamesOf({ subscribedTopicNames, subscribedTopicRegex }: ConsumerMember): readonly string[] {
    if (subscribedTopicRegex === null) return subscribedTopicNames;
    return [...subscribedTopicNames, ...(this.regexes.get(subscribedTopicRegex) ?? [])];
  }

  /** Ids of existing topics a member is subscribed to. */
  topicIdsOf(member: ConsumerMember): Set<string> {
    const ids = new Set<string>();
    for (const name of this.topicNamesOf(member)) {
      const topic = this.#image.byName.get(name);
      if (topic !== undefined) ids.add(topic.id);
    }
    return ids;
  }

  /** True when anybody is subscribed to a topic. */
  isSubscribedTo(topicName: string): boolean {
    for (const member of this.members.values()) if (this.topicNamesOf(member).includes(topicName)) return true;
    return false;
  }

  /** Computes a new target assignment when the group's epoch has risen. */
  assign(): void {
    if (this.targetEpoch >= this.groupEpoch) return;
    const assignor = ASSIGNORS.get(this.assignorName()) ?? ASSIGNORS.get(ASSIGNOR_DEFAULT);
    const members = [...this.members.values()].map((member) => ({
      memberId: member.memberId,
      instanceId: member.instanceId,
      topics: this.topicIdsOf(member),
      target: this.targets.get(member.memberId) ?? NO_PARTITIONS,
    }));
    const targets = assignor?.(members, (topicId) => this.#image.byId.get(topicId)?.partitions ?? 0) ?? new Map();
    for (const { memberId } of members) this.setTarget(memberId, targets.get(memberId) ?? NO_PARTITIONS);
    this.targetEpoch = this.groupEpoch;
    this.#changed({ type: "target-epoch" });
  }

  /** The assignor most members ask for. */
  assignorName(): string {
    const votes = new Map<string, number>();
    let elected = ASSIGNOR_DEFAULT;
    let most = 0;
    for (const { serverAssignor } of this.members.values()) {
      if (serverAssignor === null) continue;
      const count = (votes.get(serverAssignor) ?? 0) + 1;
      votes.set(serverAssignor, count);
      if (count <= most) continue;
      elected = serverAssignor;
      most = count;
    }
    return elected;
  }

  /** One step of a member towards its target. */
  reconcile(member: ConsumerMember, owned: PartitionSet | null): ConsumerMember {
    const topicIds = this.topicIdsOf(member);
    const target = this.targets.get(member.memberId) ?? NO_PARTITIONS;
    return reconcile(member, {
      epoch: this.targetEpoch,
      partitions: new Map([...target].filter(([topicId]) => topicIds.has(topicId))),
      ownerOf: (topicId, partition) => this.ownerOf(topicId, partition),
      owned,
    });
  }

  /** Moves a member's session on, and begins or ends the time it has to give partitions up. */
  touch(member: ConsumerMember, nowMs: number): void {
    this.deadlines.set(`session:${member.memberId}`, nowMs + this.settings.consumerSessionTimeoutMs);
    const key = `revocation:${member.memberId}`;
    if (member.state !== "unrevoked") this.deadlines.clear(key);
    else if (!this.deadlines.has(key)) this.deadlines.set(key, nowMs + member.rebalanceTimeoutMs);
  }

  /** Puts out who was not heard of, or did not give up in time. */
  tick(nowMs: number): void {
    for (const key of this.deadlines.takeDue(nowMs)) {
      const memberId = key.slice(key.indexOf(":") + 1);
      if (!this.members.has(memberId)) continue;
      this.remove(memberId);
      this.bump();
    }
  }

  /** A loaded group: sessions begin anew, and what was read need not be written. What a power cut tore is settled (torn.ts). */
  restored(nowMs: number): void {
    this.#changes.clear();
    if (isTorn(this)) this.#settle();
    for (const member of this.members.values()) this.touch(member, nowMs);
  }

  /** Every partition has one owner again, and a new target is due, at an epoch that nobody has been at. */
  #settle(): void {
    const settled = heldOnce(this.members.values());
    this.#owners.clear();
    for (const member of settled) this.put(member);
    this.groupEpoch = Math.max(this.groupEpoch, this.targetEpoch, ...settled.map(({ memberEpoch }) => memberEpoch));
    this.bump();
  }
}

function describesSame(before: ConsumerMember, after: ConsumerMember): boolean {
  return (
    subscribesSame(before, after) &&
    before.instanceId === after.instanceId &&
    before.rackId === after.rackId &&
    before.clientId === after.clientId &&
    before.clientHost === after.clientHost &&
    before.rebalanceTimeoutMs === after.rebalanceTimeoutMs &&
    before.serverAssignor === after.serverAssignor
  );
}

/** True when two states of a member want the same topics. */
export function subscribesSame(before: ConsumerMember, after: ConsumerMember): boolean {
  return (
    before.subscribedTopicRegex === after.subscribedTopicRegex &&
    before.subscribedTopicNames.join() === after.subscribedTopicNames.join()
  );
}

function ownsSame(before: ConsumerMember, after: ConsumerMember): boolean {
  return (
    before.memberEpoch === after.memberEpoch &&
    before.previousEpoch === after.previousEpoch &&
    before.state === after.state &&
    before.assigned === after.assigned &&
    before.pendingRevocation === after.pendingRevocation
  );
}

/** True for a member that takes part: not one that left for now. */
export function isPresent(member: ConsumerMember): boolean {
  return member.memberEpoch !== LEFT_FOR_NOW;
}
