/**
 * Offsets by time. The index of the storage says where to begin; batch headers and, in the one batch that matters, records say the rest.
 */
import { type BatchHeader, decodeRecords } from "@kaelix/protocol";

import type { Isolation, PartitionLeader } from "../leader/contract.ts";
import type { Partition } from "../storage/partition.ts";

const READ_BYTES = 1 << 20;
const TIMESTAMP_TYPE_BIT = 0x08;
const CONTROL_BIT = 0x20;

/** A record's place and time. */
export interface TimedOffset {
  readonly timestamp: number;
  readonly offset: number;
}

/** What is searched. */
export interface SearchSource {
  readonly partition: Partition;
  readonly leader: PartitionLeader;
  readonly isolation: Isolation;
}

/** The first record at or after a time; undefined when there is none. Throws storage's errors. */
export async function findByTime(source: SearchSource, timestampMs: number): Promise<TimedOffset | undefined> {
  const { isolation, leader, partition } = source;
  const indexed = await partition.offsetBeforeTime(timestampMs);
  const { endOffset, startOffset } = leader.bounds();
  const end = isolation === "read_committed" ? leader.lastStableOffset() : endOffset;
  for (let offset = Math.max(indexed, startOffset); offset < end;) {
    const read = await leader.read(offset, READ_BYTES, isolation);
    for (const { at, bytes, header } of read.batches) {
      if (header.maxTimestampMs < timestampMs || (header.attributes & CONTROL_BIT) !== 0) continue;
      const found = firstRecord({ bytes, at, header }, timestampMs, offset);
      if (found !== undefined) return found;
    }
    if (read.nextOffset <= offset) return undefined;
    offset = read.nextOffset;
  }
  return undefined;
}

/** The first record with the largest time of the partition; undefined when it is empty. Throws storage's errors. */
export async function findLargestTime(source: SearchSource): Promise<TimedOffset | undefined> {
  if ((await findByTime(source, 0)) === undefined) return undefined;
  // The largest time at which something is found: a search by halves over the index, which lies in memory.
  let [low, high] = [0, Number.MAX_SAFE_INTEGER];
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2);
    if ((await findByTime(source, middle)) === undefined) high = middle - 1;
    else low = middle;
  }
  return findByTime(source, low);
}

interface SearchedBatch {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly header: BatchHeader;
}

function firstRecord({ at, bytes, header }: SearchedBatch, timestampMs: number, from: number): TimedOffset | undefined {
  const { baseOffset, maxTimestampMs } = header;
  if ((header.attributes & TIMESTAMP_TYPE_BIT) !== 0) {
    return { timestamp: maxTimestampMs, offset: Math.max(baseOffset, from) };
  }
  const records = decodeRecords(bytes, at, header);
  // What cannot be looked into is found as a whole.
  if (typeof records === "string") return { timestamp: maxTimestampMs, offset: baseOffset };
  const record = records.find((one) => one.timestampMs >= timestampMs && one.offset >= from);
  return record === undefined ? undefined : { timestamp: record.timestampMs, offset: record.offset };
}
