import { ManualClock } from "@kaelix/base";
import { beforeEach, describe, expect, it } from "vitest";

import { SimulatedDisk } from "../storage/simulated-disk.ts";
import { openStorage } from "../storage/storage.ts";
import { openClusterStore } from "./cluster-store.ts";
import { type QuotaEntity, type QuotaKey, Quotas } from "./quotas.ts";

const COUNT = 100;
let clock: ManualClock;
let quotas: Quotas;

beforeEach(async () => {
  clock = new ManualClock();
  const storage = await openStorage({ directory: "/quotas", disk: new SimulatedDisk(), clock });
  quotas = new Quotas(await openClusterStore(storage, clock), clock);
});

function limit(
  entity: QuotaEntity,
  perSecond: number | undefined,
  key: QuotaKey = "producer_byte_rate",
): Promise<void> {
  return quotas.alter(entity, new Map([[key, perSecond]]));
}

/** How long COUNT at once are too much for, at a rate: two seconds' worth are let through. */
function waitMs(perSecond: number): number {
  return Math.ceil(((COUNT - 2 * perSecond) / perSecond) * 1000);
}

describe("Quotas", () => {
  it("count by the most special entity that has a limit, in Kafka's order", async () => {
    const fromLeastSpecial: readonly QuotaEntity[] = [
      { clientId: null },
      { clientId: "app" },
      { user: null },
      { user: null, clientId: null },
      { user: null, clientId: "app" },
      { user: "anna" },
      { user: "anna", clientId: null },
      { user: "anna", clientId: "app" },
    ];
    for (const [index, entity] of fromLeastSpecial.entries()) {
      await limit(entity, 10 + index);
      const subject = { user: "anna", clientId: "app" };
      expect(quotas.charge("producer_byte_rate", subject, COUNT), JSON.stringify(entity)).toBe(waitMs(10 + index));
      expect(quotas.charge("consumer_byte_rate", subject, COUNT)).toBe(0);
    }
    for (const [index, entity] of fromLeastSpecial.toReversed().entries()) {
      await limit(entity, undefined);
      const left = fromLeastSpecial.length - 2 - index;
      const wait = quotas.charge("producer_byte_rate", { user: "anna", clientId: "app" }, COUNT);
      expect(wait).toBe(left < 0 ? 0 : waitMs(10 + left));
    }
    expect(quotas.active).toBe(false);
  });

  it("of a user are one for all of their programs; what is for everybody is everybody's own", async () => {
    await limit({ user: "anna" }, 50);
    await limit({ user: null }, 50);
    const charge = (user: string, clientId: string): number =>
      quotas.charge("producer_byte_rate", { user, clientId }, COUNT);
    expect(charge("anna", "one")).toBe(0);
    expect(charge("anna", "two")).toBe(2000);
    expect(charge("ben", "one")).toBe(0);
    expect(charge("cid", "one")).toBe(0);
    expect(charge("cid", "one")).toBe(2000);
  });

  it("come back with time, and what is owed is bounded", async () => {
    await limit({ user: "anna" }, 10);
    const charge = (count: number): number =>
      quotas.charge("producer_byte_rate", { user: "anna", clientId: "" }, count);
    expect(charge(30)).toBe(1000);
    clock.advance(1000);
    expect(charge(0)).toBe(0);
    expect(charge(1)).toBe(100);
    expect(charge(1_000_000)).toBe(30_000);
    clock.advance(32_000);
    expect(charge(20)).toBe(0);
  });

  it("are each for a thing of its own: percent of a thread's time, changes, connections of an address", async () => {
    await limit({ user: "anna" }, 5, "request_percentage");
    await limit({ user: "anna" }, 2, "controller_mutation_rate");
    await limit({ ip: "127.0.0.1" }, 1, "connection_creation_rate");
    await limit({ ip: null }, 2, "connection_creation_rate");
    const subject = { user: "anna", clientId: "" };
    // Five percent of a second are 50 ms.
    expect(quotas.charge("request_percentage", subject, 150)).toBe(1000);
    expect(quotas.charge("controller_mutation_rate", subject, 6)).toBe(1000);
    const connect = (ip: string): number[] => [1, 2, 3, 4, 5].map(() => quotas.chargeConnection(ip));
    expect(connect("127.0.0.1")).toEqual([0, 0, 1000, 2000, 3000]);
    expect(connect("10.0.0.1")).toEqual([0, 0, 0, 0, 500]);
    expect(connect("10.0.0.2")).toEqual([0, 0, 0, 0, 500]);
  });
});
