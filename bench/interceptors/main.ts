/**
 * What interceptors cost on the way of a batch.
 *
 *     npm run bench -- interceptors [--quick]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Interceptors } from "@kaelix/streamer";

import { percentile } from "../log/samples.ts";
import type { BenchRow } from "../row.ts";

const NOOP_NS_MAX = 100;
const ROUNDS = 9;

/** Runs the bench; a few seconds. */
export async function run(options: { readonly quick: boolean }): Promise<BenchRow[]> {
  const calls = options.quick ? 200_000 : 2_000_000;
  const none = new Interceptors();
  const one = new Interceptors();
  await one.load({ name: "nothing", interceptor: { onAppend: () => undefined } });
  const event = { topic: "t", partition: 0, batch: new Uint8Array(11_000), recordCount: 100 };
  const samples = { none: new Float64Array(ROUNDS), one: new Float64Array(ROUNDS) };
  for (let round = 0; round < ROUNDS; round += 1) {
    samples.none[round] = nanosecondsPerCall(() => none.run("onAppend", event), calls);
    samples.one[round] = nanosecondsPerCall(() => one.run("onAppend", event), calls);
  }
  const folder = mkdtempSync(join(tmpdir(), "kaelix-bench-"));
  const isolated = new Interceptors();
  const round = new Float64Array(options.quick ? 500 : 5000);
  try {
    const module = join(folder, "nothing.mjs");
    writeFileSync(module, "export const interceptor = { onAppend: () => undefined };");
    await isolated.load({ name: "nothing", module });
    for (let at = 0; at < round.length; at += 1) {
      const start = performance.now();
      await isolated.run("onAppend", event);
      round[at] = (performance.now() - start) * 1000;
    }
  } finally {
    await isolated.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const noop = percentile(samples.one, 0.5);
  return [
    { name: "no interceptor", value: percentile(samples.none, 0.5), unit: "ns" },
    { name: "one that does nothing", value: noop, unit: "ns", target: NOOP_NS_MAX, reached: noop < NOOP_NS_MAX },
    { name: "one that does nothing in its own process, 11 KB batch, p50", value: percentile(round, 0.5), unit: "µs" },
    { name: "one that does nothing in its own process, 11 KB batch, p99", value: percentile(round, 0.99), unit: "µs" },
  ];
}

function nanosecondsPerCall(call: () => unknown, calls: number): number {
  const start = process.hrtime.bigint();
  let answered = 0;
  for (let at = 0; at < calls; at += 1) if (call() !== undefined) answered += 1;
  if (answered > 0) throw new Error("An interceptor that does nothing answered");
  return Number(process.hrtime.bigint() - start) / calls;
}
