/** Redis Streams and NATS JetStream as they are at their best: their own load tool, their own client. */
import { connect } from "nats";

import { run } from "../../tools/services/service.ts";
import { startService } from "../../tools/services/table.ts";
import type { Durability } from "./contestants.ts";
import { type Percentiles, percentilesOf } from "./samples.ts";

const STREAM_RECORDS_MAX = 1_000_000;

/** One way in which a store takes records: its rate. */
export interface StoreFigure {
  readonly name: string;
  readonly perSecond: number;
}

/** What redis-benchmark gets from XADD: alone, and with 64 commands in each of 16 pipelines. */
export async function measureRedis(
  durability: Durability,
  recordBytes: number,
  records: number,
): Promise<{ readonly figures: readonly StoreFigure[]; readonly single: Percentiles }> {
  const environment = await startService(durability === "page" ? "redis" : "redis-always");
  const { hostname, port } = new URL(Object.values(environment)[0] ?? "");
  const benchmark = async (clients: number, pipeline: number, count: number): Promise<readonly number[]> => {
    const load = ["-c", String(clients), "-P", String(pipeline), "-n", String(count)];
    const bounded = ["MAXLEN", "~", String(STREAM_RECORDS_MAX)];
    const command = ["XADD", `bench-${recordBytes}`, ...bounded, "*", "f", "x".repeat(recordBytes)];
    const said = await run("redis-benchmark", ["-h", hostname, "-p", port, "--csv", ...load, ...command]);
    // "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"
    return (said.trim().split("\n").at(-1) ?? "").split('","').map((cell) => Number(cell.replaceAll('"', "")));
  };
  const alone = await benchmark(1, 1, Math.ceil(records / 50));
  const many = await benchmark(16, 1, Math.ceil(records / 5));
  const batched = await benchmark(16, 64, records);
  return {
    figures: [
      { name: "Redis Streams, 16 clients", perSecond: many[1] ?? 0 },
      { name: "Redis Streams, 16 clients, pipelines of 64", perSecond: batched[1] ?? 0 },
    ],
    single: { p50Ms: alone[4] ?? 0, p99Ms: alone[6] ?? 0, p999Ms: alone[7] ?? 0 },
  };
}

/** What nats.js gets from a JetStream stream on files: one at a time, and 256 and 2,048 under way. */
export async function measureNats(
  durability: Durability,
  recordBytes: number,
  records: number,
): Promise<{ readonly figures: readonly StoreFigure[]; readonly single: Percentiles }> {
  const environment = await startService(durability === "page" ? "nats" : "nats-always");
  const { host } = new URL(Object.values(environment)[0] ?? "");
  const connection = await connect({ servers: host });
  try {
    const manager = await connection.jetstreamManager();
    const stream = `bench-${recordBytes}-${Date.now()}`;
    await manager.streams.add({ name: stream, subjects: [stream] });
    const jetstream = connection.jetstream();
    const payload = new Uint8Array(recordBytes).fill(120);
    const single = new Float64Array(Math.ceil(records / 50));
    for (let at = 0; at < single.length; at += 1) {
      const beganMs = performance.now();
      await jetstream.publish(stream, payload);
      single[at] = performance.now() - beganMs;
    }
    const figures: StoreFigure[] = [];
    for (const window of [256, 2_048]) {
      const beganMs = performance.now();
      let left = records;
      const one = async (): Promise<void> => {
        while (left > 0) {
          left -= 1;
          await jetstream.publish(stream, payload, { timeout: 60_000 });
        }
      };
      await Promise.all(Array.from({ length: window }, one));
      const perSecond = records / ((performance.now() - beganMs) / 1_000);
      figures.push({ name: `NATS JetStream, ${window} under way`, perSecond });
    }
    await manager.streams.delete(stream);
    return { figures, single: percentilesOf(single) };
  } finally {
    await connection.close();
  }
}
