// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of DescribeTopicPartitions's request, versions 0 to 0. */
export interface DescribeTopicPartitionsRequest {
  readonly topics: readonly DescribeTopicPartitionsTopicRequest[];
  readonly responsePartitionLimit: number;
  readonly cursor: DescribeTopicPartitionsRequestCursor | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeTopicPartitionsRequest. */
export interface DescribeTopicPartitionsTopicRequest {
  readonly name: string;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeTopicPartitionsRequest. */
export interface DescribeTopicPartitionsRequestCursor {
  readonly topicName: string;
  readonly partitionIndex: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeTopicPartitionsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeTopicPartitionsRequest(reader: WireReader, _version: number): DescribeTopicPartitionsRequest {
  const topics: DescribeTopicPartitionsTopicRequest[] = [];
  for (let left = reader.arrayLength(true, 2); left > 0; left -= 1) {
    topics.push(decodeDescribeTopicPartitionsTopicRequest(reader));
  }
  const responsePartitionLimit = reader.int32();
  const cursor = reader.isPresent() ? decodeDescribeTopicPartitionsRequestCursor(reader) : null;
  const unknownTags = reader.unknownTags();
  return { topics, responsePartitionLimit, cursor, unknownTags };
}

function decodeDescribeTopicPartitionsTopicRequest(reader: WireReader): DescribeTopicPartitionsTopicRequest {
  const name = reader.string(true);
  const unknownTags = reader.unknownTags();
  return { name, unknownTags };
}

function decodeDescribeTopicPartitionsRequestCursor(reader: WireReader): DescribeTopicPartitionsRequestCursor {
  const topicName = reader.string(true);
  const partitionIndex = reader.int32();
  const unknownTags = reader.unknownTags();
  return { topicName, partitionIndex, unknownTags };
}

/**
 * Encodes DescribeTopicPartitionsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeTopicPartitionsRequest(writer: WireWriter, _version: number, message: Loose<DescribeTopicPartitionsRequest>): void {
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeDescribeTopicPartitionsTopicRequest(writer, element);
  writer.int32(message.responsePartitionLimit ?? 2000);
  const cursor = message.cursor ?? null;
  writer.present(cursor !== null);
  if (cursor !== null) encodeDescribeTopicPartitionsRequestCursor(writer, cursor);
  writer.unknownTags(message.unknownTags);
}

function encodeDescribeTopicPartitionsTopicRequest(writer: WireWriter, message: Loose<DescribeTopicPartitionsTopicRequest>): void {
  writer.string(message.name ?? "", true);
  writer.unknownTags(message.unknownTags);
}

function encodeDescribeTopicPartitionsRequestCursor(writer: WireWriter, message: Loose<DescribeTopicPartitionsRequestCursor>): void {
  writer.string(message.topicName ?? "", true);
  writer.int32(message.partitionIndex ?? 0);
  writer.unknownTags(message.unknownTags);
}

/** Body of DescribeTopicPartitions's response, versions 0 to 0. */
export interface DescribeTopicPartitionsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly topics: readonly DescribeTopicPartitionsResponseTopic[];
  readonly nextCursor?: DescribeTopicPartitionsResponseCursor | null | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeTopicPartitionsResponse. */
export interface DescribeTopicPartitionsResponseTopic {
  readonly errorCode: number;
  readonly name: string | null;
  readonly topicId: string;
  readonly isInternal: boolean;
  readonly partitions: readonly DescribeTopicPartitionsResponsePartition[];
  readonly topicAuthorizedOperations?: number | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeTopicPartitionsResponse. */
export interface DescribeTopicPartitionsResponsePartition {
  readonly errorCode: number;
  readonly partitionIndex: number;
  readonly leaderId: number;
  readonly leaderEpoch?: number | undefined;
  readonly replicaNodes: readonly number[];
  readonly isrNodes: readonly number[];
  readonly eligibleLeaderReplicas?: readonly number[] | null | undefined;
  readonly lastKnownElr?: readonly number[] | null | undefined;
  readonly offlineReplicas: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeTopicPartitionsResponse. */
export interface DescribeTopicPartitionsResponseCursor {
  readonly topicName: string;
  readonly partitionIndex: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeTopicPartitionsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeTopicPartitionsResponse(reader: WireReader, _version: number): Complete<DescribeTopicPartitionsResponse> {
  const throttleTimeMs = reader.int32();
  const topics: Complete<DescribeTopicPartitionsResponseTopic>[] = [];
  for (let left = reader.arrayLength(true, 26); left > 0; left -= 1) {
    topics.push(decodeDescribeTopicPartitionsResponseTopic(reader));
  }
  const nextCursor = reader.isPresent() ? decodeDescribeTopicPartitionsResponseCursor(reader) : null;
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, topics, nextCursor, unknownTags };
}

function decodeDescribeTopicPartitionsResponseTopic(reader: WireReader): Complete<DescribeTopicPartitionsResponseTopic> {
  const errorCode = reader.int16();
  const name = reader.nullableString(true);
  const topicId = reader.uuid();
  const isInternal = reader.boolean();
  const partitions: Complete<DescribeTopicPartitionsResponsePartition>[] = [];
  for (let left = reader.arrayLength(true, 20); left > 0; left -= 1) {
    partitions.push(decodeDescribeTopicPartitionsResponsePartition(reader));
  }
  const topicAuthorizedOperations = reader.int32();
  const unknownTags = reader.unknownTags();
  return { errorCode, name, topicId, isInternal, partitions, topicAuthorizedOperations, unknownTags };
}

function decodeDescribeTopicPartitionsResponsePartition(reader: WireReader): Complete<DescribeTopicPartitionsResponsePartition> {
  const errorCode = reader.int16();
  const partitionIndex = reader.int32();
  const leaderId = reader.int32();
  const leaderEpoch = reader.int32();
  const replicaNodes = reader.int32s(true);
  const isrNodes = reader.int32s(true);
  const eligibleLeaderReplicas = reader.nullableInt32s(true);
  const lastKnownElr = reader.nullableInt32s(true);
  const offlineReplicas = reader.int32s(true);
  const unknownTags = reader.unknownTags();
  return {
    errorCode,
    partitionIndex,
    leaderId,
    leaderEpoch,
    replicaNodes,
    isrNodes,
    eligibleLeaderReplicas,
    lastKnownElr,
    offlineReplicas,
    unknownTags,
  };
}

function decodeDescribeTopicPartitionsResponseCursor(reader: WireReader): Complete<DescribeTopicPartitionsResponseCursor> {
  const topicName = reader.string(true);
  const partitionIndex = reader.int32();
  const unknownTags = reader.unknownTags();
  return { topicName, partitionIndex, unknownTags };
}

/**
 * Encodes DescribeTopicPartitionsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeTopicPartitionsResponse(writer: WireWriter, _version: number, message: DescribeTopicPartitionsResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  const topics = message.topics;
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeDescribeTopicPartitionsResponseTopic(writer, element);
  const nextCursor = message.nextCursor ?? null;
  writer.present(nextCursor !== null);
  if (nextCursor !== null) encodeDescribeTopicPartitionsResponseCursor(writer, nextCursor);
  writer.unknownTags(message.unknownTags);
}

function encodeDescribeTopicPartitionsResponseTopic(writer: WireWriter, message: DescribeTopicPartitionsResponseTopic): void {
  writer.int16(message.errorCode);
  writer.nullableString(message.name, true);
  writer.uuid(message.topicId);
  writer.boolean(message.isInternal);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, true);
  for (const element of partitions) encodeDescribeTopicPartitionsResponsePartition(writer, element);
  writer.int32(message.topicAuthorizedOperations ?? -2147483648);
  writer.unknownTags(message.unknownTags);
}

function encodeDescribeTopicPartitionsResponsePartition(writer: WireWriter, message: DescribeTopicPartitionsResponsePartition): void {
  writer.int16(message.errorCode);
  writer.int32(message.partitionIndex);
  writer.int32(message.leaderId);
  writer.int32(message.leaderEpoch ?? -1);
  writer.int32s(message.replicaNodes, true);
  writer.int32s(message.isrNodes, true);
  writer.nullableInt32s(message.eligibleLeaderReplicas ?? null, true);
  writer.nullableInt32s(message.lastKnownElr ?? null, true);
  writer.int32s(message.offlineReplicas, true);
  writer.unknownTags(message.unknownTags);
}

function encodeDescribeTopicPartitionsResponseCursor(writer: WireWriter, message: DescribeTopicPartitionsResponseCursor): void {
  writer.string(message.topicName, true);
  writer.int32(message.partitionIndex);
  writer.unknownTags(message.unknownTags);
}
