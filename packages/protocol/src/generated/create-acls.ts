// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of CreateAcls's request, versions 1 to 3. */
export interface CreateAclsRequest {
  readonly creations: readonly AclCreation[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of CreateAclsRequest. */
export interface AclCreation {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly resourcePatternType: number;
  readonly principal: string;
  readonly host: string;
  readonly operation: number;
  readonly permissionType: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes CreateAclsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeCreateAclsRequest(reader: WireReader, version: number): CreateAclsRequest {
  const flexible = version >= 2;
  const creations: AclCreation[] = [];
  for (let left = reader.arrayLength(flexible, 7); left > 0; left -= 1) {
    creations.push(decodeAclCreation(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { creations, unknownTags };
}

function decodeAclCreation(reader: WireReader, version: number): AclCreation {
  const flexible = version >= 2;
  const resourceType = reader.int8();
  const resourceName = reader.string(flexible);
  const resourcePatternType = reader.int8();
  const principal = reader.string(flexible);
  const host = reader.string(flexible);
  const operation = reader.int8();
  const permissionType = reader.int8();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { resourceType, resourceName, resourcePatternType, principal, host, operation, permissionType, unknownTags };
}

/**
 * Encodes CreateAclsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeCreateAclsRequest(writer: WireWriter, version: number, message: Loose<CreateAclsRequest>): void {
  const flexible = version >= 2;
  const creations = message.creations ?? [];
  writer.arrayLength(creations.length, flexible);
  for (const element of creations) encodeAclCreation(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeAclCreation(writer: WireWriter, version: number, message: Loose<AclCreation>): void {
  const flexible = version >= 2;
  writer.int8(message.resourceType ?? 0);
  writer.string(message.resourceName ?? "", flexible);
  writer.int8(message.resourcePatternType ?? 3);
  writer.string(message.principal ?? "", flexible);
  writer.string(message.host ?? "", flexible);
  writer.int8(message.operation ?? 0);
  writer.int8(message.permissionType ?? 0);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of CreateAcls's response, versions 1 to 3. */
export interface CreateAclsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly results: readonly AclCreationResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of CreateAclsResponse. */
export interface AclCreationResult {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes CreateAclsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeCreateAclsResponse(reader: WireReader, version: number): Complete<CreateAclsResponse> {
  const flexible = version >= 2;
  const throttleTimeMs = reader.int32();
  const results: Complete<AclCreationResult>[] = [];
  for (let left = reader.arrayLength(flexible, 3); left > 0; left -= 1) {
    results.push(decodeAclCreationResult(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, results, unknownTags };
}

function decodeAclCreationResult(reader: WireReader, version: number): Complete<AclCreationResult> {
  const flexible = version >= 2;
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { errorCode, errorMessage, unknownTags };
}

/**
 * Encodes CreateAclsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeCreateAclsResponse(writer: WireWriter, version: number, message: CreateAclsResponse): void {
  const flexible = version >= 2;
  writer.int32(message.throttleTimeMs ?? 0);
  const results = message.results;
  writer.arrayLength(results.length, flexible);
  for (const element of results) encodeAclCreationResult(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeAclCreationResult(writer: WireWriter, version: number, message: AclCreationResult): void {
  const flexible = version >= 2;
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}
