import { seededRandom } from "@kaelix/base";
import { KAFKA_ERRORS } from "@kaelix/protocol";
import { expect, test } from "vitest";

import { batchOf, leaderOf } from "../leader/testing.ts";
import type { ProducerAnswer } from "./coordinator.ts";
import { TRANSACTION_STATE_TOPIC } from "./transaction-store.ts";
import { begin, committed, end, identityIn, openHouse, reopen, write } from "./testing.ts";

const REFUSED = {
  fenced: KAFKA_ERRORS.PRODUCER_FENCED,
  epoch: KAFKA_ERRORS.INVALID_PRODUCER_EPOCH,
  state: KAFKA_ERRORS.INVALID_TXN_STATE,
} as const;

test("a committed transaction is visible in all partitions, an aborted one in none", async () => {
  const house = await openHouse();
  const first = await begin(house, "t");
  expect(await write(house, "t", first, { topic: "a", text: "1" })).toBe(0);
  expect(await write(house, "t", first, { topic: "b", text: "2" })).toBe(0);
  expect(await committed(house, "a")).toEqual([]);
  const second = identityIn(await end(house, "t", first, true));
  expect(second).toEqual({ producerId: first.producerId, producerEpoch: 1 });
  await house.transactions.settled();
  expect([await committed(house, "a"), await committed(house, "b")]).toEqual([["1"], ["2"]]);
  expect(await write(house, "t", second, { topic: "a", text: "3" })).toBe(0);
  identityIn(await end(house, "t", second, false));
  await house.transactions.settled();
  expect(await committed(house, "a")).toEqual(["1"]);
  expect(house.transactions.get("t")).toMatchObject({ state: "CompleteAbort", producerEpoch: 2 });
});

test("producer ids are never given out twice, whatever ends the process", async () => {
  let house = await openHouse();
  const given = new Set<number>();
  for (let run = 0; run < 4; run += 1) {
    given.add((await begin(house, `t${run}`)).producerId);
    for (let count = 0; count < 1100; count += 1) {
      const answer = await house.transactions.initProducer({
        transactionalId: null,
        timeoutMs: 0,
        expected: undefined,
      });
      given.add(identityIn(answer).producerId);
    }
    house = await reopen(house, house.disk.cut(seededRandom(run)));
  }
  expect(given.size).toBe(4 * 1101);
});

test("a zombie is fenced: its batches, its additions, its end", async () => {
  const house = await openHouse();
  const zombie = await begin(house, "t");
  expect(await write(house, "t", zombie, { topic: "a", text: "zombie" })).toBe(0);
  const heir = await begin(house, "t");
  expect(heir.producerId).toBe(zombie.producerId);
  expect(heir.producerEpoch).toBeGreaterThan(zombie.producerEpoch);
  expect(await write(house, "t", zombie, { topic: "a", sequence: 1 })).toBe(REFUSED.epoch);
  expect(await write(house, "t", zombie, { topic: "b" })).toBe(REFUSED.epoch);
  expect(await end(house, "t", zombie, true)).toBe(REFUSED.fenced);
  const asked = { transactionalId: "t", timeoutMs: 1000, expected: zombie };
  expect(await house.transactions.initProducer(asked)).toBe(REFUSED.fenced);
  expect(await write(house, "t", heir, { topic: "a", text: "heir" })).toBe(0);
  identityIn(await end(house, "t", heir, true));
  await house.transactions.settled();
  expect(await committed(house, "a")).toEqual(["heir"]);
});

test("the end of a transaction that arrives late does not touch the next one", async () => {
  const house = await openHouse();
  const first = await begin(house, "t");
  await write(house, "t", first, { topic: "a", text: "1" });
  const second = identityIn(await end(house, "t", first, true));
  // Asked again because the answer got lost: the same answer.
  expect(await end(house, "t", first, true)).toEqual(second);
  expect(await end(house, "t", first, false)).toBe(REFUSED.state);
  await write(house, "t", second, { topic: "a", text: "2" });
  expect(await end(house, "t", first, true)).toBe(REFUSED.fenced);
  expect(await end(house, "t", first, false)).toBe(REFUSED.fenced);
  expect(house.transactions.get("t")).toMatchObject({ state: "Ongoing" });
  identityIn(await end(house, "t", second, false));
  await house.transactions.settled();
  expect(await committed(house, "a")).toEqual(["1"]);
});

test("a batch that arrives after its transaction ended is refused, also where it would be the first", async () => {
  const house = await openHouse();
  const first = await begin(house, "t");
  await write(house, "t", first, { topic: "a" });
  const batch = { ...first, transactionalId: "t", topic: "b", partition: 0, addsImplicitly: true };
  // Verified, but appended only when the transaction has ended.
  expect(await house.transactions.verifyOrAdd(batch)).toBe(0);
  identityIn(await end(house, "t", first, true));
  await house.transactions.settled();
  const leader = await leaderOf(house.leaders, "b");
  const late = batchOf(1, { producerId: first.producerId, epoch: 0, sequence: 0, transactional: true });
  expect(leader.append(late)).toMatchObject({ error: REFUSED.epoch });
  // The same where the marker is not known: a partition that never was part of the transaction.
  const other = await leaderOf(house.leaders, "a", 1);
  const stray = batchOf(1, { producerId: first.producerId, epoch: 0, sequence: 0, transactional: true });
  expect(other.append(stray)).toMatchObject({ error: REFUSED.state });
  expect(other.openTransactions()).toEqual([]);
});

test("a transaction that hangs holds readers back until its time is over", async () => {
  const house = await openHouse();
  const first = await begin(house, "t", 5000);
  await write(house, "t", first, { topic: "a", text: "hanging" });
  const leader = await leaderOf(house.leaders, "a");
  leader.append(batchOf(1, { text: "plain" }));
  house.clock.advance(4999);
  house.transactions.tick();
  await house.transactions.settled();
  expect(await committed(house, "a")).toEqual([]);
  house.clock.advance(1);
  house.transactions.tick();
  await house.transactions.settled();
  expect(await committed(house, "a")).toEqual(["plain"]);
  expect(await end(house, "t", first, true)).toBe(REFUSED.state);
  // It comes back with what it has, and goes on (KIP-588).
  const back = identityIn(
    await house.transactions.initProducer({ transactionalId: "t", timeoutMs: 5000, expected: first }),
  );
  expect(await write(house, "t", back, { topic: "a", text: "again" })).toBe(0);
  identityIn(await end(house, "t", back, true));
  await house.transactions.settled();
  expect(await committed(house, "a")).toEqual(["plain", "again"]);
});

test("a jump of the wall clock ends nothing", async () => {
  const house = await openHouse();
  const first = await begin(house, "t", 5000);
  await write(house, "t", first, { topic: "a" });
  house.clock.jumpTo(house.clock.nowMs() + 30 * 24 * 3600 * 1000);
  house.transactions.tick();
  await house.transactions.settled();
  expect(house.transactions.get("t")).toMatchObject({ state: "Ongoing" });
});

test("a transactional id that nobody uses is forgotten", async () => {
  const house = await openHouse({ settings: { expirationMs: 1000 } });
  await begin(house, "idle");
  const open = await begin(house, "open");
  await write(house, "open", open, { topic: "a" });
  house.clock.advance(1000);
  house.transactions.tick();
  expect(house.transactions.get("idle")).toBeUndefined();
  expect(house.transactions.get("open")).toBeDefined();
  const after = await reopen(house);
  expect(after.transactions.get("idle")).toBeUndefined();
  expect(after.transactions.get("open")).toMatchObject({ state: "Ongoing" });
});

test("a timeout above the limit and an empty transactional id are refused", async () => {
  const { transactions } = await openHouse({ settings: { timeoutMsMax: 1000 } });
  const init = (transactionalId: string, timeoutMs: number): Promise<unknown> =>
    transactions.initProducer({ transactionalId, timeoutMs, expected: undefined });
  expect(await init("t", 1001)).toBe(KAFKA_ERRORS.INVALID_TRANSACTION_TIMEOUT);
  expect(await init("t", 0)).toBe(KAFKA_ERRORS.INVALID_TRANSACTION_TIMEOUT);
  expect(await init("", 1)).toBe(KAFKA_ERRORS.INVALID_REQUEST);
  expect(await init("t", 1000)).toEqual({ producerId: 0, producerEpoch: 0 });
});

test("a transaction of which nobody knows is aborted when its partition is loaded", async () => {
  const house = await openHouse();
  // Straight into the storage, as it would stand there when the disk lost the coordinator's record of it.
  house.storage
    .partition("a", 0)
    .append(batchOf(1, { producerId: 77, sequence: 0, transactional: true, text: "lost" }));
  house.storage.partition("a", 0).append(batchOf(1, { text: "plain" }));
  await leaderOf(house.leaders, "a");
  await house.transactions.settled();
  expect(await committed(house, "a")).toEqual(["plain"]);
});

test("partitions of a topic that was deleted hold nobody up", async () => {
  const house = await openHouse();
  const first = await begin(house, "t");
  await write(house, "t", first, { topic: "a", text: "1" });
  await write(house, "t", first, { topic: "b", text: "2" });
  await house.storage.deleteTopic("b");
  identityIn(await end(house, "t", first, true));
  await house.transactions.settled();
  expect(await committed(house, "a")).toEqual(["1"]);
  expect(house.transactions.get("t")).toMatchObject({ state: "CompleteCommit" });
});

test("when the disk refuses the outcome nobody is told, and what is on the disk counts", async () => {
  const house = await openHouse();
  const first = await begin(house, "t");
  await write(house, "t", first, { topic: "a", text: "1" });
  house.disk.fault = (operation, path) =>
    operation === "sync" && path.includes(TRANSACTION_STATE_TOPIC) ? "EIO" : undefined;
  expect(await end(house, "t", first, true)).toBe(KAFKA_ERRORS.COORDINATOR_NOT_AVAILABLE);
  house.disk.fault = () => undefined;
  expect(await committed(house, "a")).toEqual([]);
  const answer = await retried(() => end(house, "t", first, false));
  expect(answer).toMatchObject({ producerEpoch: 1 });
  await house.transactions.settled();
  expect(house.transactions.get("t")).toMatchObject({ state: "CompleteAbort" });
  expect(await committed(house, "a")).toEqual([]);
});

test("markers that the disk refuses are written again until every partition has them", async () => {
  const house = await openHouse();
  const first = await begin(house, "t");
  await write(house, "t", first, { topic: "a", text: "1" });
  await write(house, "t", first, { topic: "b", text: "2" });
  let failures = 0;
  house.disk.fault = (operation, path) => {
    if (operation !== "sync" || !path.includes("/b/") || failures > 0) return undefined;
    failures += 1;
    return "EIO";
  };
  identityIn(await end(house, "t", first, true));
  await house.transactions.settled();
  expect(failures).toBe(1);
  expect([await committed(house, "a"), await committed(house, "b")]).toEqual([["1"], ["2"]]);
  expect(house.transactions.get("t")).toMatchObject({ state: "CompleteCommit" });
});

/** Asks again as clients do while the coordinator is not available. */
async function retried(ask: () => Promise<ProducerAnswer>): Promise<ProducerAnswer> {
  for (;;) {
    const answer = await ask();
    if (answer !== KAFKA_ERRORS.COORDINATOR_NOT_AVAILABLE) return answer;
    await new Promise((resolve) => void setTimeout(resolve, 2));
  }
}
