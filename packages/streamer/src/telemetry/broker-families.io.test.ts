import { afterAll, beforeAll, expect, it } from "vitest";

import { createTopic, fetchRequest, produce, startTestBroker, type TestBroker } from "../testing/test-broker.ts";
import type { WireClient } from "../testing/wire-client.ts";
import { codecs } from "../testing/wire-codecs.ts";

let test: TestBroker;
let client: WireClient;

beforeAll(async () => {
  test = await startTestBroker({ interceptors: [{ name: "watch", interceptor: { onAppend: () => undefined } }] });
  client = await test.connect();
});
afterAll(() => test.close());

it("a broker's metrics tell requests, partitions, storage, groups with lag, interceptors and connections", async () => {
  await createTopic(client, "t");
  for (let at = 0; at < 4; at += 1) await produce(client, "t", ["a", "b", "c"], 1);
  await client.send(codecs.fetch, 11, fetchRequest("t", 0, { maxWaitMs: 0 }));
  await client.send(codecs.offsetCommit, 7, {
    groupId: "readers",
    generationIdOrMemberEpoch: -1,
    memberId: "",
    topics: [{ name: "t", partitions: [{ partitionIndex: 0, committedOffset: 5 }] }],
  });
  const text = await test.broker.prometheus();
  const line = (name: string): string | undefined => text.split("\n").find((row) => row.startsWith(`${name} `));
  expect(line('kaelix_kafka_requests_total{api="Produce"}')).toMatch(/ 4$/);
  expect(line('kaelix_kafka_request_seconds_bucket{api="Produce",le="+Inf"}')).toMatch(/ 4$/);
  expect(line('kaelix_kafka_messages_in_total{topic="t",partition="0"}')).toMatch(/ 12$/);
  expect(line('kaelix_kafka_messages_out_total{topic="t",partition="0"}')).toMatch(/ 12$/);
  expect(line('kaelix_kafka_partition_end_offset{topic="t",partition="0"}')).toMatch(/ 12$/);
  expect(line('kaelix_kafka_group_lag_messages{group="readers",topic="t",partition="0"}')).toMatch(/ 7$/);
  expect(
    Number(line('kaelix_kafka_group_lag_seconds{group="readers",topic="t",partition="0"}')?.split(" ")[1]),
  ).toBeGreaterThan(0);
  expect(line('kaelix_kafka_interceptor_calls_total{interceptor="watch"}')).toMatch(/ 4$/);
  expect(line("kaelix_kafka_connections")).toMatch(/ 1$/);
  expect(text.endsWith("\n")).toBe(true);
  // Every line is a comment or a sample of a family that was announced.
  const announced = new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
  for (const row of text.trimEnd().split("\n")) {
    if (row.startsWith("# HELP ") || row.startsWith("# TYPE ")) continue;
    const [, name = ""] =
      /^([a-z_]+)(?:\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*\})? (?:[\d.e+-]+|\+Inf|NaN)$/.exec(row) ?? [];
    expect(announced.has(name) || announced.has(name.replace(/_(?:bucket|sum|count)$/, "")), row).toBe(true);
  }
});
