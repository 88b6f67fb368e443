import { seededRandom } from "@kaelix/base";
import { describe, expect, it } from "vitest";

import { FrameReader } from "./frame-reader.ts";

const LIMITS = { frameBytesMin: 1, frameBytesMax: 100_000 };

function framed(body: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

function take(reader: FrameReader): Buffer[] {
  const frames: Buffer[] = [];
  for (let next = reader.next(); next.type === "frame"; next = reader.next()) frames.push(next.bytes);
  return frames;
}

describe("FrameReader", () => {
  it("gives the same frames however the bytes are cut", () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const random = seededRandom(seed);
    const bodies = Array.from({ length: 200 }, () =>
      Buffer.from(random.bytes(1 + random.integer(random.integer(20) === 0 ? 60_000 : 500))),
    );
    const stream = Buffer.concat(bodies.map(framed));
    const reader = new FrameReader(LIMITS);
    const frames: Buffer[] = [];
    const shared = Buffer.alloc(4001);
    for (let at = 0; at < stream.length;) {
      const end = Math.min(stream.length, at + 1 + random.integer(random.integer(4) === 0 ? 4000 : 300));
      stream.copy(shared, 0, at, end);
      reader.push(shared.subarray(0, end - at));
      // Not everything is always taken at once.
      if (random.integer(3) > 0) frames.push(...take(reader).map((frame) => Buffer.from(frame)));
      reader.settle();
      shared.fill(0xff);
      at = end;
    }
    frames.push(...take(reader));
    expect(Buffer.concat(frames).equals(Buffer.concat(bodies)), `seed ${seed}`).toBe(true);
    expect(frames.length).toBe(bodies.length);
    expect(reader.heldBytes).toBe(0);
  });

  it("does not copy a frame that came in one piece", () => {
    const chunk = framed(Buffer.from("hello"));
    const reader = new FrameReader(LIMITS);
    reader.push(chunk);
    expect(take(reader)[0]?.buffer).toBe(chunk.buffer);
  });

  it("keeps few objects for a frame that comes byte by byte", () => {
    const body = Buffer.alloc(50_000, 7);
    const reader = new FrameReader(LIMITS);
    for (const byte of framed(body)) {
      if (reader.next().type !== "incomplete") expect.fail("It is whole before its last byte");
      reader.push(Buffer.of(byte));
    }
    const next = reader.next();
    expect(next.type === "frame" && next.bytes.equals(body)).toBe(true);
  });

  it.each([[-1], [0], [100_001], [2 ** 31 - 1], [-(2 ** 31)]])("refuses a frame of %i bytes", (size) => {
    const reader = new FrameReader(LIMITS);
    const header = Buffer.alloc(4);
    header.writeInt32BE(size);
    for (const byte of header) reader.push(Buffer.of(byte));
    expect(reader.next()).toEqual({ type: "bad", frameBytes: size });
  });
});
