import { randomUUID } from "node:crypto";

import { type Admin, type Consumer, ErrorCode, KafkaClient, type Producer } from "@kafkats/client";

import { arrived, Named, type NpmClient, type NpmRequest, slowly, tlsOf } from "./npm-client.ts";

// The library does not export the type.
type ProducerTransaction = Parameters<Parameters<Producer["transaction"]>[0]>[0];

/** Groups are committed by what was handled; nothing is handled while a member's gate is shut. */
interface Member {
  readonly client: KafkaClient;
  readonly consumer: Consumer;
  readonly running: Promise<void>;
  readonly values: string[];
  partitions: Set<number>;
}

/** The client's transactions end with a function: it waits until it is told how. */
interface Writer {
  readonly producer: Producer;
  open?: { readonly transaction: ProducerTransaction; readonly end: (commit: boolean) => Promise<void> } | undefined;
}

const members = new Named<Member>();
const writers = new Named<Writer>();

/** @kafkats/client 0.12. */
export const kafkatsClient: NpmClient = {
  produce: (request) =>
    withProducer(request, (producer) => {
      const { partitions = 1, topic, values } = request;
      return producer.send(
        topic,
        values.map((value, index) => ({ value: Buffer.from(value), partition: index % partitions })),
      );
    }).then(() => true),
  produceSlowly: (request) =>
    withProducer(request, (producer) =>
      slowly(request, (value) => producer.send(request.topic, { value: Buffer.from(value), partition: 0 })),
    ),
  read: async (request) => {
    const { committed = false, topic, until } = request;
    const client = await clientOf(request);
    const isolationLevel = committed ? "read_committed" : "read_uncommitted";
    const consumer = client.consumer({
      groupId: randomUUID(),
      isolationLevel,
      autoOffsetReset: "earliest",
      maxWaitMs: 100,
    });
    const values: string[] = [];
    const handle = (message: { readonly value: Buffer }): Promise<void> =>
      Promise.resolve(void values.push(message.value.toString()));
    const assignment = [{ topic, partition: 0, offset: 0n }];
    const running = consumer.runEach(topic, handle, { assignment, commitOffsets: false });
    try {
      return await Promise.race([arrived(values, until), running.then(() => values)]);
    } finally {
      consumer.stop();
      await running.catch(() => undefined);
      await client.disconnect();
    }
  },
  join,
  member: ({ member }) => {
    const { partitions, values } = members.get(member);
    return Promise.resolve({ partitions: [...partitions], values });
  },
  // It commits by itself every 100 ms.
  commit: () => new Promise((resolve) => setTimeout(resolve, 500)),
  leave: async ({ member }) => {
    const { client, consumer, running } = members.get(member);
    consumer.stop();
    await running;
    await client.disconnect();
  },
  begin: async (request) => {
    const { transactionalId, writer } = request;
    const producer = (await clientOf(request)).producer({ transactionalId, lingerMs: 0 });
    writers.set(writer, { producer });
    await openTransaction(writer);
  },
  send: async ({ topic, values, writer }) => {
    const { transaction } = await openTransaction(writer);
    for (const value of values) await transaction.send(topic, { value: Buffer.from(value), partition: 0 });
  },
  sendOffset: async ({ group: groupId, offset, topic, writer }) => {
    const { transaction } = await openTransaction(writer);
    await transaction.sendOffsets({ groupId, offsets: [{ topic, partition: 0, offset: BigInt(offset) }] });
  },
  end: async ({ commit, writer }) => {
    const { end } = await openTransaction(writer);
    writers.get(writer).open = undefined;
    await end(commit);
  },
  createTopic: (request) =>
    withAdmin(request, async (admin) => {
      const { configs = {}, partitions: numPartitions = 1, topic: name } = request;
      const [created] = await admin.createTopics([{ name, numPartitions, configs }]);
      if (created?.errorCode !== ErrorCode.None)
        throw new Error(`Topic is invalid: ${created?.errorCode} ${created?.errorMessage}`);
    }),
  listTopics: (request) => withAdmin(request, (admin) => admin.listTopics()),
  describeTopic: (request) =>
    withAdmin(request, async (admin) => (await admin.describeTopics([request.topic]))[0]?.partitions.length),
  deleteTopic: (request) => withAdmin(request, (admin) => admin.deleteTopics([request.topic])),
  listGroups: (request) =>
    withAdmin(request, async (admin) => (await admin.listGroups()).map(({ groupId }) => groupId)),
  describeGroup: (request) =>
    withAdmin(request, async (admin) => {
      const [group] = await admin.describeGroups([request.group]);
      return { state: group?.state, members: group?.members.length };
    }),
  deleteGroup: (request) => withAdmin(request, (admin) => admin.deleteGroups([request.group])),
};

async function clientOf({ connection }: NpmRequest): Promise<KafkaClient> {
  const { bootstrap, sasl } = connection;
  const tls = tlsOf(connection);
  const client = new KafkaClient({
    clientId: "kafkats",
    brokers: [bootstrap],
    logLevel: "silent",
    requestTimeoutMs: 10_000,
    ...(tls === undefined ? {} : { tls: { enabled: true, servername: "localhost", ...tls } }),
    ...(sasl === undefined
      ? {}
      : {
          sasl: {
            // The suite names those the client has.
            mechanism: sasl.mechanism as "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512",
            username: sasl.user,
            password: sasl.password,
          },
        }),
  });
  await client.connect();
  return client;
}

async function withProducer<T>(request: NpmRequest, work: (producer: Producer) => Promise<T>): Promise<T> {
  const client = await clientOf(request);
  // The suite names codecs the client has.
  const compression = (request.codec ?? "none") as "none" | "gzip" | "snappy" | "lz4" | "zstd";
  const producer = client.producer({ compression, acks: "all", retries: 20 });
  try {
    return await work(producer);
  } finally {
    await producer.disconnect();
    await client.disconnect();
  }
}

async function withAdmin<T>(request: NpmRequest, work: (admin: Admin) => Promise<T>): Promise<T> {
  const client = await clientOf(request);
  try {
    return await work(client.admin());
  } finally {
    await client.disconnect();
  }
}

async function join(request: NpmRequest): Promise<void> {
  const { group: groupId, sessionMs: sessionTimeoutMs, topic } = request;
  const client = await clientOf(request);
  const consumer = client.consumer({
    groupId,
    sessionTimeoutMs,
    heartbeatIntervalMs: Math.floor(sessionTimeoutMs / 6),
    autoOffsetReset: "earliest",
    maxWaitMs: 100,
  });
  const values: string[] = [];
  const partitions = new Set<number>();
  consumer.on("partitionsAssigned", (assigned) => assigned.forEach(({ partition }) => partitions.add(partition)));
  const forget = (gone: readonly { readonly partition: number }[]): void =>
    gone.forEach(({ partition }) => partitions.delete(partition));
  consumer.on("partitionsRevoked", forget);
  consumer.on("partitionsLost", forget);
  consumer.on("error", (error) => process.stderr.write(`${error.stack ?? error.message}\n`));
  const running = consumer.runEach(topic, (message) => Promise.resolve(void values.push(message.value.toString())), {
    autoCommitIntervalMs: 100,
  });
  running.catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  members.set(request.member, { client, consumer, running, values, partitions });
}

async function openTransaction(writer: string): Promise<NonNullable<Writer["open"]>> {
  const found = writers.get(writer);
  if (found.open !== undefined) return found.open;
  const opened = Promise.withResolvers<ProducerTransaction>();
  const ending = Promise.withResolvers<boolean>();
  const aborted = new Error("Aborted by the test");
  const running = found.producer.transaction(async (transaction) => {
    opened.resolve(transaction);
    if (!(await ending.promise)) throw aborted;
  });
  running.catch(opened.reject);
  const transaction = await opened.promise;
  found.open = {
    transaction,
    end: async (commit) => {
      ending.resolve(commit);
      await running.catch((error: unknown) => {
        if (!(error instanceof Error && error.cause === aborted)) throw error;
      });
    },
  };
  return found.open;
}
