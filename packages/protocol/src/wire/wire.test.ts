import { encodeHex } from "@kaelix/base";
import fc from "fast-check";
import { expect, test } from "vitest";

import { decodeFetchRequest, encodeFetchRequest } from "../generated/index.ts";
import { WireReader } from "./reader.ts";
import { WireWriter } from "./writer.ts";

const INVALID_FRAME = expect.objectContaining({ code: "protocol-frame-invalid" });
const INVALID_MESSAGE = expect.objectContaining({ code: "protocol-message-invalid" });

test("numbers come back as they were written", () => {
  const exact = fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 });
  fc.assert(
    fc.property(exact, fc.integer(), fc.nat(2 ** 32 - 1), fc.double({ noNaN: true }), (long, int, unsigned, float) => {
      const writer = new WireWriter(16);
      writer.int64(long);
      writer.int32(int);
      writer.int16(int >> 16);
      writer.int8(int >> 24);
      writer.uint32(unsigned);
      writer.uint16(unsigned >>> 16);
      writer.uvarint(unsigned);
      writer.varint(int);
      writer.float64(float);
      const reader = new WireReader(writer.toBytes());
      expect(reader.int64() + 0).toBe(long + 0);
      expect([reader.int32(), reader.int16(), reader.int8()]).toEqual([int, int >> 16, int >> 24]);
      expect([reader.uint32(), reader.uint16(), reader.uvarint()]).toEqual([unsigned, unsigned >>> 16, unsigned]);
      expect(reader.varint() + 0).toBe(int + 0);
      expect(reader.float64()).toBe(float);
      expect(reader.remaining).toBe(0);
    }),
  );
});

test("the largest and the smallest 64-bit number survive, though they are not exact", () => {
  for (const hex of ["7fffffffffffffff", "8000000000000000", "ffffffffffffffff", "0000000000000000"]) {
    const writer = new WireWriter();
    writer.int64(new WireReader(Buffer.from(hex, "hex")).int64());
    expect(encodeHex(writer.toBytes())).toBe(hex);
  }
});

test("text and bytes come back in both forms, whatever their length", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 400 }),
      fc.uint8Array({ maxLength: 300 }),
      fc.boolean(),
      (text, bytes, flexible) => {
        const writer = new WireWriter(8);
        writer.string(text, flexible);
        writer.nullableString(null, flexible);
        writer.bytes(bytes, flexible);
        writer.nullableBytes(null, flexible);
        writer.strings([text, "", text], flexible);
        const reader = new WireReader(writer.toBytes());
        expect(reader.string(flexible)).toBe(text);
        expect(reader.nullableString(flexible)).toBe(null);
        expect(reader.bytes(flexible)).toEqual(bytes);
        expect(reader.nullableBytes(flexible)).toBe(null);
        expect(reader.strings(flexible)).toEqual([text, "", text]);
      },
    ),
  );
});

test("records are referred to, in order, and never copied", () => {
  const first = new Uint8Array([1, 2, 3]);
  const second = new Uint8Array([4]);
  const writer = new WireWriter(4);
  writer.beginFrame();
  writer.int8(9);
  writer.nullableRecords([first, second], true);
  writer.string("x".repeat(5_000), true);
  writer.nullableRecords(second, false);
  writer.nullableRecords(null, true);
  const chunks = writer.endFrame();
  expect(chunks.filter((chunk) => chunk.buffer === first.buffer)).toHaveLength(1);
  expect(chunks.filter((chunk) => chunk.buffer === second.buffer)).toHaveLength(2);
  const frame = Buffer.concat(chunks);
  expect(frame.readInt32BE(0)).toBe(frame.length - 4);
  expect(writer.size).toBe(frame.length);
  const reader = new WireReader(frame.subarray(4));
  expect(reader.int8()).toBe(9);
  expect(reader.nullableBytes(true)).toEqual(new Uint8Array([1, 2, 3, 4]));
  expect(reader.string(true)).toHaveLength(5_000);
  expect(reader.nullableBytes(false)).toEqual(second);
  expect(reader.nullableBytes(true)).toBe(null);
});

test("a tagged field's size may take more than a byte", () => {
  for (const length of [0, 126, 127, 128, 129, 16_383, 20_000]) {
    const writer = new WireWriter(16);
    const tag = writer.beginTag(3);
    writer.raw(new Uint8Array(length).fill(7));
    writer.endTag(tag);
    writer.int8(1);
    const reader = new WireReader(writer.toBytes());
    expect(reader.uvarint()).toBe(3);
    const unknown = reader.unknownTag(3, reader.tagEnd());
    expect(unknown.bytes).toEqual(new Uint8Array(length).fill(7));
    expect(reader.int8()).toBe(1);
  }
});

test("a length is refused before anything is made for it", () => {
  const read = (hex: string, action: (reader: WireReader) => unknown): (() => unknown) => {
    return () => action(new WireReader(Buffer.from(hex, "hex")));
  };
  expect(read("7fffffff00", (reader) => reader.arrayLength(false, 1))).toThrow(INVALID_FRAME);
  expect(read("ffffffff0f00", (reader) => reader.arrayLength(true, 1))).toThrow(INVALID_FRAME);
  expect(read("0000000300", (reader) => reader.int32s(false))).toThrow(INVALID_FRAME);
  expect(read("7fffffff00", (reader) => reader.bytes(false))).toThrow(INVALID_FRAME);
  expect(read("7fff00", (reader) => reader.string(false))).toThrow(INVALID_FRAME);
  expect(read("ffff00", (reader) => reader.string(false))).toThrow(INVALID_FRAME);
  expect(read("fffe00", (reader) => reader.nullableString(false))).toThrow(INVALID_FRAME);
  expect(read("ff00", (reader) => reader.unknownTags())).toThrow(INVALID_FRAME);
  expect(read("0105ff01", (reader) => reader.unknownTags())).toThrow(INVALID_FRAME);
  expect(read("ffffffff1f", (reader) => reader.uvarint())).toThrow(INVALID_FRAME);
  expect(read("ffffffffffff01", (reader) => reader.uvarint())).toThrow(INVALID_FRAME);
});

test("the refusal names the length that lied, so nothing was read after it", () => {
  const read = (hex: string, action: (reader: WireReader) => unknown): (() => unknown) => {
    return () => action(new WireReader(Buffer.from(hex, "hex")));
  };
  expect(read("0000000300", (reader) => reader.arrayLength(false, 4))).toThrow("an array is longer than the frame");
  expect(read("0500", (reader) => reader.unknownTags())).toThrow("more tagged fields than bytes");
  expect(read("0500", (reader) => reader.tagEnd())).toThrow("a tagged field is longer than the frame");
});

test("a known tagged field must have the size it says", () => {
  const writer = new WireWriter();
  encodeFetchRequest(writer, 12, { clusterId: "c" });
  const bytes = writer.toBytes();
  const reader = new WireReader(bytes);
  expect(decodeFetchRequest(reader, 12).clusterId).toBe("c");
  // The last four bytes: tag 0, size 2, length + 1 of the text, "c".
  expect([...bytes.subarray(-4)]).toEqual([0, 2, 2, 0x63]);
  for (const size of [0, 1]) {
    bytes[bytes.length - 3] = size;
    expect(() => decodeFetchRequest(new WireReader(bytes), 12)).toThrow("does not have the size it says");
  }
});

test("the elements of a frame are bounded together", () => {
  const writer = new WireWriter();
  for (let count = 0; count < 3; count += 1) writer.int8s([1, 2, 3, 4], true);
  const reader = new WireReader(writer.toBytes(), { elementsMax: 11 });
  expect(reader.int8s(true)).toHaveLength(4);
  expect(reader.int8s(true)).toHaveLength(4);
  expect(() => reader.int8s(true)).toThrow(INVALID_FRAME);
});

test("what a version cannot hold is refused", () => {
  const writer = new WireWriter();
  expect(() => writer.string(null, true)).toThrow(INVALID_MESSAGE);
  expect(() => writer.string("x".repeat(32_768), false)).toThrow(INVALID_MESSAGE);
  expect(() => writer.uuid("short")).toThrow(INVALID_MESSAGE);
  expect(() => writer.uuid("!".repeat(22))).toThrow(INVALID_MESSAGE);
  expect(() => writer.nullLength(false)).toThrow(INVALID_MESSAGE);
});

test("a reader over a part of a buffer stays in it and gives views of it", () => {
  const whole = new Uint8Array(40).fill(0xff);
  whole.set([0, 0, 0, 2, 5, 6], 10);
  const reader = new WireReader(whole.subarray(10, 16));
  const bytes = reader.bytes(false);
  expect(bytes).toEqual(new Uint8Array([5, 6]));
  expect(bytes.buffer).toBe(whole.buffer);
  expect(() => reader.int8()).toThrow(INVALID_FRAME);
});
