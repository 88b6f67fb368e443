/**
 * The two ends of a crash test: a load whose every record can be recomputed from its serial number, and a check of what is left.
 * The load runs in a child process (crash-writer.ts), which prints a line per acknowledged batch; whoever crashes it collects the lines.
 */
import { decodeText, encodeText } from "@kaelix/base";
import { type Disk, type DiskFile, nodeDisk } from "@kaelix/streamer";

import type { LogRecord } from "./log.ts";
import { openStreamerLog } from "./streamer-log.ts";

/** The topic of the load. */
export const CRASH_TOPIC = "crash";
/** Its partitions. */
export const CRASH_PARTITIONS = 2;

/** Path of the program to start as child: `node <path> <directory> <durable|no-sync> <first serial>`. */
export const crashWriterPath = new URL("crash-writer.ts", import.meta.url).pathname;

/** A batch the load was told to be durable. */
export interface AcknowledgedBatch {
  readonly partition: number;
  readonly baseOffset: number;
  readonly count: number;
  /** Serial of its first record. */
  readonly serial: number;
}

/** What a check found. */
export interface CrashCheck {
  readonly acknowledgedCount: number;
  /** Acknowledged records that are not there. */
  readonly lostCount: number;
  /** Records that are not what the load writes. */
  readonly changedCount: number;
  readonly readCount: number;
  /** Milliseconds from opening to the first answer. */
  readonly openMs: number;
  /** Highest serial seen, to go on from. */
  readonly serialMax: number;
}

/** The record of a serial number. */
export function crashRecord(serial: number): LogRecord {
  return { key: encodeText(String(serial % 100)), value: encodeText(crashText(serial)), timestampMs: serial };
}

function crashText(serial: number): string {
  return `${serial} ${"x".repeat((serial * 37) % 600)}`;
}

/** The line of an acknowledged batch. */
export function formatAcknowledged({ baseOffset, count, partition, serial }: AcknowledgedBatch): string {
  return `${partition} ${baseOffset} ${count} ${serial}\n`;
}

/** The batches of complete lines; what follows the last newline was not acknowledged yet. */
export function parseAcknowledged(lines: string): readonly AcknowledgedBatch[] {
  const batches: AcknowledgedBatch[] = [];
  for (const line of lines.split("\n").slice(0, -1)) {
    const [partition, baseOffset, count, serial] = line.split(" ").map(Number);
    if (partition === undefined || baseOffset === undefined || count === undefined || serial === undefined) continue;
    batches.push({ partition, baseOffset, count, serial });
  }
  return batches;
}

/** Opens a crashed directory as the product would, compares every record, and closes it. */
export async function checkCrashed(
  directory: string,
  acknowledged: readonly AcknowledgedBatch[],
  disk: Disk = nodeDisk,
): Promise<CrashCheck> {
  const started = performance.now();
  const log = await openStreamerLog({ directory, disk });
  const openMs = performance.now() - started;
  const found = new Map<string, number>();
  let changedCount = 0;
  let serialMax = 0;
  try {
    const topic = (await log.topics()).find(({ name }) => name === CRASH_TOPIC);
    for (let partition = 0; partition < (topic?.partitions ?? 0); partition += 1) {
      let next = 0;
      for (;;) {
        const batch = await log.read(CRASH_TOPIC, partition, next);
        for (const { offset, timestampMs, value } of batch.records) {
          if (value === null || decodeText(value) !== crashText(timestampMs)) changedCount += 1;
          else found.set(`${partition}/${offset}`, timestampMs);
          serialMax = Math.max(serialMax, timestampMs);
        }
        if (batch.nextOffset <= next) break;
        next = batch.nextOffset;
      }
    }
  } finally {
    await log.close();
  }
  let lostCount = 0;
  let acknowledgedCount = 0;
  for (const { baseOffset, count, partition, serial } of acknowledged) {
    acknowledgedCount += count;
    for (let at = 0; at < count; at += 1) {
      if (found.get(`${partition}/${baseOffset + at}`) !== serial + at) lostCount += 1;
    }
  }
  return { acknowledgedCount, lostCount, changedCount, readCount: found.size, openMs, serialMax };
}

/** The machine's disk with a `sync` that does nothing for log files: the control that must be seen to lose. */
export const diskWithoutSync: Disk = {
  ...nodeDisk,
  open: (path, mode) => {
    const file = nodeDisk.open(path, mode);
    return path.endsWith(".log") ? withoutSync(file) : file;
  },
};

function withoutSync(file: DiskFile): DiskFile {
  return {
    path: file.path,
    size: () => file.size(),
    write: (bytes, position) => file.write(bytes, position),
    read: (target, position) => file.read(target, position),
    readNow: (target, position) => file.readNow(target, position),
    truncate: (size) => file.truncate(size),
    sync: async () => undefined,
    close: () => file.close(),
  };
}
