import { decodeText, encodeText, ManualClock, seededRandom } from "@kaelix/base";
import { encodeRecordBatch, partitionForKey } from "@kaelix/protocol";
import { afterEach, describe, expect, test } from "vitest";

import { copyDisk, DIRECTORY } from "../storage/testing.ts";
import { SimulatedDisk } from "../storage/simulated-disk.ts";
import { openStorage, type Storage } from "../storage/storage.ts";
import { openStreams, type Streams, type StreamsOptions } from "./streams.ts";

const opened: { readonly streams: Streams; readonly storage: Storage }[] = [];

interface Opened {
  readonly streams: Streams;
  readonly storage: Storage;
  readonly disk: SimulatedDisk;
  readonly clock: ManualClock;
}

async function open(options: Partial<StreamsOptions> = {}, disk = new SimulatedDisk()): Promise<Opened> {
  const clock = new ManualClock();
  const storage = await openStorage({ directory: DIRECTORY, disk, clock });
  const streams = await openStreams({
    storage,
    topic: "streams",
    partitions: 3,
    clock,
    random: seededRandom(5),
    ...options,
  });
  opened.push({ streams, storage });
  return { streams, storage, disk, clock };
}

async function close({ storage, streams }: Pick<Opened, "storage" | "streams">): Promise<void> {
  await streams.close();
  await storage.close();
}

async function textsOf(streams: Streams, name: string, sequence = 0, count = 1_000_000): Promise<readonly string[]> {
  const { records } = await streams.read(name, sequence, { count, bytesMax: 1 << 30 });
  return records.map(({ value }) => (value === null ? "" : decodeText(value)));
}

afterEach(async () => {
  for (const both of opened.splice(0)) await close(both);
});

describe("Streams", () => {
  test("a stream begins with its first record and counts its own records", async () => {
    const { streams } = await open();
    expect(streams.has("anna")).toBe(false);
    const sequences = await Promise.all([
      streams.append("anna", encodeText("a0")),
      streams.append("ben", encodeText("b0")),
      streams.append("anna", encodeText("a1")),
    ]);
    expect(sequences).toEqual([0, 0, 1]);
    expect(await textsOf(streams, "anna")).toEqual(["a0", "a1"]);
    expect(streams.describe("anna")).toMatchObject({ nextSequence: 2, cursor: 0, priority: 4 });
    await expect(streams.read("nobody", 0)).rejects.toMatchObject({ code: "stream-missing" });
    await expect(streams.append("", encodeText("x"))).rejects.toMatchObject({ code: "stream-name-invalid" });
    await expect(streams.append("x".repeat(256), encodeText("x"))).rejects.toMatchObject({
      code: "stream-name-invalid",
    });
  });

  test("steps over records of others whose key names no stream", async () => {
    const { disk, storage, streams } = await open({ partitions: 1 });
    await streams.append("anna", encodeText("a0"));
    const keys = [
      null,
      new Uint8Array(0),
      Uint8Array.of(0xff, 0xfe),
      new Uint8Array(255).fill(0xff),
      new Uint8Array(300),
    ];
    const records = keys.map((key) => ({ key, value: encodeText("?"), timestampMs: 1 }));
    storage.topics().get("streams")?.partitions[0]?.append(encodeRecordBatch(records), {});
    await streams.append("\uFEFFanna", encodeText("b0"));
    await streams.append("anna", encodeText("a1"));
    await close({ storage, streams });
    const again = await open({ partitions: 1 }, copyDisk(disk));
    expect(again.streams.metrics().streams).toBe(2);
    expect(await textsOf(again.streams, "anna")).toEqual(["a0", "a1"]);
    expect(await textsOf(again.streams, "\uFEFFanna")).toEqual(["b0"]);
  });

  test("reads any stream from any sequence as written, across runs, restarts and kills (random against an oracle)", async () => {
    for (let seed = 1; seed <= 3; seed += 1) {
      const random = seededRandom(seed);
      const oracle = new Map<string, string[]>();
      let house = await open();
      for (let round = 0; round < 8; round += 1) {
        const appends: Promise<number>[] = [];
        for (let at = 0; at < 300; at += 1) {
          // A few hot streams and a long tail.
          const name = `s${Math.floor(random.fraction() ** 3 * 200)}`;
          const text = `${name}-${oracle.get(name)?.length ?? 0}`;
          oracle.set(name, [...(oracle.get(name) ?? []), text]);
          appends.push(house.streams.append(name, encodeText(text)));
        }
        await Promise.all(appends);
        const what = random.integer(3);
        if (what === 0) {
          // Killed: nothing was closed, no checkpoint written.
          house = await open({}, copyDisk(house.disk));
        } else if (what === 1) {
          await close(house);
          house = await open({}, house.disk);
        }
      }
      for (const [name, texts] of oracle) {
        expect(await textsOf(house.streams, name), `seed ${seed} ${name}`).toEqual(texts);
        const from = random.integer(texts.length);
        expect(await textsOf(house.streams, name, from, 7), `seed ${seed}`).toEqual(texts.slice(from, from + 7));
      }
    }
  });

  test("a lost or wrong checkpoint or run costs time, never a record", async () => {
    const { disk, storage, streams } = await open();
    for (let at = 0; at < 50; at += 1) await streams.append(`s${at % 5}`, encodeText(`${at}`));
    await close({ streams, storage });
    const derived = disk.paths().filter((path) => path.startsWith(`${DIRECTORY}/streams/`));
    expect(derived.length).toBeGreaterThan(0);
    for (const path of derived) {
      for (const damage of ["remove", "flip"] as const) {
        const copy = copyDisk(disk);
        if (damage === "remove") copy.remove(path);
        else {
          const bytes = copy.contentOf(path).slice();
          bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
          copy.remove(path);
          const file = copy.open(path, "create");
          file.write(bytes, 0);
        }
        const again = await open({}, copy);
        for (let stream = 0; stream < 5; stream += 1) {
          const expected = Array.from({ length: 10 }, (_, at) => `${at * 5 + stream}`);
          expect(await textsOf(again.streams, `s${stream}`), `${damage} ${path}`).toEqual(expected);
        }
      }
    }
  });

  test("records that any producer keyed by a stream's name belong to it", async () => {
    const { storage, streams } = await open();
    await streams.append("anna", encodeText("own"));
    const partition = storage.partition("streams", partitionForKey(encodeText("anna"), 3));
    const bytes = encodeRecordBatch([
      { key: encodeText("anna"), value: encodeText("foreign"), timestampMs: 1 },
      { key: null, value: encodeText("nobody's"), timestampMs: 1 },
    ]);
    await partition.durable(partition.append(bytes) + 2);
    await streams.append("anna", encodeText("own again"));
    expect(await textsOf(streams, "anna")).toEqual(["own", "foreign", "own again"]);
  });

  test("subscribe gives what is there, then what comes, and ends with its signal", async () => {
    const { streams } = await open();
    await streams.append("anna", encodeText("0"));
    const abort = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const batch of streams.subscribe("anna", 0, { signal: abort.signal })) {
        for (const { value } of batch.records) seen.push(decodeText(value ?? new Uint8Array()));
        if (seen.length === 3) abort.abort();
      }
    })();
    await streams.append("ben", encodeText("other"));
    await streams.append("anna", encodeText("1"));
    await streams.append("anna", encodeText("2"));
    await reading;
    expect(seen).toEqual(["0", "1", "2"]);
  });

  test("deliver serves every stream, a hot one does not keep the others waiting, and a new delivery begins at the cursors", async () => {
    const { streams } = await open({ quantumBytes: 2000 });
    const appends: Promise<number>[] = [];
    for (let at = 0; at < 2000; at += 1) appends.push(streams.append("hot", new Uint8Array(100)));
    for (let at = 0; at < 50; at += 1) appends.push(streams.append(`cold${at}`, new Uint8Array(100)));
    await Promise.all(appends);
    const abort = new AbortController();
    const served: string[] = [];
    let records = 0;
    for await (const batch of streams.deliver(abort.signal)) {
      served.push(batch.name);
      records += batch.records.length;
      await streams.commit(batch.name, batch.nextSequence);
      if (records === 2050) abort.abort();
    }
    const coldServed = served.filter((name) => name !== "hot").length;
    expect(coldServed).toBe(50);
    // All cold ones came within the first turns, though the hot one was first in line with forty times the bytes.
    expect(served.lastIndexOf("cold49")).toBeLessThan(60);
    expect(streams.describe("hot")?.cursor).toBe(2000);
    await streams.append("cold7", encodeText("news"));
    const again = new AbortController();
    for await (const batch of streams.deliver(again.signal)) {
      expect(batch).toMatchObject({ name: "cold7", nextSequence: 2 });
      again.abort();
    }
  });

  test("cursors, priorities, quotas and times to live survive a kill", async () => {
    const { disk, streams } = await open();
    await streams.append("anna", encodeText("0"));
    await streams.commit("anna", 1);
    await streams.configure("anna", { priority: 1, ttlMs: 5000, quotaBytesPerSecond: 77 });
    const again = await open({}, copyDisk(disk));
    expect(again.streams.describe("anna")).toMatchObject({
      cursor: 1,
      priority: 1,
      ttlMs: 5000,
      quotaBytesPerSecond: 77,
    });
    await expect(streams.configure("anna", { priority: 8 })).rejects.toMatchObject({ code: "stream-settings-invalid" });
  });

  test("a stream that has spent its bytes is refused and told when to come again", async () => {
    const { clock, streams } = await open();
    await streams.configure("anna", { quotaBytesPerSecond: 1000 });
    await streams.append("anna", new Uint8Array(900));
    await expect(streams.append("anna", new Uint8Array(600))).rejects.toMatchObject({
      code: "stream-quota-spent",
      details: { retryAfterMs: 500 },
    });
    await streams.append("ben", new Uint8Array(5000));
    clock.advance(500);
    await streams.append("anna", new Uint8Array(600));
    expect(streams.metrics().quotaRefusals).toBe(1);
  });

  test("a stream without records for its time to live is forgotten, also after a restart, and may begin again", async () => {
    const house = await open();
    await house.streams.append("anna", encodeText("old"));
    await house.streams.configure("anna", { ttlMs: 1000 });
    await house.streams.append("ben", encodeText("stays"));
    house.clock.advance(1500);
    expect(await textsOf(house.streams, "anna")).toEqual([]);
    await house.streams.tick();
    expect(house.streams.has("anna")).toBe(false);
    expect(house.streams.has("ben")).toBe(true);
    const again = await open({}, copyDisk(house.disk));
    expect(again.streams.has("anna")).toBe(false);
    expect(await again.streams.append("anna", encodeText("new"))).toBe(0);
    expect(await textsOf(again.streams, "anna")).toEqual(["new"]);
  });

  test("appends wait while the streams' memory is spent, and all of them arrive", async () => {
    const { streams } = await open({ memoryBytesMax: 64 << 10, streamMemoryBytesMax: 16 << 10 });
    const appends = Array.from({ length: 500 }, (_, at) => streams.append(`s${at % 20}`, new Uint8Array(1000)));
    expect(streams.metrics().allocation.grantedBytes).toBeLessThanOrEqual(64 << 10);
    await Promise.all(appends);
    const { allocation, appendedRecords } = streams.metrics();
    expect(appendedRecords).toBe(500);
    expect(allocation).toMatchObject({ usedBytes: 0, waiting: 0 });
    expect(allocation.waitedTotal).toBeGreaterThan(0);
    expect(allocation.grantedBytesPeak).toBeLessThanOrEqual(64 << 10);
  });

  test("refuses more streams than the setting allows", async () => {
    const { streams } = await open({ streamsMax: 2 });
    await streams.append("a", encodeText("x"));
    await streams.append("b", encodeText("x"));
    await expect(streams.append("c", encodeText("x"))).rejects.toMatchObject({ code: "streams-full" });
    await streams.append("a", encodeText("y"));
  });
});
