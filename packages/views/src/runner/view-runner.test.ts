import { decodeText, encodeText, ManualClock } from "@kaelix/base";
import type { KaelixEvent } from "@kaelix/model";
import { encodeEvent } from "@kaelix/model";
import { expect, test } from "vitest";

import { remembered } from "../relational/testing/events.ts";
import { ListView } from "./testing/list-view.ts";
import { MemoryLog } from "./testing/memory-log.ts";
import { ViewRunner, type ViewRunnerOptions } from "./view-runner.ts";

async function houseOf(
  views: readonly ListView[],
  options: Partial<ViewRunnerOptions> = {},
): Promise<{ readonly log: MemoryLog; readonly runner: ViewRunner; readonly problems: string[] }> {
  const log = new MemoryLog();
  await log.createTopic({ name: "memories", partitions: 3 });
  await log.createTopic({ name: "dead-letters", partitions: 1 });
  const problems: string[] = [];
  const onProblem = (problem: string): number => problems.push(problem);
  const runner = new ViewRunner({ log, views, retryPausesMs: [0, 0], snapshotEveryMs: 0, onProblem, ...options });
  return { log, runner, problems };
}

function tell(log: MemoryLog, memory: number, partition = 0): Promise<{ readonly baseOffset: number }> {
  return tellAll(log, [remembered(1, memory)], partition);
}

function tellAll(
  log: MemoryLog,
  events: readonly KaelixEvent[],
  partition = 0,
): Promise<{ readonly baseOffset: number }> {
  return log.append(
    "memories",
    partition,
    events.map((event) => ({ key: null, value: encodeEvent(event) })),
  );
}

function at(
  offset: number,
  partition = 0,
): { readonly topic: string; readonly partition: number; readonly offset: number } {
  return { topic: "memories", partition, offset };
}

test("catchUp folds every partition in order, in batches of at most batchEventsMax", async () => {
  const view = new ListView("list");
  const { log, runner } = await houseOf([view], { batchEventsMax: 4 });
  for (let index = 0; index < 45; index++) await tell(log, index, index % 3);
  const fractions: number[] = [];
  expect(await runner.catchUp((fraction) => fractions.push(fraction))).toEqual([]);
  for (const partition of [0, 1, 2]) {
    const expected = Array.from({ length: 15 }, (_, offset) => `memories/${partition}@${offset}`);
    expect(view.folded.filter((folded) => folded.startsWith(`memories/${partition}`))).toEqual(expected);
  }
  expect(Math.max(...view.batchSizes)).toBeLessThanOrEqual(4);
  expect(fractions).toEqual([...fractions].sort((left, right) => left - right));
  expect(fractions.at(-1)).toBe(1);
  expect(runner.stateOf("list")).toBe("following");
  await runner.stop();
});

test("runner goes on from the view's own offset after a restart", async () => {
  const view = new ListView("list");
  const first = await houseOf([view]);
  await tell(first.log, 1);
  await first.runner.catchUp();
  await first.runner.stop();
  await tell(first.log, 2);
  const second = new ViewRunner({ log: first.log, views: [view], snapshotEveryMs: 0 });
  await second.catchUp();
  expect(view.folded).toEqual(["memories/0@0", "memories/0@1"]);
  await second.stop();
  expect(view.snapshots).toBe(2);
});

test("waitFor answers once the position is folded, or when the time is over", async () => {
  const view = new ListView("list");
  const { log, runner } = await houseOf([view]);
  await runner.catchUp();
  const waiting = runner.waitFor({ position: at(0), timeoutMs: 10_000 });
  await tell(log, 1);
  expect(await waiting).toBe("reached");
  expect(await runner.waitFor({ position: at(0), timeoutMs: 0 })).toBe("reached");
  expect(await runner.waitFor({ position: at(1), timeoutMs: 0 })).toBe("timeout");
  expect(await runner.waitFor({ position: at(1), timeoutMs: 5 })).toBe("timeout");
  const abort = new AbortController();
  const given = runner.waitFor({ position: at(1), timeoutMs: 10_000, signal: abort.signal });
  abort.abort(new Error("left"));
  await expect(given).rejects.toThrow("left");
  await expect(runner.waitFor({ view: "none", position: at(0), timeoutMs: 0 })).rejects.toMatchObject({
    code: "views-unknown",
  });
  await runner.stop();
});

test("waitFor waits for every view that folds the topic, or for the named one", async () => {
  const fast = new ListView("fast");
  const slow = new ListView("slow");
  const elsewhere = new ListView("elsewhere", ["identity"]);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  slow.beforeFold = () => held;
  const { log, runner } = await houseOf([fast, slow, elsewhere]);
  await runner.start();
  await tell(log, 1);
  expect(await runner.waitFor({ view: "fast", position: at(0), timeoutMs: 5_000 })).toBe("reached");
  expect(await runner.waitFor({ position: at(0), timeoutMs: 0 })).toBe("timeout");
  release();
  expect(await runner.waitFor({ position: at(0), timeoutMs: 5_000 })).toBe("reached");
  await runner.stop();
});

test("onWatermark hears of every step until it stops listening", async () => {
  const { log, runner } = await houseOf([new ListView("list")]);
  await runner.catchUp();
  const heard: number[] = [];
  const stop = runner.onWatermark((mark) => heard.push(mark.nextOffset));
  await tell(log, 1);
  await runner.waitFor({ position: at(0), timeoutMs: 5_000 });
  stop();
  await tell(log, 2);
  await runner.waitFor({ position: at(1), timeoutMs: 5_000 });
  expect(heard).toEqual([1]);
  await runner.stop();
});

test("runner passes unreadable records and notes their place once, never their content", async () => {
  const [one, two] = [new ListView("one"), new ListView("two")];
  const { log, runner } = await houseOf([one, two]);
  await tell(log, 1);
  await log.append("memories", 0, [{ key: null, value: encodeText("my secret is not JSON") }]);
  await tell(log, 2);
  await runner.catchUp();
  await runner.rebuild("one");
  expect(one.folded).toEqual(["memories/0@0", "memories/0@2"]);
  expect(one.offsets.get("memories/0")).toBe(3);
  const again = new ViewRunner({ log, views: [new ListView("three")], snapshotEveryMs: 0 });
  await again.catchUp();
  const letters = (await log.read("dead-letters", 0, 0)).records;
  expect(letters).toHaveLength(1);
  const text = decodeText(letters[0]?.value ?? new Uint8Array());
  expect(JSON.parse(text)).toMatchObject({ position: "memories/0@1", problem: "Value is not JSON in UTF-8" });
  expect(text).not.toContain("secret");
  const [status] = await runner.status();
  expect(status?.unreadableCount).toBeGreaterThan(0);
  await again.stop();
  await runner.stop();
});

test("runner goes on when dead letters cannot be written", async () => {
  const view = new ListView("list");
  const { log, runner, problems } = await houseOf([view]);
  await log.append("memories", 0, [{ key: null, value: encodeText("{") }]);
  await tell(log, 1);
  const append = log.append.bind(log);
  log.append = (topic, partition, records) =>
    topic === "dead-letters" ? Promise.reject(new Error("full")) : append(topic, partition, records);
  expect(await runner.catchUp()).toEqual([]);
  expect(view.folded).toEqual(["memories/0@1"]);
  expect(problems).toHaveLength(1);
  await runner.stop();
});

test("runner tries a failing fold again, without passing anything", async () => {
  const view = new ListView("list");
  let failures = 2;
  view.beforeFold = () => {
    if (failures-- > 0) throw new Error("not now");
  };
  const { log, runner } = await houseOf([view]);
  await tell(log, 1);
  expect(await runner.catchUp()).toEqual([]);
  expect(view.folded).toEqual(["memories/0@0"]);
  await runner.stop();
});

test("runner marks a view failed when folding keeps failing, while others go on", async () => {
  const [bad, good] = [new ListView("bad"), new ListView("good")];
  bad.beforeFold = () => {
    throw new Error("my secret");
  };
  const { log, runner, problems } = await houseOf([bad, good]);
  await tell(log, 1);
  expect(await runner.catchUp()).toEqual(["bad"]);
  expect(good.folded).toEqual(["memories/0@0"]);
  expect(await runner.waitFor({ position: at(0), timeoutMs: 60_000 })).toBe("timeout");
  const status = await runner.status();
  expect(status.map(({ name, state, lagRecords }) => [name, state, lagRecords])).toEqual([
    ["bad", "failed", 1],
    ["good", "following", 0],
  ]);
  expect(JSON.stringify([problems, status])).not.toContain("secret");
  bad.beforeFold = () => undefined;
  await runner.retry("bad");
  expect(await runner.waitFor({ position: at(0), timeoutMs: 5_000 })).toBe("reached");
  await runner.stop();
});

test("rebuild comes to what following came to, while others follow", async () => {
  const [one, two] = [new ListView("one"), new ListView("two")];
  const { log, runner } = await houseOf([one, two]);
  for (let index = 0; index < 30; index++) await tell(log, index);
  await runner.catchUp();
  const before = [...one.memories];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  one.beforeFold = () => held;
  const rebuilding = runner.rebuild("one");
  await tell(log, 30);
  expect(await runner.waitFor({ view: "two", position: at(30), timeoutMs: 5_000 })).toBe("reached");
  expect(runner.stateOf("one")).toBe("rebuilding");
  release();
  await rebuilding;
  await runner.waitFor({ position: at(30), timeoutMs: 5_000 });
  expect([...one.memories].slice(0, 30)).toEqual(before);
  expect(one.memories.size).toBe(31);
  expect(one.resets).toBe(1);
  expect(runner.stateOf("one")).toBe("following");
  await runner.stop();
});

test("runner passes damaged ranges", async () => {
  const view = new ListView("list");
  const { log, runner } = await houseOf([view]);
  for (let index = 0; index < 5; index++) await tell(log, index);
  log.damage("memories", 0, { firstOffset: 3, nextOffset: 5, reason: "checksum" });
  await runner.catchUp();
  expect(view.folded).toHaveLength(3);
  expect(view.offsets.get("memories/0")).toBe(5);
  await runner.stop();
});

test("status tells how many records wait and how old the newest folded one is", async () => {
  const view = new ListView("list");
  const clock = new ManualClock(50_000);
  const { log, runner } = await houseOf([view], { clock });
  await log.append("memories", 0, [{ key: null, value: encodeEvent(remembered(1, 1)), timestampMs: 20_000 }]);
  await runner.catchUp();
  expect(await runner.status()).toMatchObject([{ lagRecords: 0, lagMs: 0 }]);
  view.beforeFold = () => new Promise(() => undefined);
  await tell(log, 2);
  expect(await runner.status()).toMatchObject([{ lagRecords: 1, lagMs: 30_000 }]);
});

test("stop ends following; waiting ends with it", async () => {
  const view = new ListView("list");
  const { log, runner } = await houseOf([view]);
  await runner.catchUp();
  const waiting = runner.waitFor({ position: at(0), timeoutMs: 60_000 });
  await runner.stop();
  expect(await waiting).toBe("timeout");
  await tell(log, 1);
  expect(view.folded).toEqual([]);
  await expect(runner.start()).rejects.toMatchObject({ code: "views-stopped" });
});
