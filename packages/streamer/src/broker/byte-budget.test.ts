import { setImmediate } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { ByteBudget } from "./byte-budget.ts";

describe("ByteBudget", () => {
  it("wakes who waits when there is room, oldest first, a few at a time", async () => {
    const budget = new ByteBudget(100);
    budget.take(100);
    const woken: number[] = [];
    for (let at = 0; at < 40; at += 1) {
      budget.whenFree(() => {
        woken.push(at);
        if (at === 20) budget.take(100);
      });
    }
    await setImmediate();
    expect(woken).toEqual([]);
    budget.give(1);
    expect(woken).toEqual([]);
    await setImmediate();
    expect(woken).toHaveLength(16);
    await setImmediate();
    // The one that took everything ends it.
    await setImmediate();
    expect(woken).toEqual(Array.from({ length: 32 }, (_, at) => at));
    budget.give(100);
    await setImmediate();
    expect(woken).toHaveLength(40);
    expect(budget.contended).toBe(false);
  });

  it("favours one at a time, and wakes another when the favour ends", async () => {
    const budget = new ByteBudget(100);
    budget.take(200);
    const [one, two] = [{}, {}];
    expect(budget.favours(one)).toBe(true);
    expect(budget.favours(two)).toBe(false);
    let woken = false;
    budget.whenFree(() => (woken = true));
    budget.endFavour(two);
    await setImmediate();
    expect(woken).toBe(false);
    budget.endFavour(one);
    await setImmediate();
    expect(woken).toBe(true);
    expect(budget.favours(two)).toBe(true);
  });

  it("forgets who leaves the queue", async () => {
    const budget = new ByteBudget(100);
    budget.take(100);
    let woken = false;
    budget.whenFree(() => (woken = true))();
    budget.give(100);
    await setImmediate();
    expect(woken).toBe(false);
  });
});
