/**
 * What every adapter of the `Log` port must do, as tests. Not part of the room's door: it needs vitest.
 *
 * @example
 * logConformance("streamer", async () => ({ log: await openStreamerLog({ directory }), end: async () => {} }));
 */
import { decodeText, encodeText, isKaelixError } from "@kaelix/base";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Log, LogBatch, LogRecord, StoredRecord } from "./log.ts";

/** A log to test and how to put it away. `end` is called after the log was closed. */
export interface LogUnderTest {
  readonly log: Log;
  readonly end: () => Promise<void>;
  /** Closes the log and opens the same data again, for adapters that can. */
  readonly reopen?: () => Promise<Log>;
}

/** Registers the tests. `makeLog` gives an empty log. */
export function logConformance(name: string, makeLog: () => Promise<LogUnderTest>): void {
  describe(`Log conformance: ${name}`, () => {
    let under: LogUnderTest;
    let log: Log;
    beforeEach(async () => {
      under = await makeLog();
      log = under.log;
    });
    afterEach(async () => {
      await log.close();
      await under.end();
    });
    const context: Context = {
      log: () => log,
      reopen: async () => {
        if (under.reopen === undefined) return false;
        log = await under.reopen();
        return true;
      },
    };
    topicTests(context);
    appendTests(context);
    readTests(context);
    subscribeTests(context);
    timeAndCommitTests(context);
  });
}

interface Context {
  readonly log: () => Log;
  readonly reopen: () => Promise<boolean>;
}

function topicTests({ log }: Context): void {
  test("createTopic does nothing the second time and refuses another number of partitions", async () => {
    await log().createTopic({ name: "t", partitions: 2, retentionMs: 5000 });
    await log().createTopic({ name: "t", partitions: 2 });
    expect(await codeOf(log().createTopic({ name: "t", partitions: 3 }))).toBe("log-topic-mismatch");
    const topics = await log().topics();
    expect(topics).toMatchObject([{ name: "t", partitions: 2, retentionMs: 5000 }]);
    expect(topics[0]?.bounds).toEqual([
      { startOffset: 0, endOffset: 0, durableOffset: 0 },
      { startOffset: 0, endOffset: 0, durableOffset: 0 },
    ]);
  });

  test("createTopic asked for twice at the same time makes one topic", async () => {
    await Promise.all([1, 2, 3].map(() => log().createTopic({ name: "t", partitions: 1 })));
    expect(await log().topics()).toHaveLength(1);
  });

  test.each(["", ".", "..", "a/b", "../up", "a b", "ü", "x".repeat(250)])(
    "createTopic refuses the name %j",
    async (name) => {
      expect(await codeOf(log().createTopic({ name, partitions: 1 }))).toBe("log-topic-invalid");
    },
  );

  test("a topic or partition that does not exist is missing for every call", async () => {
    await log().createTopic({ name: "t", partitions: 1 });
    for (const [topic, partition] of [
      ["none", 0],
      ["t", 1],
      ["t", -1],
    ] as const) {
      const calls = [
        log().bounds(topic, partition),
        log().append(topic, partition, [record("x")], { acknowledge: "durable" }),
        log().read(topic, partition, 0),
        log().seekToTime(topic, partition, 0),
        take(log().subscribe(topic, partition, 0), 1),
      ];
      for (const call of calls) expect(await codeOf(call)).toBe("log-topic-missing");
    }
  });
}

function appendTests({ log }: Context): void {
  test("append gives dense offsets and keeps key, value, null and timestamp", async () => {
    await log().createTopic({ name: "t", partitions: 1 });
    const first = await append(log(), [
      record("a", { key: "k", timestampMs: 5 }),
      { key: null, value: null, timestampMs: 3 },
    ]);
    const second = await append(log(), [{ key: encodeText("d"), value: null, timestampMs: 9 }, record("")]);
    expect([first, second]).toEqual([0, 2]);
    const plain = (await readAll(log())).map(({ key, offset, timestampMs, value }) => [
      offset,
      text(key),
      text(value),
      timestampMs,
    ]);
    expect(plain.slice(0, 3)).toEqual([
      [0, "k", "a", 5],
      [1, null, null, 3],
      [2, "d", null, 9],
    ]);
    expect(plain[3]?.slice(0, 3)).toEqual([3, null, ""]);
  });

  test("appends from many callers keep each batch together and lose nothing", async () => {
    await log().createTopic({ name: "t", partitions: 1 });
    const bases = await Promise.all(
      Array.from({ length: 200 }, (_, at) => append(log(), [record(`${at} a`), record(`${at} b`)])),
    );
    expect([...bases].sort((left, right) => left - right)).toEqual(Array.from({ length: 200 }, (_, at) => at * 2));
    const all = await readAll(log());
    for (const [at, base] of bases.entries()) {
      expect([text(all[base]?.value), text(all[base + 1]?.value)]).toEqual([`${at} a`, `${at} b`]);
    }
  });

  test("a durable append is visible when it is answered; an accepted one becomes so by itself", async () => {
    await log().createTopic({ name: "t", partitions: 1 });
    await append(log(), [record("durable")]);
    expect(await log().bounds("t", 0)).toEqual({ startOffset: 0, endOffset: 1, durableOffset: 1 });
    expect((await log().read("t", 0, 0)).records).toHaveLength(1);
    await log().append("t", 0, [record("accepted")], { acknowledge: "accepted" });
    expect((await log().read("t", 0, 1, { visibility: "accepted" })).records).toHaveLength(1);
    const [batch] = await take(log().subscribe("t", 0, 1), 1);
    expect(text(batch?.records[0]?.value)).toBe("accepted");
  });

  test("append of no records changes nothing", async () => {
    await log().createTopic({ name: "t", partitions: 1 });
    expect(await append(log(), [])).toBe(0);
    expect((await log().bounds("t", 0)).endOffset).toBe(0);
  });

  test("partitions are counted apart", async () => {
    await log().createTopic({ name: "t", partitions: 3 });
    await log().append("t", 2, [record("x")], { acknowledge: "durable" });
    const ends = await Promise.all([0, 1, 2].map(async (at) => (await log().bounds("t", at)).endOffset));
    expect(ends).toEqual([0, 0, 1]);
  });
}

function readTests({ log, reopen }: Context): void {
  test("read goes on from nextOffset until it meets endOffset, whatever the byte limit", async () => {
    await log().createTopic({ name: "t", partitions: 1 });
    for (let at = 0; at < 30; at += 1) await log().append("t", 0, sized(at), { acknowledge: "accepted" });
    await append(log(), [record("last")]);
    for (const bytesMax of [1, 100, 5000, undefined]) {
      const offsets: number[] = [];
      let next = 0;
      for (let reads = 0; reads < 200; reads += 1) {
        const batch = await log().read("t", 0, next, bytesMax === undefined ? {} : { bytesMax });
        offsets.push(...batch.records.map(({ offset }) => offset));
        expect(batch.damaged).toEqual([]);
        expect(batch.nextOffset).toBeGreaterThan(next);
        next = batch.nextOffset;
        if (next === batch.endOffset) break;
      }
      expect(offsets).toEqual(Array.from({ length: 91 }, (_, at) => at));
    }
  });

  test("read begins in the middle of a batch", async () => {
    await log().createTopic({ name: "t", partitions: 1 });
    await append(log(), [record("0"), record("1"), record("2")]);
    await append(log(), [record("3")]);
    const { nextOffset, records } = await log().read("t", 0, 2);
    expect(records.map(({ value }) => text(value))).toEqual(["2", "3"]);
    expect(nextOffset).toBe(4);
  });

  test("read at the end is empty and beyond it is out of range", async () => {
    await log().createTopic({ name: "t", partitions: 1 });
    await append(log(), [record("0")]);
    expect(await log().read("t", 0, 1)).toMatchObject({ records: [], nextOffset: 1, endOffset: 1 });
    for (const offset of [-1, 2, 1.5, Number.NaN]) {
      expect(await codeOf(log().read("t", 0, offset))).toBe("log-offset-out-of-range");
      expect(await codeOf(take(log().subscribe("t", 0, offset), 1))).toBe("log-offset-out-of-range");
    }
  });

  test("everything is there again after a clean stop", async () => {
    await log().createTopic({ name: "t", partitions: 2 });
    await log().createTopic({ name: "u", partitions: 1, compacted: true });
    await append(log(), sized(1));
    // A compacted topic is one of keyed records: a cluster refuses others.
    await log().append("u", 0, [record("kept", { key: "k" })], { acknowledge: "durable" });
    await log().append("t", 1, [record("accepted only")], { acknowledge: "accepted" });
    await log().commit("views", "t", 0, 2);
    if (!(await reopen())) return;
    expect((await readAll(log())).map(({ offset }) => offset)).toEqual([0, 1, 2]);
    expect((await log().read("t", 1, 0)).records).toHaveLength(1);
    expect(await log().committed("views", "t", 0)).toBe(2);
    expect((await log().read("u", 0, 0)).records.map(({ value }) => text(value))).toEqual(["kept"]);
    expect(await log().topics()).toMatchObject([
      { name: "t", partitions: 2 },
      { name: "u", partitions: 1, compacted: true },
    ]);
    expect(await append(log(), [record("next")])).toBe(3);
  });

  test("after close every call is refused and subscriptions end", async () => {
    await log().createTopic({ name: "t", partitions: 1 });
    const reader = take(log().subscribe("t", 0, 0), 1);
    await log().close();
    expect(await reader).toEqual([]);
    expect(await codeOf(append(log(), [record("x")]))).toBe("log-closed");
    expect(await codeOf(log().read("t", 0, 0))).toBe("log-closed");
    expect(await codeOf(log().createTopic({ name: "u", partitions: 1 }))).toBe("log-closed");
  });
}

function subscribeTests({ log }: Context): void {
  test("subscribe delivers what is there, waits, and delivers what comes", async () => {
    await log().createTopic({ name: "t", partitions: 1 });
    await append(log(), [record("0")]);
    const seen: string[] = [];
    const reader = (async () => {
      for await (const batch of log().subscribe("t", 0, 0)) {
        seen.push(...batch.records.map(({ value }) => text(value) ?? ""));
        if (seen.length === 4) return;
      }
    })();
    for (let at = 1; at < 4; at += 1) {
      await append(log(), [record(String(at))]);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await reader;
    expect(seen).toEqual(["0", "1", "2", "3"]);
  });

  test("subscribe hands out nothing that was not asked for", async () => {
    await log().createTopic({ name: "t", partitions: 1 });
    for (let at = 0; at < 20; at += 1) await append(log(), [record("x".repeat(100))]);
    const batches = log().subscribe("t", 0, 0, { bytesMax: 1 })[Symbol.asyncIterator]();
    const first = await batches.next();
    // What is appended while the consumer is busy must be seen by its next read, so that read cannot have happened before.
    await append(log(), [record("late")]);
    const second = await batches.next();
    if (first.done === true || second.done === true) throw new Error("Subscription ended");
    expect(first.value.nextOffset).toBe(1);
    expect(second.value.endOffset).toBe(21);
    await batches.return?.();
  });

  test("subscribe ends when its signal aborts, also while it waits", async () => {
    await log().createTopic({ name: "t", partitions: 1 });
    const abort = new AbortController();
    const reader = take(log().subscribe("t", 0, 0, { signal: abort.signal }), 1);
    abort.abort();
    expect(await reader).toEqual([]);
    expect(await take(log().subscribe("t", 0, 0, { signal: abort.signal }), 1)).toEqual([]);
  });

  test("several subscribers see the same records in the same order", async () => {
    await log().createTopic({ name: "t", partitions: 1 });
    const readers = [1, 2, 3].map(async () => {
      const offsets: number[] = [];
      for await (const batch of log().subscribe("t", 0, 0)) {
        offsets.push(...batch.records.map(({ offset }) => offset));
        if (offsets.length >= 100) break;
      }
      return offsets;
    });
    await Promise.all(Array.from({ length: 100 }, (_, at) => append(log(), [record(String(at))])));
    const expected = Array.from({ length: 100 }, (_, at) => at);
    for (const offsets of await Promise.all(readers)) expect(offsets).toEqual(expected);
  });
}

function timeAndCommitTests({ log }: Context): void {
  test("seekToTime finds the first record at or after a time, also when the clock jumped back and forth", async () => {
    await log().createTopic({ name: "t", partitions: 1 });
    const times = [100, 200, 150, 9000, 120, 300, 8000, 9500];
    for (const timestampMs of times) {
      await append(log(), [
        record("x".repeat(3000), { timestampMs }),
        record("y".repeat(3000), { timestampMs: timestampMs + 1 }),
      ]);
    }
    const stamps = times.flatMap((time) => [time, time + 1]);
    for (const wanted of [0, 100, 101, 102, 151, 250, 8000, 9001, 9002, 9501]) {
      const expected = stamps.findIndex((stamp) => stamp >= wanted);
      expect(await log().seekToTime("t", 0, wanted), `time ${wanted}`).toBe(expected);
    }
    expect(await log().seekToTime("t", 0, 9502)).toBe(16);
  });

  test("committed gives the newest commit of each group, topic and partition", async () => {
    await log().createTopic({ name: "t", partitions: 2 });
    expect(await log().committed("g", "t", 0)).toBeUndefined();
    await log().commit("g", "t", 0, 5);
    await log().commit("g", "t", 1, 6);
    await log().commit("h", "t", 0, 7);
    await log().commit("g", "t", 0, 3);
    expect(await log().committed("g", "t", 0)).toBe(3);
    expect(await log().committed("g", "t", 1)).toBe(6);
    expect(await log().committed("h", "t", 0)).toBe(7);
    expect(await log().committed("h", "t", 1)).toBeUndefined();
  });

  test("health of a log without trouble is ok", () => {
    expect(log().health()).toBe("ok");
  });
}

function record(value: string, options: { readonly key?: string; readonly timestampMs?: number } = {}): LogRecord {
  const key = options.key === undefined ? null : encodeText(options.key);
  const { timestampMs } = options;
  return { key, value: encodeText(value), ...(timestampMs === undefined ? {} : { timestampMs }) };
}

function sized(at: number): readonly LogRecord[] {
  return [record("s"), record("m".repeat(at * 11)), record("l".repeat(at * 97))];
}

function text(bytes: Uint8Array | null | undefined): string | null {
  return bytes === null || bytes === undefined ? null : decodeText(bytes);
}

async function append(log: Log, records: readonly LogRecord[]): Promise<number> {
  return (await log.append("t", 0, records, { acknowledge: "durable" })).baseOffset;
}

async function readAll(log: Log): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  let next = 0;
  for (let reads = 0; reads < 10_000; reads += 1) {
    const batch = await log.read("t", 0, next);
    records.push(...batch.records);
    next = batch.nextOffset;
    if (next >= batch.endOffset) break;
  }
  return records;
}

async function take(batches: AsyncIterable<LogBatch>, count: number): Promise<readonly LogBatch[]> {
  const taken: LogBatch[] = [];
  for await (const batch of batches) {
    taken.push(batch);
    if (taken.length === count) break;
  }
  return taken;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "none";
  } catch (error) {
    return isKaelixError(error) ? error.code : `not ours: ${String(error)}`;
  }
}
