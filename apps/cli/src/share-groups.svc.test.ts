/** `kaelix groups` of share groups on our broker and on Apache Kafka, beside what Kafka's own tool says of the same group. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import { Admin, ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from "@platformatic/kafka";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startService } from "../../../tools/services/table.ts";
import { type CommandOutcome, runCommand } from "./testing/product.ts";

const MAIN = new URL("kaelix.ts", import.meta.url).pathname;
const TOOLS = "org.apache.kafka.tools";
/** Names are used once in a cluster. */
const RUN = String(process.pid);
let broker: ChildProcess;
let classes = "";
const addresses: Record<string, string> = {};

beforeAll(async () => {
  addresses["Apache Kafka"] = (await startService("kafka"))["KAFKA_BOOTSTRAP"] ?? "";
  classes = (await startService("kafka-clients"))["KAFKA_CLIENTS_JAVA"] ?? "";
  const words = [MAIN, "streamer", "--temporary", "--port", "0", "--json"];
  broker = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "ignore"] });
  if (broker.stdout === null) throw new Error("The broker has an output");
  const [line] = (await once(createInterface({ input: broker.stdout }), "line")) as [string];
  addresses["our broker"] = (JSON.parse(line) as { readonly bootstrap: string }).bootstrap;
});
afterAll(async () => {
  const gone = once(broker, "exit");
  broker.kill("SIGTERM");
  await gone;
});

function java(main: string, parameters: readonly string[]): readonly string[] {
  return ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j2.level=ERROR", "-cp", classes, main, ...parameters];
}

async function begunWithTheFirst(bootstrap: string, resourceName: string): Promise<void> {
  const admin = new Admin({ clientId: "test", bootstrapBrokers: [bootstrap] });
  const reset = {
    name: "share.auto.offset.reset",
    configOperation: IncrementalAlterConfigOperationTypes.SET,
    value: "earliest",
  };
  try {
    await admin.incrementalAlterConfigs({
      resources: [{ resourceType: ConfigResourceTypes.GROUP, resourceName, configs: [reset] }],
    });
  } finally {
    await admin.close();
  }
}

describe.each(["our broker", "Apache Kafka"])("share groups of %s", (name) => {
  const group = `cli-${RUN}-group`;
  const topic = `cli-${RUN}`;
  const bootstrap = (): string => addresses[name] ?? "";
  const run = (words: readonly string[], input = ""): Promise<CommandOutcome> =>
    runCommand(words, { input, environment: { KAELIX_BROKER: bootstrap() } });
  const groups = async (...words: string[]): Promise<unknown> => {
    const outcome = await run(["groups", ...words, "--json"]);
    expect(outcome).toMatchObject({ code: 0, err: "" });
    return JSON.parse(outcome.out);
  };
  /** The first words of each line behind the group's name. */
  const tool = async (count: number, ...words: string[]): Promise<readonly string[]> => {
    const main = `${TOOLS}.consumer.group.ShareGroupCommand`;
    const parameters = java(main, ["--bootstrap-server", bootstrap(), "--group", group, ...words]);
    const { stdout } = await promisify(execFile)("java", parameters);
    const rows = stdout.split("\n").filter((line) => line.startsWith(group));
    const shown = rows.map((line) => line.trim().split(/ +/));
    return shown.map((row) => row.slice(1, count + 1).join(" ")).toSorted();
  };
  /** What both say of where the group stands. */
  const stands = async (): Promise<unknown> => {
    const { partitions } = (await groups("describe", group)) as {
      readonly partitions: readonly { topic: string; partition: number; start: number | null; lag: number | null }[];
    };
    const rows = partitions
      .map((one) => `${one.topic} ${one.partition} ${one.start ?? "-"} ${one.lag ?? "-"}`)
      .toSorted();
    expect(rows).toEqual(await tool(4, "--describe", "--offsets"));
    return rows;
  };

  test("are described, moved when nobody is in them, and deleted, as Kafka's tool says", async () => {
    await run(["topics", "create", topic, "--partitions", "2"]);
    await begunWithTheFirst(bootstrap(), group);
    await run(["produce", topic, "--partition", "0"], "a\nb\nc\n");
    await run(["produce", topic, "--partition", "1"], "d\n");
    const reading = ["--bootstrap-server", bootstrap(), "--topic", topic, "--group", group];
    const member = spawn("java", java(`${TOOLS}.consumer.ConsoleShareConsumer`, reading), {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const gone = once(member, "exit");
    try {
      const seen: string[] = [];
      createInterface({ input: member.stdout }).on("line", (line) => seen.push(line));
      await expect.poll(() => seen.toSorted()).toEqual(["a", "b", "c", "d"]);
      const described = (await groups("describe", group)) as {
        readonly members: readonly { member: string; client: string; host: string; assigned: unknown }[];
      };
      expect(described).toMatchObject({ group, state: "Stable", type: "share" });
      const told = described.members.map(({ client, host, member }) => `${member} ${host} ${client} 2 ${topic}:0,1`);
      expect(await tool(5, "--describe", "--members")).toEqual(told);
      expect(described.members.map(({ assigned }) => assigned)).toEqual([[{ topic, partitions: [0, 1] }]]);
      const refused = await run(["groups", "reset", group, topic, "--to", "beginning"]);
      expect(refused).toMatchObject({ code: 5, err: expect.stringContaining("NON_EMPTY_GROUP") });
      expect(await run(["groups", "delete", group])).toMatchObject({ code: 5 });
    } finally {
      member.kill("SIGTERM");
      await gone;
    }
    const state = async (): Promise<unknown> => groups("describe", group);
    await expect.poll(state).toMatchObject({ state: "Empty", members: [] });
    expect((await tool(5, "--describe", "--state")).join()).toMatch(/ Empty 0$/);
    await stands();
    expect(await groups("reset", group, topic, "--to", "1")).toMatchObject({
      partitions: [{ offset: 1 }, { offset: 1 }],
    });
    expect(await stands()).toEqual([`${topic} 0 1 2`, `${topic} 1 1 0`]);
    expect((await run(["groups", "reset", group, topic, "--to", "beginning"])).code).toBe(0);
    expect(await stands()).toEqual([`${topic} 0 0 3`, `${topic} 1 0 1`]);
    const lines = (await run(["groups", "describe", group])).out;
    expect(lines).toBe(`${topic}\t0\t0\t3\n${topic}\t1\t0\t1\n`);
    expect((await run(["groups", "reset", group, "nowhere", "--to", "beginning"])).code).toBe(3);
    expect((await run(["groups", "delete", group])).code).toBe(0);
    expect((await run(["groups", "describe", group])).code).toBe(3);
  });
});
