import { decodeText, encodeText, ManualClock, seededRandom } from "@kaelix/base";
import { type GroupOptions, type GroupReader, type GroupRecord, logErrors } from "@kaelix/log";
import { MemoryLog } from "@kaelix/log/testing";
import { DEFAULT_TENANT, makeId, TOPICS } from "@kaelix/model";
import { openKeystore } from "@kaelix/security";
import { expect, test, vi } from "vitest";

import { memoryKek } from "../../../security/src/testing/memory-kek.ts";
import { Remember } from "../remember.ts";
import { filesOver } from "../testing/files.ts";
import { FakeRegister } from "../testing/fake-register.ts";
import { KafkaSource, type KafkaSourceParts } from "./kafka-source.ts";
import { parseKafkaSources } from "./source-spec.ts";

/** A topic of one partition and what a group has committed of it. */
class FakeTopic {
  readonly records: GroupRecord[] = [];
  readonly committed: number[] = [];
  /** Called before each commit; may throw. */
  beforeCommit: () => void = () => undefined;
  joins = 0;

  tell(value: unknown): void {
    const offset = this.records.length;
    const bytes = value === null ? null : encodeText(JSON.stringify(value));
    const headers = new Map();
    this.records.push({
      topic: "t",
      topicId: "id",
      partition: 0,
      offset,
      timestampMs: 1,
      key: null,
      value: bytes,
      headers,
    });
  }

  readonly join = async (_place: unknown, _options: GroupOptions): Promise<GroupReader> => {
    this.joins += 1;
    let next = this.committed.at(-1) ?? 0;
    return {
      next: async (countMax, signal) => {
        while (!signal.aborted) {
          const records = this.records.slice(next, next + Math.min(countMax, 10));
          next += records.length;
          if (records.length > 0) return records;
          await new Promise((resolve) => setImmediate(resolve));
        }
        return [];
      },
      commit: async (records) => {
        this.beforeCommit();
        this.committed.push((records.at(-1)?.offset ?? -1) + 1);
      },
      close: async () => undefined,
    };
  };
}

async function makeHouse(topic: FakeTopic) {
  const log = new MemoryLog();
  for (const one of Object.values(TOPICS)) await log.createTopic(one);
  const clock = new ManualClock();
  const random = seededRandom(1);
  const keystore = await openKeystore({ log, kek: memoryKek(), clock, random });
  const register = new FakeRegister(log);
  const remember = new Remember({ log, keystore, register, clock, random, files: filesOver({ log, clock, random }) });
  const owner = { tenant: DEFAULT_TENANT, user: makeId("usr", clock.nowMs(), random) };
  const fields = { text: "body", external_id: "id" };
  const parsed = parseKafkaSources(
    JSON.stringify({ sources: [{ name: "s", url: "kafka://x", topics: ["t"], fields }] }),
  );
  const spec = parsed.type === "sources" ? parsed.sources[0] : undefined;
  if (spec === undefined) throw new Error("The source can be read");
  const problems: string[] = [];
  const logger = { warn: (what: { readonly problem?: unknown }) => void problems.push(String(what.problem)) };
  const parts: KafkaSourceParts = {
    spec,
    log,
    remember,
    owner: async () => owner,
    join: topic.join,
    clock,
    logger,
    retryMs: 2,
  };
  return { log, register, problems, parts, source: new KafkaSource(parts) };
}

function letters(log: MemoryLog): readonly { readonly offset: number; readonly problem: string }[] {
  return log
    .records(TOPICS.deadLetters.name, 0)
    .map(({ value }) => JSON.parse(decodeText(value ?? new Uint8Array())) as { offset: number; problem: string });
}

test("a source remembers records in order, buries what is bad, and commits everything", async () => {
  const topic = new FakeTopic();
  for (const value of [{ body: "one" }, "not an object", { body: "x".repeat(70_000) }, null, { body: "two" }]) {
    topic.tell(value);
  }
  const { log, register, source } = await makeHouse(topic);
  source.start();
  await expect.poll(() => topic.committed.at(-1)).toBe(5);
  expect(source.status()).toMatchObject({ state: "running", remembered: 2, deadLetters: 2, skipped: 1, problem: null });
  expect(register.rows()).toHaveLength(2);
  expect(letters(log).map(({ offset }) => offset)).toEqual([1, 2]);
  expect(letters(log)[1]?.problem).toContain("70000");
  // Nothing of what was said stands in a dead letter.
  expect(JSON.stringify(letters(log))).not.toContain("xxx");
  await source.stop();
  expect(source.status().state).toBe("stopped");
});

test("nothing more is told to whoever may not come in any more, and all of it when they may again", async () => {
  const topic = new FakeTopic();
  topic.tell({ body: "one" });
  const { parts, problems, register } = await makeHouse(topic);
  let isIn = true;
  const source = new KafkaSource({ ...parts, owner: async () => (isIn ? parts.owner() : undefined) });
  source.start();
  await expect.poll(() => topic.committed.at(-1)).toBe(1);
  isIn = false;
  topic.tell({ body: "two" });
  await expect.poll(() => problems.length).toBeGreaterThan(1);
  expect([register.rows().length, topic.committed.at(-1)]).toEqual([1, 1]);
  isIn = true;
  await expect.poll(() => topic.committed.at(-1)).toBe(2);
  expect(register.rows()).toHaveLength(2);
  await source.stop();
});

test("nothing is committed before it is durable, and what comes again is the same memory", async () => {
  const topic = new FakeTopic();
  for (let at = 0; at < 25; at += 1) topic.tell({ body: `message ${at}` });
  const { log, register, source } = await makeHouse(topic);
  const append = log.append.bind(log);
  let durable = 0;
  vi.spyOn(log, "append").mockImplementation(async (...given) => {
    const result = await append(...given);
    if (given[0] === TOPICS.memories.name) durable += given[2].length;
    return result;
  });
  let failures = 0;
  topic.beforeCommit = () => {
    expect(durable).toBeGreaterThanOrEqual(topic.committed.at(-1) ?? 0);
    failures += 1;
    // Every second commit is lost, as when the process is killed between the two.
    if (failures % 2 === 1) throw logErrors("log-unreachable");
  };
  source.start();
  await expect.poll(() => topic.committed.at(-1)).toBe(25);
  expect(topic.joins).toBeGreaterThan(1);
  expect(register.rows()).toHaveLength(25);
  await source.stop();
});

test("a source waits while the log refuses, loses nothing and says why", async () => {
  const topic = new FakeTopic();
  topic.tell({ body: "one" });
  const { log, problems, register, source } = await makeHouse(topic);
  const append = vi.spyOn(log, "append").mockRejectedValue(logErrors("log-disk-full"));
  source.start();
  await expect.poll(() => problems.length).toBeGreaterThan(2);
  expect(problems[0]).toContain("Disk is full");
  expect(topic.committed).toEqual([]);
  append.mockRestore();
  await expect.poll(() => topic.committed).toEqual([1]);
  expect(register.rows()).toHaveLength(1);
  expect(letters(log)).toEqual([]);
  await source.stop();
});

test("another text under the same id of the source's own is buried, not written over", async () => {
  const topic = new FakeTopic();
  for (const body of ["first", "first", "second"]) topic.tell({ body, id: "same" });
  const { log, register, source } = await makeHouse(topic);
  source.start();
  await expect.poll(() => topic.committed.at(-1)).toBe(3);
  expect(source.status()).toMatchObject({ remembered: 1, known: 1, deadLetters: 1 });
  expect(register.rows()).toHaveLength(1);
  expect(letters(log)[0]?.problem).toContain("same id");
  await source.stop();
});

test("a source without anybody to remember for waits until there is somebody", async () => {
  const topic = new FakeTopic();
  topic.tell({ body: "one" });
  const { parts, problems } = await makeHouse(topic);
  const owner = vi.fn<typeof parts.owner>(parts.owner).mockResolvedValueOnce(undefined);
  const source = new KafkaSource({ ...parts, owner });
  source.start();
  await expect.poll(() => topic.committed).toEqual([1]);
  expect(problems).toEqual([expect.stringContaining("Nobody")]);
  await source.stop();
});
