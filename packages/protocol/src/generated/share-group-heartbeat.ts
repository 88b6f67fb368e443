// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of ShareGroupHeartbeat's request, versions 1 to 1. */
export interface ShareGroupHeartbeatRequest {
  readonly groupId: string;
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly rackId: string | null;
  readonly subscribedTopicNames: readonly string[] | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ShareGroupHeartbeatRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeShareGroupHeartbeatRequest(reader: WireReader, _version: number): ShareGroupHeartbeatRequest {
  const groupId = reader.string(true);
  const memberId = reader.string(true);
  const memberEpoch = reader.int32();
  const rackId = reader.nullableString(true);
  const subscribedTopicNames = reader.nullableStrings(true);
  const unknownTags = reader.unknownTags();
  return { groupId, memberId, memberEpoch, rackId, subscribedTopicNames, unknownTags };
}

/**
 * Encodes ShareGroupHeartbeatRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeShareGroupHeartbeatRequest(writer: WireWriter, _version: number, message: Loose<ShareGroupHeartbeatRequest>): void {
  writer.string(message.groupId ?? "", true);
  writer.string(message.memberId ?? "", true);
  writer.int32(message.memberEpoch ?? 0);
  writer.nullableString(message.rackId ?? null, true);
  writer.nullableStrings(message.subscribedTopicNames ?? null, true);
  writer.unknownTags(message.unknownTags);
}

/** Body of ShareGroupHeartbeat's response, versions 1 to 1. */
export interface ShareGroupHeartbeatResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly memberId?: string | null | undefined;
  readonly memberEpoch: number;
  readonly heartbeatIntervalMs: number;
  readonly assignment?: ShareGroupHeartbeatAssignment | null | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareGroupHeartbeatResponse. */
export interface ShareGroupHeartbeatAssignment {
  readonly topicPartitions: readonly ShareGroupHeartbeatTopicPartitions[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareGroupHeartbeatResponse. */
export interface ShareGroupHeartbeatTopicPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ShareGroupHeartbeatResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeShareGroupHeartbeatResponse(reader: WireReader, _version: number): Complete<ShareGroupHeartbeatResponse> {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const memberId = reader.nullableString(true);
  const memberEpoch = reader.int32();
  const heartbeatIntervalMs = reader.int32();
  const assignment = reader.isPresent() ? decodeShareGroupHeartbeatAssignment(reader) : null;
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, errorCode, errorMessage, memberId, memberEpoch, heartbeatIntervalMs, assignment, unknownTags };
}

function decodeShareGroupHeartbeatAssignment(reader: WireReader): Complete<ShareGroupHeartbeatAssignment> {
  const topicPartitions: Complete<ShareGroupHeartbeatTopicPartitions>[] = [];
  for (let left = reader.arrayLength(true, 18); left > 0; left -= 1) {
    topicPartitions.push(decodeShareGroupHeartbeatTopicPartitions(reader));
  }
  const unknownTags = reader.unknownTags();
  return { topicPartitions, unknownTags };
}

function decodeShareGroupHeartbeatTopicPartitions(reader: WireReader): Complete<ShareGroupHeartbeatTopicPartitions> {
  const topicId = reader.uuid();
  const partitions = reader.int32s(true);
  const unknownTags = reader.unknownTags();
  return { topicId, partitions, unknownTags };
}

/**
 * Encodes ShareGroupHeartbeatResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeShareGroupHeartbeatResponse(writer: WireWriter, _version: number, message: ShareGroupHeartbeatResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  writer.nullableString(message.memberId ?? null, true);
  writer.int32(message.memberEpoch);
  writer.int32(message.heartbeatIntervalMs);
  const assignment = message.assignment ?? null;
  writer.present(assignment !== null);
  if (assignment !== null) encodeShareGroupHeartbeatAssignment(writer, assignment);
  writer.unknownTags(message.unknownTags);
}

function encodeShareGroupHeartbeatAssignment(writer: WireWriter, message: ShareGroupHeartbeatAssignment): void {
  const topicPartitions = message.topicPartitions;
  writer.arrayLength(topicPartitions.length, true);
  for (const element of topicPartitions) encodeShareGroupHeartbeatTopicPartitions(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeShareGroupHeartbeatTopicPartitions(writer: WireWriter, message: ShareGroupHeartbeatTopicPartitions): void {
  writer.uuid(message.topicId);
  writer.int32s(message.partitions, true);
  writer.unknownTags(message.unknownTags);
}
