/**
 * What is built on Kafka's clients, as it comes, against our broker: Kafka Streams with exactly-once, Connect with exactly-once sources, and
 * MirrorMaker 2 from Apache Kafka. Nothing but the bootstrap address is of this broker.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { freePort } from "../../../../tools/services/service.ts";
import { startService } from "../../../../tools/services/table.ts";
import { type ClientBroker, startClientBroker } from "./testing/client-broker.ts";
import { ClientDriver, type Connection } from "./testing/client-driver.ts";
import { heardFramesTest } from "./testing/heard-frames.ts";
import { installed, javaCommand } from "./testing/installed.ts";

const STORY_MS_MAX = 400_000;
const WAIT_MS_MAX = 150_000;
const SAID_CHARACTERS_MAX = 4000;
/** Names are used once in a cluster. */
const RUN = String(process.pid);
let broker: ClientBroker;
let java: ClientDriver;
let folder = "";
const running = new Map<ChildProcess, { said: string }>();

beforeAll(async () => {
  java = new ClientDriver(await javaCommand());
  broker = await startClientBroker();
  folder = await mkdtemp(join(tmpdir(), "kaelix-frameworks-"));
});
afterAll(async () => {
  for (const program of running.keys()) await kill(program);
  await java.kill();
  await broker.close();
  await rm(folder, { recursive: true, force: true });
});

/** Starts a program of Kafka's. */
async function start(main: string, ...parameters: readonly string[]): Promise<ChildProcess> {
  const quick = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx384m", "-Dlog4j2.level=ERROR"];
  const words = [...quick, "-cp", await installed("KAFKA_CLIENTS_JAVA"), main, ...parameters];
  const program = spawn("java", words, { stdio: ["ignore", "pipe", "pipe"] });
  const heard = { said: "" };
  running.set(program, heard);
  for (const stream of [program.stdout, program.stderr]) {
    stream.on("data", (bytes: Buffer) => (heard.said = (heard.said + bytes.toString()).slice(-SAID_CHARACTERS_MAX)));
  }
  return program;
}

/** Ends it at once; it says goodbye to nobody. */
async function kill(program: ChildProcess): Promise<void> {
  running.delete(program);
  if (program.exitCode !== null || program.signalCode !== null) return;
  const ended = once(program, "exit");
  program.kill("SIGKILL");
  await ended;
}

/** Asks until there is an answer; fails with what the programs said. */
async function eventually<Answer>(ask: () => Promise<Answer | undefined>): Promise<Answer> {
  for (const endMs = Date.now() + WAIT_MS_MAX; ;) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    const said = [...running.values()].map((heard) => heard.said).join("\n");
    if (Date.now() > endMs) throw new Error(`It did not come about: ${said}`);
    await new Promise((resolve) => void setTimeout(resolve, 500));
  }
}

/** What is committed in the first partition, once a value is there. */
function committed(connection: Connection, topic: string, until: string): Promise<readonly string[]> {
  // Our own driver answers so.
  return eventually(
    () => java.ask({ op: "read", connection, topic, until, committed: true }) as Promise<readonly string[]>,
  );
}

async function properties(name: string, settings: Readonly<Record<string, string | number>>): Promise<string> {
  const file = join(folder, name);
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
  await writeFile(file, lines.join(""));
  return file;
}

test(
  "Kafka Streams counts words exactly once over kill -9, and begins again from its topics",
  async () => {
    const connection = broker.plain;
    const topics = { input: "lines", output: "counts" };
    for (const topic of Object.values(topics)) await java.ask({ op: "createTopic", connection, topic, partitions: 1 });
    const values = Array.from({ length: 200 }, (_, index) => `the fox ${index % 7}`);
    const produce = (last: string): Promise<unknown> =>
      java.ask({ op: "produce", connection, topic: topics.input, values: [...values, last] });
    const count = (life: string): Promise<ChildProcess> =>
      start("WordCount", connection.bootstrap, "word-count", join(folder, life), topics.input, topics.output);
    await produce("first");
    const one = await count("one");
    await committed(connection, topics.output, "first 1");
    await produce("second");
    await kill(one);
    await produce("third");
    // What it had counted is in a folder that the next one does not have.
    await count("two");
    const told = await committed(connection, topics.output, "third 1");
    const counts = new Map<string, number>();
    for (const line of told) {
      const [word = "", text] = line.split(" ");
      expect([line, Number(text) > (counts.get(word) ?? 0)]).toEqual([line, true]);
      counts.set(word, Number(text));
    }
    expect(counts.get("the")).toBe(3 * values.length);
    expect(counts.get("fox")).toBe(3 * values.length);
    for (const word of ["first", "second", "third"]) expect(counts.get(word)).toBe(1);
    for (let digit = 0; digit < 7; digit += 1) {
      expect(counts.get(String(digit))).toBe(3 * values.filter((value) => value.endsWith(` ${digit}`)).length);
    }
  },
  STORY_MS_MAX,
);

test(
  "Connect's workers share out connectors, write each line of a file once over kill -9, and write it out again",
  async () => {
    const connection = broker.plain;
    const lines = Array.from({ length: 300 }, (_, index) => `line ${index}`);
    const [source, sink] = [join(folder, "source.txt"), join(folder, "sink.txt")];
    await writeFile(source, `${lines.join("\n")}\n`);
    const port = await freePort();
    const topics = Object.fromEntries(
      ["config", "offset", "status"].flatMap((kind) => [
        [`${kind}.storage.topic`, `connect-${kind}`],
        [`${kind}.storage.replication.factor`, 1],
      ]),
    );
    const worker = await properties("worker.properties", {
      ...topics,
      "bootstrap.servers": connection.bootstrap,
      "group.id": "connect",
      "key.converter": "org.apache.kafka.connect.storage.StringConverter",
      "value.converter": "org.apache.kafka.connect.storage.StringConverter",
      "exactly.once.source.support": "enabled",
      "offset.flush.interval.ms": 500,
      "session.timeout.ms": 6000,
      "heartbeat.interval.ms": 1000,
      "scheduled.rebalance.max.delay.ms": 0,
      "plugin.discovery": "service_load",
      listeners: `http://127.0.0.1:${port}`,
    });
    const main = "org.apache.kafka.connect.cli.ConnectDistributed";
    const first = await start(main, worker);
    const connect = async (name: string, settings: Readonly<Record<string, string>>): Promise<true | undefined> => {
      const kind = `org.apache.kafka.connect.file.FileStream${name}Connector`;
      const body = JSON.stringify({ name, config: { "connector.class": kind, "tasks.max": "1", ...settings } });
      const headers = { "content-type": "application/json" };
      const address = `http://127.0.0.1:${port}/connectors`;
      const { status } = await fetch(address, { method: "POST", headers, body, signal: AbortSignal.timeout(20_000) });
      // It was made by a request whose answer was late.
      return status === 201 || status === 409 ? true : undefined;
    };
    await eventually(() => connect("Source", { file: source, topic: "from-file" }));
    await committed(connection, "from-file", "line 299");
    await kill(first);
    const more = Array.from({ length: 100 }, (_, index) => `line ${300 + index}`);
    await writeFile(source, `${[...lines, ...more].join("\n")}\n`);
    await start(main, worker);
    const all = await committed(connection, "from-file", "line 399");
    expect(all).toEqual([...lines, ...more]);
    await eventually(() => connect("Sink", { file: sink, topics: "from-file" }));
    const written = await eventually(async () => {
      const text = await readFile(sink, "utf8");
      return text.includes("line 399\n") ? text : undefined;
    });
    expect(written.trimEnd().split("\n")).toEqual(all);
  },
  STORY_MS_MAX,
);

test(
  "MirrorMaker brings topics, their settings and the offsets of groups from Apache Kafka",
  async () => {
    const apache = { bootstrap: (await startService("kafka"))["KAFKA_BOOTSTRAP"] ?? "" };
    const topic = `mirrored-${RUN}`;
    const group = `${topic}-group`;
    const values = Array.from({ length: 50 }, (_, index) => `v${index}`);
    await java.ask({ op: "createTopic", connection: apache, topic, partitions: 1 });
    await java.ask({ op: "produce", connection: apache, topic, values });
    const tool = async (connection: Connection, main: string, ...parameters: readonly string[]): Promise<string> => {
      const words = ["--bootstrap-server", connection.bootstrap, ...parameters];
      // Our own driver answers so.
      const { output } = (await java.ask({ op: "tool", main, arguments: words, input: "" })) as { output: string };
      return output;
    };
    const entity = ["--entity-type", "topics", "--entity-name"];
    await tool(
      apache,
      "kafka.admin.ConfigCommand",
      "--alter",
      ...entity,
      topic,
      "--add-config",
      "retention.ms=7654321",
    );
    const reading = ["--topic", topic, "--group", group, "--from-beginning", "--max-messages", "50"];
    await tool(apache, "org.apache.kafka.tools.consumer.ConsoleConsumer", ...reading, "--timeout-ms", "30000");
    const factors = ["", "checkpoints.topic.", "heartbeats.topic.", "offset-syncs.topic.", "config.storage."];
    factors.push("offset.storage.", "status.storage.");
    const settings = await properties("mirror.properties", {
      clusters: "theirs,ours",
      "theirs.bootstrap.servers": apache.bootstrap,
      "ours.bootstrap.servers": broker.plain.bootstrap,
      "theirs->ours.enabled": "true",
      "theirs->ours.topics": topic,
      "theirs->ours.groups": group,
      "theirs->ours.sync.topic.acls.enabled": "false",
      "sync.group.offsets.enabled": "true",
      "sync.group.offsets.interval.seconds": 1,
      "emit.checkpoints.interval.seconds": 1,
      "refresh.topics.interval.seconds": 1,
      // Offsets are translated record by record, and not by the nearest one of a hundred.
      "offset.lag.max": 0,
      "plugin.discovery": "service_load",
      ...Object.fromEntries(factors.map((name) => [`${name}replication.factor`, 1])),
    });
    await start("org.apache.kafka.connect.mirror.MirrorMaker", settings);
    const mirrored = `theirs.${topic}`;
    expect(await committed(broker.plain, mirrored, "v49")).toEqual(values);
    expect(await tool(broker.plain, "kafka.admin.ConfigCommand", "--describe", ...entity, mirrored)).toContain(
      "retention.ms=7654321",
    );
    const about = ["--describe", "--group", group];
    const standing = new RegExp(`${mirrored} +0 +50 +50 +0 `);
    await eventually(async () => {
      const said = await tool(broker.plain, "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", ...about);
      return standing.test(said) ? true : undefined;
    });
  },
  STORY_MS_MAX,
);

heardFramesTest("Kafka's frameworks", () => broker);
