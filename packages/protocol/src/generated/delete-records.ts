// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of DeleteRecords's request, versions 0 to 2. */
export interface DeleteRecordsRequest {
  readonly topics: readonly DeleteRecordsTopic[];
  readonly timeoutMs: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DeleteRecordsRequest. */
export interface DeleteRecordsTopic {
  readonly name: string;
  readonly partitions: readonly DeleteRecordsPartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DeleteRecordsRequest. */
export interface DeleteRecordsPartition {
  readonly partitionIndex: number;
  readonly offset: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DeleteRecordsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeDeleteRecordsRequest(reader: WireReader, version: number): DeleteRecordsRequest {
  const flexible = version >= 2;
  const topics: DeleteRecordsTopic[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    topics.push(decodeDeleteRecordsTopic(reader, version));
  }
  const timeoutMs = reader.int32();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { topics, timeoutMs, unknownTags };
}

function decodeDeleteRecordsTopic(reader: WireReader, version: number): DeleteRecordsTopic {
  const flexible = version >= 2;
  const name = reader.string(flexible);
  const partitions: DeleteRecordsPartition[] = [];
  for (let left = reader.arrayLength(flexible, 12); left > 0; left -= 1) {
    partitions.push(decodeDeleteRecordsPartition(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, partitions, unknownTags };
}

function decodeDeleteRecordsPartition(reader: WireReader, version: number): DeleteRecordsPartition {
  const flexible = version >= 2;
  const partitionIndex = reader.int32();
  const offset = reader.int64();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { partitionIndex, offset, unknownTags };
}

/**
 * Encodes DeleteRecordsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeDeleteRecordsRequest(writer: WireWriter, version: number, message: Loose<DeleteRecordsRequest>): void {
  const flexible = version >= 2;
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, flexible);
  for (const element of topics) encodeDeleteRecordsTopic(writer, version, element);
  writer.int32(message.timeoutMs ?? 0);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDeleteRecordsTopic(writer: WireWriter, version: number, message: Loose<DeleteRecordsTopic>): void {
  const flexible = version >= 2;
  writer.string(message.name ?? "", flexible);
  const partitions = message.partitions ?? [];
  writer.arrayLength(partitions.length, flexible);
  for (const element of partitions) encodeDeleteRecordsPartition(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDeleteRecordsPartition(writer: WireWriter, version: number, message: Loose<DeleteRecordsPartition>): void {
  const flexible = version >= 2;
  writer.int32(message.partitionIndex ?? 0);
  writer.int64(message.offset ?? 0);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of DeleteRecords's response, versions 0 to 2. */
export interface DeleteRecordsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly topics: readonly DeleteRecordsTopicResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DeleteRecordsResponse. */
export interface DeleteRecordsTopicResult {
  readonly name: string;
  readonly partitions: readonly DeleteRecordsPartitionResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DeleteRecordsResponse. */
export interface DeleteRecordsPartitionResult {
  readonly partitionIndex: number;
  readonly lowWatermark: number;
  readonly errorCode: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DeleteRecordsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeDeleteRecordsResponse(reader: WireReader, version: number): Complete<DeleteRecordsResponse> {
  const flexible = version >= 2;
  const throttleTimeMs = reader.int32();
  const topics: Complete<DeleteRecordsTopicResult>[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    topics.push(decodeDeleteRecordsTopicResult(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, topics, unknownTags };
}

function decodeDeleteRecordsTopicResult(reader: WireReader, version: number): Complete<DeleteRecordsTopicResult> {
  const flexible = version >= 2;
  const name = reader.string(flexible);
  const partitions: Complete<DeleteRecordsPartitionResult>[] = [];
  for (let left = reader.arrayLength(flexible, 14); left > 0; left -= 1) {
    partitions.push(decodeDeleteRecordsPartitionResult(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, partitions, unknownTags };
}

function decodeDeleteRecordsPartitionResult(reader: WireReader, version: number): Complete<DeleteRecordsPartitionResult> {
  const flexible = version >= 2;
  const partitionIndex = reader.int32();
  const lowWatermark = reader.int64();
  const errorCode = reader.int16();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { partitionIndex, lowWatermark, errorCode, unknownTags };
}

/**
 * Encodes DeleteRecordsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeDeleteRecordsResponse(writer: WireWriter, version: number, message: DeleteRecordsResponse): void {
  const flexible = version >= 2;
  writer.int32(message.throttleTimeMs ?? 0);
  const topics = message.topics;
  writer.arrayLength(topics.length, flexible);
  for (const element of topics) encodeDeleteRecordsTopicResult(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDeleteRecordsTopicResult(writer: WireWriter, version: number, message: DeleteRecordsTopicResult): void {
  const flexible = version >= 2;
  writer.string(message.name, flexible);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, flexible);
  for (const element of partitions) encodeDeleteRecordsPartitionResult(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDeleteRecordsPartitionResult(writer: WireWriter, version: number, message: DeleteRecordsPartitionResult): void {
  const flexible = version >= 2;
  writer.int32(message.partitionIndex);
  writer.int64(message.lowWatermark);
  writer.int16(message.errorCode);
  if (flexible) writer.unknownTags(message.unknownTags);
}
