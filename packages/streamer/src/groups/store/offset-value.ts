/**
 * The value of a committed offset in `__consumer_offsets`, Apache Kafka's OffsetCommitValue.
 *
 *     version 1   int16 1 | offset i64 | metadata string | committed i64 | expires i64        only for offsets that say when they expire
 *     version 3   int16 3 | offset i64 | leader epoch i32 | metadata string | committed i64
 */
import { WireReader, WireWriter } from "@kaelix/protocol";

/** What was committed for a partition. */
export interface OffsetValue {
  /** The next offset to be read. */
  readonly offset: number;
  /** -1: not known. */
  readonly leaderEpoch: number;
  /** The consumer's own words. */
  readonly metadata: string;
  readonly commitTimestampMs: number;
  /** -1: when the coordinator's retention says; `NEVER_EXPIRES`: not at all. */
  readonly expireTimestampMs: number;
}

/** An expiry that does not come. */
export const NEVER_EXPIRES = Number.MAX_SAFE_INTEGER;

export function encodeOffsetValue(value: OffsetValue): Uint8Array {
  const writer = new WireWriter(48 + value.metadata.length);
  const expires = value.expireTimestampMs !== -1;
  writer.int16(expires ? 1 : 3);
  writer.int64(value.offset);
  if (!expires) writer.int32(value.leaderEpoch);
  writer.string(value.metadata, false);
  writer.int64(value.commitTimestampMs);
  if (expires) writer.int64(value.expireTimestampMs);
  return writer.toBytes();
}

/** Reads versions 0 to 4. Throws `protocol-frame-invalid` for what is cut off. */
export function decodeOffsetValue(bytes: Uint8Array): OffsetValue {
  const reader = new WireReader(bytes);
  const version = reader.int16();
  const isFlexible = version >= 4;
  const offset = reader.int64();
  const leaderEpoch = version >= 3 ? reader.int32() : -1;
  const metadata = reader.string(isFlexible);
  const commitTimestampMs = reader.int64();
  const expireTimestampMs = version === 1 ? reader.int64() : -1;
  return { offset, leaderEpoch, metadata, commitTimestampMs, expireTimestampMs };
}
