/**
 * A million logical streams in one process: what one costs, how fast it is found, and whether a hot one hurts the others.
 *
 *     npm run bench -- streams [--quick] [directory=<where>]
 *
 * Look-ups are given strings made anew, as a network gives them. "any" picks uniformly among all, which misses every cache;
 * "busy" picks as traffic does (a thousand streams get nearly all of it). Beside "any" stands what the machine takes for one read of
 * memory at random: a look-up that knows nothing before cannot have less than one.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { seededRandom } from "@kaelix/base";
import { openStorage, openStreams, type Storage, type Streams } from "@kaelix/streamer";

import { percentile } from "../log/samples.ts";
import type { BenchRow } from "../row.ts";

const LOOKUP_NS_MAX = 100;
const RSS_MIB_MAX = 1024;
const WINDOW = 8192;
const LOOKUPS_PER_SAMPLE = 64;
/** About what names and slots of a million streams take. */
const MEMORY_WORDS = 1 << 24;

/** Runs the bench: a million streams, or 100,000 with `quick`. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const given = options.arguments.find((word) => word.startsWith("directory="))?.slice("directory=".length);
  const directory = mkdtempSync(join(given ?? tmpdir(), "kaelix-streams-"));
  const count = options.quick ? 100_000 : 1_000_000;
  const rssBefore = process.memoryUsage.rss();
  let storage = await openStorage({ directory });
  try {
    let streams = await openStreams({ storage, topic: "streams" });
    const rows = await measureCreation(streams, count, rssBefore);
    rows.push(...measureLookups(streams, count), ...(await measureHistory(streams, count)));
    rows.push(await measureFairness(storage, options.quick ? 20_000 : 200_000));
    const closing = performance.now();
    await streams.close();
    rows.push(milliseconds("close with checkpoint", performance.now() - closing));
    await storage.close();
    const opening = performance.now();
    storage = await openStorage({ directory });
    streams = await openStreams({ storage, topic: "streams" });
    rows.push(milliseconds("open again", performance.now() - opening));
    await streams.close();
    return rows;
  } finally {
    await storage.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function nameOf(at: number): string {
  return `user-${at}/chat-${(at * 7919) % 1000}`;
}

function milliseconds(name: string, value: number): BenchRow {
  return { name, value: Math.round(value), unit: "ms" };
}

async function measureCreation(streams: Streams, count: number, rssBefore: number): Promise<BenchRow[]> {
  const value = new Uint8Array(100).fill(120);
  const start = performance.now();
  for (let at = 0; at < count; at += WINDOW) {
    const appends: Promise<number>[] = [];
    for (let next = at; next < Math.min(count, at + WINDOW); next += 1)
      appends.push(streams.append(nameOf(next), value));
    await Promise.all(appends);
  }
  const seconds = (performance.now() - start) / 1000;
  const { indexBytes, streams: live } = streams.metrics();
  const rss = process.memoryUsage.rss();
  return [
    {
      name: `${live.toLocaleString("en")} streams begun by a durable append`,
      value: Math.round(count / seconds),
      unit: "streams/s",
    },
    { name: "memory of one stream", value: Math.round(indexBytes / live), unit: "bytes" },
    {
      name: "resident memory of the process",
      value: Math.round(rss / 2 ** 20),
      unit: "MiB",
      target: RSS_MIB_MAX,
      reached: rss / 2 ** 20 < RSS_MIB_MAX,
    },
    { name: "of it before the first stream", value: Math.round(rssBefore / 2 ** 20), unit: "MiB" },
  ];
}

function measureLookups(streams: Streams, count: number): BenchRow[] {
  const random = seededRandom(11);
  const rows: BenchRow[] = [];
  for (const kind of ["busy", "any"] as const) {
    const samples = new Float64Array(4000);
    let found = 0;
    for (let sample = 0; sample < samples.length; sample += 1) {
      const names = Array.from({ length: LOOKUPS_PER_SAMPLE }, () => {
        const at = kind === "any" ? random.integer(count) : Math.floor(random.fraction() ** 4 * 1000);
        return Buffer.from(nameOf(at)).toString("latin1");
      });
      const start = process.hrtime.bigint();
      for (const name of names) if (streams.has(name)) found += 1;
      samples[sample] = Number(process.hrtime.bigint() - start) / LOOKUPS_PER_SAMPLE;
    }
    if (found !== samples.length * LOOKUPS_PER_SAMPLE) throw new Error("A stream was not found");
    const half = percentile(samples, 0.5);
    const peer = kind === "any" ? measureMemory(random) : undefined;
    rows.push(
      {
        name: `look-up, ${kind} stream, p50`,
        value: half,
        unit: "ns",
        target: LOOKUP_NS_MAX,
        reached: half < LOOKUP_NS_MAX,
        ...(peer === undefined ? {} : { peer: `one read of memory (${Math.round(peer)} ns)`, ratio: half / peer }),
      },
      { name: `look-up, ${kind} stream, p99`, value: percentile(samples, 0.99), unit: "ns" },
    );
  }
  return rows;
}

/** Nanoseconds of a read at random among 64 MiB, each of which waits for the one before: the median, as of look-ups. */
function measureMemory(random: ReturnType<typeof seededRandom>): number {
  // Written, so that it is memory of its own and not one page of zeros.
  const words = new Int32Array(MEMORY_WORDS).fill(1);
  const samples = new Float64Array(1000);
  let read = 0;
  for (let sample = 0; sample < samples.length; sample += 1) {
    const places = Int32Array.from({ length: LOOKUPS_PER_SAMPLE }, () => random.integer(MEMORY_WORDS));
    const start = process.hrtime.bigint();
    for (const place of places) read = words[(place + read) & (MEMORY_WORDS - 1)] ?? 0;
    samples[sample] = Number(process.hrtime.bigint() - start) / LOOKUPS_PER_SAMPLE;
  }
  if (read !== 1) throw new Error("Memory was not read");
  return percentile(samples, 0.5);
}

/** Reads single streams' whole histories while all the others lie between their records. */
async function measureHistory(streams: Streams, count: number): Promise<BenchRow[]> {
  const value = new Uint8Array(100);
  for (let round = 0; round < 20; round += 1) {
    const appends: Promise<number>[] = [];
    for (let at = 0; at < 1000; at += 1) appends.push(streams.append(nameOf(at), value));
    for (let at = 1000; at < 5000; at += 1) appends.push(streams.append(nameOf((round * 4000 + at) % count), value));
    await Promise.all(appends);
  }
  const samples = new Float64Array(500);
  for (let at = 0; at < samples.length; at += 1) {
    const start = performance.now();
    const { records } = await streams.read(nameOf((at * 31) % 1000), 0);
    samples[at] = (performance.now() - start) * 1000;
    if (records.length < 20) throw new Error("A history is not whole");
  }
  return [
    { name: "history of one stream, 21 records among others', p50", value: percentile(samples, 0.5), unit: "µs" },
    { name: "history of one stream, 21 records among others', p99", value: percentile(samples, 0.99), unit: "µs" },
  ];
}

/** One stream with half of all records and 999 others with the rest: when has each of the others had its first delivery? */
async function measureFairness(storage: Storage, records: number): Promise<BenchRow> {
  const streams = await openStreams({ storage, topic: "fair", quantumBytes: 4096 });
  const value = new Uint8Array(100);
  for (let at = 0; at < records; at += WINDOW) {
    const appends: Promise<number>[] = [];
    for (let next = at; next < Math.min(records, at + WINDOW); next += 1) {
      appends.push(streams.append(next % 2 === 0 ? "hot" : nameOf((next >> 1) % 999), value));
    }
    await Promise.all(appends);
  }
  const abort = new AbortController();
  const seen = new Set<string>();
  let delivered = 0;
  let hot = 0;
  for await (const batch of streams.deliver(abort.signal)) {
    delivered += batch.records.length;
    if (batch.name === "hot") hot += batch.records.length;
    else seen.add(batch.name);
    if (seen.size === Math.min(999, records / 2)) abort.abort();
  }
  await streams.close();
  return {
    name: "share of a stream with half of all records, until 999 others had their turn",
    value: (hot / delivered) * 100,
    unit: "% (fair: 0.1)",
  };
}
