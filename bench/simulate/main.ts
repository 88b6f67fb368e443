/**
 * Simulation: a whole storage, and every tenth time producers, transactions, share groups and consumer groups over it, on a disk that drops,
 * tears and reorders what was not synced, with a clock of its own. One seed, one run, again and again the same.
 *
 *     npm run bench -- simulate [--seeds N] [--from S] [--quick]
 *
 * 100,000 seeds by default, 1,000 with --quick, on every core. Fails when an oracle finds something, with the seed, its story and
 * the command that runs it again.
 */
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";

import type { BenchRow } from "../row.ts";
import type { RangeOutcome, SeedFault, SeedRange } from "./seeds.ts";

const RANGE_SEEDS = 50;
const FAULTS_MAX = 3;
/** Seconds between two lines of progress where there is no terminal. */
const PLAIN_EVERY = 20;
/** A seed takes milliseconds; one that takes this long hangs. */
const STALL_MS = 60_000;

/** Runs the bench. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const { values } = parseArgs({
    args: [...options.arguments],
    options: { seeds: { type: "string" }, from: { type: "string", default: "1" } },
  });
  const all: SeedRange = {
    seeds: count("seeds", values.seeds ?? (options.quick ? "1000" : "100000")),
    from: count("from", values.from),
  };
  const startedMs = performance.now();
  const run = new SeedRun(all);
  await run.all();
  if (run.faults.length > 0) throw new Error(run.faults.map(describe).join("\n\n"));
  const seconds = (performance.now() - startedMs) / 1000;
  return [
    { name: "seeds", value: all.seeds, unit: "seeds" },
    { name: "stops, kills and power cuts", value: run.counts.crashes, unit: "crashes" },
    { name: "acknowledged records looked for", value: run.counts.acknowledged, unit: "records" },
    { name: "transactions", value: run.counts.transactions, unit: "transactions" },
    { name: "records share groups were done with", value: run.counts.shared, unit: "records" },
    { name: "heartbeats of groups answered", value: run.counts.heartbeats, unit: "heartbeats" },
    { name: "seeds with a fault", value: 0, unit: "seeds", target: 0, reached: true },
    { name: "speed", value: all.seeds / seconds, unit: "seeds/s" },
  ];
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`Cannot simulate: --${name} is ${text}, must be a number above 0`);
}

function describe({ faults, seed, story }: SeedFault): string {
  const told = story.length === 0 ? "" : `\n${story.join("\n")}`;
  return `Seed ${seed}:\n  ${faults.join("\n  ")}\nAgain: npm run bench -- simulate --from ${seed} --seeds 1${told}`;
}

class SeedRun {
  readonly counts = { crashes: 0, acknowledged: 0, transactions: 0, shared: 0, heartbeats: 0 };
  readonly faults: SeedFault[] = [];
  readonly #all: SeedRange;
  #next: number;
  #done = 0;
  #ticks = 0;

  constructor(all: SeedRange) {
    this.#all = all;
    this.#next = all.from;
  }

  async all(): Promise<void> {
    const { seeds } = this.#all;
    const progress = setInterval(() => this.#tell(), 1000);
    const workers = Math.min(availableParallelism(), Math.ceil(seeds / RANGE_SEEDS));
    try {
      await Promise.all(Array.from({ length: workers }, () => this.#worker()));
    } finally {
      clearInterval(progress);
      if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
    }
  }

  #tell(): void {
    const { seeds } = this.#all;
    if (!process.stderr.isTTY) {
      this.#ticks += 1;
      if (this.#ticks % PLAIN_EVERY === 0) console.error(`${this.#done} of ${seeds} seeds`);
      return;
    }
    const width = 30;
    const filled = Math.round((this.#done / seeds) * width);
    const bar = `${"█".repeat(filled)}${"░".repeat(width - filled)}`;
    process.stderr.write(`\r${bar} ${this.#done.toLocaleString("en")} of ${seeds.toLocaleString("en")} seeds`);
  }

  #take(): SeedRange | undefined {
    const end = this.#all.from + this.#all.seeds;
    if (this.#next >= end || this.faults.length >= FAULTS_MAX) return undefined;
    const range = { from: this.#next, seeds: Math.min(RANGE_SEEDS, end - this.#next) };
    this.#next += range.seeds;
    return range;
  }

  async #worker(): Promise<void> {
    const current = new Float64Array(new SharedArrayBuffer(8));
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: current });
    try {
      for (let range = this.#take(); range !== undefined; range = this.#take()) {
        const outcome = await outcomeOf(worker, range, current);
        this.#done += outcome.seeds;
        this.faults.push(...outcome.faults);
        this.counts.crashes += outcome.counts.crashes;
        this.counts.acknowledged += outcome.counts.acknowledged;
        this.counts.transactions += outcome.counts.transactions;
        this.counts.shared += outcome.counts.shared;
        this.counts.heartbeats += outcome.counts.heartbeats;
      }
    } finally {
      await worker.terminate();
    }
  }
}

async function outcomeOf(worker: Worker, range: SeedRange, current: Float64Array): Promise<RangeOutcome> {
  let seed = -1;
  const stop = new AbortController();
  const watch = setInterval(() => {
    if (current[0] === seed) stop.abort(new Error("It hangs"));
    seed = current[0] ?? 0;
  }, STALL_MS);
  try {
    const answer = once(worker, "message", { signal: stop.signal });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
    worker.postMessage(range);
    const [outcome]: RangeOutcome[] = await answer;
    if (outcome === undefined) throw new Error("It answers nothing");
    return outcome;
  } catch (error) {
    const at = current[0] ?? range.from;
    const again = `npm run bench -- simulate --from ${at} --seeds 1`;
    throw new Error(`Seed ${at} broke the simulation. Again: ${again}`, { cause: error });
  } finally {
    clearInterval(watch);
  }
}
