import { encodeText, seededRandom } from "@kaelix/base";
import { decodeRecordBatch, encodeRecordBatch, patchBaseOffset } from "@kaelix/protocol";
import { describe, expect, it } from "vitest";

import type { FoundBatch } from "./scan.ts";
import { TailCache } from "./tail-cache.ts";

/** A batch of one record, as it stands in the log. */
function stored(baseOffset: number, valueBytes: number): Uint8Array {
  const value = encodeText(`${baseOffset} `.padEnd(valueBytes, "x"));
  const bytes = encodeRecordBatch([{ key: null, value, timestampMs: 1 }]);
  patchBaseOffset(bytes, 0, baseOffset);
  return bytes;
}

describe("TailCache", () => {
  it("gives the batches that were appended, whole, in order and with none left out", () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const random = seededRandom(seed);
    const cache = new TailCache();
    const appended: Uint8Array[] = [];
    for (let offset = 0; offset < 3000; offset += 1) {
      const valueBytes = random.integer(50) === 0 ? random.integer(80_000) : random.integer(2000);
      const bytes = stored(offset, valueBytes);
      appended.push(bytes.slice());
      cache.add(bytes, offset, offset + 1);
      // Whoever appended has the bytes back.
      bytes.fill(0);
      const from = Math.max(0, offset - random.integer(200));
      const visibleEnd = from + 1 + random.integer(offset + 1 - from);
      const bytesMax = random.integer(300_000);
      const read = cache.read(from, bytesMax, visibleEnd);
      if (read === undefined) continue;
      let total = 0;
      const isGood = ({ at, bytes: given, header }: FoundBatch, index: number): boolean => {
        const whole = Buffer.from(given.subarray(at, at + header.sizeBytes));
        total += header.sizeBytes;
        const isNext = header.baseOffset === from + index && header.baseOffset < visibleEnd;
        return isNext && whole.equals(appended[from + index] ?? Buffer.alloc(0));
      };
      // One look at each read: a million would take seconds.
      const { batches, nextOffset } = read;
      const good = batches.filter(isGood).length;
      const isWithin = batches.length === 1 || total <= bytesMax;
      const isRight = batches.length > 0 && good === batches.length && nextOffset === from + good && isWithin;
      expect(isRight, `seed ${seed}, offset ${offset}, ${good} of ${batches.length} batches`).toBe(true);
    }
  });

  it("gives as much as is asked for, wherever it stands", () => {
    const cache = new TailCache();
    for (let offset = 0; offset < 20; offset += 1) cache.add(stored(offset, 10_000), offset, offset + 1);
    expect(cache.read(5, 1e6, 20)?.nextOffset).toBe(20);
    expect(cache.read(5, 100_000, 20)?.batches).toHaveLength(9);
    expect(cache.read(5, 1e6, 15)?.nextOffset).toBe(15);
  });

  it("gives copies that later appends do not touch", () => {
    const cache = new TailCache();
    cache.add(stored(0, 1000), 0, 1);
    const read = cache.read(0, 10_000, 1);
    for (let offset = 1; offset < 1000; offset += 1) cache.add(stored(offset, 1000), offset, offset + 1);
    const decoded = decodeRecordBatch(read?.batches[0]?.bytes ?? new Uint8Array(0), 0);
    expect(decoded.type === "batch" && decoded.records[0]?.value).toEqual(encodeText("0 ".padEnd(1000, "x")));
    expect(cache.read(0, 10_000, 1000)).toBeUndefined();
    expect(cache.read(999, 10_000, 1000)?.nextOffset).toBe(1000);
  });

  it("forgets all when it may not keep a batch", () => {
    const cache = new TailCache();
    cache.add(stored(0, 100), 0, 1);
    cache.add(stored(1, 200_000), 1, 2);
    expect(cache.read(0, 1000, 2)).toBeUndefined();
    expect(cache.read(1, 1000, 2)).toBeUndefined();
    cache.add(stored(2, 100), 2, 3);
    expect(cache.read(1, 1000, 3)).toBeUndefined();
    expect(cache.read(2, 1000, 3)?.nextOffset).toBe(3);
  });
});
