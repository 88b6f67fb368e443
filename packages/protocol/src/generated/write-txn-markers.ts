// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of WriteTxnMarkers's request, versions 1 to 2. */
export interface WriteTxnMarkersRequest {
  readonly markers: readonly WritableTxnMarker[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of WriteTxnMarkersRequest. */
export interface WritableTxnMarker {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly transactionResult: boolean;
  readonly topics: readonly WritableTxnMarkerTopic[];
  readonly coordinatorEpoch: number;
  readonly transactionVersion: number; // 2+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of WriteTxnMarkersRequest. */
export interface WritableTxnMarkerTopic {
  readonly name: string;
  readonly partitionIndexes: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes WriteTxnMarkersRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeWriteTxnMarkersRequest(reader: WireReader, version: number): WriteTxnMarkersRequest {
  const markers: WritableTxnMarker[] = [];
  for (let left = reader.arrayLength(true, 17); left > 0; left -= 1) {
    markers.push(decodeWritableTxnMarker(reader, version));
  }
  const unknownTags = reader.unknownTags();
  return { markers, unknownTags };
}

function decodeWritableTxnMarker(reader: WireReader, version: number): WritableTxnMarker {
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const transactionResult = reader.boolean();
  const topics: WritableTxnMarkerTopic[] = [];
  for (let left = reader.arrayLength(true, 3); left > 0; left -= 1) {
    topics.push(decodeWritableTxnMarkerTopic(reader));
  }
  const coordinatorEpoch = reader.int32();
  const transactionVersion = version >= 2 ? reader.int8() : 0;
  const unknownTags = reader.unknownTags();
  return { producerId, producerEpoch, transactionResult, topics, coordinatorEpoch, transactionVersion, unknownTags };
}

function decodeWritableTxnMarkerTopic(reader: WireReader): WritableTxnMarkerTopic {
  const name = reader.string(true);
  const partitionIndexes = reader.int32s(true);
  const unknownTags = reader.unknownTags();
  return { name, partitionIndexes, unknownTags };
}

/**
 * Encodes WriteTxnMarkersRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeWriteTxnMarkersRequest(writer: WireWriter, version: number, message: Loose<WriteTxnMarkersRequest>): void {
  const markers = message.markers ?? [];
  writer.arrayLength(markers.length, true);
  for (const element of markers) encodeWritableTxnMarker(writer, version, element);
  writer.unknownTags(message.unknownTags);
}

function encodeWritableTxnMarker(writer: WireWriter, version: number, message: Loose<WritableTxnMarker>): void {
  writer.int64(message.producerId ?? 0);
  writer.int16(message.producerEpoch ?? 0);
  writer.boolean(message.transactionResult ?? false);
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeWritableTxnMarkerTopic(writer, element);
  writer.int32(message.coordinatorEpoch ?? 0);
  if (version >= 2) writer.int8(message.transactionVersion ?? 0);
  writer.unknownTags(message.unknownTags);
}

function encodeWritableTxnMarkerTopic(writer: WireWriter, message: Loose<WritableTxnMarkerTopic>): void {
  writer.string(message.name ?? "", true);
  writer.int32s(message.partitionIndexes ?? [], true);
  writer.unknownTags(message.unknownTags);
}

/** Body of WriteTxnMarkers's response, versions 1 to 2. */
export interface WriteTxnMarkersResponse {
  readonly markers: readonly WritableTxnMarkerResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of WriteTxnMarkersResponse. */
export interface WritableTxnMarkerResult {
  readonly producerId: number;
  readonly topics: readonly WritableTxnMarkerTopicResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of WriteTxnMarkersResponse. */
export interface WritableTxnMarkerTopicResult {
  readonly name: string;
  readonly partitions: readonly WritableTxnMarkerPartitionResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of WriteTxnMarkersResponse. */
export interface WritableTxnMarkerPartitionResult {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes WriteTxnMarkersResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeWriteTxnMarkersResponse(reader: WireReader, _version: number): Complete<WriteTxnMarkersResponse> {
  const markers: Complete<WritableTxnMarkerResult>[] = [];
  for (let left = reader.arrayLength(true, 10); left > 0; left -= 1) {
    markers.push(decodeWritableTxnMarkerResult(reader));
  }
  const unknownTags = reader.unknownTags();
  return { markers, unknownTags };
}

function decodeWritableTxnMarkerResult(reader: WireReader): Complete<WritableTxnMarkerResult> {
  const producerId = reader.int64();
  const topics: Complete<WritableTxnMarkerTopicResult>[] = [];
  for (let left = reader.arrayLength(true, 3); left > 0; left -= 1) {
    topics.push(decodeWritableTxnMarkerTopicResult(reader));
  }
  const unknownTags = reader.unknownTags();
  return { producerId, topics, unknownTags };
}

function decodeWritableTxnMarkerTopicResult(reader: WireReader): Complete<WritableTxnMarkerTopicResult> {
  const name = reader.string(true);
  const partitions: Complete<WritableTxnMarkerPartitionResult>[] = [];
  for (let left = reader.arrayLength(true, 7); left > 0; left -= 1) {
    partitions.push(decodeWritableTxnMarkerPartitionResult(reader));
  }
  const unknownTags = reader.unknownTags();
  return { name, partitions, unknownTags };
}

function decodeWritableTxnMarkerPartitionResult(reader: WireReader): Complete<WritableTxnMarkerPartitionResult> {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const unknownTags = reader.unknownTags();
  return { partitionIndex, errorCode, unknownTags };
}

/**
 * Encodes WriteTxnMarkersResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeWriteTxnMarkersResponse(writer: WireWriter, _version: number, message: WriteTxnMarkersResponse): void {
  const markers = message.markers;
  writer.arrayLength(markers.length, true);
  for (const element of markers) encodeWritableTxnMarkerResult(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeWritableTxnMarkerResult(writer: WireWriter, message: WritableTxnMarkerResult): void {
  writer.int64(message.producerId);
  const topics = message.topics;
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeWritableTxnMarkerTopicResult(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeWritableTxnMarkerTopicResult(writer: WireWriter, message: WritableTxnMarkerTopicResult): void {
  writer.string(message.name, true);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, true);
  for (const element of partitions) encodeWritableTxnMarkerPartitionResult(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeWritableTxnMarkerPartitionResult(writer: WireWriter, message: WritableTxnMarkerPartitionResult): void {
  writer.int32(message.partitionIndex);
  writer.int16(message.errorCode);
  writer.unknownTags(message.unknownTags);
}
