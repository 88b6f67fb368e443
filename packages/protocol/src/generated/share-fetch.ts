// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, RecordBytes, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of ShareFetch's request, versions 1 to 2. */
export interface ShareFetchRequest {
  readonly groupId: string | null;
  readonly memberId: string | null;
  readonly shareSessionEpoch: number;
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxRecords: number;
  readonly batchSize: number;
  readonly shareAcquireMode: number; // 2+
  readonly isRenewAck: boolean; // 2+
  readonly topics: readonly ShareFetchFetchTopic[];
  readonly forgottenTopicsData: readonly ShareFetchForgottenTopic[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareFetchRequest. */
export interface ShareFetchFetchTopic {
  readonly topicId: string;
  readonly partitions: readonly ShareFetchFetchPartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareFetchRequest. */
export interface ShareFetchFetchPartition {
  readonly partitionIndex: number;
  readonly acknowledgementBatches: readonly ShareFetchAcknowledgementBatch[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareFetchRequest. */
export interface ShareFetchAcknowledgementBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly acknowledgeTypes: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareFetchRequest. */
export interface ShareFetchForgottenTopic {
  readonly topicId: string;
  readonly partitions: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ShareFetchRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeShareFetchRequest(reader: WireReader, version: number): ShareFetchRequest {
  const groupId = reader.nullableString(true);
  const memberId = reader.nullableString(true);
  const shareSessionEpoch = reader.int32();
  const maxWaitMs = reader.int32();
  const minBytes = reader.int32();
  const maxBytes = reader.int32();
  const maxRecords = reader.int32();
  const batchSize = reader.int32();
  const shareAcquireMode = version >= 2 ? reader.int8() : 0;
  const isRenewAck = version >= 2 ? reader.boolean() : false;
  const topics: ShareFetchFetchTopic[] = [];
  for (let left = reader.arrayLength(true, 18); left > 0; left -= 1) {
    topics.push(decodeShareFetchFetchTopic(reader));
  }
  const forgottenTopicsData: ShareFetchForgottenTopic[] = [];
  for (let left = reader.arrayLength(true, 18); left > 0; left -= 1) {
    forgottenTopicsData.push(decodeShareFetchForgottenTopic(reader));
  }
  const unknownTags = reader.unknownTags();
  return {
    groupId,
    memberId,
    shareSessionEpoch,
    maxWaitMs,
    minBytes,
    maxBytes,
    maxRecords,
    batchSize,
    shareAcquireMode,
    isRenewAck,
    topics,
    forgottenTopicsData,
    unknownTags,
  };
}

function decodeShareFetchFetchTopic(reader: WireReader): ShareFetchFetchTopic {
  const topicId = reader.uuid();
  const partitions: ShareFetchFetchPartition[] = [];
  for (let left = reader.arrayLength(true, 6); left > 0; left -= 1) {
    partitions.push(decodeShareFetchFetchPartition(reader));
  }
  const unknownTags = reader.unknownTags();
  return { topicId, partitions, unknownTags };
}

function decodeShareFetchFetchPartition(reader: WireReader): ShareFetchFetchPartition {
  const partitionIndex = reader.int32();
  const acknowledgementBatches: ShareFetchAcknowledgementBatch[] = [];
  for (let left = reader.arrayLength(true, 18); left > 0; left -= 1) {
    acknowledgementBatches.push(decodeShareFetchAcknowledgementBatch(reader));
  }
  const unknownTags = reader.unknownTags();
  return { partitionIndex, acknowledgementBatches, unknownTags };
}

function decodeShareFetchAcknowledgementBatch(reader: WireReader): ShareFetchAcknowledgementBatch {
  const firstOffset = reader.int64();
  const lastOffset = reader.int64();
  const acknowledgeTypes = reader.int8s(true);
  const unknownTags = reader.unknownTags();
  return { firstOffset, lastOffset, acknowledgeTypes, unknownTags };
}

function decodeShareFetchForgottenTopic(reader: WireReader): ShareFetchForgottenTopic {
  const topicId = reader.uuid();
  const partitions = reader.int32s(true);
  const unknownTags = reader.unknownTags();
  return { topicId, partitions, unknownTags };
}

/**
 * Encodes ShareFetchRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeShareFetchRequest(writer: WireWriter, version: number, message: Loose<ShareFetchRequest>): void {
  writer.nullableString(message.groupId ?? null, true);
  writer.nullableString(message.memberId === undefined ? "" : message.memberId, true);
  writer.int32(message.shareSessionEpoch ?? 0);
  writer.int32(message.maxWaitMs ?? 0);
  writer.int32(message.minBytes ?? 0);
  writer.int32(message.maxBytes ?? 2147483647);
  writer.int32(message.maxRecords ?? 0);
  writer.int32(message.batchSize ?? 0);
  if (version >= 2) writer.int8(message.shareAcquireMode ?? 0);
  if (version >= 2) writer.boolean(message.isRenewAck ?? false);
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeShareFetchFetchTopic(writer, element);
  const forgottenTopicsData = message.forgottenTopicsData ?? [];
  writer.arrayLength(forgottenTopicsData.length, true);
  for (const element of forgottenTopicsData) encodeShareFetchForgottenTopic(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeShareFetchFetchTopic(writer: WireWriter, message: Loose<ShareFetchFetchTopic>): void {
  writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  const partitions = message.partitions ?? [];
  writer.arrayLength(partitions.length, true);
  for (const element of partitions) encodeShareFetchFetchPartition(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeShareFetchFetchPartition(writer: WireWriter, message: Loose<ShareFetchFetchPartition>): void {
  writer.int32(message.partitionIndex ?? 0);
  const acknowledgementBatches = message.acknowledgementBatches ?? [];
  writer.arrayLength(acknowledgementBatches.length, true);
  for (const element of acknowledgementBatches) encodeShareFetchAcknowledgementBatch(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeShareFetchAcknowledgementBatch(writer: WireWriter, message: Loose<ShareFetchAcknowledgementBatch>): void {
  writer.int64(message.firstOffset ?? 0);
  writer.int64(message.lastOffset ?? 0);
  writer.int8s(message.acknowledgeTypes ?? [], true);
  writer.unknownTags(message.unknownTags);
}

function encodeShareFetchForgottenTopic(writer: WireWriter, message: Loose<ShareFetchForgottenTopic>): void {
  writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  writer.int32s(message.partitions ?? [], true);
  writer.unknownTags(message.unknownTags);
}

/** Body of ShareFetch's response, versions 1 to 2. */
export interface ShareFetchResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly acquisitionLockTimeoutMs: number;
  readonly responses: readonly ShareFetchableTopicResponse[];
  readonly nodeEndpoints: readonly ShareFetchNodeEndpoint[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareFetchResponse. */
export interface ShareFetchableTopicResponse {
  readonly topicId: string;
  readonly partitions: readonly ShareFetchPartitionData[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareFetchResponse. */
export interface ShareFetchPartitionData {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly acknowledgeErrorCode: number;
  readonly acknowledgeErrorMessage?: string | null | undefined;
  readonly currentLeader: ShareFetchLeaderIdAndEpoch;
  readonly records: RecordBytes;
  readonly acquiredRecords: readonly AcquiredRecords[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareFetchResponse. */
export interface ShareFetchLeaderIdAndEpoch {
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareFetchResponse. */
export interface AcquiredRecords {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly deliveryCount: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareFetchResponse. */
export interface ShareFetchNodeEndpoint {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack?: string | null | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ShareFetchResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeShareFetchResponse(reader: WireReader, _version: number): Complete<ShareFetchResponse> {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const acquisitionLockTimeoutMs = reader.int32();
  const responses: Complete<ShareFetchableTopicResponse>[] = [];
  for (let left = reader.arrayLength(true, 18); left > 0; left -= 1) {
    responses.push(decodeShareFetchableTopicResponse(reader));
  }
  const nodeEndpoints: Complete<ShareFetchNodeEndpoint>[] = [];
  for (let left = reader.arrayLength(true, 11); left > 0; left -= 1) {
    nodeEndpoints.push(decodeShareFetchNodeEndpoint(reader));
  }
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, errorCode, errorMessage, acquisitionLockTimeoutMs, responses, nodeEndpoints, unknownTags };
}

function decodeShareFetchableTopicResponse(reader: WireReader): Complete<ShareFetchableTopicResponse> {
  const topicId = reader.uuid();
  const partitions: Complete<ShareFetchPartitionData>[] = [];
  for (let left = reader.arrayLength(true, 22); left > 0; left -= 1) {
    partitions.push(decodeShareFetchPartitionData(reader));
  }
  const unknownTags = reader.unknownTags();
  return { topicId, partitions, unknownTags };
}

function decodeShareFetchPartitionData(reader: WireReader): Complete<ShareFetchPartitionData> {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const acknowledgeErrorCode = reader.int16();
  const acknowledgeErrorMessage = reader.nullableString(true);
  const currentLeader = decodeShareFetchLeaderIdAndEpoch(reader);
  const records = reader.bytes(true);
  const acquiredRecords: Complete<AcquiredRecords>[] = [];
  for (let left = reader.arrayLength(true, 19); left > 0; left -= 1) {
    acquiredRecords.push(decodeAcquiredRecords(reader));
  }
  const unknownTags = reader.unknownTags();
  return {
    partitionIndex,
    errorCode,
    errorMessage,
    acknowledgeErrorCode,
    acknowledgeErrorMessage,
    currentLeader,
    records,
    acquiredRecords,
    unknownTags,
  };
}

function decodeShareFetchLeaderIdAndEpoch(reader: WireReader): Complete<ShareFetchLeaderIdAndEpoch> {
  const leaderId = reader.int32();
  const leaderEpoch = reader.int32();
  const unknownTags = reader.unknownTags();
  return { leaderId, leaderEpoch, unknownTags };
}

function decodeAcquiredRecords(reader: WireReader): Complete<AcquiredRecords> {
  const firstOffset = reader.int64();
  const lastOffset = reader.int64();
  const deliveryCount = reader.int16();
  const unknownTags = reader.unknownTags();
  return { firstOffset, lastOffset, deliveryCount, unknownTags };
}

function decodeShareFetchNodeEndpoint(reader: WireReader): Complete<ShareFetchNodeEndpoint> {
  const nodeId = reader.int32();
  const host = reader.string(true);
  const port = reader.int32();
  const rack = reader.nullableString(true);
  const unknownTags = reader.unknownTags();
  return { nodeId, host, port, rack, unknownTags };
}

/**
 * Encodes ShareFetchResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeShareFetchResponse(writer: WireWriter, _version: number, message: ShareFetchResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  writer.int32(message.acquisitionLockTimeoutMs);
  const responses = message.responses;
  writer.arrayLength(responses.length, true);
  for (const element of responses) encodeShareFetchableTopicResponse(writer, element);
  const nodeEndpoints = message.nodeEndpoints;
  writer.arrayLength(nodeEndpoints.length, true);
  for (const element of nodeEndpoints) encodeShareFetchNodeEndpoint(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeShareFetchableTopicResponse(writer: WireWriter, message: ShareFetchableTopicResponse): void {
  writer.uuid(message.topicId);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, true);
  for (const element of partitions) encodeShareFetchPartitionData(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeShareFetchPartitionData(writer: WireWriter, message: ShareFetchPartitionData): void {
  writer.int32(message.partitionIndex);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  writer.int16(message.acknowledgeErrorCode);
  writer.nullableString(message.acknowledgeErrorMessage ?? null, true);
  encodeShareFetchLeaderIdAndEpoch(writer, message.currentLeader);
  writer.records(message.records, true);
  const acquiredRecords = message.acquiredRecords;
  writer.arrayLength(acquiredRecords.length, true);
  for (const element of acquiredRecords) encodeAcquiredRecords(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeShareFetchLeaderIdAndEpoch(writer: WireWriter, message: ShareFetchLeaderIdAndEpoch): void {
  writer.int32(message.leaderId);
  writer.int32(message.leaderEpoch);
  writer.unknownTags(message.unknownTags);
}

function encodeAcquiredRecords(writer: WireWriter, message: AcquiredRecords): void {
  writer.int64(message.firstOffset);
  writer.int64(message.lastOffset);
  writer.int16(message.deliveryCount);
  writer.unknownTags(message.unknownTags);
}

function encodeShareFetchNodeEndpoint(writer: WireWriter, message: ShareFetchNodeEndpoint): void {
  writer.int32(message.nodeId);
  writer.string(message.host, true);
  writer.int32(message.port);
  writer.nullableString(message.rack ?? null, true);
  writer.unknownTags(message.unknownTags);
}
