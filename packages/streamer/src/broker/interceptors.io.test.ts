import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { decodeText } from "@kaelix/base";
import { decodeRecords, KAFKA_ERRORS, readBatchHeader } from "@kaelix/protocol";
import { afterAll, beforeAll, expect, it } from "vitest";

import type { CommitEvent, FetchEvent, Interceptor } from "../interceptors/contract.ts";
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

const seen: { fetches: FetchEvent[]; commits: CommitEvent[] } = { fetches: [], commits: [] };
let folder = "";
let test: TestBroker;
let client: WireClient;

function firstText(batch: Uint8Array): string {
  const header = readBatchHeader(batch);
  const records = header === undefined ? undefined : decodeRecords(batch, 0, header);
  const value = Array.isArray(records) ? records[0]?.value : undefined;
  return decodeText(value ?? new Uint8Array());
}

/** Refuses what is bad, replaces what is secret, and keeps a topic and a group to itself. */
const inline: Interceptor = {
  onAppend: ({ batch }) => {
    const text = firstText(batch);
    if (text === "bad") return { reject: "It is bad" };
    return text === "secret" ? { batch: batchOf(["***"]) } : undefined;
  },
  onFetch: (event) => {
    seen.fetches.push(event);
    return event.topic === "closed" ? { reject: "Closed" } : undefined;
  },
  onCommit: (event) => {
    seen.commits.push(event);
    return event.offset === 13 ? { reject: "Unlucky" } : undefined;
  },
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kaelix-intercepted-"));
  test = await startTestBroker({ interceptors: [{ name: "guard", interceptor: inline }] });
  client = await test.connect();
  for (const topic of ["open", "closed", "slow"]) await createTopic(client, topic);
});
afterAll(async () => {
  await test.close();
  rmSync(folder, { recursive: true, force: true });
});

async function read(topic: string): Promise<{ errorCode: number; texts: string[] }> {
  const { responses } = await client.send(codecs.fetch, 11, fetchRequest(topic, 0, { maxWaitMs: 0 }));
  const [part] = responses[0]?.partitions ?? [];
  return { errorCode: part?.errorCode ?? -1, texts: textsOf(part?.records) };
}

it("an interceptor refuses a batch with its name and sentence, and changes another; nothing refused is kept", async () => {
  expect(await produce(client, "open", ["good"], 1)).toMatchObject({ errorCode: 0, baseOffset: 0 });
  const { responses } = await client.send(codecs.produce, 9, produceRequest("open", batchOf(["bad"])));
  expect(responses[0]?.partitionResponses[0]).toMatchObject({
    errorCode: KAFKA_ERRORS.INVALID_RECORD,
    errorMessage: "guard: It is bad",
  });
  expect(await produce(client, "open", ["secret"], 1)).toMatchObject({ errorCode: 0, baseOffset: 1 });
  expect(await read("open")).toEqual({ errorCode: 0, texts: ["good", "***"] });
});

it("an interceptor keeps records from being fetched, and sees what is", async () => {
  await produce(client, "closed", ["inside"], 1);
  expect(await read("closed")).toEqual({ errorCode: KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED, texts: [] });
  seen.fetches.length = 0;
  await read("open");
  expect(seen.fetches).toMatchObject([{ topic: "open", partition: 0, offset: 0 }]);
  expect(seen.fetches[0]?.bytes).toBeGreaterThan(100);
});

it("an interceptor refuses one offset of a commit; the others are kept", async () => {
  const commit = (offset: number): { partitionIndex: number; committedOffset: number } => ({
    partitionIndex: 0,
    committedOffset: offset,
  });
  const topics = [
    { name: "open", partitions: [commit(1)] },
    { name: "closed", partitions: [commit(13)] },
  ];
  const { topics: answered } = await client.send(codecs.offsetCommit, 7, {
    groupId: "g",
    generationIdOrMemberEpoch: -1,
    memberId: "",
    topics,
  });
  expect(answered.map(({ partitions }) => partitions[0]?.errorCode)).toEqual([0, KAFKA_ERRORS.POLICY_VIOLATION]);
  expect(seen.commits).toEqual([
    { group: "g", topic: "open", partition: 0, offset: 1 },
    { group: "g", topic: "closed", partition: 0, offset: 13 },
  ]);
  const fetched = await client.send(codecs.offsetFetch, 5, { groupId: "g", topics: null });
  expect(fetched.topics).toMatchObject([{ name: "open", partitions: [{ committedOffset: 1 }] }]);
});

it("batches keep their order while an interceptor in its own process looks at them, and go on without it when it fails", async () => {
  const module = join(folder, "upper.mjs");
  writeFileSync(
    module,
    `export const interceptor = {
       onAppend: ({ batch }) => {
         const text = Buffer.from(batch).toString("latin1");
         if (text.includes("die")) process.exit(3);
         if (text.includes("no7")) return { reject: "Seven" };
       },
     };`,
  );
  await test.broker.interceptors.load({ name: "seven", module });
  const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => produce(client, "slow", [`no${at}`], 1)));
  expect(answers.map(({ errorCode }) => errorCode)).toEqual([0, 0, 0, 0, 0, 0, 0, KAFKA_ERRORS.INVALID_RECORD, 0, 0]);
  expect(await produce(client, "slow", ["die"], 1)).toMatchObject({ errorCode: 0, baseOffset: 9 });
  expect(test.broker.interceptors.list()).toMatchObject([{ name: "guard" }, { name: "seven", faults: 1 }]);
  await test.broker.interceptors.unload("seven");
  expect((await read("slow")).texts).toEqual(["no0", "no1", "no2", "no3", "no4", "no5", "no6", "no8", "no9", "die"]);
});

it("a batch that an interceptor in its own process looks at is kept as it was sent, whatever other connections send meanwhile", async () => {
  const module = join(folder, "idle.mjs");
  writeFileSync(module, "export const interceptor = { onAppend: () => undefined };");
  await test.broker.interceptors.load({ name: "idle", module });
  const clients = await Promise.all(Array.from({ length: 8 }, () => test.connect()));
  for (const at of clients.keys()) await createTopic(client, `waits-${at}`);
  const answers = await Promise.all(clients.map((one, at) => produce(one, `waits-${at}`, [`sent by ${at}`], 1)));
  await test.broker.interceptors.unload("idle");
  expect(answers.map(({ errorCode }) => errorCode)).toEqual(clients.map(() => 0));
  for (const at of clients.keys()) expect((await read(`waits-${at}`)).texts).toEqual([`sent by ${at}`]);
});
