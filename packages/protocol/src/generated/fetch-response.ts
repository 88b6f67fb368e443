// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, RecordBytes, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of Fetch's response, versions 4 to 18. */
export interface FetchResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode?: number | undefined; // 7+
  readonly sessionId?: number | undefined; // 7+
  readonly responses: readonly FetchableTopicResponse[];
  readonly nodeEndpoints?: readonly FetchNodeEndpoint[] | undefined; // 16+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of FetchResponse. */
export interface FetchableTopicResponse {
  readonly topic?: string | undefined; // 4–12
  readonly topicId?: string | undefined; // 13+
  readonly partitions: readonly FetchPartitionData[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of FetchResponse. */
export interface FetchPartitionData {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset?: number | undefined;
  readonly logStartOffset?: number | undefined; // 5+
  readonly divergingEpoch?: FetchEpochEndOffset | undefined; // 12+
  readonly currentLeader?: FetchLeaderIdAndEpoch | undefined; // 12+
  readonly snapshotId?: SnapshotId | undefined; // 12+
  readonly abortedTransactions: readonly AbortedTransaction[] | null;
  readonly preferredReadReplica?: number | undefined; // 11+
  readonly records?: RecordBytes | null | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of FetchResponse. */
export interface FetchEpochEndOffset {
  readonly epoch?: number | undefined;
  readonly endOffset?: number | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of FetchResponse. */
export interface FetchLeaderIdAndEpoch {
  readonly leaderId?: number | undefined;
  readonly leaderEpoch?: number | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of FetchResponse. */
export interface SnapshotId {
  readonly endOffset?: number | undefined;
  readonly epoch?: number | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of FetchResponse. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of FetchResponse. */
export interface FetchNodeEndpoint {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack?: string | null | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

const DEFAULT_FETCH_EPOCH_END_OFFSET: Complete<FetchEpochEndOffset> = { epoch: -1, endOffset: -1 };

const DEFAULT_FETCH_LEADER_ID_AND_EPOCH: Complete<FetchLeaderIdAndEpoch> = { leaderId: -1, leaderEpoch: -1 };

const DEFAULT_SNAPSHOT_ID: Complete<SnapshotId> = { endOffset: -1, epoch: -1 };

/**
 * Decodes FetchResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeFetchResponse(reader: WireReader, version: number): Complete<FetchResponse> {
  const flexible = version >= 12;
  const throttleTimeMs = reader.int32();
  const errorCode = version >= 7 ? reader.int16() : 0;
  const sessionId = version >= 7 ? reader.int32() : 0;
  const responses: Complete<FetchableTopicResponse>[] = [];
  for (let left = reader.arrayLength(flexible, 1); left > 0; left -= 1) {
    responses.push(decodeFetchableTopicResponse(reader, version));
  }
  let nodeEndpoints: Complete<FetchNodeEndpoint>[] = [];
  let unknownTags: UnknownTag[] | undefined;
  if (flexible) {
    for (let left = reader.tagCount(); left > 0; left -= 1) {
      const tag = reader.uvarint();
      const tagEnd = reader.tagEnd();
      if (tag === 0 && version >= 16) {
        nodeEndpoints = [];
        for (let left = reader.arrayLength(true, 11); left > 0; left -= 1) nodeEndpoints.push(decodeFetchNodeEndpoint(reader));
        reader.endTag(tagEnd);
      } else (unknownTags ??= []).push(reader.unknownTag(tag, tagEnd));
    }
  }
  return { throttleTimeMs, errorCode, sessionId, responses, nodeEndpoints, unknownTags };
}

function decodeFetchableTopicResponse(reader: WireReader, version: number): Complete<FetchableTopicResponse> {
  const flexible = version >= 12;
  const topic = version <= 12 ? reader.string(flexible) : "";
  const topicId = version >= 13 ? reader.uuid() : "AAAAAAAAAAAAAAAAAAAAAA";
  const partitions: Complete<FetchPartitionData>[] = [];
  for (let left = reader.arrayLength(flexible, 24); left > 0; left -= 1) {
    partitions.push(decodeFetchPartitionData(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { topic, topicId, partitions, unknownTags };
}

function decodeFetchPartitionData(reader: WireReader, version: number): Complete<FetchPartitionData> {
  const flexible = version >= 12;
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = reader.int64();
  const lastStableOffset = reader.int64();
  const logStartOffset = version >= 5 ? reader.int64() : -1;
  let abortedTransactionsLeft = reader.nullableArrayLength(flexible, 16);
  const abortedTransactions: Complete<AbortedTransaction>[] | null = abortedTransactionsLeft < 0 ? null : [];
  for (; abortedTransactionsLeft > 0; abortedTransactionsLeft -= 1) abortedTransactions?.push(decodeAbortedTransaction(reader, version));
  const preferredReadReplica = version >= 11 ? reader.int32() : -1;
  const records = reader.nullableBytes(flexible);
  let divergingEpoch: Complete<FetchEpochEndOffset> = DEFAULT_FETCH_EPOCH_END_OFFSET;
  let currentLeader: Complete<FetchLeaderIdAndEpoch> = DEFAULT_FETCH_LEADER_ID_AND_EPOCH;
  let snapshotId: Complete<SnapshotId> = DEFAULT_SNAPSHOT_ID;
  let unknownTags: UnknownTag[] | undefined;
  if (flexible) {
    for (let left = reader.tagCount(); left > 0; left -= 1) {
      const tag = reader.uvarint();
      const tagEnd = reader.tagEnd();
      if (tag === 0) {
        divergingEpoch = decodeFetchEpochEndOffset(reader);
        reader.endTag(tagEnd);
      } else if (tag === 1) {
        currentLeader = decodeFetchLeaderIdAndEpoch(reader);
        reader.endTag(tagEnd);
      } else if (tag === 2) {
        snapshotId = decodeSnapshotId(reader);
        reader.endTag(tagEnd);
      } else (unknownTags ??= []).push(reader.unknownTag(tag, tagEnd));
    }
  }
  return {
    partitionIndex,
    errorCode,
    highWatermark,
    lastStableOffset,
    logStartOffset,
    divergingEpoch,
    currentLeader,
    snapshotId,
    abortedTransactions,
    preferredReadReplica,
    records,
    unknownTags,
  };
}

function decodeFetchEpochEndOffset(reader: WireReader): Complete<FetchEpochEndOffset> {
  const epoch = reader.int32();
  const endOffset = reader.int64();
  const unknownTags = reader.unknownTags();
  return { epoch, endOffset, unknownTags };
}

function decodeFetchLeaderIdAndEpoch(reader: WireReader): Complete<FetchLeaderIdAndEpoch> {
  const leaderId = reader.int32();
  const leaderEpoch = reader.int32();
  const unknownTags = reader.unknownTags();
  return { leaderId, leaderEpoch, unknownTags };
}

function decodeSnapshotId(reader: WireReader): Complete<SnapshotId> {
  const endOffset = reader.int64();
  const epoch = reader.int32();
  const unknownTags = reader.unknownTags();
  return { endOffset, epoch, unknownTags };
}

function decodeAbortedTransaction(reader: WireReader, version: number): Complete<AbortedTransaction> {
  const flexible = version >= 12;
  const producerId = reader.int64();
  const firstOffset = reader.int64();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { producerId, firstOffset, unknownTags };
}

function decodeFetchNodeEndpoint(reader: WireReader): Complete<FetchNodeEndpoint> {
  const nodeId = reader.int32();
  const host = reader.string(true);
  const port = reader.int32();
  const rack = reader.nullableString(true);
  const unknownTags = reader.unknownTags();
  return { nodeId, host, port, rack, unknownTags };
}

/**
 * Encodes FetchResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeFetchResponse(writer: WireWriter, version: number, message: FetchResponse): void {
  const flexible = version >= 12;
  writer.int32(message.throttleTimeMs ?? 0);
  if (version >= 7) writer.int16(message.errorCode ?? 0);
  if (version >= 7) writer.int32(message.sessionId ?? 0);
  const responses = message.responses;
  writer.arrayLength(responses.length, flexible);
  for (const element of responses) encodeFetchableTopicResponse(writer, version, element);
  if (flexible) {
    const nodeEndpoints = message.nodeEndpoints ?? [];
    const hasNodeEndpoints = version >= 16 && nodeEndpoints.length > 0;
    writer.uvarint((hasNodeEndpoints ? 1 : 0) + (message.unknownTags?.length ?? 0));
    if (hasNodeEndpoints) {
      const nodeEndpointsTag = writer.beginTag(0);
      writer.arrayLength(nodeEndpoints.length, true);
      for (const element of nodeEndpoints) encodeFetchNodeEndpoint(writer, element);
      writer.endTag(nodeEndpointsTag);
    }
    writer.appendTags(message.unknownTags);
  }
}

function encodeFetchableTopicResponse(writer: WireWriter, version: number, message: FetchableTopicResponse): void {
  const flexible = version >= 12;
  if (version <= 12) writer.string(message.topic ?? "", flexible);
  if (version >= 13) writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, flexible);
  for (const element of partitions) encodeFetchPartitionData(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeFetchPartitionData(writer: WireWriter, version: number, message: FetchPartitionData): void {
  const flexible = version >= 12;
  writer.int32(message.partitionIndex);
  writer.int16(message.errorCode);
  writer.int64(message.highWatermark);
  writer.int64(message.lastStableOffset ?? -1);
  if (version >= 5) writer.int64(message.logStartOffset ?? -1);
  const abortedTransactions = message.abortedTransactions;
  writer.arrayLength(abortedTransactions === null ? -1 : abortedTransactions.length, flexible);
  if (abortedTransactions !== null) for (const element of abortedTransactions) encodeAbortedTransaction(writer, version, element);
  if (version >= 11) writer.int32(message.preferredReadReplica ?? -1);
  writer.nullableRecords(message.records ?? null, flexible);
  if (flexible) {
    const divergingEpoch = message.divergingEpoch;
    const hasDivergingEpoch = divergingEpoch !== undefined && ((divergingEpoch.epoch ?? -1) !== -1 || (divergingEpoch.endOffset ?? -1) !== -1);
    const currentLeader = message.currentLeader;
    const hasCurrentLeader = currentLeader !== undefined && ((currentLeader.leaderId ?? -1) !== -1 || (currentLeader.leaderEpoch ?? -1) !== -1);
    const snapshotId = message.snapshotId;
    const hasSnapshotId = snapshotId !== undefined && ((snapshotId.endOffset ?? -1) !== -1 || (snapshotId.epoch ?? -1) !== -1);
    writer.uvarint((hasDivergingEpoch ? 1 : 0) + (hasCurrentLeader ? 1 : 0) + (hasSnapshotId ? 1 : 0) + (message.unknownTags?.length ?? 0));
    if (hasDivergingEpoch) {
      const divergingEpochTag = writer.beginTag(0);
      encodeFetchEpochEndOffset(writer, divergingEpoch);
      writer.endTag(divergingEpochTag);
    }
    if (hasCurrentLeader) {
      const currentLeaderTag = writer.beginTag(1);
      encodeFetchLeaderIdAndEpoch(writer, currentLeader);
      writer.endTag(currentLeaderTag);
    }
    if (hasSnapshotId) {
      const snapshotIdTag = writer.beginTag(2);
      encodeSnapshotId(writer, snapshotId);
      writer.endTag(snapshotIdTag);
    }
    writer.appendTags(message.unknownTags);
  }
}

function encodeFetchEpochEndOffset(writer: WireWriter, message: FetchEpochEndOffset): void {
  writer.int32(message.epoch ?? -1);
  writer.int64(message.endOffset ?? -1);
  writer.unknownTags(message.unknownTags);
}

function encodeFetchLeaderIdAndEpoch(writer: WireWriter, message: FetchLeaderIdAndEpoch): void {
  writer.int32(message.leaderId ?? -1);
  writer.int32(message.leaderEpoch ?? -1);
  writer.unknownTags(message.unknownTags);
}

function encodeSnapshotId(writer: WireWriter, message: SnapshotId): void {
  writer.int64(message.endOffset ?? -1);
  writer.int32(message.epoch ?? -1);
  writer.unknownTags(message.unknownTags);
}

function encodeAbortedTransaction(writer: WireWriter, version: number, message: AbortedTransaction): void {
  const flexible = version >= 12;
  writer.int64(message.producerId);
  writer.int64(message.firstOffset);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeFetchNodeEndpoint(writer: WireWriter, message: FetchNodeEndpoint): void {
  writer.int32(message.nodeId);
  writer.string(message.host, true);
  writer.int32(message.port);
  writer.nullableString(message.rack ?? null, true);
  writer.unknownTags(message.unknownTags);
}
