/**
 * Where each stream's records stand in one partition, so that a stream's history is read without scanning the others.
 *
 *     newest records: in memory, each entry pointing at the entry before it of the same stream
 *     older ones:     runs on disk (history-run.ts), each pointing at the run before it that has the same stream
 *
 * Memory per stream: five numbers, whatever its history. Everything here is derived from the log and may be thrown away.
 */
import { assert } from "@kaelix/base";

import type { Disk } from "../storage/disk.ts";
import { encodeRun, HistoryRun, type RunGroup, type RunPart } from "./history-run.ts";

const NONE = -1;
const ROWS_MIN = 1 << 10;
const RUN_NAME = /^run-(\d{8})$/;

/** How an index is kept. */
export interface HistorySettings {
  readonly disk: Disk;
  readonly directory: string;
  /** Entries kept in memory before they are written as a run. */
  readonly runEntries: number;
}

/** What of an index a checkpoint keeps: everything but the names of its streams. */
export interface HistoryState {
  readonly ids: Uint32Array;
  readonly nextSequences: Float64Array;
  readonly lastRuns: Int32Array;
  readonly nextId: number;
  readonly nextRun: number;
  readonly nextOffset: number;
}

/** The index of one partition. Streams are named by local rows given by the caller. */
export class HistoryIndex {
  readonly #settings: HistorySettings;
  readonly #runs = new Map<number, HistoryRun>();
  #nextRun = 0;
  #nextId = 0;
  // By row.
  #ids = new Uint32Array(ROWS_MIN);
  #nextSequences = new Float64Array(ROWS_MIN);
  #lastRuns = new Int32Array(ROWS_MIN).fill(NONE);
  #heads = new Int32Array(ROWS_MIN).fill(NONE);
  #counts = new Int32Array(ROWS_MIN);
  // By entry in memory.
  readonly #entryRows: Int32Array;
  readonly #entryOffsets: Float64Array;
  readonly #entryBefore: Int32Array;
  #entries = 0;
  #firstOffset = 0;
  #nextOffset = 0;

  constructor(settings: HistorySettings) {
    this.#settings = settings;
    this.#entryRows = new Int32Array(settings.runEntries);
    this.#entryOffsets = new Float64Array(settings.runEntries);
    this.#entryBefore = new Int32Array(settings.runEntries);
    settings.disk.makeDirectory(settings.directory);
  }

  /** Offset after the last record that is indexed. */
  get nextOffset(): number {
    return this.#nextOffset;
  }

  /** True when the entries in memory must be written before more are added. */
  get full(): boolean {
    return this.#entries === this.#settings.runEntries;
  }

  /** Bytes held in memory. */
  get bytesHeld(): number {
    let bytes = this.#ids.length * 24 + this.#settings.runEntries * 16;
    for (const run of this.#runs.values()) bytes += run.bytesHeld;
    return bytes;
  }

  /** Begins a stream at a row. */
  begin(row: number): void {
    if (row >= this.#ids.length) this.#growRows(row + 1);
    this.#ids[row] = this.#nextId++;
    this.#nextSequences[row] = 0;
    this.#lastRuns[row] = NONE;
    this.#heads[row] = NONE;
    this.#counts[row] = 0;
  }

  /** Adds the next record of a stream. Offsets ascend. Returns its sequence. */
  add(row: number, offset: number): number {
    assert(!this.full, "The entries in memory are written when they are full");
    const entry = this.#entries;
    if (entry === 0) this.#firstOffset = offset;
    this.#entryRows[entry] = row;
    this.#entryOffsets[entry] = offset;
    this.#entryBefore[entry] = this.#heads[row] ?? NONE;
    this.#heads[row] = entry;
    this.#counts[row] = (this.#counts[row] ?? 0) + 1;
    this.#entries = entry + 1;
    this.#nextOffset = offset + 1;
    const sequence = this.#nextSequences[row] ?? 0;
    this.#nextSequences[row] = sequence + 1;
    return sequence;
  }

  /** Records up to an offset were looked at, though none of them belongs to a stream. */
  skipTo(nextOffset: number): void {
    this.#nextOffset = Math.max(this.#nextOffset, nextOffset);
  }

  /** The next sequence of a stream. */
  nextSequence(row: number): number {
    return this.#nextSequences[row] ?? 0;
  }

  /**
   * Offsets of a stream's records from a sequence on, at most `count`.
   * @returns where they begin, which is later than asked when the older ones were dropped
   */
  async locate(
    row: number,
    sequence: number,
    count: number,
  ): Promise<{ readonly firstSequence: number; readonly offsets: readonly number[] }> {
    const memoryFirst = this.nextSequence(row) - (this.#counts[row] ?? 0);
    if (sequence >= memoryFirst) return { firstSequence: sequence, offsets: this.#fromMemory(row, sequence, count) };
    // Taken before anything is awaited: a flush in between moves them into a run.
    const newest = this.#fromMemory(row, memoryFirst, count);
    const parts = await this.#partsBack(row, sequence);
    const oldest = parts.at(-1)?.group.firstSequence ?? memoryFirst;
    const offsets: number[] = [];
    for (const { run, group } of parts.toReversed()) {
      if (offsets.length >= count) break;
      const from = Math.max(0, sequence - group.firstSequence);
      offsets.push(...(await run.offsets(group, from, count - offsets.length)));
    }
    return { firstSequence: Math.max(sequence, oldest), offsets: [...offsets, ...newest].slice(0, count) };
  }

  /** The runs that have a stream's records from a sequence on, newest first. */
  async #partsBack(row: number, sequence: number): Promise<readonly { run: HistoryRun; group: RunPart }[]> {
    const id = this.#ids[row] ?? 0;
    const parts: { run: HistoryRun; group: RunPart }[] = [];
    let number = this.#lastRuns[row] ?? NONE;
    while (number !== NONE) {
      const run = this.#runs.get(number);
      const group = await run?.find(id);
      if (run === undefined || group === undefined) break;
      parts.push({ run, group });
      if (group.firstSequence <= sequence) break;
      number = group.previousRun;
    }
    return parts;
  }

  /** Writes the entries in memory as a run. */
  flush(): void {
    if (this.#entries === 0) return;
    const { disk, directory } = this.#settings;
    const number = this.#nextRun;
    const path = `${directory}/${runName(number)}`;
    const rows = new Set(this.#entryRows.subarray(0, this.#entries));
    const groups = [...rows].map((row) => this.#groupOf(row)).sort((left, right) => left.id - right.id);
    const bytes = encodeRun(groups, this.#firstOffset, this.#nextOffset);
    for (const row of rows) {
      this.#lastRuns[row] = number;
      this.#heads[row] = NONE;
      this.#counts[row] = 0;
    }
    this.#entries = 0;
    this.#nextRun = number + 1;
    disk.remove(path);
    const file = disk.open(path, "create");
    try {
      file.write(bytes, 0);
    } finally {
      file.close();
    }
    const run = HistoryRun.open(disk, path);
    assert(run !== undefined, "A run just written can be opened");
    this.#runs.set(number, run);
  }

  /** Drops the runs whose records are all before an offset. */
  dropBefore(offset: number): void {
    for (const [number, run] of this.#runs) {
      if (run.nextOffset > offset) break;
      run.remove();
      this.#runs.delete(number);
    }
  }

  /** What a checkpoint must keep. Flush first: entries in memory are not part of it. */
  state(rows: number): HistoryState {
    assert(this.#entries === 0, "A checkpoint is taken of a flushed index");
    return {
      ids: this.#ids.slice(0, rows),
      nextSequences: this.#nextSequences.slice(0, rows),
      lastRuns: this.#lastRuns.slice(0, rows),
      nextId: this.#nextId,
      nextRun: this.#nextRun,
      nextOffset: this.#nextOffset,
    };
  }

  /**
   * Goes on from a checkpoint, or from nothing; removes runs that it does not know.
   * @returns false, with nothing taken over, when a run the checkpoint relies on cannot be read
   */
  restore(state: HistoryState | undefined): boolean {
    const { disk, directory } = this.#settings;
    for (const name of [...disk.list(directory)].sort()) {
      const number = Number(RUN_NAME.exec(name)?.[1] ?? NaN);
      const run = number < (state?.nextRun ?? 0) ? HistoryRun.open(disk, `${directory}/${name}`) : undefined;
      if (run !== undefined) this.#runs.set(number, run);
      else if (!Number.isNaN(number)) disk.remove(`${directory}/${name}`);
    }
    if (state === undefined) return true;
    const numbers = [...this.#runs.keys()];
    // Runs are dropped from the old end only: what is kept must be without gaps up to the newest.
    const whole =
      state.nextRun === 0 || (numbers.length > 0 && numbers.at(-1) === state.nextRun - 1 && isDense(numbers));
    if (!whole) {
      for (const run of this.#runs.values()) run.remove();
      this.#runs.clear();
      return false;
    }
    this.#growRows(state.ids.length);
    this.#ids.set(state.ids);
    this.#nextSequences.set(state.nextSequences);
    this.#lastRuns.set(state.lastRuns);
    this.#nextId = state.nextId;
    this.#nextRun = state.nextRun;
    this.#nextOffset = state.nextOffset;
    return true;
  }

  #fromMemory(row: number, sequence: number, count: number): readonly number[] {
    const next = this.nextSequence(row);
    const wanted = Math.min(count, next - sequence);
    if (wanted <= 0) return [];
    const offsets = Array.from({ length: wanted }, () => 0);
    let entry = this.#heads[row] ?? NONE;
    for (let at = next - 1; at >= sequence && entry !== NONE; at -= 1) {
      if (at - sequence < wanted) offsets[at - sequence] = this.#entryOffsets[entry] ?? 0;
      entry = this.#entryBefore[entry] ?? NONE;
    }
    return offsets;
  }

  #groupOf(row: number): RunGroup {
    const count = this.#counts[row] ?? 0;
    const firstSequence = this.nextSequence(row) - count;
    return {
      id: this.#ids[row] ?? 0,
      firstSequence,
      previousRun: this.#lastRuns[row] ?? NONE,
      offsets: this.#fromMemory(row, firstSequence, count),
    };
  }

  #growRows(rowsMin: number): void {
    const rows = Math.max(this.#ids.length * 2, rowsMin);
    const ids = new Uint32Array(rows);
    ids.set(this.#ids);
    this.#ids = ids;
    const sequences = new Float64Array(rows);
    sequences.set(this.#nextSequences);
    this.#nextSequences = sequences;
    this.#lastRuns = grown(this.#lastRuns, rows, NONE);
    this.#heads = grown(this.#heads, rows, NONE);
    this.#counts = grown(this.#counts, rows, 0);
  }
}

function runName(number: number): string {
  return `run-${String(number).padStart(8, "0")}`;
}

function isDense(numbers: readonly number[]): boolean {
  return numbers.every((number, at) => at === 0 || number === (numbers[at - 1] ?? 0) + 1);
}

function grown(column: Int32Array, rows: number, fill: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(rows).fill(fill);
  larger.set(column);
  return larger;
}
