/**
 * The oracle of the simulation: what a storage may and must hold, told by what was asked of it and what it answered.
 *
 * Rules: an acknowledged record is read back at its offset unless it was deleted before that offset, dropped by retention, or replaced by
 * a newer record of its key, or a purge took it or its value; what a purge has taken does not come back; whatever is read was written there; offsets only grow, and lie without a gap where nothing compacts;
 * a topic that was acknowledged is there, one whose deletion was acknowledged is not.
 */

import type { DamagedRange } from "./contract.ts";

/** A record of the simulation. */
export interface SimulatedRecord {
  readonly key: string;
  /** Null deletes the key. */
  readonly value: string | null;
}

/** What a purge leaves of a value. */
export const SHORT_VALUE = "-";

/** What every purge of the simulation does with a record: by its offset, so that it is the same each time. */
export function purgeFate(offset: number, { value }: SimulatedRecord): "stays" | "goes" | "shortened" {
  if (value === null || value === SHORT_VALUE) return "stays";
  const number = (offset * 2_654_435_761) % 6;
  return number < 2 ? "goes" : number < 4 ? "stays" : "shortened";
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
  /** Purges under way, and the end of the log when one ended last: they may have taken what is before. */
  #purging = 0;
  #purgedMax = 0;
  /** Of these nothing comes back that a purge takes. */
  readonly #purged = new Set<number>();

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

  /** A purge begins; returns the offsets at which it must have done its work when it is whole. */
  beginPurge(): readonly number[] {
    this.#purging += 1;
    return [...this.acknowledged].filter(([at, record]) => purgeFate(at, record) !== "stays").map(([offset]) => offset);
  }

  /** A purge has ended, at an end of the log; `offsets`: at these it says that it did its work. */
  endPurge(endOffset: number, offsets: readonly number[]): void {
    this.#purging -= 1;
    this.#purgedMax = Math.max(this.#purgedMax, endOffset);
    for (const offset of offsets) this.#purged.add(offset);
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
      if (this.#isPurgedAs(offset, records.get(offset))) continue;
      // A reader saw what a purge had made of it, and a crash came before that was on the disk.
      if (record.value === SHORT_VALUE && records.get(offset)?.key === record.key) continue;
      if (rules.compacts && this.#isReplaced(offset, record, records)) continue;
      wrong.push(`acknowledged record ${offset} (${record.key}) is not there`);
    }
    for (const [offset, record] of records) {
      const written = this.#written.get(offset)?.some((known) => sameRecord(known, record)) === true;
      if (this.#purged.has(offset) && record.value !== SHORT_VALUE)
        wrong.push(`record ${offset} was purged and is there`);
      if (!written && !this.#isPurgedAs(offset, record))
        wrong.push(`record ${offset} (${record.key}) was never written`);
    }
    // A hole has something behind it that came to the disk before it; an end that is missing is no hole.
    for (const { firstOffset, nextOffset, reason } of found.damaged) {
      if (nextOffset < endOffset || rules.compacts || rules.faulty || this.#holesKnown.has(firstOffset)) continue;
      wrong.push(`${firstOffset} to ${nextOffset} is said to be damaged and nothing is behind it: ${reason}`);
    }
    const missing = damagedOffsets(found);
    let purged = 0;
    for (let offset = startOffset; offset < endOffset; offset += 1) {
      if (!records.has(offset) && !missing.has(offset) && this.#isPurgedAs(offset, undefined)) purged += 1;
    }
    if (!rules.compacts && !rules.faulty && records.size + missing.size + purged !== endOffset - startOffset) {
      const counts = `${records.size} records, ${missing.size} damaged, ${purged} purged`;
      wrong.push(`${counts} from ${startOffset} to ${endOffset}`);
    }
    return wrong;
  }

  /** True when a purge may have made this of what was written at an offset. */
  #isPurgedAs(offset: number, found: SimulatedRecord | undefined): boolean {
    if (this.#purging === 0 && offset >= this.#purgedMax && !this.#purged.has(offset)) return false;
    const fates = (this.#written.get(offset) ?? []).map((record) => ({
      key: record.key,
      fate: purgeFate(offset, record),
    }));
    if (found === undefined) return fates.some(({ fate }) => fate === "goes");
    return found.value === SHORT_VALUE && fates.some(({ fate, key }) => fate === "shortened" && key === found.key);
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
      if (later <= offset) continue;
      const same = records.filter(({ key }) => key === record.key);
      if (same.some(({ value }) => value === null)) return true;
      // What replaced it may have been purged.
      if (same.length > 0 && this.#isPurgedAs(later, undefined)) return true;
    }
    return false;
  }

  /** What is there after a crash is there for good: from now on it counts as acknowledged. */
  adopt(found: FoundPartition): void {
    for (const offset of this.#written.keys()) {
      const record = found.records.get(offset);
      if (offset >= found.endOffset || !this.#isPurgedAs(offset, record)) continue;
      this.#purged.add(offset);
      if (record === undefined) this.acknowledged.delete(offset);
    }
    this.#purging = 0;
    this.#purgedMax = 0;
    for (const [offset, record] of found.records) this.acknowledge(offset, record);
    this.nextOffsetMin = Math.max(this.nextOffsetMin, found.endOffset);
    this.#givenNext = found.endOffset;
    this.#holesKnown = new Set(found.damaged.map(({ firstOffset }) => firstOffset));
    this.startMin = Math.max(this.startMin, Math.min(found.startOffset, this.startMax));
  }
}

function damagedOffsets({ damaged, endOffset, startOffset }: FoundPartition): ReadonlySet<number> {
  const offsets = new Set<number>();
  for (const { firstOffset, nextOffset } of damaged) {
    for (let at = Math.max(firstOffset, startOffset); at < Math.min(nextOffset, endOffset); at += 1) offsets.add(at);
  }
  return offsets;
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
