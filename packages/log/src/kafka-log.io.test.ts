/** The adapter for clusters against the house's own broker, over TCP: what holds on Apache Kafka (kafka-log.svc.test.ts) holds here. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Broker, startBroker } from "@kaelix/streamer";
import { afterAll, beforeAll } from "vitest";

import { logConformance } from "./conformance.ts";
import { openKafkaLog } from "./kafka-log.ts";
import { type KafkaPlace, parseKafkaUrl } from "./kafka-log-url.ts";

const directory = mkdtempSync(join(tmpdir(), "kaelix-kafka-log-"));
let broker: Broker;
let houses = 0;

beforeAll(async () => {
  broker = await startBroker({ directory, listeners: [{ port: 0 }], config: { "auto.create.topics.enable": "false" } });
});

afterAll(async () => {
  await broker.close();
  rmSync(directory, { recursive: true, force: true });
});

function placeOf(prefix: string): KafkaPlace {
  const parsed = parseKafkaUrl(`kafka://${broker.bootstrap()}/${prefix}`);
  if (parsed.type === "invalid") throw new Error(parsed.must);
  return parsed.place;
}

logConformance("our own broker over TCP", async () => {
  houses += 1;
  const place = placeOf(`house-${houses}.`);
  const log = await openKafkaLog({ place });
  return {
    log,
    end: async () => undefined,
    reopen: async () => {
      await log.close();
      return openKafkaLog({ place });
    },
  };
});
