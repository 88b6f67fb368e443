/**
 * The records of a batch as they stand in its bytes, for who copies them.
 * Only what compaction and purging must know is looked at; headers are stepped over.
 */
import { type BatchHeader, readVarint } from "@kaelix/protocol";

const RECORD_BYTES_MIN = 7;

interface Cursor {
  at: number;
  valid: boolean;
}

/** A record within the records' bytes of a batch. */
export interface RecordView {
  /** First byte, that of its length. */
  readonly start: number;
  readonly end: number;
  /** Where its timestamp delta begins and ends. */
  readonly deltaStart: number;
  readonly deltaEnd: number;
  readonly timestampDelta: number;
  readonly offset: number;
  readonly key: Uint8Array | null;
  /** Null when it deletes its key. */
  readonly value: Uint8Array | null;
  /** Where its value begins, with its length, and ends. */
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** The records of a batch from its records' bytes; undefined when they are not as many whole records as the header says. */
export function viewRecords(body: Uint8Array, header: BatchHeader): readonly RecordView[] | undefined {
  const { recordCount } = header;
  if (recordCount < 0 || recordCount * RECORD_BYTES_MIN > body.length) return undefined;
  const cursor: Cursor = { at: 0, valid: true };
  const records: RecordView[] = [];
  for (let at = 0; at < recordCount; at += 1) {
    const record = viewRecord(body, cursor, header);
    if (record === undefined) return undefined;
    records.push(record);
  }
  return cursor.at === body.length ? records : undefined;
}

function viewRecord(body: Uint8Array, cursor: Cursor, header: BatchHeader): RecordView | undefined {
  const start = cursor.at;
  const length = readVarint(body, cursor, body.length);
  const end = cursor.at + length;
  if (!cursor.valid || length < RECORD_BYTES_MIN - 1 || end > body.length) return undefined;
  cursor.at += 1;
  const deltaStart = cursor.at;
  const timestampDelta = readVarint(body, cursor, end);
  const deltaEnd = cursor.at;
  const offsetDelta = readVarint(body, cursor, end);
  const keyLength = readVarint(body, cursor, end);
  const keyStart = cursor.at;
  if (!cursor.valid || offsetDelta < 0 || offsetDelta > header.lastOffsetDelta || keyLength < -1) return undefined;
  if (keyLength > 0) cursor.at += keyLength;
  const valueStart = cursor.at;
  const valueLength = readVarint(body, cursor, end);
  const valueEnd = cursor.at + Math.max(valueLength, 0);
  if (!cursor.valid || valueLength < -1 || valueEnd > end) return undefined;
  const value = valueLength < 0 ? null : body.subarray(cursor.at, valueEnd);
  cursor.at = end;
  const key = keyLength < 0 ? null : body.subarray(keyStart, keyStart + keyLength);
  const offset = header.baseOffset + offsetDelta;
  return { start, end, deltaStart, deltaEnd, timestampDelta, offset, key, value, valueStart, valueEnd };
}
