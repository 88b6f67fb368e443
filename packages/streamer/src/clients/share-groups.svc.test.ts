/**
 * Share groups with Kafka's own Java client and tools, on our broker and on Apache Kafka: the same stories, and the same ends.
 *
 * What needs locks of a second, which Apache Kafka does not allow, and what kills and restarts, is told of our broker alone.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startService } from "../../../../tools/services/table.ts";
import { type ClientBroker, startClientBroker } from "./testing/client-broker.ts";
import { ClientDriver, type Connection } from "./testing/client-driver.ts";
import { heardFramesTest } from "./testing/heard-frames.ts";
import { javaCommand } from "./testing/installed.ts";

const TOOLS = "org.apache.kafka.tools";
const GROUPS = `${TOOLS}.consumer.group.ShareGroupCommand`;
/** What the dump tool says of what it cannot read. */
const COMPLAINT = /isvalid: false|exception/i;
const CONFIG = {
  "group.share.record.lock.duration.ms": "1500",
  "group.share.heartbeat.interval.ms": "500",
  "group.share.session.timeout.ms": "4000",
};
/** Names of topics and groups are used once in a cluster. */
const RUN = String(process.pid);
let broker: ClientBroker;
let java: ClientDriver;
let apache: Connection;

beforeAll(async () => {
  apache = { bootstrap: (await startService("kafka"))["KAFKA_BOOTSTRAP"] ?? "" };
  java = new ClientDriver(await javaCommand());
  broker = await startClientBroker(CONFIG);
});
afterAll(async () => {
  await java.kill();
  await broker.close();
});

interface Place {
  readonly connection: Connection;
  readonly topic: string;
  readonly group: string;
}

/** A topic and a group that begins with its first record. */
async function placeFor(connection: Connection, name: string, partitions = 1): Promise<Place> {
  const place = { connection, topic: `share-${name}-${RUN}`, group: `share-${name}-${RUN}-group` };
  await java.ask({ op: "createTopic", ...place, partitions });
  await java.ask({ op: "alterGroupConfig", ...place, key: "share.auto.offset.reset", value: "earliest" });
  return place;
}

interface Seen {
  readonly deliveries: readonly string[];
  readonly errors: readonly string[];
}

async function seen(member: string, driver = java): Promise<Seen> {
  // Our own driver answers so.
  return (await driver.ask({ op: "shareMember", member })) as Seen;
}

/** One member that works until it has seen so many deliveries; all it saw. */
async function workOf(place: Place, count: number, more: object = {}): Promise<Seen> {
  const member = `${place.group} ${place.connection.bootstrap} ${Math.random()}`;
  await java.ask({ op: "shareJoin", ...place, member, ...more });
  await expect.poll(async () => (await seen(member)).deliveries.length).toBeGreaterThanOrEqual(count);
  return (await java.ask({ op: "shareLeave", member })) as Seen;
}

async function tool(connection: Connection, main: string, parameters: readonly (string | number)[]): Promise<string> {
  const request = {
    op: "tool",
    main,
    arguments: ["--bootstrap-server", connection.bootstrap, ...parameters.map(String)],
  };
  // Our own driver answers so.
  const { output, status } = (await java.ask({ ...request, input: "" })) as {
    readonly output: string;
    readonly status: number;
  };
  if (status !== 0) throw new Error(`${main} ended with ${status}: ${output.slice(0, 1500)}`);
  return output;
}

/** Tells a story on our broker and on Apache Kafka; the ends are to be the same. */
async function sameOnBoth<End>(story: (connection: Connection) => Promise<End>): Promise<End> {
  const [ours, theirs] = await Promise.all([story(broker.plain), story(apache)]);
  expect(ours).toEqual(theirs);
  return ours;
}

describe("Kafka's Java share consumer", () => {
  test("accepts without a word what it was given", async () => {
    const values = Array.from({ length: 100 }, (_, index) => `v${index}`);
    const end = await sameOnBoth(async (connection) => {
      const place = await placeFor(connection, "implicit");
      await java.ask({ op: "produce", ...place, values });
      return workOf(place, values.length);
    });
    expect(end).toEqual({ deliveries: values.map((value) => `${value} x1`), errors: [] });
  });

  test("releases, rejects, renews and accepts one by one, up to the limit of deliveries", async () => {
    const says: Record<string, string> = { "b x1": "RELEASE", "c x1": "REJECT", "e x1": "RENEW" };
    for (let count = 1; count <= 5; count += 1) says[`d x${count}`] = "RELEASE";
    const end = await sameOnBoth(async (connection) => {
      const place = await placeFor(connection, "explicit");
      await java.ask({ op: "produce", ...place, values: ["a", "b", "c", "d", "e"] });
      const { deliveries, errors } = await workOf(place, 11, { explicit: true, says });
      return { deliveries: deliveries.toSorted(), errors };
    });
    const expected = ["a x1", "b x1", "b x2", "c x1", "d x1", "d x2", "d x3", "d x4", "d x5", "e x1", "e x1"];
    expect(end).toEqual({ deliveries: expected, errors: [] });
  });

  test("is given what fails often with less and less of its batch, and the last time alone", async () => {
    const values = Array.from({ length: 8 }, (_, index) => `v${index}`);
    const says = Object.fromEntries(
      values.flatMap((value) => [1, 2, 3, 4, 5].map((count) => [`${value} x${count}`, "RELEASE"])),
    );
    const end = await sameOnBoth(async (connection) => {
      const place = await placeFor(connection, "failing");
      await java.ask({ op: "produce", ...place, values });
      return workOf(place, 40, { explicit: true, says });
    });
    const counts = (from: number, to: number, count: number): string[] =>
      values.slice(from, to).map((value) => `${value} x${count}`);
    const whole = [1, 2, 3].flatMap((count) => counts(0, 8, count));
    const halves = [0, 4].flatMap((from) => [...counts(from, from + 4, 4), ...counts(from, from + 4, 5)]);
    expect(end).toEqual({ deliveries: [...whole, ...halves], errors: [] });
  });

  test("is given what is compressed by every codec, and in parts of batches where it asks so", async () => {
    const values = Array.from({ length: 60 }, (_, index) => `v${index}`);
    const end = await sameOnBoth(async (connection) => {
      const place = await placeFor(connection, "codecs");
      for (const codec of ["none", "gzip", "snappy", "lz4", "zstd"]) {
        await java.ask({ op: "produce", ...place, codec, values: values.map((value) => `${codec} ${value}`) });
      }
      const { deliveries, errors } = await workOf(place, 300, { pollRecords: 7, acquireMode: "record_limit" });
      return { deliveries, errors };
    });
    expect(end.deliveries).toHaveLength(300);
    expect(new Set(end.deliveries).size).toBe(300);
  });

  test("sees no record of an aborted transaction where only what is committed is read", async () => {
    const end = await sameOnBoth(async (connection) => {
      const place = await placeFor(connection, "transactions");
      await java.ask({ op: "alterGroupConfig", ...place, key: "share.isolation.level", value: "read_committed" });
      const writer = `${place.topic} ${connection.bootstrap}`;
      await java.ask({ op: "begin", ...place, writer, transactionalId: place.topic });
      for (const [value, commit] of [
        ["committed", true],
        ["aborted", false],
        ["committed again", true],
      ] as const) {
        await java.ask({ op: "send", ...place, writer, values: [value, `${value} too`] });
        await java.ask({ op: "end", writer, commit });
      }
      await java.ask({ op: "produce", ...place, values: ["end"] });
      return workOf(place, 5);
    });
    const expected = ["committed", "committed too", "committed again", "committed again too", "end"];
    expect(end.deliveries).toEqual(expected.map((value) => `${value} x1`));
  });

  test("works beside others on one partition; what is held by one that dies comes back", async () => {
    const place = await placeFor(broker.plain, "crowd");
    const values = Array.from({ length: 300 }, (_, index) => `v${index}`);
    const doomed = new ClientDriver(await javaCommand());
    try {
      for (const member of ["one", "two"]) await java.ask({ op: "shareJoin", ...place, member, pollRecords: 5 });
      await doomed.ask({ op: "shareJoin", ...place, member: "three", pollRecords: 5 });
      const state = (): Promise<string> =>
        tool(broker.plain, GROUPS, ["--describe", "--group", place.group, "--state"]);
      await expect.poll(state).toMatch(/Stable +3/);
      // Batches of one record each, so that everybody gets some.
      for (let at = 0; at < values.length; at += 20) {
        await java.ask({ op: "produce", ...place, values: values.slice(at, at + 20) });
      }
      await expect.poll(async () => (await seen("three", doomed)).deliveries.length).toBeGreaterThan(0);
      const third = await seen("three", doomed);
      await doomed.kill();
      const all = async (): Promise<number> => {
        const [one, two] = [await seen("one"), await seen("two")];
        return new Set([...one.deliveries, ...two.deliveries, ...third.deliveries].map((one) => one.split(" ")[0]))
          .size;
      };
      // What the dead one did and did not tell counts too: nothing is left behind.
      const lag = (): Promise<string> => tool(broker.plain, GROUPS, ["--describe", "--group", place.group]);
      await expect.poll(lag).toMatch(new RegExp(` 0 +${values.length} +0`));
      expect(await all()).toBeGreaterThan(values.length - 10);
      await expect.poll(state).toMatch(/Stable +2/);
      for (const member of ["one", "two"]) {
        const { deliveries, errors } = (await java.ask({ op: "shareLeave", member })) as Seen;
        expect(deliveries.length).toBeGreaterThan(0);
        expect(errors).toEqual([]);
      }
    } finally {
      await doomed.kill();
    }
  });

  test("goes on over the broker's restart, and is not given again what it accepted", async () => {
    const place = await placeFor(broker.plain, "restart");
    await java.ask({ op: "produce", ...place, values: ["a", "b"] });
    await java.ask({ op: "shareJoin", ...place, member: "steady" });
    await expect.poll(async () => (await seen("steady")).deliveries).toEqual(["a x1", "b x1"]);
    await broker.restart();
    await java.ask({ op: "produce", ...place, values: ["c"] });
    await expect.poll(async () => (await seen("steady")).deliveries).toEqual(["a x1", "b x1", "c x1"]);
    await java.ask({ op: "shareLeave", member: "steady" });
  });
});

describe("Kafka's tools of share groups", () => {
  test("consume, list, describe, move, forget and delete", async () => {
    const end = await sameOnBoth(async (connection) => {
      const place = await placeFor(connection, "tools", 2);
      const { group, topic } = place;
      const said: Record<string, string> = {};
      const note = (name: string, text: string): void => {
        const lines = text.split("\n").filter((line) => line.includes(group) || /processed a total/i.test(line));
        // Where the coordinator is, is different, and how soon a start offset moves over what is done.
        said[name] = lines
          .map((line) =>
            line
              .replaceAll(/\S+:\d+ +\(\d+\)/g, "there")
              .replaceAll(/ +/g, " ")
              .trim(),
          )
          .join("\n");
      };
      const groups = async (name: string, ...parameters: (string | number)[]): Promise<void> =>
        note(name, await tool(connection, GROUPS, parameters));
      const values = ["a", "b", "c", "d", "e", "f"];
      await java.ask({ op: "produce", ...place, partitions: 2, values });
      const reading = ["--topic", topic, "--group", group, "--max-messages", values.length, "--timeout-ms", 30_000];
      const read = await tool(connection, `${TOOLS}.consumer.ConsoleShareConsumer`, reading);
      said["read"] = read
        .split("\n")
        .filter((line) => values.includes(line))
        .toSorted()
        .join();
      const described = ["--describe", "--group", group];
      await groups("list", "--list");
      await groups("list with state", "--list", "--state");
      const lags = (name: string): void => {
        said[name] = (said[name] ?? "").replaceAll(/( \d) \d+(?: \d+)? (\d+)$/gm, "$1 lag $2");
      };
      await groups("describe", ...described);
      lags("describe");
      await groups("describe state", ...described, "--state");
      await groups("describe members", ...described, "--members");
      await groups("describe offsets", ...described, "--offsets");
      lags("describe offsets");
      await groups("reset", "--reset-offsets", "--group", group, "--topic", topic, "--to-earliest", "--execute");
      await groups("describe what was reset", ...described);
      await groups("forget", "--delete-offsets", "--group", group, "--topic", topic);
      await groups("describe what was forgotten", ...described);
      await groups("delete", "--delete", "--group", group);
      await groups("list nothing", "--list");
      note("missing", await tool(connection, GROUPS, described).catch(String));
      return said;
    });
    expect(end["read"]).toBe("a,b,c,d,e,f");
    expect(end["describe"]).toMatch(/ 0 lag 0\n.* 1 lag 0$/);
    expect(end["list nothing"]).toBe("");
  });

  test("set where a group begins that nobody joined yet, and delete it", async () => {
    const end = await sameOnBoth(async (connection) => {
      const { group, ...place } = await placeFor(connection, "ahead");
      await java.ask({ op: "produce", ...place, values: ["a", "b", "c"] });
      const groups = async (...parameters: string[]): Promise<string> => {
        const lines = (await tool(connection, GROUPS, parameters)).split("\n").filter((line) => line.includes(group));
        return lines.map((line) => line.replaceAll(/\S+:\d+ +\(\d+\)/g, "there").replaceAll(/ +/g, " ")).join("\n");
      };
      const set = ["--reset-offsets", "--group", group, "--topic", place.topic, "--to-latest"];
      const said = [await groups(...set, "--dry-run"), await groups("--list")];
      said.push(await groups(...set, "--execute"), await groups("--list", "--state"));
      for (const what of ["--offsets", "--state"]) said.push(await groups("--describe", "--group", group, what));
      said.push(await groups("--delete", "--group", group), await groups("--list"));
      return said;
    });
    expect(end[1]).toBe("");
    expect(end[3]).toMatch(/ Empty/);
    expect(end[4]).toMatch(/ 0 3 0/);
    expect(end.at(-1)).toBe("");
  });

  test("read the state of groups and their members in our segments", async () => {
    const place = await placeFor(broker.plain, "dumped");
    await java.ask({ op: "produce", ...place, values: ["a", "b", "c"] });
    await workOf(place, 4, { explicit: true, says: { "b x1": "RELEASE" } });
    const dump = async (topic: string, decoder: string): Promise<string[]> => {
      const folder = join(broker.directory, "topics", topic, "0");
      const files = (await readdir(folder)).filter((name) => name.endsWith(".log")).map((name) => join(folder, name));
      const request = { op: "tool", main: `${TOOLS}.DumpLogSegments`, input: "" };
      const { output } = (await java.ask({ ...request, arguments: [decoder, "--files", files.join()] })) as {
        readonly output: string;
      };
      // What it finds behind the last batch is the room written ahead.
      return output.split("\n").filter((line) => line.includes(place.group) || COMPLAINT.test(line));
    };
    const states = (await dump("__share_group_state", "--share-group-state-decoder")).join("\n");
    expect(states).toContain('"startOffset":0');
    expect(states).toMatch(/"firstOffset":1,"lastOffset":1,"deliveryState":0,"deliveryCount":1/);
    expect(states).toContain('"startOffset":3');
    const members = (await dump("__consumer_offsets", "--offsets-decoder")).join("\n");
    expect(members).toContain(`"subscribedTopicNames":["${place.topic}"]`);
    for (const said of [states, members]) expect(said).not.toMatch(COMPLAINT);
  });

  test("measure, set and show what holds for a group", async () => {
    const place = await placeFor(broker.plain, "performance");
    const { group, topic } = place;
    const sending = ["--topic", topic, "--num-records", 5000, "--record-size", 100, "--throughput", -1];
    await tool(broker.plain, `${TOOLS}.ProducerPerformance`, sending);
    const taking = ["--topic", topic, "--group", group, "--num-records", 5000, "--timeout", 30_000];
    const taken = await tool(broker.plain, `${TOOLS}.ShareConsumerPerformance`, taking);
    expect(taken).toMatch(/, 5000, |, 5000$/m);
    const settings = ["--describe", "--entity-type", "groups", "--entity-name", group, "--all"];
    const shown = async (connection: Connection): Promise<string[]> =>
      (await tool(connection, "kafka.admin.ConfigCommand", settings))
        .split("\n")
        .flatMap((line) => /(share\.[a-z.]+)=/.exec(line)?.[1] ?? []);
    const [ours, theirs] = [await shown(broker.plain), await shown(apache)];
    // When assignments are made is not to be set here: they are made at once.
    expect(ours).toEqual(theirs.filter((name) => name !== "share.assignment.interval.ms"));
    expect(await tool(broker.plain, `${TOOLS}.FeatureCommand`, ["describe"])).toMatch(
      /share\.version.*SupportedMaxVersion: 1.*FinalizedVersionLevel: 1/,
    );
  });
});

heardFramesTest("Kafka's share consumer", () => broker);
