// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of Metadata's request, versions 0 to 13. */
export interface MetadataRequest {
  readonly topics: readonly MetadataRequestTopic[] | null;
  readonly allowAutoTopicCreation: boolean; // 4+
  readonly includeClusterAuthorizedOperations: boolean; // 8–10
  readonly includeTopicAuthorizedOperations: boolean; // 8+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of MetadataRequest. */
export interface MetadataRequestTopic {
  readonly topicId: string; // 10+
  readonly name: string | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes MetadataRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeMetadataRequest(reader: WireReader, version: number): MetadataRequest {
  const flexible = version >= 9;
  let topicsLeft = version >= 1 ? reader.nullableArrayLength(flexible, 1) : reader.arrayLength(flexible, 1);
  const topics: MetadataRequestTopic[] | null = topicsLeft < 0 ? null : [];
  for (; topicsLeft > 0; topicsLeft -= 1) topics?.push(decodeMetadataRequestTopic(reader, version));
  const allowAutoTopicCreation = version >= 4 ? reader.boolean() : true;
  const includeClusterAuthorizedOperations = version >= 8 && version <= 10 ? reader.boolean() : false;
  const includeTopicAuthorizedOperations = version >= 8 ? reader.boolean() : false;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { topics, allowAutoTopicCreation, includeClusterAuthorizedOperations, includeTopicAuthorizedOperations, unknownTags };
}

function decodeMetadataRequestTopic(reader: WireReader, version: number): MetadataRequestTopic {
  const flexible = version >= 9;
  const topicId = version >= 10 ? reader.uuid() : "AAAAAAAAAAAAAAAAAAAAAA";
  const name = version >= 10 ? reader.nullableString(flexible) : reader.string(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { topicId, name, unknownTags };
}

/**
 * Encodes MetadataRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeMetadataRequest(writer: WireWriter, version: number, message: Loose<MetadataRequest>): void {
  const flexible = version >= 9;
  const topics = message.topics === undefined ? [] : message.topics;
  writer.arrayLength(topics === null ? writer.nullLength(version >= 1) : topics.length, flexible);
  if (topics !== null) for (const element of topics) encodeMetadataRequestTopic(writer, version, element);
  if (version >= 4) writer.boolean(message.allowAutoTopicCreation ?? true);
  if (version >= 8 && version <= 10) writer.boolean(message.includeClusterAuthorizedOperations ?? false);
  if (version >= 8) writer.boolean(message.includeTopicAuthorizedOperations ?? false);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeMetadataRequestTopic(writer: WireWriter, version: number, message: Loose<MetadataRequestTopic>): void {
  const flexible = version >= 9;
  if (version >= 10) writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  if (version >= 10) writer.nullableString(message.name === undefined ? "" : message.name, flexible);
  else writer.string(message.name === undefined ? "" : message.name, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of Metadata's response, versions 0 to 13. */
export interface MetadataResponse {
  readonly throttleTimeMs?: number | undefined; // 3+
  readonly brokers: readonly MetadataResponseBroker[];
  readonly clusterId?: string | null | undefined; // 2+
  readonly controllerId?: number | undefined; // 1+
  readonly topics: readonly MetadataResponseTopic[];
  readonly clusterAuthorizedOperations?: number | undefined; // 8–10
  readonly errorCode?: number | undefined; // 13+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of MetadataResponse. */
export interface MetadataResponseBroker {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack?: string | null | undefined; // 1+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of MetadataResponse. */
export interface MetadataResponseTopic {
  readonly errorCode: number;
  readonly name: string | null;
  readonly topicId?: string | undefined; // 10+
  readonly isInternal?: boolean | undefined; // 1+
  readonly partitions: readonly MetadataResponsePartition[];
  readonly topicAuthorizedOperations?: number | undefined; // 8+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of MetadataResponse. */
export interface MetadataResponsePartition {
  readonly errorCode: number;
  readonly partitionIndex: number;
  readonly leaderId: number;
  readonly leaderEpoch?: number | undefined; // 7+
  readonly replicaNodes: readonly number[];
  readonly isrNodes: readonly number[];
  readonly offlineReplicas?: readonly number[] | undefined; // 5+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes MetadataResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeMetadataResponse(reader: WireReader, version: number): Complete<MetadataResponse> {
  const flexible = version >= 9;
  const throttleTimeMs = version >= 3 ? reader.int32() : 0;
  const brokers: Complete<MetadataResponseBroker>[] = [];
  for (let left = reader.arrayLength(flexible, 9); left > 0; left -= 1) {
    brokers.push(decodeMetadataResponseBroker(reader, version));
  }
  const clusterId = version >= 2 ? reader.nullableString(flexible) : null;
  const controllerId = version >= 1 ? reader.int32() : -1;
  const topics: Complete<MetadataResponseTopic>[] = [];
  for (let left = reader.arrayLength(flexible, 4); left > 0; left -= 1) {
    topics.push(decodeMetadataResponseTopic(reader, version));
  }
  const clusterAuthorizedOperations = version >= 8 && version <= 10 ? reader.int32() : -2147483648;
  const errorCode = version >= 13 ? reader.int16() : 0;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, brokers, clusterId, controllerId, topics, clusterAuthorizedOperations, errorCode, unknownTags };
}

function decodeMetadataResponseBroker(reader: WireReader, version: number): Complete<MetadataResponseBroker> {
  const flexible = version >= 9;
  const nodeId = reader.int32();
  const host = reader.string(flexible);
  const port = reader.int32();
  const rack = version >= 1 ? reader.nullableString(flexible) : null;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { nodeId, host, port, rack, unknownTags };
}

function decodeMetadataResponseTopic(reader: WireReader, version: number): Complete<MetadataResponseTopic> {
  const flexible = version >= 9;
  const errorCode = reader.int16();
  const name = version >= 12 ? reader.nullableString(flexible) : reader.string(flexible);
  const topicId = version >= 10 ? reader.uuid() : "AAAAAAAAAAAAAAAAAAAAAA";
  const isInternal = version >= 1 ? reader.boolean() : false;
  const partitions: Complete<MetadataResponsePartition>[] = [];
  for (let left = reader.arrayLength(flexible, 12); left > 0; left -= 1) {
    partitions.push(decodeMetadataResponsePartition(reader, version));
  }
  const topicAuthorizedOperations = version >= 8 ? reader.int32() : -2147483648;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { errorCode, name, topicId, isInternal, partitions, topicAuthorizedOperations, unknownTags };
}

function decodeMetadataResponsePartition(reader: WireReader, version: number): Complete<MetadataResponsePartition> {
  const flexible = version >= 9;
  const errorCode = reader.int16();
  const partitionIndex = reader.int32();
  const leaderId = reader.int32();
  const leaderEpoch = version >= 7 ? reader.int32() : -1;
  const replicaNodes = reader.int32s(flexible);
  const isrNodes = reader.int32s(flexible);
  const offlineReplicas = version >= 5 ? reader.int32s(flexible) : [];
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { errorCode, partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes, offlineReplicas, unknownTags };
}

/**
 * Encodes MetadataResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeMetadataResponse(writer: WireWriter, version: number, message: MetadataResponse): void {
  const flexible = version >= 9;
  if (version >= 3) writer.int32(message.throttleTimeMs ?? 0);
  const brokers = message.brokers;
  writer.arrayLength(brokers.length, flexible);
  for (const element of brokers) encodeMetadataResponseBroker(writer, version, element);
  if (version >= 2) writer.nullableString(message.clusterId ?? null, flexible);
  if (version >= 1) writer.int32(message.controllerId ?? -1);
  const topics = message.topics;
  writer.arrayLength(topics.length, flexible);
  for (const element of topics) encodeMetadataResponseTopic(writer, version, element);
  if (version >= 8 && version <= 10) writer.int32(message.clusterAuthorizedOperations ?? -2147483648);
  if (version >= 13) writer.int16(message.errorCode ?? 0);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeMetadataResponseBroker(writer: WireWriter, version: number, message: MetadataResponseBroker): void {
  const flexible = version >= 9;
  writer.int32(message.nodeId);
  writer.string(message.host, flexible);
  writer.int32(message.port);
  if (version >= 1) writer.nullableString(message.rack ?? null, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeMetadataResponseTopic(writer: WireWriter, version: number, message: MetadataResponseTopic): void {
  const flexible = version >= 9;
  writer.int16(message.errorCode);
  if (version >= 12) writer.nullableString(message.name, flexible);
  else writer.string(message.name, flexible);
  if (version >= 10) writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  if (version >= 1) writer.boolean(message.isInternal ?? false);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, flexible);
  for (const element of partitions) encodeMetadataResponsePartition(writer, version, element);
  if (version >= 8) writer.int32(message.topicAuthorizedOperations ?? -2147483648);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeMetadataResponsePartition(writer: WireWriter, version: number, message: MetadataResponsePartition): void {
  const flexible = version >= 9;
  writer.int16(message.errorCode);
  writer.int32(message.partitionIndex);
  writer.int32(message.leaderId);
  if (version >= 7) writer.int32(message.leaderEpoch ?? -1);
  writer.int32s(message.replicaNodes, flexible);
  writer.int32s(message.isrNodes, flexible);
  if (version >= 5) writer.int32s(message.offlineReplicas ?? [], flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}
