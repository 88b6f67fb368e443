import { describe, expect, test } from "vitest";

import { FairSchedule, PRIORITIES } from "./fair-schedule.ts";

/** Serves for some turns; every served stream has more work. Returns turns per slot. */
function serve(schedule: FairSchedule, turns: number, bytes: (slot: number) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let turn = 0; turn < turns; turn += 1) {
    const next = schedule.next();
    if (next === undefined) break;
    counts.set(next.slot, (counts.get(next.slot) ?? 0) + 1);
    schedule.spent(next.priority, bytes(next.slot));
    schedule.add(next.slot, next.priority);
  }
  return counts;
}

describe("FairSchedule", () => {
  test("serves streams of one priority in turn", () => {
    const schedule = new FairSchedule(100);
    for (const slot of [5, 6, 7]) schedule.add(slot, 3);
    const served = [1, 2, 3, 4].map(() => {
      const next = schedule.next();
      schedule.spent(3, 100);
      if (next !== undefined) schedule.add(next.slot, 3);
      return next?.slot;
    });
    expect(served).toEqual([5, 6, 7, 5]);
  });

  test("gives a higher priority more bytes, in the ratio of the weights", () => {
    const schedule = new FairSchedule(100);
    schedule.add(0, 0);
    schedule.add(7, 7);
    const counts = serve(schedule, 9000, () => 100);
    expect(counts.get(0)).toBe(8000);
    expect(counts.get(7)).toBe(1000);
  });

  test("starves nobody: every stream is served however hot and urgent the others are", () => {
    const schedule = new FairSchedule(100);
    for (let priority = 0; priority < PRIORITIES; priority += 1) schedule.add(priority, priority);
    for (let slot = 8; slot < 1000; slot += 1) schedule.add(slot, 0);
    // One stream of the first priority has records of thousand quanta.
    const counts = serve(schedule, 60_000, (slot) => (slot === 8 ? 100_000 : 100));
    for (let slot = 0; slot < 1000; slot += 1) expect(counts.get(slot) ?? 0, `slot ${slot}`).toBeGreaterThan(0);
  });

  test("a stream stands in the order once", () => {
    const schedule = new FairSchedule(100);
    schedule.add(1, 0);
    schedule.add(1, 0);
    expect(schedule.length).toBe(1);
    schedule.next();
    expect(schedule.next()).toBeUndefined();
  });

  test("keeps the order while the queue grows", () => {
    const schedule = new FairSchedule(1);
    for (let slot = 0; slot < 10; slot += 1) schedule.add(slot, 0);
    const order: number[] = [];
    for (let slot = 10; slot < 500; slot += 1) {
      schedule.add(slot, 0);
      if (slot % 2 === 0) order.push(schedule.next()?.slot ?? -1);
    }
    while (schedule.length > 0) order.push(schedule.next()?.slot ?? -1);
    expect(order).toEqual(Array.from({ length: 500 }, (_, slot) => slot));
  });
});
