/**
 * Crashes: what was acknowledged must be there afterwards.
 *
 *     npm run bench -- crash [--quick] [--kills N] [--cuts N] [--broker-kills N] [--seed S]
 *
 * 200 kills and 200 power cuts by default, 8 with --quick; 10,000 kills and 3,000 cuts are the full count, which may be run in
 * rounds, each with a seed of its own. Fails when anything was lost. While it kills it says on standard error how far it is; Ctrl-C
 * ends the killing and gives the rows of what was done until then.
 *
 * 24 kills of a whole broker with clients at work (broker/broker-kills.ts), none with --quick: the test suite has some.
 *
 * `kill -9` of a real process under load (says nothing about fdatasync: the page cache survives it), power cuts on the rig of rig.ts,
 * and the same cuts for a writer that skips fdatasync: the control, which must be seen to lose, or the rig proves nothing.
 * Where the rig cannot be built, its place is taken by the simulated disk, and the rows say so. The simulated disk also runs by
 * itself, because only it reorders and tears; there also with producers, transactions and a consumer group in flight.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { seededRandom } from "@kaelix/base";
import { type AcknowledgedBatch, checkCrashed, type CrashCheck } from "@kaelix/log/crash";
import { runPowerCuts, SimulatedDisk } from "@kaelix/streamer";
import { runTransactionCrashes } from "@kaelix/streamer/simulation";

import type { BenchRow } from "../row.ts";
import { runBrokerKills } from "./broker/broker-kills.ts";
import { CrashLoad } from "./load.ts";
import { PowerCutRig, rigObstacle } from "./rig.ts";

const ROUNDS_PER_DIRECTORY = 10;
const SIMULATED_CUTS_PER_SEED = 20;
const CRASHES_PER_SEED = 5;

interface Tally {
  crashes: number;
  acknowledged: number;
  lost: number;
  changed: number;
  /** Crashes after which something acknowledged was missing. */
  losses: number;
  readonly openMs: number[];
}

/** Runs the bench; see the top of the file. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const rows = await crashAll(options);
  const missed = rows.filter(({ reached }) => reached === false);
  if (missed.length === 0) return rows;
  throw new Error(missed.map(({ name, unit, value }) => `${name}: ${value} ${unit}`).join("\n"));
}

async function crashAll(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const { values } = parseArgs({
    args: [...options.arguments],
    options: {
      kills: { type: "string" },
      cuts: { type: "string" },
      "broker-kills": { type: "string" },
      seed: { type: "string", default: "1" },
    },
  });
  const usual = options.quick ? "8" : "200";
  const kills = countOf("kills", values.kills ?? usual);
  const cuts = countOf("cuts", values.cuts ?? usual);
  const seed = countOf("seed", values.seed);
  const rows: BenchRow[] = [];
  if (kills > 0) {
    const startedMs = performance.now();
    const { stopped, tally } = await killRounds(kills, seed);
    rows.push(...rowsOf("kill -9", tally));
    const perKillMs = (performance.now() - startedMs) / tally.crashes;
    rows.push({ name: "kill -9: time per kill", value: perKillMs, unit: "ms" });
    if (stopped) return rows;
  }
  const brokerKills = countOf("broker-kills", values["broker-kills"] ?? (options.quick ? "0" : "24"));
  if (brokerKills > 0) rows.push(...(await brokerRows(brokerKills, seed)));
  if (cuts === 0) return rows;
  rows.push(...(await simulatedRows(seed, Math.ceil(cuts / 2 / SIMULATED_CUTS_PER_SEED) * 2)));
  rows.push(...(await transactionRows(seed, cuts)));
  const obstacle = rigObstacle();
  if (obstacle === undefined) rows.push(...(await rigRows(seed, cuts)));
  else console.error(`The power cut rig cannot be built: ${obstacle}. The simulated disk stands in for it`);
  return rows;
}

function countOf(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`Cannot crash: --${name} is ${text}, must be 0 or more`);
}

/** A whole broker, with clients at work. */
async function brokerRows(count: number, seed: number): Promise<BenchRow[]> {
  const { faults, startMs, ...outcome } = await runBrokerKills({ kills: count, seed });
  for (const fault of faults) console.error(fault);
  const name = "kill -9 of a broker with clients at work";
  const p95 = startMs.toSorted((left, right) => left - right)[Math.floor(startMs.length * 0.95)] ?? 0;
  return [
    { name: `${name}: crashes`, value: outcome.kills + outcome.earlyKills, unit: "crashes" },
    { name: `${name}: of these while it started`, value: outcome.earlyKills, unit: "crashes" },
    { name: `${name}: acknowledged records`, value: outcome.acknowledgedRecords, unit: "records" },
    { name: `${name}: committed transactions`, value: outcome.committedTransactions, unit: "transactions" },
    { name: `${name}: aborted transactions`, value: outcome.abortedTransactions, unit: "transactions" },
    { name: `${name}: records a share group was done with`, value: outcome.sharedRecords, unit: "records" },
    { name: `${name}: process listens again, p95`, value: p95, unit: "ms" },
    { name: `${name}: faults`, value: faults.length, unit: "faults", target: 0, reached: faults.length === 0 },
  ];
}

/** Transactions and a group in flight: a third of the crashes are kills, the others power cuts. */
async function transactionRows(firstSeed: number, crashes: number): Promise<BenchRow[]> {
  const faults: string[] = [];
  let transactions = 0;
  for (let seed = firstSeed; (seed - firstSeed) * CRASHES_PER_SEED < crashes; seed += 1) {
    const outcome = await runTransactionCrashes({ seed, crashes: CRASHES_PER_SEED });
    transactions += outcome.committedCount + outcome.abortedCount + outcome.unknownCount;
    for (const fault of outcome.faults) faults.push(`seed ${seed}: ${fault}`);
  }
  for (const fault of faults.slice(0, 20)) console.error(fault);
  const name = "transactions and groups, simulated disk";
  return [
    { name: `${name}: crashes`, value: crashes, unit: "crashes" },
    { name: `${name}: transactions in flight or ended`, value: transactions, unit: "transactions" },
    { name: `${name}: faults`, value: faults.length, unit: "faults", target: 0, reached: faults.length === 0 },
  ];
}

async function killRounds(
  crashes: number,
  seed: number,
): Promise<{ readonly tally: Tally; readonly stopped: boolean }> {
  const tally = newTally();
  const random = seededRandom(seed);
  const ending = new AbortController();
  const stop = (): void => ending.abort();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
  while (tally.crashes < crashes && !ending.signal.aborted) {
    const directory = mkdtempSync(join(tmpdir(), "kaelix-kill-"));
    const acknowledged: AcknowledgedBatch[] = [];
    let serial = 1;
    try {
      for (
        let round = 0;
        round < ROUNDS_PER_DIRECTORY && tally.crashes < crashes && !ending.signal.aborted;
        round += 1
      ) {
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
    const { acknowledged: found, changed, lost } = tally;
    console.error(
      `kill -9: ${tally.crashes} of ${crashes}, ${found} acknowledged, ${lost} lost, ${changed} never written`,
    );
  }
  for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, stop);
  return { tally, stopped: ending.signal.aborted };
}

async function simulatedRows(firstSeed: number, seeds: number): Promise<BenchRow[]> {
  const honest = newTally();
  const control = newTally();
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    await simulate(honest, seededRandom(seed), new SimulatedDisk());
  }
  const lying = new SimulatedDisk({ liesAboutSync: (path) => path.endsWith(".log") });
  await simulate(control, seededRandom(firstSeed + seeds), lying);
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

async function rigRows(seed: number, crashes: number): Promise<BenchRow[]> {
  const rig = PowerCutRig.build();
  const dispose = (): void => rig.dispose();
  const stop = (): never => process.exit(130);
  process.once("exit", dispose);
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    const name = "power cut, ext4 on a loop device";
    const honest = await rigRounds(rig, "durable", { crashes, seed });
    const control = await rigRounds(rig, "no-sync", { crashes: Math.ceil(crashes / 5), seed });
    return [...rowsOf(name, honest), ...controlRows(name, control)];
  } finally {
    dispose();
    process.off("exit", dispose);
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

async function rigRounds(
  rig: PowerCutRig,
  mode: "durable" | "no-sync",
  { crashes, seed }: { readonly crashes: number; readonly seed: number },
): Promise<Tally> {
  const tally = newTally();
  const random = seededRandom(seed);
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
