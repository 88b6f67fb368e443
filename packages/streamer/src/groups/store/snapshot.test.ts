import { expect, test } from "vitest";

import type { GroupRecord } from "./consumer-values.ts";
import { type OffsetPlace, OffsetTable } from "./offset-table.ts";
import { type OffsetValue, decodeOffsetValue, encodeOffsetValue } from "./offset-value.ts";
import { decodeKey, encodeOffsetKey } from "./record-keys.ts";
import { SnapshotWriter } from "./snapshot.ts";
import { Rewriter } from "./state-topic.ts";
import { WriteQueue } from "./write-queue.ts";

/** A log in memory whose disk answers when it is told to. */
class SlowLog {
  readonly offsets = new OffsetTable();
  readonly records: GroupRecord[] = [];
  readonly writes = new WriteQueue((nextOffset) => this.#durable(nextOffset));
  readonly snapshots: Rewriter;
  startOffset = 0;
  isFast = false;
  #waiting: (() => void)[] = [];

  constructor() {
    const partition = {
      roll: () => undefined,
      bounds: () => ({ startOffset: this.startOffset, endOffset: this.records.length, durableOffset: 0 }),
      dropBefore: async (offset: number) => {
        this.startOffset = offset;
      },
    };
    const writer = new SnapshotWriter({
      partition,
      writes: this.writes,
      offsets: this.offsets,
      groups: new Map(),
      append: (records) => this.append(records),
    });
    this.snapshots = new Rewriter({ partition, write: (begin) => writer.write(begin), bytesMin: 1 });
  }

  append(records: readonly GroupRecord[]): number {
    this.snapshots.written(100);
    return this.records.push(...records) - records.length;
  }

  commit(partition: number, offset: number, metadata = ""): Promise<void> {
    const key = encodeOffsetKey("g", "t", partition);
    const baseOffset = this.append([{ key, value: encodeOffsetValue(valueOf(offset, metadata)) }]);
    const fold = (): void =>
      this.offsets.put(placeOf(partition), { ...valueOf(offset, metadata), recordOffset: baseOffset });
    return this.writes.add({ nextOffset: baseOffset + 1, keys: [Buffer.from(key).toString("latin1")], fold });
  }

  #durable(_nextOffset: number): Promise<void> {
    if (this.isFast) return Promise.resolve();
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  sync(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** The offset a reader of what was kept finds for a partition. */
  found(partition: number): number | undefined {
    let found: number | undefined;
    for (const { key, value } of this.records.slice(this.startOffset)) {
      const name = decodeKey(key);
      if (name.type === "offset" && name.partition === partition && value !== null)
        found = decodeOffsetValue(value).offset;
    }
    return found;
  }
}

function valueOf(offset: number, metadata: string): OffsetValue {
  return { offset, leaderEpoch: -1, metadata, commitTimestampMs: 0, expireTimestampMs: -1 };
}

function placeOf(partition: number): OffsetPlace {
  return { group: "g", topic: "t", partition };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

test("a commit that was under way when the snapshot began is not dropped with what came before", async () => {
  const log = new SlowLog();
  const first = log.commit(0, 7);
  log.snapshots.startWhenDue();
  await nextTurn();
  log.sync();
  await first;
  log.isFast = true;
  log.sync();
  await log.snapshots.close();
  expect(log.startOffset).toBe(1);
  expect(log.found(0)).toBe(7);
});

test("what a transaction would have replaced is kept, also when it begins and is aborted while the snapshot is written", async () => {
  const log = new SlowLog();
  log.isFast = true;
  const words = "w".repeat(4000);
  for (let partition = 0; partition < 200; partition += 1) await log.commit(partition, 5, words);
  log.snapshots.startWhenDue();
  // The snapshot has written its first part and gives others their turn; the last partition is not in it yet.
  while (log.records.length === 200) await nextTurn();
  log.isFast = false;
  const recordOffset = log.append([{ key: encodeOffsetKey("g", "t", 199), value: encodeOffsetValue(valueOf(9, "")) }]);
  log.offsets.putPending(1, placeOf(199), { ...valueOf(9, ""), recordOffset });
  for (let turns = 0; turns < 20; turns += 1) await nextTurn();
  expect(log.startOffset).toBe(0);
  log.offsets.complete(1, false, log.records.length);
  log.isFast = true;
  log.sync();
  await log.snapshots.close();
  expect(log.startOffset).toBe(199);
});
