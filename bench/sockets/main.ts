/**
 * Clients that do nothing, stop in the middle, do not read, or send what is no request: what they cost, and what the others notice.
 *
 *     npm run bench -- sockets [--quick] [seed]
 *
 * 10,000 idle connections, 2,000 with half a frame, 2,000 that ask and never read, 100,000 mutated frames; a tenth of each with --quick.
 * It fails when a well-behaved client is not served, when memory is not bounded, or when the broker meets an error it did not expect.
 * The latency is of one client that appends one record at a time with acks=1, in the broker's own process.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

import {
  createTopic,
  fetchRequest,
  produce,
  startTestBroker,
  type TestBroker,
} from "../../packages/streamer/src/testing/test-broker.ts";
import { sendMutatedFrames } from "../../packages/streamer/src/testing/mutated-frames.ts";
import type { WireClient } from "../../packages/streamer/src/testing/wire-client.ts";
import { codecs } from "../../packages/streamer/src/testing/wire-codecs.ts";
import { percentile } from "../log/samples.ts";
import type { BenchRow } from "../row.ts";

const MEBIBYTE = 2 ** 20;
const BUDGET_BYTES = 64 * MEBIBYTE;
/** What may stand above the budget: one answer that found room when it was read. */
const ABOVE_BYTES_MAX = 32 * MEBIBYTE;
const IDLE_KIBIBYTES_MAX = 64;
const APPENDS = 2000;
const HALF_BYTES = 1000;
const GROWTH_MEBIBYTES_MAX = 256;

interface Crowd {
  readonly count: number;
  readonly bytes: Uint8Array;
}

interface Ground {
  readonly test: TestBroker;
  readonly good: WireClient;
}

/** Runs the bench. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const share = options.quick ? 10 : 1;
  const config = { "queued.max.request.bytes": String(BUDGET_BYTES), "auto.create.topics.enable": "false" };
  const test = await startTestBroker({ config });
  const good = await test.connect();
  const ground = { test, good };
  await createTopic(good, "quiet");
  await createTopic(good, "orders");
  await createTopic(good, "large", { "max.message.bytes": "2000000" });
  for (let at = 0; at < 8; at += 1) await produce(good, "large", ["x".repeat(1_000_000)], 1);
  await appendUs(ground);
  const rows = [
    ...(await idle(ground, 10_000 / share)),
    ...(await halves(ground, 2000 / share)),
    ...(await slow(ground, 2000 / share)),
    ...(await mutated(ground, 100_000 / share, Number(options.arguments[0] ?? 1))),
  ];
  await test.close();
  return rows;
}

async function idle(ground: Ground, count: number): Promise<BenchRow[]> {
  const alone = await appendUs(ground);
  const before = process.memoryUsage().rss;
  return withCrowd(ground, { count, bytes: new Uint8Array() }, async () => {
    const kibibytes = (process.memoryUsage().rss - before) / count / 1024;
    // What connecting left to be collected is not what idle connections cost.
    await appendUs(ground);
    const beside = await appendUs(ground);
    const what = `${count.toLocaleString("en")} idle connections`;
    const reached = kibibytes <= IDLE_KIBIBYTES_MAX;
    return [
      { name: `${what}: resident memory of each`, value: kibibytes, unit: "KiB", target: IDLE_KIBIBYTES_MAX, reached },
      { name: `${what}: append p50`, value: beside.p50, unit: "µs", peer: "alone", ratio: beside.p50 / alone.p50 },
      { name: `${what}: append p99`, value: beside.p99, unit: "µs", peer: "alone", ratio: beside.p99 / alone.p99 },
    ];
  });
}

async function halves(ground: Ground, count: number): Promise<BenchRow[]> {
  // Each announces 100 MB.
  const bytes = Buffer.alloc(4 + HALF_BYTES);
  bytes.writeInt32BE(100_000_000);
  return withCrowd(ground, { count, bytes }, () => heldRows(ground, `${count.toLocaleString("en")} half frames`));
}

async function slow(ground: Ground, count: number): Promise<BenchRow[]> {
  const wanted = { maxBytes: 8 * MEBIBYTE, partitionMaxBytes: 8 * MEBIBYTE };
  const ask = ground.good.frame(codecs.fetch, 11, fetchRequest("large", 0, wanted));
  const crowd = { count, bytes: Buffer.concat([ask, ask, ask, ask]) };
  return withCrowd(ground, crowd, () => heldRows(ground, `${count.toLocaleString("en")} readers that never read`));
}

/** The most memory that is held while another client appends, and how that one fares. */
async function heldRows(ground: Ground, what: string): Promise<BenchRow[]> {
  let most = 0;
  const look = (): void => void (most = Math.max(most, ground.test.broker.metrics().bytesInFlight));
  const { p99 } = await appendUs(ground, look);
  const target = (BUDGET_BYTES + ABOVE_BYTES_MAX) / MEBIBYTE;
  if (most / MEBIBYTE > target) throw new Error(`${what} held ${most} bytes`);
  return [
    { name: `${what}: held at most`, value: most / MEBIBYTE, unit: "MiB", target, reached: true },
    { name: `${what}: append p99 beside them`, value: p99, unit: "µs" },
  ];
}

async function mutated(ground: Ground, frames: number, seed: number): Promise<BenchRow[]> {
  const before = process.memoryUsage().rss;
  let growth = 0;
  const meanwhile = (): void => void (growth = Math.max(growth, process.memoryUsage().rss - before));
  const startedMs = performance.now();
  const outcome = await sendMutatedFrames(ground.test.broker.address(), { frames, seed, meanwhile });
  const seconds = (performance.now() - startedMs) / 1000;
  const { reports } = ground.test;
  if (reports.length > 0) throw new Error(`Mutated frames of seed ${seed} broke something`, { cause: reports[0] });
  await appendUs(ground);
  const what = `${frames.toLocaleString("en")} mutated frames`;
  const mebibytes = growth / MEBIBYTE;
  const reached = mebibytes <= GROWTH_MEBIBYTES_MAX;
  return [
    { name: `${what}: connection closed`, value: outcome.closed, unit: "frames" },
    { name: `${what}: answered`, value: outcome.answered, unit: "frames" },
    { name: `${what}: waiting for more`, value: outcome.waiting, unit: "frames" },
    { name: `${what}: resident memory grew`, value: mebibytes, unit: "MiB", target: GROWTH_MEBIBYTES_MAX, reached },
    { name: `${what}: speed`, value: frames / seconds, unit: "frames/s" },
  ];
}

async function appendUs({ good }: Ground, look?: () => void): Promise<{ readonly p50: number; readonly p99: number }> {
  const samples = new Float64Array(APPENDS);
  for (let at = 0; at < APPENDS; at += 1) {
    const startedMs = performance.now();
    const { errorCode } = await produce(good, "quiet", ["still here"], 1);
    samples[at] = (performance.now() - startedMs) * 1000;
    if (errorCode !== 0) throw new Error(`A well-behaved client was refused with ${errorCode}`);
    look?.();
  }
  return { p50: percentile(samples, 0.5), p99: percentile(samples, 0.99) };
}

/** Works beside a crowd, and waits until the broker has forgotten it. */
async function withCrowd<T>({ test }: Ground, { bytes, count }: Crowd, work: () => Promise<T>): Promise<T> {
  const { host, port } = test.broker.address();
  const sent = Buffer.from(bytes).toString("base64");
  const crowd = spawn(
    process.execPath,
    [join(import.meta.dirname, "crowd.ts"), String(count), host, String(port), sent],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const ended = once(crowd, "exit");
  const failed = ended.then(([code]) => Promise.reject(new Error(`The crowd ended with ${String(code)}`)));
  await Promise.race([once(createInterface({ input: crowd.stdout }), "line"), failed]);
  const result = await work();
  failed.catch(() => undefined);
  crowd.stdin.end();
  await ended;
  while (test.broker.metrics().connections.open > 1) await new Promise((resolve) => setTimeout(resolve, 10));
  return result;
}
