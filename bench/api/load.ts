/**
 * Open-loop load in a worker: requests leave by the clock, whether earlier ones have been answered or not, and latency counts from
 * when a request was due, not from when it could be written. A server that stalls is charged for every request of the stall.
 */
import { parentPort, workerData } from "node:worker_threads";

import { HttpPool } from "./http-pool.ts";
import { sentences } from "./sentences.ts";

/** What a run is. Rates are per second. */
export interface LoadPlan {
  readonly port: number;
  readonly tokens: readonly string[];
  readonly remembersPerSecond: number;
  readonly searchesPerSecond: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/** One kind of request, as measured. Latencies in ms, ascending. */
export interface LoadOutcome {
  readonly latenciesMs: Float64Array;
  readonly sent: number;
  readonly failed: number;
  /** Status → how often, of what failed. */
  readonly statuses: Readonly<Record<string, number>>;
  /** From when the first was due to when the last was answered. */
  readonly tookSeconds: number;
}

/** Both kinds. */
export interface LoadReport {
  readonly remember: LoadOutcome;
  readonly search: LoadOutcome;
}

const CONNECTIONS_MAX = 256;
const TICK_MS = 1;

if (parentPort !== null) {
  // The bench that starts this worker passes a plan.
  const report = await load(workerData as LoadPlan);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads, not a window
  parentPort.postMessage(report);
}

async function load(plan: LoadPlan): Promise<LoadReport> {
  const pool = new HttpPool(plan.port, CONNECTIONS_MAX);
  const words = sentences(Date.now() % 1_000_000);
  const token = (): string => plan.tokens[words.below(plan.tokens.length)] ?? "";
  const remember = (): Promise<{ status: number }> =>
    pool.post({ path: "/api/v1/memories", token: token(), body: JSON.stringify({ text: words.tell() }) });
  const search = (): Promise<{ status: number }> =>
    pool.post({ path: "/api/v1/searches", token: token(), body: JSON.stringify({ query: words.query(), limit: 10 }) });
  const both = (seconds: number): Promise<[LoadOutcome, LoadOutcome]> =>
    Promise.all([
      openLoop({ perSecond: plan.remembersPerSecond, seconds, expected: 201, send: remember }),
      openLoop({ perSecond: plan.searchesPerSecond, seconds, expected: 200, send: search }),
    ]);
  if (plan.warmUpSeconds > 0) await both(plan.warmUpSeconds);
  const [remembered, searched] = await both(plan.seconds);
  pool.close();
  return { remember: remembered, search: searched };
}

/** Sends by the clock and waits for the last answer. */
async function openLoop(options: {
  readonly perSecond: number;
  readonly seconds: number;
  readonly expected: number;
  readonly send: () => Promise<{ readonly status: number }>;
}): Promise<LoadOutcome> {
  const total = Math.round(options.perSecond * options.seconds);
  const latenciesMs = new Float64Array(total);
  const statuses: Record<string, number> = {};
  const startedMs = performance.now();
  let sent = 0;
  let answered = 0;
  let failed = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - startedMs) / 1_000) * options.perSecond) + 1);
      for (; sent < due; sent++) {
        const dueAtMs = startedMs + (sent * 1_000) / options.perSecond;
        void options.send().then(({ status }) => {
          latenciesMs[answered] = performance.now() - dueAtMs;
          answered += 1;
          if (status !== options.expected) {
            failed += 1;
            statuses[status] = (statuses[status] ?? 0) + 1;
          }
          if (answered === total) resolve();
          return undefined;
        });
      }
      if (sent === total) clearInterval(timer);
    }, TICK_MS);
  });
  return {
    latenciesMs: latenciesMs.sort(),
    sent,
    failed,
    statuses,
    tookSeconds: (performance.now() - startedMs) / 1_000,
  };
}
