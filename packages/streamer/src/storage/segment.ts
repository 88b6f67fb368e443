/**
 * One file of batches and what is known about it. The file is the truth; everything else here can be rebuilt from it.
 */
import type { Disk, DiskFile, OpenMode } from "./disk.ts";
import type { SegmentIndex } from "./segment-index.ts";
import type { Damage } from "./scan.ts";

const NAME_DIGITS = 20;

/** The files of a segment. */
export type SegmentFile = "log" | "index" | "timeindex";

/** The file name of a segment: its base offset in 20 digits, as Apache Kafka names them. */
function segmentName(baseOffset: number, file: SegmentFile): string {
  return `${String(baseOffset).padStart(NAME_DIGITS, "0")}.${file}`;
}

/** The base offset in a segment's file name; undefined for other files. */
export function parseSegmentName(name: string, file: SegmentFile): number | undefined {
  const match = /^(\d{20})\.([a-z]+)$/.exec(name);
  return match?.[2] === file ? Number(match[1]) : undefined;
}

/** What a checkpoint remembers of a segment: as far as `size` it is on the disk and was found whole. */
export interface SegmentFacts {
  readonly baseOffset: number;
  readonly size: number;
  readonly nextOffset: number;
  readonly maxTimestampMs: number | null;
  /** True when nothing behind `size` belongs to it, whatever the file holds. */
  readonly sealed: boolean;
  /** True when index files with these checksums were written and cover all of `size`. */
  readonly indexed: boolean;
  readonly indexCrc: number;
  readonly timeIndexCrc: number;
  readonly damages: readonly Damage[];
}

/** A segment of a partition. Only its partition writes to it. */
export class Segment {
  readonly baseOffset: number;
  readonly directory: string;
  /** Bytes that count; what stands behind them was refused, or is room written ahead. */
  size = 0;
  /** Where the room written ahead ends (room.ts); 0 when there is none. */
  roomEnd = 0;
  nextOffset: number;
  /** Epoch ms of the largest timestamp; -Infinity while there is none. */
  maxTimestampMs = Number.NEGATIVE_INFINITY;
  /** Monotonic ms of the first append; undefined while empty or not written by this process. */
  firstAppendMs: number | undefined;
  /** Undefined until it is loaded or rebuilt. */
  index: SegmentIndex | undefined;
  /** True once nothing more may be written to it. */
  sealed = false;
  /** Checksums the index files must have to be believed. */
  indexFacts: SegmentFacts | undefined;
  damages: readonly Damage[] = [];
  /** Index being loaded or rebuilt for several readers at once. */
  loading: Promise<SegmentIndex> | undefined;
  /** True while bytes were written that no sync has covered. */
  dirty = false;
  #file: DiskFile | undefined;
  #pins = 0;
  #closeWanted = false;

  constructor(directory: string, baseOffset: number) {
    this.directory = directory;
    this.baseOffset = baseOffset;
    this.nextOffset = baseOffset;
  }

  /** Path of one of its files. */
  path(file: SegmentFile): string {
    return `${this.directory}/${segmentName(this.baseOffset, file)}`;
  }

  get isOpen(): boolean {
    return this.#file !== undefined;
  }

  /** Its log file, opened when it is not: for writing too as long as it is not sealed. */
  open(disk: Disk, mode: OpenMode = this.sealed ? "read" : "write"): DiskFile {
    this.#file ??= disk.open(this.path("log"), mode);
    return this.#file;
  }

  /** Takes a file that will get its name later. */
  adopt(file: DiskFile): void {
    this.#file = file;
  }

  /** Closes its file, once nobody has it pinned; the next `open` opens it again. */
  close(): void {
    if (this.#pins > 0) {
      this.#closeWanted = true;
      return;
    }
    this.#closeWanted = false;
    this.#file?.close();
    this.#file = undefined;
  }

  /** Keeps its file open until `unpin`. */
  pin(): void {
    this.#pins += 1;
  }

  /** Gives a pin back. */
  unpin(): void {
    this.#pins -= 1;
    if (this.#pins === 0 && this.#closeWanted) this.close();
  }
}
