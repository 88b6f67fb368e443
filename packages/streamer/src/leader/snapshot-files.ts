/**
 * The snapshot files of one partition: `<offset, 20 digits>.snapshot` beside its segments, as Apache Kafka names its own.
 *
 * Guarantees: a file is written whole or not at all; whoever reads gets what was written or nothing. A snapshot that cannot be written
 * costs time at the next start, nothing else.
 */
import { type Disk, readWholeFile, writeFileAtomically } from "../storage/disk.ts";
import { decodeSnapshot, encodeSnapshot, type Snapshot } from "./snapshot.ts";

/** The one before the newest stands in when the newest is damaged. */
const SNAPSHOTS_KEPT = 2;

/** The snapshots in a partition's directory. */
export class SnapshotFiles {
  readonly #disk: Disk;
  readonly #directory: string;

  constructor(disk: Disk, directory: string) {
    this.#disk = disk;
    this.#directory = directory;
  }

  /** Offsets there are snapshots of, newest first. */
  offsets(): number[] {
    const offsets: number[] = [];
    for (const name of this.#disk.list(this.#directory)) {
      const match = /^(\d{20})\.snapshot$/.exec(name);
      if (match !== null) offsets.push(Number(match[1]));
    }
    return offsets.sort((left, right) => right - left);
  }

  /** The snapshot of an offset; undefined when it is missing or damaged. */
  read(offset: number): Snapshot | undefined {
    try {
      const bytes = readWholeFile(this.#disk, this.#path(offset));
      return bytes === undefined ? undefined : decodeSnapshot(bytes);
    } catch {
      return undefined;
    }
  }

  /** Writes a snapshot and removes those that are no longer needed. Everything before the offset must be on the disk. */
  async write(offset: number, snapshot: Snapshot): Promise<void> {
    await writeFileAtomically(this.#disk, this.#path(offset), encodeSnapshot(snapshot));
    for (const old of this.offsets().slice(SNAPSHOTS_KEPT)) this.remove(old);
  }

  /** Removes the snapshot of an offset. */
  remove(offset: number): void {
    try {
      this.#disk.remove(this.#path(offset));
    } catch {
      // It is looked at again, and refused again, at the next start.
    }
  }

  #path(offset: number): string {
    return `${this.#directory}/${String(offset).padStart(20, "0")}.snapshot`;
  }
}
