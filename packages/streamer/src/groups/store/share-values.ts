/**
 * A share group (KIP-932) in `__consumer_offsets`: one record for its epoch, one for the epoch of the assignment, and three per member, in
 * Apache Kafka's formats (all version 0, flexible).
 *
 *     epoch     int16 0 | epoch i32 | hash of the topics i64 | tags
 *     member    int16 0 | rack | client id | client host | topics | tags
 *     target    int16 0 | (topic uuid | partitions i32) … | tags
 *     current   int16 0 | epoch i32 | epoch before i32 | state i8 | assigned … | tags
 */
import { WireReader, WireWriter } from "@kaelix/protocol";

import { NO_PARTITIONS } from "../consumer/partition-set.ts";
import type { ShareChange, ShareGroup, ShareMember } from "../share/share-group.ts";
import {
  encodeTarget,
  encodeTargetEpoch,
  type GroupRecord,
  readTopics,
  type StoredGroupRecord,
  writeTopics,
} from "./consumer-values.ts";
import { encodeGroupKey, RECORD_TYPES } from "./record-keys.ts";

const STABLE = 0;

/** The records a change is written as; deletions when what it names is gone. */
export function encodeShareChange(group: ShareGroup, change: ShareChange): GroupRecord[] {
  const { groupId } = group;
  if (change.type === "epoch") {
    return [{ key: encodeGroupKey(RECORD_TYPES.shareEpoch, groupId), value: encodeEpoch(group) }];
  }
  if (change.type === "target-epoch") {
    const key = encodeGroupKey(RECORD_TYPES.shareTargetEpoch, groupId);
    return [{ key, value: encodeTargetEpoch(group.targetEpoch) }];
  }
  const member = group.members.get(change.memberId);
  const keyOf = (type: number): Uint8Array => encodeGroupKey(type, groupId, change.memberId);
  return [
    { key: keyOf(RECORD_TYPES.shareMember), value: member === undefined ? null : encodeMember(member) },
    { key: keyOf(RECORD_TYPES.shareTarget), value: member === undefined ? null : encodeTarget(member.assigned) },
    { key: keyOf(RECORD_TYPES.shareCurrent), value: member === undefined ? null : encodeCurrent(member) },
  ];
}

function encodeEpoch({ groupEpoch, metadataHash }: ShareGroup): Uint8Array {
  const writer = new WireWriter(16);
  writer.int16(0);
  writer.int32(groupEpoch);
  writer.int64(metadataHash);
  writer.uvarint(0);
  return writer.toBytes();
}

function encodeMember({ clientHost, clientId, rackId, subscribedTopicNames }: ShareMember): Uint8Array {
  const writer = new WireWriter(128);
  writer.int16(0);
  writer.nullableString(rackId, true);
  writer.string(clientId, true);
  writer.string(clientHost, true);
  writer.strings(subscribedTopicNames, true);
  writer.uvarint(0);
  return writer.toBytes();
}

function encodeCurrent({ assigned, memberEpoch, previousEpoch }: ShareMember): Uint8Array {
  const writer = new WireWriter(64);
  writer.int16(0);
  writer.int32(memberEpoch);
  writer.int32(previousEpoch);
  writer.int8(STABLE);
  writeTopics(writer, assigned);
  writer.uvarint(0);
  return writer.toBytes();
}

/** Puts a group together from its records, in any order. Throws `protocol-frame-invalid` for what is cut off. */
export function restoreShareGroup(group: ShareGroup, records: Iterable<StoredGroupRecord>): void {
  const members = new Map<string, ShareMember>();
  const current = new Map<string, Pick<ShareMember, "memberEpoch" | "previousEpoch" | "assigned">>();
  for (const { name, recordType, value } of records) {
    const reader = new WireReader(value);
    reader.int16();
    if (recordType === RECORD_TYPES.shareEpoch) {
      group.groupEpoch = reader.int32();
      group.metadataHash = reader.int64();
    } else if (recordType === RECORD_TYPES.shareTargetEpoch) group.targetEpoch = reader.int32();
    else if (recordType === RECORD_TYPES.shareMember) members.set(name, readMember(name, reader));
    else if (recordType === RECORD_TYPES.shareCurrent) current.set(name, readCurrent(reader));
  }
  for (const [memberId, member] of members) group.members.set(memberId, { ...member, ...current.get(memberId) });
}

function readMember(memberId: string, reader: WireReader): ShareMember {
  return {
    memberId,
    rackId: reader.nullableString(true),
    clientId: reader.string(true),
    clientHost: reader.string(true),
    subscribedTopicNames: reader.strings(true),
    memberEpoch: 0,
    previousEpoch: 0,
    assigned: NO_PARTITIONS,
  };
}

function readCurrent(reader: WireReader): Pick<ShareMember, "memberEpoch" | "previousEpoch" | "assigned"> {
  const memberEpoch = reader.int32();
  const previousEpoch = reader.int32();
  reader.int8();
  return { memberEpoch, previousEpoch, assigned: readTopics(reader) };
}
