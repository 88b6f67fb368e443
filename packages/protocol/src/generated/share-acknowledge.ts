// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of ShareAcknowledge's request, versions 1 to 2. */
export interface ShareAcknowledgeRequest {
  readonly groupId: string | null;
  readonly memberId: string | null;
  readonly shareSessionEpoch: number;
  readonly isRenewAck: boolean; // 2+
  readonly topics: readonly AcknowledgeTopic[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareAcknowledgeRequest. */
export interface AcknowledgeTopic {
  readonly topicId: string;
  readonly partitions: readonly AcknowledgePartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareAcknowledgeRequest. */
export interface AcknowledgePartition {
  readonly partitionIndex: number;
  readonly acknowledgementBatches: readonly ShareAcknowledgeAcknowledgementBatch[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareAcknowledgeRequest. */
export interface ShareAcknowledgeAcknowledgementBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly acknowledgeTypes: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ShareAcknowledgeRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeShareAcknowledgeRequest(reader: WireReader, version: number): ShareAcknowledgeRequest {
  const groupId = reader.nullableString(true);
  const memberId = reader.nullableString(true);
  const shareSessionEpoch = reader.int32();
  const isRenewAck = version >= 2 ? reader.boolean() : false;
  const topics: AcknowledgeTopic[] = [];
  for (let left = reader.arrayLength(true, 18); left > 0; left -= 1) {
    topics.push(decodeAcknowledgeTopic(reader));
  }
  const unknownTags = reader.unknownTags();
  return { groupId, memberId, shareSessionEpoch, isRenewAck, topics, unknownTags };
}

function decodeAcknowledgeTopic(reader: WireReader): AcknowledgeTopic {
  const topicId = reader.uuid();
  const partitions: AcknowledgePartition[] = [];
  for (let left = reader.arrayLength(true, 6); left > 0; left -= 1) {
    partitions.push(decodeAcknowledgePartition(reader));
  }
  const unknownTags = reader.unknownTags();
  return { topicId, partitions, unknownTags };
}

function decodeAcknowledgePartition(reader: WireReader): AcknowledgePartition {
  const partitionIndex = reader.int32();
  const acknowledgementBatches: ShareAcknowledgeAcknowledgementBatch[] = [];
  for (let left = reader.arrayLength(true, 18); left > 0; left -= 1) {
    acknowledgementBatches.push(decodeShareAcknowledgeAcknowledgementBatch(reader));
  }
  const unknownTags = reader.unknownTags();
  return { partitionIndex, acknowledgementBatches, unknownTags };
}

function decodeShareAcknowledgeAcknowledgementBatch(reader: WireReader): ShareAcknowledgeAcknowledgementBatch {
  const firstOffset = reader.int64();
  const lastOffset = reader.int64();
  const acknowledgeTypes = reader.int8s(true);
  const unknownTags = reader.unknownTags();
  return { firstOffset, lastOffset, acknowledgeTypes, unknownTags };
}

/**
 * Encodes ShareAcknowledgeRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeShareAcknowledgeRequest(writer: WireWriter, version: number, message: Loose<ShareAcknowledgeRequest>): void {
  writer.nullableString(message.groupId ?? null, true);
  writer.nullableString(message.memberId === undefined ? "" : message.memberId, true);
  writer.int32(message.shareSessionEpoch ?? 0);
  if (version >= 2) writer.boolean(message.isRenewAck ?? false);
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeAcknowledgeTopic(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeAcknowledgeTopic(writer: WireWriter, message: Loose<AcknowledgeTopic>): void {
  writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  const partitions = message.partitions ?? [];
  writer.arrayLength(partitions.length, true);
  for (const element of partitions) encodeAcknowledgePartition(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeAcknowledgePartition(writer: WireWriter, message: Loose<AcknowledgePartition>): void {
  writer.int32(message.partitionIndex ?? 0);
  const acknowledgementBatches = message.acknowledgementBatches ?? [];
  writer.arrayLength(acknowledgementBatches.length, true);
  for (const element of acknowledgementBatches) encodeShareAcknowledgeAcknowledgementBatch(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeShareAcknowledgeAcknowledgementBatch(writer: WireWriter, message: Loose<ShareAcknowledgeAcknowledgementBatch>): void {
  writer.int64(message.firstOffset ?? 0);
  writer.int64(message.lastOffset ?? 0);
  writer.int8s(message.acknowledgeTypes ?? [], true);
  writer.unknownTags(message.unknownTags);
}

/** Body of ShareAcknowledge's response, versions 1 to 2. */
export interface ShareAcknowledgeResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly acquisitionLockTimeoutMs?: number | undefined; // 2+
  readonly responses: readonly ShareAcknowledgeTopicResponse[];
  readonly nodeEndpoints: readonly ShareAcknowledgeNodeEndpoint[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareAcknowledgeResponse. */
export interface ShareAcknowledgeTopicResponse {
  readonly topicId: string;
  readonly partitions: readonly ShareAcknowledgePartitionData[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareAcknowledgeResponse. */
export interface ShareAcknowledgePartitionData {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly currentLeader: ShareAcknowledgeLeaderIdAndEpoch;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareAcknowledgeResponse. */
export interface ShareAcknowledgeLeaderIdAndEpoch {
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareAcknowledgeResponse. */
export interface ShareAcknowledgeNodeEndpoint {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack?: string | null | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ShareAcknowledgeResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeShareAcknowledgeResponse(reader: WireReader, version: number): Complete<ShareAcknowledgeResponse> {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const acquisitionLockTimeoutMs = version >= 2 ? reader.int32() : 0;
  const responses: Complete<ShareAcknowledgeTopicResponse>[] = [];
  for (let left = reader.arrayLength(true, 18); left > 0; left -= 1) {
    responses.push(decodeShareAcknowledgeTopicResponse(reader));
  }
  const nodeEndpoints: Complete<ShareAcknowledgeNodeEndpoint>[] = [];
  for (let left = reader.arrayLength(true, 11); left > 0; left -= 1) {
    nodeEndpoints.push(decodeShareAcknowledgeNodeEndpoint(reader));
  }
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, errorCode, errorMessage, acquisitionLockTimeoutMs, responses, nodeEndpoints, unknownTags };
}

function decodeShareAcknowledgeTopicResponse(reader: WireReader): Complete<ShareAcknowledgeTopicResponse> {
  const topicId = reader.uuid();
  const partitions: Complete<ShareAcknowledgePartitionData>[] = [];
  for (let left = reader.arrayLength(true, 17); left > 0; left -= 1) {
    partitions.push(decodeShareAcknowledgePartitionData(reader));
  }
  const unknownTags = reader.unknownTags();
  return { topicId, partitions, unknownTags };
}

function decodeShareAcknowledgePartitionData(reader: WireReader): Complete<ShareAcknowledgePartitionData> {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const currentLeader = decodeShareAcknowledgeLeaderIdAndEpoch(reader);
  const unknownTags = reader.unknownTags();
  return { partitionIndex, errorCode, errorMessage, currentLeader, unknownTags };
}

function decodeShareAcknowledgeLeaderIdAndEpoch(reader: WireReader): Complete<ShareAcknowledgeLeaderIdAndEpoch> {
  const leaderId = reader.int32();
  const leaderEpoch = reader.int32();
  const unknownTags = reader.unknownTags();
  return { leaderId, leaderEpoch, unknownTags };
}

function decodeShareAcknowledgeNodeEndpoint(reader: WireReader): Complete<ShareAcknowledgeNodeEndpoint> {
  const nodeId = reader.int32();
  const host = reader.string(true);
  const port = reader.int32();
  const rack = reader.nullableString(true);
  const unknownTags = reader.unknownTags();
  return { nodeId, host, port, rack, unknownTags };
}

/**
 * Encodes ShareAcknowledgeResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeShareAcknowledgeResponse(writer: WireWriter, version: number, message: ShareAcknowledgeResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  if (version >= 2) writer.int32(message.acquisitionLockTimeoutMs ?? 0);
  const responses = message.responses;
  writer.arrayLength(responses.length, true);
  for (const element of responses) encodeShareAcknowledgeTopicResponse(writer, element);
  const nodeEndpoints = message.nodeEndpoints;
  writer.arrayLength(nodeEndpoints.length, true);
  for (const element of nodeEndpoints) encodeShareAcknowledgeNodeEndpoint(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeShareAcknowledgeTopicResponse(writer: WireWriter, message: ShareAcknowledgeTopicResponse): void {
  writer.uuid(message.topicId);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, true);
  for (const element of partitions) encodeShareAcknowledgePartitionData(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeShareAcknowledgePartitionData(writer: WireWriter, message: ShareAcknowledgePartitionData): void {
  writer.int32(message.partitionIndex);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  encodeShareAcknowledgeLeaderIdAndEpoch(writer, message.currentLeader);
  writer.unknownTags(message.unknownTags);
}

function encodeShareAcknowledgeLeaderIdAndEpoch(writer: WireWriter, message: ShareAcknowledgeLeaderIdAndEpoch): void {
  writer.int32(message.leaderId);
  writer.int32(message.leaderEpoch);
  writer.unknownTags(message.unknownTags);
}

function encodeShareAcknowledgeNodeEndpoint(writer: WireWriter, message: ShareAcknowledgeNodeEndpoint): void {
  writer.int32(message.nodeId);
  writer.string(message.host, true);
  writer.int32(message.port);
  writer.nullableString(message.rack ?? null, true);
  writer.unknownTags(message.unknownTags);
}
