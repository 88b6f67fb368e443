/**
 * Timing: do the look-up of a program's key, signing in, asking for a new password, and its code tell what exists from what does not?
 *
 *     npm run bench -- timing [--quick] [seed]
 *
 * 100,000 samples of each kind, 10,000 with --quick, in random order; Welch's t over the samples below the 95th percentile of both
 * together (the rest is the machine). Beyond 4.5 there is a difference that can be measured; the bench fails.
 */
import { seededRandom } from "@kaelix/base";

import type { BenchRow } from "../row.ts";
import { type Subject, SUBJECTS } from "./subjects.ts";

const T_MAX = 4.5;
const WARM = 5_000;
const KEPT_SHARE = 0.95;

/** Runs the bench. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const samples = options.quick ? 10_000 : 100_000;
  const random = seededRandom(Number(options.arguments[0] ?? 1));
  const rows: BenchRow[] = [{ name: "samples of each kind", value: samples, unit: "samples" }];
  const told: string[] = [];
  for (const open of SUBJECTS) {
    const subject = await open(random);
    const { left, right, t } = await compare(subject, samples, random);
    await subject.close();
    const isTold = Math.abs(t) >= T_MAX;
    if (isTold)
      told.push(`${subject.name} (t is ${t.toFixed(2)}, ${left.mean.toFixed(0)} and ${right.mean.toFixed(0)} ns)`);
    rows.push(
      { name: `${subject.name}: ${subject.kinds[0]}`, value: left.mean / 1_000, unit: "µs" },
      { name: `${subject.name}: ${subject.kinds[1]}`, value: right.mean / 1_000, unit: "µs" },
      { name: `${subject.name}: Welch's t, absolute`, value: Math.abs(t), unit: "", target: T_MAX, reached: !isTold },
    );
  }
  if (told.length > 0) throw new Error(`Time tells what exists: ${told.join(", ")}; t must be below ${T_MAX}`);
  return rows;
}

async function compare(
  subject: Subject,
  samples: number,
  random: ReturnType<typeof seededRandom>,
): Promise<{ readonly left: Moments; readonly right: Moments; readonly t: number }> {
  const times: readonly [number[], number[]] = [[], []];
  for (let count = -WARM; times[0].length < samples || times[1].length < samples; count++) {
    const kind = random.integer(2) === 0 ? 0 : 1;
    const attempt = await subject.prepare(kind);
    const startedNs = process.hrtime.bigint();
    await attempt();
    const tookNs = Number(process.hrtime.bigint() - startedNs);
    if (count >= 0 && times[kind].length < samples) times[kind].push(tookNs);
  }
  const limit = quantile([...times[0], ...times[1]], KEPT_SHARE);
  const [left, right] = times.map((list) => momentsOf(list.filter((time) => time <= limit)));
  if (left === undefined || right === undefined) throw new Error("There are no samples");
  const t = (left.mean - right.mean) / Math.sqrt(left.variance / left.count + right.variance / right.count);
  return { left, right, t };
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? 0;
}

interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
}

function momentsOf(values: readonly number[]): Moments {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { count, mean, variance };
}
