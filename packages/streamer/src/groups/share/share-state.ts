/**
 * What is kept of a share group's work in one partition, and how it stands in `__share_group_state`: Apache Kafka's own formats, so that its
 * tools can read the topic (KIP-932; the share coordinator's schemas of Apache Kafka 4.3).
 *
 *     key        int16 0 (snapshot) or 1 (update) | group string | topic uuid | partition i32
 *     snapshot   int16 0 | snapshot epoch i32 | state epoch i32 | leader epoch i32 | start offset i64 | created i64 | written i64 | batches | tags
 *     update     int16 0 | snapshot epoch i32 | leader epoch i32 | start offset i64 (-1: as before) | batches | tags
 *     batch      first i64 | last i64 | state i8 (0 available, 2 acknowledged, 4 archived) | delivery count i16 | tags
 *     tag 0      offsets at or after the start whose delivery is complete, i32
 *
 * An acquisition is not kept: who has a record loses it with the process, and the record counts as it did before.
 */
import { WireReader, WireWriter } from "@kaelix/protocol";

/** How far the delivery of records is. */
export type KeptDelivery = "available" | "acknowledged" | "archived";

/** A range of offsets, both ends in it, of which the same is known. */
export interface StateBatch {
  readonly first: number;
  readonly last: number;
  readonly state: KeptDelivery;
  readonly deliveryCount: number;
}

/** Everything that is kept of a share group in a partition. Offsets in no batch, at or after the start, were never delivered. */
export interface ShareState {
  readonly startOffset: number;
  /** In order, not overlapping, at or after the start. */
  readonly batches: readonly StateBatch[];
}

/** Where a state belongs. */
export interface SharePlace {
  readonly groupId: string;
  readonly topicId: string;
  readonly partition: number;
}

/** A key that was read. */
export interface ShareKey extends SharePlace {
  readonly type: "snapshot" | "update";
}

const KEY_TYPES = ["snapshot", "update"] as const;
const STATE_CODES = { available: 0, acknowledged: 2, archived: 4 } as const;
const STATES: ReadonlyMap<number, KeptDelivery> = new Map([
  [STATE_CODES.available, "available"],
  [STATE_CODES.acknowledged, "acknowledged"],
  [STATE_CODES.archived, "archived"],
]);
const BATCH_BYTES = 20;
const COMPLETE_TAG = 0;

/** The key of a state's snapshots or updates. */
export function encodeShareKey(type: ShareKey["type"], { groupId, partition, topicId }: SharePlace): Uint8Array {
  const writer = new WireWriter(32 + groupId.length);
  writer.int16(KEY_TYPES.indexOf(type));
  writer.string(groupId, false);
  writer.uuid(topicId);
  writer.int32(partition);
  return writer.toBytes();
}

/** Understands a key; undefined for one of a later version. Throws `protocol-frame-invalid` when it is cut off. */
export function decodeShareKey(bytes: Uint8Array): ShareKey | undefined {
  const reader = new WireReader(bytes);
  const type = KEY_TYPES[reader.int16()];
  if (type === undefined) return undefined;
  return { type, groupId: reader.string(false), topicId: reader.uuid(), partition: reader.int32() };
}

/** The value of a snapshot. */
export function encodeShareSnapshot(state: ShareState, nowMs: number): Uint8Array {
  const writer = new WireWriter(64 + state.batches.length * BATCH_BYTES);
  writer.int16(0);
  for (const epoch of [0, 0, 0]) writer.int32(epoch);
  writer.int64(state.startOffset);
  writer.int64(nowMs);
  writer.int64(nowMs);
  writeBatches(writer, state.batches);
  writeComplete(writer, state.batches);
  return writer.toBytes();
}

/** The value of an update: what changed, and the start offset. */
export function encodeShareUpdate({ batches, startOffset }: ShareState): Uint8Array {
  const writer = new WireWriter(48 + batches.length * BATCH_BYTES);
  writer.int16(0);
  writer.int32(0);
  writer.int32(0);
  writer.int64(startOffset);
  writeBatches(writer, batches);
  // Only a snapshot has all of them to count.
  writer.uvarint(0);
  return writer.toBytes();
}

function writeBatches(writer: WireWriter, batches: readonly StateBatch[]): void {
  writer.arrayLength(batches.length, true);
  for (const { deliveryCount, first, last, state } of batches) {
    writer.int64(first);
    writer.int64(last);
    writer.int8(STATE_CODES[state]);
    writer.int16(deliveryCount);
    writer.uvarint(0);
  }
}

function writeComplete(writer: WireWriter, batches: readonly StateBatch[]): void {
  writer.uvarint(1);
  const tag = writer.beginTag(COMPLETE_TAG);
  writer.int32(Math.min(completeCount(batches), 2 ** 31 - 1));
  writer.endTag(tag);
}

/** How many offsets are acknowledged or archived. */
export function completeCount(batches: Iterable<StateBatch>): number {
  let count = 0;
  for (const { first, last, state } of batches) if (state !== "available") count += last - first + 1;
  return count;
}

/**
 * A state after one more record of the log.
 * @param before what was known; undefined when nothing was
 * @throws `protocol-frame-invalid` when the value is cut off
 */
export function foldShareValue(before: ShareState | undefined, type: ShareKey["type"], value: Uint8Array): ShareState {
  const reader = new WireReader(value);
  reader.int16();
  reader.int32();
  if (type === "snapshot") reader.int32();
  reader.int32();
  const startOffset = reader.int64();
  if (type === "snapshot") {
    reader.int64();
    reader.int64();
    return from(startOffset, readBatches(reader));
  }
  const start = startOffset < 0 ? (before?.startOffset ?? 0) : startOffset;
  return from(start, overlay(before?.batches ?? [], readBatches(reader)));
}

function readBatches(reader: WireReader): StateBatch[] {
  const batches: StateBatch[] = [];
  for (let left = reader.arrayLength(true, BATCH_BYTES); left > 0; left -= 1) {
    const [first, last] = [reader.int64(), reader.int64()];
    const state = STATES.get(reader.int8()) ?? "available";
    batches.push({ first, last, state, deliveryCount: reader.int16() });
    reader.unknownTags();
  }
  return batches.sort((left, right) => left.first - right.first);
}

function from(startOffset: number, batches: readonly StateBatch[]): ShareState {
  const kept = batches.filter(({ first, last }) => last >= startOffset && last >= first);
  return { startOffset, batches: kept.map((one) => ({ ...one, first: Math.max(one.first, startOffset) })) };
}

/** Batches with newer ones laid over them. Both in order. */
function overlay(under: readonly StateBatch[], over: readonly StateBatch[]): StateBatch[] {
  const result: StateBatch[] = [];
  let at = 0;
  for (const batch of under) {
    let { first } = batch;
    while (at < over.length && (over[at]?.last ?? Infinity) < first) at += 1;
    for (let next = at; next < over.length; next += 1) {
      const above = over[next];
      if (above === undefined || above.first > batch.last) break;
      if (above.first > first) result.push({ ...batch, first, last: above.first - 1 });
      first = above.last + 1;
    }
    if (first <= batch.last) result.push({ ...batch, first });
  }
  return [...result, ...over].sort((left, right) => left.first - right.first);
}
