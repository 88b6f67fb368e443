/** Helpers of the tests of compaction. */
import { decodeText, encodeText, ManualClock, seededRandom } from "@kaelix/base";
import { decodeRecords, encodeRecordBatch, encodeTransactionMarker, isControlBatch } from "@kaelix/protocol";

import type { Partition } from "./partition.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";
import { openStorage, type Storage, type StorageSettings } from "./storage.ts";
import { DIRECTORY } from "./testing.ts";

/** Timestamp of the first record of every batch. */
export const START_MS = 1_750_000_000_000;
/** How long deletions are kept. */
export const DAY_MS = 24 * 3600 * 1000;
const SETTINGS: Partial<StorageSettings> = { segmentBytesMax: 1500, background: false, deletionsKeptMs: DAY_MS };

interface Opened {
  readonly storage: Storage;
  readonly partition: Partition;
}

/** A storage with one compacted topic `t` of one partition on a disk. */
export async function openCompacted(
  disk: SimulatedDisk,
  settings: Partial<StorageSettings> = {},
  clock = new ManualClock(),
): Promise<Opened> {
  const storage = await openStorage({ directory: DIRECTORY, disk, clock, settings: { ...SETTINGS, ...settings } });
  await storage.createTopic({ name: "t", partitions: 1, compacted: true });
  return { storage, partition: storage.partition("t", 0) };
}

interface Put {
  readonly key: string | null;
  readonly value: string | null;
}

/** Who appends a batch. */
export interface Producer {
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly isTransactional?: boolean;
  readonly compression?: "gzip" | "lz4" | "snappy" | "zstd";
}

/** Appends records as one batch, durably; returns the base offset. */
export async function put(partition: Partition, puts: readonly Put[], producer: Producer = {}): Promise<number> {
  const records = puts.map(({ key, value }, at) => ({
    key: key === null ? null : encodeText(key),
    value: value === null ? null : encodeText(value),
    timestampMs: START_MS + at,
  }));
  const baseOffset = partition.append(encodeRecordBatch(records, producer), { trusted: true });
  await partition.durable(baseOffset + puts.length);
  return baseOffset;
}

/** Ends a transaction. */
export async function mark(partition: Partition, producerId: number, outcome: "commit" | "abort"): Promise<number> {
  const facts = { producerEpoch: 0, coordinatorEpoch: 0, timestampMs: START_MS };
  const baseOffset = partition.append(encodeTransactionMarker({ outcome, producerId, ...facts }), { trusted: true });
  await partition.durable(baseOffset + 1);
  return baseOffset;
}

interface Kept {
  readonly key: string | null;
  readonly value: string | null;
  readonly timestampMs: number;
}

/** Every record that is not a marker, by offset. Throws for damage. */
export async function readKept(partition: Partition): Promise<ReadonlyMap<number, Kept>> {
  const kept = new Map<number, Kept>();
  let next = partition.bounds().startOffset;
  for (;;) {
    const read = await partition.read(next, 2000, "durable");
    if (read.damaged.length > 0) throw new Error(`Damaged: ${JSON.stringify(read.damaged)}`);
    for (const { at, bytes, header } of read.batches) {
      if (isControlBatch(header)) continue;
      const records = decodeRecords(bytes, at, header);
      if (typeof records === "string") throw new Error(records);
      for (const { key, offset, timestampMs, value } of records) {
        const text = (field: Uint8Array | null): string | null => (field === null ? null : decodeText(field));
        kept.set(offset, { key: text(key), value: text(value), timestampMs });
      }
    }
    if (read.nextOffset <= next) return kept;
    next = read.nextOffset;
  }
}

/** The newest record of each key, by offset; records without a key all stay. */
export function newestOf(all: ReadonlyMap<number, Kept>): ReadonlyMap<number, Kept> {
  const newest = new Map<string, number>();
  for (const [offset, { key }] of all) if (key !== null) newest.set(key, offset);
  return new Map([...all].filter(([offset, { key }]) => key === null || newest.get(key) === offset));
}

/** True when a text stands in any file. */
export function holds(disk: SimulatedDisk, text: string): boolean {
  return disk.paths().some((path) => decodeLatin(disk.contentOf(path)).includes(text));
}

function decodeLatin(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** Random records over few keys, deletions and records without a key among them, with all codecs. */
export async function writeRandom(partition: Partition, seed: number, batches = 60): Promise<void> {
  const random = seededRandom(seed);
  for (let at = 0; at < batches; at += 1) {
    const puts = Array.from({ length: 1 + random.integer(4) }, (_, index) => ({
      key: random.integer(12) === 0 ? null : `key ${random.integer(20)}`,
      value: random.integer(6) === 0 ? null : `value ${at}.${index} ${"x".repeat(random.integer(60))}`,
    }));
    const codecs = [undefined, undefined, "gzip", "lz4", "snappy", "zstd"] as const;
    const compression = codecs[random.integer(codecs.length)];
    await put(partition, puts, compression === undefined ? {} : { compression });
  }
}
