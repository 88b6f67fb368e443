// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of DescribeShareGroupOffsets's request, versions 0 to 1. */
export interface DescribeShareGroupOffsetsRequest {
  readonly groups: readonly DescribeShareGroupOffsetsRequestGroup[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeShareGroupOffsetsRequest. */
export interface DescribeShareGroupOffsetsRequestGroup {
  readonly groupId: string;
  readonly topics: readonly DescribeShareGroupOffsetsRequestTopic[] | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeShareGroupOffsetsRequest. */
export interface DescribeShareGroupOffsetsRequestTopic {
  readonly topicName: string;
  readonly partitions: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeShareGroupOffsetsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeShareGroupOffsetsRequest(reader: WireReader, _version: number): DescribeShareGroupOffsetsRequest {
  const groups: DescribeShareGroupOffsetsRequestGroup[] = [];
  for (let left = reader.arrayLength(true, 3); left > 0; left -= 1) {
    groups.push(decodeDescribeShareGroupOffsetsRequestGroup(reader));
  }
  const unknownTags = reader.unknownTags();
  return { groups, unknownTags };
}

function decodeDescribeShareGroupOffsetsRequestGroup(reader: WireReader): DescribeShareGroupOffsetsRequestGroup {
  const groupId = reader.string(true);
  let topicsLeft = reader.nullableArrayLength(true, 3);
  const topics: DescribeShareGroupOffsetsRequestTopic[] | null = topicsLeft < 0 ? null : [];
  for (; topicsLeft > 0; topicsLeft -= 1) topics?.push(decodeDescribeShareGroupOffsetsRequestTopic(reader));
  const unknownTags = reader.unknownTags();
  return { groupId, topics, unknownTags };
}

function decodeDescribeShareGroupOffsetsRequestTopic(reader: WireReader): DescribeShareGroupOffsetsRequestTopic {
  const topicName = reader.string(true);
  const partitions = reader.int32s(true);
  const unknownTags = reader.unknownTags();
  return { topicName, partitions, unknownTags };
}

/**
 * Encodes DescribeShareGroupOffsetsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeShareGroupOffsetsRequest(writer: WireWriter, _version: number, message: Loose<DescribeShareGroupOffsetsRequest>): void {
  const groups = message.groups ?? [];
  writer.arrayLength(groups.length, true);
  for (const element of groups) encodeDescribeShareGroupOffsetsRequestGroup(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeDescribeShareGroupOffsetsRequestGroup(writer: WireWriter, message: Loose<DescribeShareGroupOffsetsRequestGroup>): void {
  writer.string(message.groupId ?? "", true);
  const topics = message.topics === undefined ? [] : message.topics;
  writer.arrayLength(topics === null ? -1 : topics.length, true);
  if (topics !== null) for (const element of topics) encodeDescribeShareGroupOffsetsRequestTopic(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeDescribeShareGroupOffsetsRequestTopic(writer: WireWriter, message: Loose<DescribeShareGroupOffsetsRequestTopic>): void {
  writer.string(message.topicName ?? "", true);
  writer.int32s(message.partitions ?? [], true);
  writer.unknownTags(message.unknownTags);
}

/** Body of DescribeShareGroupOffsets's response, versions 0 to 1. */
export interface DescribeShareGroupOffsetsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly groups: readonly DescribeShareGroupOffsetsResponseGroup[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeShareGroupOffsetsResponse. */
export interface DescribeShareGroupOffsetsResponseGroup {
  readonly groupId: string;
  readonly topics: readonly DescribeShareGroupOffsetsResponseTopic[];
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeShareGroupOffsetsResponse. */
export interface DescribeShareGroupOffsetsResponseTopic {
  readonly topicName: string;
  readonly topicId: string;
  readonly partitions: readonly DescribeShareGroupOffsetsResponsePartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeShareGroupOffsetsResponse. */
export interface DescribeShareGroupOffsetsResponsePartition {
  readonly partitionIndex: number;
  readonly startOffset: number;
  readonly leaderEpoch: number;
  readonly lag?: number | undefined; // 1+
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeShareGroupOffsetsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeShareGroupOffsetsResponse(reader: WireReader, version: number): Complete<DescribeShareGroupOffsetsResponse> {
  const throttleTimeMs = reader.int32();
  const groups: Complete<DescribeShareGroupOffsetsResponseGroup>[] = [];
  for (let left = reader.arrayLength(true, 6); left > 0; left -= 1) {
    groups.push(decodeDescribeShareGroupOffsetsResponseGroup(reader, version));
  }
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, groups, unknownTags };
}

function decodeDescribeShareGroupOffsetsResponseGroup(reader: WireReader, version: number): Complete<DescribeShareGroupOffsetsResponseGroup> {
  const groupId = reader.string(true);
  const topics: Complete<DescribeShareGroupOffsetsResponseTopic>[] = [];
  for (let left = reader.arrayLength(true, 19); left > 0; left -= 1) {
    topics.push(decodeDescribeShareGroupOffsetsResponseTopic(reader, version));
  }
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const unknownTags = reader.unknownTags();
  return { groupId, topics, errorCode, errorMessage, unknownTags };
}

function decodeDescribeShareGroupOffsetsResponseTopic(reader: WireReader, version: number): Complete<DescribeShareGroupOffsetsResponseTopic> {
  const topicName = reader.string(true);
  const topicId = reader.uuid();
  const partitions: Complete<DescribeShareGroupOffsetsResponsePartition>[] = [];
  for (let left = reader.arrayLength(true, 20); left > 0; left -= 1) {
    partitions.push(decodeDescribeShareGroupOffsetsResponsePartition(reader, version));
  }
  const unknownTags = reader.unknownTags();
  return { topicName, topicId, partitions, unknownTags };
}

function decodeDescribeShareGroupOffsetsResponsePartition(reader: WireReader, version: number): Complete<DescribeShareGroupOffsetsResponsePartition> {
  const partitionIndex = reader.int32();
  const startOffset = reader.int64();
  const leaderEpoch = reader.int32();
  const lag = version >= 1 ? reader.int64() : -1;
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const unknownTags = reader.unknownTags();
  return { partitionIndex, startOffset, leaderEpoch, lag, errorCode, errorMessage, unknownTags };
}

/**
 * Encodes DescribeShareGroupOffsetsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeShareGroupOffsetsResponse(writer: WireWriter, version: number, message: DescribeShareGroupOffsetsResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  const groups = message.groups;
  writer.arrayLength(groups.length, true);
  for (const element of groups) encodeDescribeShareGroupOffsetsResponseGroup(writer, version, element);
  writer.unknownTags(message.unknownTags);
}

function encodeDescribeShareGroupOffsetsResponseGroup(writer: WireWriter, version: number, message: DescribeShareGroupOffsetsResponseGroup): void {
  writer.string(message.groupId, true);
  const topics = message.topics;
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeDescribeShareGroupOffsetsResponseTopic(writer, version, element);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  writer.unknownTags(message.unknownTags);
}

function encodeDescribeShareGroupOffsetsResponseTopic(writer: WireWriter, version: number, message: DescribeShareGroupOffsetsResponseTopic): void {
  writer.string(message.topicName, true);
  writer.uuid(message.topicId);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, true);
  for (const element of partitions) encodeDescribeShareGroupOffsetsResponsePartition(writer, version, element);
  writer.unknownTags(message.unknownTags);
}

function encodeDescribeShareGroupOffsetsResponsePartition(writer: WireWriter, version: number, message: DescribeShareGroupOffsetsResponsePartition): void {
  writer.int32(message.partitionIndex);
  writer.int64(message.startOffset);
  writer.int32(message.leaderEpoch);
  if (version >= 1) writer.int64(message.lag ?? -1);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  writer.unknownTags(message.unknownTags);
}
