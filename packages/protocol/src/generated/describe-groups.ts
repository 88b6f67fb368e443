// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of DescribeGroups's request, versions 0 to 6. */
export interface DescribeGroupsRequest {
  readonly groups: readonly string[];
  readonly includeAuthorizedOperations: boolean; // 3+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeGroupsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeGroupsRequest(reader: WireReader, version: number): DescribeGroupsRequest {
  const flexible = version >= 5;
  const groups = reader.strings(flexible);
  const includeAuthorizedOperations = version >= 3 ? reader.boolean() : false;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { groups, includeAuthorizedOperations, unknownTags };
}

/**
 * Encodes DescribeGroupsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeGroupsRequest(writer: WireWriter, version: number, message: Loose<DescribeGroupsRequest>): void {
  const flexible = version >= 5;
  writer.strings(message.groups ?? [], flexible);
  if (version >= 3) writer.boolean(message.includeAuthorizedOperations ?? false);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of DescribeGroups's response, versions 0 to 6. */
export interface DescribeGroupsResponse {
  readonly throttleTimeMs?: number | undefined; // 1+
  readonly groups: readonly DescribeGroupsDescribedGroup[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeGroupsResponse. */
export interface DescribeGroupsDescribedGroup {
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined; // 6+
  readonly groupId: string;
  readonly groupState: string;
  readonly protocolType: string;
  readonly protocolData: string;
  readonly members: readonly DescribedGroupMember[];
  readonly authorizedOperations?: number | undefined; // 3+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeGroupsResponse. */
export interface DescribedGroupMember {
  readonly memberId: string;
  readonly groupInstanceId?: string | null | undefined; // 4+
  readonly clientId: string;
  readonly clientHost: string;
  readonly memberMetadata: Uint8Array;
  readonly memberAssignment: Uint8Array;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeGroupsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeGroupsResponse(reader: WireReader, version: number): Complete<DescribeGroupsResponse> {
  const flexible = version >= 5;
  const throttleTimeMs = version >= 1 ? reader.int32() : 0;
  const groups: Complete<DescribeGroupsDescribedGroup>[] = [];
  for (let left = reader.arrayLength(flexible, 7); left > 0; left -= 1) {
    groups.push(decodeDescribeGroupsDescribedGroup(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, groups, unknownTags };
}

function decodeDescribeGroupsDescribedGroup(reader: WireReader, version: number): Complete<DescribeGroupsDescribedGroup> {
  const flexible = version >= 5;
  const errorCode = reader.int16();
  const errorMessage = version >= 6 ? reader.nullableString(flexible) : null;
  const groupId = reader.string(flexible);
  const groupState = reader.string(flexible);
  const protocolType = reader.string(flexible);
  const protocolData = reader.string(flexible);
  const members: Complete<DescribedGroupMember>[] = [];
  for (let left = reader.arrayLength(flexible, 5); left > 0; left -= 1) {
    members.push(decodeDescribedGroupMember(reader, version));
  }
  const authorizedOperations = version >= 3 ? reader.int32() : -2147483648;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return {
    errorCode,
    errorMessage,
    groupId,
    groupState,
    protocolType,
    protocolData,
    members,
    authorizedOperations,
    unknownTags,
  };
}

function decodeDescribedGroupMember(reader: WireReader, version: number): Complete<DescribedGroupMember> {
  const flexible = version >= 5;
  const memberId = reader.string(flexible);
  const groupInstanceId = version >= 4 ? reader.nullableString(flexible) : null;
  const clientId = reader.string(flexible);
  const clientHost = reader.string(flexible);
  const memberMetadata = reader.bytes(flexible);
  const memberAssignment = reader.bytes(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { memberId, groupInstanceId, clientId, clientHost, memberMetadata, memberAssignment, unknownTags };
}

/**
 * Encodes DescribeGroupsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeGroupsResponse(writer: WireWriter, version: number, message: DescribeGroupsResponse): void {
  const flexible = version >= 5;
  if (version >= 1) writer.int32(message.throttleTimeMs ?? 0);
  const groups = message.groups;
  writer.arrayLength(groups.length, flexible);
  for (const element of groups) encodeDescribeGroupsDescribedGroup(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDescribeGroupsDescribedGroup(writer: WireWriter, version: number, message: DescribeGroupsDescribedGroup): void {
  const flexible = version >= 5;
  writer.int16(message.errorCode);
  if (version >= 6) writer.nullableString(message.errorMessage ?? null, flexible);
  writer.string(message.groupId, flexible);
  writer.string(message.groupState, flexible);
  writer.string(message.protocolType, flexible);
  writer.string(message.protocolData, flexible);
  const members = message.members;
  writer.arrayLength(members.length, flexible);
  for (const element of members) encodeDescribedGroupMember(writer, version, element);
  if (version >= 3) writer.int32(message.authorizedOperations ?? -2147483648);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDescribedGroupMember(writer: WireWriter, version: number, message: DescribedGroupMember): void {
  const flexible = version >= 5;
  writer.string(message.memberId, flexible);
  if (version >= 4) writer.nullableString(message.groupInstanceId ?? null, flexible);
  writer.string(message.clientId, flexible);
  writer.string(message.clientHost, flexible);
  writer.bytes(message.memberMetadata, flexible);
  writer.bytes(message.memberAssignment, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}
