// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of DescribeClientQuotas's request, versions 0 to 1. */
export interface DescribeClientQuotasRequest {
  readonly components: readonly ComponentData[];
  readonly strict: boolean;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeClientQuotasRequest. */
export interface ComponentData {
  readonly entityType: string;
  readonly matchType: number;
  readonly match: string | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeClientQuotasRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeClientQuotasRequest(reader: WireReader, version: number): DescribeClientQuotasRequest {
  const flexible = version >= 1;
  const components: ComponentData[] = [];
  for (let left = reader.arrayLength(flexible, 3); left > 0; left -= 1) {
    components.push(decodeComponentData(reader, version));
  }
  const strict = reader.boolean();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { components, strict, unknownTags };
}

function decodeComponentData(reader: WireReader, version: number): ComponentData {
  const flexible = version >= 1;
  const entityType = reader.string(flexible);
  const matchType = reader.int8();
  const match = reader.nullableString(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { entityType, matchType, match, unknownTags };
}

/**
 * Encodes DescribeClientQuotasRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeClientQuotasRequest(writer: WireWriter, version: number, message: Loose<DescribeClientQuotasRequest>): void {
  const flexible = version >= 1;
  const components = message.components ?? [];
  writer.arrayLength(components.length, flexible);
  for (const element of components) encodeComponentData(writer, version, element);
  writer.boolean(message.strict ?? false);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeComponentData(writer: WireWriter, version: number, message: Loose<ComponentData>): void {
  const flexible = version >= 1;
  writer.string(message.entityType ?? "", flexible);
  writer.int8(message.matchType ?? 0);
  writer.nullableString(message.match === undefined ? "" : message.match, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of DescribeClientQuotas's response, versions 0 to 1. */
export interface DescribeClientQuotasResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly entries: readonly DescribeClientQuotasEntryData[] | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeClientQuotasResponse. */
export interface DescribeClientQuotasEntryData {
  readonly entity: readonly DescribeClientQuotasEntityData[];
  readonly values: readonly ValueData[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeClientQuotasResponse. */
export interface DescribeClientQuotasEntityData {
  readonly entityType: string;
  readonly entityName: string | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeClientQuotasResponse. */
export interface ValueData {
  readonly key: string;
  readonly value: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeClientQuotasResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeClientQuotasResponse(reader: WireReader, version: number): Complete<DescribeClientQuotasResponse> {
  const flexible = version >= 1;
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(flexible);
  let entriesLeft = reader.nullableArrayLength(flexible, 2);
  const entries: Complete<DescribeClientQuotasEntryData>[] | null = entriesLeft < 0 ? null : [];
  for (; entriesLeft > 0; entriesLeft -= 1) entries?.push(decodeDescribeClientQuotasEntryData(reader, version));
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, errorCode, errorMessage, entries, unknownTags };
}

function decodeDescribeClientQuotasEntryData(reader: WireReader, version: number): Complete<DescribeClientQuotasEntryData> {
  const flexible = version >= 1;
  const entity: Complete<DescribeClientQuotasEntityData>[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    entity.push(decodeDescribeClientQuotasEntityData(reader, version));
  }
  const values: Complete<ValueData>[] = [];
  for (let left = reader.arrayLength(flexible, 9); left > 0; left -= 1) {
    values.push(decodeValueData(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { entity, values, unknownTags };
}

function decodeDescribeClientQuotasEntityData(reader: WireReader, version: number): Complete<DescribeClientQuotasEntityData> {
  const flexible = version >= 1;
  const entityType = reader.string(flexible);
  const entityName = reader.nullableString(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { entityType, entityName, unknownTags };
}

function decodeValueData(reader: WireReader, version: number): Complete<ValueData> {
  const flexible = version >= 1;
  const key = reader.string(flexible);
  const value = reader.float64();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { key, value, unknownTags };
}

/**
 * Encodes DescribeClientQuotasResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeClientQuotasResponse(writer: WireWriter, version: number, message: DescribeClientQuotasResponse): void {
  const flexible = version >= 1;
  writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, flexible);
  const entries = message.entries;
  writer.arrayLength(entries === null ? -1 : entries.length, flexible);
  if (entries !== null) for (const element of entries) encodeDescribeClientQuotasEntryData(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDescribeClientQuotasEntryData(writer: WireWriter, version: number, message: DescribeClientQuotasEntryData): void {
  const flexible = version >= 1;
  const entity = message.entity;
  writer.arrayLength(entity.length, flexible);
  for (const element of entity) encodeDescribeClientQuotasEntityData(writer, version, element);
  const values = message.values;
  writer.arrayLength(values.length, flexible);
  for (const element of values) encodeValueData(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDescribeClientQuotasEntityData(writer: WireWriter, version: number, message: DescribeClientQuotasEntityData): void {
  const flexible = version >= 1;
  writer.string(message.entityType, flexible);
  writer.nullableString(message.entityName, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeValueData(writer: WireWriter, version: number, message: ValueData): void {
  const flexible = version >= 1;
  writer.string(message.key, flexible);
  writer.float64(message.value);
  if (flexible) writer.unknownTags(message.unknownTags);
}
