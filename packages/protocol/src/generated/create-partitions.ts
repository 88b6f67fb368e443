// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of CreatePartitions's request, versions 0 to 3. */
export interface CreatePartitionsRequest {
  readonly topics: readonly CreatePartitionsTopic[];
  readonly timeoutMs: number;
  readonly validateOnly: boolean;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of CreatePartitionsRequest. */
export interface CreatePartitionsTopic {
  readonly name: string;
  readonly count: number;
  readonly assignments: readonly CreatePartitionsAssignment[] | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of CreatePartitionsRequest. */
export interface CreatePartitionsAssignment {
  readonly brokerIds: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes CreatePartitionsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeCreatePartitionsRequest(reader: WireReader, version: number): CreatePartitionsRequest {
  const flexible = version >= 2;
  const topics: CreatePartitionsTopic[] = [];
  for (let left = reader.arrayLength(flexible, 6); left > 0; left -= 1) {
    topics.push(decodeCreatePartitionsTopic(reader, version));
  }
  const timeoutMs = reader.int32();
  const validateOnly = reader.boolean();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { topics, timeoutMs, validateOnly, unknownTags };
}

function decodeCreatePartitionsTopic(reader: WireReader, version: number): CreatePartitionsTopic {
  const flexible = version >= 2;
  const name = reader.string(flexible);
  const count = reader.int32();
  let assignmentsLeft = reader.nullableArrayLength(flexible, 1);
  const assignments: CreatePartitionsAssignment[] | null = assignmentsLeft < 0 ? null : [];
  for (; assignmentsLeft > 0; assignmentsLeft -= 1) assignments?.push(decodeCreatePartitionsAssignment(reader, version));
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, count, assignments, unknownTags };
}

function decodeCreatePartitionsAssignment(reader: WireReader, version: number): CreatePartitionsAssignment {
  const flexible = version >= 2;
  const brokerIds = reader.int32s(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { brokerIds, unknownTags };
}

/**
 * Encodes CreatePartitionsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeCreatePartitionsRequest(writer: WireWriter, version: number, message: Loose<CreatePartitionsRequest>): void {
  const flexible = version >= 2;
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, flexible);
  for (const element of topics) encodeCreatePartitionsTopic(writer, version, element);
  writer.int32(message.timeoutMs ?? 0);
  writer.boolean(message.validateOnly ?? false);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeCreatePartitionsTopic(writer: WireWriter, version: number, message: Loose<CreatePartitionsTopic>): void {
  const flexible = version >= 2;
  writer.string(message.name ?? "", flexible);
  writer.int32(message.count ?? 0);
  const assignments = message.assignments === undefined ? [] : message.assignments;
  writer.arrayLength(assignments === null ? -1 : assignments.length, flexible);
  if (assignments !== null) for (const element of assignments) encodeCreatePartitionsAssignment(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeCreatePartitionsAssignment(writer: WireWriter, version: number, message: Loose<CreatePartitionsAssignment>): void {
  const flexible = version >= 2;
  writer.int32s(message.brokerIds ?? [], flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of CreatePartitions's response, versions 0 to 3. */
export interface CreatePartitionsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly results: readonly CreatePartitionsTopicResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of CreatePartitionsResponse. */
export interface CreatePartitionsTopicResult {
  readonly name: string;
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes CreatePartitionsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeCreatePartitionsResponse(reader: WireReader, version: number): Complete<CreatePartitionsResponse> {
  const flexible = version >= 2;
  const throttleTimeMs = reader.int32();
  const results: Complete<CreatePartitionsTopicResult>[] = [];
  for (let left = reader.arrayLength(flexible, 4); left > 0; left -= 1) {
    results.push(decodeCreatePartitionsTopicResult(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, results, unknownTags };
}

function decodeCreatePartitionsTopicResult(reader: WireReader, version: number): Complete<CreatePartitionsTopicResult> {
  const flexible = version >= 2;
  const name = reader.string(flexible);
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, errorCode, errorMessage, unknownTags };
}

/**
 * Encodes CreatePartitionsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeCreatePartitionsResponse(writer: WireWriter, version: number, message: CreatePartitionsResponse): void {
  const flexible = version >= 2;
  writer.int32(message.throttleTimeMs ?? 0);
  const results = message.results;
  writer.arrayLength(results.length, flexible);
  for (const element of results) encodeCreatePartitionsTopicResult(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeCreatePartitionsTopicResult(writer: WireWriter, version: number, message: CreatePartitionsTopicResult): void {
  const flexible = version >= 2;
  writer.string(message.name, flexible);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}
