// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of ConsumerGroupDescribe's request, versions 0 to 1. */
export interface ConsumerGroupDescribeRequest {
  readonly groupIds: readonly string[];
  readonly includeAuthorizedOperations: boolean;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ConsumerGroupDescribeRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeConsumerGroupDescribeRequest(reader: WireReader, _version: number): ConsumerGroupDescribeRequest {
  const groupIds = reader.strings(true);
  const includeAuthorizedOperations = reader.boolean();
  const unknownTags = reader.unknownTags();
  return { groupIds, includeAuthorizedOperations, unknownTags };
}

/**
 * Encodes ConsumerGroupDescribeRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeConsumerGroupDescribeRequest(writer: WireWriter, _version: number, message: Loose<ConsumerGroupDescribeRequest>): void {
  writer.strings(message.groupIds ?? [], true);
  writer.boolean(message.includeAuthorizedOperations ?? false);
  writer.unknownTags(message.unknownTags);
}

/** Body of ConsumerGroupDescribe's response, versions 0 to 1. */
export interface ConsumerGroupDescribeResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly groups: readonly ConsumerGroupDescribeDescribedGroup[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ConsumerGroupDescribeResponse. */
export interface ConsumerGroupDescribeDescribedGroup {
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly groupId: string;
  readonly groupState: string;
  readonly groupEpoch: number;
  readonly assignmentEpoch: number;
  readonly assignorName: string;
  readonly members: readonly ConsumerGroupDescribeMember[];
  readonly authorizedOperations?: number | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ConsumerGroupDescribeResponse. */
export interface ConsumerGroupDescribeMember {
  readonly memberId: string;
  readonly instanceId?: string | null | undefined;
  readonly rackId?: string | null | undefined;
  readonly memberEpoch: number;
  readonly clientId: string;
  readonly clientHost: string;
  readonly subscribedTopicNames: readonly string[];
  readonly subscribedTopicRegex?: string | null | undefined;
  readonly assignment: ConsumerGroupDescribeAssignment;
  readonly targetAssignment: ConsumerGroupDescribeAssignment;
  readonly memberType?: number | undefined; // 1+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ConsumerGroupDescribeResponse. */
export interface ConsumerGroupDescribeAssignment {
  readonly topicPartitions: readonly ConsumerGroupDescribeTopicPartitions[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ConsumerGroupDescribeResponse. */
export interface ConsumerGroupDescribeTopicPartitions {
  readonly topicId: string;
  readonly topicName: string;
  readonly partitions: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ConsumerGroupDescribeResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeConsumerGroupDescribeResponse(reader: WireReader, version: number): Complete<ConsumerGroupDescribeResponse> {
  const throttleTimeMs = reader.int32();
  const groups: Complete<ConsumerGroupDescribeDescribedGroup>[] = [];
  for (let left = reader.arrayLength(true, 20); left > 0; left -= 1) {
    groups.push(decodeConsumerGroupDescribeDescribedGroup(reader, version));
  }
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, groups, unknownTags };
}

function decodeConsumerGroupDescribeDescribedGroup(reader: WireReader, version: number): Complete<ConsumerGroupDescribeDescribedGroup> {
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const groupId = reader.string(true);
  const groupState = reader.string(true);
  const groupEpoch = reader.int32();
  const assignmentEpoch = reader.int32();
  const assignorName = reader.string(true);
  const members: Complete<ConsumerGroupDescribeMember>[] = [];
  for (let left = reader.arrayLength(true, 16); left > 0; left -= 1) {
    members.push(decodeConsumerGroupDescribeMember(reader, version));
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

function decodeConsumerGroupDescribeMember(reader: WireReader, version: number): Complete<ConsumerGroupDescribeMember> {
  const memberId = reader.string(true);
  const instanceId = reader.nullableString(true);
  const rackId = reader.nullableString(true);
  const memberEpoch = reader.int32();
  const clientId = reader.string(true);
  const clientHost = reader.string(true);
  const subscribedTopicNames = reader.strings(true);
  const subscribedTopicRegex = reader.nullableString(true);
  const assignment = decodeConsumerGroupDescribeAssignment(reader);
  const targetAssignment = decodeConsumerGroupDescribeAssignment(reader);
  const memberType = version >= 1 ? reader.int8() : -1;
  const unknownTags = reader.unknownTags();
  return {
    memberId,
    instanceId,
    rackId,
    memberEpoch,
    clientId,
    clientHost,
    subscribedTopicNames,
    subscribedTopicRegex,
    assignment,
    targetAssignment,
    memberType,
    unknownTags,
  };
}

function decodeConsumerGroupDescribeAssignment(reader: WireReader): Complete<ConsumerGroupDescribeAssignment> {
  const topicPartitions: Complete<ConsumerGroupDescribeTopicPartitions>[] = [];
  for (let left = reader.arrayLength(true, 19); left > 0; left -= 1) {
    topicPartitions.push(decodeConsumerGroupDescribeTopicPartitions(reader));
  }
  const unknownTags = reader.unknownTags();
  return { topicPartitions, unknownTags };
}

function decodeConsumerGroupDescribeTopicPartitions(reader: WireReader): Complete<ConsumerGroupDescribeTopicPartitions> {
  const topicId = reader.uuid();
  const topicName = reader.string(true);
  const partitions = reader.int32s(true);
  const unknownTags = reader.unknownTags();
  return { topicId, topicName, partitions, unknownTags };
}

/**
 * Encodes ConsumerGroupDescribeResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeConsumerGroupDescribeResponse(writer: WireWriter, version: number, message: ConsumerGroupDescribeResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  const groups = message.groups;
  writer.arrayLength(groups.length, true);
  for (const element of groups) encodeConsumerGroupDescribeDescribedGroup(writer, version, element);
  writer.unknownTags(message.unknownTags);
}

function encodeConsumerGroupDescribeDescribedGroup(writer: WireWriter, version: number, message: ConsumerGroupDescribeDescribedGroup): void {
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  writer.string(message.groupId, true);
  writer.string(message.groupState, true);
  writer.int32(message.groupEpoch);
  writer.int32(message.assignmentEpoch);
  writer.string(message.assignorName, true);
  const members = message.members;
  writer.arrayLength(members.length, true);
  for (const element of members) encodeConsumerGroupDescribeMember(writer, version, element);
  writer.int32(message.authorizedOperations ?? -2147483648);
  writer.unknownTags(message.unknownTags);
}

function encodeConsumerGroupDescribeMember(writer: WireWriter, version: number, message: ConsumerGroupDescribeMember): void {
  writer.string(message.memberId, true);
  writer.nullableString(message.instanceId ?? null, true);
  writer.nullableString(message.rackId ?? null, true);
  writer.int32(message.memberEpoch);
  writer.string(message.clientId, true);
  writer.string(message.clientHost, true);
  writer.strings(message.subscribedTopicNames, true);
  writer.nullableString(message.subscribedTopicRegex ?? null, true);
  encodeConsumerGroupDescribeAssignment(writer, message.assignment);
  encodeConsumerGroupDescribeAssignment(writer, message.targetAssignment);
  if (version >= 1) writer.int8(message.memberType ?? -1);
  writer.unknownTags(message.unknownTags);
}

function encodeConsumerGroupDescribeAssignment(writer: WireWriter, message: ConsumerGroupDescribeAssignment): void {
  const topicPartitions = message.topicPartitions;
  writer.arrayLength(topicPartitions.length, true);
  for (const element of topicPartitions) encodeConsumerGroupDescribeTopicPartitions(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeConsumerGroupDescribeTopicPartitions(writer: WireWriter, message: ConsumerGroupDescribeTopicPartitions): void {
  writer.uuid(message.topicId);
  writer.string(message.topicName, true);
  writer.int32s(message.partitions, true);
  writer.unknownTags(message.unknownTags);
}
