import fc from "fast-check";
import { expect, test } from "vitest";

import { encodedVarintSize, readUnsignedVarint, readVarint, writeVarint } from "./varint.ts";

const exact = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });

test("readVarint gives back what writeVarint wrote, in as many bytes as encodedVarintSize says", () => {
  fc.assert(
    fc.property(fc.oneof(exact, fc.integer(), fc.integer({ min: -300, max: 300 })), (value) => {
      const bytes = new Uint8Array(12);
      const end = writeVarint(bytes, 1, value);
      expect(end - 1).toBe(encodedVarintSize(value));
      const cursor = { at: 1, valid: true };
      expect(readVarint(bytes, cursor, end)).toBe(value === 0 ? 0 : value);
      expect(cursor).toEqual({ at: end, valid: true });
    }),
  );
});

test("writeVarint writes the bytes of the zigzag table", () => {
  const encode = (value: number): number[] => {
    const bytes = new Uint8Array(encodedVarintSize(value));
    writeVarint(bytes, 0, value);
    return [...bytes];
  };
  expect([0, -1, 1, -2, 2].map(encode)).toEqual([[0], [1], [2], [3], [4]]);
  expect(encode(63)).toEqual([126]);
  expect(encode(64)).toEqual([128, 1]);
  expect(encode(-65)).toEqual([129, 1]);
  expect(encode(2_147_483_647)).toEqual([254, 255, 255, 255, 15]);
  expect(encode(-2_147_483_648)).toEqual([255, 255, 255, 255, 15]);
});

test("readVarint never reads past the end and says so", () => {
  fc.assert(
    fc.property(exact, fc.nat(10), (value, cut) => {
      const bytes = new Uint8Array(20).fill(0xff);
      const end = writeVarint(bytes, 0, value);
      const cursor = { at: 0, valid: true };
      readVarint(bytes, cursor, Math.min(end - 1, cut));
      expect(cursor.valid).toBe(false);
      expect(cursor.at).toBeLessThanOrEqual(end);
    }),
  );
});

test("readUnsignedVarint refuses numbers that never end or are too large", () => {
  const endless = { at: 0, valid: true };
  readUnsignedVarint(new Uint8Array(64).fill(0x80), endless, 64);
  expect(endless.valid).toBe(false);
  const large = { at: 0, valid: true };
  readUnsignedVarint(new Uint8Array([255, 255, 255, 255, 255, 255, 255, 255, 255, 1]), large, 10);
  expect(large.valid).toBe(false);
});
