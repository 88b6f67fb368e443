// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of AlterConfigs's request, versions 0 to 2. */
export interface AlterConfigsRequest {
  readonly resources: readonly AlterConfigsAlterConfigsResource[];
  readonly validateOnly: boolean;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterConfigsRequest. */
export interface AlterConfigsAlterConfigsResource {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly configs: readonly AlterConfigsAlterableConfig[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterConfigsRequest. */
export interface AlterConfigsAlterableConfig {
  readonly name: string;
  readonly value: string | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes AlterConfigsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeAlterConfigsRequest(reader: WireReader, version: number): AlterConfigsRequest {
  const flexible = version >= 2;
  const resources: AlterConfigsAlterConfigsResource[] = [];
  for (let left = reader.arrayLength(flexible, 3); left > 0; left -= 1) {
    resources.push(decodeAlterConfigsAlterConfigsResource(reader, version));
  }
  const validateOnly = reader.boolean();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { resources, validateOnly, unknownTags };
}

function decodeAlterConfigsAlterConfigsResource(reader: WireReader, version: number): AlterConfigsAlterConfigsResource {
  const flexible = version >= 2;
  const resourceType = reader.int8();
  const resourceName = reader.string(flexible);
  const configs: AlterConfigsAlterableConfig[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    configs.push(decodeAlterConfigsAlterableConfig(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { resourceType, resourceName, configs, unknownTags };
}

function decodeAlterConfigsAlterableConfig(reader: WireReader, version: number): AlterConfigsAlterableConfig {
  const flexible = version >= 2;
  const name = reader.string(flexible);
  const value = reader.nullableString(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, value, unknownTags };
}

/**
 * Encodes AlterConfigsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeAlterConfigsRequest(writer: WireWriter, version: number, message: Loose<AlterConfigsRequest>): void {
  const flexible = version >= 2;
  const resources = message.resources ?? [];
  writer.arrayLength(resources.length, flexible);
  for (const element of resources) encodeAlterConfigsAlterConfigsResource(writer, version, element);
  writer.boolean(message.validateOnly ?? false);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeAlterConfigsAlterConfigsResource(writer: WireWriter, version: number, message: Loose<AlterConfigsAlterConfigsResource>): void {
  const flexible = version >= 2;
  writer.int8(message.resourceType ?? 0);
  writer.string(message.resourceName ?? "", flexible);
  const configs = message.configs ?? [];
  writer.arrayLength(configs.length, flexible);
  for (const element of configs) encodeAlterConfigsAlterableConfig(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeAlterConfigsAlterableConfig(writer: WireWriter, version: number, message: Loose<AlterConfigsAlterableConfig>): void {
  const flexible = version >= 2;
  writer.string(message.name ?? "", flexible);
  writer.nullableString(message.value === undefined ? "" : message.value, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of AlterConfigs's response, versions 0 to 2. */
export interface AlterConfigsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly responses: readonly AlterConfigsAlterConfigsResourceResponse[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterConfigsResponse. */
export interface AlterConfigsAlterConfigsResourceResponse {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly resourceType: number;
  readonly resourceName: string;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes AlterConfigsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeAlterConfigsResponse(reader: WireReader, version: number): Complete<AlterConfigsResponse> {
  const flexible = version >= 2;
  const throttleTimeMs = reader.int32();
  const responses: Complete<AlterConfigsAlterConfigsResourceResponse>[] = [];
  for (let left = reader.arrayLength(flexible, 5); left > 0; left -= 1) {
    responses.push(decodeAlterConfigsAlterConfigsResourceResponse(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, responses, unknownTags };
}

function decodeAlterConfigsAlterConfigsResourceResponse(reader: WireReader, version: number): Complete<AlterConfigsAlterConfigsResourceResponse> {
  const flexible = version >= 2;
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(flexible);
  const resourceType = reader.int8();
  const resourceName = reader.string(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { errorCode, errorMessage, resourceType, resourceName, unknownTags };
}

/**
 * Encodes AlterConfigsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeAlterConfigsResponse(writer: WireWriter, version: number, message: AlterConfigsResponse): void {
  const flexible = version >= 2;
  writer.int32(message.throttleTimeMs ?? 0);
  const responses = message.responses;
  writer.arrayLength(responses.length, flexible);
  for (const element of responses) encodeAlterConfigsAlterConfigsResourceResponse(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeAlterConfigsAlterConfigsResourceResponse(writer: WireWriter, version: number, message: AlterConfigsAlterConfigsResourceResponse): void {
  const flexible = version >= 2;
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, flexible);
  writer.int8(message.resourceType);
  writer.string(message.resourceName, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}
