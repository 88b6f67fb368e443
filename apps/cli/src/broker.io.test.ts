import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { Admin, ConfigResourceTypes } from "@platformatic/kafka";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { withAdmin } from "./broker-connection.ts";
import { type CommandOutcome, runCommand } from "./testing/product.ts";

const MAIN = new URL("kaelix.ts", import.meta.url).pathname;

let broker: ChildProcess;
let address = "";

/** Runs a command against the broker; `login` as `user:password`. */
function run(words: readonly string[], input = "", login = "anna:secret"): Promise<CommandOutcome> {
  const url = `kafka://${login}@${address}?mechanism=SCRAM-SHA-256`;
  return runCommand(words, { input, environment: { KAELIX_BROKER: url } });
}

beforeAll(async () => {
  const words = [
    "streamer",
    "--temporary",
    "--port",
    "0",
    "--json",
    "--sasl",
    "SCRAM-SHA-256",
    "--user",
    "anna:secret",
  ];
  broker = spawn(process.execPath, [MAIN, ...words, "--acls", "--super-user", "anna", "--user", "ben:other"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (broker.stdout === null) throw new Error("The broker has an output");
  const [line] = (await once(createInterface({ input: broker.stdout }), "line")) as [string];
  const started: unknown = JSON.parse(line);
  if (typeof started === "object" && started !== null && "bootstrap" in started) address = String(started.bootstrap);
});

afterAll(async () => {
  const gone = once(broker, "exit");
  broker.kill("SIGTERM");
  await gone;
});

describe("kaelix streamer and what talks to it", () => {
  test("a temporary broker lets a group's first member begin at once", async () => {
    const admin = new Admin({
      clientId: "test",
      bootstrapBrokers: [address],
      sasl: { mechanism: "SCRAM-SHA-256", username: "anna", password: "secret" },
    });
    try {
      const asked = [{ resourceType: ConfigResourceTypes.BROKER, resourceName: "1" }];
      const [broker] = await admin.describeConfigs({ resources: asked });
      const delay = broker?.configs.find(({ name }) => name === "group.initial.rebalance.delay.ms");
      expect(delay?.value).toBe("0");
    } finally {
      await admin.close();
    }
  });

  test("lines become records, with keys, in order, and come back in any form", async () => {
    const produced = await run(
      ["produce", "orders", "--key-separator", ":", "--compress", "zstd", "--json"],
      "a:1\nb:2\nc:3\n",
    );
    expect(produced).toMatchObject({ code: 0, out: '{"topic":"orders","records":3}\n' });
    expect((await run(["consume", "orders", "--format", "%p@%o %k=%v\\n"])).out).toBe("0@0 a=1\n0@1 b=2\n0@2 c=3\n");
    expect((await run(["consume", "orders", "--from", "-1"])).out).toBe("3\n");
    const rows = (await run(["consume", "orders", "--json", "--from", "1", "--count", "1"])).out;
    expect(JSON.parse(rows)).toMatchObject({ topic: "orders", partition: 0, offset: 1, key: "b", value: "2" });
  });

  test("headers, deletions and a part of a topic go in and come out", async () => {
    const headers = ["--header", "from=anna", "--header", "kind=new order"];
    await run(["produce", "parts", "--key-separator", ":", "--null", ...headers], "a:1\nb:\n");
    await run(["produce", "parts"], "\nlast\n");
    const format = ["--format", "%o %k %S [%h]\\n"];
    const shown = "0 a 1 [from=anna,kind=new order]\n1 b -1 [from=anna,kind=new order]\n2  0 []\n3  4 []\n";
    expect((await run(["consume", "parts", ...format])).out).toBe(shown);
    const [first = "", second = "", third = ""] = (await run(["consume", "parts", "--json", "--to", "3"])).out.split(
      "\n",
    );
    const told = [
      { name: "from", value: "anna" },
      { name: "kind", value: "new order" },
    ];
    expect(JSON.parse(first)).toMatchObject({ offset: 0, value: "1", headers: told });
    expect(JSON.parse(second)).toMatchObject({ offset: 1, value: null, headers: told });
    expect(JSON.parse(third)).toEqual({
      topic: "parts",
      partition: 0,
      offset: 2,
      timestamp: expect.any(String),
      key: null,
      value: "",
    });
    expect((await run(["consume", "parts", "--from", "2", "--to", "-1"])).out).toBe("\n");
    expect((await run(["consume", "parts", "--from", "2001-01-01", "--to", "2001-01-01"])).out).toBe("");
    expect((await run(["consume", "parts", "--follow", "--from", "3", "--to", "4"])).out).toBe("last\n");
    const grouped = await run(["consume", "parts", "--group", "few", "--count", "1", "--json"]);
    expect(JSON.parse(grouped.out)).toMatchObject({ headers: told });
    expect((await run(["consume", "parts", "--group", "few", "--to", "2"])).code).toBe(2);
  });

  test("topics are made, described, changed, trimmed and deleted", async () => {
    expect(
      (await run(["topics", "create", "life", "--partitions", "2", "--config", "retention.ms=1000000"])).code,
    ).toBe(0);
    expect((await run(["topics", "create", "life"])).code).toBe(5);
    expect(
      (await run(["topics", "alter", "life", "--partitions", "3", "--config", "cleanup.policy=compact,delete"])).code,
    ).toBe(0);
    const described: unknown = JSON.parse((await run(["topics", "describe", "life", "--json"])).out);
    expect(described).toMatchObject({
      partitions: [{}, {}, {}],
      settings: { "retention.ms": "1000000", "cleanup.policy": "compact,delete" },
    });
    await run(["produce", "life", "--partition", "1", "--key", "k"], "x\ny\n");
    expect((await run(["topics", "trim", "life", "--partition", "1", "--before", "1"])).code).toBe(0);
    expect((await run(["consume", "life"])).out).toBe("y\n");
    expect((await run(["topics", "delete", "life"])).code).toBe(2);
    expect((await run(["topics", "delete", "life", "--yes"])).code).toBe(0);
    expect((await run(["topics", "describe", "life"])).code).toBe(3);
  });

  test("a group goes on where it committed, tells how far behind it is, and can be moved", async () => {
    await run(["produce", "queue"], Array.from({ length: 10 }, (_, at) => `r${at}\n`).join(""));
    expect((await run(["consume", "queue", "--group", "workers", "--count", "4"])).out).toBe("r0\nr1\nr2\nr3\n");
    const described: unknown = JSON.parse((await run(["groups", "describe", "workers", "--json"])).out);
    const state = { group: "workers", state: "Empty", type: "classic", members: [], lag: 6 };
    expect(described).toMatchObject({ ...state, partitions: [{ committed: 4, end: 10 }] });
    expect((await run(["consume", "queue", "--group", "workers", "--count", "1"])).out).toBe("r4\n");
    expect((await run(["groups", "reset", "workers", "queue", "--to", "9"])).code).toBe(0);
    expect((await run(["consume", "queue", "--group", "workers", "--count", "1"])).out).toBe("r9\n");
    const moved = async (to: string): Promise<unknown> =>
      JSON.parse((await run(["groups", "reset", "workers", "queue", "--to", to, "--json"])).out);
    expect(await moved("2001-01-01")).toMatchObject({ partitions: [{ offset: 0 }] });
    expect(await moved("-3")).toMatchObject({ partitions: [{ offset: 7 }] });
    expect((await run(["groups", "reset", "workers", "queue", "--to", "nowhere"])).code).toBe(2);
    expect((await run(["groups", "list"])).out).toContain("workers\tEmpty");
    expect((await run(["groups", "delete", "workers"])).code).toBe(0);
    expect((await run(["groups", "describe", "workers"])).code).toBe(3);
  });

  test("a broker that is not there, one that hangs up, and a fault of our own are told apart", async () => {
    const environment = { KAELIX_BROKER: "127.0.0.1:1" };
    const absent = await runCommand(["topics", "list"], { environment });
    expect(absent).toMatchObject({
      code: 7,
      err: expect.stringContaining("Cannot reach a Kafka broker at 127.0.0.1:1"),
    });
    const mute = await runCommand(["topics", "list"], { environment: { KAELIX_BROKER: address } });
    expect(mute).toMatchObject({ code: 7, err: expect.stringContaining("it may want a user and password") });
    const fault = new TypeError("undefined is not a function");
    await expect(withAdmin({ broker: address }, () => Promise.reject(fault))).rejects.toBe(fault);
  });

  test("a group is described with who is in it", async () => {
    await run(["produce", "joined"], "x\n");
    const [member, reading] = await readingMember();
    const described: unknown = JSON.parse((await run(["groups", "describe", "team", "--json"])).out);
    expect(described).toMatchObject({ state: "Stable", members: [{ member: expect.any(String), host: "127.0.0.1" }] });
    member.kill("SIGTERM");
    await reading;
  });

  test("who is not known or not allowed changes nothing and is told so", async () => {
    const wrong = await run(["topics", "list"], "", "anna:wrong");
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.err).toContain("user or password is wrong");
    const ben = await run(["produce", "orders"], "no\n", "ben:other");
    expect(ben.code).not.toBe(0);
    expect((await run(["topics", "list"], "", "ben:other")).out).toBe("");
  });
});

/** A member of the group "team" that has read a record, and its end. */
async function readingMember(): Promise<[ChildProcess, Promise<unknown>]> {
  const url = `kafka://anna:secret@${address}?mechanism=SCRAM-SHA-256`;
  const words = [MAIN, "consume", "joined", "--group", "team", "--follow", "--broker", url];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "ignore"] });
  if (child.stdout === null) throw new Error("A child has an output");
  await lineOf(child.stdout, "x");
  return [child, once(child, "exit")];
}

describe("kaelix streamer with a plug-in", () => {
  test("asks it, tells its metrics, and loads it anew on a hang-up", async () => {
    const folder = mkdtempSync(join(tmpdir(), "kaelix-plug-in-"));
    const module = join(folder, "guard.mjs");
    const write = (word: string): void =>
      writeFileSync(
        module,
        `let most; export const interceptor = { start: ({ max }) => { most = Number(max); },
           onAppend: ({ recordCount }) => (recordCount > most ? { reject: "${word}" } : undefined) };`,
      );
    write("too many");
    const words = [
      "--temporary",
      "--port",
      "0",
      "--metrics-port",
      "0",
      "--interceptor",
      `guard=${module},max=1`,
      "--json",
    ];
    const child = spawn(process.execPath, [MAIN, "streamer", ...words], { stdio: ["ignore", "pipe", "pipe"] });
    try {
      const started = JSON.parse(await lineOf(child.stdout, "bootstrap")) as { bootstrap: string; metrics: string };
      const environment = { KAELIX_BROKER: `kafka://${started.bootstrap}` };
      const send = (input: string): Promise<CommandOutcome> => runCommand(["produce", "t"], { input, environment });
      expect((await send("one\n")).code).toBe(0);
      expect(await send("one\ntwo\n")).toMatchObject({ code: 1, err: expect.stringContaining("guard: too many") });
      const text = await (await fetch(started.metrics)).text();
      expect(text).toMatch(/kaelix_kafka_interceptor_rejections_total\{interceptor="guard"\} [1-9]/);
      expect((await fetch(started.metrics.replace("metrics", "else"))).status).toBe(404);
      write("still too many");
      const reloaded = lineOf(child.stderr, "loaded anew");
      child.kill("SIGHUP");
      await reloaded;
      expect((await send("one\ntwo\n")).err).toContain("guard: still too many");
    } finally {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("is refused with the way to write it", async () => {
    const refused = await runCommand(["streamer", "--temporary", "--port", "0", "--interceptor", "guard"], {});
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining("name=file") });
    const port = await runCommand(["streamer", "--temporary", "--port", "0", "--metrics-port", "x"], {});
    expect(port).toMatchObject({ code: 2, err: expect.stringContaining("--metrics-port") });
  });
});

async function lineOf(stream: NodeJS.ReadableStream, word: string): Promise<string> {
  for await (const line of createInterface({ input: stream })) if (line.includes(word)) return line;
  throw new Error(`No line with ${word} came`);
}
