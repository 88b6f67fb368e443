/** Real clients in groups of ours: they join, share, leave, crash, commit, and go on after the broker was started again. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { Consumer as PlatformaticConsumer, type MessagesStream, stringDeserializers } from "@platformatic/kafka";
import { KafkaClient } from "@kafkats/client";
import { Kafka, logLevel } from "kafkajs";
import { afterEach, beforeEach, expect, test } from "vitest";

import type { Broker } from "../broker/broker.ts";
import { startBroker } from "../broker/start-broker.ts";

const TOPIC = "orders";
const PARTITIONS = 4;
const WAIT_MS = 40_000;

let directory: string;
let broker: Broker;
let port: number;

async function start(): Promise<void> {
  broker = await startBroker({
    directory,
    listeners: [{ port }],
    config: {
      "group.initial.rebalance.delay.ms": "0",
      "group.consumer.heartbeat.interval.ms": "200",
      "num.partitions": String(PARTITIONS),
    },
  });
  ({ port } = broker.address());
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "kaelix-groups-"));
  port = 0;
  await start();
});

afterEach(async () => {
  await broker.close();
  await rm(directory, { recursive: true, force: true });
});

async function until(what: string, isSo: () => boolean): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`Waited in vain: ${what}`);
    await sleep(20);
  }
}

function kafkaJs(): Kafka {
  return new Kafka({
    clientId: "js",
    brokers: [`127.0.0.1:${port}`],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 50, retries: 30, maxRetryTime: 500 },
  });
}

/** Writes numbered messages over all partitions. */
async function produce(first: number, count: number): Promise<string[]> {
  const producer = kafkaJs().producer();
  await producer.connect();
  const values = Array.from({ length: count }, (_, at) => String(first + at));
  const messages = values.map((value, at) => ({ value, partition: at % PARTITIONS }));
  await producer.send({ topic: TOPIC, messages });
  await producer.disconnect();
  return values;
}

/** What a running consumer has seen and owns. */
interface Running {
  readonly seen: string[];
  owned(): number;
  /** Leaves the group in good order, committed. */
  stop(): Promise<void>;
}

async function runKafkaJs(groupId: string): Promise<Running> {
  const consumer = kafkaJs().consumer({
    groupId,
    sessionTimeout: 6000,
    heartbeatInterval: 300,
    rebalanceTimeout: 5000,
    maxWaitTimeInMs: 200,
  });
  const seen: string[] = [];
  let owned = 0;
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    owned = payload.memberAssignment[TOPIC]?.length ?? 0;
  });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      seen.push(message.value?.toString() ?? "");
    },
  });
  return {
    seen,
    owned: () => owned,
    stop: async () => {
      await consumer.stop();
      await consumer.disconnect();
    },
  };
}

function platformatic(groupId: string, groupProtocol: "classic" | "consumer") {
  return new PlatformaticConsumer({
    clientId: "plt",
    groupId,
    bootstrapBrokers: [`127.0.0.1:${port}`],
    deserializers: stringDeserializers,
    sessionTimeout: 6000,
    rebalanceTimeout: 6000,
    heartbeatInterval: 300,
    retries: 30,
    retryDelay: 100,
    groupProtocol,
  });
}

async function runPlatformatic(groupId: string, groupProtocol: "classic" | "consumer"): Promise<Running> {
  const consumer = platformatic(groupId, groupProtocol);
  const seen: string[] = [];
  const stream: MessagesStream<string, string, string, string> = await consumer.consume({
    topics: [TOPIC],
    mode: "committed",
    fallbackMode: "earliest",
    autocommit: 100,
    maxWaitTime: 100,
  });
  stream.on("data", ({ value }) => void seen.push(value ?? ""));
  stream.on("error", () => undefined);
  return {
    seen,
    owned: () => consumer.assignments?.find(({ topic }) => topic === TOPIC)?.partitions.length ?? 0,
    stop: async () => {
      await stream.close();
      await consumer.close(true);
    },
  };
}

async function runKafkats(groupId: string): Promise<Running> {
  const client = new KafkaClient({ clientId: "ts", brokers: [`127.0.0.1:${port}`], logLevel: "silent" });
  await client.connect();
  const consumer = client.consumer({
    groupId,
    autoOffsetReset: "earliest",
    sessionTimeoutMs: 6000,
    heartbeatIntervalMs: 300,
    maxWaitMs: 200,
  });
  const seen: string[] = [];
  const owned = new Set<number>();
  consumer.on("partitionsAssigned", (partitions) => {
    for (const { partition } of partitions) owned.add(partition);
  });
  consumer.on("partitionsRevoked", (partitions) => {
    for (const { partition } of partitions) owned.delete(partition);
  });
  const running = consumer.runEach(
    TOPIC,
    async (message) => {
      seen.push(Buffer.from(message.value ?? new Uint8Array(0)).toString());
    },
    { autoCommitIntervalMs: 200 },
  );
  running.catch(() => undefined);
  return {
    seen,
    owned: () => owned.size,
    stop: async () => {
      consumer.stop();
      await running;
      await client.disconnect();
    },
  };
}

function numeric(values: readonly string[]): number[] {
  return values.map(Number).sort((left, right) => left - right);
}

test.each([
  ["kafkajs", () => runKafkaJs("g")],
  ["platformatic, classic", () => runPlatformatic("g", "classic")],
  ["platformatic, KIP-848", () => runPlatformatic("g", "consumer")],
  ["kafkats", () => runKafkats("g")],
])(
  "%s: two share, one leaves, the other gets everything; after a restart both go on where they were",
  async (_name, run) => {
    const first = await produce(0, 40);
    const ann = await run();
    await until("ann sees everything", () => ann.seen.length >= 40);
    const bob = await run();
    await until("both share", () => ann.owned() === 2 && bob.owned() === 2);
    const second = await produce(40, 40);
    await until("both see their half", () => new Set([...ann.seen, ...bob.seen]).size >= 80);
    await bob.stop();
    await until("ann has everything again", () => ann.owned() === PARTITIONS);
    const third = await produce(80, 40);
    await until("ann sees the rest", () => new Set([...ann.seen, ...bob.seen]).size >= 120);
    await sleep(500);
    await ann.stop();
    expect(numeric([...new Set([...ann.seen, ...bob.seen])])).toEqual(numeric([...first, ...second, ...third]));

    await broker.close();
    await start();
    const fourth = await produce(120, 40);
    const cid = await run();
    await until("cid goes on", () => cid.seen.length >= 40);
    await cid.stop();
    expect(numeric(cid.seen)).toEqual(numeric(fourth));
  },
  120_000,
);

/** A consumer in a process of its own, which tells its assignment. */
const DOOMED = `
import { Kafka, logLevel } from "kafkajs";
const consumer = new Kafka({ brokers: [process.argv[1]], logLevel: logLevel.NOTHING }).consumer({
  groupId: "g", sessionTimeout: 6000, heartbeatInterval: 300, rebalanceTimeout: 5000, maxWaitTimeInMs: 200,
});
consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => console.log(JSON.stringify(payload.memberAssignment)));
await consumer.connect();
await consumer.subscribe({ topic: "${TOPIC}", fromBeginning: true });
await consumer.run({ eachMessage: async () => undefined });
`;

test("a consumer that is killed is out after its session, and the others take what it had", async () => {
  await produce(0, 8);
  const child = spawn(process.execPath, ["--input-type=module", "-e", DOOMED, `127.0.0.1:${port}`], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let told = "";
  child.stdout.on("data", (chunk: Buffer) => (told += chunk.toString()));
  await until("the child is in the group", () => told.includes(TOPIC));
  const ann = await runKafkaJs("g");
  await until("ann has her half", () => ann.owned() === 2);
  child.kill("SIGKILL");
  await until("ann has everything", () => ann.owned() === PARTITIONS);
  const values = await produce(100, 8);
  await until("ann sees all of it", () => values.every((value) => ann.seen.includes(value)));
  await ann.stop();
});
