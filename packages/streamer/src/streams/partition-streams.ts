/**
 * The streams of one partition: names, numbers and history, folded from the partition's records as they are appended.
 *
 * A record belongs to the stream its key names, whoever appended it: this process or any Kafka client. A record without a key belongs to
 * none. Derived from the log: opening goes on from the checkpoint and reads what came after it.
 */
import { decodeRecords, type DecodedRecord, readBatchHeader } from "@kaelix/protocol";

import type { AppendedBatch, Visibility } from "../storage/contract.ts";
import { type Disk, readWholeFile, writeFileAtomically } from "../storage/disk.ts";
import type { Partition } from "../storage/partition.ts";
import type { FoundBatch } from "../storage/scan.ts";
import { HistoryIndex } from "./history-index.ts";
import { decodeStreamCheckpoint, encodeStreamCheckpoint } from "./stream-checkpoint.ts";
import { findRecord, type FoundRecord } from "./find-record.ts";
import { StreamDirectory } from "./stream-directory.ts";
import { nameOfKey } from "./stream-name.ts";
import { StreamTable } from "./stream-table.ts";

const CONTROL_BATCH = 0b10_0000;
const REPLAY_BYTES = 4 << 20;
const CHECKPOINT_NAME = "streams";

/** A record of a stream. */
export interface StreamRecord {
  /** Its number in the stream, from 0. */
  readonly sequence: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly value: Uint8Array | null;
}

/** Where a partition's streams live and what they are told. */
interface PartitionStreamsContext {
  readonly partition: Partition;
  readonly disk: Disk;
  readonly directory: string;
  readonly runEntries: number;
  readonly seed: number;
  readonly priorityDefault: number;
  /** Records of a stream before this offset had expired with it; undefined when it never did. */
  readonly expiredBefore: (name: string) => number | undefined;
  /** Told after every record that was folded. */
  readonly onRecord: (slot: number, bytes: number) => void;
}

/** Streams by slot; see the top of the file. */
export class PartitionStreams {
  readonly directory: StreamDirectory;
  readonly table = new StreamTable();
  readonly partition: Partition;
  readonly #context: PartitionStreamsContext;
  readonly #history: HistoryIndex;
  #unlisten: (() => void) | undefined;
  #folded = 0;
  #checkpointAt = 0;
  /** Slots of the batch this process is appending, so that its keys need not be decoded again. */
  #ownSlots: readonly number[] | undefined;
  #lastBatch: FoundBatch | undefined;

  constructor(context: PartitionStreamsContext) {
    this.#context = context;
    this.partition = context.partition;
    this.directory = new StreamDirectory(context.seed);
    this.#history = new HistoryIndex(context);
  }

  /** Bytes held in memory. */
  get bytesHeld(): number {
    return this.directory.bytesHeld + this.table.bytesHeld + this.#history.bytesHeld;
  }

  /** Reads what the log has, and listens for more. */
  async open(): Promise<void> {
    this.#restore();
    const { partition } = this.#context;
    let next = Math.max(this.#history.nextOffset, partition.bounds().startOffset);
    while (next < partition.bounds().endOffset) {
      const read = await partition.read(next, REPLAY_BYTES, "accepted");
      for (const batch of read.batches) this.#foldBatch(batch, next);
      next = read.nextOffset;
      this.#history.skipTo(next);
    }
    // No append can come between the last read and this line: both are on the owner's thread.
    this.#unlisten = partition.onAppend((batch) => this.#foldAppended(batch));
  }

  /** The slot of a stream, which begins when there is none. */
  begin(name: string): number {
    const found = this.directory.find(name);
    if (found >= 0) return found;
    const slot = this.directory.add(name);
    this.table.begin(slot, this.#context.priorityDefault);
    this.#history.begin(slot);
    return slot;
  }

  /** The sequence the next record of a stream gets. */
  nextSequence(slot: number): number {
    return this.#history.nextSequence(slot);
  }

  /** Appends a batch whose records belong to these slots, in order. Returns its base offset. */
  append(bytes: Uint8Array, slots: readonly number[]): number {
    this.#ownSlots = slots;
    try {
      return this.partition.append(bytes, { trusted: true });
    } finally {
      this.#ownSlots = undefined;
    }
  }

  /** Reads a stream's records from a sequence on, at most `count` and about `bytesMax` bytes; none that a reader may not see yet. */
  async read(
    slot: number,
    sequence: number,
    limits: { readonly count: number; readonly bytesMax: number; readonly visibility: Visibility },
  ): Promise<{ readonly records: readonly StreamRecord[]; readonly nextSequence: number }> {
    const visibleEnd = this.partition.visibleEnd(limits.visibility);
    const { firstSequence, offsets } = await this.#history.locate(slot, sequence, limits.count);
    const records: StreamRecord[] = [];
    let bytes = 0;
    let nextSequence = Math.max(sequence, firstSequence);
    for (const offset of offsets) {
      if (offset >= visibleEnd || (bytes > 0 && bytes >= limits.bytesMax)) break;
      const record = await this.#recordAt(offset, limits.visibility);
      if (record !== undefined) {
        records.push({ sequence: nextSequence, offset, timestampMs: record.timestampMs, value: record.value });
        bytes += record.value?.length ?? 0;
      }
      nextSequence += 1;
    }
    return { records, nextSequence };
  }

  /** The offset of a stream's record; undefined when it is not there yet or no more. */
  async offsetOf(slot: number, sequence: number): Promise<number | undefined> {
    return (await this.#history.locate(slot, sequence, 1)).offsets[0];
  }

  /** Forgets a stream. Its records stay in the log until retention drops them. */
  forget(slot: number): void {
    this.directory.remove(slot);
  }

  /** Writes a checkpoint when enough was folded since the last one that reading it again would cost more. */
  async maintain(): Promise<void> {
    this.#history.dropBefore(this.partition.bounds().startOffset);
    const due = this.#folded - this.#checkpointAt > Math.max(1 << 18, this.directory.size * 4);
    if (due) await this.checkpoint();
  }

  /** Writes a checkpoint of everything that is durable now. */
  async checkpoint(): Promise<void> {
    if (this.partition.bounds().durableOffset < this.#history.nextOffset) await this.partition.flush();
    this.#history.flush();
    this.#checkpointAt = this.#folded;
    const rows = this.directory.slots;
    const names = Array.from({ length: rows }, (_, slot) => this.directory.nameOf(slot) ?? null);
    const bytes = encodeStreamCheckpoint({
      names,
      history: this.#history.state(rows),
      appendedMs: this.table.appendedMs.slice(0, rows),
    });
    await writeFileAtomically(this.#context.disk, this.#checkpointPath(), bytes);
  }

  /** Stops listening. */
  close(): void {
    this.#unlisten?.();
  }

  #checkpointPath(): string {
    return `${this.#context.directory}/${CHECKPOINT_NAME}`;
  }

  #restore(): void {
    const bytes = readWholeFile(this.#context.disk, this.#checkpointPath());
    const checkpoint = bytes === undefined ? undefined : decodeStreamCheckpoint(bytes);
    const { endOffset } = this.partition.bounds();
    const usable = checkpoint !== undefined && checkpoint.history.nextOffset <= endOffset;
    if (!usable || !this.#history.restore(checkpoint.history)) {
      this.#history.restore(undefined);
      return;
    }
    checkpoint.names.forEach((name, slot) => {
      // Free rows get a name for a moment so that every other one gets the slot it had.
      this.directory.add(name ?? `\u0000${slot}`);
      this.table.begin(slot, this.#context.priorityDefault);
      this.table.appendedMs[slot] = checkpoint.appendedMs[slot] ?? 0;
    });
    checkpoint.names.forEach((name, slot) => {
      if (name === null) this.directory.remove(slot);
    });
  }

  #foldAppended({ baseOffset, bytes, nextOffset }: AppendedBatch): void {
    const slots = this.#ownSlots;
    const header = readBatchHeader(bytes);
    if (header === undefined || (header.attributes & CONTROL_BATCH) !== 0) return;
    const records = decodeRecords(bytes, 0, header);
    if (typeof records !== "string") {
      records.forEach((record, at) => this.#fold(record, baseOffset + at, slots?.[at]));
    }
    this.#history.skipTo(nextOffset);
  }

  #foldBatch({ at, bytes, header }: FoundBatch, from: number): void {
    if ((header.attributes & CONTROL_BATCH) !== 0) return;
    const records = decodeRecords(bytes, at, header);
    if (typeof records === "string") return;
    for (const record of records) if (record.offset >= from) this.#fold(record, record.offset, undefined);
  }

  #fold(record: DecodedRecord, offset: number, ownSlot: number | undefined): void {
    let slot = ownSlot;
    if (slot === undefined) {
      // Any Kafka client may write here, and with keys that name no stream.
      const name = nameOfKey(record.key);
      if (name === undefined || offset < (this.#context.expiredBefore(name) ?? 0)) return;
      slot = this.begin(name);
    }
    if (this.#history.full) this.#history.flush();
    this.#history.add(slot, offset);
    if (record.timestampMs > (this.table.appendedMs[slot] ?? 0)) this.table.appendedMs[slot] = record.timestampMs;
    this.#folded += 1;
    this.#context.onRecord(slot, record.value?.length ?? 0);
  }

  async #recordAt(offset: number, visibility: Visibility): Promise<FoundRecord | undefined> {
    let batch = this.#lastBatch;
    if (batch === undefined || !isWithin(batch, offset)) {
      if (offset < this.partition.bounds().startOffset) return undefined;
      batch = (await this.partition.read(offset, 1, visibility)).batches[0];
      this.#lastBatch = batch;
    }
    return batch === undefined ? undefined : findRecord(batch, offset);
  }
}

function isWithin({ header }: FoundBatch, offset: number): boolean {
  return offset >= header.baseOffset && offset <= header.baseOffset + header.lastOffsetDelta;
}
