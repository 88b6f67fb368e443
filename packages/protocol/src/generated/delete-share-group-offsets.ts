// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of DeleteShareGroupOffsets's request, versions 0 to 0. */
export interface DeleteShareGroupOffsetsRequest {
  readonly groupId: string;
  readonly topics: readonly DeleteShareGroupOffsetsRequestTopic[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DeleteShareGroupOffsetsRequest. */
export interface DeleteShareGroupOffsetsRequestTopic {
  readonly topicName: string;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DeleteShareGroupOffsetsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeDeleteShareGroupOffsetsRequest(reader: WireReader, _version: number): DeleteShareGroupOffsetsRequest {
  const groupId = reader.string(true);
  const topics: DeleteShareGroupOffsetsRequestTopic[] = [];
  for (let left = reader.arrayLength(true, 2); left > 0; left -= 1) {
    topics.push(decodeDeleteShareGroupOffsetsRequestTopic(reader));
  }
  const unknownTags = reader.unknownTags();
  return { groupId, topics, unknownTags };
}

function decodeDeleteShareGroupOffsetsRequestTopic(reader: WireReader): DeleteShareGroupOffsetsRequestTopic {
  const topicName = reader.string(true);
  const unknownTags = reader.unknownTags();
  return { topicName, unknownTags };
}

/**
 * Encodes DeleteShareGroupOffsetsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeDeleteShareGroupOffsetsRequest(writer: WireWriter, _version: number, message: Loose<DeleteShareGroupOffsetsRequest>): void {
  writer.string(message.groupId ?? "", true);
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeDeleteShareGroupOffsetsRequestTopic(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeDeleteShareGroupOffsetsRequestTopic(writer: WireWriter, message: Loose<DeleteShareGroupOffsetsRequestTopic>): void {
  writer.string(message.topicName ?? "", true);
  writer.unknownTags(message.unknownTags);
}

/** Body of DeleteShareGroupOffsets's response, versions 0 to 0. */
export interface DeleteShareGroupOffsetsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly responses: readonly DeleteShareGroupOffsetsResponseTopic[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DeleteShareGroupOffsetsResponse. */
export interface DeleteShareGroupOffsetsResponseTopic {
  readonly topicName: string;
  readonly topicId: string;
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DeleteShareGroupOffsetsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeDeleteShareGroupOffsetsResponse(reader: WireReader, _version: number): Complete<DeleteShareGroupOffsetsResponse> {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const responses: Complete<DeleteShareGroupOffsetsResponseTopic>[] = [];
  for (let left = reader.arrayLength(true, 21); left > 0; left -= 1) {
    responses.push(decodeDeleteShareGroupOffsetsResponseTopic(reader));
  }
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, errorCode, errorMessage, responses, unknownTags };
}

function decodeDeleteShareGroupOffsetsResponseTopic(reader: WireReader): Complete<DeleteShareGroupOffsetsResponseTopic> {
  const topicName = reader.string(true);
  const topicId = reader.uuid();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const unknownTags = reader.unknownTags();
  return { topicName, topicId, errorCode, errorMessage, unknownTags };
}

/**
 * Encodes DeleteShareGroupOffsetsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeDeleteShareGroupOffsetsResponse(writer: WireWriter, _version: number, message: DeleteShareGroupOffsetsResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  const responses = message.responses;
  writer.arrayLength(responses.length, true);
  for (const element of responses) encodeDeleteShareGroupOffsetsResponseTopic(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeDeleteShareGroupOffsetsResponseTopic(writer: WireWriter, message: DeleteShareGroupOffsetsResponseTopic): void {
  writer.string(message.topicName, true);
  writer.uuid(message.topicId);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  writer.unknownTags(message.unknownTags);
}
