/**
 * The oracle of the simulation: what a storage may and must hold, told by what was asked of it and what it answered.
 *
 * Rules: an acknowledged record is read back at its offset unless it was deleted before that offset, dropped by retention, or replaced by
 * a newer record of its key; whatever is read was written there; offsets only grow, and lie without a gap where nothing compacts;
 * a topic that was acknowledged is there, one whose deletion was acknowledged is not.
 */

import type { DamagedRange } from "./contract.ts";

/** A record of the simulation. */
export interface SimulatedRecord {
  readonly key: string;
  /** Null deletes the key. */
  readonly value: string | null;
}

/** What was found in a partition. */
export interface FoundPartition {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly records: ReadonlyMap<number, SimulatedRecord>;
  /** What the partition says cannot be read. */
  readonly damaged: readonly DamagedRange[];
  /** Batches that were given and cannot be looked into. */
  readonly unreadableCount: number;
}

/** What is known of one partition. */
export class PartitionModel {
  readonly acknowledged = new Map<number, SimulatedRecord>();
  /** All that was ever written at an offset: what was refused or not answered may survive too. */
  readonly #written = new Map<number, SimulatedRecord[]>();
  nextOffsetMin = 0;
  /** The next offset by what the process that is running has given; after a crash what was not durable is given again. */
  #givenNext = 0;
  #holesKnown: ReadonlySet<number> = new Set();
  /** Acknowledged and asked starts of deleteRecords. */
  startMin = 0;
  startMax = 0;

  /** Takes note of offsets that were given to a batch; returns what is wrong with them. */
  gave(baseOffset: number, nextOffset: number): readonly string[] {
    const before = this.#givenNext;
    this.#givenNext = nextOffset;
    return baseOffset < before ? [`offset ${baseOffset} was given though ${before} was the next`] : [];
  }

  wrote(offset: number, record: SimulatedRecord): void {
    const known = this.#written.get(offset) ?? [];
    this.#written.set(offset, known);
    known.push(record);
  }

  acknowledge(offset: number, record: SimulatedRecord): void {
    this.acknowledged.set(offset, record);
    this.nextOffsetMin = Math.max(this.nextOffsetMin, offset + 1);
  }

  /** Compares with what was found; returns what is wrong. */
  compare(found: FoundPartition, rules: TopicRules): readonly string[] {
    const wrong: string[] = [];
    const { endOffset, records, startOffset } = found;
    if (endOffset < this.nextOffsetMin) wrong.push(`end is ${endOffset}, acknowledged up to ${this.nextOffsetMin}`);
    if (startOffset < this.startMin) wrong.push(`start is ${startOffset}, was deleted up to ${this.startMin}`);
    if (!rules.retains && startOffset > this.startMax && this.#holds(this.startMax, startOffset))
      wrong.push(`start is ${startOffset}, nobody asked for more than ${this.startMax}`);
    if (found.unreadableCount > 0) wrong.push(`${found.unreadableCount} batches cannot be looked into`);
    for (const [offset, record] of this.acknowledged) {
      if (offset < startOffset || sameRecord(records.get(offset), record)) continue;
      if (rules.compacts && this.#isReplaced(offset, record, records)) continue;
      wrong.push(`acknowledged record ${offset} (${record.key}) is not there`);
    }
    for (const [offset, record] of records) {
      const written = this.#written.get(offset)?.some((known) => sameRecord(known, record)) === true;
      if (!written) wrong.push(`record ${offset} (${record.key}) was never written`);
    }
    // A hole has something behind it that came to the disk before it; an end that is missing is no hole.
    for (const { firstOffset, nextOffset, reason } of found.damaged) {
      if (nextOffset < endOffset || rules.compacts || rules.faulty || this.#holesKnown.has(firstOffset)) continue;
      wrong.push(`${firstOffset} to ${nextOffset} is said to be damaged and nothing is behind it: ${reason}`);
    }
    const missing = damagedOffsets(found);
    if (!rules.compacts && !rules.faulty && records.size + missing !== endOffset - startOffset) {
      wrong.push(`${records.size} records and ${missing} damaged from ${startOffset} to ${endOffset}`);
    }
    return wrong;
  }

  /** True when something acknowledged lies in a range of offsets. */
  #holds(firstOffset: number, nextOffset: number): boolean {
    for (let offset = firstOffset; offset < nextOffset; offset += 1) if (this.acknowledged.has(offset)) return true;
    return false;
  }

  #isReplaced(offset: number, record: SimulatedRecord, found: ReadonlyMap<number, SimulatedRecord>): boolean {
    // A deletion goes by itself after its time; what it deleted went with it.
    if (record.value === null) return true;
    for (const [later, { key }] of found) if (later > offset && key === record.key) return true;
    for (const [later, records] of this.#written) {
      if (later > offset && records.some(({ key, value }) => key === record.key && value === null)) return true;
    }
    return false;
  }

  /** What is there after a crash is there for good: from now on it counts as acknowledged. */
  adopt(found: FoundPartition): void {
    for (const [offset, record] of found.records) this.acknowledge(offset, record);
    this.nextOffsetMin = Math.max(this.nextOffsetMin, found.endOffset);
    this.#givenNext = found.endOffset;
    this.#holesKnown = new Set(found.damaged.map(({ firstOffset }) => firstOffset));
    this.startMin = Math.max(this.startMin, Math.min(found.startOffset, this.startMax));
  }
}

function damagedOffsets({ damaged, endOffset, startOffset }: FoundPartition): number {
  const offsets = new Set<number>();
  for (const { firstOffset, nextOffset } of damaged) {
    for (let at = Math.max(firstOffset, startOffset); at < Math.min(nextOffset, endOffset); at += 1) offsets.add(at);
  }
  return offsets.size;
}

function sameRecord(left: SimulatedRecord | undefined, right: SimulatedRecord): boolean {
  return left?.key === right.key && left.value === right.value;
}

/** What may happen to a topic's records. */
export interface TopicRules {
  /** It was compacted at least once. */
  readonly compacts: boolean;
  /** Retention may have dropped something. */
  readonly retains: boolean;
  /** The disk answered with errors. */
  readonly faulty: boolean;
}

/** What is known of one topic. */
export class TopicModel {
  readonly partitions: PartitionModel[] = [];
  id: string | undefined;
  compacts = false;
  retains = false;
  /** Partitions that were asked for and not acknowledged yet. */
  partitionsAsked: number;
  state: "creating" | "live" | "deleting" = "creating";

  constructor(partitions: number) {
    this.partitionsAsked = partitions;
    this.grow(partitions);
  }

  /** The number of partitions is this now. */
  grow(partitions: number): void {
    while (this.partitions.length < partitions) this.partitions.push(new PartitionModel());
  }
}
