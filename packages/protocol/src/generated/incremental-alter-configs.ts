// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of IncrementalAlterConfigs's request, versions 0 to 1. */
export interface IncrementalAlterConfigsRequest {
  readonly resources: readonly IncrementalAlterConfigsAlterConfigsResource[];
  readonly validateOnly: boolean;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of IncrementalAlterConfigsRequest. */
export interface IncrementalAlterConfigsAlterConfigsResource {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly configs: readonly IncrementalAlterConfigsAlterableConfig[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of IncrementalAlterConfigsRequest. */
export interface IncrementalAlterConfigsAlterableConfig {
  readonly name: string;
  readonly configOperation: number;
  readonly value: string | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes IncrementalAlterConfigsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeIncrementalAlterConfigsRequest(reader: WireReader, version: number): IncrementalAlterConfigsRequest {
  const flexible = version >= 1;
  const resources: IncrementalAlterConfigsAlterConfigsResource[] = [];
  for (let left = reader.arrayLength(flexible, 3); left > 0; left -= 1) {
    resources.push(decodeIncrementalAlterConfigsAlterConfigsResource(reader, version));
  }
  const validateOnly = reader.boolean();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { resources, validateOnly, unknownTags };
}

function decodeIncrementalAlterConfigsAlterConfigsResource(reader: WireReader, version: number): IncrementalAlterConfigsAlterConfigsResource {
  const flexible = version >= 1;
  const resourceType = reader.int8();
  const resourceName = reader.string(flexible);
  const configs: IncrementalAlterConfigsAlterableConfig[] = [];
  for (let left = reader.arrayLength(flexible, 3); left > 0; left -= 1) {
    configs.push(decodeIncrementalAlterConfigsAlterableConfig(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { resourceType, resourceName, configs, unknownTags };
}

function decodeIncrementalAlterConfigsAlterableConfig(reader: WireReader, version: number): IncrementalAlterConfigsAlterableConfig {
  const flexible = version >= 1;
  const name = reader.string(flexible);
  const configOperation = reader.int8();
  const value = reader.nullableString(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, configOperation, value, unknownTags };
}

/**
 * Encodes IncrementalAlterConfigsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeIncrementalAlterConfigsRequest(writer: WireWriter, version: number, message: Loose<IncrementalAlterConfigsRequest>): void {
  const flexible = version >= 1;
  const resources = message.resources ?? [];
  writer.arrayLength(resources.length, flexible);
  for (const element of resources) encodeIncrementalAlterConfigsAlterConfigsResource(writer, version, element);
  writer.boolean(message.validateOnly ?? false);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeIncrementalAlterConfigsAlterConfigsResource(writer: WireWriter, version: number, message: Loose<IncrementalAlterConfigsAlterConfigsResource>): void {
  const flexible = version >= 1;
  writer.int8(message.resourceType ?? 0);
  writer.string(message.resourceName ?? "", flexible);
  const configs = message.configs ?? [];
  writer.arrayLength(configs.length, flexible);
  for (const element of configs) encodeIncrementalAlterConfigsAlterableConfig(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeIncrementalAlterConfigsAlterableConfig(writer: WireWriter, version: number, message: Loose<IncrementalAlterConfigsAlterableConfig>): void {
  const flexible = version >= 1;
  writer.string(message.name ?? "", flexible);
  writer.int8(message.configOperation ?? 0);
  writer.nullableString(message.value === undefined ? "" : message.value, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of IncrementalAlterConfigs's response, versions 0 to 1. */
export interface IncrementalAlterConfigsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly responses: readonly IncrementalAlterConfigsAlterConfigsResourceResponse[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of IncrementalAlterConfigsResponse. */
export interface IncrementalAlterConfigsAlterConfigsResourceResponse {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly resourceType: number;
  readonly resourceName: string;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes IncrementalAlterConfigsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeIncrementalAlterConfigsResponse(reader: WireReader, version: number): Complete<IncrementalAlterConfigsResponse> {
  const flexible = version >= 1;
  const throttleTimeMs = reader.int32();
  const responses: Complete<IncrementalAlterConfigsAlterConfigsResourceResponse>[] = [];
  for (let left = reader.arrayLength(flexible, 5); left > 0; left -= 1) {
    responses.push(decodeIncrementalAlterConfigsAlterConfigsResourceResponse(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, responses, unknownTags };
}

function decodeIncrementalAlterConfigsAlterConfigsResourceResponse(reader: WireReader, version: number): Complete<IncrementalAlterConfigsAlterConfigsResourceResponse> {
  const flexible = version >= 1;
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(flexible);
  const resourceType = reader.int8();
  const resourceName = reader.string(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { errorCode, errorMessage, resourceType, resourceName, unknownTags };
}

/**
 * Encodes IncrementalAlterConfigsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeIncrementalAlterConfigsResponse(writer: WireWriter, version: number, message: IncrementalAlterConfigsResponse): void {
  const flexible = version >= 1;
  writer.int32(message.throttleTimeMs ?? 0);
  const responses = message.responses;
  writer.arrayLength(responses.length, flexible);
  for (const element of responses) encodeIncrementalAlterConfigsAlterConfigsResourceResponse(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeIncrementalAlterConfigsAlterConfigsResourceResponse(writer: WireWriter, version: number, message: IncrementalAlterConfigsAlterConfigsResourceResponse): void {
  const flexible = version >= 1;
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, flexible);
  writer.int8(message.resourceType);
  writer.string(message.resourceName, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}
