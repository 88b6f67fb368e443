/**
 * What the broker's telemetry costs: counting as part of a small produce request's whole processor time, and a scrape.
 *
 *     npm run bench -- telemetry [--quick]
 *
 * A request is one batch of ten records of 100 bytes with acks=1, the cheapest there is to do for its size: the part counting takes of
 * any larger one is smaller.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Broker, BrokerMetrics, countLatency, startBroker } from "@kaelix/streamer";

import { percentile } from "../log/samples.ts";
import type { BenchRow } from "../row.ts";

const ROUNDS = 5;
const OVERHEAD_PERCENT_MAX = 1;
const PRODUCE_KEY = 0;
const SCRAPED_PARTITIONS = 1000;

/** Runs the bench; some seconds. */
export async function run(options: { readonly quick: boolean }): Promise<BenchRow[]> {
  const requests = options.quick ? 5000 : 50_000;
  const directory = mkdtempSync(join(tmpdir(), "kaelix-telemetry-"));
  const broker = await startBroker({ directory, listeners: [{ port: 0 }] });
  try {
    await broker.storage.createTopic({ name: "t", partitions: 1 });
    await produceAll(broker, requests);
    const requestUs: number[] = [];
    const countingNs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = process.cpuUsage();
      await produceAll(broker, requests);
      const { system, user } = process.cpuUsage(before);
      requestUs.push((user + system) / requests);
      countingNs.push(countingCost(requests * 10));
    }
    const request = percentile(Float64Array.from(requestUs), 0.5);
    const counting = percentile(Float64Array.from(countingNs), 0.5);
    const percent = (counting / 1000 / request) * 100;
    await broker.storage.createTopic({ name: "many", partitions: SCRAPED_PARTITIONS });
    const beganMs = performance.now();
    const text = await broker.prometheus();
    const scrapeMs = performance.now() - beganMs;
    return [
      { name: "a produce request of ten records, processor time", value: request, unit: "µs" },
      { name: "counting of a request", value: counting, unit: "ns" },
      {
        name: "counting as part of a request",
        value: percent,
        unit: "%",
        target: OVERHEAD_PERCENT_MAX,
        reached: percent < OVERHEAD_PERCENT_MAX,
      },
      { name: `scrape of ${SCRAPED_PARTITIONS} partitions`, value: scrapeMs, unit: "ms" },
      { name: "its text", value: text.length / 1024, unit: "KiB" },
    ];
  } finally {
    await broker.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function produceAll(broker: Broker, requests: number): Promise<void> {
  const { host, port } = broker.address();
  const load = spawn(process.execPath, [join(import.meta.dirname, "load.ts"), host, String(port), String(requests)], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = (await once(load, "exit")) as [number | null];
  if (code !== 0) throw new Error(`The load ended with ${code}`);
}

/** Everything that is counted for one request of one partition, and the two looks at the clock, in ns. */
function countingCost(times: number): number {
  const metrics = new BrokerMetrics(() => 0);
  const start = process.hrtime.bigint();
  for (let at = 0; at < times; at += 1) {
    const startedMs = performance.now();
    const request = metrics.request(PRODUCE_KEY);
    const partition = metrics.partition("t", 0);
    partition.bytesIn += 1200;
    partition.messagesIn += 10;
    partition.batchesIn += 1;
    request.requests += 1;
    request.requestBytes += 1250;
    request.responseBytes += 60;
    countLatency(request, performance.now() - startedMs);
  }
  return Number(process.hrtime.bigint() - start) / times;
}
