// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of Produce's request, versions 3 to 13. */
export interface ProduceRequest {
  readonly transactionalId: string | null;
  readonly acks: number;
  readonly timeoutMs: number;
  readonly topicData: readonly TopicProduceData[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ProduceRequest. */
export interface TopicProduceData {
  readonly name: string; // 3–12
  readonly topicId: string; // 13+
  readonly partitionData: readonly PartitionProduceData[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ProduceRequest. */
export interface PartitionProduceData {
  readonly index: number;
  readonly records: Uint8Array | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ProduceRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeProduceRequest(reader: WireReader, version: number): ProduceRequest {
  const flexible = version >= 9;
  const transactionalId = reader.nullableString(flexible);
  const acks = reader.int16();
  const timeoutMs = reader.int32();
  const topicData: TopicProduceData[] = [];
  for (let left = reader.arrayLength(flexible, 1); left > 0; left -= 1) {
    topicData.push(decodeTopicProduceData(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { transactionalId, acks, timeoutMs, topicData, unknownTags };
}

function decodeTopicProduceData(reader: WireReader, version: number): TopicProduceData {
  const flexible = version >= 9;
  const name = version <= 12 ? reader.string(flexible) : "";
  const topicId = version >= 13 ? reader.uuid() : "AAAAAAAAAAAAAAAAAAAAAA";
  const partitionData: PartitionProduceData[] = [];
  for (let left = reader.arrayLength(flexible, 5); left > 0; left -= 1) {
    partitionData.push(decodePartitionProduceData(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, topicId, partitionData, unknownTags };
}

function decodePartitionProduceData(reader: WireReader, version: number): PartitionProduceData {
  const flexible = version >= 9;
  const index = reader.int32();
  const records = reader.nullableBytes(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { index, records, unknownTags };
}

/**
 * Encodes ProduceRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeProduceRequest(writer: WireWriter, version: number, message: Loose<ProduceRequest>): void {
  const flexible = version >= 9;
  writer.nullableString(message.transactionalId ?? null, flexible);
  writer.int16(message.acks ?? 0);
  writer.int32(message.timeoutMs ?? 0);
  const topicData = message.topicData ?? [];
  writer.arrayLength(topicData.length, flexible);
  for (const element of topicData) encodeTopicProduceData(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeTopicProduceData(writer: WireWriter, version: number, message: Loose<TopicProduceData>): void {
  const flexible = version >= 9;
  if (version <= 12) writer.string(message.name ?? "", flexible);
  if (version >= 13) writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  const partitionData = message.partitionData ?? [];
  writer.arrayLength(partitionData.length, flexible);
  for (const element of partitionData) encodePartitionProduceData(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodePartitionProduceData(writer: WireWriter, version: number, message: Loose<PartitionProduceData>): void {
  const flexible = version >= 9;
  writer.int32(message.index ?? 0);
  writer.nullableRecords(message.records ?? null, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of Produce's response, versions 3 to 13. */
export interface ProduceResponse {
  readonly responses: readonly TopicProduceResponse[];
  readonly throttleTimeMs?: number | undefined;
  readonly nodeEndpoints?: readonly ProduceNodeEndpoint[] | undefined; // 10+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ProduceResponse. */
export interface TopicProduceResponse {
  readonly name?: string | undefined; // 3–12
  readonly topicId?: string | undefined; // 13+
  readonly partitionResponses: readonly PartitionProduceResponse[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ProduceResponse. */
export interface PartitionProduceResponse {
  readonly index: number;
  readonly errorCode: number;
  readonly baseOffset: number;
  readonly logAppendTimeMs?: number | undefined;
  readonly logStartOffset?: number | undefined; // 5+
  readonly recordErrors?: readonly BatchIndexAndErrorMessage[] | undefined; // 8+
  readonly errorMessage?: string | null | undefined; // 8+
  readonly currentLeader?: ProduceLeaderIdAndEpoch | undefined; // 10+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ProduceResponse. */
export interface BatchIndexAndErrorMessage {
  readonly batchIndex: number;
  readonly batchIndexErrorMessage?: string | null | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ProduceResponse. */
export interface ProduceLeaderIdAndEpoch {
  readonly leaderId?: number | undefined;
  readonly leaderEpoch?: number | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ProduceResponse. */
export interface ProduceNodeEndpoint {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack?: string | null | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

const DEFAULT_PRODUCE_LEADER_ID_AND_EPOCH: Complete<ProduceLeaderIdAndEpoch> = { leaderId: -1, leaderEpoch: -1 };

/**
 * Decodes ProduceResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeProduceResponse(reader: WireReader, version: number): Complete<ProduceResponse> {
  const flexible = version >= 9;
  const responses: Complete<TopicProduceResponse>[] = [];
  for (let left = reader.arrayLength(flexible, 1); left > 0; left -= 1) {
    responses.push(decodeTopicProduceResponse(reader, version));
  }
  const throttleTimeMs = reader.int32();
  let nodeEndpoints: Complete<ProduceNodeEndpoint>[] = [];
  let unknownTags: UnknownTag[] | undefined;
  if (flexible) {
    for (let left = reader.tagCount(); left > 0; left -= 1) {
      const tag = reader.uvarint();
      const tagEnd = reader.tagEnd();
      if (tag === 0 && version >= 10) {
        nodeEndpoints = [];
        for (let left = reader.arrayLength(true, 11); left > 0; left -= 1) nodeEndpoints.push(decodeProduceNodeEndpoint(reader));
        reader.endTag(tagEnd);
      } else (unknownTags ??= []).push(reader.unknownTag(tag, tagEnd));
    }
  }
  return { responses, throttleTimeMs, nodeEndpoints, unknownTags };
}

function decodeTopicProduceResponse(reader: WireReader, version: number): Complete<TopicProduceResponse> {
  const flexible = version >= 9;
  const name = version <= 12 ? reader.string(flexible) : "";
  const topicId = version >= 13 ? reader.uuid() : "AAAAAAAAAAAAAAAAAAAAAA";
  const partitionResponses: Complete<PartitionProduceResponse>[] = [];
  for (let left = reader.arrayLength(flexible, 22); left > 0; left -= 1) {
    partitionResponses.push(decodePartitionProduceResponse(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, topicId, partitionResponses, unknownTags };
}

function decodePartitionProduceResponse(reader: WireReader, version: number): Complete<PartitionProduceResponse> {
  const flexible = version >= 9;
  const index = reader.int32();
  const errorCode = reader.int16();
  const baseOffset = reader.int64();
  const logAppendTimeMs = reader.int64();
  const logStartOffset = version >= 5 ? reader.int64() : -1;
  const recordErrors: Complete<BatchIndexAndErrorMessage>[] = [];
  if (version >= 8) {
    for (let left = reader.arrayLength(flexible, 5); left > 0; left -= 1) {
      recordErrors.push(decodeBatchIndexAndErrorMessage(reader, version));
    }
  }
  const errorMessage = version >= 8 ? reader.nullableString(flexible) : null;
  let currentLeader: Complete<ProduceLeaderIdAndEpoch> = DEFAULT_PRODUCE_LEADER_ID_AND_EPOCH;
  let unknownTags: UnknownTag[] | undefined;
  if (flexible) {
    for (let left = reader.tagCount(); left > 0; left -= 1) {
      const tag = reader.uvarint();
      const tagEnd = reader.tagEnd();
      if (tag === 0 && version >= 10) {
        currentLeader = decodeProduceLeaderIdAndEpoch(reader);
        reader.endTag(tagEnd);
      } else (unknownTags ??= []).push(reader.unknownTag(tag, tagEnd));
    }
  }
  return {
    index,
    errorCode,
    baseOffset,
    logAppendTimeMs,
    logStartOffset,
    recordErrors,
    errorMessage,
    currentLeader,
    unknownTags,
  };
}

function decodeBatchIndexAndErrorMessage(reader: WireReader, version: number): Complete<BatchIndexAndErrorMessage> {
  const flexible = version >= 9;
  const batchIndex = reader.int32();
  const batchIndexErrorMessage = reader.nullableString(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { batchIndex, batchIndexErrorMessage, unknownTags };
}

function decodeProduceLeaderIdAndEpoch(reader: WireReader): Complete<ProduceLeaderIdAndEpoch> {
  const leaderId = reader.int32();
  const leaderEpoch = reader.int32();
  const unknownTags = reader.unknownTags();
  return { leaderId, leaderEpoch, unknownTags };
}

function decodeProduceNodeEndpoint(reader: WireReader): Complete<ProduceNodeEndpoint> {
  const nodeId = reader.int32();
  const host = reader.string(true);
  const port = reader.int32();
  const rack = reader.nullableString(true);
  const unknownTags = reader.unknownTags();
  return { nodeId, host, port, rack, unknownTags };
}

/**
 * Encodes ProduceResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeProduceResponse(writer: WireWriter, version: number, message: ProduceResponse): void {
  const flexible = version >= 9;
  const responses = message.responses;
  writer.arrayLength(responses.length, flexible);
  for (const element of responses) encodeTopicProduceResponse(writer, version, element);
  writer.int32(message.throttleTimeMs ?? 0);
  if (flexible) {
    const nodeEndpoints = message.nodeEndpoints ?? [];
    const hasNodeEndpoints = version >= 10 && nodeEndpoints.length > 0;
    writer.uvarint((hasNodeEndpoints ? 1 : 0) + (message.unknownTags?.length ?? 0));
    if (hasNodeEndpoints) {
      const nodeEndpointsTag = writer.beginTag(0);
      writer.arrayLength(nodeEndpoints.length, true);
      for (const element of nodeEndpoints) encodeProduceNodeEndpoint(writer, element);
      writer.endTag(nodeEndpointsTag);
    }
    writer.appendTags(message.unknownTags);
  }
}

function encodeTopicProduceResponse(writer: WireWriter, version: number, message: TopicProduceResponse): void {
  const flexible = version >= 9;
  if (version <= 12) writer.string(message.name ?? "", flexible);
  if (version >= 13) writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  const partitionResponses = message.partitionResponses;
  writer.arrayLength(partitionResponses.length, flexible);
  for (const element of partitionResponses) encodePartitionProduceResponse(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodePartitionProduceResponse(writer: WireWriter, version: number, message: PartitionProduceResponse): void {
  const flexible = version >= 9;
  writer.int32(message.index);
  writer.int16(message.errorCode);
  writer.int64(message.baseOffset);
  writer.int64(message.logAppendTimeMs ?? -1);
  if (version >= 5) writer.int64(message.logStartOffset ?? -1);
  if (version >= 8) {
    const recordErrors = message.recordErrors ?? [];
    writer.arrayLength(recordErrors.length, flexible);
    for (const element of recordErrors) encodeBatchIndexAndErrorMessage(writer, version, element);
  }
  if (version >= 8) writer.nullableString(message.errorMessage ?? null, flexible);
  if (flexible) {
    const currentLeader = message.currentLeader;
    const hasCurrentLeader = version >= 10 && currentLeader !== undefined && ((currentLeader.leaderId ?? -1) !== -1 || (currentLeader.leaderEpoch ?? -1) !== -1);
    writer.uvarint((hasCurrentLeader ? 1 : 0) + (message.unknownTags?.length ?? 0));
    if (hasCurrentLeader) {
      const currentLeaderTag = writer.beginTag(0);
      encodeProduceLeaderIdAndEpoch(writer, currentLeader);
      writer.endTag(currentLeaderTag);
    }
    writer.appendTags(message.unknownTags);
  }
}

function encodeBatchIndexAndErrorMessage(writer: WireWriter, version: number, message: BatchIndexAndErrorMessage): void {
  const flexible = version >= 9;
  writer.int32(message.batchIndex);
  writer.nullableString(message.batchIndexErrorMessage ?? null, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeProduceLeaderIdAndEpoch(writer: WireWriter, message: ProduceLeaderIdAndEpoch): void {
  writer.int32(message.leaderId ?? -1);
  writer.int32(message.leaderEpoch ?? -1);
  writer.unknownTags(message.unknownTags);
}

function encodeProduceNodeEndpoint(writer: WireWriter, message: ProduceNodeEndpoint): void {
  writer.int32(message.nodeId);
  writer.string(message.host, true);
  writer.int32(message.port);
  writer.nullableString(message.rack ?? null, true);
  writer.unknownTags(message.unknownTags);
}
