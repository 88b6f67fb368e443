import { decodeBase64Url, encodeText } from "@kaelix/base";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { compressSync } from "snappy";
import { expect, test } from "vitest";

import { compress, decompress } from "./compression.ts";

const CODECS = ["gzip", "snappy", "lz4", "zstd"] as const;
const TEXT = encodeText("the log is the truth; ".repeat(20_000));

/** 190,000 bytes of lines through `lz4 -9 -BD -B4 -BX --content-size`: dependent blocks, block and content checksums. */
const LINKED = [
  "BCJNGFxAMOYCAAAAAADpLwEAAPEMMDEyMzQ1Njc4OWFiY2RlZiB0aGUgbG9nIGlzCwBvdHJ1dGgKJgD_____________________",
  "____________________________________________________________________________________________________",
  "____________________________________________________________________________________________________",
  "____________________________________________________________________________________________________",
  "____________________wlBlIGxvZ-zLbM0KAQAADyYA________________________________________________________",
  "____________________________________________________________________________________________________",
  "____________________________________________________________________________________________________",
  "_____________________________________________________________________________________-hQNTY3ODk9m7kI",
  "8AAAAA8mAP__________________________________________________________________________________________",
  "____________________________________________________________________________________________________",
  "____________________________________________________________________________________________________",
  "_________________lBydXRoCsE5TmcAAAAAgij9qg",
].join("");
const LINKED_SHA256 = "uRc3NCFRNsJg1UxR5xVuMH_yytILR_6pLiToMS0pZfA";

test("decompress gives back what compress took", () => {
  fc.assert(
    fc.property(fc.constantFrom(...CODECS), fc.uint8Array({ maxLength: 2_000 }), fc.nat(200), (codec, seed, times) => {
      const bytes = Buffer.concat(Array.from({ length: times }, () => seed));
      const back = decompress(codec, compress(codec, bytes), bytes.length + 1);
      expect(back.type === "bytes" && Buffer.compare(back.bytes, bytes) === 0, codec).toBe(true);
    }),
    { numRuns: 80 },
  );
});

test("decompress allows exactly as many bytes as it may", () => {
  for (const codec of [...CODECS, "none"] as const) {
    const compressed = compress(codec, TEXT);
    expect(decompress(codec, compressed, TEXT.length).type, codec).toBe("bytes");
    expect(decompress(codec, compressed, TEXT.length - 1).type, codec).toBe("too-large");
  }
});

test("a bomb in any codec stops at the bound without growing the process", () => {
  const bytesMax = 1_000_000;
  for (const codec of CODECS) {
    const bomb = compress(codec, new Uint8Array(30_000_000));
    const beforeBytes = process.memoryUsage().arrayBuffers;
    expect(decompress(codec, bomb, bytesMax).type, codec).toBe("too-large");
    expect(process.memoryUsage().arrayBuffers - beforeBytes, codec).toBeLessThan(bytesMax * 4);
  }
});

test("decompress answers bad bytes and never throws", () => {
  fc.assert(
    fc.property(fc.constantFrom(...CODECS), fc.nat(), fc.integer({ min: 1, max: 255 }), (codec, place, change) => {
      const bytes = compress(codec, TEXT.subarray(0, 3_000)).slice();
      const at = place % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ change;
      const outcome = decompress(codec, bytes, 1_000_000);
      expect(["bytes", "bad", "too-large"]).toContain(outcome.type);
      if (outcome.type === "bytes") expect(outcome.bytes.length).toBeLessThanOrEqual(1_000_000);
      expect(decompress(codec, bytes.subarray(0, at), 1_000_000).type).not.toBe("too-large");
    }),
    { numRuns: 400 },
  );
});

test("decompress does not believe a size that the bytes cannot have", () => {
  // Raw Snappy that says to become 4 GiB, xerial blocks that say to be longer than the input.
  expect(decompress("snappy", new Uint8Array([0xff, 0xff, 0xff, 0xff, 0x0f, 0]), 1_000)).toEqual({ type: "bad" });
  const xerial = frameXerial([TEXT.subarray(0, 100)]);
  new DataView(xerial.buffer, xerial.byteOffset).setInt32(16, 0x7fff_ffff);
  expect(decompress("snappy", xerial, 2 ** 40)).toEqual({ type: "bad" });
  new DataView(xerial.buffer, xerial.byteOffset).setInt32(16, -1);
  expect(decompress("snappy", xerial, 2 ** 40)).toEqual({ type: "bad" });
});

test("decompress reads the framed Snappy that Java and kafkajs send, bounded over all blocks", () => {
  const blocks = [TEXT.subarray(0, 32_768), TEXT.subarray(32_768, 65_536), TEXT.subarray(65_536, 70_000)];
  const framed = frameXerial(blocks);
  const back = decompress("snappy", framed, 70_000);
  expect(back.type === "bytes" && Buffer.compare(back.bytes, TEXT.subarray(0, 70_000)) === 0).toBe(true);
  expect(decompress("snappy", framed, 69_999)).toEqual({ type: "too-large" });
  expect(decompress("snappy", framed.subarray(0, framed.length - 1), 70_000)).toEqual({ type: "bad" });
});

test("decompress reads LZ4 frames with dependent blocks and checks their checksums", () => {
  const frame = decodeBase64Url(LINKED) ?? new Uint8Array(0);
  const back = decompress("lz4", frame, 200_000);
  if (back.type !== "bytes") throw new Error(back.type);
  expect(createHash("sha256").update(back.bytes).digest("base64url")).toBe(LINKED_SHA256);
  const changed = frame.slice();
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  expect(decompress("lz4", changed, 200_000)).toEqual({ type: "bad" });
  expect(decompress("lz4", frame.subarray(0, frame.length - 4), 200_000)).toEqual({ type: "bad" });
});

test("compress writes LZ4 frames of independent blocks, the only ones Apache Kafka reads", () => {
  expect(compress("lz4", TEXT)[4]).toBe(0b0110_0000);
});

function frameXerial(blocks: readonly Uint8Array[]): Uint8Array {
  const header = Buffer.from("82534e41505059000000000100000001", "hex");
  const parts = blocks.flatMap((block) => {
    const compressed = compressSync(block);
    const length = Buffer.alloc(4);
    length.writeInt32BE(compressed.length);
    return [length, compressed];
  });
  return Uint8Array.from(Buffer.concat([header, ...parts]));
}
