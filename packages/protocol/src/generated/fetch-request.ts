// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of Fetch's request, versions 4 to 18. */
export interface FetchRequest {
  readonly clusterId: string | null; // 12+
  readonly replicaId: number; // 4–14
  readonly replicaState: ReplicaState; // 15+
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolationLevel: number;
  readonly sessionId: number; // 7+
  readonly sessionEpoch: number; // 7+
  readonly topics: readonly FetchFetchTopic[];
  readonly forgottenTopicsData: readonly FetchForgottenTopic[]; // 7+
  readonly rackId: string; // 11+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of FetchRequest. */
export interface ReplicaState {
  readonly replicaId: number;
  readonly replicaEpoch: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of FetchRequest. */
export interface FetchFetchTopic {
  readonly topic: string; // 4–12
  readonly topicId: string; // 13+
  readonly partitions: readonly FetchFetchPartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of FetchRequest. */
export interface FetchFetchPartition {
  readonly partition: number;
  readonly currentLeaderEpoch: number; // 9+
  readonly fetchOffset: number;
  readonly lastFetchedEpoch: number; // 12+
  readonly logStartOffset: number; // 5+
  readonly partitionMaxBytes: number;
  readonly replicaDirectoryId: string; // 17+
  readonly highWatermark: number; // 18+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of FetchRequest. */
export interface FetchForgottenTopic {
  readonly topic: string; // 7–12
  readonly topicId: string; // 13+
  readonly partitions: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

const DEFAULT_REPLICA_STATE: ReplicaState = { replicaId: -1, replicaEpoch: -1 };

/**
 * Decodes FetchRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeFetchRequest(reader: WireReader, version: number): FetchRequest {
  const flexible = version >= 12;
  const replicaId = version <= 14 ? reader.int32() : -1;
  const maxWaitMs = reader.int32();
  const minBytes = reader.int32();
  const maxBytes = reader.int32();
  const isolationLevel = reader.int8();
  const sessionId = version >= 7 ? reader.int32() : 0;
  const sessionEpoch = version >= 7 ? reader.int32() : -1;
  const topics: FetchFetchTopic[] = [];
  for (let left = reader.arrayLength(flexible, 1); left > 0; left -= 1) {
    topics.push(decodeFetchFetchTopic(reader, version));
  }
  const forgottenTopicsData: FetchForgottenTopic[] = [];
  if (version >= 7) {
    for (let left = reader.arrayLength(flexible, 1); left > 0; left -= 1) {
      forgottenTopicsData.push(decodeFetchForgottenTopic(reader, version));
    }
  }
  const rackId = version >= 11 ? reader.string(flexible) : "";
  let clusterId: string | null = null;
  let replicaState: ReplicaState = DEFAULT_REPLICA_STATE;
  let unknownTags: UnknownTag[] | undefined;
  if (flexible) {
    for (let left = reader.tagCount(); left > 0; left -= 1) {
      const tag = reader.uvarint();
      const tagEnd = reader.tagEnd();
      if (tag === 0) {
        clusterId = reader.nullableString(flexible);
        reader.endTag(tagEnd);
      } else if (tag === 1 && version >= 15) {
        replicaState = decodeReplicaState(reader);
        reader.endTag(tagEnd);
      } else (unknownTags ??= []).push(reader.unknownTag(tag, tagEnd));
    }
  }
  return {
    clusterId,
    replicaId,
    replicaState,
    maxWaitMs,
    minBytes,
    maxBytes,
    isolationLevel,
    sessionId,
    sessionEpoch,
    topics,
    forgottenTopicsData,
    rackId,
    unknownTags,
  };
}

function decodeReplicaState(reader: WireReader): ReplicaState {
  const replicaId = reader.int32();
  const replicaEpoch = reader.int64();
  const unknownTags = reader.unknownTags();
  return { replicaId, replicaEpoch, unknownTags };
}

function decodeFetchFetchTopic(reader: WireReader, version: number): FetchFetchTopic {
  const flexible = version >= 12;
  const topic = version <= 12 ? reader.string(flexible) : "";
  const topicId = version >= 13 ? reader.uuid() : "AAAAAAAAAAAAAAAAAAAAAA";
  const partitions: FetchFetchPartition[] = [];
  for (let left = reader.arrayLength(flexible, 16); left > 0; left -= 1) {
    partitions.push(decodeFetchFetchPartition(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { topic, topicId, partitions, unknownTags };
}

function decodeFetchFetchPartition(reader: WireReader, version: number): FetchFetchPartition {
  const flexible = version >= 12;
  const partition = reader.int32();
  const currentLeaderEpoch = version >= 9 ? reader.int32() : -1;
  const fetchOffset = reader.int64();
  const lastFetchedEpoch = version >= 12 ? reader.int32() : -1;
  const logStartOffset = version >= 5 ? reader.int64() : -1;
  const partitionMaxBytes = reader.int32();
  let replicaDirectoryId = "AAAAAAAAAAAAAAAAAAAAAA";
  let highWatermark: number = 2 ** 63;
  let unknownTags: UnknownTag[] | undefined;
  if (flexible) {
    for (let left = reader.tagCount(); left > 0; left -= 1) {
      const tag = reader.uvarint();
      const tagEnd = reader.tagEnd();
      if (tag === 0 && version >= 17) {
        replicaDirectoryId = reader.uuid();
        reader.endTag(tagEnd);
      } else if (tag === 1 && version >= 18) {
        highWatermark = reader.int64();
        reader.endTag(tagEnd);
      } else (unknownTags ??= []).push(reader.unknownTag(tag, tagEnd));
    }
  }
  return {
    partition,
    currentLeaderEpoch,
    fetchOffset,
    lastFetchedEpoch,
    logStartOffset,
    partitionMaxBytes,
    replicaDirectoryId,
    highWatermark,
    unknownTags,
  };
}

function decodeFetchForgottenTopic(reader: WireReader, version: number): FetchForgottenTopic {
  const flexible = version >= 12;
  const topic = version <= 12 ? reader.string(flexible) : "";
  const topicId = version >= 13 ? reader.uuid() : "AAAAAAAAAAAAAAAAAAAAAA";
  const partitions = reader.int32s(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { topic, topicId, partitions, unknownTags };
}

/**
 * Encodes FetchRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeFetchRequest(writer: WireWriter, version: number, message: Loose<FetchRequest>): void {
  const flexible = version >= 12;
  if (version <= 14) writer.int32(message.replicaId ?? -1);
  writer.int32(message.maxWaitMs ?? 0);
  writer.int32(message.minBytes ?? 0);
  writer.int32(message.maxBytes ?? 2147483647);
  writer.int8(message.isolationLevel ?? 0);
  if (version >= 7) writer.int32(message.sessionId ?? 0);
  if (version >= 7) writer.int32(message.sessionEpoch ?? -1);
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, flexible);
  for (const element of topics) encodeFetchFetchTopic(writer, version, element);
  if (version >= 7) {
    const forgottenTopicsData = message.forgottenTopicsData ?? [];
    writer.arrayLength(forgottenTopicsData.length, flexible);
    for (const element of forgottenTopicsData) encodeFetchForgottenTopic(writer, version, element);
  }
  if (version >= 11) writer.string(message.rackId ?? "", flexible);
  if (flexible) {
    const clusterId = message.clusterId ?? null;
    const hasClusterId = clusterId !== null;
    const replicaState = message.replicaState;
    const hasReplicaState = version >= 15 && replicaState !== undefined && ((replicaState.replicaId ?? -1) !== -1 || (replicaState.replicaEpoch ?? -1) !== -1);
    writer.uvarint((hasClusterId ? 1 : 0) + (hasReplicaState ? 1 : 0) + (message.unknownTags?.length ?? 0));
    if (hasClusterId) {
      const clusterIdTag = writer.beginTag(0);
      writer.string(clusterId, flexible);
      writer.endTag(clusterIdTag);
    }
    if (hasReplicaState) {
      const replicaStateTag = writer.beginTag(1);
      encodeReplicaState(writer, replicaState);
      writer.endTag(replicaStateTag);
    }
    writer.appendTags(message.unknownTags);
  }
}

function encodeReplicaState(writer: WireWriter, message: Loose<ReplicaState>): void {
  writer.int32(message.replicaId ?? -1);
  writer.int64(message.replicaEpoch ?? -1);
  writer.unknownTags(message.unknownTags);
}

function encodeFetchFetchTopic(writer: WireWriter, version: number, message: Loose<FetchFetchTopic>): void {
  const flexible = version >= 12;
  if (version <= 12) writer.string(message.topic ?? "", flexible);
  if (version >= 13) writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  const partitions = message.partitions ?? [];
  writer.arrayLength(partitions.length, flexible);
  for (const element of partitions) encodeFetchFetchPartition(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeFetchFetchPartition(writer: WireWriter, version: number, message: Loose<FetchFetchPartition>): void {
  const flexible = version >= 12;
  writer.int32(message.partition ?? 0);
  if (version >= 9) writer.int32(message.currentLeaderEpoch ?? -1);
  writer.int64(message.fetchOffset ?? 0);
  if (version >= 12) writer.int32(message.lastFetchedEpoch ?? -1);
  if (version >= 5) writer.int64(message.logStartOffset ?? -1);
  writer.int32(message.partitionMaxBytes ?? 0);
  if (flexible) {
    const replicaDirectoryId = message.replicaDirectoryId ?? "AAAAAAAAAAAAAAAAAAAAAA";
    const hasReplicaDirectoryId = version >= 17 && replicaDirectoryId !== "AAAAAAAAAAAAAAAAAAAAAA";
    const highWatermark = message.highWatermark ?? 2 ** 63;
    const hasHighWatermark = version >= 18 && highWatermark !== 2 ** 63;
    writer.uvarint((hasReplicaDirectoryId ? 1 : 0) + (hasHighWatermark ? 1 : 0) + (message.unknownTags?.length ?? 0));
    if (hasReplicaDirectoryId) {
      const replicaDirectoryIdTag = writer.beginTag(0);
      writer.uuid(replicaDirectoryId);
      writer.endTag(replicaDirectoryIdTag);
    }
    if (hasHighWatermark) {
      const highWatermarkTag = writer.beginTag(1);
      writer.int64(highWatermark);
      writer.endTag(highWatermarkTag);
    }
    writer.appendTags(message.unknownTags);
  }
}

function encodeFetchForgottenTopic(writer: WireWriter, version: number, message: Loose<FetchForgottenTopic>): void {
  const flexible = version >= 12;
  if (version <= 12) writer.string(message.topic ?? "", flexible);
  if (version >= 13) writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  writer.int32s(message.partitions ?? [], flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}
