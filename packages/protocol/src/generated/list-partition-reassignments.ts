// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of ListPartitionReassignments's request, versions 0 to 0. */
export interface ListPartitionReassignmentsRequest {
  readonly timeoutMs: number;
  readonly topics: readonly ListPartitionReassignmentsTopics[] | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ListPartitionReassignmentsRequest. */
export interface ListPartitionReassignmentsTopics {
  readonly name: string;
  readonly partitionIndexes: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ListPartitionReassignmentsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeListPartitionReassignmentsRequest(reader: WireReader, _version: number): ListPartitionReassignmentsRequest {
  const timeoutMs = reader.int32();
  let topicsLeft = reader.nullableArrayLength(true, 3);
  const topics: ListPartitionReassignmentsTopics[] | null = topicsLeft < 0 ? null : [];
  for (; topicsLeft > 0; topicsLeft -= 1) topics?.push(decodeListPartitionReassignmentsTopics(reader));
  const unknownTags = reader.unknownTags();
  return { timeoutMs, topics, unknownTags };
}

function decodeListPartitionReassignmentsTopics(reader: WireReader): ListPartitionReassignmentsTopics {
  const name = reader.string(true);
  const partitionIndexes = reader.int32s(true);
  const unknownTags = reader.unknownTags();
  return { name, partitionIndexes, unknownTags };
}

/**
 * Encodes ListPartitionReassignmentsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeListPartitionReassignmentsRequest(writer: WireWriter, _version: number, message: Loose<ListPartitionReassignmentsRequest>): void {
  writer.int32(message.timeoutMs ?? 60000);
  const topics = message.topics ?? null;
  writer.arrayLength(topics === null ? -1 : topics.length, true);
  if (topics !== null) for (const element of topics) encodeListPartitionReassignmentsTopics(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeListPartitionReassignmentsTopics(writer: WireWriter, message: Loose<ListPartitionReassignmentsTopics>): void {
  writer.string(message.name ?? "", true);
  writer.int32s(message.partitionIndexes ?? [], true);
  writer.unknownTags(message.unknownTags);
}

/** Body of ListPartitionReassignments's response, versions 0 to 0. */
export interface ListPartitionReassignmentsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly topics: readonly OngoingTopicReassignment[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ListPartitionReassignmentsResponse. */
export interface OngoingTopicReassignment {
  readonly name: string;
  readonly partitions: readonly OngoingPartitionReassignment[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ListPartitionReassignmentsResponse. */
export interface OngoingPartitionReassignment {
  readonly partitionIndex: number;
  readonly replicas: readonly number[];
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ListPartitionReassignmentsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeListPartitionReassignmentsResponse(reader: WireReader, _version: number): Complete<ListPartitionReassignmentsResponse> {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const topics: Complete<OngoingTopicReassignment>[] = [];
  for (let left = reader.arrayLength(true, 3); left > 0; left -= 1) {
    topics.push(decodeOngoingTopicReassignment(reader));
  }
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, errorCode, errorMessage, topics, unknownTags };
}

function decodeOngoingTopicReassignment(reader: WireReader): Complete<OngoingTopicReassignment> {
  const name = reader.string(true);
  const partitions: Complete<OngoingPartitionReassignment>[] = [];
  for (let left = reader.arrayLength(true, 8); left > 0; left -= 1) {
    partitions.push(decodeOngoingPartitionReassignment(reader));
  }
  const unknownTags = reader.unknownTags();
  return { name, partitions, unknownTags };
}

function decodeOngoingPartitionReassignment(reader: WireReader): Complete<OngoingPartitionReassignment> {
  const partitionIndex = reader.int32();
  const replicas = reader.int32s(true);
  const addingReplicas = reader.int32s(true);
  const removingReplicas = reader.int32s(true);
  const unknownTags = reader.unknownTags();
  return { partitionIndex, replicas, addingReplicas, removingReplicas, unknownTags };
}

/**
 * Encodes ListPartitionReassignmentsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeListPartitionReassignmentsResponse(writer: WireWriter, _version: number, message: ListPartitionReassignmentsResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, true);
  const topics = message.topics;
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeOngoingTopicReassignment(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeOngoingTopicReassignment(writer: WireWriter, message: OngoingTopicReassignment): void {
  writer.string(message.name, true);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, true);
  for (const element of partitions) encodeOngoingPartitionReassignment(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeOngoingPartitionReassignment(writer: WireWriter, message: OngoingPartitionReassignment): void {
  writer.int32(message.partitionIndex);
  writer.int32s(message.replicas, true);
  writer.int32s(message.addingReplicas, true);
  writer.int32s(message.removingReplicas, true);
  writer.unknownTags(message.unknownTags);
}
