// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of ListGroups's request, versions 0 to 5. */
export interface ListGroupsRequest {
  readonly statesFilter: readonly string[]; // 4+
  readonly typesFilter: readonly string[]; // 5+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ListGroupsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeListGroupsRequest(reader: WireReader, version: number): ListGroupsRequest {
  const flexible = version >= 3;
  const statesFilter = version >= 4 ? reader.strings(flexible) : [];
  const typesFilter = version >= 5 ? reader.strings(flexible) : [];
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { statesFilter, typesFilter, unknownTags };
}

/**
 * Encodes ListGroupsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeListGroupsRequest(writer: WireWriter, version: number, message: Loose<ListGroupsRequest>): void {
  const flexible = version >= 3;
  if (version >= 4) writer.strings(message.statesFilter ?? [], flexible);
  if (version >= 5) writer.strings(message.typesFilter ?? [], flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of ListGroups's response, versions 0 to 5. */
export interface ListGroupsResponse {
  readonly throttleTimeMs?: number | undefined; // 1+
  readonly errorCode: number;
  readonly groups: readonly ListedGroup[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ListGroupsResponse. */
export interface ListedGroup {
  readonly groupId: string;
  readonly protocolType: string;
  readonly groupState?: string | undefined; // 4+
  readonly groupType?: string | undefined; // 5+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ListGroupsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeListGroupsResponse(reader: WireReader, version: number): Complete<ListGroupsResponse> {
  const flexible = version >= 3;
  const throttleTimeMs = version >= 1 ? reader.int32() : 0;
  const errorCode = reader.int16();
  const groups: Complete<ListedGroup>[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    groups.push(decodeListedGroup(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, errorCode, groups, unknownTags };
}

function decodeListedGroup(reader: WireReader, version: number): Complete<ListedGroup> {
  const flexible = version >= 3;
  const groupId = reader.string(flexible);
  const protocolType = reader.string(flexible);
  const groupState = version >= 4 ? reader.string(flexible) : "";
  const groupType = version >= 5 ? reader.string(flexible) : "";
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { groupId, protocolType, groupState, groupType, unknownTags };
}

/**
 * Encodes ListGroupsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeListGroupsResponse(writer: WireWriter, version: number, message: ListGroupsResponse): void {
  const flexible = version >= 3;
  if (version >= 1) writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  const groups = message.groups;
  writer.arrayLength(groups.length, flexible);
  for (const element of groups) encodeListedGroup(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeListedGroup(writer: WireWriter, version: number, message: ListedGroup): void {
  const flexible = version >= 3;
  writer.string(message.groupId, flexible);
  writer.string(message.protocolType, flexible);
  if (version >= 4) writer.string(message.groupState ?? "", flexible);
  if (version >= 5) writer.string(message.groupType ?? "", flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}
