/**
 * The load of a crash test: many callers append without a pause until somebody ends the process.
 *
 *     node crash-writer.ts <directory> <durable|no-sync> <first serial>
 */
import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { nodeDisk } from "@kaelix/streamer";

import { CRASH_PARTITIONS, CRASH_TOPIC, crashRecord, diskWithoutSync, formatAcknowledged } from "./crash.ts";
import { openStreamerLog, type StreamerLog } from "./streamer-log.ts";

const CALLERS = 8;

interface Load {
  readonly log: StreamerLog;
  readonly pauseMs: number;
  readonly nextSerial: (count: number) => number;
}

async function writeForEver({ log, nextSerial, pauseMs }: Load, caller: number): Promise<never> {
  const partition = caller % CRASH_PARTITIONS;
  for (;;) {
    const count = 1 + (caller % 4);
    const serial = nextSerial(count);
    const records = Array.from({ length: count }, (_, at) => crashRecord(serial + at));
    const { baseOffset } = await log.append(CRASH_TOPIC, partition, records, { acknowledge: "durable" });
    writeSync(1, formatAcknowledged({ partition, baseOffset, count, serial }));
    if (pauseMs > 0) await sleep(pauseMs);
  }
}

async function main([directory, mode, first]: readonly string[]): Promise<void> {
  if (directory === undefined) throw new Error("Cannot start: directory is missing");
  const disk = mode === "no-sync" ? diskWithoutSync : nodeDisk;
  // Small segments, so that rolls, checkpoints and index files are in the middle of the crashes.
  const settings = { segmentBytesMax: 200_000, checkpointBytes: 50_000 };
  const log = await openStreamerLog({ directory, disk, settings });
  await log.createTopic({ name: CRASH_TOPIC, partitions: CRASH_PARTITIONS });
  let serial = Number(first ?? 1);
  const nextSerial = (count: number): number => {
    serial += count;
    return serial - count;
  };
  // Without fdatasync it would fill any disk in seconds.
  const load = { log, nextSerial, pauseMs: mode === "no-sync" ? 1 : 0 };
  await Promise.all(Array.from({ length: CALLERS }, (_, caller) => writeForEver(load, caller)));
}

await main(process.argv.slice(2));
