/**
 * Keys of `__consumer_offsets`, in Apache Kafka's own format, so that its tools can read the topic.
 *
 *     int16 type | string group | the rest by type          (strings: int16 length, UTF-8)
 *
 *     0, 1  committed offset        topic, partition int32
 *     2     classic group           —
 *     3     consumer group epoch    —
 *     5     consumer group member   member
 *     6     target assignment epoch —
 *     7     target assignment       member
 *     8     current assignment      member
 *     10    share group member      member
 *     11    share group epoch       —
 *     12    share assignment epoch  —
 *     13    share assignment        member
 *     14    share member's epoch    member
 *     16    resolved pattern        pattern
 *
 * Source: the coordinator-key schemas of Apache Kafka 4.3 (GROUP COORDINATOR RECORDS).
 */
import { WireReader, WireWriter } from "@kaelix/protocol";

/** Types of records, as the first field of their key. */
export const RECORD_TYPES = {
  offsetLegacy: 0,
  offset: 1,
  classicGroup: 2,
  consumerEpoch: 3,
  consumerMember: 5,
  targetEpoch: 6,
  target: 7,
  current: 8,
  shareMember: 10,
  shareEpoch: 11,
  shareTargetEpoch: 12,
  shareTarget: 13,
  shareCurrent: 14,
  regex: 16,
} as const;

/** A key. `name` is the member or the pattern; empty where a group has one such record. */
export type RecordKey =
  | { readonly type: "offset"; readonly group: string; readonly topic: string; readonly partition: number }
  | { readonly type: "group"; readonly recordType: number; readonly group: string; readonly name: string };

const WITH_NAME: ReadonlySet<number> = new Set([
  RECORD_TYPES.consumerMember,
  RECORD_TYPES.target,
  RECORD_TYPES.current,
  RECORD_TYPES.shareMember,
  RECORD_TYPES.shareTarget,
  RECORD_TYPES.shareCurrent,
  RECORD_TYPES.regex,
]);

/** The longest a group, member, pattern or topic may be, bytes of UTF-8: its length stands in 15 bits. */
export const NAME_BYTES_MAX = 32_767;

/** The key of a committed offset. */
export function encodeOffsetKey(group: string, topic: string, partition: number): Uint8Array {
  const writer = new WireWriter(16 + group.length + topic.length);
  writer.int16(RECORD_TYPES.offset);
  writer.string(group, false);
  writer.string(topic, false);
  writer.int32(partition);
  return writer.toBytes();
}

/** The key of a record of a group. */
export function encodeGroupKey(recordType: number, group: string, name = ""): Uint8Array {
  const writer = new WireWriter(16 + group.length + name.length);
  writer.int16(recordType);
  writer.string(group, false);
  if (WITH_NAME.has(recordType)) writer.string(name, false);
  return writer.toBytes();
}

/** Understands a key; throws `protocol-frame-invalid` when it is cut off. Types of later versions keep only their group. */
export function decodeKey(bytes: Uint8Array): RecordKey {
  const reader = new WireReader(bytes);
  const recordType = reader.int16();
  const group = reader.string(false);
  if (recordType === RECORD_TYPES.offset || recordType === RECORD_TYPES.offsetLegacy) {
    return { type: "offset", group, topic: reader.string(false), partition: reader.int32() };
  }
  return { type: "group", recordType, group, name: WITH_NAME.has(recordType) ? reader.string(false) : "" };
}

/** A record of a group as it was last written. */
export interface KeptRecord {
  readonly key: Uint8Array;
  readonly recordType: number;
  readonly name: string;
  readonly value: Uint8Array;
}

/** A key as text, to be compared and looked up. */
export function textOfKey(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
}
