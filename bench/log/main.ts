/**
 * What the log costs, on this machine's disk, in one process.
 *
 *     npm run bench -- log [--quick] [directory=<where>]
 *
 * Every durable figure stands beside a bare write and fdatasync of the same bytes on the same disk, taken in turns with it. The bare
 * call runs off the thread, as ours must; the one that blocks the thread is printed too. Accepted figures are page cache.
 */
import { closeSync, existsSync, fdatasync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { encodeRecordBatch } from "@kaelix/protocol";
import { openStreamerLog, type StreamerLog } from "@kaelix/log";
import type { Partition } from "@kaelix/streamer";

import type { BenchRow } from "../row.ts";
import { nextTurn, percentile } from "./samples.ts";

const RECORD_BYTES = 100;
const MICROSECONDS = 1000;
const DURABLE_RATIO_MAX = 1.3;
const ACCEPTED_P99_US_MAX = 10;
const THROUGHPUT_MIN = 10_000_000;
const OPEN_MS_PER_GB_MAX = 300;
const PACED_PER_SECOND = 1_000_000;
const PACED_P99_US_MAX = 10;
/** Linux keeps files here in memory. */
const MEMORY_FOLDER = "/dev/shm";

/** Runs the bench. `quick` takes about ten seconds, the whole about a minute and 3 GB of disk. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const given = options.arguments.find((word) => word.startsWith("directory="))?.slice("directory=".length);
  const directory = mkdtempSync(join(given ?? tmpdir(), "kaelix-bench-"));
  const rows: BenchRow[] = [];
  try {
    const log = await openStreamerLog({ directory: join(directory, "data") });
    try {
      rows.push(...(await measureDurable(log, directory, options.quick ? 400 : 3000)));
      rows.push(await measureManyCallers(log, options.quick ? 20_000 : 200_000));
      rows.push(...(await measureAccepted(log, options.quick ? 50_000 : 500_000)));
      rows.push(...(await measureDelivery(log, options.quick ? 5000 : 50_000)));
      for (const batch of [20, 100]) rows.push(await measurePaced(log, batch, options.quick ? 1 : 5));
      rows.push(...(await measurePacedInMemory(options.quick ? 1 : 5)));
      for (const batch of [100, 1000]) {
        rows.push(...(await measureBursts(join(directory, "bursts"), batch, options.quick ? 3 : 9)));
      }
      rows.push(await measureSustained(log, options.quick ? 1e6 : 5e6));
      rows.push(await measureEncodedBatches(log, options.quick ? 1e6 : 5e6));
      rows.push(await measureRead(log, options.quick ? 1e6 : 5e6));
    } finally {
      await log.close();
    }
    rows.push(...(await measureOpening(join(directory, "reopened"), options.quick ? 0.2 : 1)));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return rows;
}

function record(): { key: null; value: Uint8Array } {
  return { key: null, value: new Uint8Array(RECORD_BYTES).fill(120) };
}

async function newPartition(log: StreamerLog, name: string): Promise<Partition> {
  await log.createTopic({ name, partitions: 1 });
  return log.storage.partition(name, 0);
}

/** One record at a time, each waited for, in turns with bare calls on another file of the same disk. */
async function measureDurable(log: StreamerLog, directory: string, count: number): Promise<BenchRow[]> {
  await newPartition(log, "durable");
  const descriptor = openSync(join(directory, "bare"), "w");
  const bytes = Buffer.alloc(170, 120);
  const ours = new Float64Array(count);
  const bare = new Float64Array(count);
  const blocking = new Float64Array(count);
  let position = 0;
  const write = (): void => {
    position += writeSync(descriptor, bytes, 0, bytes.length, position);
  };
  const contestants = [
    async (at: number): Promise<void> => {
      const start = performance.now();
      await log.append("durable", 0, [record()], { acknowledge: "durable" });
      ours[at] = (performance.now() - start) * MICROSECONDS;
    },
    async (at: number): Promise<void> => {
      const start = performance.now();
      write();
      await new Promise<void>((resolve, reject) => {
        fdatasync(descriptor, (error) => (error === null ? resolve() : reject(error)));
      });
      bare[at] = (performance.now() - start) * MICROSECONDS;
    },
    async (at: number): Promise<void> => {
      const start = performance.now();
      write();
      fdatasyncSync(descriptor);
      blocking[at] = (performance.now() - start) * MICROSECONDS;
    },
  ];
  for (let at = 0; at < count; at += 1) {
    // Each goes first, second and last equally often: a call that follows a blocking one finds the pool's threads asleep.
    for (let turn = 0; turn < 3; turn += 1) await contestants[(at + turn * (at % 2 === 0 ? 1 : 2)) % 3]?.(at);
  }
  closeSync(descriptor);
  const p50 = percentile(ours, 0.5);
  const ratio = p50 / percentile(bare, 0.5);
  const blockingP50 = percentile(blocking, 0.5);
  return [
    { name: "durable append, 1 record, p50", value: p50, unit: "µs", peer: "bare write + fdatasync", ratio },
    { name: "durable append, 1 record, p99", value: percentile(ours, 0.99), unit: "µs", ...peerOf(bare, 0.99, ours) },
    {
      name: "durable append ÷ bare write + fdatasync, p50",
      value: ratio,
      unit: "×",
      target: DURABLE_RATIO_MAX,
      reached: ratio <= DURABLE_RATIO_MAX,
    },
    {
      name: "bare write + fdatasync that blocks the thread, p50",
      value: blockingP50,
      unit: "µs",
      peer: "bare write + fdatasync off the thread",
      ratio: blockingP50 / percentile(bare, 0.5),
    },
  ];
}

function peerOf(
  bare: Float64Array,
  share: number,
  ours: Float64Array,
): { readonly peer: string; readonly ratio: number } {
  return { peer: "bare write + fdatasync", ratio: percentile(ours, share) / percentile(bare, share) };
}

/** 64 callers that each wait for their record to be durable before they append the next. */
async function measureManyCallers(log: StreamerLog, count: number): Promise<BenchRow> {
  await newPartition(log, "callers");
  let left = count;
  const start = performance.now();
  const callers = Array.from({ length: 64 }, async () => {
    while (left > 0) {
      left -= 1;
      await log.append("callers", 0, [record()], { acknowledge: "durable" });
    }
  });
  await Promise.all(callers);
  const perSecond = count / ((performance.now() - start) / 1000);
  return { name: "durable appends, 64 callers of 1 record", value: Math.round(perSecond), unit: "msg/s" };
}

/** Encoding and appending one record into the page cache; syncs run meanwhile. */
async function measureAccepted(log: StreamerLog, count: number): Promise<BenchRow[]> {
  const partition = await newPartition(log, "accepted");
  const value = record();
  const timestampMs = Date.now();
  const samples = new Float64Array(count);
  for (let at = -10_000; at < count; at += 1) {
    const start = performance.now();
    partition.append(encodeRecordBatch([{ ...value, timestampMs }]), { trusted: true });
    if (at >= 0) samples[at] = (performance.now() - start) * MICROSECONDS;
    if (at % 1000 === 0) await nextTurn();
  }
  await partition.flush();
  const p99 = percentile(samples, 0.99);
  return [
    { name: "accepted append, 1 record, p50", value: percentile(samples, 0.5), unit: "µs" },
    {
      name: "accepted append, 1 record, p99",
      value: p99,
      unit: "µs",
      target: ACCEPTED_P99_US_MAX,
      reached: p99 < ACCEPTED_P99_US_MAX,
    },
  ];
}

/** From before the append until the subscriber has the record. */
async function measureDelivery(log: StreamerLog, count: number): Promise<BenchRow[]> {
  const partition = await newPartition(log, "delivery");
  const bytes = encodeRecordBatch([{ ...record(), timestampMs: Date.now() }]);
  const direct = new Float64Array(count);
  let start = 0;
  let at = 0;
  const stop = partition.onAppend(() => (direct[at] = (performance.now() - start) * MICROSECONDS));
  for (at = 0; at < count; at += 1) {
    start = performance.now();
    partition.append(bytes);
    if (at % 1000 === 0) await nextTurn();
  }
  stop();
  const accepted = new Float64Array(Math.min(count, 5000));
  const batches = log.subscribe("delivery", 0, partition.bounds().endOffset, { visibility: "accepted" });
  const iterator = batches[Symbol.asyncIterator]();
  for (let taken = 0; taken < accepted.length; taken += 1) {
    const next = iterator.next();
    await nextTurn();
    start = performance.now();
    await log.append("delivery", 0, [record()], { acknowledge: "accepted" });
    await next;
    accepted[taken] = (performance.now() - start) * MICROSECONDS;
  }
  await iterator.return?.();
  return [
    { name: "delivery to a synchronous subscriber, p50", value: percentile(direct, 0.5), unit: "µs" },
    { name: "delivery to a synchronous subscriber, p99", value: percentile(direct, 0.99), unit: "µs" },
    { name: "delivery through subscribe, page cache, p50", value: percentile(accepted, 0.5), unit: "µs" },
    { name: "delivery through subscribe, page cache, p99", value: percentile(accepted, 0.99), unit: "µs" },
  ];
}

/**
 * A million messages a second on an open schedule, in encoded batches: from when a batch is due until the subscriber has it. A batch that
 * holds up the next one makes that one late.
 */
async function measurePaced(log: StreamerLog, batchRecords: number, seconds: number): Promise<BenchRow> {
  const partition = await newPartition(log, `paced-${batchRecords}`);
  const batch = rawBatch(batchRecords);
  const intervalMs = (batchRecords / PACED_PER_SECOND) * 1000;
  const count = Math.round((seconds * 1000) / intervalMs);
  const took = new Float64Array(count);
  const turnEvery = Math.round(2 / intervalMs);
  let at = 0;
  let dueMs = 0;
  const stop = partition.onAppend(() => (took[at] = (performance.now() - dueMs) * MICROSECONDS));
  const beganMs = performance.now();
  for (at = 0; at < count; at += 1) {
    dueMs = beganMs + at * intervalMs;
    if (at % turnEvery === 0) await nextTurn();
    while (performance.now() < dueMs);
    partition.append(batch);
  }
  stop();
  // What runs for the first time is compiled meanwhile.
  const p99 = percentile(took.subarray(Math.round(count / 5)), 0.99);
  return {
    name: `1 M msg/s to a synchronous subscriber, batches of ${batchRecords}, p99`,
    value: p99,
    unit: "µs",
    target: PACED_P99_US_MAX,
    reached: p99 < PACED_P99_US_MAX,
  };
}

/** The same where nothing waits for a disk: what is late here is late because of this process and its machine. */
async function measurePacedInMemory(seconds: number): Promise<BenchRow[]> {
  if (!existsSync(MEMORY_FOLDER)) return [];
  const directory = mkdtempSync(join(MEMORY_FOLDER, "kaelix-bench-"));
  const log = await openStreamerLog({ directory });
  try {
    const rows = [await measurePaced(log, 20, seconds), await measurePaced(log, 100, seconds)];
    return rows.map((row) => ({ ...row, name: `${row.name}, files in memory` }));
  } finally {
    await log.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function rawBatch(batchRecords: number): Uint8Array {
  return encodeRecordBatch(Array.from({ length: batchRecords }, () => ({ ...record(), timestampMs: Date.now() })));
}

/**
 * Batches as a producer sends them: checksum checked, offsets written in, bytes appended. Bursts that fit the page cache, no sync
 * while they run, everything synced between them; the median burst counts, by the clock and by the processor time it took ("on one
 * core", also when others use the machine). Beside it the same bytes written without a log, in turns.
 */
async function measureBursts(directory: string, batchRecords: number, bursts: number): Promise<BenchRow[]> {
  const log = await openStreamerLog({ directory, settings: { idleFlushMs: 3_600_000 } });
  const partition = await newPartition(log, "raw");
  const descriptor = openSync(join(directory, "bare"), "w");
  const bytes = rawBatch(batchRecords);
  const batches = Math.ceil(1e6 / batchRecords);
  const clock = new Float64Array(bursts);
  const processor = new Float64Array(bursts);
  const bare = new Float64Array(bursts);
  let position = 0;
  for (let burst = 0; burst < bursts; burst += 1) {
    const used = process.cpuUsage();
    let start = performance.now();
    for (let at = 0; at < batches; at += 1) partition.append(bytes);
    clock[burst] = (batches * batchRecords) / ((performance.now() - start) / 1000);
    const { system, user } = process.cpuUsage(used);
    processor[burst] = (batches * batchRecords) / ((system + user) / 1e6);
    await partition.flush();
    start = performance.now();
    for (let at = 0; at < batches; at += 1) position += writeSync(descriptor, bytes, 0, bytes.length, position);
    bare[burst] = (batches * batchRecords) / ((performance.now() - start) / 1000);
    fdatasyncSync(descriptor);
  }
  closeSync(descriptor);
  await log.close();
  rmSync(directory, { recursive: true, force: true });
  const name = `raw batches of ${batchRecords} × 100 B, page cache`;
  const wall = percentile(clock, 0.5);
  const perCore = percentile(processor, 0.5);
  return [
    { name, value: Math.round(wall), unit: "msg/s", peer: "bare write", ratio: wall / percentile(bare, 0.5) },
    {
      name: `${name}, one core`,
      value: Math.round(perCore),
      unit: "msg per CPU s",
      target: THROUGHPUT_MIN,
      reached: perCore >= THROUGHPUT_MIN,
    },
  ];
}

/** The same for as long as it takes, durable at the end: what the disk takes. */
async function measureSustained(log: StreamerLog, count: number): Promise<BenchRow> {
  const partition = await newPartition(log, "sustained");
  const bytes = rawBatch(1000);
  const start = performance.now();
  for (let at = 0; at < count / 1000; at += 1) {
    partition.append(bytes);
    if (at % 256 === 0) await nextTurn();
  }
  await partition.flush();
  const perSecond = count / ((performance.now() - start) / 1000);
  return { name: "raw batches of 1000 × 100 B, until durable", value: Math.round(perSecond), unit: "msg/s" };
}

/** The same through the port: records are encoded first. */
async function measureEncodedBatches(log: StreamerLog, count: number): Promise<BenchRow> {
  await newPartition(log, "encoded");
  const records = Array.from({ length: 1000 }, record);
  const start = performance.now();
  for (let done = 0; done < count; done += records.length) {
    await log.append("encoded", 0, records, { acknowledge: "accepted" });
  }
  const perSecond = count / ((performance.now() - start) / 1000);
  await log.storage.partition("encoded", 0).flush();
  return { name: "append through the port, 1000 × 100 B, page cache", value: Math.round(perSecond), unit: "msg/s" };
}

/** Reads what the bench before wrote, every record decoded and every checksum checked. */
async function measureRead(log: StreamerLog, count: number): Promise<BenchRow> {
  const start = performance.now();
  let seen = 0;
  for (let next = 0; seen < count;) {
    const batch = await log.read("encoded", 0, next);
    seen += batch.records.length;
    if (batch.nextOffset <= next) break;
    next = batch.nextOffset;
  }
  const perSecond = seen / ((performance.now() - start) / 1000);
  return { name: "read through the port, 100 B records", value: Math.round(perSecond), unit: "msg/s" };
}

/** Opening a data directory of some size after a clean stop. */
async function measureOpening(directory: string, gigabytes: number): Promise<BenchRow[]> {
  const log = await openStreamerLog({ directory });
  const partition = await newPartition(log, "big");
  const bytes = encodeRecordBatch(Array.from({ length: 1000 }, () => ({ ...record(), timestampMs: Date.now() })));
  const batches = Math.ceil((gigabytes * 1e9) / bytes.length);
  for (let at = 0; at < batches; at += 1) {
    partition.append(bytes);
    if (at % 256 === 0) await nextTurn();
  }
  await log.close();
  const start = performance.now();
  const again = await openStreamerLog({ directory });
  const first = await again.read("big", 0, partition.bounds().endOffset - 1);
  const openMs = performance.now() - start;
  if (first.records.length !== 1) throw new Error("The last record is not there");
  await again.close();
  return [
    {
      name: `open ${gigabytes} GB after a clean stop, to the first read`,
      value: openMs,
      unit: "ms",
      target: OPEN_MS_PER_GB_MAX,
      reached: openMs <= OPEN_MS_PER_GB_MAX,
    },
  ];
}
