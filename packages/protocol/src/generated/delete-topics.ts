// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of DeleteTopics's request, versions 1 to 6. */
export interface DeleteTopicsRequest {
  readonly topics: readonly DeleteTopicState[]; // 6+
  readonly topicNames: readonly string[]; // 1–5
  readonly timeoutMs: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DeleteTopicsRequest. */
export interface DeleteTopicState {
  readonly name: string | null;
  readonly topicId: string;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DeleteTopicsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeDeleteTopicsRequest(reader: WireReader, version: number): DeleteTopicsRequest {
  const flexible = version >= 4;
  const topics: DeleteTopicState[] = [];
  if (version >= 6) {
    for (let left = reader.arrayLength(flexible, 18); left > 0; left -= 1) {
      topics.push(decodeDeleteTopicState(reader));
    }
  }
  const topicNames = version <= 5 ? reader.strings(flexible) : [];
  const timeoutMs = reader.int32();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { topics, topicNames, timeoutMs, unknownTags };
}

function decodeDeleteTopicState(reader: WireReader): DeleteTopicState {
  const name = reader.nullableString(true);
  const topicId = reader.uuid();
  const unknownTags = reader.unknownTags();
  return { name, topicId, unknownTags };
}

/**
 * Encodes DeleteTopicsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeDeleteTopicsRequest(writer: WireWriter, version: number, message: Loose<DeleteTopicsRequest>): void {
  const flexible = version >= 4;
  if (version >= 6) {
    const topics = message.topics ?? [];
    writer.arrayLength(topics.length, flexible);
    for (const element of topics) encodeDeleteTopicState(writer, element);
  }
  if (version <= 5) writer.strings(message.topicNames ?? [], flexible);
  writer.int32(message.timeoutMs ?? 0);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDeleteTopicState(writer: WireWriter, message: Loose<DeleteTopicState>): void {
  writer.nullableString(message.name ?? null, true);
  writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  writer.unknownTags(message.unknownTags);
}

/** Body of DeleteTopics's response, versions 1 to 6. */
export interface DeleteTopicsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly responses: readonly DeletableTopicResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DeleteTopicsResponse. */
export interface DeletableTopicResult {
  readonly name: string | null;
  readonly topicId?: string | undefined; // 6+
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined; // 5+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DeleteTopicsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeDeleteTopicsResponse(reader: WireReader, version: number): Complete<DeleteTopicsResponse> {
  const flexible = version >= 4;
  const throttleTimeMs = reader.int32();
  const responses: Complete<DeletableTopicResult>[] = [];
  for (let left = reader.arrayLength(flexible, 3); left > 0; left -= 1) {
    responses.push(decodeDeletableTopicResult(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, responses, unknownTags };
}

function decodeDeletableTopicResult(reader: WireReader, version: number): Complete<DeletableTopicResult> {
  const flexible = version >= 4;
  const name = version >= 6 ? reader.nullableString(flexible) : reader.string(flexible);
  const topicId = version >= 6 ? reader.uuid() : "AAAAAAAAAAAAAAAAAAAAAA";
  const errorCode = reader.int16();
  const errorMessage = version >= 5 ? reader.nullableString(flexible) : null;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, topicId, errorCode, errorMessage, unknownTags };
}

/**
 * Encodes DeleteTopicsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeDeleteTopicsResponse(writer: WireWriter, version: number, message: DeleteTopicsResponse): void {
  const flexible = version >= 4;
  writer.int32(message.throttleTimeMs ?? 0);
  const responses = message.responses;
  writer.arrayLength(responses.length, flexible);
  for (const element of responses) encodeDeletableTopicResult(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeDeletableTopicResult(writer: WireWriter, version: number, message: DeletableTopicResult): void {
  const flexible = version >= 4;
  if (version >= 6) writer.nullableString(message.name, flexible);
  else writer.string(message.name, flexible);
  if (version >= 6) writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  writer.int16(message.errorCode);
  if (version >= 5) writer.nullableString(message.errorMessage ?? null, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}
