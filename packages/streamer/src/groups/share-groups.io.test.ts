/** Share groups over TCP: what members are told, what is kept, and what becomes of requests that are wrong. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { KAFKA_ERRORS as E } from "@kaelix/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { startBroker } from "../broker/start-broker.ts";
import { createTopic, produce, startTestBroker, type TestBroker, textsOf } from "../testing/test-broker.ts";
import { connectWire, type WireClient } from "../testing/wire-client.ts";
import { codecs } from "../testing/wire-codecs.ts";

const CONFIG = { "group.share.record.lock.duration.ms": "1000", "group.share.heartbeat.interval.ms": "500" };
const GROUP = "workers";
let server: TestBroker;
let client: WireClient;
let topicId = "";

beforeEach(async () => {
  server = await startTestBroker({ config: CONFIG });
  client = await server.connect();
  await createTopic(client, "work");
  topicId = await idOf("work");
  await configure({ "share.auto.offset.reset": "earliest" });
});
afterEach(() => server.close());

async function idOf(name: string): Promise<string> {
  const { topics } = await client.send(codecs.metadata, 12, { topics: [{ name }], allowAutoTopicCreation: false });
  return topics[0]?.topicId ?? "";
}

async function configure(values: Readonly<Record<string, string>>): Promise<number> {
  const configs = Object.entries(values).map(([name, value]) => ({ name, configOperation: 0, value }));
  const resources = [{ resourceType: 32, resourceName: GROUP, configs }];
  const answer = await client.send(codecs.incrementalAlterConfigs, 1, { resources, validateOnly: false });
  return answer.responses[0]?.errorCode ?? -1;
}

function heartbeat(memberId: string, memberEpoch = 0, by = client, groupId = GROUP) {
  const subscribedTopicNames = memberEpoch === 0 ? ["work"] : null;
  return by.send(codecs.shareGroupHeartbeat, 1, { groupId, memberId, memberEpoch, subscribedTopicNames });
}

type Batches = readonly (readonly [first: number, last: number, types: readonly number[]])[];

interface Asked {
  readonly by?: WireClient;
  readonly acknowledged?: Batches;
  readonly maxWaitMs?: number;
  readonly maxRecords?: number;
  readonly isRenewAck?: boolean;
  readonly topic?: string;
  readonly partition?: number;
  readonly strict?: boolean;
}

function topicsOf(batches: Batches, topic = topicId, partitionIndex = 0) {
  const acknowledgementBatches = batches.map(([firstOffset, lastOffset, acknowledgeTypes]) => ({
    firstOffset,
    lastOffset,
    acknowledgeTypes,
  }));
  return [{ topicId: topic, partitions: [{ partitionIndex, acknowledgementBatches }] }];
}

function send(memberId: string, shareSessionEpoch: number, topics: ReturnType<typeof topicsOf>, asked: Asked = {}) {
  const { by = client, isRenewAck = false, maxRecords = 500, maxWaitMs = 0, strict = false } = asked;
  const isFetching = !isRenewAck && shareSessionEpoch >= 0;
  return by.send(codecs.shareFetch, 2, {
    groupId: GROUP,
    memberId,
    shareSessionEpoch,
    maxWaitMs,
    minBytes: isFetching ? 1 : 0,
    maxBytes: isFetching ? 1 << 20 : 0,
    maxRecords: isFetching ? maxRecords : 0,
    batchSize: 500,
    shareAcquireMode: strict ? 1 : 0,
    isRenewAck,
    topics,
    forgottenTopicsData: [],
  });
}

async function fetch(memberId: string, shareSessionEpoch: number, asked: Asked = {}) {
  const { acknowledged = [], partition, topic } = asked;
  const answer = await send(memberId, shareSessionEpoch, topicsOf(acknowledged, topic, partition), asked);
  const part = answer.responses[0]?.partitions[0];
  return {
    error: answer.errorCode,
    partitionError: part?.errorCode,
    acknowledgeError: part?.acknowledgeErrorCode,
    texts: part?.records instanceof Uint8Array ? textsOf(part.records) : [],
    acquired: (part?.acquiredRecords ?? []).map((one) => `${one.firstOffset}-${one.lastOffset} x${one.deliveryCount}`),
  };
}

async function acknowledge(
  memberId: string,
  shareSessionEpoch: number,
  batches: Batches,
  { by = client, isRenewAck = false, topic = topicId }: Asked = {},
) {
  const request = { groupId: GROUP, memberId, shareSessionEpoch, isRenewAck, topics: topicsOf(batches, topic) };
  const answer = await by.send(codecs.shareAcknowledge, 2, request);
  return { error: answer.errorCode, partitionError: answer.responses[0]?.partitions[0]?.errorCode };
}

async function described(by = client) {
  const request = { groups: [{ groupId: GROUP, topics: null }] };
  const { groups } = await by.send(codecs.describeShareGroupOffsets, 1, request);
  const part = groups[0]?.topics[0]?.partitions[0];
  return { error: groups[0]?.errorCode, startOffset: part?.startOffset, lag: part?.lag };
}

test("members of a share group work on the same partition, and what one accepts nobody gets again", async () => {
  await produce(client, "work", ["a", "b"]);
  await produce(client, "work", ["c"]);
  const joined = await heartbeat("ann");
  expect(joined).toMatchObject({ errorCode: E.NONE, memberEpoch: 1, heartbeatIntervalMs: 500 });
  expect(joined.assignment?.topicPartitions).toEqual([{ topicId, partitions: [0] }]);
  expect((await heartbeat("bob")).assignment?.topicPartitions).toEqual([{ topicId, partitions: [0] }]);
  expect(await fetch("ann", 0, { maxRecords: 1 })).toMatchObject({ texts: ["a", "b"], acquired: ["0-1 x1"] });
  expect(await fetch("bob", 0)).toMatchObject({ texts: ["c"], acquired: ["2-2 x1"] });
  expect(await fetch("ann", 1, { acknowledged: [[0, 1, [1, 2]]] })).toMatchObject({
    acknowledgeError: E.NONE,
    texts: ["a", "b"],
    acquired: ["1-1 x2"],
  });
  expect(await acknowledge("ann", 2, [[1, 1, [1]]])).toEqual({ error: E.NONE, partitionError: E.NONE });
  expect(await described()).toEqual({ error: E.NONE, startOffset: 2, lag: 1 });
  const metrics = (await server.broker.prometheus()).split("\n");
  for (const name of ["group_lag_messages", "share_group_held_messages", "share_group_in_flight_messages"]) {
    expect(metrics).toContain(`kaelix_kafka_${name}{group="${GROUP}",topic="work",partition="0"} 1`);
  }
  expect(await acknowledge("bob", 1, [[2, 2, [1]]])).toMatchObject({ partitionError: E.NONE });
  expect(await described()).toEqual({ error: E.NONE, startOffset: 3, lag: 0 });
});

test("a parked ShareFetch is answered when records come, and when others give some back", async () => {
  await heartbeat("ann");
  await heartbeat("bob");
  const other = await server.connect();
  const waiting = fetch("ann", 0, { maxWaitMs: 20_000, by: other });
  // The offset is taken when the group first looks; the parked fetch has looked.
  await expect.poll(async () => (await described()).startOffset).toBe(0);
  await produce(client, "work", ["a"]);
  expect(await waiting).toMatchObject({ texts: ["a"], acquired: ["0-0 x1"] });
  const patient = fetch("bob", 0, { maxWaitMs: 20_000 });
  await fetch("ann", 1, { by: other, acknowledged: [[0, 0, [2]]], maxRecords: 0 });
  expect(await patient).toMatchObject({ acquired: ["0-0 x2"] });
});

test("a lock that is over, a connection that ends and a member that leaves give records back", async () => {
  await produce(client, "work", ["a"]);
  await heartbeat("ann");
  await heartbeat("bob");
  expect((await fetch("ann", 0)).acquired).toEqual(["0-0 x1"]);
  expect((await fetch("bob", 0, { maxWaitMs: 20_000 })).acquired).toEqual(["0-0 x2"]);
  expect(await acknowledge("ann", 1, [[0, 0, [1]]])).toMatchObject({ partitionError: E.INVALID_RECORD_STATE });
  await heartbeat("bob", -1);
  expect((await fetch("ann", 2, { maxWaitMs: 500 })).acquired).toEqual(["0-0 x3"]);
  expect(await fetch("bob", 1)).toMatchObject({ error: E.SHARE_SESSION_NOT_FOUND });
  const other = await server.connect();
  expect(await acknowledge("ann", 3, [[0, 0, [2]]])).toMatchObject({ partitionError: E.NONE });
  await heartbeat("cid");
  expect((await fetch("cid", 0, { by: other })).acquired).toEqual(["0-0 x4"]);
  other.close();
  await other.closed;
  expect((await fetch("ann", 4, { maxWaitMs: 500 })).acquired).toEqual(["0-0 x5"]);
  // It was the last time.
  expect(await acknowledge("ann", 5, [[0, 0, [2]]])).toMatchObject({ partitionError: E.NONE });
  expect((await fetch("ann", 6)).acquired).toEqual([]);
  expect(await described()).toMatchObject({ startOffset: 1, lag: 0 });
});

test("locks are renewed where that is asked for and allowed", async () => {
  await produce(client, "work", ["a"]);
  await heartbeat("ann");
  await fetch("ann", 0);
  expect(await acknowledge("ann", 1, [[0, 0, [4]]])).toMatchObject({ partitionError: E.INVALID_REQUEST });
  expect(await acknowledge("ann", 2, [[0, 0, [4]]], { isRenewAck: true })).toMatchObject({ partitionError: E.NONE });
  expect(await fetch("ann", 3, { isRenewAck: true, acknowledged: [[0, 0, [4]]] })).toMatchObject({
    error: E.NONE,
    acknowledgeError: E.NONE,
  });
  await configure({ "share.renew.acknowledge.enable": "false" });
  expect(await acknowledge("ann", 4, [[0, 0, [4]]], { isRenewAck: true })).toMatchObject({
    partitionError: E.INVALID_RECORD_STATE,
  });
});

test("sessions go on by their epochs, and forget topics", async () => {
  await produce(client, "work", ["a"]);
  await heartbeat("ann");
  expect(await fetch("ann", 1)).toMatchObject({ error: E.SHARE_SESSION_NOT_FOUND });
  expect(await fetch("ann", 0, { acknowledged: [[0, 0, [1]]] })).toMatchObject({ error: E.INVALID_REQUEST });
  expect(await fetch("ann", 0, { maxRecords: 0 })).toMatchObject({ error: E.NONE });
  expect(await fetch("ann", 2)).toMatchObject({ error: E.INVALID_SHARE_SESSION_EPOCH });
  expect(await acknowledge("ann", 0, [])).toMatchObject({ error: E.INVALID_SHARE_SESSION_EPOCH });
  const request = { groupId: GROUP, memberId: "ann", maxWaitMs: 0, minBytes: 1, maxBytes: 1 << 20, batchSize: 500 };
  const forgotten = await client.send(codecs.shareFetch, 2, {
    ...request,
    shareSessionEpoch: 1,
    maxRecords: 500,
    topics: [],
    forgottenTopicsData: [{ topicId, partitions: [0] }],
  });
  expect(forgotten).toMatchObject({ errorCode: E.NONE, responses: [] });
  expect((await fetch("ann", 2)).acquired).toEqual(["0-0 x1"]);
  expect(await fetch("ann", -1, { acknowledged: [[0, 0, [2]]] })).toMatchObject({
    error: E.NONE,
    acknowledgeError: E.NONE,
  });
  expect(await fetch("ann", 3)).toMatchObject({ error: E.SHARE_SESSION_NOT_FOUND });
  expect((await fetch("ann", 0)).acquired).toEqual(["0-0 x2"]);
});

test("requests that are wrong are refused and change nothing", async () => {
  await produce(client, "work", ["a", "b"]);
  expect(await heartbeat("")).toMatchObject({ errorCode: E.INVALID_REQUEST });
  expect(await heartbeat("ann", 3)).toMatchObject({ errorCode: E.GROUP_ID_NOT_FOUND });
  expect(await fetch("ann", 0)).toMatchObject({ error: E.GROUP_ID_NOT_FOUND });
  await heartbeat("ann");
  expect(await heartbeat("ann", 7)).toMatchObject({ errorCode: E.FENCED_MEMBER_EPOCH });
  expect(await heartbeat("bob", 1)).toMatchObject({ errorCode: E.UNKNOWN_MEMBER_ID });
  expect(await heartbeat("bob", -1)).toMatchObject({ errorCode: E.UNKNOWN_MEMBER_ID });
  expect(await fetch("bob", 0)).toMatchObject({ error: E.UNKNOWN_MEMBER_ID });
  const nowhere = "AAAAAAAAAAAAAAAAAAAABQ";
  expect(await fetch("ann", 0, { topic: nowhere })).toMatchObject({ partitionError: E.UNKNOWN_TOPIC_ID });
  expect(await fetch("ann", 0, { partition: 9 })).toMatchObject({ partitionError: E.UNKNOWN_TOPIC_OR_PARTITION });
  expect(await fetch("ann", 1, { topic: nowhere })).toMatchObject({ partitionError: E.UNKNOWN_TOPIC_ID });
  // Told of once: what is not there stays in no session.
  expect((await send("ann", 2, [])).responses).toEqual([]);
  expect((await fetch("ann", 0)).acquired).toEqual(["0-1 x1"]);
  let epoch = 1;
  for (const batches of [
    [[1, 0, [1]]],
    [[0, 1, [1, 1, 1]]],
    [[0, 0, []]],
    [[0, 1, [9]]],
    [
      [1, 1, [1]],
      [0, 0, [1]],
    ],
  ]) {
    // As wrong as they are, they are batches.
    const answer = await acknowledge("ann", epoch++, batches as unknown as Batches);
    expect(answer).toMatchObject({ error: E.NONE, partitionError: E.INVALID_REQUEST });
  }
  expect(await acknowledge("ann", epoch++, [[0, 5, [1]]])).toMatchObject({ partitionError: E.INVALID_REQUEST });
  await heartbeat("bob");
  await fetch("bob", 0);
  expect(await acknowledge("bob", 1, [[0, 1, [1]]])).toMatchObject({ partitionError: E.INVALID_RECORD_STATE });
  expect(await acknowledge("ann", epoch, [[0, 1, [1]]])).toMatchObject({ partitionError: E.NONE });
});

test("groups of other kinds and share groups keep to themselves", async () => {
  await heartbeat("ann");
  const consumer = { groupId: GROUP, memberId: "x", memberEpoch: 0, rebalanceTimeoutMs: 5000 };
  const request = { ...consumer, subscribedTopicNames: ["work"], topicPartitions: [] };
  expect(await client.send(codecs.consumerGroupHeartbeat, 1, request)).toMatchObject({
    errorCode: E.GROUP_ID_NOT_FOUND,
  });
  await client.send(codecs.consumerGroupHeartbeat, 1, { ...request, groupId: "readers" });
  expect(await heartbeat("ann", 0, client, "readers")).toMatchObject({ errorCode: E.GROUP_ID_NOT_FOUND });
  const partitions = [{ partitionIndex: 0, committedOffset: 0, committedMetadata: "" }];
  const commit = {
    groupId: GROUP,
    generationIdOrMemberEpoch: -1,
    memberId: "",
    topics: [{ name: "work", partitions }],
  };
  const { topics } = await client.send(codecs.offsetCommit, 9, commit);
  expect(topics[0]?.partitions[0]?.errorCode).toBe(E.GROUP_ID_NOT_FOUND);
  const { groups } = await client.send(codecs.listGroups, 5, { statesFilter: [], typesFilter: ["share"] });
  expect(groups).toMatchObject([{ groupId: GROUP, groupType: "share", groupState: "Stable", protocolType: "share" }]);
});

test("an empty share group is moved, forgets topics and is deleted, one with members is not", async () => {
  await produce(client, "work", ["a", "b", "c"]);
  await heartbeat("ann");
  await fetch("ann", 0);
  const alter = async (startOffset: number) => {
    const topics = [{ topicName: "work", partitions: [{ partitionIndex: 0, startOffset }] }];
    return client.send(codecs.alterShareGroupOffsets, 0, { groupId: GROUP, topics });
  };
  expect(await alter(0)).toMatchObject({ errorCode: E.NON_EMPTY_GROUP });
  const remove = () => client.send(codecs.deleteGroups, 2, { groupsNames: [GROUP] });
  expect((await remove()).results[0]?.errorCode).toBe(E.NON_EMPTY_GROUP);
  await heartbeat("ann", -1);
  expect((await alter(2)).responses[0]?.partitions[0]?.errorCode).toBe(E.NONE);
  expect(await described()).toMatchObject({ startOffset: 2, lag: 1 });
  const forget = (topicName: string) =>
    client.send(codecs.deleteShareGroupOffsets, 0, { groupId: GROUP, topics: [{ topicName }] });
  expect((await forget("nothing")).responses[0]?.errorCode).toBe(E.UNKNOWN_TOPIC_OR_PARTITION);
  expect((await forget("work")).responses[0]?.errorCode).toBe(E.NONE);
  expect((await forget("work")).responses[0]?.errorCode).toBe(E.UNKNOWN_TOPIC_OR_PARTITION);
  expect((await described()).startOffset).toBeUndefined();
  expect((await remove()).results[0]?.errorCode).toBe(E.NONE);
  expect(await described()).toMatchObject({ error: E.GROUP_ID_NOT_FOUND });
});

test("offsets that are set for a group that does not exist make it; where nothing can be set, nothing is made", async () => {
  await produce(client, "work", ["a", "b", "c"]);
  const alter = async (groupId: string, topicName: string, startOffset: number) => {
    const topics = [{ topicName, partitions: [{ partitionIndex: 0, startOffset }] }];
    const answer = await client.send(codecs.alterShareGroupOffsets, 0, { groupId, topics });
    return answer.errorCode === E.NONE ? answer.responses[0]?.partitions[0]?.errorCode : answer.errorCode;
  };
  const listed = async (by = client) => {
    const { groups } = await by.send(codecs.listGroups, 5, { statesFilter: [], typesFilter: ["share"] });
    return groups.map(({ groupId, groupState }) => `${groupId} ${groupState}`);
  };
  expect(await alter(GROUP, "nothing", 0)).toBe(E.UNKNOWN_TOPIC_OR_PARTITION);
  expect(await alter(GROUP, "work", -1)).toBe(E.INVALID_REQUEST);
  const commit = { groupId: "classic", generationIdOrMemberEpoch: -1, memberId: "", groupInstanceId: null };
  const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: "" }];
  await client.send(codecs.offsetCommit, 9, { ...commit, topics: [{ name: "work", partitions }] });
  expect(await alter("classic", "work", 1)).toBe(E.GROUP_ID_NOT_FOUND);
  expect(await listed()).toEqual([]);
  expect(await alter(GROUP, "work", 2)).toBe(E.NONE);
  expect(await listed()).toEqual([`${GROUP} Empty`]);
  // As what a power cut would leave: nothing is written at the end of this process.
  const directory = await mkdtemp(join(tmpdir(), "kaelix-altered-"));
  await cp(server.directory, directory, { recursive: true });
  const again = await startBroker({ directory, listeners: [{ port: 0 }], config: CONFIG });
  const other = await connectWire(again.address());
  try {
    await expect.poll(() => listed(other)).toEqual([`${GROUP} Empty`]);
    await expect.poll(() => described(other)).toEqual({ error: E.NONE, startOffset: 2, lag: 1 });
  } finally {
    other.close();
    await again.close();
    await rm(directory, { recursive: true });
  }
  expect(await heartbeat("ann")).toMatchObject({ errorCode: E.NONE, memberEpoch: 2 });
  expect((await fetch("ann", 0)).acquired).toEqual(["2-2 x1"]);
});

test("what is set for a share group is checked", async () => {
  expect(await configure({ "share.isolation.level": "whatever" })).toBe(E.INVALID_CONFIG);
  expect(await configure({ "share.auto.offset.reset": "by_duration:PT1H30M" })).toBe(E.NONE);
  expect(await configure({ "share.auto.offset.reset": "by_duration:1h" })).toBe(E.INVALID_CONFIG);
  expect(await configure({ "share.delivery.count.limit": "1" })).toBe(E.INVALID_CONFIG);
  expect(await configure({ "share.session.timeout.ms": "400" })).toBe(E.INVALID_CONFIG);
});

test("a group begins where its configuration says", async () => {
  await produce(client, "work", ["a"]);
  for (const [reset, startOffset] of [
    ["latest", 1],
    ["by_duration:PT1H", 0],
    ["by_duration:PT0S", 1],
  ] as const) {
    await configure({ "share.auto.offset.reset": reset });
    await heartbeat("ann");
    await fetch("ann", 0);
    expect([reset, (await described()).startOffset]).toEqual([reset, startOffset]);
    await heartbeat("ann", -1);
    await client.send(codecs.deleteGroups, 2, { groupsNames: [GROUP] });
  }
});

describe("a broker that starts again", () => {
  test("knows the members and what was done, and gives again what was not", async () => {
    await produce(client, "work", ["a", "b", "c", "d"]);
    await heartbeat("ann");
    await fetch("ann", 0);
    await acknowledge("ann", 1, [
      [0, 0, [1]],
      [2, 2, [3]],
    ]);
    const { directory } = server;
    await server.broker.close();
    const again = await startBroker({ directory, listeners: [{ port: 0 }], config: CONFIG });
    const other = await connectWire(again.address());
    try {
      await expect.poll(() => described(other)).toEqual({ error: E.NONE, startOffset: 1, lag: 2 });
      expect(await heartbeat("ann", 1, other)).toMatchObject({ errorCode: E.NONE, memberEpoch: 1 });
      expect((await fetch("ann", 0, { by: other })).acquired).toEqual(["1-1 x2", "3-3 x2"]);
    } finally {
      other.close();
      await again.close();
    }
  });
});

test("who may not read the group or its topics gets nothing of them", async () => {
  const rights = { group: true, topic: true };
  const careful = await startTestBroker({
    authorizer: {
      allows: (_principal, operation, { type }) =>
        !["read", "delete"].includes(operation) || (type === "group" ? rights.group : type !== "topic" || rights.topic),
    },
  });
  try {
    const by = await careful.connect();
    await createTopic(by, "work");
    const { topics } = await by.send(codecs.metadata, 12, {
      topics: [{ name: "work" }],
      allowAutoTopicCreation: false,
    });
    const topic = topics[0]?.topicId ?? "";
    await produce(by, "work", ["a"]);
    await heartbeat("ann", 0, by);
    rights.topic = false;
    expect(await fetch("ann", 0, { by, topic })).toMatchObject({ partitionError: E.TOPIC_AUTHORIZATION_FAILED });
    expect(await acknowledge("ann", 1, [[0, 0, [1]]], { by, topic })).toMatchObject({
      partitionError: E.TOPIC_AUTHORIZATION_FAILED,
    });
    await heartbeat("ann", -1, by);
    // Of a topic that is there they learn what they would of one that is not.
    for (const topicName of ["work", "nothing"]) {
      const refused = { topicId: "AAAAAAAAAAAAAAAAAAAAAA", topicName };
      const moved = [{ topicName, partitions: [{ partitionIndex: 0, startOffset: 0 }] }];
      const altered = await by.send(codecs.alterShareGroupOffsets, 0, { groupId: GROUP, topics: moved });
      expect(altered.responses).toMatchObject([
        { ...refused, partitions: [{ errorCode: E.TOPIC_AUTHORIZATION_FAILED }] },
      ]);
      const forgotten = await by.send(codecs.deleteShareGroupOffsets, 0, { groupId: GROUP, topics: [{ topicName }] });
      expect(forgotten.responses).toEqual([
        { ...refused, errorCode: E.TOPIC_AUTHORIZATION_FAILED, errorMessage: null },
      ]);
    }
    rights.group = false;
    const nothing = { groupId: GROUP, topics: [] };
    const altered = await by.send(codecs.alterShareGroupOffsets, 0, nothing);
    const forgotten = await by.send(codecs.deleteShareGroupOffsets, 0, nothing);
    for (const { errorCode } of [altered, forgotten]) expect(errorCode).toBe(E.GROUP_AUTHORIZATION_FAILED);
    expect(await fetch("ann", 0, { by, topic })).toMatchObject({ error: E.GROUP_AUTHORIZATION_FAILED });
    expect(await heartbeat("ann", 1, by)).toMatchObject({ errorCode: E.GROUP_AUTHORIZATION_FAILED });
  } finally {
    await careful.close();
  }
});
