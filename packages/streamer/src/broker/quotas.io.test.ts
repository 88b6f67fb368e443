/** Quotas of who is known by name, as clients meet them. Only that a wait is not shorter is asserted: machines are busy. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import {
  batchOf,
  createTopic,
  fetchRequest,
  produce,
  produceRequest,
  startTestBroker,
  type TestBroker,
} from "../testing/test-broker.ts";
import type { WireClient } from "../testing/wire-client.ts";
import { codecs } from "../testing/wire-codecs.ts";

let test: TestBroker;
let client: WireClient;

beforeEach(async () => {
  const principal = { type: "User", name: "anna" };
  test = await startTestBroker({
    listeners: [{ port: 0, authenticator: { open: () => ({ principal: () => principal }) } }],
  });
  client = await test.connect();
  for (const name of ["limited", "empty"]) await createTopic(client, name);
});
afterEach(() => test.close());

async function limit(entityType: string, entityName: string, values: Readonly<Record<string, number>>): Promise<void> {
  const ops = Object.entries(values).map(([key, value]) => ({ key, value, remove: false }));
  const entries = [{ entity: [{ entityType, entityName }], ops }];
  const answer = await client.send(codecs.alterClientQuotas, 1, { entries });
  expect(answer.entries[0]?.errorCode).toBe(0);
}

/** Asks for something small; how long that took, ms. */
async function ask(asking: WireClient, sinceMs = performance.now()): Promise<number> {
  await asking.send(codecs.metadata, 9, { topics: [] });
  return performance.now() - sinceMs;
}

describe("quotas of a user", () => {
  it("hold what is fetched, over all connections and whatever the programs are called", async () => {
    await produce(client, "limited", ["x".repeat(3000)]);
    await limit("user", "anna", { consumer_byte_rate: 2500 });
    const fetch = async (from: WireClient): Promise<number> =>
      (await from.send(codecs.fetch, 12, fetchRequest("limited", 0))).throttleTimeMs;
    expect(await fetch(client)).toBe(0);
    const other = await test.connect();
    other.clientId = "another program";
    const sinceMs = performance.now();
    const throttleMs = await fetch(other);
    expect(throttleMs).toBeGreaterThan(100);
    expect(await ask(other, sinceMs)).toBeGreaterThanOrEqual(throttleMs - 20);
    const ben = await client.send(codecs.describeClientQuotas, 1, {
      components: [{ entityType: "user", matchType: 0, match: "anna" }],
      strict: false,
    });
    expect(ben.entries).toMatchObject([{ values: [{ key: "consumer_byte_rate", value: 2500 }] }]);
  });

  it("hold topics that are made and deleted", async () => {
    await limit("user", "anna", { controller_mutation_rate: 2 });
    const create = async (name: string): Promise<number> => {
      const topics = [{ name, numPartitions: 3, replicationFactor: 1 }];
      return (await client.send(codecs.createTopics, 7, { topics, timeoutMs: 5000 })).throttleTimeMs;
    };
    expect(await create("three")).toBe(0);
    const sinceMs = performance.now();
    const throttleMs = await create("six");
    expect(throttleMs).toBeGreaterThan(500);
    expect(await ask(client, sinceMs)).toBeGreaterThanOrEqual(throttleMs - 20);
  });

  it.each([
    ["metadata", (one: WireClient) => one.send(codecs.metadata, 9, { topics: null })],
    ["produce", (one: WireClient) => one.send(codecs.produce, 9, produceRequest("limited", batchOf(["x"])))],
    ["fetch", (one: WireClient) => one.send(codecs.fetch, 12, fetchRequest("limited", 0))],
  ])("hold what requests cost in time, also of those that wait in between: %s", async (name, send) => {
    await produce(client, "limited", ["x"]);
    // A hundredth of a millisecond a second.
    await limit("client-id", name, { request_percentage: 0.001 });
    const timed = await test.connect();
    timed.clientId = name;
    expect((await send(timed)).throttleTimeMs).toBeGreaterThan(0);
  });

  it("do not hold for what only waits", async () => {
    await limit("user", "anna", { request_percentage: 50 });
    const waiting = fetchRequest("empty", 0, { maxWaitMs: 1500 });
    expect((await client.send(codecs.fetch, 12, waiting)).throttleTimeMs).toBe(0);
  });

  it("hold connections of an address", async () => {
    await limit("ip", "127.0.0.1", { connection_creation_rate: 2 });
    const sinceMs = performance.now();
    const many = await Promise.all([1, 2, 3, 4, 5].map(() => test.connect()));
    await Promise.all(many.map((one) => ask(one)));
    // Four are let through at once, the fifth waits for half a second.
    expect(performance.now() - sinceMs).toBeGreaterThanOrEqual(450);
  });

  it("hold for the longest of the times a client was told", async () => {
    await produce(client, "limited", ["x"]);
    await limit("user", "anna", { producer_byte_rate: 1000, consumer_byte_rate: 25 });
    const sinceMs = performance.now();
    // Both are sent before either is answered, and answered in this order.
    const produced = client.send(codecs.produce, 9, produceRequest("limited", batchOf(["x".repeat(3000)])));
    const fetched = client.send(codecs.fetch, 12, fetchRequest("empty", 0));
    const [long, short] = [(await produced).throttleTimeMs, (await fetched).throttleTimeMs];
    expect(short).toBeGreaterThan(0);
    expect(short).toBeLessThan(long - 200);
    expect(await ask(client, sinceMs)).toBeGreaterThanOrEqual(long - 20);
  });
});
