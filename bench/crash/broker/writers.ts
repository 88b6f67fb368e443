/** Producers of the load: idempotent ones, and those that die in a transaction. */
import { setTimeout as sleep } from "node:timers/promises";

import { KAFKA_ERRORS } from "@kaelix/protocol";

import { codecs } from "./codecs.ts";
import { batchOf, type Identity, INPUT, INPUT_PARTITIONS, OUTPUT, OUTPUT_PARTITIONS, passes, settled } from "./data.ts";
import { Caller, type House, type Random } from "./house.ts";

/** As many as a broker remembers. */
const IN_FLIGHT_MAX = 5;
const RECORDS_MAX = 8;
const NEW_PRODUCER_ONE_IN = 60;
const ABANDONED_TIMEOUT_MS = 1000;

interface SentBatch {
  readonly stream: string;
  readonly partition: number;
  readonly serial: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/**
 * An idempotent producer with several batches in flight over one connection. When it breaks, all that were not answered are sent again in
 * their order, with their sequences. Now and then it begins anew, with another producer id.
 */
export class IdempotentWriter {
  readonly name: string;
  readonly #house: House;
  readonly #caller: Caller;
  readonly #random: Random;
  #identity: Identity | undefined;
  #life = 0;
  #sequences: number[] = [];

  constructor(house: House, name: string) {
    this.name = name;
    this.#house = house;
    this.#caller = new Caller(house);
    this.#random = house.randomOf(name);
  }

  async live(): Promise<never> {
    for (;;) {
      await this.#house.steps.passed();
      this.#house.busy.add(this.name);
      if (this.#random.integer(NEW_PRODUCER_ONE_IN) === 0) this.#identity = undefined;
      this.#identity ??= await this.#begin();
      await this.#send(this.#window(this.#identity));
      this.#house.busy.delete(this.name);
      this.#house.progressed(this.name);
      await sleep(this.#random.integer(5));
    }
  }

  async #begin(): Promise<Identity> {
    this.#life += 1;
    this.#sequences = [];
    const request = { transactionalId: null, transactionTimeoutMs: 60_000 };
    const answer = await this.#caller.call(codecs.initProducerId, 4, request);
    if (answer.errorCode !== KAFKA_ERRORS.NONE) throw new Error(`InitProducerId was answered with ${answer.errorCode}`);
    this.#house.truth.gaveProducerId(answer.producerId);
    return answer;
  }

  #window(identity: Identity): SentBatch[] {
    return Array.from({ length: 1 + this.#random.integer(IN_FLIGHT_MAX) }, () => {
      const partition = this.#random.integer(INPUT_PARTITIONS);
      const count = 1 + this.#random.integer(RECORDS_MAX);
      const serial = this.#sequences[partition] ?? 0;
      this.#sequences[partition] = serial + count;
      const stream = `${this.name}.${this.#life}/${partition}`;
      this.#house.truth.sends(stream, count);
      const texts = Array.from({ length: count }, (_, at) => `${stream} ${serial + at}`);
      const compression = this.#random.integer(4) === 0 ? "lz4" : "none";
      const bytes = batchOf(texts, identity, { baseSequence: serial, compression });
      return { stream, partition, serial, count, bytes };
    });
  }

  async #send(window: readonly SentBatch[]): Promise<void> {
    for (let left = window; left.length > 0;) {
      const client = await this.#caller.connected();
      const answers = await Promise.allSettled(
        left.map(({ bytes, partition }) => {
          const topicData = [{ name: INPUT, partitionData: [{ index: partition, records: bytes }] }];
          return client.send(codecs.produce, 9, { acks: -1, timeoutMs: 30_000, topicData });
        }),
      );
      left = left.filter((batch, at) => !this.#isDone(batch, answers[at]));
    }
  }

  /** Whether a batch needs not be sent again. */
  #isDone(batch: SentBatch, answer: PromiseSettledResult<Awaited<ReturnType<typeof produced>>> | undefined): boolean {
    if (answer?.status !== "fulfilled") return false;
    const part = answer.value.responses[0]?.partitionResponses[0];
    const errorCode = part?.errorCode ?? KAFKA_ERRORS.UNKNOWN_SERVER_ERROR;
    if (passes(errorCode)) return false;
    const { count, serial, stream } = batch;
    if (errorCode !== KAFKA_ERRORS.NONE)
      throw new Error(`Produce of ${stream} ${serial} was answered with ${errorCode}`);
    this.#house.truth.acknowledged(stream, serial, part?.baseOffset ?? -1, count);
    return true;
  }
}

/** The answer to Produce. */
function produced(caller: Caller, request: Parameters<(typeof codecs.produce)["encodeRequest"]>[2]) {
  return caller.call(codecs.produce, 12, request);
}

/** Begins a transaction, writes a little, and is never heard of again: the broker has to end it. */
export async function abandonTransaction(house: House, name: string, random: Random): Promise<void> {
  const caller = new Caller(house);
  const init = { transactionalId: name, transactionTimeoutMs: ABANDONED_TIMEOUT_MS };
  const identity = await settled(
    () => caller.call(codecs.initProducerId, 5, init),
    ({ errorCode }) => errorCode,
  );
  if (identity.errorCode !== KAFKA_ERRORS.NONE)
    throw new Error(`InitProducerId was answered with ${identity.errorCode}`);
  const index = random.integer(OUTPUT_PARTITIONS);
  const records = batchOf([`${name} 0`, `${name} 1`], identity, { baseSequence: 0, isTransactional: true });
  const topicData = [{ name: OUTPUT, partitionData: [{ index, records }] }];
  // Whatever is answered: the broker may have been killed, and have timed out what the first attempt began.
  await produced(caller, { transactionalId: name, acks: -1, timeoutMs: 30_000, topicData });
  caller.close();
}
