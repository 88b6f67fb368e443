/**
 * Adding and searching as a caller waits for it: the whole product through its API beside libraries in this process.
 *
 * Every system gets the same invented memories and questions and answers with its best ten. The product is a server of its own with its
 * defaults: it judges, seals, syncs the log and answers over HTTP. SQLite FTS5 is a file with write-ahead log, each add synced; the
 * others keep their files as they like. A library has no connections, so there is one caller at a time; the product has 32 where rates
 * are asked for. The mixed load is two adds to each search over 100 users with 100 memories each, as fast as the system answers.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { seededRandom } from "@kaelix/base";
import { createClient } from "@kaelix/contract";

import { claim, startProduct, temporaryData } from "../../apps/cli/src/testing/product.ts";
import { HttpPool } from "../api/http-pool.ts";
import type { BenchRow } from "../row.ts";
import { percentile } from "../../packages/recall/src/measure/metrics.ts";
import { withPeer } from "./peer-packages.ts";
import { PEERS } from "./peers.ts";
import { inventDocuments, inventQuestion } from "./speed.ts";

const USERS = 100;
const MEMORIES_PER_USER = 100;
const RESULTS = 10;
const CALLERS = 32;
/** A system that takes seconds for a call is not called often: enough for a p50, few for a p95. */
const SAMPLE_MS_MAX = 30_000;
const FILL_SECONDS_MAX = 180;

/** A system on an empty store. Users are numbers from 0. A call may give a promise. */
interface System {
  readonly callers: number;
  add(user: number, text: string): unknown;
  search(user: number, question: string): unknown;
}

/** Gives a system on an empty store for as long as the work takes. */
type Opening = (users: number, work: (system: System) => Promise<void>) => Promise<void>;

/** How much is measured. */
interface Sizes {
  readonly memories: readonly number[];
  readonly samples: number;
  readonly warmUpSeconds: number;
  readonly mixedSeconds: number;
}

/**
 * Rows of the product through its API, and of each peer beside them.
 * @param installed a folder in which their packages are installed already; absent: they are installed for this run
 */
export async function peerSpeedRows(isQuick: boolean, installed?: string): Promise<BenchRow[]> {
  const sizes: Sizes = isQuick
    ? { memories: [600], samples: 50, warmUpSeconds: 1, mixedSeconds: 2 }
    : { memories: [600, 10_000], samples: 400, warmUpSeconds: 5, mixedSeconds: 10 };
  const own = await figuresOfSystem(productSystem, sizes);
  const rows = [...own].map(([name, value]): BenchRow => ({ name, value, unit: unitOf(name) }));
  rows.push(...besides("SQLite FTS5", await figuresOfSystem(fts5System, sizes), own));
  for (const peer of PEERS) {
    const figures = await withPeer(peer, installed, (open) =>
      figuresOfSystem(async (_users, work) => {
        const store = await open();
        let told = 0;
        await work({
          callers: 1,
          add: (user, text) => store.add(`user-${user}`, text, `memory-${told++}`),
          search: (user, question) => store.search(`user-${user}`, question, RESULTS),
        });
      }, sizes),
    );
    if (figures !== undefined) rows.push(...besides(peer.name, figures, own));
  }
  return rows;
}

function unitOf(name: string): string {
  return name.includes("rate") ? "1/s" : "ms";
}

function besides(peer: string, theirs: ReadonlyMap<string, number>, own: ReadonlyMap<string, number>): BenchRow[] {
  return [...own].flatMap(([name, value]): BenchRow[] => {
    const figure = theirs.get(name);
    if (figure === undefined) return [];
    const unit = unitOf(name);
    return [{ name: `${name}, ${peer} ${figure.toPrecision(4)}`, value, unit, peer, ratio: value / figure }];
  });
}

async function figuresOfSystem(open: Opening, sizes: Sizes): Promise<Map<string, number>> {
  const figures = new Map<string, number>();
  await open(1, async (system) => {
    let kept = 0;
    for (const size of sizes.memories) {
      if (takesTooLong(size - kept, figures)) break;
      const fillMs = await timeOf(() =>
        inTurn(
          inventDocuments(size - kept, size).map(({ text }) => text),
          system.callers,
          (text) => system.add(0, text),
        ),
      );
      figures.set(`api add rate (${thousands(kept)} to ${thousands(size)})`, (1_000 * (size - kept)) / fillMs);
      kept = size;
      const random = seededRandom(size);
      const searchesMs = await sample(sizes.samples, () => system.search(0, inventQuestion(random)));
      const texts = inventDocuments(sizes.samples, size + 1);
      const addsMs = await sample(sizes.samples, (at) => system.add(0, texts[at]?.text ?? ""));
      kept += addsMs.length;
      for (const [call, tookMs] of [
        ["add", addsMs],
        ["search", searchesMs],
      ] as const) {
        figures.set(`api ${call} p50 (${thousands(size)})`, percentile(tookMs, 0.5));
        figures.set(`api ${call} p95 (${thousands(size)})`, percentile(tookMs, 0.95));
      }
    }
  });
  if (takesTooLong(USERS * MEMORIES_PER_USER, figures)) return figures;
  await open(USERS, async (system) => {
    const texts = inventDocuments(USERS * MEMORIES_PER_USER, 5).map(({ text }, at) => ({ text, user: at % USERS }));
    await inTurn(texts, system.callers, ({ text, user }) => system.add(user, text));
    // What was told at full speed may still be on its way into the views: the first seconds count for nothing.
    await mixed(system, sizes.warmUpSeconds);
    for (const [name, figure] of await mixed(system, sizes.mixedSeconds)) figures.set(name, figure);
  });
  return figures;
}

/** True when so many adds would take too long at the rate of those before: such rows are left out. */
function takesTooLong(adds: number, figures: ReadonlyMap<string, number>): boolean {
  const rate = [...figures].findLast(([name]) => name.startsWith("api add rate"))?.[1] ?? Infinity;
  return adds / rate > FILL_SECONDS_MAX;
}

/** Two adds to a search from every caller, until the time is over. */
async function mixed(system: System, seconds: number): Promise<Map<string, number>> {
  const figures = new Map<string, number>();
  const random = seededRandom(6);
  const texts = inventDocuments(2_000, 7);
  const tookMs: Record<"add" | "search", number[]> = { add: [], search: [] };
  const beganMs = performance.now();
  const caller = async (): Promise<void> => {
    for (let turn = 0; performance.now() - beganMs < seconds * 1_000; turn++) {
      const kind = turn % 3 === 2 ? "search" : "add";
      const user = random.integer(USERS);
      const words = kind === "search" ? inventQuestion(random) : (texts[random.integer(texts.length)]?.text ?? "");
      tookMs[kind].push(await timeOf(() => system[kind](user, words)));
    }
  };
  await Promise.all(Array.from({ length: system.callers }, caller));
  const tookSeconds = (performance.now() - beganMs) / 1_000;
  for (const kind of ["add", "search"] as const) {
    figures.set(`api mixed ${kind} rate`, tookMs[kind].length / tookSeconds);
    figures.set(`api mixed ${kind} p50`, percentile(tookMs[kind], 0.5));
    figures.set(`api mixed ${kind} p95`, percentile(tookMs[kind], 0.95));
  }
  return figures;
}

/** How long each of some calls took, one after the other; a tenth more go first to warm it up. */
async function sample(count: number, call: (at: number) => unknown): Promise<number[]> {
  const beganMs = performance.now();
  const isTime = (): boolean => performance.now() - beganMs < SAMPLE_MS_MAX;
  for (let at = 0; at < count / 10 && isTime(); at++) await call(at);
  const tookMs: number[] = [];
  for (let at = 0; at < count && (isTime() || tookMs.length < 5); at++) tookMs.push(await timeOf(() => call(at)));
  return tookMs;
}

async function timeOf(call: () => unknown): Promise<number> {
  const beganMs = performance.now();
  await call();
  return performance.now() - beganMs;
}

async function inTurn<Item>(items: readonly Item[], callers: number, call: (item: Item) => unknown): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await call(item);
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

function thousands(count: number): string {
  return count.toLocaleString("en");
}

async function productSystem(users: number, work: (system: System) => Promise<void>): Promise<void> {
  const data = temporaryData();
  const product = await startProduct(data.path);
  try {
    const owner = await claim(product);
    const bare = createClient({ baseUrl: product.url });
    const tokens: string[] = [];
    for (let user = 0; user < users; user++) {
      const { data: invite } = await owner.call("invites.create", { body: { role: "member" } });
      const phone = `+4915${String(user).padStart(9, "0")}`;
      const body = { phone, name: `Person ${user}`, password: "testpassword", invite_code: invite.code };
      tokens.push((await bare.call("auth.signUp", { body })).data.access_token);
    }
    const pool = new HttpPool(Number(new URL(product.url).port), CALLERS);
    const post = async (path: string, user: number, body: unknown, expected: number): Promise<void> => {
      const { status } = await pool.post({ path, token: tokens[user], body: JSON.stringify(body), keepBody: true });
      if (status !== expected) throw new Error(`${path} was answered with ${status}`);
    };
    await work({
      callers: CALLERS,
      add: (user, text) => post("/api/v1/memories", user, { text }, 201),
      search: (user, query) => post("/api/v1/searches", user, { query, limit: RESULTS }, 200),
    });
    pool.close();
  } finally {
    await product.kill();
    data.remove();
  }
}

async function fts5System(_users: number, work: (system: System) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kaelix-bench-"));
  const database = new DatabaseSync(join(folder, "memories.db"));
  try {
    database.exec("pragma journal_mode = wal; pragma synchronous = full");
    database.exec(
      "create virtual table memories using fts5(person, text, tokenize = 'porter unicode61 remove_diacritics 2')",
    );
    const insert = database.prepare("insert into memories (person, text) values (?, ?)");
    const select = database.prepare(
      "select text from memories where memories match ? order by bm25(memories, 0, 1) limit ?",
    );
    await work({
      callers: 1,
      add: (user, text) => insert.run(`user${user}`, text),
      search: (user, question) => {
        const words = (question.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => `"${word}"`);
        return select.all(`person : user${user} AND text : (${words.join(" OR ")})`, RESULTS);
      },
    });
  } finally {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
