/**
 * Fills a log through its leaders, says so, and goes on appending until somebody ends the process.
 *
 *     node fill.ts <directory> <bytes>
 */
import { writeSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";

import { encodeRecordBatch } from "@kaelix/protocol";
import { openLeaders, openStorage, type PartitionLeader } from "@kaelix/streamer";

import { START_PARTITIONS, START_TOPIC } from "./topic.ts";

const RECORDS = 1000;
const RECORD_BYTES = 1000;
const DURABLE_EVERY = 64;

async function main([directory, bytesText]: readonly string[]): Promise<never> {
  if (directory === undefined) throw new Error("Cannot start: directory is missing");
  const bytes = Number(bytesText);
  const storage = await openStorage({ directory });
  await storage.createTopic({ name: START_TOPIC, partitions: START_PARTITIONS });
  const leaders = openLeaders(storage);
  const led: PartitionLeader[] = [];
  for (let at = 0; at < START_PARTITIONS; at += 1) {
    const leader = await leaders.get(START_TOPIC, at);
    if (leader !== undefined) led.push(leader);
  }
  const value = new Uint8Array(RECORD_BYTES).fill(120);
  const records = Array.from({ length: RECORDS }, () => ({ key: null, value, timestampMs: Date.now() }));
  const batch = encodeRecordBatch(records);
  let written = 0;
  for (let turn = 0; ; turn += 1) {
    const leader = led[turn % led.length];
    const outcome = leader?.append(batch.slice());
    if (outcome?.type !== "appended") throw new Error("Cannot fill: a batch was refused");
    written += batch.length;
    if (turn % DURABLE_EVERY < led.length) await leader?.durable(outcome.nextOffset);
    else await nextTurn();
    if (written >= bytes && written < bytes + batch.length) writeSync(1, "full\n");
  }
}

await main(process.argv.slice(2));
