// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of AlterPartitionReassignments's request, versions 0 to 1. */
export interface AlterPartitionReassignmentsRequest {
  readonly timeoutMs: number;
  readonly allowReplicationFactorChange: boolean; // 1+
  readonly topics: readonly ReassignableTopic[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterPartitionReassignmentsRequest. */
export interface ReassignableTopic {
  readonly name: string;
  readonly partitions: readonly ReassignablePartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterPartitionReassignmentsRequest. */
export interface ReassignablePartition {
  readonly partitionIndex: number;
  readonly replicas: readonly number[] | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes AlterPartitionReassignmentsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeAlterPartitionReassignmentsRequest(reader: WireReader, version: number): AlterPartitionReassignmentsRequest {
  const timeoutMs = reader.int32();
  const allowReplicationFactorChange = version >= 1 ? reader.boolean() : true;
  const topics: ReassignableTopic[] = [];
  for (let left = reader.arrayLength(true, 3); left > 0; left -= 1) {
    topics.push(decodeReassignableTopic(reader));
  }
  const unknownTags = reader.unknownTags();
  return { timeoutMs, allowReplicationFactorChange, topics, unknownTags };
}

function decodeReassignableTopic(reader: WireReader): ReassignableTopic {
  const name = reader.string(true);
  const partitions: ReassignablePartition[] = [];
  for (let left = reader.arrayLength(true, 6); left > 0; left -= 1) {
    partitions.push(decodeReassignablePartition(reader));
  }
  const unknownTags = reader.unknownTags();
  return { name, partitions, unknownTags };
}

function decodeReassignablePartition(reader: WireReader): ReassignablePartition {
  const partitionIndex = reader.int32();
  const replicas = reader.nullableInt32s(true);
  const unknownTags = reader.unknownTags();
  return { partitionIndex, replicas, unknownTags };
}

/**
 * Encodes AlterPartitionReassignmentsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeAlterPartitionReassignmentsRequest(writer: WireWriter, version: number, message: Loose<AlterPartitionReassignmentsRequest>): void {
  writer.int32(message.timeoutMs ?? 60000);
  if (version >= 1) writer.boolean(message.allowReplicationFactorChange ?? true);
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeReassignableTopic(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeReassignableTopic(writer: WireWriter, message: Loose<ReassignableTopic>): void {
  writer.string(message.name ?? "", true);
  const partitions = message.partitions ?? [];
  writer.arrayLength(partitions.length, true);
  for (const element of partitions) encodeReassignablePartition(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeReassignablePartition(writer: WireWriter, message: Loose<ReassignablePartition>): void {
  writer.int32(message.partitionIndex ?? 0);
  writer.nullableInt32s(message.replicas ?? null, true);
  writer.unknownTags(message.unknownTags);
}

/** Body of AlterPartitionReassignments's response, versions 0 to 1. */
export interface AlterPartitionReassignmentsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly allowReplicationFactorChange?: boolean | undefined; // 1+
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly responses: readonly ReassignableTopicResponse[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterPartitionReassignmentsResponse. */
export interface ReassignableTopicResponse {
  readonly name: string;
  readonly partitions: readonly ReassignablePartitionResponse[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterPartitionReassignmentsResponse. */
export interface ReassignablePartitionResponse {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes AlterPartitionReassignmentsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeAlterPartitionReassignmentsResponse(reader: WireReader, version: number): Complete<AlterPartitionReassignmentsResponse> {
  const throttleTimeMs = reader.int32();
  const allowReplicationFactorChange = version >= 1 ? reader.boolean() : true;
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const responses: Complete<ReassignableTopicResponse>[] = [];
  for (let left = reader.arrayLength(true, 3); left > 0; left -= 1) {
    responses.push(decodeReassignableTopicResponse(reader));
  }
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, allowReplicationFactorChange, errorCode, errorMessage, responses, unknownTags };
}

function decodeReassignableTopicResponse(reader: WireReader): Complete<ReassignableTopicResponse> {
  const name = reader.string(true);
  const partitions: Complete<ReassignablePartitionResponse>[] = [];
  for (let left = reader.arrayLength(true, 8); left > 0; left -= 1) {
    partitions.push(decodeReassignablePartitionResponse(reader));
  }
  const unknownTags = reader.unknownTags();
  return { name, partitions, unknownTags };
}

function decodeReassignablePartitionResponse(reader: WireReader): Complete<ReassignablePartitionResponse> {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const unknownTags = reader.unknownTags();
  return { partitionIndex, errorCode, errorMessage, unknownTags };
}

/**
 * Encodes AlterPartitionReassignmentsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeAlterPartitionReassignmentsResponse(writer: WireWriter, version: number, message: AlterPartitionReassignmentsResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  if (version >= 1) writer.boolean(message.allowReplicationFactorChange ?? true);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, true);
  const responses = message.responses;
  writer.arrayLength(responses.length, true);
  for (const element of responses) encodeReassignableTopicResponse(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeReassignableTopicResponse(writer: WireWriter, message: ReassignableTopicResponse): void {
  writer.string(message.name, true);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, true);
  for (const element of partitions) encodeReassignablePartitionResponse(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeReassignablePartitionResponse(writer: WireWriter, message: ReassignablePartitionResponse): void {
  writer.int32(message.partitionIndex);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, true);
  writer.unknownTags(message.unknownTags);
}
