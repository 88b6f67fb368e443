// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of ConsumerGroupHeartbeat's request, versions 0 to 1. */
export interface ConsumerGroupHeartbeatRequest {
  readonly groupId: string;
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly rebalanceTimeoutMs: number;
  readonly subscribedTopicNames: readonly string[] | null;
  readonly subscribedTopicRegex: string | null; // 1+
  readonly serverAssignor: string | null;
  readonly topicPartitions: readonly ConsumerGroupHeartbeatRequestTopicPartitions[] | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ConsumerGroupHeartbeatRequest. */
export interface ConsumerGroupHeartbeatRequestTopicPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ConsumerGroupHeartbeatRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeConsumerGroupHeartbeatRequest(reader: WireReader, version: number): ConsumerGroupHeartbeatRequest {
  const groupId = reader.string(true);
  const memberId = reader.string(true);
  const memberEpoch = reader.int32();
  const instanceId = reader.nullableString(true);
  const rackId = reader.nullableString(true);
  const rebalanceTimeoutMs = reader.int32();
  const subscribedTopicNames = reader.nullableStrings(true);
  const subscribedTopicRegex = version >= 1 ? reader.nullableString(true) : null;
  const serverAssignor = reader.nullableString(true);
  let topicPartitionsLeft = reader.nullableArrayLength(true, 18);
  const topicPartitions: ConsumerGroupHeartbeatRequestTopicPartitions[] | null = topicPartitionsLeft < 0 ? null : [];
  for (; topicPartitionsLeft > 0; topicPartitionsLeft -= 1) topicPartitions?.push(decodeConsumerGroupHeartbeatRequestTopicPartitions(reader));
  const unknownTags = reader.unknownTags();
  return {
    groupId,
    memberId,
    memberEpoch,
    instanceId,
    rackId,
    rebalanceTimeoutMs,
    subscribedTopicNames,
    subscribedTopicRegex,
    serverAssignor,
    topicPartitions,
    unknownTags,
  };
}

function decodeConsumerGroupHeartbeatRequestTopicPartitions(reader: WireReader): ConsumerGroupHeartbeatRequestTopicPartitions {
  const topicId = reader.uuid();
  const partitions = reader.int32s(true);
  const unknownTags = reader.unknownTags();
  return { topicId, partitions, unknownTags };
}

/**
 * Encodes ConsumerGroupHeartbeatRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeConsumerGroupHeartbeatRequest(writer: WireWriter, version: number, message: Loose<ConsumerGroupHeartbeatRequest>): void {
  writer.string(message.groupId ?? "", true);
  writer.string(message.memberId ?? "", true);
  writer.int32(message.memberEpoch ?? 0);
  writer.nullableString(message.instanceId ?? null, true);
  writer.nullableString(message.rackId ?? null, true);
  writer.int32(message.rebalanceTimeoutMs ?? -1);
  writer.nullableStrings(message.subscribedTopicNames ?? null, true);
  if (version >= 1) writer.nullableString(message.subscribedTopicRegex ?? null, true);
  writer.nullableString(message.serverAssignor ?? null, true);
  const topicPartitions = message.topicPartitions ?? null;
  writer.arrayLength(topicPartitions === null ? -1 : topicPartitions.length, true);
  if (topicPartitions !== null) for (const element of topicPartitions) encodeConsumerGroupHeartbeatRequestTopicPartitions(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeConsumerGroupHeartbeatRequestTopicPartitions(writer: WireWriter, message: Loose<ConsumerGroupHeartbeatRequestTopicPartitions>): void {
  writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  writer.int32s(message.partitions ?? [], true);
  writer.unknownTags(message.unknownTags);
}

/** Body of ConsumerGroupHeartbeat's response, versions 0 to 1. */
export interface ConsumerGroupHeartbeatResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly memberId?: string | null | undefined;
  readonly memberEpoch: number;
  readonly heartbeatIntervalMs: number;
  readonly assignment?: ConsumerGroupHeartbeatAssignment | null | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ConsumerGroupHeartbeatResponse. */
export interface ConsumerGroupHeartbeatAssignment {
  readonly topicPartitions: readonly ConsumerGroupHeartbeatResponseTopicPartitions[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ConsumerGroupHeartbeatResponse. */
export interface ConsumerGroupHeartbeatResponseTopicPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ConsumerGroupHeartbeatResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeConsumerGroupHeartbeatResponse(reader: WireReader, _version: number): Complete<ConsumerGroupHeartbeatResponse> {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const memberId = reader.nullableString(true);
  const memberEpoch = reader.int32();
  const heartbeatIntervalMs = reader.int32();
  const assignment = reader.isPresent() ? decodeConsumerGroupHeartbeatAssignment(reader) : null;
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, errorCode, errorMessage, memberId, memberEpoch, heartbeatIntervalMs, assignment, unknownTags };
}

function decodeConsumerGroupHeartbeatAssignment(reader: WireReader): Complete<ConsumerGroupHeartbeatAssignment> {
  const topicPartitions: Complete<ConsumerGroupHeartbeatResponseTopicPartitions>[] = [];
  for (let left = reader.arrayLength(true, 18); left > 0; left -= 1) {
    topicPartitions.push(decodeConsumerGroupHeartbeatResponseTopicPartitions(reader));
  }
  const unknownTags = reader.unknownTags();
  return { topicPartitions, unknownTags };
}

function decodeConsumerGroupHeartbeatResponseTopicPartitions(reader: WireReader): Complete<ConsumerGroupHeartbeatResponseTopicPartitions> {
  const topicId = reader.uuid();
  const partitions = reader.int32s(true);
  const unknownTags = reader.unknownTags();
  return { topicId, partitions, unknownTags };
}

/**
 * Encodes ConsumerGroupHeartbeatResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeConsumerGroupHeartbeatResponse(writer: WireWriter, _version: number, message: ConsumerGroupHeartbeatResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  writer.nullableString(message.memberId ?? null, true);
  writer.int32(message.memberEpoch);
  writer.int32(message.heartbeatIntervalMs);
  const assignment = message.assignment ?? null;
  writer.present(assignment !== null);
  if (assignment !== null) encodeConsumerGroupHeartbeatAssignment(writer, assignment);
  writer.unknownTags(message.unknownTags);
}

function encodeConsumerGroupHeartbeatAssignment(writer: WireWriter, message: ConsumerGroupHeartbeatAssignment): void {
  const topicPartitions = message.topicPartitions;
  writer.arrayLength(topicPartitions.length, true);
  for (const element of topicPartitions) encodeConsumerGroupHeartbeatResponseTopicPartitions(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeConsumerGroupHeartbeatResponseTopicPartitions(writer: WireWriter, message: ConsumerGroupHeartbeatResponseTopicPartitions): void {
  writer.uuid(message.topicId);
  writer.int32s(message.partitions, true);
  writer.unknownTags(message.unknownTags);
}
