// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of OffsetFetch's request, versions 1 to 10. */
export interface OffsetFetchRequest {
  readonly groupId: string; // 1–7
  readonly topics: readonly OffsetFetchRequestTopic[] | null; // 1–7
  readonly groups: readonly OffsetFetchRequestGroup[]; // 8+
  readonly requireStable: boolean; // 7+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of OffsetFetchRequest. */
export interface OffsetFetchRequestTopic {
  readonly name: string;
  readonly partitionIndexes: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of OffsetFetchRequest. */
export interface OffsetFetchRequestGroup {
  readonly groupId: string;
  readonly memberId: string | null; // 9+
  readonly memberEpoch: number; // 9+
  readonly topics: readonly OffsetFetchRequestTopics[] | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of OffsetFetchRequest. */
export interface OffsetFetchRequestTopics {
  readonly name: string; // 8–9
  readonly topicId: string; // 10+
  readonly partitionIndexes: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes OffsetFetchRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeOffsetFetchRequest(reader: WireReader, version: number): OffsetFetchRequest {
  const flexible = version >= 6;
  const groupId = version <= 7 ? reader.string(flexible) : "";
  let topics: OffsetFetchRequestTopic[] | null = [];
  if (version <= 7) {
    let topicsLeft = version >= 2 ? reader.nullableArrayLength(flexible, 2) : reader.arrayLength(flexible, 2);
    topics = topicsLeft < 0 ? null : [];
    for (; topicsLeft > 0; topicsLeft -= 1) topics?.push(decodeOffsetFetchRequestTopic(reader, version));
  }
  const groups: OffsetFetchRequestGroup[] = [];
  if (version >= 8) {
    for (let left = reader.arrayLength(flexible, 3); left > 0; left -= 1) {
      groups.push(decodeOffsetFetchRequestGroup(reader, version));
    }
  }
  const requireStable = version >= 7 ? reader.boolean() : false;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { groupId, topics, groups, requireStable, unknownTags };
}

function decodeOffsetFetchRequestTopic(reader: WireReader, version: number): OffsetFetchRequestTopic {
  const flexible = version >= 6;
  const name = reader.string(flexible);
  const partitionIndexes = reader.int32s(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, partitionIndexes, unknownTags };
}

function decodeOffsetFetchRequestGroup(reader: WireReader, version: number): OffsetFetchRequestGroup {
  const groupId = reader.string(true);
  const memberId = version >= 9 ? reader.nullableString(true) : null;
  const memberEpoch = version >= 9 ? reader.int32() : -1;
  let topicsLeft = reader.nullableArrayLength(true, 2);
  const topics: OffsetFetchRequestTopics[] | null = topicsLeft < 0 ? null : [];
  for (; topicsLeft > 0; topicsLeft -= 1) topics?.push(decodeOffsetFetchRequestTopics(reader, version));
  const unknownTags = reader.unknownTags();
  return { groupId, memberId, memberEpoch, topics, unknownTags };
}

function decodeOffsetFetchRequestTopics(reader: WireReader, version: number): OffsetFetchRequestTopics {
  const name = version <= 9 ? reader.string(true) : "";
  const topicId = version >= 10 ? reader.uuid() : "AAAAAAAAAAAAAAAAAAAAAA";
  const partitionIndexes = reader.int32s(true);
  const unknownTags = reader.unknownTags();
  return { name, topicId, partitionIndexes, unknownTags };
}

/**
 * Encodes OffsetFetchRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeOffsetFetchRequest(writer: WireWriter, version: number, message: Loose<OffsetFetchRequest>): void {
  const flexible = version >= 6;
  if (version <= 7) writer.string(message.groupId ?? "", flexible);
  if (version <= 7) {
    const topics = message.topics === undefined ? [] : message.topics;
    writer.arrayLength(topics === null ? writer.nullLength(version >= 2) : topics.length, flexible);
    if (topics !== null) for (const element of topics) encodeOffsetFetchRequestTopic(writer, version, element);
  }
  if (version >= 8) {
    const groups = message.groups ?? [];
    writer.arrayLength(groups.length, flexible);
    for (const element of groups) encodeOffsetFetchRequestGroup(writer, version, element);
  }
  if (version >= 7) writer.boolean(message.requireStable ?? false);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeOffsetFetchRequestTopic(writer: WireWriter, version: number, message: Loose<OffsetFetchRequestTopic>): void {
  const flexible = version >= 6;
  writer.string(message.name ?? "", flexible);
  writer.int32s(message.partitionIndexes ?? [], flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeOffsetFetchRequestGroup(writer: WireWriter, version: number, message: Loose<OffsetFetchRequestGroup>): void {
  writer.string(message.groupId ?? "", true);
  if (version >= 9) writer.nullableString(message.memberId ?? null, true);
  if (version >= 9) writer.int32(message.memberEpoch ?? -1);
  const topics = message.topics === undefined ? [] : message.topics;
  writer.arrayLength(topics === null ? -1 : topics.length, true);
  if (topics !== null) for (const element of topics) encodeOffsetFetchRequestTopics(writer, version, element);
  writer.unknownTags(message.unknownTags);
}

function encodeOffsetFetchRequestTopics(writer: WireWriter, version: number, message: Loose<OffsetFetchRequestTopics>): void {
  if (version <= 9) writer.string(message.name ?? "", true);
  if (version >= 10) writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  writer.int32s(message.partitionIndexes ?? [], true);
  writer.unknownTags(message.unknownTags);
}

/** Body of OffsetFetch's response, versions 1 to 10. */
export interface OffsetFetchResponse {
  readonly throttleTimeMs?: number | undefined; // 3+
  readonly topics?: readonly OffsetFetchResponseTopic[] | undefined; // 1–7
  readonly errorCode?: number | undefined; // 2–7
  readonly groups?: readonly OffsetFetchResponseGroup[] | undefined; // 8+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of OffsetFetchResponse. */
export interface OffsetFetchResponseTopic {
  readonly name: string;
  readonly partitions: readonly OffsetFetchResponsePartition[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of OffsetFetchResponse. */
export interface OffsetFetchResponsePartition {
  readonly partitionIndex: number;
  readonly committedOffset: number;
  readonly committedLeaderEpoch?: number | undefined; // 5+
  readonly metadata: string | null;
  readonly errorCode: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of OffsetFetchResponse. */
export interface OffsetFetchResponseGroup {
  readonly groupId: string;
  readonly topics: readonly OffsetFetchResponseTopics[];
  readonly errorCode: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of OffsetFetchResponse. */
export interface OffsetFetchResponseTopics {
  readonly name?: string | undefined; // 8–9
  readonly topicId?: string | undefined; // 10+
  readonly partitions: readonly OffsetFetchResponsePartitions[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of OffsetFetchResponse. */
export interface OffsetFetchResponsePartitions {
  readonly partitionIndex: number;
  readonly committedOffset: number;
  readonly committedLeaderEpoch?: number | undefined;
  readonly metadata: string | null;
  readonly errorCode: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes OffsetFetchResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeOffsetFetchResponse(reader: WireReader, version: number): Complete<OffsetFetchResponse> {
  const flexible = version >= 6;
  const throttleTimeMs = version >= 3 ? reader.int32() : 0;
  const topics: Complete<OffsetFetchResponseTopic>[] = [];
  if (version <= 7) {
    for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
      topics.push(decodeOffsetFetchResponseTopic(reader, version));
    }
  }
  const errorCode = version >= 2 && version <= 7 ? reader.int16() : 0;
  const groups: Complete<OffsetFetchResponseGroup>[] = [];
  if (version >= 8) {
    for (let left = reader.arrayLength(flexible, 5); left > 0; left -= 1) {
      groups.push(decodeOffsetFetchResponseGroup(reader, version));
    }
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, topics, errorCode, groups, unknownTags };
}

function decodeOffsetFetchResponseTopic(reader: WireReader, version: number): Complete<OffsetFetchResponseTopic> {
  const flexible = version >= 6;
  const name = reader.string(flexible);
  const partitions: Complete<OffsetFetchResponsePartition>[] = [];
  for (let left = reader.arrayLength(flexible, 15); left > 0; left -= 1) {
    partitions.push(decodeOffsetFetchResponsePartition(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, partitions, unknownTags };
}

function decodeOffsetFetchResponsePartition(reader: WireReader, version: number): Complete<OffsetFetchResponsePartition> {
  const flexible = version >= 6;
  const partitionIndex = reader.int32();
  const committedOffset = reader.int64();
  const committedLeaderEpoch = version >= 5 ? reader.int32() : -1;
  const metadata = reader.nullableString(flexible);
  const errorCode = reader.int16();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { partitionIndex, committedOffset, committedLeaderEpoch, metadata, errorCode, unknownTags };
}

function decodeOffsetFetchResponseGroup(reader: WireReader, version: number): Complete<OffsetFetchResponseGroup> {
  const groupId = reader.string(true);
  const topics: Complete<OffsetFetchResponseTopics>[] = [];
  for (let left = reader.arrayLength(true, 2); left > 0; left -= 1) {
    topics.push(decodeOffsetFetchResponseTopics(reader, version));
  }
  const errorCode = reader.int16();
  const unknownTags = reader.unknownTags();
  return { groupId, topics, errorCode, unknownTags };
}

function decodeOffsetFetchResponseTopics(reader: WireReader, version: number): Complete<OffsetFetchResponseTopics> {
  const name = version <= 9 ? reader.string(true) : "";
  const topicId = version >= 10 ? reader.uuid() : "AAAAAAAAAAAAAAAAAAAAAA";
  const partitions: Complete<OffsetFetchResponsePartitions>[] = [];
  for (let left = reader.arrayLength(true, 20); left > 0; left -= 1) {
    partitions.push(decodeOffsetFetchResponsePartitions(reader));
  }
  const unknownTags = reader.unknownTags();
  return { name, topicId, partitions, unknownTags };
}

function decodeOffsetFetchResponsePartitions(reader: WireReader): Complete<OffsetFetchResponsePartitions> {
  const partitionIndex = reader.int32();
  const committedOffset = reader.int64();
  const committedLeaderEpoch = reader.int32();
  const metadata = reader.nullableString(true);
  const errorCode = reader.int16();
  const unknownTags = reader.unknownTags();
  return { partitionIndex, committedOffset, committedLeaderEpoch, metadata, errorCode, unknownTags };
}

/**
 * Encodes OffsetFetchResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeOffsetFetchResponse(writer: WireWriter, version: number, message: OffsetFetchResponse): void {
  const flexible = version >= 6;
  if (version >= 3) writer.int32(message.throttleTimeMs ?? 0);
  if (version <= 7) {
    const topics = message.topics ?? [];
    writer.arrayLength(topics.length, flexible);
    for (const element of topics) encodeOffsetFetchResponseTopic(writer, version, element);
  }
  if (version >= 2 && version <= 7) writer.int16(message.errorCode ?? 0);
  if (version >= 8) {
    const groups = message.groups ?? [];
    writer.arrayLength(groups.length, flexible);
    for (const element of groups) encodeOffsetFetchResponseGroup(writer, version, element);
  }
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeOffsetFetchResponseTopic(writer: WireWriter, version: number, message: OffsetFetchResponseTopic): void {
  const flexible = version >= 6;
  writer.string(message.name, flexible);
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, flexible);
  for (const element of partitions) encodeOffsetFetchResponsePartition(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeOffsetFetchResponsePartition(writer: WireWriter, version: number, message: OffsetFetchResponsePartition): void {
  const flexible = version >= 6;
  writer.int32(message.partitionIndex);
  writer.int64(message.committedOffset);
  if (version >= 5) writer.int32(message.committedLeaderEpoch ?? -1);
  writer.nullableString(message.metadata, flexible);
  writer.int16(message.errorCode);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeOffsetFetchResponseGroup(writer: WireWriter, version: number, message: OffsetFetchResponseGroup): void {
  writer.string(message.groupId, true);
  const topics = message.topics;
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeOffsetFetchResponseTopics(writer, version, element);
  writer.int16(message.errorCode);
  writer.unknownTags(message.unknownTags);
}

function encodeOffsetFetchResponseTopics(writer: WireWriter, version: number, message: OffsetFetchResponseTopics): void {
  if (version <= 9) writer.string(message.name ?? "", true);
  if (version >= 10) writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  const partitions = message.partitions;
  writer.arrayLength(partitions.length, true);
  for (const element of partitions) encodeOffsetFetchResponsePartitions(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeOffsetFetchResponsePartitions(writer: WireWriter, message: OffsetFetchResponsePartitions): void {
  writer.int32(message.partitionIndex);
  writer.int64(message.committedOffset);
  writer.int32(message.committedLeaderEpoch ?? -1);
  writer.nullableString(message.metadata, true);
  writer.int16(message.errorCode);
  writer.unknownTags(message.unknownTags);
}
