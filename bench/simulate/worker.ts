/** Runs seeds of the simulations on a thread: takes ranges, gives what came of each. */
import { parentPort, workerData } from "node:worker_threads";

import { runGroupCrashes, runSimulation, runTransactionCrashes } from "@kaelix/streamer/simulation";

import { type RangeOutcome, type SeedFault, type SeedRange, CLIENTS_EVERY } from "./seeds.ts";

const CRASHES_PER_SEED = 2;

if (parentPort === null) throw new Error("This file runs as a worker thread");
const port = parentPort;
const current: Float64Array = workerData;

port.on("message", (range: SeedRange) => void run(range));

async function run(range: SeedRange): Promise<void> {
  const counts = { crashes: 0, acknowledged: 0, transactions: 0, shared: 0, heartbeats: 0 };
  const faults: SeedFault[] = [];
  for (let seed = range.from; seed < range.from + range.seeds; seed += 1) {
    current[0] = seed;
    const storage = await runSimulation({ seed });
    counts.crashes += storage.crashes;
    counts.acknowledged += storage.acknowledged;
    if (storage.violations.length > 0) faults.push({ seed, faults: storage.violations, story: await storyOf(seed) });
    if (seed % CLIENTS_EVERY !== 0) continue;
    const transactions = await runTransactionCrashes({ seed, crashes: CRASHES_PER_SEED });
    counts.crashes += CRASHES_PER_SEED;
    counts.transactions += transactions.committedCount + transactions.abortedCount + transactions.unknownCount;
    const groups = await runGroupCrashes({ seed, crashes: CRASHES_PER_SEED });
    counts.crashes += CRASHES_PER_SEED;
    counts.shared += groups.doneCount;
    counts.heartbeats += groups.heartbeatCount;
    for (const outcome of [transactions, groups]) {
      if (outcome.faults.length > 0) faults.push({ seed, faults: outcome.faults, story: [] });
    }
  }
  const outcome: RangeOutcome = { seeds: range.seeds, counts, faults };
  port.postMessage(outcome);
}

/** The same seed tells the same story again. */
async function storyOf(seed: number): Promise<readonly string[]> {
  const story: string[] = [];
  await runSimulation({ seed, trace: (line) => story.push(line) });
  return story;
}
