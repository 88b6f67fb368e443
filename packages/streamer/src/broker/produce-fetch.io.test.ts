import { subscribe, unsubscribe } from "node:diagnostics_channel";

import { encodeText } from "@kaelix/base";
import { encodeRecordBatch } from "@kaelix/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  batchOf,
  createTopic,
  fetchRequest,
  produce,
  produceRequest,
  startTestBroker,
  type TestBroker,
  textsOf,
} from "../testing/test-broker.ts";
import type { WireClient } from "../testing/wire-client.ts";
import { codecs } from "../testing/wire-codecs.ts";

let test: TestBroker;
let client: WireClient;

beforeAll(async () => {
  test = await startTestBroker();
  client = await test.connect();
});
afterAll(() => test.close());

async function topicId(name: string): Promise<string> {
  const { topics } = await client.send(codecs.metadata, 12, { topics: [{ name }] });
  return topics[0]?.topicId ?? "";
}

async function produced(topic: string, records: Uint8Array, version = 9): Promise<number | undefined> {
  const response = await client.send(codecs.produce, version, produceRequest(topic, records));
  return response.responses[0]?.partitionResponses[0]?.errorCode;
}

describe("Produce and Fetch", () => {
  it("serve every version", async () => {
    await createTopic(client, "versions");
    const id = await topicId("versions");
    let next = 0;
    for (let version = 3; version <= 13; version += 1) {
      const [topic] = produceRequest("versions", batchOf([`p${version}`])).topicData ?? [];
      const topicData = [{ ...topic, topicId: id }];
      const { responses } = await client.send(codecs.produce, version, { acks: -1, timeoutMs: 1000, topicData });
      expect(responses[0]?.partitionResponses[0]).toMatchObject({ errorCode: 0, baseOffset: next });
      next += 1;
    }
    for (let version = 4; version <= 18; version += 1) {
      const request = fetchRequest("versions", 3);
      const topics = request.topics?.map((topic) => ({ ...topic, topicId: id }));
      const response = await client.send(codecs.fetch, version, { ...request, topics, sessionEpoch: 0 });
      const [topic] = response.responses;
      expect(version >= 13 ? topic?.topicId : topic?.topic).toBe(version >= 13 ? id : "versions");
      expect(topic?.partitions[0]).toMatchObject({ errorCode: 0, highWatermark: next, preferredReadReplica: -1 });
      expect(textsOf(topic?.partitions[0]?.records)).toEqual(Array.from({ length: 8 }, (_, at) => `p${at + 6}`));
      expect(response.sessionId).toBe(0);
    }
  });

  it("return the whole batch that holds the offset, and the first one however large", async () => {
    await createTopic(client, "whole");
    await produce(client, "whole", ["a", "b", "c"]);
    await produce(client, "whole", ["d".repeat(5000)]);
    const one = await client.send(codecs.fetch, 11, fetchRequest("whole", 1, { maxBytes: 1, partitionMaxBytes: 1 }));
    expect(textsOf(one.responses[0]?.partitions[0]?.records)).toEqual(["a", "b", "c"]);
    const big = await client.send(codecs.fetch, 11, fetchRequest("whole", 3, { maxBytes: 10, partitionMaxBytes: 10 }));
    expect(textsOf(big.responses[0]?.partitions[0]?.records)).toEqual(["d".repeat(5000)]);
  });

  it("keep the bytes of all partitions within what was asked", async () => {
    await createTopic(client, "many", {}, 3);
    const records = batchOf(["x".repeat(1000)]);
    const partitionData = [0, 1, 2].map((index) => ({ index, records: Uint8Array.from(records) }));
    await client.send(codecs.produce, 9, { acks: 1, topicData: [{ name: "many", partitionData }] });
    const partitions = [0, 1, 2].map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 1 << 20 }));
    const ask = (
      maxBytes: number,
    ): ReturnType<
      typeof client.send<object, { responses: readonly { partitions: readonly { records: Uint8Array | null }[] }[] }>
    > =>
      client.send(codecs.fetch, 11, { maxWaitMs: 0, minBytes: 1, maxBytes, topics: [{ topic: "many", partitions }] });
    const sizes = async (maxBytes: number): Promise<number[]> =>
      (await ask(maxBytes)).responses[0]?.partitions.map((one) => one.records?.length ?? 0) ?? [];
    expect(await sizes(1)).toEqual([records.length, 0, 0]);
    expect(await sizes(records.length * 2)).toEqual([records.length, records.length, 0]);
    expect(await sizes(1 << 20)).toEqual([records.length, records.length, records.length]);
  });

  it("say what is wrong with an offset, a partition, a topic, a session or an epoch", async () => {
    await createTopic(client, "wrong");
    await produce(client, "wrong", ["a"]);
    const code = async (request: object): Promise<number | undefined> => {
      const response = await client.send(codecs.fetch, 12, { ...fetchRequest("wrong", 0), ...request });
      return response.errorCode === 0 ? response.responses[0]?.partitions[0]?.errorCode : response.errorCode;
    };
    const partition = (more: object): object => ({
      topics: [{ topic: "wrong", partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 100, ...more }] }],
    });
    expect(await code(partition({ fetchOffset: 2 }))).toBe(1);
    expect(await code(partition({ fetchOffset: -1 }))).toBe(1);
    expect(await code(partition({ partition: 9 }))).toBe(3);
    expect(await code(partition({ currentLeaderEpoch: 1 }))).toBe(75);
    expect(await code({ topics: [{ topic: "nowhere", partitions: [{ partition: 0 }] }] })).toBe(3);
    expect(await code({ sessionId: 7, sessionEpoch: 1 })).toBe(70);
    const byId = await client.send(codecs.fetch, 13, {
      topics: [{ topicId: "AAAAAAAAAAAAAAAAAAAAAQ", partitions: [{ partition: 0 }] }],
    });
    expect(byId.responses[0]?.partitions[0]?.errorCode).toBe(100);
  });

  it("refuse what is no batch, too large, of an old format, of another topic's kind or without a key", async () => {
    await createTopic(client, "strict", { "max.message.bytes": "500" });
    await createTopic(client, "keyed", { "cleanup.policy": "compact" });
    const good = batchOf(["a"]);
    const changed = (at: number, value: number): Uint8Array => {
      const bytes = Uint8Array.from(good);
      bytes[at] = value;
      return bytes;
    };
    expect(await produced("strict", changed(64, 99))).toBe(2);
    expect(await produced("strict", batchOf(["x".repeat(600)]))).toBe(10);
    expect(await produced("strict", changed(16, 1))).toBe(43);
    expect(await produced("strict", new Uint8Array(0))).toBe(87);
    expect(await produced("strict", Buffer.concat([batchOf(["a"]), batchOf(["b"])]))).toBe(87);
    expect(await produced("strict", good.subarray(0, 40))).toBe(2);
    expect(await produced("strict", batchOf(["late"], Date.now() + 7_200_000))).toBe(32);
    expect(await produced("keyed", batchOf(["a"]))).toBe(87);
    expect(await produced("__consumer_offsets", batchOf(["a"]))).toBe(17);
    expect(await produced("nowhere", batchOf(["a"]))).toBe(3);
    const zstd = encodeRecordBatch([{ key: null, value: encodeText("a"), timestampMs: Date.now() }], {
      compression: "zstd",
    });
    expect(await produced("strict", zstd, 5)).toBe(76);
    expect(await produced("strict", zstd, 7)).toBe(0);
    const acks = await client.send(codecs.produce, 9, produceRequest("strict", batchOf(["a"]), 5));
    expect(acks.responses[0]?.partitionResponses[0]?.errorCode).toBe(21);
  });

  it("answer a repeated batch of an idempotent producer with its first offset, and refuse a gap", async () => {
    await createTopic(client, "idempotent");
    const batch = (baseSequence: number): Uint8Array =>
      encodeRecordBatch([{ key: null, value: encodeText("a"), timestampMs: Date.now() }], {
        producerId: 77,
        producerEpoch: 0,
        baseSequence,
      });
    const send = async (sequence: number): Promise<object | undefined> => {
      const response = await client.send(codecs.produce, 9, produceRequest("idempotent", batch(sequence)));
      const { baseOffset, errorCode } = response.responses[0]?.partitionResponses[0] ?? {};
      return { baseOffset, errorCode };
    };
    expect(await send(0)).toEqual({ baseOffset: 0, errorCode: 0 });
    expect(await send(1)).toEqual({ baseOffset: 1, errorCode: 0 });
    expect(await send(0)).toEqual({ baseOffset: 0, errorCode: 0 });
    expect(await send(5)).toMatchObject({ errorCode: 45 });
  });

  it("stamp records where the topic asks for it", async () => {
    await createTopic(client, "stamped", { "message.timestamp.type": "LogAppendTime" });
    const response = await client.send(codecs.produce, 9, produceRequest("stamped", batchOf(["a"], 1000)));
    const stampedMs = response.responses[0]?.partitionResponses[0]?.logAppendTimeMs ?? 0;
    expect(stampedMs).toBeGreaterThan(1_700_000_000_000);
    const offsets = await client.send(codecs.listOffsets, 7, {
      topics: [{ name: "stamped", partitions: [{ partitionIndex: 0, timestamp: stampedMs }] }],
    });
    expect(offsets.topics[0]?.partitions[0]).toMatchObject({ offset: 0, timestamp: stampedMs });
  });

  it("are traced and counted", async () => {
    await createTopic(client, "traced");
    const seen: unknown[] = [];
    const listen = (message: unknown): void => {
      // The channel's own message type is ProduceTrace or FetchTrace.
      const { baseOffset, fetchOffset, nextOffset, topic } = message as Record<string, unknown>;
      seen.push([topic, baseOffset ?? fetchOffset, nextOffset]);
    };
    subscribe("kaelix.streamer.produce", listen);
    subscribe("kaelix.streamer.fetch", listen);
    await produce(client, "traced", ["a", "b"]);
    await client.send(codecs.fetch, 11, fetchRequest("traced", 0));
    unsubscribe("kaelix.streamer.produce", listen);
    unsubscribe("kaelix.streamer.fetch", listen);
    expect(seen).toEqual([
      ["traced", 0, 2],
      ["traced", 0, 2],
    ]);
    expect(test.broker.metrics().partition("traced", 0)).toMatchObject({ messagesIn: 2, batchesIn: 1, messagesOut: 2 });
    expect(test.broker.metrics().request(0).requests).toBeGreaterThan(0);
  });
});

describe("ListOffsets", () => {
  it("finds ends, times and the largest time, also in compressed batches", async () => {
    await createTopic(client, "times");
    const at = (timestampMs: number): { key: null; value: Uint8Array; timestampMs: number } => ({
      key: null,
      value: encodeText("a"),
      timestampMs,
    });
    await produced("times", encodeRecordBatch([at(1000), at(2000), at(3000)], { compression: "gzip" }));
    await produced("times", encodeRecordBatch([at(9000), at(2500)]));
    await produced("times", encodeRecordBatch([at(4000)]));
    const ask = async (timestamp: number, version = 7): Promise<unknown> => {
      const partitions = [{ partitionIndex: 0, timestamp }];
      const { topics } = await client.send(codecs.listOffsets, version, { topics: [{ name: "times", partitions }] });
      const { errorCode, offset, timestamp: found } = topics[0]?.partitions[0] ?? {};
      return errorCode === 0 ? [offset, found] : errorCode;
    };
    expect(await ask(-1)).toEqual([6, -1]);
    expect(await ask(-2)).toEqual([0, -1]);
    expect(await ask(-3)).toEqual([3, 9000]);
    expect(await ask(0)).toEqual([0, 1000]);
    expect(await ask(1500)).toEqual([1, 2000]);
    expect(await ask(3001)).toEqual([3, 9000]);
    expect(await ask(9001)).toEqual([-1, -1]);
    expect(await ask(-3, 5)).toBe(35);
    expect(await ask(-5, 9)).toEqual([-1, -1]);
    expect(await ask(1500, 1)).toEqual([1, 2000]);
  });

  it("and OffsetForLeaderEpoch know the one epoch", async () => {
    await createTopic(client, "epoch");
    await produce(client, "epoch", ["a", "b"]);
    const ask = async (leaderEpoch: number): Promise<unknown> => {
      const partitions = [{ partition: 0, currentLeaderEpoch: 0, leaderEpoch }];
      const { topics } = await client.send(codecs.offsetForLeaderEpoch, 4, {
        topics: [{ topic: "epoch", partitions }],
      });
      return topics[0]?.partitions[0];
    };
    expect(await ask(0)).toMatchObject({ errorCode: 0, leaderEpoch: 0, endOffset: 2 });
    expect(await ask(3)).toMatchObject({ errorCode: 0, leaderEpoch: -1, endOffset: -1 });
  });
});
