// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of AlterShareGroupOffsets's request, versions 0 to 0. */
export interface AlterShareGroupOffsetsRequest {
  readonly groupId: string;
  readonly topics: readonly AlterShareGroupOffsetsRequestTopic[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterShareGroupOffsetsRequest. */
export interface AlterShareGroupOffsetsRequestTopic {
  readonly topicName: string;
  readonly partitions: readonly AlterShareGroupOffsetsRequestPartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterShareGroupOffsetsRequest. */
export interface AlterShareGroupOffsetsRequestPartition {
  readonly partitionIndex: number;
  readonly startOffset: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes AlterShareGroupOffsetsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeAlterShareGroupOffsetsRequest(reader: WireReader, _version: number): AlterShareGroupOffsetsRequest {
  const groupId = reader.string(true);
  const topics: AlterShareGroupOffsetsRequestTopic[] = [];
  for (let left = reader.arrayLength(true, 3); left > 0; left -= 1) {
    topics.push(decodeAlterShareGroupOffsetsRequestTopic(reader));
  }
  const unknownTags = reader.unknownTags();
  return { groupId, topics, unknownTags };
}

function decodeAlterShareGroupOffsetsRequestTopic(reader: WireReader): AlterShareGroupOffsetsRequestTopic {
  const topicName = reader.string(true);
  const partitions: AlterShareGroupOffsetsRequestPartition[] = [];
  for (let left = reader.arrayLength(true, 13); left > 0; left -= 1) {
    partitions.push(decodeAlterShareGroupOffsetsRequestPartition(reader));
  }
  const unknownTags = reader.unknownTags();
  return { topicName, partitions, unknownTags };
}

function decodeAlterShareGroupOffsetsRequestPartition(reader: WireReader): AlterShareGroupOffsetsRequestPartition {
  const partitionIndex = reader.int32();
  const startOffset = reader.int64();
  const unknownTags = reader.unknownTags();
  return { partitionIndex, startOffset, unknownTags };
}

/**
 * Encodes AlterShareGroupOffsetsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeAlterShareGroupOffsetsRequest(writer: WireWriter, _version: number, message: Loose<AlterShareGroupOffsetsRequest>): void {
  writer.string(message.groupId ?? "", true);
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeAlterShareGroupOffsetsRequestTopic(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeAlterShareGroupOffsetsRequestTopic(writer: WireWriter, message: Loose<AlterShareGroupOffsetsRequestTopic>): void {
  writer.string(message.topicName ?? "", true);
  const partitions = message.partitions ?? [];
  writer.arrayLength(partitions.length, true);
  for (const element of partitions) encodeAlterShareGroupOffsetsRequestPartition(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeAlterShareGroupOffsetsRequestPartition(writer: WireWriter, message: Loose<AlterShareGroupOffsetsRequestPartition>): void {
  writer.int32(message.partitionIndex ?? 0);
  writer.int64(message.startOffset ?? 0);
  writer.unknownTags(message.unknownTags);
}

/** Body of AlterShareGroupOffsets's response, versions 0 to 0. */
export interface AlterShareGroupOffsetsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly responses: readonly AlterShareGroupOffsetsResponseTopic[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterShareGroupOffsetsResponse. */
export interface AlterShareGroupOffsetsResponseTopic {
  readonly topicName: string;
  readonly topicId: string;
  readonly partitions: readonly AlterShareGroupOffsetsResponsePartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterShareGroupOffsetsResponse. */
export interface AlterShareGroupOffsetsResponsePartition {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes AlterShareGroupOffsetsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeAlterShareGroupOffsetsResponse(reader: WireReader, _version: number): Complete<AlterShareGroupOffsetsResponse> {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const responses: Complete<AlterShareGroupOffsetsResponseTopic>[] = [];
  for (let left = reader.arrayLength(true, 19); left > 0; left -= 1) {
    responses.push(decodeAlterShareGroupOffsetsResponseTopic(reader));
  }
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, errorCode, errorMessage, responses, unknownTags };
}

function decodeAlterShareGroupOffsetsResponseTopic(reader: WireReader): Complete<AlterShareGroupOffsetsResponseTopic> {
  const topicName = reader.string(true);
  const topicId = reader.uuid();
  const partitions: Complete<AlterShareGroupOffsetsResponsePartition>[] = [];
  for (let left = reader.arrayLength(true, 8); left > 0; left -= 1) {
    partitions.push(decodeAlterShareGroupOffsetsResponsePartition(reader));
  }
  const unknownTags = reader.unknownTags();
  return { topicName, topicId, partitions, unknownTags };
}

function decodeAlterShareGroupOffsetsResponsePartition(reader: WireReader): Complete<AlterShareGroupOffsetsResponsePartition> {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const unknownTags = reader.unknownTags();
  return { partitionIndex, errorCode, errorMessage, unknownTags };
}

/**
 * Encodes AlterShareGroupOffsetsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeAlterShareGroupOffsetsResponse(writer: WireWriter, _version: number, message: AlterShareGroupOffsetsResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  const responses = message.responses;
  writer.arrayLength(responses.length, true);
  for (const element of responses) encodeAlterShareGroupOffsetsResponseTopic(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeAlterShareGroupOffsetsResponseTopic(writer: WireWriter, message: AlterShareGroupOffsetsResponseTopic): void {
  writer.string(message.topicName, true);
  writer.uuid(message.topicId);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, true);
  for (const element of partitions) encodeAlterShareGroupOffsetsResponsePartition(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeAlterShareGroupOffsetsResponsePartition(writer: WireWriter, message: AlterShareGroupOffsetsResponsePartition): void {
  writer.int32(message.partitionIndex);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  writer.unknownTags(message.unknownTags);
}
