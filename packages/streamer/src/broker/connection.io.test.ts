import { once } from "node:events";
import { spawn } from "node:child_process";
import { connect, type Socket } from "node:net";

import { WireWriter } from "@kaelix/protocol";
import { afterEach, describe, expect, it } from "vitest";

import {
  batchOf,
  createTopic,
  fetchRequest,
  produce,
  produceRequest,
  startTestBroker,
  type TestBroker,
  textsOf,
} from "../testing/test-broker.ts";
import { sendMutatedFrames } from "../testing/mutated-frames.ts";
import { codecs } from "../testing/wire-codecs.ts";

/** `npm run bench -- sockets` sends 100,000. */
const MUTATED_FRAMES = 8000;

let open: TestBroker | undefined;

async function start(options: Parameters<typeof startTestBroker>[0] = {}): Promise<TestBroker> {
  open = await startTestBroker(options);
  return open;
}

afterEach(async () => {
  await open?.close();
  open = undefined;
});

function header(key: number, version: number, correlationId: number): Buffer {
  const writer = new WireWriter();
  writer.beginFrame();
  writer.int16(key);
  writer.int16(version);
  writer.int32(correlationId);
  writer.nullableString("test", false);
  return Buffer.concat(writer.endFrame());
}

async function rawSocket({ broker }: TestBroker): Promise<Socket> {
  const socket = connect(broker.address());
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

describe("a connection", () => {
  it("answers an unknown version of ApiVersions with error 35 in version 0, listing ApiVersions", async () => {
    const test = await start();
    const client = await test.connect();
    const frame = await client.sendRaw(header(18, 99, 7), 7);
    expect(frame.readInt16BE(4)).toBe(35);
    expect(frame.readInt32BE(6)).toBe(1);
    expect([frame.readInt16BE(10), frame.readInt16BE(12), frame.readInt16BE(14)]).toEqual([18, 0, 4]);
    // The connection goes on.
    const versions = await client.send(codecs.apiVersions, 3, {
      clientSoftwareName: "test",
      clientSoftwareVersion: "1",
    });
    expect(versions.errorCode).toBe(0);
    expect(versions.apiKeys.find(({ apiKey }) => apiKey === 0)).toMatchObject({ minVersion: 0, maxVersion: 13 });
  });

  it.each([
    ["an API nobody knows", header(999, 0, 1)],
    ["a version that is not served", header(0, 2, 1)],
    ["a version that does not exist", header(3, 99, 1)],
    ["a body that ends too early", header(1, 4, 1)],
    ["a negative size", Buffer.from([0xff, 0xff, 0xff, 0xff])],
    ["a size above the limit", Buffer.from([0x7f, 0xff, 0xff, 0xff])],
    ["a frame too short for a header", Buffer.from([0, 0, 0, 2, 0, 18])],
  ])("is closed by %s", async (_, bytes) => {
    const test = await start();
    const client = await test.connect();
    client.socket.write(bytes);
    await client.closed;
    expect(test.broker.metrics().connections.malformed).toBe(1);
    expect(test.broker.metrics().bytesInFlight).toBe(0);
  });

  it("serves nothing that follows bytes that are no request, were it in the same packet", async () => {
    const test = await start();
    const client = await test.connect();
    const topics = [{ name: "smuggled", numPartitions: 1, replicationFactor: 1 }];
    const sound = client.frame(codecs.createTopics, 7, { topics, timeoutMs: 5000 });
    client.socket.write(Buffer.concat([header(999, 0, 1), sound, header(999, 0, 2)]));
    await client.closed;
    await createTopic(await test.connect(), "after");
    expect(test.broker.metrics().connections.malformed).toBe(1);
    expect([...test.broker.storage.topics().keys()]).not.toContain("smuggled");
  });

  it("refuses a topic's id in a version of Metadata that has the field and not the meaning", async () => {
    const test = await start();
    const client = await test.connect();
    const { errorCode, topics } = await client.send(codecs.metadata, 11, { topics: [{ name: null }] });
    expect([errorCode, topics[0]?.errorCode, topics[0]?.name]).toEqual([0, 42, ""]);
  });

  it("that has not said who it is may ask for versions alone", async () => {
    const authenticator = { open: () => ({ principal: () => undefined }) };
    const test = await start({ listeners: [{ port: 0, authenticator }] });
    const client = await test.connect();
    const asked = { clientSoftwareName: "test", clientSoftwareVersion: "1" };
    expect((await client.send(codecs.apiVersions, 3, asked)).errorCode).toBe(0);
    await expect(client.send(codecs.metadata, 4, { topics: [] })).rejects.toThrow("closed");
  });

  it("answers in the order of requests, and appends pipelined batches in the order they were sent", async () => {
    const test = await start();
    const client = await test.connect();
    await createTopic(client, "ordered");
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, at) => produce(client, "ordered", [String(at)], at % 3 === 0 ? 1 : -1)),
    );
    expect(answers.map(({ baseOffset }) => baseOffset)).toEqual(Array.from({ length: 500 }, (_, at) => at));
    const fetched = await client.send(
      codecs.fetch,
      11,
      fetchRequest("ordered", 0, { partitionMaxBytes: 1 << 24, maxBytes: 1 << 24 }),
    );
    const texts = textsOf(fetched.responses[0]?.partitions[0]?.records);
    expect(texts).toEqual(Array.from({ length: 500 }, (_, at) => String(at)));
  });

  it("begins a request when the one before it is done", async () => {
    const test = await start();
    const client = await test.connect();
    const results = Array.from({ length: 5 }, async (_, at) => {
      const created = createTopic(client, `quick-${at}`);
      const produced = produce(client, `quick-${at}`, ["x"]);
      await created;
      return (await produced).errorCode;
    });
    expect(await Promise.all(results)).toEqual([0, 0, 0, 0, 0]);
  });

  it("serves a request that arrives byte by byte", async () => {
    const test = await start();
    const client = await test.connect();
    const bytes = client.frame(codecs.metadata, 4, { topics: [] }, 1);
    for (const byte of bytes.subarray(0, -1)) client.socket.write(Buffer.of(byte));
    const frame = await client.sendRaw(bytes.subarray(-1), 1);
    expect(frame.length).toBeGreaterThan(20);
  });

  it("does nothing after a request that was not answered (acks=0), but closes when it was refused", async () => {
    const test = await start();
    const client = await test.connect();
    await createTopic(client, "silent");
    client.sendOnly(codecs.produce, 9, produceRequest("silent", batchOf(["a"]), 0));
    expect((await produce(client, "silent", ["b"], 1)).baseOffset).toBe(1);
    client.sendOnly(codecs.produce, 9, produceRequest("missing", batchOf(["a"]), 0));
    await client.closed;
  });

  it("wakes a parked fetch when something is produced, and answers an empty one in time", async () => {
    const test = await start();
    const [consumer, producer] = [await test.connect(), await test.connect()];
    await createTopic(producer, "parked");
    const waiting = consumer.send(codecs.fetch, 11, fetchRequest("parked", 0, { maxWaitMs: 50_000 }));
    await expect.poll(() => test.broker.metrics().parkedFetches).toBe(1);
    await produce(producer, "parked", ["now"]);
    expect(textsOf((await waiting).responses[0]?.partitions[0]?.records)).toEqual(["now"]);
    const empty = await consumer.send(codecs.fetch, 11, fetchRequest("parked", 1, { maxWaitMs: 20 }));
    expect(empty.responses[0]?.partitions[0]?.records).toHaveLength(0);
    expect(test.broker.metrics().parkedFetches).toBe(0);
  });

  it("waits for as many bytes as were asked for", async () => {
    const test = await start();
    const [consumer, producer] = [await test.connect(), await test.connect()];
    await createTopic(producer, "enough");
    const waiting = consumer.send(codecs.fetch, 11, fetchRequest("enough", 0, { maxWaitMs: 50_000, minBytes: 5000 }));
    for (let at = 0; at < 60; at += 1) await produce(producer, "enough", ["x".repeat(100)], 1);
    const records = (await waiting).responses[0]?.partitions[0]?.records;
    expect(records?.length).toBeGreaterThanOrEqual(5000);
  });

  it("forgets a parked fetch whose client went away", async () => {
    const test = await start();
    const [consumer, producer] = [await test.connect(), await test.connect()];
    await createTopic(producer, "gone");
    void consumer.send(codecs.fetch, 11, fetchRequest("gone", 0, { maxWaitMs: 600_000 })).catch(() => undefined);
    await expect.poll(() => test.broker.metrics().parkedFetches).toBe(1);
    consumer.close();
    await expect.poll(() => test.broker.metrics().parkedFetches).toBe(0);
    expect(test.broker.metrics().bytesInFlight).toBe(0);
  });

  it("answers what is under way when the broker closes", async () => {
    const test = await start();
    const [consumer, producer] = [await test.connect(), await test.connect()];
    await createTopic(producer, "closing");
    const waiting = consumer.send(codecs.fetch, 11, fetchRequest("closing", 0, { maxWaitMs: 600_000 }));
    await expect.poll(() => test.broker.metrics().parkedFetches).toBe(1);
    const produced = produce(producer, "closing", ["last"]);
    await expect.poll(() => test.broker.metrics().partition("closing", 0).batchesIn).toBe(1);
    await test.broker.close();
    expect((await produced).errorCode).toBe(0);
    expect((await waiting).errorCode).toBe(0);
  });
});

describe("connections", () => {
  it("are refused above the limits, and closed when idle", async () => {
    const test = await start({ config: { "max.connections.per.ip": "2", "connections.max.idle.ms": "1" } });
    await test.connect();
    await test.connect();
    const third = await test.connect();
    await third.closed;
    expect(test.broker.metrics().connections.refused).toBe(1);
    await expect.poll(() => test.broker.metrics().connections.open).toBe(0);
    expect(test.broker.metrics().connections.idle).toBe(2);
  });

  it("with half frames, 2,000 of them, cost what they sent", async () => {
    const test = await start({ config: { "queued.max.request.bytes": String(64 << 20) } });
    const good = await test.connect();
    await createTopic(good, "bounded");
    const sockets = await Promise.all(Array.from({ length: 2000 }, () => rawSocket(test)));
    // Each announces 100 MB and sends 1,000 bytes of them.
    const half = Buffer.alloc(1004);
    half.writeInt32BE(100_000_000);
    for (const socket of sockets) socket.write(half);
    await expect.poll(() => test.broker.metrics().bytesInFlight).toBe(2000 * 1000);
    expect((await produce(good, "bounded", ["x".repeat(900_000)])).errorCode).toBe(0);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => test.broker.metrics().bytesInFlight).toBe(0);
  });

  it("with half frames that spend all memory are closed when they stop, and never hold more than a part each beyond it", async () => {
    const test = await start({ config: { "queued.max.request.bytes": String(16 << 20) }, stallMs: 200 });
    const good = await test.connect();
    await createTopic(good, "spent");
    const sockets = await Promise.all(Array.from({ length: 300 }, () => rawSocket(test)));
    const half = Buffer.alloc(300_000);
    half.writeInt32BE(50_000_000);
    let most = 0;
    for (const socket of sockets) socket.write(half);
    await expect.poll(() => test.broker.metrics().bytesInFlight, { interval: 1 }).toBeGreaterThan(16 << 20);
    most = Math.max(most, test.broker.metrics().bytesInFlight);
    // Small requests go on at once, a large one when who does not move has been closed.
    expect((await produce(good, "spent", ["small"])).errorCode).toBe(0);
    most = Math.max(most, test.broker.metrics().bytesInFlight);
    expect((await produce(good, "spent", ["x".repeat(900_000)])).errorCode).toBe(0);
    expect(most).toBeLessThan((16 << 20) + 300 * 96 * 1024 + 300_000);
    expect(test.broker.metrics().connections.stalled).toBeGreaterThan(0);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => test.broker.metrics().bytesInFlight).toBe(0);
  });

  it("of slow readers hold bounded memory, each and all together, and leave the others alone", async () => {
    const test = await start({ config: { "queued.max.request.bytes": String(64 << 20) }, stallMs: 500 });
    const good = await test.connect();
    await createTopic(good, "slow", { "max.message.bytes": "2000000" });
    for (let at = 0; at < 8; at += 1) await produce(good, "slow", ["x".repeat(1_000_000)], 1);
    const ask = good.frame(
      codecs.fetch,
      11,
      fetchRequest("slow", 0, { maxBytes: 8 << 20, partitionMaxBytes: 8 << 20 }),
    );
    const mostOf = async (): Promise<number> => {
      let most = 0;
      for (let at = 0; at < 300; at += 1) {
        expect((await produce(good, "slow", ["still here"], 1)).errorCode).toBe(0);
        most = Math.max(most, test.broker.metrics().bytesInFlight);
      }
      return most;
    };
    const one = await rawSocket(test);
    one.pause();
    for (let at = 0; at < 50; at += 1) one.write(ask);
    await expect.poll(() => test.broker.metrics().bytesInFlight).toBeGreaterThan(1 << 20);
    // The next answer waits until the client has taken the one before.
    expect(await mostOf()).toBeLessThan(20 << 20);
    one.destroy();
    const sockets = await Promise.all(Array.from({ length: 200 }, () => rawSocket(test)));
    for (const socket of sockets) {
      socket.pause();
      for (let at = 0; at < 4; at += 1) socket.write(ask);
    }
    await expect.poll(() => test.broker.metrics().bytesInFlight).toBeGreaterThan(32 << 20);
    expect(await mostOf()).toBeLessThan(96 << 20);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => test.broker.metrics().bytesInFlight).toBe(0);
  });

  it("that send mutated frames are answered or closed, and break nothing", async () => {
    const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
    const test = await start({ config: { "auto.create.topics.enable": "false" } });
    const good = await test.connect();
    await createTopic(good, "orders");
    let most = 0;
    const outcome = await sendMutatedFrames(test.broker.address(), {
      frames: MUTATED_FRAMES,
      seed,
      meanwhile: () => (most = Math.max(most, test.broker.metrics().bytesInFlight)),
    });
    const said = `SEED=${seed}: ${JSON.stringify(outcome)}`;
    expect(outcome.closed + outcome.answered + outcome.waiting, said).toBe(MUTATED_FRAMES);
    expect(Math.min(outcome.closed, outcome.answered), said).toBeGreaterThan(MUTATED_FRAMES / 20);
    expect(most, said).toBeLessThan(64 << 20);
    expect(test.reports, said).toEqual([]);
    await createTopic(good, "after");
    expect((await produce(good, "after", ["still here"])).errorCode, said).toBe(0);
    await expect.poll(() => test.broker.metrics().bytesInFlight).toBe(0);
  });

  it("of 10,000 idle clients cost little and leave the others alone", async () => {
    const test = await start();
    const { host, port } = test.broker.address();
    const before = process.memoryUsage().rss;
    // Another process: both ends would be more files than one may open.
    const script = `
      const net = require("node:net");
      let left = 10000;
      const connectOne = () => {
        if (left-- <= 0) return;
        const socket = net.connect(${port}, "${host}", connectOne);
        socket.on("error", (error) => { console.error(error.message); process.exit(1); });
      };
      for (let at = 0; at < 50; at += 1) connectOne();
      process.stdin.resume().on("end", () => process.exit(0));`;
    const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "inherit", "inherit"] });
    await expect.poll(() => test.broker.metrics().connections.open).toBe(10_000);
    const perConnection = (process.memoryUsage().rss - before) / 10_000;
    expect(perConnection).toBeLessThan(64 * 1024);
    const client = await test.connect();
    await createTopic(client, "crowded");
    expect((await produce(client, "crowded", ["hello"])).errorCode).toBe(0);
    child.stdin.end();
    await once(child, "exit");
  });
});
