// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of AlterReplicaLogDirs's request, versions 1 to 2. */
export interface AlterReplicaLogDirsRequest {
  readonly dirs: readonly AlterReplicaLogDir[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterReplicaLogDirsRequest. */
export interface AlterReplicaLogDir {
  readonly path: string;
  readonly topics: readonly AlterReplicaLogDirTopic[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterReplicaLogDirsRequest. */
export interface AlterReplicaLogDirTopic {
  readonly name: string;
  readonly partitions: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes AlterReplicaLogDirsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeAlterReplicaLogDirsRequest(reader: WireReader, version: number): AlterReplicaLogDirsRequest {
  const flexible = version >= 2;
  const dirs: AlterReplicaLogDir[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    dirs.push(decodeAlterReplicaLogDir(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { dirs, unknownTags };
}

function decodeAlterReplicaLogDir(reader: WireReader, version: number): AlterReplicaLogDir {
  const flexible = version >= 2;
  const path = reader.string(flexible);
  const topics: AlterReplicaLogDirTopic[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    topics.push(decodeAlterReplicaLogDirTopic(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { path, topics, unknownTags };
}

function decodeAlterReplicaLogDirTopic(reader: WireReader, version: number): AlterReplicaLogDirTopic {
  const flexible = version >= 2;
  const name = reader.string(flexible);
  const partitions = reader.int32s(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, partitions, unknownTags };
}

/**
 * Encodes AlterReplicaLogDirsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeAlterReplicaLogDirsRequest(writer: WireWriter, version: number, message: Loose<AlterReplicaLogDirsRequest>): void {
  const flexible = version >= 2;
  const dirs = message.dirs ?? [];
  writer.arrayLength(dirs.length, flexible);
  for (const element of dirs) encodeAlterReplicaLogDir(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeAlterReplicaLogDir(writer: WireWriter, version: number, message: Loose<AlterReplicaLogDir>): void {
  const flexible = version >= 2;
  writer.string(message.path ?? "", flexible);
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, flexible);
  for (const element of topics) encodeAlterReplicaLogDirTopic(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeAlterReplicaLogDirTopic(writer: WireWriter, version: number, message: Loose<AlterReplicaLogDirTopic>): void {
  const flexible = version >= 2;
  writer.string(message.name ?? "", flexible);
  writer.int32s(message.partitions ?? [], flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of AlterReplicaLogDirs's response, versions 1 to 2. */
export interface AlterReplicaLogDirsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly results: readonly AlterReplicaLogDirTopicResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterReplicaLogDirsResponse. */
export interface AlterReplicaLogDirTopicResult {
  readonly topicName: string;
  readonly partitions: readonly AlterReplicaLogDirPartitionResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterReplicaLogDirsResponse. */
export interface AlterReplicaLogDirPartitionResult {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes AlterReplicaLogDirsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeAlterReplicaLogDirsResponse(reader: WireReader, version: number): Complete<AlterReplicaLogDirsResponse> {
  const flexible = version >= 2;
  const throttleTimeMs = reader.int32();
  const results: Complete<AlterReplicaLogDirTopicResult>[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    results.push(decodeAlterReplicaLogDirTopicResult(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, results, unknownTags };
}

function decodeAlterReplicaLogDirTopicResult(reader: WireReader, version: number): Complete<AlterReplicaLogDirTopicResult> {
  const flexible = version >= 2;
  const topicName = reader.string(flexible);
  const partitions: Complete<AlterReplicaLogDirPartitionResult>[] = [];
  for (let left = reader.arrayLength(flexible, 6); left > 0; left -= 1) {
    partitions.push(decodeAlterReplicaLogDirPartitionResult(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { topicName, partitions, unknownTags };
}

function decodeAlterReplicaLogDirPartitionResult(reader: WireReader, version: number): Complete<AlterReplicaLogDirPartitionResult> {
  const flexible = version >= 2;
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { partitionIndex, errorCode, unknownTags };
}

/**
 * Encodes AlterReplicaLogDirsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeAlterReplicaLogDirsResponse(writer: WireWriter, version: number, message: AlterReplicaLogDirsResponse): void {
  const flexible = version >= 2;
  writer.int32(message.throttleTimeMs ?? 0);
  const results = message.results;
  writer.arrayLength(results.length, flexible);
  for (const element of results) encodeAlterReplicaLogDirTopicResult(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeAlterReplicaLogDirTopicResult(writer: WireWriter, version: number, message: AlterReplicaLogDirTopicResult): void {
  const flexible = version >= 2;
  writer.string(message.topicName, flexible);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, flexible);
  for (const element of partitions) encodeAlterReplicaLogDirPartitionResult(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeAlterReplicaLogDirPartitionResult(writer: WireWriter, version: number, message: AlterReplicaLogDirPartitionResult): void {
  const flexible = version >= 2;
  writer.int32(message.partitionIndex);
  writer.int16(message.errorCode);
  if (flexible) writer.unknownTags(message.unknownTags);
}
