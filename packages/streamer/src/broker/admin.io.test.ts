import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openStorage } from "../storage/storage.ts";
import {
  batchOf,
  createTopic,
  fetchRequest,
  produce,
  produceRequest,
  startTestBroker,
  type TestBroker,
} from "../testing/test-broker.ts";
import type { WireClient } from "../testing/wire-client.ts";
import { codecs } from "../testing/wire-codecs.ts";
import { startBroker } from "./start-broker.ts";

let test: TestBroker;
let client: WireClient;

beforeEach(async () => {
  test = await startTestBroker();
  client = await test.connect();
});
afterEach(() => test.close());

const TOPIC = 2;
const BROKER = 4;

async function configOf(resourceType: number, resourceName: string, name: string): Promise<object | undefined> {
  const resources = [{ resourceType, resourceName, configurationKeys: [name] }];
  const { results } = await client.send(codecs.describeConfigs, 4, {
    resources,
    includeSynonyms: true,
    includeDocumentation: true,
  });
  return results[0]?.configs[0];
}

async function alter(
  resourceType: number,
  resourceName: string,
  changes: readonly (readonly [string, number, string | null])[],
): Promise<number | undefined> {
  const configs = changes.map(([name, configOperation, value]) => ({ name, configOperation, value }));
  const { responses } = await client.send(codecs.incrementalAlterConfigs, 1, {
    resources: [{ resourceType, resourceName, configs }],
  });
  return responses[0]?.errorCode;
}

describe("topics", () => {
  it("are created, refused with reasons, only checked, described and deleted by id", async () => {
    const create = async (
      topic: object,
      more: object = {},
    ): Promise<
      { errorCode: number; topicId: string; numPartitions: number; configs: readonly unknown[] | null } | undefined
    > => {
      const topics = [{ numPartitions: 1, replicationFactor: 1, ...topic }];
      return (await client.send(codecs.createTopics, 7, { topics, ...more })).topics[0];
    };
    const made = await create({ name: "a.b", numPartitions: 3, configs: [{ name: "retention.ms", value: "1000" }] });
    expect(made).toMatchObject({ errorCode: 0, numPartitions: 3 });
    expect(made?.topicId).toHaveLength(22);
    expect(made?.configs?.length).toBeGreaterThan(30);
    expect((await create({ name: "a.b" }))?.errorCode).toBe(36);
    // No list is null: there are clients that take none for an answer.
    expect(await create({ name: "a_b" })).toMatchObject({ errorCode: 17, configs: [] });
    expect((await create({ name: "../x" }))?.errorCode).toBe(17);
    expect((await create({ name: "__cluster_config" }))?.errorCode).toBe(17);
    expect((await create({ name: "none", numPartitions: 0 }))?.errorCode).toBe(37);
    expect((await create({ name: "far", replicationFactor: 3 }))?.errorCode).toBe(38);
    expect((await create({ name: "odd", configs: [{ name: "retention.ms", value: "x" }] }))?.errorCode).toBe(40);
    expect((await create({ name: "odd", configs: [{ name: "no.such.key", value: "1" }] }))?.errorCode).toBe(40);
    const assignments = [
      { partitionIndex: 0, brokerIds: [1] },
      { partitionIndex: 1, brokerIds: [1] },
    ];
    expect(await create({ name: "assigned", numPartitions: -1, replicationFactor: -1, assignments })).toMatchObject({
      errorCode: 0,
      numPartitions: 2,
    });
    expect((await create({ name: "later" }, { validateOnly: true }))?.errorCode).toBe(0);
    const { topics } = await client.send(codecs.metadata, 12, { topics: null });
    expect(
      topics.filter(({ isInternal }) => !isInternal).map(({ name, partitions }) => [name, partitions.length]),
    ).toEqual([
      ["a.b", 3],
      ["assigned", 2],
    ]);
    const deleted = await client.send(codecs.deleteTopics, 6, {
      topics: [{ name: null, topicId: made?.topicId ?? "" }, { name: "nope" }],
    });
    expect(deleted.responses.map(({ errorCode }) => errorCode)).toEqual([0, 3]);
    expect((await produce(client, "a.b", ["x"])).errorCode).toBe(3);
  });

  it("are created by asking for them, where that is allowed", async () => {
    const ask = async (name: string, allowAutoTopicCreation: boolean): Promise<number | undefined> =>
      (await client.send(codecs.metadata, 9, { topics: [{ name }], allowAutoTopicCreation })).topics[0]?.errorCode;
    expect(await ask("auto", false)).toBe(3);
    expect(await ask("auto", true)).toBe(0);
    expect(await ask("not/allowed", true)).toBe(17);
    expect(await alter(BROKER, "1", [["auto.create.topics.enable", 0, "false"]])).toBe(0);
    expect(await ask("other", true)).toBe(3);
    for (let version = 0; version <= 13; version += 1) {
      const { brokers, topics } = await client.send(codecs.metadata, version, {
        topics: [{ name: "auto" }],
        includeTopicAuthorizedOperations: true,
      });
      expect(brokers[0]).toMatchObject({ nodeId: 1, host: "127.0.0.1", port: test.broker.address().port });
      expect(topics[0]).toMatchObject({ errorCode: 0, name: "auto" });
    }
  });

  it("get more partitions, and lose records before an offset", async () => {
    await createTopic(client, "grow");
    const grow = async (count: number, validateOnly = false): Promise<number | undefined> =>
      (
        await client.send(codecs.createPartitions, 3, {
          topics: [{ name: "grow", count, assignments: null }],
          validateOnly,
        })
      ).results[0]?.errorCode;
    expect(await grow(1)).toBe(37);
    expect(await grow(4, true)).toBe(0);
    expect(await grow(3)).toBe(0);
    await produce(client, "grow", ["a"]);
    await produce(client, "grow", ["b"]);
    await produce(client, "grow", ["c"]);
    const remove = async (offset: number): Promise<object | undefined> => {
      const topics = [{ name: "grow", partitions: [{ partitionIndex: 0, offset }] }];
      return (await client.send(codecs.deleteRecords, 2, { topics })).topics[0]?.partitions[0];
    };
    expect(await remove(2)).toMatchObject({ errorCode: 0, lowWatermark: 2 });
    expect(await remove(9)).toMatchObject({ errorCode: 1 });
    const fetched = await client.send(codecs.fetch, 11, fetchRequest("grow", 0));
    expect(fetched.responses[0]?.partitions[0]?.errorCode).toBe(1);
    expect(await remove(-1)).toMatchObject({ errorCode: 0, lowWatermark: 3 });
  });

  it("are described in pages", async () => {
    await createTopic(client, "page-a", {}, 3);
    await createTopic(client, "page-b", {}, 3);
    const topics = [{ name: "page-a" }, { name: "page-b" }];
    const first = await client.send(codecs.describeTopicPartitions, 0, { topics, responsePartitionLimit: 4 });
    expect(first.topics.map(({ partitions }) => partitions.length)).toEqual([3, 1]);
    expect(first.nextCursor).toMatchObject({ topicName: "page-b", partitionIndex: 1 });
    const { nextCursor: cursor } = first;
    const second = await client.send(codecs.describeTopicPartitions, 0, {
      topics,
      responsePartitionLimit: 4,
      cursor,
    });
    expect(second.topics.map(({ name, partitions }) => [name, partitions.length])).toEqual([["page-b", 2]]);
    expect(second.nextCursor).toBeNull();
  });
});

describe("configuration", () => {
  it("is told with defaults, sources, types, synonyms and what it means", async () => {
    await createTopic(client, "told", { "retention.ms": "5000" });
    const { results } = await client.send(codecs.describeConfigs, 4, {
      resources: [
        { resourceType: TOPIC, resourceName: "told", configurationKeys: null },
        { resourceType: BROKER, resourceName: "1", configurationKeys: null },
      ],
    });
    expect(results[0]?.configs.length).toBeGreaterThan(30);
    expect(results[1]?.configs.length).toBeGreaterThan(50);
    expect(await configOf(TOPIC, "told", "retention.ms")).toMatchObject({
      value: "5000",
      configSource: 1,
      configType: 5,
      synonyms: [
        { name: "retention.ms", value: "5000", source: 1 },
        { name: "log.retention.ms", source: 5 },
      ],
    });
    expect(await configOf(TOPIC, "told", "cleanup.policy")).toMatchObject({
      value: "delete",
      configSource: 5,
      configType: 7,
    });
    const documentation = (await configOf(TOPIC, "told", "cleanup.policy")) as { documentation: string };
    expect(documentation.documentation).toContain("old records");
  });

  it("is changed piece by piece and as a whole, takes effect at once, and is refused with reasons", async () => {
    await createTopic(client, "changed", { "retention.ms": "5000" });
    const big = batchOf(["x".repeat(3000)]);
    expect(await alter(TOPIC, "changed", [["max.message.bytes", 0, "2000"]])).toBe(0);
    const refused = await client.send(codecs.produce, 9, produceRequest("changed", Uint8Array.from(big)));
    expect(refused.responses[0]?.partitionResponses[0]?.errorCode).toBe(10);
    expect(await alter(TOPIC, "changed", [["max.message.bytes", 1, null]])).toBe(0);
    const accepted = await client.send(codecs.produce, 9, produceRequest("changed", big));
    expect(accepted.responses[0]?.partitionResponses[0]?.errorCode).toBe(0);
    expect(await alter(TOPIC, "changed", [["cleanup.policy", 2, "compact"]])).toBe(0);
    expect(await configOf(TOPIC, "changed", "cleanup.policy")).toMatchObject({ value: "delete,compact" });
    expect(await alter(TOPIC, "changed", [["cleanup.policy", 3, "delete"]])).toBe(0);
    expect(await configOf(TOPIC, "changed", "cleanup.policy")).toMatchObject({ value: "compact" });
    expect(test.broker.storage.topics().get("changed")?.spec.cleanup).toBe("compact");
    expect(await alter(TOPIC, "changed", [["cleanup.policy", 3, "compact"]])).toBe(40);
    expect(await alter(TOPIC, "changed", [["retention.ms", 2, "1"]])).toBe(40);
    expect(await alter(TOPIC, "changed", [["retention.ms", 0, "-2"]])).toBe(40);
    expect(await alter(TOPIC, "nowhere", [["retention.ms", 0, "1"]])).toBe(3);
    const whole = {
      resources: [
        { resourceType: TOPIC, resourceName: "changed", configs: [{ name: "retention.bytes", value: "77" }] },
      ],
    };
    expect((await client.send(codecs.alterConfigs, 2, whole)).responses[0]?.errorCode).toBe(0);
    expect(await configOf(TOPIC, "changed", "retention.ms")).toMatchObject({ configSource: 5 });
    expect(test.broker.storage.topics().get("changed")?.spec).toMatchObject({ retentionBytes: 77, cleanup: "delete" });
  });

  it("of the broker reaches its topics, and survives a restart with quotas and the cluster's id", async () => {
    await createTopic(client, "inherits");
    expect(await alter(BROKER, "", [["log.retention.ms", 0, "4000"]])).toBe(0);
    expect(await alter(BROKER, "1", [["message.max.bytes", 0, "100"]])).toBe(0);
    expect(await alter(BROKER, "1", [["node.id", 0, "2"]])).toBe(42);
    expect(await configOf(TOPIC, "inherits", "retention.ms")).toMatchObject({ value: "4000", configSource: 3 });
    expect(test.broker.storage.topics().get("inherits")?.spec.retentionMs).toBe(4000);
    expect((await produce(client, "inherits", ["x".repeat(200)])).errorCode).toBe(10);
    const entries = [
      {
        entity: [{ entityType: "client-id", entityName: "slow" }],
        ops: [{ key: "producer_byte_rate", value: 10_000, remove: false }],
      },
    ];
    expect((await client.send(codecs.alterClientQuotas, 1, { entries })).entries[0]?.errorCode).toBe(0);
    const { clusterId } = test.broker;
    await test.broker.close();
    const again = await startBroker({ directory: test.directory, listeners: [{ port: 0 }] });
    expect(again.clusterId).toBe(clusterId);
    const { connectWire } = await import("../testing/wire-client.ts");
    client = await connectWire(again.address());
    expect(await configOf(TOPIC, "inherits", "retention.ms")).toMatchObject({ value: "4000" });
    expect(await configOf(BROKER, "1", "message.max.bytes")).toMatchObject({ value: "100", configSource: 2 });
    const quotas = await client.send(codecs.describeClientQuotas, 1, {
      components: [{ entityType: "client-id", matchType: 2, match: null }],
      strict: true,
    });
    expect(quotas.entries).toMatchObject([{ values: [{ key: "producer_byte_rate", value: 10_000 }] }]);
    client.close();
    await again.close();
  });

  it("given at the start is checked", async () => {
    const options = { directory: "unused", listeners: [{ port: 0 }] };
    await expect(
      Promise.resolve().then(() => startBroker({ ...options, config: { "no.such.key": "1" } })),
    ).rejects.toMatchObject({ code: "broker-config-invalid" });
    await expect(
      Promise.resolve().then(() => startBroker({ ...options, config: { "num.partitions": "x" } })),
    ).rejects.toMatchObject({ code: "broker-config-invalid" });
  });
});

describe("quotas", () => {
  it("tell a client to keep still, and do not read from it meanwhile", async () => {
    await createTopic(client, "limited");
    const entries = [
      {
        entity: [{ entityType: "client-id", entityName: null }],
        ops: [{ key: "producer_byte_rate", value: 2000, remove: false }],
      },
    ];
    await client.send(codecs.alterClientQuotas, 1, { entries });
    const send = async (): Promise<number> =>
      (await client.send(codecs.produce, 9, produceRequest("limited", batchOf(["x".repeat(3000)]), 1))).throttleTimeMs;
    expect(await send()).toBe(0);
    const startedMs = performance.now();
    const throttleMs = await send();
    expect(throttleMs).toBeGreaterThan(500);
    const other = await test.connect();
    other.clientId = "other";
    await other.send(codecs.metadata, 9, { topics: [] });
    await client.send(codecs.metadata, 9, { topics: [] });
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(throttleMs - 20);
    expect(test.broker.metrics().connections.throttled).toBeGreaterThan(0);
  });

  it("refuse what makes no sense", async () => {
    const code = async (entityType: string, key: string, value: number): Promise<number | undefined> => {
      const entries = [{ entity: [{ entityType, entityName: "x" }], ops: [{ key, value, remove: false }] }];
      return (await client.send(codecs.alterClientQuotas, 1, { entries })).entries[0]?.errorCode;
    };
    expect(await code("user", "producer_byte_rate", 0)).toBe(42);
    expect(await code("user", "no_such_key", 1)).toBe(42);
    expect(await code("planet", "producer_byte_rate", 1)).toBe(42);
    expect(await code("ip", "producer_byte_rate", 1)).toBe(42);
    expect(await code("ip", "connection_creation_rate", 100)).toBe(0);
  });
});

describe("access", () => {
  it("is asked of the authorizer for every topic, and nobody learns of topics he may not see", async () => {
    await test.close();
    test = await startTestBroker({
      authorizer: { allows: (_principal, _operation, { name, type }) => type === "topic" && name.startsWith("mine") },
    });
    client = await test.connect();
    await createTopic(client, "mine");
    await test.broker.storage.createTopic({ name: "theirs", partitions: 1 });
    const all = await client.send(codecs.metadata, 12, { topics: null });
    expect(all.topics.map(({ name }) => name)).toEqual(["mine"]);
    const asked = await client.send(codecs.metadata, 12, { topics: [{ name: "theirs" }, { name: "nowhere" }] });
    expect(asked.topics.map(({ errorCode }) => errorCode)).toEqual([29, 29]);
    expect((await produce(client, "theirs", ["x"])).errorCode).toBe(29);
    expect((await produce(client, "nowhere", ["x"])).errorCode).toBe(29);
    const fetched = await client.send(codecs.fetch, 11, fetchRequest("theirs", 0));
    expect(fetched.responses[0]?.partitions[0]?.errorCode).toBe(29);
    expect(await alter(TOPIC, "theirs", [["retention.ms", 0, "1"]])).toBe(29);
    expect(await alter(BROKER, "1", [["num.partitions", 0, "1"]])).toBe(31);
    const logDirs = await client.send(codecs.describeLogDirs, 4, { topics: null });
    expect(logDirs.errorCode).toBe(31);
  });
});

describe("the cluster", () => {
  it("is one node that leads everything", async () => {
    await createTopic(client, "one");
    await produce(client, "one", ["x"]);
    const cluster = await client.send(codecs.describeCluster, 2, { includeClusterAuthorizedOperations: true });
    expect(cluster).toMatchObject({
      errorCode: 0,
      clusterId: test.broker.clusterId,
      controllerId: 1,
      brokers: [{ brokerId: 1 }],
    });
    const logDirs = await client.send(codecs.describeLogDirs, 4, { topics: [{ topic: "one", partitions: [0] }] });
    expect(logDirs.results[0]?.topics[0]?.partitions[0]?.partitionSize).toBeGreaterThan(60);
    expect(logDirs.results[0]?.usableBytes).toBeGreaterThan(0);
  });

  it("says the truth about moving partitions and choosing leaders: there is nowhere to move and nothing to choose", async () => {
    await createTopic(client, "still", {}, 2);
    const move = async (
      name: string,
      partitionIndex: number,
      replicas: number[] | null,
    ): Promise<number | undefined> => {
      const topics = [{ name, partitions: [{ partitionIndex, replicas }] }];
      const answer = await client.send(codecs.alterPartitionReassignments, 0, { topics });
      expect(answer.errorCode).toBe(0);
      return answer.responses[0]?.partitions[0]?.errorCode;
    };
    expect(await move("still", 0, [1])).toBe(0);
    expect(await move("still", 0, [2])).toBe(39);
    expect(await move("still", 0, [1, 2])).toBe(39);
    expect(await move("still", 1, null)).toBe(85);
    expect(await move("still", 2, [1])).toBe(3);
    expect(await move("nowhere", 0, [1])).toBe(3);
    const moving = await client.send(codecs.listPartitionReassignments, 0, { topics: null });
    expect(moving).toMatchObject({ errorCode: 0, topics: [] });
    const elect = (topicPartitions: { topic: string; partitions: number[] }[] | null) =>
      client.send(codecs.electLeaders, 2, { electionType: 0, topicPartitions });
    expect(await elect(null)).toMatchObject({ errorCode: 0, replicaElectionResults: [] });
    const { replicaElectionResults } = await elect([{ topic: "still", partitions: [0, 2] }]);
    expect(replicaElectionResults[0]?.partitionResult.map(({ errorCode }) => errorCode)).toEqual([84, 3]);
  });

  it("votes alone, has the features it is built for, and one directory", async () => {
    await createTopic(client, "here");
    const quorumOf = async (topicName: string) => {
      const topics = [{ topicName, partitions: [{ partitionIndex: 0 }] }];
      const { nodes, topics: answered } = await client.send(codecs.describeQuorum, 2, { topics });
      expect(nodes).toMatchObject([{ nodeId: 1, listeners: [{ ...test.broker.address(), name: "PLAINTEXT" }] }]);
      return answered[0]?.partitions[0];
    };
    expect(await quorumOf("here")).toMatchObject({ errorCode: 3, currentVoters: [] });
    const before = await quorumOf("__cluster_metadata");
    expect(before).toMatchObject({ errorCode: 0, leaderId: 1, currentVoters: [{ replicaId: 1 }], observers: [] });
    expect(await alter(BROKER, "", [["log.retention.ms", 0, "4000"]])).toBe(0);
    const after = await quorumOf("__cluster_metadata");
    expect(after?.highWatermark).toBe((before?.highWatermark ?? 0) + 1);
    expect(after?.currentVoters[0]?.logEndOffset).toBe(after?.highWatermark);

    const update = (version: number, ...levels: (readonly [string, number])[]) =>
      client.send(codecs.updateFeatures, version, {
        featureUpdates: levels.map(([feature, maxVersionLevel]) => ({ feature, maxVersionLevel })),
      });
    expect(await update(2, ["transaction.version", 2], ["group.version", 1])).toMatchObject({ errorCode: 0 });
    expect(await update(2, ["transaction.version", 2], ["group.version", 0])).toMatchObject({ errorCode: 95 });
    expect(await update(2, ["streams.version", 1])).toMatchObject({ errorCode: 95 });
    expect((await update(1, ["transaction.version", 1])).results).toMatchObject([{ errorCode: 95 }]);

    const place = async (path: string, name: string): Promise<number | undefined> => {
      const dirs = [{ path, topics: [{ name, partitions: [0] }] }];
      return (await client.send(codecs.alterReplicaLogDirs, 2, { dirs })).results[0]?.partitions[0]?.errorCode;
    };
    expect(await place(test.directory, "here")).toBe(0);
    expect(await place("/elsewhere", "here")).toBe(57);
    expect(await place(test.directory, "nowhere")).toBe(3);
  });

  it("serves a storage that somebody else has open, and leaves it open", async () => {
    await test.broker.close();
    const storage = await openStorage({ directory: test.directory });
    await storage.createTopic({ name: "kept", partitions: 1, retentionMs: 60_000 });
    const broker = await startBroker({ storage, listeners: [{ port: 0 }] });
    const { connectWire } = await import("../testing/wire-client.ts");
    client = await connectWire(broker.address());
    expect(await configOf(TOPIC, "kept", "retention.ms")).toMatchObject({ value: "60000", configSource: 1 });
    expect((await produce(client, "kept", ["x"])).baseOffset).toBe(0);
    client.close();
    await broker.close();
    expect(storage.partition("kept", 0).bounds().endOffset).toBe(1);
    await storage.close();
  });
});
