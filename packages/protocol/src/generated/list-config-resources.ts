// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of ListConfigResources's request, versions 0 to 1. */
export interface ListConfigResourcesRequest {
  readonly resourceTypes: readonly number[]; // 1+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ListConfigResourcesRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeListConfigResourcesRequest(reader: WireReader, version: number): ListConfigResourcesRequest {
  const resourceTypes = version >= 1 ? reader.int8s(true) : [];
  const unknownTags = reader.unknownTags();
  return { resourceTypes, unknownTags };
}

/**
 * Encodes ListConfigResourcesRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeListConfigResourcesRequest(writer: WireWriter, version: number, message: Loose<ListConfigResourcesRequest>): void {
  if (version >= 1) writer.int8s(message.resourceTypes ?? [], true);
  writer.unknownTags(message.unknownTags);
}

/** Body of ListConfigResources's response, versions 0 to 1. */
export interface ListConfigResourcesResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode: number;
  readonly configResources: readonly ConfigResource[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ListConfigResourcesResponse. */
export interface ConfigResource {
  readonly resourceName: string;
  readonly resourceType?: number | undefined; // 1+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ListConfigResourcesResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeListConfigResourcesResponse(reader: WireReader, version: number): Complete<ListConfigResourcesResponse> {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const configResources: Complete<ConfigResource>[] = [];
  for (let left = reader.arrayLength(true, 2); left > 0; left -= 1) {
    configResources.push(decodeConfigResource(reader, version));
  }
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, errorCode, configResources, unknownTags };
}

function decodeConfigResource(reader: WireReader, version: number): Complete<ConfigResource> {
  const resourceName = reader.string(true);
  const resourceType = version >= 1 ? reader.int8() : 16;
  const unknownTags = reader.unknownTags();
  return { resourceName, resourceType, unknownTags };
}

/**
 * Encodes ListConfigResourcesResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeListConfigResourcesResponse(writer: WireWriter, version: number, message: ListConfigResourcesResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  const configResources = message.configResources;
  writer.arrayLength(configResources.length, true);
  for (const element of configResources) encodeConfigResource(writer, version, element);
  writer.unknownTags(message.unknownTags);
}

function encodeConfigResource(writer: WireWriter, version: number, message: ConfigResource): void {
  writer.string(message.resourceName, true);
  if (version >= 1) writer.int8(message.resourceType ?? 16);
  writer.unknownTags(message.unknownTags);
}
