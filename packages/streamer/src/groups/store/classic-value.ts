/**
 * A classic group in `__consumer_offsets`, Apache Kafka's GroupMetadataValue version 3.
 *
 *     int16 3 | protocol type | generation i32 | protocol or null | leader or null | state since i64
 *     | members i32 × (id | instance or null | client id | client host | rebalance ms i32 | session ms i32 | subscription | assignment)
 *
 * Only what the elected protocol needs is kept of a member's protocols: that is Kafka's format.
 */
import { WireReader, WireWriter } from "@kaelix/protocol";

import { ClassicGroup, type ClassicSettings } from "../classic/classic-group.ts";
import { type ClassicMember, NOTHING_ASSIGNED } from "../classic/classic-member.ts";

const MEMBER_BYTES_MIN = 24;

/** The value of a group as it is now. */
export function encodeClassicGroup(group: ClassicGroup): Uint8Array {
  const writer = new WireWriter(256);
  writer.int16(3);
  writer.string(group.protocolType ?? "", false);
  writer.int32(group.generation);
  writer.nullableString(group.protocolName, false);
  writer.nullableString(group.roster.leaderId ?? null, false);
  writer.int64(group.stateSinceMs);
  writer.int32(group.roster.size);
  for (const member of group.roster.all()) {
    const spoken = member.protocols.find(({ name }) => name === group.protocolName) ?? member.protocols[0];
    writer.string(member.memberId, false);
    writer.nullableString(member.instanceId, false);
    writer.string(member.clientId, false);
    writer.string(member.clientHost, false);
    writer.int32(member.rebalanceTimeoutMs);
    writer.int32(member.sessionTimeoutMs);
    writer.bytes(spoken?.metadata ?? NOTHING_ASSIGNED, false);
    writer.bytes(member.assignment, false);
  }
  return writer.toBytes();
}

/** When a group is loaded, and by which rules it lives. */
interface Restoring {
  readonly settings: ClassicSettings;
  /** Of the monotonic clock: sessions begin anew. */
  readonly nowMs: number;
}

/** The group of a value (versions 0 to 3). Throws `protocol-frame-invalid` for what is cut off. */
export function decodeClassicGroup(groupId: string, bytes: Uint8Array, { nowMs, settings }: Restoring): ClassicGroup {
  const reader = new WireReader(bytes);
  const version = reader.int16();
  const protocolType = reader.string(false);
  const generation = reader.int32();
  const protocolName = reader.nullableString(false);
  const leader = reader.nullableString(false);
  const sinceMs = version >= 2 ? reader.int64() : -1;
  const group = new ClassicGroup(groupId, settings);
  group.stateSinceMs = sinceMs;
  group.stateChanged = false;
  group.generation = generation;
  group.protocolType = protocolType === "" ? null : protocolType;
  group.protocolName = protocolName;
  for (let left = reader.arrayLength(false, MEMBER_BYTES_MIN - 4); left > 0; left -= 1) {
    const member = readMember(reader, version, protocolName ?? "");
    group.roster.add(member);
    group.touch(member, nowMs);
  }
  if (leader !== null) group.roster.setLeader(leader);
  group.state = group.roster.size === 0 ? "Empty" : "Stable";
  return group;
}

function readMember(reader: WireReader, version: number, protocolName: string): ClassicMember {
  const memberId = reader.string(false);
  const instanceId = version >= 3 ? reader.nullableString(false) : null;
  const clientId = reader.string(false);
  const clientHost = reader.string(false);
  const rebalanceTimeoutMs = version >= 1 ? reader.int32() : -1;
  const sessionTimeoutMs = reader.int32();
  const metadata = reader.bytes(false).slice();
  const assignment = reader.bytes(false).slice();
  return {
    memberId,
    instanceId,
    clientId,
    clientHost,
    rebalanceTimeoutMs: rebalanceTimeoutMs < 0 ? sessionTimeoutMs : rebalanceTimeoutMs,
    sessionTimeoutMs,
    protocols: [{ name: protocolName, metadata }],
    assignment,
    joinCall: undefined,
    syncCall: undefined,
    isNew: false,
  };
}
