// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of DescribeLogDirs's request, versions 1 to 5. */
export interface DescribeLogDirsRequest {
  readonly topics: readonly DescribableLogDirTopic[] | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeLogDirsRequest. */
export interface DescribableLogDirTopic {
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeLogDirsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeLogDirsRequest(reader: WireReader, version: number): DescribeLogDirsRequest {
  const flexible = version >= 2;
  let topicsLeft = reader.nullableArrayLength(flexible, 2);
  const topics: DescribableLogDirTopic[] | null = topicsLeft < 0 ? null : [];
  for (; topicsLeft > 0; topicsLeft -= 1) topics?.push(decodeDescribableLogDirTopic(reader, version));
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { topics, unknownTags };
}

function decodeDescribableLogDirTopic(reader: WireReader, version: number): DescribableLogDirTopic {
  const flexible = version >= 2;
  const topic = reader.string(flexible);
  const partitions = reader.int32s(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { topic, partitions, unknownTags };
}

/**
 * Encodes DescribeLogDirsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeLogDirsRequest(writer: WireWriter, version: number, message: Loose<DescribeLogDirsRequest>): void {
  const flexible = version >= 2;
  const topics = message.topics === undefined ? [] : message.topics;
  writer.arrayLength(topics === null ? -1 : topics.length, flexible);
  if (topics !== null) for (const element of topics) encodeDescribableLogDirTopic(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDescribableLogDirTopic(writer: WireWriter, version: number, message: Loose<DescribableLogDirTopic>): void {
  const flexible = version >= 2;
  writer.string(message.topic ?? "", flexible);
  writer.int32s(message.partitions ?? [], flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of DescribeLogDirs's response, versions 1 to 5. */
export interface DescribeLogDirsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode?: number | undefined; // 3+
  readonly results: readonly DescribeLogDirsResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeLogDirsResponse. */
export interface DescribeLogDirsResult {
  readonly errorCode: number;
  readonly logDir: string;
  readonly topics: readonly DescribeLogDirsTopic[];
  readonly totalBytes?: number | undefined; // 4+
  readonly usableBytes?: number | undefined; // 4+
  readonly isCordoned?: boolean | undefined; // 5+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeLogDirsResponse. */
export interface DescribeLogDirsTopic {
  readonly name: string;
  readonly partitions: readonly DescribeLogDirsPartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeLogDirsResponse. */
export interface DescribeLogDirsPartition {
  readonly partitionIndex: number;
  readonly partitionSize: number;
  readonly offsetLag: number;
  readonly isFutureKey: boolean;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeLogDirsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeLogDirsResponse(reader: WireReader, version: number): Complete<DescribeLogDirsResponse> {
  const flexible = version >= 2;
  const throttleTimeMs = reader.int32();
  const errorCode = version >= 3 ? reader.int16() : 0;
  const results: Complete<DescribeLogDirsResult>[] = [];
  for (let left = reader.arrayLength(flexible, 4); left > 0; left -= 1) {
    results.push(decodeDescribeLogDirsResult(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, errorCode, results, unknownTags };
}

function decodeDescribeLogDirsResult(reader: WireReader, version: number): Complete<DescribeLogDirsResult> {
  const flexible = version >= 2;
  const errorCode = reader.int16();
  const logDir = reader.string(flexible);
  const topics: Complete<DescribeLogDirsTopic>[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    topics.push(decodeDescribeLogDirsTopic(reader, version));
  }
  const totalBytes = version >= 4 ? reader.int64() : -1;
  const usableBytes = version >= 4 ? reader.int64() : -1;
  const isCordoned = version >= 5 ? reader.boolean() : false;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { errorCode, logDir, topics, totalBytes, usableBytes, isCordoned, unknownTags };
}

function decodeDescribeLogDirsTopic(reader: WireReader, version: number): Complete<DescribeLogDirsTopic> {
  const flexible = version >= 2;
  const name = reader.string(flexible);
  const partitions: Complete<DescribeLogDirsPartition>[] = [];
  for (let left = reader.arrayLength(flexible, 21); left > 0; left -= 1) {
    partitions.push(decodeDescribeLogDirsPartition(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, partitions, unknownTags };
}

function decodeDescribeLogDirsPartition(reader: WireReader, version: number): Complete<DescribeLogDirsPartition> {
  const flexible = version >= 2;
  const partitionIndex = reader.int32();
  const partitionSize = reader.int64();
  const offsetLag = reader.int64();
  const isFutureKey = reader.boolean();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { partitionIndex, partitionSize, offsetLag, isFutureKey, unknownTags };
}

/**
 * Encodes DescribeLogDirsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeLogDirsResponse(writer: WireWriter, version: number, message: DescribeLogDirsResponse): void {
  const flexible = version >= 2;
  writer.int32(message.throttleTimeMs ?? 0);
  if (version >= 3) writer.int16(message.errorCode ?? 0);
  const results = message.results;
  writer.arrayLength(results.length, flexible);
  for (const element of results) encodeDescribeLogDirsResult(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDescribeLogDirsResult(writer: WireWriter, version: number, message: DescribeLogDirsResult): void {
  const flexible = version >= 2;
  writer.int16(message.errorCode);
  writer.string(message.logDir, flexible);
  const topics = message.topics;
  writer.arrayLength(topics.length, flexible);
  for (const element of topics) encodeDescribeLogDirsTopic(writer, version, element);
  if (version >= 4) writer.int64(message.totalBytes ?? -1);
  if (version >= 4) writer.int64(message.usableBytes ?? -1);
  if (version >= 5) writer.boolean(message.isCordoned ?? false);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDescribeLogDirsTopic(writer: WireWriter, version: number, message: DescribeLogDirsTopic): void {
  const flexible = version >= 2;
  writer.string(message.name, flexible);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, flexible);
  for (const element of partitions) encodeDescribeLogDirsPartition(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDescribeLogDirsPartition(writer: WireWriter, version: number, message: DescribeLogDirsPartition): void {
  const flexible = version >= 2;
  writer.int32(message.partitionIndex);
  writer.int64(message.partitionSize);
  writer.int64(message.offsetLag);
  writer.boolean(message.isFutureKey);
  if (flexible) writer.unknownTags(message.unknownTags);
}
