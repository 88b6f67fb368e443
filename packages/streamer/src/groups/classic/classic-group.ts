/**
 * A group of the classic protocol (JoinGroup, SyncGroup, Heartbeat, LeaveGroup): its state and how a rebalance begins and ends.
 *
 *              first join                all joined, or time is up            leader's assignment is durable
 *     Empty ───────────────► PreparingRebalance ───────────────► CompletingRebalance ───────────────► Stable
 *       ▲                        ▲     │ nobody joined                  │ join, leave, expiry            │
 *       └────────────────────────┼─────┘                                │                                │
 *                                └──────────────────────────────────────┴────────────────────────────────┘
 *
 * Pure: messages and the time come in; answers to give and the wish to persist go out through `takeOutput`. A call is a number the
 * driver knows; a JoinGroup or SyncGroup may be answered long after it came.
 *
 * Guarantees: generations only grow; a member is told an assignment only after it is on the disk; every parked call is answered when its
 * rebalance ends, is given up, or its member goes. Sources: KIP-62, KIP-345, KIP-394, KIP-559, KIP-814.
 */
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

import { Deadlines } from "../deadlines.ts";
import type { GroupSettings } from "../settings.ts";
import { type ClassicMember, ClassicRoster, NOTHING_ASSIGNED } from "./classic-member.ts";

/** Where a classic group stands, in Kafka's words. */
export type ClassicState = "Empty" | "PreparingRebalance" | "CompletingRebalance" | "Stable" | "Dead";

/** The answer to a JoinGroup. */
export interface JoinReply {
  readonly errorCode: KafkaErrorCode;
  readonly generationId: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leader: string;
  readonly skipAssignment: boolean;
  readonly memberId: string;
  readonly members: readonly JoinedMember[];
}

/** What the leader is told of a member. */
export interface JoinedMember {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly metadata: Uint8Array;
}

/** The answer to a SyncGroup. */
export interface SyncReply {
  readonly errorCode: KafkaErrorCode;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly assignment: Uint8Array;
}

/** An answer to a call. */
export type ClassicReply =
  | { readonly type: "join"; readonly call: number; readonly reply: JoinReply }
  | { readonly type: "sync"; readonly call: number; readonly reply: SyncReply };

/** What must be written, and told back with `persisted`. */
export interface ClassicPersist {
  readonly generation: number;
  /** A static member's JoinGroup that is answered when its new id is on the disk. */
  readonly join: ClassicReply | undefined;
}

/** What came out of a step. */
export interface ClassicOutput {
  readonly replies: readonly ClassicReply[];
  readonly persist: ClassicPersist | undefined;
}

/** Times and bounds of a classic group; see `GroupSettings`. */
export type ClassicSettings = Pick<GroupSettings, "initialRebalanceDelayMs" | "membersMax" | "groupBytesMax">;

/** How long a member may take to be part of its first rebalance, ms. */
const NEW_MEMBER_JOIN_MS = 300_000;

/** One classic group; see the top of the file. */
export class ClassicGroup {
  readonly groupId: string;
  readonly settings: ClassicSettings;
  readonly roster = new ClassicRoster();
  readonly deadlines = new Deadlines();
  state: ClassicState = "Empty";
  /** Wall clock, epoch ms; kept by the driver, since time here is monotonic. */
  stateSinceMs = -1;
  stateChanged = true;
  generation = 0;
  protocolType: string | null = null;
  protocolName: string | null = null;
  #replies: ClassicReply[] = [];
  #persist: ClassicPersist | undefined;
  /** How much longer the initial rebalance may be put off; undefined in other rebalances. */
  #initialRemainingMs: number | undefined;
  #joinedMeanwhile = false;

  constructor(groupId: string, settings: ClassicSettings) {
    this.groupId = groupId;
    this.settings = settings;
  }

  /** What came out since the last call. */
  takeOutput(): ClassicOutput {
    const output = { replies: this.#replies, persist: this.#persist };
    this.#replies = [];
    this.#persist = undefined;
    return output;
  }

  #setState(state: ClassicState): void {
    this.state = state;
    this.stateChanged = true;
  }

  /** Asks for the group to be written. */
  wantPersist(join?: ClassicReply): void {
    this.#persist = { generation: this.generation, join };
  }

  answerJoin(call: number, reply: JoinReply): void {
    this.#replies.push({ type: "join", call, reply });
  }

  refuseJoin(call: number, memberId: string, errorCode: KafkaErrorCode): void {
    this.answerJoin(call, refusedJoin(memberId, errorCode));
  }

  answerSync(call: number, errorCode: KafkaErrorCode, assignment: Uint8Array = NOTHING_ASSIGNED): void {
    const { protocolName, protocolType } = this;
    const granted = { errorCode, protocolType, protocolName, assignment };
    const reply = errorCode === KAFKA_ERRORS.NONE ? granted : refusedSync(errorCode);
    this.#replies.push({ type: "sync", call, reply });
  }

  /** Moves a member's session on. */
  touch(member: ClassicMember, nowMs: number): void {
    const sessionMs = member.isNew ? NEW_MEMBER_JOIN_MS : member.sessionTimeoutMs;
    this.deadlines.set(`session:${member.memberId}`, nowMs + sessionMs);
  }

  addPending(memberId: string, sessionTimeoutMs: number, nowMs: number): void {
    this.roster.pending.add(memberId);
    this.deadlines.set(`session:${memberId}`, nowMs + sessionTimeoutMs);
  }

  /** Somebody new takes part: an initial rebalance may be put off once more. */
  noteJoined(): void {
    this.#joinedMeanwhile = true;
  }

  /** Begins a rebalance unless one is being prepared; ends it at once when nobody is missing. */
  rebalance(nowMs: number): void {
    if (this.state === "PreparingRebalance" || this.state === "Dead") {
      this.completeWhenAllJoined(nowMs);
      return;
    }
    if (this.state === "CompletingRebalance") this.#giveUpAssignment(KAFKA_ERRORS.REBALANCE_IN_PROGRESS);
    const isInitial = this.state === "Empty";
    this.#setState("PreparingRebalance");
    if (isInitial) this.#beginInitial(nowMs);
    else {
      this.#initialRemainingMs = undefined;
      this.deadlines.set("rebalance", nowMs + this.roster.rebalanceTimeoutMs());
      this.completeWhenAllJoined(nowMs);
    }
  }

  #beginInitial(nowMs: number): void {
    const { initialRebalanceDelayMs: delayMs } = this.settings;
    this.#initialRemainingMs = Math.max(this.roster.rebalanceTimeoutMs() - delayMs, 0);
    this.#joinedMeanwhile = false;
    if (delayMs <= 0) this.#completeRebalance(nowMs);
    else this.deadlines.set("rebalance", nowMs + delayMs);
  }

  /** Ends the rebalance when everybody has joined; an initial one waits for its delay. */
  completeWhenAllJoined(nowMs: number): void {
    if (this.state !== "PreparingRebalance" || this.#initialRemainingMs !== undefined) return;
    const isComplete = this.roster.pending.size === 0 && this.roster.joining() >= this.roster.size;
    if (isComplete) this.#completeRebalance(nowMs);
  }

  #onRebalanceDeadline(nowMs: number): void {
    if (this.state !== "PreparingRebalance") return;
    const remainingMs = this.#initialRemainingMs;
    if (remainingMs === undefined || remainingMs <= 0 || !this.#joinedMeanwhile) {
      this.#completeRebalance(nowMs);
      return;
    }
    const delayMs = Math.min(this.settings.initialRebalanceDelayMs, remainingMs);
    this.#joinedMeanwhile = false;
    this.#initialRemainingMs = remainingMs - delayMs;
    this.deadlines.set("rebalance", nowMs + delayMs);
  }

  #completeRebalance(nowMs: number): void {
    const { roster } = this;
    this.#initialRemainingMs = undefined;
    this.deadlines.clear("rebalance");
    for (const member of roster.all()) {
      // Static members may come back within their session; they keep their place.
      if (member.joinCall === undefined && member.instanceId === null) this.#forget(member.memberId);
    }
    if (roster.size > 0 && !roster.electJoinedLeader()) {
      this.deadlines.set("rebalance", nowMs + roster.rebalanceTimeoutMs());
      return;
    }
    this.generation += 1;
    roster.awaitedSyncs.clear();
    if (roster.size === 0) {
      this.protocolName = null;
      this.#setState("Empty");
      this.wantPersist();
      return;
    }
    this.protocolName = roster.electProtocol() ?? null;
    this.#setState("CompletingRebalance");
    for (const member of roster.all()) this.#welcome(member, nowMs);
    this.deadlines.set("syncs", nowMs + roster.rebalanceTimeoutMs());
  }

  #welcome(member: ClassicMember, nowMs: number): void {
    member.assignment = NOTHING_ASSIGNED;
    member.isNew = false;
    if (member.joinCall !== undefined) {
      this.answerJoin(member.joinCall, this.joinReply(member));
      member.joinCall = undefined;
    }
    this.roster.awaitedSyncs.add(member.memberId);
    this.touch(member, nowMs);
  }

  /** What a member is told of the current generation. */
  joinReply(member: ClassicMember): JoinReply {
    const leader = this.roster.leaderId ?? "";
    return {
      errorCode: KAFKA_ERRORS.NONE,
      generationId: this.generation,
      protocolType: this.protocolType,
      protocolName: this.protocolName,
      leader,
      skipAssignment: false,
      memberId: member.memberId,
      members: member.memberId === leader ? this.joinedMembers() : [],
    };
  }

  /** All members with what they said under the elected protocol. */
  joinedMembers(): JoinedMember[] {
    return [...this.roster.all()].map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.instanceId,
      metadata: member.protocols.find(({ name }) => name === this.protocolName)?.metadata ?? NOTHING_ASSIGNED,
    }));
  }

  /** Nobody of this generation is going to be told an assignment. */
  #giveUpAssignment(errorCode: KafkaErrorCode): void {
    this.deadlines.clear("syncs");
    this.roster.awaitedSyncs.clear();
    for (const member of this.roster.all()) {
      member.assignment = NOTHING_ASSIGNED;
      if (member.syncCall === undefined) continue;
      this.answerSync(member.syncCall, errorCode);
      member.syncCall = undefined;
    }
  }

  /** What was wished with `wantPersist` is on the disk, or never will be. */
  persisted(persist: ClassicPersist, errorCode: KafkaErrorCode, nowMs: number): void {
    if (persist.join !== undefined) {
      const { call, reply } = persist.join;
      if (errorCode === KAFKA_ERRORS.NONE) this.#replies.push(persist.join);
      else if ("memberId" in reply) this.refuseJoin(call, reply.memberId, errorCode);
      return;
    }
    if (this.state !== "CompletingRebalance" || this.generation !== persist.generation) return;
    if (errorCode !== KAFKA_ERRORS.NONE) {
      this.#giveUpAssignment(errorCode);
      this.rebalance(nowMs);
      return;
    }
    this.#setState("Stable");
    for (const member of this.roster.all()) {
      if (member.syncCall === undefined) continue;
      this.answerSync(member.syncCall, KAFKA_ERRORS.NONE, member.assignment);
      member.syncCall = undefined;
      this.touch(member, nowMs);
    }
  }

  /** Puts a member (or an id that was only handed out) out of the group and goes on without it. */
  removeMember(memberId: string, nowMs: number): void {
    this.#forget(memberId);
    if (this.state === "Stable" || this.state === "CompletingRebalance") this.rebalance(nowMs);
    else this.#completeWithoutMissing(nowMs);
  }

  #completeWithoutMissing(nowMs: number): void {
    // An initial rebalance that everybody left has nothing to wait for.
    if (this.#initialRemainingMs !== undefined && this.roster.size === 0 && this.roster.pending.size === 0) {
      this.#initialRemainingMs = undefined;
    }
    this.completeWhenAllJoined(nowMs);
  }

  #forget(memberId: string): void {
    this.deadlines.clear(`session:${memberId}`);
    const member = this.roster.remove(memberId);
    if (member === undefined) return;
    if (member.joinCall !== undefined) this.refuseJoin(member.joinCall, memberId, KAFKA_ERRORS.UNKNOWN_MEMBER_ID);
    if (member.syncCall !== undefined) this.answerSync(member.syncCall, KAFKA_ERRORS.UNKNOWN_MEMBER_ID);
  }

  /** Does what has come due. */
  tick(nowMs: number): void {
    for (const key of this.deadlines.takeDue(nowMs)) {
      if (key === "rebalance") this.#onRebalanceDeadline(nowMs);
      else if (key === "syncs") this.#onSyncsDeadline(nowMs);
      else this.#onSessionDeadline(key.slice("session:".length), nowMs);
    }
  }

  #onSessionDeadline(memberId: string, nowMs: number): void {
    const member = this.roster.get(memberId);
    const isParked = member?.joinCall !== undefined || member?.syncCall !== undefined;
    // Who waits for us cannot send heartbeats on most clients.
    if (member !== undefined && isParked && !member.isNew) this.touch(member, nowMs);
    else this.removeMember(memberId, nowMs);
  }

  #onSyncsDeadline(nowMs: number): void {
    if (this.state !== "CompletingRebalance" && this.state !== "Stable") return;
    if (this.roster.awaitedSyncs.size === 0) return;
    for (const memberId of this.roster.awaitedSyncs) this.#forget(memberId);
    this.rebalance(nowMs);
  }

  /** Ends the group: everybody who waits is told to ask anew. */
  die(): void {
    this.#setState("Dead");
    for (const member of this.roster.all()) this.#forget(member.memberId);
  }
}

/** A SyncGroup that was not granted. */
export function refusedSync(errorCode: KafkaErrorCode): SyncReply {
  return { errorCode, protocolType: null, protocolName: null, assignment: NOTHING_ASSIGNED };
}

/** A JoinGroup that was not granted. */
export function refusedJoin(memberId: string, errorCode: KafkaErrorCode): JoinReply {
  return {
    errorCode,
    generationId: -1,
    protocolType: null,
    protocolName: null,
    leader: "",
    skipAssignment: false,
    memberId,
    members: [],
  };
}
