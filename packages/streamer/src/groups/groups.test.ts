import { encodeText, ManualClock, seededRandom } from "@kaelix/base";
import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import type {
  ConsumerGroupDescribeResponse,
  ConsumerGroupHeartbeatResponse,
  DeleteGroupsResponse,
  DescribeGroupsResponse,
  FindCoordinatorResponse,
  JoinGroupResponse,
  ListGroupsResponse,
  OffsetCommitResponse,
  OffsetDeleteResponse,
  OffsetFetchResponse,
  SyncGroupResponse,
  TxnOffsetCommitResponse,
} from "@kaelix/protocol/messages";
import { afterEach, expect, test } from "vitest";

import { ApiTable } from "../broker/api-table.ts";
import type { Authorizer } from "../broker/api.ts";
import { openLeaders } from "../leader/leaders.ts";
import { batchOf } from "../leader/testing.ts";
import { SimulatedDisk } from "../storage/simulated-disk.ts";
import { openStorage } from "../storage/storage.ts";
import { errorName } from "./classic/classic-story.ts";
import { groupApis } from "./group-apis.ts";
import { openGroups, type VerifyTransaction } from "./groups.ts";
import { groupLag, groupMetrics } from "./lag.ts";
import { GROUP_DEFAULTS } from "./settings.ts";
import { CONSUMER_OFFSETS_TOPIC } from "./store/group-store.ts";

const NO_TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAA";
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface HouseOptions {
  readonly disk?: SimulatedDisk;
  readonly authorizer?: Authorizer;
  readonly verifyTransaction?: VerifyTransaction;
}

/** A coordinator over a simulated disk, and its APIs by name. */
async function openHouse({ disk = new SimulatedDisk(), ...options }: HouseOptions = {}) {
  const clock = new ManualClock();
  const storage = await openStorage({ directory: "/data", disk, clock, settings: { idleFlushMs: 1 } });
  await storage.createTopic({ name: "t", partitions: 3 });
  const leaders = openLeaders(storage, { clock });
  const settings = { ...GROUP_DEFAULTS, initialRebalanceDelayMs: 0 };
  const groups = openGroups({ storage, leaders, clock, random: seededRandom(1), settings, ...options });
  const table = new ApiTable(groupApis(groups, { coordinatorOf: () => ({ nodeId: 1, host: "here", port: 9092 }) }));
  const close = async (): Promise<void> => {
    await groups.close();
    await leaders.close();
    await storage.close();
  };
  cleanups.push(close);
  const call = async <Response>(name: keyof typeof APIS, version: number, request: object): Promise<Response> => {
    const context = {
      version,
      clientId: "c",
      principal: { type: "User", name: "ann" },
      clientHost: "127.0.0.1",
      listener: "l",
      signal: new AbortController().signal,
      onSent: () => undefined,
      worked: () => undefined,
    };
    return (await table.get(APIS[name].key)?.api.handle(request, context)) as Response;
  };
  const topicId = storage.topics().get("t")?.spec.id ?? "";
  return { call, clock, close, disk, groups, leaders, storage, topicId };
}

type House = Awaited<ReturnType<typeof openHouse>>;

async function open(options: HouseOptions = {}): Promise<House> {
  const house = await openHouse(options);
  await house.groups.loaded;
  return house;
}

async function commit(house: House, offset: number, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { metadata = "words", name = "t", partition = 0, version = 9, ...fields } = more;
  const partitions = [
    { partitionIndex: partition, committedOffset: offset, committedLeaderEpoch: 4, committedMetadata: metadata },
  ];
  const response = await house.call<OffsetCommitResponse>("OffsetCommit", Number(version), {
    groupId: "g",
    generationIdOrMemberEpoch: -1,
    memberId: "",
    groupInstanceId: null,
    retentionTimeMs: -1,
    topics: [{ name, topicId: house.topicId, partitions }],
    ...fields,
  });
  return errorName(response.topics[0]?.partitions[0]?.errorCode ?? -99);
}

async function fetched(house: House, more: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  const response = await house.call<OffsetFetchResponse>("OffsetFetch", 9, {
    requireStable: false,
    groups: [
      {
        groupId: "g",
        memberId: null,
        memberEpoch: -1,
        topics: [{ name: "t", topicId: NO_TOPIC_ID, partitionIndexes: [0] }],
      },
    ],
    ...more,
  });
  const [group] = response.groups ?? [];
  return group?.errorCode === 0 ? group.topics[0]?.partitions[0] : errorName(group?.errorCode ?? -99);
}

function joinRequest(memberId: string, subscription: Uint8Array = encodeText("s")): object {
  return {
    groupId: "g",
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 20_000,
    memberId,
    groupInstanceId: null,
    protocolType: "consumer",
    protocols: [{ name: "range", metadata: subscription }],
    reason: null,
  };
}

async function joined(house: House): Promise<JoinGroupResponse> {
  const named = await house.call<JoinGroupResponse>("JoinGroup", 9, joinRequest(""));
  expect(errorName(named.errorCode)).toBe("MEMBER_ID_REQUIRED");
  return house.call<JoinGroupResponse>("JoinGroup", 9, joinRequest(named.memberId));
}

function sync(house: House, member: JoinGroupResponse, assignment: Uint8Array): Promise<SyncGroupResponse> {
  const { generationId = -1, memberId } = member;
  const speaker = { groupId: "g", generationId, memberId, groupInstanceId: null };
  const assignments = [{ memberId, assignment }];
  return house.call("SyncGroup", 5, { ...speaker, protocolType: "consumer", protocolName: "range", assignments });
}

/** An assignment of partition 0 of t. */
const WHOLE = Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 1, 116, 0, 0, 0, 1, 0, 0, 0, 0, 255, 255, 255, 255);

test("an offset comes back with its epoch and words, by name and by id, also after a kill", async () => {
  const house = await open();
  expect(await commit(house, 42)).toBe("NONE");
  const expected = { partitionIndex: 0, committedOffset: 42, committedLeaderEpoch: 4, metadata: "words", errorCode: 0 };
  expect(await fetched(house)).toEqual(expected);
  const byId = await house.call<OffsetFetchResponse>("OffsetFetch", 10, {
    requireStable: true,
    groups: [
      {
        groupId: "g",
        memberId: null,
        memberEpoch: -1,
        topics: [{ name: "", topicId: house.topicId, partitionIndexes: [0] }],
      },
    ],
  });
  expect(byId.groups?.[0]?.topics[0]?.partitions).toEqual([expected]);
  const all = await house.call<OffsetFetchResponse>("OffsetFetch", 5, { groupId: "g", topics: null });
  expect(all.topics).toEqual([{ name: "t", partitions: [expected] }]);
  const again = await open({ disk: house.disk.afterKill() });
  expect(await fetched(again)).toEqual(expected);
});

test("commits that cannot be are refused one by one", async () => {
  const house = await open();
  expect(await commit(house, 1, { name: "other" })).toBe("UNKNOWN_TOPIC_OR_PARTITION");
  expect(await commit(house, 1, { partition: 3 })).toBe("UNKNOWN_TOPIC_OR_PARTITION");
  expect(await commit(house, 1, { metadata: "x".repeat(4097) })).toBe("OFFSET_METADATA_TOO_LARGE");
  expect(await commit(house, -5)).toBe("INVALID_REQUEST");
  expect(await commit(house, 1, { groupId: "" })).toBe("INVALID_GROUP_ID");
  expect(await commit(house, 1, { generationIdOrMemberEpoch: 3, memberId: "m" })).toBe("GROUP_ID_NOT_FOUND");
  expect(await commit(house, 1, { generationIdOrMemberEpoch: 3, memberId: "m", version: 7 })).toBe(
    "ILLEGAL_GENERATION",
  );
  expect(await fetched(house)).toMatchObject({ committedOffset: -1, metadata: "" });
});

test("a group goes on in its generation after a kill, with the member that was in it", async () => {
  const house = await open();
  const member = await joined(house);
  expect(member).toMatchObject({ errorCode: 0, generationId: 1, leader: member.memberId });
  expect(await sync(house, member, WHOLE)).toMatchObject({ errorCode: 0, assignment: WHOLE });
  expect(await commit(house, 7, { generationIdOrMemberEpoch: 1, memberId: member.memberId })).toBe("NONE");
  const again = await open({ disk: house.disk.afterKill() });
  const heartbeat = { groupId: "g", generationId: 1, memberId: member.memberId, groupInstanceId: null };
  expect(await again.call("Heartbeat", 4, heartbeat)).toEqual({ errorCode: 0 });
  expect(await sync(again, member, WHOLE)).toMatchObject({ errorCode: 0, assignment: WHOLE });
  expect(await commit(again, 8, { generationIdOrMemberEpoch: 1, memberId: member.memberId })).toBe("NONE");
  again.clock.advance(10_001);
  again.groups.tick();
  expect(errorName((await again.call<{ errorCode: number }>("Heartbeat", 4, heartbeat)).errorCode)).toBe(
    "UNKNOWN_MEMBER_ID",
  );
});

test.each([1, -1])(
  "a wall clock that jumps by %i year throws no member out and takes no offset away",
  async (years) => {
    const house = await open();
    const member = await joined(house);
    await sync(house, member, WHOLE);
    const who = { generationIdOrMemberEpoch: 1, memberId: member.memberId };
    expect(await commit(house, 7, who)).toBe("NONE");
    house.clock.jumpTo(house.clock.nowMs() + years * 365 * 24 * 3_600_000);
    house.groups.tick();
    await house.groups.sweep();
    const heartbeat = { groupId: "g", generationId: 1, memberId: member.memberId, groupInstanceId: null };
    expect(await house.call("Heartbeat", 4, heartbeat)).toEqual({ errorCode: 0 });
    expect(await fetched(house)).toMatchObject({ committedOffset: 7 });
    expect(await commit(house, 8, who)).toBe("NONE");
  },
);

test("an assignment that was cut off is refused, wherever it was cut", async () => {
  const house = await open();
  const member = await joined(house);
  for (let length = 1; length < WHOLE.length - 4; length += 1) {
    const answer = await sync(house, member, WHOLE.subarray(0, length));
    expect([length, errorName(answer.errorCode)]).toEqual([length, "INVALID_REQUEST"]);
  }
  expect(errorName((await sync(house, member, WHOLE.subarray(0, WHOLE.length - 2))).errorCode)).toBe("INVALID_REQUEST");
  expect((await sync(house, member, WHOLE)).errorCode).toBe(0);
});

test("nothing is answered before everything kept was read", async () => {
  const house = await openHouse();
  expect(await commit(house, 1)).toBe("COORDINATOR_LOAD_IN_PROGRESS");
  expect(await fetched(house)).toBe("COORDINATOR_LOAD_IN_PROGRESS");
  const refused = await house.call<JoinGroupResponse>("JoinGroup", 9, joinRequest(""));
  expect(errorName(refused.errorCode)).toBe("COORDINATOR_LOAD_IN_PROGRESS");
  await house.groups.loaded;
  expect(await commit(house, 1)).toBe("NONE");
});

test("offsets of a transaction are unstable until its marker, and count from then on", async () => {
  const asked: unknown[] = [];
  const house = await open({
    verifyTransaction: (commitment) => {
      asked.push(commitment);
      return commitment.producerId === 9 ? KAFKA_ERRORS.NONE : KAFKA_ERRORS.INVALID_TXN_STATE;
    },
  });
  await commit(house, 1);
  const partitions = [{ partitionIndex: 0, committedOffset: 5, committedLeaderEpoch: -1, committedMetadata: null }];
  const request = {
    transactionalId: "x",
    groupId: "g",
    producerId: 9,
    producerEpoch: 0,
    generationId: -1,
    memberId: "",
    groupInstanceId: null,
    topics: [{ name: "t", partitions }],
  };
  const committed = await house.call<TxnOffsetCommitResponse>("TxnOffsetCommit", 5, request);
  expect(committed.topics[0]?.partitions[0]?.errorCode).toBe(0);
  const refused = await house.call<TxnOffsetCommitResponse>("TxnOffsetCommit", 4, { ...request, producerId: 8 });
  expect(errorName(refused.topics[0]?.partitions[0]?.errorCode ?? 0)).toBe("INVALID_TXN_STATE");
  expect(asked).toMatchObject([
    { transactionalId: "x", topic: CONSUMER_OFFSETS_TOPIC, partition: 0, addsImplicitly: true },
    { addsImplicitly: false },
  ]);
  expect(await fetched(house)).toMatchObject({ committedOffset: 1 });
  expect(await fetched(house, { requireStable: true })).toMatchObject({
    committedOffset: -1,
    errorCode: KAFKA_ERRORS.UNSTABLE_OFFSET_COMMIT,
  });
  const leader = await house.leaders.get(CONSUMER_OFFSETS_TOPIC, 0);
  const outcome = leader?.appendMarker({ producerId: 9, producerEpoch: 0, committed: true, coordinatorEpoch: 0 });
  if (outcome?.type === "appended") await leader?.durable(outcome.nextOffset);
  await commit(house, 1, { groupId: "h" });
  expect(await fetched(house, { requireStable: true })).toMatchObject({ committedOffset: 5, metadata: "" });
});

function beat(house: House, memberEpoch: number, more: object = {}): Promise<ConsumerGroupHeartbeatResponse> {
  return house.call("ConsumerGroupHeartbeat", 1, {
    groupId: "g",
    memberId: "m",
    memberEpoch,
    instanceId: null,
    rackId: null,
    rebalanceTimeoutMs: memberEpoch === 0 ? 5000 : -1,
    subscribedTopicNames: memberEpoch === 0 ? ["t"] : null,
    subscribedTopicRegex: null,
    serverAssignor: null,
    topicPartitions: memberEpoch === 0 ? [] : null,
    ...more,
  });
}

test("a member that left while the disk refused to keep it does not come back with its partitions after a kill", async () => {
  const house = await open();
  await beat(house, 0);
  house.disk.fault = (operation, path) => (operation === "sync" && path.endsWith(".log") ? "EIO" : undefined);
  expect((await beat(house, -1)).errorCode).toBe(KAFKA_ERRORS.COORDINATOR_NOT_AVAILABLE);
  house.disk.fault = () => undefined;
  const partition = house.storage.partition(CONSUMER_OFFSETS_TOPIC, 0);
  await partition.settled();
  house.clock.advance(2000);
  const join = (): Promise<ConsumerGroupHeartbeatResponse> => beat(house, 0, { memberId: "other" });
  // The first one that is refused has the disk looked at again.
  await expect.poll(async () => (await join()).errorCode).toBe(0);
  const again = await open({ disk: house.disk.afterKill() });
  expect([...(again.groups.consumer("g", false)?.group.members.keys() ?? [])]).toEqual(["other"]);
});

test("a consumer group goes on at its epochs after a kill, and its members commit at theirs", async () => {
  const house = await open();
  const joinedAt = await beat(house, 0);
  expect(joinedAt).toMatchObject({
    errorCode: 0,
    memberEpoch: 1,
    assignment: { topicPartitions: [{ partitions: [0, 1, 2] }] },
  });
  expect(await commit(house, 3, { generationIdOrMemberEpoch: 1, memberId: "m" })).toBe("NONE");
  expect(await commit(house, 3, { generationIdOrMemberEpoch: 0, memberId: "m" })).toBe("STALE_MEMBER_EPOCH");
  expect(await commit(house, 3, { generationIdOrMemberEpoch: 1, memberId: "m", version: 8 })).toBe(
    "UNSUPPORTED_VERSION",
  );
  const again = await open({ disk: house.disk.afterKill() });
  expect(await beat(again, 1)).toMatchObject({ errorCode: 0, memberEpoch: 1, assignment: null });
  expect(errorName((await beat(again, 2)).errorCode)).toBe("FENCED_MEMBER_EPOCH");
  expect(groupMetrics(again.groups)).toEqual([
    { groupId: "g", type: "consumer", state: "Stable", members: 1, epoch: 1 },
  ]);
  again.clock.advance(45_001);
  again.groups.tick();
  expect(errorName((await beat(again, 1)).errorCode)).toBe("UNKNOWN_MEMBER_ID");
});

test("a group changes its protocol only when it is empty, and keeps its offsets", async () => {
  const house = await open();
  const member = await joined(house);
  await sync(house, member, WHOLE);
  await commit(house, 7, { generationIdOrMemberEpoch: 1, memberId: member.memberId });
  expect(errorName((await beat(house, 0)).errorCode)).toBe("GROUP_ID_NOT_FOUND");
  await house.call("LeaveGroup", 5, {
    groupId: "g",
    memberId: "",
    members: [{ memberId: member.memberId, groupInstanceId: null }],
  });
  expect((await beat(house, 0)).memberEpoch).toBe(1);
  expect(await fetched(house)).toMatchObject({ committedOffset: 7 });
  const refused = await house.call<JoinGroupResponse>("JoinGroup", 9, joinRequest(""));
  expect(errorName(refused.errorCode)).toBe("INCONSISTENT_GROUP_PROTOCOL");
  await beat(house, -1);
  expect(errorName((await house.call<JoinGroupResponse>("JoinGroup", 9, joinRequest(""))).errorCode)).toBe(
    "MEMBER_ID_REQUIRED",
  );
  const again = await open({ disk: house.disk.afterKill() });
  expect(await fetched(again)).toMatchObject({ committedOffset: 7 });
});

test("groups are listed by state and type, described, and deleted when nobody is in them", async () => {
  const house = await open();
  await commit(house, 1, { groupId: "simple" });
  const member = await joined(house);
  await sync(house, member, WHOLE);
  const listed = async (filters: object): Promise<readonly string[]> => {
    const request = { statesFilter: [], typesFilter: [], ...filters };
    const { groups } = await house.call<ListGroupsResponse>("ListGroups", 5, request);
    return groups.map(
      ({ groupId, groupState, groupType, protocolType }) => `${groupId} ${groupState} ${groupType} ${protocolType}`,
    );
  };
  expect(await listed({})).toEqual(["g Stable classic consumer", "simple Empty classic "]);
  expect(await listed({ statesFilter: ["empty"] })).toEqual(["simple Empty classic "]);
  expect(await listed({ typesFilter: ["Consumer"] })).toEqual([]);
  const described = await house.call<DescribeGroupsResponse>("DescribeGroups", 6, {
    groups: ["g", "simple", "none"],
    includeAuthorizedOperations: true,
  });
  expect(described.groups).toMatchObject([
    {
      groupState: "Stable",
      protocolData: "range",
      members: [{ memberAssignment: WHOLE, clientHost: "127.0.0.1" }],
      authorizedOperations: 3400,
    },
    { groupState: "Empty", errorCode: 0 },
    { groupState: "Dead", errorCode: KAFKA_ERRORS.GROUP_ID_NOT_FOUND },
  ]);
  const deletion = await house.call<DeleteGroupsResponse>("DeleteGroups", 2, { groupsNames: ["g", "simple", "none"] });
  expect(deletion.results.map(({ errorCode }) => errorName(errorCode))).toEqual([
    "NON_EMPTY_GROUP",
    "NONE",
    "GROUP_ID_NOT_FOUND",
  ]);
  expect(await listed({})).toEqual(["g Stable classic consumer"]);
});

test("offsets of topics that members read are not deleted, others are", async () => {
  const house = await open();
  const subscription = Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 1, 117, 255, 255, 255, 255);
  await house.storage.createTopic({ name: "u", partitions: 1 });
  const named = await house.call<JoinGroupResponse>("JoinGroup", 9, joinRequest("", subscription));
  const member = await house.call<JoinGroupResponse>("JoinGroup", 9, joinRequest(named.memberId, subscription));
  await sync(house, member, WHOLE);
  for (const name of ["t", "u"])
    await commit(house, 7, { name, generationIdOrMemberEpoch: 1, memberId: member.memberId });
  const topics = ["t", "u"].map((name) => ({ name, partitions: [{ partitionIndex: 0 }] }));
  const deletion = await house.call<OffsetDeleteResponse>("OffsetDelete", 0, { groupId: "g", topics });
  expect(deletion.topics.map(({ partitions }) => errorName(partitions[0]?.errorCode ?? -99))).toEqual([
    "NONE",
    "GROUP_SUBSCRIBED_TO_TOPIC",
  ]);
  expect(await fetched(house)).toMatchObject({ committedOffset: -1 });
});

test("who may not, is told so, topic by topic", async () => {
  const allows: Authorizer["allows"] = (_who, operation, { name, type }) =>
    type === "group" ? name === "g" && operation !== "delete" : name !== "t";
  const house = await open({ authorizer: { allows } });
  await house.storage.createTopic({ name: "u", partitions: 1 });
  expect(await commit(house, 1)).toBe("TOPIC_AUTHORIZATION_FAILED");
  expect(await commit(house, 1, { name: "u" })).toBe("NONE");
  expect(await commit(house, 1, { name: "u", groupId: "h" })).toBe("GROUP_AUTHORIZATION_FAILED");
  expect(await fetched(house)).toMatchObject({ errorCode: KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED });
  expect(errorName((await beat(house, 0)).errorCode)).toBe("TOPIC_AUTHORIZATION_FAILED");
  const found = await house.call<FindCoordinatorResponse>("FindCoordinator", 6, {
    key: "",
    keyType: 0,
    coordinatorKeys: ["g", "h"],
  });
  expect(found.coordinators).toMatchObject([
    { key: "g", nodeId: 1, host: "here", port: 9092, errorCode: 0 },
    { key: "h", nodeId: -1, errorCode: KAFKA_ERRORS.GROUP_AUTHORIZATION_FAILED },
  ]);
  const deletion = await house.call<DeleteGroupsResponse>("DeleteGroups", 2, { groupsNames: ["g"] });
  expect(errorName(deletion.results[0]?.errorCode ?? 0)).toBe("GROUP_AUTHORIZATION_FAILED");
});

test("a group is described to nobody who may not know a topic that a member is yet to get", async () => {
  let hidden = "";
  const house = await open({ authorizer: { allows: (_who, _operation, { name }) => name !== hidden } });
  await house.storage.createTopic({ name: "u", partitions: 1 });
  const joining = { subscribedTopicNames: ["t", "u"], serverAssignor: "uniform" };
  for (const memberId of ["m", "n"]) await beat(house, 0, { ...joining, memberId });
  const asked = { groupIds: ["g"], includeAuthorizedOperations: false };
  const described = () => house.call<ConsumerGroupDescribeResponse>("ConsumerGroupDescribe", 1, asked);
  // What "n" is to get "m" was told to give up, and has: nobody reads "u" yet.
  await beat(house, 1, { topicPartitions: (await beat(house, 1)).assignment?.topicPartitions });
  expect(JSON.stringify((await described()).groups[0]?.members.map(({ assignment }) => assignment))).not.toMatch(/"u"/);
  hidden = "u";
  expect(errorName((await described()).groups[0]?.errorCode ?? 0)).toBe("TOPIC_AUTHORIZATION_FAILED");
});

test("offsets nobody uses are over after their retention, then their group; those of members are not", async () => {
  const house = await open();
  const member = await joined(house);
  await sync(house, member, WHOLE);
  await commit(house, 1, { groupId: "simple" });
  await commit(house, 7, { generationIdOrMemberEpoch: 1, memberId: member.memberId });
  const week = GROUP_DEFAULTS.offsetsRetentionMs;
  house.clock.jumpTo(house.clock.nowMs() + week - 1);
  await house.groups.sweep();
  expect(house.groups.exists("simple")).toBe(true);
  house.clock.jumpTo(house.clock.nowMs() + 2);
  await house.groups.sweep();
  expect(house.groups.exists("simple")).toBe(false);
  expect(await fetched(house)).toMatchObject({ committedOffset: 7 });
  house.clock.advance(11_000);
  house.groups.tick();
  await house.groups.sweep();
  expect(await fetched(house)).toMatchObject({ committedOffset: 7 });
  house.clock.jumpTo(house.clock.nowMs() + week);
  await house.groups.sweep();
  expect(house.groups.exists("g")).toBe(false);
  const again = await open({ disk: house.disk.afterKill() });
  expect([...again.groups.entries().keys()]).toEqual([]);
});

test("lag is what is not read yet, in messages and in seconds", async () => {
  const house = await open();
  const leader = await house.leaders.get("t", 0);
  leader?.append(batchOf(2, { timestampMs: house.clock.nowMs() - 90_000 }));
  leader?.append(batchOf(3, { timestampMs: house.clock.nowMs() - 30_000 }));
  await commit(house, 2);
  expect(await groupLag(house.groups)).toEqual([
    { groupId: "g", topic: "t", partition: 0, committedOffset: 2, endOffset: 5, lagMessages: 3, lagSeconds: 30 },
  ]);
  await commit(house, 5);
  expect(await groupLag(house.groups, "g")).toMatchObject([{ lagMessages: 0, lagSeconds: 0 }]);
});

test("who waits for a rebalance is answered when the coordinator closes", async () => {
  const house = await open();
  const member = await joined(house);
  await sync(house, member, WHOLE);
  const named = await house.call<JoinGroupResponse>("JoinGroup", 9, joinRequest(""));
  const waiting = house.call<JoinGroupResponse>("JoinGroup", 9, joinRequest(named.memberId));
  await house.groups.close();
  expect(errorName((await waiting).errorCode)).toBe("COORDINATOR_NOT_AVAILABLE");
});
