import { randomUUID } from "node:crypto";

import type * as platformatic from "@platformatic/kafka";

import { arrived, Named, type NpmClient, type NpmRequest, RETRY, slowly, tlsOf } from "./npm-client.ts";

type Texts = platformatic.Consumer<string, string, string, string>;
type TextProducer = platformatic.Producer<string, string, string, string>;
type TextStream = platformatic.MessagesStream<string, string, string, string>;

interface Member {
  readonly consumer: Texts;
  readonly stream: TextStream;
  readonly values: string[];
  readonly next: Map<number, bigint>;
  readonly topic: string;
}

interface Writer {
  readonly producer: TextProducer;
  // The library does not export the type.
  transaction?: Awaited<ReturnType<TextProducer["beginTransaction"]>> | undefined;
}

/** @platformatic/kafka, whose two lines have the same functions. */
export async function platformaticClient(line: 1 | 2): Promise<NpmClient> {
  const library =
    line === 2
      ? await import("@platformatic/kafka")
      : // What is used here has the same types in both.
        ((await import("platformatic-kafka-1")) as unknown as typeof platformatic);
  const kit = new Kit(library);
  return { ...dataOperations(kit), ...memberOperations(kit), ...writerOperations(kit), ...adminOperations(kit) };
}

class Kit {
  readonly library: typeof platformatic;
  readonly members = new Named<Member>();
  readonly writers = new Named<Writer>();

  constructor(library: typeof platformatic) {
    this.library = library;
  }

  base({ connection }: NpmRequest): platformatic.BaseOptions {
    const { bootstrap, sasl } = connection;
    const tls = tlsOf(connection);
    return {
      clientId: "platformatic",
      bootstrapBrokers: [bootstrap],
      // Its streams end for good when these are spent.
      retries: RETRY.times,
      retryDelay: RETRY.everyMs,
      timeout: 10_000,
      ...(tls === undefined ? {} : { tls }),
      ...(sasl === undefined
        ? {}
        : {
            // The suite names those the client has.
            sasl: {
              mechanism: sasl.mechanism as "PLAIN",
              username: sasl.user,
              password: sasl.password,
            },
          }),
    };
  }

  producer(request: NpmRequest, more: { readonly transactionalId?: string } = {}): TextProducer {
    const { codec = "none" } = request;
    return new this.library.Producer({
      ...this.base(request),
      ...more,
      idempotent: true,
      // The suite names codecs the client has.
      compression: codec as "none" | "gzip" | "snappy" | "lz4" | "zstd",
      serializers: this.library.stringSerializers,
    });
  }

  consumer(request: NpmRequest, groupId: string, more: Readonly<Record<string, unknown>> = {}): Texts {
    return new this.library.Consumer({
      ...this.base(request),
      groupId,
      deserializers: this.library.stringDeserializers,
      autocommit: false,
      maxWaitTime: 100,
      isolationLevel: request.committed === true ? 1 : 0,
      ...more,
    });
  }

  async administer<T>(request: NpmRequest, work: (admin: platformatic.Admin) => Promise<T>): Promise<T> {
    const admin = new this.library.Admin({ ...this.base(request), retries: 3 });
    try {
      return await work(admin);
    } finally {
      await admin.close();
    }
  }
}

function dataOperations(kit: Kit): NpmClient {
  return {
    produce: async (request) => {
      const { partitions = 1, topic, values } = request;
      const producer = kit.producer(request);
      await producer.send({
        messages: values.map((value, index) => ({ topic, value, partition: index % partitions })),
        acks: -1,
      });
      await producer.close();
    },
    produceSlowly: async (request) => {
      const producer = kit.producer(request);
      const send = (value: string): Promise<unknown> =>
        producer.send({ messages: [{ topic: request.topic, value, partition: 0 }], acks: -1 });
      const acknowledged = await slowly(request, send);
      await producer.close();
      return acknowledged;
    },
    read: async (request) => {
      const consumer = kit.consumer(request, randomUUID());
      const values: string[] = [];
      const stream = await consumer.consume({
        topics: [request.topic],
        mode: "earliest",
      });
      stream.on("data", ({ value }) => void values.push(value));
      stream.on("error", (error) => process.stderr.write(`${String(error)}\n`));
      const read = await arrived(values, request.until);
      await consumer.close(true);
      return read;
    },
  };
}

function memberOperations(kit: Kit): NpmClient {
  return {
    join: async (request) => {
      const { group, protocol, sessionMs, topic } = request;
      const consumer = kit.consumer(
        request,
        group,
        protocol === "consumer"
          ? { groupProtocol: "consumer" }
          : { sessionTimeout: sessionMs, heartbeatInterval: Math.floor(sessionMs / 6), rebalanceTimeout: 10_000 },
      );
      consumer.on("error", (error: unknown) => process.stderr.write(`${String(error)}\n`));
      const stream = await consumer.consume({ topics: [topic], mode: "committed", fallbackMode: "earliest" });
      const member: Member = { consumer, stream, values: [], next: new Map(), topic };
      stream.on("data", ({ offset, partition, value }) => {
        member.values.push(value);
        member.next.set(partition, offset + 1n);
      });
      stream.on("error", (error) => process.stderr.write(`${String(error)}\n`));
      kit.members.set(request.member, member);
    },
    member: ({ member }) => {
      const { consumer, topic, values } = kit.members.get(member);
      const assigned = consumer.assignments?.find((one) => one.topic === topic);
      return Promise.resolve({ partitions: assigned?.partitions ?? [], values });
    },
    commit: async ({ member }) => {
      const { consumer, next, topic } = kit.members.get(member);
      const offsets = [...next].map(([partition, offset]) => ({ topic, partition, offset, leaderEpoch: 0 }));
      await consumer.commit({ offsets });
    },
    leave: ({ member }) => kit.members.get(member).consumer.close(true),
  };
}

function writerOperations(kit: Kit): NpmClient {
  const transactionOf = async (name: string): Promise<NonNullable<Writer["transaction"]>> => {
    const writer = kit.writers.get(name);
    writer.transaction ??= await writer.producer.beginTransaction();
    return writer.transaction;
  };
  return {
    begin: async (request) => {
      const { transactionalId, writer } = request;
      kit.writers.set(writer, { producer: kit.producer(request, { transactionalId }) });
      await transactionOf(writer);
    },
    send: async ({ topic, values, writer }) => {
      const transaction = await transactionOf(writer);
      await transaction.send({ messages: values.map((value) => ({ topic, value, partition: 0 })), acks: -1 });
    },
    end: async ({ commit, writer }) => {
      const transaction = await transactionOf(writer);
      kit.writers.get(writer).transaction = undefined;
      await (commit ? transaction.commit() : transaction.abort());
    },
  };
}

function adminOperations(kit: Kit): NpmClient {
  const { ConfigResourceTypes, IncrementalAlterConfigOperationTypes } = kit.library;
  const topicResource = (request: NpmRequest) => ({
    resourceType: ConfigResourceTypes.TOPIC,
    resourceName: request.topic,
  });
  return {
    createTopic: (request) =>
      kit.administer(request, async (admin) => {
        const { partitions = 1, topic } = request;
        const configs = Object.entries(request.configs ?? {}).map(([name, value]) => ({ name, value }));
        await admin.createTopics({ topics: [topic], partitions, replicas: 1, configs });
      }),
    listTopics: (request) => kit.administer(request, (admin) => admin.listTopics()),
    describeTopic: (request) =>
      kit.administer(request, async (admin) => {
        const metadata = await admin.metadata({ topics: [request.topic], forceUpdate: true });
        return metadata.topics.get(request.topic)?.partitionsCount;
      }),
    addPartitions: (request) =>
      kit.administer(request, (admin) =>
        admin.createPartitions({ topics: [{ name: request.topic, count: request.partitions ?? 1 }] }),
      ),
    describeConfig: (request) =>
      kit.administer(request, async (admin) => {
        const [found] = await admin.describeConfigs({
          resources: [{ ...topicResource(request), configurationKeys: null }],
        });
        return Object.fromEntries(found?.configs.map(({ name, value }) => [name, value]) ?? []);
      }),
    alterConfig: (request) =>
      kit.administer(request, (admin) => {
        const configs = [
          { name: request.key, value: request.value, configOperation: IncrementalAlterConfigOperationTypes.SET },
        ];
        return admin.incrementalAlterConfigs({ resources: [{ ...topicResource(request), configs }] });
      }),
    deleteRecords: (request) =>
      kit.administer(request, async (admin) => {
        const partitions = [{ partition: 0, offset: BigInt(request.before) }];
        await admin.deleteRecords({ topics: [{ name: request.topic, partitions }] });
      }),
    deleteTopic: (request) => kit.administer(request, (admin) => admin.deleteTopics({ topics: [request.topic] })),
    listGroups: (request) => kit.administer(request, async (admin) => [...(await admin.listGroups()).keys()]),
    describeGroup: (request) =>
      kit.administer(request, async (admin) => {
        const group = (await admin.describeGroups({ groups: [request.group] })).get(request.group);
        const state = group?.state.toLowerCase() ?? "";
        return { state: `${state.charAt(0).toUpperCase()}${state.slice(1)}`, members: group?.members.size };
      }),
    groupOffsets: (request) =>
      kit.administer(request, async (admin) => {
        const [found] = await admin.listConsumerGroupOffsets({ groups: [request.group] });
        const rows = found?.topics.flatMap(({ name, partitions }) =>
          partitions.map((row) => [`${name}-${row.partitionIndex}`, Number(row.committedOffset)]),
        );
        return Object.fromEntries(rows ?? []);
      }),
    deleteGroup: (request) => kit.administer(request, (admin) => admin.deleteGroups({ groups: [request.group] })),
  };
}
