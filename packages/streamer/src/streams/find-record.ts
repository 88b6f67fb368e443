/** One record out of a batch, without decoding the others: their lengths are enough to step over them. */
import { BATCH_HEADER_BYTES, decodeRecords, readVarint } from "@kaelix/protocol";

import type { FoundBatch } from "../storage/scan.ts";

const CODEC_MASK = 0b111;
const LOG_APPEND_TIME = 0b1000;

/** What is read of a record. */
export interface FoundRecord {
  readonly timestampMs: number;
  readonly value: Uint8Array | null;
}

/** The record at an offset; undefined when the batch has none there. The batch was checked by whoever read it. */
export function findRecord(batch: FoundBatch, offset: number): FoundRecord | undefined {
  const { at, bytes, header } = batch;
  if ((header.attributes & CODEC_MASK) !== 0) {
    const records = decodeRecords(bytes, at, header);
    return typeof records === "string" ? undefined : records.find((record) => record.offset === offset);
  }
  const end = at + header.sizeBytes;
  const cursor = { at: at + BATCH_HEADER_BYTES, valid: true };
  while (cursor.valid && cursor.at < end) {
    const length = readVarint(bytes, cursor, end);
    const next = cursor.at + length;
    cursor.at += 1;
    const timestampDelta = readVarint(bytes, cursor, end);
    if (header.baseOffset + readVarint(bytes, cursor, end) === offset) {
      const keyLength = readVarint(bytes, cursor, end);
      cursor.at += Math.max(0, keyLength);
      const valueLength = readVarint(bytes, cursor, end);
      if (!cursor.valid || cursor.at + valueLength > next) return undefined;
      const stamped = (header.attributes & LOG_APPEND_TIME) !== 0;
      return {
        timestampMs: stamped ? header.maxTimestampMs : header.baseTimestampMs + timestampDelta,
        value: valueLength < 0 ? null : bytes.subarray(cursor.at, cursor.at + valueLength),
      };
    }
    if (length < 0) return undefined;
    cursor.at = next;
  }
  return undefined;
}
