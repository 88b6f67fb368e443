/** kcat, the command line on librdkafka, as a person types it: every codec, groups, transactions, who it is and TLS. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { type ClientBroker, startClientBroker } from "./testing/client-broker.ts";
import type { Connection } from "./testing/client-driver.ts";
import { heardFramesTest } from "./testing/heard-frames.ts";
import { installed } from "./testing/installed.ts";

const RUN_MS_MAX = 40_000;
const PARTITIONS = 4;
/** Each is worth compressing by itself: what does not get smaller is sent as it is. */
const LINES = numbered("kaelix ".repeat(30), 500);
const GROUP_SETTINGS = ["auto.offset.reset=earliest", "session.timeout.ms=3000", "heartbeat.interval.ms=300"] as const;
const GROUP = ["-q", "-u", ...GROUP_SETTINGS.flatMap((setting) => ["-X", setting])];
const COMMITTED = ["-X", "isolation.level=read_committed"] as const;

let program = "";
let broker: ClientBroker;
const followed: ChildProcess[] = [];

beforeAll(async () => {
  program = await installed("KAFKA_CLIENTS_KCAT");
  broker = await startClientBroker({ "num.partitions": "1" });
});
afterEach(() => {
  for (const child of followed.splice(0)) child.kill("SIGKILL");
});
afterAll(() => broker.close());

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

/** What says to kcat how to reach the broker. */
function reach({ bootstrap, sasl, tls }: Connection): string[] {
  const settings: Record<string, string | undefined> = {
    "security.protocol": `${sasl === undefined ? "" : "sasl_"}${tls === undefined ? "plaintext" : "ssl"}`,
    "sasl.mechanism": sasl?.mechanism,
    "sasl.username": sasl?.user,
    "sasl.password": sasl?.password,
    "ssl.ca.location": tls?.ca,
    "ssl.certificate.location": tls?.cert,
    "ssl.key.location": tls?.key,
  };
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return ["-b", bootstrap, ...given.flatMap(([key, value]) => ["-X", `${key}=${value}`])];
}

async function kcat(parameters: readonly string[], input = "", connection = broker.plain): Promise<string[]> {
  const running = promisify(execFile)(program, [...reach(connection), ...parameters], { timeout: RUN_MS_MAX });
  running.child.stdin?.end(input);
  return (await running).stdout.split("\n").filter((line) => line !== "");
}

/** One that goes on reading, and what it has read. */
function follow(parameters: readonly string[]): { readonly lines: () => string[]; readonly child: ChildProcess } {
  const child = spawn(program, [...reach(broker.plain), ...parameters], { stdio: ["ignore", "pipe", "ignore"] });
  followed.push(child);
  let text = "";
  child.stdout.on("data", (bytes: Buffer) => (text += bytes.toString()));
  return { child, lines: () => text.split("\n").filter((line) => line !== "") };
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + RUN_MS_MAX;
  while (!(await isSo())) {
    if (Date.now() > deadlineMs) throw new Error(`Waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test.each(["none", "gzip", "snappy", "lz4", "zstd"])("writes and reads what is compressed by %s", async (codec) => {
  const topic = `codec-${codec}`;
  await kcat(["-P", "-t", topic, "-z", codec], LINES.join("\n"));
  expect(await kcat(["-C", "-t", topic, "-o", "beginning", "-e", "-q"])).toEqual(LINES);
  const { batches } = await broker
    .broker()
    .storage.partition(topic, 0)
    .read(0, 1 << 20, "accepted");
  const stored = new Set(batches.map(({ header }) => ["none", "gzip", "snappy", "lz4", "zstd"][header.attributes & 7]));
  expect([...stored]).toEqual([codec]);
});

test("lists topics and finds offsets by time", async () => {
  await kcat(["-P", "-t", "times"], "a\nb");
  expect((await kcat(["-L"])).join()).toContain('topic "times" with 1 partitions');
  expect((await kcat(["-Q", "-t", "times:0:-1"])).join()).toContain("offset 2");
  expect((await kcat(["-Q", "-t", "times:0:1"])).join()).toContain("offset 0");
});

test("is an idempotent producer, and a transactional one", async () => {
  await kcat(["-P", "-t", "idempotent", "-X", "enable.idempotence=true"], "a\nb");
  expect(await kcat(["-C", "-t", "idempotent", "-e", "-q"])).toEqual(["a", "b"]);
  await kcat(["-P", "-t", "transaction", "-X", "transactional.id=kcat"], "a\nb");
  expect(await kcat(["-C", "-t", "transaction", "-e", "-q", ...COMMITTED])).toEqual(["a", "b"]);
  // Two records and the marker.
  expect((await kcat(["-Q", "-t", "transaction:0:-1"])).join()).toContain("offset 3");
});

test("a group goes on after the broker's restart where it stopped", async () => {
  const reading = (count: number): string[] => [...GROUP, "-c", String(count), "-G", "resumed", "resumed"];
  await kcat(["-P", "-t", "resumed"], numbered("first", 40).join("\n"));
  expect(await kcat(reading(40))).toEqual(numbered("first", 40));
  await broker.restart();
  await kcat(["-P", "-t", "resumed"], numbered("second", 20).join("\n"));
  expect(await kcat(reading(20))).toEqual(numbered("second", 20));
});

test("members of a group share, and the share of who is killed goes to who is left", async () => {
  await broker.broker().storage.createTopic({ name: "shared", partitions: PARTITIONS });
  let round = 0;
  const produce = async (): Promise<string[]> => {
    round += 1;
    const lines = numbered(`round-${round}`, PARTITIONS);
    await Promise.all(lines.map((line, partition) => kcat(["-P", "-t", "shared", "-p", String(partition)], line)));
    return lines;
  };
  const ann = follow([...GROUP, "-G", "sharing", "shared"]);
  const first = await produce();
  await until("ann has everything", () => first.every((line) => ann.lines().includes(line)));
  const bob = follow([...GROUP, "-G", "sharing", "shared"]);
  await until("both get a share", async () => {
    const before = ann.lines().length;
    await produce();
    return bob.lines().length > 0 && ann.lines().length > before;
  });
  const killed = once(ann.child, "exit");
  ann.child.kill("SIGKILL");
  await killed;
  const last = await produce();
  await until("bob has everything", () => last.every((line) => bob.lines().includes(line)));
});

test.each(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])("proves who it is by %s", async (mechanism) => {
  const topic = `sasl-${mechanism.toLowerCase()}`;
  await kcat(["-P", "-t", topic], "let in", broker.sasl(mechanism));
  expect(await kcat(["-C", "-t", topic, "-e", "-q"], "", broker.sasl(mechanism))).toEqual(["let in"]);
  await expect(kcat(["-L", "-m", "1"], "", broker.sasl(mechanism, "wrong"))).rejects.toThrow();
});

test("speaks TLS, and shows a certificate", async () => {
  for (const [topic, connection] of [
    ["tls", broker.tls],
    ["mutual", broker.mutual],
  ] as const) {
    await kcat(["-P", "-t", topic], "sealed", connection);
    expect(await kcat(["-C", "-t", topic, "-e", "-q"], "", connection)).toEqual(["sealed"]);
  }
  const nameless = { ...broker.tls, bootstrap: broker.mutual.bootstrap };
  await expect(kcat(["-L", "-m", "1"], "", nameless)).rejects.toThrow();
});

heardFramesTest("kcat", () => broker);
