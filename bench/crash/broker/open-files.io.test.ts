/** A broker whose process may open no more files: clients took them all, and a new segment needs one. */
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { KAFKA_ERRORS } from "@kaelix/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";

import { BrokerProcess } from "./broker-process.ts";
import { codecs } from "./codecs.ts";
import { batchOf, createTopics, type Identity, INPUT, readAll } from "./data.ts";
import { Caller, Gate } from "./house.ts";
import { Truth } from "./truth.ts";

const FILES_MAX = 100;
const CROWD = 120;
/** More than a segment of the broker has room for. */
const TEXT = "x".repeat(20_000);

let directory: string;
let broker: BrokerProcess;
let caller: Caller;
const crowd: Socket[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "kaelix-open-files-"));
  broker = new BrokerProcess(directory, 0, { filesMax: FILES_MAX });
  const port = (await broker.started) ?? 0;
  const door = new Gate();
  door.open();
  caller = new Caller({ door, port });
  await createTopics(caller);
});

afterEach(async () => {
  for (const socket of crowd.splice(0)) socket.destroy();
  caller.close();
  await broker.kill();
  rmSync(directory, { recursive: true, force: true });
});

async function send(identity: Identity, serial: number, truth: Truth): Promise<number> {
  const records = batchOf([`p/0 ${serial} ${TEXT}`], identity, { baseSequence: serial });
  const topicData = [{ name: INPUT, partitionData: [{ index: 0, records }] }];
  const answer = await caller.call(codecs.produce, 9, { acks: -1, timeoutMs: 30_000, topicData });
  const part = answer.responses[0]?.partitionResponses[0];
  const errorCode = part?.errorCode ?? KAFKA_ERRORS.UNKNOWN_SERVER_ERROR;
  if (errorCode === KAFKA_ERRORS.NONE) truth.acknowledged("p/0", serial, part?.baseOffset ?? -1, 1);
  return errorCode;
}

test("nothing acknowledged is lost when there are no more files to open, and all goes on when there are again", async () => {
  const port = (await broker.started) ?? 0;
  const truth = new Truth();
  const identity = await caller.call(codecs.initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 60_000 });
  let serial = 0;
  for (; serial < 2; serial += 1) expect(await send(identity, serial, truth)).toBe(KAFKA_ERRORS.NONE);
  const refused: number[] = [];
  for (let at = 0; at < CROWD; at += 1) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.on("close", () => refused.push(at));
    crowd.push(socket);
  }
  while (refused.length === 0) await sleep(10);
  // Segments end meanwhile, and the next cannot be opened: the producer is told, and repeats what was not acknowledged.
  const answers = new Set<number>();
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const errorCode = await send(identity, serial, truth);
    answers.add(errorCode);
    if (errorCode === KAFKA_ERRORS.NONE) serial += 1;
  }
  for (const socket of crowd.splice(0)) socket.destroy();
  const storageError = KAFKA_ERRORS.KAFKA_STORAGE_ERROR;
  while (answers.has(storageError) && (await send(identity, serial, truth)) === storageError) await sleep(10);
  if (answers.has(storageError)) serial += 1;
  for (const end = serial + 6; serial < end; serial += 1) {
    expect(await send(identity, serial, truth)).toBe(KAFKA_ERRORS.NONE);
  }
  truth.sends("p/0", serial);
  const reading = await readAll(caller, { topic: INPUT, partition: 0, isCommitted: false });
  truth.checkPartition("input/0", reading);
  truth.checkWritten([reading.records]);
  expect(truth.faults()).toEqual([]);
  expect(answers).toContain(storageError);
  expect([...answers].filter((code) => code !== KAFKA_ERRORS.NONE && code !== storageError)).toEqual([]);
  expect(broker.complaints()).toBe("");
});
