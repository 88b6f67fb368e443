/**
 * Where named readers go on, kept in an internal topic of the log itself.
 *
 * Record: key JSON [group, topic, partition], value JSON next offset. The newest record of a key counts. All keys are held in memory;
 * when enough has been written, a snapshot of them all opens a new segment and the older ones are dropped.
 *
 * Guarantees: a commit that was answered survives a power cut. A damaged record costs that reader its newest commit, never a false one.
 */
import { decodeText, encodeText, isKaelixError } from "@kaelix/base";
import { decodeRecords, encodeRecordBatch } from "@kaelix/protocol";
import type { Partition, Storage } from "@kaelix/streamer";

/** The internal topic's name; not listed among the topics. */
export const OFFSETS_TOPIC = "__offsets";
const SNAPSHOT_BYTES = 4 * 2 ** 20;
const READ_BYTES = 1 << 20;

/** The committed offsets of one log. */
export class ConsumerOffsets {
  readonly #partition: Partition;
  readonly #offsets = new Map<string, number>();
  #bytesSinceSnapshot = 0;
  #snapshotting: Promise<void> | undefined;

  private constructor(partition: Partition) {
    this.#partition = partition;
  }

  /** Opens the internal topic, making it when needed, and reads it. */
  static async open(storage: Storage): Promise<ConsumerOffsets> {
    await storage.createTopic({ name: OFFSETS_TOPIC, partitions: 1, compacted: true });
    const offsets = new ConsumerOffsets(storage.partition(OFFSETS_TOPIC, 0));
    await offsets.#load();
    return offsets;
  }

  async #load(): Promise<void> {
    const { startOffset, endOffset } = this.#partition.bounds();
    let next = startOffset;
    while (next < endOffset) {
      const read = await this.#partition.read(next, READ_BYTES, "accepted");
      for (const { at, bytes, header } of read.batches) {
        const records = decodeRecords(bytes, at, header);
        if (typeof records === "string") continue;
        for (const { key, value } of records) this.#fold(key, value);
      }
      next = read.nextOffset;
    }
    this.#bytesSinceSnapshot = this.#partition.sizeBytes();
  }

  #fold(key: Uint8Array | null, value: Uint8Array | null): void {
    if (key === null || value === null) return;
    const offset = Number(decodeText(value));
    if (Number.isSafeInteger(offset) && offset >= 0) this.#offsets.set(decodeText(key), offset);
  }

  /** Where a group goes on; undefined when it never committed. */
  get(group: string, topic: string, partition: number): number | undefined {
    return this.#offsets.get(keyOf(group, topic, partition));
  }

  /** Keeps where a group goes on. Resolves once durable. */
  async commit(position: CommittedPosition, timestampMs: number): Promise<void> {
    const key = keyOf(position.group, position.topic, position.partition);
    const bytes = encodeRecordBatch([
      { key: encodeText(key), value: encodeText(String(position.nextOffset)), timestampMs },
    ]);
    const baseOffset = this.#partition.append(bytes, { trusted: true });
    this.#offsets.set(key, position.nextOffset);
    this.#bytesSinceSnapshot += bytes.length;
    await this.#partition.durable(baseOffset + 1);
    if (this.#bytesSinceSnapshot > SNAPSHOT_BYTES) this.#startSnapshot(timestampMs);
  }

  #startSnapshot(timestampMs: number): void {
    this.#snapshotting ??= this.#snapshot(timestampMs).finally(() => (this.#snapshotting = undefined));
  }

  async #snapshot(timestampMs: number): Promise<void> {
    try {
      const records = [...this.#offsets].map(([key, offset]) => ({
        key: encodeText(key),
        value: encodeText(String(offset)),
        timestampMs,
      }));
      const bytes = encodeRecordBatch(records);
      this.#partition.roll();
      const baseOffset = this.#partition.append(bytes, { trusted: true });
      this.#bytesSinceSnapshot = bytes.length;
      await this.#partition.durable(baseOffset + records.length);
      await this.#partition.dropBefore(baseOffset);
    } catch (error) {
      // The records it would have replaced are all still there; the next commit tries again.
      if (!isKaelixError(error)) throw error;
    }
  }

  /** Waits for a snapshot that is under way. */
  async close(): Promise<void> {
    await this.#snapshotting;
  }
}

/** A reader's place. */
interface CommittedPosition {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly nextOffset: number;
}

function keyOf(group: string, topic: string, partition: number): string {
  return JSON.stringify([group, topic, partition]);
}
