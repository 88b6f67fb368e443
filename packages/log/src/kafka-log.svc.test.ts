import { randomBytes } from "node:crypto";

import { encodeText, isKaelixError } from "@kaelix/base";
import { Admin } from "@platformatic/kafka";
import { beforeAll, expect, test } from "vitest";

import { startService } from "../../../tools/services/table.ts";
import { logConformance } from "./conformance.ts";
import { openKafkaLog } from "./kafka-log.ts";
import { type KafkaPlace, parseKafkaUrl } from "./kafka-log-url.ts";
import type { Log } from "./log.ts";

let bootstrap = "";
beforeAll(async () => {
  bootstrap = (await startService("kafka"))["KAFKA_BOOTSTRAP"] ?? "";
});

function placeOf(prefix: string): KafkaPlace {
  const parsed = parseKafkaUrl(`kafka://${bootstrap}/${prefix}`);
  if (parsed.type === "invalid") throw new Error(parsed.must);
  return parsed.place;
}

async function removeTopics(prefix: string): Promise<void> {
  const admin = new Admin({ clientId: "tests", bootstrapBrokers: bootstrap.split(",") });
  const topics = (await admin.listTopics()).filter((name) => name.startsWith(prefix));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await admin.close();
}

logConformance("Apache Kafka", async () => {
  const prefix = `conformance-${randomBytes(6).toString("hex")}.`;
  const log = await openKafkaLog({ place: placeOf(prefix) });
  return {
    log,
    end: () => removeTopics(prefix),
    reopen: async () => {
      await log.close();
      return openKafkaLog({ place: placeOf(prefix) });
    },
  };
});

interface Fresh {
  readonly log: Log;
  readonly prefix: string;
  readonly end: () => Promise<void>;
}

async function openFresh(): Promise<Fresh> {
  const prefix = `own-${randomBytes(6).toString("hex")}.`;
  const log = await openKafkaLog({ place: placeOf(prefix) });
  const end = async (): Promise<void> => {
    await log.close();
    await removeTopics(prefix);
  };
  return { log, prefix, end };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  return isKaelixError(error) ? error.code : `not ours: ${String(error)}`;
}

test("topics of others and other houses are not seen, and nothing of ours expires by a cluster's default", async () => {
  const [one, other] = [await openFresh(), await openFresh()];
  await one.log.createTopic({ name: "t", partitions: 1 });
  await other.log.createTopic({ name: "u", partitions: 1, compacted: true, retentionMs: 60_000 });
  expect(await one.log.topics()).toEqual([
    { name: "t", partitions: 1, compacted: false, bounds: [{ startOffset: 0, endOffset: 0, durableOffset: 0 }] },
  ]);
  expect(await other.log.topics()).toMatchObject([{ name: "u", compacted: true, retentionMs: 60_000 }]);
  await one.end();
  await other.end();
});

test("records as large as the embedded log takes are taken, larger ones refused", async () => {
  const { end, log } = await openFresh();
  await log.createTopic({ name: "t", partitions: 1 });
  const appendBytes = (bytes: number): Promise<{ readonly baseOffset: number }> =>
    log.append("t", 0, [{ key: null, value: new Uint8Array(bytes) }], { acknowledge: "durable" });
  const big = 31 * 2 ** 20;
  expect((await appendBytes(big)).baseOffset).toBe(0);
  expect(await codeOf(appendBytes(33 * 2 ** 20))).toBe("log-record-too-large");
  expect((await log.read("t", 0, 0)).records[0]?.value?.length).toBe(big);
  expect((await appendBytes(1)).baseOffset).toBe(1);
  await end();
});

test("a record that is too large takes no other down that would have gone out with it", async () => {
  const { end, log, prefix } = await openFresh();
  const admin = new Admin({ clientId: "tests", bootstrapBrokers: bootstrap.split(",") });
  const configs = [{ name: "max.message.bytes", value: "2000" }];
  await admin.createTopics({ topics: [`${prefix}t`], partitions: 1, replicas: 1, configs });
  await admin.close();
  await log.createTopic({ name: "t", partitions: 1 });
  const outcomes = await Promise.allSettled(
    [10, 20, 5000, 30].map((bytes) =>
      log.append("t", 0, [{ key: null, value: new Uint8Array(bytes) }], { acknowledge: "durable" }),
    ),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  expect(outcomes[2]).toMatchObject({ reason: { code: "log-record-too-large" } });
  expect((await log.read("t", 0, 0)).records.map(({ value }) => value?.length)).toEqual([10, 20, 30]);
  await end();
});

test("a compacted topic refuses a record without a key by the log's own code", async () => {
  const { end, log } = await openFresh();
  await log.createTopic({ name: "t", partitions: 1, compacted: true });
  const append = log.append("t", 0, [{ key: null, value: encodeText("x") }], { acknowledge: "durable" });
  expect(await codeOf(append)).toBe("log-batch-invalid");
  await end();
});

test("a cluster that is not there is unreachable, and says where it was sought", async () => {
  const parsed = parseKafkaUrl("kafka://ann:hunter2@127.0.0.1:1/x.");
  if (parsed.type === "invalid") throw new Error(parsed.must);
  const error: unknown = await openKafkaLog({ place: parsed.place }).catch((failure: unknown) => failure);
  expect(isKaelixError(error, "log-unreachable")).toBe(true);
  expect(String(error)).toContain("127.0.0.1:1");
  expect(String(error)).not.toContain("hunter2");
});
