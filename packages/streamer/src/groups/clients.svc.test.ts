/** kcat (librdkafka) and kafka-python in groups of ours. Needs the Debian packages kcat and python3-kafka; skipped without them. */
import { type ChildProcessByStdio, execFile, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { Kafka, logLevel } from "kafkajs";
import { afterEach, beforeEach, expect, test } from "vitest";

import type { Broker } from "../broker/broker.ts";
import { startBroker } from "../broker/start-broker.ts";

const TOPIC = "orders";
const PARTITIONS = 4;
const WAIT_MS = 60_000;
const PYTHON = "/usr/bin/python3";
const hasKcat = spawnSync("kcat", ["-V"]).status === 0;
const hasPython = spawnSync(PYTHON, ["-c", "import kafka"]).status === 0;
const run = promisify(execFile);

let directory: string;
let broker: Broker;
let port: number;
const children: ChildProcessByStdio<null, Readable, null>[] = [];

async function start(): Promise<void> {
  broker = await startBroker({
    directory,
    listeners: [{ port }],
    config: { "group.initial.rebalance.delay.ms": "0", "num.partitions": String(PARTITIONS) },
  });
  ({ port } = broker.address());
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "kaelix-groups-"));
  port = 0;
  await start();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await broker.close();
  await rm(directory, { recursive: true, force: true });
});

async function produce(first: number, count: number): Promise<string[]> {
  const producer = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  const values = Array.from({ length: count }, (_, at) => String(first + at));
  const messages = values.map((value, at) => ({ value, partition: at % PARTITIONS }));
  await producer.send({ topic: TOPIC, messages });
  await producer.disconnect();
  return values;
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`Waited in vain: ${what}`);
    await sleep(50);
  }
}

/** A process whose lines are gathered. */
function follow(
  command: string,
  args: readonly string[],
): { readonly lines: () => string[]; readonly kill: () => void } {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return { lines: () => text.split("\n").filter((line) => line !== ""), kill: () => void child.kill("SIGKILL") };
}

function sorted(values: readonly string[]): number[] {
  return values.map(Number).sort((left, right) => left - right);
}

const KCAT = ["-q", "-u", "-X", "auto.offset.reset=earliest", "-X", "session.timeout.ms=6000"];

test.skipIf(!hasKcat)(
  "kcat: a group goes on after a restart; the share of who is killed goes to who is left",
  async () => {
    const first = await produce(0, 40);
    const kcat = (count: number): string[] => [
      "-b",
      `127.0.0.1:${port}`,
      ...KCAT,
      "-c",
      String(count),
      "-G",
      "g",
      TOPIC,
    ];
    const { stdout } = await run("kcat", kcat(40), { timeout: WAIT_MS });
    expect(sorted(stdout.trim().split("\n"))).toEqual(sorted(first));
    await broker.close();
    await start();
    const second = await produce(40, 20);
    const again = await run("kcat", kcat(20), { timeout: WAIT_MS });
    expect(sorted(again.stdout.trim().split("\n"))).toEqual(sorted(second));

    const endless = ["-b", `127.0.0.1:${port}`, ...KCAT, "-G", "h", TOPIC];
    const ann = follow("kcat", endless);
    await until("ann sees everything", () => ann.lines().length >= 60);
    const bob = follow("kcat", endless);
    const before = ann.lines().length;
    for (let round = 1; bob.lines().length === 0; round += 1) {
      expect(round, "bob gets a share").toBeLessThan(30);
      await produce(round * 1000, PARTITIONS);
      await sleep(1000);
    }
    expect(ann.lines().length).toBeGreaterThanOrEqual(before);
    ann.kill();
    const last = await produce(50_000, 8);
    await until("bob has everything", () => last.every((value) => bob.lines().includes(value)));
  },
  180_000,
);

const READER = `
import sys
from kafka import KafkaConsumer
consumer = KafkaConsumer("orders", bootstrap_servers=sys.argv[1], group_id="g", auto_offset_reset="earliest",
  enable_auto_commit=False, session_timeout_ms=6000, heartbeat_interval_ms=500, consumer_timeout_ms=20000)
left = int(sys.argv[2])
for message in consumer:
  print(message.value.decode(), flush=True)
  left -= 1
  if left == 0: break
if left <= 0: consumer.commit()
consumer.close(autocommit=False)
`;

test.skipIf(!hasPython)(
  "kafka-python: two share, one is killed, and the group goes on where it committed after a restart",
  async () => {
    const first = await produce(0, 40);
    const read = (count: number): string[] => ["-c", READER, `127.0.0.1:${port}`, String(count)];
    const { stdout } = await run(PYTHON, read(40), { timeout: WAIT_MS });
    expect(sorted(stdout.trim().split("\n"))).toEqual(sorted(first));
    await broker.close();
    await start();
    const second = await produce(40, 20);
    const again = await run(PYTHON, read(20), { timeout: WAIT_MS });
    expect(sorted(again.stdout.trim().split("\n"))).toEqual(sorted(second));

    const ann = follow(PYTHON, read(1_000_000));
    const bob = follow(PYTHON, read(1_000_000));
    for (let round = 1; ann.lines().length === 0 || bob.lines().length === 0; round += 1) {
      expect(round, "both get a share").toBeLessThan(30);
      await produce(round * 1000, PARTITIONS);
      await sleep(1000);
    }
    ann.kill();
    const last = await produce(50_000, 8);
    await until("bob has everything", () => last.every((value) => bob.lines().includes(value)));
  },
  180_000,
);
