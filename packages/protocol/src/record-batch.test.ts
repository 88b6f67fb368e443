import { decodeText, encodeHex, encodeText, isKaelixError } from "@kaelix/base";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { expect, test } from "vitest";

import {
  BATCH_HEADER_BYTES,
  inspectBatch,
  patchBaseOffset,
  patchLeaderEpoch,
  readBatchHeader,
} from "./batch-header.ts";
import { decodeRequestHeader } from "./api-table.ts";
import { codecOfAttributes } from "./compression/compression.ts";
import { encodeTransactionMarker, isControlBatch, isTransactionalBatch, readControlKey } from "./control-record.ts";
import { decodeProduceRequest } from "./generated/index.ts";
import {
  type BatchRecord,
  type DecodedRecord,
  decodeRecordBatch,
  decodeRecords,
  encodeRecordBatch,
} from "./record-batch.ts";
import { WireReader } from "./wire/reader.ts";

const field = fc.option(fc.uint8Array({ maxLength: 40 }), { nil: null });
const record: fc.Arbitrary<BatchRecord> = fc.record({
  key: field,
  value: field,
  timestampMs: fc.integer({ min: 0, max: 2 ** 45 }),
  headers: fc.array(fc.record({ key: fc.string({ maxLength: 8 }), value: field }), { maxLength: 3 }),
});
const records = fc.array(record, { minLength: 1, maxLength: 20 });

const TWO = encodeRecordBatch(
  [
    { key: encodeText("k"), value: encodeText("v"), timestampMs: 1_700_000_000_000 },
    { key: null, value: null, timestampMs: 1_700_000_000_005, headers: [{ key: "h", value: encodeText("1") }] },
  ],
  { baseOffset: 7 },
);

test("decodeRecordBatch gives back every record that encodeRecordBatch wrote", () => {
  fc.assert(
    fc.property(records, fc.integer({ min: 0, max: 2 ** 53 - 100 }), (written, baseOffset) => {
      const bytes = encodeRecordBatch(written, { baseOffset });
      const decoded = decodeRecordBatch(bytes);
      if (decoded.type !== "batch") throw new Error(decoded.type);
      expect(decoded.header.maxTimestampMs).toBe(Math.max(...written.map(({ timestampMs }) => timestampMs)));
      expect(decoded.records.map((row) => row.offset)).toEqual(written.map((_, at) => baseOffset + at));
      const plain = decoded.records.map(({ headers, key, timestampMs, value }) => ({
        key,
        value,
        timestampMs,
        headers,
      }));
      expect(plain).toEqual(written);
    }),
    { numRuns: 60 },
  );
});

test("encodeRecordBatch writes the bytes of message format v2", () => {
  // Header fields in order, then two records, laid out by hand from KIP-98; the checksum is CRC-32C over what follows it.
  expect(encodeHex(TWO)).toBe(
    [
      "0000000000000007",
      "00000045",
      "00000000",
      "02",
      encodeHex(TWO.subarray(17, 21)),
      "0000",
      "00000001",
      "0000018bcfe56800",
      "0000018bcfe56805",
      "ffffffffffffffff",
      "ffff",
      "ffffffff",
      "00000002",
      // length 8, attributes, deltas 0 and 0, key "k", value "v", no headers
      "10000000026b027600",
      // length 10, attributes, deltas 5 and 1, no key, no value, one header "h" = "1"
      "14000a0201010202680231",
    ].join(""),
  );
});

test("encodeRecordBatch writes the same bytes as another implementation", () => {
  // Built by kafka-python 2.0.2 (DefaultRecordBatchBuilder) from the same three records.
  const foreign = [
    "00000000000000000000009b0000000002b8b72f920000000000020000018bcfe568000000018bcfe74a40",
    "ffffffffffffffffffffffffffff0000000310000000026b02760014000a0201010202680231",
    "a8010080890f040a6b65792d328c01",
    "78".repeat(70),
    "00",
  ].join("");
  const ours = encodeRecordBatch([
    { key: encodeText("k"), value: encodeText("v"), timestampMs: 1_700_000_000_000 },
    { key: null, value: null, timestampMs: 1_700_000_000_005, headers: [{ key: "h", value: encodeText("1") }] },
    { key: encodeText("key-2"), value: encodeText("x".repeat(70)), timestampMs: 1_700_000_123_456 },
  ]);
  expect(encodeHex(ours)).toBe(foreign);
});

test("patchBaseOffset and patchLeaderEpoch keep the checksum right", () => {
  const bytes = TWO.slice();
  patchBaseOffset(bytes, 0, 2 ** 40 + 3);
  patchLeaderEpoch(bytes, 0, 12);
  const inspection = inspectBatch(bytes, 0);
  expect(inspection.type).toBe("batch");
  expect(readBatchHeader(bytes)).toMatchObject({ baseOffset: 2 ** 40 + 3, leaderEpoch: 12, recordCount: 2 });
});

test("decodeRecordBatch notices every flipped bit that the checksum covers, and never throws for the others", () => {
  for (let bit = 0; bit < TWO.length * 8; bit += 1) {
    const bytes = TWO.slice();
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const decoded = decodeRecordBatch(bytes);
    // Base offset (0–7) and leader epoch (12–15) belong to the broker; who keeps batches compares them.
    const covered = bit >> 3 >= 16 || (bit >> 3 >= 8 && bit >> 3 < 12);
    if (covered) expect(decoded.type, `bit ${bit}`).not.toBe("batch");
  }
});

test("decodeRecordBatch says how many bytes it needs of a batch that is cut off", () => {
  for (let length = 0; length < TWO.length; length += 1) {
    const decoded = decodeRecordBatch(TWO.subarray(0, length));
    expect(decoded).toEqual({
      type: "incomplete",
      bytesNeeded: length < BATCH_HEADER_BYTES ? BATCH_HEADER_BYTES : TWO.length,
    });
  }
});

test("decodeRecordBatch never throws and never answers records for random bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(50), (bytes, at) => {
      expect(decodeRecordBatch(bytes, at).type).not.toBe("batch");
    }),
  );
});

test("decodeRecordBatch answers bad records behind a right checksum without throwing", () => {
  fc.assert(
    fc.property(records, fc.uint8Array({ minLength: 1, maxLength: 8 }), fc.nat(10_000), (written, noise, place) => {
      const bytes = encodeRecordBatch(written);
      bytes.set(noise.subarray(0, 1), BATCH_HEADER_BYTES + (place % (bytes.length - BATCH_HEADER_BYTES)));
      // Makes the checksum right again, as a faulty producer would.
      const header = readBatchHeader(bytes);
      if (header === undefined) throw new Error("No header");
      const again = reseal(bytes);
      expect(["batch", "bad"]).toContain(decodeRecordBatch(again).type);
    }),
    { numRuns: 60 },
  );
});

test("decodeRecordBatch refuses by name records that a codec cannot read", () => {
  for (let codec = 1; codec < 8; codec += 1) {
    const bytes = TWO.slice();
    bytes[22] = codec;
    expect(decodeRecordBatch(reseal(bytes)), `codec ${codec}`).toEqual({ type: "bad", reason: "codec" });
  }
});

test("decodeRecordBatch reads what encodeRecordBatch compressed, with every codec", () => {
  fc.assert(
    fc.property(records, fc.constantFrom("gzip", "snappy", "lz4", "zstd"), (written, compression) => {
      const bytes = encodeRecordBatch(written, { baseOffset: 3, compression });
      const plain = decodeRecordBatch(encodeRecordBatch(written, { baseOffset: 3 }));
      const decoded = decodeRecordBatch(bytes);
      if (decoded.type !== "batch" || plain.type !== "batch") throw new Error(decoded.type);
      expect(codecOfAttributes(decoded.header.attributes)).toBe(compression);
      expect(decoded.records.map(plainRecord)).toEqual(plain.records.map(plainRecord));
    }),
    { numRuns: 60 },
  );
});

/** Written by Apache Kafka 4.3's MemoryRecordsBuilder: 1,000 records, idempotent and transactional. Snappy comes in two xerial blocks. */
test("decodeRecordBatch reads what Apache Kafka compressed, with every codec", () => {
  const lines = readFixture("apache-kafka-batches.txt");
  expect(lines.map(([codec]) => codec)).toEqual(["gzip", "snappy", "lz4", "zstd"]);
  for (const [codec, base64 = ""] of lines) {
    const decoded = decodeRecordBatch(Buffer.from(base64, "base64"));
    if (decoded.type !== "batch") throw new Error(`${codec}: ${decoded.type}`);
    expect(codecOfAttributes(decoded.header.attributes)).toBe(codec);
    expect(decoded.header).toMatchObject({ baseOffset: 7, producerId: 4_000, producerEpoch: 3, baseSequence: 5 });
    expect(decoded.records).toHaveLength(1_000);
    expect(decoded.records.slice(1, 2).map(plainRecord)).toEqual([
      {
        offset: 8,
        timestampMs: 1_700_000_000_001,
        key: encodeHex(encodeText("key-1")),
        value: encodeHex(encodeText("the log is the truth")),
        headers: [["h", encodeHex(encodeText("x"))]],
      },
    ]);
    expect(decoded.records.every(({ value }) => value !== null && decodeText(value) === "the log is the truth")).toBe(
      true,
    );
  }
});

test("decodeRecordBatch reads every batch that real clients produced", () => {
  const codecs = new Set<string>();
  for (const [client, kind, api, version, hex = ""] of readFixture("real-clients.txt")) {
    if (kind !== "request" || api !== "Produce") continue;
    const reader = new WireReader(Buffer.from(hex, "hex"));
    decodeRequestHeader(reader);
    for (const topic of decodeProduceRequest(reader, Number(version)).topicData) {
      for (const { records: bytes } of topic.partitionData) {
        const decoded = decodeRecordBatch(bytes ?? new Uint8Array(0));
        expect(decoded.type, client).toBe("batch");
        if (decoded.type === "batch") codecs.add(codecOfAttributes(decoded.header.attributes) ?? "unknown");
      }
    }
  }
  expect(codecs.size).toBeGreaterThan(1);
});

test("decodeRecords gives up on a batch that becomes too many bytes or records", () => {
  const value = new Uint8Array(100_000);
  const bytes = encodeRecordBatch([{ key: null, value, timestampMs: 1 }], { compression: "zstd" });
  const header = readBatchHeader(bytes);
  if (header === undefined) throw new Error("No header");
  expect(decodeRecords(bytes, 0, header, { decompressedBytesMax: 50_000 })).toBe("codec");
  expect(decodeRecords(bytes, 0, header, { recordsMax: 0 })).toBe("records");
  expect(decodeRecords(bytes, 0, header)).toHaveLength(1);
});

test("encodeRecordBatch sets the producer's fields and attributes", () => {
  const [record] = [{ key: null, value: null, timestampMs: 5 }];
  const bytes = encodeRecordBatch([record], {
    producerId: 2 ** 40 + 1,
    producerEpoch: 7,
    baseSequence: 9,
    isTransactional: true,
  });
  const header = readBatchHeader(bytes);
  expect(header).toMatchObject({ producerId: 2 ** 40 + 1, producerEpoch: 7, baseSequence: 9, attributes: 0b1_0000 });
  expect(inspectBatch(bytes, 0).type).toBe("batch");
});

test("encodeTransactionMarker writes the control batch of KIP-98", () => {
  for (const outcome of ["commit", "abort"] as const) {
    const bytes = encodeTransactionMarker({
      outcome,
      producerId: 4_000,
      producerEpoch: 1,
      coordinatorEpoch: 258,
      timestampMs: 5,
    });
    const decoded = decodeRecordBatch(bytes);
    if (decoded.type !== "batch") throw new Error(decoded.type);
    expect(isControlBatch(decoded.header)).toBe(true);
    expect(isTransactionalBatch(decoded.header)).toBe(true);
    expect(decoded.header).toMatchObject({ producerId: 4_000, producerEpoch: 1, baseSequence: -1 });
    const [record] = decoded.records;
    expect(encodeHex(record?.key ?? new Uint8Array(0))).toBe(outcome === "commit" ? "00000001" : "00000000");
    expect(encodeHex(record?.value ?? new Uint8Array(0))).toBe("000000000102");
    expect(readControlKey(record?.key ?? null)).toBe(outcome);
  }
  expect(readControlKey(new Uint8Array(3))).toBe(undefined);
  expect(readControlKey(new Uint8Array([0, 0, 0, 2]))).toBe(undefined);
});

test("decodeRecordBatch does not believe a record count that the bytes cannot hold", () => {
  const bytes = TWO.slice();
  new DataView(bytes.buffer).setInt32(57, 2 ** 31 - 1);
  expect(decodeRecordBatch(reseal(bytes))).toEqual({ type: "bad", reason: "records" });
});

test("decodeRecordBatch gives log append time to every record when the batch says so", () => {
  const bytes = TWO.slice();
  bytes[22] = 8;
  const decoded = decodeRecordBatch(reseal(bytes));
  if (decoded.type !== "batch") throw new Error(decoded.type);
  expect(decoded.records.map(({ timestampMs }) => timestampMs)).toEqual([1_700_000_000_005, 1_700_000_000_005]);
});

test("encodeRecordBatch refuses to encode nothing", () => {
  let caught: unknown;
  try {
    encodeRecordBatch([]);
  } catch (error) {
    caught = error;
  }
  expect(isKaelixError(caught, "protocol-batch-empty")).toBe(true);
});

test("decodeRecordBatch hands out views, so that decoding copies nothing", () => {
  const bytes = TWO.slice();
  const decoded = decodeRecordBatch(bytes);
  if (decoded.type !== "batch") throw new Error(decoded.type);
  const [first] = decoded.records;
  expect(first?.value?.buffer).toBe(bytes.buffer);
  expect(decodeText(first?.value ?? new Uint8Array(0))).toBe("v");
});

function readFixture(name: string): string[][] {
  const text = readFileSync(join(import.meta.dirname, "fixtures", name), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(" "));
}

function plainRecord(record: DecodedRecord): object {
  const hex = (bytes: Uint8Array | null): string | null => (bytes === null ? null : encodeHex(bytes));
  const headers = record.headers.map((header) => [header.key, hex(header.value)]);
  return { ...record, key: hex(record.key), value: hex(record.value), headers };
}

function reseal(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const table = Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
    return crc >>> 0;
  });
  let crc = 0xffff_ffff;
  for (const byte of copy.subarray(21)) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 255] ?? 0);
  new DataView(copy.buffer).setUint32(17, ~crc >>> 0);
  return copy;
}
