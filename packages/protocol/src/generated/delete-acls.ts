// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of DeleteAcls's request, versions 1 to 3. */
export interface DeleteAclsRequest {
  readonly filters: readonly DeleteAclsFilter[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DeleteAclsRequest. */
export interface DeleteAclsFilter {
  readonly resourceTypeFilter: number;
  readonly resourceNameFilter: string | null;
  readonly patternTypeFilter: number;
  readonly principalFilter: string | null;
  readonly hostFilter: string | null;
  readonly operation: number;
  readonly permissionType: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DeleteAclsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeDeleteAclsRequest(reader: WireReader, version: number): DeleteAclsRequest {
  const flexible = version >= 2;
  const filters: DeleteAclsFilter[] = [];
  for (let left = reader.arrayLength(flexible, 7); left > 0; left -= 1) {
    filters.push(decodeDeleteAclsFilter(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { filters, unknownTags };
}

function decodeDeleteAclsFilter(reader: WireReader, version: number): DeleteAclsFilter {
  const flexible = version >= 2;
  const resourceTypeFilter = reader.int8();
  const resourceNameFilter = reader.nullableString(flexible);
  const patternTypeFilter = reader.int8();
  const principalFilter = reader.nullableString(flexible);
  const hostFilter = reader.nullableString(flexible);
  const operation = reader.int8();
  const permissionType = reader.int8();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { resourceTypeFilter, resourceNameFilter, patternTypeFilter, principalFilter, hostFilter, operation, permissionType, unknownTags };
}

/**
 * Encodes DeleteAclsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeDeleteAclsRequest(writer: WireWriter, version: number, message: Loose<DeleteAclsRequest>): void {
  const flexible = version >= 2;
  const filters = message.filters ?? [];
  writer.arrayLength(filters.length, flexible);
  for (const element of filters) encodeDeleteAclsFilter(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDeleteAclsFilter(writer: WireWriter, version: number, message: Loose<DeleteAclsFilter>): void {
  const flexible = version >= 2;
  writer.int8(message.resourceTypeFilter ?? 0);
  writer.nullableString(message.resourceNameFilter === undefined ? "" : message.resourceNameFilter, flexible);
  writer.int8(message.patternTypeFilter ?? 3);
  writer.nullableString(message.principalFilter === undefined ? "" : message.principalFilter, flexible);
  writer.nullableString(message.hostFilter === undefined ? "" : message.hostFilter, flexible);
  writer.int8(message.operation ?? 0);
  writer.int8(message.permissionType ?? 0);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of DeleteAcls's response, versions 1 to 3. */
export interface DeleteAclsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly filterResults: readonly DeleteAclsFilterResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DeleteAclsResponse. */
export interface DeleteAclsFilterResult {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly matchingAcls: readonly DeleteAclsMatchingAcl[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DeleteAclsResponse. */
export interface DeleteAclsMatchingAcl {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly resourceType: number;
  readonly resourceName: string;
  readonly patternType?: number | undefined;
  readonly principal: string;
  readonly host: string;
  readonly operation: number;
  readonly permissionType: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DeleteAclsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeDeleteAclsResponse(reader: WireReader, version: number): Complete<DeleteAclsResponse> {
  const flexible = version >= 2;
  const throttleTimeMs = reader.int32();
  const filterResults: Complete<DeleteAclsFilterResult>[] = [];
  for (let left = reader.arrayLength(flexible, 4); left > 0; left -= 1) {
    filterResults.push(decodeDeleteAclsFilterResult(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, filterResults, unknownTags };
}

function decodeDeleteAclsFilterResult(reader: WireReader, version: number): Complete<DeleteAclsFilterResult> {
  const flexible = version >= 2;
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(flexible);
  const matchingAcls: Complete<DeleteAclsMatchingAcl>[] = [];
  for (let left = reader.arrayLength(flexible, 10); left > 0; left -= 1) {
    matchingAcls.push(decodeDeleteAclsMatchingAcl(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { errorCode, errorMessage, matchingAcls, unknownTags };
}

function decodeDeleteAclsMatchingAcl(reader: WireReader, version: number): Complete<DeleteAclsMatchingAcl> {
  const flexible = version >= 2;
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(flexible);
  const resourceType = reader.int8();
  const resourceName = reader.string(flexible);
  const patternType = reader.int8();
  const principal = reader.string(flexible);
  const host = reader.string(flexible);
  const operation = reader.int8();
  const permissionType = reader.int8();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return {
    errorCode,
    errorMessage,
    resourceType,
    resourceName,
    patternType,
    principal,
    host,
    operation,
    permissionType,
    unknownTags,
  };
}

/**
 * Encodes DeleteAclsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeDeleteAclsResponse(writer: WireWriter, version: number, message: DeleteAclsResponse): void {
  const flexible = version >= 2;
  writer.int32(message.throttleTimeMs ?? 0);
  const filterResults = message.filterResults;
  writer.arrayLength(filterResults.length, flexible);
  for (const element of filterResults) encodeDeleteAclsFilterResult(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDeleteAclsFilterResult(writer: WireWriter, version: number, message: DeleteAclsFilterResult): void {
  const flexible = version >= 2;
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, flexible);
  const matchingAcls = message.matchingAcls;
  writer.arrayLength(matchingAcls.length, flexible);
  for (const element of matchingAcls) encodeDeleteAclsMatchingAcl(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDeleteAclsMatchingAcl(writer: WireWriter, version: number, message: DeleteAclsMatchingAcl): void {
  const flexible = version >= 2;
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, flexible);
  writer.int8(message.resourceType);
  writer.string(message.resourceName, flexible);
  writer.int8(message.patternType ?? 3);
  writer.string(message.principal, flexible);
  writer.string(message.host, flexible);
  writer.int8(message.operation);
  writer.int8(message.permissionType);
  if (flexible) writer.unknownTags(message.unknownTags);
}
