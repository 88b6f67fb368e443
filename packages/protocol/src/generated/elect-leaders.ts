// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of ElectLeaders's request, versions 0 to 2. */
export interface ElectLeadersRequest {
  readonly electionType: number; // 1+
  readonly topicPartitions: readonly ElectLeadersTopicPartitions[] | null;
  readonly timeoutMs: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ElectLeadersRequest. */
export interface ElectLeadersTopicPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ElectLeadersRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeElectLeadersRequest(reader: WireReader, version: number): ElectLeadersRequest {
  const flexible = version >= 2;
  const electionType = version >= 1 ? reader.int8() : 0;
  let topicPartitionsLeft = reader.nullableArrayLength(flexible, 2);
  const topicPartitions: ElectLeadersTopicPartitions[] | null = topicPartitionsLeft < 0 ? null : [];
  for (; topicPartitionsLeft > 0; topicPartitionsLeft -= 1) topicPartitions?.push(decodeElectLeadersTopicPartitions(reader, version));
  const timeoutMs = reader.int32();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { electionType, topicPartitions, timeoutMs, unknownTags };
}

function decodeElectLeadersTopicPartitions(reader: WireReader, version: number): ElectLeadersTopicPartitions {
  const flexible = version >= 2;
  const topic = reader.string(flexible);
  const partitions = reader.int32s(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { topic, partitions, unknownTags };
}

/**
 * Encodes ElectLeadersRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeElectLeadersRequest(writer: WireWriter, version: number, message: Loose<ElectLeadersRequest>): void {
  const flexible = version >= 2;
  if (version >= 1) writer.int8(message.electionType ?? 0);
  const topicPartitions = message.topicPartitions === undefined ? [] : message.topicPartitions;
  writer.arrayLength(topicPartitions === null ? -1 : topicPartitions.length, flexible);
  if (topicPartitions !== null) for (const element of topicPartitions) encodeElectLeadersTopicPartitions(writer, version, element);
  writer.int32(message.timeoutMs ?? 60000);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeElectLeadersTopicPartitions(writer: WireWriter, version: number, message: Loose<ElectLeadersTopicPartitions>): void {
  const flexible = version >= 2;
  writer.string(message.topic ?? "", flexible);
  writer.int32s(message.partitions ?? [], flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of ElectLeaders's response, versions 0 to 2. */
export interface ElectLeadersResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode?: number | undefined; // 1+
  readonly replicaElectionResults: readonly ReplicaElectionResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ElectLeadersResponse. */
export interface ReplicaElectionResult {
  readonly topic: string;
  readonly partitionResult: readonly PartitionResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ElectLeadersResponse. */
export interface PartitionResult {
  readonly partitionId: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ElectLeadersResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeElectLeadersResponse(reader: WireReader, version: number): Complete<ElectLeadersResponse> {
  const flexible = version >= 2;
  const throttleTimeMs = reader.int32();
  const errorCode = version >= 1 ? reader.int16() : 0;
  const replicaElectionResults: Complete<ReplicaElectionResult>[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    replicaElectionResults.push(decodeReplicaElectionResult(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, errorCode, replicaElectionResults, unknownTags };
}

function decodeReplicaElectionResult(reader: WireReader, version: number): Complete<ReplicaElectionResult> {
  const flexible = version >= 2;
  const topic = reader.string(flexible);
  const partitionResult: Complete<PartitionResult>[] = [];
  for (let left = reader.arrayLength(flexible, 7); left > 0; left -= 1) {
    partitionResult.push(decodePartitionResult(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { topic, partitionResult, unknownTags };
}

function decodePartitionResult(reader: WireReader, version: number): Complete<PartitionResult> {
  const flexible = version >= 2;
  const partitionId = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { partitionId, errorCode, errorMessage, unknownTags };
}

/**
 * Encodes ElectLeadersResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeElectLeadersResponse(writer: WireWriter, version: number, message: ElectLeadersResponse): void {
  const flexible = version >= 2;
  writer.int32(message.throttleTimeMs ?? 0);
  if (version >= 1) writer.int16(message.errorCode ?? 0);
  const replicaElectionResults = message.replicaElectionResults;
  writer.arrayLength(replicaElectionResults.length, flexible);
  for (const element of replicaElectionResults) encodeReplicaElectionResult(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeReplicaElectionResult(writer: WireWriter, version: number, message: ReplicaElectionResult): void {
  const flexible = version >= 2;
  writer.string(message.topic, flexible);
  const partitionResult = message.partitionResult;
  writer.arrayLength(partitionResult.length, flexible);
  for (const element of partitionResult) encodePartitionResult(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodePartitionResult(writer: WireWriter, version: number, message: PartitionResult): void {
  const flexible = version >= 2;
  writer.int32(message.partitionId);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}
