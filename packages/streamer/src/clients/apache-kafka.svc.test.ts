/**
 * Our tables against a running Apache Kafka: the versions it says it speaks, and its own answers, read and written again to the same bytes.
 *
 * The requests are written by our tables too; that they mean what they should shows in the answers, which tell of a topic and a group that
 * are there.
 */
import { encodeRecordBatch, encodeRequestHeader, findApi, WireWriter } from "@kaelix/protocol";
import { encodeMessage, everyCodec, rewriteResponse } from "@kaelix/protocol/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

import { startService } from "../../../../tools/services/table.ts";
import { connectWire, type WireClient } from "../testing/wire-client.ts";

const TOPIC = `tables-${process.pid}`;
const GROUP = `${TOPIC}-group`;
const TOPIC_RESOURCE = 2;
const ANY = 1;
const REQUESTS = everyCodec().filter(({ codec }) => codec.kind === "request");
const ANSWER_MS_MAX = 20_000;
const TRIES_MAX = 400;
const TRY_EVERY_MS = 50;
let client: WireClient;
let correlationId = 0;

beforeAll(async () => {
  const [host = "", port] = ((await startService("kafka"))["KAFKA_BOOTSTRAP"] ?? "").split(":");
  client = await connectWire({ host, port: Number(port) });
});
afterAll(() => client.close());

/** Asks, and holds what is answered against the tables; the answer. */
async function ask(name: string, version: number, message: object): Promise<Record<string, unknown>> {
  const request = REQUESTS.find(({ codec, version: one }) => codec.schema.name === name && one === version);
  if (request === undefined) throw new Error(`There is no ${name} ${version}`);
  correlationId += 1;
  const writer = new WireWriter();
  encodeRequestHeader(writer, {
    apiKey: request.codec.schema.key,
    apiVersion: version,
    correlationId,
    clientId: "tables",
  });
  const head = writer.toBytes();
  const body = encodeMessage(request.codec, version, message);
  const size = Buffer.alloc(4);
  size.writeInt32BE(head.length + body.length);
  const frame = await answered(client.sendRaw(Buffer.concat([size, head, body]), correlationId), `${name} ${version}`);
  const { bytes, message: answer } = rewriteResponse(name, version, frame);
  expect(Buffer.from(bytes).toString("hex"), `${name} ${version}`).toBe(frame.toString("hex"));
  return { ...answer };
}

async function answered(frame: Promise<Buffer>, name: string): Promise<Buffer> {
  const timer = setTimeout(() => client.close(), ANSWER_MS_MAX);
  try {
    return await frame;
  } catch (cause) {
    throw new Error(`There was no answer to ${name}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

test("the table says what Apache Kafka advertises", async () => {
  const { apiKeys } = await ask("ApiVersions", 4, { clientSoftwareName: "kaelix", clientSoftwareVersion: "1" });
  // As the table of ApiVersions says.
  const advertised = apiKeys as readonly {
    readonly apiKey: number;
    readonly minVersion: number;
    readonly maxVersion: number;
  }[];
  const ours = advertised.flatMap(({ apiKey }) => findApi(apiKey) ?? []);
  const theirs = advertised.filter(({ apiKey }) => findApi(apiKey) !== undefined);
  expect(
    ours.map(({ key, versionMax, versionMin }) => ({ apiKey: key, minVersion: versionMin, maxVersion: versionMax })),
  ).toEqual(theirs.map(({ apiKey, maxVersion, minVersion }) => ({ apiKey, minVersion, maxVersion })));
  expect(new Set(ours.map(({ name }) => name))).toEqual(new Set(REQUESTS.map(({ codec }) => codec.schema.name)));
});

test("what Apache Kafka answers in every version is read and written again to the same bytes", async () => {
  await ask("CreateTopics", 7, {
    topics: [{ name: TOPIC, numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] }],
  });
  const { topics } = await untilReady("Metadata", 13, { topics: [{ name: TOPIC }] });
  // As the table of Metadata says.
  const [{ topicId } = { topicId: "" }] = topics as readonly { readonly topicId: string }[];
  await untilReady("FindCoordinator", 6, { coordinatorKeys: [GROUP] });
  await untilReady("OffsetCommit", 10, messageOf("OffsetCommit", 10, topicId));
  for (const { codec, version } of REQUESTS) {
    const { name } = codec.schema;
    await ask(name, version, messageOf(name, version, topicId));
  }
  const { responses } = await ask("Fetch", 18, messageOf("Fetch", 18, topicId));
  expect(responses).toMatchObject([{ topicId, partitions: [{ errorCode: 0, records: expect.any(Uint8Array) }] }]);
  expect(await ask("OffsetFetch", 10, messageOf("OffsetFetch", 10, topicId))).toMatchObject({
    groups: [{ errorCode: 0, topics: [{ topicId, partitions: [{ committedOffset: 1, metadata: "here" }] }] }],
  });
  await ask("DeleteTopics", 6, { topics: [{ topicId }], timeoutMs: 10_000 });
});

/** Asks until the answer is without errors; the answer. */
async function untilReady(name: string, version: number, message: object): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const answer = await ask(name, version, message);
    if (!/"errorCode":[^0]/.test(JSON.stringify(answer))) return answer;
    await new Promise((resolve) => setTimeout(resolve, TRY_EVERY_MS));
  }
  throw new Error(`${name} ${version} was answered with errors ${TRIES_MAX} times`);
}

/** A request that is answered with something, and changes nothing beyond the topic and the group. */
function messageOf(name: string, version: number, topicId: string): object {
  const topic = { name: TOPIC, topic: TOPIC, topicId };
  const partition = { partition: 0, partitionIndex: 0, index: 0 };
  const aboutPartition = (more: object): object => ({
    topics: [{ ...topic, partitions: [{ ...partition, ...more }] }],
  });
  const resource = { resourceType: TOPIC_RESOURCE, resourceName: TOPIC };
  const acl = { resourceTypeFilter: ANY, patternTypeFilter: ANY, operation: ANY, permissionType: ANY };
  const group = `${GROUP}-${name}-${version}`;
  const member = {
    groupId: group,
    memberId: "",
    memberEpoch: 0,
    rebalanceTimeoutMs: 5000,
    subscribedTopicNames: [TOPIC],
  };
  const messages: Readonly<Record<string, () => object>> = {
    ApiVersions: () => ({ clientSoftwareName: "kaelix", clientSoftwareVersion: "1" }),
    Produce: () => ({
      acks: -1,
      timeoutMs: 10_000,
      topicData: [{ ...topic, partitionData: [{ ...partition, records: batch() }] }],
    }),
    Fetch: () => ({ maxWaitMs: 100, minBytes: 1, ...aboutPartition({ fetchOffset: 0, partitionMaxBytes: 1 << 20 }) }),
    ListOffsets: () => ({ replicaId: -1, ...aboutPartition({ timestamp: -1 }) }),
    Metadata: () => ({ topics: [{ name: TOPIC }], allowAutoTopicCreation: false }),
    OffsetCommit: () => ({ groupId: GROUP, ...aboutPartition({ committedOffset: 1, committedMetadata: "here" }) }),
    OffsetFetch: () => {
      const topics = [{ ...topic, partitionIndexes: [0] }];
      return { groupId: GROUP, topics, groups: [{ groupId: GROUP, topics }] };
    },
    FindCoordinator: () => ({ key: GROUP, coordinatorKeys: [GROUP] }),
    JoinGroup: () => ({
      groupId: group,
      sessionTimeoutMs: 6000,
      rebalanceTimeoutMs: 6000,
      protocolType: "consumer",
      protocols: [{ name: "range", metadata: new Uint8Array(8) }],
    }),
    LeaveGroup: () => ({ groupId: GROUP, memberId: "nobody", members: [{ memberId: "nobody" }] }),
    DescribeGroups: () => ({ groups: [GROUP], includeAuthorizedOperations: true }),
    CreateTopics: () => ({
      topics: [{ name: `${TOPIC}-not`, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
      validateOnly: true,
    }),
    DeleteTopics: () => ({ topics: [{ name: `${TOPIC}-not` }], topicNames: [`${TOPIC}-not`], timeoutMs: 1000 }),
    DeleteRecords: () => ({ ...aboutPartition({ offset: 0 }), timeoutMs: 1000 }),
    InitProducerId: () => ({ transactionalId: null, transactionTimeoutMs: 1000 }),
    AddPartitionsToTxn: () => {
      const transaction = {
        transactionalId: `${TOPIC}-not`,
        producerId: 1,
        topics: [{ name: TOPIC, partitions: [0] }],
      };
      // An empty list is never answered.
      return { v3AndBelowTransactionalId: `${TOPIC}-not`, transactions: [transaction] };
    },
    OffsetForLeaderEpoch: () => aboutPartition({ leaderEpoch: 0 }),
    DescribeConfigs: () => ({
      resources: [{ ...resource, configurationKeys: null }],
      includeSynonyms: true,
      includeDocumentation: true,
    }),
    IncrementalAlterConfigs: () => ({
      resources: [{ ...resource, configs: [{ name: "retention.ms", value: "1", configOperation: 0 }] }],
      validateOnly: true,
    }),
    DescribeLogDirs: () => ({ topics: null }),
    CreatePartitions: () => ({
      topics: [{ name: TOPIC, count: 3, assignments: null }],
      timeoutMs: 1000,
      validateOnly: true,
    }),
    DeleteGroups: () => ({ groupsNames: [`${GROUP}-not`] }),
    OffsetDelete: () => ({ groupId: GROUP, topics: [] }),
    DescribeProducers: () => ({ topics: [{ name: TOPIC, partitionIndexes: [0] }] }),
    DescribeTransactions: () => ({ transactionalIds: [`${TOPIC}-not`] }),
    ConsumerGroupHeartbeat: () => ({ ...member, memberId: version === 0 ? "" : topicId, topicPartitions: [] }),
    ConsumerGroupDescribe: () => ({ groupIds: [`${GROUP}-ConsumerGroupHeartbeat-1`] }),
    ShareGroupHeartbeat: () => ({ ...member, memberId: topicId }),
    ShareGroupDescribe: () => ({ groupIds: [`${GROUP}-ShareGroupHeartbeat-1`] }),
    DescribeShareGroupOffsets: () => ({ groups: [{ groupId: `${GROUP}-ShareGroupHeartbeat-1`, topics: null }] }),
    DescribeTopicPartitions: () => ({ topics: [{ name: TOPIC }] }),
    DescribeAcls: () => acl,
    DeleteAcls: () => ({ filters: [acl] }),
    ElectLeaders: () => ({ topicPartitions: [{ topic: TOPIC, partitions: [0] }], timeoutMs: 1000 }),
    DescribeUserScramCredentials: () => ({ users: null }),
    DescribeQuorum: () => ({ topics: [{ topicName: "__cluster_metadata", partitions: [{ partitionIndex: 0 }] }] }),
    UpdateFeatures: () => ({ featureUpdates: [{ feature: "transaction.version", maxVersionLevel: 2 }] }),
    AlterReplicaLogDirs: () => ({ dirs: [{ path: "/nowhere", topics: [{ name: TOPIC, partitions: [0] }] }] }),
    DescribeCluster: () => ({ includeClusterAuthorizedOperations: true }),
  };
  return messages[name]?.() ?? {};
}

function batch(): Uint8Array {
  return encodeRecordBatch([{ key: null, value: Buffer.from("one"), timestampMs: Date.now(), headers: [] }]);
}
