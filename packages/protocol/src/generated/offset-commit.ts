// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of OffsetCommit's request, versions 2 to 10. */
export interface OffsetCommitRequest {
  readonly groupId: string;
  readonly generationIdOrMemberEpoch: number;
  readonly memberId: string;
  readonly groupInstanceId: string | null; // 7+
  readonly retentionTimeMs: number; // 2–4
  readonly topics: readonly OffsetCommitRequestTopic[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of OffsetCommitRequest. */
export interface OffsetCommitRequestTopic {
  readonly name: string; // 2–9
  readonly topicId: string; // 10+
  readonly partitions: readonly OffsetCommitRequestPartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of OffsetCommitRequest. */
export interface OffsetCommitRequestPartition {
  readonly partitionIndex: number;
  readonly committedOffset: number;
  readonly committedLeaderEpoch: number; // 6+
  readonly committedMetadata: string | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes OffsetCommitRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeOffsetCommitRequest(reader: WireReader, version: number): OffsetCommitRequest {
  const flexible = version >= 8;
  const groupId = reader.string(flexible);
  const generationIdOrMemberEpoch = reader.int32();
  const memberId = reader.string(flexible);
  const groupInstanceId = version >= 7 ? reader.nullableString(flexible) : null;
  const retentionTimeMs = version <= 4 ? reader.int64() : -1;
  const topics: OffsetCommitRequestTopic[] = [];
  for (let left = reader.arrayLength(flexible, 1); left > 0; left -= 1) {
    topics.push(decodeOffsetCommitRequestTopic(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { groupId, generationIdOrMemberEpoch, memberId, groupInstanceId, retentionTimeMs, topics, unknownTags };
}

function decodeOffsetCommitRequestTopic(reader: WireReader, version: number): OffsetCommitRequestTopic {
  const flexible = version >= 8;
  const name = version <= 9 ? reader.string(flexible) : "";
  const topicId = version >= 10 ? reader.uuid() : "AAAAAAAAAAAAAAAAAAAAAA";
  const partitions: OffsetCommitRequestPartition[] = [];
  for (let left = reader.arrayLength(flexible, 13); left > 0; left -= 1) {
    partitions.push(decodeOffsetCommitRequestPartition(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, topicId, partitions, unknownTags };
}

function decodeOffsetCommitRequestPartition(reader: WireReader, version: number): OffsetCommitRequestPartition {
  const flexible = version >= 8;
  const partitionIndex = reader.int32();
  const committedOffset = reader.int64();
  const committedLeaderEpoch = version >= 6 ? reader.int32() : -1;
  const committedMetadata = reader.nullableString(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata, unknownTags };
}

/**
 * Encodes OffsetCommitRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeOffsetCommitRequest(writer: WireWriter, version: number, message: Loose<OffsetCommitRequest>): void {
  const flexible = version >= 8;
  writer.string(message.groupId ?? "", flexible);
  writer.int32(message.generationIdOrMemberEpoch ?? -1);
  writer.string(message.memberId ?? "", flexible);
  if (version >= 7) writer.nullableString(message.groupInstanceId ?? null, flexible);
  if (version <= 4) writer.int64(message.retentionTimeMs ?? -1);
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, flexible);
  for (const element of topics) encodeOffsetCommitRequestTopic(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeOffsetCommitRequestTopic(writer: WireWriter, version: number, message: Loose<OffsetCommitRequestTopic>): void {
  const flexible = version >= 8;
  if (version <= 9) writer.string(message.name ?? "", flexible);
  if (version >= 10) writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  const partitions = message.partitions ?? [];
  writer.arrayLength(partitions.length, flexible);
  for (const element of partitions) encodeOffsetCommitRequestPartition(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeOffsetCommitRequestPartition(writer: WireWriter, version: number, message: Loose<OffsetCommitRequestPartition>): void {
  const flexible = version >= 8;
  writer.int32(message.partitionIndex ?? 0);
  writer.int64(message.committedOffset ?? 0);
  if (version >= 6) writer.int32(message.committedLeaderEpoch ?? -1);
  writer.nullableString(message.committedMetadata === undefined ? "" : message.committedMetadata, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of OffsetCommit's response, versions 2 to 10. */
export interface OffsetCommitResponse {
  readonly throttleTimeMs?: number | undefined; // 3+
  readonly topics: readonly OffsetCommitResponseTopic[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of OffsetCommitResponse. */
export interface OffsetCommitResponseTopic {
  readonly name?: string | undefined; // 2–9
  readonly topicId?: string | undefined; // 10+
  readonly partitions: readonly OffsetCommitResponsePartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of OffsetCommitResponse. */
export interface OffsetCommitResponsePartition {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes OffsetCommitResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeOffsetCommitResponse(reader: WireReader, version: number): Complete<OffsetCommitResponse> {
  const flexible = version >= 8;
  const throttleTimeMs = version >= 3 ? reader.int32() : 0;
  const topics: Complete<OffsetCommitResponseTopic>[] = [];
  for (let left = reader.arrayLength(flexible, 1); left > 0; left -= 1) {
    topics.push(decodeOffsetCommitResponseTopic(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, topics, unknownTags };
}

function decodeOffsetCommitResponseTopic(reader: WireReader, version: number): Complete<OffsetCommitResponseTopic> {
  const flexible = version >= 8;
  const name = version <= 9 ? reader.string(flexible) : "";
  const topicId = version >= 10 ? reader.uuid() : "AAAAAAAAAAAAAAAAAAAAAA";
  const partitions: Complete<OffsetCommitResponsePartition>[] = [];
  for (let left = reader.arrayLength(flexible, 6); left > 0; left -= 1) {
    partitions.push(decodeOffsetCommitResponsePartition(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, topicId, partitions, unknownTags };
}

function decodeOffsetCommitResponsePartition(reader: WireReader, version: number): Complete<OffsetCommitResponsePartition> {
  const flexible = version >= 8;
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { partitionIndex, errorCode, unknownTags };
}

/**
 * Encodes OffsetCommitResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeOffsetCommitResponse(writer: WireWriter, version: number, message: OffsetCommitResponse): void {
  const flexible = version >= 8;
  if (version >= 3) writer.int32(message.throttleTimeMs ?? 0);
  const topics = message.topics;
  writer.arrayLength(topics.length, flexible);
  for (const element of topics) encodeOffsetCommitResponseTopic(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeOffsetCommitResponseTopic(writer: WireWriter, version: number, message: OffsetCommitResponseTopic): void {
  const flexible = version >= 8;
  if (version <= 9) writer.string(message.name ?? "", flexible);
  if (version >= 10) writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, flexible);
  for (const element of partitions) encodeOffsetCommitResponsePartition(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeOffsetCommitResponsePartition(writer: WireWriter, version: number, message: OffsetCommitResponsePartition): void {
  const flexible = version >= 8;
  writer.int32(message.partitionIndex);
  writer.int16(message.errorCode);
  if (flexible) writer.unknownTags(message.unknownTags);
}
