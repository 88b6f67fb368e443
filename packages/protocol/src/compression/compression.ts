/**
 * The codecs of record batches: bytes → fewer bytes and back.
 *
 * Guarantees: `decompress` gives at most `bytesMax` bytes and allocates about that much at most, whatever the input says about itself;
 * bad input is returned, not thrown. What `compress` gives is read by Apache Kafka and every client we know: gzip and zstd streams, an
 * LZ4 frame of independent blocks, a raw Snappy block.
 * Does not: give the memory for a zstd window back to the bound: a window of up to 128 MiB is reserved, but only touched as far as
 * output was made.
 */
import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";

import { compressLz4, decompressLz4 } from "./lz4.ts";
import { compressSnappy, decompressSnappy } from "./snappy.ts";

/** Names of the codecs at the index that bits 0–2 of a batch's attributes hold. */
const CODECS = ["none", "gzip", "snappy", "lz4", "zstd"] as const;
const CODEC_MASK = 0b111;
/** The largest window the zstd format's reference decoder accepts by default, and what its level 22 uses. */
const ZSTD_WINDOW_LOG_MAX = 27;

/** How records are compressed. */
export type CompressionCodec = (typeof CODECS)[number];

/** What decompressing gives. */
export type Decompressed =
  | { readonly type: "bytes"; readonly bytes: Uint8Array }
  /** The input is not what the codec writes. */
  | { readonly type: "bad" }
  /** There would be more output than allowed. */
  | { readonly type: "too-large" };

/** The codec that a batch's attributes name; undefined for the numbers that Kafka does not use. */
export function codecOfAttributes(attributes: number): CompressionCodec | undefined {
  return CODECS[attributes & CODEC_MASK];
}

/** The bits of a batch's attributes that name a codec. */
export function attributesOfCodec(codec: CompressionCodec): number {
  return CODECS.indexOf(codec);
}

/**
 * Compresses bytes.
 * @param level of gzip (1 to 9) and zstd (-131072 to 22); default: the codec's own. The others have none
 */
export function compress(codec: CompressionCodec, bytes: Uint8Array, level?: number): Uint8Array {
  switch (codec) {
    case "none":
      return bytes;
    case "gzip":
      return gzipSync(bytes, level === undefined ? {} : { level });
    case "snappy":
      return compressSnappy(bytes);
    case "lz4":
      return compressLz4(bytes);
    case "zstd":
      return zstdCompressSync(
        bytes,
        level === undefined ? {} : { params: { [constants.ZSTD_c_compressionLevel]: level } },
      );
  }
}

/**
 * Decompresses bytes.
 * @param bytesMax the most that may come out
 */
export function decompress(codec: CompressionCodec, bytes: Uint8Array, bytesMax: number): Decompressed {
  switch (codec) {
    case "none":
      return bytes.length > bytesMax ? { type: "too-large" } : { type: "bytes", bytes };
    case "gzip":
      return inflate(() => gunzipSync(bytes, { maxOutputLength: bytesMax }));
    case "snappy":
      return decompressSnappy(bytes, bytesMax);
    case "lz4":
      return decompressLz4(bytes, bytesMax);
    case "zstd": {
      const params = { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX };
      return inflate(() => zstdDecompressSync(bytes, { maxOutputLength: bytesMax, params }));
    }
  }
}

function inflate(run: () => Uint8Array): Decompressed {
  try {
    return { type: "bytes", bytes: run() };
  } catch (error) {
    const isTooLarge = error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    return { type: isTooLarge ? "too-large" : "bad" };
  }
}
