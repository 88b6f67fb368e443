/**
 * Writes everything that counts once more, so that the segments before it can be dropped: compaction by a store that has all of it in memory.
 *
 * Commits go on meanwhile. A key with a write under way is left out: its newer record stands behind the snapshot's beginning already.
 * A key with a commit of an open transaction is left out too, and the segments that hold either are kept: written again, the old value
 * would be later in the log than the transaction's and win against it.
 */
import type { Partition } from "../../storage/partition.ts";
import type { GroupRecord } from "./consumer-values.ts";
import type { CommittedOffset, OffsetPlace, OffsetTable } from "./offset-table.ts";
import { encodeOffsetValue } from "./offset-value.ts";
import { encodeOffsetKey, type KeptRecord, textOfKey } from "./record-keys.ts";
import type { WriteQueue } from "./write-queue.ts";

const CHUNK_BYTES = 256 * 2 ** 10;

interface SnapshotSource {
  readonly partition: Pick<Partition, "bounds">;
  readonly writes: WriteQueue;
  readonly offsets: OffsetTable;
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, KeptRecord>>;
  /** Appends records; returns the first one's offset. */
  readonly append: (records: readonly GroupRecord[]) => number;
}

/** An offset that is written again. */
interface Rewritten {
  readonly place: OffsetPlace;
  readonly value: CommittedOffset;
}

/** See the top of the file. */
export class SnapshotWriter {
  readonly #source: SnapshotSource;

  constructor(source: SnapshotSource) {
    this.#source = source;
  }

  /** As `Rewriter` asks for it. Throws storage's errors. */
  async write(begin: number): Promise<number> {
    const { offsets, partition, writes } = this.#source;
    const refusalsBefore = writes.refusals;
    await writes.settledBefore(begin);
    // Transactions may end while this runs; what they then put in place was not written again.
    const leftOut: OffsetPlace[] = [...offsets.pending()];
    await this.#writeGroups();
    await this.#writeOffsets(leftOut);
    await writes.settledBefore(partition.bounds().endOffset);
    // Where the disk refused something, nothing that might be missed is dropped.
    if (writes.refusals !== refusalsBefore) return partition.bounds().startOffset;
    return Math.min(begin, offsets.firstNeededOffset(leftOut));
  }

  async #writeGroups(): Promise<void> {
    const { groups, writes } = this.#source;
    for (const groupId of groups.keys()) {
      const underWay = writes.keysUnderWay();
      const records = [...(groups.get(groupId) ?? [])]
        .filter(([key]) => !underWay.has(key))
        .map(([, record]) => record);
      if (records.length > 0) this.#append(records, () => undefined);
      await nextTurn();
    }
  }

  async #writeOffsets(leftOut: OffsetPlace[]): Promise<void> {
    const { offsets } = this.#source;
    let chunk: Rewritten[] = [];
    let bytes = 0;
    for (const group of offsets.groups()) {
      for (const [place, value] of offsets.of(group)) {
        chunk.push({ place, value });
        bytes += 64 + group.length + place.topic.length + value.metadata.length;
        if (bytes < CHUNK_BYTES) continue;
        this.#writeChunk(chunk, leftOut);
        chunk = [];
        bytes = 0;
        await nextTurn();
      }
    }
    this.#writeChunk(chunk, leftOut);
  }

  #writeChunk(chunk: readonly Rewritten[], leftOut: OffsetPlace[]): void {
    const { offsets, writes } = this.#source;
    const underWay = writes.keysUnderWay();
    const records: GroupRecord[] = [];
    const rewritten: Rewritten[] = [];
    for (const { place, value } of chunk) {
      const key = encodeOffsetKey(place.group, place.topic, place.partition);
      if (offsets.isPending(place)) leftOut.push(place);
      // Others had their turn since the chunk was gathered: what is newer by now is behind the beginning.
      else if (offsets.get(place) === value && !underWay.has(textOfKey(key))) {
        records.push({ key, value: encodeOffsetValue(value) });
        rewritten.push({ place, value });
      }
    }
    if (records.length === 0) return;
    this.#append(records, (baseOffset) => {
      for (const [index, { place, value }] of rewritten.entries()) {
        offsets.put(place, { ...value, recordOffset: baseOffset + index });
      }
    });
  }

  #append(records: readonly GroupRecord[], fold: (baseOffset: number) => void): void {
    const baseOffset = this.#source.append(records);
    const write = { nextOffset: baseOffset + records.length, keys: [], fold: () => fold(baseOffset) };
    // A refusal is counted by the queue and ends the snapshot.
    void this.#source.writes.add(write).catch(() => undefined);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
