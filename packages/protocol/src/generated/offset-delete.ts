// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of OffsetDelete's request, versions 0 to 0. */
export interface OffsetDeleteRequest {
  readonly groupId: string;
  readonly topics: readonly OffsetDeleteRequestTopic[];
}

/** Part of OffsetDeleteRequest. */
export interface OffsetDeleteRequestTopic {
  readonly name: string;
  readonly partitions: readonly OffsetDeleteRequestPartition[];
}

/** Part of OffsetDeleteRequest. */
export interface OffsetDeleteRequestPartition {
  readonly partitionIndex: number;
}

/**
 * Decodes OffsetDeleteRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeOffsetDeleteRequest(reader: WireReader, _version: number): OffsetDeleteRequest {
  const groupId = reader.string(false);
  const topics: OffsetDeleteRequestTopic[] = [];
  for (let left = reader.arrayLength(false, 2); left > 0; left -= 1) {
    topics.push(decodeOffsetDeleteRequestTopic(reader));
  }
  return { groupId, topics };
}

function decodeOffsetDeleteRequestTopic(reader: WireReader): OffsetDeleteRequestTopic {
  const name = reader.string(false);
  const partitions: OffsetDeleteRequestPartition[] = [];
  for (let left = reader.arrayLength(false, 4); left > 0; left -= 1) {
    partitions.push(decodeOffsetDeleteRequestPartition(reader));
  }
  return { name, partitions };
}

function decodeOffsetDeleteRequestPartition(reader: WireReader): OffsetDeleteRequestPartition {
  const partitionIndex = reader.int32();
  return { partitionIndex };
}

/**
 * Encodes OffsetDeleteRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeOffsetDeleteRequest(writer: WireWriter, _version: number, message: Loose<OffsetDeleteRequest>): void {
  writer.string(message.groupId ?? "", false);
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, false);
  for (const element of topics) encodeOffsetDeleteRequestTopic(writer, element);
}

function encodeOffsetDeleteRequestTopic(writer: WireWriter, message: Loose<OffsetDeleteRequestTopic>): void {
  writer.string(message.name ?? "", false);
  const partitions = message.partitions ?? [];
  writer.arrayLength(partitions.length, false);
  for (const element of partitions) encodeOffsetDeleteRequestPartition(writer, element);
}

function encodeOffsetDeleteRequestPartition(writer: WireWriter, message: Loose<OffsetDeleteRequestPartition>): void {
  writer.int32(message.partitionIndex ?? 0);
}

/** Body of OffsetDelete's response, versions 0 to 0. */
export interface OffsetDeleteResponse {
  readonly errorCode: number;
  readonly throttleTimeMs?: number | undefined;
  readonly topics: readonly OffsetDeleteResponseTopic[];
}

/** Part of OffsetDeleteResponse. */
export interface OffsetDeleteResponseTopic {
  readonly name: string;
  readonly partitions: readonly OffsetDeleteResponsePartition[];
}

/** Part of OffsetDeleteResponse. */
export interface OffsetDeleteResponsePartition {
  readonly partitionIndex: number;
  readonly errorCode: number;
}

/**
 * Decodes OffsetDeleteResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeOffsetDeleteResponse(reader: WireReader, _version: number): Complete<OffsetDeleteResponse> {
  const errorCode = reader.int16();
  const throttleTimeMs = reader.int32();
  const topics: Complete<OffsetDeleteResponseTopic>[] = [];
  for (let left = reader.arrayLength(false, 2); left > 0; left -= 1) {
    topics.push(decodeOffsetDeleteResponseTopic(reader));
  }
  return { errorCode, throttleTimeMs, topics };
}

function decodeOffsetDeleteResponseTopic(reader: WireReader): Complete<OffsetDeleteResponseTopic> {
  const name = reader.string(false);
  const partitions: Complete<OffsetDeleteResponsePartition>[] = [];
  for (let left = reader.arrayLength(false, 6); left > 0; left -= 1) {
    partitions.push(decodeOffsetDeleteResponsePartition(reader));
  }
  return { name, partitions };
}

function decodeOffsetDeleteResponsePartition(reader: WireReader): Complete<OffsetDeleteResponsePartition> {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  return { partitionIndex, errorCode };
}

/**
 * Encodes OffsetDeleteResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeOffsetDeleteResponse(writer: WireWriter, _version: number, message: OffsetDeleteResponse): void {
  writer.int16(message.errorCode);
  writer.int32(message.throttleTimeMs ?? 0);
  const topics = message.topics;
  writer.arrayLength(topics.length, false);
  for (const element of topics) encodeOffsetDeleteResponseTopic(writer, element);
}

function encodeOffsetDeleteResponseTopic(writer: WireWriter, message: OffsetDeleteResponseTopic): void {
  writer.string(message.name, false);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, false);
  for (const element of partitions) encodeOffsetDeleteResponsePartition(writer, element);
}

function encodeOffsetDeleteResponsePartition(writer: WireWriter, message: OffsetDeleteResponsePartition): void {
  writer.int32(message.partitionIndex);
  writer.int16(message.errorCode);
}
