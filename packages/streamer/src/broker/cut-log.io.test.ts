/** A consumer whose committed offset is beyond the end of what is left of a log. */
import { rmSync, truncateSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterEach, beforeEach, expect, test } from "vitest";

import { fetchRequest, produce, textsOf } from "../testing/test-broker.ts";
import { connectWire, type WireClient } from "../testing/wire-client.ts";
import { codecs } from "../testing/wire-codecs.ts";
import type { Broker } from "./broker.ts";
import { startBroker } from "./start-broker.ts";

const TOPIC = "cut";
const CONSUMER = { groupId: "g", generationIdOrMemberEpoch: -1, memberId: "" };
let directory: string;
let broker: Broker;
let client: WireClient;

async function start(): Promise<void> {
  broker = await startBroker({ directory, listeners: [{ port: 0 }] });
  client = await connectWire(broker.address());
}

async function stop(): Promise<void> {
  client.close();
  await broker.close();
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "kaelix-cut-"));
  await start();
  await client.send(codecs.metadata, 9, { topics: [{ name: TOPIC }], allowAutoTopicCreation: true });
  for (const text of ["a", "b", "c"]) expect(await produce(client, TOPIC, [text])).toMatchObject({ errorCode: 0 });
  const partitions = [{ partitionIndex: 0, committedOffset: 3, committedMetadata: "" }];
  await loaded(async () => {
    const answer = await client.send(codecs.offsetCommit, 8, { ...CONSUMER, topics: [{ name: TOPIC, partitions }] });
    return answer.topics[0]?.partitions[0];
  });
});

afterEach(async () => {
  await stop();
  await rm(directory, { recursive: true, force: true });
});

/** Stops the broker, takes bytes off the end of the log, and whatever else a test takes away, and starts it again. */
async function cutAndStart(alsoRemoved: readonly string[]): Promise<void> {
  await stop();
  const folder = join(directory, "topics", TOPIC, "0");
  const log = join(folder, "00000000000000000000.log");
  truncateSync(log, 150);
  for (const name of alsoRemoved) rmSync(join(folder, name), { force: true });
  await start();
}

async function fetched(
  fetchOffset: number,
): Promise<{ readonly errorCode: number; readonly texts: readonly string[] }> {
  const answer = await client.send(codecs.fetch, 12, fetchRequest(TOPIC, fetchOffset));
  const part = answer.responses[0]?.partitions[0];
  return { errorCode: part?.errorCode ?? -99, texts: textsOf(part?.records) };
}

async function offsetAt(timestamp: number): Promise<number | undefined> {
  const topics = [{ name: TOPIC, partitions: [{ partitionIndex: 0, timestamp }] }];
  const answer = await client.send(codecs.listOffsets, 7, { replicaId: -1, topics });
  return answer.topics[0]?.partitions[0]?.offset;
}

async function committed(): Promise<number | undefined> {
  const groups = [{ groupId: "g", topics: [{ name: TOPIC, partitionIndexes: [0] }] }];
  const answer = await loaded(async () => (await client.send(codecs.offsetFetch, 8, { groups })).groups[0]);
  return answer.topics[0]?.partitions[0]?.committedOffset;
}

/** The answer once the coordinator has read what it keeps. */
async function loaded<Answer extends { readonly errorCode: number }>(
  ask: () => Promise<Answer | undefined>,
): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (answer?.errorCode === 0) return answer;
    expect(answer?.errorCode).toBe(14);
    await sleep(5);
  }
}

test("bytes that are gone behind the checkpoint keep their offsets: the consumer is in its place, and no record hides below it", async () => {
  await cutAndStart([]);
  expect(await committed()).toBe(3);
  expect(await fetched(3)).toEqual({ errorCode: 0, texts: [] });
  expect(await produce(client, TOPIC, ["d"])).toMatchObject({ errorCode: 0, baseOffset: 3 });
  expect(await fetched(3)).toEqual({ errorCode: 0, texts: ["d"] });
});

test("when the log ends before the committed offset a fetch says so, and the consumer finds both ends to begin at", async () => {
  await cutAndStart(["checkpoint"]);
  // Neither zero nor back: what to do is the consumer's choice.
  expect(await committed()).toBe(3);
  expect(await fetched(3)).toEqual({ errorCode: 1, texts: [] });
  expect(await offsetAt(-2)).toBe(0);
  expect(await offsetAt(-1)).toBe(2);
  expect(await fetched(2)).toEqual({ errorCode: 0, texts: [] });
  expect(await fetched(0)).toEqual({ errorCode: 0, texts: ["a", "b"] });
});
