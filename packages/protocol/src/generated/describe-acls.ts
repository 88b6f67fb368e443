// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of DescribeAcls's request, versions 1 to 3. */
export interface DescribeAclsRequest {
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
 * Decodes DescribeAclsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeAclsRequest(reader: WireReader, version: number): DescribeAclsRequest {
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
 * Encodes DescribeAclsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeAclsRequest(writer: WireWriter, version: number, message: Loose<DescribeAclsRequest>): void {
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

/** Body of DescribeAcls's response, versions 1 to 3. */
export interface DescribeAclsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly resources: readonly DescribeAclsResource[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeAclsResponse. */
export interface DescribeAclsResource {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly patternType?: number | undefined;
  readonly acls: readonly AclDescription[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeAclsResponse. */
export interface AclDescription {
  readonly principal: string;
  readonly host: string;
  readonly operation: number;
  readonly permissionType: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeAclsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeAclsResponse(reader: WireReader, version: number): Complete<DescribeAclsResponse> {
  const flexible = version >= 2;
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(flexible);
  const resources: Complete<DescribeAclsResource>[] = [];
  for (let left = reader.arrayLength(flexible, 4); left > 0; left -= 1) {
    resources.push(decodeDescribeAclsResource(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, errorCode, errorMessage, resources, unknownTags };
}

function decodeDescribeAclsResource(reader: WireReader, version: number): Complete<DescribeAclsResource> {
  const flexible = version >= 2;
  const resourceType = reader.int8();
  const resourceName = reader.string(flexible);
  const patternType = reader.int8();
  const acls: Complete<AclDescription>[] = [];
  for (let left = reader.arrayLength(flexible, 4); left > 0; left -= 1) {
    acls.push(decodeAclDescription(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { resourceType, resourceName, patternType, acls, unknownTags };
}

function decodeAclDescription(reader: WireReader, version: number): Complete<AclDescription> {
  const flexible = version >= 2;
  const principal = reader.string(flexible);
  const host = reader.string(flexible);
  const operation = reader.int8();
  const permissionType = reader.int8();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { principal, host, operation, permissionType, unknownTags };
}

/**
 * Encodes DescribeAclsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeAclsResponse(writer: WireWriter, version: number, message: DescribeAclsResponse): void {
  const flexible = version >= 2;
  writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, flexible);
  const resources = message.resources;
  writer.arrayLength(resources.length, flexible);
  for (const element of resources) encodeDescribeAclsResource(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDescribeAclsResource(writer: WireWriter, version: number, message: DescribeAclsResource): void {
  const flexible = version >= 2;
  writer.int8(message.resourceType);
  writer.string(message.resourceName, flexible);
  writer.int8(message.patternType ?? 3);
  const acls = message.acls;
  writer.arrayLength(acls.length, flexible);
  for (const element of acls) encodeAclDescription(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeAclDescription(writer: WireWriter, version: number, message: AclDescription): void {
  const flexible = version >= 2;
  writer.string(message.principal, flexible);
  writer.string(message.host, flexible);
  writer.int8(message.operation);
  writer.int8(message.permissionType);
  if (flexible) writer.unknownTags(message.unknownTags);
}
