/**
 * What things cost a broker on this machine: a real one in its own process, driven over loopback for a few seconds.
 *
 * CPU is the broker process's own (from `process.cpuUsage` there), so the client's work is not in it.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { encodeRecordBatch, WireWriter } from "@kaelix/protocol";
import { encodeFetchRequest, encodeProduceRequest } from "@kaelix/protocol/messages";

import type { UnitCosts } from "./plan.ts";
import type { CostAnswer, CostRequest } from "./measured-broker.ts";

const BROKER_URL = new URL(
  import.meta.url.endsWith(".ts") ? "./measured-broker.ts" : "./measured-broker.js",
  import.meta.url,
);
const TOPIC = "costs";
const SMALL_BYTES = 1024;
const LARGE_BYTES = 64 * 1024;
const CONNECTIONS = 2000;
const STREAMS = 50_000;
const PRODUCE_KEY = 0;
const FETCH_KEY = 1;
const PRODUCE_VERSION = 8;
const FETCH_VERSION = 11;
const HEADER_ROOM = 256;

/** How much is done for each figure. */
export interface MeasureOptions {
  /** Where the temporary data directory is made: measures that disk. Default: the system's temporary folder. */
  readonly directory?: string;
  /** Requests per figure; default 4000. */
  readonly requests?: number;
}

/** Measures the unit costs; takes about five seconds. */
export async function measureUnitCosts(options: MeasureOptions = {}): Promise<UnitCosts> {
  const { requests = 4000 } = options;
  const directory = mkdtempSync(join(options.directory ?? tmpdir(), "kaelix-costs-"));
  const child = fork(fileURLToPath(BROKER_URL), [directory], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  async function ask(request: CostRequest): Promise<CostAnswer> {
    const answer = once(child, "message");
    child.send(request);
    return ((await answer) as [CostAnswer])[0];
  }
  try {
    const { port, rssBytes: idleBytes } = await ask({ type: "state" });
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    const cost = async (frame: Uint8Array, count: number): Promise<number> => {
      await exchange(socket, frame, Math.ceil(count / 4));
      const before = await ask({ type: "state" });
      await exchange(socket, frame, count);
      return ((await ask({ type: "state" })).cpuUs - before.cpuUs) / count;
    };
    const small = await cost(produceFrame(SMALL_BYTES), requests);
    const large = await cost(produceFrame(LARGE_BYTES), Math.ceil(requests / 8));
    const fetchSmall = await cost(fetchFrame(SMALL_BYTES), requests);
    const fetchLarge = await cost(fetchFrame(LARGE_BYTES * 4), Math.ceil(requests / 8));
    const produceKiBUs = Math.max(0, large - small) / ((LARGE_BYTES - SMALL_BYTES) / 1024);
    const fetchKiBUs = Math.max(0, fetchLarge - fetchSmall) / ((LARGE_BYTES * 4 - SMALL_BYTES) / 1024);
    socket.destroy();
    const connectionBytes = await connectionCost(port, ask);
    const { streamBytes, syncMs } = await ask({ type: "rest", streams: STREAMS });
    return {
      produceBatchUs: Math.max(1, small - produceKiBUs),
      produceKiBUs,
      fetchUs: Math.max(1, fetchSmall - fetchKiBUs),
      fetchKiBUs,
      syncMs,
      connectionBytes,
      streamBytes,
      idleBytes,
    };
  } finally {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    rmSync(directory, { recursive: true, force: true });
  }
}

async function connectionCost(port: number, ask: (request: CostRequest) => Promise<CostAnswer>): Promise<number> {
  const before = await ask({ type: "state" });
  const sockets: Socket[] = [];
  for (let at = 0; at < CONNECTIONS; at += 1) {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    sockets.push(socket);
  }
  const after = await ask({ type: "state" });
  for (const socket of sockets) socket.destroy();
  return Math.max(0, after.rssBytes - before.rssBytes) / CONNECTIONS;
}

/** Sends a frame again and again, a window ahead, until so many answers came. */
async function exchange(socket: Socket, frame: Uint8Array, count: number): Promise<void> {
  let sent = 0;
  let answered = 0;
  let buffered: Buffer = Buffer.alloc(0);
  await new Promise<void>((resolve, reject) => {
    const send = (): void => {
      while (sent < count && sent - answered < 32) {
        socket.write(frame);
        sent += 1;
      }
    };
    const take = (chunk: Buffer): void => {
      buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
      while (buffered.length >= 4 && buffered.length >= buffered.readInt32BE(0) + 4) {
        buffered = buffered.subarray(buffered.readInt32BE(0) + 4);
        answered += 1;
      }
      if (answered < count) send();
      else {
        socket.off("data", take);
        resolve();
      }
    };
    socket.on("data", take);
    socket.once("error", reject);
    send();
  });
}

function frameOf(key: number, version: number, write: (writer: WireWriter) => void): Uint8Array {
  const writer = new WireWriter();
  writer.beginFrame();
  writer.int16(key);
  writer.int16(version);
  writer.int32(0);
  writer.nullableString("costs", false);
  write(writer);
  return Buffer.concat(writer.endFrame());
}

function produceFrame(bytes: number): Uint8Array {
  const value = new Uint8Array(bytes - HEADER_ROOM);
  const records = encodeRecordBatch([{ key: null, value, timestampMs: Date.now() }]);
  return frameOf(PRODUCE_KEY, PRODUCE_VERSION, (writer) =>
    encodeProduceRequest(writer, PRODUCE_VERSION, {
      acks: 1,
      timeoutMs: 10_000,
      topicData: [{ name: TOPIC, partitionData: [{ index: 0, records }] }],
    }),
  );
}

function fetchFrame(bytes: number): Uint8Array {
  return frameOf(FETCH_KEY, FETCH_VERSION, (writer) =>
    encodeFetchRequest(writer, FETCH_VERSION, {
      maxWaitMs: 0,
      minBytes: 1,
      maxBytes: bytes,
      topics: [{ topic: TOPIC, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: bytes }] }],
    }),
  );
}
