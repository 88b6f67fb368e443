/**
 * A broker whose disk fills while producers are at work: real file systems, so small that a test can fill them, and a bound on the size of files.
 *
 * Where a file system cannot be mounted the test's name says why. What no file system does on demand (EIO, a full disk found only by a sync) is asked
 * of the simulated disk: `packages/streamer/src/storage/partition-faults.test.ts`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { KAFKA_ERRORS as E } from "@kaelix/protocol";
import { verifyStorage } from "@kaelix/streamer";
import { afterEach, describe, expect, test } from "vitest";

import { BrokerProcess, type ProcessOptions } from "./broker-process.ts";
import { codecs } from "./codecs.ts";
import { batchOf, createTopics, type Identity, INPUT, passes, readAll, settled } from "./data.ts";
import { Caller, Gate } from "./house.ts";
import { SmallDisk, smallDiskObstacle } from "./small-disk.ts";
import { Truth } from "./truth.ts";

const KINDS = ["tmpfs", "ext4"] as const;
/** Room for a dozen batches of the large producers. */
const ROOM = 300_000;
const LARGE = "x".repeat(20_000);
/** How long a disk that has room again may take to be believed: a failed sync is looked after once a second. */
const WELL_MS_MAX = 60_000;

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** One producer in one partition. What is not acknowledged is sent again as it was. */
class Writer {
  readonly codes = new Set<number>();
  readonly #caller: Caller;
  readonly #identity: Identity;
  readonly #partition: number;
  readonly #acks: number;
  #serial = 0;
  #announced = 0;

  constructor(caller: Caller, identity: Identity, partition: number, acks: number) {
    this.#caller = caller;
    this.#identity = identity;
    this.#partition = partition;
    this.#acks = acks;
  }

  /** The stream it writes, as `Truth` names it. */
  get stream(): string {
    return `p${this.#partition}/${this.#partition}`;
  }

  /** Sends the next record, or again the one that was refused. */
  async send(truth: Truth, text: string): Promise<number> {
    const serial = this.#serial;
    if (serial === this.#announced) {
      truth.sends(this.stream, 1);
      this.#announced += 1;
    }
    const records = batchOf([`${this.stream} ${serial} ${text}`], this.#identity, { baseSequence: serial });
    const topicData = [{ name: INPUT, partitionData: [{ index: this.#partition, records }] }];
    const answer = await this.#caller.call(codecs.produce, 9, { acks: this.#acks, timeoutMs: 30_000, topicData });
    const part = answer.responses[0]?.partitionResponses[0];
    const errorCode = part?.errorCode ?? E.UNKNOWN_SERVER_ERROR;
    this.codes.add(errorCode);
    if (errorCode !== E.NONE) return errorCode;
    truth.acknowledged(this.stream, serial, part?.baseOffset ?? -1, 1);
    this.#serial += 1;
    return errorCode;
  }

  /** Sends until it is acknowledged. */
  async sendOn(truth: Truth, text: string): Promise<void> {
    const untilMs = performance.now() + WELL_MS_MAX;
    while ((await this.send(truth, text)) !== E.NONE) {
      if (performance.now() > untilMs) throw new Error(`${this.stream} was not taken again: ${[...this.codes].join()}`);
      await sleep(20);
    }
  }
}

interface Scene {
  readonly truth: Truth;
  readonly caller: Caller;
  readonly writers: readonly Writer[];
  /** Ends the broker by what is given and starts another on the same folder and port. */
  restart(end: "kill" | "stop"): Promise<void>;
  complaints(): string;
}

async function begin(directory: string, options: ProcessOptions): Promise<Scene> {
  let broker = new BrokerProcess(directory, 0, options);
  undo.push(() => broker.kill());
  const port = await broker.started;
  if (port === undefined) throw new Error(`The broker did not start: ${broker.complaints()}`);
  const door = new Gate();
  door.open();
  const caller = new Caller({ door, port });
  undo.push(() => caller.close());
  await createTopics(caller);
  const identity = await caller.call(codecs.initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 60_000 });
  // Two that ask for the disk, one that asks for the page cache.
  const writers = [-1, -1, 1].map((acks, partition) => new Writer(caller, identity, partition, acks));
  let words = "";
  return {
    truth: new Truth(),
    caller,
    writers,
    restart: async (end) => {
      words += broker.complaints();
      await (end === "kill" ? broker.kill() : broker.stop());
      broker = new BrokerProcess(directory, port, options);
      if ((await broker.started) === undefined) throw new Error(`The broker did not start: ${broker.complaints()}`);
    },
    complaints: () => words + broker.complaints(),
  };
}

/** Everything acknowledged is there, once, in order, where it was said to be. */
async function look({ caller, truth, writers }: Scene): Promise<void> {
  const partitions = [];
  for (const [partition] of writers.entries()) {
    const reading = await readAll(caller, { topic: INPUT, partition, isCommitted: false });
    truth.checkPartition(`${INPUT}/${partition}`, reading);
    partitions.push(reading.records);
  }
  truth.checkWritten(partitions);
  expect(truth.faults()).toEqual([]);
}

async function commitOffset(caller: Caller, offset: number): Promise<number> {
  const topics = [{ name: INPUT, partitions: [{ partitionIndex: 0, committedOffset: offset }] }];
  const answer = await caller.call(codecs.offsetCommit, 8, { groupId: "readers", topics });
  return answer.topics[0]?.partitions[0]?.errorCode ?? E.UNKNOWN_SERVER_ERROR;
}

async function createTopic(caller: Caller, name: string): Promise<number> {
  const topics = [{ name, numPartitions: 1, replicationFactor: 1 }];
  const answer = await caller.call(codecs.createTopics, 7, { topics, timeoutMs: 5000 });
  return answer.topics[0]?.errorCode ?? E.UNKNOWN_SERVER_ERROR;
}

async function isTopic(caller: Caller, name: string): Promise<boolean> {
  const request = { topics: [{ name }], allowAutoTopicCreation: false };
  return (await caller.call(codecs.metadata, 9, request)).topics[0]?.errorCode === E.NONE;
}

async function sendAll(scene: Scene, text: string, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(scene.writers.map((writer) => writer.send(scene.truth, text)));
  }
}

async function sendAllOn(scene: Scene, text: string, rounds: number): Promise<void> {
  for (const writer of scene.writers) {
    for (let round = 0; round < rounds; round += 1) await writer.sendOn(scene.truth, text);
  }
}

/** Fills the disk under the producers; what is said then, and that it can be read all the same. */
async function fillUp(scene: Scene, disk: SmallDisk): Promise<void> {
  const { caller, writers } = scene;
  disk.fill(ROOM);
  await sendAll(scene, LARGE, 12);
  for (const { codes } of writers)
    expect([...codes].toSorted((a, b) => a - b)).toEqual([E.NONE, E.KAFKA_STORAGE_ERROR]);
  disk.fill(0);
  await sendAll(scene, "small", 20);
  for (const writer of writers) {
    expect([...writer.codes].filter((code) => code !== E.NONE && code !== E.KAFKA_STORAGE_ERROR)).toEqual([]);
  }
  await look(scene);
  expect(await isTopic(caller, INPUT)).toBe(true);
}

describe.each(KINDS)("a full %s", (kind) => {
  const obstacle = smallDiskObstacle(kind);
  const where = obstacle === undefined ? "" : ` (not here: ${obstacle})`;

  test.skipIf(obstacle !== undefined)(
    `loses nothing acknowledged, says so, is read, and is written again without a restart when there is room${where}`,
    async () => {
      const disk = await SmallDisk.mount(kind);
      undo.push(() => disk.dispose());
      const scene = await begin(disk.directory, { enter: disk.enter });
      const { caller } = scene;
      await sendAllOn(scene, LARGE, 3);
      expect(await commitOffset(caller, 1)).toBe(E.NONE);

      await fillUp(scene, disk);
      const commits = new Set<number>();
      // The first ones have their place in room that was written ahead.
      for (let offset = 2; offset < 1000 && ![...commits].some(passes); offset += 1) {
        commits.add(await commitOffset(caller, offset));
      }
      expect([...commits].some(passes)).toBe(true);
      expect([...commits].filter((code) => code !== E.NONE && !passes(code))).toEqual([]);
      const transactional = { transactionalId: "full", transactionTimeoutMs: 60_000 };
      const begun = await caller.call(codecs.initProducerId, 4, transactional);
      expect(begun.errorCode === E.NONE || passes(begun.errorCode)).toBe(true);
      expect(await createTopic(caller, "no-room")).toBe(E.KAFKA_STORAGE_ERROR);
      expect(await isTopic(caller, "no-room")).toBe(false);

      disk.free();
      await sendAllOn(scene, LARGE, 3);
      expect(await createTopic(caller, "no-room")).toBe(E.NONE);
      const committed = await settled(
        () => commitOffset(caller, 3),
        (code) => code,
      );
      expect(committed).toBe(E.NONE);
      await look(scene);

      // Once more, and killed while it is full: it starts on the full disk, is read, and goes on when there is room.
      disk.free();
      await fillUp(scene, disk);
      await scene.restart("kill");
      await look(scene);
      disk.free();
      await sendAllOn(scene, LARGE, 2);
      await look(scene);
      await scene.restart("stop");
      await look(scene);
      await sendAllOn(scene, "small", 2);
      await look(scene);
      expect(scene.complaints()).toBe("");
      for (const step of undo.splice(1).reverse()) await step();
      const { problems } = await verifyStorage(disk.outside);
      expect(problems).toEqual([]);
    },
  );
});

test("a file that may become no larger (EFBIG) costs a refusal, and the next segment takes what was refused", async () => {
  const directory = mkdtempSync(join(tmpdir(), "kaelix-large-file-"));
  undo.push(() => rmSync(directory, { recursive: true, force: true }));
  // Less than a segment of the broker asks for.
  const scene = await begin(directory, { fileKibMax: 30 });
  await sendAllOn(scene, LARGE, 12);
  for (const writer of scene.writers) {
    expect([...writer.codes].toSorted((a, b) => a - b)).toEqual([E.NONE, E.KAFKA_STORAGE_ERROR]);
  }
  await look(scene);
  await scene.restart("kill");
  await look(scene);
  expect(scene.complaints()).toBe("");
});
