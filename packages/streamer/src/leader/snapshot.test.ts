import { seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { decodeSnapshot, encodeSnapshot, type Snapshot } from "./snapshot.ts";

const SNAPSHOT: Snapshot = {
  last: { baseOffset: 2 ** 40, crc: 0xfedc_ba98 },
  producers: [
    {
      producerId: 2 ** 50,
      producerEpoch: 7,
      coordinatorEpoch: -1,
      openOffset: 12,
      ageMs: 33.5,
      batches: [
        { firstSequence: 2 ** 31 - 1, lastSequence: 0, baseOffset: 12 },
        { firstSequence: 1, lastSequence: 9, baseOffset: 14 },
      ],
    },
    { producerId: 1, producerEpoch: 0, coordinatorEpoch: 3, openOffset: -1, ageMs: 0, batches: [] },
  ],
  aborted: [{ producerId: 1, firstOffset: 3, lastOffset: 9, lastStableOffset: 4 }],
};

test("a snapshot comes back as it was", () => {
  expect(decodeSnapshot(encodeSnapshot(SNAPSHOT))).toEqual(SNAPSHOT);
  const empty = { last: undefined, producers: [], aborted: [] };
  expect(decodeSnapshot(encodeSnapshot(empty))).toEqual(empty);
});

test("bytes that are not exactly a snapshot are none", () => {
  const bytes = encodeSnapshot(SNAPSHOT);
  for (let length = 0; length < bytes.length; length += 1)
    expect(decodeSnapshot(bytes.subarray(0, length))).toBeUndefined();
  for (let at = 0; at < bytes.length; at += 1) {
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    expect(decodeSnapshot(flipped), `byte ${at}`).toBeUndefined();
  }
  const random = seededRandom(3);
  for (let round = 0; round < 200; round += 1)
    expect(decodeSnapshot(random.bytes(random.integer(300)))).toBeUndefined();
});
