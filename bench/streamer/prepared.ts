/**
 * What a broker takes from a client that costs next to nothing: the same Produce request again and again, encoded once, five under way.
 *
 * Kafka's own producer takes many times the processor time of a broker, so that a machine of few cores measures the producer.
 */
import { encodeRecordBatch, KAFKA_ERRORS } from "@kaelix/protocol";

import { produceRequest } from "../../packages/streamer/src/testing/test-broker.ts";
import { connectWire } from "../../packages/streamer/src/testing/wire-client.ts";
import { codecs } from "../../packages/streamer/src/testing/wire-codecs.ts";
import { acksOf, type Contestant, type Durability } from "./contestants.ts";

/** The last version that names its topics. */
const VERSION = 12;
/** As Kafka's producer fills a batch, and as many as it has under way, unless told otherwise. */
const BATCH_BYTES = 16_000;
const UNDER_WAY = 5;

/** Records a second that are acknowledged, after a tenth as many to warm up. */
export async function preparedThroughput(given: {
  readonly contestant: Contestant;
  readonly topic: string;
  readonly recordBytes: number;
  readonly durability: Durability;
  readonly records: number;
}): Promise<number> {
  const { contestant, durability, recordBytes, topic } = given;
  const [host = "", port] = contestant.bootstrap.split(":");
  const client = await connectWire({ host, port: Number(port) });
  try {
    const record = { key: null, value: new Uint8Array(recordBytes).fill(120), timestampMs: Date.now() };
    const records = Math.floor(BATCH_BYTES / recordBytes);
    const batch = encodeRecordBatch(Array.from({ length: records }, () => record));
    const request = produceRequest(topic, batch, acksOf(durability) === "all" ? -1 : 1);
    const answer = await client.send(codecs.produce, VERSION, request);
    const errorCode = answer.responses[0]?.partitionResponses[0]?.errorCode;
    if (errorCode !== KAFKA_ERRORS.NONE) throw new Error(`${contestant.name} refused a batch with code ${errorCode}`);
    const frame = client.frame(codecs.produce, VERSION, request);
    const send = async (requests: number): Promise<void> => {
      let left = requests;
      const sender = async (): Promise<void> => {
        for (; left > 0; left -= 1) await client.sendRaw(frame, 0);
      };
      await Promise.all(Array.from({ length: UNDER_WAY }, sender));
    };
    const requests = Math.ceil(given.records / records);
    await send(Math.ceil(requests / 10));
    const beganMs = performance.now();
    await send(requests);
    return (requests * records) / ((performance.now() - beganMs) / 1000);
  } finally {
    client.close();
  }
}
