// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of LeaveGroup's request, versions 0 to 5. */
export interface LeaveGroupRequest {
  readonly groupId: string;
  readonly memberId: string; // 0–2
  readonly members: readonly MemberIdentity[]; // 3+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of LeaveGroupRequest. */
export interface MemberIdentity {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly reason: string | null; // 5+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes LeaveGroupRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeLeaveGroupRequest(reader: WireReader, version: number): LeaveGroupRequest {
  const flexible = version >= 4;
  const groupId = reader.string(flexible);
  const memberId = version <= 2 ? reader.string(flexible) : "";
  const members: MemberIdentity[] = [];
  if (version >= 3) {
    for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
      members.push(decodeMemberIdentity(reader, version));
    }
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { groupId, memberId, members, unknownTags };
}

function decodeMemberIdentity(reader: WireReader, version: number): MemberIdentity {
  const flexible = version >= 4;
  const memberId = reader.string(flexible);
  const groupInstanceId = reader.nullableString(flexible);
  const reason = version >= 5 ? reader.nullableString(flexible) : null;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { memberId, groupInstanceId, reason, unknownTags };
}

/**
 * Encodes LeaveGroupRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeLeaveGroupRequest(writer: WireWriter, version: number, message: Loose<LeaveGroupRequest>): void {
  const flexible = version >= 4;
  writer.string(message.groupId ?? "", flexible);
  if (version <= 2) writer.string(message.memberId ?? "", flexible);
  if (version >= 3) {
    const members = message.members ?? [];
    writer.arrayLength(members.length, flexible);
    for (const element of members) encodeMemberIdentity(writer, version, element);
  }
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeMemberIdentity(writer: WireWriter, version: number, message: Loose<MemberIdentity>): void {
  const flexible = version >= 4;
  writer.string(message.memberId ?? "", flexible);
  writer.nullableString(message.groupInstanceId ?? null, flexible);
  if (version >= 5) writer.nullableString(message.reason ?? null, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of LeaveGroup's response, versions 0 to 5. */
export interface LeaveGroupResponse {
  readonly throttleTimeMs?: number | undefined; // 1+
  readonly errorCode: number;
  readonly members?: readonly MemberResponse[] | undefined; // 3+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of LeaveGroupResponse. */
export interface MemberResponse {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly errorCode: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes LeaveGroupResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeLeaveGroupResponse(reader: WireReader, version: number): Complete<LeaveGroupResponse> {
  const flexible = version >= 4;
  const throttleTimeMs = version >= 1 ? reader.int32() : 0;
  const errorCode = reader.int16();
  const members: Complete<MemberResponse>[] = [];
  if (version >= 3) {
    for (let left = reader.arrayLength(flexible, 4); left > 0; left -= 1) {
      members.push(decodeMemberResponse(reader, version));
    }
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, errorCode, members, unknownTags };
}

function decodeMemberResponse(reader: WireReader, version: number): Complete<MemberResponse> {
  const flexible = version >= 4;
  const memberId = reader.string(flexible);
  const groupInstanceId = reader.nullableString(flexible);
  const errorCode = reader.int16();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { memberId, groupInstanceId, errorCode, unknownTags };
}

/**
 * Encodes LeaveGroupResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeLeaveGroupResponse(writer: WireWriter, version: number, message: LeaveGroupResponse): void {
  const flexible = version >= 4;
  if (version >= 1) writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  if (version >= 3) {
    const members = message.members ?? [];
    writer.arrayLength(members.length, flexible);
    for (const element of members) encodeMemberResponse(writer, version, element);
  }
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeMemberResponse(writer: WireWriter, version: number, message: MemberResponse): void {
  const flexible = version >= 4;
  writer.string(message.memberId, flexible);
  writer.nullableString(message.groupInstanceId, flexible);
  writer.int16(message.errorCode);
  if (flexible) writer.unknownTags(message.unknownTags);
}
