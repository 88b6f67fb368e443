/**
 * Read, process, write, exactly once: reads one input partition, writes an output for every record and commits the input's offset, all in one
 * transaction. Now and then it aborts, or dies in the middle and begins anew under its transactional id.
 *
 * `generation` 2 speaks KIP-890 (Produce 12, EndTxn 5: an epoch for each transaction), 1 what was before (AddPartitionsToTxn, one epoch).
 */
import { setTimeout as sleep } from "node:timers/promises";

import { KAFKA_ERRORS } from "@kaelix/protocol";

import { codecs } from "./codecs.ts";
import {
  batchOf,
  committedOffset,
  fetchOnce,
  type Identity,
  INPUT,
  OUTPUT,
  OUTPUT_PARTITIONS,
  passes,
  settled,
} from "./data.ts";
import { Caller, type House, type Random } from "./house.ts";
import type { ReadRecord } from "./truth.ts";

const RECORDS_MAX = 30;
const ABORT_ONE_IN = 6;
const DIE_ONE_IN = 30;
const EMPTY_PAUSE_MS = 5;
const TIMEOUT_MS = 60_000;

/** Thrown when the worker dies in the middle. */
class Died extends Error {}

/** One worker, for the input partition of its number. */
export class Worker {
  readonly name: string;
  /** Its input partition. */
  readonly partition: number;
  readonly #generation: 1 | 2;
  readonly #house: House;
  readonly #caller: Caller;
  readonly #random: Random;
  #identity: Identity | undefined;
  #position = 0;
  #sequences: number[] = [];
  committedCount = 0;
  abortedCount = 0;

  constructor(house: House, partition: number, generation: 1 | 2) {
    this.name = `worker${partition}`;
    this.partition = partition;
    this.#generation = generation;
    this.#house = house;
    this.#caller = new Caller(house);
    this.#random = house.randomOf(this.name);
  }

  async live(): Promise<never> {
    for (;;) {
      await this.#house.steps.passed();
      this.#house.busy.add(this.name);
      try {
        this.#identity ??= await this.#begin();
        await this.#transact(this.#identity);
      } catch (error) {
        if (!(error instanceof Died)) throw error;
        // At once, so that nothing of it stays open.
        this.#identity = await this.#begin();
      }
      this.#house.busy.delete(this.name);
    }
  }

  /** Takes the transactional id over; what its last holder left open is aborted. */
  async #begin(): Promise<Identity> {
    const request = { transactionalId: this.name, transactionTimeoutMs: TIMEOUT_MS };
    const version = this.#generation === 2 ? 5 : 4;
    const answer = await this.#settled(() => this.#caller.call(codecs.initProducerId, version, request));
    this.#demand(answer.errorCode, "InitProducerId");
    this.#sequences = [];
    const place = `${this.name}/${this.partition}`;
    const min = this.#house.truth.offsetMin(place);
    const offset = await committedOffset(this.#caller, this.name, this.partition);
    this.#house.truth.foundOffset(place, offset, min);
    this.#position = Math.max(0, offset);
    return answer;
  }

  async #transact(identity: Identity): Promise<void> {
    const place = { topic: INPUT, partition: this.partition, from: this.#position, isCommitted: true };
    const { records: read } = await fetchOnce(this.#caller, place);
    const records = read.slice(0, 1 + this.#random.integer(RECORDS_MAX));
    const last = records.at(-1);
    if (last === undefined) {
      await sleep(EMPTY_PAUSE_MS);
      return;
    }
    for (const record of records) this.#house.truth.see(`${INPUT}/${this.partition}`, record);
    for (let output = 0; output < OUTPUT_PARTITIONS; output += 1) {
      const mine = records.filter(({ offset }) => offset % OUTPUT_PARTITIONS === output);
      if (mine.length > 0) await this.#write(identity, output, mine);
      this.#mayDie();
    }
    await this.#sendOffset(identity, last.offset + 1);
    this.#mayDie();
    await this.#end(identity, last.offset + 1);
  }

  #mayDie(): void {
    if (this.#random.integer(DIE_ONE_IN) === 0) throw new Died();
  }

  async #write(identity: Identity, index: number, records: readonly ReadRecord[]): Promise<void> {
    if (this.#generation === 1) await this.#addPartition(identity, index);
    const texts = records.map(({ offset }) => `${this.name} ${offset}`);
    const baseSequence = this.#sequences[index] ?? 0;
    this.#sequences[index] = baseSequence + texts.length;
    const bytes = batchOf(texts, identity, { baseSequence, isTransactional: true });
    const topicData = [{ name: OUTPUT, partitionData: [{ index, records: bytes }] }];
    const request = { transactionalId: this.name, acks: -1, timeoutMs: 30_000, topicData };
    const version = this.#generation === 2 ? 12 : 11;
    const { baseOffset } = await this.#settled(async () => {
      const { responses } = await this.#caller.call(codecs.produce, version, request);
      return responses[0]?.partitionResponses[0] ?? { errorCode: KAFKA_ERRORS.UNKNOWN_SERVER_ERROR, baseOffset: -1 };
    }, `Produce to ${index}`);
    for (const [at, text] of texts.entries()) {
      this.#house.truth.see(`${OUTPUT}/${index}`, { offset: baseOffset + at, text });
    }
  }

  async #addPartition({ producerEpoch, producerId }: Identity, index: number): Promise<void> {
    await this.#settled(async () => {
      const answer = await this.#caller.call(codecs.addPartitionsToTxn, 3, {
        v3AndBelowTransactionalId: this.name,
        v3AndBelowProducerId: producerId,
        v3AndBelowProducerEpoch: producerEpoch,
        v3AndBelowTopics: [{ name: OUTPUT, partitions: [index] }],
      });
      const result = answer.resultsByTopicV3AndBelow[0]?.resultsByPartition[0];
      return { errorCode: result?.partitionErrorCode ?? KAFKA_ERRORS.UNKNOWN_SERVER_ERROR };
    }, "AddPartitionsToTxn");
  }

  async #sendOffset(identity: Identity, offset: number): Promise<void> {
    const { producerEpoch, producerId } = identity;
    const who = { transactionalId: this.name, groupId: this.name, producerId, producerEpoch };
    if (this.#generation === 1) {
      await this.#settled(() => this.#caller.call(codecs.addOffsetsToTxn, 3, who), "AddOffsetsToTxn");
    }
    const partitions = [{ partitionIndex: this.partition, committedOffset: offset, committedMetadata: "" }];
    const request = { ...who, generationId: -1, memberId: "", topics: [{ name: INPUT, partitions }] };
    this.#house.truth.asksOffset(`${this.name}/${this.partition}`, offset);
    await this.#settled(async () => {
      const version = this.#generation === 2 ? 5 : 3;
      const { topics } = await this.#caller.call(codecs.txnOffsetCommit, version, request);
      return topics[0]?.partitions[0] ?? { errorCode: KAFKA_ERRORS.UNKNOWN_SERVER_ERROR };
    }, "TxnOffsetCommit");
  }

  async #end({ producerEpoch, producerId }: Identity, offset: number): Promise<void> {
    const committed = this.#random.integer(ABORT_ONE_IN) > 0;
    const request = { transactionalId: this.name, producerId, producerEpoch, committed };
    const version = this.#generation === 2 ? 5 : 3;
    const answer = await this.#settled(() => this.#caller.call(codecs.endTxn, version, request), "EndTxn");
    if (this.#generation === 2) {
      this.#identity = answer;
      this.#sequences = [];
    }
    if (!committed) {
      this.abortedCount += 1;
      return;
    }
    this.committedCount += 1;
    this.#position = offset;
    this.#house.truth.toldOffset(`${this.name}/${this.partition}`, offset);
    this.#house.progressed(this.name);
  }

  /** The answer that is not an error that goes away. With the name of what was asked, also no other error. */
  async #settled<Answer extends { readonly errorCode: number }>(
    ask: () => Promise<Answer>,
    what?: string,
  ): Promise<Answer> {
    const answer = await settled(ask, ({ errorCode }) => errorCode);
    if (what !== undefined) this.#demand(answer.errorCode, what);
    return answer;
  }

  #demand(errorCode: number, what: string): void {
    if (errorCode !== KAFKA_ERRORS.NONE && !passes(errorCode))
      throw new Error(`${what} was answered with ${errorCode}`);
  }
}
