import { ManualClock } from "@kaelix/base";
import { decodeRecords, encodeRecordBatch, KAFKA_ERRORS } from "@kaelix/protocol";
import { expect, test } from "vitest";

import { SimulatedDisk } from "../storage/simulated-disk.ts";
import { openStorage } from "../storage/storage.ts";
import { openLeaders } from "./leaders.ts";
import { batchOf, leaderOf, openLed, sent } from "./testing.ts";

test("append gives offsets and answers a repeated batch with its first offset", async () => {
  const { leader } = await openLed();
  expect(leader.append(batchOf(3, { producerId: 7, sequence: 0 }))).toMatchObject({ baseOffset: 0, duplicate: false });
  expect(leader.append(batchOf(2, { producerId: 7, sequence: 3 }))).toMatchObject({ baseOffset: 3, nextOffset: 5 });
  const again = leader.append(batchOf(3, { producerId: 7, sequence: 0 }));
  expect(again).toMatchObject({ type: "appended", baseOffset: 0, nextOffset: 3, duplicate: true });
  expect(leader.bounds().endOffset).toBe(5);
});

test("append refuses a gap, an old epoch and a plain batch inside a transaction", async () => {
  const { leader } = await openLed();
  sent(leader, batchOf(1, { producerId: 7, epoch: 1, sequence: 0 }));
  const gap = leader.append(batchOf(1, { producerId: 7, epoch: 1, sequence: 2 }));
  expect(gap).toMatchObject({ error: KAFKA_ERRORS.OUT_OF_ORDER_SEQUENCE_NUMBER });
  const zombie = leader.append(batchOf(1, { producerId: 7, epoch: 0, sequence: 1 }));
  expect(zombie).toMatchObject({ error: KAFKA_ERRORS.INVALID_PRODUCER_EPOCH });
  sent(leader, batchOf(1, { producerId: 7, epoch: 1, sequence: 1, transactional: true }));
  const plain = leader.append(batchOf(1, { producerId: 7, epoch: 1, sequence: 2 }));
  expect(plain).toMatchObject({ error: KAFKA_ERRORS.INVALID_TXN_STATE });
  expect(leader.bounds().endOffset).toBe(2);
});

test("append refuses bytes that are not exactly one batch of a client", async () => {
  const { leader } = await openLed();
  const flipped = batchOf(1);
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
  expect(leader.append(flipped)).toMatchObject({ error: KAFKA_ERRORS.CORRUPT_MESSAGE });
  expect(leader.append(batchOf(1).subarray(0, -1))).toMatchObject({ error: KAFKA_ERRORS.CORRUPT_MESSAGE });
  const two = new Uint8Array([...batchOf(1), ...batchOf(1)]);
  expect(leader.append(two)).toMatchObject({ error: KAFKA_ERRORS.INVALID_RECORD });
  const old = batchOf(1);
  old[16] = 1;
  expect(leader.append(old)).toMatchObject({ error: KAFKA_ERRORS.UNSUPPORTED_FOR_MESSAGE_FORMAT });
  expect(leader.append(new Uint8Array(0))).toMatchObject({ error: KAFKA_ERRORS.CORRUPT_MESSAGE });
  expect(leader.append(batchOf(1, { control: true, producerId: 7, sequence: 0 }))).toMatchObject({
    error: KAFKA_ERRORS.INVALID_RECORD,
  });
  expect(leader.append(batchOf(1, { claimedCount: 2_000_000_000 }))).toMatchObject({
    error: KAFKA_ERRORS.INVALID_RECORD,
  });
  expect(leader.append(batchOf(1, { transactional: true }))).toMatchObject({ error: KAFKA_ERRORS.INVALID_RECORD });
  expect(leader.bounds().endOffset).toBe(0);
});

test("append goes by the topic's configuration, also after it was changed", async () => {
  const clock = new ManualClock();
  const { leader, storage } = await openLed({ clock, config: { "max.message.bytes": "500" } });
  expect(leader.append(batchOf(100))).toMatchObject({ error: KAFKA_ERRORS.MESSAGE_TOO_LARGE });
  const ahead = clock.nowMs() + 3_600_001;
  expect(leader.append(batchOf(1, { timestampMs: ahead }))).toMatchObject({ error: KAFKA_ERRORS.INVALID_TIMESTAMP });
  await storage.updateTopic("t", { config: { "message.timestamp.type": "LogAppendTime" } });
  const stamped = leader.append(batchOf(2, { timestampMs: 5 }));
  expect(stamped).toMatchObject({ type: "appended", logAppendTimeMs: clock.nowMs() });
  const [batch] = (await leader.read(0, 1000, "read_uncommitted")).batches;
  const records = batch === undefined ? "" : decodeRecords(batch.bytes, batch.at, batch.header);
  expect(records).toMatchObject([{ timestampMs: clock.nowMs() }, { timestampMs: clock.nowMs() }]);
  await storage.updateTopic("t", { cleanup: "compact", config: { "cleanup.policy": "compact" } });
  expect(leader.append(batchOf(1))).toMatchObject({ error: KAFKA_ERRORS.INVALID_RECORD });
  expect(leader.append(batchOf(1, { key: "k" }))).toMatchObject({ type: "appended" });
});

test("read_committed ends at the oldest open transaction and names the aborted ones", async () => {
  const { leader } = await openLed();
  sent(leader, batchOf(2));
  sent(leader, batchOf(2, { producerId: 1, sequence: 0, transactional: true }));
  sent(leader, batchOf(1, { producerId: 2, sequence: 0, transactional: true }));
  sent(leader, batchOf(1));
  expect(leader.lastStableOffset()).toBe(2);
  const before = await leader.read(0, 10_000, "read_committed");
  expect(before).toMatchObject({ nextOffset: 2, lastStableOffset: 2, highWatermark: 6, abortedTransactions: [] });
  expect(before.batches).toHaveLength(1);
  leader.appendMarker({ producerId: 2, producerEpoch: 0, committed: false, coordinatorEpoch: 0 });
  expect(leader.lastStableOffset()).toBe(2);
  leader.appendMarker({ producerId: 1, producerEpoch: 0, committed: true, coordinatorEpoch: 0 });
  expect(leader.lastStableOffset()).toBe(8);
  const after = await leader.read(0, 10_000, "read_committed");
  expect(after).toMatchObject({ nextOffset: 8, abortedTransactions: [{ producerId: 2, firstOffset: 4 }] });
  expect((await leader.read(7, 10_000, "read_committed")).abortedTransactions).toEqual([]);
  expect((await leader.read(0, 10_000, "read_uncommitted")).abortedTransactions).toBeNull();
});

test("onVisible calls once, when the isolation it was asked with sees something", async () => {
  const { leader } = await openLed();
  const seen: string[] = [];
  leader.onVisible(0, "read_uncommitted", () => seen.push("uncommitted"));
  leader.onVisible(0, "read_committed", () => seen.push("committed"));
  leader.onVisible(0, "read_committed", () => seen.push("cancelled"))();
  sent(leader, batchOf(1, { producerId: 1, sequence: 0, transactional: true }));
  expect(seen).toEqual(["uncommitted"]);
  leader.appendMarker({ producerId: 1, producerEpoch: 0, committed: true, coordinatorEpoch: 0 });
  sent(leader, batchOf(1));
  expect(seen).toEqual(["uncommitted", "committed"]);
  leader.onVisible(0, "read_committed", () => seen.push("at once"));
  expect(seen).toHaveLength(2);
  await Promise.resolve();
  expect(seen).toHaveLength(3);
});

test("batches that others append to the partition are seen and taken note of", async () => {
  const { leader, storage } = await openLed();
  let called = 0;
  leader.onVisible(0, "read_uncommitted", () => (called += 1));
  storage.partition("t", 0).append(encodeRecordBatch([{ key: null, value: null, timestampMs: 1 }]));
  storage.partition("t", 0).append(batchOf(1, { producerId: 5, sequence: 0, transactional: true }));
  expect(called).toBe(1);
  expect(leader.openTransactions()).toEqual([{ producerId: 5, producerEpoch: 0, firstOffset: 1 }]);
});

test("a leader ends with its topic; one of a new topic of the same name knows nothing", async () => {
  const { leader, leaders, storage } = await openLed();
  sent(leader, batchOf(1, { producerId: 1, sequence: 0 }));
  let called = 0;
  leader.onVisible(1, "read_uncommitted", () => (called += 1));
  await storage.deleteTopic("t");
  expect(called).toBe(1);
  expect(await leaders.get("t", 0)).toBeUndefined();
  await storage.createTopic({ name: "t", partitions: 1 });
  const fresh = await leaderOf(leaders);
  expect(fresh).not.toBe(leader);
  expect(fresh.producers()).toEqual([]);
  expect(() => leader.append(batchOf(1))).toThrow("Topic or partition does not exist");
});

test("get loads once for all who ask; loaded gives it without waiting", async () => {
  const storage = await openStorage({ directory: "/data", disk: new SimulatedDisk(), clock: new ManualClock() });
  await storage.createTopic({ name: "t", partitions: 2 });
  const leaders = openLeaders(storage);
  expect(leaders.loaded("t", 0)).toBeUndefined();
  const [first, second] = await Promise.all([leaders.get("t", 0), leaders.get("t", 0)]);
  expect(first).toBe(second);
  expect(leaders.loaded("t", 0)).toBe(first);
  expect(await leaders.get("t", 2)).toBeUndefined();
  expect(await leaders.get("u", 0)).toBeUndefined();
});

test("a topic with its own codec keeps batches in it, with the producer's sequence", async () => {
  const { leader } = await openLed({ config: { "compression.type": "gzip" } });
  const text = "a".repeat(500);
  sent(leader, batchOf(3, { producerId: 7, sequence: 0, text }));
  expect(leader.append(batchOf(3, { producerId: 7, sequence: 0, text }))).toMatchObject({ duplicate: true });
  sent(leader, batchOf(1, { producerId: 7, sequence: 3, transactional: true }));
  const { batches } = await leader.read(0, 10_000, "read_uncommitted");
  expect(batches.map(({ header }) => header.attributes)).toEqual([1, 17]);
  expect(batches[0]).toMatchObject({ header: { producerId: 7, baseSequence: 0, recordCount: 3 } });
  expect(batches[0]?.header.sizeBytes).toBeLessThan(200);
});
