/**
 * Members of a share group (KIP-932): they fetch records of the input, and say of each that it is done, is to come again, or is not to come
 * again; with the next fetch or by itself. Now and then one leaves and comes again.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { KAFKA_ERRORS } from "@kaelix/protocol";

import { codecs } from "./codecs.ts";
import { INPUT, INPUT_PARTITIONS, settled, topicIdOf } from "./data.ts";
import { Caller, type House, type Random } from "./house.ts";
import type { ShareTruth } from "./share-truth.ts";

/** The group's name. */
export const SHARE_GROUP = "shares";
const LEAVE_ONE_IN = 60;
const PAUSE_MS = 5;
const RECORDS_MAX = 20;
const [ACCEPT, RELEASE, REJECT] = [1, 2, 3];
const GROUP_RESOURCE = 32;
const E = KAFKA_ERRORS;

interface Said {
  readonly partition: number;
  readonly offset: number;
  readonly type: number;
}

/** Makes the group begin with the first record. */
export async function configureShareGroup(caller: Caller): Promise<void> {
  const configs = [{ name: "share.auto.offset.reset", configOperation: 0, value: "earliest" }];
  const resources = [{ resourceType: GROUP_RESOURCE, resourceName: SHARE_GROUP, configs }];
  const { responses } = await caller.call(codecs.incrementalAlterConfigs, 1, { resources, validateOnly: false });
  if (responses[0]?.errorCode !== E.NONE)
    throw new Error(`Cannot configure the share group: ${responses[0]?.errorMessage}`);
}

/** Where the group stands in each partition; -1 where it has not begun. */
export async function shareStarts(caller: Caller): Promise<readonly number[]> {
  const partitions = Array.from({ length: INPUT_PARTITIONS }, (_, at) => at);
  const groups = [{ groupId: SHARE_GROUP, topics: [{ topicName: INPUT, partitions }] }];
  const answer = await settled(
    async () => (await caller.call(codecs.describeShareGroupOffsets, 1, { groups })).groups[0],
    (group) => group?.errorCode ?? E.UNKNOWN_SERVER_ERROR,
  );
  // Nobody came to join before the broker was killed for the first time.
  if (answer?.errorCode === E.GROUP_ID_NOT_FOUND) return partitions.map(() => -1);
  if (answer?.errorCode !== E.NONE) throw new Error(`DescribeShareGroupOffsets was answered with ${answer?.errorCode}`);
  return partitions.map(
    (partition) => answer.topics[0]?.partitions.find((one) => one.partitionIndex === partition)?.startOffset ?? -1,
  );
}

/** One member; see the top of the file. */
export class ShareWorker {
  readonly name: string;
  readonly #house: House;
  readonly #truth: ShareTruth;
  readonly #caller: Caller;
  readonly #random: Random;
  #memberId: string = randomUUID();
  #memberEpoch = 0;
  #sessionEpoch = 0;
  /** The connection the session was begun over. */
  #connection = 0;
  #owned: readonly number[] = [];
  #said: Said[] = [];
  #topicId = "";

  constructor(house: House, truth: ShareTruth, number: number) {
    this.name = `${SHARE_GROUP}.${number}`;
    this.#house = house;
    this.#truth = truth;
    this.#caller = new Caller(house);
    this.#random = house.randomOf(this.name);
  }

  async live(): Promise<never> {
    for (;;) {
      await this.#house.door.passed();
      if (this.#topicId === "") this.#topicId = await topicIdOf(this.#caller);
      if (this.#memberEpoch > 0 && this.#random.integer(LEAVE_ONE_IN) === 0) await this.#leave();
      await this.#attend();
      if (this.#said.length > 0 && this.#random.integer(3) === 0) await this.#acknowledge();
      await this.#fetch();
      await sleep(PAUSE_MS);
    }
  }

  async #leave(): Promise<void> {
    const request = { groupId: SHARE_GROUP, memberId: this.#memberId, memberEpoch: -1 };
    await this.#caller.call(codecs.shareGroupHeartbeat, 1, request);
    this.#memberId = randomUUID();
    this.#memberEpoch = 0;
    this.#beginAnew();
  }

  /** What was said and not sent is nobody's any more. */
  #beginAnew(): void {
    this.#sessionEpoch = 0;
    this.#said = [];
  }

  async #attend(): Promise<void> {
    const isJoining = this.#memberEpoch === 0;
    const member = { groupId: SHARE_GROUP, memberId: this.#memberId, memberEpoch: this.#memberEpoch };
    const request = { ...member, subscribedTopicNames: isJoining ? [INPUT] : null };
    const { assignment, errorCode, memberEpoch } = await settled(
      () => this.#caller.call(codecs.shareGroupHeartbeat, 1, request),
      (answer) => answer.errorCode,
    );
    const isOut =
      errorCode === E.UNKNOWN_MEMBER_ID || errorCode === E.FENCED_MEMBER_EPOCH || errorCode === E.GROUP_ID_NOT_FOUND;
    if (errorCode !== E.NONE && !isOut) throw new Error(`${this.name} was answered with ${errorCode}`);
    this.#memberEpoch = isOut ? 0 : memberEpoch;
    if (assignment === null || isOut) return;
    this.#owned = assignment.topicPartitions.flatMap(({ partitions }) => partitions);
  }

  /** Takes what is to be said, as the protocol has it. */
  #takeSaid(): { readonly said: readonly Said[]; readonly topics: ReturnType<typeof topicsOf> } {
    const said = this.#said;
    this.#said = [];
    for (const { offset, partition, type } of said) {
      if (type !== RELEASE) this.#truth.asks(placeOf(partition), offset);
    }
    return { said, topics: topicsOf(this.#topicId, said) };
  }

  #told(said: readonly Said[], partition: number, errorCode: number): void {
    const isLate = errorCode === E.INVALID_RECORD_STATE;
    if (errorCode !== E.NONE && !isLate) throw new Error(`${this.name}: acknowledging was answered with ${errorCode}`);
    if (isLate) return;
    for (const one of said) {
      if (one.partition === partition && one.type !== RELEASE) this.#truth.told(placeOf(partition), one.offset);
    }
    this.#house.progressed(SHARE_GROUP);
  }

  async #acknowledge(): Promise<void> {
    const { said, topics } = this.#takeSaid();
    const session = { groupId: SHARE_GROUP, memberId: this.#memberId, shareSessionEpoch: this.#sessionEpoch };
    const answer = await this.#caller.call(codecs.shareAcknowledge, 2, { ...session, isRenewAck: false, topics });
    if (!this.#goesOn(answer.errorCode)) return;
    for (const { errorCode, partitionIndex } of answer.responses[0]?.partitions ?? []) {
      this.#told(said, partitionIndex, errorCode);
    }
  }

  /** Whether the session goes on; else it is begun anew, and what was said is not known to have arrived. */
  #goesOn(errorCode: number): boolean {
    if (errorCode === E.NONE) {
      this.#sessionEpoch += 1;
      return true;
    }
    const isOver =
      errorCode === E.SHARE_SESSION_NOT_FOUND ||
      errorCode === E.INVALID_SHARE_SESSION_EPOCH ||
      errorCode === E.UNKNOWN_MEMBER_ID ||
      errorCode === E.GROUP_ID_NOT_FOUND ||
      errorCode === E.COORDINATOR_LOAD_IN_PROGRESS;
    if (!isOver) throw new Error(`${this.name} was answered with ${errorCode}`);
    this.#beginAnew();
    return false;
  }

  async #fetch(): Promise<void> {
    await this.#caller.connected();
    if (this.#caller.connections !== this.#connection) this.#beginAnew();
    this.#connection = this.#caller.connections;
    const isOpening = this.#sessionEpoch === 0;
    const { said, topics } = this.#takeSaid();
    const wanted = this.#owned.map((partition) => ({ partitionIndex: partition, acknowledgementBatches: [] }));
    const answer = await this.#caller.call(codecs.shareFetch, 2, {
      groupId: SHARE_GROUP,
      memberId: this.#memberId,
      shareSessionEpoch: this.#sessionEpoch,
      maxWaitMs: 20,
      minBytes: 1,
      maxBytes: 1 << 18,
      maxRecords: RECORDS_MAX,
      batchSize: RECORDS_MAX,
      shareAcquireMode: this.#random.integer(2),
      isRenewAck: false,
      topics: isOpening ? [{ topicId: this.#topicId, partitions: wanted }] : topics,
      forgottenTopicsData: [],
    });
    if (!this.#goesOn(answer.errorCode)) return;
    // Sent again to another broker, the request began a session there.
    this.#connection = this.#caller.connections;
    for (const part of answer.responses[0]?.partitions ?? []) {
      const { acknowledgeErrorCode, acquiredRecords, errorCode, partitionIndex } = part;
      if (said.some(({ partition }) => partition === partitionIndex)) {
        this.#told(said, partitionIndex, acknowledgeErrorCode);
      }
      if (errorCode !== E.NONE) throw new Error(`${this.name}: ShareFetch was answered with ${errorCode}`);
      for (const { deliveryCount, firstOffset, lastOffset } of acquiredRecords) {
        for (let offset = firstOffset; offset <= lastOffset; offset += 1)
          this.#work(partitionIndex, offset, deliveryCount);
      }
    }
  }

  #work(partition: number, offset: number, deliveryCount: number): void {
    this.#truth.delivered(placeOf(partition), offset, deliveryCount);
    const chance = this.#random.integer(20);
    this.#said.push({ partition, offset, type: chance === 0 ? REJECT : chance < 3 ? RELEASE : ACCEPT });
  }
}

function placeOf(partition: number): string {
  return `${SHARE_GROUP} ${INPUT}/${partition}`;
}

function topicsOf(topicId: string, said: readonly Said[]) {
  const byPartition = Map.groupBy(said, ({ partition }) => partition);
  const partitions = [...byPartition].map(([partitionIndex, rows]) => ({
    partitionIndex,
    acknowledgementBatches: rows
      .toSorted((left, right) => left.offset - right.offset)
      .map(({ offset, type }) => ({ firstOffset: offset, lastOffset: offset, acknowledgeTypes: [type] })),
  }));
  return [{ topicId, partitions }];
}
