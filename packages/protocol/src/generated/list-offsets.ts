// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of ListOffsets's request, versions 1 to 11. */
export interface ListOffsetsRequest {
  readonly replicaId: number;
  readonly isolationLevel: number; // 2+
  readonly topics: readonly ListOffsetsTopic[];
  readonly timeoutMs: number; // 10+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ListOffsetsRequest. */
export interface ListOffsetsTopic {
  readonly name: string;
  readonly partitions: readonly ListOffsetsPartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ListOffsetsRequest. */
export interface ListOffsetsPartition {
  readonly partitionIndex: number;
  readonly currentLeaderEpoch: number; // 4+
  readonly timestamp: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ListOffsetsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeListOffsetsRequest(reader: WireReader, version: number): ListOffsetsRequest {
  const flexible = version >= 6;
  const replicaId = reader.int32();
  const isolationLevel = version >= 2 ? reader.int8() : 0;
  const topics: ListOffsetsTopic[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    topics.push(decodeListOffsetsTopic(reader, version));
  }
  const timeoutMs = version >= 10 ? reader.int32() : 0;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { replicaId, isolationLevel, topics, timeoutMs, unknownTags };
}

function decodeListOffsetsTopic(reader: WireReader, version: number): ListOffsetsTopic {
  const flexible = version >= 6;
  const name = reader.string(flexible);
  const partitions: ListOffsetsPartition[] = [];
  for (let left = reader.arrayLength(flexible, 12); left > 0; left -= 1) {
    partitions.push(decodeListOffsetsPartition(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, partitions, unknownTags };
}

function decodeListOffsetsPartition(reader: WireReader, version: number): ListOffsetsPartition {
  const flexible = version >= 6;
  const partitionIndex = reader.int32();
  const currentLeaderEpoch = version >= 4 ? reader.int32() : -1;
  const timestamp = reader.int64();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { partitionIndex, currentLeaderEpoch, timestamp, unknownTags };
}

/**
 * Encodes ListOffsetsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeListOffsetsRequest(writer: WireWriter, version: number, message: Loose<ListOffsetsRequest>): void {
  const flexible = version >= 6;
  writer.int32(message.replicaId ?? 0);
  if (version >= 2) writer.int8(message.isolationLevel ?? 0);
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, flexible);
  for (const element of topics) encodeListOffsetsTopic(writer, version, element);
  if (version >= 10) writer.int32(message.timeoutMs ?? 0);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeListOffsetsTopic(writer: WireWriter, version: number, message: Loose<ListOffsetsTopic>): void {
  const flexible = version >= 6;
  writer.string(message.name ?? "", flexible);
  const partitions = message.partitions ?? [];
  writer.arrayLength(partitions.length, flexible);
  for (const element of partitions) encodeListOffsetsPartition(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeListOffsetsPartition(writer: WireWriter, version: number, message: Loose<ListOffsetsPartition>): void {
  const flexible = version >= 6;
  writer.int32(message.partitionIndex ?? 0);
  if (version >= 4) writer.int32(message.currentLeaderEpoch ?? -1);
  writer.int64(message.timestamp ?? 0);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of ListOffsets's response, versions 1 to 11. */
export interface ListOffsetsResponse {
  readonly throttleTimeMs?: number | undefined; // 2+
  readonly topics: readonly ListOffsetsTopicResponse[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ListOffsetsResponse. */
export interface ListOffsetsTopicResponse {
  readonly name: string;
  readonly partitions: readonly ListOffsetsPartitionResponse[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ListOffsetsResponse. */
export interface ListOffsetsPartitionResponse {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly timestamp?: number | undefined;
  readonly offset?: number | undefined;
  readonly leaderEpoch?: number | undefined; // 4+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ListOffsetsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeListOffsetsResponse(reader: WireReader, version: number): Complete<ListOffsetsResponse> {
  const flexible = version >= 6;
  const throttleTimeMs = version >= 2 ? reader.int32() : 0;
  const topics: Complete<ListOffsetsTopicResponse>[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    topics.push(decodeListOffsetsTopicResponse(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, topics, unknownTags };
}

function decodeListOffsetsTopicResponse(reader: WireReader, version: number): Complete<ListOffsetsTopicResponse> {
  const flexible = version >= 6;
  const name = reader.string(flexible);
  const partitions: Complete<ListOffsetsPartitionResponse>[] = [];
  for (let left = reader.arrayLength(flexible, 22); left > 0; left -= 1) {
    partitions.push(decodeListOffsetsPartitionResponse(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, partitions, unknownTags };
}

function decodeListOffsetsPartitionResponse(reader: WireReader, version: number): Complete<ListOffsetsPartitionResponse> {
  const flexible = version >= 6;
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const timestamp = reader.int64();
  const offset = reader.int64();
  const leaderEpoch = version >= 4 ? reader.int32() : -1;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { partitionIndex, errorCode, timestamp, offset, leaderEpoch, unknownTags };
}

/**
 * Encodes ListOffsetsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeListOffsetsResponse(writer: WireWriter, version: number, message: ListOffsetsResponse): void {
  const flexible = version >= 6;
  if (version >= 2) writer.int32(message.throttleTimeMs ?? 0);
  const topics = message.topics;
  writer.arrayLength(topics.length, flexible);
  for (const element of topics) encodeListOffsetsTopicResponse(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeListOffsetsTopicResponse(writer: WireWriter, version: number, message: ListOffsetsTopicResponse): void {
  const flexible = version >= 6;
  writer.string(message.name, flexible);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, flexible);
  for (const element of partitions) encodeListOffsetsPartitionResponse(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeListOffsetsPartitionResponse(writer: WireWriter, version: number, message: ListOffsetsPartitionResponse): void {
  const flexible = version >= 6;
  writer.int32(message.partitionIndex);
  writer.int16(message.errorCode);
  writer.int64(message.timestamp ?? -1);
  writer.int64(message.offset ?? -1);
  if (version >= 4) writer.int32(message.leaderEpoch ?? -1);
  if (flexible) writer.unknownTags(message.unknownTags);
}
