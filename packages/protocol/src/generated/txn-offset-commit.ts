// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of TxnOffsetCommit's request, versions 0 to 5. */
export interface TxnOffsetCommitRequest {
  readonly transactionalId: string;
  readonly groupId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly generationId: number; // 3+
  readonly memberId: string; // 3+
  readonly groupInstanceId: string | null; // 3+
  readonly topics: readonly TxnOffsetCommitRequestTopic[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of TxnOffsetCommitRequest. */
export interface TxnOffsetCommitRequestTopic {
  readonly name: string;
  readonly partitions: readonly TxnOffsetCommitRequestPartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of TxnOffsetCommitRequest. */
export interface TxnOffsetCommitRequestPartition {
  readonly partitionIndex: number;
  readonly committedOffset: number;
  readonly committedLeaderEpoch: number; // 2+
  readonly committedMetadata: string | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes TxnOffsetCommitRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeTxnOffsetCommitRequest(reader: WireReader, version: number): TxnOffsetCommitRequest {
  const flexible = version >= 3;
  const transactionalId = reader.string(flexible);
  const groupId = reader.string(flexible);
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const generationId = version >= 3 ? reader.int32() : -1;
  const memberId = version >= 3 ? reader.string(flexible) : "";
  const groupInstanceId = version >= 3 ? reader.nullableString(flexible) : null;
  const topics: TxnOffsetCommitRequestTopic[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    topics.push(decodeTxnOffsetCommitRequestTopic(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return {
    transactionalId,
    groupId,
    producerId,
    producerEpoch,
    generationId,
    memberId,
    groupInstanceId,
    topics,
    unknownTags,
  };
}

function decodeTxnOffsetCommitRequestTopic(reader: WireReader, version: number): TxnOffsetCommitRequestTopic {
  const flexible = version >= 3;
  const name = reader.string(flexible);
  const partitions: TxnOffsetCommitRequestPartition[] = [];
  for (let left = reader.arrayLength(flexible, 13); left > 0; left -= 1) {
    partitions.push(decodeTxnOffsetCommitRequestPartition(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, partitions, unknownTags };
}

function decodeTxnOffsetCommitRequestPartition(reader: WireReader, version: number): TxnOffsetCommitRequestPartition {
  const flexible = version >= 3;
  const partitionIndex = reader.int32();
  const committedOffset = reader.int64();
  const committedLeaderEpoch = version >= 2 ? reader.int32() : -1;
  const committedMetadata = reader.nullableString(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata, unknownTags };
}

/**
 * Encodes TxnOffsetCommitRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeTxnOffsetCommitRequest(writer: WireWriter, version: number, message: Loose<TxnOffsetCommitRequest>): void {
  const flexible = version >= 3;
  writer.string(message.transactionalId ?? "", flexible);
  writer.string(message.groupId ?? "", flexible);
  writer.int64(message.producerId ?? 0);
  writer.int16(message.producerEpoch ?? 0);
  if (version >= 3) writer.int32(message.generationId ?? -1);
  if (version >= 3) writer.string(message.memberId ?? "", flexible);
  if (version >= 3) writer.nullableString(message.groupInstanceId ?? null, flexible);
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, flexible);
  for (const element of topics) encodeTxnOffsetCommitRequestTopic(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeTxnOffsetCommitRequestTopic(writer: WireWriter, version: number, message: Loose<TxnOffsetCommitRequestTopic>): void {
  const flexible = version >= 3;
  writer.string(message.name ?? "", flexible);
  const partitions = message.partitions ?? [];
  writer.arrayLength(partitions.length, flexible);
  for (const element of partitions) encodeTxnOffsetCommitRequestPartition(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeTxnOffsetCommitRequestPartition(writer: WireWriter, version: number, message: Loose<TxnOffsetCommitRequestPartition>): void {
  const flexible = version >= 3;
  writer.int32(message.partitionIndex ?? 0);
  writer.int64(message.committedOffset ?? 0);
  if (version >= 2) writer.int32(message.committedLeaderEpoch ?? -1);
  writer.nullableString(message.committedMetadata === undefined ? "" : message.committedMetadata, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of TxnOffsetCommit's response, versions 0 to 5. */
export interface TxnOffsetCommitResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly topics: readonly TxnOffsetCommitResponseTopic[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of TxnOffsetCommitResponse. */
export interface TxnOffsetCommitResponseTopic {
  readonly name: string;
  readonly partitions: readonly TxnOffsetCommitResponsePartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of TxnOffsetCommitResponse. */
export interface TxnOffsetCommitResponsePartition {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes TxnOffsetCommitResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeTxnOffsetCommitResponse(reader: WireReader, version: number): Complete<TxnOffsetCommitResponse> {
  const flexible = version >= 3;
  const throttleTimeMs = reader.int32();
  const topics: Complete<TxnOffsetCommitResponseTopic>[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    topics.push(decodeTxnOffsetCommitResponseTopic(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, topics, unknownTags };
}

function decodeTxnOffsetCommitResponseTopic(reader: WireReader, version: number): Complete<TxnOffsetCommitResponseTopic> {
  const flexible = version >= 3;
  const name = reader.string(flexible);
  const partitions: Complete<TxnOffsetCommitResponsePartition>[] = [];
  for (let left = reader.arrayLength(flexible, 6); left > 0; left -= 1) {
    partitions.push(decodeTxnOffsetCommitResponsePartition(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, partitions, unknownTags };
}

function decodeTxnOffsetCommitResponsePartition(reader: WireReader, version: number): Complete<TxnOffsetCommitResponsePartition> {
  const flexible = version >= 3;
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { partitionIndex, errorCode, unknownTags };
}

/**
 * Encodes TxnOffsetCommitResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeTxnOffsetCommitResponse(writer: WireWriter, version: number, message: TxnOffsetCommitResponse): void {
  const flexible = version >= 3;
  writer.int32(message.throttleTimeMs ?? 0);
  const topics = message.topics;
  writer.arrayLength(topics.length, flexible);
  for (const element of topics) encodeTxnOffsetCommitResponseTopic(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeTxnOffsetCommitResponseTopic(writer: WireWriter, version: number, message: TxnOffsetCommitResponseTopic): void {
  const flexible = version >= 3;
  writer.string(message.name, flexible);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, flexible);
  for (const element of partitions) encodeTxnOffsetCommitResponsePartition(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeTxnOffsetCommitResponsePartition(writer: WireWriter, version: number, message: TxnOffsetCommitResponsePartition): void {
  const flexible = version >= 3;
  writer.int32(message.partitionIndex);
  writer.int16(message.errorCode);
  if (flexible) writer.unknownTags(message.unknownTags);
}
