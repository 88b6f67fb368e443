// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of AlterClientQuotas's request, versions 0 to 1. */
export interface AlterClientQuotasRequest {
  readonly entries: readonly AlterClientQuotasRequestEntryData[];
  readonly validateOnly: boolean;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterClientQuotasRequest. */
export interface AlterClientQuotasRequestEntryData {
  readonly entity: readonly AlterClientQuotasRequestEntityData[];
  readonly ops: readonly OpData[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterClientQuotasRequest. */
export interface AlterClientQuotasRequestEntityData {
  readonly entityType: string;
  readonly entityName: string | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterClientQuotasRequest. */
export interface OpData {
  readonly key: string;
  readonly value: number;
  readonly remove: boolean;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes AlterClientQuotasRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeAlterClientQuotasRequest(reader: WireReader, version: number): AlterClientQuotasRequest {
  const flexible = version >= 1;
  const entries: AlterClientQuotasRequestEntryData[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    entries.push(decodeAlterClientQuotasRequestEntryData(reader, version));
  }
  const validateOnly = reader.boolean();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { entries, validateOnly, unknownTags };
}

function decodeAlterClientQuotasRequestEntryData(reader: WireReader, version: number): AlterClientQuotasRequestEntryData {
  const flexible = version >= 1;
  const entity: AlterClientQuotasRequestEntityData[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    entity.push(decodeAlterClientQuotasRequestEntityData(reader, version));
  }
  const ops: OpData[] = [];
  for (let left = reader.arrayLength(flexible, 10); left > 0; left -= 1) {
    ops.push(decodeOpData(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { entity, ops, unknownTags };
}

function decodeAlterClientQuotasRequestEntityData(reader: WireReader, version: number): AlterClientQuotasRequestEntityData {
  const flexible = version >= 1;
  const entityType = reader.string(flexible);
  const entityName = reader.nullableString(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { entityType, entityName, unknownTags };
}

function decodeOpData(reader: WireReader, version: number): OpData {
  const flexible = version >= 1;
  const key = reader.string(flexible);
  const value = reader.float64();
  const remove = reader.boolean();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { key, value, remove, unknownTags };
}

/**
 * Encodes AlterClientQuotasRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeAlterClientQuotasRequest(writer: WireWriter, version: number, message: Loose<AlterClientQuotasRequest>): void {
  const flexible = version >= 1;
  const entries = message.entries ?? [];
  writer.arrayLength(entries.length, flexible);
  for (const element of entries) encodeAlterClientQuotasRequestEntryData(writer, version, element);
  writer.boolean(message.validateOnly ?? false);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeAlterClientQuotasRequestEntryData(writer: WireWriter, version: number, message: Loose<AlterClientQuotasRequestEntryData>): void {
  const flexible = version >= 1;
  const entity = message.entity ?? [];
  writer.arrayLength(entity.length, flexible);
  for (const element of entity) encodeAlterClientQuotasRequestEntityData(writer, version, element);
  const ops = message.ops ?? [];
  writer.arrayLength(ops.length, flexible);
  for (const element of ops) encodeOpData(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeAlterClientQuotasRequestEntityData(writer: WireWriter, version: number, message: Loose<AlterClientQuotasRequestEntityData>): void {
  const flexible = version >= 1;
  writer.string(message.entityType ?? "", flexible);
  writer.nullableString(message.entityName === undefined ? "" : message.entityName, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeOpData(writer: WireWriter, version: number, message: Loose<OpData>): void {
  const flexible = version >= 1;
  writer.string(message.key ?? "", flexible);
  writer.float64(message.value ?? 0);
  writer.boolean(message.remove ?? false);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of AlterClientQuotas's response, versions 0 to 1. */
export interface AlterClientQuotasResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly entries: readonly AlterClientQuotasResponseEntryData[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterClientQuotasResponse. */
export interface AlterClientQuotasResponseEntryData {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly entity: readonly AlterClientQuotasResponseEntityData[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterClientQuotasResponse. */
export interface AlterClientQuotasResponseEntityData {
  readonly entityType: string;
  readonly entityName: string | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes AlterClientQuotasResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeAlterClientQuotasResponse(reader: WireReader, version: number): Complete<AlterClientQuotasResponse> {
  const flexible = version >= 1;
  const throttleTimeMs = reader.int32();
  const entries: Complete<AlterClientQuotasResponseEntryData>[] = [];
  for (let left = reader.arrayLength(flexible, 4); left > 0; left -= 1) {
    entries.push(decodeAlterClientQuotasResponseEntryData(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, entries, unknownTags };
}

function decodeAlterClientQuotasResponseEntryData(reader: WireReader, version: number): Complete<AlterClientQuotasResponseEntryData> {
  const flexible = version >= 1;
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(flexible);
  const entity: Complete<AlterClientQuotasResponseEntityData>[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    entity.push(decodeAlterClientQuotasResponseEntityData(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { errorCode, errorMessage, entity, unknownTags };
}

function decodeAlterClientQuotasResponseEntityData(reader: WireReader, version: number): Complete<AlterClientQuotasResponseEntityData> {
  const flexible = version >= 1;
  const entityType = reader.string(flexible);
  const entityName = reader.nullableString(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { entityType, entityName, unknownTags };
}

/**
 * Encodes AlterClientQuotasResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeAlterClientQuotasResponse(writer: WireWriter, version: number, message: AlterClientQuotasResponse): void {
  const flexible = version >= 1;
  writer.int32(message.throttleTimeMs ?? 0);
  const entries = message.entries;
  writer.arrayLength(entries.length, flexible);
  for (const element of entries) encodeAlterClientQuotasResponseEntryData(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeAlterClientQuotasResponseEntryData(writer: WireWriter, version: number, message: AlterClientQuotasResponseEntryData): void {
  const flexible = version >= 1;
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, flexible);
  const entity = message.entity;
  writer.arrayLength(entity.length, flexible);
  for (const element of entity) encodeAlterClientQuotasResponseEntityData(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeAlterClientQuotasResponseEntityData(writer: WireWriter, version: number, message: AlterClientQuotasResponseEntityData): void {
  const flexible = version >= 1;
  writer.string(message.entityType, flexible);
  writer.nullableString(message.entityName, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}
