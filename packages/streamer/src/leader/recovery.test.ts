import { ManualClock, seededRandom } from "@kaelix/base";
import { KAFKA_ERRORS } from "@kaelix/protocol";
import { expect, test } from "vitest";

import { SimulatedDisk } from "../storage/simulated-disk.ts";
import { openStorage } from "../storage/storage.ts";
import type { PartitionLeader } from "./contract.ts";
import { type LoadedProducers, loadProducers } from "./producers-loading.ts";
import { SnapshotFiles } from "./snapshot-files.ts";
import { batchOf, openLed, sent } from "./testing.ts";

const FOLDER = "/data/topics/t/0/";
const LOST = "log-disk-failed";

/** What a partition looks like from outside: what it would answer. */
function viewOf(leader: PartitionLeader): unknown {
  const producers = leader
    .producers()
    .map((row) => ({ ...row, lastSeenMs: 0 }))
    .sort((left, right) => left.producerId - right.producerId);
  return {
    producers,
    open: leader.openTransactions(),
    stable: leader.lastStableOffset(),
    bounds: leader.bounds().endOffset,
  };
}

async function abortedIn(leader: PartitionLeader): Promise<unknown> {
  const found = new Map<string, unknown>();
  for (let next = 0; ;) {
    const read = await leader.read(next, 1000, "read_committed");
    for (const row of read.abortedTransactions ?? []) found.set(`${row.producerId} ${row.firstOffset}`, row);
    if (read.nextOffset <= next) return [...found.values()];
    next = read.nextOffset;
  }
}

/** How far a test's producers have come. */
type Producers = Map<number, { sequence: number; open: boolean }>;

/** Random producers and transactions. */
function work(leader: PartitionLeader, seed: number, batches: number, producers: Producers = new Map()): void {
  const random = seededRandom(seed);
  for (let at = 0; at < batches; at += 1) {
    const producerId = 1 + random.integer(6);
    const producer = producers.get(producerId) ?? { sequence: 0, open: false };
    producers.set(producerId, producer);
    if (producer.open && random.integer(3) === 0) {
      leader.appendMarker({ producerId, producerEpoch: 0, committed: random.integer(2) === 0, coordinatorEpoch: 0 });
      producer.open = false;
      continue;
    }
    const count = 1 + random.integer(3);
    const transactional = producer.open || random.integer(2) === 0;
    sent(leader, batchOf(count, { producerId, sequence: producer.sequence, transactional }));
    producer.sequence += count;
    producer.open ||= transactional;
    if (random.integer(4) === 0) sent(leader, batchOf(1));
  }
}

function snapshotsOf(disk: SimulatedDisk): string[] {
  return disk.paths().filter((path) => path.startsWith(FOLDER) && path.endsWith(".snapshot"));
}

function newestOf(disk: SimulatedDisk): number {
  return Math.max(0, ...snapshotsOf(disk).map((path) => Number(path.slice(FOLDER.length, -".snapshot".length))));
}

test("after kill -9 repeated batches are known, open transactions hold readers, aborted ones are listed", async () => {
  const disk = new SimulatedDisk();
  const { leader } = await openLed({ disk });
  for (let at = 0; at < 7; at += 1) sent(leader, batchOf(2, { producerId: 7, sequence: at * 2 }));
  sent(leader, batchOf(1, { producerId: 8, sequence: 0, transactional: true }));
  leader.appendMarker({ producerId: 8, producerEpoch: 0, committed: false, coordinatorEpoch: 0 });
  sent(leader, batchOf(1, { producerId: 9, sequence: 0, transactional: true }));
  sent(leader, batchOf(1));
  const { leader: again } = await openLed({ disk: disk.afterKill() });
  for (let at = 2; at < 7; at += 1) {
    const repeated = again.append(batchOf(2, { producerId: 7, sequence: at * 2 }));
    expect(repeated).toMatchObject({ duplicate: true, baseOffset: at * 2 });
  }
  expect(again.append(batchOf(2, { producerId: 7, sequence: 16 }))).toMatchObject({
    error: KAFKA_ERRORS.OUT_OF_ORDER_SEQUENCE_NUMBER,
  });
  expect(again.lastStableOffset()).toBe(16);
  expect(await abortedIn(again)).toEqual([{ producerId: 8, firstOffset: 14, lastOffset: 15, lastStableOffset: 16 }]);
});

test("a duplicate waits for the disk as its first did", async () => {
  const disk = new SimulatedDisk();
  const { leader } = await openLed({ disk });
  sent(leader, batchOf(1, { producerId: 7, sequence: 0 }));
  const repeated = leader.append(batchOf(1, { producerId: 7, sequence: 0 }));
  expect(repeated).toMatchObject({ duplicate: true, nextOffset: 1 });
  expect(leader.bounds().durableOffset).toBe(0);
  await leader.durable(1);
  expect(leader.bounds().durableOffset).toBe(1);
});

test("state from a snapshot and the headers behind it is the state from all headers", async () => {
  for (let seed = 0; seed < 6; seed += 1) {
    const disk = new SimulatedDisk();
    const { leader, storage } = await openLed({ disk, snapshotBytes: 2000, settings: { segmentBytesMax: 5000 } });
    const producers: Producers = new Map();
    for (let part = 0; part < 4; part += 1) {
      work(leader, seed * 10 + part, 30, producers);
      await storage.partition("t", 0).flush();
      await until(() => snapshotsOf(disk).length > 0);
    }
    work(leader, seed * 10 + 9, 8, producers);
    const expected = viewOf(leader);
    const aborted = await abortedIn(leader);
    const { leader: withSnapshot } = await openLed({ disk: disk.afterKill() });
    expect(viewOf(withSnapshot), `seed ${seed}`).toEqual(expected);
    expect(await abortedIn(withSnapshot), `seed ${seed}`).toEqual(aborted);
    const bare = disk.afterKill();
    for (const path of snapshotsOf(bare)) bare.remove(path);
    const { leader: fromHeaders } = await openLed({ disk: bare });
    expect(viewOf(fromHeaders), `seed ${seed}`).toEqual(expected);
    expect(await abortedIn(fromHeaders), `seed ${seed}`).toEqual(aborted);
  }
});

test("a damaged snapshot is not believed", async () => {
  const disk = new SimulatedDisk();
  const { leader, leaders } = await openLed({ disk });
  work(leader, 1, 40);
  await leaders.close();
  const [path] = snapshotsOf(disk);
  expect(path).toBeDefined();
  const expected = viewOf(leader);
  const size = disk.size(path ?? "") ?? 0;
  for (let at = 0; at < size; at += 7) {
    const damaged = disk.afterKill();
    const file = damaged.open(path ?? "", "write");
    const byte = new Uint8Array(1);
    file.readNow(byte, at);
    file.write(
      byte.map((value) => value ^ 0x10),
      at,
    );
    file.close();
    const { leader: again } = await openLed({ disk: damaged });
    expect(viewOf(again), `byte ${at}`).toEqual(expected);
  }
});

test("a snapshot of another log is not believed, whatever its offset", async () => {
  const disk = new SimulatedDisk();
  const { leader, leaders } = await openLed({ disk });
  sent(leader, batchOf(1, { producerId: 7, sequence: 0, transactional: true }));
  sent(leader, batchOf(1));
  await leaders.close();
  const [path] = snapshotsOf(disk);
  const bytes = disk.contentOf(path ?? "");
  // The log is another one now: as long, with other batches.
  const other = new SimulatedDisk();
  const { leader: second, storage } = await openLed({ disk: other });
  sent(second, batchOf(1, { text: "other" }));
  sent(second, batchOf(1, { text: "log" }));
  await storage.partition("t", 0).flush();
  const mixed = other.afterKill();
  mixed.open(path ?? "", "create").write(bytes, 0);
  const { leader: again } = await openLed({ disk: mixed });
  expect(again.openTransactions()).toEqual([]);
  expect(again.lastStableOffset()).toBe(2);
});

test("a snapshot beyond the end of the log is not believed and goes away", async () => {
  const disk = new SimulatedDisk();
  const { leader, leaders } = await openLed({ disk });
  work(leader, 5, 30);
  await leaders.close();
  const [path] = snapshotsOf(disk);
  const bytes = disk.contentOf(path ?? "");
  const short = new SimulatedDisk();
  const { leader: begun, storage } = await openLed({ disk: short });
  sent(begun, batchOf(1));
  await storage.partition("t", 0).flush();
  const mixed = short.afterKill();
  mixed.open(path ?? "", "create").write(bytes, 0);
  const { leader: again } = await openLed({ disk: mixed });
  expect(again.producers()).toEqual([]);
  expect(snapshotsOf(mixed)).toEqual([]);
});

test("loading reads little more than what is behind the newest snapshot", async () => {
  const disk = new SimulatedDisk();
  const { leader, storage } = await openLed({ disk, snapshotBytes: 50_000 });
  let count = 0;
  while (newestOf(disk) < 400) {
    sent(leader, batchOf(1, { producerId: 7, sequence: count, text: "x".repeat(1000) }));
    count += 1;
    if (count % 20 !== 0) continue;
    await storage.partition("t", 0).flush();
    await settle();
  }
  const after = disk.afterKill();
  const log = (await openStorage({ directory: "/data", disk: after })).partition("t", 0);
  const snapshots = new SnapshotFiles(after, FOLDER.slice(0, -1));
  const limits = { producersMax: 10, expirationMs: 1e9 };
  let loaded: LoadedProducers | undefined;
  await loadProducers({ log, clock: new ManualClock(), limits, snapshots }, (found) => (loaded = found));
  expect(loaded?.nextOffset).toBe(count);
  expect(loaded?.readBytes).toBeLessThan((count - 400 + 1) * 1200);
});

test("when a sync fails, what it took away is forgotten too", async () => {
  const disk = new SimulatedDisk();
  const { leader } = await openLed({ disk });
  sent(leader, batchOf(1, { producerId: 7, sequence: 0 }));
  await leader.durable(1);
  disk.fault = (operation, path) => (operation === "sync" && path.endsWith(".log") ? "EIO" : undefined);
  sent(leader, batchOf(1, { producerId: 7, sequence: 1 }));
  sent(leader, batchOf(1, { producerId: 8, sequence: 0, transactional: true }));
  await expect(leader.durable(2)).rejects.toMatchObject({ code: LOST });
  disk.fault = () => undefined;
  // The repeated batch must not be answered with the one that went away.
  const outcome = await retried(leader, batchOf(1, { producerId: 7, sequence: 1 }));
  expect(outcome).toMatchObject({ type: "appended", duplicate: false });
  expect(leader.openTransactions()).toEqual([]);
});

async function retried(leader: PartitionLeader, bytes: Uint8Array): Promise<unknown> {
  for (let tries = 0; tries < 50; tries += 1) {
    await settle();
    try {
      const outcome = leader.append(bytes.slice());
      if (outcome.type === "appended" || outcome.error !== KAFKA_ERRORS.KAFKA_STORAGE_ERROR) return outcome;
    } catch {
      // The disk is still being looked at.
    }
  }
  return undefined;
}

test("deleted records take aborted transactions with them, and the producers stay", async () => {
  const { leader } = await openLed();
  sent(leader, batchOf(1, { producerId: 7, sequence: 0, transactional: true }));
  leader.appendMarker({ producerId: 7, producerEpoch: 0, committed: false, coordinatorEpoch: 0 });
  sent(leader, batchOf(1));
  expect(await leader.deleteRecords(2)).toBe(2);
  expect((await leader.read(2, 1000, "read_committed")).abortedTransactions).toEqual([]);
  expect(leader.append(batchOf(1, { producerId: 7, sequence: 0 }))).toMatchObject({ duplicate: true });
});

function settle(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 2));
}

/** Waits for what goes on in the background. */
async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await settle();
}
