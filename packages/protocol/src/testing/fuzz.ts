/**
 * Mutated frames through every decoder: a decoder gives a message or refuses with `protocol-frame-invalid`; anything else is a fault.
 * A share of the inputs are record batches, plain and compressed, which never throw.
 *
 * Frames begin as random messages of every API and version and are then cut, flipped, spliced, and given the lengths that hurt.
 */
import { setImmediate } from "node:timers/promises";

import { isKaelixError, seededRandom } from "@kaelix/base";

import { attributesOfCodec, decompress } from "../compression/compression.ts";
import { decodeRecords, decodeRecordBatch, encodeRecordBatch } from "../record-batch.ts";
import { readBatchHeader } from "../batch-header.ts";
import { WireReader } from "../wire/reader.ts";
import { encodeMessage, everyCodec, type MessageCodec } from "./codecs.ts";
import { randomMessage } from "./random-message.ts";

type Random = ReturnType<typeof seededRandom>;

/** What came of a run. */
export interface FuzzOutcome {
  readonly frames: number;
  /** Read to the end in spite of the mutation. */
  readonly accepted: number;
  readonly refused: number;
  /** Seed of the run and the frame in it, with the error that was not expected. */
  readonly faults: readonly string[];
  /** The most memory the process held more than at the start, looked at every few thousand frames. */
  readonly growthBytesMax: number;
}

interface Target {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  /** Throws for a bad frame as the decoder does; true when it was accepted. */
  readonly run: (bytes: Uint8Array) => boolean;
}

const HURTFUL = [0, 1, 0x7f, 0x80, 0xff] as const;
const HURTFUL_LENGTHS = [0x7fff_ffff, -1, -2, 0x8000_0000 | 0, 0x00ff_ffff, 0x7fff, 0xffff] as const;
const SEEDS_PER_MESSAGE = 6;
const FAULTS_KEPT = 10;
const DECOMPRESSED_BYTES_MAX = 1 << 20;
/** One input in so many is a record batch: each is much dearer than a frame. */
const BATCH_SHARE = 50;
const MEMORY_SHARE = 1_024;

/**
 * Runs so many mutated frames; the same seed gives the same frames. Gives way to the event loop now and then: zlib frees its streams
 * there, as it does in a broker.
 */
export async function fuzzDecoders(options: { readonly frames: number; readonly seed: number }): Promise<FuzzOutcome> {
  const random = seededRandom(options.seed);
  const targets = everyCodec().map(({ codec, version }) => messageTarget(codec, version, random));
  const batches = batchTargets();
  const startBytes = memoryBytes();
  const faults: string[] = [];
  let accepted = 0;
  let refused = 0;
  let growthBytesMax = 0;
  for (let frame = 0; frame < options.frames; frame += 1) {
    const from = frame % BATCH_SHARE === 0 ? batches : targets;
    const target = from[random.integer(from.length)];
    if (target === undefined) break;
    const bytes = mutate(target.seeds, random);
    try {
      if (target.run(bytes)) accepted += 1;
      else refused += 1;
    } catch (error) {
      if (isKaelixError(error, "protocol-frame-invalid")) refused += 1;
      else if (faults.length < FAULTS_KEPT) {
        faults.push(`seed ${options.seed}, frame ${frame}, ${target.name}: ${String(error)} (${toHex(bytes)})`);
      }
    }
    if (frame % MEMORY_SHARE === 0) {
      growthBytesMax = Math.max(growthBytesMax, memoryBytes() - startBytes);
      await setImmediate();
    }
  }
  return { frames: options.frames, accepted, refused, faults, growthBytesMax };
}

function messageTarget(codec: MessageCodec, version: number, random: Random): Target {
  const seeds = Array.from({ length: SEEDS_PER_MESSAGE }, () =>
    encodeMessage(codec, version, randomMessage(codec.schema, codec.kind, version, random)),
  );
  const run = (bytes: Uint8Array): boolean => {
    codec.decode(new WireReader(bytes), version);
    return true;
  };
  return { name: `${codec.name} ${version}`, seeds, run };
}

function batchTargets(): Target[] {
  const record = { key: new Uint8Array(5), value: new Uint8Array(200).fill(7), timestampMs: 1 };
  const records = Array.from({ length: 5 }, () => ({ ...record, headers: [{ key: "h", value: null }] }));
  return (["none", "gzip", "snappy", "lz4", "zstd"] as const).map((compression): Target => {
    const batch = encodeRecordBatch(records, { compression });
    const run = (bytes: Uint8Array): boolean => {
      decompress(compression, bytes.subarray(Math.min(61, bytes.length)), DECOMPRESSED_BYTES_MAX);
      const header = readBatchHeader(bytes);
      if (header === undefined) return decodeRecordBatch(bytes).type === "batch";
      // The checksum would refuse nearly every mutation: the records are read past it, as if a faulty producer had sealed them.
      const attributes = attributesOfCodec(compression);
      const sealed = { ...header, sizeBytes: bytes.length, attributes };
      const decoded = decodeRecords(bytes, 0, sealed, { decompressedBytesMax: DECOMPRESSED_BYTES_MAX });
      return typeof decoded !== "string";
    };
    return { name: `batch ${compression}`, seeds: [batch], run };
  });
}

/** One of the given, cut, flipped, spliced with another, or given a length that hurts. */
export function mutate(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  const seed = seeds[random.integer(seeds.length)] ?? new Uint8Array(0);
  // A copy whatever it is: `slice` of a Buffer is a view, and the seeds would rot.
  let bytes = new Uint8Array(seed);
  for (let changes = 1 + random.integer(3); changes > 0 && bytes.length > 0; changes -= 1) {
    const at = random.integer(bytes.length);
    switch (random.integer(6)) {
      case 0:
        bytes = bytes.slice(0, at);
        break;
      case 1:
        bytes[at] = HURTFUL[random.integer(HURTFUL.length)] ?? 0;
        break;
      case 2:
        bytes[at] = random.integer(256);
        break;
      case 3: {
        const value = HURTFUL_LENGTHS[random.integer(HURTFUL_LENGTHS.length)] ?? 0;
        if (at + 4 <= bytes.length) new DataView(bytes.buffer).setInt32(at, value);
        break;
      }
      case 4: {
        const other = seeds[random.integer(seeds.length)] ?? seed;
        const from = random.integer(other.length + 1);
        const spliced = new Uint8Array(at + other.length - from);
        spliced.set(bytes.subarray(0, at));
        spliced.set(other.subarray(from), at);
        bytes = spliced;
        break;
      }
      default:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(8));
    }
  }
  return bytes;
}

function memoryBytes(): number {
  const usage = process.memoryUsage();
  return usage.heapUsed + usage.external;
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 400)).toString("hex");
}
