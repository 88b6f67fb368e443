import { isKaelixError, ManualClock, seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { BATCH_TEXTS_MAX, Embedder, type EmbedderOptions } from "./embedder.ts";
import { embedErrors } from "./errors.ts";
import type { EmbedAnswer } from "./providers/provider.ts";
import { TextCache } from "../provider/text-cache.ts";

type Answer = (texts: readonly string[]) => EmbedAnswer | Promise<EmbedAnswer>;

const vectorOf = (text: string): Float32Array => Float32Array.from([text.length, 1]);
const answerTo: Answer = (texts) => ({ vectors: texts.map(vectorOf), tokens: texts.length });

interface Rig {
  readonly embedder: Embedder;
  readonly clock: ManualClock;
  /** Texts of each request. */
  readonly requests: (readonly string[])[];
  /** Milliseconds that were waited. */
  readonly waits: number[];
  answer: Answer;
}

function makeRig(more: Partial<EmbedderOptions> = {}): Rig {
  const clock = new ManualClock();
  const rig = { clock, requests: [] as (readonly string[])[], waits: [] as number[], answer: answerTo };
  const embedder = new Embedder({
    provider: {
      model: "invented",
      host: "nowhere",
      request: async (texts) => {
        rig.requests.push(texts);
        return await rig.answer(texts);
      },
    },
    clock,
    random: seededRandom(1),
    concurrency: 2,
    requestsPerMinute: 1_000_000,
    timeoutMs: 60_000,
    tokensPerDay: 1_000_000,
    sleep: (ms) => {
      rig.waits.push(ms);
      clock.advance(ms);
      return Promise.resolve();
    },
    ...more,
  });
  return Object.assign(rig, { embedder });
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  return isKaelixError(error) ? error.code : String(error);
}

test("Embedder answers in order, sends every text once, in batches that are bounded by count and by length", async () => {
  const rig = makeRig();
  const texts = [...Array.from({ length: 150 }, (_, at) => "x".repeat(at % 70)), "y".repeat(9_000)];
  const vectors = await rig.embedder.embed(texts);
  expect(vectors.map(([length]) => length)).toEqual(texts.map((text) => Math.min(8_000, text.length)));
  expect(rig.requests.flat().length).toBe(71);
  expect(Math.max(...rig.requests.map((batch) => batch.length))).toBeLessThanOrEqual(BATCH_TEXTS_MAX);
  rig.requests.length = 0;
  await rig.embedder.embed(Array.from({ length: 60 }, (_, at) => `${at}`.padEnd(7_900, "z")));
  expect(rig.requests.map((batch) => batch.join("").length <= 200_000)).toEqual([true, true, true]);
});

test("Embedder keeps the vectors of queries, and of nothing else", async () => {
  const rig = makeRig();
  await rig.embedder.embed(["a memory"]);
  await rig.embedder.embed(["a memory"]);
  await rig.embedder.embed(["a query"], { isQuery: true });
  await rig.embedder.embed(["a query"], { isQuery: true });
  expect(rig.requests).toEqual([["a memory"], ["a memory"], ["a query"]]);
});

test("TextCache gives the least recently used up", () => {
  const cache = new TextCache<Float32Array>(3 * 208, (vector) => vector.byteLength);
  for (const text of ["a", "b", "c"]) cache.put(text, vectorOf(text));
  cache.get("a");
  cache.put("d", vectorOf("d"));
  expect(["a", "b", "c", "d"].map((text) => cache.get(text) !== undefined)).toEqual([true, false, true, true]);
});

test("Embedder asks again after failures that pass, later each time and not before it is told", async () => {
  const rig = makeRig();
  let calls = 0;
  rig.answer = (texts) => {
    calls += 1;
    if (calls === 1) throw embedErrors("embed-failed");
    if (calls === 2) throw embedErrors("embed-busy", { details: { status: 429, waitMs: 7_000 } });
    return answerTo(texts);
  };
  await rig.embedder.embed(["a"]);
  expect(rig.waits.length).toBe(2);
  expect(rig.waits[0]).toBeGreaterThanOrEqual(250);
  expect(rig.waits[0]).toBeLessThanOrEqual(500);
  expect(rig.waits[1]).toBe(7_000);
});

test("Embedder does not ask again after a refusal, nor for a query, nor where the wait is long", async () => {
  for (const [error, options] of [
    [embedErrors("embed-refused", { details: { status: 400 } }), {}],
    [embedErrors("embed-failed"), { isQuery: true }],
    [embedErrors("embed-busy", { details: { waitMs: 3_600_000 } }), {}],
  ] as const) {
    const rig = makeRig();
    rig.answer = () => {
      throw error;
    };
    expect(await codeOf(rig.embedder.embed(["a"], options))).toBe(error.code);
    expect(rig.requests.length).toBe(1);
  }
});

test("Embedder leaves a provider alone that keeps failing, and tries it with one request after a while", async () => {
  const rig = makeRig();
  rig.answer = () => {
    throw embedErrors("embed-unreachable");
  };
  expect(await codeOf(rig.embedder.embed(["a"]))).toBe("embed-unreachable");
  expect(rig.requests.length).toBe(4);
  expect(rig.embedder.state()).toMatchObject({ isPaused: true, problem: "embed-unreachable" });
  expect(await codeOf(rig.embedder.embed(["a"], { isQuery: true }))).toBe("embed-paused");
  expect(rig.requests.length).toBe(4);
  rig.clock.advance(5_000);
  let release: (answer: EmbedAnswer) => void = () => undefined;
  rig.answer = () => new Promise((resolve) => (release = resolve));
  const trial = rig.embedder.embed(["b"], { isQuery: true });
  await Promise.resolve();
  expect(await codeOf(rig.embedder.embed(["c"], { isQuery: true }))).toBe("embed-paused");
  release(await answerTo(["b"]));
  expect((await trial).length).toBe(1);
  rig.answer = answerTo;
  expect((await rig.embedder.embed(["c"])).length).toBe(1);
  expect(rig.embedder.state()).toMatchObject({ isPaused: false, problem: null });
});

test("Embedder pauses at once where every text would be refused", async () => {
  const rig = makeRig();
  rig.answer = () => {
    throw embedErrors("embed-refused", { details: { status: 401 } });
  };
  await codeOf(rig.embedder.embed(["a"]));
  expect(await codeOf(rig.embedder.embed(["a"]))).toBe("embed-paused");
});

test("Embedder spends no token beyond the day's, restarts included, and goes on the next day", async () => {
  const kept: { spent?: { readonly day: number; readonly tokens: number; readonly cost: number } } = {};
  const rig = makeRig({ tokensPerDay: 20, onSpent: (spent) => (kept.spent = spent) });
  rig.answer = (texts) => ({ vectors: texts.map(vectorOf), tokens: 9 });
  await rig.embedder.embed(["a".repeat(27)]);
  await rig.embedder.embed(["b".repeat(27)]);
  expect(rig.embedder.state().tokensToday).toBe(18);
  expect(await codeOf(rig.embedder.embed(["c".repeat(27)]))).toBe("embed-budget-spent");
  expect(rig.requests.length).toBe(2);
  const again = makeRig({ tokensPerDay: 20, spent: kept.spent });
  expect(await codeOf(again.embedder.embed(["c".repeat(27)]))).toBe("embed-budget-spent");
  again.clock.advance(86_400_000);
  expect((await again.embedder.embed(["c"])).length).toBe(1);
});

test("Embedder keeps to its places and its pace; a query goes before what waits", async () => {
  const rig = makeRig({ concurrency: 1, requestsPerMinute: 60 });
  const open: ((answer: EmbedAnswer) => void)[] = [];
  rig.answer = () => new Promise((resolve) => open.push(resolve));
  const settled = [rig.embedder.embed(["a"]), rig.embedder.embed(["b"]), rig.embedder.embed(["q"], { isQuery: true })];
  await new Promise((resolve) => setImmediate(resolve));
  // One place for memories and one more for a query.
  expect(rig.requests).toEqual([["a"], ["q"]]);
  while (rig.requests.length < 3) {
    for (const release of open.splice(0)) release(await answerTo(["?"]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const release of open.splice(0)) release(await answerTo(["?"]));
  await Promise.all(settled);
  expect(rig.requests[2]).toEqual(["b"]);
  expect(rig.waits).toEqual([2_000]);
});

test("Embedder refuses vectors of another dimension than before", async () => {
  const rig = makeRig();
  await rig.embedder.embed(["a"]);
  rig.answer = (texts) => ({ vectors: texts.map(() => new Float32Array(3)), tokens: 1 });
  expect(await codeOf(rig.embedder.embed(["b"]))).toBe("embed-answer-invalid");
});
