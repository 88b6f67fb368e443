/** Helpers of this folder's tests. */
import { decodeText, encodeText, ManualClock, type seededRandom } from "@kaelix/base";
import { decodeRecords, encodeRecordBatch } from "@kaelix/protocol";

import type { DamagedRange } from "./contract.ts";
import type { Partition } from "./partition.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { openStorage, type Storage, type StorageSettings } from "./storage.ts";

/** Where the tests' data directory lies on the simulated disk. */
export const DIRECTORY = "/data";
/** The tests' one partition directory. */
export const PARTITION_DIRECTORY = `${DIRECTORY}/topics/t/0`;

/** A storage with one topic `t` of one partition on a disk. */
export async function openTest(
  disk: SimulatedDisk,
  settings: Partial<StorageSettings> = {},
  clock = new ManualClock(),
): Promise<{ readonly storage: Storage; readonly partition: Partition }> {
  const storage = await openStorage({ directory: DIRECTORY, disk, settings, clock });
  await storage.createTopic({ name: "t", partitions: 1 });
  return { storage, partition: storage.partition("t", 0) };
}

/** Appends texts as one batch; durable unless told otherwise. Returns the base offset. */
export async function appendTexts(
  partition: Partition,
  texts: readonly string[],
  options: { readonly accepted?: boolean; readonly timestampMs?: number } = {},
): Promise<number> {
  const timestampMs = options.timestampMs ?? 1_700_000_000_000;
  const bytes = encodeRecordBatch(texts.map((text) => ({ key: null, value: encodeText(text), timestampMs })));
  const baseOffset = partition.append(bytes, { trusted: true });
  if (options.accepted !== true) await partition.durable(baseOffset + texts.length);
  return baseOffset;
}

/** Everything a reader gets from an offset on. */
interface AllRead {
  readonly texts: ReadonlyMap<number, string>;
  readonly damaged: readonly DamagedRange[];
}

/** Reads a partition to its visible end. */
export async function readAll(partition: Partition, from = partition.bounds().startOffset): Promise<AllRead> {
  const texts = new Map<number, string>();
  const damaged: DamagedRange[] = [];
  let next = from;
  for (;;) {
    const read = await partition.read(next, 4096, "durable");
    damaged.push(...read.damaged);
    for (const { at, bytes, header } of read.batches) {
      const records = decodeRecords(bytes, at, header);
      if (typeof records === "string") throw new Error(records);
      for (const { offset, value } of records)
        if (offset >= from && value !== null) texts.set(offset, decodeText(value));
    }
    if (read.nextOffset <= next) return { texts, damaged };
    next = read.nextOffset;
  }
}

/** A copy of a simulated disk as a killed process leaves it: everything written is there, nothing was closed. */
export function copyDisk(disk: SimulatedDisk): SimulatedDisk {
  const copy = new SimulatedDisk();
  copy.makeDirectory(`${DIRECTORY}/topics/t/0`);
  for (const path of disk.paths()) {
    const file = copy.open(path, "create");
    file.write(disk.contentOf(path), 0);
  }
  return copy;
}

/** The disk as it would be found if the power was cut, or the process killed, just before each operation that some work does. */
export async function crashesDuring(
  disk: SimulatedDisk,
  random: ReturnType<typeof seededRandom>,
  work: () => Promise<unknown>,
): Promise<readonly { readonly step: string; readonly after: SimulatedDisk }[]> {
  const crashes: { readonly step: string; readonly after: SimulatedDisk }[] = [];
  const crash = (step: string): void => {
    crashes.push({ step: `${step}, power cut`, after: disk.cut(random) });
    crashes.push({ step: `${step}, power cut again`, after: disk.cut(random) });
    crashes.push({ step: `${step}, killed`, after: disk.afterKill() });
    crashes.push({ step: `${step}, killed, power cut later`, after: disk.afterKill().cut(random) });
  };
  disk.fault = (operation, path) => {
    if (operation !== "read") crash(`${operation} ${path}`);
    return undefined;
  };
  try {
    await work();
  } finally {
    disk.fault = () => undefined;
  }
  crash("the end");
  return crashes;
}
