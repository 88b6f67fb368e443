import { randomBytes } from "node:crypto";

import { decodeText, encodeText } from "@kaelix/base";
import { Admin } from "@platformatic/kafka";
import { afterAll, beforeAll, expect, test } from "vitest";

import { readRunning } from "../../../tools/services/service.ts";
import { serviceOf, startService } from "../../../tools/services/table.ts";
import { openKafkaLog } from "./kafka-log.ts";
import { parseKafkaUrl } from "./kafka-log-url.ts";
import type { Log } from "./log.ts";

const prefix = `failover-${randomBytes(6).toString("hex")}.`;
const WRITERS = 4;
let bootstrap = "";
let log: Log;

beforeAll(async () => {
  bootstrap = (await startService("kafka3"))["KAFKA3_BOOTSTRAP"] ?? "";
  const parsed = parseKafkaUrl(`kafka://${bootstrap}/${prefix}?replicas=3&minInsync=2`);
  if (parsed.type === "invalid") throw new Error(parsed.must);
  log = await openKafkaLog({ place: parsed.place });
});

afterAll(async () => {
  await log.close();
  // One of its nodes is dead.
  await serviceOf("kafka3")?.stop();
});

/** Kills the node that leads the topic's one partition. */
async function killLeader(topic: string): Promise<void> {
  const admin = new Admin({ clientId: "tests", bootstrapBrokers: bootstrap.split(",") });
  const metadata = await admin.metadata({ topics: [topic] });
  const leader = metadata.topics.get(topic)?.partitions[0]?.leader ?? 0;
  await admin.close();
  const running = await readRunning(`kafka3/${leader}`);
  if (running === undefined) throw new Error(`Node ${leader} does not run`);
  process.kill(running.pid, "SIGKILL");
}

test("when the leader is killed, appends and a subscriber go on; what was acknowledged is there once, in its place", async () => {
  await log.createTopic({ name: "t", partitions: 1 });
  const acknowledged = new Map<string, number>();
  let refused = 0;
  let isKilled = false;
  let sinceKilled = 0;
  const seen: string[] = [];
  const ending = new AbortController();
  const subscriber = (async () => {
    for await (const batch of log.subscribe("t", 0, 0, { signal: ending.signal })) {
      for (const { offset, value } of batch.records) seen[offset] = decodeText(value ?? new Uint8Array());
    }
  })();
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let at = 0; sinceKilled < 300; at += 1) {
      const name = `${writer}/${at}`;
      try {
        const { baseOffset } = await log.append("t", 0, [{ key: null, value: encodeText(name) }], {
          acknowledge: "durable",
        });
        acknowledged.set(name, baseOffset);
        if (isKilled) sinceKilled += 1;
      } catch {
        refused += 1;
      }
    }
  });
  while (acknowledged.size < 200) await new Promise((resolve) => setTimeout(resolve, 10));
  await killLeader(`${prefix}t`);
  isKilled = true;
  await Promise.all(writers);
  const { endOffset } = await log.bounds("t", 0);
  while (seen.length < endOffset) await new Promise((resolve) => setTimeout(resolve, 10));
  ending.abort();
  await subscriber;
  expect(acknowledged.size).toBeGreaterThanOrEqual(500);
  for (const [name, offset] of acknowledged) expect(seen[offset]).toBe(name);
  // Dense, and nothing twice: what was refused may be there, once.
  expect(Object.keys(seen)).toHaveLength(endOffset);
  expect(new Set(seen).size).toBe(endOffset);
  expect(endOffset).toBeLessThanOrEqual(acknowledged.size + refused);
});
