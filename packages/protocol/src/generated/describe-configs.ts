// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of DescribeConfigs's request, versions 1 to 4. */
export interface DescribeConfigsRequest {
  readonly resources: readonly DescribeConfigsResource[];
  readonly includeSynonyms: boolean;
  readonly includeDocumentation: boolean; // 3+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeConfigsRequest. */
export interface DescribeConfigsResource {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly configurationKeys: readonly string[] | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeConfigsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeConfigsRequest(reader: WireReader, version: number): DescribeConfigsRequest {
  const flexible = version >= 4;
  const resources: DescribeConfigsResource[] = [];
  for (let left = reader.arrayLength(flexible, 3); left > 0; left -= 1) {
    resources.push(decodeDescribeConfigsResource(reader, version));
  }
  const includeSynonyms = reader.boolean();
  const includeDocumentation = version >= 3 ? reader.boolean() : false;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { resources, includeSynonyms, includeDocumentation, unknownTags };
}

function decodeDescribeConfigsResource(reader: WireReader, version: number): DescribeConfigsResource {
  const flexible = version >= 4;
  const resourceType = reader.int8();
  const resourceName = reader.string(flexible);
  const configurationKeys = reader.nullableStrings(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { resourceType, resourceName, configurationKeys, unknownTags };
}

/**
 * Encodes DescribeConfigsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeConfigsRequest(writer: WireWriter, version: number, message: Loose<DescribeConfigsRequest>): void {
  const flexible = version >= 4;
  const resources = message.resources ?? [];
  writer.arrayLength(resources.length, flexible);
  for (const element of resources) encodeDescribeConfigsResource(writer, version, element);
  writer.boolean(message.includeSynonyms ?? false);
  if (version >= 3) writer.boolean(message.includeDocumentation ?? false);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDescribeConfigsResource(writer: WireWriter, version: number, message: Loose<DescribeConfigsResource>): void {
  const flexible = version >= 4;
  writer.int8(message.resourceType ?? 0);
  writer.string(message.resourceName ?? "", flexible);
  writer.nullableStrings(message.configurationKeys === undefined ? [] : message.configurationKeys, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of DescribeConfigs's response, versions 1 to 4. */
export interface DescribeConfigsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly results: readonly DescribeConfigsResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeConfigsResponse. */
export interface DescribeConfigsResult {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly resourceType: number;
  readonly resourceName: string;
  readonly configs: readonly DescribeConfigsResourceResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeConfigsResponse. */
export interface DescribeConfigsResourceResult {
  readonly name: string;
  readonly value: string | null;
  readonly readOnly: boolean;
  readonly configSource?: number | undefined;
  readonly isSensitive: boolean;
  readonly synonyms: readonly DescribeConfigsSynonym[];
  readonly configType?: number | undefined; // 3+
  readonly documentation?: string | null | undefined; // 3+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeConfigsResponse. */
export interface DescribeConfigsSynonym {
  readonly name: string;
  readonly value: string | null;
  readonly source: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeConfigsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeConfigsResponse(reader: WireReader, version: number): Complete<DescribeConfigsResponse> {
  const flexible = version >= 4;
  const throttleTimeMs = reader.int32();
  const results: Complete<DescribeConfigsResult>[] = [];
  for (let left = reader.arrayLength(flexible, 6); left > 0; left -= 1) {
    results.push(decodeDescribeConfigsResult(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, results, unknownTags };
}

function decodeDescribeConfigsResult(reader: WireReader, version: number): Complete<DescribeConfigsResult> {
  const flexible = version >= 4;
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(flexible);
  const resourceType = reader.int8();
  const resourceName = reader.string(flexible);
  const configs: Complete<DescribeConfigsResourceResult>[] = [];
  for (let left = reader.arrayLength(flexible, 6); left > 0; left -= 1) {
    configs.push(decodeDescribeConfigsResourceResult(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { errorCode, errorMessage, resourceType, resourceName, configs, unknownTags };
}

function decodeDescribeConfigsResourceResult(reader: WireReader, version: number): Complete<DescribeConfigsResourceResult> {
  const flexible = version >= 4;
  const name = reader.string(flexible);
  const value = reader.nullableString(flexible);
  const readOnly = reader.boolean();
  const configSource = reader.int8();
  const isSensitive = reader.boolean();
  const synonyms: Complete<DescribeConfigsSynonym>[] = [];
  for (let left = reader.arrayLength(flexible, 3); left > 0; left -= 1) {
    synonyms.push(decodeDescribeConfigsSynonym(reader, version));
  }
  const configType = version >= 3 ? reader.int8() : 0;
  const documentation = version >= 3 ? reader.nullableString(flexible) : "";
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return {
    name,
    value,
    readOnly,
    configSource,
    isSensitive,
    synonyms,
    configType,
    documentation,
    unknownTags,
  };
}

function decodeDescribeConfigsSynonym(reader: WireReader, version: number): Complete<DescribeConfigsSynonym> {
  const flexible = version >= 4;
  const name = reader.string(flexible);
  const value = reader.nullableString(flexible);
  const source = reader.int8();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, value, source, unknownTags };
}

/**
 * Encodes DescribeConfigsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeConfigsResponse(writer: WireWriter, version: number, message: DescribeConfigsResponse): void {
  const flexible = version >= 4;
  writer.int32(message.throttleTimeMs ?? 0);
  const results = message.results;
  writer.arrayLength(results.length, flexible);
  for (const element of results) encodeDescribeConfigsResult(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDescribeConfigsResult(writer: WireWriter, version: number, message: DescribeConfigsResult): void {
  const flexible = version >= 4;
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, flexible);
  writer.int8(message.resourceType);
  writer.string(message.resourceName, flexible);
  const configs = message.configs;
  writer.arrayLength(configs.length, flexible);
  for (const element of configs) encodeDescribeConfigsResourceResult(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDescribeConfigsResourceResult(writer: WireWriter, version: number, message: DescribeConfigsResourceResult): void {
  const flexible = version >= 4;
  writer.string(message.name, flexible);
  writer.nullableString(message.value, flexible);
  writer.boolean(message.readOnly);
  writer.int8(message.configSource ?? -1);
  writer.boolean(message.isSensitive);
  const synonyms = message.synonyms;
  writer.arrayLength(synonyms.length, flexible);
  for (const element of synonyms) encodeDescribeConfigsSynonym(writer, version, element);
  if (version >= 3) writer.int8(message.configType ?? 0);
  if (version >= 3) writer.nullableString(message.documentation === undefined ? "" : message.documentation, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDescribeConfigsSynonym(writer: WireWriter, version: number, message: DescribeConfigsSynonym): void {
  const flexible = version >= 4;
  writer.string(message.name, flexible);
  writer.nullableString(message.value, flexible);
  writer.int8(message.source);
  if (flexible) writer.unknownTags(message.unknownTags);
}
