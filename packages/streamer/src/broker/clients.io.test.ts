/** Clients of npm against the broker in one process: what needs no process of theirs, and no installation. */
import type * as platformatic from "platformatic-kafka-1";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestBroker, type TestBroker } from "../testing/test-broker.ts";

let test: TestBroker;

beforeAll(async () => {
  test = await startTestBroker({ config: { "group.initial.rebalance.delay.ms": "0" } });
});
afterAll(() => test.close());

const LINES = Array.from({ length: 2000 }, (_, at) => `line ${at}`);

describe("kafkajs", () => {
  it("creates, describes, produces, looks up offsets and deletes records", async () => {
    const { CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = (await import("kafkajs")).default;
    const kafka = new Kafka({ clientId: "kafkajs", brokers: [test.broker.bootstrap()], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({
      topics: [{ topic: "kjs", numPartitions: 2, configEntries: [{ name: "retention.ms", value: "100000" }] }],
    });
    const producer = kafka.producer();
    await producer.connect();
    const messages = LINES.map((value, at) => ({ key: String(at), value, headers: { at: String(at) } }));
    for (const compression of [CompressionTypes.None, CompressionTypes.GZIP]) {
      await producer.send({ topic: "kjs", acks: -1, compression, messages });
    }
    const transactional = kafka.producer({ transactionalId: "kjs", maxInFlightRequests: 1, idempotent: true });
    await transactional.connect();
    for (const end of ["abort", "commit"] as const) {
      const transaction = await transactional.transaction();
      await transaction.send({ topic: "kjs-transaction", messages: [{ value: end }] });
      await transaction[end]();
    }
    await transactional.disconnect();
    const consumer = kafka.consumer({ groupId: "kjs", readUncommitted: false });
    await consumer.connect();
    await consumer.subscribe({ topic: "kjs-transaction", fromBeginning: true });
    const first = new Promise<string | undefined>((resolve) => {
      void consumer.run({ eachMessage: ({ message }) => Promise.resolve(resolve(message.value?.toString())) });
    });
    expect(await first).toBe("commit");
    await consumer.disconnect();
    await producer.disconnect();
    const offsets = await admin.fetchTopicOffsets("kjs");
    expect(offsets.reduce((sum, { high }) => sum + Number(high), 0)).toBe(4000);
    const { resources } = await admin.describeConfigs({
      includeSynonyms: true,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: "kjs" }],
    });
    expect(resources[0]?.configEntries.find(({ configName }) => configName === "retention.ms")?.configValue).toBe(
      "100000",
    );
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        { type: ConfigResourceTypes.TOPIC, name: "kjs", configEntries: [{ name: "retention.ms", value: "7" }] },
      ],
    });
    await admin.createPartitions({ topicPartitions: [{ topic: "kjs", count: 4 }] });
    await admin.deleteTopicRecords({ topic: "kjs", partitions: [{ partition: 0, offset: "10" }] });
    const after = await admin.fetchTopicOffsets("kjs");
    expect(after.find(({ partition }) => partition === 0)?.low).toBe("10");
    expect((await admin.describeCluster()).brokers).toHaveLength(1);
    await admin.deleteTopics({ topics: ["kjs"] });
    expect(await admin.listTopics()).not.toContain("kjs");
    await admin.disconnect();
  });
});

/** A dependency of another room; both lines have the same names, and for what is used here the same meaning. */
const PLATFORMATIC_2 = "@platformatic/kafka";

describe.each([
  ["platformatic 2", () => import(PLATFORMATIC_2) as Promise<typeof platformatic>],
  ["platformatic 1", () => import("platformatic-kafka-1")],
] as const)("%s", (name, load) => {
  it("creates, produces and consumes", async () => {
    const { Admin, Consumer, MessagesStreamModes, Producer, stringDeserializers, stringSerializers } = await load();
    const common = { clientId: name, bootstrapBrokers: [test.broker.bootstrap()] };
    const topic = name.replace(" ", "-");
    const admin = new Admin(common);
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
    const producer = new Producer({ ...common, serializers: stringSerializers });
    for (const compression of ["none", "gzip", "lz4", "snappy", "zstd"] as const) {
      await producer.send({ messages: LINES.map((value) => ({ topic, key: "k", value })), compression, acks: -1 });
    }
    const consumer = new Consumer({ ...common, groupId: `group-${topic}`, deserializers: stringDeserializers });
    const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST, autocommit: false });
    const values: string[] = [];
    for await (const message of stream) {
      values.push(message.value);
      if (values.length === LINES.length * 5) break;
    }
    expect(values).toEqual(Array.from({ length: 5 }, () => LINES).flat());
    await stream.close();
    await consumer.close();
    await producer.close();
    await admin.deleteTopics({ topics: [topic] });
    await admin.close();
  });
});

describe("kafkats", () => {
  it("creates, produces and consumes", async () => {
    const { KafkaClient } = await import("@kafkats/client");
    const client = new KafkaClient({ clientId: "kafkats", brokers: [test.broker.bootstrap()] });
    await client.connect();
    const admin = client.admin();
    await admin.createTopics([{ name: "kats", numPartitions: 1, replicationFactor: 1 }]);
    const producer = client.producer({ compression: "gzip" });
    await producer.send(
      "kats",
      LINES.map((value) => ({ value: Buffer.from(value) })),
    );
    const consumer = client.consumer({ groupId: "kats", autoOffsetReset: "earliest" });
    const values: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const running = consumer.runEach("kats", (message) => {
        values.push(String(message.value));
        if (values.length === LINES.length) resolve();
        return Promise.resolve();
      });
      running.catch(reject);
    });
    expect(values).toEqual(LINES);
    consumer.stop();
    await producer.disconnect();
    await client.disconnect();
  });
});
