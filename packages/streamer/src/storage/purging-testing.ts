/** Helpers of the tests of purging. */
import { decodeText, encodeText, ManualClock } from "@kaelix/base";

import type { readKept } from "./compaction-testing.ts";
import type { Partition } from "./partition.ts";
import type { PurgeRule } from "./purging.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";
import { openStorage, type Storage, type StorageSettings } from "./storage.ts";
import { DIRECTORY } from "./testing.ts";

type Kept = Awaited<ReturnType<typeof readKept>>;

const SETTINGS: Partial<StorageSettings> = { segmentBytesMax: 1500, background: false };
/** What a shortened value becomes. */
export const SHORT = encodeText("-");

/** A storage with one topic that keeps every record. */
export async function openKept(
  disk: SimulatedDisk,
  settings: Partial<StorageSettings> = {},
): Promise<{ readonly storage: Storage; readonly partition: Partition }> {
  const clock = new ManualClock();
  const storage = await openStorage({ directory: DIRECTORY, disk, clock, settings: { ...SETTINGS, ...settings } });
  await storage.createTopic({ name: "t", partitions: 1 });
  return { storage, partition: storage.partition("t", 0) };
}

/** A steady rule: of a third of the offsets the record goes, of another third its value does. */
export function ruleOf(seed: number): PurgeRule {
  return ({ offset, value }) => {
    const fate = ((offset + seed) * 2_654_435_761) % 3;
    if (fate === 0 || value === null) return "stays";
    if (fate === 1) return "goes";
    // Sometimes it is not known at once.
    return offset % 2 === 0 ? Promise.resolve({ value: SHORT }) : { value: SHORT };
  };
}

/** What a rule leaves of records. */
export async function purgedBy(all: Kept, rule: PurgeRule): Promise<Kept> {
  const kept = new Map<number, { key: string | null; value: string | null; timestampMs: number }>();
  for (const [offset, record] of all) {
    const { key, value } = record;
    const asked = {
      offset,
      key: key === null ? null : encodeText(key),
      value: value === null ? null : encodeText(value),
    };
    const fate = await rule(asked);
    if (fate === "stays") kept.set(offset, record);
    else if (fate !== "goes") kept.set(offset, { ...record, value: decodeText(fate.value) });
  }
  return kept;
}
