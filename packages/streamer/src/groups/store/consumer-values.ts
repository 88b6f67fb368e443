/**
 * A consumer group (KIP-848) in `__consumer_offsets`: one record for its epoch, one for the epoch of the target assignment, and three per
 * member, in Apache Kafka's formats (all version 0, flexible).
 *
 *     epoch     int16 0 | epoch i32 | tags (0: hash of the topics i64)
 *     member    int16 0 | instance | rack | client id | client host | topics | pattern | rebalance ms i32 | assignor | tags
 *     target    int16 0 | (topic uuid | partitions i32) … | tags
 *     current   int16 0 | epoch i32 | epoch before i32 | state i8 | assigned … | pending revocation … | tags
 *     pattern   int16 0 | topics | version i64 | timestamp i64 | tags
 */
import { WireReader, WireWriter } from "@kaelix/protocol";

import type { ConsumerChange, ConsumerGroup } from "../consumer/consumer-group.ts";
import type { ConsumerMember, ConsumerMemberState } from "../consumer/consumer-member.ts";
import { formatPartitionSet, NO_PARTITIONS, parsePartitionSet, type PartitionSet } from "../consumer/partition-set.ts";
import { encodeGroupKey, RECORD_TYPES } from "./record-keys.ts";

const STATES: readonly ConsumerMemberState[] = ["stable", "unrevoked", "unreleased"];
const HASH_TAG = 0;
const TOPIC_BYTES_MIN = 18;

/** A record to write; null deletes. */
export interface GroupRecord {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

/** The record a change is written as; a deletion when what it names is gone. */
export function encodeConsumerChange(group: ConsumerGroup, change: ConsumerChange, nowMs: number): GroupRecord {
  const { groupId } = group;
  switch (change.type) {
    case "epoch":
      return { key: encodeGroupKey(RECORD_TYPES.consumerEpoch, groupId), value: encodeEpoch(group) };
    case "target-epoch":
      return { key: encodeGroupKey(RECORD_TYPES.targetEpoch, groupId), value: encodeTargetEpoch(group.targetEpoch) };
    case "regex": {
      const topics = group.regexes.get(change.regex);
      const key = encodeGroupKey(RECORD_TYPES.regex, groupId, change.regex);
      return { key, value: topics === undefined ? null : encodeRegex(topics, nowMs) };
    }
    case "member":
    case "target":
    case "current": {
      const member = group.members.get(change.memberId);
      const recordType = change.type === "member" ? RECORD_TYPES.consumerMember : RECORD_TYPES[change.type];
      const key = encodeGroupKey(recordType, groupId, change.memberId);
      if (member === undefined) return { key, value: null };
      if (change.type === "member") return { key, value: encodeMember(member) };
      if (change.type === "current") return { key, value: encodeCurrent(member) };
      return { key, value: encodeTarget(group.targets.get(change.memberId) ?? NO_PARTITIONS) };
    }
    default:
      return change satisfies never;
  }
}

function encodeEpoch(group: ConsumerGroup): Uint8Array {
  const writer = new WireWriter(32);
  writer.int16(0);
  writer.int32(group.groupEpoch);
  writer.uvarint(1);
  const tag = writer.beginTag(HASH_TAG);
  writer.int64(group.metadataHash);
  writer.endTag(tag);
  return writer.toBytes();
}

/** The epoch of a target assignment; the same for every kind of group. */
export function encodeTargetEpoch(epoch: number): Uint8Array {
  const writer = new WireWriter(8);
  writer.int16(0);
  writer.int32(epoch);
  writer.uvarint(0);
  return writer.toBytes();
}

function encodeRegex(topics: readonly string[], nowMs: number): Uint8Array {
  const writer = new WireWriter(64);
  writer.int16(0);
  writer.strings(topics, true);
  writer.int64(0);
  writer.int64(nowMs);
  writer.uvarint(0);
  return writer.toBytes();
}

function encodeMember(member: ConsumerMember): Uint8Array {
  const writer = new WireWriter(128);
  writer.int16(0);
  writer.nullableString(member.instanceId, true);
  writer.nullableString(member.rackId, true);
  writer.string(member.clientId, true);
  writer.string(member.clientHost, true);
  writer.strings(member.subscribedTopicNames, true);
  writer.nullableString(member.subscribedTopicRegex, true);
  writer.int32(member.rebalanceTimeoutMs);
  writer.nullableString(member.serverAssignor, true);
  writer.uvarint(0);
  return writer.toBytes();
}

/** What a member is to own; the same for every kind of group. */
export function encodeTarget(target: PartitionSet): Uint8Array {
  const writer = new WireWriter(64);
  writer.int16(0);
  writeTopics(writer, target);
  writer.uvarint(0);
  return writer.toBytes();
}

function encodeCurrent(member: ConsumerMember): Uint8Array {
  const writer = new WireWriter(64);
  writer.int16(0);
  writer.int32(member.memberEpoch);
  writer.int32(member.previousEpoch);
  writer.int8(STATES.indexOf(member.state));
  writeTopics(writer, member.assigned);
  writeTopics(writer, member.pendingRevocation);
  writer.uvarint(0);
  return writer.toBytes();
}

/** Writes partitions by topic. */
export function writeTopics(writer: WireWriter, set: PartitionSet): void {
  const topics = formatPartitionSet(set);
  writer.arrayLength(topics.length, true);
  for (const { partitions, topicId } of topics) {
    writer.uuid(topicId);
    writer.int32s(partitions, true);
    writer.uvarint(0);
  }
}

/** Reads partitions by topic. Throws `protocol-frame-invalid` for what is cut off. */
export function readTopics(reader: WireReader): PartitionSet {
  const topics: { topicId: string; partitions: number[] }[] = [];
  for (let left = reader.arrayLength(true, TOPIC_BYTES_MIN); left > 0; left -= 1) {
    topics.push({ topicId: reader.uuid(), partitions: reader.int32s(true) });
    reader.unknownTags();
  }
  return parsePartitionSet(topics);
}

/** A record of a consumer group that was read. */
export interface StoredGroupRecord {
  readonly recordType: number;
  readonly name: string;
  readonly value: Uint8Array;
}

/** Puts a group together from its records, in any order. Throws `protocol-frame-invalid` for what is cut off. */
export function restoreConsumerGroup(group: ConsumerGroup, records: Iterable<StoredGroupRecord>): void {
  const described = new Map<string, ConsumerMember>();
  const current = new Map<string, CurrentAssignment>();
  for (const { name, recordType, value } of records) {
    const reader = new WireReader(value);
    reader.int16();
    if (recordType === RECORD_TYPES.consumerEpoch) readEpoch(group, reader);
    else if (recordType === RECORD_TYPES.targetEpoch) group.targetEpoch = reader.int32();
    else if (recordType === RECORD_TYPES.target) group.targets.set(name, readTopics(reader));
    else if (recordType === RECORD_TYPES.regex) group.regexes.set(name, reader.strings(true));
    else if (recordType === RECORD_TYPES.consumerMember) described.set(name, readMember(name, reader));
    else if (recordType === RECORD_TYPES.current) current.set(name, readCurrent(reader));
  }
  for (const [memberId, member] of described) group.put({ ...member, ...current.get(memberId) });
}

function readEpoch(group: ConsumerGroup, reader: WireReader): void {
  group.groupEpoch = reader.int32();
  for (let left = reader.tagCount(); left > 0; left -= 1) {
    const tag = reader.uvarint();
    const end = reader.tagEnd();
    if (tag === HASH_TAG) group.metadataHash = reader.int64();
    else reader.unknownTag(tag, end);
  }
}

function readMember(memberId: string, reader: WireReader): ConsumerMember {
  const instanceId = reader.nullableString(true);
  const rackId = reader.nullableString(true);
  const clientId = reader.string(true);
  const clientHost = reader.string(true);
  const subscribedTopicNames = reader.strings(true);
  const subscribedTopicRegex = reader.nullableString(true);
  const rebalanceTimeoutMs = reader.int32();
  const serverAssignor = reader.nullableString(true);
  return {
    memberId,
    instanceId,
    rackId,
    clientId,
    clientHost,
    rebalanceTimeoutMs,
    subscribedTopicNames,
    subscribedTopicRegex,
    serverAssignor,
    memberEpoch: 0,
    previousEpoch: 0,
    state: "stable",
    assigned: NO_PARTITIONS,
    pendingRevocation: NO_PARTITIONS,
  };
}

/** What a member owns. */
type CurrentAssignment = Pick<
  ConsumerMember,
  "memberEpoch" | "previousEpoch" | "state" | "assigned" | "pendingRevocation"
>;

function readCurrent(reader: WireReader): CurrentAssignment {
  const memberEpoch = reader.int32();
  const previousEpoch = reader.int32();
  const state = STATES[reader.int8()] ?? "stable";
  return { memberEpoch, previousEpoch, state, assigned: readTopics(reader), pendingRevocation: readTopics(reader) };
}
