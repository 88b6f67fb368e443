/**
 * A run: where the records of many streams stand in one range of a partition's offsets, sorted by stream. Written once, never changed.
 *
 *     "KXR1" | groups u32 | entries u32 | first offset f64 | next offset f64 | CRC-32C u32 of all that follows
 *     groups, by stream id:  id u32 | first entry u32 | entries u32 | previous run i32 | first sequence f64
 *     entries, by sequence:  offset - first offset, u32
 *
 * A run is derived from the log: one that is missing or wrong is made again. `previous run` says where the same stream goes on backwards,
 * so that runs without it are never looked into (what a Bloom filter would do for them).
 */
import { checksum } from "@kaelix/protocol";

import { type Disk, type DiskFile, readWholeFile } from "../storage/disk.ts";

const MAGIC = 0x4b585231;
const HEADER_BYTES = 32;
const GROUP_BYTES = 24;
const GROUPS_PER_FENCE = 128;

/** Entries of one stream on their way into a run. */
export interface RunGroup {
  readonly id: number;
  readonly firstSequence: number;
  readonly previousRun: number;
  readonly offsets: readonly number[];
}

/** A stream's part of a run. */
export interface RunPart {
  readonly firstSequence: number;
  readonly previousRun: number;
  readonly firstEntry: number;
  readonly entries: number;
}

/** Encodes a run. Groups must be sorted by id and not empty. */
export function encodeRun(groups: readonly RunGroup[], firstOffset: number, nextOffset: number): Uint8Array {
  const entries = groups.reduce((sum, group) => sum + group.offsets.length, 0);
  const bytes = new Uint8Array(HEADER_BYTES + groups.length * GROUP_BYTES + entries * 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, groups.length);
  view.setUint32(8, entries);
  view.setFloat64(12, firstOffset);
  view.setFloat64(20, nextOffset);
  let groupAt = HEADER_BYTES;
  let entry = 0;
  const entriesAt = HEADER_BYTES + groups.length * GROUP_BYTES;
  for (const group of groups) {
    view.setUint32(groupAt, group.id);
    view.setUint32(groupAt + 4, entry);
    view.setUint32(groupAt + 8, group.offsets.length);
    view.setInt32(groupAt + 12, group.previousRun);
    view.setFloat64(groupAt + 16, group.firstSequence);
    groupAt += GROUP_BYTES;
    for (const offset of group.offsets) {
      view.setUint32(entriesAt + entry * 4, offset - firstOffset);
      entry += 1;
    }
  }
  view.setUint32(28, checksum(bytes.subarray(HEADER_BYTES)));
  return bytes;
}

/** A run on the disk. Its file is opened for a look-up and closed again: there may be thousands. A dropped one holds nothing. */
export class HistoryRun {
  readonly firstOffset: number;
  readonly nextOffset: number;
  readonly #disk: Disk;
  readonly #path: string;
  readonly #groups: number;
  #dropped = false;
  /** Id of every 128th group. */
  readonly #fences: Uint32Array;

  private constructor(disk: Disk, path: string, view: DataView) {
    this.#disk = disk;
    this.#path = path;
    this.#groups = view.getUint32(4);
    this.firstOffset = view.getFloat64(12);
    this.nextOffset = view.getFloat64(20);
    this.#fences = new Uint32Array(Math.ceil(this.#groups / GROUPS_PER_FENCE));
    for (let at = 0; at < this.#fences.length; at += 1) {
      this.#fences[at] = view.getUint32(HEADER_BYTES + at * GROUPS_PER_FENCE * GROUP_BYTES);
    }
  }

  /** Opens a run; undefined when the file is not a whole run. */
  static open(disk: Disk, path: string): HistoryRun | undefined {
    const bytes = readWholeFile(disk, path);
    if (bytes === undefined || bytes.length < HEADER_BYTES) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (view.getUint32(0) !== MAGIC) return undefined;
    if (bytes.length !== HEADER_BYTES + view.getUint32(4) * GROUP_BYTES + view.getUint32(8) * 4) return undefined;
    if (view.getUint32(28) !== checksum(bytes.subarray(HEADER_BYTES))) return undefined;
    return new HistoryRun(disk, path, view);
  }

  /** Bytes held in memory. */
  get bytesHeld(): number {
    return this.#fences.byteLength + 64;
  }

  /** A stream's part; undefined when it has none here. */
  async find(id: number): Promise<RunPart | undefined> {
    const fence = countAtMost(this.#fences, id) - 1;
    if (fence < 0) return undefined;
    const first = fence * GROUPS_PER_FENCE;
    const groups = Math.min(GROUPS_PER_FENCE, this.#groups - first);
    const view = await this.#read(HEADER_BYTES + first * GROUP_BYTES, groups * GROUP_BYTES);
    for (let at = 0; at < view.byteLength; at += GROUP_BYTES) {
      if (view.getUint32(at) !== id) continue;
      return {
        firstEntry: view.getUint32(at + 4),
        entries: view.getUint32(at + 8),
        previousRun: view.getInt32(at + 12),
        firstSequence: view.getFloat64(at + 16),
      };
    }
    return undefined;
  }

  /** Offsets of some entries of a stream's part. */
  async offsets(group: RunPart, from: number, count: number): Promise<readonly number[]> {
    const entries = Math.min(count, group.entries - from);
    const entriesAt = HEADER_BYTES + this.#groups * GROUP_BYTES;
    const view = await this.#read(entriesAt + (group.firstEntry + from) * 4, entries * 4);
    return Array.from(
      { length: Math.min(entries, view.byteLength >> 2) },
      (_, at) => this.firstOffset + view.getUint32(at * 4),
    );
  }

  /** Removes its file. */
  remove(): void {
    this.#dropped = true;
    this.#disk.remove(this.#path);
  }

  async #read(position: number, length: number): Promise<DataView> {
    if (this.#dropped) return new DataView(new ArrayBuffer(0));
    const file: DiskFile = this.#disk.open(this.#path, "read");
    try {
      const bytes = new Uint8Array(length);
      const read = await file.read(bytes, position);
      return new DataView(bytes.buffer, 0, read);
    } finally {
      file.close();
    }
  }
}

/** How many of the ascending values are at most a limit. */
function countAtMost(values: Uint32Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
