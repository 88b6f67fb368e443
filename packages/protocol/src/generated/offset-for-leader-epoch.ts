// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of OffsetForLeaderEpoch's request, versions 2 to 4. */
export interface OffsetForLeaderEpochRequest {
  readonly replicaId: number; // 3+
  readonly topics: readonly OffsetForLeaderTopic[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of OffsetForLeaderEpochRequest. */
export interface OffsetForLeaderTopic {
  readonly topic: string;
  readonly partitions: readonly OffsetForLeaderPartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of OffsetForLeaderEpochRequest. */
export interface OffsetForLeaderPartition {
  readonly partition: number;
  readonly currentLeaderEpoch: number;
  readonly leaderEpoch: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes OffsetForLeaderEpochRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeOffsetForLeaderEpochRequest(reader: WireReader, version: number): OffsetForLeaderEpochRequest {
  const flexible = version >= 4;
  const replicaId = version >= 3 ? reader.int32() : -2;
  const topics: OffsetForLeaderTopic[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    topics.push(decodeOffsetForLeaderTopic(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { replicaId, topics, unknownTags };
}

function decodeOffsetForLeaderTopic(reader: WireReader, version: number): OffsetForLeaderTopic {
  const flexible = version >= 4;
  const topic = reader.string(flexible);
  const partitions: OffsetForLeaderPartition[] = [];
  for (let left = reader.arrayLength(flexible, 12); left > 0; left -= 1) {
    partitions.push(decodeOffsetForLeaderPartition(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { topic, partitions, unknownTags };
}

function decodeOffsetForLeaderPartition(reader: WireReader, version: number): OffsetForLeaderPartition {
  const flexible = version >= 4;
  const partition = reader.int32();
  const currentLeaderEpoch = reader.int32();
  const leaderEpoch = reader.int32();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { partition, currentLeaderEpoch, leaderEpoch, unknownTags };
}

/**
 * Encodes OffsetForLeaderEpochRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeOffsetForLeaderEpochRequest(writer: WireWriter, version: number, message: Loose<OffsetForLeaderEpochRequest>): void {
  const flexible = version >= 4;
  if (version >= 3) writer.int32(message.replicaId ?? -2);
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, flexible);
  for (const element of topics) encodeOffsetForLeaderTopic(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeOffsetForLeaderTopic(writer: WireWriter, version: number, message: Loose<OffsetForLeaderTopic>): void {
  const flexible = version >= 4;
  writer.string(message.topic ?? "", flexible);
  const partitions = message.partitions ?? [];
  writer.arrayLength(partitions.length, flexible);
  for (const element of partitions) encodeOffsetForLeaderPartition(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeOffsetForLeaderPartition(writer: WireWriter, version: number, message: Loose<OffsetForLeaderPartition>): void {
  const flexible = version >= 4;
  writer.int32(message.partition ?? 0);
  writer.int32(message.currentLeaderEpoch ?? -1);
  writer.int32(message.leaderEpoch ?? 0);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of OffsetForLeaderEpoch's response, versions 2 to 4. */
export interface OffsetForLeaderEpochResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly topics: readonly OffsetForLeaderTopicResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of OffsetForLeaderEpochResponse. */
export interface OffsetForLeaderTopicResult {
  readonly topic: string;
  readonly partitions: readonly OffsetForLeaderEpochEpochEndOffset[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of OffsetForLeaderEpochResponse. */
export interface OffsetForLeaderEpochEpochEndOffset {
  readonly errorCode: number;
  readonly partition: number;
  readonly leaderEpoch?: number | undefined;
  readonly endOffset?: number | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes OffsetForLeaderEpochResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeOffsetForLeaderEpochResponse(reader: WireReader, version: number): Complete<OffsetForLeaderEpochResponse> {
  const flexible = version >= 4;
  const throttleTimeMs = reader.int32();
  const topics: Complete<OffsetForLeaderTopicResult>[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    topics.push(decodeOffsetForLeaderTopicResult(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, topics, unknownTags };
}

function decodeOffsetForLeaderTopicResult(reader: WireReader, version: number): Complete<OffsetForLeaderTopicResult> {
  const flexible = version >= 4;
  const topic = reader.string(flexible);
  const partitions: Complete<OffsetForLeaderEpochEpochEndOffset>[] = [];
  for (let left = reader.arrayLength(flexible, 18); left > 0; left -= 1) {
    partitions.push(decodeOffsetForLeaderEpochEpochEndOffset(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { topic, partitions, unknownTags };
}

function decodeOffsetForLeaderEpochEpochEndOffset(reader: WireReader, version: number): Complete<OffsetForLeaderEpochEpochEndOffset> {
  const flexible = version >= 4;
  const errorCode = reader.int16();
  const partition = reader.int32();
  const leaderEpoch = reader.int32();
  const endOffset = reader.int64();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { errorCode, partition, leaderEpoch, endOffset, unknownTags };
}

/**
 * Encodes OffsetForLeaderEpochResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeOffsetForLeaderEpochResponse(writer: WireWriter, version: number, message: OffsetForLeaderEpochResponse): void {
  const flexible = version >= 4;
  writer.int32(message.throttleTimeMs ?? 0);
  const topics = message.topics;
  writer.arrayLength(topics.length, flexible);
  for (const element of topics) encodeOffsetForLeaderTopicResult(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeOffsetForLeaderTopicResult(writer: WireWriter, version: number, message: OffsetForLeaderTopicResult): void {
  const flexible = version >= 4;
  writer.string(message.topic, flexible);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, flexible);
  for (const element of partitions) encodeOffsetForLeaderEpochEpochEndOffset(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeOffsetForLeaderEpochEpochEndOffset(writer: WireWriter, version: number, message: OffsetForLeaderEpochEpochEndOffset): void {
  const flexible = version >= 4;
  writer.int16(message.errorCode);
  writer.int32(message.partition);
  writer.int32(message.leaderEpoch ?? -1);
  writer.int64(message.endOffset ?? -1);
  if (flexible) writer.unknownTags(message.unknownTags);
}
