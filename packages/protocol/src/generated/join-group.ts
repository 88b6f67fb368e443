// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of JoinGroup's request, versions 0 to 9. */
export interface JoinGroupRequest {
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number; // 1+
  readonly memberId: string;
  readonly groupInstanceId: string | null; // 5+
  readonly protocolType: string;
  readonly protocols: readonly JoinGroupRequestProtocol[];
  readonly reason: string | null; // 8+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of JoinGroupRequest. */
export interface JoinGroupRequestProtocol {
  readonly name: string;
  readonly metadata: Uint8Array;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes JoinGroupRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeJoinGroupRequest(reader: WireReader, version: number): JoinGroupRequest {
  const flexible = version >= 6;
  const groupId = reader.string(flexible);
  const sessionTimeoutMs = reader.int32();
  const rebalanceTimeoutMs = version >= 1 ? reader.int32() : -1;
  const memberId = reader.string(flexible);
  const groupInstanceId = version >= 5 ? reader.nullableString(flexible) : null;
  const protocolType = reader.string(flexible);
  const protocols: JoinGroupRequestProtocol[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    protocols.push(decodeJoinGroupRequestProtocol(reader, version));
  }
  const reason = version >= 8 ? reader.nullableString(flexible) : null;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return {
    groupId,
    sessionTimeoutMs,
    rebalanceTimeoutMs,
    memberId,
    groupInstanceId,
    protocolType,
    protocols,
    reason,
    unknownTags,
  };
}

function decodeJoinGroupRequestProtocol(reader: WireReader, version: number): JoinGroupRequestProtocol {
  const flexible = version >= 6;
  const name = reader.string(flexible);
  const metadata = reader.bytes(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, metadata, unknownTags };
}

/**
 * Encodes JoinGroupRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeJoinGroupRequest(writer: WireWriter, version: number, message: Loose<JoinGroupRequest>): void {
  const flexible = version >= 6;
  writer.string(message.groupId ?? "", flexible);
  writer.int32(message.sessionTimeoutMs ?? 0);
  if (version >= 1) writer.int32(message.rebalanceTimeoutMs ?? -1);
  writer.string(message.memberId ?? "", flexible);
  if (version >= 5) writer.nullableString(message.groupInstanceId ?? null, flexible);
  writer.string(message.protocolType ?? "", flexible);
  const protocols = message.protocols ?? [];
  writer.arrayLength(protocols.length, flexible);
  for (const element of protocols) encodeJoinGroupRequestProtocol(writer, version, element);
  if (version >= 8) writer.nullableString(message.reason ?? null, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeJoinGroupRequestProtocol(writer: WireWriter, version: number, message: Loose<JoinGroupRequestProtocol>): void {
  const flexible = version >= 6;
  writer.string(message.name ?? "", flexible);
  writer.bytes(message.metadata ?? new Uint8Array(0), flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of JoinGroup's response, versions 0 to 9. */
export interface JoinGroupResponse {
  readonly throttleTimeMs?: number | undefined; // 2+
  readonly errorCode: number;
  readonly generationId?: number | undefined;
  readonly protocolType?: string | null | undefined; // 7+
  readonly protocolName: string | null;
  readonly leader: string;
  readonly skipAssignment?: boolean | undefined; // 9+
  readonly memberId: string;
  readonly members: readonly JoinGroupResponseMember[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of JoinGroupResponse. */
export interface JoinGroupResponseMember {
  readonly memberId: string;
  readonly groupInstanceId?: string | null | undefined; // 5+
  readonly metadata: Uint8Array;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes JoinGroupResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeJoinGroupResponse(reader: WireReader, version: number): Complete<JoinGroupResponse> {
  const flexible = version >= 6;
  const throttleTimeMs = version >= 2 ? reader.int32() : 0;
  const errorCode = reader.int16();
  const generationId = reader.int32();
  const protocolType = version >= 7 ? reader.nullableString(flexible) : null;
  const protocolName = version >= 7 ? reader.nullableString(flexible) : reader.string(flexible);
  const leader = reader.string(flexible);
  const skipAssignment = version >= 9 ? reader.boolean() : false;
  const memberId = reader.string(flexible);
  const members: Complete<JoinGroupResponseMember>[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    members.push(decodeJoinGroupResponseMember(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return {
    throttleTimeMs,
    errorCode,
    generationId,
    protocolType,
    protocolName,
    leader,
    skipAssignment,
    memberId,
    members,
    unknownTags,
  };
}

function decodeJoinGroupResponseMember(reader: WireReader, version: number): Complete<JoinGroupResponseMember> {
  const flexible = version >= 6;
  const memberId = reader.string(flexible);
  const groupInstanceId = version >= 5 ? reader.nullableString(flexible) : null;
  const metadata = reader.bytes(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { memberId, groupInstanceId, metadata, unknownTags };
}

/**
 * Encodes JoinGroupResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeJoinGroupResponse(writer: WireWriter, version: number, message: JoinGroupResponse): void {
  const flexible = version >= 6;
  if (version >= 2) writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  writer.int32(message.generationId ?? -1);
  if (version >= 7) writer.nullableString(message.protocolType ?? null, flexible);
  if (version >= 7) writer.nullableString(message.protocolName, flexible);
  else writer.string(message.protocolName, flexible);
  writer.string(message.leader, flexible);
  if (version >= 9) writer.boolean(message.skipAssignment ?? false);
  writer.string(message.memberId, flexible);
  const members = message.members;
  writer.arrayLength(members.length, flexible);
  for (const element of members) encodeJoinGroupResponseMember(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeJoinGroupResponseMember(writer: WireWriter, version: number, message: JoinGroupResponseMember): void {
  const flexible = version >= 6;
  writer.string(message.memberId, flexible);
  if (version >= 5) writer.nullableString(message.groupInstanceId ?? null, flexible);
  writer.bytes(message.metadata, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}
