/**
 * What every client must be able to do with the broker, asked of each in the same words.
 *
 * Values are read from the broker's own storage too: that a client reads what it wrote does not say that it wrote what it was told to.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type ClientBroker, startClientBroker } from "./client-broker.ts";
import { ClientDriver } from "./client-driver.ts";
import { heardFramesTest } from "./heard-frames.ts";

const CODECS = ["none", "gzip", "snappy", "lz4", "zstd"] as const;
const WAIT_MS_MAX = 40_000;
const SESSION_MS = 3000;

/**
 * What a client does that the suite would call a fault, and does with Apache Kafka 4.3 too: tried there, by the same driver.
 *
 * - `rereads`: a member reads again what it read and did not commit when another joins.
 * - `ends-with-broker`: a member does not come back after the broker's restart.
 * - `no-takeover`: a second producer of a transactional id is refused instead of fencing the first.
 */
export type Quirk = "rereads" | "ends-with-broker" | "no-takeover";

/** What a client can do. */
export interface ClientTraits {
  /** The command that starts its driver. */
  readonly command: () => readonly string[] | Promise<readonly string[]>;
  readonly codecs: readonly (typeof CODECS)[number][];
  /** Whether what it repeats after an error is written once. */
  readonly idempotent: boolean;
  readonly transactions: boolean;
  /** Whether its transactions carry offsets of groups. */
  readonly transactionalOffsets?: boolean;
  /** Group protocols it speaks. */
  readonly protocols: readonly ("classic" | "consumer")[];
  readonly mechanisms: readonly string[];
  /** Operations of administration it has not. */
  readonly lacks?: readonly string[];
  readonly quirks?: readonly Quirk[];
}

/** A broker and a client beside it. */
interface Bench {
  readonly broker: ClientBroker;
  readonly client: ClientDriver;
  readonly traits: ClientTraits;
  /** One more of the client, in its own process. */
  readonly another: () => Promise<ClientDriver>;
}

/** Runs the suite on a client. */
export function clientSuite(name: string, traits: ClientTraits): void {
  describe(name, () => {
    let bench: Bench | undefined;
    const drivers: ClientDriver[] = [];
    beforeAll(async () => {
      const another = async (): Promise<ClientDriver> => {
        const driver = new ClientDriver(await traits.command());
        drivers.push(driver);
        return driver;
      };
      bench = { broker: await startClientBroker(), client: await another(), traits, another };
    });
    afterAll(async () => {
      await Promise.all(drivers.map((driver) => driver.kill()));
      await bench?.broker.close();
    });
    const there = (): Bench => {
      if (bench === undefined) throw new Error("The broker did not start");
      return bench;
    };
    for (const codec of traits.codecs) {
      test(`writes and reads what is compressed by ${codec}`, () => roundTrip(there(), codec));
    }
    for (const protocol of traits.protocols) {
      test(`shares a topic among a ${protocol} group whose members join, leave and crash`, () =>
        rebalances(there(), protocol));
      test(`a ${protocol} group goes on after the broker's restart where it stopped`, () => resumes(there(), protocol));
    }
    test("a producer at work goes on over the broker's restart", () => producesOverRestart(there()));
    test("administers topics and groups", () => administers(there()));
    for (const mechanism of traits.mechanisms) {
      test(`proves who it is by ${mechanism}`, () => authenticates(there(), mechanism));
    }
    test("speaks TLS, and shows a certificate", () => speaksTls(there()));
    if (traits.transactions) {
      test("commits and aborts transactions, and is fenced", () => transacts(there()));
    }
    if (traits.transactionalOffsets === true) {
      test("offsets count when the transaction that carries them is committed", () => transactsOffsets(there()));
    }
    heardFramesTest(name, () => there().broker);
  });
}

async function roundTrip({ broker, client }: Bench, codec: (typeof CODECS)[number]): Promise<void> {
  const { plain: connection } = broker;
  const topic = `codec-${codec}`;
  const values = Array.from({ length: 200 }, (_, index) => `${index} ${"kaelix ".repeat(20)}`);
  await client.ask({ op: "createTopic", connection, topic, partitions: 1 });
  await client.ask({ op: "produce", connection, topic, codec, values });
  expect(await client.ask({ op: "read", connection, topic, until: values.at(-1) })).toEqual(values);
  expect(await codecsStored(broker, topic)).toEqual([codec]);
}

/** The codecs of a topic's batches in the broker's storage, each once. */
async function codecsStored(broker: ClientBroker, topic: string): Promise<string[]> {
  const { batches } = await broker
    .broker()
    .storage.partition(topic, 0)
    .read(0, 1 << 20, "accepted");
  return [...new Set(batches.map(({ header }) => CODECS[header.attributes & 7] ?? "unknown"))];
}

interface Member {
  readonly partitions: readonly number[];
  readonly values: readonly string[];
}

function seen(client: ClientDriver, member: string): Promise<Member> {
  // Our own drivers answer so.
  return client.ask({ op: "member", member }) as Promise<Member>;
}

/** Asks until it holds; what it is then. */
async function until<T>(ask: () => Promise<T>, holds: (value: T) => boolean, what: string): Promise<T> {
  const deadlineMs = Date.now() + WAIT_MS_MAX;
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    if (Date.now() > deadlineMs) throw new Error(`${what} did not come about; at the end: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

async function rebalances({ another, broker, client, traits }: Bench, protocol: string): Promise<void> {
  const { plain: connection } = broker;
  const topic = `shared-${protocol}`;
  const group = `group-${topic}`;
  const joining = { op: "join", connection, topic, group, protocol, sessionMs: SESSION_MS };
  const shares = (members: readonly Member[]): number[] => members.map(({ partitions }) => partitions.length);
  const both = async (): Promise<Member[]> => [await seen(client, `${topic}a`), await seen(client, `${topic}b`)];
  const all = (members: readonly Member[]): string =>
    members
      .flatMap(({ partitions }) => partitions)
      .toSorted((left, right) => left - right)
      .join();

  await client.ask({ op: "createTopic", connection, topic, partitions: 4 });
  await client.ask({ ...joining, member: `${topic}a` });
  await until(
    () => seen(client, `${topic}a`),
    ({ partitions }) => partitions.length === 4,
    "One member with all",
  );
  await client.ask({ ...joining, member: `${topic}b` });
  await until(both, (members) => shares(members).every((share) => share === 2), "Two members with two each");
  const values = numbered("shared", 40);
  await client.ask({ op: "produce", connection, topic, values, partitions: 4 });
  const receivedAll = (members: readonly Member[]): boolean =>
    new Set(members.flatMap((member) => member.values)).size === values.length;
  const received = await until(both, receivedAll, "All values at two members");
  const delivered = received.flatMap((member) => member.values);
  const read = traits.quirks?.includes("rereads") === true ? [...new Set(delivered)] : delivered;
  expect(read.toSorted()).toEqual(values.toSorted());
  await client.ask({ op: "commit", member: `${topic}a` });
  await client.ask({ op: "commit", member: `${topic}b` });

  const third = await another();
  await third.ask({ ...joining, member: "c" });
  await until(
    () => seen(third, "c"),
    ({ partitions }) => partitions.length > 0,
    "A third member with a share",
  );
  await third.kill();
  await until(both, (members) => all(members) === "0,1,2,3", "Two members with all after the third crashed");

  await client.ask({ op: "leave", member: `${topic}b` });
  await until(
    () => seen(client, `${topic}a`),
    ({ partitions }) => partitions.length === 4,
    "One member with all again",
  );
  const more = numbered("more", 8);
  await client.ask({ op: "produce", connection, topic, values: more, partitions: 4 });
  await until(
    () => seen(client, `${topic}a`),
    (member) => more.every((value) => member.values.includes(value)),
    "All values at the last member",
  );
  await client.ask({ op: "leave", member: `${topic}a` });
}

async function resumes({ broker, client, traits }: Bench, protocol: string): Promise<void> {
  const { plain: connection } = broker;
  const topic = `resumed-${protocol}`;
  const joining = { op: "join", connection, topic, group: `group-${topic}`, protocol, sessionMs: SESSION_MS * 2 };
  const [first, second, third] = [numbered("first", 10), numbered("second", 10), numbered("third", 10)];
  const has = (values: readonly string[]) => (member: Member) => values.every((value) => member.values.includes(value));

  await client.ask({ op: "createTopic", connection, topic, partitions: 1 });
  await client.ask({ op: "produce", connection, topic, values: first });
  await client.ask({ ...joining, member: `${topic}a` });
  await until(() => seen(client, `${topic}a`), has(first), "The first values");
  await client.ask({ op: "commit", member: `${topic}a` });
  const endsWithBroker = traits.quirks?.includes("ends-with-broker") === true;
  if (endsWithBroker) await client.ask({ op: "leave", member: `${topic}a` });
  await broker.restart();
  if (endsWithBroker) await client.ask({ ...joining, member: `${topic}a` });
  await client.ask({ op: "produce", connection, topic, values: second });
  const { values } = await until(() => seen(client, `${topic}a`), has(second), "The second values after a restart");
  expect(values.toSorted()).toEqual([...(endsWithBroker ? [] : first), ...second].toSorted());
  await client.ask({ op: "commit", member: `${topic}a` });
  await client.ask({ op: "leave", member: `${topic}a` });

  await client.ask({ op: "produce", connection, topic, values: third });
  await broker.restart();
  await client.ask({ ...joining, member: `${topic}b` });
  const later = await until(() => seen(client, `${topic}b`), has(third), "The third values at another member");
  expect(later.values).toEqual(third);
  await client.ask({ op: "leave", member: `${topic}b` });
}

async function producesOverRestart({ broker, client, traits }: Bench): Promise<void> {
  const { plain: connection } = broker;
  const topic = "over-restart";
  const values = numbered("slow", 30);
  await client.ask({ op: "createTopic", connection, topic, partitions: 1 });
  const producing = client.ask({ op: "produceSlowly", connection, topic, values, everyMs: 30 });
  await until(
    () => Promise.resolve(broker.broker().storage.partition(topic, 0).bounds().endOffset),
    (endOffset) => endOffset > 3,
    "Some values",
  );
  await broker.restart();
  expect(await producing).toEqual(values);
  await client.ask({ op: "produce", connection, topic, values: ["end"] });
  const read = (await client.ask({ op: "read", connection, topic, until: "end" })) as string[];
  expect(traits.idempotent ? read : [...new Set(read)]).toEqual([...values, "end"]);
}

async function administers({ broker, client, traits }: Bench): Promise<void> {
  const { plain: connection } = broker;
  const has = (op: string): boolean => traits.lacks?.includes(op) !== true;
  const topic = "administered";
  const ask = (op: string, more: Readonly<Record<string, unknown>> = {}): Promise<unknown> =>
    client.ask({ op, connection, topic, ...more });
  await ask("createTopic", { partitions: 2, configs: { "retention.ms": "3600000" } });
  expect(await ask("listTopics")).toContain(topic);
  expect(await ask("describeTopic")).toBe(2);
  if (has("addPartitions")) {
    await ask("addPartitions", { partitions: 3 });
    await until(
      () => ask("describeTopic"),
      (partitions) => partitions === 3,
      "Three partitions",
    );
  }
  if (has("describeConfig")) {
    expect(await ask("describeConfig")).toMatchObject({ "retention.ms": "3600000", "cleanup.policy": "delete" });
  }
  if (has("alterConfig")) {
    await ask("alterConfig", { key: "retention.ms", value: "7200000" });
    expect(await ask("describeConfig")).toMatchObject({ "retention.ms": "7200000" });
  }
  await ask("produce", { values: numbered("gone", 5) });
  if (has("deleteRecords")) {
    await ask("deleteRecords", { before: 3 });
    expect(await ask("read", { until: "gone-4" })).toEqual(["gone-3", "gone-4"]);
  }
  await administersGroups({ broker, client, traits }, topic);
  await ask("deleteTopic");
  expect(await ask("listTopics")).not.toContain(topic);
  await expect(ask("createTopic", { topic: "no/such name", partitions: 1 })).rejects.toThrow(/invalid/i);
}

async function administersGroups(
  { broker, client, traits }: Pick<Bench, "broker" | "client" | "traits">,
  topic: string,
): Promise<void> {
  const { plain: connection } = broker;
  const has = (op: string): boolean => traits.lacks?.includes(op) !== true;
  const group = "administered-group";
  const member = "administered-member";
  const ask = (op: string): Promise<unknown> => client.ask({ op, connection, group, topic, member });
  await client.ask({ op: "join", connection, topic, group, member, protocol: "classic", sessionMs: SESSION_MS * 2 });
  await until(
    () => seen(client, member),
    ({ values }) => values.includes("gone-4"),
    "The member's values",
  );
  await ask("commit");
  if (has("listGroups")) expect(await ask("listGroups")).toContain(group);
  if (has("describeGroup")) expect(await ask("describeGroup")).toMatchObject({ state: "Stable", members: 1 });
  if (has("groupOffsets")) expect(await ask("groupOffsets")).toMatchObject({ [`${topic}-0`]: 5 });
  await ask("leave");
  if (!has("deleteGroup")) return;
  if (has("describeGroup")) {
    await until(
      () => ask("describeGroup"),
      (found) => JSON.stringify(found).includes("Empty"),
      "An empty group",
    );
  }
  await ask("deleteGroup");
  if (has("listGroups")) expect(await ask("listGroups")).not.toContain(group);
}

async function authenticates({ broker, client }: Bench, mechanism: string): Promise<void> {
  const topic = `sasl-${mechanism.toLowerCase()}`;
  const connection = broker.sasl(mechanism);
  await client.ask({ op: "createTopic", connection, topic, partitions: 1 });
  await client.ask({ op: "produce", connection, topic, values: ["let in"] });
  expect(await client.ask({ op: "read", connection, topic, until: "let in" })).toEqual(["let in"]);
  await expect(client.ask({ op: "listTopics", connection: broker.sasl(mechanism, "wrong") })).rejects.toThrow();
}

async function speaksTls({ broker, client }: Bench): Promise<void> {
  for (const [topic, connection] of [
    ["tls", broker.tls],
    ["mutual", broker.mutual],
  ] as const) {
    await client.ask({ op: "createTopic", connection, topic, partitions: 1 });
    await client.ask({ op: "produce", connection, topic, values: ["sealed"] });
    expect(await client.ask({ op: "read", connection, topic, until: "sealed" })).toEqual(["sealed"]);
  }
  const nameless = { ...broker.tls, bootstrap: broker.mutual.bootstrap };
  // A client that takes the refusal for a broker that does not answer would repeat it for half a minute.
  await expect(client.ask({ op: "listTopics", connection: nameless, retries: 1 })).rejects.toThrow();
}

async function transacts({ broker, client, traits }: Bench): Promise<void> {
  const { plain: connection } = broker;
  const topic = "transactions";
  const begin = (writer: string): Promise<unknown> =>
    client.ask({ op: "begin", connection, writer, transactionalId: "one" });
  const send = (writer: string, ...values: string[]): Promise<unknown> =>
    client.ask({ op: "send", writer, topic, values });
  const end = (writer: string, commit: boolean): Promise<unknown> => client.ask({ op: "end", writer, commit });

  await client.ask({ op: "createTopic", connection, topic, partitions: 1 });
  await begin("first");
  await send("first", "committed-1", "committed-2");
  await end("first", true);
  await send("first", "aborted-1");
  await end("first", false);
  await send("first", "committed-3");
  await end("first", true);
  const zombies: string[] = [];
  if (traits.quirks?.includes("no-takeover") === true) {
    await expect(begin("second")).rejects.toThrow();
    await send("first", "committed-4");
    await end("first", true);
  } else {
    // A second one of the same name aborts what the first has open, and the first is fenced.
    zombies.push("of a zombie");
    await send("first", ...zombies);
    await begin("second");
    await send("second", "committed-4");
    await expect(send("first", "of a zombie too").then(() => end("first", true))).rejects.toThrow();
    await end("second", true);
  }
  await client.ask({ op: "produce", connection, topic, values: ["end"] });

  const read = (committed: boolean): Promise<unknown> =>
    client.ask({ op: "read", connection, topic, until: "end", committed });
  const committed = ["committed-1", "committed-2", "committed-3", "committed-4", "end"];
  expect(await read(true)).toEqual(committed);
  expect(await read(false)).toEqual(expect.arrayContaining(["aborted-1", ...zombies]));
  await broker.restart();
  expect(await read(true)).toEqual(committed);
}

async function transactsOffsets({ broker, client }: Bench): Promise<void> {
  const { plain: connection } = broker;
  const [topic, group, writer] = ["transactional-offsets", "transactional-group", "offsets"];
  const sendOffset = (offset: number): Promise<unknown> =>
    client.ask({ op: "sendOffset", writer, group, topic, offset });
  const offsets = (): Promise<unknown> => client.ask({ op: "groupOffsets", connection, group, topic });
  await client.ask({ op: "createTopic", connection, topic, partitions: 1 });
  await client.ask({ op: "produce", connection, topic, values: numbered("input", 5) });
  await client.ask({ op: "begin", connection, writer, transactionalId: "two" });
  await client.ask({ op: "send", writer, topic, values: ["output"] });
  await sendOffset(3);
  await client.ask({ op: "end", writer, commit: true });
  // The end is answered when it is decided; the group hears of it a moment later.
  const isCommitted = (found: unknown): boolean => JSON.stringify(found) === JSON.stringify({ [`${topic}-0`]: 3 });
  await until(offsets, isCommitted, "The transaction's offset");
  await client.ask({ op: "send", writer, topic, values: ["aborted"] });
  await sendOffset(5);
  await client.ask({ op: "end", writer, commit: false });
  expect(await offsets()).toMatchObject({ [`${topic}-0`]: 3 });
}
