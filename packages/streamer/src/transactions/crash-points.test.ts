import { seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import type { SimulatedDisk } from "../storage/simulated-disk.ts";
import { crashesDuring } from "../storage/testing.ts";
import { begin, committed, end, openHouse, reopen, type TestHouse, write } from "./testing.ts";

const TIMEOUT_MS = 60_000;

/** A house with one transaction open in three partitions. */
async function opened(): Promise<{
  readonly house: TestHouse;
  readonly finish: (commit: boolean) => Promise<unknown>;
}> {
  const house = await openHouse();
  const producer = await begin(house, "t", TIMEOUT_MS);
  await write(house, "t", producer, { topic: "a", partition: 0, text: "1" });
  await write(house, "t", producer, { topic: "a", partition: 1, text: "2" });
  await write(house, "t", producer, { topic: "b", text: "3" });
  return { house, finish: (commit) => end(house, "t", producer, commit) };
}

/** What is visible in the three partitions once everything that hangs has timed out. */
async function visibleAfter(house: TestHouse, disk: SimulatedDisk): Promise<string> {
  const again = await reopen(house, disk);
  again.transactions.tick();
  house.clock.advance(TIMEOUT_MS);
  again.transactions.tick();
  await again.transactions.settled();
  const parts = [await committed(again, "a", 0), await committed(again, "a", 1), await committed(again, "b")];
  // Nothing holds the next transaction up.
  const next = await begin(again, "t");
  expect(await write(again, "t", next, { topic: "a", text: "next" })).toBe(0);
  expect(await end(again, "t", next, true)).toMatchObject({ producerId: next.producerId });
  return parts.flat().join("");
}

test("a crash at any step of a commit leaves the transaction whole, and committed once that was answered", async () => {
  const { finish, house } = await opened();
  const seen = new Set<string>();
  const crashes = await crashesDuring(house.disk, seededRandom(1), async () => {
    await finish(true);
    await house.transactions.settled();
  });
  for (const [at, { after, step }] of crashes.entries()) {
    const visible = await visibleAfter(house, after);
    expect(["", "123"], `crash ${at} before ${step}`).toContain(visible);
    seen.add(visible);
    if (step.startsWith("the end")) expect(visible, step).toBe("123");
  }
  // Both happened, else no crash came where it matters.
  expect([...seen].sort()).toEqual(["", "123"]);
});

test("a crash at any step of an abort shows nothing of the transaction", async () => {
  const { finish, house } = await opened();
  const crashes = await crashesDuring(house.disk, seededRandom(2), async () => {
    await finish(false);
    await house.transactions.settled();
  });
  for (const { after, step } of crashes) expect(await visibleAfter(house, after), step).toBe("");
});

test("once a commit was answered every crash keeps it", async () => {
  const { finish, house } = await opened();
  await finish(true);
  const crashes = await crashesDuring(house.disk, seededRandom(3), () => house.transactions.settled());
  expect(crashes.length).toBeGreaterThan(4);
  for (const { after, step } of crashes) expect(await visibleAfter(house, after), step).toBe("123");
});
