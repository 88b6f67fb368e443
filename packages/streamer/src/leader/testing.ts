/** Helpers of this folder's tests and of those of the transactions. */
import { assert, encodeText, ManualClock } from "@kaelix/base";
import { checksum, encodeRecordBatch } from "@kaelix/protocol";

import { SimulatedDisk } from "../storage/simulated-disk.ts";
import { openStorage, type Storage, type StorageSettings } from "../storage/storage.ts";
import type { Leaders, PartitionLeader } from "./contract.ts";
import { type LeadersOptions, openLeaders } from "./leaders.ts";

/** What a test's batch is like; a plain one by default. */
export interface BatchOptions {
  readonly producerId?: number;
  readonly epoch?: number;
  readonly sequence?: number;
  readonly transactional?: boolean;
  readonly control?: boolean;
  readonly timestampMs?: number;
  readonly key?: string;
  /** Default: the number of the record. */
  readonly text?: string;
  /** A record count that the records do not bear out. */
  readonly claimedCount?: number;
}

/** A batch as a client sends it. */
export function batchOf(count: number, options: BatchOptions = {}): Uint8Array {
  const { claimedCount, control, epoch, key, producerId, sequence, text, timestampMs, transactional } = options;
  const records = Array.from({ length: count }, (_, at) => ({
    key: key === undefined ? null : encodeText(key),
    value: encodeText(text ?? String(at)),
    timestampMs: timestampMs ?? 1_700_000_000_000,
  }));
  const producer =
    producerId === undefined ? {} : { producerId, producerEpoch: epoch ?? 0, baseSequence: sequence ?? -1 };
  // A buffer of its own: tests change it.
  const bytes = encodeRecordBatch(records, producer).slice();
  const view = new DataView(bytes.buffer);
  view.setInt16(21, (transactional === true ? 16 : 0) | (control === true ? 32 : 0));
  if (claimedCount !== undefined) {
    view.setInt32(23, claimedCount - 1);
    view.setInt32(57, claimedCount);
  }
  view.setUint32(17, checksum(bytes.subarray(21)));
  return bytes;
}

/** How a test's storage is opened. */
export interface LedOptions extends LeadersOptions {
  readonly disk?: SimulatedDisk;
  readonly clock?: ManualClock;
  readonly config?: Readonly<Record<string, string>>;
  readonly settings?: Partial<StorageSettings>;
}

/** A led storage with one topic `t` of one partition. */
export async function openLed(
  options: LedOptions = {},
): Promise<{ readonly storage: Storage; readonly leaders: Leaders; readonly leader: PartitionLeader }> {
  const { clock = new ManualClock(), config, disk = new SimulatedDisk(), settings = {}, ...others } = options;
  const storage = await openStorage({ directory: "/data", disk, clock, settings });
  if (storage.topics().get("t") === undefined) {
    await storage.createTopic({ name: "t", partitions: 1, ...(config === undefined ? {} : { config }) });
  }
  const leaders = openLeaders(storage, { clock, ...others });
  return { storage, leaders, leader: await leaderOf(leaders) };
}

/** The leader of a partition that exists. */
export async function leaderOf(leaders: Leaders, topic = "t", partition = 0): Promise<PartitionLeader> {
  const leader = await leaders.get(topic, partition);
  assert(leader !== undefined, "The partition exists");
  return leader;
}

/** Appends a batch that must be accepted. Returns its base offset. */
export function sent(leader: PartitionLeader, bytes: Uint8Array): number {
  const outcome = leader.append(bytes);
  assert(outcome.type === "appended", `Appended: ${JSON.stringify(outcome)}`);
  return outcome.baseOffset;
}
