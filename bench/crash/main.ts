/**
 * Crashes: what was acknowledged must be there afterwards.
 *
 *     npm run bench -- crash [--quick]
 *
 * `kill -9` of a real process under load (says nothing about fdatasync: the page cache survives it), power cuts on the rig of rig.ts,
 * and the same cuts for a writer that skips fdatasync: the control, which must be seen to lose, or the rig proves nothing.
 * Where the rig cannot be built, its place is taken by the simulated disk, and the rows say so. The simulated disk also runs by
 * itself, because only it reorders and tears.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { seededRandom } from "@kaelix/base";
import { type AcknowledgedBatch, checkCrashed, type CrashCheck } from "@kaelix/log/crash";
import { runPowerCuts, SimulatedDisk } from "@kaelix/streamer";

import type { BenchRow } from "../row.ts";
import { CrashLoad } from "./load.ts";
import { PowerCutRig, rigObstacle } from "./rig.ts";

const ROUNDS_PER_DIRECTORY = 10;
const SIMULATED_CUTS_PER_SEED = 20;

interface Tally {
  crashes: number;
  acknowledged: number;
  lost: number;
  changed: number;
  /** Crashes after which something acknowledged was missing. */
  losses: number;
  readonly openMs: number[];
}

/** Runs the bench: `quick` crashes 20 times each way, the whole 200 times. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const crashes = options.quick ? 20 : 200;
  const rows = rowsOf("kill -9", await killRounds(crashes));
  rows.push(...(await simulatedRows(options.quick ? 10 : 100)));
  const obstacle = rigObstacle();
  if (obstacle === undefined) rows.push(...(await rigRows(crashes, options.quick ? 5 : 40)));
  else console.error(`The power cut rig cannot be built: ${obstacle}. The simulated disk stands in for it`);
  return rows;
}

async function killRounds(crashes: number): Promise<Tally> {
  const tally = newTally();
  const random = seededRandom(11);
  for (let done = 0; done < crashes;) {
    const directory = mkdtempSync(join(tmpdir(), "kaelix-kill-"));
    const acknowledged: AcknowledgedBatch[] = [];
    let serial = 1;
    try {
      for (let round = 0; round < ROUNDS_PER_DIRECTORY && done < crashes; round += 1, done += 1) {
        const load = new CrashLoad(directory, "durable", serial);
        await load.started();
        await sleep(random.integer(80));
        acknowledged.push(...(await load.kill()));
        const check = await checkCrashed(directory, acknowledged);
        count(tally, check);
        serial = check.serialMax + 1;
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
  return tally;
}

async function simulatedRows(seeds: number): Promise<BenchRow[]> {
  const honest = newTally();
  const control = newTally();
  for (let seed = 1; seed <= seeds; seed += 1) {
    const random = seededRandom(seed);
    await simulate(honest, random, new SimulatedDisk());
  }
  const lying = new SimulatedDisk({ liesAboutSync: (path) => path.endsWith(".log") });
  await simulate(control, seededRandom(seeds + 1), lying);
  return [...rowsOf("power cut, simulated disk", honest), ...controlRows("power cut, simulated disk", control)];
}

async function simulate(tally: Tally, random: ReturnType<typeof seededRandom>, disk: SimulatedDisk): Promise<void> {
  const outcome = await runPowerCuts({ random, cuts: SIMULATED_CUTS_PER_SEED, disk });
  tally.crashes += outcome.cuts;
  tally.acknowledged += outcome.acknowledgedCount;
  tally.lost += outcome.lostCount;
  tally.changed += outcome.changedCount;
  if (outcome.lostCount > 0) tally.losses += 1;
}

async function rigRows(crashes: number, controlCrashes: number): Promise<BenchRow[]> {
  const rig = PowerCutRig.build();
  const dispose = (): void => rig.dispose();
  const stop = (): never => process.exit(130);
  process.once("exit", dispose);
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    const name = "power cut, ext4 on a loop device";
    const honest = await rigRounds(rig, "durable", crashes);
    const control = await rigRounds(rig, "no-sync", controlCrashes);
    return [...rowsOf(name, honest), ...controlRows(name, control)];
  } finally {
    dispose();
    process.off("exit", dispose);
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

async function rigRounds(rig: PowerCutRig, mode: "durable" | "no-sync", crashes: number): Promise<Tally> {
  const tally = newTally();
  const random = seededRandom(13);
  for (let done = 0; done < crashes;) {
    const name = `${mode}-${done}`;
    const directory = join(rig.dataDirectory, name);
    const load = new CrashLoad(directory, mode, 1);
    try {
      await load.started();
      for (let round = 0; round < ROUNDS_PER_DIRECTORY && done < crashes; round += 1, done += 1) {
        await sleep(random.integer(60));
        // Read before the cut: whatever is acknowledged later may be missing.
        const acknowledged = load.acknowledged();
        count(tally, await rig.cut((after) => checkCrashed(join(after, name), acknowledged)));
      }
    } finally {
      await load.kill();
      rmSync(directory, { recursive: true, force: true });
    }
  }
  return tally;
}

function newTally(): Tally {
  return { crashes: 0, acknowledged: 0, lost: 0, changed: 0, losses: 0, openMs: [] };
}

function count(tally: Tally, check: CrashCheck): void {
  tally.crashes += 1;
  tally.acknowledged += check.acknowledgedCount;
  tally.lost += check.lostCount;
  tally.changed += check.changedCount;
  if (check.lostCount > 0) tally.losses += 1;
  tally.openMs.push(check.openMs);
}

function rowsOf(name: string, tally: Tally): BenchRow[] {
  const zero = (value: number): { readonly target: number; readonly reached: boolean } => ({
    target: 0,
    reached: value === 0,
  });
  const rows: BenchRow[] = [
    { name: `${name}: crashes`, value: tally.crashes, unit: "crashes" },
    { name: `${name}: acknowledged records looked for, over all crashes`, value: tally.acknowledged, unit: "records" },
    { name: `${name}: acknowledged and lost`, value: tally.lost, unit: "records", ...zero(tally.lost) },
    { name: `${name}: read but never written`, value: tally.changed, unit: "records", ...zero(tally.changed) },
  ];
  if (tally.openMs.length > 0) {
    tally.openMs.sort((left, right) => left - right);
    const p95 = tally.openMs[Math.floor(tally.openMs.length * 0.95)] ?? 0;
    rows.push({ name: `${name}: open after the crash, p95`, value: p95, unit: "ms" });
  }
  return rows;
}

function controlRows(name: string, tally: Tally): BenchRow[] {
  return [
    {
      name: `${name}, control without fdatasync: lost`,
      value: tally.lost,
      unit: "records",
      target: 1,
      reached: tally.lost >= 1,
    },
  ];
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
