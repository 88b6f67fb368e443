/** What the guide "Use it as a test Kafka" tells programs of others to do. */
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { seededRandom, SimulatedDisk, startBroker } from "../index.ts";
import { createTopic, fetchRequest, produce, textsOf } from "../testing/test-broker.ts";
import { connectWire, type WireClient } from "../testing/wire-client.ts";
import { codecs } from "../testing/wire-codecs.ts";

async function readAll(client: WireClient): Promise<string[]> {
  const { responses } = await client.send(codecs.fetch, 11, fetchRequest("orders", 0));
  return textsOf(responses[0]?.partitions[0]?.records);
}

test("a broker in memory keeps through a power cut what acks=all was answered for, and is opened again", async () => {
  const disk = new SimulatedDisk();
  const directory = join(tmpdir(), `kaelix-in-memory-${process.pid}`);
  const broker = await startBroker({ directory, disk, listeners: [{ port: 0 }] });
  const client = await connectWire(broker.address());
  await createTopic(client, "orders");
  expect(await produce(client, "orders", ["kept"], -1)).toMatchObject({ errorCode: 0, baseOffset: 0 });
  const cut = disk.cut(seededRandom(7));
  await broker.close();
  const again = await startBroker({ directory, disk: cut, listeners: [{ port: 0 }] });
  const reader = await connectWire(again.address());
  expect(await readAll(reader)).toEqual(["kept"]);
  expect(existsSync(directory)).toBe(false);
  reader.close();
  client.close();
  await again.close();
});
