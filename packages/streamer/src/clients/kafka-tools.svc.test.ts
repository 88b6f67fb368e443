/**
 * Kafka's own command line tools against the broker, its dump tool on our segments, and our storage on segments that Kafka wrote.
 *
 * Each tool is the class that Kafka's shell scripts start, with the arguments a person would type.
 */
import { copyFile, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { servicesDirectory } from "../../../../tools/services/service.ts";
import { startService } from "../../../../tools/services/table.ts";
import { startBroker } from "../broker/start-broker.ts";
import { openStorage } from "../storage/storage.ts";
import { verifyStorage } from "../storage/verify.ts";
import { type ClientBroker, startClientBroker } from "./testing/client-broker.ts";
import { ClientDriver, type Connection } from "./testing/client-driver.ts";
import { heardFramesTest } from "./testing/heard-frames.ts";
import { javaCommand } from "./testing/installed.ts";

const CODECS = ["none", "gzip", "snappy", "lz4", "zstd"] as const;
const TOOLS = "org.apache.kafka.tools";
let broker: ClientBroker;
let java: ClientDriver;
let kafka = "";

beforeAll(async () => {
  kafka = (await startService("kafka"))["KAFKA_BOOTSTRAP"] ?? "";
  java = new ClientDriver(await javaCommand());
  broker = await startClientBroker();
});
afterAll(async () => {
  await java.kill();
  await broker.close();
});

/** Runs a tool; what it prints. Throws when it ends with a failure. */
async function tool(main: string, parameters: readonly (string | number)[], input = ""): Promise<string> {
  const request = { op: "tool", main, arguments: parameters.map(String), input };
  // Our own driver answers so.
  const { output, status } = (await java.ask(request)) as { readonly output: string; readonly status: number };
  if (status !== 0) throw new Error(`${main} ended with ${status}: ${output.slice(0, 1500)}`);
  return output;
}

/** The same with the broker's address. */
function ask(main: string, parameters: readonly (string | number)[], input = ""): Promise<string> {
  return tool(main, ["--bootstrap-server", broker.plain.bootstrap, ...parameters], input);
}

function createTopic(topic: string, partitions = 1): Promise<string> {
  return ask(`${TOOLS}.TopicCommand`, ["--create", "--topic", topic, "--partitions", partitions]);
}

describe("Kafka's tools", () => {
  test.each(CODECS)("the console producer's lines, compressed by %s, are the console consumer's", async (codec) => {
    const topic = `console-${codec}`;
    const lines = Array.from({ length: 50 }, (_, index) => `key-${index}:${"value ".repeat(20)}${index}`);
    await createTopic(topic);
    const keyed = ["--reader-property", "parse.key=true", "--reader-property", "key.separator=:"];
    await ask(`${TOOLS}.ConsoleProducer`, ["--topic", topic, "--compression-codec", codec, ...keyed], lines.join("\n"));
    const reading = ["--topic", topic, "--from-beginning", "--max-messages", lines.length, "--timeout-ms", 20_000];
    const printed = ["--formatter-property", "print.key=true", "--formatter-property", "key.separator=:"];
    const said = await ask(`${TOOLS}.consumer.ConsoleConsumer`, [...reading, ...printed]);
    expect(said.split("\n").filter((line) => line.startsWith("key-"))).toEqual(lines);
  });

  test("the performance tools run to their end", async () => {
    await createTopic("performance");
    const [records, size] = [5000, 100];
    const sending = ["--topic", "performance", "--num-records", records, "--record-size", size, "--throughput", -1];
    expect(await ask(`${TOOLS}.ProducerPerformance`, sending)).toContain(`${records} records sent`);
    const taken = await ask(`${TOOLS}.ConsumerPerformance`, ["--topic", "performance", "--num-records", records]);
    expect(taken).toContain(`, ${records}, `);
    const roundTrips = ["--topic", "round-trips", "--num-records", 50, "--producer-acks", "all", "--record-size", size];
    await createTopic("round-trips");
    expect(await ask(`${TOOLS}.EndToEndLatency`, roundTrips)).toContain("Percentiles");
  });

  test("topics, configurations, offsets, groups and transactions are administered", async () => {
    const topic = "tools";
    const here = ["--topic", topic];
    await createTopic(topic, 2);
    await ask(`${TOOLS}.TopicCommand`, ["--alter", ...here, "--partitions", 3]);
    expect(await ask(`${TOOLS}.TopicCommand`, ["--describe", ...here])).toContain("PartitionCount: 3");
    expect(await ask(`${TOOLS}.TopicCommand`, ["--list"])).toMatch(/^tools$/m);
    const entity = ["--entity-type", "topics", "--entity-name", topic];
    await ask("kafka.admin.ConfigCommand", ["--alter", ...entity, "--add-config", "retention.ms=4321"]);
    expect(await ask("kafka.admin.ConfigCommand", ["--describe", ...entity])).toContain("retention.ms=4321");
    await ask(`${TOOLS}.ConsoleProducer`, here, "a\nb\nc");
    const offsets = await ask(`${TOOLS}.GetOffsetShell`, here);
    const ends = [...offsets.matchAll(/^tools:\d:(\d+)$/gm)].map(([, end]) => Number(end));
    expect(ends).toHaveLength(3);
    expect(ends.reduce((sum, end) => sum + end, 0)).toBe(3);
    const reading = [...here, "--group", "readers", "--from-beginning", "--max-messages", 3, "--timeout-ms", 20_000];
    await ask(`${TOOLS}.consumer.ConsoleConsumer`, reading);
    const groups = `${TOOLS}.consumer.group.ConsumerGroupCommand`;
    expect(await ask(groups, ["--list"])).toMatch(/^readers$/m);
    expect(await ask(groups, ["--describe", "--group", "readers"])).toMatch(/readers +tools +\d +\d+ +\d+ +0 /);
    await ask(groups, ["--reset-offsets", "--group", "readers", ...here, "--to-earliest", "--execute"]);
    expect(await ask(groups, ["--describe", "--group", "readers"])).not.toMatch(/readers +tools +\d +[1-9]/);
    await ask(groups, ["--delete", "--group", "readers"]);
    expect(await ask(`${TOOLS}.TransactionsCommand`, ["list"])).toContain("TransactionalId");
    expect(await ask(`${TOOLS}.BrokerApiVersionsCommand`, [])).toMatch(/Produce\(0\): \d+ to \d+ \[usable/);
    await ask(`${TOOLS}.TopicCommand`, ["--delete", ...here]);
    expect(await ask(`${TOOLS}.TopicCommand`, ["--list"])).not.toMatch(/^tools$/m);
  });

  test("quotas, the broker's settings, its disk and where partitions stand are administered", async () => {
    const quota = ["--entity-type", "users", "--entity-name", "somebody"];
    await ask("kafka.admin.ConfigCommand", ["--alter", ...quota, "--add-config", "producer_byte_rate=123456"]);
    expect(await ask("kafka.admin.ConfigCommand", ["--describe", ...quota])).toContain("producer_byte_rate=123456");
    const settings = ["--describe", "--entity-type", "brokers", "--entity-name", "1", "--all"];
    expect(await ask("kafka.admin.ConfigCommand", settings)).toMatch(/^ +listeners=PLAINTEXT:\/\/127\.0\.0\.1:\d+/m);
    await createTopic("placed", 2);
    const disks = await ask(`${TOOLS}.LogDirsCommand`, ["--describe", "--topic-list", "placed"]);
    expect(disks).toContain('"partition":"placed-1"');
    const election = ["--election-type", "preferred", "--topic", "placed", "--partition", 0];
    expect(await ask(`${TOOLS}.LeaderElectionCommand`, election)).toContain("Valid replica already elected");
    expect(await ask(`${TOOLS}.reassign.ReassignPartitionsCommand`, ["--list"])).toContain(
      "No partition reassignments",
    );
    expect(await ask(`${TOOLS}.FeatureCommand`, ["describe"])).toMatch(
      /transaction\.version.*FinalizedVersionLevel: 2/,
    );
  });
});

describe("Kafka's tools of administration", () => {
  test("set, show and take back the times of a group", async () => {
    const entity = ["--entity-type", "groups", "--entity-name", "settled"];
    const alter = (...change: string[]): Promise<string> =>
      ask("kafka.admin.ConfigCommand", ["--alter", ...entity, ...change]);
    const described = (...more: string[]): Promise<string> =>
      ask("kafka.admin.ConfigCommand", ["--describe", ...entity, ...more]);
    await alter("--add-config", "consumer.session.timeout.ms=46000");
    expect(await described()).toContain(
      "consumer.session.timeout.ms=46000 sensitive=false synonyms={DYNAMIC_GROUP_CONFIG:",
    );
    expect(await ask("kafka.admin.ConfigCommand", ["--describe", "--entity-type", "groups"])).toContain(
      "group settled are:",
    );
    await expect(alter("--add-config", "consumer.session.timeout.ms=1")).rejects.toThrow(
      /must be more than consumer.heartbeat/,
    );
    await expect(alter("--add-config", "share.nonsense=1")).rejects.toThrow(/Unknown config name/);
    await alter("--delete-config", "consumer.session.timeout.ms");
    expect(await described()).not.toContain("46000");
    expect(await described("--all")).toContain("DEFAULT_CONFIG:group.consumer.session.timeout.ms=45000");
  });

  test("describe the quorum, the cluster and its features", async () => {
    expect(await ask(`${TOOLS}.MetadataQuorumCommand`, ["describe", "--status"])).toMatch(/^LeaderId: +1$/m);
    expect(await ask(`${TOOLS}.MetadataQuorumCommand`, ["describe", "--replication"])).toMatch(/^1 .*Leader/m);
    const here = ["--bootstrap-server", broker.plain.bootstrap];
    expect(await tool(`${TOOLS}.ClusterTool`, ["cluster-id", ...here])).toContain(broker.broker().clusterId);
    const port = String(broker.broker().address("PLAINTEXT").port);
    expect(await tool(`${TOOLS}.ClusterTool`, ["list-endpoints", ...here])).toMatch(new RegExp(`127.0.0.1 +${port}`));
    const level = (change: string, to: string): Promise<string> =>
      ask(`${TOOLS}.FeatureCommand`, [change, "--feature", to]);
    expect(await level("upgrade", "transaction.version=2")).toContain("was upgraded to 2");
    await expect(level("downgrade", "transaction.version=1")).rejects.toThrow(/must be 2/);
  });

  test("move partitions to where they are, delete records, and describe who writes", async () => {
    const topic = "moved";
    await createTopic(topic);
    await ask(`${TOOLS}.ConsoleProducer`, ["--topic", topic], "a\nb\nc");
    const json = async (name: string, partition: object): Promise<string> => {
      const file = join(broker.directory, "..", name);
      await writeFile(file, JSON.stringify({ version: 1, partitions: [{ topic, partition: 0, ...partition }] }));
      return file;
    };
    const placed = await json("moves.json", { replicas: [1], log_dirs: [broker.directory] });
    const move = (...more: string[]): Promise<string> =>
      ask(`${TOOLS}.reassign.ReassignPartitionsCommand`, ["--reassignment-json-file", placed, ...more]);
    expect(await move("--execute")).toContain("Successfully started");
    expect(await move("--verify")).toContain("Reassignment of partition moved-0 is completed");
    const deleted = await ask(`${TOOLS}.DeleteRecordsCommand`, [
      "--offset-json-file",
      await json("gone.json", { offset: 2 }),
    ]);
    expect(deleted).toContain("low_watermark: 2");
    const offsets = (time: string): Promise<string> =>
      ask(`${TOOLS}.GetOffsetShell`, ["--topic", topic, "--time", time]);
    expect(await offsets("earliest")).toContain("moved:0:2");
    expect(await offsets("max-timestamp")).toContain("moved:0:2");
    const about = ["--topic", topic, "--partition", 0];
    expect(await ask(`${TOOLS}.TransactionsCommand`, ["describe-producers", ...about])).toMatch(/^\d+\s+0\s+-1\s+2/m);
    expect(await ask(`${TOOLS}.TransactionsCommand`, ["find-hanging", "--broker-id", 1])).toContain("Duration(min)");
  });

  test("give rights, show them and take them back", async () => {
    const right = ["--allow-principal", "User:somebody", "--operation", "Read", "--topic", "theirs"];
    await ask(`${TOOLS}.AclCommand`, ["--add", ...right]);
    expect(await ask(`${TOOLS}.AclCommand`, ["--list", "--topic", "theirs"])).toContain("principal=User:somebody");
    await ask(`${TOOLS}.AclCommand`, ["--remove", "--force", ...right]);
    expect(await ask(`${TOOLS}.AclCommand`, ["--list", "--topic", "theirs"])).not.toContain("somebody");
  });
});

/** Every codec, and transactions that were committed, aborted and left open. */
async function writeOfEveryKind(connection: Connection, topic: string): Promise<readonly string[]> {
  await java.ask({ op: "createTopic", connection, topic, partitions: 1 });
  for (const codec of CODECS) {
    await java.ask({ op: "produce", connection, topic, codec, values: [`${codec} ${"x".repeat(200)}`, `${codec} 2`] });
  }
  const writer = topic;
  await java.ask({ op: "begin", connection, writer, transactionalId: topic });
  for (const [value, commit] of [
    ["committed", true],
    ["aborted", false],
  ] as const) {
    await java.ask({ op: "send", writer, topic, values: [value] });
    await java.ask({ op: "end", writer, commit });
  }
  await java.ask({ op: "produce", connection, topic, values: ["end"] });
  return [...CODECS.flatMap((codec) => [`${codec} ${"x".repeat(200)}`, `${codec} 2`]), "committed", "end"];
}

/** What the dump tool says of a segment: the batches, bytes behind the last of them, and every line that is a complaint. */
async function dump(
  file: string,
): Promise<{ readonly batches: number; readonly restBytes: number; readonly complaints: readonly string[] }> {
  const said = await tool(`${TOOLS}.DumpLogSegments`, ["--files", file, "--deep-iteration", "--print-data-log"]);
  const rest = /^Found (\d+) invalid bytes at the end of .*$/m;
  const lines = said.replace(rest, "").split("\n");
  const complaints = lines.filter((line) => /isvalid: false|mismatch|exception|error|found/i.test(line));
  const batches = lines.filter((line) => line.includes("isvalid: true")).length;
  return { batches, restBytes: Number(rest.exec(said)?.[1] ?? 0), complaints };
}

test("Kafka's dump tool reads our segments without complaint, the broker's own topics too", async () => {
  await writeOfEveryKind(broker.plain, "dumped");
  const { storage } = broker.broker();
  const found = await dump(join(broker.directory, "topics/dumped/0/00000000000000000000.log"));
  expect(found.complaints).toEqual([]);
  const { batches } = await storage.partition("dumped", 0).read(0, 1 << 24, "accepted");
  expect(found.batches).toBe(batches.length);
  for (const { partitions, spec } of storage.topics().values()) {
    for (const [index, partition] of partitions.entries()) {
      const folder = join(broker.directory, "topics", spec.name, String(index));
      const segments = (await readdir(folder)).filter((name) => name.endsWith(".log"));
      let bytes = 0;
      for (const name of segments) {
        const { complaints, restBytes } = await dump(join(folder, name));
        expect(complaints).toEqual([]);
        bytes += (await stat(join(folder, name))).size - restBytes;
      }
      // What it finds behind the last batch is the room written ahead, and nothing else.
      expect(bytes).toBe(partition.sizeBytes());
    }
  }
});

test("a topic that Kafka wrote is read by our storage and served by our broker", async () => {
  const bootstrap = kafka;
  const topic = `written-by-kafka-${process.pid}`;
  const values = await writeOfEveryKind({ bootstrap }, topic);
  const directory = await mkdtemp(join(tmpdir(), "kaelix-from-kafka-"));
  const empty = await openStorage({ directory });
  await empty.createTopic({ name: topic, partitions: 1 });
  await empty.close();
  const name = "00000000000000000000.log";
  await copyFile(
    join(servicesDirectory("kafka"), "data", `${topic}-0`, name),
    join(directory, "topics", topic, "0", name),
  );

  const ours = await startBroker({ directory, listeners: [{ port: 0 }] });
  const connection = { bootstrap: ours.bootstrap() };
  expect(await java.ask({ op: "read", connection, topic, until: "end", committed: true })).toEqual(values);
  await java.ask({ op: "produce", connection, topic, values: ["ours"] });
  expect(await java.ask({ op: "read", connection, topic, until: "ours", committed: true })).toEqual([
    ...values,
    "ours",
  ]);
  await ours.close();
  const { problems } = await verifyStorage(directory);
  expect(problems).toEqual([]);
  await java.ask({ op: "deleteTopic", connection: { bootstrap }, topic });
  await rm(directory, { recursive: true });
});

heardFramesTest("Kafka's tools", () => broker);
