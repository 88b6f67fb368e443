// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of DescribeProducers's request, versions 0 to 0. */
export interface DescribeProducersRequest {
  readonly topics: readonly DescribeProducersTopicRequest[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeProducersRequest. */
export interface DescribeProducersTopicRequest {
  readonly name: string;
  readonly partitionIndexes: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeProducersRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeProducersRequest(reader: WireReader, _version: number): DescribeProducersRequest {
  const topics: DescribeProducersTopicRequest[] = [];
  for (let left = reader.arrayLength(true, 3); left > 0; left -= 1) {
    topics.push(decodeDescribeProducersTopicRequest(reader));
  }
  const unknownTags = reader.unknownTags();
  return { topics, unknownTags };
}

function decodeDescribeProducersTopicRequest(reader: WireReader): DescribeProducersTopicRequest {
  const name = reader.string(true);
  const partitionIndexes = reader.int32s(true);
  const unknownTags = reader.unknownTags();
  return { name, partitionIndexes, unknownTags };
}

/**
 * Encodes DescribeProducersRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeProducersRequest(writer: WireWriter, _version: number, message: Loose<DescribeProducersRequest>): void {
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeDescribeProducersTopicRequest(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeDescribeProducersTopicRequest(writer: WireWriter, message: Loose<DescribeProducersTopicRequest>): void {
  writer.string(message.name ?? "", true);
  writer.int32s(message.partitionIndexes ?? [], true);
  writer.unknownTags(message.unknownTags);
}

/** Body of DescribeProducers's response, versions 0 to 0. */
export interface DescribeProducersResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly topics: readonly TopicResponse[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeProducersResponse. */
export interface TopicResponse {
  readonly name: string;
  readonly partitions: readonly PartitionResponse[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeProducersResponse. */
export interface PartitionResponse {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly activeProducers: readonly ProducerState[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeProducersResponse. */
export interface ProducerState {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly lastSequence?: number | undefined;
  readonly lastTimestamp?: number | undefined;
  readonly coordinatorEpoch: number;
  readonly currentTxnStartOffset?: number | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeProducersResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeProducersResponse(reader: WireReader, _version: number): Complete<DescribeProducersResponse> {
  const throttleTimeMs = reader.int32();
  const topics: Complete<TopicResponse>[] = [];
  for (let left = reader.arrayLength(true, 3); left > 0; left -= 1) {
    topics.push(decodeTopicResponse(reader));
  }
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, topics, unknownTags };
}

function decodeTopicResponse(reader: WireReader): Complete<TopicResponse> {
  const name = reader.string(true);
  const partitions: Complete<PartitionResponse>[] = [];
  for (let left = reader.arrayLength(true, 9); left > 0; left -= 1) {
    partitions.push(decodePartitionResponse(reader));
  }
  const unknownTags = reader.unknownTags();
  return { name, partitions, unknownTags };
}

function decodePartitionResponse(reader: WireReader): Complete<PartitionResponse> {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const activeProducers: Complete<ProducerState>[] = [];
  for (let left = reader.arrayLength(true, 37); left > 0; left -= 1) {
    activeProducers.push(decodeProducerState(reader));
  }
  const unknownTags = reader.unknownTags();
  return { partitionIndex, errorCode, errorMessage, activeProducers, unknownTags };
}

function decodeProducerState(reader: WireReader): Complete<ProducerState> {
  const producerId = reader.int64();
  const producerEpoch = reader.int32();
  const lastSequence = reader.int32();
  const lastTimestamp = reader.int64();
  const coordinatorEpoch = reader.int32();
  const currentTxnStartOffset = reader.int64();
  const unknownTags = reader.unknownTags();
  return { producerId, producerEpoch, lastSequence, lastTimestamp, coordinatorEpoch, currentTxnStartOffset, unknownTags };
}

/**
 * Encodes DescribeProducersResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeProducersResponse(writer: WireWriter, _version: number, message: DescribeProducersResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  const topics = message.topics;
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeTopicResponse(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeTopicResponse(writer: WireWriter, message: TopicResponse): void {
  writer.string(message.name, true);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, true);
  for (const element of partitions) encodePartitionResponse(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodePartitionResponse(writer: WireWriter, message: PartitionResponse): void {
  writer.int32(message.partitionIndex);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  const activeProducers = message.activeProducers;
  writer.arrayLength(activeProducers.length, true);
  for (const element of activeProducers) encodeProducerState(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeProducerState(writer: WireWriter, message: ProducerState): void {
  writer.int64(message.producerId);
  writer.int32(message.producerEpoch);
  writer.int32(message.lastSequence ?? -1);
  writer.int64(message.lastTimestamp ?? -1);
  writer.int32(message.coordinatorEpoch);
  writer.int64(message.currentTxnStartOffset ?? -1);
  writer.unknownTags(message.unknownTags);
}
