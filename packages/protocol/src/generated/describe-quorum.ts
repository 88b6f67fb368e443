// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of DescribeQuorum's request, versions 0 to 2. */
export interface DescribeQuorumRequest {
  readonly topics: readonly QuorumTopic[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeQuorumRequest. */
export interface QuorumTopic {
  readonly topicName: string;
  readonly partitions: readonly QuorumPartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeQuorumRequest. */
export interface QuorumPartition {
  readonly partitionIndex: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeQuorumRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeQuorumRequest(reader: WireReader, _version: number): DescribeQuorumRequest {
  const topics: QuorumTopic[] = [];
  for (let left = reader.arrayLength(true, 3); left > 0; left -= 1) {
    topics.push(decodeQuorumTopic(reader));
  }
  const unknownTags = reader.unknownTags();
  return { topics, unknownTags };
}

function decodeQuorumTopic(reader: WireReader): QuorumTopic {
  const topicName = reader.string(true);
  const partitions: QuorumPartition[] = [];
  for (let left = reader.arrayLength(true, 5); left > 0; left -= 1) {
    partitions.push(decodeQuorumPartition(reader));
  }
  const unknownTags = reader.unknownTags();
  return { topicName, partitions, unknownTags };
}

function decodeQuorumPartition(reader: WireReader): QuorumPartition {
  const partitionIndex = reader.int32();
  const unknownTags = reader.unknownTags();
  return { partitionIndex, unknownTags };
}

/**
 * Encodes DescribeQuorumRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeQuorumRequest(writer: WireWriter, _version: number, message: Loose<DescribeQuorumRequest>): void {
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeQuorumTopic(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeQuorumTopic(writer: WireWriter, message: Loose<QuorumTopic>): void {
  writer.string(message.topicName ?? "", true);
  const partitions = message.partitions ?? [];
  writer.arrayLength(partitions.length, true);
  for (const element of partitions) encodeQuorumPartition(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeQuorumPartition(writer: WireWriter, message: Loose<QuorumPartition>): void {
  writer.int32(message.partitionIndex ?? 0);
  writer.unknownTags(message.unknownTags);
}

/** Body of DescribeQuorum's response, versions 0 to 2. */
export interface DescribeQuorumResponse {
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined; // 2+
  readonly topics: readonly DescribedQuorumTopic[];
  readonly nodes?: readonly QuorumNode[] | undefined; // 2+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeQuorumResponse. */
export interface DescribedQuorumTopic {
  readonly topicName: string;
  readonly partitions: readonly DescribedQuorumPartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeQuorumResponse. */
export interface DescribedQuorumPartition {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined; // 2+
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly highWatermark: number;
  readonly currentVoters: readonly QuorumReplica[];
  readonly observers: readonly QuorumReplica[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeQuorumResponse. */
export interface QuorumReplica {
  readonly replicaId: number;
  readonly replicaDirectoryId?: string | undefined; // 2+
  readonly logEndOffset: number;
  readonly lastFetchTimestamp?: number | undefined; // 1+
  readonly lastCaughtUpTimestamp?: number | undefined; // 1+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeQuorumResponse. */
export interface QuorumNode {
  readonly nodeId: number;
  readonly listeners: readonly QuorumListener[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeQuorumResponse. */
export interface QuorumListener {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeQuorumResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeQuorumResponse(reader: WireReader, version: number): Complete<DescribeQuorumResponse> {
  const errorCode = reader.int16();
  const errorMessage = version >= 2 ? reader.nullableString(true) : null;
  const topics: Complete<DescribedQuorumTopic>[] = [];
  for (let left = reader.arrayLength(true, 3); left > 0; left -= 1) {
    topics.push(decodeDescribedQuorumTopic(reader, version));
  }
  const nodes: Complete<QuorumNode>[] = [];
  if (version >= 2) {
    for (let left = reader.arrayLength(true, 6); left > 0; left -= 1) {
      nodes.push(decodeQuorumNode(reader));
    }
  }
  const unknownTags = reader.unknownTags();
  return { errorCode, errorMessage, topics, nodes, unknownTags };
}

function decodeDescribedQuorumTopic(reader: WireReader, version: number): Complete<DescribedQuorumTopic> {
  const topicName = reader.string(true);
  const partitions: Complete<DescribedQuorumPartition>[] = [];
  for (let left = reader.arrayLength(true, 25); left > 0; left -= 1) {
    partitions.push(decodeDescribedQuorumPartition(reader, version));
  }
  const unknownTags = reader.unknownTags();
  return { topicName, partitions, unknownTags };
}

function decodeDescribedQuorumPartition(reader: WireReader, version: number): Complete<DescribedQuorumPartition> {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = version >= 2 ? reader.nullableString(true) : null;
  const leaderId = reader.int32();
  const leaderEpoch = reader.int32();
  const highWatermark = reader.int64();
  const currentVoters: Complete<QuorumReplica>[] = [];
  for (let left = reader.arrayLength(true, 13); left > 0; left -= 1) {
    currentVoters.push(decodeQuorumReplica(reader, version));
  }
  const observers: Complete<QuorumReplica>[] = [];
  for (let left = reader.arrayLength(true, 13); left > 0; left -= 1) {
    observers.push(decodeQuorumReplica(reader, version));
  }
  const unknownTags = reader.unknownTags();
  return {
    partitionIndex,
    errorCode,
    errorMessage,
    leaderId,
    leaderEpoch,
    highWatermark,
    currentVoters,
    observers,
    unknownTags,
  };
}

function decodeQuorumReplica(reader: WireReader, version: number): Complete<QuorumReplica> {
  const replicaId = reader.int32();
  const replicaDirectoryId = version >= 2 ? reader.uuid() : "AAAAAAAAAAAAAAAAAAAAAA";
  const logEndOffset = reader.int64();
  const lastFetchTimestamp = version >= 1 ? reader.int64() : -1;
  const lastCaughtUpTimestamp = version >= 1 ? reader.int64() : -1;
  const unknownTags = reader.unknownTags();
  return { replicaId, replicaDirectoryId, logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp, unknownTags };
}

function decodeQuorumNode(reader: WireReader): Complete<QuorumNode> {
  const nodeId = reader.int32();
  const listeners: Complete<QuorumListener>[] = [];
  for (let left = reader.arrayLength(true, 5); left > 0; left -= 1) {
    listeners.push(decodeQuorumListener(reader));
  }
  const unknownTags = reader.unknownTags();
  return { nodeId, listeners, unknownTags };
}

function decodeQuorumListener(reader: WireReader): Complete<QuorumListener> {
  const name = reader.string(true);
  const host = reader.string(true);
  const port = reader.uint16();
  const unknownTags = reader.unknownTags();
  return { name, host, port, unknownTags };
}

/**
 * Encodes DescribeQuorumResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeQuorumResponse(writer: WireWriter, version: number, message: DescribeQuorumResponse): void {
  writer.int16(message.errorCode);
  if (version >= 2) writer.nullableString(message.errorMessage ?? null, true);
  const topics = message.topics;
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeDescribedQuorumTopic(writer, version, element);
  if (version >= 2) {
    const nodes = message.nodes ?? [];
    writer.arrayLength(nodes.length, true);
    for (const element of nodes) encodeQuorumNode(writer, element);
  }
  writer.unknownTags(message.unknownTags);
}

function encodeDescribedQuorumTopic(writer: WireWriter, version: number, message: DescribedQuorumTopic): void {
  writer.string(message.topicName, true);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, true);
  for (const element of partitions) encodeDescribedQuorumPartition(writer, version, element);
  writer.unknownTags(message.unknownTags);
}

function encodeDescribedQuorumPartition(writer: WireWriter, version: number, message: DescribedQuorumPartition): void {
  writer.int32(message.partitionIndex);
  writer.int16(message.errorCode);
  if (version >= 2) writer.nullableString(message.errorMessage ?? null, true);
  writer.int32(message.leaderId);
  writer.int32(message.leaderEpoch);
  writer.int64(message.highWatermark);
  const currentVoters = message.currentVoters;
  writer.arrayLength(currentVoters.length, true);
  for (const element of currentVoters) encodeQuorumReplica(writer, version, element);
  const observers = message.observers;
  writer.arrayLength(observers.length, true);
  for (const element of observers) encodeQuorumReplica(writer, version, element);
  writer.unknownTags(message.unknownTags);
}

function encodeQuorumReplica(writer: WireWriter, version: number, message: QuorumReplica): void {
  writer.int32(message.replicaId);
  if (version >= 2) writer.uuid(message.replicaDirectoryId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  writer.int64(message.logEndOffset);
  if (version >= 1) writer.int64(message.lastFetchTimestamp ?? -1);
  if (version >= 1) writer.int64(message.lastCaughtUpTimestamp ?? -1);
  writer.unknownTags(message.unknownTags);
}

function encodeQuorumNode(writer: WireWriter, message: QuorumNode): void {
  writer.int32(message.nodeId);
  const listeners = message.listeners;
  writer.arrayLength(listeners.length, true);
  for (const element of listeners) encodeQuorumListener(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeQuorumListener(writer: WireWriter, message: QuorumListener): void {
  writer.string(message.name, true);
  writer.string(message.host, true);
  writer.uint16(message.port);
  writer.unknownTags(message.unknownTags);
}
