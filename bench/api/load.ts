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
/** How long after the last request was due answers are still waited for; what comes later counts as unanswered. */
const GRACE_SECONDS = 30;

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

/** Sends by the clock and waits for the last answer, within bounds. */
async function openLoop(options: {
  readonly perSecond: number;
  readonly seconds: number;
  readonly expected: number;
  readonly send: () => Promise<{ readonly status: number }>;
}): Promise<LoadOutcome> {
  const total = Math.round(options.perSecond * options.seconds);
  const latenciesMs = new Float64Array(total).fill(-1);
  const statuses: Record<string, number> = {};
  const startedMs = performance.now();
  const dueAtMs = (index: number): number => startedMs + (index * 1_000) / options.perSecond;
  const deadlineMs = startedMs + (options.seconds + GRACE_SECONDS) * 1_000;
  let sent = 0;
  let answered = 0;
  const settle = (index: number, status: number): void => {
    latenciesMs[index] = performance.now() - dueAtMs(index);
    answered += 1;
    if (status !== options.expected) statuses[status] = (statuses[status] ?? 0) + 1;
  };
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const nowMs = performance.now();
      const due = Math.min(total, Math.floor(((nowMs - startedMs) / 1_000) * options.perSecond) + 1);
      for (; sent < due; sent++) {
        const index = sent;
        void options.send().then(({ status }) => settle(index, status));
      }
      if (answered < total && nowMs < deadlineMs) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
  const endedMs = performance.now();
  for (let index = 0; index < total; index++) {
    if (latenciesMs[index] !== -1) continue;
    latenciesMs[index] = endedMs - dueAtMs(index);
    statuses["unanswered"] = (statuses["unanswered"] ?? 0) + 1;
  }
  const failed = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  return {
    latenciesMs: latenciesMs.slice().sort(),
    sent,
    failed,
    statuses,
    tookSeconds: (endedMs - startedMs) / 1_000,
  };
}
