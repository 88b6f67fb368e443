/**
 * Timing: does the look-up of a program's key tell a key that exists (with a wrong secret) from one that does not?
 *
 *     npm run bench -- timing [--quick] [seed]
 *
 * 100,000 samples of each kind, 10,000 with --quick, in random order; Welch's t over the samples below the 95th percentile of both
 * together (the rest is the machine). Beyond 4.5 there is a difference that can be measured; the bench fails.
 */
import { seededRandom, systemRandom } from "@kaelix/base";
import { type ApiKeyId, makeId } from "@kaelix/model";
import { makeApiKey } from "@kaelix/security";
import { openTestIdentity, OWNER, principalOf } from "@kaelix/security/testing";

import type { BenchRow } from "../row.ts";

const T_MAX = 4.5;
const KEYS = 100;
const WARM = 5_000;
const KEPT_SHARE = 0.95;

/** Runs the bench. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const samples = options.quick ? 10_000 : 100_000;
  const random = seededRandom(Number(options.arguments[0] ?? 1));
  const house = await openTestIdentity();
  const keys = house.identity.apiKeys;
  const owner = await principalOf(house, await house.identity.signUp(OWNER));
  const known: ApiKeyId[] = [];
  for (let at = 0; at < KEYS; at++) {
    const request = { name: `key ${at}`, kind: "agent", scopes: ["memory.search"], expiresAtMs: null } as const;
    known.push((await keys.create(owner, request)).info.key);
  }
  const times: readonly [number[], number[]] = [[], []];
  for (let count = -WARM; times[0].length < samples || times[1].length < samples; count++) {
    const kind = random.integer(2) === 0 ? 0 : 1;
    // A new text every time: where a text lies in memory must not stand for its kind.
    const stranger = makeId("key", house.clock.nowMs(), systemRandom);
    const existing = known[random.integer(KEYS)] ?? stranger;
    const key = Buffer.from(makeApiKey(kind === 0 ? existing : stranger, systemRandom)).toString();
    const startedNs = process.hrtime.bigint();
    const answer = await keys.authenticate(key);
    const tookNs = Number(process.hrtime.bigint() - startedNs);
    if (answer.type !== "refused" || answer.why !== "unknown")
      throw new Error("A wrong key was not refused as unknown");
    if (count >= 0 && times[kind].length < samples) times[kind].push(tookNs);
  }
  await house.keystore.close();
  const limit = quantile([...times[0], ...times[1]], KEPT_SHARE);
  const [left, right] = times.map((list) => momentsOf(list.filter((time) => time <= limit)));
  if (left === undefined || right === undefined) throw new Error("There are no samples");
  const t = (left.mean - right.mean) / Math.sqrt(left.variance / left.count + right.variance / right.count);
  if (Math.abs(t) >= T_MAX) throw new Error(`The look-up of keys tells: t is ${t.toFixed(2)}, must be below ${T_MAX}`);
  return [
    { name: "look-ups of each kind", value: samples, unit: "look-ups" },
    { name: "key that exists, wrong secret", value: left.mean / 1_000, unit: "µs" },
    { name: "key that does not exist", value: right.mean / 1_000, unit: "µs" },
    { name: "Welch's t, absolute", value: Math.abs(t), unit: "", target: T_MAX, reached: true },
  ];
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? 0;
}

function momentsOf(values: readonly number[]): {
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
} {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { count, mean, variance };
}
