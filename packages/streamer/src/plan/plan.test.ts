import { describe, expect, test } from "vitest";

import { planStreamer, type StreamerLoad, type UnitCosts } from "./plan.ts";

const costs: UnitCosts = {
  produceBatchUs: 20,
  produceKiBUs: 1,
  fetchUs: 30,
  fetchKiBUs: 0.5,
  syncMs: 1,
  connectionBytes: 10_240,
  streamBytes: 150,
  idleBytes: 100 * 2 ** 20,
};
const load: StreamerLoad = {
  messagesPerSecond: 10_000,
  messageBytes: 1000,
  batchMessages: 10,
  durableShare: 1,
  readers: 1,
  connections: 100,
  streams: 1000,
  retentionSeconds: 3600,
};
const node = { memoryBytes: 2 ** 33, diskBytes: 2 ** 38 };

describe("planStreamer", () => {
  test("adds up what a load costs", () => {
    const plan = planStreamer(load, costs, node);
    const value = (name: string): number => plan.lines.find((line) => line.name === name)?.value ?? Number.NaN;
    // 1,000 batches/s × 20 µs and 9.9 MiB/s × 1 µs per KiB.
    expect(value("produce")).toBeCloseTo(0.02 + 0.0099, 3);
    expect(value("disk written")).toBeCloseTo(9.68, 1);
    expect(value("disk kept")).toBeCloseTo((9.68 * 3600) / 1024, 0);
    expect(value("memory")).toBeCloseTo(100 + 0.98 + 0.14, 0);
    expect(value("syncs")).toBe(1000);
    expect(plan.fits).toBe(true);
  });

  test("names what does not fit", () => {
    expect(planStreamer({ ...load, messagesPerSecond: 1e6, batchMessages: 1 }, costs, node)).toMatchObject({
      fits: false,
      bottleneck: "the broker's thread",
    });
    expect(planStreamer({ ...load, retentionSeconds: 1e8 }, costs, node)).toMatchObject({
      fits: false,
      bottleneck: "disk",
    });
    expect(planStreamer({ ...load, streams: 1e8 }, costs, node)).toMatchObject({ fits: false, bottleneck: "memory" });
  });
});
