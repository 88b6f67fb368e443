/**
 * Members of groups: they read the input partitions they are given and commit what they read. Classic ones by JoinGroup and SyncGroup, with an
 * assignment of their own making; modern ones by ConsumerGroupHeartbeat (KIP-848). Now and then one leaves and comes again.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { KAFKA_ERRORS } from "@kaelix/protocol";

import { codecs } from "./codecs.ts";
import { committedOffset, fetchOnce, INPUT, INPUT_PARTITIONS, settled, topicIdOf } from "./data.ts";
import { Caller, type House, type Random } from "./house.ts";

const LEAVE_ONE_IN = 80;
const SESSION_MS = 6000;
const REBALANCE_MS = 3000;
const PAUSE_MS = 5;
const NO_BYTES = new Uint8Array(0);
const E = KAFKA_ERRORS;

/** A member as the coordinator knows it. */
interface Membership {
  readonly memberId: string;
  /** Generation, or the member's epoch. */
  readonly generation: number;
}

/** What both kinds do with what they are given. */
abstract class Member {
  readonly group: string;
  readonly name: string;
  protected readonly caller: Caller;
  protected readonly random: Random;
  readonly #house: House;
  readonly #positions = new Map<number, number>();

  constructor(house: House, group: string, number: number) {
    this.group = group;
    this.name = `${group}.${number}`;
    this.#house = house;
    this.caller = new Caller(house);
    this.random = house.randomOf(this.name);
  }

  /** Keeps up the membership; gives the partitions that are its own now. */
  protected abstract attend(): Promise<readonly number[]>;
  protected abstract membership(): Membership;
  protected abstract leave(): Promise<void>;
  /** The coordinator did not take a commit. */
  protected abstract refused(errorCode: number): void;

  async live(): Promise<never> {
    for (;;) {
      await this.#house.door.passed();
      if (this.random.integer(LEAVE_ONE_IN) === 0) {
        this.#positions.clear();
        await this.leave();
      }
      const owned = await this.attend();
      for (const partition of this.#positions.keys()) if (!owned.includes(partition)) this.#positions.delete(partition);
      for (const partition of owned) if (!(await this.#consume(partition))) break;
      await sleep(PAUSE_MS);
    }
  }

  /** Forgets where it was: what it owns may have been another's in between. */
  protected forget(): void {
    this.#positions.clear();
  }

  /** Reads and commits; false when the member has to look after its membership first. */
  async #consume(partition: number): Promise<boolean> {
    const { truth } = this.#house;
    const place = `${this.group}/${partition}`;
    let position = this.#positions.get(partition);
    if (position === undefined) {
      const min = truth.offsetMin(place);
      const offset = await committedOffset(this.caller, this.group, partition);
      truth.foundOffset(place, offset, min);
      position = Math.max(0, offset);
    }
    const reading = await fetchOnce(this.caller, { topic: INPUT, partition, from: position, isCommitted: false });
    const { records } = reading;
    for (const [at, record] of records.entries()) {
      truth.see(`${INPUT}/${partition}`, record);
      if (record.offset !== position + at)
        truth.fault(`${this.name} was given ${record.offset} after ${position + at}`);
    }
    this.#positions.set(partition, position + records.length);
    return records.length === 0 || this.#commit(partition, position + records.length);
  }

  async #commit(partition: number, offset: number): Promise<boolean> {
    const { truth } = this.#house;
    const { generation, memberId } = this.membership();
    const partitions = [{ partitionIndex: partition, committedOffset: offset, committedMetadata: "" }];
    const who = { groupId: this.group, generationIdOrMemberEpoch: generation, memberId };
    truth.asksOffset(`${this.group}/${partition}`, offset);
    const { errorCode } = await settled(
      async () => {
        const answer = await this.caller.call(codecs.offsetCommit, 9, {
          ...who,
          topics: [{ name: INPUT, partitions }],
        });
        return answer.topics[0]?.partitions[0] ?? { errorCode: E.UNKNOWN_SERVER_ERROR };
      },
      (answer) => answer.errorCode,
    );
    if (errorCode === E.NONE) {
      truth.toldOffset(`${this.group}/${partition}`, offset);
      this.#house.progressed(this.group);
      return true;
    }
    this.refused(errorCode);
    return false;
  }
}

/** What says that a member has to enter anew, or that another generation has begun. */
const REJOIN: ReadonlySet<number> = new Set([
  E.ILLEGAL_GENERATION,
  E.UNKNOWN_MEMBER_ID,
  E.REBALANCE_IN_PROGRESS,
  E.FENCED_MEMBER_EPOCH,
  E.STALE_MEMBER_EPOCH,
]);

function demandRejoin(name: string, errorCode: number): void {
  if (!REJOIN.has(errorCode)) throw new Error(`${name} was answered with ${errorCode}`);
}

/** A member of a classic group. */
export class ClassicMember extends Member {
  #memberId = "";
  #generation = -1;
  #owned: readonly number[] = [];

  protected async attend(): Promise<readonly number[]> {
    if (this.#generation >= 0) {
      const request = { groupId: this.group, generationId: this.#generation, memberId: this.#memberId };
      const { errorCode } = await settled(
        () => this.caller.call(codecs.heartbeat, 4, request),
        (answer) => answer.errorCode,
      );
      if (errorCode === E.NONE) return this.#owned;
      this.refused(errorCode);
    }
    // Eager: nothing is its own while the group shares anew.
    this.#owned = [];
    this.forget();
    await this.#join();
    return this.#owned;
  }

  protected membership(): Membership {
    return { memberId: this.#memberId, generation: this.#generation };
  }

  protected refused(errorCode: number): void {
    demandRejoin(this.name, errorCode);
    if (errorCode === E.UNKNOWN_MEMBER_ID) this.#memberId = "";
    this.#generation = -1;
  }

  protected async leave(): Promise<void> {
    if (this.#memberId !== "") {
      const members = [{ memberId: this.#memberId }];
      await this.caller.call(codecs.leaveGroup, 5, { groupId: this.group, members });
    }
    this.#memberId = "";
    this.#generation = -1;
  }

  async #join(): Promise<void> {
    const answer = await settled(
      () =>
        this.caller.call(codecs.joinGroup, 9, {
          groupId: this.group,
          sessionTimeoutMs: SESSION_MS,
          rebalanceTimeoutMs: REBALANCE_MS,
          memberId: this.#memberId,
          protocolType: "crash",
          protocols: [{ name: "shares", metadata: NO_BYTES }],
        }),
      ({ errorCode }) => errorCode,
    );
    if (answer.errorCode === E.MEMBER_ID_REQUIRED) {
      this.#memberId = answer.memberId;
      return;
    }
    if (answer.errorCode !== E.NONE) {
      this.refused(answer.errorCode);
      return;
    }
    this.#memberId = answer.memberId;
    const members = answer.members.map(({ memberId }) => memberId);
    const isLeader = answer.leader === answer.memberId;
    const sync = await settled(
      () =>
        this.caller.call(codecs.syncGroup, 5, {
          groupId: this.group,
          generationId: answer.generationId,
          memberId: answer.memberId,
          protocolType: "crash",
          protocolName: "shares",
          assignments: isLeader && !answer.skipAssignment ? sharesOf(members) : [],
        }),
      ({ errorCode }) => errorCode,
    );
    if (sync.errorCode !== E.NONE) {
      this.refused(sync.errorCode);
      return;
    }
    this.#generation = answer.generationId;
    this.#owned = [...sync.assignment];
  }
}

/** An assignment is the partitions' numbers, a byte each. */
function sharesOf(members: readonly string[]): { readonly memberId: string; readonly assignment: Uint8Array }[] {
  const partitions = Array.from({ length: INPUT_PARTITIONS }, (_, at) => at);
  return members.map((memberId, at) => ({
    memberId,
    assignment: Uint8Array.from(partitions.filter((partition) => partition % members.length === at)),
  }));
}

/** A member of a group by KIP-848. */
export class ModernMember extends Member {
  #memberId: string = randomUUID();
  #epoch = 0;
  #owned: readonly number[] = [];
  #topicId: string | undefined;
  /** What was last said in full, and over which connection. */
  #said = "";

  protected async attend(): Promise<readonly number[]> {
    this.#topicId ??= await topicIdOf(this.caller);
    const topicId = this.#topicId;
    await this.caller.connected();
    const said = `${this.caller.connections} ${this.#epoch === 0} ${this.#owned.join()}`;
    const whole = said === this.#said ? {} : this.#whole(topicId);
    const request = { groupId: this.group, memberId: this.#memberId, memberEpoch: this.#epoch, ...whole };
    const answer = await settled(
      () => this.caller.call(codecs.consumerGroupHeartbeat, 1, request),
      ({ errorCode }) => errorCode,
    );
    if (answer.errorCode !== E.NONE) {
      this.refused(answer.errorCode);
      if (answer.errorCode !== E.STALE_MEMBER_EPOCH) this.#enterAnew();
      return this.#owned;
    }
    this.#said = said;
    this.#epoch = answer.memberEpoch;
    const { assignment } = answer;
    if (assignment !== null) {
      this.#owned = assignment.topicPartitions
        .flatMap((row) => (row.topicId === topicId ? row.partitions : []))
        .toSorted((left, right) => left - right);
    }
    return this.#owned;
  }

  #whole(topicId: string) {
    const topicPartitions = this.#owned.length === 0 ? [] : [{ topicId, partitions: this.#owned }];
    return { rebalanceTimeoutMs: REBALANCE_MS, subscribedTopicNames: [INPUT], topicPartitions };
  }

  #enterAnew(): void {
    this.#epoch = 0;
    this.#owned = [];
    this.#said = "";
    this.forget();
  }

  protected membership(): Membership {
    return { memberId: this.#memberId, generation: this.#epoch };
  }

  protected refused(errorCode: number): void {
    demandRejoin(this.name, errorCode);
  }

  protected async leave(): Promise<void> {
    const request = { groupId: this.group, memberId: this.#memberId, memberEpoch: -1 };
    if (this.#epoch > 0) await this.caller.call(codecs.consumerGroupHeartbeat, 1, request);
    this.#memberId = randomUUID();
    this.#enterAnew();
  }
}
