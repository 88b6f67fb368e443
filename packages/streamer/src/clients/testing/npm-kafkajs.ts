import { randomUUID } from "node:crypto";

import kafkajs, { type Admin, type Consumer, type Producer, type SASLOptions, type Transaction } from "kafkajs";

import { arrived, Named, type NpmClient, type NpmRequest, RETRY, slowly, tlsOf } from "./npm-client.ts";

// CommonJS: Node finds only some of its names by itself.
const { CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = kafkajs;

interface Member {
  readonly consumer: Consumer;
  readonly values: string[];
  readonly next: Map<number, string>;
  readonly topic: string;
  partitions: readonly number[];
}

interface Writer {
  readonly producer: Producer;
  transaction?: Transaction | undefined;
}

const members = new Named<Member>();
const writers = new Named<Writer>();

/** kafkajs 2.2. */
export const kafkajsClient: NpmClient = {
  produce: async (request) => {
    const { codec = "none", partitions = 1, topic, values } = request;
    const messages = values.map((value, index) => ({ value, partition: index % partitions }));
    const compression = codec === "gzip" ? CompressionTypes.GZIP : CompressionTypes.None;
    await withProducer(request, (producer) => producer.send({ topic, messages, compression, acks: -1 }));
  },
  produceSlowly: (request) =>
    withProducer(request, (producer) =>
      slowly(request, (value) =>
        producer.send({ topic: request.topic, messages: [{ value, partition: 0 }], acks: -1 }),
      ),
    ),
  read: async (request) => {
    const { committed = false, topic, until } = request;
    const consumer = kafkaOf(request).consumer({
      groupId: randomUUID(),
      readUncommitted: !committed,
      maxWaitTimeInMs: 100,
    });
    const values: string[] = [];
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ message }) => Promise.resolve(void values.push(message.value?.toString() ?? "")),
    });
    const read = await arrived(values, until);
    await consumer.disconnect();
    return read;
  },
  join,
  member: ({ member }) => {
    const { partitions, values } = members.get(member);
    return Promise.resolve({ partitions, values });
  },
  commit: async ({ member }) => {
    const { consumer, next, topic } = members.get(member);
    await consumer.commitOffsets([...next].map(([partition, offset]) => ({ topic, partition, offset })));
  },
  leave: ({ member }) => members.get(member).consumer.disconnect(),
  begin: async (request) => {
    const { transactionalId, writer } = request;
    const producer = kafkaOf(request).producer({ transactionalId, maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    // The producer id is asked for with the first transaction.
    writers.set(writer, { producer, transaction: await producer.transaction() });
  },
  send: async ({ topic, values, writer }) => {
    const transaction = await transactionOf(writer);
    await transaction.send({ topic, messages: values.map((value) => ({ value, partition: 0 })) });
  },
  sendOffset: async ({ group, offset, topic, writer }) => {
    const transaction = await transactionOf(writer);
    const topics = [{ topic, partitions: [{ partition: 0, offset: String(offset) }] }];
    await transaction.sendOffsets({ consumerGroupId: group, topics });
  },
  end: async ({ commit, writer }) => {
    const found = writers.get(writer);
    const transaction = await transactionOf(writer);
    found.transaction = undefined;
    await (commit ? transaction.commit() : transaction.abort());
  },
  createTopic: (request) =>
    withAdmin(request, (admin) => {
      const { configs = {}, partitions: numPartitions = 1, topic } = request;
      const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
      return admin.createTopics({ topics: [{ topic, numPartitions, configEntries }] });
    }),
  listTopics: (request) => withAdmin(request, (admin) => admin.listTopics()),
  describeTopic: (request) =>
    withAdmin(request, async (admin) => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [request.topic] });
      return topics[0]?.partitions.length;
    }),
  addPartitions: (request) =>
    withAdmin(request, (admin) =>
      admin.createPartitions({ topicPartitions: [{ topic: request.topic, count: request.partitions ?? 1 }] }),
    ),
  describeConfig: (request) =>
    withAdmin(request, async (admin) => {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: request.topic }],
      });
      return Object.fromEntries(resources[0]?.configEntries.map((row) => [row.configName, row.configValue]) ?? []);
    }),
  alterConfig: (request) =>
    withAdmin(request, (admin) => {
      const configEntries = [{ name: request.key, value: request.value }];
      const resources = [{ type: ConfigResourceTypes.TOPIC, name: request.topic, configEntries }];
      return admin.alterConfigs({ validateOnly: false, resources });
    }),
  deleteRecords: (request) =>
    withAdmin(request, async (admin) => {
      const partitions = [{ partition: 0, offset: String(request.before) }];
      // Asking for offsets loads the topic's metadata, which deleting does not do by itself.
      await admin.fetchTopicOffsets(request.topic);
      return admin.deleteTopicRecords({ topic: request.topic, partitions });
    }),
  deleteTopic: (request) => withAdmin(request, (admin) => admin.deleteTopics({ topics: [request.topic] })),
  listGroups: (request) =>
    withAdmin(request, async (admin) => (await admin.listGroups()).groups.map(({ groupId }) => groupId)),
  describeGroup: (request) =>
    withAdmin(request, async (admin) => {
      const [group] = (await admin.describeGroups([request.group])).groups;
      return { state: group?.state, members: group?.members.length };
    }),
  groupOffsets: (request) =>
    withAdmin(request, async (admin) => {
      const found = await admin.fetchOffsets({ groupId: request.group, topics: [request.topic] });
      const rows = found.flatMap(({ partitions, topic }) =>
        partitions.map(({ offset, partition }) => [`${topic}-${partition}`, Number(offset)]),
      );
      return Object.fromEntries(rows);
    }),
  deleteGroup: (request) => withAdmin(request, (admin) => admin.deleteGroups([request.group])),
};

function kafkaOf({ connection, retries = RETRY.times }: NpmRequest): kafkajs.Kafka {
  const { bootstrap, sasl } = connection;
  const ssl = tlsOf(connection);
  return new Kafka({
    brokers: [bootstrap],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: RETRY.everyMs, maxRetryTime: RETRY.everyMs, retries },
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl: saslOf(sasl) }),
  });
}

function saslOf({
  mechanism,
  password,
  user: username,
}: {
  mechanism: string;
  user: string;
  password: string;
}): SASLOptions {
  switch (mechanism) {
    case "PLAIN":
      return { mechanism: "plain", username, password };
    case "SCRAM-SHA-256":
      return { mechanism: "scram-sha-256", username, password };
    default:
      return { mechanism: "scram-sha-512", username, password };
  }
}

async function withProducer<T>(request: NpmRequest, work: (producer: Producer) => Promise<T>): Promise<T> {
  const producer = kafkaOf(request).producer();
  await producer.connect();
  try {
    return await work(producer);
  } finally {
    await producer.disconnect();
  }
}

async function withAdmin<T>(request: NpmRequest, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafkaOf(request).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

async function join(request: NpmRequest): Promise<void> {
  const { group: groupId, sessionMs: sessionTimeout, topic } = request;
  const heartbeatInterval = Math.floor(sessionTimeout / 6);
  const consumer = kafkaOf(request).consumer({ groupId, sessionTimeout, heartbeatInterval, maxWaitTimeInMs: 100 });
  const member: Member = { consumer, values: [], next: new Map(), topic, partitions: [] };
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    member.partitions = payload.memberAssignment[topic] ?? [];
  });
  consumer.on(consumer.events.REBALANCING, () => {
    member.partitions = [];
  });
  members.set(request.member, member);
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: ({ message, partition }) => {
      member.values.push(message.value?.toString() ?? "");
      member.next.set(partition, String(Number(message.offset) + 1));
      return Promise.resolve();
    },
  });
}

async function transactionOf(writer: string): Promise<Transaction> {
  const found = writers.get(writer);
  found.transaction ??= await found.producer.transaction();
  return found.transaction;
}
