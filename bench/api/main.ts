/**
 * The API of the real product under the load that was asked for: many people telling and searching at once.
 *
 * `npm run bench -- api [--quick] [--users N] [--memories N] [--seconds N] [--remembers N] [--searches N]`. The server is a child
 * process on a fresh data directory with its defaults; the load is open-loop from a worker of this process, on the same machine.
 */
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";

import { createClient } from "@kaelix/contract";

import { claim, type Product, startProduct, temporaryData } from "../../apps/cli/src/testing/product.ts";
import type { BenchRow } from "../row.ts";
import { HttpPool } from "./http-pool.ts";
import type { LoadOutcome, LoadPlan, LoadReport } from "./load.ts";
import { sentences } from "./sentences.ts";

interface Sizes {
  readonly users: number;
  readonly memories: number;
  readonly seconds: number;
  readonly remembers: number;
  readonly searches: number;
}

interface Person {
  accessToken: string;
  refreshToken: string;
}

const TARGET_P95_MS = 100;
const FIRST_START_SECONDS = 15;
const RESTART_SECONDS = 3;
const SIGN_UPS_AT_ONCE = 4;
const SEEDS_AT_ONCE = 64;

/** Measures the API. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<readonly BenchRow[]> {
  const sizes = sizesOf(options);
  const data = temporaryData();
  const rows: BenchRow[] = [];
  let product: Product | undefined;
  try {
    const first = await timed(() => startProduct(data.path));
    product = first.result;
    rows.push(limitRow("first start until ready", first.seconds, "s", FIRST_START_SECONDS));
    rows.push({ name: "resident memory at rest, no users", value: await restingMegabytes(product), unit: "MiB" });
    const people = await timed(() => signUpAll(first.result, sizes.users));
    rows.push({ name: `sign-ups of ${sizes.users} users`, value: sizes.users / people.seconds, unit: "users/s" });
    const seeded = await timed(() => seed(first.result, people.result, sizes.memories));
    const total = sizes.users * sizes.memories;
    rows.push({
      name: `telling ${total} memories, ${SEEDS_AT_ONCE} at once`,
      value: total / seeded.seconds,
      unit: "memories/s",
    });
    await refreshAll(first.result, people.result);
    rows.push({ name: "resident memory before the load", value: await restingMegabytes(product), unit: "MiB" });
    const report = await underLoad(product, people.result, sizes, options.quick);
    rows.push(...kindRows("remember", report.remember, sizes.remembers));
    rows.push(...kindRows("search", report.search, sizes.searches));
    rows.push({ name: "resident memory after the load", value: await restingMegabytes(product), unit: "MiB" });
    await product.stop();
    const again = await timed(() => startProduct(data.path));
    product = again.result;
    rows.push(limitRow("restart until ready", again.seconds, "s", RESTART_SECONDS));
    return rows;
  } finally {
    await product?.kill();
    data.remove();
  }
}

function sizesOf(options: { readonly quick: boolean; readonly arguments: readonly string[] }): Sizes {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...options.arguments],
    options: { users: text, memories: text, seconds: text, remembers: text, searches: text },
  });
  const number = (given: string | undefined, quick: number, full: number): number => {
    const value = given === undefined ? (options.quick ? quick : full) : Number(given);
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`Cannot use ${given}: must be a whole number from 1`);
    return value;
  };
  return {
    users: number(values.users, 20, 1_000),
    memories: number(values.memories, 20, 100),
    seconds: number(values.seconds, 5, 60),
    remembers: number(values.remembers, 200, 1_000),
    searches: number(values.searches, 100, 500),
  };
}

async function timed<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly seconds: number }> {
  const beganMs = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - beganMs) / 1_000 };
}

/** Signs the owner up by the claim code and everybody else by an invitation of theirs. */
async function signUpAll(product: Product, users: number): Promise<Person[]> {
  const owner = await claim(product);
  const bare = createClient({ baseUrl: product.url });
  const people: Person[] = [];
  const signUp = async (index: number): Promise<void> => {
    const { data: invite } = await owner.call("invites.create", { body: { role: "member" } });
    const phone = `+4915${String(index).padStart(9, "0")}`;
    const body = { phone, name: `Person ${index}`, password: "testpassword", invite_code: invite.code };
    const { data } = await bare.call("auth.signUp", { body });
    people.push({ accessToken: data.access_token, refreshToken: data.refresh_token ?? "" });
  };
  await atOnce(SIGN_UPS_AT_ONCE, users, signUp);
  return people;
}

/** Tells every person's memories, in turn, so that no user's writes stand in one row. */
async function seed(product: Product, people: readonly Person[], memories: number): Promise<void> {
  const pool = new HttpPool(portOf(product), SEEDS_AT_ONCE);
  const words = sentences(7);
  await atOnce(SEEDS_AT_ONCE, people.length * memories, async (index) => {
    const token = people[index % people.length]?.accessToken;
    const answer = await pool.post({ path: "/api/v1/memories", token, body: JSON.stringify({ text: words.tell() }) });
    if (answer.status !== 201) throw new Error(`Telling was answered with ${answer.status}`);
  });
  pool.close();
}

/** New access tokens for everybody, so that none ends in the middle of the load. */
async function refreshAll(product: Product, people: readonly Person[]): Promise<void> {
  const bare = createClient({ baseUrl: product.url });
  await atOnce(SIGN_UPS_AT_ONCE, people.length, async (index) => {
    const person = people[index];
    if (person === undefined) return;
    const { data } = await bare.call("auth.refresh", { body: { refresh_token: person.refreshToken } });
    person.accessToken = data.access_token;
    person.refreshToken = data.refresh_token ?? "";
  });
}

/** Runs `work` for 0 to `count - 1`, a number of them at once. */
async function atOnce(workers: number, count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: Math.min(workers, count) }, worker));
}

function underLoad(product: Product, people: readonly Person[], sizes: Sizes, quick: boolean): Promise<LoadReport> {
  const plan: LoadPlan = {
    port: portOf(product),
    tokens: people.map((person) => person.accessToken),
    remembersPerSecond: sizes.remembers,
    searchesPerSecond: sizes.searches,
    seconds: sizes.seconds,
    warmUpSeconds: quick ? 1 : 3,
  };
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./load.ts", import.meta.url), { workerData: plan });
    worker.once("message", (report: LoadReport) => resolve(report));
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`The load ended with ${code} before its report`)));
  });
}

function kindRows(name: string, outcome: LoadOutcome, asked: number): BenchRow[] {
  const at = (share: number): number =>
    outcome.latenciesMs[Math.min(outcome.latenciesMs.length - 1, Math.floor(outcome.latenciesMs.length * share))] ?? 0;
  const achieved = (outcome.sent - outcome.failed) / outcome.tookSeconds;
  const failures = Object.entries(outcome.statuses).map(([status, count]) => `${count} × ${status}`);
  return [
    { name: `${name} p50`, value: at(0.5), unit: "ms" },
    limitRow(`${name} p95`, at(0.95), "ms", TARGET_P95_MS),
    { name: `${name} p99`, value: at(0.99), unit: "ms" },
    // The last answers come after the last request: a rate a little below what was asked is what there can be.
    {
      name: `${name} rate answered`,
      value: achieved,
      unit: "requests/s",
      target: asked,
      reached: achieved >= asked * 0.99,
    },
    limitRow(
      failures.length === 0 ? `${name} errors` : `${name} errors (${failures.join(", ")})`,
      outcome.failed,
      "requests",
      0,
    ),
  ];
}

function limitRow(name: string, value: number, unit: string, target: number): BenchRow {
  return { name, value, unit, target, reached: value <= target };
}

/** Resident memory after three quiet seconds. */
async function restingMegabytes(product: Product): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(product.process.pid)]).toString()) / 1_024;
}

function portOf(product: Product): number {
  return Number(new URL(product.url).port);
}
