// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of ShareGroupDescribe's request, versions 1 to 1. */
export interface ShareGroupDescribeRequest {
  readonly groupIds: readonly string[];
  readonly includeAuthorizedOperations: boolean;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ShareGroupDescribeRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeShareGroupDescribeRequest(reader: WireReader, _version: number): ShareGroupDescribeRequest {
  const groupIds = reader.strings(true);
  const includeAuthorizedOperations = reader.boolean();
  const unknownTags = reader.unknownTags();
  return { groupIds, includeAuthorizedOperations, unknownTags };
}

/**
 * Encodes ShareGroupDescribeRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeShareGroupDescribeRequest(writer: WireWriter, _version: number, message: Loose<ShareGroupDescribeRequest>): void {
  writer.strings(message.groupIds ?? [], true);
  writer.boolean(message.includeAuthorizedOperations ?? false);
  writer.unknownTags(message.unknownTags);
}

/** Body of ShareGroupDescribe's response, versions 1 to 1. */
export interface ShareGroupDescribeResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly groups: readonly ShareGroupDescribeDescribedGroup[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareGroupDescribeResponse. */
export interface ShareGroupDescribeDescribedGroup {
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly groupId: string;
  readonly groupState: string;
  readonly groupEpoch: number;
  readonly assignmentEpoch: number;
  readonly assignorName: string;
  readonly members: readonly ShareGroupDescribeMember[];
  readonly authorizedOperations?: number | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareGroupDescribeResponse. */
export interface ShareGroupDescribeMember {
  readonly memberId: string;
  readonly rackId?: string | null | undefined;
  readonly memberEpoch: number;
  readonly clientId: string;
  readonly clientHost: string;
  readonly subscribedTopicNames: readonly string[];
  readonly assignment: ShareGroupDescribeAssignment;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareGroupDescribeResponse. */
export interface ShareGroupDescribeAssignment {
  readonly topicPartitions: readonly ShareGroupDescribeTopicPartitions[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ShareGroupDescribeResponse. */
export interface ShareGroupDescribeTopicPartitions {
  readonly topicId: string;
  readonly topicName: string;
  readonly partitions: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ShareGroupDescribeResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeShareGroupDescribeResponse(reader: WireReader, _version: number): Complete<ShareGroupDescribeResponse> {
  const throttleTimeMs = reader.int32();
  const groups: Complete<ShareGroupDescribeDescribedGroup>[] = [];
  for (let left = reader.arrayLength(true, 20); left > 0; left -= 1) {
    groups.push(decodeShareGroupDescribeDescribedGroup(reader));
  }
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, groups, unknownTags };
}

function decodeShareGroupDescribeDescribedGroup(reader: WireReader): Complete<ShareGroupDescribeDescribedGroup> {
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const groupId = reader.string(true);
  const groupState = reader.string(true);
  const groupEpoch = reader.int32();
  const assignmentEpoch = reader.int32();
  const assignorName = reader.string(true);
  const members: Complete<ShareGroupDescribeMember>[] = [];
  for (let left = reader.arrayLength(true, 12); left > 0; left -= 1) {
    members.push(decodeShareGroupDescribeMember(reader));
  }
  const authorizedOperations = reader.int32();
  const unknownTags = reader.unknownTags();
  return {
    errorCode,
    errorMessage,
    groupId,
    groupState,
    groupEpoch,
    assignmentEpoch,
    assignorName,
    members,
    authorizedOperations,
    unknownTags,
  };
}

function decodeShareGroupDescribeMember(reader: WireReader): Complete<ShareGroupDescribeMember> {
  const memberId = reader.string(true);
  const rackId = reader.nullableString(true);
  const memberEpoch = reader.int32();
  const clientId = reader.string(true);
  const clientHost = reader.string(true);
  const subscribedTopicNames = reader.strings(true);
  const assignment = decodeShareGroupDescribeAssignment(reader);
  const unknownTags = reader.unknownTags();
  return { memberId, rackId, memberEpoch, clientId, clientHost, subscribedTopicNames, assignment, unknownTags };
}

function decodeShareGroupDescribeAssignment(reader: WireReader): Complete<ShareGroupDescribeAssignment> {
  const topicPartitions: Complete<ShareGroupDescribeTopicPartitions>[] = [];
  for (let left = reader.arrayLength(true, 19); left > 0; left -= 1) {
    topicPartitions.push(decodeShareGroupDescribeTopicPartitions(reader));
  }
  const unknownTags = reader.unknownTags();
  return { topicPartitions, unknownTags };
}

function decodeShareGroupDescribeTopicPartitions(reader: WireReader): Complete<ShareGroupDescribeTopicPartitions> {
  const topicId = reader.uuid();
  const topicName = reader.string(true);
  const partitions = reader.int32s(true);
  const unknownTags = reader.unknownTags();
  return { topicId, topicName, partitions, unknownTags };
}

/**
 * Encodes ShareGroupDescribeResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeShareGroupDescribeResponse(writer: WireWriter, _version: number, message: ShareGroupDescribeResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  const groups = message.groups;
  writer.arrayLength(groups.length, true);
  for (const element of groups) encodeShareGroupDescribeDescribedGroup(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeShareGroupDescribeDescribedGroup(writer: WireWriter, message: ShareGroupDescribeDescribedGroup): void {
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  writer.string(message.groupId, true);
  writer.string(message.groupState, true);
  writer.int32(message.groupEpoch);
  writer.int32(message.assignmentEpoch);
  writer.string(message.assignorName, true);
  const members = message.members;
  writer.arrayLength(members.length, true);
  for (const element of members) encodeShareGroupDescribeMember(writer, element);
  writer.int32(message.authorizedOperations ?? -2147483648);
  writer.unknownTags(message.unknownTags);
}

function encodeShareGroupDescribeMember(writer: WireWriter, message: ShareGroupDescribeMember): void {
  writer.string(message.memberId, true);
  writer.nullableString(message.rackId ?? null, true);
  writer.int32(message.memberEpoch);
  writer.string(message.clientId, true);
  writer.string(message.clientHost, true);
  writer.strings(message.subscribedTopicNames, true);
  encodeShareGroupDescribeAssignment(writer, message.assignment);
  writer.unknownTags(message.unknownTags);
}

function encodeShareGroupDescribeAssignment(writer: WireWriter, message: ShareGroupDescribeAssignment): void {
  const topicPartitions = message.topicPartitions;
  writer.arrayLength(topicPartitions.length, true);
  for (const element of topicPartitions) encodeShareGroupDescribeTopicPartitions(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeShareGroupDescribeTopicPartitions(writer: WireWriter, message: ShareGroupDescribeTopicPartitions): void {
  writer.uuid(message.topicId);
  writer.string(message.topicName, true);
  writer.int32s(message.partitions, true);
  writer.unknownTags(message.unknownTags);
}
