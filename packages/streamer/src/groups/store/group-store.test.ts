import { ManualClock, seededRandom } from "@kaelix/base";
import { decodeRecords } from "@kaelix/protocol";
import { expect, test } from "vitest";

import type { Leaders, PartitionLeader } from "../../leader/contract.ts";
import { openLeaders } from "../../leader/leaders.ts";
import { SimulatedDisk } from "../../storage/simulated-disk.ts";
import { openStorage, type Storage } from "../../storage/storage.ts";
import { CONSUMER_OFFSETS_TOPIC, type GroupStore, type OffsetCommit, openGroupStore } from "./group-store.ts";
import { NEVER_EXPIRES } from "./offset-value.ts";
import { decodeKey, encodeGroupKey, RECORD_TYPES } from "./record-keys.ts";

interface Opened {
  readonly storage: Storage;
  readonly leaders: Leaders;
  readonly leader: PartitionLeader;
  readonly store: GroupStore;
}

async function open(disk: SimulatedDisk, snapshotBytes?: number): Promise<Opened> {
  const clock = new ManualClock();
  const settings = { idleFlushMs: 1, segmentBytesMax: 20_000 };
  const storage = await openStorage({ directory: "/data", disk, clock, settings });
  const leaders = openLeaders(storage, { clock });
  const store = await openGroupStore({
    storage,
    leaders,
    clock,
    ...(snapshotBytes === undefined ? {} : { snapshotBytes }),
  });
  const leader = await leaders.get(CONSUMER_OFFSETS_TOPIC, 0);
  if (leader === undefined) throw new Error("No leader");
  return { storage, leaders, leader, store };
}

async function close({ leaders, storage, store }: Opened): Promise<void> {
  await store.close();
  await leaders.close();
  await storage.close();
}

function commitOf(partition: number, offset: number, group = "g"): OffsetCommit {
  const value = { offset, leaderEpoch: 3, metadata: "words", commitTimestampMs: 5, expireTimestampMs: NEVER_EXPIRES };
  return { group, topic: "t", partition, value };
}

function place(partition: number, group = "g"): { group: string; topic: string; partition: number } {
  return { group, topic: "t", partition };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

async function end({ leader }: Opened, producerId: number, committed: boolean): Promise<void> {
  const outcome = leader.appendMarker({ producerId, producerEpoch: 0, committed, coordinatorEpoch: 0 });
  expect(outcome).toMatchObject({ type: "appended" });
  if (outcome.type === "appended") await leader.durable(outcome.nextOffset);
  await nextTurn();
}

test("an offset is visible when its commit is answered, not before, and is there again after a kill", async () => {
  const disk = new SimulatedDisk();
  const opened = await open(disk);
  const committed = opened.store.commit([commitOf(0, 7)]);
  expect(opened.store.offsets.get(place(0))).toBeUndefined();
  await committed;
  expect(opened.store.offsets.get(place(0))).toMatchObject({ offset: 7, metadata: "words" });
  const again = await open(disk.afterKill());
  expect(again.store.offsets.get(place(0))).toMatchObject({ offset: 7, metadata: "words", commitTimestampMs: 5 });
});

test("a damaged byte costs a group at most the commit it hit, never beyond what was committed, and is named", async () => {
  const disk = new SimulatedDisk();
  const opened = await open(disk);
  for (const offset of [5, 9]) {
    await opened.store.commit([commitOf(0, offset)]);
    await opened.store.commit([commitOf(0, offset, "other")]);
  }
  await close(opened);
  const path = disk.paths().find((name) => name.includes(CONSUMER_OFFSETS_TOPIC) && name.endsWith(".log")) ?? "";
  for (let at = 0; at < (disk.size(path) ?? 0); at += 11) {
    const damaged = disk.afterKill();
    damaged.corrupt(path, (bytes) => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)));
    const again = await open(damaged);
    const found = ["g", "other"].map((group) => again.store.offsets.get(place(0, group))?.offset);
    expect(found, `byte ${at}`).toContain(9);
    for (const offset of found) expect([5, 9], `byte ${at}`).toContain(offset);
    let damagedCount = 0;
    for (let next = 0; next < again.leader.bounds().endOffset;) {
      const read = await again.leader.read(next, 1 << 20, "read_uncommitted");
      damagedCount += read.damaged.length;
      next = read.nextOffset;
    }
    expect(damagedCount, `byte ${at}`).toBe(1);
    await close(again);
  }
});

test("a commit the disk refused is never visible, also not with the next that it took", async () => {
  const disk = new SimulatedDisk();
  const opened = await open(disk);
  await opened.store.commit([commitOf(0, 1)]);
  let failures = 1;
  disk.fault = (operation, path) => {
    if (operation !== "sync" || !path.endsWith(".log")) return undefined;
    failures -= 1;
    return failures >= 0 ? "EIO" : undefined;
  };
  await expect(opened.store.commit([commitOf(0, 2)])).rejects.toMatchObject({ code: "log-disk-failed" });
  expect(opened.store.offsets.get(place(0))?.offset).toBe(1);
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      await opened.store.commit([commitOf(1, 5)]);
      break;
    } catch {
      await nextTurn();
    }
  }
  expect(opened.store.offsets.get(place(0))?.offset).toBe(1);
  expect(opened.store.offsets.get(place(1))?.offset).toBe(5);
});

test("a transaction's commit counts from its marker on, loses against a later plain one, and goes when aborted", async () => {
  const opened = await open(new SimulatedDisk());
  const { store } = opened;
  await store.commit([commitOf(0, 1), commitOf(1, 1), commitOf(2, 1)]);
  await store.commitTransactional({ producerId: 9, producerEpoch: 0 }, [commitOf(0, 2), commitOf(1, 2)]);
  await store.commitTransactional({ producerId: 8, producerEpoch: 0 }, [commitOf(2, 2)]);
  await store.commit([commitOf(1, 3)]);
  expect([0, 1, 2].map((at) => store.offsets.isPending(place(at)))).toEqual([true, true, true]);
  expect([0, 1, 2].map((at) => store.offsets.get(place(at))?.offset)).toEqual([1, 3, 1]);
  await end(opened, 9, true);
  await end(opened, 8, false);
  expect([0, 1, 2].map((at) => store.offsets.isPending(place(at)))).toEqual([false, false, false]);
  expect([0, 1, 2].map((at) => store.offsets.get(place(at))?.offset)).toEqual([2, 3, 1]);
});

test("offsets go with their topic, also when the process died in between; those of the Log port need none", async () => {
  const disk = new SimulatedDisk();
  const opened = await open(disk);
  await opened.storage.createTopic({ name: "t", partitions: 1 });
  const mortal = { ...commitOf(0, 7), value: { ...commitOf(0, 7).value, expireTimestampMs: -1 } };
  await opened.store.commit([mortal, { ...commitOf(0, 7), topic: "other" }]);
  await opened.storage.deleteTopic("t");
  await opened.store.commit([commitOf(5, 1, "h")]);
  expect(opened.store.offsets.get(place(0))).toBeUndefined();
  await opened.store.commit([{ ...mortal, topic: "gone" }]);
  await close(opened);
  const again = await open(disk);
  expect(again.store.offsets.get({ ...place(0), topic: "gone" })).toBeUndefined();
  expect(again.store.offsets.get({ ...place(0), topic: "other" })?.offset).toBe(7);
});

test("who opens the store again over the same storage gets the same one, until everybody has closed it", async () => {
  const opened = await open(new SimulatedDisk());
  const { leaders, storage, store } = opened;
  const other = await openGroupStore({ storage, leaders, clock: new ManualClock() });
  expect(other).toBe(store);
  await other.close();
  await store.commit([commitOf(0, 7)]);
  await store.close();
  const third = await openGroupStore({ storage, leaders, clock: new ManualClock() });
  expect(third).not.toBe(store);
  expect(third.offsets.get(place(0))?.offset).toBe(7);
});

test("records of groups are kept until they are deleted, whatever is written around them", async () => {
  const disk = new SimulatedDisk();
  const opened = await open(disk, 2000);
  const key = encodeGroupKey(RECORD_TYPES.classicGroup, "g");
  await opened.store.writeGroup([{ key, value: Uint8Array.of(1, 2, 3) }]);
  for (let at = 0; at < 200; at += 1) await opened.store.commit([commitOf(at % 3, at)]);
  await close(opened);
  const again = await open(disk);
  expect(again.store.recordsOf("g").map(({ value }) => [...value])).toEqual([[1, 2, 3]]);
  await again.store.writeGroup([{ key, value: null }]);
  expect(again.store.recordsOf("g")).toEqual([]);
  expect(again.storage.partition(CONSUMER_OFFSETS_TOPIC, 0).bounds().startOffset).toBeGreaterThan(0);
});

test("what stands in the topic is what Kafka's tools read", async () => {
  const opened = await open(new SimulatedDisk());
  const plain = { ...commitOf(2, 77).value, expireTimestampMs: -1 };
  await opened.store.commit([{ ...commitOf(2, 77), value: plain }, commitOf(3, 78)]);
  const { batches } = await opened.leader.read(0, 1 << 20, "read_uncommitted");
  const records = batches.flatMap(({ at, bytes, header }) => {
    const decoded = decodeRecords(bytes, at, header);
    return typeof decoded === "string" ? [] : decoded;
  });
  expect(records.map(({ key }) => (key === null ? null : decodeKey(key)))).toEqual([
    { type: "offset", ...place(2) },
    { type: "offset", ...place(3) },
  ]);
  // OffsetCommitKey 1 and OffsetCommitValue 3, byte by byte.
  expect(hex(records[0]?.key, 2, 3, 3, 4)).toBe("0001 000167 000174 00000002");
  expect(hex(records[0]?.value, 2, 8, 4, 7, 8)).toBe("0003 000000000000004d 00000003 0005776f726473 0000000000000005");
  expect(hex(records[1]?.value, 2, 8, 7, 8, 8)).toBe(
    "0001 000000000000004e 0005776f726473 0000000000000005 001fffffffffffff",
  );
});

/** Bytes as hexadecimal, in fields of the sizes given. */
function hex(bytes: Uint8Array | null | undefined, ...sizes: readonly number[]): string {
  let rest = Buffer.from(bytes ?? []).toString("hex");
  const fields = sizes.map((size) => {
    const field = rest.slice(0, size * 2);
    rest = rest.slice(size * 2);
    return field;
  });
  return [...fields, rest].join(" ").trim();
}

/** What was tried for a partition, in the order of the log. */
interface Attempt {
  readonly offset: number;
  readonly key: number;
  /** True when the caller was told that it counts. */
  counts: boolean;
  aborted: boolean;
}

const KEYS = 6;

/** Commits, transactions, snapshots, kills and power cuts over one store, compared with what callers were told. */
class StoreWorld {
  readonly #random: ReturnType<typeof seededRandom>;
  readonly #attempts = Array.from({ length: KEYS }, (): Attempt[] => []);
  readonly #open = new Map<number, Attempt[]>();
  #disk = new SimulatedDisk();
  #opened: Opened | undefined;
  #serial = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  async round(): Promise<void> {
    const opened = await open(this.#disk, 1500);
    this.#opened = opened;
    await this.#endOpenTransactions(opened);
    this.#compare(opened.store);
    await opened.store.commit([commitOf(0, 0, "sync")]);
    const running: Promise<void>[] = [];
    for (let steps = 0; steps < 60; steps += 1) {
      running.push(this.#step(opened));
      if (this.#random.integer(3) === 0) await nextTurn();
    }
    if (this.#random.integer(2) === 0) await Promise.allSettled(running);
    else for (const each of running) each.catch(() => undefined);
    // What is answered from here on, nobody heard.
    this.#opened = undefined;
    this.#disk = this.#random.integer(2) === 0 ? this.#disk.afterKill() : this.#disk.cut(this.#random);
  }

  async #endOpenTransactions(opened: Opened): Promise<void> {
    for (const [producerId, attempts] of this.#open) {
      const committed = this.#random.integer(2) === 0;
      const isKnown = opened.leader.openTransactions().some((each) => each.producerId === producerId);
      if (isKnown) await end(opened, producerId, committed);
      // What was acknowledged inside it is in the log.
      else expect(attempts.filter(({ counts }) => counts)).toEqual([]);
      for (const attempt of attempts) {
        attempt.aborted = isKnown && !committed;
        attempt.counts &&= isKnown && committed;
      }
    }
    this.#open.clear();
    // Those whose end was not told: either way is right.
    for (const { producerId } of opened.leader.openTransactions()) {
      await end(opened, producerId, this.#random.integer(2) === 0);
    }
  }

  async #step(opened: Opened): Promise<void> {
    const choice = this.#random.integer(10);
    const key = this.#random.integer(KEYS);
    if (choice < 6) return this.#commit(opened, key);
    const producerId = 100 + this.#random.integer(3);
    const attempts = this.#open.get(producerId);
    if (choice < 9 || attempts === undefined) return this.#commitTransactional(opened, key, producerId);
    this.#open.delete(producerId);
    const committed = this.#random.integer(2) === 0;
    const told = attempts.filter(({ counts }) => counts);
    for (const attempt of attempts) attempt.counts = false;
    await end(opened, producerId, committed);
    if (this.#opened !== opened) return;
    for (const attempt of attempts) attempt.aborted = !committed;
    for (const attempt of told) {
      attempt.counts = committed;
      const seen = opened.store.offsets.get(place(attempt.key))?.offset ?? -1;
      if (committed) expect(seen).toBeGreaterThanOrEqual(attempt.offset);
    }
  }

  #attempt(key: number): Attempt {
    this.#serial += 1;
    const attempt: Attempt = { offset: this.#serial, key, counts: false, aborted: false };
    this.#attempts[key]?.push(attempt);
    return attempt;
  }

  async #commit(opened: Opened, key: number): Promise<void> {
    const { store } = opened;
    const attempt = this.#attempt(key);
    await store.commit([commitOf(key, attempt.offset)]);
    if (this.#opened !== opened) return;
    attempt.counts = true;
    const seen = store.offsets.get(place(key))?.offset ?? -1;
    expect(seen).toBeGreaterThanOrEqual(attempt.offset);
  }

  async #commitTransactional(opened: Opened, key: number, producerId: number): Promise<void> {
    const attempt = this.#attempt(key);
    const attempts = this.#open.get(producerId);
    if (attempts === undefined) this.#open.set(producerId, [attempt]);
    else attempts.push(attempt);
    await opened.store.commitTransactional({ producerId, producerEpoch: 0 }, [commitOf(key, attempt.offset)]);
    if (this.#opened !== opened) return;
    // While its transaction is open this only says that it is in the log.
    if (this.#open.get(producerId)?.includes(attempt) === true) attempt.counts = true;
  }

  /** After a crash: nothing told is taken back, nothing aborted is there. */
  #compare(store: GroupStore): void {
    for (const [key, attempts] of this.#attempts.entries()) {
      const found = store.offsets.get(place(key))?.offset;
      const lastTold = attempts.findLastIndex(({ counts }) => counts);
      const at = attempts.findIndex(({ offset }) => offset === found);
      if (lastTold >= 0) expect(found, `key ${key} lost`).toBeDefined();
      expect(at, `key ${key} went back`).toBeGreaterThanOrEqual(lastTold);
      if (at >= 0) expect(attempts[at]?.aborted, `key ${key} shows what was aborted`).toBe(false);
      const kept = attempts[at];
      attempts.length = 0;
      if (kept !== undefined) attempts.push({ ...kept, counts: true });
    }
  }
}

const only = process.env["SEED"];
const seeds =
  only === undefined
    ? Array.from({ length: Number(process.env["SEEDS"] ?? 15) }, (_, index) => index + 1)
    : [Number(only)];

test("random commits, transactions, snapshots, kills and power cuts: no offset is lost, none goes back", async () => {
  for (const seed of seeds) {
    const world = new StoreWorld(seed);
    try {
      for (let rounds = 0; rounds < 6; rounds += 1) await world.round();
    } catch (error) {
      throw new Error(`Repeat with SEED=${seed} npx vitest run --project pure packages/streamer/src/groups/store`, {
        cause: error,
      });
    }
  }
}, 60_000);
