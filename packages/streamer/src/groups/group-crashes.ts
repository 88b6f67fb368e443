/**
 * Runs a share group and a consumer group by KIP-848 at work on a simulated disk that sometimes refuses to sync, with a clock of its own; kills
 * the process or cuts the power at a random moment, goes on with what is left, and in the end works until nothing is left.
 *
 * What must hold is told in `share/share-oracle.ts` and `group-members.ts`. A committed offset of the consumer group is one that was asked for,
 * never before one that was acknowledged. One seed, one run.
 */
import { assert, encodeText, isKaelixError, ManualClock, seededRandom } from "@kaelix/base";
import { encodeRecordBatch, KAFKA_ERRORS } from "@kaelix/protocol";

import type { RequestContext } from "../broker/api.ts";
import { openLeaders } from "../leader/leaders.ts";
import type { Leaders } from "../leader/contract.ts";
import { SimulatedDisk } from "../storage/simulated-disk.ts";
import { openStorage } from "../storage/storage.ts";
import { consumerHeartbeatApi } from "./apis/consumer-apis.ts";
import { offsetCommitApi } from "./apis/offset-commit-apis.ts";
import { shareHeartbeatApi } from "./apis/share-group-apis.ts";
import { type GroupMember, GroupMembers } from "./group-members.ts";
import { type Groups, openGroups } from "./groups.ts";
import { SHARE_DEFAULTS, type ShareSettings } from "./settings.ts";
import { ACKNOWLEDGE_TYPES } from "./share/acknowledgement.ts";
import { ShareOracle } from "./share/share-oracle.ts";
import type { SharePlace } from "./share/share-state.ts";
import { acknowledgeRecord, acquireRecords, type HeldRecord } from "./share/share-work.ts";

const TOPIC = "work";
const PARTITIONS = 2;
const SHARE_GROUP = "workers";
const CONSUMER_GROUP = "readers";
const MEMBERS = ["ann", "bob", "cid"];
const TURNS_MAX = 120;
const LOCK_MS = 1000;
/** Longer than any session. */
const SILENCE_MS = 60_000;
const REBALANCE_MS = 600_000;
/** A life of clients after the last crash. */
const TURNS_AT_REST = 40;
/** No timer of the machine may take part. */
const NEVER_MS = 1_000_000_000;
/** So many that nothing is given up, or so few that some is. */
const DELIVERY_LIMITS = [1000, 3];

/** What a series of crashes is run with. */
export interface GroupCrashOptions {
  readonly seed: number;
  readonly crashes: number;
}

/** What came of it. */
export interface GroupCrashOutcome {
  /** Records a share group was done with. */
  readonly doneCount: number;
  /** Records it was given, each time counted. */
  readonly deliveredCount: number;
  /** Answers to heartbeats. */
  readonly heartbeatCount: number;
  /** What the oracles found wrong, in words. */
  readonly faults: readonly string[];
}

/** One process. */
interface House {
  readonly disk: SimulatedDisk;
  readonly leaders: Leaders;
  readonly groups: Groups;
  readonly topicId: string;
  readonly close: () => Promise<void>;
  /** True once the process is gone: nobody hears what it still says. */
  dead: boolean;
}

/** Runs the crashes; see the top of the file. */
export async function runGroupCrashes({ crashes, seed }: GroupCrashOptions): Promise<GroupCrashOutcome> {
  const run = new GroupCrashRun(seed);
  for (let crash = 0; crash < crashes; crash += 1) await run.crashOnce();
  await run.finish();
  return run.outcome();
}

class GroupCrashRun {
  readonly #random: ReturnType<typeof seededRandom>;
  readonly #clock = new ManualClock();
  readonly #settings: ShareSettings;
  readonly #oracle: ShareOracle;
  readonly #sharing = new GroupMembers(false);
  readonly #consuming = new GroupMembers(true);
  readonly #faults: string[] = [];
  /** By partition: offsets that were asked to be committed, and the newest that was acknowledged. */
  readonly #asked = Array.from({ length: PARTITIONS }, () => new Set([-1]));
  readonly #committed = Array.from({ length: PARTITIONS }, () => -1);
  #disk = new SimulatedDisk();
  #serial = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    const deliveryCountMax = DELIVERY_LIMITS[this.#random.integer(DELIVERY_LIMITS.length)] ?? 1000;
    this.#settings = { ...SHARE_DEFAULTS, offsetReset: "earliest", deliveryCountMax, lockMs: LOCK_MS };
    this.#oracle = new ShareOracle(deliveryCountMax);
  }

  outcome(): GroupCrashOutcome {
    const { deliveredCount, doneCount, faults } = this.#oracle;
    return {
      doneCount,
      deliveredCount,
      heartbeatCount: this.#sharing.heardCount + this.#consuming.heardCount,
      faults: [...this.#faults, ...faults, ...this.#sharing.faults, ...this.#consuming.faults],
    };
  }

  async #open(disk: SimulatedDisk): Promise<House> {
    const clock = this.#clock;
    const settings = { idleFlushMs: NEVER_MS, segmentBytesMax: 6000, checkpointBytes: 3000, background: false };
    const storage = await openStorage({ directory: "/data", disk, clock, settings });
    await storage.createTopic({ name: TOPIC, partitions: PARTITIONS });
    const leaders = openLeaders(storage, { clock, snapshotBytes: 3000 });
    const shareSettings = (): ShareSettings => this.#settings;
    const random = this.#random;
    const groups = openGroups({ storage, leaders, clock, random, shareSettings, snapshotBytes: 2000 });
    await groups.loaded;
    const close = async (): Promise<void> => {
      await groups.close();
      await leaders.close();
      await storage.close();
    };
    return { disk, leaders, groups, topicId: storage.topics().get(TOPIC)?.spec.id ?? "", close, dead: false };
  }

  async crashOnce(): Promise<void> {
    const house = await this.#open(this.#disk);
    this.#lookAtOffsets(house);
    if (this.#random.integer(3) === 0) this.#injectFaults(house.disk);
    const lives = this.#lives(house);
    const turns = this.#random.integer(TURNS_MAX);
    for (let turn = 0; turn < turns; turn += 1) {
      await nextTurn();
      if (this.#random.integer(10) === 0) this.#passTime(house);
    }
    house.dead = true;
    this.#disk = this.#random.integer(3) === 0 ? house.disk.afterKill() : house.disk.cut(this.#random);
    this.#oracle.crashed();
    // The old process ends in peace on the old disk; nobody listens to it any more.
    house.disk.fault = () => undefined;
    await Promise.all(lives);
    await house.close();
  }

  /** Everybody goes on for a while, then one member works until nothing is left. */
  async finish(): Promise<void> {
    const house = await this.#open(this.#disk);
    this.#lookAtOffsets(house);
    const lives = this.#lives(house);
    for (let turn = 0; turn < TURNS_AT_REST; turn += 1) await nextTurn();
    house.dead = true;
    await Promise.all(lives);
    house.dead = false;
    this.#silence(house);
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      while ((await this.#work(house, "dan", { partition, mayRelease: false })) > 0);
    }
    this.#oracle.ended();
    await house.close();
  }

  #lives(house: House): Promise<void>[] {
    return [
      this.#live(house, () => this.#write(house)),
      ...MEMBERS.map((name) => this.#live(house, () => this.#share(house, name))),
      ...MEMBERS.map((name) => this.#live(house, () => this.#consume(house, name))),
    ];
  }

  /** Does something again and again until the process is gone. What the disk refuses is no fault. */
  async #live(house: House, act: () => Promise<void>): Promise<void> {
    while (!house.dead) {
      try {
        await act();
      } catch (error) {
        if (!isKaelixError(error)) throw error;
      }
      for (let turns = this.#random.integer(4); turns > 0; turns -= 1) await nextTurn();
    }
  }

  #injectFaults(disk: SimulatedDisk): void {
    disk.fault = (operation, path) =>
      operation === "sync" && path.endsWith(".log") && this.#random.integer(15) === 0 ? "EIO" : undefined;
  }

  #passTime(house: House): void {
    if (this.#random.integer(20) === 0) return this.#silence(house);
    this.#clock.advance(this.#random.integer(LOCK_MS));
    this.#tick(house);
  }

  /** So long that nobody is a member any more. */
  #silence(house: House): void {
    this.#clock.advance(SILENCE_MS);
    this.#sharing.expired();
    this.#consuming.expired();
    this.#tick(house);
  }

  #tick({ groups }: House): void {
    groups.tick();
    groups.shares.tick();
  }

  async #write(house: House): Promise<void> {
    const texts = Array.from({ length: 1 + this.#random.integer(4) }, () => `r${(this.#serial += 1)}`);
    const leader = await house.leaders.get(TOPIC, this.#random.integer(PARTITIONS));
    assert(leader !== undefined, "The partition exists");
    const records = texts.map((text) => ({ key: null, value: encodeText(text), timestampMs: this.#clock.nowMs() }));
    const outcome = leader.append(encodeRecordBatch(records), { trusted: true });
    if (outcome.type !== "appended") return;
    await leader.durable(outcome.nextOffset);
    if (!house.dead) this.#oracle.wrote(texts);
  }

  /** A member of the share group joins, works, and sometimes leaves. */
  async #share(house: House, memberId: string): Promise<void> {
    const member = this.#sharing.of(memberId);
    const isLeaving = member.epoch > 0 && this.#random.integer(20) === 0;
    if (isLeaving) this.#oracle.left(memberId);
    if (member.epoch === 0 || isLeaving || this.#random.integer(4) === 0) {
      await this.#beat(house, { members: this.#sharing, member, isLeaving });
    }
    if (house.dead || member.epoch === 0) return;
    await this.#work(house, memberId, { partition: this.#random.integer(PARTITIONS), mayRelease: true });
  }

  /** Takes some records of a partition and says something of most of them; resolves with how many there were. */
  async #work(
    house: House,
    memberId: string,
    { mayRelease, partition }: { readonly partition: number; readonly mayRelease: boolean },
  ): Promise<number> {
    const { groups, topicId } = house;
    const place: SharePlace = { groupId: SHARE_GROUP, topicId, partition };
    const nowMs = this.#clock.monotonicMs();
    const lockEndsMs = nowMs + LOCK_MS;
    const wanted = { memberId, recordsMax: 1 + this.#random.integer(5), lockEndsMs };
    const held = await acquireRecords(groups.shares, place, wanted, (one) => {
      if (!house.dead) this.#oracle.gave(memberId, one, { nowMs: this.#clock.monotonicMs(), untilMs: lockEndsMs });
    });
    for (const one of held) {
      if (house.dead) break;
      const dice = mayRelease ? this.#random.integer(8) : 7;
      if (dice > 0) await this.#say(house, { place, memberId, held: one, type: typeOf(dice) });
    }
    return held.length;
  }

  async #say(
    house: House,
    {
      held,
      memberId,
      place,
      type,
    }: {
      readonly place: SharePlace;
      readonly memberId: string;
      readonly held: HeldRecord;
      readonly type: number;
    },
  ): Promise<void> {
    const isDone = type !== ACKNOWLEDGE_TYPES.release;
    this.#oracle.asked(held.text, isDone);
    const code = await acknowledgeRecord(house.groups.shares, place, memberId, { offset: held.offset, type });
    if (code === KAFKA_ERRORS.NONE && !house.dead) this.#oracle.answered(held, isDone);
  }

  /** A member of the consumer group joins, commits, and sometimes leaves. */
  async #consume(house: House, memberId: string): Promise<void> {
    const members = this.#consuming;
    const member = members.of(memberId);
    const isLeaving = member.epoch > 0 && this.#random.integer(20) === 0;
    await this.#beat(house, { members, member, isLeaving });
    const partition = [...member.owned][0];
    if (house.dead || partition === undefined || this.#random.integer(2) === 0) return;
    this.#serial += 1;
    const offset = this.#serial;
    this.#asked[partition]?.add(offset);
    const partitions = [
      { partitionIndex: partition, committedOffset: offset, committedLeaderEpoch: 0, committedMetadata: "" },
    ];
    const request = {
      groupId: CONSUMER_GROUP,
      generationIdOrMemberEpoch: member.epoch,
      memberId,
      groupInstanceId: null,
      retentionTimeMs: -1,
      topics: [{ name: TOPIC, topicId: house.topicId, partitions }],
    };
    const answer = await offsetCommitApi(house.groups).handle(request, contextOf(9));
    const code = answer?.topics[0]?.partitions[0]?.errorCode;
    if (code === KAFKA_ERRORS.NONE && !house.dead) {
      this.#committed[partition] = Math.max(this.#committed[partition] ?? -1, offset);
    }
  }

  /** A heartbeat of a member, through the API that answers once all is on the disk. */
  async #beat(
    house: House,
    {
      isLeaving,
      member,
      members,
    }: { readonly members: GroupMembers; readonly member: GroupMember; readonly isLeaving: boolean },
  ): Promise<void> {
    const isSharing = members === this.#sharing;
    const asked = {
      memberId: member.memberId,
      memberEpoch: isLeaving ? -1 : member.epoch,
      rackId: null,
      subscribedTopicNames: [TOPIC],
    };
    const partitions = member.owned.size === 0 ? [] : [{ topicId: house.topicId, partitions: [...member.owned] }];
    const consumer = {
      groupId: CONSUMER_GROUP,
      instanceId: null,
      rebalanceTimeoutMs: REBALANCE_MS,
      subscribedTopicRegex: null,
      serverAssignor: null,
      topicPartitions: partitions,
    };
    if (isLeaving) members.left(member);
    const hear = members.asking(member);
    const answer = await (isSharing
      ? shareHeartbeatApi(house.groups).handle({ ...asked, groupId: SHARE_GROUP }, contextOf(1))
      : consumerHeartbeatApi(house.groups).handle({ ...asked, ...consumer }, contextOf(1)));
    if (answer === undefined || house.dead || isLeaving) return;
    const { assignment, errorCode, memberEpoch } = answer;
    const told = assignment?.topicPartitions.flatMap((one) => one.partitions);
    hear({ errorCode, memberEpoch, partitions: told ?? null });
  }

  #lookAtOffsets({ groups }: House): void {
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const found = groups.store?.offsets.get({ group: CONSUMER_GROUP, topic: TOPIC, partition })?.offset ?? -1;
      const min = this.#committed[partition] ?? -1;
      if (found < min) this.#faults.push(`offset of ${partition} is ${found}, was ${min}`);
      if (this.#asked[partition]?.has(found) !== true) {
        this.#faults.push(`offset of ${partition} is ${found}, which nobody committed`);
      }
      this.#committed[partition] = Math.max(min, found);
    }
  }
}

/** What is said of a record: mostly that it is done. */
function typeOf(dice: number): number {
  if (dice <= 2) return ACKNOWLEDGE_TYPES.release;
  return dice === 3 ? ACKNOWLEDGE_TYPES.reject : ACKNOWLEDGE_TYPES.accept;
}

function contextOf(version: number): RequestContext {
  return {
    version,
    clientId: "c",
    principal: { type: "User", name: "ann" },
    clientHost: "127.0.0.1",
    listener: "l",
    signal: new AbortController().signal,
    onSent: () => undefined,
    worked: () => undefined,
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
