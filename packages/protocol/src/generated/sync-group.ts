// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of SyncGroup's request, versions 0 to 5. */
export interface SyncGroupRequest {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
  readonly groupInstanceId: string | null; // 3+
  readonly protocolType: string | null; // 5+
  readonly protocolName: string | null; // 5+
  readonly assignments: readonly SyncGroupRequestAssignment[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of SyncGroupRequest. */
export interface SyncGroupRequestAssignment {
  readonly memberId: string;
  readonly assignment: Uint8Array;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes SyncGroupRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeSyncGroupRequest(reader: WireReader, version: number): SyncGroupRequest {
  const flexible = version >= 4;
  const groupId = reader.string(flexible);
  const generationId = reader.int32();
  const memberId = reader.string(flexible);
  const groupInstanceId = version >= 3 ? reader.nullableString(flexible) : null;
  const protocolType = version >= 5 ? reader.nullableString(flexible) : null;
  const protocolName = version >= 5 ? reader.nullableString(flexible) : null;
  const assignments: SyncGroupRequestAssignment[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    assignments.push(decodeSyncGroupRequestAssignment(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { groupId, generationId, memberId, groupInstanceId, protocolType, protocolName, assignments, unknownTags };
}

function decodeSyncGroupRequestAssignment(reader: WireReader, version: number): SyncGroupRequestAssignment {
  const flexible = version >= 4;
  const memberId = reader.string(flexible);
  const assignment = reader.bytes(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { memberId, assignment, unknownTags };
}

/**
 * Encodes SyncGroupRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeSyncGroupRequest(writer: WireWriter, version: number, message: Loose<SyncGroupRequest>): void {
  const flexible = version >= 4;
  writer.string(message.groupId ?? "", flexible);
  writer.int32(message.generationId ?? 0);
  writer.string(message.memberId ?? "", flexible);
  if (version >= 3) writer.nullableString(message.groupInstanceId ?? null, flexible);
  if (version >= 5) writer.nullableString(message.protocolType ?? null, flexible);
  if (version >= 5) writer.nullableString(message.protocolName ?? null, flexible);
  const assignments = message.assignments ?? [];
  writer.arrayLength(assignments.length, flexible);
  for (const element of assignments) encodeSyncGroupRequestAssignment(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeSyncGroupRequestAssignment(writer: WireWriter, version: number, message: Loose<SyncGroupRequestAssignment>): void {
  const flexible = version >= 4;
  writer.string(message.memberId ?? "", flexible);
  writer.bytes(message.assignment ?? new Uint8Array(0), flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of SyncGroup's response, versions 0 to 5. */
export interface SyncGroupResponse {
  readonly throttleTimeMs?: number | undefined; // 1+
  readonly errorCode: number;
  readonly protocolType?: string | null | undefined; // 5+
  readonly protocolName?: string | null | undefined; // 5+
  readonly assignment: Uint8Array;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes SyncGroupResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeSyncGroupResponse(reader: WireReader, version: number): Complete<SyncGroupResponse> {
  const flexible = version >= 4;
  const throttleTimeMs = version >= 1 ? reader.int32() : 0;
  const errorCode = reader.int16();
  const protocolType = version >= 5 ? reader.nullableString(flexible) : null;
  const protocolName = version >= 5 ? reader.nullableString(flexible) : null;
  const assignment = reader.bytes(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, errorCode, protocolType, protocolName, assignment, unknownTags };
}

/**
 * Encodes SyncGroupResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeSyncGroupResponse(writer: WireWriter, version: number, message: SyncGroupResponse): void {
  const flexible = version >= 4;
  if (version >= 1) writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  if (version >= 5) writer.nullableString(message.protocolType ?? null, flexible);
  if (version >= 5) writer.nullableString(message.protocolName ?? null, flexible);
  writer.bytes(message.assignment, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}
