import { encodeText } from "@kaelix/base";
import { expect, test } from "vitest";

import { murmur2, partitionForKey } from "./murmur2.ts";

test("murmur2 gives what Apache Kafka's own test expects", () => {
  const expected: readonly [string, number][] = [
    ["21", -973_932_308],
    ["foobar", -790_332_482],
    ["a-little-bit-long-string", -985_981_536],
    ["a-little-bit-longer-string", -1_486_304_829],
    ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971],
    ["abc", 479_470_107],
  ];
  for (const [key, hash] of expected) expect(murmur2(encodeText(key)), key).toBe(hash);
});

test("partitionForKey stays within the partitions and is the same every time", () => {
  for (let at = 0; at < 500; at += 1) {
    const key = encodeText(`user-${at}`);
    const partition = partitionForKey(key, 7);
    expect(partition).toBeGreaterThanOrEqual(0);
    expect(partition).toBeLessThan(7);
    expect(partitionForKey(key, 7)).toBe(partition);
  }
  expect(partitionForKey(encodeText("foobar"), 1)).toBe(0);
});
