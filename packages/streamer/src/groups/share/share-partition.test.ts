import { KAFKA_ERRORS } from "@kaelix/protocol";
import { expect, test } from "vitest";

import { type AcquiredRange, type Acquisition, type OfferedBatch, SharePartition } from "./share-partition.ts";
import type { ShareState } from "./share-state.ts";

const LIMIT = 5;
const NOTHING: ShareState = { startOffset: 0, batches: [] };

function acquisition(more: Partial<Acquisition> = {}): Acquisition {
  const defaults = { memberId: "ann", recordsMax: 500, batchSize: 500, isStrict: false };
  return { ...defaults, recordLocksMax: 2000, deliveryCountMax: LIMIT, lockEndsMs: 30_000, ...more };
}

/** Acquires what there is from where the partition says to read, out of batches of the log. */
function acquire(partition: SharePartition, batches: readonly OfferedBatch[], more: Partial<Acquisition> = {}): string {
  const wish = acquisition(more);
  const from = partition.fetchOffset(wish.recordLocksMax);
  if (from === undefined) return "full";
  const to = (batches.at(-1)?.last ?? -1) + 1;
  return print(
    partition.acquire(
      {
        from,
        to,
        batches: batches.filter(({ last }) => last >= from),
      },
      wish,
    ),
  );
}

function print(ranges: readonly AcquiredRange[]): string {
  return ranges.map(({ deliveryCount, first, last }) => `${first}-${last} x${deliveryCount}`).join(", ");
}

function batch(first: number, last: number, isShown = true): OfferedBatch {
  return { first, last, isShown };
}

function say(
  partition: SharePartition,
  [first, last]: readonly [number, number],
  types: readonly number[],
  memberId = "ann",
): number {
  const batches = [{ firstOffset: first, lastOffset: last, acknowledgeTypes: types }];
  return partition.acknowledge({ memberId, batches, deliveryCountMax: LIMIT, lockEndsMs: 60_000 });
}

function show(partition: SharePartition): string {
  const { batches, startOffset } = partition.state(Infinity);
  const rows = batches.map(({ deliveryCount, first, last, state }) => `${first}-${last} ${state} x${deliveryCount}`);
  return [`from ${startOffset}`, ...rows].join(", ");
}

test("SharePartition gives whole batches, and the next member what follows", () => {
  const partition = new SharePartition(NOTHING);
  const log = [batch(0, 9), batch(10, 19), batch(20, 29)];
  expect(acquire(partition, log, { recordsMax: 15 })).toBe("0-19 x1");
  expect(acquire(partition, log, { memberId: "bob" })).toBe("20-29 x1");
  expect(acquire(partition, log)).toBe("");
});

test("SharePartition gives exactly as many as asked for where that is asked", () => {
  const partition = new SharePartition(NOTHING);
  const log = [batch(0, 9), batch(10, 19)];
  expect(acquire(partition, log, { recordsMax: 3, isStrict: true })).toBe("0-2 x1");
  expect(acquire(partition, log, { recordsMax: 12, isStrict: true })).toBe("3-14 x1");
});

test("SharePartition parts what it gives at batches above the size of a range", () => {
  const partition = new SharePartition(NOTHING);
  expect(acquire(partition, [batch(0, 3), batch(4, 7), batch(8, 11)], { batchSize: 8 })).toBe("0-7 x1, 8-11 x1");
});

test("SharePartition moves its start over what is accepted and rejected, and gives again what is released", () => {
  const partition = new SharePartition(NOTHING);
  const log = [batch(0, 9)];
  acquire(partition, log);
  expect(say(partition, [0, 4], [1, 3, 2, 1, 1])).toBe(KAFKA_ERRORS.NONE);
  expect(partition.startOffset).toBe(2);
  expect(acquire(partition, log, { memberId: "bob" })).toBe("2-2 x2");
  expect(say(partition, [2, 2], [1], "bob")).toBe(KAFKA_ERRORS.NONE);
  expect(show(partition)).toBe("from 5");
});

test("SharePartition gives a record up after its last delivery", () => {
  const partition = new SharePartition(NOTHING);
  for (let count = 1; count <= LIMIT; count += 1) {
    expect(acquire(partition, [batch(0, 0)])).toBe(`0-0 x${count}`);
    say(partition, [0, 0], [2]);
  }
  expect(acquire(partition, [batch(0, 0)])).toBe("");
  expect(partition.startOffset).toBe(1);
});

test("SharePartition takes all acknowledgements of a request or none", () => {
  const partition = new SharePartition(NOTHING);
  acquire(partition, [batch(0, 9)]);
  acquire(partition, [batch(0, 9), batch(10, 19)], { memberId: "bob" });
  expect(say(partition, [5, 14], [1])).toBe(KAFKA_ERRORS.INVALID_RECORD_STATE);
  expect(say(partition, [0, 4], [1], "bob")).toBe(KAFKA_ERRORS.INVALID_RECORD_STATE);
  expect(say(partition, [15, 25], [1], "bob")).toBe(KAFKA_ERRORS.INVALID_REQUEST);
  expect(partition.acquiredCount).toBe(20);
  say(partition, [0, 4], [1]);
  // Again, when it is done.
  expect(say(partition, [0, 4], [1])).toBe(KAFKA_ERRORS.NONE);
  expect(partition.startOffset).toBe(5);
});

test("SharePartition gives what fails often with less and less of its batch, and the last time alone", () => {
  const partition = new SharePartition(NOTHING);
  const log = [batch(0, 10), batch(11, 12)];
  const given: string[] = [];
  for (let got = acquire(partition, log); got !== ""; got = acquire(partition, log)) {
    given.push(got);
    partition.releaseMember("ann", LIMIT);
  }
  const ones = (first: number, last: number): string[] =>
    Array.from({ length: last - first + 1 }, (_, index) => `${first + index}-${first + index} x5`);
  expect(given).toEqual([
    "0-12 x1",
    "0-12 x2",
    "0-12 x3",
    "0-4 x4",
    ...ones(0, 4),
    "5-9 x4",
    ...ones(5, 9),
    "10-10 x4",
    ...ones(10, 10),
    "11-11 x4",
    ...ones(11, 11),
    "12-12 x4",
    ...ones(12, 12),
  ]);
});

test("SharePartition parts no batch where records are delivered twice at most", () => {
  const partition = new SharePartition(NOTHING);
  for (const count of [1, 2]) {
    expect(acquire(partition, [batch(0, 3)], { deliveryCountMax: 2 })).toBe(`0-3 x${count}`);
    partition.releaseMember("ann", 2);
  }
  expect(partition.startOffset).toBe(4);
});

test("SharePartition takes back what is held too long, and lets locks be renewed", () => {
  const partition = new SharePartition(NOTHING);
  acquire(partition, [batch(0, 9)]);
  expect(partition.nextLockEndMs()).toBe(30_000);
  say(partition, [0, 1], [4]);
  expect(partition.releaseOverdue(29_999, LIMIT)).toBe(false);
  expect(partition.releaseOverdue(30_000, LIMIT)).toBe(true);
  expect(partition.nextLockEndMs()).toBe(60_000);
  expect(acquire(partition, [batch(0, 9)], { memberId: "bob" })).toBe("2-9 x2");
  expect(say(partition, [2, 2], [1])).toBe(KAFKA_ERRORS.INVALID_RECORD_STATE);
  expect(say(partition, [0, 1], [1])).toBe(KAFKA_ERRORS.NONE);
});

test("SharePartition takes back what a member holds, and nothing of others", () => {
  const partition = new SharePartition(NOTHING);
  acquire(partition, [batch(0, 4)]);
  acquire(partition, [batch(0, 4), batch(5, 9)], { memberId: "bob" });
  expect(partition.releaseMember("ann", LIMIT)).toBe(true);
  expect(partition.releaseMember("ann", LIMIT)).toBe(false);
  expect(show(partition)).toBe("from 0, 0-4 available x1");
  expect(partition.acquiredCount).toBe(5);
});

test("SharePartition gives no more than may be in flight, until something is done or given back", () => {
  const partition = new SharePartition(NOTHING);
  const log = [batch(0, 99), batch(100, 199)];
  expect(acquire(partition, log, { recordLocksMax: 100, recordsMax: 1000, isStrict: true })).toBe("0-99 x1");
  expect(acquire(partition, log, { recordLocksMax: 100 })).toBe("full");
  say(partition, [10, 19], [1]);
  expect(acquire(partition, log, { recordLocksMax: 100, isStrict: true })).toBe("100-109 x1");
  say(partition, [20, 20], [2]);
  expect(acquire(partition, log, { recordLocksMax: 100 })).toBe("20-20 x2");
});

test("SharePartition is done with markers, aborted batches and gaps", () => {
  const partition = new SharePartition(NOTHING);
  const log = [batch(2, 4), batch(5, 5, false), batch(6, 7, false), batch(9, 9)];
  expect(acquire(partition, log)).toBe("2-4 x1, 9-9 x1");
  expect(partition.startOffset).toBe(2);
  say(partition, [2, 4], [1]);
  expect(partition.startOffset).toBe(9);
  const only = new SharePartition(NOTHING);
  expect(acquire(only, [batch(0, 0, false)])).toBe("");
  expect(only.startOffset).toBe(1);
});

test("SharePartition follows a log that begins later or ends earlier", () => {
  const partition = new SharePartition(NOTHING);
  acquire(partition, [batch(0, 9), batch(10, 19)]);
  expect(partition.logStartsAt(5)).toBe(true);
  expect(say(partition, [0, 6], [1])).toBe(KAFKA_ERRORS.NONE);
  expect(partition.startOffset).toBe(7);
  expect(partition.logEndsAt(15)).toBe(true);
  expect(partition.nextOffset).toBe(15);
  expect(partition.logStartsAt(30)).toBe(true);
  expect([partition.startOffset, partition.nextOffset]).toEqual([30, 30]);
});

test("SharePartition writes what changed and no more, and nothing of what may yet disappear", () => {
  const partition = new SharePartition(NOTHING);
  acquire(partition, [batch(0, 9)]);
  expect(partition.takeChange(Infinity)).toBeUndefined();
  say(partition, [3, 8], [1, 1, 1, 1, 1, 2]);
  expect(partition.takeChange(6)).toEqual({
    startOffset: 0,
    batches: [{ first: 3, last: 5, state: "acknowledged", deliveryCount: 1 }],
  });
  expect(partition.takeChange(6)).toBeUndefined();
  expect(partition.takeChange(10)).toEqual({
    startOffset: 0,
    batches: [
      { first: 6, last: 7, state: "acknowledged", deliveryCount: 1 },
      { first: 8, last: 8, state: "available", deliveryCount: 1 },
    ],
  });
  say(partition, [0, 2], [1]);
  expect(partition.takeChange(10)).toEqual({ startOffset: 8, batches: [] });
});
