// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of DeleteGroups's request, versions 0 to 2. */
export interface DeleteGroupsRequest {
  readonly groupsNames: readonly string[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DeleteGroupsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeDeleteGroupsRequest(reader: WireReader, version: number): DeleteGroupsRequest {
  const flexible = version >= 2;
  const groupsNames = reader.strings(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { groupsNames, unknownTags };
}

/**
 * Encodes DeleteGroupsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeDeleteGroupsRequest(writer: WireWriter, version: number, message: Loose<DeleteGroupsRequest>): void {
  const flexible = version >= 2;
  writer.strings(message.groupsNames ?? [], flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of DeleteGroups's response, versions 0 to 2. */
export interface DeleteGroupsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly results: readonly DeletableGroupResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DeleteGroupsResponse. */
export interface DeletableGroupResult {
  readonly groupId: string;
  readonly errorCode: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DeleteGroupsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeDeleteGroupsResponse(reader: WireReader, version: number): Complete<DeleteGroupsResponse> {
  const flexible = version >= 2;
  const throttleTimeMs = reader.int32();
  const results: Complete<DeletableGroupResult>[] = [];
  for (let left = reader.arrayLength(flexible, 3); left > 0; left -= 1) {
    results.push(decodeDeletableGroupResult(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, results, unknownTags };
}

function decodeDeletableGroupResult(reader: WireReader, version: number): Complete<DeletableGroupResult> {
  const flexible = version >= 2;
  const groupId = reader.string(flexible);
  const errorCode = reader.int16();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { groupId, errorCode, unknownTags };
}

/**
 * Encodes DeleteGroupsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeDeleteGroupsResponse(writer: WireWriter, version: number, message: DeleteGroupsResponse): void {
  const flexible = version >= 2;
  writer.int32(message.throttleTimeMs ?? 0);
  const results = message.results;
  writer.arrayLength(results.length, flexible);
  for (const element of results) encodeDeletableGroupResult(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDeletableGroupResult(writer: WireWriter, version: number, message: DeletableGroupResult): void {
  const flexible = version >= 2;
  writer.string(message.groupId, flexible);
  writer.int16(message.errorCode);
  if (flexible) writer.unknownTags(message.unknownTags);
}
