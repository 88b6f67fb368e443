import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  createTopic,
  fetchRequest,
  produce,
  startTestBroker,
  type TestBroker,
  textsOf,
} from "../testing/test-broker.ts";
import type { WireClient } from "../testing/wire-client.ts";
import { codecs } from "../testing/wire-codecs.ts";

const RECORD_CHARACTERS = 900_000;
const RECORDS = 12;

let test: TestBroker;

beforeAll(async () => {
  test = await startTestBroker({ config: { "message.max.bytes": "2000000" } });
  const client = await test.connect();
  await createTopic(client, "large");
  for (let at = 0; at < RECORDS; at += 1) await produce(client, "large", [textAt(at)], 1);
});
afterAll(() => test.close());

/** Every place of it tells which record it is. */
function textAt(at: number): string {
  return String.fromCodePoint(97 + at).repeat(RECORD_CHARACTERS);
}

async function fetchAt(client: WireClient, at: number): Promise<string | undefined> {
  const response = await client.send(codecs.fetch, 11, fetchRequest("large", at));
  return textsOf(response.responses[0]?.partitions[0]?.records)[0];
}

describe("What is read for a client that does not take it yet", () => {
  it("is not written over by what others read meanwhile", async () => {
    const slow = await test.connect();
    const quick = await test.connect();
    slow.socket.pause();
    const late = Array.from({ length: 8 }, (_, at) => fetchAt(slow, at));
    while (test.broker.metrics().bytesInFlight < RECORD_CHARACTERS)
      await new Promise((resolve) => setImmediate(resolve));
    for (let round = 0; round < 3; round += 1)
      for (let at = 8; at < RECORDS; at += 1) expect((await fetchAt(quick, at)) === textAt(at)).toBe(true);
    slow.socket.resume();
    const texts = await Promise.all(late);
    expect(texts.map((text, at) => text === textAt(at))).toEqual(late.map(() => true));
  });

  it("is left alone when the client goes away in the middle", async () => {
    const gone = await test.connect();
    const quick = await test.connect();
    gone.socket.pause();
    const never = Array.from({ length: 8 }, (_, at) => fetchAt(gone, at).catch(() => "gone"));
    while (test.broker.metrics().bytesInFlight < RECORD_CHARACTERS)
      await new Promise((resolve) => setImmediate(resolve));
    const reads = Array.from({ length: RECORDS }, (_, at) => fetchAt(quick, at));
    gone.close();
    expect((await Promise.all(reads)).map((text, at) => text === textAt(at))).toEqual(reads.map(() => true));
    expect(await Promise.all(never)).toEqual(never.map(() => "gone"));
  });
});
